"""Rates and shares with their confidence limits, element by element.

Rules that hold for every function here:

* Scalars and arrays of any shape are taken and broadcast against each other; the answer is always an array of the
  broadcast shape, of shape () for scalars and empty for empty input.
* Missing in, missing out: NaN, None and masked elements give NaN, never 0. Zero is a value.
* A negative or infinite number raises ValueError naming its argument and position: it is a fault of the data that
  must not be drawn as a rate.
* Elements do not influence each other: one area gets the answer it gets among many, equal areas get equal answers.
* `confidence` is two-sided and lies between 0 and 1 (0.95, 0.998); another number raises ValueError.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammainccinv, gammaincinv

from riskmap.methods.arrays import Floats, above_zero, counts, part_and_whole, tail, unless_zero, z_value

# OHID, Fingertips technical guide: the approximation is used from this count, the exact limits below it.
BYAR_FROM: Final = 10
# Fewer events than this make a rate unreliable (relative standard error above 22 %), as CDC WISQARS marks it.
UNSTABLE_BELOW: Final = 20


class Limits(NamedTuple):
    """Lower and upper confidence limit, in the unit of the quantity they belong to."""

    lower: Floats
    upper: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Rate:
    """A rate or share and its confidence limits, three arrays of one shape and one unit: events per `multiplier`."""

    value: Floats
    lower: Floats
    upper: Floats


def crude_rate(
    events: ArrayLike, exposure: ArrayLike, *, multiplier: float = 100_000, confidence: float = 0.95
) -> Rate:
    """Events per `multiplier` units of exposure, with the limits of `poisson_limits`.

    value = events / exposure * multiplier; the limits of the count are divided in the same way, the exposure being
    taken as known. The exposure is person-years, already scaled to the length of the period.
    0 events: value and lower limit 0, upper limit 3.69 / exposure * multiplier at 95 %. Exposure 0 or missing: NaN.
    The intervals suppose that events are independent: repeated events of one child make them too narrow.

    Source: Breslow & Day 1987, Statistical Methods in Cancer Research II; OHID, Fingertips technical guide.

    Published answers for 1, 5 and 20 events in 100 (UKHSA, PHEindicatormethods 2.1.0, test data):

    >>> rate = crude_rate([1, 5, 20], 100)
    >>> rate.value
    array([ 1000.,  5000., 20000.])
    >>> rate.lower.round(2)
    array([   25.32,  1623.49, 12211.43])
    >>> rate.upper.round(2)
    array([ 5571.64, 11668.33, 30889.88])
    """
    count, time = counts("events", events), counts("exposure", exposure)
    limits = poisson_limits(count, confidence=confidence)
    return _rate(count, limits, per=unless_zero(time), multiplier=multiplier)


def share(numerator: ArrayLike, denominator: ArrayLike, *, multiplier: float = 100, confidence: float = 0.95) -> Rate:
    """The part of the denominator that is in the numerator, in percent by default, with Wilson limits.

    value = numerator / denominator * multiplier. 0 of n: value and lower limit 0, upper limit above 0; n of n: value
    and upper limit exactly `multiplier`. Denominator 0 or missing: NaN. A numerator above its denominator raises
    ValueError naming the position. The limits suppose independent units: missed lessons come in runs of one pupil, so
    for absence they are too narrow and should not be shown as if they held.

    Source: Wilson 1927; OHID, Fingertips technical guide.

    Published answer for 65 of 100 (UKHSA, PHEindicatormethods 2.1.0, test data):

    >>> part = share([65], [100])
    >>> part.value, part.lower.round(3), part.upper.round(3)
    (array([65.]), array([55.254]), array([73.636]))
    """
    part, whole = part_and_whole(numerator, denominator)
    limits = wilson_limits(part, whole, confidence=confidence)
    return _rate(part / unless_zero(whole), limits, per=np.ones(()), multiplier=multiplier)


def poisson_limits(events: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Limits of the expected count: exact below 10 events, Byar's approximation from 10.

    Both limits rise from one whole count to the next; between fractional counts just under 10 and 10 itself the change
    of formula lets the lower limit fall (by 0.008 at 95 %).

    Source: OHID, Fingertips technical guide.

    >>> poisson_limits([0, 5, 65]).upper.round(3)
    array([ 3.689, 11.668, 82.849])
    """
    count = counts("events", events)
    # The exact limits of large counts are slow to find and not used.
    exact = garwood_limits(np.minimum(count, BYAR_FROM), confidence=confidence)
    byar = byar_limits(count, confidence=confidence)
    few = count < BYAR_FROM
    return Limits(np.where(few, exact.lower, byar.lower), np.where(few, exact.upper, byar.upper))


