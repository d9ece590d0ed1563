"""The look for data on single persons: found wherever it stands, never repeated, and no false alarm."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from etl.frames import RawSheet, RawTable
from etl.personal import is_identification_number, is_personal, masked, personal_data
from etl.readers.delimited import read_delimited
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem
from tests.etl.conftest import Form, Run
from tests.etl.published import published_row, write_published

# The worked example of a public validator; it needs the second set of weights. The other one needs the first set:
# 8 + 5*2 + 0 + 4 + 0 + 6 + 3*7 + 0 + 0 + 10 + 2*11 = 81, and 81 mod 11 = 4.
NUMBER, OTHER_NUMBER = "061211600012", "850101300124"


def _table(*cells: str, file: str = "table.csv", sheet: str = "") -> RawTable:
    return RawTable(file, "", {sheet: RawSheet(sheet, (("a", "b"), cells))}, names=(sheet,))


@pytest.mark.parametrize("digits", [NUMBER, OTHER_NUMBER])
def test_a_published_example_is_an_identification_number(digits: str) -> None:
    assert is_identification_number(digits)


@pytest.mark.parametrize("number", [NUMBER, OTHER_NUMBER])
def test_any_other_check_digit_is_none(number: str) -> None:
    others = {number[:11] + digit for digit in "0123456789"} - {number}
    assert not any(map(is_identification_number, others))


@pytest.mark.parametrize("digits", ["060011600017", "061311600013", "061200600019", "061232600014", "061211700016"])
def test_an_impossible_month_day_or_century_is_none_even_with_the_right_check_digit(digits: str) -> None:
    assert not is_identification_number(digits)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f" {NUMBER} ",
        f"ученик {NUMBER}, 7 класс",
        "061211 600012",
        "061211-600012",
        "0612 1160 0012",
        "61211600012",  # the spreadsheet has dropped the first zero
        *("ИИН", "ЖСН ребёнка", "iin", "child_iin", "Индивидуальный идентификационный номер"),
        *("Ф.И.О.", "Ф. И. О. ученика", "ФИО", "фамилия, имя", "Отчество (при наличии)", "имя"),
        *("Т.А.Ә.", "Аты-жөні", "Тегі", "Әкесінің аты", "туған күні", "Дата рождения", "дата рожд.", "date of birth"),
    ],
)
def test_a_cell_that_holds_or_asks_for_a_person_is_seen(text: str) -> None:
    assert is_personal(text)
    assert [(p.code, p.row, p.column) for p in personal_data(_table("5", text))] == [("S001", 2, "B")]


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "38", "100000000", "061211600013", "253700000000", "87011234567", "2022-06-08", "0.061211600012345"),
        *("Наименование", "область Абай", "аты", "Атауы", "имён нет", "по фамилиям", "рождаемость", "год рождения"),
    ],
)
def test_ordinary_texts_of_a_table_raise_no_alarm(text: str) -> None:
    assert not is_personal(text)


def test_the_name_of_a_file_and_of_a_sheet_are_looked_at_and_their_number_hidden() -> None:
    raw = _table("1", "2", file=f"{NUMBER}.csv", sheet=f"Лист {NUMBER}")
    hidden = "************"
    assert personal_data(raw) == [Problem("S001", f"{hidden}.csv"), Problem("S001", f"{hidden}.csv", f"Лист {hidden}")]


def test_each_sheet_is_told_once_at_its_first_cell() -> None:
    sheet = RawSheet("A", (("", "ИИН"), (NUMBER, OTHER_NUMBER)))
    raw = RawTable("a.xlsx", "", {"A": sheet, "B": RawSheet("B", (("1",), (NUMBER,)))}, names=("A", "B"))
    assert personal_data(raw) == [Problem("S001", "a.xlsx", "A", 1, "B"), Problem("S001", "a.xlsx", "B", 2, "A")]


def test_every_number_of_a_person_in_a_text_is_hidden() -> None:
    assert masked(f"a {NUMBER} b {OTHER_NUMBER}") == "a ************ b ************"


def _spoil_form(path: Path) -> None:
    """A sheet that no declaration names."""
    book = load_workbook(path)
    book.create_sheet("Список")["C7"] = NUMBER
    book.save(path)


@pytest.mark.parametrize("command", ["check", "load"])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_form_with_a_list_of_persons_on_a_further_sheet_leaves_no_trace_of_them(
    data_folder: Path, form: Form, run: Run, command: str, as_json: bool
) -> None:
    path = form("Abay Region.xlsx")
    _spoil_form(path)
    outcome = run(command, path, "--period", "2022", *(["--json"] if as_json else []))
    assert outcome.status == 1
    assert "S001" in outcome.out
    assert "Список" in outcome.out
    assert NUMBER not in outcome.out + outcome.err
    kept = [path for path in data_folder.rglob("*") if path.is_file() and path.name != ".lock"]
    assert kept == []


def test_a_table_whose_file_name_is_a_number_of_a_person_is_refused_with_the_name_hidden(
    data_folder: Path, run: Run
) -> None:
    path = write_published(
        data_folder.parent / f"{NUMBER}.csv", [published_row("children_0_17", "110000000", "2022", 1)]
    )
    outcome = run("load", path, "--json")
    assert (outcome.status, outcome.codes) == (1, ["S001"])
    assert outcome.document["problems"][0]["file"] == "************.csv"
    assert NUMBER not in outcome.out + outcome.err


def test_a_missing_file_named_by_a_number_is_told_with_the_name_hidden(data_folder: Path, run: Run) -> None:
    outcome = run("check", data_folder / f"{NUMBER}.xlsx", "--period", "2022", "--json")
    assert outcome.codes == ["F001"]
    assert NUMBER not in outcome.out + outcome.err


def test_a_list_of_names_is_told_as_such_and_not_as_a_form_with_missing_sheets(data_folder: Path, run: Run) -> None:
    book = Workbook()
    book.active.append(["Фамилия", "Класс"])
    book.save(data_folder.parent / "list.xlsx")
    outcome = run("load", data_folder.parent / "list.xlsx", "--area", "110000000", "--period", "2022", "--json")
    assert outcome.codes == ["S001"]
    assert not (data_folder / "raw").exists()


@pytest.mark.real
def test_no_real_table_of_regions_raises_a_false_alarm(shared_file: Callable[[str], Path]) -> None:
    tables = [read_delimited(path) for path in sorted(shared_file("real/region_tables").glob("*.csv"))]
    tables.append(read_workbook(shared_file("real/region_tables/bns_innovations_2022_kk.xls")))
    readable = [raw for raw in tables if isinstance(raw, RawTable)]
    assert len(readable) >= 6
    assert [fault for raw in readable for fault in personal_data(raw)] == []
