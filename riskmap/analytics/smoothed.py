"""Smoothed rates of a map: for the map and the table beside it, never for a file."""

from collections.abc import Iterator
from math import nan

import numpy as np

from riskmap.analytics.classify import fills
from riskmap.analytics.views import MapView
from riskmap.analytics.whole_map import WholeMap, whole_map
from riskmap.analytics.whole_map_views import SmoothedRate, SmoothedView
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.methods.rates import Rate
from riskmap.methods.refusals import Refused
from riskmap.methods.smoothing import Prior, exceedance_probability, gamma_poisson, marshall_prior


def smoothed_of(view: MapView) -> SmoothedView:
    """The rate of each area drawn to that of all areas of the map, the more so the fewer its people; or why not.

    Global empirical Bayes with its gamma-Poisson interval, and the probability of lying above the rate of the country
    or, where that is not published in full, of all areas of the map. An area without a published rate gets none; a
    class has the limits that it has for published rates. Where areas differ by no more than chance their one rate has
    no interval and no probability: the model leaves a single value, whose side of the reference is no finding.
    """
    whole = whole_map(view)
    counts = (view.request, int(whole.known.sum()), len(whole.rows))
    prior = None if whole.refused else marshall_prior(whole.events, whole.exposure)
    if prior is None or isinstance(prior, Refused):
        return SmoothedView(*counts, whole.refused, {}, nan, nan, is_country=False, is_all_chance=False)
    mean, country = prior.mean * view.indicator.multiplier, _country(view)
    is_country = not np.isnan(country)
    reference = country if is_country else mean
    return SmoothedView(
        *counts,
        None,
        rates=dict(_rates(view, whole, prior, reference)),
        mean=mean,
        reference=reference,
        is_country=is_country,
        is_all_chance=not prior.variance,
    )


def _country(view: MapView) -> float:
    """The published rate of the country; one that lacks parts is none."""
    row = view.row(COUNTRY)
    return nan if row is None or row.status is not CellStatus.VALUE or row.lacks_parts else row.value


def _rates(view: MapView, whole: WholeMap, prior: Prior, reference: float) -> Iterator[tuple[str, SmoothedRate]]:
    item = view.indicator
    rate = gamma_poisson(whole.events, whole.exposure, prior=prior, multiplier=item.multiplier)
    if prior.variance:
        above = exceedance_probability(whole.events, whole.exposure, prior=prior, reference=reference / item.multiplier)
    else:
        above = np.full(len(whole.rows), nan)
        rate = Rate(rate.value, above, above)
    # Coloured by the estimate alone: no events, and a smoothed rate above 0.
    states = [CellStatus.VALUE] * len(whole.rows)
    fill = fills(states, rate.value, rate.value.tolist(), breaks=view.breaks, decimals=item.decimals)
    for place in np.flatnonzero(whole.known):
        yield (
            whole.areas[place],
            SmoothedRate(
                value=float(rate.value[place]),
                lower=float(rate.lower[place]),
                upper=float(rate.upper[place]),
                chance_above=float(above[place]),
                fill=fill[place],
            ),
        )
