"""The compound file (OLE2, MS-CFB) of a legacy workbook: its streams, and what their names give away."""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from etl.readers.limits import Clock, Refused
from riskmap.domain.errors import Problem

_FREE: Final = 0xFFFFFFFA  # from here on numbers of sectors mean something else
_ENTRY: Final = struct.Struct("<64sHB49xI")  # name, its length in bytes, kind, first sector
_ENTRY_SIZE: Final = 128
_HEADER: Final = struct.Struct("<30xHH10xIIIIIIII")
_SIZE: Final = struct.Struct("<I")
_SMALL: Final = 64  # bytes of a small sector
_ROOT: Final = 5
_USED: Final = (1, 2, _ROOT)  # a folder, a stream, the outermost folder
WORKBOOK: Final = ("workbook", "book")
_MACROS: Final = re.compile(r"_vba_project(?:_cur)?|vba|ctls|\x01ole10native|mbd[0-9a-f]+|_xmlsignatures_vba")
_LINKS: Final = re.compile(r"lnk[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream or a folder of a compound file."""

    name: str  # in small letters
    kind: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Compound:
    """A compound file with its table of sectors read."""

    content: bytes
    sector: int  # bytes
    table: tuple[int, ...]  # the sector that follows each one
    small: tuple[int, ...]
    entries: tuple[Entry, ...]
    cutoff: int  # bytes below which a stream lies in small sectors

    def stream(self, names: Iterable[str]) -> bytes | None:
        """The bytes of the first stream of one of these names."""
        found = next(
            (entry for name in names for entry in self.entries if entry.name == name and entry.kind == 2), None
        )
        if found is None:
            return None
        if found.size >= self.cutoff:
            return _chained(self.content, self.table, found.start, self.sector)[: found.size]
        root = next((entry for entry in self.entries if entry.kind == _ROOT), None)
        inner = _chained(self.content, self.table, root.start, self.sector) if root else b""
        places = _chain(self.small, found.start)
        return b"".join(inner[place * _SMALL : (place + 1) * _SMALL] for place in places)[: found.size]


def compound(content: bytes, clock: Clock) -> Compound:
    """The compound file, refused where its tables cannot be followed."""
    try:
        shift, _, tables, start, _, cutoff, small, _, further, _ = _HEADER.unpack_from(content)
    except struct.error:
        raise Refused(_damaged(clock)) from None
    if shift not in (9, 12):
        raise Refused(_damaged(clock))
    sector = 1 << shift
    places = [*struct.unpack_from("<109I", content.ljust(512, b"\0"), 76), *_further(content, further, sector)][:tables]
    table = _numbers(b"".join(_sector(content, place, sector) for place in places if place < _FREE))
    clock.check()
    listed = _chained(content, table, start, sector)
    entries = tuple(_entries(listed))
    if not entries:
        raise Refused(_damaged(clock))
    return Compound(content, sector, table, _numbers(_chained(content, table, small, sector)), entries, cutoff)


def forbidden(file: Compound, clock: Clock) -> Iterator[Problem]:
    """Faults told by the names of the streams: macros and embedded objects, links."""
    names = [entry.name for entry in file.entries]
    for code, pattern in (("F009", _MACROS), ("F010", _LINKS)):
        found = next(filter(pattern.fullmatch, names), None)
        if found is not None:
            yield Problem(code, file=clock.file, found=found.replace("\x01", ""))


def _damaged(clock: Clock) -> Problem:
    return Problem("F003", file=clock.file, found="OLE2", expected=".xls")


def _sector(content: bytes, number: int, size: int) -> bytes:
    return content[(number + 1) * size : (number + 2) * size]


def _further(content: bytes, start: int, size: int) -> Iterator[int]:
    """Places of the table of sectors beyond the 109 in the header; each such sector ends with the next one's number."""
    left = len(content) // size
    while start < _FREE and left:
        *places, start = _numbers(_sector(content, start, size)) or (_FREE,)
        yield from places
        left -= 1


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _chain(table: tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a stream; a chain that is longer than the table runs in a circle and ends there."""
    for _ in table:
        if start >= len(table):
            return
        yield start
        start = table[start]


def _chained(content: bytes, table: tuple[int, ...], start: int, size: int) -> bytes:
    return b"".join(_sector(content, place, size) for place in _chain(table, start))


def _entries(listed: bytes) -> Iterator[Entry]:
    for at in range(0, len(listed) - _ENTRY_SIZE + 1, _ENTRY_SIZE):
        name, length, kind, start = _ENTRY.unpack_from(listed, at)
        (size,) = _SIZE.unpack_from(listed, at + 120)
        if kind in _USED:
            text = name[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            yield Entry(text.lower(), kind, start, size)
