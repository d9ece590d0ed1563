"""Steps: sums since 1 January, registers, populations and other stocks from one period to the next."""

from pathlib import Path

import pytest

from etl.frames import Figure
from riskmap.domain.vocabulary import CellStatus
from tests.etl.checks.staged import DISTRICT, codes, faults, fig, months, the_fault
from tests.etl.records import figure, write_record

OFFENCES, REGISTER, CHILDREN, PSYCHOLOGISTS = (
    "offences_against_minors",
    "police_register",
    "children_0_17",
    "psychologists",
)
PLACED, REMOVED = f"{REGISTER}_placed", f"{REGISTER}_removed"
REGION = "110000000"
# A district of the region of which a part became a district of its own in 2022, and that part's region.
REDRAWN = "630000000"


def since_january(*values: int | CellStatus, year: int = 2025) -> list[Figure]:
    """Numbers since 1 January, from February on."""
    return [fig(OFFENCES, REGION, f"{year}-01..{year}-{n:02}", value) for n, value in enumerate(values, start=2)]


def register(before: int, placed: int | CellStatus, removed: int, after: int) -> list[Figure]:
    """The register at the end of September and of October, and what happened in October."""
    return [
        fig(REGISTER, DISTRICT, "2025-09", before),
        fig(REGISTER, DISTRICT, "2025-10", after),
        fig(PLACED, DISTRICT, "2025-10", placed),
        fig(REMOVED, DISTRICT, "2025-10", removed),
    ]


def test_a_sum_since_january_that_grows_is_no_fault() -> None:
    assert codes(*since_january(10, 10, 25)) == []
    assert codes(*since_january(10, CellStatus.NOT_REPORTED, 25)) == []


def test_a_sum_since_january_that_falls_is_told_where_it_is_too_small() -> None:
    fault = the_fault(*since_january(10, 25, 24))
    assert (fault.code, fault.row, fault.candidates) == ("V024", 4, (REGION,))
    assert (fault.found, fault.expected) == ("offences_against_minors 2025-01..2025-04: 24", "≥ 25 (2025-03)")


def test_a_new_year_begins_a_new_sum() -> None:
    assert codes(*since_january(90), *since_january(10, year=2026)[:1]) == []


def test_a_sum_since_january_is_compared_with_accepted_ones_on_both_sides(data_folder: Path) -> None:
    for month, value in (("02", 30), ("04", 50)):
        write_record(
            data_folder, figure(OFFENCES, REGION, f"2025-01..2025-{month}", value), load=month, source="district_return"
        )
    march = fig(OFFENCES, REGION, "2025-01..2025-03", 29)
    assert codes(march) == []
    assert codes(march, past=True) == ["V024"]
    assert the_fault(fig(OFFENCES, REGION, "2025-01..2025-03", 51), past=True).code == "V024"
    assert codes(fig(OFFENCES, REGION, "2025-01..2025-03", 40), past=True) == []


def test_a_register_that_is_its_last_state_with_those_placed_and_without_those_removed_is_no_fault() -> None:
    assert codes(*register(100, 7, 3, 104)) == []
    assert codes(*register(100, CellStatus.NOT_REPORTED, 3, 100)) == []
    assert codes(*register(100, 7, 3, 104)[1:]) == []
    assert codes(fig(REGISTER, DISTRICT, "2025-08", 150), *register(100, 7, 3, 104)[1:]) == []


def test_a_register_that_is_another_is_told_with_its_sum() -> None:
    fault = the_fault(*register(100, 7, 3, 103))
    assert (fault.code, fault.row) == ("V025", 3)
    assert (fault.found, fault.expected) == ("police_register 2025-10: 103", "100 + 7 − 3 = 104")


def test_a_state_that_is_sent_again_is_compared_with_the_month_after_it(data_folder: Path) -> None:
    for number, item in enumerate(register(100, 7, 3, 104)):
        write_record(
            data_folder, figure(item.indicator, DISTRICT, item.period.code, int(item.numerator or 0)), load=str(number)
        )
    fault = the_fault(fig(REGISTER, DISTRICT, "2025-09", 101), past=True)
    assert (fault.code, fault.row, fault.found) == ("V025", 2, "police_register 2025-10: 104")
    assert codes(fig(REGISTER, DISTRICT, "2025-09", 100), past=True) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(1000, 1200, []), (1000, 1201, ["V026"]), (1000, 799, ["V026"])]
)
def test_a_population_that_jumps_is_told(before: int, after: int, expected: list[str]) -> None:
    assert codes(fig(CHILDREN, DISTRICT, "2023", before), fig(CHILDREN, DISTRICT, "2024", after)) == expected


def test_few_people_may_be_half_as_many() -> None:
    assert codes(fig(CHILDREN, DISTRICT, "2023", 40), fig(CHILDREN, DISTRICT, "2024", 20)) == []


def test_a_population_of_long_ago_is_not_compared() -> None:
    assert codes(fig(CHILDREN, DISTRICT, "2020", 1000), fig(CHILDREN, DISTRICT, "2024", 2000)) == []


def test_a_population_may_change_with_the_borders_of_its_area() -> None:
    assert codes(fig(CHILDREN, REDRAWN, "2021", 1000), fig(CHILDREN, REDRAWN, "2022", 400)) == []


def test_a_population_is_compared_with_the_accepted_one(data_folder: Path) -> None:
    write_record(data_folder, figure(CHILDREN, DISTRICT, "2023", 1000))
    new = fig(CHILDREN, DISTRICT, "2024", 2000)
    assert codes(new) == []
    assert the_fault(new, past=True).expected == "≈ 1000 (2023-12)"


def test_a_staff_that_falls_by_more_than_half_is_told() -> None:
    assert codes(*months(PSYCHOLOGISTS, (41, 21))) == []
    fault = the_fault(*months(PSYCHOLOGISTS, (41, 20)))
    assert (fault.code, fault.row, fault.expected) == ("V034", 3, "≥ 21 (41 (2024-01))")
    assert codes(*months(PSYCHOLOGISTS, (19, 2))) == []


def test_a_register_may_fall_by_those_who_were_removed() -> None:
    state = months(REGISTER, (60, 20))
    assert codes(*state, fig(REMOVED, DISTRICT, "2024-02", 40)) == []
    assert codes(*state, fig(REMOVED, DISTRICT, "2024-02", 30)) == ["V034"]
    assert codes(*state) == ["V034"]


def test_a_population_that_falls_by_half_is_told_once() -> None:
    assert [fault.code for fault in faults(*months("pupils", (5000, 2000)))] == ["V026"]
