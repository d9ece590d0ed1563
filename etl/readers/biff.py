"""The records of a legacy workbook (MS-XLS): what its sheets say besides their values, and what keeps it unread.

Only records are counted through and single flags looked at; the values are read by the parser in a process of its own.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from etl.readers.limits import MAX_CELLS, MAX_SHEETS, Clock, Refused, too_large
from etl.readers.sheet_part import SheetMarks
from riskmap.domain.errors import Problem

_HEAD: Final = struct.Struct("<HH")
_END, _BEGIN, _PASSWORD, _SHEET, _BOOK = 0x0A, 0x809, 0x2F, 0x85, 0x1AE
_FORMULA, _ROW, _COLUMNS, _ERROR = 0x06, 0x208, 0x7D, 0x205
_CELLS: Final = frozenset((_FORMULA, _ERROR, 0x203, 0x204, 0x27E, 0xFD, 0xBD, 0xD6))
_MACROS: Final = {1: "XLM", 6: "VBA"}  # sorts of sheets
_NOT_OTHERS: Final = (b"\x01\x04", b"\x01\x3a")  # the book itself and its added functions, in place of another's name
_HIDDEN_ROW: Final = 0x20
_LAST_COLUMN: Final = 256
_TEXTS: Final = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BETWEEN_CHECKS: Final = 100_000  # records


@dataclass(slots=True)
class LegacyBook:
    """What the records say: the marks of each sheet in the order of the list, and faults."""

    marks: list[SheetMarks] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)


def legacy_book(stream: bytes, clock: Clock) -> LegacyBook:
    """The look at all records; a book with a password says so and nothing else."""
    book, places = LegacyBook(), []
    for kind, data in _records(stream, 0, clock):
        if kind == _PASSWORD:
            return LegacyBook(faults=[Problem("F006", file=clock.file)])
        if kind == _SHEET and len(data) >= 6:
            place, _, sort = struct.unpack_from("<IBB", data)
            places.append(place)
            if sort in _MACROS:
                book.faults.append(Problem("F009", file=clock.file, found=_MACROS[sort]))
        if kind == _BOOK and not (len(data) == 4 and data[2:] in _NOT_OTHERS):
            book.faults.append(Problem("F010", file=clock.file, found=_last_name(data[4:])))
    if len(places) > MAX_SHEETS:
        raise Refused(Problem("F012", file=clock.file, found=str(len(places)), expected=f"≤ {MAX_SHEETS}"))
    book.marks = [_sheet(stream, place, clock) for place in places]
    return book


def _records(stream: bytes, at: int, clock: Clock) -> Iterator[tuple[int, bytes]]:
    """The records from one place to the end of that part of the book; charts inside a sheet are passed over."""
    depth, number = 0, 0
    while at + _HEAD.size <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0 and kind == _END:
            return
        if depth <= 1:
            yield kind, stream[at : at + length]
        at += length
        number += 1
        if number % _BETWEEN_CHECKS == 0:
            clock.check()


def _last_name(data: bytes) -> str:
    """What can be read of the name of another workbook, without its folders and in whatever way it is kept."""
    letters = "".join(chr(byte) if 32 < byte < 127 else "" if not byte else "/" for byte in data)
    return re.split(r"[/\\]", letters.rstrip("/"))[-1]


def _sheet(stream: bytes, place: int, clock: Clock) -> SheetMarks:
    marks = SheetMarks()
    for kind, data in _records(stream, place, clock):
        if kind == _ROW and len(data) >= 14:
            row, flags = struct.unpack_from("<H10xH", data)
            if flags & _HIDDEN_ROW:
                marks.hidden_rows.add(row)
        elif kind == _COLUMNS and len(data) >= 10:
            first, last, width, _, flags = struct.unpack_from("<5H", data)
            if flags & 1 or not width:
                marks.hidden_columns.update(range(first, min(last + 1, _LAST_COLUMN)))
        elif kind in _CELLS and len(data) >= 6:
            _cell(kind, data, marks)
    if marks.rows * marks.columns > MAX_CELLS:
        raise too_large(clock, marks.rows, marks.columns)
    return marks


def _cell(kind: int, data: bytes, marks: SheetMarks) -> None:
    row, column = struct.unpack_from("<HH", data)
    marks.rows, marks.columns = max(marks.rows, row + 1), max(marks.columns, column + 1)
    code = None
    if kind == _ERROR and len(data) >= 8 and data[7]:
        code = data[6]
    if kind == _FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
        code = data[8]
    if code is not None:
        marks.errors[row, column] = _TEXTS.get(code, f"#{code}")
