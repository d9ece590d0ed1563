"""The regional workbooks of the sample country: they say that they are invented, and hold every fault that is told."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple

from etl.demo.faults import FAULTS
from etl.demo.layouts import LAYOUTS
from etl.demo.returns import extent
from etl.demo.workbooks import write_workbooks
from etl.intake import Call, check_files
from geo.areas import areas, regions
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.words import t
from tests.etl.demo_country import PLAN, country, reporting

# The country is made once, by one process of the run.
Sheets = dict[str, list[list[Any]]]
ENCODINGS = {"semicolon_text": ("cp1251", ";"), "tab_text": ("utf-16", "\t")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbooks")
    write_workbooks(country(), reporting(), extent(country(), small=False), path)
    return path


@pytest.fixture(scope="module")
def listed(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads((folder / "workbooks.json").read_text(encoding="utf-8"))["workbooks"])


@pytest.fixture(scope="module")
def contents(folder: Path, listed: list[dict[str, Any]]) -> dict[str, Sheets]:
    """Every workbook as it is on disk: cells by sheet."""
    return {item["file"]: read(folder / item["file"], item["layout"]) for item in listed}


def read(path: Path, layout: str) -> Sheets:
    if layout in ENCODINGS:
        encoding, separator = ENCODINGS[layout]
        lines = path.read_bytes().decode(encoding).splitlines()
        return {"": [line.split(separator) for line in lines]}
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def at(sheets: Sheets, sheet: str, cell: str) -> Any:
    row, column = coordinate_to_tuple(cell)
    return sheets[sheet][row - 1][column - 1]


def text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def test_every_region_has_a_workbook_and_eight_layouts_are_used(listed: list[dict[str, Any]], folder: Path) -> None:
    assert sorted(item["region"] for item in listed) == [region.id for region in regions()]
    assert {item["layout"] for item in listed} == {"form", *LAYOUTS}
    assert len(LAYOUTS) == 7
    assert all((folder / item["file"]).stat().st_size > 1000 for item in listed)


def test_every_workbook_says_in_every_language_that_it_is_invented(contents: dict[str, Sheets]) -> None:
    for file, sheets in contents.items():
        cells = {text(cell) for rows in sheets.values() for row in rows for cell in row}
        lines = {t("demo.invented", language) for language in LANGUAGES}
        if file.endswith(".csv"):  # code page 1251 has no Kazakh letters
            lines = {line.translate(str.maketrans("Ғұқің", "Гукин")) for line in lines}
        assert lines <= cells, file
        assert any(word in file for word in ("(вымышлено)", "(ойдан шығарылған)", "(invented)"))


def test_every_planted_fault_stands_in_its_file(contents: dict[str, Sheets], listed: list[dict[str, Any]]) -> None:
    planned = Counter((item.file, kind) for item in PLAN.workbooks for kind in item.faults)
    assert Counter((item["file"], fault["kind"]) for item in listed for fault in item["faults"]) >= planned
    assert {kind for _, kind in planned} == set(FAULTS)
    for item in listed:
        for fault in item["faults"]:
            if fault["cell"]:
                assert text(at(contents[item["file"]], fault["sheet"], fault["cell"])) == fault["found"]
                assert fault["found"] != fault["true"]
            else:
                assert fault["kind"] in ("wrong_year", "missing_district")


def faults(listed: list[dict[str, Any]], kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = [(item, fault) for item in listed for fault in item["faults"] if fault["kind"] == kind]
    assert found
    return found


def test_faults_are_what_they_are_called(contents: dict[str, Sheets], listed: list[dict[str, Any]]) -> None:
    for item, fault in faults(listed, "wrong_year"):
        assert fault["found"] in item["file"]
        assert "2026" not in item["file"]
    for _, fault in faults(listed, "lookalike_letters"):
        assert any("a" <= letter.lower() <= "z" for letter in fault["found"])
        assert not any("a" <= letter.lower() <= "z" for letter in fault["true"])
    for item, fault in faults(listed, "foreign_district"):
        assert areas()[fault["area"]].parent != item["region"]
    for item, fault in faults(listed, "retired_district"):
        assert areas()[fault["area"]].parent != item["region"]
        assert fault["found"].startswith("УСТАРЕВШЕЕ")
    for item, fault in faults(listed, "missing_district"):
        cells = {text(cell) for rows in contents[item["file"]].values() for row in rows for cell in row}
        assert not cells & {fault["true"], *areas()[fault["area"]].names}
    for _, fault in faults(listed, "text_number"):
        assert fault["found"].replace(" ", "") == fault["true"]
        assert fault["found"].endswith(" ")
    for _, fault in faults(listed, "empty_for_zero"):
        assert (fault["found"], fault["true"]) == ("", "0")
    for _, fault in faults(listed, "lost_letter"):
        assert "?" in fault["found"]
    for _, fault in faults(listed, "month_as_date"):
        assert ("2026-05-05" in fault["found"]) or fault["found"] == "05.май"


def test_a_planted_total_differs_from_the_sum_of_its_parts(
    contents: dict[str, Sheets], listed: list[dict[str, Any]]
) -> None:
    for item, fault in faults(listed, "total_differs"):
        sheets, found, true = contents[item["file"]], int(fault["found"]), int(fault["true"])
        assert found == true + 3
        if item["layout"] in ("months_across", "names_only"):
            row, column = coordinate_to_tuple(fault["cell"])
            parts = sheets[fault["sheet"]][row - 1][column : column + 6]
            assert sum(parts) == true


def test_running_totals_rise_but_where_a_fault_is_planted(
    contents: dict[str, Sheets], listed: list[dict[str, Any]]
) -> None:
    for item in listed:
        if item["layout"] == "since_january":
            planted = {(f["sheet"], f["cell"]) for f in item["faults"] if f["kind"] == "falling_sum"}
            fallen = set()
            for name, rows in contents[item["file"]].items():
                for number, row in enumerate(rows, start=1):
                    numbers = [cell for cell in row[1:] if isinstance(cell, int)]
                    if numbers != sorted(numbers):
                        fallen.add((name, f"F{number}"))
            assert fallen == planted != set()


def test_a_district_written_twice_is_there_twice(contents: dict[str, Sheets], listed: list[dict[str, Any]]) -> None:
    for item, fault in faults(listed, "duplicated_district"):
        sheets = contents[item["file"]]
        cells = [text(cell) for name in sheets for row in sheets[name] for cell in row]
        inside = [text(cell) for row in sheets[fault["sheet"]] for cell in row]
        count = cells.count(fault["found"]) if item["layout"] == "sheet_per_district" else inside.count(fault["found"])
        assert count >= 2


def test_the_clean_form_is_accepted_and_the_others_are_refused_for_their_faults(
    folder: Path, listed: list[dict[str, Any]]
) -> None:
    forms = [item for item in listed if item["layout"] == "form"]
    assert len(forms) == 3
    for item in forms:
        checked = check_files([folder / item["file"]], Call(source="district_return"))
        assert checked.stopped == bool(item["faults"]), checked.problems
        told = {(problem.sheet, problem.row) for problem in checked.problems}
        for fault in item["faults"]:
            row, _ = coordinate_to_tuple(fault["cell"])
            # A number written as text is understood; it is there to be.
            assert (fault["sheet"], row) in told or fault["kind"] == "text_number"


def test_the_readme_lists_every_file_with_its_faults_in_every_language(
    folder: Path, listed: list[dict[str, Any]]
) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for language in LANGUAGES:
        for item in listed:
            assert readme.count(f"## {item['file']}\n") == len(LANGUAGES)
            assert t(f"demo.layout.{item['layout']}", language) in readme
            for fault in item["faults"]:
                assert t(f"demo.fault.{fault['kind']}", language) in readme
