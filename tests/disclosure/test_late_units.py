"""Who came late, told by numbers of other days than the sum that grew."""

from typing import Any, Final

import pandas as pd

from riskmap.disclosure.protect import blank
from riskmap.disclosure.releases import Late, late_returns
from tests.disclosure.small import RELATIONS, audit, cell, item, protected

COUNTS: Final = {"A1": (4, 16, 13), "A2": (15, 15, 15), "A3": (14, 14, 14)}
SINCE: Final = "2022-01..2022-09"


def quarters(*areas: str) -> list[dict[str, object]]:
    return [cell(area, n, period=f"2022-Q{q}") for area in areas for q, n in enumerate(COUNTS[area], start=1)]


def today() -> pd.DataFrame:
    """A1 has come late with 33, of which 16 and 13 are in sight."""
    return pd.DataFrame([cell("A", 120, period=SINCE), *quarters("A1", "A2", "A3")])


def before(**units: Any) -> pd.DataFrame:
    """The sum since January was of two districts."""
    told = {"units_expected": 3, "units_reported": 2, **units}
    rows = pd.DataFrame([cell("A", 87, period=SINCE, **told), *quarters("A2", "A3")])
    blank(rows, rows.index[(rows["area"] == "A2") & (rows["grain"] == "quarter")][:1].to_numpy())
    return rows


def found(public: pd.DataFrame, then: pd.DataFrame) -> set[tuple[str, int, int | None]]:
    report = audit(public, today(), declared={"x": item()}, released=[then])
    return {(told.cell.area, told.low, told.high) for told in report.public.unproved}


def test_the_attacker_takes_visible_quarters_from_what_came_late() -> None:
    public = today()
    first = (public["grain"] == "quarter") & (public["period_start"] == pd.Timestamp(2022, 1, 1))
    blank(public, public.index[first & public["area"].isin(("A1", "A2"))].to_numpy())
    assert found(public, before()) == {("A1", 4, 4)}
    assert found(public, before(units_reported=1)) == set()  # two came, and only one of them can be named


def test_a_late_unit_is_named_by_the_days_that_it_tells_today_and_did_not_then() -> None:
    assert late_returns(today(), [before()], RELATIONS) == [Late(0, 87, (), (), 0, ("A1",))]
    (late,) = late_returns(today(), [before(units_reported=1)], RELATIONS)
    assert late.units == ()


def test_a_number_of_a_late_unit_is_hidden_from_who_kept_the_sum_of_then() -> None:
    public = protected(today().to_dict("records"), item(), released=[before()])
    assert found(public, before()) == set()
