import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from riskmap.methods import thresholds
from riskmap.methods.farrington import Control, anscombe_weights, reference_periods
from riskmap.methods.thresholds import (
    farrington_threshold,
    negative_binomial_quantile,
    negative_binomial_tail,
    noufaily_threshold,
)

means, phis = st.floats(1e-6, 5000), st.just(1.0) | st.floats(1.001, 50)


@pytest.fixture
def case(shared_file: Callable[[str], Path]) -> Any:
    return json.loads(shared_file("cases/e2_farrington_threshold_units.json").read_text(encoding="utf-8"))


def test_the_published_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(thresholds)
    assert outcome.attempted >= 4
    assert outcome.failed == 0


def test_limits_by_the_delta_method_are_the_published_ones(case: Any) -> None:
    told = case["input"]["farrington"]
    for power, expected in zip(told["transforms"], case["expected"]["farrington"], strict=True):
        found = farrington_threshold(
            told["predFit"], told["predSeFit"], told["phi"], y=told["y"], alpha=told["alpha"], power=power
        )
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_quantile_limits_are_the_published_ones(case: Any) -> None:
    told = case["input"]["noufaily"]
    for one, expected in zip(told["cases"], case["expected"]["noufaily"], strict=True):
        found = noufaily_threshold(
            np.log(5), np.log(2), one["phi"], y=told["y"], alpha=told["alpha"], method=one["method"]
        )
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_weights_and_windows_are_the_published_ones(case: Any) -> None:
    told = case["input"]["weights"]
    found = anscombe_weights(np.array([told["s"]], dtype=float), threshold=told["threshold"])
    np.testing.assert_allclose(found[0], case["expected"]["weights"], atol=1e-12)
    window = case["input"]["window"]
    control = Control(frequency=window["freq"], b=window["b"], w=window["w"], no_periods=1)
    assert np.count_nonzero(reference_periods(300, control=control)) == 25


@settings(max_examples=30)
@given(st.integers(0, 6000), means, phis)
def test_tails_are_those_of_scipy(y: int, mean: float, phi: float) -> None:
    expected = poisson.sf(y - 1, mean) if phi == 1 else nbinom.sf(y - 1, mean / (phi - 1), 1 / phi)
    np.testing.assert_allclose(negative_binomial_tail(y, mean, phi), expected, rtol=1e-6, atol=1e-12)


@settings(max_examples=30)
@given(st.floats(0.001, 0.999), means, phis)
def test_quantiles_are_those_of_scipy(probability: float, mean: float, phi: float) -> None:
    found = negative_binomial_quantile(probability, mean, phi)
    law = poisson(mean) if phi == 1 else nbinom(mean / (phi - 1), 1 / phi)
    assert law.cdf(found) >= probability - 1e-9
    assert found == 0 or law.cdf(found - 1) < probability + 1e-9


def test_arrays_are_broadcast_and_missing_stays_missing() -> None:
    found = noufaily_threshold([np.log(5), np.nan, np.log(5)], [0.1, 0.1, np.nan], 1.5, y=[3, 3, np.nan])
    assert np.isnan(found.upper).tolist() == [False, True, True]
    assert np.isnan(found.quantile).tolist() == [False, True, True]
    assert np.isnan(farrington_threshold([5, np.nan], 0.1, 1, y=[np.nan, 3]).score).all()


def test_an_expectation_without_bound_has_no_limit() -> None:
    assert np.isnan(noufaily_threshold(-20, 1e5, 1, y=3, method="muan").upper)
    assert noufaily_threshold(-20, 1e5, 1, y=3, method="nbPlugin").upper == 0


def test_nothing_is_at_least_as_likely_as_something() -> None:
    assert negative_binomial_tail(0, 5, 2) == 1
    assert negative_binomial_tail(2.5, 5, 1) == negative_binomial_tail(3, 5, 1)


@pytest.mark.parametrize("alpha", [0, 1, 5])
def test_an_alpha_that_is_no_probability_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        farrington_threshold(5, 1, 1, y=3, alpha=alpha)
    with pytest.raises(ValueError, match="alpha"):
        noufaily_threshold(5, 1, 1, y=3, alpha=alpha)
