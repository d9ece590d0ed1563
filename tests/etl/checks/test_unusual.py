"""Numbers unlike the own past: too high, several months at once, sent again otherwise."""

from pathlib import Path

import pytest

from riskmap.domain.vocabulary import CellStatus
from tests.etl.checks.staged import DISTRICT, codes, fig, months, the_fault
from tests.etl.records import figure, write_record

APPEALS, CASES = "helpline_appeals", "violence_cases"
USUAL = (12, 9, 14, 11, 13, 10, 15, 12, 8, 13, 11, 14)
RARE = (0, 1, 0, 0, 2, 0, 1, 0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("before", "now"),
    [(USUAL, 15), (USUAL, 30), (RARE, 9), (USUAL[:11], 122), ((0,) * 12, 40), ((1000, 1100) * 6, 2100)],
)
def test_a_number_like_those_before_is_no_fault(before: tuple[int, ...], now: int) -> None:
    assert codes(*months(APPEALS, (*before, now))) == []


@pytest.mark.parametrize(("before", "now"), [(USUAL, 122), (RARE, 30), ((1000, 1100) * 6, 10_500)])
def test_a_digit_too_many_is_told(before: tuple[int, ...], now: int) -> None:
    fault = the_fault(*months(APPEALS, (*before, now)))
    assert (fault.code, fault.row, fault.found) == ("V027", 14, f"helpline_appeals 2025-01: {now}")
    assert fault.expected.endswith(f"(max {max(before)}, ⌀ {round(sum(before) / 12, 1):g})")


def test_nine_months_with_lessons_are_a_round_of_seasons() -> None:
    autumn, spring = months(CASES, USUAL[:4], first="2024-09"), months(CASES, USUAL[4:9], first="2025-01")
    high = fig(CASES, DISTRICT, "2025-09", 122)
    assert codes(*autumn, *spring, high) == ["V027"]
    assert codes(*autumn, *spring[1:], high) == []


def test_a_number_is_compared_with_accepted_ones_of_the_same_kind(data_folder: Path) -> None:
    for item in months(APPEALS, USUAL):
        code = item.period.code
        write_record(data_folder, figure(APPEALS, DISTRICT, code, int(item.numerator or 0)), load=code)
    high = fig(APPEALS, DISTRICT, "2025-01", 122)
    assert codes(high) == []
    assert codes(high, past=True) == ["V027"]
    assert codes(fig(APPEALS, DISTRICT, "2025-01", 122, invented=False), past=True) == []


def test_numbers_before_a_change_of_definition_say_nothing() -> None:
    before = months("offences_against_minors", USUAL, first="2023-07")
    assert set(codes(*before, fig("offences_against_minors", DISTRICT, "2024-07", 122))) == {"P009"}


def test_a_month_that_holds_what_several_had_is_told() -> None:
    fault = the_fault(*months(APPEALS, (*USUAL, *[CellStatus.NOT_REPORTED] * 3, 48)))
    assert (fault.code, fault.row, fault.found) == ("V028", 17, "helpline_appeals 2025-04: 48")
    assert fault.expected == "≈ 12 × 4"


def test_months_of_zeros_before_one_that_holds_their_cases_are_told_themselves_too() -> None:
    assert codes(*months(APPEALS, (*USUAL, 0, 0, 0, 48))) == ["V028", "V029"]


def test_a_number_far_above_what_the_gap_leaves_room_for_is_too_high_and_no_backlog() -> None:
    assert codes(*months(APPEALS, (*USUAL, *[CellStatus.NOT_REPORTED] * 3, 480))) == ["V027"]


def test_a_single_month_is_no_gap() -> None:
    assert codes(*months(APPEALS, (*USUAL, CellStatus.NOT_REPORTED, 40))) == []


def test_months_left_out_are_a_gap_too() -> None:
    figures = [*months(APPEALS, USUAL[:6]), fig(APPEALS, DISTRICT, "2024-09", 36)]
    assert codes(*figures) == ["V028"]


@pytest.mark.parametrize("now", [12, 20, 5])
def test_a_usual_month_after_a_gap_is_no_fault(now: int) -> None:
    assert codes(*months(APPEALS, (*USUAL, *[CellStatus.NOT_REPORTED] * 2, now))) == []


def test_the_summer_is_no_gap_of_what_is_counted_by_lessons() -> None:
    figures = [*months(CASES, USUAL[:5], first="2024-01"), *months(CASES, USUAL[:4], first="2024-09")]
    assert codes(*figures, *months(CASES, (*USUAL[:5],), first="2025-01"), fig(CASES, DISTRICT, "2025-09", 40)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(100, 150, []), (100, 151, ["V037"]), (100, 49, ["V037"]), (6, 16, []), (6, 17, ["V037"]), (0, 11, ["V037"])],
)
def test_a_figure_sent_again_that_differs_by_more_than_half_is_told(
    data_folder: Path, old: int, new: int, expected: list[str]
) -> None:
    write_record(data_folder, figure(APPEALS, DISTRICT, "2025-01", 7), load="1")
    write_record(data_folder, figure(APPEALS, DISTRICT, "2025-01", old), load="2")
    assert codes(fig(APPEALS, DISTRICT, "2025-01", new), past=True) == expected


def test_a_figure_of_another_source_or_kind_was_not_sent_again(data_folder: Path) -> None:
    write_record(data_folder, figure(APPEALS, DISTRICT, "2025-01", 7), source="published")
    write_record(data_folder, figure(APPEALS, DISTRICT, "2025-01", 7, invented=False), load="2")
    assert codes(fig(APPEALS, DISTRICT, "2025-01", 100), past=True) == []


def test_a_part_that_is_sent_again_is_named(data_folder: Path) -> None:
    write_record(data_folder, figure(CASES, DISTRICT, "2025-01", 40, by="type:physical"))
    fault = the_fault(fig(CASES, DISTRICT, "2025-01", 4, by="type:physical"), past=True)
    assert (fault.code, fault.found) == ("V037", "violence_cases 2025-01 type physical: 4")
    assert (fault.expected, fault.candidates) == ("≈ 40", (DISTRICT,))
