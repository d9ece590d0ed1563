"""What is known of figures that schools count: from June to August there is nothing to count."""

from dataclasses import replace
from typing import Any, Final

import pytest

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Kind
from tests.disclosure import audited, small
from tests.disclosure.test_sums import lines

YEAR: Final = {"2022/23": 82, "2022-Q3": 4, "2022-Q4": 28, "2023-Q1": 34, "2023-Q2": 16}
SINCE: Final = {"2022-01..2022-05": 40, "2022-01..2022-09": 43}
SCHOOL: Final = replace(small.item(), school_months=True)


def attacked(counts: dict[str, int], declared: Indicator) -> dict[Any, Any]:
    """What the attacker tells of these numbers, small ones hidden."""
    rows = [audited.cell("A", n if n >= 5 else None, period=period) for period, n in counts.items()]
    return audited.unproved(audited.attacked(rows, declared=[declared]))


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (YEAR, "quarter 2022-07..2022-09"),
        (SINCE, "2022-06..2022-09"),
        (SINCE | {"2022-Q3": 3}, "quarter 2022-07..2022-09"),
    ],
)
def test_the_attacker_knows_that_summers_have_nothing(counts: dict[str, int], told: str) -> None:
    number = 4 if counts is YEAR else 3
    assert attacked(counts, audited.item(school_months=True)) == {("A", told): (number, number)}


def test_what_is_counted_all_the_year_may_have_been_in_summer() -> None:
    assert ("A", "quarter 2022-07..2022-09") not in attacked(YEAR, audited.item())


@pytest.mark.parametrize(("counts", "of_schools", "of_all"), [(YEAR, 2, 1), (SINCE, 1, 1)])
def test_a_september_is_not_told_by_what_lies_around_the_summer(
    counts: dict[str, int], of_schools: int, of_all: int
) -> None:
    rows = [small.cell("A", n, period=period) for period, n in counts.items()]
    for declared, expected in ((SCHOOL, of_schools), (small.item(), of_all)):
        assert (small.protected(rows, declared)["status"] == "suppressed").sum() == expected


def test_a_quarter_to_september_is_september_and_a_spring_ends_with_may() -> None:
    since = {f"to {month}": small.cell("A", n, period=f"2022-01..2022-{month:02d}") for month, n in ((5, 40), (9, 43))}
    quarters = {f"q{n}": small.cell("A", count, period=f"2022-Q{n}") for n, count in ((1, 30), (2, 10), (3, 3))}
    whole = {"x": SCHOOL}
    assert lines(since | quarters, whole) == {"to 5 = q1 + q2", "to 9 = q1 + q2 + q3"}
    assert "to 5 = q1 + q2" not in lines(since | quarters)


def test_a_number_of_the_summer_alone_stays_what_it_is() -> None:
    rows = {"july": small.cell("A", 0, period="2022-07"), "q3": small.cell("A", 3, period="2022-Q3")}
    assert lines(rows, {"x": SCHOOL}) == {"q3 = ? + ? + july"}


def test_a_register_of_schools_stands_in_summer_too() -> None:
    """What stands on a day is counted on it, whatever is taught."""
    days = {month: small.cell("A", 40, period=month) for month in ("2022-05", "2022-08")}
    assert lines(days, {"x": replace(SCHOOL, kind=Kind.STOCK)}) == set()
