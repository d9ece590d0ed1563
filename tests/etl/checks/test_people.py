"""Figures beside the people or the schools they belong to, and beside the days of their definitions."""

from pathlib import Path

import pytest

from tests.etl.checks.staged import DISTRICT, codes, faults, fig, the_fault
from tests.etl.records import figure, write_record

CHILDREN, OFFENCES, PUPILS, REGISTER, CASES = (
    *("children_0_17", "offences_against_minors", "pupils", "in_school_register", "violence_cases"),
)


@pytest.mark.parametrize(("cases", "expected"), [(1200, []), (1201, ["V033"])])
def test_more_cases_than_people_are_told(cases: int, expected: list[str]) -> None:
    assert codes(fig(CHILDREN, DISTRICT, "2024", 1000), fig(OFFENCES, DISTRICT, "2025-03", cases)) == expected


def test_more_cases_than_accepted_people_are_told(data_folder: Path) -> None:
    write_record(data_folder, {**figure(CHILDREN, DISTRICT, "2023", 90), **figure(CHILDREN, DISTRICT, "2024", 100)})
    many = fig(OFFENCES, DISTRICT, "2025-03", 380)
    assert codes(many) == []
    fault = the_fault(many, past=True)
    assert (fault.code, fault.row, fault.expected) == ("V033", 2, "≤ 100 (children_0_17 2024-12)")
    assert codes(fig(OFFENCES, DISTRICT, "2025-03", 380, invented=False), past=True) == []


def test_people_of_the_same_month_are_told_as_a_part_and_a_whole() -> None:
    assert codes(fig(PUPILS, DISTRICT, "2025-03", 100), fig(REGISTER, DISTRICT, "2025-03", 300)) == ["V004"]
    assert codes(fig(PUPILS, DISTRICT, "2025-02", 100), fig(REGISTER, DISTRICT, "2025-03", 300)) == ["V033"]


def test_there_may_be_more_visits_than_children() -> None:
    assert codes(fig(CHILDREN, DISTRICT, "2024", 1000), fig("preventive_visits", DISTRICT, "2025-03", 5000)) == []


def test_what_a_region_holds_outside_its_districts_has_cases_and_no_residents() -> None:
    outside = "710000000-R"
    assert codes(fig(CHILDREN, outside, "2024", 0), fig(OFFENCES, outside, "2025-03", 4)) == []


@pytest.mark.parametrize(("schools", "units", "expected"), [(40, 48, []), (40, 49, ["V036"]), (40, 31, ["V036"])])
def test_a_number_of_schools_due_that_is_not_that_of_schools_is_told(
    schools: int, units: int, expected: list[str]
) -> None:
    assert (
        codes(fig("schools", DISTRICT, "2025-03", schools), fig(CASES, DISTRICT, "2025-03", 4, units=units)) == expected
    )


def test_few_schools_may_differ_by_three() -> None:
    assert codes(fig("schools", DISTRICT, "2025-03", 5), fig(CASES, DISTRICT, "2025-03", 4, units=8)) == []


def test_schools_due_are_told_once_for_a_return_and_compared_with_accepted_schools(data_folder: Path) -> None:
    write_record(data_folder, figure("schools", DISTRICT, "2025-01", 83))
    returned = [fig(name, DISTRICT, "2025-03", 4, units=40) for name in (CASES, "bullying_cases")]
    assert codes(*returned) == []
    fault = the_fault(*returned, past=True)
    assert (fault.code, fault.row, fault.expected) == ("V036", 2, "≈ 83 (2025-01)")
    assert fault.found == "violence_cases 2025-03: 40"


def test_schools_of_former_borders_are_not_those_that_are_due() -> None:
    assert codes(fig("schools", "711110000", "2024-05", 40), fig(CASES, "711110000", "2024-09", 4, units=20)) == []


def test_a_flow_over_a_change_of_definition_is_noted_once_for_all_areas() -> None:
    figures = [fig(OFFENCES, area, "2024-06", n) for n, area in enumerate(("711210000", DISTRICT), start=3)]
    (fault,) = faults(*figures)
    assert (fault.code, fault.row, fault.severity, fault.candidates) == ("P009", 2, "note", ())
    assert (fault.found, fault.expected) == ("offences_against_minors 2024-06", "2024-06-16")


@pytest.mark.parametrize("code", ["2024-05", "2024-07"])
def test_a_month_of_one_definition_is_no_fault(code: str) -> None:
    assert codes(fig(OFFENCES, DISTRICT, code, 3)) == []


def test_a_figure_of_a_time_before_its_first_definition_is_told() -> None:
    fault = the_fault(fig("bullying_offences", DISTRICT, "2024-05", 3))
    assert (fault.code, fault.row, fault.expected) == ("P011", 2, "≥ 2024-06-16")
    assert codes(fig("bullying_offences", DISTRICT, "2024-07", 3)) == []
