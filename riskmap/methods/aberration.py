"""More reports than the past weeks or months let expect: EARS C1, C2, C3 for short histories, CUSUM for slow shifts.

Rules that hold for every function here:

* The last axis is time, evenly spaced, oldest first; the axes before it are series, which do not influence each other.
  Every answer has the shape of the counts.
* Missing in, missing out: NaN, None and masked values give no answer where they stand, nor where they belong to the
  baseline. Where there is no answer the numbers are NaN and there is no alarm. Zero is a value; a negative or infinite
  count raises ValueError with its position.
* A baseline that never varies (all zero, or all equal) is told as `flat` and has no statistic, so no alarm: one report
  after nothing is not infinitely much. (The package surveillance raises an alarm there at any count above the mean,
  which `upper` tells.) `min_sigma` above 0 puts a least standard deviation in its place.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from riskmap.methods.arrays import Floats, counts, finite

BASELINE: Final = 7
GUARD: Final = 2  # the latest points C2 and C3 leave out of the baseline, so that an outbreak cannot hide itself
LEAST_BASELINE: Final = 3


@dataclass(frozen=True, eq=False, slots=True)
class Ears:
    """One entry per point in time; an alarm is a statistic above the threshold, a count above `upper`."""

    statistic: Floats
    upper: Floats  # in counts; minus infinity where the points before are enough for an alarm of C3
    alarm: NDArray[np.bool_]
    flat: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Cusum:
    """One entry per point in time."""

    sum: Floats  # in standard deviations
    alarm: NDArray[np.bool_]


def ears_c1(series: ArrayLike, *, baseline: int = BASELINE, threshold: float = 3, min_sigma: float = 0) -> Ears:
    """C1(t) = (y(t) - mean) / sd of the `baseline` points just before t; an alarm where it is above 3.

    sd has the divisor baseline - 1. upper = mean + threshold * sd, in counts. The package surveillance writes the
    threshold as a quantile: its alpha is threshold = z(1 - alpha). The first `baseline` points have no answer; under 3
    points of baseline raise ValueError. A flat baseline has upper = mean, and no statistic.

    Source: Hutwagner, Thompson, Seeman & Treadwell 2003, J Urban Health 80:i89-i96.

    Published answer (surveillance, tests of earsC, Salmonella Newport in Germany, first weeks of 2011, alpha 0.05):

    >>> ears_c1([1, 1, 1, 3, 3, 1, 2, 1, 0, 3, 3], threshold=1.6448536).upper[7:].round(6)
    array([3.278854, 3.278854, 3.436517, 3.855617])
    """
    return _ears(_series(series), (baseline, 0, threshold, min_sigma))


def ears_c2(series: ArrayLike, *, baseline: int = BASELINE, threshold: float = 3, min_sigma: float = 0) -> Ears:
    """C2: as C1, with the two points just before t left out of the baseline; the first answer is at baseline + 2.

    Source: Hutwagner et al. 2003.

    By hand: a baseline of 1, 2, 3 has mean 2 and sd 1.

    >>> ears_c2([1, 2, 3, 9, 9, 6], baseline=3).statistic[-1]
    np.float64(4.0)
    """
    return _ears(_series(series), (baseline, GUARD, threshold, min_sigma))


def ears_c3(series: ArrayLike, *, baseline: int = BASELINE, threshold: float = 2, min_sigma: float = 0) -> Ears:
    """C3(t) = sum over t - 2, t - 1, t of max(0, C2 - 1); an alarm where it is above 2.

    upper = mean + (1 + threshold - what t - 2 and t - 1 add) * sd, mean and sd being those of C2 at t. (The package
    surveillance puts the observed count in the place of the mean: that is another bound, not this definition.) The
    first answer is at baseline + 4; a flat baseline at t - 2, t - 1 or t leaves none.

    Source: Hutwagner et al. 2003; Fricker, Hegler & Dunfee 2008, Statistics in Medicine 27:3407-3429.

    By hand: all baselines are 1, 2, 3 in some order, C2 is 2, 1.5 and 3, so that C3 = 1 + 0.5 + 2.

    >>> ears_c3([1, 2, 3, 1, 2, 4, 3.5, 5], baseline=3).statistic[-1]
    np.float64(3.5)
    """
    y = _series(series)
    c2 = _ears(y, (baseline, GUARD, 0.0, min_sigma))
    mean, sd = _moments(y, baseline, GUARD)
    sd = np.maximum(sd, min_sigma)
    above = np.maximum(c2.statistic - 1, 0)
    before = _shifted(above, 1) + _shifted(above, 2)
    statistic = above + before
    bound = np.where(before > threshold, -np.inf, mean + (1 + threshold - before) * sd)
    upper = np.where(np.isnan(before), np.nan, bound)
    return Ears(statistic, upper, statistic > threshold, c2.flat)


def cusum(
    values: ArrayLike, *, mean: ArrayLike, sd: ArrayLike, k: float = 0.5, h: float = 5, reset_on_alarm: bool = False
) -> Cusum:
    """The one-sided tabular sum S(t) = max(0, S(t - 1) + (x(t) - mean) / sd - k); an alarm where it is above h.

    `mean` and `sd` are those of a time without outbreak, one pair per series, and stay what they are: a mean that
    follows the series would follow the slow shift too (`in_control` takes them from the first points). k is half the
    shift to be found and h the limit, both in standard deviations. S begins at 0. With `reset_on_alarm` it begins anew
    after each alarm, so that each alarm is news; without it the alarm lasts until the excess is worn off.

    A missing value has no answer and leaves the sum as it was. sd 0 or missing: no answer at all; sd negative raises
    ValueError. All values at the mean: 0 throughout.

    Source: Page 1954, Biometrika 41:100-115; Montgomery, Introduction to Statistical Quality Control.

    >>> cusum([3, 4, 2, 5, 3, 4, 7, 8, 6, 9, 4, 3], mean=4, sd=2, h=2).sum
    array([0. , 0. , 0. , 0. , 0. , 0. , 1. , 2.5, 3. , 5. , 4.5, 3.5])
    """
    x = np.atleast_1d(finite("values", values))
    spread = counts("sd", sd)
    z = (x - finite("mean", mean)[..., None]) / np.where(spread > 0, spread, np.nan)[..., None]
    sums, alarms = np.full(z.shape, np.nan), np.zeros(z.shape, dtype=bool)
    reached = np.zeros(z.shape[:-1])
    for t in range(z.shape[-1]):
        known = ~np.isnan(z[..., t])
        reached = np.where(known, np.maximum(reached + z[..., t] - k, 0), reached)
        sums[..., t] = np.where(known, reached, np.nan)
        alarms[..., t] = known & (reached > h)
        if reset_on_alarm:
            reached = np.where(alarms[..., t], 0, reached)
    return Cusum(sums, alarms)


def in_control(values: ArrayLike, *, points: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation (divisor points - 1) of the first `points` values of each series.

    A missing value among them leaves the series without both. Fewer than 2 points, or fewer values than points, raise
    ValueError.

    >>> in_control([1, 2, 3, 50], points=3)
    (array(2.), array(1.))
    """
    x = np.atleast_1d(finite("values", values))
    if not 2 <= points <= x.shape[-1]:
        raise ValueError(f"from 2 to {x.shape[-1]} points can be taken, found {points}")
    first = x[..., :points]
    return np.asarray(first.mean(axis=-1)), np.asarray(first.std(axis=-1, ddof=1))


