"""The picture of each method, from the live build: numbers, or why there is none."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from riskmap.analytics import service
from riskmap.analytics.method_examples import Examples, alone, judged_areas, shown
from riskmap.analytics.method_maps import (
    cluster_of,
    compared,
    funnel_of,
    inequality_of,
    neighbours_of,
    ranks_of_maps,
    silence_of,
    smoothed_of,
)
from riskmap.analytics.method_views import (
    AreasPicture,
    Lack,
    Method,
    NoPicture,
    Picture,
    SignalsPicture,
    TrendPicture,
)
from riskmap.analytics.tested_trends import looked_at
from riskmap.analytics.views import Line, MapView, TrendPanel, TrendTest
from riskmap.domain.vocabulary import CellStatus, Grain, Scope
from riskmap.methods.aberration import BASELINE, GUARD, ears_c2
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.farrington import Control, farrington_flexible
from riskmap.methods.mann_kendall import seasonal_sen_slope, sen_slope
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.trends import Direction

Answer = Picture | NoPicture

# Methods that judge by chance: the chance of rounded numbers is another one.
_OF_EXACT_NUMBERS: Final = frozenset(
    {
        Method.COMPARISON,
        Method.FUNNEL,
        Method.SMOOTHING,
        Method.NEIGHBOURS,
        Method.CLUSTERS,
        Method.SIGNALS,
        Method.INEQUALITY,
        Method.SILENCE,
        Method.INDEX,
    }
)
_LEAST_INDICATORS: Final = 3
_CHANGES: Final = (Direction.INCREASING, Direction.DECREASING)
# A year of judged months besides those that the first judgement needs.
_LEAST_MONTHS: Final = BASELINE + GUARD + 12


def method_picture(build: Path, *, scope: Scope, method: Method) -> Answer:
    """What the page of methods draws to explain one method; real and invented figures never stand in one picture."""
    if method in _OF_EXACT_NUMBERS and service.overview(build, scope=scope).is_rounded:
        return NoPicture(Lack.ROUNDED)
    return _PICTURES[method](Examples(build, scope))


def _rates(found: Examples) -> Answer:
    return _areas(found.first_map("poisson"))


def _many_rates(found: Examples) -> Answer:
    return _areas(found.widest_map("poisson"))


def _shares(found: Examples) -> Answer:
    return _areas(found.first_map("wilson"))


def _areas(view: MapView | None) -> Answer:
    if view is None:
        return NoPicture(Lack.NO_FIGURE)
    rows = shown(view)
    return AreasPicture(view, rows) if rows else NoPicture(Reason.TOO_FEW_AREAS)


def _classes(found: Examples) -> Answer:
    view = found.first_map("poisson")
    return _areas(view) if view is None or view.is_coloured else NoPicture(Lack.NO_FIGURE)


def _comparison(found: Examples) -> Answer:
    view = found.first_map("poisson")
    if view is None:
        return NoPicture(Lack.NO_FIGURE)
    if refused := _too_few(view):
        return refused
    return compared(view)


def _trend(found: Examples) -> Answer:
    """The first line that a test found to rise or fall, else the first that was tested at all."""
    steady: tuple[TrendPanel, Line, TrendTest] | None = None
    reasons: Counter[Reason] = Counter()
    for panel in found.panels(is_tested=True):
        for line in panel.lines:
            if line.tested is None:
                continue
            if line.tested.direction in _CHANGES:
                return trend_of(panel, line, line.tested)
            if line.tested.direction:
                steady = steady or (panel, line, line.tested)
            elif line.tested.reason:
                reasons[line.tested.reason] += 1
    if steady:
        return trend_of(*steady)
    return NoPicture(reasons.most_common(1)[0][0] if reasons else Lack.NO_FIGURE)


def trend_of(panel: TrendPanel, line: Line, tested: TrendTest) -> TrendPicture | NoPicture:
    """A line that was tested, with Sen's slope of the points that the test looked at."""
    if tested.direction is None:
        return NoPicture(tested.reason or Reason.TOO_SHORT)
    points, seasons = looked_at(panel.indicator, panel.grain, line.points)
    used = [point for point in points if tested.first.start <= point.period.start <= tested.last.start]
    values = np.array([point.value for point in used])
    answer = sen_slope(values) if seasons == 1 else seasonal_sen_slope(values.reshape(-1, seasons))
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    # The first season of a year lies so far before its middle, to which the line of years belongs.
    early = (seasons - 1) / 2 / seasons
    years = (len(values) - 1) / seasons
    return TrendPicture(
        panel=alone(panel, line),
        line=line,
        tested=tuple(line.points.index(point) for point in used),
        is_seasonal=seasons > 1,
        direction=tested.direction,
        slope=answer.slope,
        lower=answer.lower,
        upper=answer.upper,
        ends=(answer.intercept - early * answer.slope, answer.intercept + (years - early) * answer.slope),
    )


