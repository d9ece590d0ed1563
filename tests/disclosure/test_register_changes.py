"""A register between its days: nobody placed fewer than none on it, so what rises in sight leaves less for others."""

from typing import Any

import pandas as pd
import pytest

from riskmap.disclosure import sums
from riskmap.disclosure.protect import blank, protect
from tests.disclosure.small import AREAS, cell
from tests.disclosure.test_missing_units import EVERYTHING, Rows, found_by_attacker
from tests.disclosure.test_sums import REGISTER


def a_rise_in_sight(*, placed: int, lacks: int = 0, schools: int = 3) -> Rows:
    """In February A1 rose by 9 and A3 not at all, nobody was removed: A2, which had none, has what is left."""
    days = {"2022-01": (20, 0, 30), "2022-02": (29, 1, 30)}
    rows = [cell(f"A{at}", n, period=day) for day, counts in days.items() for at, n in enumerate(counts, start=1)]
    rows[3]["units_reported"] = schools
    of: dict[str, Any] = {"units_expected": 3, "units_reported": 3 - lacks}
    rows += [cell("A", n, period="2022-02", indicator=name, **of) for name, n in (("placed", placed), ("removed", 0))]
    year = {"A1": 40, "A2": 20, "A3": 40}
    return [*rows, *(cell(area, n, indicator=name) for name in ("placed", "removed") for area, n in year.items())]


def told(rows: Rows) -> set[tuple[str, int, int | None]]:
    """What is told where the one number of A2 alone is hidden."""
    public = pd.DataFrame(rows)
    blank(public, public.index[public["numerator"] == 1].to_numpy())
    return found_by_attacker(public, rows, REGISTER)


def test_the_attacker_takes_visible_rises_from_what_the_region_placed() -> None:
    assert told(a_rise_in_sight(placed=10)) == {("A2", 1, 1)}
    assert told(a_rise_in_sight(placed=14)) == set()


def test_of_a_region_of_which_not_all_have_reported_nothing_is_taken() -> None:
    assert told(a_rise_in_sight(placed=10, lacks=1)) == set()


def test_a_district_that_lacks_a_school_on_a_day_has_not_risen_by_what_was_placed() -> None:
    assert told(a_rise_in_sight(placed=10, schools=2)) == set()


def test_a_number_of_a_register_is_hidden_from_who_takes_visible_rises_away(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = a_rise_in_sight(placed=10)

    def left() -> set[tuple[str, int, int | None]]:
        hidden = protect(pd.DataFrame(rows), relations=EVERYTHING, areas=AREAS, declared=REGISTER)
        return found_by_attacker(hidden.public, rows, REGISTER)

    assert left() == set()
    monkeypatch.setattr(sums, "_imply_changes", lambda *_: {})
    assert left()


def test_a_register_that_contradicts_itself_between_its_days_is_left_out_alone() -> None:
    """A1 rose by 9 while its region placed 6: what follows from that holds for nobody, all other sums stay."""
    rows = [*a_rise_in_sight(placed=6), cell("B", 30), cell("B1", 3), cell("B2", 27)]
    public = protect(pd.DataFrame(rows), relations=EVERYTHING, areas=AREAS, declared=REGISTER).public
    hidden = set(public.loc[public["status"] == "suppressed", "area"])
    assert {"B1", "B2"} <= hidden
