"""The rows of a table with everything said beside and above them: labels, codes, lines across the table."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from etl.spreadsheet.columns import Labels, Layout, Level, Role
from etl.spreadsheet.context import FileContext
from etl.spreadsheet.grid import is_code
from etl.spreadsheet.periods import read_periods
from etl.spreadsheet.tables import Table
from etl.tidy.folding import bare
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Stand

_REMARK = re.compile(r"\s*(?:\*|\d{1,2}\)|примечани|ескерт|note\b|источник|дереккөз|source\b|\()", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of numbers, or one that is labelled as such: its levels, the widest first, and the code of its area."""

    number: int
    levels: tuple[Level, ...]
    code: Level | None = None
    is_filled: bool = True  # whether any of its numbers is there


def read_rows(context: FileContext, table: Table, layout: Layout) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, and the lines between them that nobody understands."""
    labels = Labels(table, layout)
    blocks: list[tuple[str, Level]] = []
    has_area_lines = _has_area_lines(context, table)
    rows: list[Row] = []
    faults: list[Problem] = []
    numbers = layout.of(Role.NUMBERS)
    for row in table.body:
        is_labelled = row not in table.data and _is_row(context, table, layout, row)
        has_number = any(table.grid.filled(row, c) or table.grid.is_number(row, c) for c in numbers)
        if is_labelled or (row in table.data and has_number):
            levels = (*(level for _, level in blocks), *labels.beside(row))
            rows.append(Row(row, levels, _code(table, layout, row), is_filled=has_number))
            continue
        for kind, level in _line(context, table, layout, row):
            if kind == "unknown":
                faults.append(table.grid.fault("L026", level.row, level.column, found=level.text))
            if kind != "plain":
                _push(blocks, "area" if kind == "total" and has_area_lines else kind, level)
    return rows, faults


def _has_area_lines(context: FileContext, table: Table) -> bool:
    """Whether areas stand in lines across the table, so that a line for totals is one of all areas."""
    lines = (row for row in table.body if row not in table.data)
    return any(_kind(context, text) == "area" for row in lines for _, text in table.grid.own(row))


def _push(blocks: list[tuple[str, Level]], kind: str, level: Level) -> None:
    """A line of one kind ends the one before it and all that stood under that; one of totals ends those of parts."""
    ends = {"figure": ("figure", "part", "unknown"), "part": ("part", "unknown"), "total": ("part", "unknown")}
    for place, (other, _) in enumerate(blocks):
        if other in ends.get(kind, (kind, "unknown")):
            del blocks[place:]
            break
    if kind != "total":
        blocks.append((kind, level))


def _is_row(context: FileContext, table: Table, layout: Layout, row: int) -> bool:
    """Whether a line without numbers is labelled as the rows of numbers are: with an area in a column of labels."""
    if Stand.COLUMN not in context.item.area.stands:
        return False
    others = [r for r in table.body if r in table.data]
    texts = [(column, table.grid.text(row, column)) for column in layout.of(Role.LABELS)]
    for column, text in texts:
        if text and context.places.find(text).area:
            return any(context.places.find(table.grid.text(other, column)).area for other in others)
    return False


def _code(table: Table, layout: Layout, row: int) -> Level | None:
    for column in layout.of(Role.CODES):
        merge = table.grid.merges.get((row, column))
        at = (merge[0], merge[1]) if merge else (row, column)
        if table.grid.text(*at):
            return Level(table.grid.text(*at), *at, Stand.COLUMN)
    return None


def _line(context: FileContext, table: Table, layout: Layout, row: int) -> Iterator[tuple[str, Level]]:
    """What the texts of a line across the table say of the rows below it."""
    for column, text in table.grid.own(row):
        if layout.roles.get(column) is Role.REMARKS or (layout.roles.get(column) is Role.ORDINALS and text.isdigit()):
            continue
        level = Level(text, row, column, Stand.BLOCK, is_above=True)
        yield _kind(context, text), level


def _kind(context: FileContext, text: str) -> str:
    if context.names.is_ignored([text]):
        return "figure"
    if context.wording.is_total(text):
        return "total"
    if _REMARK.match(text):
        return "plain"
    match = context.names.match([text])
    if match.refs:
        return "part" if match.loose else "figure"
    if is_code(text) or context.places.find(text).is_place:
        return "area"
    said = read_periods(text)
    if said.mentions and (not said.rest or context.wording.is_plain(said.rest)):
        return "period"
    if context.wording.is_plain(text):
        return "plain"
    patterns = [pattern for pattern in context.item.around if bare(pattern)]
    return "plain" if any(fnmatch(text.casefold(), pattern.casefold()) for pattern in patterns) else "unknown"
