"""Totals and shares that a spreadsheet prints beside its numbers: checked against them, never loaded."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from etl.spreadsheet.cells import EVERYWHERE, Cell
from etl.spreadsheet.figures import Ref
from etl.spreadsheet.numbers import Number
from geo.areas import areas
from riskmap.domain.errors import Problem
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.spreadsheets import Meaning, SheetShare
from riskmap.domain.vocabulary import ALL, COUNTRY, Kind

_SLACK = 1e-9
_UNNAMED = SheetShare(())


def total_faults(cells: Sequence[Cell], totals: Sequence[Cell]) -> Iterator[Problem]:
    """Totals over areas and over periods that are not the sum of their parts.

    Where a part is a mark without a number, only a total below the sum of the others is a fault. A total that does
    not say of what may be that of all rows, or of those since the total before it or up to the next one.
    """
    by_ref: dict[Ref | None, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_ref[cell.ref].append(cell)
    for total in totals:
        whole = total.number
        if whole is None:
            continue
        parts = [cell for cell in by_ref[total.ref] if _is_part(total, cell)]
        then = [part for part in parts if part.mention == total.mention]
        parts = then if total.scope and then else parts
        faults = list(_compare(total, whole, parts))
        others = _groups(total, parts, totals) if faults and total.scope == "*" else ()
        if not any(group and not list(_compare(total, whole, group)) for group in others):
            yield from faults


def _groups(total: Cell, parts: Sequence[Cell], totals: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Parts of a table between one total and the next, before and behind this one."""
    rows = sorted({t.row for t in totals if t.grid is total.grid and t.table == total.table and t.scope})
    before = max((row for row in rows if row < total.row), default=-1)
    behind = min((row for row in rows if row > total.row), default=1 << 30)
    if len(rows) > 1:
        yield [part for part in parts if before < part.row < total.row]
        yield [part for part in parts if total.row < part.row < behind]


def _is_part(total: Cell, cell: Cell) -> bool:
    """Whether a number is one of those that a total is told to sum."""
    if total.scope:
        is_inside = (
            total.scope in ("*", EVERYWHERE, COUNTRY) or cell.area == total.scope or _parent(cell.area) == total.scope
        )
    else:
        is_inside = cell.area == total.area
    is_then = total.mention is None or (cell.mention is not None and total.mention.holds(cell.mention))
    return is_inside and is_then and _is_beside(total, cell)


def _is_beside(total: Cell, cell: Cell) -> bool:
    """Of the same table; a total over periods sums its own row or column."""
    if total.scope == EVERYWHERE:
        return total.mention is not None
    if cell.grid is not total.grid or cell.table != total.table:
        return False
    if total.scope:
        return total.mention is not None or total.column == cell.column or total.row == cell.row
    return cell.row == total.row or cell.column == total.column


def _parent(area: str | None) -> str:
    found = areas().get(area or "")
    return found.parent if found else ""


def _compare(total: Cell, whole: float, parts: Sequence[Cell]) -> Iterator[Problem]:
    if not parts:
        return
    is_over_periods = not total.scope
    if is_over_periods and total.ref and indicator(figure_key(total.ref.figure)[0]).kind is not Kind.FLOW:
        return
    numbers = [part.number for part in parts if part.number is not None]
    is_complete = len(numbers) == len(parts) and not any(part.content is Meaning.NEGLIGIBLE for part in parts)
    if abs(sum(numbers) - whole) <= _rounding(total, parts) or (not is_complete and sum(numbers) < whole):
        return
    code = "V023" if is_over_periods else "V022"
    found, expected = f"Σ = {_shown(sum(numbers))}", f"{'' if is_complete else '≥ '}{_shown(whole)}"
    fault = total.grid.fault(code, total.row, total.column, found=found, expected=expected)
    scope = total.scope if total.scope in areas() else total.area
    yield replace(fault, candidates=(scope,) if scope and code == "V022" else ())


def _rounding(total: Cell, parts: Sequence[Cell]) -> float:
    """How far rounded decimals may add up beside their total; counts never do."""
    if total.ref is None or not total.ref.is_measure:
        return 0.0
    printed = [cell.content.decimals for cell in (total, *parts) if isinstance(cell.content, Number)]
    return 0.5 * 10.0 ** -max(printed) * total.ref.scale * len(printed) + _SLACK


def part_faults(cells: Sequence[Cell]) -> Iterator[Problem]:
    """Breakdowns whose parts do not add up to their total, or have a part larger than it."""
    known: dict[tuple[object, ...], dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        if cell.ref:
            known[cell.area, cell.mention].setdefault(cell.ref.figure, cell)
    for figures in known.values():
        groups: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        for figure, cell in figures.items():
            if figure_key(figure)[1] != ALL:
                groups[figure_key(figure)[:2]].append(cell)
        for (name, breakdown), parts in groups.items():
            whole = figures.get(name)
            if whole is not None and whole.number is not None:
                is_all = len(parts) == len(indicator(name).breakdowns[breakdown])
                yield from _breakdown_faults(whole, whole.number, parts, is_all=is_all)


def _breakdown_faults(total: Cell, whole: float, parts: Sequence[Cell], *, is_all: bool) -> Iterator[Problem]:
    numbers = [(part, part.number) for part in parts if part.number is not None]
    larger = [(part, number) for part, number in numbers if number > whole]
    for part, number in larger:
        found, expected = _shown(number), f"≤ {_shown(whole)}"
        yield part.grid.fault("V004", part.row, part.column, found=found, expected=expected)
    known = sum(number for _, number in numbers)
    is_complete = is_all and len(numbers) == len(parts)
    if not larger and (known > whole or (is_complete and known != whole)):
        found = f"{' + '.join(_shown(number) for _, number in numbers)} = {_shown(known)}"
        expected = f"{'' if is_complete else '≤ '}{_shown(whole)}"
        yield total.grid.fault("V005", total.row, total.column, found=found, expected=expected)


def share_faults(shares: Iterable[Cell], cells: Iterable[Cell], declared: Sequence[SheetShare]) -> Iterator[Problem]:
    """Printed shares that differ from their numbers by more than rounding, or are above 100."""
    numbers: Mapping[tuple[object, ...], float] = {
        (cell.ref.figure, cell.area, cell.mention): cell.number
        for cell in cells
        if cell.ref and cell.number is not None
    }
    for cell in shares:
        if cell.share is None or not isinstance(cell.content, Number):
            continue
        printed = cell.content
        share = declared[cell.share] if cell.share >= 0 else _UNNAMED
        part = numbers.get((share.part, cell.area, cell.mention))
        whole = numbers.get((share.whole, cell.area, cell.mention))
        expected = ""
        if part is not None and whole:
            true = 100 * part / whole
            if abs(true - printed.value) > 0.5 * 10**-printed.decimals + _SLACK:
                expected = f"{true:.{printed.decimals}f}"
        elif printed.value > 100:
            expected = "≤ 100"
        if expected:
            found = cell.grid.text(cell.row, cell.column)
            yield cell.grid.fault("V019", cell.row, cell.column, found=found, expected=expected)


def _shown(number: float) -> str:
    return f"{number:.15g}"
