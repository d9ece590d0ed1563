"""Whether a series has a monotonic trend, by ranks, and how steep it is: Mann-Kendall, seasonal and not, and Sen.

Only the order of values counts, so no distribution is supposed and an outlier does little. Missing values are left
out, which these methods allow; zero is a value. Infinite values raise ValueError. Rates before and after a change of
definition or border are not one series: the caller parts them. Too little of a series is `Refused` as too_short.

The plain tests suppose independent values. Where months of one year go together, the seasonal test has an option for
it; values of successive years that go together make every p-value here too small.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc

from riskmap.methods.arrays import Floats, finite, z_value
from riskmap.methods.refusals import Reason, Refused

# With three values even a perfect order comes by chance once in three times; the United States Environmental
# Protection Agency asks for four.
LEAST_VALUES: Final = 4
# Hirsch, Slack and Smith 1982 found the normal approximation good from three years of months on.
LEAST_YEARS: Final = 3
_EXACT_UP_TO: Final = 10  # values; the normal approximation serves beyond, as in the tables of Kendall


@dataclass(frozen=True, slots=True)
class MannKendall:
    """S, its variance, the normal score Z corrected for continuity, its two-sided p, and tau = S / pairs."""

    values: int
    s: float
    variance: float
    z: float
    p: float
    tau: float
    exact_p: float | None  # for up to ten different values; None with ties or more values


@dataclass(frozen=True, slots=True)
class SenSlope:
    """The median slope per unit of time with its limits, and the line through the medians: intercept at time 0."""

    slope: float
    lower: float
    upper: float
    intercept: float


def mann_kendall(values: ArrayLike) -> MannKendall | Refused:
    """The Mann-Kendall test of a series in order of time.

    S = sum over pairs i < j of sign(x_j - x_i); Var(S) = (n (n - 1) (2n + 5) - sum(t (t - 1) (2t + 5))) / 18, with t
    the number of values in each group of ties; Z = (S - sign(S)) / sqrt(Var(S)), 0 where S is 0. All equal: S, Z and
    tau 0, p 1. Fewer than four values: too_short. Up to ten different values have the exact two-sided p besides: the
    normal one is a little off there.

    Source: Mann 1945, Econometrica 13:245-259; Kendall 1975, Rank Correlation Methods; Gilbert 1987.

    Published answer (US EPA, QA/G-9S, 2006, p. 109):

    >>> test = mann_kendall([10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15])
    >>> test.s, round(test.variance, 2), round(test.z, 3)
    (22.0, 155.33, 1.685)
    """
    series = _known(finite("values", values))
    if series.size < LEAST_VALUES:
        return Refused(Reason.TOO_SHORT)
    s, variance = _score(series), _variance(series)
    pairs = series.size * (series.size - 1) // 2
    exact = _exact_p(s, series.size) if np.unique(series).size == series.size <= _EXACT_UP_TO else None
    return _tested(series.size, s=s, variance=variance, pairs=pairs, exact=exact)


def seasonal_mann_kendall(values: ArrayLike, *, correlated_seasons: bool = False) -> MannKendall | Refused:
    """The Mann-Kendall test of a table of years (rows) by seasons (columns), each season compared with itself only.

    S and Var(S) are summed over seasons, Z as in `mann_kendall`, so a yearly pattern is no trend. By default seasons
    are taken as independent (Hirsch, Slack and Smith 1982): p is too small where a bad month is followed by another.
    With `correlated_seasons` the covariances of Hirsch and Slack 1984 are added, cov(g, h) = (K + 4 sum(R_g R_h) -
    n (n_g + 1) (n_h + 1)) / 3, K the sum over pairs of years of sign((x_jg - x_ig) (x_jh - x_ih)) and R the ranks,
    where missing values have the middle rank. Those are estimates that need about ten years and lose power with fewer;
    where they leave no variance at all, the seasons are taken as independent. Fewer than three years with values:
    too_short. All equal: p 1. R's package trend leaves the correction for continuity out with covariances.

    Source: Hirsch, Slack and Smith 1982, Water Resources Research 18:107-121; Hirsch and Slack 1984, 20:727-732.

    By hand, two seasons that rise in each of three years: S = 3 + 3, Var = 11/3 each.

    >>> test = seasonal_mann_kendall([[1, 20], [2, 30], [3, 40]])
    >>> test.s, round(test.variance, 4), round(test.z, 4)
    (6.0, 7.3333, 1.8464)
    """
    table = _table(values)
    if (~np.isnan(table)).any(axis=1).sum() < LEAST_YEARS:
        return Refused(Reason.TOO_SHORT)
    seasons = [_known(season) for season in table.T]
    s = sum(_score(season) for season in seasons)
    pairs = sum(season.size * (season.size - 1) // 2 for season in seasons)
    if not pairs:
        return Refused(Reason.TOO_SHORT)
    size = int((~np.isnan(table)).sum())
    return _tested(size, s=s, variance=_seasonal_variance(table, correlated=correlated_seasons), pairs=pairs)


def sen_slope(values: ArrayLike, *, times: ArrayLike | None = None, confidence: float = 0.95) -> SenSlope | Refused:
    """The median of the slopes between all pairs of points, with limits by ranks.

    slope = median of (x_j - x_i) / (t_j - t_i), per unit of `times` (one period by default). With N slopes and C = z
    sqrt(Var(S)) of `mann_kendall`, the limits are the slopes of rank (N - C) / 2 and (N + C) / 2 + 1, interpolated
    between ranks (Gilbert; scipy and others round the ranks instead); a rank outside 1 to N leaves that side without
    limit (infinite). The intercept is median(x) - slope * median(t) (Conover). All equal: 0 with limits 0. Fewer than
    four values: too_short. Times that do not rise raise ValueError.

    Source: Sen 1968, JASA 63:1379-1389; Gilbert 1987, Statistical Methods for Environmental Pollution Monitoring, 16.5.

    Published slope of the series of `mann_kendall` (pymannkendall 1.4.3):

    >>> sen_slope([10, 10, 10, 5, 10, 20, 18, 17, 15, 24, 15]).slope
    1.0
    """
    series = finite("values", values)
    time = np.arange(float(series.size)) if times is None else finite("times", times)
    if series.ndim != 1 or time.shape != series.shape:
        raise ValueError(f"values and times must lie on one axis, found shapes {series.shape} and {time.shape}")
    if not (np.diff(time) > 0).all():
        raise ValueError("times must rise")
    known = ~np.isnan(series)
    if known.sum() < LEAST_VALUES:
        return Refused(Reason.TOO_SHORT)
    series, time = series[known], time[known]
    return _sen(_slopes(series, time), _variance(series), confidence, (series, time))


def seasonal_sen_slope(
    values: ArrayLike, *, correlated_seasons: bool = False, confidence: float = 0.95
) -> SenSlope | Refused:
    """The median of the slopes per year between all pairs of years within each season, with limits by ranks.

    As `sen_slope`, of a table of years (rows) by seasons (columns), with the variance of `seasonal_mann_kendall`.
    Time 0 of the intercept is the first row. Fewer than three years with values, or no season with two: too_short.

    Source: Hirsch, Slack and Smith 1982; Gilbert 1987, 17.5.

    >>> seasonal_sen_slope([[1, 20], [2, 30], [3, 41]]).slope
    5.5
    """
    table = _table(values)
    test = seasonal_mann_kendall(table, correlated_seasons=correlated_seasons)
    if isinstance(test, Refused):
        return test
    year = np.arange(float(len(table)))
    slopes = [_slopes(season[~np.isnan(season)], year[~np.isnan(season)]) for season in table.T]
    rows, _ = np.nonzero(~np.isnan(table))
    return _sen(np.concatenate(slopes), test.variance, confidence, (_known(table.ravel()), year[rows]))


def _known(series: Floats) -> Floats:
    if series.ndim != 1:
        raise ValueError(f"a series lies on one axis, found {series.ndim}")
    return series[~np.isnan(series)]


def _table(values: ArrayLike) -> Floats:
    table = finite("values", values)
    if table.ndim != 2:
        raise ValueError(f"years and seasons need two axes, found {table.ndim}")
    return table


def _signs(series: Floats) -> Floats:
    """sign(x_j - x_i) in row i and column j; NaN where one is missing."""
    return np.sign(series[None, :] - series[:, None])


def _score(series: Floats) -> float:
    return float(np.triu(_signs(series), 1).sum())


def _variance(series: Floats) -> float:
    sizes = np.append(np.unique(series, return_counts=True)[1], series.size).astype(float)
    terms = sizes * (sizes - 1) * (2 * sizes + 5)
    return float((2 * terms[-1] - terms.sum()) / 18)


def _seasonal_variance(table: Floats, *, correlated: bool) -> float:
    alone = sum(_variance(_known(season)) for season in table.T)
    if not correlated:
        return alone
    signs = [np.nan_to_num(_signs(season)) for season in table.T]
    number = (~np.isnan(table)).sum(axis=0)
    years = int((~np.isnan(table)).any(axis=1).sum())
    # A missing value has sign 0 to all others and so the middle rank.
    ranks = [(count + 1 - sign.sum(axis=1)) / 2 for count, sign in zip(number, signs, strict=True)]
    used = (~np.isnan(table)).any(axis=1)
    total = alone
    for g in range(len(signs)):
        for h in range(g):
            concordance = np.triu(signs[g] * signs[h], 1).sum()
            products = (ranks[g][used] * ranks[h][used]).sum()
            total += 2 * (concordance + 4 * products - years * (number[g] + 1) * (number[h] + 1)) / 3
    return float(total) if total > 0 else alone


def _tested(values: int, *, s: float, variance: float, pairs: int, exact: float | None = None) -> MannKendall:
    z = (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else 0.0
    p = float(erfc(abs(z) / np.sqrt(2)))
    return MannKendall(values, float(s), float(variance), float(z), p, float(s / pairs), exact)


def _exact_p(s: float, size: int) -> float:
    """The share of all orders of `size` different values whose |S| is at least that."""
    orders = np.ones(1)  # by the number of pairs out of order
    for length in range(2, size + 1):
        orders = np.convolve(orders, np.ones(length))
    pairs = size * (size - 1) // 2
    scores = pairs - 2 * np.arange(pairs + 1)
    return float(orders[np.abs(scores) >= abs(s)].sum() / orders.sum())


def _slopes(series: Floats, time: Floats) -> Floats:
    first, second = np.triu_indices(series.size, 1)
    return np.asarray((series[second] - series[first]) / (time[second] - time[first]))


def _sen(slopes: Floats, variance: float, confidence: float, points: tuple[Floats, Floats]) -> SenSlope:
    ordered = np.sort(slopes)
    reach = z_value(confidence) * np.sqrt(variance)
    slope = float(np.median(ordered))
    series, time = points
    return SenSlope(
        slope=slope,
        lower=_at_rank(ordered, (ordered.size - reach) / 2),
        upper=_at_rank(ordered, (ordered.size + reach) / 2 + 1),
        intercept=float(np.median(series) - slope * np.median(time)),
    )


def _at_rank(ordered: Floats, rank: float) -> float:
    if rank < 1:
        return -np.inf
    if rank > ordered.size:
        return np.inf
    return float(np.interp(rank, np.arange(1, ordered.size + 1), ordered))
