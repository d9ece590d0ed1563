"""The sound spreadsheet of one region that a clerk drew up in a form of his own: figures across, areas down, totals."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from geo.areas import areas
from riskmap.domain.registry import indicator
from tests.etl.returns import AREAS, ULYTAU

SHEET: Final = "Лист1"
SPREADSHEET: Final = "Ұлытау.xlsx"
TITLE_ROW, PERIOD_ROW, HEADINGS = 1, 2, 4
AREA_ROWS: Final = tuple(range(HEADINGS + 1, HEADINGS + 1 + len(AREAS)))
TOTALS: Final = AREA_ROWS[-1] + 1
MONTH: Final = "октябрь 2025 года"
# None of them has parts, and no two have equal words in the catalogue.
FIGURES: Final = ("support_centre_clients", "preventive_visits", "case_management_open")


def heading(figure: str) -> str:
    """What a figure is called at the head of a column."""
    return indicator(figure).words["ru"]["name"]


def write_spreadsheet(path: Path) -> Path:
    """Write the spreadsheet: code, name and the figures of each area, and the totals below."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([f"Сведения по районам: {areas()[ULYTAU].name('ru')}"])
    sheet.append([MONTH])
    sheet.append([])
    sheet.append(["Код КАТО", "Район, город", *map(heading, FIGURES)])
    rows = [[number(row, column) for column in range(len(FIGURES))] for row in range(len(AREAS))]
    for area, numbers in zip(AREAS, rows, strict=True):
        sheet.append([area, area_name(area), *numbers])
    sheet.append([None, "Всего", *map(sum, zip(*rows, strict=True))])
    book.save(path)
    return path


def area_name(area: str) -> str:
    """What an area is called in its row."""
    return areas()[area].name("ru", short=area.endswith("-R"))


def number(row: int, column: int) -> int:
    """A number that no two areas share."""
    return 13 + 7 * row + 3 * column + (row * column) % 5


def write_months(path: Path, months: Sequence[str | datetime]) -> Path:
    """Write one figure of each area for several months, which stand across."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([f"Сведения по районам: {areas()[ULYTAU].name('ru')}"])
    sheet.append([heading(FIGURES[0])])
    sheet.append(["Код КАТО", "Район, город", *months])
    rows = [[number(row, column) for column in range(len(months))] for row in range(len(AREAS))]
    for area, numbers in zip(AREAS, rows, strict=True):
        sheet.append([area, area_name(area), *numbers])
    sheet.append([None, "Всего", *map(sum, zip(*rows, strict=True))])
    book.save(path)
    return path


def write_figures_down(path: Path) -> Path:
    """Write the figures down and the areas across."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([f"Сведения по районам: {areas()[ULYTAU].name('ru')}, {MONTH}"])
    sheet.append(["Показатель", *map(area_name, AREAS), "Всего"])
    for column, figure in enumerate(FIGURES):
        numbers = [number(row, column) for row in range(len(AREAS))]
        sheet.append([heading(figure), *numbers, sum(numbers)])
    book.save(path)
    return path


def write_shares(path: Path, *, first: str) -> Path:
    """Write two figures with the share that one is of the other, the first share as told."""
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append([f"Обучение педагогов, {areas()[ULYTAU].name('ru')}, {MONTH}"])
    sheet.append(["Код КАТО", "Район, город", "Педагоги", "Обучено", "Доля обученных, %"])
    numbers = [(413 + 57 * row, 200 + 19 * row) for row in range(len(AREAS))]
    numbers.append(tuple(map(sum, zip(*numbers, strict=True))))  # type: ignore[arg-type]
    for area, (whole, part) in zip([*AREAS, ""], numbers, strict=True):
        share = first if area == AREAS[0] else f"{100 * part / whole:.1f}".replace(".", ",")
        sheet.append([area, area_name(area) if area else "Всего", whole, part, share])
    book.save(path)
    return path


SHARES: Final = """
source = "district_return"
files = ["*.xlsx"]
sheets = ["Лист*"]
totals = ["Итого по области"]
words.kk.name = "Педагогтерді оқыту"
words.ru.name = "Обучение педагогов"
words.en.name = "Training of educators"
area.stands = ["column"]
period.stands = ["above"]
figure.stands = ["heading"]

[[figures]]
figure = "educators"
names = ["Педагоги"]

[[figures]]
figure = "staff_trained"
names = ["Обучено"]

[[shares]]
names = ["Доля обученных, %"]
part = "staff_trained"
whole = "educators"
"""
