import doctest
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import hotspots
from riskmap.methods.conditional import exceeded
from riskmap.methods.hotspots import Getis, LocalMoran, Pattern, getis_ord, local_moran
from riskmap.methods.neighbours import Neighbours, contiguity, row_standardised, weighted
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.spatial import Moran, morans_i

# PySAL, help page of esda.Moran_Local: desmith.gal and desmith.txt, row-standardised.
DESMITH = [2.24, 3.1, 4.55, -5.15, -4.39, 0.46, 5.54, 9.02, -2.09, -3.06]
LISTS = [[1, 3], [0, 4], [3, 6], [0, 2, 4, 7], [1, 3, 5, 8], [4, 9], [2, 7], [3, 6, 8], [4, 7, 9], [5, 8]]
ESDA = [-0.11409277, -0.19940543, -0.13351408, -0.51770383, 0.48095009]
ESDA += [0.12208113, 1.19148298, -0.58144305, 0.07101383, 0.34314301]
QUADRANTS = [4, 4, 4, 2, 3, 3, 1, 4, 3, 3]  # 1 high-high, 2 low-high, 3 low-low, 4 high-low
NAMES = [Pattern.HIGH_HIGH, Pattern.LOW_HIGH, Pattern.LOW_LOW, Pattern.HIGH_LOW]


def grid(side: int) -> Neighbours:
    pairs = [(i, i + 1) for i in range(side**2) if (i + 1) % side]
    pairs += [(i, i + side) for i in range(side**2 - side)]
    return contiguity(pairs, areas=side**2)


def lisa(*args: Any, **options: Any) -> LocalMoran:
    found = local_moran(*args, **options)
    assert isinstance(found, LocalMoran)
    return found


def getis(*args: Any, **options: Any) -> Getis:
    found = getis_ord(*args, **options)
    assert isinstance(found, Getis)
    return found


def test_the_published_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(hotspots)
    assert outcome.attempted >= 8
    assert outcome.failed == 0


def test_local_i_is_that_of_esda_and_of_spdep_by_its_divisor() -> None:
    near = row_standardised(weighted(LISTS))
    as_esda, as_spdep = lisa(DESMITH, near, ddof=1, permutations=99), lisa(DESMITH, near, permutations=99)
    np.testing.assert_allclose(as_esda.i, ESDA, atol=5e-9)
    np.testing.assert_allclose(as_esda.i, as_spdep.i * 9 / 10, rtol=1e-12)
    assert as_spdep.quadrant.tolist() == [NAMES[number - 1] for number in QUADRANTS]
    np.testing.assert_array_equal(as_esda.p, as_spdep.p)


def test_local_i_sums_to_the_global_one() -> None:
    x = np.random.default_rng(1).normal(size=36)
    near = grid(6)
    whole = morans_i(x, near, permutations=0)
    assert isinstance(whole, Moran)
    assert lisa(x, near, permutations=99).i.sum() / near.weights.sum() == pytest.approx(whole.i)


def every_draw(x: np.ndarray, weights: list[float], area: int) -> np.ndarray:
    others = np.delete(np.arange(len(x)), area)
    return np.array([np.dot(weights, x[list(drawn)]) for drawn in permutations(others, len(weights))])


@pytest.mark.parametrize("uneven", [False, True])
def test_p_values_are_those_of_every_way_to_draw_the_neighbours(uneven: bool) -> None:
    x = np.array([1.0, 5, 2, 2, 9, 4, 2])
    lists = [[1, 2], [0], [0, 3, 4], [2], [2, 5], [4], [0, 1, 2]]
    weights = [[1.0 + uneven * k for k in range(len(row))] for row in lists]
    near = weighted(lists, weights)
    found = lisa(x, near, permutations=20_000, alternative="greater")
    z = x - x.mean()
    for area, row in enumerate(weights):
        drawn, real = z[area] * every_draw(z, row, area), z[area] * np.dot(row, z[lists[area]])
        assert found.p[area] == pytest.approx((drawn >= real - 1e-9).mean(), abs=0.013)


