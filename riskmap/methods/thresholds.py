"""From the expected number of reports to the number that is too many, and how unlikely the one observed is.

Every argument may be an array; they are broadcast. NaN in, NaN out. `alpha` is the part left on one side.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammainc, gammaincc, ndtr, ndtri

from riskmap.methods.arrays import Floats, floats

Power = Literal["none", "1/2", "2/3"]
Plug = Literal["muan", "nbPlugin"]

EXPONENTS: dict[Power, float] = {"none": 1, "1/2": 1 / 2, "2/3": 2 / 3}


class Threshold(NamedTuple):
    """Limits of the count, the probability of one at least as large as that observed, and an exceedance score."""

    lower: Floats
    upper: Floats
    quantile: Floats
    score: Floats


def farrington_threshold(
    fitted: ArrayLike, fitted_se: ArrayLike, phi: ArrayLike, *, y: ArrayLike, alpha: float = 0.05, power: Power = "2/3"
) -> Threshold:
    """Limits by the delta method on a transformed scale, the count being Y and its expectation mu = `fitted`.

    With tau = phi + se^2 / mu, e the exponent of the transformation, s = e mu^(e - 1/2) sqrt(tau) and z the normal
    quantile of 1 - alpha, the limits are (mu^e - z s)^(1/e), or 0 where the bracket is below 0, and (mu^e + z s)^(1/e).
    quantile = 1 - Phi((Y^e - mu^e) / s); score = (Y - mu) / (upper - mu), above 1 where Y is above the limit. The
    exponent 2/3 makes a Poisson count most symmetric, 1/2 makes its variance constant.

    Source: Farrington, Andrews, Beale & Catchpole 1996, JRSS A 159:547-563.

    Published answer (surveillance, tests of farringtonFlexible):

    >>> [float(part.round(7)) for part in farrington_threshold(5, 0.2, 1, y=8, power="2/3")]
    [1.8084477, 9.1154825, 0.1094727, 0.7289546]
    """
    mu, se, dispersion, count = map(floats, (fitted, fitted_se, phi, y))
    e = EXPONENTS[power]
    spread = e * mu ** (e - 0.5) * np.sqrt(dispersion + se**2 / mu)
    reach = ndtri(1 - _side(alpha)) * spread
    lower, upper = np.maximum(mu**e - reach, 0) ** (1 / e), (mu**e + reach) ** (1 / e)
    quantile = ndtr((mu**e - count**e) / spread)
    return Threshold(*map(np.asarray, (lower, upper, quantile, (count - mu) / (upper - mu))))


def noufaily_threshold(
    linear: ArrayLike, linear_se: ArrayLike, phi: ArrayLike, *, y: ArrayLike, alpha: float = 0.05, method: Plug = "muan"
) -> Threshold:
    """Quantiles alpha and 1 - alpha of a negative binomial count; of a Poisson count where phi is 1.

    Its mean m is exp(linear) for "nbPlugin", the upper limit exp(linear + z se) for "muan"; its variance is phi m, so
    its size is m / (phi - 1). quantile = P(count >= Y). phi below 1 counts as 1. Where m is not finite there is no
    answer. score is the one that the package surveillance tells, (Y - linear) / (upper - linear), which mixes the two
    scales and says no more than whether it is above 1; `farrington_flexible` tells the score of the paper.

    Source: Noufaily et al. 2013, Statistics in Medicine 32:1206-1222; Salmon, Schumacher & Höhle 2016, J Stat Softw
    70(10).

    Published answer (surveillance, tests of farringtonFlexible):

    >>> parts = noufaily_threshold(np.log(5), np.log(2), 1.5, y=11, method="muan")
    >>> [float(part.round(7)) for part in parts]
    [8.0, 24.0, 0.8597797, 0.4193982]
    """
    eta, se, dispersion, count = np.broadcast_arrays(*map(floats, (linear, linear_se, phi, y)))
    reach = ndtri(1 - _side(alpha)) * se if method == "muan" else 0.0
    with np.errstate(over="ignore"):
        mean = np.exp(eta + reach)
    mean = np.where(np.isfinite(mean), mean, np.nan)
    lower, upper = (negative_binomial_quantile(part, mean, dispersion) for part in (alpha, 1 - alpha))
    quantile = negative_binomial_tail(count, mean, dispersion)
    return Threshold(lower, upper, quantile, (count - eta) / (upper - eta))


def negative_binomial_tail(y: ArrayLike, mean: ArrayLike, phi: ArrayLike) -> Floats:
    """P(count >= y) of a count of this mean and variance phi * mean; y not whole counts as the next whole number.

    >>> float(negative_binomial_tail(11, 5, 1).round(8)), float(negative_binomial_tail(11, 5, 1.5).round(8))
    (0.01369527, 0.03763657)
    """
    at, m, dispersion = np.broadcast_arrays(*map(floats, (y, mean, phi)))
    at = np.ceil(at)
    first = np.maximum(at, 1)
    overdispersed = dispersion > 1 + 1e-9
    size = m / np.where(overdispersed, dispersion - 1, 1)
    tail = np.where(overdispersed, betainc(first, size, 1 - 1 / np.maximum(dispersion, 1)), gammainc(first, m))
    return np.where(at <= 0, np.where(np.isnan(m + dispersion), np.nan, 1), tail)


def negative_binomial_quantile(probability: float, mean: ArrayLike, phi: ArrayLike) -> Floats:
    """The least whole number n with P(count <= n) >= probability, for a count of this mean and variance phi * mean."""
    m, dispersion = np.broadcast_arrays(floats(mean), floats(phi))
    known = ~np.isnan(m + dispersion)
    m, dispersion = np.where(known, m, 1), np.where(known, dispersion, 1)
    spread = np.sqrt(np.maximum(dispersion, 1) * m)
    below, reached = np.full(m.shape, -1.0), np.ceil(m + 2 * spread)
    while (short := _up_to(reached, m, dispersion) < probability).any():
        below, reached = np.where(short, reached, below), np.where(short, 2 * reached + 1, reached)
    while (reached - below > 1).any():
        middle = np.floor((below + reached) / 2)
        enough = _up_to(middle, m, dispersion) >= probability
        open_ = reached - below > 1
        below, reached = np.where(open_ & ~enough, middle, below), np.where(open_ & enough, middle, reached)
    return np.where(known, reached, np.nan)


def _up_to(n: Floats, mean: Floats, phi: Floats) -> Floats:
    overdispersed = phi > 1 + 1e-9
    size = mean / np.where(overdispersed, phi - 1, 1)
    poisson = gammaincc(n + 1, mean)
    return np.asarray(np.where(overdispersed, betainc(size, n + 1, 1 / np.maximum(phi, 1)), poisson))


def _side(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, found {alpha}")
    return alpha