def garwood_limits(events: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Exact limits of the expected count of a Poisson variable.

    With a = 1 - confidence: lower = chi2(a/2; 2x) / 2, upper = chi2(1 - a/2; 2x + 2) / 2. 0 events: lower 0, upper
    -ln(a/2), which is 3.69 at 95 %. For fractional counts the same formula is used; it interpolates smoothly.

    Source: Garwood 1936, Biometrika 28:437-442.

    Published answer for 137 events in 24.19893 units of time (R, help page of poisson.test, after Fay 2010):

    >>> limits = garwood_limits([137])
    >>> (limits.lower / 24.19893).round(6), (limits.upper / 24.19893).round(6)
    (array([4.753125]), array([6.692709]))
    """
    count, each_side = counts("events", events), tail(confidence)
    # The quantile of chi2 with 2x degrees of freedom is twice that of gamma with shape x. It does not exist at 0, and
    # below 1e-6 it is less than the smallest double.
    none = count < 1e-6
    lower = np.where(none, 0.0, gammaincinv(np.where(none, 1.0, count), each_side))
    return Limits(lower, np.asarray(gammainccinv(count + 1, each_side)))


def byar_limits(events: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Byar's approximate limits of the expected count, close to the exact ones from about 10 events.

    lower = x (1 - 1/(9x) - z/(3 sqrt(x)))^3 and, with y = x + 1, upper = y (1 - 1/(9y) + z/(3 sqrt(y)))^3. Where the
    lower bracket falls below 0 (1 event at 99.8 %) and at 0 events the lower limit is 0.

    Source: Breslow & Day 1987, Statistical Methods in Cancer Research II, p. 69.

    Published answer for 65 events (UKHSA, PHEindicatormethods 2.1.0, test data):

    >>> limits = byar_limits([65])
    >>> limits.lower.round(4), limits.upper.round(4)
    (array([50.1632]), array([82.8491]))
    """
    count, z = counts("events", events), z_value(confidence)
    # At 1/9 the bracket is already below 0; smaller counts, 0 above all, must not be divided by.
    x = np.maximum(count, 1 / 9)
    lower = count * np.maximum(1 - 1 / (9 * x) - z / (3 * np.sqrt(x)), 0) ** 3
    y = count + 1
    upper = y * (1 - 1 / (9 * y) + z / (3 * np.sqrt(y))) ** 3
    return Limits(np.asarray(lower), np.asarray(upper))


def wilson_limits(numerator: ArrayLike, denominator: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Limits of a proportion, between 0 and 1, by the score method; never Wald's, which fail near 0 and 1.

    The two roots in p of (x/n - p)^2 = z^2 p (1 - p) / n. 0 of n: lower exactly 0; n of n: upper exactly 1. Denominator
    0: NaN. Fractional numerators are allowed; a numerator above its denominator raises ValueError.

    Source: Wilson 1927, JASA 22:209-212.

    Published answer for 1045 of 5000 (UKHSA, PHEindicatormethods 2.1.0, test data):

    >>> limits = wilson_limits([1045], [5000])
    >>> limits.lower.round(6), limits.upper.round(6)
    (array([0.197955]), array([0.220491]))
    """
    part, whole = part_and_whole(numerator, denominator)
    whole, z = unless_zero(whole), z_value(confidence)
    proportion = part / whole
    larger = 2 * part + z**2 + z * np.sqrt(z**2 + 4 * part * (1 - proportion))
    # The lower root comes from the product of the roots: the textbook difference loses its digits for small shares.
    lower = 2 * part * proportion / larger
    # Rounding would put the upper root a hair off where nearly all of the denominator is in the numerator.
    upper = np.clip(larger / (2 * (whole + z**2)), proportion, 1)
    return Limits(np.asarray(lower), np.asarray(upper))


def _rate(value: Floats, limits: Limits, *, per: Floats, multiplier: float) -> Rate:
    above_zero("multiplier", multiplier)
    # One order of operations for all three, so that rounding cannot put the value outside its limits.
    return Rate(*(np.asarray(amount / per * multiplier) for amount in (value, limits.lower, limits.upper)))
