"""Longer and shorter numbers to which not the same units have reported: what they tell of those that are missing."""

from typing import Any, Final

import pytest

from riskmap.disclosure.audit import AuditReport
from riskmap.domain.vocabulary import Kind
from tests.disclosure.audited import attacked, cell, item, unproved

REGION: Final = {"A": "C", "A1": "A", "A2": "A", "A3": "A"}
QUARTER: Final = ("A", "quarter 2024-01..2024-03")
SINCE: Final = ("A", "ytd 2024-01..2024-03")
MARCH: Final = ("A", "2024-03..2024-03")


def of(reported: int, expected: int = 3) -> dict[str, Any]:
    """A sum of so many units."""
    return {"source": "sum_of_parts", "units_expected": expected, "units_reported": reported}


def months(*shown: tuple[float | None, int], area: str = "A", expected: int = 3) -> list[dict[str, Any]]:
    """Months from January on, each with the number of units that reported."""
    return [
        cell(area, number, period=f"2024-{month:02}", **(of(reported, expected) if number is not None else {}))
        for month, (number, reported) in enumerate(shown, start=1)
    ]


def districts(*shown: float | None) -> list[dict[str, Any]]:
    """Districts by quarter, the last of them without a report."""
    told = [cell(f"A{number}", count, period="2024-Q1") for number, count in enumerate(shown, start=1)]
    return [*told, cell("A3", float("nan"), period="2024-Q1", status="not_reported")]


def february_is_missing(quarter: float | None, *, january: float | None = 12, two: bool = True) -> AuditReport:
    """A region of three districts one of which did not report February, so that it is not in the quarter either."""
    whole = cell("A", quarter, period="2024-Q1", **(of(2) if quarter is not None else {}))
    shown = districts(15, (quarter or 32) - 15) if two else districts(None, None)
    return attacked([*months((january, 3), (9, 2), (14, 3)), whole, *shown], parents=REGION)


def test_months_and_their_quarter_tell_what_the_unit_has_that_is_missing_in_the_quarter() -> None:
    report = february_is_missing(32)
    assert unproved(report) == {QUARTER: (3, 3)}
    (found,) = report.public.unproved
    assert (found.is_leak, found.told) == (True, "gap")


def test_the_cells_that_tell_of_a_missing_unit_are_named_first_to_be_hidden() -> None:
    (found,) = february_is_missing(32).public.unproved
    assert [(key.area, key.grain) for key in found.beside[:4]] == [("A", "quarter"), *[("A", "month")] * 3]
    assert {key.area for key in found.beside[4:]} == {"A1", "A2"}


def test_a_hidden_quarter_tells_nothing_of_the_missing_unit_unless_its_parts_do() -> None:
    assert february_is_missing(None, two=False).passed
    told = february_is_missing(None)  # 15 and 17 are the quarter
    assert QUARTER in unproved(told)


def test_a_hidden_month_tells_nothing_of_the_missing_unit() -> None:
    assert february_is_missing(32, january=None).passed


def test_much_of_a_missing_unit_may_be_known_and_its_zero_where_zeros_are_shown() -> None:
    assert february_is_missing(30).passed
    assert february_is_missing(35).passed


def test_a_zero_of_a_missing_district_is_hidden_where_zeros_of_districts_are() -> None:
    cells = [*months((12, 3), (9, 2), (14, 3)), cell("A", 35, period="2024-Q1", **of(2))]
    report = attacked(cells, parents=REGION, declared=[item(hide_zero=True)])
    assert unproved(report) == {QUARTER: (0, 0)}
    regions = {"A": "C", "B": "C", "D": "C"}
    whole = [dict(row, area="C") for row in cells]
    assert attacked(whole, parents=regions, declared=[item(hide_zero=True)]).passed  # no districts anywhere


