"""The look for data on single persons in texts and tables: found wherever it stands, never repeated, no false alarm."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from etl.frames import RawSheet, RawTable
from etl.privacy.personal import Codes, first_cells, is_personal, masked, personal_code, personal_codes, personal_data
from etl.readers.delimited import read_delimited
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem
from tests.etl.conftest import Form, Run
from tests.etl.folders import keeps_nothing_sent
from tests.etl.published import published_row, write_published

NUMBER, OTHER_NUMBER = "061211600012", "850101300124"
HIDDEN = "************"


def _table(*cells: str, file: str = "table.csv", sheet: str = "") -> RawTable:
    return RawTable(file, "", {sheet: RawSheet(sheet, (("a", "b"), cells))}, names=(sheet,))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            (text, "S001")
            for text in ("ИИН", "ЖСН ребёнка", "iin", "child_iin", "Индивидуальный идентификационный номер")
        ),
        *(
            (text, "S001")
            for text in ("Ф.И.О.", "Ф. И. О. ученика", "ФИО", "фамилия, имя", "Отчество (при наличии)", "имя")
        ),
        *((text, "S001") for text in ("Т.А.Ә.", "Аты-жөні", "Тегі", "Әкесінің аты", "туған күні", "Дата рождения")),
        *(
            (text, "S001")
            for text in ("дата рожд.", "date of birth", "surname", "first_name", "ФИ\u00adО", "\u200bИИН")
        ),
        *(
            (text, "S002")
            for text in (NUMBER, f" {NUMBER} ", f"ученик {NUMBER}, 7 класс", "061211 600012", "61211600012")
        ),
        *((text, "S003") for text in ("Иванова Анна Петровна", "Ахметов Дәурен Серікұлы")),
        *((text, "S004") for text in ("15.07.2012 г.р.", "2012 жылғы 15 шілдеде туған")),
        *((text, "S005") for text in ("87011234567", "+7 701 123 45 67", "тел. 55-12-34")),
    ],
)
def test_a_cell_that_holds_or_asks_for_a_person_is_told_with_its_code(text: str, code: str) -> None:
    assert is_personal(text)
    assert (personal_codes(text), personal_code(text)) == ((code,), code)
    assert [(p.code, p.row, p.column) for p in personal_data(_table("5", text))] == [(code, 2, "B")]


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "38", "100000000", "061211600013", "253700000000", "2022-06-08", "0.061211600012345", "12:30"),
        *("Наименование", "область Абай", "аты", "Атауы", "имён нет", "по фамилиям", "рождаемость", "год рождения"),
    ],
)
def test_ordinary_texts_of_a_table_raise_no_alarm(text: str) -> None:
    assert not is_personal(text)
    assert personal_code(text) is None


def test_all_that_a_text_holds_is_told_and_what_it_holds_before_what_it_asks_for() -> None:
    text = f"ИИН {NUMBER}, Иванова Анна Петровна, 15.07.2012 г.р., тел. 55-12-34"
    assert personal_codes(text) == ("S001", "S002", "S003", "S004", "S005")
    assert personal_code(text) == "S002"


def test_the_name_of_a_file_and_of_a_sheet_are_looked_at_and_their_number_hidden() -> None:
    raw = _table("1", "2", file=f"{NUMBER}.csv", sheet=f"Лист {NUMBER}")
    assert personal_data(raw) == [Problem("S002", f"{HIDDEN}.csv"), Problem("S002", f"{HIDDEN}.csv", f"Лист {HIDDEN}")]


def test_each_code_is_told_once_a_sheet_at_its_first_cell() -> None:
    sheet = RawSheet("A", (("", "ИИН"), (NUMBER, OTHER_NUMBER), ("Иванова Анна Петровна", NUMBER)))
    raw = RawTable("a.xlsx", "", {"A": sheet, "B": RawSheet("B", (("1",), (NUMBER,)))}, names=("A", "B"))
    assert [(p.code, p.sheet, p.row, p.column) for p in personal_data(raw)] == [
        ("S001", "A", 1, "B"),
        ("S002", "A", 2, "A"),
        ("S003", "A", 3, "A"),
        ("S002", "B", 2, "A"),
    ]


def test_the_first_cell_of_a_code_is_the_first_in_reading_order_and_not_in_its_column() -> None:
    assert first_cells([["", ""], ["", NUMBER], [OTHER_NUMBER, ""]]) == {"S002": (1, 1)}
    assert first_cells([]) == {}


def test_each_different_text_is_looked_at_once() -> None:
    codes = Codes()
    assert codes[NUMBER] == ("S002",)
    assert codes[NUMBER] is codes[NUMBER]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"a {NUMBER} b {OTHER_NUMBER}", f"a {HIDDEN} b {HIDDEN}"),
        ("a 061211600013 b", f"a {HIDDEN} b"),
        ("0612 1160 0012.xlsx", f"{HIDDEN}.xlsx"),
        ("61211600012.csv", f"{HIDDEN}.csv"),
        ("Иванова Анна Петровна, 7 класс.xlsx", f"{HIDDEN}, 7 класс.xlsx"),
        ("Отчёт_Ивановой_Анны_Петровны.xlsx", f"Отчёт_{HIDDEN}.xlsx"),
        ("ivanova_anna_petrovna.xlsx", f"{HIDDEN}.xlsx"),
        ("звонить +7 701 123 45 67", f"звонить {HIDDEN}"),
        ("родилась 15.07.2012", HIDDEN),
        ("Abay Region.XLSX", "Abay Region.XLSX"),
        ("2025-10.csv", "2025-10.csv"),
        ("", ""),
    ],
)
def test_all_that_is_of_a_person_is_hidden_in_what_is_shown(text: str, shown: str) -> None:
    assert masked(text) == shown


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
    assert "S002" in outcome.out
    assert "Список" in outcome.out
    assert NUMBER not in outcome.out + outcome.err
    assert keeps_nothing_sent(data_folder)
    assert not [path for path in data_folder.rglob("*") if path.is_file() and NUMBER in path.read_text()]


def test_a_table_whose_file_name_is_a_number_of_a_person_is_refused_with_the_name_hidden(
    data_folder: Path, run: Run
) -> None:
    path = write_published(
        data_folder.parent / f"{NUMBER}.csv", [published_row("children_0_17", "110000000", "2022", 1)]
    )
    outcome = run("load", path, "--json")
    assert (outcome.status, outcome.codes) == (1, ["S002"])
    assert outcome.document["problems"][0]["file"] == f"{HIDDEN}.csv"
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
