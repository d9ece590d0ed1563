import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from riskmap.methods import normalise as module
from riskmap.methods.normalise import kurtosis, normalise, skewness, treated, winsorise

METHODS: Any = ["minmax", "zscore", "rank", "borda", "percentile"]
values = st.lists(st.integers(-1000, 1000), min_size=4, max_size=30).filter(lambda x: len(set(x)) > 1)


def test_the_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 6
    assert outcome.failed == 0


def test_all_scales_and_the_treatment_are_the_published_ones(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/h1_normalise_aggregate_small.json").read_text(encoding="utf-8"))
    x, expected = case["input"]["x"], case["expected"]
    names = {"minmax": "minmax_0_100", "zscore": "zscore", "rank": "rank", "borda": "borda", "percentile": "prank"}
    for method in METHODS:
        np.testing.assert_allclose(normalise(x, method), expected[names[method]], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(winsorise(x).values, expected["winsorised"])
    assert skewness(x) == pytest.approx(expected["skew"], rel=1e-6)
    assert kurtosis(x) == pytest.approx(expected["kurt"], rel=1e-6)


@settings(max_examples=30)
@given(values)
def test_moments_ranks_and_deviations_are_those_of_scipy(x: list[int]) -> None:
    np.testing.assert_allclose(skewness(x), stats.skew(x, bias=False), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(kurtosis(x), stats.kurtosis(x, bias=False), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(normalise(x, "zscore"), stats.zscore(x, ddof=1), atol=1e-9)
    np.testing.assert_array_equal(normalise(x, "rank"), stats.rankdata(x, "min"))
    np.testing.assert_array_equal(normalise(x, "rank", ties="average"), stats.rankdata(x, "average"))


@settings(max_examples=30)
@given(values, st.sampled_from(METHODS), st.integers(1, 50), st.integers(-50, 50))
def test_no_scale_depends_on_the_unit_of_the_values(x: list[int], method: Any, factor: int, shift: int) -> None:
    moved = normalise(factor * np.array(x) + shift, method)
    np.testing.assert_allclose(moved, normalise(x, method), atol=1e-9)


@settings(max_examples=30)
@given(values, st.sampled_from(METHODS), st.randoms())
def test_the_order_of_the_areas_makes_no_difference(x: list[int], method: Any, random: Any) -> None:
    order = list(range(len(x)))
    random.shuffle(order)
    np.testing.assert_allclose(normalise(np.array(x)[order], method), normalise(x, method)[order], atol=1e-9)


@settings(max_examples=30)
@given(values, st.sampled_from(METHODS))
def test_a_missing_area_stays_missing_and_changes_no_other(x: list[int], method: Any) -> None:
    found = normalise([np.nan, *x, np.nan], method)
    assert np.isnan(found[[0, -1]]).all()
    np.testing.assert_allclose(found[1:-1], normalise(x, method), atol=1e-9)


@settings(max_examples=30)
@given(st.lists(values.map(lambda x: x[:4]), min_size=1, max_size=4), st.sampled_from(METHODS))
def test_many_indicators_at_once_are_as_each_alone(many: list[list[int]], method: Any) -> None:
    np.testing.assert_array_equal(normalise(many, method), [normalise(x, method) for x in many])


def test_all_equal_one_area_and_none() -> None:
    for method in ("minmax", "zscore"):
        assert np.isnan(normalise([4, 4, 4], method)).all()
        assert np.isnan(normalise([4], method)).all()
    assert normalise([4, 4, 4], "rank").tolist() == [1, 1, 1]
    assert normalise([4, 4, 4], "rank", ties="average").tolist() == [2, 2, 2]
    assert normalise([4, 4, 4], "percentile").tolist() == [0, 0, 0]
    assert normalise([4], "borda").tolist() == [0]
    assert np.isnan(normalise([4], "percentile")).all()
    for method in METHODS:
        assert normalise([], method).shape == (0,)
        assert np.isnan(normalise([np.nan, np.nan], method)).all()


def test_min_max_reaches_both_ends_of_its_target() -> None:
    assert normalise([3, 5, 4], "minmax", target=(1, 100)).tolist() == [1, 100, 50.5]


def test_low_outliers_are_drawn_in_from_below() -> None:
    x = [-90.0, *range(1, 11)]
    found = winsorise(x)
    assert found.values.tolist() == [1.0, *range(1, 11)]
    assert (found.treatment, found.points) == ("winsorised", 1)


def test_equal_outliers_are_drawn_in_together() -> None:
    x = [*range(1, 21), 500.0, 500.0]
    found = winsorise(x)
    assert found.values[-2:].tolist() == [20, 20]
    assert found.points == 2


def test_not_more_than_asked_are_drawn_in() -> None:
    x = np.array([4.0**k for k in range(20)])
    found = winsorise(x, most=1)
    assert found.points == 1
    assert found.values.max() == 4.0**18
    assert treated(x, most=1).treatment == "logarithm"
    assert treated(-x, most=1).treatment == "mirrored logarithm"
    np.testing.assert_allclose(treated(-x, most=1).values, -treated(x, most=1).values)


def test_what_passes_is_left_as_it_is() -> None:
    for x in ([1.0, 2, 3, 4, 5], [4.0] * 9, [1.0, 90, 3], [0.0] * 3, []):
        found = treated(x)
        assert found.values.tolist() == x
        assert (found.treatment, found.points) == ("none", 0)


def test_zeros_and_a_few_values_do_not_break_the_treatment() -> None:
    found = treated([0.0] * 30 + [7])
    assert found.values.max() == 0
    assert np.isnan(treated([np.nan] * 3).values).all()
    assert np.isnan([skewness([1, 2]), kurtosis([1, 2, 4]), skewness([3] * 9), kurtosis([3] * 9)]).all()


@given(values)
def test_treatment_never_turns_two_areas_round(x: list[int]) -> None:
    order = np.argsort(x)
    assert (np.diff(treated(x).values[order]) >= 0).all()


def test_other_values_are_treated_alike() -> None:
    x = [*range(1, 11), 100.0]
    assert treated(x).alike(np.array([5.0, 50, -3])).tolist() == [5, 10, 1]


def test_infinite_values_and_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="must be finite, found inf at position 1"):
        normalise([1, np.inf], "minmax")
    with pytest.raises(ValueError, match="one value per area"):
        winsorise([[1, 2]])
