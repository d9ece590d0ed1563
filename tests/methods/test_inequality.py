import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import inequality
from riskmap.methods.inequality import (
    GiniByChance,
    Lorenz,
    SlopeIndex,
    concentration_index,
    gini,
    gini_by_chance,
    lorenz_by_chance,
    lorenz_curve,
    slope_index,
)
from riskmap.methods.refusals import Reason, Refused

areas = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10_000)), min_size=1, max_size=12).filter(
    lambda rows: any(burden for burden, _ in rows)
)
orders = st.randoms()


def number(answer: float | Refused) -> float:
    assert isinstance(answer, float)
    return answer


def sloped(answer: SlopeIndex | Refused) -> SlopeIndex:
    assert isinstance(answer, SlopeIndex)
    return answer


def chance(answer: GiniByChance | Refused) -> GiniByChance:
    assert isinstance(answer, GiniByChance)
    return answer


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(inequality)
    assert outcome.attempted >= 8
    assert outcome.failed == 0


def test_published_coefficients_are_met(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/i1_gini_small.json").read_text(encoding="utf-8"))
    for vector, expected in zip(case["input"]["vectors"], case["expected"]["gini"], strict=True):
        assert number(gini(vector)) == pytest.approx(expected, abs=case["tolerance"]["abs"])


@settings(max_examples=40)
@given(areas)
def test_the_coefficient_is_the_mean_difference_of_rates(rows: list[tuple[int, int]]) -> None:
    burden, people = np.array(rows, dtype=float).T
    rate, share = burden / people, people / people.sum()
    differences = np.abs(rate[:, None] - rate) * share[:, None] * share
    expected = differences.sum() / (2 * (rate * share).sum())
    assert number(gini(burden, people)) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40)
@given(areas, orders)
def test_order_and_units_do_not_matter(rows: list[tuple[int, int]], random: Any) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    (burden, people), (load, persons) = np.array(rows).T, np.array(shuffled).T
    assert number(gini(burden, people)) == pytest.approx(number(gini(load * 0.25, persons * 1000)), abs=1e-9)
    here, there = (chance(gini_by_chance(*table, simulations=20)) for table in ((burden, people), (load, persons)))
    assert (here.expected, here.lower, here.upper) == (there.expected, there.lower, there.upper)


@settings(max_examples=40)
@given(areas)
def test_an_area_split_in_two_of_one_rate_changes_nothing(rows: list[tuple[int, int]]) -> None:
    burden, people = np.array(rows, dtype=float).T
    halves = np.concatenate([burden / 2, burden / 2]), np.concatenate([people / 2, people / 2])
    assert number(gini(*halves)) == pytest.approx(number(gini(burden, people)), abs=1e-9)


@settings(max_examples=40)
@given(areas)
def test_the_curve_rises_from_nought_to_one_under_the_diagonal(rows: list[tuple[int, int]]) -> None:
    curve = lorenz_curve(*np.array(rows).T)
    assert isinstance(curve, Lorenz)
    for shares in (curve.population, curve.burden):
        assert (shares[0], shares[-1]) == (0, pytest.approx(1))
        assert (np.diff(shares) >= 0).all()
    assert (curve.burden <= curve.population + 1e-12).all()
    assert number(gini(*np.array(rows).T)) == pytest.approx(
        1 - 2 * np.trapezoid(curve.burden, curve.population), abs=1e-9
    )


def test_one_area_and_equal_rates_are_equal_and_all_in_one_is_the_most() -> None:
    assert number(gini([7], [100])) == 0
    assert number(gini([1, 2, 3], [10, 20, 30])) == pytest.approx(0, abs=1e-15)
    assert number(gini([0, 0, 0, 9])) == pytest.approx(1 - 1 / 4)
    assert number(gini([0, 9], [999, 1])) == pytest.approx(0.999)


def test_no_burden_and_too_few_areas_are_refused() -> None:
    few, none = Refused(Reason.TOO_FEW_AREAS), Refused(Reason.TOO_FEW_EVENTS)
    for function in (gini, lorenz_curve, gini_by_chance, concentration_index):
        assert function([0, 0], [5, 5]) == none
        assert function([1, np.nan], [5, 5]) == few
        assert function([1, 2], [5, np.nan]) == few
        assert function([], []) == few
        assert function([0, 3], [5, 0]) == none
    assert concentration_index([1, 2], [5, 5], rank=[1, np.nan]) == few
    assert slope_index([1, np.nan], [5, 5]) == few
    assert slope_index([1], [5]) == Refused(Reason.TOO_SHORT)
    assert slope_index([1, 2], [5, 5], rank=[3, 3]) == Refused(Reason.TOO_SHORT)


