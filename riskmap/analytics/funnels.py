"""A map as a funnel: which areas lie further from a reference than their number of people explains."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from riskmap.analytics.views import AreaRow, MapView, explained
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.methods.funnel import (
    ALARM,
    WARNING,
    Funnel,
    proportion_funnel,
    proportion_limits,
    rate_funnel,
    rate_limits,
)
from riskmap.methods.refusals import Refused

_STEPS: Final = 80  # of a curve: it looks smooth
_BEYOND: Final = 1.06  # how far the curves go on beside the outermost areas


class Obstacle(StrEnum):
    """Why a map has no funnel; each value is the key of its sentence."""

    NEVER_COLOURED = "never_coloured"
    NO_RATE = "no_rate"  # a bare number
    NO_INTERVAL = "no_interval"  # a ratio of which chance is not known
    ROUNDED = "rounded"
    TOO_FEW_AREAS = "too_few_areas"


class Lies(StrEnum):
    """Where an area lies; only the first and the last are outside."""

    ABOVE = "above"  # the 99.8 % limits
    HIGHER = "higher"  # between the 95 % and the 99.8 % limits
    WITHIN = "within"  # the 95 % limits
    LOWER = "lower"
    BELOW = "below"

    @property
    def is_outside(self) -> bool:
        """Whether an area there is one of two in 1,000 that do not differ."""
        return self in (Lies.ABOVE, Lies.BELOW)


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One area of a funnel."""

    row: AreaRow = explained("its row on the map; count, people and value are known, and no part is missing")
    lies: Lies = explained("where it lies, by the limits that hold")


@dataclass(frozen=True, slots=True)
class LimitsAt:
    """The limits of an area with so many people, in the unit of the value."""

    exposure: float = explained("person-years at risk, or the whole of a share")
    alarm_lower: float = explained("lower 99.8 % limit")
    warning_lower: float = explained("lower 95 % limit")
    warning_upper: float = explained("upper 95 % limit")
    alarm_upper: float = explained("upper 99.8 % limit")


@dataclass(frozen=True, slots=True)
class FunnelView:
    """The areas of one map about a reference, with the limits of chance; without points where there is an obstacle."""

    figure: MapView = explained("the map it is made of")
    obstacle: Obstacle | None = explained("why there is no funnel, or None")
    points: tuple[FunnelPoint, ...] = explained("the areas that were looked at, by code", ())
    left_out: tuple[AreaRow, ...] = explained("those that were not: hidden, missing, sums without some areas", ())
    known: int = explained("areas with what a point needs", 0)
    wanted: int = explained("areas to which the indicator applies", 0)
    reference: float = explained("the value that areas are set beside; NaN where there is no funnel", math.nan)
    is_published: bool = explained("the reference is the country's own value; else that of the points together", False)
    phi: float = explained("how many times as much as by chance areas differ, as variance", math.nan)
    is_widened: bool = explained("the limits leave room for that", False)
    curve: tuple[LimitsAt, ...] = explained("the limits from the fewest to the most people", ())

    def lying(self, lies: Lies) -> tuple[AreaRow, ...]:
        """The areas that lie there, by code."""
        return tuple(point.row for point in self.points if point.lies is lies)


def funnel(view: MapView, *, is_rounded: bool = False) -> FunnelView:
    """The funnel of the areas of a map, about the country's own value where it is shown and whole.

    Where it is not, the reference is the value of the areas with a point together. Hidden and missing areas, sums that
    lack areas and values without a rate have no point, and no part in the limits; where under 90 % of the areas to
    which the indicator applies have one, there is no funnel. What regions hold outside districts is no area of a level.
    """
    areas = [row for row in view.rows if row.level == view.request.level]
    if obstacle := _obstacle(view, is_rounded=is_rounded):
        return FunnelView(view, obstacle)
    reference = _published(view)
    judged = [row for row in areas if row.exists]
    found = _found(view, judged, reference)
    known = sum(row.may_be_judged for row in judged)
    outside = [row for row in view.rows if row.level != view.request.level and row.status is CellStatus.VALUE]
    left_out = (*(row for row in areas if not row.may_be_judged), *outside)
    if isinstance(found, Refused):
        return FunnelView(view, Obstacle.TOO_FEW_AREAS, left_out=left_out, known=known, wanted=len(judged))
    points = tuple(_points(judged, found))
    return FunnelView(
        figure=view,
        obstacle=None,
        points=points,
        left_out=left_out,
        known=known,
        wanted=len(judged),
        reference=found.reference,
        is_published=reference is not None,
        phi=found.overdispersion.phi,
        is_widened=found.overdispersion.is_used,
        curve=_curve(view, [point.row.exposure for point in points], found),
    )


def _obstacle(view: MapView, *, is_rounded: bool) -> Obstacle | None:
    item = view.indicator
    if item.never_coloured:
        return Obstacle.NEVER_COLOURED
    if item.interval == "none" or not item.population:
        return Obstacle.NO_RATE
    if item.interval == "ratio":
        return Obstacle.NO_INTERVAL
    return Obstacle.ROUNDED if is_rounded else None


def _published(view: MapView) -> float | None:
    """The value of the country for one person, where it is shown and lacks nothing."""
    country = view.row(COUNTRY)
    return country.count / country.exposure if country and country.may_be_judged else None


def _found(view: MapView, rows: Sequence[AreaRow], reference: float | None) -> Funnel | Refused:
    count = [row.count if row.may_be_judged else math.nan for row in rows]
    exposure = [row.exposure if row.may_be_judged else math.nan for row in rows]
    method = proportion_funnel if view.indicator.interval == "wilson" else rate_funnel
    return method(count, exposure, reference=reference, multiplier=view.indicator.multiplier)


def _points(rows: Sequence[AreaRow], found: Funnel) -> list[FunnelPoint]:
    beyond = (found.value > found.warning.upper).astype(int) - (found.value < found.warning.lower).astype(int)
    return [
        FunnelPoint(row, _lies(int(side), int(near)))
        for row, side, near in zip(rows, np.nan_to_num(found.outside), beyond, strict=True)
        if row.may_be_judged
    ]


def _lies(outside: int, beyond: int) -> Lies:
    if outside:
        return Lies.ABOVE if outside > 0 else Lies.BELOW
    if beyond:
        return Lies.HIGHER if beyond > 0 else Lies.LOWER
    return Lies.WITHIN


def _curve(view: MapView, exposures: Sequence[float], found: Funnel) -> tuple[LimitsAt, ...]:
    """The limits by the method that has judged the areas, as lines from the fewest to the most people."""
    at = np.geomspace(min(exposures) / _BEYOND, max(exposures) * _BEYOND, _STEPS)
    multiplier, tau2 = view.indicator.multiplier, found.overdispersion.tau2
    method = proportion_limits if view.indicator.interval == "wilson" else rate_limits
    warning, alarm = (
        method(at, reference=found.reference / multiplier, tau2=tau2, confidence=confidence)
        for confidence in (WARNING, ALARM)
    )
    limits = (alarm.lower, warning.lower, warning.upper, alarm.upper)
    columns = (at, *(limit * multiplier for limit in limits))
    return tuple(LimitsAt(*map(float, values)) for values in zip(*columns, strict=True))
