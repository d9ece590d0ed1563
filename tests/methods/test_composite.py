import doctest
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import composite
from riskmap.methods.composite import (
    Index,
    Level,
    Recipe,
    Standing,
    composite_index,
    leave_one_out,
    ranks_of,
    rate_draws,
    share_draws,
    standings,
    weighted_mean,
)
from riskmap.methods.refusals import Reason, Refused

THREE = Recipe(directions=(1, -1, 1), weights=(2, 1, 1))
tables = st.lists(st.tuples(*[st.integers(0, 60)] * 3), min_size=5, max_size=20)


def index(components: Any, recipe: Recipe = THREE) -> Index:
    found = composite_index(components, recipe)
    assert isinstance(found, Index)
    return found


def standing(samples: Any, recipe: Recipe, **options: Any) -> Standing:
    found = standings(samples, recipe, **options)
    assert isinstance(found, Standing)
    return found


def test_the_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(composite)
    assert outcome.attempted >= 8
    assert outcome.failed == 0


def test_weighted_means_are_the_published_ones(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/h1_normalise_aggregate_small.json").read_text(encoding="utf-8"))
    x, weights = case["input"]["agg_values"], case["input"]["agg_weights"]
    for mean, key in (("arithmetic", "amean"), ("geometric", "gmean"), ("harmonic", "hmean")):
        found = weighted_mean(x, weights, mean=mean)  # type: ignore[arg-type]
        assert found == pytest.approx(case["expected"][key], rel=1e-6)


def test_means_need_positive_values_and_some_weight() -> None:
    assert weighted_mean([0, 4], [1, 1]) == 2
    for mean in ("geometric", "harmonic"):
        with pytest.raises(ValueError, match=f"{mean} mean must be above 0, found 0.0 at position 1"):
            weighted_mean([4, 0], [1, 1], mean=mean)
        assert np.isnan(weighted_mean([4, np.nan], [1, 0], mean=mean))
    with pytest.raises(ValueError, match="not all be 0"):
        weighted_mean([4, 1], [0, 0])
    with pytest.raises(ValueError, match="weights must not be negative"):
        weighted_mean([4, 1], [2, -1])


@settings(max_examples=30)
@given(tables)
def test_the_means_stand_in_their_known_order(rows: list[Any]) -> None:
    x = np.array(rows) + 1.0
    harmonic, geometric, arithmetic = (
        weighted_mean(x, [2, 1, 1], mean=mean) for mean in ("harmonic", "geometric", "arithmetic")
    )
    assert (harmonic <= geometric + 1e-9).all()
    assert (geometric <= arithmetic + 1e-9).all()


@settings(max_examples=30)
@given(tables)
def test_scores_lie_between_one_and_a_hundred(rows: list[Any]) -> None:
    for scale in ("minmax", "zscore", "percentile"):
        found = index(rows, replace(THREE, scale=scale))
        assert (found.scores >= 1 - 1e-9).all()
        assert (found.scores <= 100 + 1e-9).all()


@settings(max_examples=30)
@given(tables, st.integers(0, 4))
def test_a_higher_need_never_lowers_the_rank_of_an_area(rows: list[Any], area: int) -> None:
    plain = replace(THREE, treat_outliers=False, scale="percentile")
    x = np.array(rows, dtype=float)
    before = ranks_of(index(x, plain).scores)[area]
    x[area] += np.array([7, -7, 7])
    assert ranks_of(index(x, plain).scores)[area] <= before


@settings(max_examples=30)
@given(tables, st.randoms())
def test_the_order_of_the_areas_makes_no_difference(rows: list[Any], random: Any) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    x = np.array(rows)
    np.testing.assert_allclose(index(x[order]).scores, index(x).scores[order], rtol=1e-9)


@settings(max_examples=30)
@given(tables, st.integers(2, 40))
def test_neither_units_nor_the_sum_of_the_weights_matter(rows: list[Any], factor: int) -> None:
    x = np.array(rows, dtype=float)
    scaled = index(x * [factor, 1, 1], replace(THREE, weights=(4, 2, 2)))
    np.testing.assert_allclose(scaled.scores, index(x).scores, rtol=1e-9)


def test_a_low_score_is_less_made_good_by_a_geometric_than_by_an_arithmetic_mean() -> None:
    x = [[0, 10], [5, 5], [10, 0]]
    geometric = index(x, Recipe(directions=(1, 1))).scores
    arithmetic = index(x, Recipe(directions=(1, 1), mean="arithmetic")).scores
    assert geometric.tolist() == pytest.approx([10, 50.5, 10])
    assert arithmetic.tolist() == pytest.approx([50.5] * 3)


def test_a_component_without_differences_parts_no_areas() -> None:
    found = index([[1, 7], [2, 7], [3, 7]], Recipe(directions=(1, 1), mean="arithmetic"))
    assert found.components[:, 1].tolist() == [50.5] * 3
    assert ranks_of(found.scores).tolist() == [3, 2, 1]
    assert index([[3, 4]], Recipe(directions=(1, 1))).scores == pytest.approx(50.5)


def test_an_area_that_lacks_a_component_has_no_score_and_takes_no_part() -> None:
    x = np.random.default_rng(1).uniform(size=(20, 3))
    whole = x.copy()
    x[4, 1], x[9, 0] = np.nan, np.nan
    x[4, 0] = 1e6  # must not stretch the scale of the others
    found = index(x)
    kept = ~np.isin(np.arange(20), [4, 9])
    assert np.isnan(found.scores[~kept]).all()
    np.testing.assert_array_equal(found.scores[kept], index(whole[kept]).scores)


def test_under_nine_tenths_of_the_areas_there_is_no_answer() -> None:
    x = np.random.default_rng(1).uniform(size=(10, 3))
    x[[1, 2], [0, 2]] = np.nan
    refused = Refused(Reason.TOO_FEW_AREAS)
    assert composite_index(x, THREE) == refused
    assert leave_one_out(x, THREE) == refused
    assert standings(x[None], THREE) == refused


def test_leaving_one_out_is_the_index_of_the_others() -> None:
    x = np.random.default_rng(1).uniform(size=(12, 3))
    ranks = leave_one_out(x, THREE)
    assert isinstance(ranks, np.ndarray)
    without = index(x[:, [0, 2]], Recipe(directions=(1, 1), weights=(2, 1)))
    np.testing.assert_array_equal(ranks[1], ranks_of(without.scores))
    with pytest.raises(ValueError, match="none can be left out"):
        leave_one_out([[1], [2]], Recipe(directions=(1,)))


def test_rates_drawn_have_the_mean_and_variance_of_their_posterior() -> None:
    drawn = rate_draws([0, 4, 100], [10, 10, 1000], draws=40_000, seed=3)
    np.testing.assert_allclose(drawn.mean(axis=0), [0.05, 0.45, 0.1005], rtol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), [0.005, 0.045, 100.5 / 1e6], rtol=0.06)
    missing = rate_draws([np.nan, 3, 3], [1, 0, np.nan], draws=5, seed=3)
    assert np.isnan(missing).all()


