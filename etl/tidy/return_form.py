"""Figures of a return that people fill in: a sheet per topic, areas down, figures across, totals to check against.

Sheets are found by their name in any language, columns by the row of ids, rows by the code of the area. A cell holds
a whole number or a mark; an empty one is a fault, because nobody can tell it from zero.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from etl.frames import Figure, RawTable
from etl.privacy.personal import column_letter
from etl.tidy.coded_form import EXPECTED_NUMBER, WHOLE
from etl.tidy.folding import plain
from etl.tidy.return_layout import (
    AREA,
    NAME,
    UNITS,
    UNITS_EXPECTED,
    UNITS_REPORTED,
    columns_of,
    is_collected,
    is_of_schools,
    marks,
    return_areas,
    shown_marks,
)
from etl.tidy.return_sheet import Head, Sheet, column_faults, open_sheets, placed, read_head
from etl.tidy.return_sums import Count, Line, line_faults, share_faults, total_faults
from etl.tidy.spoilt_cells import formula_fault, hidden_faults
from geo.areas import resolve
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import Source, figure_key
from riskmap.domain.vocabulary import CellStatus

NOT_THERE: Final = CellStatus.NOT_APPLICABLE


def tidy_return_form(raw: RawTable, source: Source) -> tuple[list[Figure], list[Problem]]:
    """Figures of every sheet the source declares, and every fault; a file with a fault that stops gives no figure.

    Marks become figures without a number, of status not reported or not applicable. The totals of the region are
    checked and never become figures.
    """
    sheets, problems = open_sheets(raw, source)
    figures: list[Figure] = []
    first: Head | None = None
    for sheet in sheets:
        head, faults = read_head(sheet)
        problems.extend([*column_faults(sheet), *faults])
        if head is None:
            continue
        first = first or head
        if head != first:
            problems.append(sheet.fault("L010", found=str(head), expected=str(first)))
        found, faults = _table(sheet, head)
        figures.extend(found)
        problems.extend(faults)
    problems.extend(share_faults(raw.file, figures))
    stopped = any(problem.severity is Severity.STOP for problem in problems)
    return [] if stopped else figures, list(dict.fromkeys(problems))


def _table(sheet: Sheet, head: Head) -> tuple[list[Figure], list[Problem]]:
    expected = [area.id for area in return_areas(head.region.id, head.period.end)]
    rows, problems = _rows(sheet, head)
    missing = [area_id for area_id in (*expected, head.region.id) if area_id not in rows]
    claimed = {claim for fault in problems for claim in fault.candidates}
    for area_id in missing:
        if area_id not in claimed:
            problems.append(replace(sheet.fault("L011", expected=area_id), candidates=(area_id,)))
    lines = {}
    for area_id, row in rows.items():
        lines[area_id], faults = _line(sheet, head, area_id, row)
        problems.extend(faults)
    problems.extend(hidden_faults(sheet.file, sheet.raw, _numbers(sheet, rows.values())))
    total = lines.pop(head.region.id, None)
    for line in lines.values():
        problems.extend(line_faults(sheet, line))
    if total and not missing:
        problems.extend(total_faults(sheet, total, list(lines.values())))
    return [figure for line in lines.values() for figure in _figures(sheet, head, line)], problems


def _numbers(sheet: Sheet, rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The places of all numbers in the rows of areas."""
    for row in rows:
        yield from ((row, sheet.columns[key]) for key in _counted(sheet) if WHOLE.fullmatch(sheet.text(row, key)))


def _rows(sheet: Sheet, head: Head) -> tuple[dict[str, int], list[Problem]]:
    """The row of each area, the region's own for its totals; below that row there may be notes."""
    rows: dict[str, int] = {}
    problems = []
    for row in sheet.body:
        code = sheet.text(row, AREA)
        is_filled = any(_is_filled(sheet, row, key) for key in _counted(sheet))
        if not is_filled and (not code or head.region.id in rows):
            continue
        area = _area(sheet, head, row)
        if isinstance(area, Problem):
            problems.append(area)
        elif area.id in rows:
            found = f"{area.id}: {rows[area.id] + 1}, {row + 1}"
            problems.append(replace(sheet.fault("L012", row, AREA, found=found), candidates=(area.id,)))
        else:
            rows[area.id] = row
    return rows, problems


