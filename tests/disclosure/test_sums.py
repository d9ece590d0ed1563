"""What is taken to add up among cells, on handfuls of cells whose sums can be seen."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskmap.disclosure.rows import Sums
from riskmap.disclosure.sums import sums
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Kind
from tests.disclosure.small import RELATIONS, cell, item
from tests.disclosure.tables import AWKWARD, DRAWN, Made

Cells = dict[str, dict[str, object]]
SCHOOL_YEARS = ("2022/23", "2023/24", "2024/25")
UNITS: dict[str, Any] = {"units_expected": 3, "units_reported": 2}
REGISTER = {
    "x": item(kind=Kind.STOCK),
    "placed": replace(item(), id="placed"),
    "removed": replace(item(), id="removed"),
}
BALANCE = pd.DataFrame(
    [("indicator", "*", "x", "placed", "balance", 1), ("indicator", "*", "x", "removed", "balance", -1)],
    columns=RELATIONS.columns,
)


def system(cells: Cells, declared: dict[str, Indicator], whole: Any = np.inf) -> Sums:
    rows = pd.DataFrame(list(cells.values()))
    relations = pd.concat([RELATIONS, BALANCE])
    return sums(rows, relations=relations, declared=declared, whole=np.broadcast_to(float(whole), len(rows)))


def lines(cells: Cells, declared: dict[str, Indicator] | None = None, **rule: Any) -> set[str]:
    """Each row as a text: the total, then what it is made of; `?` is a number that no cell shows."""
    found = system(cells, declared or {"x": item(**rule)})
    names = [*cells, *("?" * (found.variables - found.cells))]
    rows = []
    for row, right in zip(found.matrix.toarray(), found.right, strict=True):
        assert not right
        sides = [" + ".join(sorted(names[at] for at in np.flatnonzero(row == sign))) for sign in (1, -1)]
        rows.append(" = ".join(sorted(sides, key=lambda side: (side.count("+"), side))))
    return set(rows)


def since(counts: dict[int, float], **other: Any) -> Cells:
    return {
        str(month): cell("A", count, period=f"2022-01..2022-{month:02d}", **other) for month, count in counts.items()
    }


def test_a_country_is_the_sum_of_its_regions_and_a_region_of_its_districts_and_remainder() -> None:
    counts = {"C": 60, "A": 20, "B": 40, "A1": 3, "A2": 7, "A-R": 10}
    assert lines({area: cell(area, n) for area, n in counts.items()}) == {"C = A + B", "A = A-R + A1 + A2"}


def test_parts_that_do_not_make_up_their_total_leave_something_over() -> None:
    assert lines({"A": cell("A", 20), "A1": cell("A1", 3), "A2": cell("A2", 7)}) == {"A = ? + A1 + A2"}


def test_parts_that_exceed_their_total_are_no_sum() -> None:
    assert lines({"A": cell("A", 20), "A1": cell("A1", 30)}) == set()


def test_categories_of_one_breakdown_make_up_the_total_of_the_same_area() -> None:
    ages = {"young": cell("A", 4, cut="age:0-11"), "older": cell("A", 6, cut="age:12-13")}
    types = {"physical": cell("A", 10, cut="type:physical"), "elsewhere": cell("B", 0, cut="type:sexual")}
    assert lines({"all": cell("A", 10), **ages, **types}) == {"all = older + young", "all = physical"}


def test_invented_and_real_cells_never_stand_in_one_line() -> None:
    cells = {"A": cell("A", 20), "real": cell("A1", 20), "invented": cell("A2", 0, invented=True)}
    ages = {
        "age": cell("A", 20, cut="age:0-11", invented=True),
        "later": cell("A", 30, period="2022-Q1", invented=True),
    }
    assert lines(cells | ages) == {"A = real"}


def test_months_make_quarters_and_quarters_years() -> None:
    months = {f"m{n}": cell("A", 5, period=f"2022-{n:02d}") for n in range(1, 4)}
    quarters = {f"q{n}": cell("A", 15, period=f"2022-Q{n}") for n in range(1, 5)}
    found = lines({**months, **quarters, "year": cell("A", 60)})
    assert found == {"q1 = m1 + m2 + m3", "year = m1 + m2 + m3 + q2 + q3 + q4"}


def test_two_grains_of_the_same_days_are_one_number() -> None:
    assert lines({"q": cell("A", 9, period="2022-Q1"), "ytd": cell("A", 9, period="2022-01..2022-03")}) == {"q = ytd"}


def test_numbers_since_1_january_tell_the_stretch_between_them() -> None:
    found = system(since({3: 40, 4: 42, 6: 50}), {"x": item()})
    assert lines(since({3: 40, 4: 42, 6: 50})) == {"4 = 3 + ?", "6 = 3 + ? + ?"}
    assert found.value.tolist() == [40, 42, 50, 2, 8]
    # What is told of a stretch has the rule of the number that ends with it.
    assert found.of_cell.tolist() == [0, 1, 2, 1, 2]


def test_months_of_a_region_meet_the_quarter_of_its_districts() -> None:
    months = {f"m{n}": cell("A", 5, period=f"2022-{n:02d}") for n in range(1, 4)}
    quarter = {"A1": cell("A1", 3, period="2022-Q1"), "A2": cell("A2", 12, period="2022-Q1")}
    assert lines(months | quarter) == {"A1 + A2 = m1 + m2 + m3"}


def test_three_school_years_of_the_total_meet_three_years_of_its_types() -> None:
    years = {f"y{n}": cell("A", 20, period=code) for n, code in enumerate(SCHOOL_YEARS)}
    types = {name: cell("A", 30, cut=f"type:{name}", period="2022/23-2024/25") for name in ("physical", "sexual")}
    assert lines(years | types) == {"physical + sexual = y0 + y1 + y2"}


def test_a_number_of_fewer_units_is_at_most_the_sum_of_the_shorter_ones() -> None:
    quarters = {f"q{n}": cell("A", 15, period=f"2022-Q{n}") for n in range(1, 5)}
    assert lines({**quarters, "year": cell("A", 50, **UNITS)}) == {"? + year = q1 + q2 + q3 + q4"}


def test_numbers_since_1_january_of_equally_many_units_have_a_step_between_them() -> None:
    assert lines(since({3: 40, 4: 42}, **UNITS)) == {"4 = 3 + ?"}
    mixed = since({3: 40}, **UNITS) | since({4: 42})
    assert lines(mixed) == {"4 = ? + ?", "? = 3 + ?"}


def test_of_a_stock_two_periods_with_the_same_last_day_are_one_number_and_nothing_adds_up() -> None:
    months = {f"m{n}": cell("A", 5, period=f"2022-{n:02d}") for n in range(1, 4)}
    assert lines({**months, "q": cell("A", 5, period="2022-Q1")}, kind=Kind.STOCK) == {"m3 = q"}


@pytest.mark.parametrize("kind", [Kind.SHARE, Kind.ORDINAL])
def test_shares_and_steps_of_a_scale_do_not_add_up_over_time(kind: Kind) -> None:
    quarters = {f"q{n}": cell("A", 15, period=f"2022-Q{n}") for n in range(1, 5)}
    assert lines({**quarters, "year": cell("A", 60)}, kind=kind) == set()


def test_a_register_grows_by_those_placed_less_those_removed() -> None:
    before, after = (cell("A", n, period=f"2022-{m:02d}") for m, n in ((1, 20), (2, 24)))
    flows = {name: cell("A", n, period="2022-02", indicator=name) for name, n in (("placed", 7), ("removed", 3))}
    found = lines({"before": before, "after": after, **flows}, REGISTER)
    assert found == {"after + removed = before + placed"}


def test_a_register_whose_numbers_contradict_each_other_has_no_balance() -> None:
    before, after = (cell("A", n, period=f"2022-{m:02d}") for m, n in ((1, 20), (2, 24)))
    flows = {name: cell("A", n, period="2022-02", indicator=name) for name, n in (("placed", 7), ("removed", 2))}
    assert lines({"before": before, "after": after, **flows}, REGISTER) == set()


def test_a_register_without_a_unit_on_one_day_leaves_what_the_unit_has_on_it() -> None:
    before, after = cell("A", 57, period="2022-09", **UNITS), cell("A", 62, period="2022-10")
    flows = {name: cell("A", n, period="2022-10", indicator=name) for name, n in (("placed", 5), ("removed", 3))}
    assert lines({"before": before, "after": after, **flows}, REGISTER) == {"after + removed = ? + before + placed"}
    found = system({"before": before, "after": after, **flows}, REGISTER)
    assert found.value[found.cells :].tolist() == [3]
    late = {"before": cell("A", 60, period="2022-09"), "after": cell("A", 59, period="2022-10", **UNITS), **flows}
    assert lines(late, REGISTER) == {"before + placed = ? + after + removed"}


def test_a_share_leaves_the_rest_of_its_denominator() -> None:
    found = system({"A1": cell("A1", 96)}, {"x": item(interval="wilson")}, whole=100)
    assert found.value.tolist() == [96, 4]
    assert found.right.tolist() == [100]
    assert found.of_cell.tolist() == [0, 0]


MADE: dict[str, Callable[[], Made]] = {**AWKWARD, **{f"drawn {name}": partial(make, 1) for name, make in DRAWN.items()}}


@pytest.mark.parametrize("name", MADE)
def test_every_row_holds_for_numbers_that_are_whole_and_not_below_zero(name: str) -> None:
    made = MADE[name]()
    infinite = np.full(len(made.cells), np.inf)
    found = sums(made.cells, relations=made.relations, declared=made.declared, whole=infinite)
    assert found.matrix.shape[0] > 0
    assert not (found.matrix @ found.value - found.right).any()
    assert found.value[: found.cells].tolist() == made.cells["numerator"].tolist()
    assert (found.value >= 0).all()
    assert (found.value == np.round(found.value)).all()
