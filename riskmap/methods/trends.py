"""Whether a short series of yearly figures rises or falls, as OHID marks recent trends.

Series are one-dimensional and in order of time, one entry for each period. A series that must not be judged gets
`Refused`, never a direction: fewer than five points, or among the last five one that is missing, hidden or not
complete, or a change of definition or border between them. Zero is a value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from riskmap.methods.arrays import Floats, finite, part_and_whole, refuse, z_value
from riskmap.methods.rates import crude_rate
from riskmap.methods.refusals import Reason, Refused

POINTS: Final = 5
SIGNIFICANT_FROM: Final = z_value(0.998) ** 2  # 9.5495, chi-square of one degree of freedom at 99.8 %
# Breaks stand between a point and the one before it; everything else is about the point itself.
BREAKS: Final = frozenset({Reason.DEFINITION_BREAK, Reason.BORDER_BREAK})
_ERRORS_APART: Final = 3.92  # of the two limits of 95 %, as OHID rounds twice 1.96


class Direction(StrEnum):
    """Where a series goes; `no_significant_change` is a finding, not a lack of one."""

    INCREASING = "increasing"
    DECREASING = "decreasing"
    NO_SIGNIFICANT_CHANGE = "no_significant_change"


@dataclass(frozen=True, slots=True)
class Trend:
    """The direction, the slope per period in the unit of the series, and the chi-square statistic of the slope."""

    direction: Direction
    slope: float
    chi_square: float
    p: float


Obstacles = Sequence[Reason | None]


def recent_trend(
    values: ArrayLike, lower: ArrayLike, upper: ArrayLike, *, obstacles: Obstacles | None = None
) -> Trend | Refused:
    """The direction of the last five points by their values and 95 % limits.

    A line is fitted with weights 1 / s^2, s = (upper - lower) / 3.92, over periods 1 to 5. With w the weights,
    slope = (sum(w) sum(w t y) - sum(w t) sum(w y)) / D, D = sum(w) sum(w t^2) - sum(w t)^2, chi-square =
    slope^2 D / sum(w). A series increases or decreases where chi-square is above 9.5495 (99.8 %) and the slope keeps
    its sign when any one of the five points is left out; a slope of 0 has no sign.

    `obstacles` names for each point what stands in the way: a reason of the point itself (gap, hidden_point,
    incomplete_period, ...) or a break between it and the point before, which does no harm at the first of the five. A
    missing value is a gap. Fewer than five points: too_short. All equal: no significant change. The unit of the values
    does not matter. Limits that do not lie apart raise ValueError, as such a point would outweigh all others.

    Source: OHID, Fingertips technical guide, recent trends.

    Published direction (dhsc-govuk, FingertipsNext, tests, diabetes prevalence in England; slope by hand):

    >>> trend = recent_trend([7.0826, 7.1085, 7.2571, 7.4528, 7.6554], [7.0754, 7.1013, 7.2499, 7.4456, 7.6481],
    ...     [7.094, 7.1199, 7.2684, 7.4643, 7.6669])
    >>> trend.direction.value, round(trend.slope, 6), round(trend.chi_square, 1)
    ('increasing', 0.148799, 9740.1)
    """
    value, low, high = np.broadcast_arrays(finite("values", values), finite("lower", lower), finite("upper", upper))
    if refused := _refused(value + low + high, obstacles):
        return refused
    value, low, high = value[-POINTS:], low[-POINTS:], high[-POINTS:]
    refuse("upper must lie above lower", high, high <= low)
    weight = (_ERRORS_APART / (high - low)) ** 2
    slope, chi_square = _weighted(weight, value)
    left_out = [_weighted(np.delete(weight, i), np.delete(value, i), without=i)[0] for i in range(POINTS)]
    return _trend(slope, chi_square, [slope, *left_out])


def recent_trend_of_rates(
    events: ArrayLike, exposure: ArrayLike, *, multiplier: float = 100_000, obstacles: Obstacles | None = None
) -> Trend | Refused:
    """`recent_trend` of crude rates with their 95 % limits, from numbers of events and exposures.

    0 events are a value, with limits. Exposure 0 is a gap: it has no rate. The slope is per `multiplier`.

    Source: OHID, Fingertips technical guide.

    Published direction (dhsc-govuk, FingertipsNext, tests, sight loss in England per 100,000, by count and population):

    >>> people = [48246126, 48440507, 48753376, 49300918, 49866388]
    >>> recent_trend_of_rates([1416, 935, 1344, 1415, 1502], people).direction.value
    'increasing'
    """
    rate = crude_rate(events, exposure, multiplier=multiplier)
    return recent_trend(rate.value, rate.lower, rate.upper, obstacles=obstacles)


def recent_trend_of_shares(
    numerator: ArrayLike, denominator: ArrayLike, *, obstacles: Obstacles | None = None
) -> Trend | Refused:
    """The direction of the last five shares, by the chi-square test for trend in proportions.

    A series increases or decreases where the chi-square of `chi_square_trend` is above 9.5495 (99.8 %) and the slope of
    ln(p / (1 - p)) over time, without weights, keeps its sign when any one of the five points is left out. The slope
    told is that of the share, 0 to 1, per period. None or all of the denominator in one of the five points has no such
    logarithm: too_few_events. Denominator 0 is a gap. Else as `recent_trend`.

    Source: OHID, Fingertips technical guide, and the calculation of Fingertips.

    Published direction (dhsc-govuk, FingertipsNext, tests, two-year-olds vaccinated in Yorkshire):

    >>> children = [61834, 60511, 59074, 57508, 59028]
    >>> recent_trend_of_shares([57274, 55865, 53681, 51767, 53185], children).direction.value
    'decreasing'
    """
    part, whole = part_and_whole(numerator, denominator)
    share = part / np.where(whole == 0, np.nan, whole)
    if refused := _refused(share, obstacles):
        return refused
    part, whole, share = part[-POINTS:], whole[-POINTS:], share[-POINTS:]
    if ((part == 0) | (part == whole)).any():
        return Refused(Reason.TOO_FEW_EVENTS)
    found = chi_square_trend(part, whole)
    if isinstance(found, Refused):
        return found
    odds, even = np.log(part / (whole - part)), np.ones(POINTS)
    left_out = [_weighted(np.delete(even, i), np.delete(odds, i), without=i)[0] for i in range(POINTS)]
    return _trend(found.slope, found.chi_square, [found.slope, _weighted(even, odds)[0], *left_out])


def chi_square_trend(
    numerator: ArrayLike, denominator: ArrayLike, *, scores: ArrayLike | None = None
) -> Trend | Refused:
    """The chi-square test for a linear trend in proportions (Cochran-Armitage), significant from 99.8 %.

    With p = sum(x) / sum(n) and t the scores, 1, 2, 3, ... by default: chi-square = sum(n (x / n - p) (t - m))^2 /
    (p (1 - p) sum(n (t - m)^2)), m the mean of t weighted by n; one degree of freedom. slope is that of the proportion
    per unit of score. Groups of denominator 0 take no part. A missing group: gap. None or all in the numerator
    everywhere: too_few_events. Fewer than two different scores: too_short. All proportions equal: chi-square 0.

    Source: Armitage 1955, Biometrics 11:375-386; R, stats::prop.trend.test.

    Published answer (R, help page of prop.trend.test, smokers, after Fleiss 1981):

    >>> trend = chi_square_trend([83, 90, 129, 70], [86, 93, 136, 82])
    >>> round(trend.chi_square, 4), round(trend.p, 6)
    (8.2249, 0.004132)
    """
    part, whole = part_and_whole(numerator, denominator)
    if np.isnan(part + whole).any():
        return Refused(Reason.GAP)
    time = np.arange(1.0, part.size + 1) if scores is None else finite("scores", scores)
    part, whole, time = part[whole > 0], whole[whole > 0], np.broadcast_to(time, whole.shape)[whole > 0]
    if np.unique(time).size < 2:
        return Refused(Reason.TOO_SHORT)
    common = part.sum() / whole.sum()
    if not 0 < common < 1:
        return Refused(Reason.TOO_FEW_EVENTS)
    away = time - (whole * time).sum() / whole.sum()
    covariance, variance = (away * (part - whole * common)).sum(), (whole * away**2).sum()
    slope, chi_square = covariance / variance, covariance**2 / (common * (1 - common) * variance)
    return _trend(float(slope), float(chi_square), [slope])


def _refused(series: Floats, obstacles: Obstacles | None) -> Refused | None:
    if series.ndim != 1:
        raise ValueError(f"a series lies on one axis, found {series.ndim}")
    named = [None] * series.size if obstacles is None else list(obstacles)
    if len(named) != series.size:
        raise ValueError(f"obstacles must be given for each of {series.size} points, found {len(named)}")
    if series.size < POINTS:
        return Refused(Reason.TOO_SHORT)
    for place, (value, reason) in enumerate(zip(series[-POINTS:], named[-POINTS:], strict=True)):
        if reason and not (place == 0 and reason in BREAKS):
            return Refused(reason)
        if np.isnan(value):
            return Refused(Reason.GAP)
    return None


def _weighted(weight: Floats, value: Floats, *, without: int | None = None) -> tuple[float, float]:
    """Slope of the weighted line over periods 1, 2, 3, ..., one of which may be left out, and its chi-square."""
    time = np.arange(1.0, value.size + 1 + (without is not None))
    time = time if without is None else np.delete(time, without)
    away = time - (weight * time).sum() / weight.sum()
    # About the mean: large values that hardly differ would lose their digits in the sums of the textbook.
    variance = (weight * away**2).sum()
    slope = (weight * away * (value - value.mean())).sum() / variance
    return float(slope), float(slope**2 * variance)


def _trend(slope: float, chi_square: float, slopes: Sequence[float]) -> Trend:
    direction = Direction.NO_SIGNIFICANT_CHANGE
    if chi_square > SIGNIFICANT_FROM and min(slopes) > 0:
        direction = Direction.INCREASING
    if chi_square > SIGNIFICANT_FROM and max(slopes) < 0:
        direction = Direction.DECREASING
    return Trend(direction, slope, chi_square, float(chdtrc(1, chi_square)))
