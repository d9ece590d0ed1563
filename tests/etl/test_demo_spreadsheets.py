"""Regional workbooks of the sample country, read by declarations: clean ones exactly, spoilt ones for their faults."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from etl.demo.land import Land
from etl.demo.plan import WorkbookFile
from etl.demo.returns import extent
from etl.demo.workbooks import _content, write_workbooks
from etl.intake import Call, check_files
from etl.staging import Checked
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import figure_key, indicator
from riskmap.domain.vocabulary import CellStatus, Kind, Period
from tests.etl.demo_country import PLAN, country, reporting
from tests.etl.shapes.staged import Key, Number, differences, read

OF_SPREADSHEETS: Final = [file for file in PLAN.workbooks if file.layout != "form"]
# Written in code page 1251, names with Kazakh letters are spoilt though nobody has planted it.
LOSSY: Final = [file for file in OF_SPREADSHEETS if "lost_letter" in file.faults]
CLEAN: Final = [file for file in OF_SPREADSHEETS if file not in LOSSY]
SMALLEST_SHOWN: Final = 5
# What a planted fault is told as; where there are several, one of them.
CODES: Final[dict[str, tuple[str, ...]]] = {
    "total_differs": ("V005", "V022"),
    "empty_for_zero": ("V003",),
    "text_number": (),
    "lookalike_letters": ("A011",),
    "duplicated_district": ("L012", "L014", "L022"),
    "foreign_district": ("L017",),
    "retired_district": ("A010",),
    "missing_district": ("L011",),
    "wrong_year": ("P006",),
    "month_as_date": ("P007",),
    "lost_letter": ("A012",),
    "falling_sum": ("V024",),
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every workbook without the faults that are planted in it."""
    folder = tmp_path_factory.mktemp("clean")
    files = tuple(replace(file, faults=()) for file in PLAN.workbooks)
    faultless = replace(country(), land=Land(replace(PLAN, workbooks=files)))
    write_workbooks(faultless, reporting(), extent(faultless, small=False), folder)
    return folder


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spoilt")
    write_workbooks(country(), reporting(), extent(country(), small=False), folder)
    return folder


def planted(folder: Path) -> dict[str, list[dict[str, Any]]]:
    listed = json.loads((folder / "workbooks.json").read_text(encoding="utf-8"))["workbooks"]
    return {item["file"]: item["faults"] for item in listed}


def truth(file: WorkbookFile) -> dict[Key, Number]:
    """What a workbook of this layout tells: some figures of some months, small ones withheld where it says so."""
    content = _content(country(), reporting(), file)
    told: dict[Key, Number] = {}
    for figure, month in _shown(file, content.figures, content.months):
        for area in content.rows:
            numbers = [content.number(area.id, figure, number) for number in _counted(file, content.months, month)]
            known = [number for number in numbers if number is not None]
            number: Number = CellStatus.NOT_REPORTED if len(known) < len(numbers) else sum(known)
            if file.layout == "statistics_tables" and isinstance(number, int) and 0 < number < SMALLEST_SHOWN:
                number = CellStatus.SUPPRESSED
            told[figure, area.id, month.code] = number
    return told


def _shown(file: WorkbookFile, figures: tuple[str, ...], months: tuple[Period, ...]) -> Iterator[tuple[str, Period]]:
    for month in months if file.layout in ("months_across", "sheet_per_district", "since_january") else months[-1:]:
        for figure in figures:
            is_event = figure_key(figure)[0] == PLAN.workbook.events
            if file.layout == "statistics_tables" and not is_event:
                continue
            if file.layout == "semicolon_text" and figure == PLAN.workbook.share:
                continue
            is_part = figure not in PLAN.workbook.figures
            if file.layout == "since_january" and (is_part or indicator(figure).kind is not Kind.FLOW):
                continue
            yield figure, month


def _counted(file: WorkbookFile, months: tuple[Period, ...], month: Period) -> list[int]:
    """The months that are added up in the number of a month."""
    return [months.index(month)]


def load(path: Path) -> Checked:
    return check_files([path], Call())


@pytest.mark.parametrize("file", CLEAN, ids=lambda file: file.file)
def test_a_clean_workbook_is_read_exactly(clean: Path, file: WorkbookFile) -> None:
    checked = load(clean / file.file)
    wrong_year = "wrong_year" in file.faults  # its file name says another year
    told = [problem for problem in checked.problems if problem.severity is not Severity.NOTE]
    assert [problem.code for problem in told] == (["P006"] if wrong_year else [])
    assert not differences(truth(file), read(checked.staging.connection))
    invented = checked.staging.connection.execute("SELECT DISTINCT invented FROM staged").fetchall()
    assert invented == [(True,)]  # as every workbook says in its first lines


@pytest.mark.parametrize("file", LOSSY, ids=lambda file: file.file)
def test_a_workbook_whose_encoding_lost_a_letter_is_refused_for_that_alone(clean: Path, file: WorkbookFile) -> None:
    problems = load(clean / file.file).problems
    assert {problem.code for problem in problems} == {"A012"}
    assert all("?" in problem.found and problem.candidates for problem in problems)


@pytest.mark.parametrize("file", OF_SPREADSHEETS, ids=lambda file: file.file)
def test_a_spoilt_workbook_is_told_its_faults_and_nothing_else(spoilt: Path, file: WorkbookFile) -> None:
    faults = planted(spoilt)[file.file]
    problems = list(load(spoilt / file.file).problems)
    for fault in faults:
        # Where parts are withheld nobody can tell that their total is another one.
        is_hidden = fault["kind"] == "total_differs" and file.layout == "statistics_tables"
        if (codes := CODES[fault["kind"]]) and not is_hidden:
            assert any(_tells(problem, fault, codes) for problem in problems), (fault, problems)
    explained = {code for fault in faults for code in CODES[fault["kind"]]} | _consequences(faults)
    assert not [problem for problem in problems if problem.code not in explained and problem.code != "V021"]


def _tells(problem: Problem, fault: dict[str, Any], codes: tuple[str, ...]) -> bool:
    if problem.code not in codes:
        return False
    return not fault["sheet"] or problem.sheet in ("", fault["sheet"])


def _consequences(faults: list[dict[str, Any]]) -> set[str]:
    """What else is true of a spoilt workbook: with other rows its totals differ, and without a month its name."""
    kinds = {fault["kind"] for fault in faults}
    rows = kinds & {"duplicated_district", "foreign_district", "retired_district", "missing_district"}
    found = {"V022"} if rows or "total_differs" in kinds else set()
    return found | ({"P006"} if "month_as_date" in kinds else set())
