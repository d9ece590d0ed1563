"""Reads Excel workbooks into strings with their places."""

import hashlib
import re
from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from etl.frames import RawSheet, RawTable
from etl.privacy.personal import column_letter
from etl.readers.container import Container, container, not_of_its_kind
from etl.readers.legacy import read_legacy
from etl.readers.limits import MAX_TEXT, Clock, Refused
from etl.readers.parts import RELATIONS, WORKBOOK, Contents
from etl.readers.sheet_part import SheetMarks
from etl.readers.values import Values, sheet_values
from riskmap.domain.errors import Problem

PANIC: Final = "PanicException"  # the parser's own crash; its class cannot be imported
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet(\s[^<>]*)>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship(\s[^<>]*)>")
_ATTRIBUTE: Final = re.compile(rb"""\s([\w:]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


def read_workbook(path: Path, *, sheets: Collection[str] | None = None) -> RawTable | list[Problem]:
    """Cells of the named sheets that exist (of all without names) as text, or the faults that keep it from being read.

    Whole numbers carry no decimals, dates are ISO, an error value (#REF!) is an empty cell; of merged cells only the
    first one holds the text. Beside the cells stands what the sheet says of them: merged, hidden, dates, errors, and
    formulas without a stored value, whose places may lie beyond the last text.
    """
    clock = Clock(path.name)
    looked_at = container(path, clock)
    if looked_at.faults:
        return list(looked_at.faults)
    try:
        names, read = (_legacy if looked_at.book else _modern)(path, looked_at, clock, sheets)
        _refuse_long_texts(path, read)
    except Refused as refusal:
        return [refusal.problem]
    return RawTable(path.name, hashlib.sha256(looked_at.content).hexdigest(), read, names=names)


Sheets = tuple[tuple[str, ...], dict[str, RawSheet]]


def _modern(path: Path, looked_at: Container, clock: Clock, sheets: Collection[str] | None) -> Sheets:
    places = _places(looked_at.contents)
    names, read = [], {}
    try:
        with CalamineWorkbook.from_filelike(BytesIO(looked_at.content)) as book:
            for number, sheet in enumerate(book.sheets_metadata):
                if sheet.typ is not SheetTypeEnum.WorkSheet:
                    continue
                names.append(sheet.name)
                if sheets is None or sheet.name in sheets:
                    marks = looked_at.contents.marks.get(places[number] if number < len(places) else "")
                    if marks is None:  # its values would be read without ever having been looked at
                        raise not_of_its_kind(path, "XML")
                    values = sheet_values(book.get_sheet_by_name(sheet.name))
                    read[sheet.name] = _sheet(sheet.name, values, marks, sheet.visible is not SheetVisibleEnum.Visible)
                clock.check()
    except PasswordError:
        raise Refused(Problem("F006", file=path.name)) from None
    except CalamineError as error:
        raise not_of_its_kind(path, type(error).__name__) from None
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise not_of_its_kind(path, PANIC) from None
    return tuple(names), read


def _legacy(path: Path, looked_at: Container, clock: Clock, sheets: Collection[str] | None) -> Sheets:
    read = read_legacy(looked_at.content, clock, sheets=sheets)
    marks = looked_at.book.marks if looked_at.book else []
    if len(marks) != len(read.listed):
        raise not_of_its_kind(path, f"{len(marks)}, {len(read.listed)}")
    found = {}
    for (name, _, is_hidden), mark in zip(read.listed, marks, strict=True):
        if name in read.values:
            found[name] = _sheet(name, read.values[name], mark, is_hidden)
    return tuple(name for name, is_sheet, _ in read.listed if is_sheet), found


def _sheet(name: str, values: Values, marks: SheetMarks, is_hidden: bool) -> RawSheet:
    width = max(map(len, values.rows), default=0)
    return RawSheet(
        name,
        values.rows,
        merges=values.merges,
        is_hidden=is_hidden,
        hidden_rows=frozenset(row for row in marks.hidden_rows if row < len(values.rows)),
        hidden_columns=frozenset(column for column in marks.hidden_columns if column < width),
        errors={**marks.errors, **values.odd},
        unsaved=frozenset(marks.unsaved),
        dates=values.dates,
    )


def _refuse_long_texts(path: Path, sheets: Mapping[str, RawSheet]) -> None:
    for sheet in sheets.values():
        for number, row in enumerate(sheet.rows, start=1):
            longest = max(map(len, row), default=0)
            if longest > MAX_TEXT:
                column = column_letter(next(at for at, text in enumerate(row) if len(text) == longest))
                place = (path.name, sheet.name, number, column)
                raise Refused(Problem("F012", *place, found=str(longest), expected=f"≤ {MAX_TEXT}"))


def _places(contents: Contents) -> list[str]:
    """The part in which each sheet lies, in the order of the list of sheets."""
    targets = {}
    for relation in _RELATION.findall(contents.texts[RELATIONS]):
        said = _attributes(relation)
        targets[said.get("Id", "")] = said.get("Target", "")
    listed = map(_attributes, _SHEET.findall(contents.texts[WORKBOOK]))
    ids = (next((value for name, value in said.items() if name.endswith(":id")), "") for said in listed)
    return [_part(targets.get(identity, "")) for identity in ids]


def _part(target: str) -> str:
    """The name of a part, as told from the folder of the list of sheets or from the top."""
    name = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return str(PurePosixPath(name)).casefold()


def _attributes(text: bytes) -> dict[str, str]:
    return {name.decode(): (one or other).decode("utf-8", "replace") for name, one, other in _ATTRIBUTE.findall(text)}
