"""What the auditor takes from exact numbers: which hidden ones are small, and of which units; never what they are."""

from typing import Any, Final

from tests.disclosure.audited import attacked, cell, unproved

REGIONS: Final = {"A": "C", "B": "C"}
MARCH: Final = ("A", "month 2024-03..2024-03")
YEAR: Final = "year 2024-01..2024-12"


def exact(row: dict[str, Any], number: float, **other: Any) -> dict[str, Any]:
    return {**row, "numerator": number, "status": "value", **other}


def test_a_large_number_may_be_known_and_a_small_one_not() -> None:
    small = [cell("C", 9), cell("A", None), cell("B", 6)]
    assert unproved(attacked(small, parents=REGIONS)) == {("A", YEAR): (3, 3)}
    assert unproved(attacked(small, parents=REGIONS, held=[exact(small[1], 3)])) == {("A", YEAR): (3, 3)}
    large = [cell("C", 26), cell("A", None), cell("B", 6)]
    assert attacked(large, parents=REGIONS, held=[exact(large[1], 20)]).passed


def test_a_number_that_is_at_least_two_is_told_only_where_it_is_small() -> None:
    """A and B are 10 together and B is at most 8 of a longer stretch, so that A is 2 or more."""
    rows = [
        cell("C", 10, period="2024-Q1"),
        cell("A", None, period="2024-Q1"),
        cell("B", None, period="2024-Q1"),
        cell("B", 8, period="2024-01..2024-06"),
        cell("B", None, period="2024-Q2"),
    ]
    assert ("A", "quarter 2024-01..2024-03") in unproved(attacked(rows, parents=REGIONS))
    numbers = [exact(rows[1], 7), exact(rows[2], 3), exact(rows[4], 5)]
    assert ("A", "quarter 2024-01..2024-03") not in unproved(attacked(rows, parents=REGIONS, held=numbers))
    numbers = [exact(rows[1], 3), exact(rows[2], 7), exact(rows[4], 1)]
    assert ("A", "quarter 2024-01..2024-03") in unproved(attacked(rows, parents=REGIONS, held=numbers))


def test_a_part_without_a_number_adds_nothing_though_a_longer_number_covers_its_days() -> None:
    """B has said nothing of the second quarter but something since January: what is in between is no part of C's."""
    rows = [
        *(
            cell("C", count, period=f"2024-Q{n}", source="sum_of_parts", units_expected=2, units_reported=2 - (n == 2))
            for n, count in ((1, 40), (2, 20), (3, 35))
        ),
        cell("A", 20, period="2024-Q1"),
        cell("A", 20, period="2024-Q2"),
        cell("A", None, period="2024-Q3"),
        cell("B", 20, period="2024-Q1"),
        cell("B", float("nan"), period="2024-Q2", status="not_reported"),
        cell("B", None, period="2024-Q3"),
        cell("B", 54, period="2024-01..2024-09"),
    ]
    assert unproved(attacked(rows, parents=REGIONS)) == {}


def test_the_units_of_a_hidden_number_are_known_where_they_are_told_with_it() -> None:
    """The quarter is of one unit and its months of two: it is no sum of them."""
    both: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 2, "units_reported": 2}
    rows = [
        *(cell("A", 6, period=f"2024-{month:02}", **both) for month in (1, 2)),
        cell("A", None, period="2024-03"),
        cell("A", None, period="2024-Q1"),
        cell("A1", 13, period="2024-Q1"),
    ]
    march, quarter = exact(rows[2], 3, **both), exact(rows[3], 13, **{**both, "units_reported": 1})
    parents = {"A": "C", "A1": "A", "A2": "A"}
    assert attacked(rows, parents=parents, held=[march, quarter]).passed
    whole = exact(rows[3], 13, **both)
    assert unproved(attacked(rows, parents=parents, held=[march, whole])) == {MARCH: (1, 1)}
