"""Returns for tests as a region might send them: numbers that agree, and differ from area to area."""

import os
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

from etl.return_workbook import FIRST_ROW, ID_ROW, write_return
from etl.tidy.return_layout import UNITS_EXPECTED, UNITS_REPORTED, is_collected, return_areas
from riskmap.domain.registry import figure_key
from riskmap.domain.vocabulary import ALL, Period
from tests.etl.returns import FULL, NOT_THERE, OCTOBER, ULYTAU, Figures

LONG_AGO = 1_000_000_000  # a moment at which nobody is still writing the file


def schools(number: int) -> int:
    return 21 + number


def plausible_figures(region: str, period: Period) -> Figures:
    """Every breakdown adds up to its total, and parts of schools, staff and pupils stay below these."""
    figures: Figures = {}
    for number, area in enumerate(return_areas(region, period.end)):
        draw = Random(f"{area.id} {period.code}")
        for topic in FULL.return_sheets:
            counts = _counts(topic.figures, draw, number)
            for key in topic.figures:
                figures[area.id, key] = counts[key] if is_collected(key, period) else NOT_THERE
    return figures


def _counts(figures: tuple[str, ...], draw: Random, number: int) -> dict[str, int]:
    """A total for each figure of a sheet, shared out among the parts of each of its breakdowns."""
    populations = {
        "schools": schools(number),
        "pupils": draw.randint(9_000, 19_000),
        "educators": draw.randint(700, 1_900),
        "lessons_due": draw.randint(1_100_000, 1_900_000),
    }
    counts: dict[str, int] = {}
    for key in figures:
        name, breakdown, _ = figure_key(key)
        if breakdown == ALL:
            counts[key] = populations.get(name, draw.randint(7, 20))
            continue
        same = [other for other in figures if figure_key(other)[:2] == (name, breakdown)]
        left = counts[name] - sum(counts.get(other, 0) for other in same)
        counts[key] = left if key == same[-1] else draw.randint(0, left)
    return counts


def write_plausible(path: Path, *, region: str = ULYTAU, period: Period = OCTOBER, language: str = "ru") -> Path:
    """A finished invented return, written long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_plausible(region, period, language))
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


@cache
def _plausible(region: str, period: Period, language: str) -> bytes:
    areas = return_areas(region, period.end)
    units = {area.id: (schools(number), schools(number) - number % 2) for number, area in enumerate(areas)}
    said = {"source": FULL, "region": region, "period": period, "language": language, "invented": True}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        write_return(path, figures=plausible_figures(region, period), units=units, **said)  # type: ignore[arg-type]
        return path.read_bytes()


def fill_in(path: Path, *, region: str, period: Period) -> Path:
    """Fill in every open cell of a template as a person would, and leave the rest as it came."""
    figures, book = plausible_figures(region, period), load_workbook(path)
    areas = [area.id for area in return_areas(region, period.end)]
    for sheet in book.worksheets[1:]:
        keys = {str(cell.value): cell.column for cell in sheet[ID_ROW]}
        for number, area in enumerate(areas):
            units = {UNITS_EXPECTED: schools(number), UNITS_REPORTED: schools(number) - number % 2}
            for key, column in list(keys.items())[2:]:
                cell = sheet.cell(FIRST_ROW + number, column)
                assert not cell.protection.locked
                if cell.value is None:
                    cell.value = units.get(key, figures.get((area, key)))
    book.save(path)
    return path
