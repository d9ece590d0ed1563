"""Returns that people fill in: a good one gives exactly its figures, every fault exactly its problem."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.frames import Figure
from etl.return_workbook import FIRST_ROW, HEADING_ROW, ID_ROW
from etl.tidy.return_layout import is_of_schools, return_areas
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.vocabulary import LANGUAGES, CellStatus
from tests.etl.returns import (
    FULL,
    NO_REPORT,
    NOT_THERE,
    OCTOBER,
    ULYTAU,
    Change,
    changed,
    counts,
    good_figures,
    month,
    put,
    read,
    sheet_name,
    write_good,
)

CITY = "621000000"  # Jezkazgan, in the first row
OTHER_CITY = "621800000"
REST = f"{ULYTAU}-R"
AREAS = [area.id for area in return_areas(ULYTAU, OCTOBER.end)]
NUMBERS = "0, 1, 2, …"
MARKS = "есеп берілмеді / нет отчёта / no report / х / x / ..."
ATTENDANCE, VIOLENCE, SCHOOLS = map(sheet_name, ("attendance", "violence", "schools"))
ILLNESS = "missed_lessons:reason:illness"
TOTAL_ROW = FIRST_ROW + len(AREAS)


def faults(tmp_path: Path, *changes: Change, **said: object) -> list[Problem]:
    """What is wrong with a good return after the changes; a stopped one must give no figure."""
    path = changed(write_good(tmp_path / "return.xlsx", **said), *changes)
    figures, problems = read(path)
    assert not figures or not any(problem.severity is Severity.STOP for problem in problems)
    return problems


def told(problems: list[Problem]) -> list[tuple[str, int | None, str, str, str]]:
    return [(p.code, p.row, p.column, p.found, p.expected) for p in problems]


def test_a_good_return_gives_exactly_its_figures(tmp_path: Path) -> None:
    figures, problems = read(write_good(tmp_path / "return.xlsx"))
    assert problems == []
    assert counts(figures) == good_figures()


def test_every_figure_of_the_full_return_is_read_for_every_area(tmp_path: Path) -> None:
    figures, problems = read(write_good(tmp_path / "return.xlsx", source=FULL), FULL)
    assert problems == []
    assert len(figures) == len(counts(figures)) == len(AREAS) * sum(len(s.figures) for s in FULL.return_sheets)


def test_a_figure_carries_its_place_month_and_schools(tmp_path: Path) -> None:
    path = write_good(tmp_path / "return.xlsx", units=dict.fromkeys(AREAS, (9, 8)))
    figures, _ = read(path)
    figure = next(f for f in figures if f.area == OTHER_CITY and f.category == "illness")
    assert figure == Figure(
        indicator="missed_lessons",
        area=OTHER_CITY,
        period=OCTOBER,
        numerator=4.0,
        line=FIRST_ROW + 1,
        column="F",
        sheet=ATTENDANCE,
        breakdown="reason",
        category="illness",
        units_expected=9,
        units_reported=8,
    )


def test_only_figures_that_schools_count_carry_how_many_answered(tmp_path: Path) -> None:
    figures, _ = read(write_good(tmp_path / "return.xlsx", source=FULL), FULL)
    units = {figure.indicator: (figure.units_expected, figure.units_reported) for figure in figures}
    assert {name for name, pair in units.items() if pair == (9, 8)} == set(filter(is_of_schools, units))
    assert units["missed_lessons"] == units["lessons_due"] == units["in_school_register"] == (9, 8)
    assert units["police_register"] == units["pupils"] == units["offences_by_minors"] == (None, None)


def test_totals_of_the_region_are_not_loaded(tmp_path: Path) -> None:
    figures, _ = read(write_good(tmp_path / "return.xlsx"))
    assert {figure.area for figure in figures} == set(AREAS)


@pytest.mark.parametrize("mark", ["есеп берілмеді", "нет отчёта", "Нет  отчета", "NO REPORT", "...", "…"])
def test_a_missing_report_has_a_mark_in_every_language(tmp_path: Path, mark: str) -> None:
    path = write_good(tmp_path / "return.xlsx", figures={**good_figures(), (CITY, "out_of_school_children"): NO_REPORT})
    figures, problems = read(changed(path, put("attendance", CITY, {"out_of_school_children": mark})))
    assert problems == []
    figure = next(f for f in figures if (f.area, f.indicator) == (CITY, "out_of_school_children"))
    assert (figure.status, figure.numerator) == (CellStatus.NOT_REPORTED, None)


@pytest.mark.parametrize("mark", ["x", "X", "х", "Х"])
def test_what_cannot_be_there_has_a_mark_in_either_alphabet(tmp_path: Path, mark: str) -> None:
    path = write_good(tmp_path / "return.xlsx", figures={**good_figures(), (CITY, "out_of_school_children"): NOT_THERE})
    figures, problems = read(changed(path, put("attendance", CITY, {"out_of_school_children": mark})))
    assert problems == []
    figure = next(f for f in figures if (f.area, f.indicator) == (CITY, "out_of_school_children"))
    assert (figure.status, figure.numerator) == (CellStatus.NOT_APPLICABLE, None)


@pytest.mark.parametrize("text", ["12", " 12 ", "12.0", 12.0])
def test_numbers_stored_as_text_or_with_decimals_of_zero_are_read(tmp_path: Path, text: object) -> None:
    written = put("attendance", CITY, {"out_of_school_children": text})
    expected = [("V001", 7, "J", "12.0", f"{NUMBERS} / {MARKS}")] if text == "12.0" else []
    assert told(faults(tmp_path, written)) == expected


def test_thousands_may_be_set_apart_by_spaces(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, "pupils"): 12345}
    path = changed(
        write_good(tmp_path / "return.xlsx", figures=figures), put("schools", CITY, {"pupils": "12\u00a0345"})
    )
    assert counts(read(path)[0])[CITY, "pupils"] == 12345


CELLS: list[tuple[dict[str, object], tuple[str, int, str, str, str]]] = [
    ({"out_of_school_children": None}, ("V003", 7, "J", "", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": " "}, ("V003", 7, "J", "", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": "нет"}, ("V001", 7, "J", "нет", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": "-"}, ("V001", 7, "J", "-", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": 1.5}, ("V001", 7, "J", "1.5", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": "5 %"}, ("V001", 7, "J", "5 %", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": True}, ("V001", 7, "J", "TRUE", f"{NUMBERS} / {MARKS}")),
    ({"out_of_school_children": -12}, ("V002", 7, "J", "-12", "≥ 0")),
    ({"out_of_school_children": "−12"}, ("V002", 7, "J", "−12", "≥ 0")),
    ({"units_expected": None}, ("V003", 7, "C", "", NUMBERS)),
    ({"units_reported": "нет отчёта"}, ("V001", 7, "D", "нет отчёта", NUMBERS)),
    ({"units_reported": "x"}, ("V001", 7, "D", "x", NUMBERS)),
]


@pytest.mark.parametrize(("values", "problem"), CELLS)
def test_a_wrong_cell_is_told_with_its_place(
    tmp_path: Path, values: dict[str, object], problem: tuple[str, int, str, str, str]
) -> None:
    found = faults(tmp_path, put("attendance", CITY, values))
    assert told(found) == [problem]
    assert (found[0].file, found[0].sheet) == ("return.xlsx", ATTENDANCE)


def test_an_error_value_of_a_formula_is_an_empty_cell(tmp_path: Path) -> None:
    assert [p.code for p in faults(tmp_path, put("attendance", CITY, {"out_of_school_children": "#REF!"}))] == ["V003"]


def test_more_schools_than_were_due_are_a_fault(tmp_path: Path) -> None:
    units = {**dict.fromkeys(AREAS, (9, 8)), CITY: (9, 10)}
    found = told(faults(tmp_path, units=units))
    assert found == [("V011", 7, "D", "10", "≤ 9")] * 3  # on each of three sheets


def test_a_number_from_a_district_whose_schools_are_silent_is_a_fault_even_if_zero(tmp_path: Path) -> None:
    figures = {key: NO_REPORT if key[0] == CITY and is_of_schools(key[1]) else n for key, n in good_figures().items()}
    units = {**dict.fromkeys(AREAS, (9, 8)), CITY: (9, 0)}
    path = write_good(tmp_path / "return.xlsx", figures=figures, units=units)
    assert read(path)[1] == []
    write_good(path, figures={**figures, (CITY, "bullying_cases"): 0, (CITY, "cyberbullying_cases"): 3}, units=units)
    figures_read, problems = read(path)
    assert figures_read == []
    assert told(problems) == [("V013", 7, "AE", "0", MARKS)]


def test_a_district_without_schools_may_report_numbers(tmp_path: Path) -> None:
    assert faults(tmp_path, units={**dict.fromkeys(AREAS, (9, 8)), REST: (0, 0)}) == []


def test_a_part_above_its_total_is_a_fault_at_the_part(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, ILLNESS): 13}
    assert told(faults(tmp_path, figures=figures)) == [("V004", 7, "F", "13", "≤ 12")]


def test_parts_must_add_up_to_their_total(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, ILLNESS): 5}
    assert told(faults(tmp_path, figures=figures)) == [("V005", 7, "E", "5 + 4 + 4 = 13", "12")]


def test_each_breakdown_is_held_against_the_total_by_itself(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, "violence_cases:actor:parent"): 2}
    assert told(faults(tmp_path, figures=figures)) == [("V005", 7, "J", "3 + 3 + 2 + 3 = 11", "12")]


def test_a_part_that_was_not_sent_leaves_the_others_below_the_total(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, ILLNESS): NO_REPORT}
    assert faults(tmp_path, figures=figures) == []
    figures[CITY, "missed_lessons:reason:other_valid"] = 9
    assert told(faults(tmp_path, figures=figures)) == [("V005", 7, "E", "9 + 4 = 13", "≤ 12")]


def test_a_total_that_was_not_sent_is_a_fault_where_all_parts_were(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, "missed_lessons"): NO_REPORT}
    assert told(faults(tmp_path, figures=figures)) == [("V005", 7, "E", "4 + 4 + 4 = 12", "нет отчёта")]
    figures[CITY, ILLNESS] = NO_REPORT
    assert faults(tmp_path, figures=figures) == []


def test_a_part_of_a_population_cannot_exceed_it(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, "pupils"): 11}
    assert told(faults(tmp_path, figures=figures)) == [("V004", 7, "I", "12", "≤ 11 (pupils)")]
    figures = {**good_figures(), (CITY, "lessons_due"): 11}
    assert told(faults(tmp_path, figures=figures)) == [("V004", 7, "E", "12", "≤ 11 (lessons_due)")]


def test_the_total_of_the_region_must_be_the_sum_of_its_rows(tmp_path: Path) -> None:
    found = faults(tmp_path, put("schools", ULYTAU, {"pupils": 5999}))
    assert told(found) == [("V005", TOTAL_ROW, "F", "Σ = 6000", "5999")]


def test_the_total_of_the_region_leaves_out_what_was_not_sent(tmp_path: Path) -> None:
    figures = {**good_figures(), (CITY, "out_of_school_children"): NO_REPORT}
    path = write_good(tmp_path / "return.xlsx", figures=figures)
    assert read(path)[1] == []
    found = faults(tmp_path, put("attendance", ULYTAU, {"out_of_school_children": 72}), figures=figures)
    assert told(found) == [("V005", TOTAL_ROW, "J", "Σ = 60", "72")]


def test_a_total_of_nothing_is_a_mark_and_not_zero(tmp_path: Path) -> None:
    figures = {**good_figures(), **{(area, "out_of_school_children"): NO_REPORT for area in AREAS}}
    assert faults(tmp_path, figures=figures) == []
    found = faults(tmp_path, put("attendance", ULYTAU, {"out_of_school_children": 0}), figures=figures)
    assert told(found) == [("V005", TOTAL_ROW, "J", "Σ = ...", "0")]


def test_the_total_of_schools_is_checked_too(tmp_path: Path) -> None:
    found = faults(tmp_path, put("attendance", ULYTAU, {"units_reported": 47}))
    assert told(found) == [("V005", TOTAL_ROW, "D", "Σ = 48", "47")]


def test_totals_are_not_judged_by_rows_with_faults(tmp_path: Path) -> None:
    assert [p.code for p in faults(tmp_path, put("schools", CITY, {"pupils": "?"}))] == ["V001"]


def test_what_is_counted_in_lessons_is_not_collected_in_summer(tmp_path: Path) -> None:
    july = month("2025-07")
    path = write_good(tmp_path / "return.xlsx", period=july)
    figures, problems = read(path)
    assert problems == []
    status = {figure.indicator: figure.status for figure in figures}
    assert status["missed_lessons"] is status["violence_cases"] is CellStatus.NOT_APPLICABLE
    assert status["out_of_school_children"] is status["pupils"] is CellStatus.VALUE
    for value in (0, "нет отчёта"):
        found = faults(tmp_path, put("attendance", CITY, {"missed_lessons": value}), period=july)
        assert told(found) == [("V012", 7, "E", str(value), "х / x")]


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
