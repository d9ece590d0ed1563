"""Interim protection on small tables whose answers can be seen."""

from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.disclosure.interim import protect
from riskmap.domain.registry import Exemption
from riskmap.domain.vocabulary import ALL, Grain
from tests.disclosure.small import LEVELS, RELATIONS, cell, item, protected


def shown(cells: list[dict[str, object]], **rule: Any) -> dict[tuple[str, str], float | None]:
    return {
        (row.area, row.category): None if row.status == "suppressed" else row.numerator
        for row in protected(cells, item(**rule)).itertuples()
    }


def test_counts_from_one_to_four_are_hidden_with_the_smallest_visible_sibling_that_is_no_small_number() -> None:
    public = shown([cell("C", 63), cell("A", 3), cell("B", 20), cell("D", 40)])
    assert public == {("C", ALL): 63, ("A", ALL): None, ("B", ALL): None, ("D", ALL): 40}


@pytest.mark.parametrize(("first", "second"), [(1, 1), (4, 4), (1, 5)])
def test_two_hidden_siblings_that_their_sum_betrays_take_a_third_with_them(first: int, second: int) -> None:
    public = shown([cell("C", 40 + first + second), cell("A", first), cell("B", second), cell("D", 40)])
    assert [public[area, ALL] for area in ("C", "A", "B", "D")] == [40 + first + second, None, None, None]


def test_a_zero_is_no_company_for_a_hidden_number() -> None:
    public = shown([cell("A", 24), cell("A1", 4), cell("A2", 0), cell("A3", 20)])
    assert public == {("A", ALL): 24, ("A1", ALL): None, ("A2", ALL): 0, ("A3", ALL): None}


def test_where_no_sibling_is_left_the_total_is_hidden_too() -> None:
    public = shown([cell("A", 7), cell("A", 3, cut="age:0-11")])
    assert public == {("A", ALL): None, ("A", "0-11"): None}


def test_a_hidden_total_hides_the_total_above_it_where_that_is_the_same_number() -> None:
    public = shown([cell("C", 6), cell("A", 6), cell("A", 3, cut="age:0-11")])
    assert set(public.values()) == {None}


def test_zero_five_and_more_stay() -> None:
    public = shown([cell("C", 45), cell("A", 0), cell("B", 5), cell("D", 40)])
    assert public == {("C", ALL): 45, ("A", ALL): 0, ("B", ALL): 5, ("D", ALL): 40}


def test_zeros_below_region_are_hidden_where_the_indicator_says_so() -> None:
    cells = [cell("A", 30), cell("A1", 0), cell("A2", 9), cell("A3", 21)]
    public = shown(cells, hide_below=10, hide_zero=True)
    assert [public[area, ALL] for area in ("A", "A1", "A2", "A3")] == [30, None, None, None]


def test_totals_that_the_state_has_published_are_shown_as_they_are() -> None:
    published = (Exemption("region", Grain.YEAR, "publication.form_1m"),)
    public = shown([cell("C", 24), cell("A", 4), cell("B", 20)], published_by_state=published)
    assert public == {("C", ALL): 24, ("A", ALL): 4, ("B", ALL): 20}


def test_the_exemption_covers_totals_only_never_a_category() -> None:
    published = (Exemption("region", Grain.YEAR, "publication.form_1m"),)
    cells = [cell("A", 60), cell("A", 3, cut="age:0-11"), cell("A", 57, cut="age:12-13")]
    public = shown(cells, published_by_state=published)
    assert public == {("A", ALL): 60, ("A", "0-11"): None, ("A", "12-13"): None}


def test_open_indicators_hide_nothing() -> None:
    assert shown([cell("C", 4), cell("A", 1), cell("B", 3)], open=True) == {("C", ALL): 4, ("A", ALL): 1, ("B", ALL): 3}


def test_a_hidden_row_keeps_its_key_and_nothing_else() -> None:
    cells = pd.DataFrame([cell("C", 63), cell("A", 3), cell("B", 60)])
    public = protect(cells, relations=RELATIONS, levels=LEVELS, declared={"x": item()})
    primary, secondary = (public[public["area"] == area].iloc[0].drop("area") for area in ("A", "B"))
    assert primary.fillna("").equals(secondary.fillna(""))
    assert primary[["source", "definition"]].tolist() == ["", ""]
    assert pd.isna(primary[["numerator", "denominator", "units_expected", "units_reported"]]).all()
    assert not primary[["provisional", "unstable"]].any()


def test_areas_without_a_report_stay_without_a_report() -> None:
    cells = [cell("C", 63), cell("A", 3), cell("B", None), cell("D", 60)]
    public = protect(pd.DataFrame(cells), relations=RELATIONS, levels=LEVELS, declared={"x": item()})
    assert public["status"].tolist() == ["value", "suppressed", "not_reported", "suppressed"]


def test_an_empty_table_gives_an_empty_table() -> None:
    empty = pd.DataFrame([cell("A", 1)]).iloc[:0]
    assert protect(empty, relations=RELATIONS, levels=LEVELS, declared={"x": item()}).empty


@given(st.lists(st.integers(0, 12), min_size=2, max_size=3))
def test_no_hidden_region_is_the_difference_of_what_is_shown(counts: list[int]) -> None:
    areas = ["A", "B", "D"][: len(counts)]
    public = shown([cell("C", sum(counts)), *(cell(area, count) for area, count in zip(areas, counts, strict=True))])
    hidden = [count for area, count in zip(areas, counts, strict=True) if public[area, ALL] is None]
    small = [count for count in counts if 0 < count < 5]
    assert all(count in hidden for count in small)
    if hidden and public["C", ALL] is not None:
        assert len(possible(hidden)) > 1


def possible(hidden: list[int]) -> set[int]:
    """Values that a hidden small number can have for one who knows the rule, the group's size and its sum."""
    some = product(range(1, sum(hidden) + 1), repeat=len(hidden) - 1)
    groups = ([*group, sum(hidden) - sum(group)] for group in some)
    allowed = [group for group in groups if min(group) > 0 and max(group) >= 5 and min(group) < 5]
    return {count for group in allowed for count in group if count < 5}


@pytest.mark.parametrize("count", [1, 4])
def test_a_lone_cell_is_hidden_by_the_primary_rule(count: int) -> None:
    assert shown([cell("A", count)]) == {("A", ALL): None}
