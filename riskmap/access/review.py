"""What the loader tells those who decide: what waits, and what has become of decisions. It holds no number of children.

`review/waiting.json` is what waits, written anew by each run of the loader; `review/<id>.json` is the answer to the
decision of that id, and stays. Whoever serves the pages reads them and writes none of them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from riskmap.access.decisions import ENDING, Act, Decision, decision_document, decision_of
from riskmap.access.folder import storage_faults
from riskmap.access.handing_over import hand_over
from riskmap.domain.errors import StorageFailed
from riskmap.domain.settings import review_folder

WAITING: Final = "waiting"
_NOT_OURS: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class State(StrEnum):
    """What has become of a decision."""

    DONE = "done"
    REFUSED = "refused"
    STANDING = "standing"  # a publication that was asked for and waits for a signature


@dataclass(frozen=True, slots=True)
class Answer:
    """What has become of one decision; `reason` is a word key with its values, `at` UTC without zone.

    `fates`: of each file that was to be taken in what became of it. Of what was no decision there is none.
    """

    id: str
    state: State
    at: datetime
    decision: Decision | None = None
    reason: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    fates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaitingFault:
    """A fault of a return without what the cell holds."""

    code: str
    severity: str
    sheet: str
    row: int | None
    column: str


@dataclass(frozen=True, slots=True)
class WaitingReturn:
    """A file of the inbox: what the loader made of it, and who sent it where a page tells that.

    `shown` is its name as it may be shown; `counts`: faults by severity; `faults`: the first of them; `asks`: the codes
    that have to be confirmed.
    """

    file: str
    shown: str
    sha256: str
    fate: str
    regions: tuple[str, ...]
    periods: tuple[str, ...]
    figures: int
    counts: Mapping[str, int]
    asks: tuple[str, ...]
    faults: tuple[WaitingFault, ...]
    sender: str = ""
    sent: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """How many cells of an indicator on one level differ from the live build, by how they do."""

    indicator: str
    level: str
    invented: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WaitingBuild:
    """The build that waits. `unfit` is a word key with its values where it cannot go live, signed or not.

    `authors`: who has had a hand in it and so cannot sign it.
    """

    build: str
    base: str
    staged: str
    data_date: str
    counts: Mapping[str, int]
    rows: tuple[ChangedRow, ...]
    authors: tuple[str, ...]
    unfit: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    asked_by: str = ""
    asked: str = ""
    signed_by: str = ""
    signed: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waited when the loader last looked; `at` is UTC without zone."""

    at: datetime
    returns: tuple[WaitingReturn, ...] = ()
    build: WaitingBuild | None = None


def tell_waiting(waiting: Waiting) -> None:
    """Put in place what waits."""
    _write(WAITING, asdict(waiting))


def waiting() -> Waiting | None:
    """What waited when the loader last looked; None where it never has. `StorageFailed` where it is damaged."""
    path = _path(WAITING)
    return _told(path, _waiting) if path.exists() else None


def answer(told: Answer) -> None:
    """Put in place what has become of a decision, in place of an earlier answer to it."""
    decision = decision_document(told.decision) if told.decision else None
    _write(told.id, {**asdict(told), "decision": decision})


def answered(identifier: str) -> Answer | None:
    """What has become of a decision, None where that is not told."""
    path = _path(identifier)
    return _told(path, _answer) if path.exists() else None


def answers(*, most: int | None = None) -> list[Answer]:
    """What has become of decisions, the latest first; of them all, or of the last ones."""
    place = review_folder()
    with storage_faults(place):
        found = sorted(place.glob(f"2*{ENDING}"), reverse=True) if place.exists() else []
    return [_told(path, _answer) for path in found[:most]]


def standing() -> list[Answer]:
    """Publications that were asked for and wait for a signature, oldest first."""
    return [one for one in reversed(answers()) if one.state is State.STANDING]


def asked_for(build: str) -> list[Decision]:
    """Every decision by which somebody asked for the publication of a build."""
    asked = (one.decision for one in answers() if one.decision)
    return [decision for decision in asked if decision.act is Act.PUBLISH and decision.build == build]


def _path(name: str) -> Path:
    return review_folder() / f"{name}{ENDING}"


def _write(name: str, document: Mapping[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, default=_stored)
    hand_over(_path(name), text.encode(errors="backslashreplace"))


def _stored(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is not stored")
    return value.isoformat()


_Kind = TypeVar("_Kind")


def _told(path: Path, made: Callable[[Any], _Kind]) -> _Kind:
    with storage_faults(path):
        content = path.read_bytes()
    try:
        return made(json.loads(content))
    except _NOT_OURS as fault:
        raise StorageFailed(path=str(path), detail="damaged") from fault


def _answer(document: Mapping[str, Any]) -> Answer:
    decision = document["decision"]
    own = {name: document[name] for name in ("id", "reason", "values", "fates")}
    moment, state = datetime.fromisoformat(document["at"]), State(document["state"])
    return Answer(state=state, at=moment, decision=decision_of(decision) if decision else None, **own)


def _waiting(document: Mapping[str, Any]) -> Waiting:
    build = document["build"]
    returns = tuple(_waiting_return(one) for one in document["returns"])
    return Waiting(datetime.fromisoformat(document["at"]), returns, _waiting_build(build) if build else None)


def _waiting_return(document: Mapping[str, Any]) -> WaitingReturn:
    lists = {name: tuple(document[name]) for name in ("regions", "periods", "asks")}
    return WaitingReturn(**{**document, **lists, "faults": tuple(WaitingFault(**one) for one in document["faults"])})


def _waiting_build(document: Mapping[str, Any]) -> WaitingBuild:
    rows = tuple(ChangedRow(**row) for row in document["rows"])
    return WaitingBuild(**{**document, "rows": rows, "authors": tuple(document["authors"])})
