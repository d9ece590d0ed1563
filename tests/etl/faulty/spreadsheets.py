"""Bad files of the rules that only spreadsheets in a form of their own break: what programs and people do to them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from geo.areas import areas
from riskmap.words import t
from tests.etl.faulty.bench import Bench, Case, case, faulty
from tests.etl.faulty.sheets import (
    AREA_ROWS,
    FIGURES,
    HEADINGS,
    PERIOD_ROW,
    SHARES,
    SHEET,
    SPREADSHEET,
    TOTALS,
    heading,
    write_figures_down,
    write_months,
    write_shares,
)
from tests.etl.returns import AREAS, Change, changed

FIRST, SECOND = AREA_ROWS[:2]
LAST_DISTRICT: Final = AREA_ROWS[-2]
FORMER: Final = "351800000"  # of the city of Zhezkazgan, until its region was founded
RETIRED: Final = "УСТАРЕВШЕЕ - "


def on_sheet(change: Callable[[Worksheet], object]) -> Change:
    """A change of the one sheet."""

    def put(book: Workbook) -> None:
        change(book[SHEET])

    return put


def write(**cells: object) -> Change:
    """Write values into cells by their names, such as C5."""

    def put(book: Workbook) -> None:
        for place, value in cells.items():
            book[SHEET][place] = value

    return put


def declared(bench: Bench, *, first: str) -> Path:
    """A table of shares in a form that the operator has declared."""
    (bench.folder / "training.toml").write_text(SHARES, encoding="utf-8")
    bench.patch.setenv("RISKMAP_SPREADSHEETS", str(bench.folder))
    return write_shares(bench.folder / "Обучение.xlsx", first=first)


# --- L: the table and its headings


@faulty("L020", "one of two tables was pasted as a picture")
def picture_of_a_table(bench: Bench) -> Case:
    def add(book: Workbook) -> None:
        book.create_sheet("Лист2").append(["Таблица на рисунке"])

    path = changed(declared(bench, first="48,4"), add)
    return case(path, source="training")


@faulty("L021", "a heading was shortened until two figures could be meant")
def shortened_heading(bench: Bench) -> Case:
    shortened = t("category.outcome.inter_agency", "ru")
    return case(bench.sheet(write(**{f"C{HEADINGS}": shortened})), at=(HEADINGS, "C"))


@faulty("L022", "a column was copied for a print and left in the table")
def copied_column(bench: Bench) -> Case:
    def copy(sheet: Worksheet) -> None:
        for row in range(HEADINGS, TOTALS + 1):
            sheet.cell(row, 6, sheet.cell(row, 5).value)

    return case(bench.sheet(on_sheet(copy)), at=(FIRST, "F"))


@faulty("L023", "the articles in the labels of a real table of convictions were continued by autofill")
def autofilled_articles(bench: Bench) -> Case:
    rows = [
        "type,total,year",
        "rape120,35,2016",
        "child,38,2016",
        "rape121,42,2017",
        "child,52,2017",
        "rape122,30,2018",
    ]
    return case(bench.text("\n".join(rows), name="convictions.csv"), at=(2, "A"))


@faulty("L024", "two cities that share an office share a cell")
def shared_cell(bench: Bench) -> Case:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells(f"C{FIRST}:C{SECOND}")

    return case(bench.sheet(on_sheet(merge)), at=(FIRST, "C"))


@faulty("L025", "the row of a district was hidden for a print")
def hidden_row(bench: Bench) -> Case:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[SECOND].hidden = True

    return case(bench.sheet(on_sheet(hide)), at=(SECOND, ""))


@faulty("L026", "a figure of the office's own was added as a row")
def figure_of_its_own(bench: Bench) -> Case:
    numbers = [11, 12, 13, 14, 15, 16]
    path = write_figures_down(bench.folder / SPREADSHEET)
    add = on_sheet(lambda sheet: sheet.append(["Розданные брошюры", *numbers, sum(numbers)]))
    return case(changed(path, add), at=(3 + len(FIGURES), "A"))


@faulty("L027", "the numbers were given in thousands to make the table narrow")
def thousands_in_the_heading(bench: Bench) -> Case:
    change = write(**{f"C{HEADINGS}": f"{heading(FIGURES[0])}, тыс. человек"})
    return case(bench.sheet(change), at=(HEADINGS, "C"))


@faulty("L028", "the row of totals that the form has was cut off")
def without_totals(bench: Bench) -> Case:
    cut = on_sheet(lambda sheet: sheet.delete_rows(sheet.max_row))
    return case(changed(declared(bench, first="48,4"), cut), source="training")


# --- A: areas


@faulty("A010", "a retired district stands in the list of codes it was copied from")
def retired_district(bench: Bench) -> Case:
    def add(sheet: Worksheet) -> None:
        sheet.insert_rows(TOTALS)
        for column, value in enumerate((None, f"{RETIRED}Жанааркинский район", 1, 0, 2), start=1):
            sheet.cell(TOTALS, column, value)

    return case(bench.sheet(on_sheet(add)), at=(TOTALS, "B"))


@faulty("A011", "names were typed with Latin letters that look the same")
def latin_letters(bench: Bench) -> Case:
    name = areas()[AREAS[0]].name("ru").replace("а", "a").replace("о", "o").replace("е", "e")
    return case(bench.sheet(write(**{f"B{FIRST}": name})), at=(FIRST, "B"))


@faulty("A012", "a text without Kazakh letters was saved in code page 1251")
def lost_letters(bench: Bench) -> Case:
    name = areas()[AREAS[-2]].name("kk").encode("cp1251", "replace").decode("cp1251")
    change = write(**{f"A{LAST_DISTRICT}": None, f"B{LAST_DISTRICT}": name})
    return case(bench.sheet(change), at=(LAST_DISTRICT, "B"))


@faulty("A013", "the list of codes is older than the region")
def former_code(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"A{FIRST}": FORMER})), at=(FIRST, "A"))


@faulty("A014", "a code was turned into a number with an exponent")
def code_with_an_exponent(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"A{FIRST}": "6,21E+08"})), at=(FIRST, "A"))


# --- P: periods


@faulty("P006", "the file of last year was copied for the new one")
def file_of_last_year(bench: Bench) -> Case:
    return case(bench.sheet(name="Улытау октябрь 2024.xlsx"))


@faulty("P007", "a month was typed with a dot, and the spreadsheet made a day of it")
def month_as_day(bench: Bench) -> Case:
    months: list[str | datetime] = ["январь 2025", datetime(2025, 2, 20), "март 2025"]
    return case(write_months(bench.folder / SPREADSHEET, months), at=(3, "D"))


@faulty("P008", "a month was left out of a row of months")
def month_left_out(bench: Bench) -> Case:
    return case(write_months(bench.folder / SPREADSHEET, ["январь 2025", "март 2025"]), at=(3, "D"))


@faulty("P010", "sums since January were sent where single months are asked for")
def sums_since_january(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"A{PERIOD_ROW}": "январь–октябрь 2025 года, с начала года"})), at=(None, "C"))


# --- V: cells


@faulty("V015", "a program wrote formulas and never calculated them")
def formula_without_value(bench: Bench) -> Case:
    formula = f"=SUM(C{FIRST}:C{FIRST})"
    return case(bench.sheet(write(**{f"D{FIRST}": formula})), at=(FIRST, "D"))


@faulty("V016", "a sheet to which formulas led was deleted")
def formula_with_an_error(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"D{FIRST}": "#REF!"})), at=(FIRST, "D"))


@faulty("V017", "3.11 was typed, and the spreadsheet made a day of it")
def number_as_day(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"D{FIRST}": datetime(2025, 11, 3)})), at=(FIRST, "D"))


@faulty("V018", "a zero was typed as a letter")
def letter_for_zero(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"D{FIRST}": "1О"})), at=(FIRST, "D"))


@faulty("V019", "a share was worked out before the last correction of its numbers")
def old_share(bench: Bench) -> Case:
    return case(declared(bench, first="84,0"), source="training", at=(3, "E"))


@faulty("V020", "a mark of the office's own stands where a number should")
def own_mark(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"D{FIRST}": "см. письмо"})), at=(FIRST, "D"))


@faulty("V021", "the statistics office withholds small numbers")
def withheld_number(bench: Bench) -> Case:
    return case(bench.sheet(write(**{f"D{FIRST}": "х"})), at=(FIRST, "D"))
