"""From the numbers of all tables to figures: repeated ones, sums since 1 January, missing areas, what is not whole."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from etl.declared import PERIOD_CODES, misfit
from etl.frames import Figure
from etl.privacy.personal import column_letter
from etl.spreadsheet.cells import Cell
from etl.spreadsheet.context import FileContext
from etl.spreadsheet.figures import CATALOGUE
from etl.spreadsheet.numbers import EXPECTED_COUNT
from etl.spreadsheet.periods import Mention
from etl.tidy.return_layout import return_areas
from geo.areas import areas, regions
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.spreadsheets import Meaning
from riskmap.domain.vocabulary import CellStatus, Grain, Kind, Period

_STATUS = {
    Meaning.CONFIDENTIAL: CellStatus.SUPPRESSED,
    Meaning.NO_DATA: CellStatus.NOT_REPORTED,
    Meaning.CANNOT_BE: CellStatus.NOT_APPLICABLE,
}


Where: TypeAlias = tuple[str, int]
"""A table of a file: name of its sheet and number on it."""


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of an area and period before it is checked against the source: a number, or the status without one."""

    cell: Cell
    period: Period
    number: float | None
    status: CellStatus = CellStatus.VALUE
    is_provisional: bool = False


def repeated_faults(cells: Sequence[Cell]) -> tuple[list[Cell], list[Problem]]:
    """The cells of which each figure has one, and a fault for each pair of rows, columns or sheets that have more."""
    first: dict[tuple[object, ...], Cell] = {}
    told: dict[tuple[object, ...], Problem] = {}
    sides: dict[tuple[object, ...], Cell] = {}
    for cell in cells:
        key = (cell.ref, cell.area, cell.mention)
        before = first.setdefault(key, cell)
        if before is not cell:
            pair, fault = _repeated(before, cell)
            told.setdefault(pair, fault)
            continue
        other = _named_otherwise(cell, sides)
        if other:
            told.setdefault((other.grid.name, other.column, cell.grid.name, cell.column), _two_names(other, cell))
    return list(first.values()), list(told.values())


def _named_otherwise(cell: Cell, sides: dict[tuple[object, ...], Cell]) -> Cell | None:
    """The cell of the same figure that came by the words of the catalogue where this one is declared, or the reverse.

    Entries of a declaration are parts of a figure and are added up; the words of the catalogue stand for all of it.
    """
    if cell.ref is None:
        return None
    is_whole = cell.ref.entry == CATALOGUE
    key = (cell.ref.figure, cell.area, cell.mention)
    sides.setdefault((*key, is_whole), cell)
    return sides.get((*key, not is_whole))


def _two_names(first: Cell, second: Cell) -> Problem:
    names = (f"{cell.grid.name}!{column_letter(cell.column)}{cell.row + 1}" for cell in (first, second))
    found = ", ".join(names)
    return second.grid.fault("L022", second.row, second.column, found=found, expected=_name(second))


def _repeated(first: Cell, second: Cell) -> tuple[tuple[object, ...], Problem]:
    area = (second.area,) if second.area else ()
    pair: tuple[object, ...]
    if first.grid is not second.grid or first.table != second.table:
        pair = (first.grid.name, first.table, second.grid.name, second.table)
        rows, sheets = f"{first.row + 1}, {second.row + 1}", f"{first.grid.name}, {second.grid.name}"
        found = rows if first.grid is second.grid else sheets
        code = "L012" if first.grid is not second.grid and first.area == second.area else "L022"
        row = None if code == "L012" else second.row
        return pair, replace(second.grid.fault(code, row, found=found, expected=_name(second)), candidates=area)
    if first.row == second.row:
        pair = (first.grid.name, first.table, "column", first.column, second.column)
        found = f"{column_letter(first.column)}, {column_letter(second.column)}"
        return pair, second.grid.fault("L022", second.row, second.column, found=found, expected=_name(second))
    pair = (first.grid.name, first.table, "row", first.row, second.row)
    found = f"{second.area}: {first.row + 1}, {second.row + 1}"
    return pair, replace(second.grid.fault("L012", second.row, found=found), candidates=area)


def _name(cell: Cell) -> str:
    return cell.ref.figure if cell.ref else ""


# ---- sums since 1 January


