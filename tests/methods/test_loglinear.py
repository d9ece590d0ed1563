import doctest

import numpy as np
import pytest
from scipy.optimize import minimize

from riskmap.methods import loglinear
from riskmap.methods.loglinear import fit

DESIGN = np.column_stack([np.ones(12), np.arange(12) / 4, np.arange(12) % 3 == 1])


def test_the_published_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(loglinear).failed == 0


def test_coefficients_make_the_weighted_likelihood_highest() -> None:
    random = np.random.default_rng(1)
    y, weights = random.poisson(6, (1, 12)).astype(float), random.uniform(0.2, 3, (1, 12))
    offset = random.normal(size=(1, 12))

    def loss(coefficients: np.ndarray) -> float:
        linear = DESIGN @ coefficients + offset[0]
        return float(-(weights[0] * (y[0] * linear - np.exp(linear))).sum())

    best = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    found = fit(DESIGN, y, weights, offset=offset)
    np.testing.assert_allclose(found.coefficients[0], best.x, atol=1e-5)
    curvature = DESIGN.T * (weights[0] * np.exp(DESIGN @ best.x + offset[0])) @ DESIGN
    np.testing.assert_allclose(found.covariance[0], np.linalg.inv(curvature), rtol=1e-4, atol=1e-7)
    assert found.leverage.sum() == pytest.approx(3)


def test_a_series_gets_the_same_fit_alone_as_among_others() -> None:
    y = np.random.default_rng(1).poisson([[2], [50], [9]], (3, 12)).astype(float)
    together = fit(DESIGN, y, np.ones((3, 12)))
    for row in range(3):
        alone = fit(DESIGN, y[[row]], np.ones((1, 12)))
        np.testing.assert_allclose(together.coefficients[row], alone.coefficients[0], rtol=1e-9)
        np.testing.assert_allclose(together.dispersion[row], alone.dispersion[0], rtol=1e-9)


def test_a_point_of_weight_nought_takes_no_part() -> None:
    y = np.random.default_rng(1).poisson(9, (1, 12)).astype(float)
    weights = np.ones((1, 12))
    weights[0, 5] = 0
    spoilt = y.copy()
    spoilt[0, 5] = np.nan
    rest = np.arange(12) != 5
    found, short = fit(DESIGN, spoilt, weights), fit(DESIGN[rest], y[:, rest], np.ones((1, 11)))
    np.testing.assert_allclose(found.coefficients, short.coefficients, rtol=1e-9)
    np.testing.assert_allclose(found.dispersion, short.dispersion, rtol=1e-9)
    assert found.degrees == short.degrees == 8


def test_a_level_without_points_has_coefficient_nought_and_counts_as_none() -> None:
    y = np.random.default_rng(1).poisson(9, (1, 12)).astype(float)
    weights = np.where(DESIGN[:, 2] > 0, 0.0, 1.0)[None]
    found = fit(DESIGN, y, weights)
    assert found.coefficients[0, 2] == 0
    assert found.degrees == 6


@pytest.mark.parametrize("empty", [DESIGN[:, 2] > 0, DESIGN[:, 2] == 0, np.ones(12, dtype=bool)])
def test_a_level_of_zeros_ends_with_a_mean_near_nought(empty: np.ndarray) -> None:
    y = np.where(empty, 0, 40.0)[None]
    found = fit(DESIGN[:, [0, 2]], y, np.ones((1, 12)))
    assert found.converged.all()
    np.testing.assert_allclose(found.fitted[0], y[0], atol=1e-5)
    assert np.isfinite(found.dispersion).all()
