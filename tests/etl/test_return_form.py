"""Returns that people fill in: a good one gives exactly its figures, every fault exactly its problem."""

from pathlib import Path

import pytest

from etl.frames import Figure
from etl.return_workbook import FIRST_ROW
from etl.tidy.return_layout import is_of_schools
from riskmap.domain.vocabulary import CellStatus
from tests.etl.returns import (
    AREAS,
    ATTENDANCE,
    CITY,
    FULL,
    NO_REPORT,
    NOT_THERE,
    OCTOBER,
    OTHER_CITY,
    REST,
    TOTAL_ROW,
    ULYTAU,
    changed,
    counts,
    faults,
    good_figures,
    month,
    put,
    read,
    told,
    write_good,
)

NUMBERS = "0, 1, 2, …"
MARKS = "есеп берілмеді / нет отчёта / no report / х / x / ..."
ILLNESS = "missed_lessons:reason:illness"


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


def test_an_error_value_of_a_formula_is_told_as_that(tmp_path: Path) -> None:
    assert [p.code for p in faults(tmp_path, put("attendance", CITY, {"out_of_school_children": "#REF!"}))] == ["V016"]


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
