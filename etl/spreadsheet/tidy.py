"""Figures of any spreadsheet that a declaration describes, and every fault of the file.

A number is loaded only where its area, its period and its figure are each told once; a total and a share are checked
against their numbers; every other number is a fault or stands under a heading that is declared as not read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Final

from etl.annotate.fault_sheet import is_fault_sheet
from etl.frames import Figure, RawTable
from etl.spreadsheet.cells import Cell, TableResult
from etl.spreadsheet.context import Asked, FileContext, as_mention, day_of, find_region, is_invented
from etl.spreadsheet.figures import FigureNames
from etl.spreadsheet.grid import Grid, RowKind
from etl.spreadsheet.looks import autofill_faults, hidden_faults
from etl.spreadsheet.numbers import marks_of
from etl.spreadsheet.periods import Mention, read_periods
from etl.spreadsheet.places import Places
from etl.spreadsheet.reader import TableReader
from etl.spreadsheet.result import (
    accepted,
    as_values,
    missing_areas,
    missing_figures,
    repeated_faults,
    stopped,
)
from etl.spreadsheet.sums import part_faults, share_faults, total_faults
from etl.spreadsheet.tables import find_tables
from etl.spreadsheet.words import Wording
from etl.tidy.folding import bare
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source
from riskmap.domain.spreadsheets import Meaning, Spreadsheet
from riskmap.domain.vocabulary import Grain

__all__ = ["NOTHING_ASKED", "Asked", "Reading", "names_found", "read_spreadsheet", "tidy_spreadsheet"]

NOTHING_ASKED: Final = Asked()
_WITHOUT_PLACE: Final = ("A001", "P001")  # numbers that are there and could not be placed: no figure is told missing


@dataclass(slots=True)
class Reading:
    """Everything that was read of a file, before it is compared with what the source takes."""

    context: FileContext
    cells: list[Cell] = field(default_factory=list)
    totals: list[Cell] = field(default_factory=list)
    shares: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    areas: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # of each table
    lost: set[tuple[str, int, int | None]] = field(default_factory=set)  # tables and columns not read to the end
    has_areas: bool = False  # whether areas are told inside the tables
    numbers: int = 0  # cells of the data sheets that hold a number or a mark
    known: int = 0  # of them those whose figure and area are known, or that are declared as not read

    @property
    def understood(self) -> float:
        """The part of its numbers whose figure and area are known, whatever else is wrong with them."""
        return self.known / self.numbers if self.numbers else 0.0


def tidy_spreadsheet(
    raw: RawTable, item: Spreadsheet, source: Source, *, asked: Asked = NOTHING_ASKED
) -> tuple[list[Figure], list[Problem]]:
    """Figures of a file, and every fault; a file with a fault that stops gives no figure."""
    reading = read_spreadsheet(raw, item, source, asked=asked)
    figures, problems = _finished(reading)
    return [] if stopped(problems) else figures, problems


def _finished(reading: Reading) -> tuple[list[Figure], list[Problem]]:
    context = reading.context
    cells, repeats = repeated_faults(reading.cells)
    longer, cells = _longer(context, cells)
    problems = [*reading.problems, *repeats]
    claimed = {area for fault in problems for area in fault.candidates}
    missing = list(missing_areas(context, cells, reading.areas, claimed)) if reading.has_areas else []
    problems.extend(missing)
    problems.extend(total_faults(cells, [] if missing else _whole(reading, [*reading.totals, *longer])))
    problems.extend(part_faults(cells))
    problems.extend(share_faults(reading.shares, cells, context.item.shares))
    values, faults = as_values(context, cells)
    problems.extend(faults)
    figures, faults = accepted(context, values)
    problems.extend(faults)
    problems.extend(missing_totals(reading))
    if not any(fault.code in _WITHOUT_PLACE for fault in problems):
        problems.extend(missing_figures(context, cells))
    problems.extend(_name_faults(context, cells))
    problems.extend(_withheld(cells))
    if not (cells or problems):
        problems.append(Problem("L020", context.raw.file))
    return figures, list(dict.fromkeys(problems))


def _whole(reading: Reading, totals: Sequence[Cell]) -> list[Cell]:
    """Totals of whose parts none was lost on the way: the others have been told."""
    return [
        total
        for total in totals
        if not reading.lost & {(total.grid.name, total.table, total.column), (total.grid.name, total.table, None)}
    ]


def missing_totals(reading: Reading) -> Iterator[Problem]:
    """Tables without totals where the declaration says what totals are called."""
    if not reading.context.item.totals:
        return
    with_totals = {(total.grid.name, total.table) for total in reading.totals}
    for cell in {(cell.grid.name, cell.table): cell for cell in reading.cells}.values():
        if (cell.grid.name, cell.table) not in with_totals:
            yield cell.grid.fault("L028", expected=", ".join(reading.context.item.totals))


def _longer(context: FileContext, cells: list[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Cells of a period in which the same table has shorter ones: totals, apart from all others."""
    if context.item.cumulative:
        return [], cells
    spans: dict[tuple[object, ...], set[Mention]] = {}
    for cell in cells:
        if cell.mention:
            spans.setdefault((cell.grid.name, cell.table, cell.ref, cell.area), set()).add(cell.mention)
    sums = {key: _of_others(found) for key, found in spans.items()}
    longer: list[Cell] = []
    others: list[Cell] = []
    for cell in cells:
        is_longer = cell.mention in sums.get((cell.grid.name, cell.table, cell.ref, cell.area), ())
        (longer if is_longer else others).append(cell)
    return longer, others


def _of_others(mentions: set[Mention]) -> set[Mention]:
    """The periods that hold shorter ones of the same row; of one grain none does."""
    if len({mention.grain for mention in mentions}) == 1:
        return set()
    return {mention for mention in mentions if any(mention != other and mention.holds(other) for other in mentions)}


