"""What two sums of one area tell of the districts that are in the one and not in the other."""

from typing import Any

import pandas as pd

from tests.disclosure.small import cell, hidden, item

REGIONS = {"B": 900, "D": 800}


def of_all(counts: dict[str, float], period: str, **units: Any) -> list[dict[str, object]]:
    """Cells of one period: the region A with its own units, everything else whole."""
    return [cell(area, n, period=period, **(units if area == "A" else {})) for area, n in counts.items()]


def lacking(of: int) -> dict[str, Any]:
    return {"units_expected": 3, "units_reported": 3 - of, "source": "sum_of_parts"}


def quarter_without_a_month(told: int) -> list[dict[str, object]]:
    """Three districts, of which A1 sent January and March, `told` in both together, and so nothing of the quarter."""
    months = {"2022-01": (40 + told, 0), "2022-02": (38, 1), "2022-03": (43, 0)}
    rows = [cell("A", n, period=month, **lacking(of)) for month, (n, of) in months.items()]
    rows += of_all({"A": 121, "A2": 60, "A3": 61}, "2022-Q1", **lacking(1))
    return rows


def test_what_a_district_sent_before_it_fell_silent_is_no_difference_of_its_regions_sums() -> None:
    assert hidden(quarter_without_a_month(3), item(hide_below=5))


def test_a_difference_of_sums_that_is_no_small_number_is_left_alone() -> None:
    assert not hidden(quarter_without_a_month(30), item(hide_below=5))


def test_sums_without_the_same_districts_tell_nothing_of_them() -> None:
    rows = [cell("A", n, period=f"2022-{month:02d}", **lacking(1)) for month, n in ((1, 40), (2, 38), (3, 43))]
    rows += of_all({"A": 121, "A2": 60, "A3": 61}, "2022-Q1", **lacking(1))
    assert not hidden(rows, item(hide_below=5))


def test_a_month_is_not_told_by_two_sums_since_1_january_without_a_district_that_is_in_it() -> None:
    """A1 fell silent in January and came back in March with 3: 43 in all, and the others 40 more than in February."""
    rows = [cell("A", n, period=f"2022-01..2022-{month:02d}", **lacking(1)) for month, n in ((2, 80), (3, 120))]
    rows += [cell("A", 43, period="2022-03")]
    assert ("A", "2022-03") in hidden(rows, item(hide_below=5))


def late(then: int) -> tuple[list[dict[str, object]], pd.DataFrame]:
    """A1 has come late with 3: the region's sum is 43 today and was `then` before."""
    districts = {"A1": 3, "A2": 20, "A3": 20}
    today = of_all({"A": 43, **districts}, "2022", **lacking(0))
    before = of_all({"A": then, "A2": 20, "A3": 20}, "2022", **lacking(1))
    before += [cell("A1", None, units_reported=0)]
    return today, pd.DataFrame(before)


def test_what_came_late_is_no_difference_to_an_earlier_publication() -> None:
    today, before = late(40)
    assert hidden(today, item(hide_below=5)) == {("A1",), ("A3",)}
    assert {("A",), ("A1",)} <= hidden(today, item(hide_below=5), released=[before])


def test_a_sum_that_was_corrected_downwards_tells_nothing_of_what_came_late() -> None:
    today, before = late(60)
    before.loc[before["area"].isin(["A2", "A3"]), ["status", "numerator", "units_reported"]] = [
        "suppressed",
        None,
        None,
    ]
    assert hidden(today, item(hide_below=5), released=[before]) == {("A1",), ("A3",)}


def test_a_sum_to_which_nothing_came_late_may_be_hidden_as_nobody_knows_that() -> None:
    """40 of two districts then and 40 of three today: A1 has none, which is not to be known."""
    today, before = late(40)
    today[0]["numerator"], today[1]["numerator"] = 40, 0
    found = hidden(today, item(hide_below=5, hide_zero=True), released=[before])
    assert {("A",), ("A1",)} <= found