def as_values(context: FileContext, cells: Iterable[Cell]) -> tuple[list[Value], list[Problem]]:
    """Every cell with its period; of sums since 1 January what each month adds."""
    plain: list[Value] = []
    series: dict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        period = cell.mention.period if cell.mention else None
        if cell.mention is None or period is None:
            continue
        if context.item.cumulative and _adds_up(cell):
            series[cell.ref, cell.area, cell.mention.year].append(cell)
        else:
            plain.append(_value(cell, period))
    problems: list[Problem] = []
    for group in series.values():
        values, faults = _differences(group)
        plain.extend(values)
        problems.extend(faults)
    return plain, problems


def _adds_up(cell: Cell) -> bool:
    return cell.ref is not None and indicator(cell.ref.indicator).kind is Kind.FLOW


def _differences(group: Sequence[Cell]) -> tuple[list[Value], list[Problem]]:
    """What each sum adds to the one before it; behind one that is not known nobody can tell what the next one adds."""
    ends = [(cell.mention, cell) for cell in group if cell.mention]
    values: list[Value] = []
    problems: list[Problem] = []
    before, since = 0.0, 0
    for mention, cell in sorted(ends, key=lambda end: end[0].last):
        period = _between(mention, since)
        if period is None:
            continue
        if cell.number is None:
            values.append(_value(cell, period))
            continue
        if cell.number < before:
            found, expected = f"{cell.number:.15g}", f"≥ {before:.15g}"
            problems.append(cell.grid.fault("V024", cell.row, cell.column, found=found, expected=expected))
        values.append(Value(cell, period, cell.number - before, is_provisional=cell.content is Meaning.NEGLIGIBLE))
        before, since = max(cell.number, before), mention.last
    return values, problems


def _between(mention: Mention, since: int) -> Period | None:
    """The period between the end of the sum before and that of this one, by the grain that it is."""
    first, last = since + 1, mention.last
    grain = {(1, 12): Grain.YEAR, (7, 12): Grain.HALF_YEAR}.get((first, last), Grain.YTD)
    if first == last:
        grain = Grain.MONTH
    elif last - first == 2 and last % 3 == 0:
        grain = Grain.QUARTER
    return Mention(grain, first, last, mention.year).period


def _value(cell: Cell, period: Period) -> Value:
    if isinstance(cell.content, Meaning) and cell.content in _STATUS:
        return Value(cell, period, None, _STATUS[cell.content])
    return Value(cell, period, cell.number, is_provisional=cell.content is Meaning.NEGLIGIBLE)


# ---- what the source takes


def accepted(context: FileContext, values: Iterable[Value]) -> tuple[list[Figure], list[Problem]]:
    """Figures of the source, entries of one figure added up; each value that the source cannot take is a fault."""
    problems: list[Problem] = []
    groups: dict[tuple[str, str, Period], list[Value]] = defaultdict(list)
    for value in values:
        fault = _misfit(context, value)
        if fault:
            problems.append(fault)
        elif value.cell.ref and value.cell.area:
            groups[value.cell.ref.figure, value.cell.area, value.period].append(value)
    needed = _entries(context)
    figures = []
    for (figure, area, period), parts in groups.items():
        there = {part.cell.ref.entry for part in parts if part.cell.ref}
        lacking = (
            needed.get(figure, set()) - there if len(needed.get(figure, ())) > 1 and there != {CATALOGUE} else set()
        )
        if lacking:
            cell = parts[0].cell
            fault = cell.grid.fault(
                "L008", cell.row, cell.column, found=figure, expected=_entry_names(context, lacking)
            )
            problems.append(fault)
            continue
        figures.append(_figure(context, figure, area, period, parts))
    return figures, list(dict.fromkeys(problems))


def _entries(context: FileContext) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for number, entry in enumerate(context.item.figures):
        found[entry.figure].add(number)
    return found


def _entry_names(context: FileContext, entries: Iterable[int]) -> str:
    named = (context.item.figures[number] for number in sorted(entries))
    return "; ".join(" / ".join((*entry.names, *(v for vs in entry.where.values() for v in vs))) for entry in named)


