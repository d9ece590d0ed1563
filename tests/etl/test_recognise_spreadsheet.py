"""Which declaration a file fits: the best one, a general one only where no other fits, none where two fit alike."""

from pathlib import Path

import pytest

from etl.intake import Call, check_files
from etl.recognise import recognise
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Spreadsheet

DECLARATION = """
source = "district_return"
files = ["*.csv"]
whole_file = false
{more}
[words.kk]
name = "Кесте"
[words.ru]
name = "Таблица"
[words.en]
name = "Table"
[area]
stands = ["column"]
[period]
stands = ["heading", "file"]
[figure]
stands = ["heading"]
[[figures]]
figure = "schools"
names = ["{name}"]
"""


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the operator's own declarations."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("RISKMAP_SPREADSHEETS", str(folder))
    return folder


def declare(folder: Path, identifier: str, name: str, more: str = "") -> None:
    (folder / f"{identifier}.toml").write_text(DECLARATION.format(name=name, more=more), encoding="utf-8")


def table(folder: Path, heading: str = "Дневные школы") -> Path:
    path = folder / "Улытау 2025-10.csv"
    path.write_text(f"Район;{heading}\nЖезказган;25\nКаражал;6\n", encoding="utf-8")
    return path


def test_a_new_spreadsheet_is_learned_from_a_declaration_alone(declared: Path, tmp_path: Path) -> None:
    declare(declared, "day_schools", "Дневные школы")
    checked = check_files([table(tmp_path)], Call(past=False))
    assert [(file.figures, file.source.id) for file in checked.files] == [(2, "district_return")]


def test_the_declaration_that_understands_more_is_taken(declared: Path, tmp_path: Path) -> None:
    declare(declared, "day", "Дневные школы")
    declare(declared, "evening", "Вечерние школы")
    found = recognise(table(tmp_path))
    assert isinstance(found, Spreadsheet)
    assert found.id == "day"


def test_two_declarations_that_fit_alike_are_named_and_none_is_chosen(declared: Path, tmp_path: Path) -> None:
    declare(declared, "one", "Дневные школы")
    declare(declared, "two", "Дневные школы")
    found = recognise(table(tmp_path))
    assert isinstance(found, Problem)
    assert (found.code, found.found) == ("F004", "one, two")
    named = recognise(table(tmp_path), "two")
    assert isinstance(named, Spreadsheet)


def test_a_general_declaration_stands_back(declared: Path, tmp_path: Path) -> None:
    declare(declared, "one", "Дневные школы")
    declare(declared, "two", "Дневные школы", more="general = true")
    found = recognise(table(tmp_path))
    assert isinstance(found, Spreadsheet)
    assert found.id == "one"


def test_what_fits_no_declaration_is_told(declared: Path, tmp_path: Path) -> None:
    found = recognise(table(tmp_path, "Ночные школы"))
    assert isinstance(found, Problem)
    assert found.code == "F004"


def test_labels_continued_by_autofill_are_told_where_no_declaration_fits(shared_file: object) -> None:
    path = shared_file("real/region_tables/sexual-harassment-under-16_data_imp.csv")  # type: ignore[operator]
    found = recognise(path)
    assert isinstance(found, Problem)
    assert (found.code, found.column, found.found) == ("L023", "A", "rape120, rape121, rape122, …")


def test_files_that_contradict_each_other_are_both_refused(declared: Path, tmp_path: Path) -> None:
    declare(declared, "day", "Дневные школы")
    (tmp_path / "a").mkdir()
    first, second = table(tmp_path), table(tmp_path / "a")
    second.write_text(second.read_text(encoding="utf-8").replace("25", "26"), encoding="utf-8")
    checked = check_files([first, second], Call(past=False))
    assert [problem.code for problem in checked.problems] == ["K002", "K002"]
    assert checked.files == ()