def test_shares_drawn_have_the_mean_and_variance_of_their_posterior() -> None:
    drawn = share_draws([0, 3, 50], [9, 9, 99], draws=40_000, seed=3)
    np.testing.assert_allclose(drawn.mean(axis=0), [0.05, 0.35, 0.505], rtol=0.03)
    # Of Beta(a, b) with a + b = n + 1: mean (1 - mean) / (n + 2).
    np.testing.assert_allclose(drawn.var(axis=0), [0.0475 / 11, 0.2275 / 11, 0.249975 / 101], rtol=0.06)
    assert ((drawn > 0) & (drawn < 1)).all()
    missing = share_draws([np.nan, 0, 3], [1, 0, np.nan], draws=5, seed=3)
    assert np.isnan(missing).all()
    with pytest.raises(ValueError, match="numerator must not exceed denominator"):
        share_draws([4], [3], draws=5, seed=3)


def test_ranks_are_surer_the_more_events_they_rest_on() -> None:
    many, few = (
        standing(
            rate_draws(scale * np.arange(1, 31)[:, None], scale * 10.0 * np.ones((30, 1)), draws=400, seed=1),
            Recipe(directions=(1,)),
        )
        for scale in (100, 1)
    )
    assert (many.upper - many.lower).mean() < 0.4 * (few.upper - few.lower).mean()
    assert (many.lower <= many.rank).all()
    assert (many.rank <= many.upper).all()
    np.testing.assert_array_equal(many.rank[::-1][:3], [1, 2, 3])


