"""Zeros that may stand for nothing sent, gaps that are likely zeros, areas that are missing."""

from pathlib import Path

import pytest

from etl.frames import Figure
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import CellStatus
from tests.etl.checks.staged import DISTRICT, NEIGHBOUR, codes, fig, months, the_fault
from tests.etl.records import figure, write_record

APPEALS, CASES, BULLYING = "helpline_appeals", "violence_cases", "bullying_cases"
USUAL = (12, 9, 14, 11, 13, 10, 15, 12, 8, 13, 11, 14)
UNKNOWN, ABSENT = CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE
RISKS = indicator(CASES).breakdowns["risk_level"]
THIRD = "711510000"


def cases(total: int | CellStatus, *parts: int | CellStatus) -> list[Figure]:
    """A number of cases with its parts by level of risk; fewer parts than there are leave rows out."""
    of_parts = [fig(CASES, DISTRICT, "2025-10", n, by=f"risk_level:{c}") for c, n in zip(RISKS, parts, strict=False)]
    return [fig(CASES, DISTRICT, "2025-10", total), *of_parts]


def test_a_zero_in_place_of_the_usual_number_is_told() -> None:
    fault = the_fault(*months(APPEALS, (*USUAL, 0)))
    assert (fault.code, fault.row, fault.expected) == ("V029", 14, "≈ 12")
    assert fault.found == "helpline_appeals 2025-01: 1 × 0 (helpline)"


@pytest.mark.parametrize(
    "values",
    [
        (*USUAL, 1),
        (*USUAL[:7], 0),
        (0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0, 0),
        (*USUAL[:6], 0, 0, *USUAL[:3], 0),
        (0, 60, 0, 70, 0, 90, 0, 40, 0, 50, 0, 40, 0),
    ],
)
def test_a_zero_that_may_well_be_one_is_no_fault(values: tuple[int, ...]) -> None:
    assert codes(*months(APPEALS, values[:-1])) + codes(*months(APPEALS, values)) == []


def test_a_zero_beside_another_number_of_the_same_topic_is_no_fault() -> None:
    twelve = [("2024-09", 4), ("2025-01", 5), ("2025-09", 3)]
    past = [item for first, count in twelve for item in months(CASES, USUAL[:count], first=first)]
    zero = fig(CASES, DISTRICT, "2025-12", 0)
    assert codes(*past, zero) == ["V029"]
    assert codes(*past, zero, fig(BULLYING, DISTRICT, "2025-12", 3)) == []


@pytest.mark.parametrize(
    "figures",
    [
        cases(12, 5, 4, 3),
        cases(12, 5, 4, UNKNOWN),
        cases(12, 5, 7, ABSENT),
        cases(12, UNKNOWN, UNKNOWN, UNKNOWN),
        cases(0, 0, 0, 0),
        cases(0),
        cases(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        cases(12, 5, 7, CellStatus.SUPPRESSED),
    ],
)
def test_parts_without_a_doubt_are_no_fault(figures: list[Figure]) -> None:
    assert codes(*figures) == []


@pytest.mark.parametrize(
    ("figures", "missing"),
    [
        (cases(12, 5, 7, UNKNOWN), 1),
        (cases(12, 5, 7), 1),
        (cases(12, 12, UNKNOWN, UNKNOWN), 2),
        (cases(0, UNKNOWN, UNKNOWN, UNKNOWN), 3),
        (cases(0, 0, UNKNOWN, 0), 1),
    ],
)
def test_parts_that_can_only_be_zero_are_told_at_their_total(figures: list[Figure], missing: int) -> None:
    fault = the_fault(*figures)
    assert (fault.code, fault.row, fault.expected) == ("V030", 2, "0")
    assert fault.found == f"violence_cases 2025-10 risk_level: {missing} × ..."


def sent(code: str, *places: str) -> list[Figure]:
    """One figure of each area."""
    return [fig(APPEALS, area, code, 5 + n) for n, area in enumerate(places)]


def test_an_area_that_has_reported_before_is_missed() -> None:
    fault = the_fault(*sent("2025-09", DISTRICT, NEIGHBOUR, THIRD), *sent("2025-10", DISTRICT, THIRD))
    assert (fault.code, fault.row, fault.candidates) == ("K006", None, (NEIGHBOUR,))
    assert (fault.found, fault.expected) == ("2025-10", f"{NEIGHBOUR} (2025-09)")


def test_an_area_that_has_been_missing_before_is_not_missed_again() -> None:
    figures = [*sent("2025-08", DISTRICT, NEIGHBOUR), *sent("2025-09", DISTRICT), *sent("2025-10", DISTRICT)]
    assert codes(*figures) == ["K006"]


def test_an_area_that_says_that_it_has_no_figure_is_there() -> None:
    said = fig(APPEALS, NEIGHBOUR, "2025-10", UNKNOWN)
    assert codes(*sent("2025-09", DISTRICT, NEIGHBOUR), *sent("2025-10", DISTRICT), said) == []


def test_an_area_is_missed_by_the_record_and_not_where_it_came_before(data_folder: Path) -> None:
    old = {**figure(APPEALS, DISTRICT, "2025-09", 5), **figure(APPEALS, NEIGHBOUR, "2025-09", 6)}
    write_record(data_folder, old, load="1")
    assert codes(*sent("2025-10", DISTRICT)) == []
    assert codes(*sent("2025-10", DISTRICT), past=True) == ["K006"]
    write_record(data_folder, figure(APPEALS, NEIGHBOUR, "2025-10", 6), load="2")
    assert codes(*sent("2025-10", DISTRICT), past=True) == []


def test_a_file_of_a_topic_misses_no_area_of_another_topic() -> None:
    other = fig("preventive_visits", NEIGHBOUR, "2025-09", 7)
    assert codes(other, *sent("2025-09", DISTRICT), *sent("2025-10", DISTRICT)) == []


def test_a_file_of_one_of_many_areas_is_no_return_of_the_region() -> None:
    assert codes(*sent("2025-09", DISTRICT, NEIGHBOUR, THIRD), *sent("2025-10", DISTRICT)) == []


def test_an_area_of_another_region_is_not_missed() -> None:
    assert codes(*sent("2025-09", DISTRICT, "621000000"), *sent("2025-10", DISTRICT)) == []
