"""What an operator or a signer decides on a page: left by the dashboard as a file, carried out by the loader.

`decisions/<id>.json` holds one decision:

    id         its moment and what nobody guesses; the name of the file
    act        one of Act
    who        the subject of the sign-in
    at         when, UTC without zone, ISO to the second
    files      of what is taken in: name in the inbox and SHA-256 of the content that was decided on
    confirmed  codes of faults that the operator has looked at and confirms
    build      of all other acts: the id of the build
    reason     why a signature is refused, as the signer wrote it

The log of accesses holds its digest before the file is there. A file says nothing by itself: the loader looks at all
of it again, and carries out what the command line would.
"""

import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from riskmap.access.audit_log import AccessEvent, entries, note
from riskmap.access.folder import storage_faults
from riskmap.access.handing_over import hand_over
from riskmap.access.roles import Role
from riskmap.domain.settings import decision_folder

MOST_BYTES: Final = 64 * 1024  # of a decision
LONGEST_REASON: Final = 500  # characters
ENDING: Final = ".json"
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_ID: Final = re.compile(r"\d{8}T\d{9}-[0-9a-f]{12}")
_NOT_OURS: Final = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Act(StrEnum):
    """What may be decided."""

    TAKE_IN = "take_in"  # returns that wait in the inbox
    PUBLISH = "publish"  # the build that waits, as soon as it is signed
    SIGN = "sign"
    REFUSE = "refuse"  # to sign; what was asked for of that build is over


@dataclass(frozen=True, slots=True)
class DecidedFile:
    """A file of the inbox: one of another content is another file."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; `at` is UTC without zone."""

    id: str
    act: Act
    who: str
    at: datetime
    files: tuple[DecidedFile, ...] = ()
    confirmed: tuple[str, ...] = ()
    build: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A file in the folder of decisions: what it holds, and the decision where it holds one of that id."""

    path: Path
    sha256: str
    decision: Decision | None

    @property
    def id(self) -> str:
        """What answers to it are named by."""
        return self.path.stem


def is_allowed(act: Act, roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles may decide this."""
    by_publisher = act in (Act.TAKE_IN, Act.PUBLISH)
    return any(role.may.publishes if by_publisher else role.may.signs for role in roles)


def leave(
    act: Act,
    *,
    who: str,
    files: Iterable[DecidedFile] = (),
    confirmed: Iterable[str] = (),
    build: str = "",
    reason: str = "",
) -> Decision:
    """Note a decision in the log, then leave it for the loader; `StorageFailed` where either cannot be done.

    Whether this person may decide it, the caller has asked; the loader asks again.
    """
    moment = datetime.now(UTC).replace(tzinfo=None)
    decision = Decision(
        *(f"{moment:{_STAMP}}"[:-3] + f"-{secrets.token_hex(6)}", act, who, moment.replace(microsecond=0)),
        *(tuple(files), tuple(sorted(confirmed)), build, reason[:LONGEST_REASON]),
    )
    content = json.dumps(decision_document(decision), ensure_ascii=False, indent=1).encode(errors="backslashreplace")
    about = {"build": build} if build else {"files": [file.name for file in decision.files]}
    digest = hashlib.sha256(content).hexdigest()
    note(AccessEvent.DECIDE, who=who, decision=decision.id, act=str(act), sha256=digest, **about)
    hand_over(decision_folder() / f"{decision.id}{ENDING}", content)
    return decision


def left() -> tuple[list[Left], list[str]]:
    """What lies in the folder of decisions, oldest first, and names of what lies there that can be no decision.

    What is hidden is still being written. Links and folders are never followed.
    """
    place = decision_folder()
    with storage_faults(place):
        found = sorted(path for path in place.iterdir() if not path.name.startswith(".")) if place.exists() else []
    decisions, strange = [], []
    for path in found:
        content = _content(path) if path.suffix == ENDING and _ID.fullmatch(path.stem) else None
        if content is None:
            strange.append(path.name)
        else:
            decisions.append(Left(path, hashlib.sha256(content).hexdigest(), _own(path.stem, content)))
    return decisions, strange


def _own(identifier: str, content: bytes) -> Decision | None:
    try:
        decision = decision_of(json.loads(content))
    except _NOT_OURS:
        return None
    return decision if decision.id == identifier else None


def _content(path: Path) -> bytes | None:
    """The content of a plain file that is small enough, None of anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_BYTES:
            return None
        return os.read(descriptor, MOST_BYTES)
    finally:
        os.close(descriptor)


def noted() -> dict[str, tuple[str, str]]:
    """Of every decision that the log knows its id: who decided, and the digest of the file."""
    found = (entry for entry in entries() if entry.event is AccessEvent.DECIDE)
    return {str(entry.told.get("decision")): (entry.who, str(entry.told.get("sha256"))) for entry in found}


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as it is written."""
    return {**asdict(decision), "at": decision.at.isoformat()}


def decision_of(document: Mapping[str, Any]) -> Decision:
    """The decision of a document; raises one of several errors where it is none."""
    texts = {name: _text(document[name]) for name in ("id", "who", "build", "reason")}
    files = tuple(DecidedFile(_text(file["name"]), _text(file["sha256"])) for file in document["files"])
    confirmed = tuple(_text(code) for code in document["confirmed"])
    moment = datetime.fromisoformat(document["at"])
    if moment.tzinfo:
        raise ValueError(f"{moment} has a zone")
    return Decision(act=Act(document["act"]), at=moment, files=files, confirmed=confirmed, **texts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
