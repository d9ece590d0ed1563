"""Sums: parts and totals, districts and region, months and longer periods."""

import pytest

from etl.checks.run import data_faults
from etl.frames import Figure
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import CellStatus
from tests.etl.checks.staged import DISTRICT, NEIGHBOUR, ULYTAU, codes, faults, fig, stage, the_fault

CASES, OFFENCES, TRAINED, STAFF = "violence_cases", "offences_against_minors", "staff_trained", "educators"
MONTH = "2025-10"
UNKNOWN = CellStatus.NOT_REPORTED
RISKS = indicator(CASES).breakdowns["risk_level"]
INSIDE = [a.id for a in areas().values() if a.parent == ULYTAU and a.kind is AreaKind.DISTRICT]
OUTSIDE = f"{ULYTAU}-R"


def parted(total: int | CellStatus, *parts: int | CellStatus) -> list[Figure]:
    """A number of cases with its parts by level of risk; fewer parts than there are leave rows out."""
    of_parts = [fig(CASES, DISTRICT, MONTH, n, by=f"risk_level:{c}") for c, n in zip(RISKS, parts, strict=False)]
    return [fig(CASES, DISTRICT, MONTH, total), *of_parts]


def region(whole: int | None, *districts: int | CellStatus, outside: int | CellStatus | None = None) -> list[Figure]:
    """The offences of a year in Ulytau: the region's own number, those of its districts, and of what is in none."""
    figures = [fig(OFFENCES, area, "2025", n) for area, n in zip(INSIDE, districts, strict=False)]
    figures += [] if outside is None else [fig(OFFENCES, OUTSIDE, "2025", outside)]
    return figures + ([] if whole is None else [fig(OFFENCES, ULYTAU, "2025", whole)])


def year(whole: int, *values: int | CellStatus, code: str = "2025", name: str = OFFENCES) -> list[Figure]:
    """Months from January on and after them a longer period."""
    start = [fig(name, DISTRICT, f"2025-{n:02}", value) for n, value in enumerate(values, start=1)]
    return [*start, fig(name, DISTRICT, code, whole)]


@pytest.mark.parametrize(
    "figures",
    [
        parted(12, 5, 4, 3),
        parted(12, 5, 4, UNKNOWN),
        parted(12, 5, 4),
        parted(12),
        parted(0, 0, 0, 0),
        parted(UNKNOWN, 5, UNKNOWN, UNKNOWN),
        parted(12, UNKNOWN, UNKNOWN, UNKNOWN),
        parted(12, 5, 7, CellStatus.NOT_APPLICABLE),
    ],
)
def test_parts_that_agree_with_their_total_are_no_fault(figures: list[Figure]) -> None:
    assert codes(*figures) == []


def test_a_part_larger_than_its_total_is_told_once() -> None:
    fault = the_fault(*parted(12, 13, 4, 3))
    assert (fault.code, fault.row, fault.column) == ("V004", 2, "value")
    assert (fault.found, fault.expected) == ("violence_cases 2025-10 risk_level: 13", "≤ 12")
    assert fault.candidates == (DISTRICT,)


@pytest.mark.parametrize(
    ("parts", "found", "expected"),
    [((5, 4, 4), 13, "12"), ((5, 4, 2), 11, "12"), ((5, 8, UNKNOWN), 13, "≤ 12"), ((5, 8), 13, "≤ 12")],
)
def test_parts_that_make_another_total_are_told(parts: tuple[int, ...], found: int, expected: str) -> None:
    fault = the_fault(*parted(12, *parts))
    assert (fault.code, fault.row) == ("V005", 2)
    assert fault.found == f"violence_cases 2025-10 risk_level: Σ = {found}"
    assert fault.expected == expected


def test_parts_of_another_area_or_month_are_not_added() -> None:
    others = [
        fig(CASES, area, month, 9, by="risk_level:low")
        for area, month in ((NEIGHBOUR, MONTH), (DISTRICT, "2025-11"), (NEIGHBOUR, "2025-11"))
    ]
    assert codes(*parted(12, 5, 4, 3), *others) == []


def test_more_trained_staff_than_staff_are_told() -> None:
    assert codes(fig(TRAINED, DISTRICT, MONTH, 60), fig(STAFF, DISTRICT, MONTH, 60)) == []
    fault = the_fault(fig(TRAINED, DISTRICT, MONTH, 61), fig(STAFF, DISTRICT, MONTH, 60))
    assert (fault.code, fault.row, fault.expected) == ("V004", 2, "≤ 60 (educators)")


@pytest.mark.parametrize(
    "figures",
    [
        region(60, 10, 20, 30),
        region(61, 10, 20, 30, outside=1),
        region(61, 10, 20, 30, outside=UNKNOWN),
        region(60, 10, 20),
        region(60, 10, 20, UNKNOWN),
        region(None, 10, 20, 30),
        region(60),
        region(60, 10, 20, 30, outside=CellStatus.NOT_APPLICABLE),
    ],
)
def test_districts_that_agree_with_their_region_are_no_fault(figures: list[Figure]) -> None:
    assert len(INSIDE) == 5
    padding = [fig(OFFENCES, area, "2025", 0) for area in INSIDE[3:]]
    assert codes(*figures, *(padding if len(figures) > 2 else [])) == []


