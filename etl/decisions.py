"""Carries out what was decided on pages, as the command line would; whoever calls holds the lock of the data folder.

A decision says nothing by itself. Each time all of it is looked at: that the log knows it, that whoever decided may do
so on this day, that the file or build is the one that was decided on, and whatever the command line refuses. Its answer
is written when everything is done, and only then the decision is removed: a run that was killed is gone on with by the
next one, which finds what is done already, and a decision that has its answer is never carried out again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from etl.accepted import record
from etl.confirmed import confirmed_codes
from etl.diff import diff_builds
from etl.inbox import GOOD, Fate, Verdict, arrivals, digest_of
from etl.inbox_round import accept_good, judged, put_all_away, raise_stopped
from etl.journal import acting
from etl.privacy.shown import printable
from etl.publish import publish, refuse_unfit, staged
from etl.sign_off import signature
from etl.signing import refuse_to_sign, sign_seen
from etl.storage import live, now, storage_faults
from etl.trace import fault_trace, keep_trace
from riskmap.access.decisions import Act, Decision, Left, is_allowed, left, noted
from riskmap.access.grants import in_force
from riskmap.access.identity import subject_of
from riskmap.access.review import Answer, State, answer, answered, standing
from riskmap.domain.errors import PublishRefused, RiskMapError, SignRefused, StorageFailed
from riskmap.domain.settings import data_folder

# What may become of a file that was to be taken in, beside the fates of the inbox.
GONE: Final = "gone"
OTHER: Final = "other"  # another content than the one that was decided on


@dataclass(frozen=True, slots=True)
class Carried:
    """What a run has come to: the answers it gave, the build that went live, and names of what is no decision."""

    answers: tuple[Answer, ...]
    published: Path | None
    strange: tuple[str, ...]


class _Refused(Exception):
    """A decision is not carried out; `reason` is a word key."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one decision has come to."""

    state: State
    fates: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def carry_out(language: str) -> Carried:
    """Carry out every decision that was left, in their order, and publish what was asked for as soon as it is signed.

    `StorageFailed` where the disk is full or something cannot be read; what has no answer by then is left for the next
    run. `language` is that of the reports beside files that are put away.
    """
    before = live()
    found, strange = left()
    known = noted() if found else {}
    told = _gone_on(language)
    for one in found:
        if answered(one.id) is None:
            told.append(_answer(one, known, language))
            answer(told[-1])
        with storage_faults(one.path):
            one.path.unlink(missing_ok=True)
        told += _gone_on(language)
    current = live()
    return Carried(tuple(told), current if current != before else None, tuple(strange))


def _gone_on(language: str) -> list[Answer]:
    """New answers to what waited for a signature: it has got one, on a page or the command line, or never can."""
    told = []
    for waits in standing():
        if waits.decision and (later := _tried(waits.decision, language)).state is not State.STANDING:
            answer(later)
            told.append(later)
    return told


def _answer(one: Left, known: Mapping[str, tuple[str, str]], language: str) -> Answer:
    if one.decision is None:
        return Answer(one.id, State.REFUSED, now(), reason="decision.refused.unreadable")
    if known.get(one.id) != (one.decision.who, one.sha256):
        return Answer(one.id, State.REFUSED, now(), one.decision, reason="decision.refused.not_noted")
    return _tried(one.decision, language)


def _tried(decision: Decision, language: str) -> Answer:
    """Carry out a decision that the log knows; a fault of ours is its answer too, and keeps no other from its own."""
    reason, values = "error.unexpected", dict[str, str]()
    try:
        done = _done(decision, language)
    except StorageFailed:
        raise
    except _Refused as refused:
        reason, values = refused.reason, refused.values
    except (PublishRefused, SignRefused) as refused:
        values = {name: str(value) for name, value in refused.values.items()}
        reason = values.pop("reason")
    except RiskMapError as error:
        reason, values = error.key, {name: str(value) for name, value in error.values.items()}
    except Exception as fault:
        raise_stopped(fault)
        keep_trace(fault_trace(f"decisions {decision.id}"))
    else:
        return Answer(decision.id, done.state, now(), decision, done.reason, fates=done.fates)
    return Answer(decision.id, State.REFUSED, now(), decision, reason, values)


def _done(decision: Decision, language: str) -> _Outcome:
    today = datetime.now(UTC).date()
    if not is_allowed(decision.act, (grant.role for grant in in_force(decision.who, today))):
        raise _Refused("decision.refused.no_right", name=decision.who)
    match decision.act:
        case Act.TAKE_IN:
            return _take_in(decision, language)
        case Act.PUBLISH:
            return _publish(decision)
        case Act.SIGN:
            return _sign(decision)
        case Act.REFUSE:
            return _refuse(decision)


