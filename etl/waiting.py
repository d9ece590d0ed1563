"""What waits for a decision on a page: the returns in the inbox and the build, told without a number of children."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from etl.confirmed import decide
from etl.diff import Diff, diff_builds
from etl.inbox import LEFT, Fate, Verdict, digest_of
from etl.inbox_round import judged
from etl.journal import Event, EventKind, events
from etl.publish import build_meta, refuse_unfit, staged
from etl.sign_off import authors, signature
from etl.storage import live, now
from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent, Entry
from riskmap.access.review import (
    ChangedRow,
    Waiting,
    WaitingBuild,
    WaitingFault,
    WaitingReturn,
    standing,
)
from riskmap.domain.errors import PublishRefused

_MOST_FAULTS: Final = 50  # of a return; the report beside the file has all


def what_waits(language: str) -> Waiting:
    """Every file of the inbox as the command `inbox` would find it, and the build that waits."""
    build = staged()
    return Waiting(now(), tuple(_returns(language)), _build(build) if build else None)


def _returns(language: str) -> Iterator[WaitingReturn]:
    found = judged(frozenset(), language, is_quiet=True)
    connection = found.checked.staging.connection
    told = {file.path: file.with_figures(connection).returns for file in found.checked.arrived}
    understood = {file.path: file for file in found.checked.files}
    sent = _sent() if found.verdicts else {}
    for verdict in found.verdicts:
        if verdict.fate is Fate.STRANGE:
            continue
        file = understood.get(verdict.path)
        digest = file.digest if file else digest_of(verdict.path)
        entry = sent.get((verdict.path.name, digest))
        returns = told.get(verdict.path, ())
        yield WaitingReturn(
            file=verdict.path.name,
            shown=verdict.name,
            sha256=digest,
            fate=str(verdict.fate),
            regions=tuple(dict.fromkeys(region for region, _ in returns)),
            periods=tuple(dict.fromkeys(period.code for _, period in returns)),
            figures=file.figures if file else 0,
            counts=dict(Counter(str(problem.severity) for problem in verdict.problems)),
            asks=decide(verdict.problems, frozenset()).asked,
            faults=tuple(_faults(verdict)),
            sender=entry.who if entry else "",
            sent=entry.at.isoformat(timespec="seconds") if entry else "",
        )


def _faults(verdict: Verdict) -> Iterator[WaitingFault]:
    """Where the faults are, never what stands there; of a file that may tell of persons not even that."""
    if verdict.fate in (*LEFT, Fate.PERSONAL):
        return
    for fault in verdict.problems[:_MOST_FAULTS]:
        yield WaitingFault(fault.code, str(fault.severity), fault.sheet, fault.row, fault.column)


def _sent() -> Mapping[tuple[str, str], Entry]:
    """Of what was sent through a page, by name and digest, what the log tells of it."""
    entries = (entry for entry in audit_log.entries() if entry.event is AccessEvent.SUBMIT)
    return {(str(entry.told.get("file")), str(entry.told.get("sha256"))): entry for entry in entries}


def _build(build: Path) -> WaitingBuild:
    meta, diff = build_meta(build), diff_builds(build, live(), top=0)
    by = _event(build, EventKind.STAGED)
    signed = signature(build.name)
    asked = next((one.decision for one in standing() if one.decision and one.decision.build == build.name), None)
    reason, values = _unfit(build)
    return WaitingBuild(
        build=build.name,
        base=diff.against,
        staged=by["at"] if by else "",
        data_date=meta["data_date"],
        counts={str(change): number for change, number in diff.counts.items()},
        rows=tuple(_rows(diff)),
        authors=tuple(authors(build)),
        unfit=reason,
        values=values,
        asked_by=asked.who if asked else "",
        asked=asked.at.isoformat() if asked else "",
        signed_by=signed["by"] if signed else "",
        signed=signed["at"] if signed else "",
    )


def _rows(diff: Diff) -> Iterator[ChangedRow]:
    for row in diff.rows:
        counts = {str(change): number for change, number in row.counts.items()}
        yield ChangedRow(row.indicator, row.level, row.invented, counts)


def _event(build: Path, kind: EventKind) -> Event | None:
    found = [event for event in events() if event["event"] == kind and event["build"] == build.name]
    return found[-1] if found else None


def _unfit(build: Path) -> tuple[str, dict[str, str]]:
    """Why a build cannot go live, signed or not: a word key and its values; empty where it can."""
    try:
        refuse_unfit(build)
    except PublishRefused as refused:
        values = {name: str(value) for name, value in refused.values.items()}
        return values.pop("reason"), values
    return "", {}