def test_months_and_a_quarter_that_lack_the_same_unit_are_sums_of_each_other() -> None:
    whole = cell("A", 35, period="2024-Q1", **of(2))
    assert attacked([*months((12, 2), (9, 2), (14, 2)), whole], parents=REGION).passed
    hidden = attacked([*months((12, 2), (20, 2)), cell("A", None, period="2024-03"), whole], parents=REGION)
    assert unproved(hidden) == {("A", "month 2024-03..2024-03"): (3, None)}  # perhaps more have reported
    same = [cell("A", 60, period=f"2024-{month:02}", part="type:q", **of(2)) for month in (1, 2, 3)]
    named = attacked(
        [*months((12, 2), (20, 2)), cell("A", None, period="2024-03"), whole, *same],
        parents=REGION,
    )
    assert unproved(named) == {("A", "month 2024-03..2024-03"): (3, 3)}  # another part of the same return says: two


def test_two_numbers_since_january_tell_what_the_same_units_had_in_between() -> None:
    def since(march: float, reported: int) -> AuditReport:
        february = cell("A", 20, period="2024-01..2024-02", **of(reported))
        return attacked([february, cell("A", march, period="2024-01..2024-03", **of(2))], parents=REGION)

    report = since(23, 2)
    assert unproved(report) == {SINCE: (3, 3), MARCH: (3, None)}
    assert [found.told for found in report.public.unproved] == ["", "step"]
    assert since(26, 2).passed
    assert SINCE not in unproved(since(23, 3))  # of others: the two have no number in common


def test_a_month_of_all_and_two_numbers_since_january_of_some_tell_of_the_rest() -> None:
    since = [cell("A", number, period=f"2024-01..2024-0{month}", **of(2)) for month, number in ((2, 20), (3, 31))]
    month = cell("A", 14, period="2024-03", **of(3))
    assert unproved(attacked([*since, month], parents=REGION)) == {SINCE: (3, 3)}
    same = cell("A", 11, period="2024-03", **of(2))
    assert attacked([*since, same], parents=REGION).passed


@pytest.mark.parametrize(("reported", "told"), [(1, {("C", "quarter 2024-01..2024-03"): (3, 3)}), (2, {})])
def test_a_country_that_lacks_one_region_each_time_can_lack_more_of_its_districts(
    reported: int, told: dict[tuple[str, str], tuple[int, int]]
) -> None:
    """Units of a country are regions: that one is short says nothing of how many districts it lacks."""
    above = {"A": "C", "B": "C", "A1": "A", "A2": "A", "A3": "A"}
    country = months((40, 1), (40, 1), (40, 1), area="C", expected=2)
    whole = [cell("C", 117 if told else 120, period="2024-Q1", **of(1, 2))]
    region = months((20, 2), (20, 2), (20, 2))
    quarter = [cell("A", 50 if told else 60, period="2024-Q1", **of(reported))]
    report = attacked([*country, *whole, *region, *quarter], parents=above)
    assert unproved(report) == told


def test_the_longer_of_two_grains_is_told_apart_from_the_months_of_both() -> None:
    half = cell("A", 57, period="2024-H1", **of(1))
    quarters = [cell("A", number, period=f"2024-Q{at}", **of(2)) for at, number in ((1, 30), (2, 30))]
    all_months = months(*[(12, 3)] * 6)
    report = attacked([half, *quarters, *all_months], parents=REGION)
    assert unproved(report) == {("A", "half_year 2024-01..2024-06"): (3, 3)}  # 15 by months is no small number


def test_a_register_tells_of_the_day_before_what_a_unit_has_that_is_missing_on_it() -> None:
    """In September two of three districts stand there with 57, in October all three with 62: 5 came and 3 went."""
    register = [item(kind=Kind.STOCK), item("placed"), item("removed")]
    flows = [cell("A", n, indicator=name, period="2024-10", **of(3)) for name, n in (("placed", 5), ("removed", 3))]
    cells = [cell("A", 57, period="2024-09", **of(2)), cell("A", 62, period="2024-10", **of(3)), *flows]
    known: dict[str, Any] = {"parents": REGION, "balance": {"placed": 1, "removed": -1}, "declared": register}
    assert unproved(attacked(cells, **known)) == {("A", "month 2024-09..2024-09"): (3, 3)}
    cells[0] = cell("A", None, period="2024-09")
    assert attacked(cells, **known).passed