def test_missing_areas_and_areas_without_people_take_no_part() -> None:
    burden, people = np.array([*range(1, 20), np.nan]), np.full(20, 50.0)
    assert gini(burden, people) == gini(burden[:-1], people[:-1])
    assert gini([1, 5, 7], [10, 10, 0]) == gini([1, 5], [10, 10])
    assert concentration_index([1, 5, 7], [10, 10, 0]) == concentration_index([1, 5], [10, 10])
    errors = [1, 1, 1]
    assert slope_index([5, 4, 7], [10, 10, 0], standard_errors=errors) == slope_index(
        [5, 4], [10, 10], standard_errors=errors[:2]
    )


def test_chance_alone_is_close_to_the_mean_over_all_ways_of_dealing_out() -> None:
    # Three events over two areas of one size: 0|3 or 3|0 in 2 of 8 ways, Gini 1/2; else 1|2, Gini 1/6.
    found = chance(gini_by_chance([0, 3], [10, 10], simulations=20_000))
    assert found.observed == 0.5
    assert found.expected == pytest.approx(0.25 * 0.5 + 0.75 / 6, abs=0.005)
    assert found.p == pytest.approx(0.25, abs=0.01)
    np.testing.assert_allclose((found.lower, found.upper), (1 / 6, 1 / 2))


def test_a_burden_that_is_spread_by_chance_is_not_found_unequal() -> None:
    random = np.random.default_rng(5)
    people = random.integers(1000, 50_000, 200)
    even = chance(gini_by_chance(random.multinomial(150, people / people.sum()), people))
    assert even.lower <= even.observed <= even.upper
    assert even.expected > 0.4
    uneven = chance(gini_by_chance(np.where(np.arange(200) < 20, 15, 1), people))
    assert uneven.observed > uneven.upper
    assert uneven.p == 1 / 2000


def test_the_band_of_chance_holds_what_dealing_out_can_give() -> None:
    """By hand: two events in two equal areas fall one into each half the time, else both into one."""
    band = lorenz_by_chance([2, 0], [100, 100], steps=2)
    assert not isinstance(band, Refused)
    assert (band.population.tolist(), band.lower.tolist(), band.upper.tolist()) == ([0, 0.5, 1], [0, 0, 1], [0, 0.5, 1])


def test_of_one_area_the_band_is_the_diagonal_and_nothing_is_made_of_no_events() -> None:
    band = lorenz_by_chance([7], [100], steps=4)
    assert not isinstance(band, Refused)
    assert band.lower.tolist() == band.upper.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert lorenz_by_chance([0, 0], [100, 100]) == Refused(Reason.TOO_FEW_EVENTS)
    with pytest.raises(ValueError, match="1 simulation and 1 step"):
        lorenz_by_chance([1, 2], [100, 100], simulations=0)


def test_a_simulation_is_repeatable_and_follows_its_seed() -> None:
    one, same, other = (gini_by_chance([3, 1, 5, 2], [9, 8, 7, 6], seed=seed) for seed in (1, 1, 2))
    assert one == same != other


def test_one_area_has_all_by_chance_too_and_fractions_are_rounded_in_all() -> None:
    assert gini_by_chance([4], [10]) == GiniByChance(0, 0, 0, 0, 1)
    whole, parts = chance(gini_by_chance([3, 1], [9, 9])), chance(gini_by_chance([3.2, 1.1], [9, 9]))
    assert parts.expected == whole.expected


@settings(max_examples=40)
@given(areas)
def test_ranked_by_its_own_rate_the_concentration_is_the_gini_coefficient(rows: list[tuple[int, int]]) -> None:
    burden, people = np.array(rows).T
    found = number(concentration_index(burden, people, rank=burden / people))
    assert found == pytest.approx(number(gini(burden, people)), abs=1e-9)


