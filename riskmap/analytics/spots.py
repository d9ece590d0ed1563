"""Where areas differ from their neighbours, and where events gather, beyond what chance explains."""

from collections.abc import Iterator
from math import inf, nan
from typing import Final

import numpy as np

from riskmap.analytics.views import MapView
from riskmap.analytics.whole_map import WholeMap, counts_events, whole_map
from riskmap.analytics.whole_map_views import Spot, SpotCluster, SpotsView
from riskmap.methods.hotspots import LocalMoran, Pattern, local_moran
from riskmap.methods.neighbours import Ints
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.scan import Scan, spatial_scan
from riskmap.methods.smoothing import marshall_prior
from riskmap.methods.spatial import eb_standardised, morans_i

# A share up to this is Poisson enough: its binomial variance is at most a fifth smaller.
LARGEST_SHARE: Final = 0.2
SIGNIFICANT_BELOW: Final = 0.05
# Of the weighed people: a circle that holds half of the country is no place that somebody could look at.
_MOST_OF_A_CLUSTER: Final = 0.25
_MOST_CLUSTERS: Final = 3


def spots_of(view: MapView) -> SpotsView:
    """Each area of a map against those it touches, and the clearest clusters; or why nothing can be said.

    Rates are standardised by empirical Bayes, so that areas of few people do not stand out by chance. Areas without a
    rate are left out and are nobody's neighbours. The same rows give the same answer in whatever order they come.
    """
    whole = whole_map(view)
    if reason := whole.refused or _unfit(view, whole):
        return _refused(view, whole, reason)
    rates, near = eb_standardised(whole.events, whole.exposure), whole.neighbours()
    together, found = morans_i(rates, near), local_moran(rates, near)
    if isinstance(together, Refused):
        return _refused(view, whole, together.reason)
    if isinstance(found, Refused):
        return _refused(view, whole, found.reason)
    return SpotsView(
        request=view.request,
        known=int(whole.known.sum()),
        of=len(whole.rows),
        reason=None,
        spots=dict(_spots(whole, found)),
        moran=together.i,
        moran_p=together.p_permutation,
        clusters=tuple(_clusters(whole)),
    )


def _refused(view: MapView, whole: WholeMap, reason: Reason) -> SpotsView:
    return SpotsView(view.request, int(whole.known.sum()), len(whole.rows), reason, {}, nan, nan, ())


def _unfit(view: MapView, whole: WholeMap) -> Reason | None:
    if counts_events(view.indicator):
        return None
    share = float(np.nansum(whole.events) / np.nansum(whole.exposure))
    return Reason.LARGE_SHARE if share > LARGEST_SHARE else None


def _spots(whole: WholeMap, found: LocalMoran) -> Iterator[tuple[str, Spot]]:
    for area, known, pattern, q in zip(whole.areas, whole.known, found.pattern, found.q, strict=True):
        if known:
            yield area, Spot(Pattern(pattern), float(q))


def scan_of(whole: WholeMap) -> Scan | Refused:
    """The circles in which events gather most, or least; an area without a place on the outlines is in none.

    Areas differ for reasons of their own, and the scan, which asks whether all could have one rate, would find clusters
    nearly everywhere. So events and people of each area are weighed with 1 / (1 + n a / b), a and b as in the
    standardised rates: after that its events vary as much as Poisson numbers do.
    """
    distances = whole.distances()
    has_place = ~np.isnan(np.diag(distances))
    prior = marshall_prior(whole.events, whole.exposure)
    if isinstance(prior, Refused):
        return prior
    weight = np.where(has_place, 1 / (1 + whole.exposure * prior.variance / prior.mean), nan)
    events, people = whole.events * weight, whole.exposure * weight
    return spatial_scan(events, people, distances, max_share=_MOST_OF_A_CLUSTER, rates="both")


def _clusters(whole: WholeMap) -> Iterator[SpotCluster]:
    """The clearest circles of two areas and more."""
    found = scan_of(whole)
    if isinstance(found, Refused):
        return
    clear = [one for one in found.clusters if one.p < SIGNIFICANT_BELOW and len(one.areas) > 1]
    for one in clear[:_MOST_CLUSTERS]:
        areas = tuple(whole.areas[position] for position in one.areas)
        yield SpotCluster(areas, _ratio(whole, one.areas), one.p, one.is_high)


def _ratio(whole: WholeMap, inside: Ints) -> float:
    """The rate of some areas together over that of all others."""
    within = np.zeros(len(whole.rows), dtype=bool)
    within[inside] = True
    rates = [np.nansum(whole.events[part]) / np.nansum(whole.exposure[part]) for part in (within, ~within)]
    return float(rates[0] / rates[1]) if rates[1] else inf
