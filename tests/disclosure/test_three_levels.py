"""Country, regions, districts: whom a hidden number takes with it, on tables whose answers can be seen."""

import pytest

from riskmap.domain.registry import Exemption
from riskmap.domain.vocabulary import Grain, Kind
from tests.disclosure.small import cell, hidden, item


def test_a_small_district_takes_the_smallest_district_beside_it_and_nothing_above() -> None:
    cells = [cell("C", 90), cell("A", 50), cell("B", 40), cell("A1", 3), cell("A2", 20), cell("A3", 27)]
    assert hidden(cells, item()) == {("A1",), ("A2",)}


def test_what_a_region_holds_outside_its_districts_is_a_part_like_them() -> None:
    cells = [cell("A", 50), cell("A1", 20), cell("A2", 28), cell("A-R", 2)]
    assert hidden(cells, item()) == {("A-R",), ("A1",)}


def test_a_hidden_region_takes_another_one_whose_districts_do_not_add_up_to_it() -> None:
    regions = [cell("C", 67), cell("A", 7), cell("B", 20), cell("D", 40)]
    districts = [cell("A1", 3), cell("A2", 4), cell("B1", 9), cell("B2", 11)]
    assert hidden(regions + districts, item()) == {("A1",), ("A2",), ("A",), ("B",), ("B1",)}


def test_a_total_hidden_as_company_takes_one_of_its_categories() -> None:
    cells = [cell("C", 63), cell("A", 3), cell("B", 20), cell("D", 40)]
    ages = [cell("B", 8, cut="age:0-11"), cell("B", 12, cut="age:12-13")]
    assert hidden(cells + ages, item()) == {("A",), ("B",), ("B", "0-11")}


def test_a_district_hidden_by_age_takes_a_district_of_the_same_age() -> None:
    whole = [cell("A1", 30), cell("A2", 30), cell("A", 60)]
    young = [cell("A1", 3, cut="age:0-11"), cell("A2", 20, cut="age:0-11"), cell("A", 23, cut="age:0-11")]
    old = [cell("A1", 27, cut="age:12-13"), cell("A2", 10, cut="age:12-13"), cell("A", 37, cut="age:12-13")]
    both = {(area, age) for area in ("A1", "A2") for age in ("0-11", "12-13")}
    assert hidden(whole + young + old, item()) == both


def test_a_zero_is_hidden_only_where_it_is_the_one_cell_that_lacks() -> None:
    ages = [cell("A1", 3, cut="age:0-11"), cell("A1", 7, cut="age:12-13")]
    # The district goes with its ages; the zero beside it keeps it from being the region.
    lacking = [cell("A", 10), cell("A1", 10), cell("A2", 0), cell("A3", 0), cell("A1", 3, cut="age:0-11")]
    assert hidden(lacking, item()) == {("A1", "0-11"), ("A1",), ("A2",)}
    in_vain = [cell("A", 6), cell("A1", 3), cell("A2", 3), cell("A3", 0)]
    assert hidden(in_vain, item()) == {("A1",), ("A2",), ("A",)}
    assert hidden([cell("A1", 10), *ages], item()) == {("A1", "0-11"), ("A1", "12-13")}


def test_a_region_of_zero_goes_where_its_districts_are_not_to_be_known_as_zero() -> None:
    cells = [cell("C", 50), cell("A", 0), cell("B", 20), cell("D", 30), cell("A1", 0), cell("A2", 0)]
    rule = item(hide_below=10, hide_zero=True)
    assert hidden(cells, rule) == {("A1",), ("A2",), ("A",), ("B",)}


@pytest.mark.parametrize("count", [0, 3, 400])
def test_a_category_that_is_hidden_below_region_is_hidden_whatever_its_count(count: int) -> None:
    cells = [cell("A1", count, cut="type:sexual"), cell("A-R", count, cut="type:sexual")]
    assert hidden(cells, item(hide_categories=("type:sexual",))) == {("A1", "sexual"), ("A-R", "sexual")}


def test_a_cross_with_a_category_that_is_hidden_is_hidden_like_it() -> None:
    cells = [cell("A1", 300, cut="type*sex:sexual*f"), cell("A1", 300, cut="type*sex:physical*f")]
    assert hidden(cells, item(hide_categories=("type:sexual",))) == {("A1", "sexual*f")}


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (9, True), (10, False)])
def test_at_region_and_country_that_category_is_hidden_from_one_to_nine(count: int, *, is_hidden: bool) -> None:
    for area in ("A", "C"):
        found = hidden([cell(area, count, cut="type:sexual")], item(hide_categories=("type:sexual",)))
        assert (found == {(area, "sexual")}) is is_hidden


