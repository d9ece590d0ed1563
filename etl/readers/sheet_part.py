"""What the XML of one sheet says besides its values: hidden rows and columns, errors, formulas without a value.

A sheet is looked at in blocks, none of which is kept. Every pattern begins with a fixed text and is bounded, so that
the look takes time that grows with the sheet and no faster, whatever stands in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from etl.readers.files import visible
from etl.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Clock, Refused, too_large
from etl.readers.sheet_text import LAST_COLUMN, Spelling, column_number, row_blocks
from riskmap.domain.errors import Problem

_NARROW: Final = 26  # columns have one letter
_FAR_ROW: Final = 100_000  # before it every row counts, behind it only those with values
_CELL: Final = b'<c r="'
_SHOWN: Final = 60  # bytes of a formula
_HEAD: Final = 500  # bytes of the head of a cell, at most

_ROW: Final = re.compile(rb'<row r="([0-9]{1,10})"')
_HIDDEN_ROW: Final = re.compile(rb'<row r="([0-9]{1,10})"[^<>]{0,400}?(?: hidden="(?:1|true)"| ht="0(?:\.0*)?")')
_PLACE: Final = re.compile(rb'<c r="([A-Za-z]{1,7})([0-9]{1,10})"')
_NO_PLACE: Final = (re.compile(rb'<c r="(?![A-Za-z]{1,7}[0-9]{1,10}")'), re.compile(rb'<row r="(?![0-9]{1,10}")'))
_WIDE: Final = re.compile(rb'<c r="([A-Za-z]{2,7})')
_FAR: Final = re.compile(rb'<c r="(?:[A-Za-z]{3}|[A-Za-z]+[0-9]{6})')
_FILLED: Final = re.compile(rb'<c r="([A-Za-z]{1,7})([0-9]{1,10})"[^<>]{0,400}(?<!/)>')
_FORMULA_PART: Final = rb"<f(?: [^<>]{0,400})?(?:/>|>[^<]*</f>)"
_ERROR: Final = re.compile(rb' t="e"[^<>]{0,400}>\s*(?:%b)?\s*<v>([^<]{0,100})</v>' % _FORMULA_PART)
_FORMULA: Final = re.compile(rb"<f(?: [^<>]{0,400})?>([^<]*)")
_UNSAVED: Final = re.compile(rb"%b\s*(?:<v ?/>|<v>\s*</v>)?\s*</c>" % _FORMULA_PART)
_COLUMN: Final = re.compile(rb"<col( [^<>]{0,400})")
_HIDDEN: Final = re.compile(rb' hidden="(?:1|true)"| width="0(?:\.0*)?"')
_FIRST: Final = re.compile(rb' min="([0-9]{1,5})"')
_LAST: Final = re.compile(rb' max="([0-9]{1,5})"')
_DIMENSION: Final = re.compile(rb'<dimension ref="[A-Za-z0-9]{1,20}:([A-Za-z]{1,7})([0-9]{1,10})"')
# A formula that asks another program (DDE: `cmd|'/c calc'!A0`), another computer or another folder.
_ELSEWHERE: Final = re.compile(
    rb"[\w.]\|'?[^\"&<!|]{0,200}!|\\\\|\b(?:WEBSERVICE|RTD|REGISTER\.ID)\(|\bfile:/", re.IGNORECASE
)

Place = tuple[int, int]


@dataclass(slots=True)
class SheetMarks:
    """What one sheet says of its rows, columns and cells, all counted from 0; and how far its values reach."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    unsaved: set[Place] = field(default_factory=set)
    rows: int = 0
    columns: int = 0
    elsewhere: str = ""  # the first formula that asks another program or folder


def sheet_marks(blocks: Iterable[bytes], prefix: bytes, clock: Clock) -> SheetMarks:
    """The marks of a sheet, refused as soon as it is longer or wider than the limit."""
    marks, spelling = SheetMarks(), Spelling(prefix, clock)
    for number, plain in enumerate(row_blocks(blocks, clock)):
        block = spelling.usual(plain)
        if not number:
            _head(block, marks, clock)
        _measure(block, marks, clock)
        if b' hidden="' in block or b' ht="0' in block:
            marks.hidden_rows.update(int(row) - 1 for row in _HIDDEN_ROW.findall(block))
        if b' t="e"' in block:
            _errors(block, marks)
        if b"<f" in block:
            _formulas(block, marks)
        clock.check()
    return marks


