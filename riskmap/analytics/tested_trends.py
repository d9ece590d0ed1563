"""Whether a line rises or falls: told by a test of its latest points, or why no test is made."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from riskmap.analytics.views import Point, Story, TrendTest
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import SCHOOL_MONTHS, CellStatus, Grain, Kind
from riskmap.methods.mann_kendall import LEAST_YEARS, seasonal_mann_kendall
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.trends import POINTS, Direction, recent_trend_of_rates, recent_trend_of_shares

SIGNIFICANT_BELOW: Final = 0.002  # as the chi-square of the recent trend at 99.8 %
_ONE_A_YEAR: Final = (Grain.YEAR, Grain.SCHOOL_YEAR, Grain.YTD, Grain.SCHOOL_YTD)
_A_YEAR: Final = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.HALF_YEAR: 2}
_MOST_YEARS: Final = 5


def trend_test(item: Indicator, grain: Grain, points: Sequence[Point], stories: Sequence[Story]) -> TrendTest | None:
    """What a test says of the latest points of a line, gaps included; `stories` are the breaks that concern it.

    Figures of years and of what has passed of them: OHID's recent trend over the last five. Months, quarters and half
    years: the seasonal Mann-Kendall test over the whole years at the end, three to five of them, at the same 99.8 %; of
    what stands on a day, as in a register or a share, the recent trend over the same day of five years instead, since a
    number that stands is much the same a month later, and no new proof. A point that is hidden, missing or a sum
    without some of its areas, and a break among the points, leave no test; nor does a line that is too short. None
    where nothing is to be tested: things that are counted without a rate, shares whose units are not independent, and
    periods that overlap.
    """
    if item.interval not in ("poisson", "wilson") or grain not in (*_ONE_A_YEAR, *_A_YEAR):
        return None
    points, seasons = looked_at(item, grain, points)
    years = min(len(points) // seasons, _MOST_YEARS)
    if years < (POINTS if seasons == 1 else LEAST_YEARS):
        return TrendTest(points[0].period, points[-1].period, None, Reason.TOO_SHORT)
    window = points[-years * seasons :]
    first, last = window[0].period, window[-1].period
    if reason := _obstacle(window, stories):
        return TrendTest(first, last, None, reason)
    found = _recent(item, window) if seasons == 1 else _seasonal(window, seasons)
    if isinstance(found, Refused):
        return TrendTest(first, last, None, found.reason)
    return TrendTest(first, last, found)


def looked_at(item: Indicator, grain: Grain, points: Sequence[Point]) -> tuple[Sequence[Point], int]:
    """The points of a line that a test may look at, from which it takes whole years, and how many make a year."""
    seasons = _seasons(item, grain)
    if item.kind is not Kind.FLOW:
        return points[::-seasons][::-1], 1
    return points, seasons


def _seasons(item: Indicator, grain: Grain) -> int:
    """How many points of a line make a year; months without lessons are no points of what happens in lessons."""
    if grain is Grain.MONTH and item.school_months:
        return len(SCHOOL_MONTHS)
    return _A_YEAR.get(grain, 1)


def _obstacle(window: Sequence[Point], stories: Sequence[Story]) -> Reason | None:
    """What stands in the way of a test over all these points, the plainest reason first."""
    if any(point.status is CellStatus.SUPPRESSED for point in window):
        return Reason.HIDDEN_POINT
    if any(point.status is not CellStatus.VALUE or np.isnan(point.value) for point in window):
        return Reason.GAP
    if any(point.lacks_parts for point in window):
        return Reason.INCOMPLETE_PERIOD
    first, last = window[0].period.start, window[-1].period.end
    within = {story.axis for story in stories if first < story.day <= last}
    if "definition" in within:
        return Reason.DEFINITION_BREAK
    return Reason.BORDER_BREAK if within else None


def _recent(item: Indicator, window: Sequence[Point]) -> Direction | Refused:
    count, exposure = [point.count for point in window], [point.exposure for point in window]
    if item.interval == "wilson":
        found = recent_trend_of_shares(count, exposure)
    else:
        found = recent_trend_of_rates(count, exposure, multiplier=item.multiplier)
    return found if isinstance(found, Refused) else found.direction


def _seasonal(window: Sequence[Point], seasons: int) -> Direction | Refused:
    found = seasonal_mann_kendall(np.array([point.value for point in window]).reshape(-1, seasons))
    if isinstance(found, Refused):
        return found
    if found.p >= SIGNIFICANT_BELOW:
        return Direction.NO_SIGNIFICANT_CHANGE
    return Direction.INCREASING if found.s > 0 else Direction.DECREASING
