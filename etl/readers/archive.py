"""The parts of a ZIP archive, unpacked in blocks: nothing that it says of itself is taken on trust or kept whole."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import PurePath
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from etl.readers.files import visible
from etl.readers.limits import MAX_PARTS, MAX_UNPACKED, MAX_UNPACKED_RATIO, Clock, Refused, megabytes
from riskmap.domain.errors import Problem

_BLOCK: Final = 1 << 20  # bytes unpacked at a time
_PACKED: Final = 1 << 16  # bytes of which they are unpacked
_ENTRY: Final = b"PK\x01\x02"  # stands before each entry of the list of parts
_LOCAL: Final = struct.Struct("<4s22xHH")  # before each part; at its end the lengths of name and extra field
_LOCAL_SIGN: Final = b"PK\x03\x04"
_IS_ENCRYPTED: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an archive: where its packed bytes lie, and what it says of the unpacked ones."""

    name: str
    begin: int  # of its own header
    start: int  # of its packed bytes
    end: int
    size: int
    crc: int
    is_deflated: bool


@dataclass(slots=True)
class Archive:
    """An archive whose list of parts is sound; `unpacked` is how many bytes came out of it so far."""

    content: bytes
    clock: Clock
    parts: tuple[Part, ...] = ()
    unpacked: int = 0

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.clock.file

    def blocks(self, part: Part) -> Iterator[bytes]:
        """The unpacked bytes of a part, some at a time; refused where they are too many or not the ones promised."""
        size, crc = 0, 0
        for block in self._inflated(part) if part.is_deflated else self._stored(part):
            size += len(block)
            crc = zlib.crc32(block, crc)
            self.unpacked += len(block)
            self._bound()
            self.clock.check()
            yield block
        if size != part.size or crc != part.crc:
            raise self.damaged(f"CRC-32, {visible(part.name)}")

    def whole(self, part: Part) -> bytes:
        """All bytes of a part that is known to be small."""
        return b"".join(self.blocks(part))

    def damaged(self, found: str) -> Refused:
        """The refusal of an archive that is not sound."""
        return Refused(Problem("F003", file=self.file, found=found, expected=PurePath(self.file).suffix.lower()))

    def _stored(self, part: Part) -> Iterator[bytes]:
        for place in range(part.start, part.end, _BLOCK):
            yield self.content[place : min(place + _BLOCK, part.end)]

    def _inflated(self, part: Part) -> Iterator[bytes]:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for place in range(part.start, part.end, _PACKED):
                packed = self.content[place : min(place + _PACKED, part.end)]
                while packed and not stream.eof:
                    yield stream.decompress(packed, _BLOCK)
                    packed = stream.unconsumed_tail
        except zlib.error:
            raise self.damaged(visible(part.name)) from None
        if not stream.eof:
            raise self.damaged(visible(part.name))

    def _bound(self) -> None:
        limit = min(MAX_UNPACKED, MAX_UNPACKED_RATIO * len(self.content))
        if self.unpacked > limit:
            found, expected = f"> {megabytes(self.unpacked)}", f"≤ {megabytes(limit)}"
            raise Refused(Problem("F015", file=self.file, found=found, expected=expected))


def opened(content: bytes, clock: Clock) -> Archive:
    """The archive with the list of its parts, refused where that list contradicts itself or hides something."""
    archive = Archive(content, clock)
    if (parts := content.count(_ENTRY)) > MAX_PARTS:
        raise Refused(Problem("F015", file=clock.file, found=str(parts), expected=f"≤ {MAX_PARTS}"))
    try:
        with ZipFile(BytesIO(content)) as listed:
            entries, end = listed.infolist(), listed.start_dir
    except (BadZipFile, struct.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise archive.damaged(type(error).__name__) from None
    archive.parts = tuple(_part(archive, entry) for entry in entries)
    _refuse_twice_used(archive, end)
    return archive


def _part(archive: Archive, entry: ZipInfo) -> Part:
    name, shown = entry.orig_filename, visible(entry.orig_filename)
    if entry.flag_bits & _IS_ENCRYPTED:
        raise Refused(Problem("F006", file=archive.file))
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or shown != name or _leaves_its_folder(name):
        raise archive.damaged(shown)
    begin = entry.header_offset
    header = archive.content[begin : begin + _LOCAL.size] if begin >= 0 else b""
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_SIGN):
        raise archive.damaged(shown)
    _, name_length, extra_length = _LOCAL.unpack(header)
    start = begin + _LOCAL.size + name_length + extra_length
    is_deflated = entry.compress_type == ZIP_DEFLATED
    return Part(name, begin, start, start + entry.compress_size, entry.file_size, entry.CRC, is_deflated)


def _leaves_its_folder(name: str) -> bool:
    return "\\" in name or ":" in name or name.startswith("/") or ".." in name.split("/")


def _refuse_twice_used(archive: Archive, end: int) -> None:
    """Two parts of one name, of which each reader takes another; or two that share bytes, by which few become many."""
    names = [part.name.casefold() for part in archive.parts]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise archive.damaged(f"2 × {twice}")
    placed = sorted(archive.parts, key=lambda part: part.begin)
    for first, second in pairwise(placed):
        if first.end > second.begin:
            raise archive.damaged(f"{first.name}, {second.name}")
    if placed and placed[-1].end > end:
        raise archive.damaged(placed[-1].name)