def test_areas_of_equal_weights_get_the_very_counts_of_the_general_way() -> None:
    x = np.random.default_rng(4).normal(size=49)
    near = row_standardised(grid(7))
    nearly = near.weights * (1 + 1e-13 * np.arange(len(near.weights)))
    general = Neighbours(near.starts, near.others, nearly)
    one, other = (exceeded(x, way, permutations=3000, seed=3) for way in (near, general))
    np.testing.assert_array_equal(one.at_least, other.at_least)
    np.testing.assert_array_equal(one.at_most, other.at_most)


def test_an_area_next_to_all_others_has_one_way_to_draw_them() -> None:
    star = contiguity([(0, i) for i in range(1, 50)], areas=50)
    x = np.random.default_rng(4).normal(size=50)
    assert lisa(x, star, permutations=99).p[0] == 1


def test_general_weights_of_some_areas_do_not_change_the_others() -> None:
    x = np.random.default_rng(4).normal(size=7)
    lists = [[1, 2], [0], [0, 3, 4], [2], [2, 5], [4], [0, 1, 2]]
    weights = [[1.0] * len(row) for row in lists]
    weights[2] = [1, 2, 3]
    one, other = (exceeded(x, near, permutations=999, seed=3) for near in (weighted(lists), weighted(lists, weights)))
    same = np.arange(7) != 2
    np.testing.assert_array_equal(one.at_least[same], other.at_least[same])
    assert one.at_least[2] != other.at_least[2]


def test_a_cluster_is_found_and_chance_alone_is_not() -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=100)
    near = row_standardised(grid(10))
    assert (lisa(x, near).pattern == Pattern.NONE).mean() > 0.97
    centre = np.array([33, 34, 43, 44, 45, 35, 53, 54, 55])
    x[centre] += 6
    found = lisa(x, near)
    assert found.pattern[44] == Pattern.HIGH_HIGH
    assert getis(x, grid(10)).significant[44]
    assert getis(x, grid(10)).z[44] > 4


def test_p_values_without_any_pattern_are_uniform() -> None:
    random = np.random.default_rng(9)
    near = row_standardised(grid(6))
    p = np.concatenate([lisa(random.normal(size=36), near, permutations=199, seed=k).p for k in range(60)])
    assert 0.03 < (p <= 0.05).mean() < 0.07


def test_folded_p_is_half_of_the_two_sided_one() -> None:
    x = np.random.default_rng(3).normal(size=36)
    folded, both = (lisa(x, grid(6), permutations=999, alternative=side).p for side in ("folded", "two-sided"))
    np.testing.assert_allclose(both, np.minimum(2 * folded, 1))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 50), min_size=16, max_size=16).filter(lambda x: len(set(x)) > 2), st.randoms())
def test_the_order_of_the_areas_makes_no_difference_but_to_the_draw(x: list[int], random: Any) -> None:
    order = list(range(16))
    random.shuffle(order)
    near = grid(4)
    pairs = np.argsort(order)[np.column_stack([near.owners, near.others])]
    here, there = (
        lisa(x, near, permutations=499),
        lisa(np.array(x)[order], contiguity(pairs, areas=16), permutations=499),
    )
    np.testing.assert_allclose(there.i, here.i[order], atol=1e-9)
    # With the same seed other areas are drawn: p agrees only within the error of 499 draws.
    assert np.abs(there.p - here.p[order]).max() < 0.25
    np.testing.assert_allclose(
        getis(np.array(x)[order], contiguity(pairs, areas=16), permutations=9).z,
        getis(x, near, permutations=9).z[order],
        atol=1e-9,
    )


@settings(max_examples=30)
@given(st.lists(st.integers(0, 50), min_size=16, max_size=16).filter(lambda x: len(set(x)) > 2), st.floats(0.1, 50))
def test_neither_statistic_depends_on_the_unit(x: list[int], factor: float) -> None:
    scaled = factor * np.array(x) + 3
    np.testing.assert_allclose(lisa(scaled, grid(4), permutations=9).i, lisa(x, grid(4), permutations=9).i, atol=1e-9)
    np.testing.assert_allclose(getis(scaled, grid(4), permutations=9).z, getis(x, grid(4), permutations=9).z, atol=1e-9)


