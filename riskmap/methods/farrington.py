"""More reports this month than the same season of the past years lets expect: the flexible Farrington method.

For every series the past is described by a quasi-Poisson regression on a trend and the parts of the year; months that
look like outbreaks count less; what may be expected this month and how far the count may go above it follow from that.
All series are fitted at once: they share the calendar.
"""

from dataclasses import dataclass, fields
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from riskmap.methods.arrays import Floats, counts
from riskmap.methods.discovery import benjamini_hochberg
from riskmap.methods.loglinear import Fit, fit
from riskmap.methods.neighbours import Ints
from riskmap.methods.refusals import Reason
from riskmap.methods.thresholds import Power, Threshold, farrington_threshold, noufaily_threshold

LEAST_YEARS: Final = 3
FALSE_DISCOVERIES: Final = 0.05


@dataclass(frozen=True, slots=True)
class Control:
    """How the past is read; the names in brackets are those of the package surveillance.

    The defaults are for months: windows of three months around this month in each year before, the other nine in three
    parts, and the latest half year left out, since an outbreak that grows slowly must not become its own expectation.
    """

    frequency: int = 12  # points in a year [freq]
    b: int = 5  # years back
    w: int = 1  # half-window: points on either side of this season
    no_periods: int = 4  # parts of the year, the window being one [noPeriods]; 1: nothing but the windows
    past_not_included: int = 6  # latest points left out, this one apart [pastWeeksNotIncluded]
    trend: bool = True
    p_threshold_trend: float = 0.05  # a trend stays below this p-value [pThresholdTrend]
    reweight: bool = True
    weights_threshold: float = 2.58  # residuals above it count less [weightsThreshold]
    alpha: float = 0.05  # one-sided
    threshold_method: Literal["delta", "muan", "nbPlugin"] = "nbPlugin"
    power: Power = "2/3"  # of "delta" [powertrans]
    least_reports: int = 5  # with fewer in the latest points a series is not assessed [limit54]
    latest_points: int = 4  # this one included [limit54]


@dataclass(frozen=True, eq=False, slots=True)
class Farrington:
    """One entry per series. Where it is not assessed, `reason` says why, the numbers are NaN and there is no alarm."""

    expected: Floats
    upper: Floats
    phi: Floats  # overdispersion, at least 1
    trend: Floats  # change of the logarithm per point; NaN where no trend was kept
    exceedance: Floats  # (count - expected) / (upper - expected), above 1 beyond the limit
    p: Floats  # of a count at least as large
    q: Floats  # p adjusted for all series assessed together (Benjamini & Hochberg)
    alarm: NDArray[np.bool_]  # above the limit
    signal: NDArray[np.bool_]  # above the limit, and q within the false discovery rate
    reason: NDArray[np.str_]  # a Reason, or "" where assessed

    def reshaped(self, shape: tuple[int, ...]) -> "Farrington":
        """The same answers in the shape of the series."""
        return Farrington(*(getattr(self, part.name).reshape(shape) for part in fields(self)))


def farrington_flexible(
    series: ArrayLike,
    *,
    at: int = -1,
    control: Control | None = None,
    population: ArrayLike | None = None,
    structural: ArrayLike = False,
    rate: float = FALSE_DISCOVERIES,
) -> Farrington:
    """Whether the point `at` of each series lies above what its past lets expect.

    The last axis of `series` is time, evenly spaced, oldest first; the axes before it are series, and the shape of each
    answer. `population`, of a shape that broadcasts, makes it a matter of rates (the logarithm becomes an offset).
    `structural` marks points at which nothing can be reported, such as school holidays: they are left out of the past,
    and a series at such a point is not assessed.

    The reference points are those of `reference_periods` less the latest ones. The regression is fitted, and fitted
    again with the weights of `anscombe_weights`. The trend is kept where it is significant (t test), there are three
    years, and the expectation is not above all that was ever counted in the reference; else the whole is done without.
    phi = max(1, Pearson's X^2 / degrees of freedom); the errors of the trend and of the expectation take phi too. (The
    package surveillance takes another number there: its choice of a trend, unless p_threshold_trend is 1, and its
    limits by "delta" and "muan" can differ.)

    Not assessed: fewer years than `b` (TOO_SHORT); too few known reference points for the regression, or fewer than
    three in this season (TOO_SHORT); the point missing (GAP) or structural (INCOMPLETE_PERIOD); fewer than
    `least_reports` in the latest points, or no regression to be found (TOO_FEW_EVENTS). Missing points of the past are
    left out. A count of 0 is never an alarm. All counts equal: expected that count. Negative or infinite counts raise
    ValueError.

    Source: Noufaily, Enki, Farrington, Garthwaite, Andrews & Charlett 2013, Statistics in Medicine 32:1206-1222;
    Salmon, Schumacher & Höhle 2016, J Stat Softw 70(10). Published numbers: `thresholds` and `anscombe_weights`.

    >>> past = np.tile([4, 5, 6, 5, 4, 6], 11)
    >>> found = farrington_flexible([[*past, 5], [*past, 19]])
    >>> found.expected.round(1), found.upper, found.alarm
    (array([5., 5.]), array([9., 9.]), array([False,  True]))
    """
    y = np.atleast_1d(counts("series", series))
    chosen = control or Control()
    now = range(y.shape[-1])[at]
    people = np.ones(()) if population is None else counts("population", population)
    closed = np.broadcast_to(np.asarray(structural, dtype=bool), y.shape).reshape(-1, y.shape[-1])
    task = _Task(
        y=np.where(closed, np.nan, y.reshape(-1, y.shape[-1])),
        offset=_logarithms(np.broadcast_to(people, y.shape).reshape(-1, y.shape[-1])),
        now=now,
        control=chosen,
    )
    return _answer(task, closed[:, now], rate).reshaped(y.shape[:-1])