def _name_faults(context: FileContext, cells: Sequence[Cell]) -> Iterator[Problem]:
    """Where the name of the file, or the call, speaks of another year or month than the content."""
    found = {cell.mention for cell in cells if cell.mention}
    if not found:
        return
    shown = ", ".join(sorted({m.period.code for m in found if m.period}))
    for mention in context.said.mentions:
        if not any(_speaks_of(context.taken(mention), other) for other in found):
            yield Problem("P006", context.raw.file, found=context.stem, expected=shown)
            break
    asked = context.asked.period
    if asked and not any(_speaks_of(context.taken(as_mention(asked)), other) for other in found):
        yield Problem("P005", context.raw.file, found=shown, expected=asked.code)


def _speaks_of(told: Mention, other: Mention) -> bool:
    """Whether a period of a name may be that of the content, or the end of it."""
    if Grain.SCHOOL_YEAR in (told.grain, other.grain):
        return told.grain is other.grain and told.holds(other)
    is_year = told.year is None or told.year == other.year
    return is_year and (told.holds(other) or other.last == told.last)


def _withheld(cells: Sequence[Cell]) -> Iterator[Problem]:
    """One note for each sheet on the numbers that its sender has withheld."""
    by_sheet: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.content is Meaning.CONFIDENTIAL:
            by_sheet.setdefault(cell.grid.name, []).append(cell)
    for hidden in by_sheet.values():
        first = hidden[0]
        yield first.grid.fault("V021", first.row, first.column, found=str(len(hidden)))


def names_found(raw: RawTable, item: Spreadsheet, source: Source, texts: set[str]) -> float:
    """The part of the names of a declaration that a file holds; 0 where it holds none, or none of the sheets.

    `texts` are the folded texts of its cells.
    """
    if not any(_is_like(name, pattern) for name in raw.names for pattern in item.sheets):
        return 0.0
    names = FigureNames(item, source, Wording(totals=item.totals, plain_words=item.plain))
    return names.part_found(texts | {bare(name) for name in raw.names} | {bare(raw.file)})


def read_spreadsheet(raw: RawTable, item: Spreadsheet, source: Source, *, asked: Asked = NOTHING_ASKED) -> Reading:
    """Read every data sheet of a file as a declaration says."""
    wording = Wording(totals=item.totals, plain_words=item.plain)
    names = FigureNames(item, source, wording)
    marks = dict(marks_of(item.marks))
    places = Places(source.area, item.area_names)
    context = FileContext(raw, item, source, asked, marks, wording, names, places, read_periods(""))
    context.said = read_periods(context.stem)
    context.invented = is_invented(raw)
    reading = Reading(context)
    grids, faults = _data_sheets(context)
    reading.problems.extend(faults)
    places.on = day_of(context, grids)
    reading.problems.extend(find_region(context, grids))
    reading.problems.extend(autofill_faults(raw, names.is_literal))
    for grid in grids:
        _read_sheet(reading, grid)
    return reading


def _data_sheets(context: FileContext) -> tuple[list[Grid], list[Problem]]:
    """The sheets that hold data; of the others those are told that nobody declared."""
    item, found, problems = context.item, [], []
    for name, sheet in context.raw.sheets.items():
        grid = Grid(sheet, context.raw.file, context.marks)
        has_text = any(map(any, grid.rows))
        if not has_text or is_fault_sheet(sheet.rows) or _is_other(name, item):
            continue
        if not any(_is_like(name, pattern) for pattern in item.sheets):
            problems.append(grid.fault("L013"))
        elif any(grid.kind(row) is RowKind.DATA for row in range(len(grid.rows))):
            found.append(grid)
        elif item.sheets == ("*",):
            problems.append(grid.fault("L013"))
        else:
            problems.append(grid.fault("L020"))
    if not found:
        expected = ", ".join(item.sheets)
        problems.append(Problem("L001", context.raw.file, found=", ".join(context.raw.names), expected=expected))
    return found, problems


def _is_other(name: str, item: Spreadsheet) -> bool:
    """Whether a sheet is declared as none of data; where both kinds of pattern fit, the one that says more counts."""
    data, others = (
        max((len(p.strip("*?")) for p in patterns if _is_like(name, p)), default=-1)
        for patterns in (item.sheets, item.other_sheets)
    )
    return others >= 0 and others >= data


def _is_like(name: str, pattern: str) -> bool:
    return fnmatch(name.strip().casefold(), pattern.casefold())


def _read_sheet(reading: Reading, grid: Grid) -> None:
    context = reading.context

    def is_label(text: str) -> bool:
        return context.wording.is_total(text) or context.places.find(text).is_place

    numbers: list[tuple[int, int]] = []

    def is_plain(text: str) -> bool:
        return context.wording.is_plain(text) or text.isdigit()

    tables = find_tables(grid, is_label, is_plain)
    for table in tables:
        reader = TableReader(context, table)
        result = reader.read()
        _add(reading, result, (grid.name, table.number))
        columns = reader.number_columns
        numbers.extend((row, c) for row in sorted(table.data) for c in columns if grid.is_number(row, c))
    reading.numbers += len(numbers)
    reading.problems.extend(hidden_faults(grid, numbers))


def _add(reading: Reading, result: TableResult, where: tuple[str, int]) -> None:
    reading.cells.extend(result.cells)
    reading.totals.extend(result.totals)
    reading.shares.extend(result.shares)
    reading.problems.extend(result.problems)
    reading.known += result.named + result.passed
    reading.areas[where] = result.areas
    reading.has_areas |= result.has_areas
    reading.lost |= {(*where, column) for column in result.lost} | ({(*where, None)} if result.has_lost_rows else set())