@pytest.mark.parametrize(
    ("whole", "districts", "outside", "expected"),
    [(60, (10, 20, 31, 0, 0), None, "60"), (60, (10, 20, 29, 0, 0), None, "60"), (60, (10, 20, 30, 0, 0), 1, "60")]
    + [(60, (10, 51), None, "≤ 60"), (60, (10, 51, UNKNOWN, 0, 0), None, "≤ 60")],
)
def test_districts_that_make_another_region_are_told_at_the_region(
    whole: int, districts: tuple[int, ...], outside: int | None, expected: str
) -> None:
    figures = region(whole, *districts, outside=outside)
    fault = the_fault(*figures)
    assert (fault.code, fault.row, fault.candidates) == ("V022", len(figures) + 1, (ULYTAU,))
    assert fault.expected == expected


def test_a_region_of_old_borders_is_not_compared_with_districts() -> None:
    figures = [fig(OFFENCES, "350000000", "2021", 5)]
    inside = [a.id for a in areas().values() if a.parent == "350000000" and a.kind is AreaKind.DISTRICT]
    assert codes(*figures, *(fig(OFFENCES, area, "2021", 9) for area in inside)) == []


@pytest.mark.parametrize(
    "figures",
    [
        year(78, *range(1, 13)),
        year(90, *range(1, 12)),
        year(78, *range(1, 12), UNKNOWN),
        year(6, 1, 2, 3, code="2025-Q1"),
        year(6, 1, 2, 3, code="2025-01..2025-03"),
        year(1, 1, 2, 3, code="2025-Q2"),
        year(5, 9, 9, name="in_school_register"),
    ],
)
def test_months_that_agree_with_a_longer_period_are_no_fault(figures: list[Figure]) -> None:
    assert codes(*figures) == []


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        (year(79, *range(1, 13)), "79"),
        (year(10, 5, 6), "≤ 10"),
        (year(7, 1, 2, 3, code="2025-Q1"), "7"),
        (year(5, 1, 2, 3, code="2025-H1"), "≤ 5"),
        (year(7, 1, 2, 3, code="2025-01..2025-03"), "7"),
    ],
)
def test_months_that_make_another_longer_period_are_told_at_it(figures: list[Figure], expected: str) -> None:
    fault = the_fault(*figures)
    assert (fault.code, fault.row, fault.expected) == ("V023", len(figures) + 1, expected)


def test_what_is_counted_by_lessons_needs_no_summer_to_be_a_whole_school_year() -> None:
    lessons = [fig(CASES, DISTRICT, f"2024-{n:02}", 1) for n in range(9, 13)]
    lessons += [fig(CASES, DISTRICT, f"2025-{n:02}", 1) for n in range(1, 6)]
    assert codes(*lessons, fig(CASES, DISTRICT, "2024/25", 9)) == []
    assert the_fault(*lessons, fig(CASES, DISTRICT, "2024/25", 10)).expected == "10"


def test_months_on_both_sides_of_a_change_of_definition_need_not_add_up() -> None:
    first = [fig(OFFENCES, DISTRICT, f"2024-{n:02}", 1) for n in range(1, 13)]
    assert set(codes(*first, fig(OFFENCES, DISTRICT, "2024", 20))) == {"P009"}


def test_quarters_make_a_year() -> None:
    quarters = [fig(OFFENCES, DISTRICT, f"2025-Q{n}", 3) for n in (1, 2, 3, 4)]
    assert codes(*quarters, fig(OFFENCES, DISTRICT, "2025", 12)) == []
    assert the_fault(*quarters, fig(OFFENCES, DISTRICT, "2025", 13)).code == "V023"


def test_parts_and_totals_may_stand_in_several_files_of_one_call() -> None:
    total, *parts = parted(12, 5, 4, 4)
    (fault,) = data_faults(stage([total], parts), {0: "totals.csv", 1: "parts.csv"}, past=False)
    assert (fault.code, fault.file) == ("V005", "totals.csv")


def test_a_file_that_is_not_named_plays_no_part() -> None:
    total, *parts = parted(12, 5, 4, 4)
    assert data_faults(stage([total], parts), {0: "totals.csv"}, past=False) == []


def test_a_fault_of_each_place_is_told() -> None:
    other = [fig(CASES, NEIGHBOUR, MONTH, 3), *(fig(CASES, NEIGHBOUR, MONTH, 2, by=f"risk_level:{c}") for c in RISKS)]
    told = faults(*parted(12, 5, 4, 2), *other)
    assert [(fault.code, fault.row, fault.candidates) for fault in told] == [
        ("V005", 2, (DISTRICT,)),
        ("V005", 6, (NEIGHBOUR,)),
    ]
