import doctest
import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import spatial
from riskmap.methods.neighbours import Neighbours, contiguity, row_standardised, weighted
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.spatial import Moran, eb_standardised, morans_i, morans_i_of_rates

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
PATH = contiguity([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], areas=6)
values = st.lists(st.floats(-1e3, 1e3), min_size=12, max_size=12, unique=True)


def ring(areas: int) -> Neighbours:
    return row_standardised(contiguity([(i, (i + 1) % areas) for i in range(areas)], areas=areas))


def moran(*args: Any, **options: Any) -> Moran:
    found = morans_i(*args, **options)
    assert isinstance(found, Moran)
    return found


def columbus(shared_file: Callable[[str], Path]) -> tuple[Any, Neighbours]:
    case = json.loads(shared_file("cases/d1_global_moran_columbus.json").read_text(encoding="utf-8"))
    lists = [[other - 1 for other in row] for row in case["input"]["neighbours_1based"]]
    return case, row_standardised(weighted(lists))


def test_the_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(spatial)
    assert outcome.attempted >= 4
    assert outcome.failed == 0


def test_crime_in_columbus_has_the_published_index_and_moments(shared_file: Callable[[str], Path]) -> None:
    case, near = columbus(shared_file)
    found = moran(case["input"]["CRIME"], near, permutations=999)
    for name in ("normality", "randomisation"):
        expected, moments = case["expected"][name], getattr(found, name)
        told = (found.i, found.expected, moments.variance, moments.z, moments.p)
        np.testing.assert_allclose(told, [expected[key] for key in ("I", "EI", "VI", "z", "p")], rtol=1e-6)
    assert found.p_permutation == 0.001


def test_infant_deaths_in_north_carolina_have_the_published_index_of_rates() -> None:
    case = json.loads((GOLDEN / "moran_of_rates.json").read_text(encoding="utf-8"))
    near = row_standardised(contiguity(case["pairs"], areas=100))
    found = morans_i_of_rates(case["events"], case["births"], near, permutations=999)
    assert isinstance(found, Moran)
    assert round(found.i, 4) == case["i"]
    assert round(found.normality.p, 4) == case["p_normality"]
    assert found.p_permutation < 0.02


def test_moments_under_randomisation_are_those_of_all_orders_of_the_values() -> None:
    x = np.array([1.0, 5, 2, 2, 9, 4])
    near = weighted([[1], [0, 2], [1, 5], [4, 0], [3], []], [[1], [0.3, 2], [1, 1], [0.5, 1], [1], []])
    all_orders = [moran(order, near, permutations=0).i for order in permutations(x)]
    found = moran(x, near, permutations=0)
    assert found.expected == pytest.approx(np.mean(all_orders))
    assert found.randomisation.variance == pytest.approx(np.var(all_orders))


def test_the_permutation_p_is_that_of_all_orders_of_the_values_ties_included() -> None:
    x = [0, 0, 1, 1, 0, 3]
    all_orders = np.array([moran(order, PATH, permutations=0).i for order in permutations(x)])
    found = moran(x, PATH, permutations=9_999)
    exact = (all_orders >= found.i - 1e-12).mean()
    assert found.p_permutation == pytest.approx(exact, abs=0.02)
    less = moran(x, PATH, permutations=9_999, alternative="less").p_permutation
    assert less == pytest.approx((all_orders <= found.i + 1e-12).mean(), abs=0.02)
    both = moran(x, PATH, permutations=9_999, alternative="two-sided").p_permutation
    assert both == pytest.approx(min(1, 2 * min(less, found.p_permutation)))