def test_a_region_keeps_that_category_where_two_of_its_districts_could_hold_it_all() -> None:
    cells = [cell("A", 10, cut="type:sexual"), *(cell(area, 5, cut="type:sexual") for area in ("A1", "A2"))]
    rule = item(hide_categories=("type:sexual",))
    assert hidden(cells, rule) == {("A1", "sexual"), ("A2", "sexual")}
    alone = [cell("A", 10, cut="type:sexual"), cell("A1", 10, cut="type:sexual")]
    assert hidden(alone, rule) == {("A", "sexual"), ("A1", "sexual")}


def test_the_category_beside_it_must_be_as_large_as_its_own_limit() -> None:
    cells = [cell("A", 15), cell("A", 6, cut="type:physical"), cell("A", 9, cut="type:sexual")]
    assert hidden(cells, item(hide_categories=("type:sexual",))) == {("A", "physical"), ("A", "sexual"), ("A",)}
    larger = [cell("A", 29), cell("A", 20, cut="type:physical"), cell("A", 9, cut="type:sexual")]
    assert hidden(larger, item(hide_categories=("type:sexual",))) == {("A", "physical"), ("A", "sexual")}


@pytest.mark.parametrize("interval", ["wilson", "ratio"])
@pytest.mark.parametrize(("count", "is_hidden"), [(95, False), (96, True), (99, True), (100, False), (4, True)])
def test_a_share_is_hidden_where_one_to_four_are_left(interval: str, count: int, *, is_hidden: bool) -> None:
    found = hidden([cell("A1", count, denominator=100)], item(interval=interval))
    assert (found == {("A1",)}) is is_hidden


def test_what_is_left_of_the_people_of_a_rate_does_not_matter() -> None:
    assert hidden([cell("A1", 98, denominator=100)], item()) == set()
    assert hidden([cell("A1", 98, denominator=100)], item(interval="wilson", open=True)) == set()
    assert hidden([cell("A1", 98, denominator=None)], item(interval="wilson")) == set()


def test_the_company_of_a_share_leaves_enough_too() -> None:
    counts = {"A1": (98, 100), "A2": (100, 100), "A3": (194, 200), "A": (392, 400)}
    cells = [cell(area, count, denominator=whole) for area, (count, whole) in counts.items()]
    # 2 and 6 are left: less than nine, and a district of which nobody is left adds none.
    assert hidden(cells, item(interval="wilson")) == {("A1",), ("A3",), ("A",)}
    cells[2:] = [cell("A3", 150, denominator=200), cell("A", 348, denominator=400)]
    assert hidden(cells, item(interval="wilson")) == {("A1",), ("A3",)}


def test_invented_and_real_cells_never_stand_in_one_sum() -> None:
    real = [cell("A", 50), cell("A1", 3)]
    invented = [cell("A2", 20, invented=True), cell("A3", 27, invented=True)]
    assert hidden(real + invented, item()) == {("A1",), ("A",)}


def test_country_totals_that_the_state_has_published_stay_above_hidden_regions() -> None:
    rule = item(published_by_state=(Exemption("country", Grain.YEAR, "publication.form_1m"),))
    assert hidden([cell("C", 7), cell("A", 3), cell("B", 4), cell("D", 0)], rule) == {("A",), ("B",), ("D",)}


def test_two_grains_of_the_same_days_are_hidden_together() -> None:
    quarter = [cell("C", 67, period="2022-Q1"), cell("A", 3, period="2022-Q1"), cell("B", 24, period="2022-Q1")]
    stretch = [cell("B", 24, period="2022-01..2022-03")]
    found = hidden([*quarter, cell("D", 40, period="2022-Q1"), *stretch], item())
    assert found == {("A", "2022-03"), ("B", "2022-03")}
    public = hidden(stretch, item())
    assert public == set()


def test_a_hidden_quarter_takes_another_quarter_of_its_year() -> None:
    cells = [cell("A", 53), *(cell("A", n, period=f"2022-Q{q}") for q, n in ((1, 20), (2, 3), (3, 14), (4, 16)))]
    assert hidden(cells, item()) == {("A", "2022-06"), ("A", "2022-09")}


def test_a_hidden_quarter_does_not_follow_from_the_stretches_that_end_before_and_with_it() -> None:
    stretches = [cell("A", 20, period="2022-01..2022-05"), cell("A", 23, period="2022-01..2022-06")]
    before = [cell("A", 20, period="2022-01..2022-03"), cell("A", 3, period="2022-Q2")]
    found = hidden(stretches + before, item())
    assert ("A", "2022-06") in found
    assert ("A", "2022-03") in found or {("A", "2022-06"), ("A", "2022-05")} <= found


def test_the_parts_of_a_stock_over_time_are_no_sum_but_its_last_days_are_the_same() -> None:
    months = [cell("A", n, period=f"2022-{m:02d}") for m, n in ((1, 3), (2, 20), (3, 30))]
    rule = item(kind=Kind.STOCK)
    assert hidden([*months, cell("A", 30, period="2022-Q1")], rule) == {("A", "2022-01")}
    small = [cell("A", 3, period="2022-03"), cell("A", 3, period="2022-Q1")]
    assert hidden(small, rule) == {("A", "2022-03")}
