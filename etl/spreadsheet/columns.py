"""What the columns of a table are, the levels of heading above each, and the levels of label beside each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from etl.spreadsheet.grid import Grid, is_code
from etl.spreadsheet.tables import Table, counts_rows
from etl.spreadsheet.words import (
    is_area_heading,
    is_code_heading,
    is_figure_heading,
    is_month_heading,
    is_note_heading,
    is_ordinal,
    is_period_heading,
    is_quarter_heading,
    without_marks,
)
from etl.tidy.folding import bare
from riskmap.domain.spreadsheets import Spreadsheet, Stand


class Role(Enum):
    """What a column holds."""

    NUMBERS = "numbers"
    LABELS = "labels"
    CODES = "codes"
    ORDINALS = "ordinals"
    REMARKS = "remarks"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Level:
    """One text that says something of numbers, and where it stands."""

    text: str
    row: int
    column: int
    stand: Stand
    key: str = ""  # folded heading of the column of a label
    spans_all: bool = False  # a heading over every number of the table
    is_above: bool = False  # another label stands further right or below


@dataclass(slots=True)
class Layout:
    """The columns of a table by what they hold, and the levels above those of numbers."""

    roles: dict[int, Role]
    levels: dict[int, tuple[Level, ...]]
    keys: dict[int, str]  # folded own heading of each column

    def of(self, role: Role) -> list[int]:
        """Columns of one role."""
        return [column for column, found in self.roles.items() if found is role]


def lay_out(table: Table, item: Spreadsheet) -> Layout:
    """What the columns of a table are."""
    grid = table.grid
    rows = [row for row in table.body if row in table.data]
    first = _first_number(table, rows)
    heads = {column: list(_levels(table, column, first)) for column in range(grid.width)}
    keys = {column: bare(without_marks(levels[-1].text)) if levels else "" for column, levels in heads.items()}
    declared = _declared_keys(item)
    roles = {
        column: _role(grid, rows, column, heads[column][-1].text if heads[column] else "", declared)
        for column in range(grid.width)
    }
    numbers = [column for column, role in roles.items() if role is Role.NUMBERS]
    levels = {column: tuple(_marked(heads[column], [heads[other] for other in numbers])) for column in numbers}
    return Layout(roles, levels, keys)


def _declared_keys(item: Spreadsheet) -> frozenset[str]:
    keys = [*item.ignored_where, *(key for figure in item.figures for key in figure.where)]
    headings = (*item.area.headings, *item.period.headings, *item.figure.headings)
    return frozenset(map(bare, (*keys, *headings)))


def _first_number(table: Table, rows: Sequence[int]) -> int:
    """The first column that holds numbers to the right of the labels."""
    grid = table.grid
    for column in range(grid.width):
        found = [row for row in rows if grid.is_number(row, column)]
        if len(found) * 2 > len(rows) and not counts_rows(grid, rows, column):
            return column
    return 0


def _role(grid: Grid, rows: Sequence[int], column: int, heading: str, declared: frozenset[str]) -> Role:
    texts = [(row, grid.filled(row, column)) for row in rows]
    texts = [(row, text) for row, text in texts if text or grid.is_number(row, column)]
    if is_ordinal(heading):
        return Role.ORDINALS
    if not texts:
        return Role.NUMBERS if heading and not is_note_heading(heading) else Role.EMPTY
    numbers = sum(grid.is_number(row, column) or grid.is_mark(text) for row, text in texts)
    codes = sum(is_code(text) for _, text in texts)
    if is_note_heading(heading) and numbers < len(texts):
        return Role.REMARKS
    if bare(heading) in declared:
        return Role.LABELS
    if is_code_heading(heading) or (codes and codes * 2 >= len(texts)):
        return Role.CODES
    if _is_label_heading(heading) and not _is_plain_number_column(heading, numbers, len(texts)):
        return Role.LABELS
    if numbers * 2 < len(texts):
        return Role.LABELS
    return Role.ORDINALS if not heading and counts_rows(grid, rows, column) else Role.NUMBERS


def _is_label_heading(heading: str) -> bool:
    return is_area_heading(heading) or is_period_heading(heading) or is_figure_heading(heading)


def _is_plain_number_column(heading: str, numbers: int, filled: int) -> bool:
    """A heading such as `показатель` over numbers alone is none of labels."""
    return numbers == filled and not is_period_heading(heading)


def _levels(table: Table, column: int, first: int) -> Iterator[Level]:
    """The headings above a column, the widest first; without merged cells a wide one reaches to the next."""
    grid = table.grid
    seen: set[tuple[int, int]] = set()
    for place, row in enumerate(table.head):
        at = _heading_place(grid, table.head[place + 1 :], row, column, first)
        if at and at not in seen:
            seen.add(at)
            yield Level(grid.text(*at), *at, Stand.HEADING)


def _heading_place(grid: Grid, below: Sequence[int], row: int, column: int, first: int) -> tuple[int, int] | None:
    merge = grid.merges.get((row, column))
    if merge:
        return (merge[0], merge[1]) if grid.text(merge[0], merge[1]) else None
    if grid.text(row, column):
        return row, column
    has_leaf = any(grid.text(lower, column) for lower in below)
    if not has_leaf:
        return None
    for left in range(column - 1, first - 1, -1):
        if (row, left) in grid.merges:
            return None
        if grid.text(row, left):
            has_own_leaf = any(grid.filled(lower, left) for lower in below)
            return (row, left) if has_own_leaf else None
    return None


def _marked(levels: Sequence[Level], others: Sequence[Sequence[Level]]) -> Iterator[Level]:
    """Levels that stand over every number of the table are told apart: they are titles as well."""
    for place, level in enumerate(levels):
        at = (level.row, level.column)
        spans = len(others) > 1 and all(any((o.row, o.column) == at for o in other) for other in others)
        yield replace(level, spans_all=spans, is_above=place < len(levels) - 1)


class Labels:
    """The labels beside the rows of a table, read from top to bottom: a label holds until the next in its column."""

    def __init__(self, table: Table, layout: Layout) -> None:
        self._grid, self._layout = table.grid, layout
        self._columns = layout.of(Role.LABELS)
        self._held: dict[int, Level] = {}

    def beside(self, row: int) -> tuple[Level, ...]:
        """The labels of a row of numbers, those that hold from rows above included."""
        own = {column: level for column in self._columns if (level := self._own(row, column))}
        for column in self._columns:
            if column in own:
                self._held = {c: level for c, level in self._held.items() if c < column}
                self._held[column] = own[column]
        last = max(own, default=-1)
        held = [self._held[column] for column in self._columns if column in self._held and column <= last]
        levels = [*held, *(own[column] for column in own if column not in self._held)]
        return tuple(replace(level, is_above=level.column < last) for level in levels)

    def _own(self, row: int, column: int) -> Level | None:
        merge = self._grid.merges.get((row, column))
        at = (merge[0], merge[1]) if merge else (row, column)
        text = self._grid.text(*at)
        return Level(text, *at, Stand.COLUMN, key=self._layout.keys[column]) if text else None


def is_month_key(key: str) -> bool:
    """Whether a column of labels holds months, which may be plain numbers."""
    return is_month_heading(key)


def is_quarter_key(key: str) -> bool:
    """Whether a column of labels holds quarters, which may be plain numbers."""
    return is_quarter_heading(key)