def reference_periods(now: int, *, control: Control) -> Ints:
    """For each point up to `now` the part of the year it stands for, 0 where it is no reference point.

    The window of w points around this point and around the same one in each of the b years before is part
    `no_periods`; the points between two windows are shared between the parts 1 to no_periods - 1 in turn, the first
    being longer by one where they cannot be equal. The window of this year ends with `now`. Fewer years: ValueError.

    Source: Salmon, Schumacher & Höhle 2016, J Stat Softw 70(10), 2.2.

    >>> reference_periods(37, control=Control(b=3))
    array([4, 4, 4, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 1, 1, 1, 2, 2, 2, 3,
           3, 3, 4, 4, 4, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4])
    """
    years, window = control.b * control.frequency, 2 * control.w + 1
    if now < years + control.w:
        raise ValueError(f"{years + control.w + 1} points are needed, found {now + 1}")
    between = control.frequency - window
    if not 1 <= control.no_periods <= between + 1:
        raise ValueError(f"a year of {control.frequency} points has no {control.no_periods} parts")
    cycle = np.full(control.frequency, control.no_periods if control.no_periods > 1 else 0)
    if control.no_periods > 1:
        cycle[window:] = np.concatenate(
            [np.full(len(part), number + 1) for number, part in enumerate(_shares(between, control.no_periods - 1))]
        )
    cycle[:window] = control.no_periods
    parts = np.zeros(now + 1, dtype=np.int64)
    first = now - years - control.w
    parts[first:] = np.resize(cycle, now + 1 - first)
    return parts


def anscombe_weights(residuals: Floats, *, threshold: float = 2.58) -> Floats:
    """Weights g / s^2 for standardised residuals s above the threshold, g for others, g such that they average 1.

    Residuals are series by points; NaN marks a point without a value and gets weight 0.

    Source: Farrington et al. 1996; Noufaily et al. 2013.

    Published answer (surveillance, tests of farringtonFlexible):

    >>> anscombe_weights(np.array([[0, 0, 0, 0, 0, 2, 2, 2, 2, 2.0]]), threshold=0)
    array([[1.6, 1.6, 1.6, 1.6, 1.6, 0.4, 0.4, 0.4, 0.4, 0.4]])
    """
    known = ~np.isnan(residuals)
    high = residuals > threshold
    share = np.where(high, 1 / np.where(high, residuals, 1) ** 2, 1.0) * known
    return np.asarray(share * known.sum(axis=1, keepdims=True) / share.sum(axis=1, keepdims=True).clip(1e-300))


def _shares(points: int, parts: int) -> list[Ints]:
    return list(np.array_split(np.arange(points), parts))


def _logarithms(people: Floats) -> Floats:
    return np.log(np.where(people > 0, people, np.nan))


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """Series by points, the logarithms of the population in the same shape, and the point to be judged."""

    y: Floats
    offset: Floats
    now: int
    control: Control

    @property
    def enough_years(self) -> bool:
        return self.now >= self.control.b * self.control.frequency + self.control.w


@dataclass(frozen=True, eq=False, slots=True)
class _Model:
    """The regression of each series: expectation and its error on the scale of the logarithm."""

    linear: Floats
    linear_se: Floats
    phi: Floats
    trend: Floats
    converged: NDArray[np.bool_]


def _answer(task: _Task, closed: NDArray[np.bool_], rate: float) -> Farrington:
    reason = _reasons(task, closed)
    rows = np.flatnonzero(reason == "")
    nothing = np.full(len(task.y), np.nan)
    expected, upper, phi, trend, exceedance, p = (nothing.copy() for _ in range(6))
    if len(rows):
        model = _model(task, rows)
        y = task.y[rows, task.now]
        limits = _limits(model, y, task.control)
        answered = model.converged & np.isfinite(limits.upper)
        reason[rows[~answered]] = Reason.TOO_FEW_EVENTS
        mean = np.exp(model.linear)
        over = np.where(y > limits.upper, np.inf, 0)
        ratio = (y - mean) / np.where(limits.upper > mean, limits.upper - mean, np.nan)
        found = (mean, limits.upper, model.phi, model.trend, np.where(np.isnan(ratio), over, ratio), limits.quantile)
        for whole, part in zip((expected, upper, phi, trend, exceedance, p), found, strict=True):
            whole[rows] = np.where(answered, part, np.nan)
    q = benjamini_hochberg(p)
    alarm = (task.y[:, task.now] > upper) & (task.y[:, task.now] > 0)
    return Farrington(expected, upper, phi, trend, exceedance, p, q, alarm, alarm & (q <= rate), reason)


