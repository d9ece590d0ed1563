"""The pictures of methods that are drawn from one map, or from several of the same areas."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import numpy as np

from riskmap.analytics.method_examples import judged_areas, shown
from riskmap.analytics.method_views import (
    ClusterPicture,
    ComparisonPicture,
    FunnelPicture,
    IndexPicture,
    InequalityPicture,
    Lack,
    Neighbourhood,
    NeighboursPicture,
    NoPicture,
    RankRange,
    SilencePicture,
    SmoothingPicture,
)
from riskmap.analytics.spots import SIGNIFICANT_BELOW, scan_of
from riskmap.analytics.views import AreaRow, MapView
from riskmap.analytics.whole_map import whole_map
from riskmap.methods.arrays import Floats
from riskmap.methods.composite import Recipe, rate_draws, standings
from riskmap.methods.funnel import rate_funnel
from riskmap.methods.hotspots import local_moran
from riskmap.methods.inequality import gini_by_chance, lorenz_by_chance, lorenz_curve
from riskmap.methods.judgement import compare_rates, rest_of
from riskmap.methods.neighbours import among
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.silence import FLAGGED_BELOW, silence
from riskmap.methods.smoothing import global_empirical_bayes, marshall_prior
from riskmap.methods.spatial import eb_standardised, morans_i

_DRAWS: Final = 500
_SEED: Final = 20_261_122
_RANKS_SHOWN: Final = 8


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


def funnel_of(view: MapView) -> FunnelPicture | NoPicture:
    """The areas of a map in their funnel, the limits at the exposure of each."""
    rows = _by_exposure(judged_areas(view))
    answer = rate_funnel(_counts(rows), _exposures(rows), multiplier=view.indicator.multiplier)
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    kept = [at for at, row in enumerate(rows) if row.may_be_judged]
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


def smoothed_of(view: MapView) -> SmoothingPicture | NoPicture:
    """The rates of a map beside their smoothed ones."""
    rows = _by_exposure(judged_areas(view))
    answer = global_empirical_bayes(_counts(rows), _exposures(rows), multiplier=view.indicator.multiplier)
    if isinstance(answer, Refused):
        return NoPicture(answer.reason)
    kept = [at for at, row in enumerate(rows) if row.may_be_judged]
    return SmoothingPicture(
        of=view,
        rows=tuple(rows[at] for at in kept),
        smoothed=tuple(float(answer.value[at]) for at in kept),
        weight=tuple(float(answer.weight[at]) for at in kept),
        mean=float(answer.mean[0]),
    )


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


def _by_exposure(rows: Iterable[AreaRow]) -> list[AreaRow]:
    return sorted(rows, key=lambda row: (math.isnan(row.exposure), row.exposure))


def _counts(rows: Iterable[AreaRow]) -> Floats:
    """The events of each area, NaN where there is no rate that may be judged."""
    return np.array([row.count if row.may_be_judged else math.nan for row in rows], dtype=float)


def _exposures(rows: Iterable[AreaRow]) -> Floats:
    return np.array([row.exposure if row.may_be_judged else math.nan for row in rows], dtype=float)


def _numbers(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