def test_without_uncertainty_ranks_are_those_of_the_index() -> None:
    x = np.random.default_rng(1).uniform(size=(20, 3))
    found = standing(np.tile(x, (7, 1, 1)), THREE, weight_spread=0, scales=["minmax"])
    for ranks in (found.rank, found.lower, found.upper):
        np.testing.assert_array_equal(ranks, ranks_of(index(x).scores))
    assert [(found.level == level).sum() for level in Level] == [14, 4, 2]
    assert set(found.chances[Level.PRIORITY]) == {0, 1}


def test_other_weights_and_scales_alone_make_ranks_uncertain() -> None:
    x = np.random.default_rng(1).lognormal(size=(30, 3))
    samples = np.tile(x, (200, 1, 1))
    weights = standing(samples, THREE, scales=["minmax"], weight_spread=0.5)
    scales = standing(samples, THREE, weight_spread=0)
    assert (weights.upper > weights.lower).any()
    assert (scales.upper > scales.lower).any()


def test_chances_of_the_levels_sum_to_one_and_decide_the_level() -> None:
    drawn = rate_draws(np.arange(1, 21)[:, None] * [1, 2], np.full((20, 2), 30), draws=500, seed=1)
    recipe = Recipe(directions=(1, 1))
    found = standing(drawn, recipe)
    np.testing.assert_allclose(sum(found.chances.values()), 1)
    surest = standing(drawn, recipe, certainty=0.95)
    assert (found.level == Level.PRIORITY).sum() >= (surest.level == Level.PRIORITY).sum()
    sure = found.chances[Level.PRIORITY] >= 0.95
    np.testing.assert_array_equal(surest.level == Level.PRIORITY, sure)


def test_all_equal_one_area_and_a_missing_area() -> None:
    equal = standing(np.ones((5, 12, 3)), THREE)
    assert (equal.upper == 1).all()
    assert standing(np.ones((5, 1, 3)), THREE).level.tolist() == ["priority"]
    samples = np.random.default_rng(1).uniform(size=(50, 12, 3))
    samples[7, 3, 1] = np.nan
    found = standing(samples, THREE)
    assert np.isnan([found.rank[3], found.lower[3], found.chances[Level.ROUTINE][3]]).all()
    assert found.level[3] == ""
    assert np.nanmax(found.upper) <= 11


def test_the_same_seed_gives_the_same_standing() -> None:
    samples = np.random.default_rng(1).uniform(size=(50, 12, 3))
    first, again, other = (standing(samples, THREE, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.chances[Level.PRIORITY], again.chances[Level.PRIORITY])
    assert (first.chances[Level.PRIORITY] != other.chances[Level.PRIORITY]).any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: composite_index([[1, 2]], THREE), "3 directions need as many"),
        (lambda: composite_index([[1, 2]], Recipe(directions=(1, 1), weights=(1,))), "as many components and weights"),
        (lambda: composite_index([[1]], Recipe(directions=(0,))), "a direction is 1 or -1"),  # type: ignore[arg-type]
        (lambda: standings([[1]], Recipe(directions=(1,))), "draws by areas by components"),
        (lambda: standings([[[1]]], Recipe(directions=(1,)), weight_spread=1), "weight_spread"),
        (lambda: standings([[[1]]], Recipe(directions=(1,)), confidence=90), "confidence"),
    ],
)
def test_what_does_not_fit_together_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
