"""Where the tables of a sheet begin and end, which of their rows are headings, and what stands between the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from etl.spreadsheet.grid import Grid, RowKind, is_code
from etl.spreadsheet.periods import read_periods
from etl.spreadsheet.words import is_area_heading, is_ordinal
from etl.tidy.folding import bare
from riskmap.domain.vocabulary import Grain

_FEWEST_ORDINALS = 2


@dataclass(slots=True)
class Table:
    """One table: rows of headings, rows below them, and the lines of the sheet before it, the nearest last."""

    grid: Grid
    number: int
    head: list[int]
    above: list[int]
    own_above: list[int]  # of these lines those behind the table before
    heads_above: frozenset[int] = frozenset()  # of these lines the headings of earlier tables
    body: list[int] = field(default_factory=list)  # with the lines between rows of numbers
    data: set[int] = field(default_factory=set)  # those of them that hold numbers


IsLabel = Callable[[str], bool]
"""Whether a text labels a row: an area, a total. Such a row is one of numbers even where it holds none."""


def find_tables(grid: Grid, is_label: IsLabel, is_plain: IsLabel) -> list[Table]:
    """The tables of a sheet from top to bottom; headings that are printed again on the next page are passed over.

    Above headings that are printed again stands nothing, or what says nothing: a line of its own begins a new table.
    """
    kinds = [grid.kind(row) for row in range(len(grid.rows))]
    tables: list[Table] = []
    pending: list[int] = []
    above: list[int] = []
    for row, kind in enumerate(kinds):
        if kind in (RowKind.EMPTY, RowKind.NUMBERING):
            continue
        is_head = _is_head_of_periods(grid, kinds, row) or (bool(pending) and _is_below_merged_head(grid, row))
        if kind is RowKind.LINE or is_head:
            pending.append(row)
            continue
        if tables and not pending:
            tables[-1].body.append(row)
            tables[-1].data.add(row)
            continue
        numbers = _number_columns(grid, kinds, row)
        head, lines = _split(grid, pending, numbers, is_label, is_first=not tables)
        before = [line for line in pending if line < head[0]] if head else pending
        is_new = any(not is_plain(text) for line in before for _, text in grid.own(line))
        if not tables or (head and (is_new or not _is_same_head(grid, tables[-1].head, head))):
            above = [*above, *before]
            tables.append(Table(grid, len(tables), head, list(above), before, _heads(tables)))
            above = [*above, *head]
            lines = [line for line in lines if head and line > head[-1]]
        table = tables[-1]
        table.body.extend([*lines, row])
        table.data.add(row)
        pending = []
    if tables:
        _take_broken_rows(tables[-1], pending, is_label)
    return tables


def _heads(tables: Sequence[Table]) -> frozenset[int]:
    return frozenset(row for table in tables for row in table.head)


def _take_broken_rows(table: Table, pending: list[int], is_label: IsLabel) -> None:
    """Rows behind the last number that are labelled like the others: left empty, or filled with texts."""
    rows = [row for row in pending if _is_labelled(table.grid, row, is_label)]
    table.body.extend(rows)


def _is_labelled(grid: Grid, row: int, is_label: IsLabel) -> bool:
    return any(is_label(text) for _, text in grid.own(row)[:3])


def _is_head_of_periods(grid: Grid, kinds: Sequence[RowKind], row: int) -> bool:
    """A row of years over numbers: the only numbers in it are years in order, and nothing labels it as data."""
    own = grid.own(row)
    numbers = [(column, text) for column, text in own if grid.is_number(row, column)]
    years = [_year(text) for _, text in numbers]
    if not numbers or not all(years):
        return False
    labels = [text for column, text in own if column < numbers[0][0]]
    below = [r for r in range(row + 1, min(row + 6, len(kinds))) if kinds[r] is RowKind.DATA]
    is_over_numbers = any(_holds_other_numbers(grid, r, [column for column, _ in numbers]) for r in below)
    is_unlabelled = all(
        is_ordinal(text) or (len(bare(text)) > 1 and not any(c.isdigit() for c in text)) for text in labels
    )
    is_at_the_top = len(labels) <= 2 and (len(years) > 1 or not labels or is_area_heading(labels[-1]))
    return is_over_numbers and is_unlabelled and is_at_the_top and sorted(set(years)) == _in_order(years)


def _is_below_merged_head(grid: Grid, row: int) -> bool:
    """A row of sub-headings such as `0 | 1-24 %`: all of it under headings merged across, some of it no number."""
    own = grid.own(row)
    merges = [grid.merges.get((row - 1, column)) for column, _ in own]
    is_under = all(merge and merge[1] < merge[3] and merge[2] == row - 1 for merge in merges)
    return is_under and any(not grid.is_number(row, column) and not is_code(text) for column, text in own)


def _year(text: str) -> str:
    """The year that a cell is, footnote marks aside; empty for anything else."""
    said = read_periods(text)
    is_year = said.is_only and said.mentions[0].grain is Grain.YEAR and text[:2] in ("19", "20")
    return str(said.mentions[0].year) if is_year else ""


def _in_order(years: Sequence[str]) -> list[str]:
    """Years without those repeated side by side; in order only where each block has the same ones."""
    first = years[: next((n for n in range(1, len(years)) if years[n] == years[0]), len(years))]
    blocks = [list(years[n : n + len(first)]) for n in range(0, len(years), len(first))]
    return list(first) if all(block == list(first) for block in blocks) else ["", ""]


def _holds_other_numbers(grid: Grid, row: int, columns: Sequence[int]) -> bool:
    return any(grid.is_number(row, column) and not _year(grid.text(row, column)) for column in columns)


def _number_columns(grid: Grid, kinds: Sequence[RowKind], row: int) -> list[int]:
    """Columns in which this row and those that follow it hold numbers, without the numbers of the rows."""
    rows = [row]
    while rows[-1] + 1 < len(kinds) and kinds[rows[-1] + 1] is RowKind.DATA:
        rows.append(rows[-1] + 1)
    columns = sorted({column for r in rows for column in range(grid.width) if grid.is_number(r, column)})
    if len(columns) > 1 and counts_rows(grid, rows, columns[0]):
        columns = columns[1:]
    return columns


def counts_rows(grid: Grid, rows: Sequence[int], column: int) -> bool:
    """Whether a column holds 1, 2, 3, … beside labels to its right."""
    texts = [grid.text(row, column) for row in rows]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 5]
    has_other = any(text and not text.isdigit() for text in texts)
    labelled = [row for row in rows if any(not grid.is_number(row, c) for c, _ in grid.own(row) if c > column)]
    is_run = numbers == list(range(1, len(numbers) + 1))
    return is_run and not has_other and len(numbers) >= _FEWEST_ORDINALS and len(labelled) >= len(numbers)


def _split(
    grid: Grid, pending: Sequence[int], numbers: Sequence[int], is_label: IsLabel, *, is_first: bool
) -> tuple[list[int], list[int]]:
    """Of the lines before a row of numbers, those that are its headings, and the others."""
    over = [row for row in pending if _is_over(grid, row, numbers, is_label)]
    over = [row for row in over if is_first or not _is_lone(grid, row) or len(numbers) == 1]
    if not over:
        return [], list(pending)
    head = [over[-1]]
    for row in reversed([row for row in pending if row < over[-1]]):
        if row != head[0] - 1 or not (row in over or _starts_a_level(grid, row, numbers)):
            break
        head.insert(0, row)
    return head, [row for row in pending if row not in head]


def _is_over(grid: Grid, row: int, numbers: Sequence[int], is_label: IsLabel) -> bool:
    """Whether a line has a text of its own above numbers; a row labelled as one of numbers is none of headings."""
    own = [column for column, _ in grid.own(row)]
    if names_one_area(grid, row, is_label):
        return False
    texts = [text for column, text in grid.own(row) if column < min(numbers, default=0)]
    if len(own) > 1 and any(is_label(text) and not is_ordinal(text) for text in texts) and not _has_code(grid, row):
        return False
    return any(column in numbers for column in own)


def names_one_area(grid: Grid, row: int, is_label: IsLabel) -> bool:
    """Whether a line holds nothing but the name of one area and its code: it stands above rows, or above a table."""
    texts = [text for _, text in grid.own(row)]
    return len(texts) == 2 and any(map(is_code, texts)) and all(is_code(text) or is_label(text) for text in texts)


def _has_code(grid: Grid, row: int) -> bool:
    return any(text.isdigit() for _, text in grid.own(row))


def _is_lone(grid: Grid, row: int) -> bool:
    return len(grid.own(row)) == 1


def _starts_a_level(grid: Grid, row: int, numbers: Sequence[int]) -> bool:
    """A line whose only texts are merged down into the headings."""
    merges = [grid.merges.get((row, column)) for column, _ in grid.own(row)]
    return bool(merges) and all(merge is not None and merge[2] > merge[0] for merge in merges)


def _is_same_head(grid: Grid, first: Sequence[int], second: Sequence[int]) -> bool:
    def texts(rows: Sequence[int]) -> list[list[tuple[int, str]]]:
        return [[(column, bare(text)) for column, text in grid.own(row)] for row in rows]

    return texts(first)[-len(second) :] == texts(second)
