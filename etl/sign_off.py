"""Sign-off: where RISKMAP_SIGN_OFF says yes, a second person looks at what a build changes before it goes live.

A signature is about one build and what that is compared with; a build staged again has another id and is signed anew.
The second person is neither who staged the build nor anyone who loaded something that is new in it. Who is whom rests
on RISKMAP_OPERATOR and the user of the system, since nobody signs in: it keeps honest people from a slip, no more. Two
people who share a user of the system are told apart only where both have set their names.
"""

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb

from etl.accepted import record
from etl.journal import Event, EventKind, events, note, operator, system_user
from etl.storage import live, storage_faults
from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent
from riskmap.domain.errors import PublishRefused, SignRefused, WrongUsage
from riskmap.domain.settings import SIGN_OFF, data_folder

_ANSWERS: Final = {"yes": True, "no": False}


def is_required() -> bool:
    """Whether a build must be signed before it goes live; `WrongUsage` where the setting cannot be meant."""
    if SIGN_OFF.value not in _ANSWERS:
        raise WrongUsage(detail=f"{SIGN_OFF.variable}={SIGN_OFF.value} ({', '.join(_ANSWERS)})")
    return _ANSWERS[SIGN_OFF.value]


def signature(build: str) -> Event | None:
    """The event in which a build was signed, None where it was not."""
    found = [event for event in events() if event["event"] == EventKind.SIGNED and event["build"] == build]
    return found[-1] if found else None


def refuse_unsigned(build: Path) -> None:
    """Keep a build from going live that nobody has signed, where that is asked for."""
    if is_required() and not signature(build.name):
        raise PublishRefused(reason="publish.refused.unsigned", build=build.name)


def refuse_signature(build: Path) -> None:
    """`SignRefused` where a build is signed already, or whoever is at work has had a hand in it."""
    if before := signature(build.name):
        raise SignRefused(reason="sign.refused.is_signed", build=build.name, name=before["by"], at=before["at"])
    if same := [name for name, user in authors(build).items() if _is_same(name, user)]:
        raise SignRefused(reason="publish.refused.same_person", name=", ".join(same))


def sign(build: Path, counts: Mapping[str, int]) -> None:
    """Note that whoever is at work has seen what a build changes: so many cells of each kind."""
    refuse_signature(build)
    base = live()
    audit_log.note(AccessEvent.SIGN_OFF, who=operator(), build=build.name)
    note(EventKind.SIGNED, build=build.name, base=base.name if base else "", counts=dict(counts))


def authors(build: Path) -> dict[str, str]:
    """Who staged a build and who loaded what is new in it, each with the user of the system where that is known."""
    current = live()
    since = current.name if current else ""
    query = f"SELECT DISTINCT received_by FROM {record()} WHERE load > ? AND load < ? ORDER BY ALL"
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        found = {name: "" for (name,) in connection.execute(query, [since, build.name]).fetchall()}
    staged = [event for event in events() if event["event"] == EventKind.STAGED and event["build"] == build.name]
    return found | {event["by"]: event["user"] for event in staged}


def _is_same(name: str, user: str) -> bool:
    """Whether the name of an author may stand for whoever is at work.

    A name that is that of a user of the system was not set, so whoever has that user may be meant.
    """
    mine, here = _folded(operator()), _folded(system_user())
    return _folded(name) in (mine, here) or (bool(user) and mine == _folded(user))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