# --- returns


def _take_in(decision: Decision, language: str) -> _Outcome:
    """What the command `inbox` does with these files; one that still needs a confirmation stays where it is."""
    digests = {file.name: file.sha256 for file in decision.files}
    codes = confirmed_codes(decision.confirmed)
    there = {path: digest_of(path) for path in arrivals()[0] if path.name in digests}
    meant = {path for path, digest in there.items() if digest and digest == digests[path.name]}
    fates = {path.name: OTHER for path in there if path not in meant}
    fates |= {name: _fate_of_missing(digests[name]) for name in digests.keys() - {path.name for path in there}}
    if meant:
        fates |= _taken(meant, digests, decision, codes=codes, language=language)
    is_done = any(fate in (*GOOD, Fate.FAULTY, Fate.PERSONAL, Fate.BROKEN) for fate in fates.values())
    told = {printable(name): fate for name, fate in sorted(fates.items())}
    return _Outcome(State.DONE, told) if is_done else _Outcome(State.REFUSED, told, "decision.refused.files")


def _taken(
    meant: set[Path], digests: Mapping[str, str], decision: Decision, *, codes: frozenset[str], language: str
) -> dict[str, str]:
    with acting(decision.who):
        done = judged(codes, language, is_quiet=True, is_meant=meant.__contains__)
        fates = {verdict.path.name: str(Fate.ASKED) for verdict in done.verdicts if verdict.fate is Fate.ASKED}
        fates |= {verdict.path.name: OTHER for verdict in done.verdicts if _is_other(verdict, digests)}
        done.verdicts = [verdict for verdict in done.verdicts if verdict.path.name not in fates]
        accept_good(done)
        put_all_away(done, now(), language)
    return {**fates, **{verdict.path.name: str(verdict.fate) for verdict in done.verdicts}}


def _is_other(verdict: Verdict, digests: Mapping[str, str]) -> bool:
    """Whether what was checked is not what was decided on: whoever serves the pages may write into the inbox."""
    return verdict.file is not None and verdict.file.digest != digests[verdict.path.name]


def _fate_of_missing(digest: str) -> str:
    """What is not in the inbox was taken in by a run that was killed, or by a colleague; or nobody knows."""
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        found = connection.execute(f"SELECT 1 FROM {record()} WHERE digest = ? LIMIT 1", [digest]).fetchall()
    return str(Fate.KNOWN) if found else GONE


# --- builds


def _publish(decision: Decision) -> _Outcome:
    """What is asked for on a page always waits for the signature of a second person, whatever the command line asks."""
    if _is_live(decision.build):
        return _Outcome(State.DONE)
    build = _waiting(decision)
    refuse_unfit(build)
    signed = signature(build.name)
    if not signed:
        return _Outcome(State.STANDING)
    if subject_of(signed["by"]) == subject_of(decision.who):
        raise _Refused("decision.refused.same_person", name=decision.who)
    with acting(decision.who):
        publish(build)
    return _Outcome(State.DONE)


def _sign(decision: Decision) -> _Outcome:
    signed = signature(decision.build)
    if signed and signed["by"] == decision.who:  # by a run that was killed; the build may be live by now
        return _Outcome(State.DONE)
    build = _waiting(decision)
    with acting(decision.who):
        try:
            refuse_to_sign(build)
        except SignRefused as refused:
            if refused.values["reason"] != "publish.refused.same_person":
                raise
            raise _Refused("decision.refused.same_person", name=decision.who) from refused
        sign_seen(build, diff_builds(build, live()))
    return _Outcome(State.DONE)


def _refuse(decision: Decision) -> _Outcome:
    """What was asked for of this build is over; it may be asked for again."""
    build = _waiting(decision)
    told = {"name": decision.who, "text": decision.reason}
    for waits in standing():
        if waits.decision and waits.decision.build == build.name:
            answer(Answer(waits.id, State.REFUSED, now(), waits.decision, "decision.refused.by_signer", told))
    return _Outcome(State.DONE)


def _waiting(decision: Decision) -> Path:
    """The build that was decided on, which must be the one that waits: of all that is accepted, beside what is live."""
    build = staged()
    if build is None or build.name != decision.build:
        raise _Refused("decision.refused.build", build=decision.build)
    return build


def _is_live(name: str) -> bool:
    current = live()
    return current is not None and current.name == name
