"""Writes workbooks that were tampered with: parts changed or added, and archives that lie about themselves."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def plain(path: Path) -> Path:
    """A sound workbook of one sheet with a few cells."""
    book = Workbook()
    book.active.title = "R1"
    book.active.append(["район", 1, 2.5])
    book.save(path)
    return path


def changed(path: Path, parts: Mapping[str, bytes | Iterable[bytes] | None]) -> Path:
    """The workbook with parts put in place of its own or beside them; None takes one out."""
    content = path.read_bytes()
    with ZipFile(BytesIO(content)) as source, ZipFile(path, "w", ZIP_DEFLATED) as target:
        for name in dict.fromkeys((*source.namelist(), *parts)):
            part = parts[name] if name in parts else source.read(name)
            if part is None:
                continue
            with target.open(name, "w") as stream:
                for piece in (part,) if isinstance(part, bytes) else part:
                    stream.write(piece)
    return path


def sheet_xml(rows: str | bytes, head: str = "") -> bytes:
    """The XML of a sheet."""
    inner = rows.encode() if isinstance(rows, str) else rows
    return f'<worksheet xmlns="{MAIN}">{head}<sheetData>'.encode() + inner + b"</sheetData></worksheet>"


def with_sheet(path: Path, rows: str | bytes, head: str = "") -> Path:
    """A workbook whose one sheet is written by hand."""
    return changed(plain(path), {"xl/worksheets/sheet1.xml": sheet_xml(rows, head)})


def written(path: Path, entries: Iterable["Entry"]) -> Path:
    """An archive of raw entries, in which each may say what it likes."""
    body, index = b"", b""
    for number, entry in enumerate(listed := list(entries)):
        begin = listed[entry.same_as].begin if entry.same_as is not None else len(body)
        entry.begin = begin
        if entry.same_as is None:
            body += entry.local()
        index += entry.central(begin)
        assert number < 60_000
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(listed), len(listed), len(index), len(body), 0)
    path.write_bytes(body + index + end)
    return path


class Entry:
    """One part with what it says of itself; what is left out is true."""

    def __init__(
        self, name: str, data: bytes = b"", *, size: int | None = None, method: int = 8, flags: int = 0x800
    ) -> None:
        self.name = name.encode()
        self.packed = _deflated(data) if method == 8 else data
        self.size = len(data) if size is None else size
        self.crc = zlib.crc32(data)
        self.method, self.flags = method, flags
        self.same_as: int | None = None
        self.begin = 0

    def local(self) -> bytes:
        """The header before the part, and the part."""
        fixed = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, *self._fields(), len(self.name), 0)
        return fixed + self.name + self.packed

    def central(self, begin: int) -> bytes:
        """The entry in the list of parts."""
        rest = struct.pack("<5H2I", len(self.name), 0, 0, 0, 0, 0, begin)
        return struct.pack("<4s6H3I", b"PK\x01\x02", 20, 20, *self._fields()) + rest + self.name

    def _fields(self) -> tuple[int, ...]:
        return self.flags, self.method, 0, 0, self.crc, len(self.packed), self.size


def entries(path: Path) -> list[Entry]:
    """The parts of a sound workbook."""
    with ZipFile(path) as archive:
        return [Entry(name, archive.read(name)) for name in archive.namelist()]


def _deflated(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()