def _head(block: bytes, marks: SheetMarks, clock: Clock) -> None:
    """What stands before the first row: the extent as declared, and the columns."""
    end = block.find(b"<sheetData")
    head = block[: end if end >= 0 else None]
    declared = _DIMENSION.search(head)
    if declared and (int(declared[2]) > MAX_ROWS or column_number(declared[1]) > LAST_COLUMN):
        raise too_large(clock, int(declared[2]), column_number(declared[1]))
    for column in _COLUMN.findall(head):
        first, last = _FIRST.search(column), _LAST.search(column)
        if first and last and _HIDDEN.search(column):
            marks.hidden_columns.update(range(int(first[1]) - 1, min(int(last[1]), LAST_COLUMN)))


def _measure(block: bytes, marks: SheetMarks, clock: Clock) -> None:
    """Widen the extent of the values by those of a block.

    The parser keeps the whole rectangle in memory and ends the process where that fails, so one forgotten value in the
    last corner of a sheet must be found before. A format left behind there is none.
    """
    if odd := next(filter(None, (pattern.search(block) for pattern in _NO_PLACE)), None):
        found = block[odd.start() : odd.start() + 40].decode("utf-8", "replace")
        raise Refused(Problem("F003", file=clock.file, found=found, expected='<c r="A1">'))
    last = max(map(int, _ROW.findall(block)), default=0)
    if last > _FAR_ROW or _FAR.search(block):
        cells = _FILLED.findall(block)
        rows = max((int(row) for _, row in cells), default=0)
        columns = max(map(column_number, {letters for letters, _ in cells}), default=0)
    else:
        rows = last
        columns = _columns(block, marks.columns)
    marks.rows, marks.columns = max(marks.rows, rows), max(marks.columns, columns)
    if last > MAX_ROWS or marks.columns > MAX_COLUMNS or marks.rows * marks.columns > MAX_CELLS:
        raise too_large(clock, max(marks.rows, last), marks.columns)


def _columns(block: bytes, known: int) -> int:
    """The last column with a value, sought only right of the one that is known."""
    wide = {column_number(letters): letters for letters in set(_WIDE.findall(block))}
    for number in sorted(wide, reverse=True):
        if number <= known or _filled(wide[number]).search(block):
            return max(number, known)
    while known < _NARROW and (beyond := _filled(b"[%c-Z]" % (65 + known)).search(block)):
        known = column_number(beyond[1])
    return known


@lru_cache(maxsize=1_000)
def _filled(letters: bytes) -> re.Pattern[bytes]:
    """A pattern for a cell with a value in one column, or in one of several."""
    return re.compile(rb'<c r="(%b)[0-9]{1,10}"[^<>]{0,400}(?<!/)>' % letters)


def _errors(block: bytes, marks: SheetMarks) -> None:
    for found in _ERROR.finditer(block):
        if place := _place(block, _cell(block, found.start())):
            marks.errors[place] = found[1].decode("utf-8", "replace")


def _formulas(block: bytes, marks: SheetMarks) -> None:
    for found in _UNSAVED.finditer(block):
        # An empty text is what many a formula gives, and is stored as one.
        begin = _cell(block, found.start())
        is_empty_text = b"<v" in found[0] and b' t="str"' in block[begin : found.start()]
        if not is_empty_text and (place := _place(block, begin)):
            marks.unsaved.add(place)
    if not marks.elsewhere:
        asking = (formula for formula in _FORMULA.findall(block) if _ELSEWHERE.search(formula))
        marks.elsewhere = visible(next(asking, b"")[:_SHOWN].decode("utf-8", "replace"))


def _cell(block: bytes, at: int) -> int:
    """Where the cell begins in whose head a byte stands; looked for only as far back as a head is long."""
    return max(block.rfind(_CELL, max(at - _HEAD, 0), at), 0)


def _place(block: bytes, begin: int) -> Place | None:
    found = _PLACE.match(block, begin)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None
