"""The picture of each method, from the live build: numbers, or why there is none."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from riskmap.analytics import service
from riskmap.analytics.method_examples import Examples, alone, is_known, judged_areas, shown
from riskmap.analytics.method_views import (
    AreasPicture,
    ClusterPicture,
    ComparisonPicture,
    FunnelPicture,
    IndexPicture,
    InequalityPicture,
    Lack,
    Method,
    Neighbourhood,
    NeighboursPicture,
    NoPicture,
    Picture,
    RankRange,
    SignalsPicture,
    SilencePicture,
    SmoothingPicture,
    TrendPicture,
)
from riskmap.analytics.spots import SIGNIFICANT_BELOW, scan_of
from riskmap.analytics.tested_trends import looked_at
from riskmap.analytics.views import AreaRow, Line, MapView, TrendPanel, TrendTest
from riskmap.analytics.whole_map import whole_map
from riskmap.domain.vocabulary import CellStatus, Grain, Scope
from riskmap.methods.aberration import BASELINE, GUARD, ears_c2
from riskmap.methods.arrays import Floats
from riskmap.methods.composite import Recipe, rate_draws, standings
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.farrington import Control, farrington_flexible
from riskmap.methods.funnel import rate_funnel
from riskmap.methods.hotspots import local_moran
from riskmap.methods.inequality import gini_by_chance, lorenz_by_chance, lorenz_curve
from riskmap.methods.judgement import compare_rates, rest_of
from riskmap.methods.mann_kendall import seasonal_sen_slope, sen_slope
from riskmap.methods.neighbours import among
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.silence import FLAGGED_BELOW, silence
from riskmap.methods.smoothing import global_empirical_bayes, marshall_prior
from riskmap.methods.spatial import eb_standardised, morans_i
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
_DRAWS: Final = 500
_SEED: Final = 20_261_122
_RANKS_SHOWN: Final = 8
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


def compared(view: MapView) -> ComparisonPicture | NoPicture:
    """Each area of a map beside all others that have a value; one area has no others."""
    rows = shown(view)
    if len(rows) < 2:
        return NoPicture(Reason.TOO_FEW_AREAS)
    count, exposure = _counts(rows), _exposures(rows)
    others, others_exposure = rest_of(count.sum(), count), rest_of(exposure.sum(), exposure)
    answer = compare_rates(count, exposure, others=others, others_exposure=others_exposure)
    order = [at for at in np.argsort(answer.ratio, kind="stable") if np.isfinite(answer.ratio[at])]
    return ComparisonPicture(
        of=view,
        rows=tuple(rows[at] for at in order),
        ratio=tuple(float(answer.ratio[at]) for at in order),
        step=tuple(int(answer.step[at]) for at in order),
    )


def _funnel(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return funnel_of(view) if view else NoPicture(Lack.NO_FIGURE)


def funnel_of(view: MapView) -> FunnelPicture | NoPicture:
    """The areas of a map in their funnel, the limits at the exposure of each."""
    rows = _by_exposure(judged_areas(view))
    answer = rate_funnel(_counts(rows), _exposures(rows), multiplier=view.indicator.multiplier)
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    kept = [at for at, row in enumerate(rows) if is_known(row)]
    warning, alarm = (
        tuple((float(limits.lower[at]), float(limits.upper[at])) for at in kept)
        for limits in (answer.warning, answer.alarm)
    )
    return FunnelPicture(
        of=view,
        rows=tuple(rows[at] for at in kept),
        reference=answer.reference,
        warning=warning,
        alarm=alarm,
        outside=tuple(int(answer.outside[at]) for at in kept),
        phi=answer.overdispersion.phi,
        is_widened=answer.overdispersion.is_used,
    )


def _smoothing(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return smoothed_of(view) if view else NoPicture(Lack.NO_FIGURE)


def smoothed_of(view: MapView) -> SmoothingPicture | NoPicture:
    """The rates of a map beside their smoothed ones."""
    rows = _by_exposure(judged_areas(view))
    answer = global_empirical_bayes(_counts(rows), _exposures(rows), multiplier=view.indicator.multiplier)
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    kept = [at for at, row in enumerate(rows) if is_known(row)]
    return SmoothingPicture(
        of=view,
        rows=tuple(rows[at] for at in kept),
        smoothed=tuple(float(answer.value[at]) for at in kept),
        weight=tuple(float(answer.weight[at]) for at in kept),
        mean=float(answer.mean[0]),
    )


def _inequality(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return inequality_of(view) if view else NoPicture(Lack.NO_FIGURE)


def inequality_of(view: MapView) -> InequalityPicture | NoPicture:
    """The Lorenz curve of a map beside those of chance."""
    rows = judged_areas(view)
    numbers = _counts(rows), _exposures(rows)
    curve = lorenz_curve(*numbers)
    if isinstance(curve, Refused):
        return NoPicture(curve.reason)
    gini, chance = gini_by_chance(*numbers), lorenz_by_chance(*numbers)
    if isinstance(gini, Refused) or isinstance(chance, Refused):
        return NoPicture(Reason.TOO_FEW_EVENTS)
    return InequalityPicture(
        of=view,
        population=_numbers(curve.population),
        burden=_numbers(curve.burden),
        grid=_numbers(chance.population),
        lower=_numbers(chance.lower),
        upper=_numbers(chance.upper),
        gini=gini.observed,
        gini_by_chance=gini.expected,
        gini_lower=gini.lower,
        gini_upper=gini.upper,
        p=gini.p,
    )


def _silence(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return silence_of(view) if view else NoPicture(Lack.NO_FIGURE)


def silence_of(view: MapView) -> SilencePicture | NoPicture:
    """How likely so few events are in each area of a map; areas differ in truth as far as the prior has it."""
    rows = judged_areas(view)
    count, exposure = _counts(rows), _exposures(rows)
    prior = marshall_prior(count, exposure)
    if isinstance(prior, Refused):
        return NoPicture(prior.reason)
    if not prior.mean:
        return NoPicture(Reason.TOO_FEW_EVENTS)
    answer = silence(count, exposure, dispersion=prior.variance / prior.mean**2)
    kept = np.flatnonzero(~np.isnan(answer.probability))
    return SilencePicture(
        of=view,
        rows=tuple(rows[at] for at in kept),
        expected=_numbers(answer.expected[kept]),
        probability=_numbers(answer.probability[kept]),
        flagged=tuple(bool(answer.is_flagged[at]) for at in kept),
        limit=FLAGGED_BELOW,
    )


def _neighbours(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return neighbours_of(view) if view else NoPicture(Lack.NO_FIGURE)


def neighbours_of(view: MapView) -> NeighboursPicture | NoPicture:
    """The standardised rate of each area of a map beside the mean of those it touches."""
    whole = whole_map(view)
    if whole.refused:
        return NoPicture(whole.refused)
    score, near = eb_standardised(whole.events, whole.exposure), whole.neighbours()
    together, local = morans_i(score, near), local_moran(score, near)
    if isinstance(together, Refused) or isinstance(local, Refused):
        return NoPicture(Reason.TOO_FEW_AREAS)
    known = np.flatnonzero(whole.known)
    among_known = among(near, whole.known)
    around = np.where(among_known.islands, math.nan, among_known.matrix() @ score[known])
    return NeighboursPicture(
        of=view,
        areas=tuple(
            Neighbourhood(whole.rows[at], float(score[at]), float(mean), str(local.pattern[at]))
            for at, mean in zip(known, around, strict=True)
            if not math.isnan(mean)
        ),
        moran=together.i,
        p=together.p_permutation,
    )


def _clusters(found: Examples) -> Answer:
    view = found.widest_map("poisson")
    return cluster_of(view) if view else NoPicture(Lack.NO_FIGURE)


def cluster_of(view: MapView) -> ClusterPicture | NoPicture:
    """The most likely cluster of two areas and more, clear or not: events beside those expected of its people."""
    whole = whole_map(view)
    if whole.refused:
        return NoPicture(whole.refused)
    found = scan_of(whole)
    if isinstance(found, Refused):
        return NoPicture(found.reason)
    best = next((one for one in found.clusters if len(one.areas) > 1), None)
    if best is None:
        return NoPicture(Lack.NO_CLUSTER)
    inside = np.zeros(len(whole.rows), dtype=bool)
    inside[best.areas] = True
    rate = np.nansum(whole.events) / np.nansum(whole.exposure)
    return ClusterPicture(
        of=view,
        rows=tuple(whole.rows[at] for at in best.areas),
        cases=float(np.nansum(whole.events[inside])),
        expected=float(np.nansum(whole.exposure[inside]) * rate),
        p=best.p,
        is_clear=best.p < SIGNIFICANT_BELOW,
    )


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
        counts=_numbers(counts),
        upper=_numbers(ears.upper),
        alarm=tuple(bool(one) for one in ears.alarm),
        expected=float(farrington.expected),
        limit=float(farrington.upper),
    )


def _index(found: Examples) -> Answer:
    maps = found.like_maps("poisson", least=_LEAST_INDICATORS)
    return ranks_of_maps(maps) if maps else NoPicture(Lack.NO_FIGURE)


def ranks_of_maps(maps: Sequence[MapView]) -> IndexPicture | NoPicture:
    """Where areas may stand in an index of the rates of some maps with the same areas, each as heavy."""
    rows = [{row.area: row for row in judged_areas(view)} for view in maps]
    areas = sorted(set.intersection(*(set(of_map) for of_map in rows)))
    count, exposure = (
        np.column_stack([made([of_map[area] for area in areas]) for of_map in rows]) for made in (_counts, _exposures)
    )
    drawn = rate_draws(count, exposure, draws=_DRAWS, seed=_SEED)
    upwards: tuple[Literal[1, -1], ...] = tuple(1 for _ in maps)
    answer = standings(drawn, Recipe(directions=upwards, from_top=True), seed=_SEED)
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    order = [at for at in np.argsort(answer.rank, kind="stable") if not np.isnan(answer.rank[at])]
    places = np.unique(np.linspace(0, len(order) - 1, min(_RANKS_SHOWN, len(order))).round().astype(int))
    ranks = (order[place] for place in places)
    return IndexPicture(
        of=tuple(maps),
        ranks=tuple(
            RankRange(*(float(part[at]) for part in (answer.rank, answer.lower, answer.upper))) for at in ranks
        ),
        areas=len(order),
    )


def _standardised(_: Examples) -> Answer:
    # No table of a build holds events and people of an area by age.
    return NoPicture(Lack.NO_AGES)


def _too_few(view: MapView) -> NoPicture | None:
    refused = too_few_areas(np.array([is_known(row) for row in judged_areas(view)], dtype=bool))
    return NoPicture(refused.reason) if refused else None


def _by_exposure(rows: Iterable[AreaRow]) -> list[AreaRow]:
    return sorted(rows, key=lambda row: (math.isnan(row.exposure), row.exposure))


def _counts(rows: Iterable[AreaRow]) -> Floats:
    """The events of each area, NaN where there is no rate that may be judged."""
    return np.array([row.count if is_known(row) else math.nan for row in rows], dtype=float)


def _exposures(rows: Iterable[AreaRow]) -> Floats:
    return np.array([row.exposure if is_known(row) else math.nan for row in rows], dtype=float)


def _numbers(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


_PICTURES: Final[Mapping[Method, Callable[[Examples], Answer]]] = MappingProxyType(
    {
        Method.RATE: _rates,
        Method.SHARE: _shares,
        Method.EXPOSURE: _rates,
        Method.FEW_EVENTS: _many_rates,
        Method.CLASSES: _classes,
        Method.COMPARISON: _comparison,
        Method.FUNNEL: _funnel,
        Method.SMOOTHING: _smoothing,
        Method.NEIGHBOURS: _neighbours,
        Method.CLUSTERS: _clusters,
        Method.TREND: _trend,
        Method.SIGNALS: _signals,
        Method.INEQUALITY: _inequality,
        Method.SILENCE: _silence,
        Method.INDEX: _index,
        Method.STANDARDISED: _standardised,
    }
)
