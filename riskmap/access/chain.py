"""How the lines of the audit log hang together, and what can be told of a log whose lines do not."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

MONTH: Final = re.compile(r"\d{4}-\d{2}\.jsonl")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# What reading a line can end with that we have not written.
_NOT_OURS: Final = (ValueError, KeyError, TypeError, OverflowError, RecursionError)

Told: TypeAlias = str | int | list[str]


class AccessEvent(StrEnum):
    """What is noted."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    REFUSED = "refused"
    VIEW = "view"
    DOWNLOAD = "download"
    PUBLISH = "publish"
    TAKE_BACK = "take_back"
    SIGN_OFF = "sign_off"
    GRANT = "grant"
    REVOKE = "revoke"
    SUBMIT = "submit"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; `cut` is how much of a value was left out because it was too long."""

    number: int
    at: datetime
    event: AccessEvent
    who: str
    told: Mapping[str, Told]
    cut: Mapping[str, int]
    before: str


class FaultKind(StrEnum):
    """What is wrong with the log."""

    CHANGED = "changed"  # the line is not what it was when the next one was written
    REMOVED = "removed"  # before the line others are missing
    INSERTED = "inserted"  # the line does not belong at this place
    CUT_OFF = "cut_off"  # half a line, or the log ends before its head
    HEAD = "head"  # the head is missing or damaged, or was when the line was written


@dataclass(frozen=True, slots=True)
class LogFault:
    """One place at which the log is not as it was written; `missing` is how many lines are not there."""

    kind: FaultKind
    file: str
    line: int  # from 1 on, 0 where it is the file itself
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """The last line that was written, or was about to be, and the file in which it stands."""

    number: int
    digest: str
    file: str


def digest(line: bytes) -> str:
    """SHA-256 of a line without its end."""
    return hashlib.sha256(line).hexdigest()


def entry_of(line: bytes) -> Entry | None:
    """The entry of a line, None where it is none."""
    try:
        told = json.loads(line)
        return Entry(
            *(int(told["n"]), datetime.fromisoformat(told["at"]), AccessEvent(told["event"]), str(told["who"])),
            *(MappingProxyType(dict(told["told"])), MappingProxyType(dict(told.get("cut", {}))), str(told["before"])),
        )
    except _NOT_OURS:
        return None


def head_of(content: bytes) -> Head | None:
    """What a head says, None where it says nothing that can be believed."""
    try:
        told = json.loads(content)
        head = Head(int(told["n"]), str(told["digest"]), str(told["file"]))
    except _NOT_OURS:
        return None
    return head if head.number > 0 and _DIGEST.fullmatch(head.digest) and MONTH.fullmatch(head.file) else None


@dataclass(frozen=True, slots=True)
class _Link:
    """A line of the chain, and where it stands."""

    number: int
    digest: str
    file: str
    line: int


class Chain:
    """What was read of the log so far: the line before, and the one up to which the chain has come."""

    def __init__(self) -> None:
        self._before = self._furthest = _Link(0, "", "", 0)
        self._unreadable = 0  # lines since

    def faults_in(self, file: str, lines: Iterable[bytes]) -> Iterator[LogFault]:
        """The faults of the next file."""
        for number, line in enumerate(lines, start=1):
            entry = entry_of(line)
            if entry:
                yield from self._faults(entry, _Link(entry.number, digest(line), file, number))
            else:
                self._unreadable += 1
                yield LogFault(FaultKind.CHANGED if line.endswith(b"}") else FaultKind.CUT_OFF, file, number)

    def faults_at_end(self, last: Head, lines: int) -> Iterator[LogFault]:
        """Whether the chain ends where its head says; `lines` is how many the file has that the head names."""
        end = self._furthest
        missing = last.number - end.number - self._unreadable
        if missing > 0:
            yield LogFault(FaultKind.CUT_OFF, last.file, lines + 1, missing)
        elif last.number < end.number:
            yield LogFault(FaultKind.INSERTED, end.file, end.line)
        elif last.number == end.number and last.digest != end.digest:
            yield LogFault(FaultKind.CHANGED, end.file, end.line)

    def _faults(self, entry: Entry, here: _Link) -> Iterator[LogFault]:
        goes_on = any(
            (entry.number, entry.before) == (link.number + 1, link.digest) for link in (self._before, self._furthest)
        )
        if not goes_on and (fault := self._fault(entry, here)):
            yield fault
        if goes_on or here.number >= self._furthest.number:
            self._furthest = here
        self._before, self._unreadable = here, 0

    def _fault(self, entry: Entry, here: _Link) -> LogFault | None:
        """What is wrong with a line that does not go on with what stands before it."""
        missing = here.number - self._furthest.number - 1 - self._unreadable
        if not entry.before and here.number > 1:
            return LogFault(FaultKind.HEAD, here.file, here.line)
        if entry.before == self._before.digest and not self._unreadable:
            return LogFault(FaultKind.CHANGED, here.file, here.line)
        if missing > 0:
            return LogFault(FaultKind.REMOVED, here.file, here.line, missing)
        if missing < 0 or here.number <= self._before.number:
            return LogFault(FaultKind.INSERTED, here.file, here.line)
        if self._unreadable:  # with what cannot be read the line cannot be compared
            return None
        return LogFault(FaultKind.CHANGED, self._before.file or here.file, self._before.line or here.line)
