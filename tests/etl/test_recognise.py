"""Which source a file belongs to: its ending, and where several share it what is inside."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from etl.recognise import recognise
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, source
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.conftest import Form
from tests.etl.long_returns import return_row, write_table
from tests.etl.published import published_row, write_published
from tests.etl.returns import write_good
from tests.etl.test_return_table import ROW, write_parquet


def known(path: Path, named: str | None = None) -> str:
    found = recognise(path, named)
    assert isinstance(found, Source), found
    return found.id


def unknown(path: Path, named: str | None = None) -> Problem:
    found = recognise(path, named)
    assert isinstance(found, Problem), found
    return found


@pytest.fixture
def published(tmp_path: Path) -> Path:
    row = published_row("offences_against_minors", "110000000", "2022", 1)
    return write_published(tmp_path / "published.csv", [row])


def test_tables_are_known_by_their_columns(tmp_path: Path, published: Path) -> None:
    assert known(published) == "published"
    assert known(write_table(tmp_path / "return.csv", [return_row()])) == "district_return"
    assert known(write_table(tmp_path / "RETURN.CSV", [])) == "district_return"


def test_a_column_beyond_those_declared_does_not_make_a_table_unknown(tmp_path: Path) -> None:
    columns = (*source("district_return").columns, "remark")
    path = write_table(tmp_path / "r.csv", [{**return_row(), "remark": ""}], columns=columns)
    assert known(path) == "district_return"


def test_a_table_with_a_column_missing_is_known_and_told_which_it_lacks(tmp_path: Path) -> None:
    assert (
        known(write_table(tmp_path / "r.csv", [], columns=source("district_return").columns[1:])) == "district_return"
    )


def test_a_table_of_few_known_columns_tells_what_it_has_and_what_was_looked_for(tmp_path: Path) -> None:
    problem = unknown(write_table(tmp_path / "r.csv", [], columns=source("district_return").columns[3:]))
    assert (problem.code, problem.found) == ("F004", "breakdown, category, value, status")
    expected = (f"{name}: {', '.join(source(name).columns)}" for name in ("district_return", "published"))
    assert problem.expected == "; ".join(expected)


def test_a_table_that_fits_two_sources_is_not_guessed(tmp_path: Path) -> None:
    columns = tuple(dict.fromkeys((*source("published").columns, *source("district_return").columns)))
    assert unknown(write_table(tmp_path / "r.csv", [], columns=columns)).code == "F004"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "F002"), ("область,период\n".encode("cp1251"), "F003"), (b'"area', "F003")]
)
def test_a_table_that_cannot_be_read_is_told_as_that(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    assert unknown(path).code == code


def test_a_table_over_the_limit_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_MAX_FILE_MB", "0.0001")
    assert unknown(write_table(tmp_path / "r.csv", [return_row()] * 5)).code == "F005"


def test_workbooks_are_known_by_their_sheets(tmp_path: Path, form: Form) -> None:
    assert known(form("Abay Region.XLSX")) == "form_1m"
    assert known(form("Abay Region.xlsm")) == "form_1m"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_return_is_known_by_its_sheets_in_any_language(tmp_path: Path, language: str) -> None:
    assert known(write_good(tmp_path / "r.xlsx", language=language)) == "district_return"


def test_a_workbook_that_lacks_a_sheet_is_still_known_so_that_the_sheet_can_be_told(form: Form) -> None:
    path = form("Abay Region.xlsx")
    book = load_workbook(path)
    del book["R6"]
    book.create_sheet("Мои заметки")
    book.save(path)
    assert known(path) == "form_1m"


def test_a_workbook_of_other_sheets_tells_their_names_and_what_was_looked_for(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = 'Лист "1" & другие'
    book.save(tmp_path / "w.xlsx")
    problem = unknown(tmp_path / "w.xlsx")
    assert (problem.code, problem.found) == ("F004", 'Лист "1" & другие')
    forms = ", ".join(sheet.name for sheet in source("form_1m").sheets)
    assert f"form_1m: {forms}" in problem.expected
    assert " / ".join(source("district_return").return_sheets[0].names.values()) in problem.expected


def test_a_list_of_persons_of_no_source_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("Фамилия,Класс\n", encoding="utf-8")
    book = Workbook()
    book.active.append(["Класс", "061211600012"])
    book.save(tmp_path / "list.xlsx")
    found = [unknown(tmp_path / name) for name in ("list.csv", "list.xlsx")]
    assert [(p.code, p.row, p.column, p.found) for p in found] == [("S001", 1, "A", ""), ("S002", 1, "B", "")]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: b"", "F002"),
        (lambda content: content[:5000], "F003"),
        (lambda content: b"%PDF-1.7", "F003"),
        (lambda content: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "F006"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_told_as_that(form: Form, spoil: Callable[[bytes], bytes], code: str) -> None:
    path = form("Abay Region.xlsx")
    path.write_bytes(spoil(path.read_bytes()))
    assert unknown(path).code == code


def test_where_one_source_alone_takes_an_ending_nothing_is_looked_into(tmp_path: Path) -> None:
    assert known(write_parquet(tmp_path / "r.parquet", f"SELECT {ROW}")) == "district_return"
    assert known(tmp_path / "not there.parquet") == "district_return"


def test_the_source_that_is_named_is_taken_whatever_is_inside(published: Path, form: Form) -> None:
    assert known(published, "district_return") == "district_return"
    assert known(form("Abay Region.xlsx"), "district_return") == "district_return"
    assert unknown(published, "form_1m").code == "F004"


def test_an_ending_of_no_source_tells_the_endings_there_are(tmp_path: Path, published: Path) -> None:
    problem = unknown(Path(shutil.copy(published, tmp_path / "published.txt")))
    assert (problem.code, problem.found) == ("F004", ".txt")
    assert "published (.csv)" in problem.expected