@settings(max_examples=40)
@given(areas, orders)
def test_the_concentration_turns_round_with_the_ranking(rows: list[tuple[int, int]], random: Any) -> None:
    burden, people = np.array(rows).T
    rank = np.array([random.randint(0, 3) for _ in rows])
    here, there = (number(concentration_index(burden, people, rank=order)) for order in (rank, -rank))
    assert here == pytest.approx(-there, abs=1e-9)
    order = sorted(range(len(rows)), key=lambda area: random.random())
    moved = number(concentration_index(burden[order] * 3, people[order] * 7, rank=rank[order]))
    assert moved == pytest.approx(here, abs=1e-9)


def test_areas_of_one_rank_have_no_concentration() -> None:
    assert number(concentration_index([1, 9], [10, 10], rank=[2, 2])) == pytest.approx(0)
    assert number(concentration_index([9], [10])) == pytest.approx(0)


# Help page of PHEindicatormethods, phe_sii: life expectancy by decile of deprivation in Area 1.
DECILES = (
    [75.9, 78.3, 83.8, 83.6, 80.5, 81.1, 81.7, 84.2, 80.6, 86.3],
    [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534],
    [1.64, 1.58, 1.51, 1.78, 1.7, 1.56, 1.37, 1.4, 2.43, 1.57],
)


def test_the_slope_is_that_of_the_regression_through_the_roots_of_population() -> None:
    # The description of phe_sii: Y sqrt(a) on sqrt(a) and b sqrt(a), a the share of population and b its middle.
    value, people, _ = map(np.array, DECILES)
    share = people / people.sum()
    middle = share.cumsum() - share / 2
    design = np.sqrt(share)[:, None] * np.column_stack([np.ones(10), middle])
    intercept, slope = np.linalg.lstsq(design, value * np.sqrt(share), rcond=None)[0]
    found = sloped(slope_index(value, people))
    assert found.slope == pytest.approx(slope)
    assert found.relative == pytest.approx((intercept + slope) / intercept)
    assert np.isnan([found.lower, found.upper]).all()


def test_limits_of_the_slope_are_those_found_by_simulation() -> None:
    value, people, error = map(np.array, DECILES)
    found = sloped(slope_index(value, people, standard_errors=error))
    drawn = np.random.default_rng(1).normal(value, error, size=(2000, 10))
    slopes = [sloped(slope_index(row, people)).slope for row in drawn]
    lower, upper = np.quantile(slopes, (0.025, 0.975))
    assert found.lower == pytest.approx(lower, abs=0.15)
    assert found.upper == pytest.approx(upper, abs=0.15)
    assert found.lower < found.slope < found.upper


def test_equal_values_have_no_slope_and_the_unit_scales_it() -> None:
    flat = sloped(slope_index([5, 5, 5], [1, 2, 3], standard_errors=[0, 0, 0]))
    assert (flat.slope, flat.lower, flat.upper, flat.relative) == (0, 0, 0, 1)
    one, other = sloped(slope_index([1, 4, 2], [5, 6, 7])), sloped(slope_index([10, 40, 20], [50, 60, 70]))
    assert other.slope == pytest.approx(10 * one.slope)
    assert other.relative == pytest.approx(one.relative)


def test_groups_may_come_in_any_order_when_ranked() -> None:
    one = sloped(slope_index([1, 4, 2], [5, 6, 7], rank=[10, 20, 30]))
    other = sloped(slope_index([2, 1, 4], [7, 5, 6], rank=[3, 1, 2]))
    assert other.slope == pytest.approx(one.slope)
    assert sloped(slope_index([1, 4, 2], [5, 6, 7])).slope == one.slope


def test_a_line_that_begins_below_nought_has_no_ratio() -> None:
    assert np.isnan(sloped(slope_index([0, 0, 9], [1, 1, 1])).relative)


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="burden must not be negative"):
        gini([-1, 2])
    with pytest.raises(ValueError, match="areas must lie on one axis, found 2"):
        gini([[1, 2]])
    with pytest.raises(ValueError, match="rank must be given for each of 2 areas"):
        concentration_index([1, 2], [5, 5], rank=[1])
    with pytest.raises(ValueError, match="at least 1 simulation"):
        gini_by_chance([1], [5], simulations=0)
    with pytest.raises(ValueError, match="standard_errors must not be negative"):
        slope_index([1, 2], [5, 5], standard_errors=[-1, 1])