def _area(sheet: Sheet, head: Head, row: int) -> Area | Problem:
    """The area of a row by its code, which its name must not contradict; the region itself for the totals."""
    code, name = sheet.text(row, AREA), sheet.text(row, NAME)
    if not code:
        return sheet.fault("L016", row, AREA, found=name)
    if "".join(code.split()) == head.region.id:
        return head.region
    area = resolve(code, region=head.region.id, on=head.period.end)
    if isinstance(area, Problem):
        elsewhere = resolve(code, on=head.period.end)
        if isinstance(elsewhere, Area) and area.code == "A002":
            fault = sheet.fault("L017", row, AREA, found=code, expected=head.region.id)
            return replace(fault, candidates=(elsewhere.id,))
        return placed(sheet, area, row, AREA)
    named = resolve(name, region=head.region.id, on=head.period.end) if name else area
    if area.id not in (named.candidates if isinstance(named, Problem) else (named.id,)):
        return replace(sheet.fault("A008", row, NAME, found=name, expected=code), candidates=(area.id,))
    return area


def _line(sheet: Sheet, head: Head, area: str, row: int) -> tuple[Line, list[Problem]]:
    """The cells of a row that can be read, and the faults of the others; of a row left empty one fault."""
    keys = _counted(sheet)
    if area == head.region.id:
        # The form adds up by itself; a program that only fills it in leaves these formulas without their values.
        keys = [key for key in keys if (row, sheet.columns[key]) not in sheet.raw.unsaved]
    told = [key for key in keys if marks().get(plain(sheet.text(row, key))) is not NOT_THERE]
    if told and not any(_is_filled(sheet, row, key) for key in told):  # what cannot be there comes marked with the form
        return Line(area, row, {}), [replace(sheet.fault("L015", row, keys[0]), candidates=(area,))]
    read = {key: _count(sheet, head, row, key) for key in keys}
    faults = [count for count in read.values() if isinstance(count, Problem)]
    return Line(area, row, {key: count for key, count in read.items() if not isinstance(count, Problem)}), faults


def _is_filled(sheet: Sheet, row: int, key: str) -> bool:
    """Whether anything stands in a cell, be it a formula without its value."""
    place = (row, sheet.columns[key])
    return bool(sheet.text(row, key)) or place in sheet.raw.unsaved or place in sheet.raw.errors


def _counted(sheet: Sheet) -> list[str]:
    """Ids of the columns that hold numbers, those that the sheet has."""
    return [key for key in columns_of(sheet.topic) if key in sheet.columns and key not in (AREA, NAME)]


def _count(sheet: Sheet, head: Head, row: int, key: str) -> Count | Problem:
    """Number or mark of a cell; how many schools there are and have answered is always a number."""
    text = sheet.text(row, key)
    mark = None if key in UNITS else marks().get(plain(text))
    expected = EXPECTED_NUMBER if key in UNITS else f"{EXPECTED_NUMBER} / {shown_marks()}"
    digits = text.removeprefix("-").removeprefix("−")
    spoilt = formula_fault(sheet.file, sheet.raw, row, sheet.columns[key])
    if spoilt:
        return spoilt
    if not text:
        return sheet.fault("V003", row, key, expected=expected)
    if key not in UNITS and not is_collected(key, head.period) and mark is not NOT_THERE:
        return sheet.fault("V012", row, key, found=text, expected=shown_marks(NOT_THERE))
    if mark:
        return mark
    if not WHOLE.fullmatch(digits):
        return sheet.fault("V001", row, key, found=text, expected=expected)
    if digits != text:
        return sheet.fault("V002", row, key, found=text, expected="≥ 0")
    return int("".join(digits.split()))


def _figures(sheet: Sheet, head: Head, line: Line) -> Iterator[Figure]:
    for key in sheet.topic.figures:
        count = line.counts.get(key)
        if count is None:
            continue  # told as a fault
        name, breakdown, category = figure_key(key)
        yield Figure(
            indicator=name,
            area=line.area,
            period=head.period,
            numerator=float(count) if isinstance(count, int) else None,
            line=line.row + 1,
            column=column_letter(sheet.columns[key]),
            sheet=sheet.name,
            breakdown=breakdown,
            category=category,
            status=CellStatus.VALUE if isinstance(count, int) else count,
            invented=head.invented,
            units_expected=line.number(UNITS_EXPECTED) if is_of_schools(key) else None,
            units_reported=line.number(UNITS_REPORTED) if is_of_schools(key) else None,
        )