@settings(max_examples=30)
@given(values, st.randoms())
def test_the_order_of_the_areas_makes_no_difference_but_to_the_draw(x: list[float], random: Any) -> None:
    order = list(range(12))
    random.shuffle(order)
    new_number = np.argsort(order)
    pairs = np.array([(i, (i + 1) % 12) for i in range(12)] + [(0, 5), (2, 9)])
    here = moran(x, row_standardised(contiguity(pairs, areas=12)), permutations=499)
    there = moran(np.array(x)[order], row_standardised(contiguity(new_number[pairs], areas=12)), permutations=499)
    np.testing.assert_allclose(there.i, here.i, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(there.randomisation.variance, here.randomisation.variance, rtol=1e-7)
    # With the same seed other values are drawn first: p agrees only within the error of 499 draws.
    assert abs(there.p_permutation - here.p_permutation) < 0.13


@settings(max_examples=30)
@given(values, st.floats(0.01, 100), st.floats(-100, 100))
def test_moran_does_not_depend_on_the_unit_of_the_values(x: list[float], factor: float, shift: float) -> None:
    scaled = factor * (np.array(x) + shift)
    if np.ptp(scaled) < 1e-3 * factor:
        return
    np.testing.assert_allclose(
        moran(scaled, ring(12), permutations=0).i, moran(x, ring(12), permutations=0).i, rtol=1e-4, atol=1e-6
    )


def test_the_same_seed_gives_the_same_p_and_another_seed_another_draw() -> None:
    x = np.random.default_rng(5).normal(size=40)
    first, again, other = (moran(x, ring(40), permutations=999, seed=seed).p_permutation for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_without_any_pattern_one_p_in_twenty_is_below_five_percent() -> None:
    random = np.random.default_rng(8)
    near = ring(30)
    p = np.array([moran(random.poisson(1, 30), near, permutations=199, seed=k).p_permutation for k in range(300)])
    assert 0.02 < (p <= 0.05).mean() < 0.09


def test_a_missing_area_is_left_out_and_rows_are_standardised_again() -> None:
    x = np.arange(12.0) ** 2
    pairs = [(i, i + 1) for i in range(11)]
    whole = row_standardised(contiguity(pairs, areas=12))
    found = moran([*x[:11], None], whole, permutations=0)
    alone = moran(x[:11], row_standardised(contiguity(pairs[:10], areas=11)), permutations=0)
    assert found.i == pytest.approx(alone.i, rel=1e-12)
    assert found.areas == 11


def test_under_nine_tenths_of_the_areas_there_is_no_answer() -> None:
    x = np.arange(20.0)
    assert isinstance(morans_i(np.where(x < 2, np.nan, x), ring(20)), Moran)
    assert morans_i(np.where(x < 3, np.nan, x), ring(20)) == Refused(Reason.TOO_FEW_AREAS)
    assert morans_i_of_rates(np.where(x < 3, np.nan, x), x + 1, ring(20)) == Refused(Reason.TOO_FEW_AREAS)
    assert morans_i([], contiguity([], areas=0)) == Refused(Reason.TOO_FEW_AREAS)


@pytest.mark.parametrize(
    ("x", "near"),
    [([3.0], contiguity([], areas=1)), ([1.0, 2.0], contiguity([], areas=2)), ([4.0] * 6, PATH)],
    ids=["one area", "islands alone", "all equal"],
)
def test_where_nothing_can_be_compared_the_index_is_missing(x: list[float], near: Neighbours) -> None:
    found = moran(x, near)
    assert np.isnan([found.i, found.normality.z, found.randomisation.p, found.p_permutation]).all()


def test_an_island_counts_in_n_unless_n_is_adjusted() -> None:
    x = [1.0, 2, 4, 3, 7, 5, 9]
    near = contiguity([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)], areas=7)
    kept, adjusted = moran(x, near, permutations=0), moran(x, near, permutations=0, adjust_n=True)
    assert kept.expected == pytest.approx(-1 / 6)
    assert adjusted.expected == pytest.approx(-1 / 5)
    assert adjusted.i == pytest.approx(kept.i * 6 / 7)
    assert kept.islands == 1


def test_rates_are_compared_with_the_rate_of_all_in_deviations_that_fit_their_population() -> None:
    # Equal rates; the smaller population is expected to vary more, so the same distance weighs less in it.
    z = eb_standardised([1, 10, 30, 300], [100, 1000, 1000, 10_000])
    assert z[0] > z[1]
    assert z[2] < z[3]


def test_a_variance_that_would_be_negative_becomes_that_of_chance_alone() -> None:
    events, people = np.array([5, 52]), np.array([100, 1000])
    b = 57 / 1100
    a = (100 * (0.05 - b) ** 2 + 1000 * (0.052 - b) ** 2) / 1100 - b / 550
    assert a + b / 1000 < 0 < a + b / 100
    expected = [(0.05 - b) / (a + b / 100) ** 0.5, (0.052 - b) / (b / 1000) ** 0.5]
    np.testing.assert_allclose(eb_standardised(events, people), expected, rtol=1e-9)


def test_equal_rates_no_events_and_no_population() -> None:
    assert eb_standardised([2, 20], [100, 1000]).tolist() == [0, 0]
    assert np.isnan(eb_standardised([0, 0], [100, 1000])).all()
    np.testing.assert_array_equal(
        np.isnan(eb_standardised([0, 1, np.nan, 3], [0, 9, 9, np.nan])), [True, False, True, True]
    )
    with pytest.raises(ValueError, match=r"events need a population, found 3.0 at position 1"):
        eb_standardised([1, 3], [5, 0])
    with pytest.raises(ValueError, match="events must not be negative"):
        eb_standardised([-1, 3], [5, 5])


def test_values_that_do_not_fit_the_areas_are_refused() -> None:
    with pytest.raises(ValueError, match="6 areas need as many values"):
        morans_i([1, 2], PATH)
    with pytest.raises(ValueError, match="values must be finite, found inf at position 1"):
        morans_i([1, np.inf, 2, 3, 4, 5], PATH)
