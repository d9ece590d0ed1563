"""The look for person-level content before anything of a file is kept: every sheet and part, and its own name.

What was found is never repeated: a fault tells the kind of place, the sheet, the cell, and the size of the file.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb

from etl.frames import RawTable
from etl.privacy.bytes import personal_runs
from etl.privacy.package import Found, found_in_package
from etl.privacy.personal import Codes, column_letter, first_cells, listed, masked, name_codes, personal_codes
from etl.readers.delimiters import DELIMITERS, delimiter
from etl.readers.encodings import decoded
from etl.readers.files import file_fault
from etl.readers.limits import Clock
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem

# Kinds of places, each with the words `privacy.place.<kind>`.
PLACES: Final = (
    *("file", "sheet", "cell", "comment", "properties", "pivot", "chart", "drawing", "header", "names", "strings"),
    *("external", "embedded", "other"),
)
PLACE_WORDS: Final = "privacy.place."
_ZIP: Final = b"PK\x03\x04"
_OLE2: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"
# Longer tables are looked at where all their texts are: inside the database.
_LONG: Final = 20_000_000  # bytes
_SHORT: Final = 200_000  # characters of a table that is put together at once
_MARK: Final = "\t"
_DELIMITERS: Final = str.maketrans(dict.fromkeys(DELIMITERS, _MARK))
_LINES: Final = 20_000  # of such a table that are looked at here
# Tried where the encoding cannot be told: the reader refuses such a file, and what it shows may be a name.
_ENCODINGS: Final = ("utf-8", "cp1251", "utf-16", "koi8-r", "cp866")


def person_level(path: Path, *, is_whole: bool = False) -> list[Problem]:
    """The faults of a file with data on single persons, one per code, kind of place and sheet; [] for all others.

    `expected` is the key of the words for the kind of place, `found` the size of the file in bytes; `file` and
    `sheet` are masked. A file that cannot be read is looked at as far as it goes: its reader tells what is wrong.
    Of a very long text only the first lines are looked at, unless the whole of it is asked for.
    """
    found = [Found("file", code) for code in name_codes(path.name)]
    size = 0
    if file_fault(path) is None:
        size = path.stat().st_size
        found.extend(_inside(path, is_whole=is_whole))
    first: dict[tuple[str, str, str], Found] = {}
    for each in found:
        first.setdefault((each.place, each.sheet, each.code), each)
    faults = [_problem(path, each, size) for each in first.values()]
    return sorted(faults, key=lambda fault: fault.code)


def is_looked_at_in_part(path: Path) -> bool:
    """Whether a file is a text so long that `person_level` looks at its first lines only."""
    if file_fault(path) or path.stat().st_size <= _LONG:
        return False
    with path.open("rb") as content:
        return not content.read(8).startswith((_PARQUET, _ZIP, _OLE2))


def _problem(path: Path, found: Found, size: int) -> Problem:
    return Problem(
        found.code,
        file=masked(path.name),
        sheet=masked(found.sheet),
        row=None if found.row is None else found.row + 1,
        column="" if found.column is None else column_letter(found.column),
        found=str(size),
        expected=f"{PLACE_WORDS}{found.place}",
    )


def _inside(path: Path, *, is_whole: bool) -> Iterator[Found]:
    with path.open("rb") as content:
        start = content.read(8)
    if start.startswith(_PARQUET):
        yield from _in_cells(_parquet_rows(path))
    elif start.startswith(_ZIP):
        yield from found_in_package(path.read_bytes(), Clock(path.name))
    elif start.startswith(_OLE2):
        yield from _in_old_workbook(path)
    else:
        for rows in _text_rows(path, is_whole=is_whole):
            yield from _in_cells(rows)


def _in_old_workbook(path: Path) -> Iterator[Found]:
    """The cells, and then the bytes around them: comments, properties and what was deleted are kept there as text."""
    raw = read_workbook(path)
    sheets = tuple(raw.sheets.values()) if isinstance(raw, RawTable) else ()
    codes = Codes()
    codes.learn(text for sheet in sheets for row in sheet.rows for text in row)
    told = set()
    for sheet in sheets:
        for found in (*_in_cells(sheet.rows, sheet.name), *_in_name(sheet.name)):
            told.add(found.code)
            yield found
    yield from (Found("other", code) for code in personal_runs(path.read_bytes(), codes) - told)


def _in_name(sheet: str) -> Iterator[Found]:
    yield from (Found("sheet", code, sheet) for code in personal_codes(sheet))


def _in_cells(rows: Sequence[Sequence[str]], sheet: str = "") -> Iterator[Found]:
    yield from (Found("cell", code, sheet, *place) for code, place in first_cells(rows).items())


def _text_rows(path: Path, *, is_whole: bool) -> Iterator[list[list[str]]]:
    """The rows of a text, in the one encoding that it has or in all that it may have."""
    content = path.read_bytes()
    if len(content) > _LONG and not is_whole:
        content = _first_lines(content)
    text = decoded(content, file=path.name)
    for each in [text] if isinstance(text, str) else [content.decode(name, "replace") for name in _ENCODINGS]:
        if len(each) < _SHORT or _is_suspect(each):
            yield _rows(each)


def _first_lines(content: bytes) -> bytes:
    return b"\n".join(islice(content.split(b"\n", _LINES), _LINES))


def _is_suspect(text: str) -> bool:
    """Whether anything between the delimiters of a text is personal: only then are its rows put together."""
    cells = set(text.replace('"', "").replace("\n", _MARK).translate(_DELIMITERS).split(_MARK))
    codes = Codes()
    codes.learn(cells)
    return any(codes[cell] for cell in cells) or bool(listed(cells))


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter(text)))
    except csv.Error:
        return [[line] for line in text.splitlines()]


def _parquet_rows(path: Path) -> list[list[str]]:
    try:
        with duckdb.connect() as connection:
            table = connection.execute("SELECT * FROM read_parquet(?) LIMIT ?", [str(path), _LINES])
            names = [name for name, *_ in table.description or ()]
            return [names, *(list(map(_cell, row)) for row in table.fetchall())]
    except duckdb.Error:
        return []


def _cell(value: object) -> str:
    return "" if value is None else str(value)