def _signals(found: Examples) -> Answer:
    """The line with most months in a row up to its last known one, the first of equals."""
    best: tuple[TrendPanel, Line] | None = None
    longest = _LEAST_MONTHS - 1
    for panel in found.panels(is_tested=False):
        if panel.grain is not Grain.MONTH or panel.indicator.school_months:
            continue
        for line in panel.lines:
            if _run(line) > longest:
                best, longest = (panel, line), _run(line)
        if best:
            break
    return signals_of(*best) if best else NoPicture(Reason.TOO_SHORT)


def _run(line: Line) -> int:
    """How many months in a row have a number, up to the last that has one."""
    known = [not math.isnan(_count(line, at)) for at in range(len(line.points))]
    last = max((at for at, is_there in enumerate(known) if is_there), default=-1)
    run = 0
    while last - run >= 0 and known[last - run]:
        run += 1
    return run


def _count(line: Line, at: int) -> float:
    point = line.points[at]
    return point.count if point.status is CellStatus.VALUE and not point.lacks_parts else math.nan


def signals_of(panel: TrendPanel, line: Line) -> SignalsPicture:
    """A monthly line with its limits; months without a number, and what rests on them, have none."""
    counts = np.array([_count(line, at) for at in range(len(line.points))])
    last = int(np.flatnonzero(~np.isnan(counts))[-1])
    # As many whole years as there are, five at most: with fewer than three there is no answer.
    control = Control()
    years = min(control.b, (last - control.w) // control.frequency)
    ears, farrington = ears_c2(counts), farrington_flexible(counts, at=last, control=replace(control, b=max(years, 1)))
    return SignalsPicture(
        panel=alone(panel, line),
        line=line,
        counts=tuple(counts.tolist()),
        upper=tuple(ears.upper.tolist()),
        alarm=tuple(bool(one) for one in ears.alarm),
        expected=float(farrington.expected),
        limit=float(farrington.upper),
    )


def _index(found: Examples) -> Answer:
    maps = found.like_maps("poisson", least=_LEAST_INDICATORS)
    return ranks_of_maps(maps) if maps else NoPicture(Lack.NO_FIGURE)


def _widest(draw: Callable[[MapView], Answer]) -> Callable[[Examples], Answer]:
    """The picture of the map of events with most areas."""

    def drawn(found: Examples) -> Answer:
        view = found.widest_map("poisson")
        return draw(view) if view else NoPicture(Lack.NO_FIGURE)

    return drawn


def _standardised(_: Examples) -> Answer:
    # No table of a build holds events and people of an area by age.
    return NoPicture(Lack.NO_AGES)


def _too_few(view: MapView) -> NoPicture | None:
    refused = too_few_areas(np.array([row.may_be_judged for row in judged_areas(view)], dtype=bool))
    return NoPicture(refused.reason) if refused else None


_PICTURES: Final[Mapping[Method, Callable[[Examples], Answer]]] = MappingProxyType(
    {
        Method.RATE: _rates,
        Method.SHARE: _shares,
        Method.EXPOSURE: _rates,
        Method.FEW_EVENTS: _many_rates,
        Method.CLASSES: _classes,
        Method.COMPARISON: _comparison,
        Method.FUNNEL: _widest(funnel_of),
        Method.SMOOTHING: _widest(smoothed_of),
        Method.NEIGHBOURS: _widest(neighbours_of),
        Method.CLUSTERS: _widest(cluster_of),
        Method.TREND: _trend,
        Method.SIGNALS: _signals,
        Method.INEQUALITY: _widest(inequality_of),
        Method.SILENCE: _widest(silence_of),
        Method.INDEX: _index,
        Method.STANDARDISED: _standardised,
    }
)
