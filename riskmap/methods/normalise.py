"""From indicators of different units to scores that can be averaged: outliers treated, then one common scale.

Rules that hold for every function here:

* One indicator at a time, one value per area; the order makes no difference. `normalise` takes many at once, the areas
  on the last axis. A rise of the value is a rise of the score: what is better when it is lower is turned round by its
  sign before.
* Missing in, missing out: NaN, None and masked values stay missing and take no part in what is estimated from the
  others, nor in their number. Zero is a value. Infinite values raise ValueError.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from riskmap.methods.arrays import Floats, finite

Method = Literal["minmax", "zscore", "rank", "borda", "percentile"]
Ties = Literal["min", "average"]
Treatment = Literal["none", "winsorised", "logarithm", "mirrored logarithm"]

SKEW: Final = 2.0
KURTOSIS: Final = 3.5
MOST_POINTS: Final = 5


@dataclass(frozen=True, eq=False, slots=True)
class Treated:
    """The values after treatment, what was done, and to how many of them."""

    values: Floats
    treatment: Treatment
    points: int
    low: float  # what the values were drawn in to
    high: float

    def alike(self, values: Floats) -> Floats:
        """Other values of the same indicator, of any shape, in the same way: drawn in to the same limits."""
        bounded = np.clip(values, self.low, self.high)
        a = (self.high - self.low) / 100
        if self.treatment == "logarithm":
            return np.asarray(np.log(bounded - self.low + a))
        return np.asarray(-np.log(self.high - bounded + a) if self.treatment == "mirrored logarithm" else bounded)


def normalise(
    values: ArrayLike, method: Method, *, ties: Ties = "min", target: tuple[float, float] = (0, 100)
) -> Floats:
    """The values on a common scale.

    minmax: (x - min) / (max - min), stretched to `target`. zscore: (x - mean) / sd, sd with the divisor n - 1. rank: 1
    for the lowest to n for the highest. borda: rank - 1. percentile: (rank - 1) / (n - 1). Equal values share the
    lowest of their ranks, or with "average" the mean of them. All values equal, or one area: minmax and zscore are
    undefined, NaN; so is percentile of one area. Only ranks do not depend on how far an outlier lies out.

    Source: OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 5.

    Computed with the package COINr 1.1.14 of the JRC's methods:

    >>> x = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]
    >>> normalise(x, "zscore")[[0, 10]].round(6), normalise(x, "minmax")[1].round(6)
    (array([-0.457129,  2.999909]), np.float64(1.010101))
    """
    x = np.atleast_1d(finite("values", values))
    known = ~np.isnan(x)
    n = known.sum(axis=-1, keepdims=True)
    low = np.min(x, axis=-1, keepdims=True, where=known, initial=np.inf)
    span = np.max(x, axis=-1, keepdims=True, where=known, initial=-np.inf) - low
    differs = span > 0
    if method == "minmax":
        return np.asarray(target[0] + (target[1] - target[0]) * (x - low) / np.where(differs, span, np.nan))
    if method == "zscore":
        # In units of the range: squares of very large or small numbers leave what a double can hold.
        shares = (x - low) / np.where(differs, span, np.nan)
        centred = shares - np.sum(shares, axis=-1, keepdims=True, where=known) / np.maximum(n, 1)
        variance = np.sum(centred**2, axis=-1, keepdims=True, where=known) / np.maximum(n - 1, 1)
        return np.asarray(centred / np.sqrt(np.where(differs, variance, np.nan)))
    ranks = np.where(known, _ranks(x, ties), np.nan)
    scale = np.where(n > 1, n - 1, np.nan) if method == "percentile" else 1.0
    return np.asarray(ranks if method == "rank" else (ranks - 1) / scale)


def skewness(values: ArrayLike) -> float:
    """Sample skewness G1 = sqrt(n (n - 1)) / (n - 2) m3 / m2^1.5; NaN under three values, or where all are equal.

    >>> round(skewness([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]), 6)
    3.255638
    """
    z, n = _centred(values)
    if n < 3 or not z.any():
        return np.nan
    return float(np.sqrt(n * (n - 1)) / (n - 2) * (z**3).mean() / (z**2).mean() ** 1.5)


def kurtosis(values: ArrayLike) -> float:
    """Sample excess kurtosis G2, 0 for the normal distribution; NaN under four values, or where all are equal.

    G2 = (n - 1) / ((n - 2) (n - 3)) ((n + 1) (m4 / m2^2 - 3) + 6).

    >>> round(kurtosis([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]), 6)
    10.706674
    """
    z, n = _centred(values)
    if n < 4 or not z.any():
        return np.nan
    excess = (z**4).mean() / (z**2).mean() ** 2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))


def winsorise(values: ArrayLike, *, most: int = MOST_POINTS, skew: float = SKEW, excess: float = KURTOSIS) -> Treated:
    """The values with their outliers drawn in to the next value, until they pass, or `most` values were drawn in.

    They pass where |skewness| < `skew` or kurtosis < `excess`. Else the highest value, with those equal to it, becomes
    the next lower one; where the skewness is negative, the lowest the next higher one. Equal outliers go together, so
    more than `most` can be drawn in by the last step. All equal, or under four values: nothing to do.

    Source: OECD/JRC 2008; the rule |skewness| > 2 and kurtosis > 3.5 is the JRC's.

    Computed with the package COINr 1.1.14 of the JRC's methods:

    >>> winsorise([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]).values
    array([ 1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 10.])
    """
    x = _one_indicator(values).copy()
    high = low = np.zeros(x.shape, dtype=bool)
    while not _passes(x, skew, excess) and high.sum() + low.sum() < most:
        if skewness(x) >= 0:
            high = x == np.nanmax(x)
            x[high] = np.nanmax(x[~high])
        else:
            low = x == np.nanmin(x)
            x[low] = np.nanmin(x[~low])
    points = int((high | low).sum())
    known = x[~np.isnan(x)]
    low_end, high_end = known.min(initial=np.inf), known.max(initial=-np.inf)
    return Treated(x, "winsorised" if points else "none", points, float(low_end), float(high_end))


def treated(values: ArrayLike, *, most: int = MOST_POINTS, skew: float = SKEW, excess: float = KURTOSIS) -> Treated:
    """The values winsorised; where that is not enough, the logarithms of the values as they were.

    Logarithm: ln(x - min + a) with a = (max - min) / 100; where the skewness is negative, turned round: -ln(max - x +
    a). The order of the values stays the same in every case, but for outliers that become equal to the next value.

    Source: OECD/JRC 2008; the logarithm is that of the JRC's COIN tool.

    >>> treated([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]).treatment
    'winsorised'
    """
    found = winsorise(values, most=most, skew=skew, excess=excess)
    if _passes(found.values, skew, excess):
        return found
    x = _one_indicator(values)
    how: Treatment = "logarithm" if skewness(x) >= 0 else "mirrored logarithm"
    whole = Treated(x, how, int((~np.isnan(x)).sum()), float(np.nanmin(x)), float(np.nanmax(x)))
    return replace(whole, values=whole.alike(x))


def _one_indicator(values: ArrayLike) -> Floats:
    x = finite("values", values)
    if x.ndim != 1:
        raise ValueError(f"one value per area is needed, found an array of shape {x.shape}")
    return x


def _centred(values: ArrayLike) -> tuple[Floats, int]:
    x = _one_indicator(values)
    x = x[~np.isnan(x)]
    if not len(x) or np.ptp(x) == 0:
        return np.zeros(len(x)), len(x)
    # In units of the range: powers of very large or small numbers leave what a double can hold.
    return (x - x.mean()) / np.ptp(x), len(x)


def _passes(x: Floats, skew: float, excess: float) -> bool:
    # Undefined for few or equal values: NaN is above no limit.
    return not (abs(skewness(x)) >= skew and kurtosis(x) >= excess)


def _ranks(x: Floats, ties: Ties) -> Floats:
    """Ranks along the last axis from 1; missing values come last."""
    order = np.argsort(x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=-1)
    place = np.broadcast_to(np.arange(1.0, x.shape[-1] + 1), x.shape)
    begins, ends = np.ones((2, *x.shape), dtype=bool)
    begins[..., 1:] = ends[..., :-1] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=-1)
    last = np.minimum.accumulate(np.where(ends, place, np.inf)[..., ::-1], axis=-1)[..., ::-1]
    ranks = np.empty(x.shape)
    np.put_along_axis(ranks, order, first if ties == "min" else (first + last) / 2, axis=-1)
    return ranks