def _series(values: ArrayLike) -> Floats:
    return np.atleast_1d(counts("series", values))


def _ears(y: Floats, options: tuple[int, int, float, float]) -> Ears:
    baseline, guard, threshold, min_sigma = options
    if min_sigma < 0:
        raise ValueError(f"min_sigma must not be negative, found {min_sigma}")
    mean, sd = _moments(y, baseline, guard)
    sd = np.maximum(sd, min_sigma)
    flat = sd == 0
    statistic = (y - mean) / np.where(flat, np.nan, sd)
    return Ears(statistic, mean + threshold * sd, statistic > threshold, flat)


def _moments(y: Floats, baseline: int, guard: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the baseline of each point, NaN where it has none."""
    if baseline < LEAST_BASELINE:
        raise ValueError(f"a baseline of at least {LEAST_BASELINE} points is needed, found {baseline}")
    mean, sd = np.full((2, *y.shape), np.nan)
    first = baseline + guard
    if y.shape[-1] > first:
        windows = sliding_window_view(y, baseline, axis=-1)[..., : y.shape[-1] - first, :]
        mean[..., first:] = windows.mean(axis=-1)
        # What rounding leaves of equal values is no variation.
        varies = windows.max(axis=-1) > windows.min(axis=-1)
        sd[..., first:] = np.where(varies | np.isnan(mean[..., first:]), windows.std(axis=-1, ddof=1), 0)
    return mean, sd


def _shifted(values: Floats, steps: int) -> Floats:
    """What stood `steps` points earlier."""
    earlier = np.full(values.shape, np.nan)
    earlier[..., steps:] = values[..., :-steps]
    return earlier
