"""Protection by rounding: the published rules, and what it makes of a build."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskmap.disclosure.rounding import rounded_by_hes, rounded_by_hesa, rounded_cells, rounded_half_up
from riskmap.domain.registry import Exemption, Indicator
from riskmap.domain.vocabulary import Family, Grain
from tests.disclosure.small import LEVELS, cell, item

# The nearest multiple of 5, of 2.5 the higher one: as arithmetic, not as the rounding of floats.
NEAREST = [(0, 0), (1, 0), (2, 0), (2.5, 5), (3, 5), (7, 5), (7.5, 10), (12, 10), (13, 15), (1002, 1000), (1003, 1005)]


def rounded(cells: list[dict[str, object]], declared: Indicator) -> pd.DataFrame:
    """The public rows of these cells."""
    return rounded_cells(pd.DataFrame(cells), levels=LEVELS, declared={"x": declared})


def shown(cells: list[dict[str, object]], declared: Indicator) -> list[float | str]:
    """Of each cell its public number, or its status where it has none."""
    rows = rounded(cells, declared)
    return [n if s == "value" else s for n, s in zip(rows["numerator"], rows["status"], strict=True)]


def test_the_published_rules_give_the_published_answers(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/j9_rounding_rules_uk.json").read_text(encoding="utf-8"))
    counts, expected = case["input"]["counts"], case["expected"]
    assert ["*" if np.isnan(n) else n for n in rounded_by_hes(counts)] == expected["hes"]
    assert list(rounded_by_hesa(counts)) == expected["hesa"]


@pytest.mark.parametrize(("count", "nearest"), NEAREST)
def test_a_count_is_rounded_to_the_nearest_multiple_and_half_way_goes_up(count: float, nearest: float) -> None:
    assert float(rounded_half_up(count)) == nearest
    assert float(rounded_half_up(count * 2, base=10)) == nearest * 2


def test_no_number_stays_none() -> None:
    assert np.isnan(rounded_half_up(np.nan))
    assert np.isnan(rounded_by_hesa(np.nan))
    assert np.isnan(rounded_by_hes(np.nan))


def test_counts_below_the_country_are_rounded_at_every_level_and_the_country_is_exact() -> None:
    cells = [cell("C", 25), cell("A", 13), cell("A1", 2), cell("A2", 3), cell("A-R", 8), cell("B", 12), cell("D", None)]
    assert shown(cells, item()) == [25, 15, 0, 5, 10, 10, "not_reported"]


def test_every_part_of_a_breakdown_is_rounded_by_itself() -> None:
    cells = [cell("A", 6), cell("A", 3, cut="age:0-11"), cell("A", 3, cut="age:12-13")]
    assert shown(cells, item()) == [5, 5, 5]


def test_what_is_open_or_published_by_the_state_is_not_rounded() -> None:
    by_state = item(published_by_state=(Exemption("region", Grain.YEAR, "source.x"),))
    assert shown([cell("A", 3)], by_state) == [3]
    assert shown([cell("A", 3, cut="age:0-11")], by_state) == [5]
    assert shown([cell("A1", 3)], item(open=True)) == [3]
    assert shown([cell("A1", 3)], replace(item(), family=Family.POPULATION)) == [3]


def test_below_region_suicides_and_sexual_violence_are_hidden_whatever_their_count() -> None:
    suicides = item(hide_below=10, hide_zero=True)
    assert shown([cell("A", 7), cell("A1", 0), cell("A1", 40)], suicides) == [5, "suppressed", "suppressed"]
    sexual = item(hide_categories=("type:sexual",))
    parts = [cell("A", 7, cut="type:sexual"), cell("A1", 40, cut="type:sexual"), cell("A1", 40, cut="type:physical")]
    assert shown(parts, sexual) == [5, "suppressed", 40]
    assert shown([cell("A1", 40, cut="type*sex:sexual*f")], sexual) == ["suppressed"]


def test_a_hidden_cell_keeps_its_key_and_nothing_else() -> None:
    (row,) = rounded([cell("A1", 40)], item(hide_below=10, hide_zero=True)).to_dict("records")
    kept = {name: row[name] for name in ("source", "definition", "provisional", "unstable")}
    assert kept == {"source": "", "definition": "", "provisional": False, "unstable": False}
    assert all(pd.isna(row[name]) for name in ("numerator", "denominator", "units_expected", "units_reported"))


@pytest.mark.parametrize(("count", "whole", "public"), [(98, 98, 95), (98, 99, 95), (98, 100, 100), (97, 98, 95)])
@pytest.mark.parametrize("interval", ["wilson", "ratio"])
def test_a_share_is_never_rounded_beyond_its_whole(count: int, whole: int, public: int, interval: str) -> None:
    assert shown([cell("A1", count, denominator=float(whole))], item(interval=interval)) == [public]


def test_whatever_a_share_shows_stands_for_three_counts_or_more() -> None:
    for whole in range(23, 140):
        cells = [cell("A1", count, denominator=float(whole)) for count in range(whole + 1)]
        public = pd.Series(shown(cells, item(interval="wilson")))
        assert public.value_counts().min() >= 3
        assert (public <= whole).all()


def test_shares_of_very_few_are_hidden_but_for_the_country() -> None:
    cells = [cell(area, 5, denominator=whole) for area, whole in (("A1", 22.0), ("A1", 23.0), ("C", 22.0))]
    assert shown(cells, item(interval="wilson")) == ["suppressed", 5, 5]
    assert shown(cells, item(interval="poisson")) == [5, 5, 5]


def test_counts_that_are_shown_alike_are_public_alike() -> None:
    chance = np.random.default_rng(9)
    for _ in range(10):
        multiple = int(chance.integers(1, 40)) * 5
        alike = [
            rounded([cell("A1", multiple + step, unstable=0 < multiple + step < 20)], item()) for step in range(-2, 3)
        ]
        assert all(one.equals(alike[0]) for one in alike)


def test_few_events_are_told_by_the_number_shown() -> None:
    cells = [cell("A1", count, unstable=0 < count < 20) for count in (2, 3, 17, 18, 22)] + [cell("C", 3)]
    assert list(rounded(cells, item())["unstable"]) == [False, True, True, False, False, True]
    assert not rounded([cell("A1", 5)], item(interval="wilson"))["unstable"].any()


def test_rounding_keeps_every_row_in_its_place_and_leaves_what_it_was_given() -> None:
    given = pd.DataFrame([cell("A1", 3), cell("A2", 4), cell("A3", None)], index=[7, 3, 5])
    before = given.copy()
    public = rounded_cells(given, levels=LEVELS, declared={"x": item()})
    assert given.equals(before)
    assert list(public["area"]) == ["A1", "A2", "A3"]
    assert list(public["denominator"].fillna(-1)) == [1000, 1000, -1]


def test_no_cells_give_no_rows() -> None:
    none = pd.DataFrame([cell("A1", 3)]).iloc[:0]
    assert rounded_cells(none, levels=LEVELS, declared={"x": item()}).empty


def test_a_national_figure_that_would_tell_a_rounded_one_is_rounded_too() -> None:
    # 3 in the country and about 5 in one region are 3 there, and none elsewhere.
    assert shown([cell("C", 3), cell("A", 3), cell("B", 0), cell("D", 0)], item()) == [5, 5, 0, 0]
    # As much as all regions together can be at most: each is what it is at most.
    assert shown([cell("C", 21), cell("A", 7), cell("B", 7), cell("D", 7)], item()) == [20, 5, 5, 5]
    assert shown([cell("C", 15), cell("A", 7), cell("B", 5), cell("D", 3)], item()) == [15, 5, 5, 5]


def test_where_the_state_has_published_the_national_figure_the_regions_it_tells_are_hidden() -> None:
    by_state = item(published_by_state=(Exemption("country", Grain.YEAR, "source.x"),))
    cells = [cell("C", 3), cell("A", 3), cell("B", 0), cell("D", 0)]
    assert shown(cells, by_state) == [3, "suppressed", "suppressed", "suppressed"]
    assert shown([cell("C", 12), cell("A", 7), cell("B", 5), cell("D", 0)], by_state) == [12, 5, 5, 0]


def test_a_national_figure_of_another_source_tells_nothing() -> None:
    assert shown([cell("C", 21), cell("A", 3), cell("B", 0)], item()) == [21, 5, 0]


def test_every_rounded_region_can_be_three_numbers_or_more_beside_its_national_figure() -> None:
    chance = np.random.default_rng(2)
    for _ in range(25):
        counts = chance.poisson(3, size=3)
        public = shown([cell("C", counts.sum()), *map(cell, "ABD", counts)], item())
        of_region = [[n for n in range(25) if rounded_by_hesa(n) == seen] for seen in public[1:]]
        tables = [
            table
            for table in product(*of_region)
            if sum(table) == public[0] or (public[0] != counts.sum() and rounded_by_hesa(sum(table)) == public[0])
        ]
        if public[0] == counts.sum() and public[0] % 5:
            assert all(len({table[place] for table in tables}) >= 3 for place in range(3))
        assert tuple(counts) in tables
