"""Figures that agree where they should not."""

import pytest

from etl.checks.run import data_faults
from etl.frames import Figure
from tests.etl.checks.staged import DISTRICT, NEIGHBOUR, codes, fig, stage, the_fault

# Flows of four topics, and stocks.
FLOWS = (
    "helpline_appeals",
    "support_centre_clients",
    "preventive_visits",
    "offences_against_minors",
    "offences_by_minors",
)
MORE = ("bullying_offences", "police_register_placed", "police_register_removed", "families_register_placed")
MOVED = ("placed", "removed")
STOCKS = ("case_management_open", "psychologists", "social_educators")


def flows(code: str, *changes: int, area: str = DISTRICT, first: int = 101) -> list[Figure]:
    """Five different numbers, of which the last ones may be changed."""
    numbers = [first + 7 * n for n in range(len(FLOWS))]
    numbers[len(numbers) - len(changes) :] = changes
    return [fig(name, area, code, value) for name, value in zip(FLOWS, numbers, strict=True)]


def test_numbers_of_the_month_before_are_told_once_for_an_area() -> None:
    fault = the_fault(*flows("2025-02"), *flows("2025-03"))
    assert (fault.code, fault.row, fault.candidates) == ("V031", 7, (DISTRICT,))
    assert fault.found.endswith(": 5 (offences, helpline, prevention)")
    assert fault.expected == "≠ 2025-02"


@pytest.mark.parametrize(
    "figures",
    [
        [*flows("2025-02"), *flows("2025-03", 5)[:0], *flows("2025-03", 200, 201, 202)],
        [*flows("2025-02"), *flows("2025-04")],
        [*flows("2025-02"), *flows("2025-03")[:4]],
        [*flows("2025-02", first=0), *flows("2025-03", 9, 8, 7, 6, 5)],
        [*flows("2025-02", 0, 0, 0, 0, 0), *flows("2025-03", 0, 0, 0, 0, 0)],
        [*flows("2025-02", 1, 1, 1, 1, 1), *flows("2025-03", 1, 1, 1, 1, 1)],
    ],
)
def test_months_that_differ_or_have_little_to_tell_are_no_fault(figures: list[Figure]) -> None:
    assert codes(*figures) == []


def test_numbers_that_only_changed_places_within_a_topic_are_not_the_same() -> None:
    names = [f"{register}_register_{way}" for register in ("police", "families", "in_school") for way in MOVED]
    numbers = range(101, 101 + 7 * len(names), 7)
    before, same, swapped = (
        [fig(name, DISTRICT, code, n) for name, n in zip(names, placed, strict=True)]
        for code, placed in (("2025-02", numbers), ("2025-03", numbers), ("2025-03", numbers[::-1]))
    )
    assert codes(*before, *same) == ["V031"]
    assert codes(*before, *swapped) == []


def test_stocks_may_stay_as_they_are() -> None:
    stocks = [fig(name, DISTRICT, month, 100 + n) for month in ("2025-02", "2025-03") for n, name in enumerate(STOCKS)]
    assert codes(*flows("2025-02"), *flows("2025-03", 5, 6, 7, 8, 9), *stocks) == []


def test_two_areas_with_the_same_numbers_are_told_at_the_second() -> None:
    fault = the_fault(*flows("2025-03"), *flows("2025-03", area=NEIGHBOUR))
    assert (fault.code, fault.row, fault.candidates) == ("V032", 7, (NEIGHBOUR,))
    assert fault.expected == f"≠ {DISTRICT}"


@pytest.mark.parametrize(
    "figures",
    [
        [*flows("2025-03"), *flows("2025-03", 3, 4, 5, area=NEIGHBOUR)],
        [*flows("2025-03", 1, 2, 1, 3, 1), *flows("2025-03", 1, 2, 1, 3, 1, area=NEIGHBOUR)],
    ],
)
def test_areas_that_differ_or_have_few_cases_are_no_fault(figures: list[Figure]) -> None:
    assert codes(*figures) == []


def test_areas_of_two_files_are_not_compared() -> None:
    files = stage(flows("2025-03"), flows("2025-03", area=NEIGHBOUR))
    assert data_faults(files, {0: "a.csv", 1: "b.csv"}, past=False) == []


def estimated(count: int, *, last: int = 10) -> list[Figure]:
    """So many numbers that end in 0, and the last one as given."""
    names = (*FLOWS, *MORE, *STOCKS)[:count]
    numbers = [*(10 * n + 20 for n in range(len(names) - 1)), last]
    return [fig(name, DISTRICT, "2025-03", value) for name, value in zip(names, numbers, strict=True)]


def test_a_return_of_round_numbers_is_told() -> None:
    fault = the_fault(*estimated(12))
    assert (fault.code, fault.row, fault.severity) == ("V035", 2, "note")
    assert fault.found == "helpline_appeals 2025-03: 12"


def test_few_round_numbers_or_a_single_other_one_are_no_fault() -> None:
    assert codes(*estimated(11)) == []
    assert codes(*estimated(12, last=11)) == []
