"""Returns that people fill in: sheets, columns, rows and the lines above a table, each fault exactly its problem."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.return_workbook import FIRST_ROW, HEADING_ROW, ID_ROW
from etl.tidy.return_layout import return_areas
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.returns import (
    AREAS,
    ATTENDANCE,
    CITY,
    OTHER_CITY,
    REST,
    SCHOOLS,
    TOTAL_ROW,
    ULYTAU,
    VIOLENCE,
    Change,
    changed,
    counts,
    faults,
    good_figures,
    month,
    put,
    read,
    sheet_name,
    told,
    write_good,
)


def _rename(name: str, other: str) -> Change:
    def change(book: Workbook) -> None:
        book[name].title = other

    return change


def _insert(name: str, row: int, values: list[object]) -> Change:
    def change(book: Workbook) -> None:
        book[name].insert_rows(row)
        for column, value in enumerate(values, start=1):
            book[name].cell(row, column).value = value

    return change


def _write(name: str, **values: object) -> Change:
    def change(book: Workbook) -> None:
        for address, value in values.items():
            book[name][address] = value

    return change


def _everywhere(**values: object) -> list[Change]:
    return [_write(name, **values) for name in (ATTENDANCE, VIOLENCE, SCHOOLS)]


def _delete_row(name: str, row: int) -> Change:
    return lambda book: book[name].delete_rows(row)


@pytest.mark.parametrize("name", [sheet_name("schools", "kk"), sheet_name("schools", "en"), "ШКОЛЫ "])
def test_a_sheet_is_found_by_its_name_in_any_language(tmp_path: Path, name: str) -> None:
    assert faults(tmp_path, _rename(SCHOOLS, name)) == []


def test_a_missing_sheet_is_told_with_its_names(tmp_path: Path) -> None:
    found = faults(tmp_path, lambda book: book.remove(book[SCHOOLS]))
    assert told(found) == [
        ("L001", None, "", f"Как заполнять, {ATTENDANCE}, {VIOLENCE}", "Мектептер / Школы / Schools")
    ]


def test_another_workbook_is_one_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Лист1"
    book.create_sheet("R1")["A1"] = "Раздел 1"
    book.save(tmp_path / "return.xlsx")
    names = ("Сабаққа қатысу / Посещаемость / Attendance", "Зорлық-зомбылық пен буллинг / Насилие и травля")
    figures, problems = read(tmp_path / "return.xlsx")
    assert figures == []
    assert [(p.code, p.sheet, p.found) for p in problems] == [("L001", "", "Лист1, R1")]
    assert problems[0].expected.startswith(", ".join(names))


def test_a_sheet_of_no_topic_is_told_and_stops_nothing(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book.create_sheet("Черновик")["B2"] = 1
        book.create_sheet("Лист1")

    path = changed(write_good(tmp_path / "return.xlsx"), change)
    figures, problems = read(path)
    assert problems == [Problem("L013", "return.xlsx", "Черновик", severity=Severity.NOTE)]
    assert counts(figures) == good_figures()


def test_two_sheets_of_one_topic_are_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, lambda book: setattr(book.copy_worksheet(book[SCHOOLS]), "title", "Schools"))
    assert told(found) == [("L014", None, "", "Школы, Schools", "Мектептер / Школы / Schools")]


def test_a_sheet_without_its_row_of_ids_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, _delete_row(SCHOOLS, ID_ROW))
    assert [(p.code, p.sheet, p.expected) for p in found] == [("L009", SCHOOLS, "area, area_name, …")]


def test_a_missing_column_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, lambda book: book[SCHOOLS].delete_cols(5))
    left = "area, area_name, units_expected, units_reported, pupils, lessons_due, educators"
    assert {found[0].code, *found[0].found.split(", ")} == {"L008", *left.split(", ")}
    assert [(p.code, p.row, p.column, p.expected) for p in found] == [("L008", ID_ROW, "", "schools")]


def test_an_unknown_and_a_repeated_column_are_faults_at_their_place(tmp_path: Path) -> None:
    found = faults(tmp_path, _write(SCHOOLS, I6="teachers", J6="pupils"))
    assert [p[:4] for p in told(found)] == [("L007", 6, "I", "teachers"), ("L007", 6, "J", "pupils")]


def test_a_number_in_a_column_without_an_id_is_a_fault_and_a_note_is_not(tmp_path: Path) -> None:
    assert faults(tmp_path, _write(SCHOOLS, J8="уточнено")) == []
    assert [p[:4] for p in told(faults(tmp_path, _write(SCHOOLS, J8=5, J9=6)))] == [("L007", 8, "J", "5")]


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        sheet = book[SCHOOLS]
        for row in range(HEADING_ROW, TOTAL_ROW + 1):
            one, other = sheet.cell(row, 5), sheet.cell(row, 7)
            one.value, other.value = other.value, one.value

    figures = {**good_figures(), (CITY, "schools"): 700}
    path = changed(write_good(tmp_path / "return.xlsx", figures=figures), change)
    found, problems = read(path)
    assert problems == []
    assert counts(found) == figures


@pytest.mark.parametrize("area", [CITY, REST, ULYTAU])
def test_a_missing_row_is_told_with_its_area(tmp_path: Path, area: str) -> None:
    row = TOTAL_ROW if area == ULYTAU else FIRST_ROW + AREAS.index(area)
    found = faults(tmp_path, _delete_row(SCHOOLS, row))
    assert [(p.code, p.sheet, p.expected, p.candidates) for p in found] == [("L011", SCHOOLS, area, (area,))]


def test_an_area_with_two_rows_is_told_at_the_second(tmp_path: Path) -> None:
    found = faults(tmp_path, _insert(SCHOOLS, 9, [CITY, "город Жезказган", 9, 8, 1000, 1000, 1000, 1000]))
    assert [(*p[:3], p[3]) for p in told(found)] == [("L012", 9, "A", f"{CITY}: 7, 9")]


def test_a_row_left_empty_is_one_fault(tmp_path: Path) -> None:
    empty = dict.fromkeys(["units_expected", "units_reported", "schools", "pupils", "lessons_due", "educators"])
    found = faults(tmp_path, put("schools", CITY, empty))
    assert [(p.code, p.row, p.candidates) for p in found] == [("L015", 7, (CITY,))]


def test_a_row_of_numbers_without_a_code_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, _write(SCHOOLS, A7=None))
    assert [(p.code, p.row, p.found, p.expected) for p in found] == [
        ("L016", 7, "город Жезказган", ""),
        ("L011", None, "", CITY),
    ]


def test_a_district_of_another_region_is_told_with_the_region_of_the_return(tmp_path: Path) -> None:
    found = faults(tmp_path, _insert(SCHOOLS, 9, ["351000000", "город Караганда", 9, 8, 1, 1, 1, 1]))
    assert [(p.code, p.row, p.found, p.expected, p.candidates) for p in found] == [
        ("L017", 9, "351000000", ULYTAU, ("351000000",))
    ]


def test_an_unknown_code_is_a_fault_at_its_cell(tmp_path: Path) -> None:
    found = faults(tmp_path, _insert(SCHOOLS, 9, ["999999999", "", 9, 8, 1, 1, 1, 1]))
    assert told(found) == [("A002", 9, "A", "999999999", ULYTAU)]


def test_a_name_that_is_not_that_of_the_code_is_a_fault(tmp_path: Path) -> None:
    found = faults(tmp_path, _write(SCHOOLS, B7="город Сатпаев"))
    assert told(found) == [("A008", 7, "B", "город Сатпаев", CITY)]


@pytest.mark.parametrize("name", ["Жезқазған қаласы", "Jezkazgan city", "г. Жезказган", None])
def test_a_name_may_be_written_in_other_ways_or_left_out(tmp_path: Path, name: str | None) -> None:
    assert faults(tmp_path, _write(SCHOOLS, B7=name)) == []


def test_a_code_may_have_become_a_number(tmp_path: Path) -> None:
    assert faults(tmp_path, _write(SCHOOLS, A7=int(CITY), C2=int(ULYTAU))) == []


def test_notes_below_the_totals_are_left_alone(tmp_path: Path) -> None:
    note = {f"A{TOTAL_ROW + 2}": "* по данным управления образования", f"B{TOTAL_ROW + 3}": "ответственный отдел"}
    assert faults(tmp_path, _write(SCHOOLS, **note)) == []


def test_a_district_that_did_not_exist_in_the_month_is_refused(tmp_path: Path) -> None:
    region, saraishyk = "710000000", "711610000"
    row = _insert(SCHOOLS, 9, [saraishyk, "район Сарайшық", 9, 8, 1, 1, 1, 1])
    found = faults(tmp_path, row, region=region, period=month("2024-05"))
    assert [(p.code, p.row, p.column, p.found) for p in found] == [("A004", 9, "A", saraishyk)]
    assert saraishyk not in [area.id for area in return_areas(region, month("2024-05").end)]
    assert saraishyk in [area.id for area in return_areas(region, month("2024-06").end)]


def test_before_a_region_was_founded_its_districts_report_with_the_region_that_held_them(tmp_path: Path) -> None:
    before, after = month("2022-05"), month("2022-06")
    semey, east, abai = "101000000", "630000000", "100000000"
    figures, problems = read(write_good(tmp_path / "return.xlsx", region=east, period=before))
    assert problems == []
    assert semey in {figure.area for figure in figures}
    assert f"{abai}-R" not in {figure.area for figure in figures}
    assert semey not in {area.id for area in return_areas(east, after.end)}
    assert {semey, f"{abai}-R"} <= {area.id for area in return_areas(abai, after.end)}


def test_a_return_of_a_region_before_it_was_founded_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, *_everywhere(B3="2022-05"))
    assert [(p.code, p.row, p.candidates) for p in found[:2]] == [("A004", 2, ("350000000",))] * 2


HEADS: list[tuple[dict[str, object], list[tuple[str, int | None, str, str]]]] = [
    ({"B3": None}, [("L019", 3, "", "month")]),
    ({"A3": None, "B3": None}, [("L019", None, "", "month")]),
    ({"B2": None, "C2": None}, [("L019", 2, "", "region")]),
    ({"B3": "октябрь"}, [("P002", 3, "октябрь", "2025-10")]),
    ({"B3": "2025"}, [("P002", 3, "2025", "2025-10")]),
    ({"B3": "2025-13"}, [("P002", 3, "2025-13", "2025-10")]),
    ({"C2": "351000000"}, [("A006", 2, "351000000", "region")]),
    ({"B2": "Карагандинская область"}, [("A008", 2, f"Карагандинская область, {ULYTAU}", "")]),
    ({"A4": "Вымышленные данные"}, [("L018", 4, "Вымышленные данные", "invented")]),
    ({"F3": "проверено"}, []),
]
LINES = {
    "region": "Region: / Регион: / Өңір:",
    "month": "Month: / Ай: / Месяц:",
    "invented": "INVENTED DATA: these numbers say nothing about real areas / "
    "ВЫМЫШЛЕННЫЕ ДАННЫЕ: эти числа ничего не говорят о реальных территориях / "
    "ОЙДАН ШЫҒАРЫЛҒАН ДЕРЕКТЕР: бұл сандар нақты аумақтар туралы ештеңе айтпайды",
}


@pytest.mark.parametrize(("values", "expected"), HEADS)
def test_what_stands_above_a_table_is_checked(
    tmp_path: Path, values: dict[str, object], expected: list[tuple[str, int | None, str, str]]
) -> None:
    found = faults(tmp_path, _write(SCHOOLS, **values))
    wanted = [(*row[:3], row[3] if values.get("C2") else LINES.get(row[3], row[3])) for row in expected]
    assert [(p.code, p.row, p.found, p.expected) for p in found] == wanted
    assert all(p.sheet == SCHOOLS for p in found)


def test_the_region_may_be_given_by_name_or_by_code_alone(tmp_path: Path) -> None:
    assert faults(tmp_path, *_everywhere(B2=None)) == []
    assert faults(tmp_path, *_everywhere(C2=None)) == []


def test_a_region_that_fits_several_is_not_guessed(tmp_path: Path) -> None:
    found = faults(tmp_path, _write(SCHOOLS, B2="Алматы", C2=None))
    assert [(p.code, p.sheet, p.row) for p in found] == [("A003", SCHOOLS, 2)]


@pytest.mark.parametrize("made", [datetime(2025, 10, 1), date(2025, 10, 1), "2025-10-01", " 2025-10 "])
def test_a_month_may_have_become_its_first_day(tmp_path: Path, made: object) -> None:
    assert faults(tmp_path, *_everywhere(B3=made)) == []


def test_a_month_that_is_not_over_is_refused(tmp_path: Path) -> None:
    today = date.today()
    found = faults(tmp_path, *_everywhere(B3=f"{today.year + 1}-01"))
    assert told(found) == [("P004", 3, "", f"{today.year + 1}-01", f"≤ {today.isoformat()}")] * 3


def test_sheets_of_different_months_regions_or_truth_are_told(tmp_path: Path) -> None:
    other_month = faults(tmp_path, _write(SCHOOLS, B3="2025-09"))
    assert told(other_month) == [("L010", None, "", f"{ULYTAU} 2025-09", f"{ULYTAU} 2025-10")]
    mark = LINES["invented"].split(" / ")[1]
    one_invented = faults(tmp_path, _write(SCHOOLS, A4=mark))
    assert told(one_invented) == [("L010", None, "", f"{ULYTAU} 2025-10 (invented)", f"{ULYTAU} 2025-10")]
    other_region = faults(tmp_path, _write(SCHOOLS, B2=None, C2="350000000"))
    assert told(other_region)[0] == ("L010", None, "", "350000000 2025-10", f"{ULYTAU} 2025-10")


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_a_return_marked_as_invented_are_invented(tmp_path: Path, language: str) -> None:
    figures, problems = read(write_good(tmp_path / "return.xlsx", invented=True, language=language))
    assert problems == []
    assert figures
    assert all(figure.invented for figure in figures)


def test_figures_of_an_unmarked_return_are_real(tmp_path: Path) -> None:
    figures, _ = read(write_good(tmp_path / "return.xlsx"))
    assert figures
    assert not any(figure.invented for figure in figures)


def test_lines_above_the_table_may_move(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book[SCHOOLS].insert_rows(2, amount=2)

    assert faults(tmp_path, change) == []


def test_all_faults_of_a_file_are_told_together(tmp_path: Path) -> None:
    changes = [
        put("attendance", CITY, {"out_of_school_children": None}),
        put("violence", OTHER_CITY, {"bullying_cases": -1}),
        put("schools", REST, {"pupils": "много"}),
    ]
    found = faults(tmp_path, *changes)
    assert [(p.code, p.sheet) for p in found] == [("V003", ATTENDANCE), ("V002", VIOLENCE), ("V001", SCHOOLS)]
