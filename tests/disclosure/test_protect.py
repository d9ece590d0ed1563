"""Protection of cells by the handful, whose answer can be seen."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from riskmap.disclosure import protect as protection
from riskmap.disclosure.problem import Problem
from riskmap.disclosure.protect import protect
from riskmap.disclosure.suppression import Pattern, suppressed
from riskmap.domain.registry import Exemption, Indicator
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import Grain, Kind, Place
from tests.disclosure.small import AREAS, RELATIONS, audit, cell, hidden, item, protected, suppressed_by
from tests.disclosure.tables import Made, Shape, register, two_way

Cells = list[dict[str, object]]
BY_REGION = (Exemption("region", Grain.YEAR, "publication.form_1m"),)
BY_COUNTRY = (Exemption("country", Grain.YEAR, "publication.form_1m"),)
SCHOOL_YEARS = ("2022/23", "2023/24", "2024/25")


def areas(**counts: float | None) -> Cells:
    """A total of each area for 2022; `A_R` is what region A holds outside its districts."""
    return [cell(area.replace("_", "-"), count) for area, count in counts.items()]


def of_category(cut: str, **counts: float) -> Cells:
    return [cell(area, count, cut=cut) for area, count in counts.items()]


def since(area: str, counts: dict[int, float], **other: Any) -> Cells:
    return [cell(area, count, period=f"2022-01..2022-{month:02d}", **other) for month, count in counts.items()]


def proved(cells: Cells, declared: Indicator, *, released: Sequence[pd.DataFrame] = ()) -> bool:
    """Whether the independent attacker finds everything safe, from everybody and from the offices of regions."""
    public = protected(cells, declared, released=released)
    report = audit(public, pd.DataFrame(cells), declared={"x": declared}, released=released)
    return report.passed and not report.public.unproved


# By themselves.


def test_zero_five_and_more_stay() -> None:
    assert hidden(areas(C=45, A=0, B=5, D=40), item()) == set()


@pytest.mark.parametrize("count", [1, 4])
def test_one_to_four_are_hidden(count: int) -> None:
    assert hidden(areas(A=count), item()) == {("A",)}


def test_open_indicators_hide_nothing() -> None:
    assert hidden(areas(C=4, A=1, B=3), item(open=True)) == set()


@pytest.mark.parametrize("count", [0, 3, 400])
def test_a_category_that_is_hidden_below_region_is_hidden_whatever_its_count(count: int) -> None:
    cells = of_category("type:sexual", **{"A1": count, "A-R": count})
    assert hidden(cells, item(hide_categories=("type:sexual",))) == {("A1", "sexual"), ("A-R", "sexual")}


def test_a_cross_with_a_category_that_is_hidden_is_hidden_like_it() -> None:
    cells = of_category("type*sex:sexual*f", A1=300) + of_category("type*sex:physical*f", A1=300)
    assert hidden(cells, item(hide_categories=("type:sexual",))) == {("A1", "sexual*f")}


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (9, True), (10, False)])
def test_at_region_and_country_that_category_is_hidden_from_one_to_nine(count: int, *, is_hidden: bool) -> None:
    for area in ("A", "C"):
        found = hidden(of_category("type:sexual", **{area: count}), item(hide_categories=("type:sexual",)))
        assert (found == {(area, "sexual")}) is is_hidden


@pytest.mark.parametrize("interval", ["wilson", "ratio"])
@pytest.mark.parametrize(("count", "is_hidden"), [(95, False), (96, True), (99, True), (100, False), (4, True)])
def test_a_share_is_hidden_where_one_to_four_are_left(interval: str, count: int, *, is_hidden: bool) -> None:
    assert (hidden([cell("A1", count, denominator=100)], item(interval=interval)) == {("A1",)}) is is_hidden


def test_what_is_left_of_the_people_of_a_rate_does_not_matter() -> None:
    assert hidden([cell("A1", 98, denominator=100)], item()) == set()
    assert hidden([cell("A1", 98, denominator=100)], item(interval="wilson", open=True)) == set()
    assert hidden([cell("A1", 98, denominator=None)], item(interval="wilson")) == set()


def test_a_district_of_too_few_organisations_is_hidden_whatever_its_count() -> None:
    declared = replace(item(), place=Place.ORGANISATION)
    rows = suppressed_by(areas(A=900, A1=300, A2=600), declared)
    assert rows.public["status"].tolist() == ["value", "suppressed", "suppressed"]


# Company.


def test_a_district_takes_one_district_with_it_and_nothing_above() -> None:
    found = hidden(areas(C=90, A=50, B=40, A1=3, A2=20, A3=27), item())
    assert ("A1",) in found
    assert found in ({("A1",), ("A2",)}, {("A1",), ("A3",)})


def test_two_hidden_regions_are_not_enough_as_the_office_of_one_knows_its_own() -> None:
    cells = areas(C=63, A=3, B=20, D=40)
    assert hidden(cells, item()) == {("A",), ("B",), ("D",)}
    two = pd.DataFrame(cells).assign(status=["value", "suppressed", "suppressed", "value"])
    two.loc[two["status"] == "suppressed", "numerator"] = None
    report = audit(two, pd.DataFrame(cells), declared={"x": item()})
    assert not report.public.unproved
    assert report.regions is not None
    assert {found.cell.area for found in report.regions.unproved} == {"A"}


def test_a_zero_is_no_company_for_a_hidden_number() -> None:
    assert hidden(areas(A=24, A1=4, A2=0, A3=20), item()) == {("A1",), ("A3",)}


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 2)])
def test_two_hidden_districts_whose_sum_is_small_take_a_third_with_them(first: int, second: int) -> None:
    found = hidden(areas(A=40 + first + second, A1=first, A2=second, A3=40), item())
    assert found == {("A1",), ("A2",), ("A3",)}


def test_two_hidden_districts_whose_sum_leaves_enough_are_left_alone() -> None:
    assert hidden(areas(A=48, A1=4, A2=4, A3=40), item()) == {("A1",), ("A2",)}


def test_where_all_parts_are_small_the_total_goes_too() -> None:
    assert hidden(areas(C=40, A=3, B=37, A1=1, A2=1, A3=1), item()) >= {("A",), ("A1",), ("A2",), ("A3",)}


def test_what_a_region_holds_outside_its_districts_is_a_part_like_them() -> None:
    found = hidden(areas(A=50, A1=20, A2=28, A_R=2), item())
    assert ("A-R",) in found
    assert len(found) == 2


def test_a_district_hidden_by_age_takes_a_district_of_the_same_age() -> None:
    young = of_category("age:0-11", A1=3, A2=20, A=23)
    older = of_category("age:12-13", A1=27, A2=10, A=37)
    both = {(area, age) for area in ("A1", "A2") for age in ("0-11", "12-13")}
    assert hidden(areas(A1=30, A2=30, A=60) + young + older, item()) == both


def test_a_category_beside_one_without_a_number_is_at_most_the_total_and_needs_no_company() -> None:
    assert hidden([cell("A", 7), cell("A", 3, cut="age:0-11")], item()) == {("A", "0-11")}


def test_the_company_of_a_share_leaves_enough_of_its_people_too() -> None:
    counts = {"A1": (98, 100), "A2": (100, 100), "A3": (150, 200), "A": (348, 400)}
    cells = [cell(area, count, denominator=whole) for area, (count, whole) in counts.items()]
    found = hidden(cells, item(interval="wilson"))
    # Of A2 nobody is left: that it could be less leaves A1 no more people than it has.
    assert ("A1",) in found
    assert found & {("A3",), ("A",)}
    assert proved(cells, replace(item(interval="wilson"), population="people"))


def test_invented_and_real_cells_are_no_company_for_each_other() -> None:
    real = areas(A=23, A1=3, A2=20)
    invented = [{**row, "invented": True} for row in areas(A=50, A1=10, A2=40)]
    public = protected(real + invented, item())
    assert public.loc[public["invented"], "status"].eq("value").all()
    assert public.loc[~public["invented"], "status"].tolist() == ["value", "suppressed", "suppressed"]


# Zeros.


def test_zeros_below_region_are_hidden_where_the_indicator_says_so() -> None:
    rule = item(hide_below=10, hide_zero=True)
    assert hidden(areas(A=30, A1=0, A2=9, A3=21), rule) >= {("A1",), ("A2",)}
    assert ("A",) not in hidden(areas(A=30, A1=0, A2=9, A3=21), rule)
    assert hidden(areas(A=0, B=0), rule) == set()


def test_a_region_of_zero_goes_where_its_districts_are_not_to_be_known_as_zero() -> None:
    cells = areas(C=50, A=0, B=20, D=30, A1=0, A2=0)
    found = hidden(cells, item(hide_below=10, hide_zero=True))
    assert found >= {("A1",), ("A2",), ("A",)}
    assert proved(cells, item(hide_below=10, hide_zero=True))


@pytest.mark.parametrize("first", [0, 1, 9])
def test_hidden_does_not_mean_at_least_one(first: int) -> None:
    """Whatever is hidden of suicides in a district, none and ten are both possible for everybody."""
    cells = areas(A=60 + first, A1=first, A2=35, A3=25)
    rule = item(hide_below=10, hide_zero=True)
    public = protected(cells, rule).set_index("area")
    assert public.loc["A1", "status"] == "suppressed"
    blank = public.index[public["status"] == "suppressed"]
    assert len(blank) > 1
    left = public.loc["A", "numerator"] - public.loc[["A1", "A2", "A3"], "numerator"].fillna(0).sum()
    # The hidden ones share so much that each can be ten, or none.
    assert left >= 10
    assert proved(cells, rule)


# What the state has published.


def test_totals_that_the_state_has_published_are_shown_as_they_are() -> None:
    assert hidden(areas(C=24, A=4, B=20), item(published_by_state=BY_REGION)) == set()


def test_the_exemption_covers_totals_only_never_a_category() -> None:
    ages = of_category("age:0-11", A=3) + of_category("age:12-13", A=57)
    rule = item(published_by_state=BY_REGION)
    assert hidden(areas(A=60) + ages, rule) == {("A", "0-11"), ("A", "12-13")}


def test_below_an_exempt_total_that_leaves_nothing_safe_all_parts_are_withheld() -> None:
    rule = item(published_by_state=BY_COUNTRY)
    assert hidden(areas(C=7, A=3, B=4, D=0), rule) == {("A",), ("B",), ("D",)}
    ages = of_category("age:0-11", C=3) + of_category("age:12-13", C=0)
    assert hidden(areas(C=3) + ages, rule) == {("C", "0-11"), ("C", "12-13")}


# Stretches of time.


@pytest.mark.parametrize(("step", "gone"), [(0, set()), (1, {"04"}), (4, {"04"}), (5, set())])
def test_a_stretch_that_differs_by_a_small_number_from_the_one_before_goes(step: int, gone: set[str]) -> None:
    found = hidden(since("A", {3: 40, 4: 40 + step}), item())
    assert len(found) == len(gone)


def test_a_month_without_new_cases_goes_where_zero_is_hidden() -> None:
    rule = item(hide_below=10, hide_zero=True)
    assert len(hidden(since("A1", {3: 40, 4: 40}), rule)) == 1
    assert hidden(since("A1", {3: 40, 4: 40}), item()) == set()
    assert hidden(since("A", {3: 40, 4: 40}), rule) == set()


def test_a_stretch_that_the_state_has_published_stays_and_the_one_beside_it_goes() -> None:
    rule = item(published_by_state=(Exemption("region", Grain.YTD, "publication.press"),))
    assert hidden(since("A", {3: 40, 4: 42}), rule) == set()
    assert len(hidden(since("A", {3: 40, 4: 42}, cut="age:0-11"), rule)) == 1


def test_stocks_have_no_steps_and_invented_cells_none_beside_real_ones() -> None:
    assert hidden(since("A", {3: 40, 4: 42}), item(kind=Kind.STOCK)) == set()
    assert hidden(since("A", {3: 40}) + since("A", {4: 42}, invented=True), item()) == set()


def test_a_hidden_quarter_takes_another_quarter_of_its_year() -> None:
    quarters = [cell("A", n, period=f"2022-Q{q}") for q, n in ((1, 20), (2, 3), (3, 14), (4, 16))]
    found = hidden([cell("A", 53), *quarters], item())
    assert ("A", "2022-06") in found
    assert len(found) == 2


def test_months_of_a_region_do_not_betray_the_quarter_of_its_district() -> None:
    months = [cell("A", n, period=f"2022-0{m}") for m, n in ((1, 10), (2, 10), (3, 13))]
    quarter = [cell("A1", 3, period="2022-Q1"), cell("A2", 30, period="2022-Q1")]
    assert hidden(months + quarter, item()) == {("A1", "2022-03"), ("A2", "2022-03")}


def test_school_years_of_the_total_do_not_betray_a_type_by_three_years() -> None:
    years = [cell("A", 20, period=code) for code in SCHOOL_YEARS]
    types = [
        cell("A", n, cut=f"type:{name}", period="2022/23-2024/25") for name, n in (("physical", 2), ("sexual", 58))
    ]
    assert hidden(years + types, item()) == {("A", "physical", "2025-08"), ("A", "sexual", "2025-08")}


def test_two_grains_of_the_same_days_are_hidden_together() -> None:
    quarter = [cell(area, n, period="2022-Q1") for area, n in (("A", 33), ("A1", 3), ("A2", 30))]
    stretch = since("A2", {3: 30})
    public = protected(quarter + stretch, item())
    assert public["status"].tolist() == ["value", "suppressed", "suppressed", "suppressed"]


def test_the_parts_of_a_stock_over_time_are_no_sum_but_its_last_days_are_the_same() -> None:
    months = [cell("A", n, period=f"2022-{m:02d}") for m, n in ((1, 3), (2, 20), (3, 30))]
    rule = item(kind=Kind.STOCK)
    assert hidden([*months, cell("A", 30, period="2022-Q1")], rule) == {("A", "2022-01")}
    same = protected([cell("A", 3, period="2022-03"), cell("A", 3, period="2022-Q1")], rule)
    assert same["status"].tolist() == ["suppressed", "suppressed"]


def test_a_register_does_not_betray_how_many_were_removed_from_it() -> None:
    made = register(0, Shape(districts=(0, 0), cuts={}, tables={"region": (Grain.MONTH,)}))
    january = made.cells["period_start"] < pd.Timestamp(2022, 3, 1)
    cells = made.cells[january & (made.cells["area"] == "R1")].reset_index(drop=True)
    numbers = {("x", 1): 40, ("x", 2): 49, ("x_placed", 1): 9, ("x_placed", 2): 12, ("x_removed", 1): 8}
    numbers["x_removed", 2] = 3
    keys = zip(cells["indicator"], cells["period_start"].dt.month, strict=True)
    cells["numerator"] = [float(numbers[key]) for key in keys]
    found = protect(cells, relations=made.relations, areas=made.areas, declared=made.declared).public
    february = found[found["period_start"] == pd.Timestamp(2022, 2, 1)].set_index("indicator")["status"]
    assert february["x_removed"] == "suppressed"
    assert (found["status"] == "suppressed").sum() == 2
    report = audit(found, cells, declared=made.declared, relations=made.relations, areas=made.areas)
    assert not report.public.unproved


# Earlier publications.


def test_what_an_earlier_release_showed_is_no_company() -> None:
    cells = areas(A=50, A1=3, A2=27, A_R=20)
    assert hidden(cells, item()) == {("A1",), ("A-R",)}  # the cheapest: a remainder is of the least use
    shown = pd.DataFrame(areas(A_R=20))
    assert hidden(cells, item(), released=[shown]) == {("A1",), ("A2",)}
    assert proved(cells, item(), released=[shown])


def test_a_number_that_has_changed_since_a_release_is_company() -> None:
    cells = areas(A=50, A1=3, A2=27, A_R=20)
    assert hidden(cells, item(), released=[pd.DataFrame(areas(A_R=21))]) == {("A1",), ("A-R",)}


def test_a_small_number_that_was_shown_is_hidden_but_nothing_beside_it() -> None:
    cells = areas(A=50, A1=3, A2=27, A_R=20)
    assert hidden(cells, item(), released=[pd.DataFrame(areas(A1=3))]) == {("A1",)}


def test_what_nobody_can_protect_any_more_leaves_the_offices_of_regions_to_be_looked_at() -> None:
    """The A of 2021 follows from what was shown; that of 2022 is told by B to the office of B, if D is not hidden."""
    before = [cell(area, number, period="2021") for area, number in (("C", 60), ("B", 27), ("D", 30))]
    cells = [*before, cell("A", 3, period="2021"), *areas(C=63, A=3, B=20, D=40)]
    found = hidden(cells, item(), released=[pd.DataFrame(before)])
    assert {("A",), ("B",), ("D",)} <= found


# The table as a whole.


def test_a_hidden_row_keeps_its_key_and_nothing_else() -> None:
    public = protected(areas(A=63, A1=3, A2=60), item())
    primary, company = (public[public["area"] == area].iloc[0].drop("area") for area in ("A1", "A2"))
    assert primary.fillna("").equals(company.fillna(""))
    assert primary[["source", "definition"]].tolist() == ["", ""]
    assert pd.isna(primary[["numerator", "denominator", "units_expected", "units_reported"]]).all()
    assert not primary[["provisional", "unstable"]].any()


def test_everything_else_stays_as_it_is() -> None:
    cells = areas(C=63, A=3, B=None, D=60)
    public, exact = protected(cells, item()), pd.DataFrame(cells)
    assert public[list(CELLS.key)].equals(exact[list(CELLS.key)])
    shown = public["status"] == "value"
    pd.testing.assert_frame_equal(public[shown], exact[shown], check_dtype=False)
    assert public.loc[2, "status"] == "not_reported"
    assert exact.equals(pd.DataFrame(cells))


def test_an_empty_table_gives_an_empty_table() -> None:
    empty = pd.DataFrame(areas(A=1)).iloc[:0]
    found = protect(empty, relations=RELATIONS, areas=AREAS, declared={"x": item()})
    assert found.public.empty
    assert list(found.public.columns) == list(empty.columns)
    assert (found.components, found.unprotected, found.hidden_by_rule, found.hidden) == ((), 0, 0, 0)


def test_a_table_without_any_number_stays_as_it_is() -> None:
    cells = areas(A=None, A1=None, A2=None)
    assert protected(cells, item())["status"].tolist() == ["not_reported"] * 3


def test_what_is_hidden_is_counted() -> None:
    found = suppressed_by(areas(A=50, A1=3, A2=20, A3=27), item())
    assert (found.hidden_by_rule, found.hidden, found.unprotected) == (1, 2, 0)
    assert sum(group.cells for group in found.components) == 1
    assert all(group.is_optimal for group in found.components)


def costs(made: Made, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[object, ...], float]:
    """What hiding each cell costs, by its key."""
    seen: list[Problem] = []

    def looked_at(problem: Problem, *, rounds: int) -> Pattern:
        seen.append(problem)
        return suppressed(problem, rounds=rounds)

    monkeypatch.setattr(protection, "suppressed", looked_at)
    protect(made.cells, relations=made.relations, areas=made.areas, declared=made.declared)
    keys = made.cells[list(CELLS.key)].itertuples(index=False, name=None)
    return dict(zip(keys, seen[0].cost.tolist(), strict=True))


def test_what_a_cell_costs_does_not_depend_on_its_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs that told of counts would let the choice of company tell of them."""
    counts = [[1, 30, 25], [28, 40, 31], [22, 35, 29]]
    first, second = (costs(two_way(own), monkeypatch) for own in (counts, [row[::-1] for row in counts[::-1]]))
    assert first == second
    assert len(set(first.values())) > 1
