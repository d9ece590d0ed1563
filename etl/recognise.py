"""What a file is: by its ending, its columns or its sheets a return of a source, or else a declared spreadsheet."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Final

from etl.frames import RawSheet, RawTable
from etl.privacy.personal import personal_data
from etl.readers.archive import opened
from etl.readers.files import read_bytes
from etl.readers.limits import Clock, Refused
from etl.readers.texts import table_header
from etl.readers.workbook import read_workbook
from etl.spreadsheet.recognise import has_spreadsheets, recognise_spreadsheet
from etl.spreadsheet.tidy import NOTHING_ASKED, Asked
from etl.tidy.folding import plain
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, catalogue, spreadsheets
from riskmap.domain.spreadsheets import Spreadsheet

_MOST_COLUMNS: Final = 0.75  # of those required
_TABLES: Final = ("long_table", "return_table")
_SHEETS: Final = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\bname=(?:"([^"]*)"|'([^']*)')""")
_LIST: Final = "xl/workbook.xml"
_LONGEST_LIST: Final = 1_000_000  # bytes of the list of sheets inside a workbook


def recognise(path: Path, named: str | None = None, *, asked: Asked = NOTHING_ASKED) -> Source | Spreadsheet | Problem:
    """What an existing file is: the return of a source by its layout, or else a spreadsheet by its declaration.

    `named` is the source or the spreadsheet that the operator says it is.
    """
    if named and named in spreadsheets():
        return spreadsheets()[named]
    suffix = path.suffix.lower()
    declared = catalogue().sources
    fits = [s for s in declared.values() if suffix in s.suffixes and named in (None, s.id)]
    if len(fits) == 1 and not has_spreadsheets(fits[0].id):
        return fits[0]
    found = _by_layout(path, fits)
    if isinstance(found, Source):
        return found
    fitting = recognise_spreadsheet(path, named, asked)
    if isinstance(fitting, Spreadsheet) or (fitting and len(fits) != 1):
        return fitting
    return fits[0] if len(fits) == 1 else found


def _by_layout(path: Path, fits: Sequence[Source]) -> Source | Problem:
    """The one of some sources whose columns or sheets the file has."""
    suffix = path.suffix.lower()
    if not fits:
        declared = catalogue().sources.values()
        expected = ", ".join(f"{s.id} ({', '.join(s.suffixes)})" for s in declared if s.suffixes)
        return Problem("F004", found=path.suffix, expected=expected)
    is_table = all(source.layouts[suffix] in _TABLES for source in fits)
    return _by_columns(path, fits) if is_table else _by_sheets(path, fits)


def _by_columns(path: Path, sources: Sequence[Source]) -> Source | Problem:
    """The source of which most required columns stand in the header: one that lacks a column is told which."""
    header = table_header(path)
    if isinstance(header, Problem):
        return header
    found = {source.id: len(set(source.columns) & set(header)) / len(source.columns) for source in sources}
    best = [source for source in sources if found[source.id] == max(found.values()) >= _MOST_COLUMNS]
    if len(best) == 1:
        return best[0]
    raw = RawTable(path.name, "", {"": RawSheet("", (header,))}, names=("",))
    return _of_none(raw, header, {source.id: source.columns for source in sources})


def _by_sheets(path: Path, sources: Sequence[Source]) -> Source | Problem:
    """The source of which most sheets are there: one that lacks a sheet is still known, and told what it lacks."""
    names = _sheet_names(path)
    if isinstance(names, Problem):
        return names
    present = {plain(name) for name in names}
    found = {}
    for source in sources:
        sheets = _sheets(source)
        found[source.id] = sum(bool(present & {plain(name) for name in sheet}) for sheet in sheets) / max(
            len(sheets), 1
        )
    best = [source for source in sources if found[source.id] == max(found.values()) > 0]
    if len(best) == 1:
        return best[0]
    raw = read_workbook(path)
    wanted = {source.id: [" / ".join(sheet) for sheet in _sheets(source)] for source in sources}
    return raw[0] if isinstance(raw, list) else _of_none(raw, names, wanted)


def _sheets(source: Source) -> list[tuple[str, ...]]:
    """The sheets of a source, each with every name that it may have."""
    forms = [(sheet.name,) for sheet in source.sheets]
    return [*forms, *(tuple(dict.fromkeys(sheet.names.values())) for sheet in source.return_sheets)]


def _of_none(raw: RawTable, found: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> Problem:
    """What was looked for; but a list of persons is told as that."""
    expected = "; ".join(f"{source}: {', '.join(names)}" for source, names in wanted.items())
    return next(iter(personal_data(raw)), Problem("F004", found=", ".join(found), expected=expected))


def _sheet_names(path: Path) -> Sequence[str] | Problem:
    """Names of the sheets, from the list inside the workbook alone; where it cannot be read, the fault of the file."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        return content
    try:
        archive = opened(content, Clock(path.name))
        found = [part for part in archive.parts if part.name == _LIST and part.size <= _LONGEST_LIST]
        pairs = _SHEETS.findall(b"".join(map(archive.whole, found)))
        return [unescape((double or single).decode()) for double, single in pairs] if found else _names_read(path)
    except (Refused, UnicodeDecodeError):
        return _names_read(path)


def _names_read(path: Path) -> Sequence[str] | Problem:
    raw = read_workbook(path, sheets=())
    return raw[0] if isinstance(raw, list) else raw.names
