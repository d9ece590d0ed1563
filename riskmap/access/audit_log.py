"""The log of who has seen and done what: lines are added, and what was changed or removed afterwards can be told.

`access/log/<month>.jsonl`, one JSON document a line, in one chain through all months:

    n       its number, from 1 on
    at      when, UTC without zone, ISO to the millisecond
    event   one of AccessEvent
    who     the subject of a sign-in, or the operator of a command
    told    what the event is about: texts, numbers, lists of texts
    before  SHA-256 of the line before, empty where that is not known
    cut     only where something was too long: how many elements or characters of each value were left out

`access/log/head.json` holds the number and the digest of the last line and its file. It is written first, the line
after it. So a line that a power cut has halved or kept from being written is missed like one that was removed; the next
line is written behind the gap, which can be told ever after. Where the clock was set back into a month before, lines go
on in the file that was begun last.

What this cannot tell: whoever may write all files can write the whole chain anew from any line on, with its head, or
remove it all. A copy of the head on another machine closes that: it holds for every later state of the log that the
line of that number has that digest.

An entry is written before what it tells takes effect; so a process that is killed in between leaves an entry of
something that did not come about, never the other way round. What is live is told by the journal alone.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from riskmap.access.chain import (
    MONTH,
    AccessEvent,
    Chain,
    Entry,
    FaultKind,
    Head,
    LogFault,
    Told,
    digest,
    entry_of,
    head_of,
)
from riskmap.access.folder import access_folder, made, opened, storage_faults

__all__ = [
    "AccessEvent",
    "Entry",
    "FaultKind",
    "Head",
    "LogFault",
    "Told",
    "entries",
    "head",
    "held",
    "log_folder",
    "note",
    "verify",
]

HEAD: Final = "head.json"
MOST_BYTES: Final = 4096  # of a line
_LONGEST_WHO: Final = 320  # characters: as long as a subject may be
_HEAD_BYTES: Final = 256  # fewer than a sector of a disk, which is written whole or not at all
_ESCAPES: Final = "backslashreplace"  # half a sign is written as JSON writes it

# --- writing


def note(event: AccessEvent, /, *, who: str, **told: Told) -> None:
    """Add an entry and return when it is on the disk; `StorageFailed` where it is not: then go no further.

    Of a line that would be too long, lists and texts are cut, and the line says how much was left out.
    """
    for name, value in told.items():
        _check_value(name, value)
    with _locked_head(is_made=True) as descriptor:
        _append(descriptor, event, {"who": who, "told": told})


def log_folder() -> Path:
    """The folder of the log; it need not exist yet."""
    return access_folder() / "log"


@contextmanager
def held() -> Iterator[None]:
    """In the block nobody adds to the log, so that a copy of it is one of a single moment."""
    if not (log_folder() / HEAD).exists():
        yield
        return
    with _locked_head():
        yield


@contextmanager
def _locked_head(*, is_made: bool = False) -> Iterator[int]:
    """The head, open and locked against every other thread and process."""
    place = log_folder() / HEAD
    if is_made:
        made(place.parent)
    with storage_faults(place):
        descriptor = opened(place, os.O_RDWR | os.O_CREAT) if is_made else os.open(place, os.O_RDONLY)
    try:
        with storage_faults(place):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _check_value(name: str, value: object) -> None:
    """A fault of ours, found where it is made: nothing but plain values, whose sense a reader of the log can see."""
    is_list = isinstance(value, list) and all(isinstance(part, str) for part in value)
    if not is_list and (isinstance(value, bool) or not isinstance(value, str | int)):
        raise TypeError(f"{name}={value!r} is no text, number or list of texts")


def _append(descriptor: int, event: AccessEvent, said: dict[str, Any]) -> None:
    moment = _now()
    files = _files()
    last = head_of(os.pread(descriptor, _HEAD_BYTES, 0)) if files or os.fstat(descriptor).st_size else Head(0, "", "")
    number, before = (last.number, last.digest) if last else (_last_number(files), "")
    path = log_folder() / max(f"{moment:%Y-%m}.jsonl", *(path.name for path in files), last.file if last else "")
    stamp = moment.isoformat(timespec="milliseconds")
    line = _line({"n": number + 1, "at": stamp, "event": str(event), **said, "before": before})
    with storage_faults(path):
        log = opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        try:
            size = _end_halved(log)
            _write(descriptor, log, Head(number + 1, digest(line), path.name), line)
        except BaseException:  # a line for which there is no room is none: whoever wanted it noted is refused
            os.ftruncate(log, size)
            _write_head(descriptor, last)
            raise
        finally:
            os.close(log)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _end_halved(log: int) -> int:
    """How long the file is; half a line that a power cut has left is ended first, and stays."""
    size = os.fstat(log).st_size
    if size and os.pread(log, 1, size - 1) != b"\n":
        size += os.write(log, b"\n")
    return size


def _write(descriptor: int, log: int, head: Head, line: bytes) -> None:
    is_new = os.fstat(log).st_size == 0
    _write_head(descriptor, head)
    rest = line + b"\n"
    while rest:  # of a disk that is nearly full a part is taken, and the next call fails
        rest = rest[os.write(log, rest) :]
    os.fsync(log)
    if is_new:
        _keep_name()


def _keep_name() -> None:
    """The name of a new file is on the disk only when its folder is."""
    folder = os.open(log_folder(), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _line(document: dict[str, Any]) -> bytes:
    """The line of an entry; while it is too long, the longest value loses half."""
    told, cut = dict(document["told"]), dict[str, int]()
    who = document["who"][:_LONGEST_WHO]
    while True:
        whole = {**document, "who": who, "told": told, **({"cut": cut} if cut else {})}
        line = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode(errors=_ESCAPES)
        if len(line) <= MOST_BYTES:
            return line
        sizes = {name: len(json.dumps(value)) for name, value in told.items() if value and not isinstance(value, int)}
        if not sizes:
            raise ValueError(f"no room for {sorted(told)}")
        longest = max(sizes, key=lambda name: sizes[name])
        kept = told[longest][: len(told[longest]) // 2]
        cut[longest] = cut.get(longest, 0) + len(told[longest]) - len(kept)
        told[longest] = kept


def _write_head(descriptor: int, head: Head | None) -> None:
    """Put a head in place of the one before; none where nothing was written yet, or nothing is known."""
    if head is None or not head.number:
        os.ftruncate(descriptor, 0)
        return
    text = json.dumps({"n": head.number, "digest": head.digest, "file": head.file})
    os.pwrite(descriptor, f"{text:<{_HEAD_BYTES - 1}}\n".encode(), 0)
    os.fsync(descriptor)


def _last_number(files: list[Path]) -> int:
    """The highest number in the log, for a line behind a head that is lost."""
    known = (entry.number for path in reversed(files) for line in _lines(path) if (entry := entry_of(line)))
    return max(known, default=0)


# --- reading


def entries(month: str | None = None) -> Iterator[Entry]:
    """The entries, oldest first, of one month (`2026-11`) or all; a line that is none is told by `verify` alone.

    A month is that in which an entry was noted, whatever file it stands in.
    """
    for path in _files():
        for line in _lines(path):
            entry = entry_of(line)
            if entry and month in (None, f"{entry.at:%Y-%m}"):
                yield entry


def head() -> Head | None:
    """The last line that was noted, None where there is none or the head cannot be believed.

    A copy of it that is kept elsewhere can be compared with the line of that number for ever.
    """
    path = log_folder() / HEAD
    with storage_faults(path):
        if not path.exists():
            return None
        return head_of(path.read_bytes())


def verify() -> list[LogFault]:
    """Every place at which the log is not as it was written, in order; none where it is whole."""
    with held():  # what is noted while the log is read comes behind, and is left for the next time
        last, sizes = head(), {path: _size(path) for path in _files()}
        is_begun = any(sizes.values()) or _size(log_folder() / HEAD) > 0
    chain = Chain()
    faults = [fault for path, size in sizes.items() for fault in chain.faults_in(path.name, _lines(path, size))]
    if last is None:
        return [*faults, *([LogFault(FaultKind.HEAD, HEAD, 0)] if is_begun else [])]
    ending = log_folder() / last.file
    return [*faults, *chain.faults_at_end(last, sum(1 for _ in _lines(ending, sizes.get(ending, 0))))]


def _size(path: Path) -> int:
    with storage_faults(path):
        return path.stat().st_size if path.exists() else 0


def _files() -> list[Path]:
    """The files of the log, oldest first."""
    place = log_folder()
    with storage_faults(place):
        return sorted(path for path in place.iterdir() if MONTH.fullmatch(path.name)) if place.exists() else []


def _lines(path: Path, size: int | None = None) -> Iterator[bytes]:
    """The lines of a file without their ends, as far as it was written when it had a size."""
    left = _size(path) if size is None else size
    with storage_faults(path):
        if not left:
            return
        with path.open("rb") as content:
            while left > 0 and (line := content.readline(left)):
                left -= len(line)
                yield line.removesuffix(b"\n")