def _misfit(context: FileContext, value: Value) -> Problem | None:
    cell, today = value.cell, date.today()
    at = (cell.row, cell.column)
    is_whole = value.number is None or value.number == int(value.number)
    if not (is_whole or (cell.ref and cell.ref.is_measure)):
        return cell.grid.fault("V001", *at, found=cell.grid.text(*at), expected=EXPECTED_COUNT)
    grains = context.source.grains
    if value.period.grain not in grains:
        code = "P010" if value.period.grain in (Grain.YTD, Grain.SCHOOL_YTD) else "P002"
        return cell.grid.fault(code, None, cell.column, found=value.period.code, expected=_codes(grains))
    if cell.ref and cell.area:
        name, breakdown, _ = figure_key(cell.ref.figure)
        level = str(areas()[cell.area].kind)
        other = misfit(name, level, value.period.grain, breakdown, is_formed=context.source.owed)
        if other and other.code == "P002":
            return cell.grid.fault("P002", None, cell.column, found=value.period.code, expected=other.expected)
    if value.period.end > today:
        return cell.grid.fault("P004", None, cell.column, found=value.period.code, expected=f"≤ {today.isoformat()}")
    return None


def _codes(grains: Iterable[Grain]) -> str:
    return ", ".join(PERIOD_CODES[grain] for grain in grains)


def _figure(context: FileContext, figure: str, area: str, period: Period, parts: Sequence[Value]) -> Figure:
    name, breakdown, category = figure_key(figure)
    without = [part.status for part in parts if part.status is not CellStatus.VALUE]
    cell = parts[0].cell
    return Figure(
        indicator=name,
        area=area,
        period=period,
        numerator=None if without else float(sum(part.number or 0 for part in parts)),
        line=cell.row + 1,
        column=column_letter(cell.column),
        sheet=cell.grid.name,
        breakdown=breakdown,
        category=category,
        status=without[0] if without else CellStatus.VALUE,
        provisional=any(part.is_provisional for part in parts),
        invented=context.invented,
    )


# ---- what is missing


def missing_areas(
    context: FileContext, cells: Sequence[Cell], seen: Mapping[Where, set[str]], claimed: set[str]
) -> Iterator[Problem]:
    """Areas that owe a return and have neither row nor column in the tables where a figure of a period stands."""
    if not context.item.whole_file:
        return
    tables: dict[tuple[str, Mention | None], set[Where]] = defaultdict(set)
    for cell in cells:
        if cell.ref:
            tables[cell.ref.figure, cell.mention].add((cell.grid.name, cell.table))
    everywhere = set().union(*seen.values())
    is_spread = all(len(areas_of_one) < 2 for areas_of_one in seen.values())  # a table for each area
    told: set[tuple[str, str]] = set()
    for (_, mention), places in tables.items():
        found = everywhere if is_spread else set().union(*(seen.get(place, set()) for place in places))
        for area in _expected(context, found, mention):
            sheet = min(places)[0] if area in everywhere or len(context.raw.names) == 1 else ""
            if area not in found | claimed and (area, sheet) not in told:
                told.add((area, sheet))
                yield Problem("L011", context.raw.file, sheet, expected=area, candidates=(area,))


def _expected(context: FileContext, found: set[str], mention: Mention | None) -> list[str]:
    period = mention.period if mention else None
    on = period.end if period else date.today()
    if context.places.level is AreaKind.REGION:
        return [area.id for area in regions() if area.exists(on)]
    if context.places.level is AreaKind.DISTRICT:
        region = context.places.region
        here = {region.id} if region else {areas()[area].parent for area in found}
        return [area.id for parent in sorted(here) for area in return_areas(parent, on)]
    return []


def missing_figures(context: FileContext, cells: Iterable[Cell]) -> Iterator[Problem]:
    """Figures that the declaration requires and no number of the file is of."""
    there = {cell.ref.entry for cell in cells if cell.ref}
    by_figure = {cell.ref.figure for cell in cells if cell.ref}
    for number, entry in enumerate(context.item.figures):
        if entry.required and number not in there and entry.figure not in by_figure:
            expected = " / ".join(entry.names) or _entry_names(context, [number]) or entry.figure
            yield Problem("L008", context.raw.file, column=entry.names[0] if entry.names else "", expected=expected)


def stopped(problems: Iterable[Problem]) -> bool:
    """Whether any fault keeps the file from being loaded."""
    return any(problem.severity is Severity.STOP for problem in problems)
