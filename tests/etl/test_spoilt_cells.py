"""Numbers of forms that cannot be trusted as they stand: formulas without a value, errors, what is hidden."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from etl.annotate.copy import annotate
from riskmap.domain.errors import Problem
from tests.etl.conftest import Form, Run
from tests.etl.plausible_returns import write_plausible
from tests.etl.returns import AREAS, TOTAL_ROW, Change, changed, sheet_name

SCHOOLS = sheet_name("schools")


def hide_row(book: Workbook) -> None:
    book[SCHOOLS].row_dimensions[8].hidden = True


def hide_column(book: Workbook) -> None:
    book[SCHOOLS].column_dimensions["F"].hidden = True


def hide_sheet(book: Workbook) -> None:
    book[SCHOOLS].sheet_state = "hidden"


def hide_headings(book: Workbook) -> None:
    book[SCHOOLS].row_dimensions[6].hidden = True


def forget_value(book: Workbook) -> None:
    book[SCHOOLS]["F8"] = "=1+1"


def forget_totals(book: Workbook) -> None:
    for cell in book[SCHOOLS][TOTAL_ROW][2:]:
        cell.value = "=1+1"


def fail(book: Workbook) -> None:
    book[SCHOOLS]["F8"] = "#DIV/0!"


def problems(run: Run, path: Path) -> list[tuple[str, str, int | None, str, str]]:
    found = run("check", path, "--json", "--without-record").document["problems"]
    return [(p["code"], p["sheet"], p["row"], p["column"], p["found"]) for p in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (hide_row, [("L025", SCHOOLS, 8, "", "")]),
        (hide_column, [("L025", SCHOOLS, None, "F", "")]),
        (hide_sheet, [("L025", SCHOOLS, None, "", "")]),
        (hide_headings, []),
        (forget_value, [("V015", SCHOOLS, 8, "F", "")]),
        (forget_totals, []),
        (fail, [("V016", SCHOOLS, 8, "F", "#DIV/0!")]),
    ],
)
def test_a_return_is_told_by_the_place_of_what_cannot_be_trusted(
    data_folder: Path, run: Run, change: Change, expected: list[tuple[str, str, int | None, str, str]]
) -> None:
    path = changed(write_plausible(data_folder.parent / "return.xlsx"), change)
    assert problems(run, path) == expected


def test_a_total_that_was_computed_is_still_checked(data_folder: Path, run: Run) -> None:
    def change(book: Workbook) -> None:
        forget_totals(book)
        book[SCHOOLS].cell(TOTAL_ROW, 6).value = 7

    path = changed(write_plausible(data_folder.parent / "return.xlsx"), change)
    assert [problem[:4] for problem in problems(run, path)] == [("V005", SCHOOLS, TOTAL_ROW, "F")]
    assert len(AREAS) > 1


def test_the_list_of_faults_that_comes_back_with_a_corrected_copy_is_no_sheet_of_the_return(
    data_folder: Path, run: Run
) -> None:
    path = changed(write_plausible(data_folder.parent / "return.xlsx"), fail)
    problem = Problem("V016", "return.xlsx", SCHOOLS, 8, "F", found="#DIV/0!")
    copy = annotate(path, [problem], folder=data_folder.parent, language="ru")
    assert copy
    assert problems(run, copy) == [("V016", SCHOOLS, 8, "F", "#DIV/0!")]


def test_a_form_of_the_police_is_told_only_of_the_cells_that_are_read(data_folder: Path, run: Run, form: Form) -> None:
    path = form("Abay Region.xlsx", 5)
    book = load_workbook(path)
    sheet = book["R1"]
    numbers = {"1", "2", "3", "4", "5"}
    number_row = next(row for row in range(1, 13) if numbers <= {str(cell.value) for cell in sheet[row]})
    letter = next(cell.column_letter for cell in sheet[number_row] if str(cell.value) == "5")
    sheet.column_dimensions[letter].hidden = True
    book.save(path)
    found = run("check", path, "--period", "2022", "--json", "--without-record").document["problems"]
    assert [(p["code"], p["sheet"], p["column"]) for p in found if p["code"] != "P009"] == [("L025", "R1", letter)]
