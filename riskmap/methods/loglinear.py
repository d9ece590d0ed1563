"""Quasi-Poisson regressions with log link, fitted for many series at once on one common design."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from riskmap.methods.arrays import Floats

_STEPS: Final = 25
_CLOSE: Final = 1e-8  # relative change of the deviance
_LEAST_MEAN: Final = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """What was fitted: first axis series, second coefficients or points in time."""

    coefficients: Floats
    covariance: Floats  # to be multiplied by the dispersion
    fitted: Floats
    leverage: Floats
    dispersion: Floats  # Pearson's X^2 over its degrees of freedom, NaN where none are left
    degrees: Floats
    converged: NDArray[np.bool_]


def fit(design: Floats, y: Floats, weights: Floats, *, offset: Floats | float = 0) -> Fit:
    """E(y) = exp(design @ coefficients + offset), variance dispersion * E(y) / weight, by reweighted least squares.

    `design` is points by coefficients, `y` and `weights` series by points; a point of weight 0 takes no part, so
    missing values may stand there as any number. A column that is 0 at all points that take part has coefficient 0 and
    counts as none, as aliased coefficients do in R. Where all counts of a level are 0, its mean goes towards 0 until
    the deviance stands still. Stops after 25 steps or a change of deviance below 1e-8, as glm of R does.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, chapters 2 and 6.

    Dobson's randomised trial (help page of glm of R, 1990): intercept 3.045 and outcome 2 -0.4543.

    >>> outcome = np.tile(np.arange(3), 3)
    >>> treatment = np.repeat(np.arange(3), 3)
    >>> columns = [outcome == 1, outcome == 2, treatment == 1, treatment == 2]
    >>> design = np.column_stack([np.ones(9), *columns])
    >>> found = fit(design, np.array([[18.0, 17, 15, 20, 10, 20, 25, 13, 12]]), np.ones((1, 9)))
    >>> found.coefficients[0, :3].round(4)
    array([ 3.0445, -0.4543, -0.293 ])
    """
    y = np.where(weights > 0, y, 0)
    means = np.where(weights > 0, y + 0.1, 1.0)
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    deviance = _deviance(y, means, weights)
    coefficients = np.zeros((len(y), design.shape[1]))
    converged = np.zeros(len(y), dtype=bool)
    for _ in range(_STEPS):
        rows = np.flatnonzero(~converged)
        if not len(rows):
            break
        shift = offset if isinstance(offset, float | int) else offset[rows]
        work = weights[rows] * means[rows]
        target = work * (np.log(means[rows]) - shift) + weights[rows] * (y[rows] - means[rows])
        coefficients[rows] = np.linalg.solve(_normal(work @ products), (target @ design)[..., None])[..., 0]
        linear = np.clip(coefficients[rows] @ design.T + shift, None, 300)
        means[rows] = np.maximum(np.exp(linear), _LEAST_MEAN)
        latest = _deviance(y[rows], means[rows], weights[rows])
        converged[rows] = np.abs(latest - deviance[rows]) < _CLOSE * (np.abs(latest) + 0.1)
        deviance[rows] = latest
    return _described(design, y, weights, (products, coefficients, means, converged))


_Found = tuple[Floats, Floats, Floats, NDArray[np.bool_]]


def _described(design: Floats, y: Floats, weights: Floats, found: _Found) -> Fit:
    products, coefficients, means, converged = found
    work = weights * means
    covariance = np.asarray(np.linalg.inv(_normal(work @ products)), dtype=np.float64)
    leverage = work * (covariance.reshape(len(y), -1) @ products.T)
    used = ((weights > 0) @ (design != 0)) > 0
    degrees = np.asarray((weights > 0).sum(axis=1) - used.sum(axis=1), dtype=np.float64)
    pearson = (weights * (y - means) ** 2 / means).sum(axis=1)
    dispersion: Floats = np.where(degrees > 0, pearson / np.maximum(degrees, 1), np.nan)
    return Fit(coefficients, covariance, means, leverage, dispersion, degrees, converged)


def _normal(flat: Floats) -> Floats:
    """The normal matrices, with 1 in the place of a diagonal of 0, that solving them leaves such a coefficient 0."""
    size = round(flat.shape[1] ** 0.5)
    matrices = flat.reshape(-1, size, size).copy()
    diagonal = np.einsum("sii->si", matrices)
    # A season whose mean goes towards 0 must not make one series, and with it the whole batch, unsolvable.
    diagonal *= 1 + 1e-12
    diagonal[diagonal == 0] = 1
    return np.asarray(matrices)


def _deviance(y: Floats, means: Floats, weights: Floats) -> Floats:
    logs = np.log(np.where(y > 0, y, 1) / np.where(y > 0, means, 1))
    return np.asarray(2 * (weights * (y * logs - (y - means))).sum(axis=1))