def test_scaling_a_row_does_not_change_gi() -> None:
    x = np.random.default_rng(3).normal(size=16)
    binary, shares = (getis(x, near, star=False, permutations=9).z for near in (grid(4), row_standardised(grid(4))))
    np.testing.assert_allclose(binary, shares)


def test_an_area_without_neighbours_has_no_answer() -> None:
    near = contiguity([(0, 1), (1, 2), (2, 3)], areas=5)
    x = [1, 2, 3, 5, 9]
    found, gathered = lisa(x, near, permutations=99), getis(x, near, permutations=99)
    assert np.isnan([found.i[4], found.p[4], found.q[4], gathered.z[4], gathered.p[4]]).all()
    assert found.quadrant[4] == found.pattern[4] == Pattern.NONE
    assert not np.isnan([found.i[:4], found.p[:4], gathered.z[:4]]).any()
    assert not gathered.significant[4]


def test_a_missing_area_has_no_answer_and_is_nobodys_neighbour() -> None:
    x = np.random.default_rng(3).normal(size=20)
    pairs = [(i, i + 1) for i in range(19)]
    found = lisa([*x[:19], np.nan], row_standardised(contiguity(pairs, areas=20)), permutations=99)
    alone = lisa(x[:19], row_standardised(contiguity(pairs[:18], areas=19)), permutations=99)
    np.testing.assert_array_equal(found.i[:19], alone.i)
    np.testing.assert_array_equal(found.p[:19], alone.p)
    assert np.isnan([found.i[19], found.p[19]]).all()


def test_under_nine_tenths_of_the_areas_there_is_no_answer() -> None:
    x = np.where(np.arange(16) < 2, np.nan, np.arange(16.0))
    assert local_moran(x, grid(4)) == Refused(Reason.TOO_FEW_AREAS)
    assert getis_ord(x, grid(4)) == Refused(Reason.TOO_FEW_AREAS)


def test_all_equal_and_a_single_area_have_no_answer() -> None:
    for x, near in (([0.1] * 16, grid(4)), ([3.0], contiguity([], areas=1))):
        assert np.isnan(lisa(x, near, permutations=9).i).all()
        assert np.isnan(lisa(x, near, permutations=9).p).all()
        assert np.isnan(getis(x, near, permutations=9).z).all()


def test_an_area_at_the_mean_is_never_significant() -> None:
    x = np.array([2.0, 1, 3, 1, 3, 2, 2, 2, 2]) * 0.1 + 0.7  # the mean is met but for rounding
    found = lisa(x, contiguity([(0, 2), (0, 4), (1, 3), (5, 6), (7, 8)], areas=9), permutations=999)
    assert found.i[0] == pytest.approx(0, abs=1e-12)
    assert found.p[0] == 1
    assert found.quadrant[0] == Pattern.NONE


def test_gi_star_of_all_areas_at_once_is_missing() -> None:
    everyone = contiguity([(i, j) for i in range(5) for j in range(i)], areas=5)
    assert np.isnan(getis([1, 2, 3, 4, 9], everyone, permutations=9).z).all()
    assert np.isnan(getis([1, 2, 3, 4, 9], everyone, star=False, permutations=9).z).all()


def test_the_same_seed_gives_the_same_p() -> None:
    x = np.random.default_rng(3).normal(size=36)
    first, again, other = (lisa(x, grid(6), permutations=999, seed=seed).p for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_very_small_and_very_large_values_are_judged_as_any_others() -> None:
    x = np.random.default_rng(3).normal(size=16)
    for factor in (1e-200, 1e150):
        np.testing.assert_allclose(lisa(factor * x, grid(4), permutations=99).i, lisa(x, grid(4), permutations=99).i)
        np.testing.assert_allclose(getis(factor * x, grid(4), permutations=9).z, getis(x, grid(4), permutations=9).z)