def _reasons(task: _Task, closed: NDArray[np.bool_]) -> NDArray[np.str_]:
    now, control = task.now, task.control
    reason = np.full(len(task.y), "", dtype=f"U{max(map(len, Reason))}")
    if not task.enough_years:
        reason[:] = Reason.TOO_SHORT
        return reason
    known = ~np.isnan(task.y + task.offset)
    points, parts = _reference(task)
    used = known[:, points]
    season = used[:, parts == control.no_periods].sum(axis=1)
    coefficients = control.no_periods + control.trend
    latest = np.nansum(task.y[:, max(now + 1 - control.latest_points, 0) : now + 1], axis=1)
    reason[latest < control.least_reports] = Reason.TOO_FEW_EVENTS
    reason[(used.sum(axis=1) <= coefficients) | (season < LEAST_YEARS)] = Reason.TOO_SHORT
    reason[~known[:, now]] = Reason.GAP
    reason[closed] = Reason.INCOMPLETE_PERIOD
    return reason


def _reference(task: _Task) -> tuple[Ints, Ints]:
    """The points of the past that are used, and the part of the year of each."""
    parts = reference_periods(task.now, control=task.control)
    parts[max(task.now - task.control.past_not_included, 0) :] = 0
    points = np.flatnonzero(parts)
    return points, parts[points]


def _design(task: _Task) -> tuple[Ints, Floats]:
    """The points used, and for each 1, the parts of the year but this season's, and the years until now.

    At the point to be judged all but the first are 0: its coefficient is the expectation.
    """
    points, parts = _reference(task)
    others = [parts == part for part in range(1, task.control.no_periods)]
    years = (points - task.now) / task.control.frequency
    return points, np.column_stack([np.ones(len(points)), *others, years])


def _model(task: _Task, rows: Ints) -> _Model:
    points, design = _design(task)
    y, offset = task.y[rows][:, points], task.offset[rows][:, points]
    offset_now = task.offset[rows, task.now]
    without, phi = _weighted_fit(design[:, :-1], y, offset, task.control)
    linear, error = without.coefficients[:, 0], np.sqrt(phi * without.covariance[:, 0, 0])
    slope, converged = np.full(len(rows), np.nan), without.converged.copy()
    if task.control.trend and task.control.b >= LEAST_YEARS:
        model, phi_trend = _weighted_fit(design, y, offset, task.control)
        slope_se = np.sqrt(phi_trend * model.covariance[:, -1, -1])
        t = model.coefficients[:, -1] / slope_se
        significant = 2 * stdtr(np.maximum(model.degrees, 1), -np.abs(t)) < task.control.p_threshold_trend
        plausible = np.exp(model.coefficients[:, 0] + offset_now) <= np.nanmax(y, axis=1)
        kept = model.converged & significant & plausible
        linear = np.where(kept, model.coefficients[:, 0], linear)
        error = np.where(kept, np.sqrt(phi_trend * model.covariance[:, 0, 0]), error)
        phi = np.where(kept, phi_trend, phi)
        slope = np.where(kept, model.coefficients[:, -1] / task.control.frequency, slope)
        converged |= kept
    return _Model(linear + offset_now, error, phi, slope, converged)


def _weighted_fit(design: Floats, y: Floats, offset: Floats, control: Control) -> tuple[Fit, Floats]:
    """The regression, fitted again with less weight on what looks like an outbreak, and its overdispersion."""
    known = ~np.isnan(y + offset)
    shift = np.where(known, offset, 0)
    found = fit(design, y, known.astype(float), offset=shift)
    phi = np.maximum(found.dispersion, 1)
    if control.reweight:
        residuals = np.where(known, _anscombe_residuals(np.where(known, y, 0), found, phi), np.nan)
        weights = anscombe_weights(residuals, threshold=control.weights_threshold)
        found = fit(design, y, weights, offset=shift)
        phi = np.maximum(found.dispersion, 1)
    return found, phi


def _anscombe_residuals(y: Floats, found: Fit, phi: Floats) -> Floats:
    free = 1 - found.leverage
    raw = 1.5 * (y ** (2 / 3) * found.fitted ** (-1 / 6) - found.fitted**0.5)
    # A point that alone decides a coefficient is fitted exactly: it has no residual.
    return np.where(free > 1e-9, raw / np.sqrt(phi[:, None] * np.maximum(free, 1e-9)), 0)


def _limits(model: _Model, y: Floats, control: Control) -> Threshold:
    if control.threshold_method == "delta":
        mean = np.exp(model.linear)
        return farrington_threshold(
            mean, mean * model.linear_se, model.phi, y=y, alpha=control.alpha, power=control.power
        )
    method = control.threshold_method
    return noufaily_threshold(model.linear, model.linear_se, model.phi, y=y, alpha=control.alpha, method=method)
