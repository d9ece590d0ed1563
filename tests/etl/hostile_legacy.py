"""Writes legacy workbooks record by record (MS-XLS in MS-CFB), so that each record may be put wrong."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
GLOBALS, SHEET = 5, 0x10


def record(kind: int, data: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(data)) + data


def begin(sort: int) -> bytes:
    """The record that begins the book or a sheet."""
    return record(0x809, struct.pack("<HHHHII", 0x600, sort, 0, 1997, 0, 6))


def number(row: int, column: int, value: float) -> bytes:
    """A cell with a number."""
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def error(row: int, column: int, code: int) -> bytes:
    """A cell with an error."""
    return record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def row_head(row: int, *, hidden: bool) -> bytes:
    """What is said of a row as a whole."""
    return record(0x208, struct.pack("<6HI", row, 0, 9, 255, 0, 0, 0x20 if hidden else 0))


def columns(first: int, last: int, *, hidden: bool) -> bytes:
    """What is said of some columns."""
    return record(0x7D, struct.pack("<5HH", first, last, 2_000, 0, int(hidden), 0))


def book(
    sheets: Sequence[bytes], *, states: Sequence[int] = (), sorts: Sequence[int] = (), further: bytes = b""
) -> bytes:
    """The stream of a workbook whose sheets are called A, B, …"""
    size = len(begin(GLOBALS)) + len(further) + len(sheets) * len(_listed(0, 0, 0, "A")) + len(record(0x0A))
    listed, bodies = b"", b""
    for place, cells in enumerate(sheets):
        state = states[place] if states else 0
        sort = sorts[place] if sorts else 0
        listed += _listed(size + len(bodies), state, sort, chr(65 + place))
        bodies += begin(SHEET) + cells + record(0x0A)
    return begin(GLOBALS) + further + listed + record(0x0A) + bodies


def _listed(place: int, state: int, sort: int, name: str) -> bytes:
    return record(0x85, struct.pack("<IBBBB", place, state, sort, len(name), 0) + name.encode())


def compound_file(
    path: Path, streams: Mapping[str, bytes], *, folders: Sequence[str] = (), circle: bool = False
) -> Path:
    """A compound file with streams, each at least as long as one that lies in sectors of its own, and empty folders."""
    names = [("Root Entry", 5), *((name, 2) for name in streams), *((name, 1) for name in folders)]
    listing = -(-len(names) * 128 // SECTOR)
    contents = {name: data.ljust(4_096, b"\0") for name, data in streams.items()}
    counts = {name: -(-len(data) // SECTOR) for name, data in contents.items()}
    tables = -(-(listing + sum(counts.values()) + 4) // 127)
    table = [TABLE] * tables + _following(tables, listing)
    starts, body = {}, b""
    for name, data in contents.items():
        starts[name] = len(table)
        table += _following(len(table), counts[name])
        if circle:
            table[-1] = starts[name]
        body += data.ljust(counts[name] * SECTOR, b"\0")
    table += [FREE] * (tables * 128 - len(table))
    entries = b"".join(
        _entry(name, kind, starts.get(name, END), len(contents.get(name, b"")), place, len(names))
        for place, (name, kind) in enumerate(names)
    )
    header = _header(tables)
    listed = struct.pack(f"<{len(table)}I", *table)
    path.write_bytes(header + listed + entries.ljust(listing * SECTOR, b"\0") + body)
    return path


def _following(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), END]


def _header(tables: int) -> bytes:
    version = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<9I", 0, tables, tables, 0, 4_096, END, 0, END, 0)
    places = struct.pack("<109I", *range(tables), *[FREE] * (109 - tables))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + version + counts + places


def _entry(name: str, kind: int, start: int, size: int, place: int, count: int) -> bytes:
    """The entries after the first hang below it in one line, each at the right of the one before."""
    text = name.encode("utf-16-le")
    right = place + 1 if 0 < place < count - 1 else FREE
    child = 1 if not place and count > 1 else FREE
    links = struct.pack("<HBBIII36xIQ", len(text) + 2, kind, 1, FREE, right, child, start, size)
    return text.ljust(64, b"\0") + links
