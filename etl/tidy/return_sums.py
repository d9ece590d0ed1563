"""Whether the numbers of a return agree: parts with their totals, districts with the region, answers with units."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from etl.frames import Figure
from etl.tidy.return_layout import UNITS_EXPECTED, UNITS_REPORTED, is_of_schools, shown_marks
from etl.tidy.return_sheet import Sheet
from riskmap.domain.errors import Problem
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import ALL, CellStatus

Count: TypeAlias = int | CellStatus


@dataclass(frozen=True, slots=True)
class Line:
    """The row of one area, with every cell that could be read."""

    area: str
    row: int
    counts: Mapping[str, Count]  # id of a column -> number or mark

    def number(self, key: str) -> int | None:
        """The number of a column; None for a mark and for a cell that could not be read."""
        count = self.counts.get(key)
        return count if isinstance(count, int) else None


def line_faults(sheet: Sheet, line: Line) -> Iterator[Problem]:
    """What does not agree inside the row of one area."""
    yield from _unit_faults(sheet, line)
    parts: dict[str, list[str]] = {}
    for figure in sheet.topic.figures:
        name, breakdown, _ = figure_key(figure)
        if breakdown != ALL:
            parts.setdefault(f"{name}:{breakdown}", []).append(figure)
    for group, figures in parts.items():
        yield from _part_faults(sheet, line, group.partition(":")[0], figures)


def _unit_faults(sheet: Sheet, line: Line) -> Iterator[Problem]:
    """More schools that answered than there are; numbers of schools where none has answered."""
    expected, reported = line.number(UNITS_EXPECTED), line.number(UNITS_REPORTED)
    if expected is None or reported is None:
        return
    if reported > expected:
        yield sheet.fault("V011", line.row, UNITS_REPORTED, found=str(reported), expected=f"≤ {expected}")
    if expected and not reported:
        silent = next((key for key in sheet.topic.figures if is_of_schools(key) and line.number(key) is not None), None)
        if silent:
            yield sheet.fault("V013", line.row, silent, found=str(line.number(silent)), expected=shown_marks())


def _part_faults(sheet: Sheet, line: Line, total: str, figures: Sequence[str]) -> Iterator[Problem]:
    """A breakdown with every part known must give its total; one with parts that are not must not exceed it."""
    if total not in line.counts or any(figure not in line.counts for figure in figures):
        return
    whole = line.number(total)
    parts = {figure: number for figure in figures if (number := line.number(figure)) is not None}
    larger = [figure for figure, number in parts.items() if whole is not None and number > whole]
    for figure in larger:
        yield sheet.fault("V004", line.row, figure, found=str(parts[figure]), expected=f"≤ {whole}")
    is_complete = len(parts) == len(figures)
    is_more = whole is not None and sum(parts.values()) > whole
    if not larger and (is_more or (is_complete and sum(parts.values()) != whole)):
        found = f"{' + '.join(map(str, parts.values()))} = {sum(parts.values())}"
        expected = sheet.text(line.row, total)
        yield sheet.fault("V005", line.row, total, found=found, expected=expected if is_complete else f"≤ {expected}")


def total_faults(sheet: Sheet, total: Line, lines: Sequence[Line]) -> Iterator[Problem]:
    """A total of the region must be the sum of the numbers of its rows, and a mark where no row has a number."""
    for key in total.counts:
        if any(key not in line.counts for line in lines):
            continue
        numbers = [number for line in lines if (number := line.number(key)) is not None]
        if total.number(key) != (sum(numbers) if numbers else None):
            found = f"Σ = {sum(numbers) if numbers else '...'}"
            yield sheet.fault("V005", total.row, key, found=found, expected=sheet.text(total.row, key))


def share_faults(file: str, figures: Sequence[Figure]) -> Iterator[Problem]:
    """Figures that are part of a population of the same return, such as trained staff of all staff, and exceed it."""
    known = {(f.area, f.indicator): f.numerator for f in figures if f.breakdown == ALL and f.numerator is not None}
    for figure in figures:
        whole = known.get((figure.area, _whole(figure.indicator)))
        if figure.breakdown == ALL and figure.numerator is not None and whole is not None and figure.numerator > whole:
            place = (file, figure.sheet, figure.line, figure.column)
            expected = f"≤ {whole:.0f} ({_whole(figure.indicator)})"
            yield Problem("V004", *place, found=f"{figure.numerator:.0f}", expected=expected)


def _whole(identifier: str) -> str:
    """The population of which an indicator is a part; empty where it is counted in something else."""
    item = indicator(identifier)
    if not item.population:
        return ""
    is_part = item.interval == "wilson" or item.unit == indicator(item.population).unit
    return item.population if is_part else ""
