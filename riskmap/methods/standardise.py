"""Rates and ratios as if every area had one age structure.

The categories (age groups, sexes) lie on the last axis of every array that has them, the areas on the axes before it;
arrays are broadcast against each other and the answer has the shape of the areas. The other rules are those of
`riskmap.methods.rates`: missing in, missing out, zero is a value, negative and infinite numbers raise ValueError, and
no area influences another.

Missing is never taken for zero: where one category of an area is missing, the area has no answer. The R package
PHEindicatormethods, whose answers are met otherwise, reads missing events of a category as none.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmap.methods.arrays import Floats, above_zero, counts, refuse, unless_zero
from riskmap.methods.rates import Rate, crude_rate, poisson_limits

# OHID, Fingertips technical guide: with fewer events the weights of single categories rule the answer.
LEAST_EVENTS: Final = 10


def directly_standardised_rate(
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    event_variance: ArrayLike | None = None,
    multiplier: float = 100_000,
    confidence: float = 0.95,
) -> Rate:
    """Events per `multiplier` person-years as they were if the area had the standard population, with Dobson limits.

    With x, n and w the events, population and standard population of each category: value = sum(w x / n) / sum(w),
    variance V = sum(w^2 v / n^2) / sum(w)^2 with v = x, and with O = sum(x) and Byar's limits L, U of O:
    lower = value - sqrt(V / O) (O - L), upper = value + sqrt(V / O) (U - O), all times `multiplier`.

    Fewer than 10 events in an area: value and limits are NaN, as no rate may be shown (`too_few_events`). A category
    without events is a value of zero. A category of population 0 has no rate: NaN, unless its standard population is 0
    too. A category of standard population 0 takes no part, its events neither. One category: the crude rate with its
    limits; all rates equal: that rate. A lower limit that the weights carry below 0 is 0. The standard must be the same
    for all areas and periods that are compared. Where one person can have several events, pass `event_variance`, the v
    of `repeat_event_variance`; without it the limits are too narrow.

    Source: Dobson, Kuulasmaa, Eberle and Scherer 1991, Statistics in Medicine 10:457-462; OHID, Fingertips technical
    guide.

    Published answer (UKHSA, PHEindicatormethods, vignette on standardised rates, European Standard Population 2013):

    >>> deaths = [1, 1, 0, 0, 0, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 8, 8, 8, 8]
    >>> people = [30, 35, 35, 35, 40, 40, 45, 50, 50, 50, 60, 60, 70, 75, 70, 60, 20, 20, 15]
    >>> europe = [5, 5.5, 5.5, 5.5, 6, 6, 6.5, 7, 7, 7, 7, 6.5, 6, 5.5, 5, 4, 2.5, 1.5, 1]
    >>> rate = directly_standardised_rate([deaths], people, europe)
    >>> rate.value.round(3), rate.lower.round(3), rate.upper.round(2)
    (array([8283.016]), array([6570.819]), array([10289.65]))
    """
    above_zero("multiplier", multiplier)
    weight, count = _standard(standard), counts("events", events)
    variance = count if event_variance is None else counts("event_variance", event_variance)
    weight, count, variance, people = np.broadcast_arrays(
        weight, count, variance, unless_zero(counts("population", population))
    )
    takes_part = weight > 0
    share = weight / weight.sum(axis=-1, keepdims=True)
    value = _sum(share * count / people, takes_part)
    spread = _sum(share**2 * variance / people**2, takes_part)
    total = _sum(count, takes_part)
    total = np.where(total < LEAST_EVENTS, np.nan, total)
    limits = poisson_limits(total, confidence=confidence)
    scale = np.sqrt(spread / total)
    value = np.where(np.isnan(total), np.nan, value)
    lower = np.maximum(value - scale * (total - limits.lower), 0)
    upper = value + scale * (limits.upper - total)
    return Rate(*(np.asarray(amount * multiplier) for amount in (value, lower, upper)))


def repeat_event_variance(persons: ArrayLike, repeats: ArrayLike) -> Floats:
    """The variance of a number of events some of which befell the same person, for `event_variance`.

    v = sum(k^2 f), with f persons who had k events each, k along the last axis; their number of events is sum(k f).
    Persons are counted independently of each other, the events of one person are not. All k = 1: the number of events,
    as for independent ones. Nobody: 0. A missing f gives NaN.

    Source: OHID, Fingertips technical guide, on events that are not independent; the variance of a compound Poisson
    variable.

    By hand, 7 persons with one event, 2 with two and 1 with three: 7 + 8 + 9.

    >>> repeat_event_variance([7, 2, 1], [1, 2, 3])
    array(24.)
    """
    return np.asarray((counts("persons", persons) * counts("repeats", repeats) ** 2).sum(axis=-1))


def expected_events(population: ArrayLike, *, reference_events: ArrayLike, reference_population: ArrayLike) -> Floats:
    """The number of events an area would have with the rates of the reference population in each category.

    E = sum(n X / N), with n the population of the area and X, N events and population of the reference. A category in
    which the area has nobody adds 0. A category with somebody but without reference population gives NaN, and so does
    anything missing. No reference events: 0.

    >>> expected_events([100, 200], reference_events=[10, 40], reference_population=[1000, 1000])
    array(9.)
    """
    people = counts("population", population)
    rate = counts("reference_events", reference_events) / unless_zero(
        counts("reference_population", reference_population)
    )
    people, rate = np.broadcast_arrays(people, rate)
    return np.asarray(np.where(people == 0, 0.0, people * rate).sum(axis=-1))


def standardised_ratio(
    events: ArrayLike, expected: ArrayLike, *, multiplier: float = 1, confidence: float = 0.95
) -> Rate:
    """Observed over expected events (the standardised ratio, SMR), with the limits of `poisson_limits`.

    value = O / E * `multiplier`; the limits of O are divided by E, which is taken as known. There is no category axis:
    `events` and `expected` are totals of areas, E from `expected_events`. 0 events: value and lower limit 0, upper
    limit 3.69 / E. Nothing expected: NaN. Ratios of two areas must not be compared with each other, as each rests on
    its own age structure; only with 1.

    Source: Breslow and Day 1987, Statistical Methods in Cancer Research II; OHID, Fingertips technical guide.

    Published limits of 5 events, 1.62349 and 11.66833 (UKHSA, PHEindicatormethods 2.1.0, test data), over 4 expected:

    >>> ratio = standardised_ratio([5], 4)
    >>> ratio.value, (ratio.lower * 4).round(5), (ratio.upper * 4).round(5)
    (array([1.25]), array([1.62349]), array([11.66833]))
    """
    return crude_rate(
        counts("events", events), counts("expected", expected), multiplier=multiplier, confidence=confidence
    )


def indirectly_standardised_rate(
    events: ArrayLike,
    expected: ArrayLike,
    *,
    reference_rate: float,
    confidence: float = 0.95,
) -> Rate:
    """The standardised ratio times the crude rate of the reference, in the unit of `reference_rate`.

    0 events, missing and nothing expected as in `standardised_ratio`. The reference itself gets its own crude rate.

    Source: OHID, Fingertips technical guide.

    >>> indirectly_standardised_rate(12, 8, reference_rate=40).value
    array(60.)
    """
    return standardised_ratio(
        events, expected, multiplier=above_zero("reference_rate", reference_rate), confidence=confidence
    )


def _standard(standard: ArrayLike) -> Floats:
    weight = counts("standard", standard)
    refuse("standard must be known in every category", weight, np.isnan(weight))
    if weight.ndim == 0 or not (weight.sum(axis=-1) > 0).all():
        raise ValueError("standard must have a category axis and a sum above 0")
    return weight


def _sum(values: Floats, takes_part: NDArray[np.bool_]) -> Floats:
    return np.asarray(np.where(takes_part, values, 0.0).sum(axis=-1))
