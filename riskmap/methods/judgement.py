"""An area beside what it is compared with: higher, lower, or no different beyond chance.

The two sides must not share an event: the country without the area, the region without it, its own past. `rest_of`
gives what is left of a whole. Arrays of any shape are broadcast; a missing number on either side gives no judgement.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln
from scipy.stats import binom, hypergeom

from riskmap.methods.arrays import Floats, counts, part_and_whole, refuse

LEVELS: Final = (0.95, 0.998)  # the two at which a difference is told, as the limits of a funnel


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Rate over rate, the two-sided p, and how far apart the sides are, arrays of one shape.

    `step` is 0 where chance explains the difference; 1 or 2 above, and -1 or -2 below, where it does not at 95 % or at
    99.8 %; NaN where nothing can be said. `is_telling` is False where even an area without any event would have step 0,
    of shares also where one in which all have it would: a step of 0 says nothing there.
    """

    ratio: Floats
    p: Floats
    step: Floats
    is_telling: NDArray[np.bool_]


def compare_rates(
    events: ArrayLike, exposure: ArrayLike, *, others: ArrayLike, others_exposure: ArrayLike
) -> Comparison:
    """Rates of areas against those of others, by the exact test of two Poisson counts.

    Given the sum n of both counts, the first is binomial with n and t / (t + t'), the share of the exposure, if the
    rates are equal. p = 2 min(P(X <= x), P(X >= x)), at most 1: the test to which the exact limits of a rate belong.
    No event on either side: p 1, ratio NaN. None among the others only: ratio infinite. Exposure 0 or missing on
    either side: NaN. Events that come in clusters make p too small. Counts are whole.

    Source: Przyborowski and Wilenski 1940, Biometrika 31:313-323.

    By hand, none against six in the same time: 2 / 2^6.

    >>> found = compare_rates([0, 0], 1000, others=[5, 6], others_exposure=1000)
    >>> found.p, found.step
    (array([0.0625 , 0.03125]), array([ 0., -1.]))
    """
    mine, rest = _whole("events", events), _whole("others", others)
    time, rest_time = _above_zero(counts("exposure", exposure)), _above_zero(counts("others_exposure", others_exposure))
    mine, rest, time, rest_time = np.broadcast_arrays(mine, rest, time, rest_time)
    both, part = mine + rest, time / (time + rest_time)
    p = _two_sided(binom.cdf(mine, both, part), binom.sf(mine - 1, both, part))
    # None here: all events are among the others, each with the probability of their share of the exposure.
    return _comparison(mine / time, rest / rest_time, p, none=(1 - part) ** rest)


def compare_shares(part: ArrayLike, whole: ArrayLike, *, others: ArrayLike, others_whole: ArrayLike) -> Comparison:
    """Shares of areas against those of others, by Fisher's exact test.

    Given both sums the part is hypergeometric if the shares are equal; p = 2 min(P(X <= x), P(X >= x)), at most 1.
    None or all on both sides: p 1. A whole of 0 or missing: NaN. A part above its whole raises ValueError.

    Source: Fisher 1935, The Design of Experiments; the central p-value as in Fay 2010, R Journal 2(1):53-58.

    Fisher's lady, three of four cups told rightly: one-sided 17/70.

    >>> compare_shares([3], [4], others=[1], others_whole=[4]).p.round(6), round(2 * 17 / 70, 6)
    (array([0.485714]), 0.485714)
    """
    mine, size = part_and_whole(_whole("part", part), _whole("whole", whole))
    rest, rest_size = part_and_whole(_whole("others", others), _whole("others_whole", others_whole))
    mine, size, rest, rest_size = np.broadcast_arrays(mine, _above_zero(size), rest, _above_zero(rest_size))
    p = _smaller_tail_of_shares(mine, size, rest, rest_size)
    none = np.maximum(_chance_of_none(size, rest, rest_size), _chance_of_none(size, rest_size - rest, rest_size))
    return _comparison(mine / size, rest / rest_size, p, none=none)


def rest_of(whole: ArrayLike, part: ArrayLike) -> Floats:
    """What is left of a whole without a part of it; a part above its whole raises ValueError; missing stays missing.

    >>> rest_of([100, 100], [20, float("nan")])
    array([80., nan])
    """
    part, whole = part_and_whole(part, whole)
    return np.asarray(whole - part)


def _whole(name: str, values: ArrayLike) -> Floats:
    numbers = counts(name, values)
    refuse(f"{name} must be whole", numbers, ~np.isnan(numbers) & (numbers % 1 != 0))
    return numbers


def _above_zero(numbers: Floats) -> Floats:
    return np.where(numbers == 0, np.nan, numbers)


def _two_sided(at_most: NDArray[np.float64], at_least: NDArray[np.float64]) -> Floats:
    return np.asarray(np.minimum(1.0, 2 * np.minimum(at_most, at_least)))


def _smaller_tail_of_shares(mine: Floats, size: Floats, rest: Floats, rest_size: Floats) -> Floats:
    """2 min(P(X <= x), P(X >= x)), at most 1, by the one tail that can be under a half.

    The median lies within one of the mean, so this is the lower tail up to the mean and the upper one above it; the
    upper tail is the lower one of the units that are not in the part. Each tail takes long where the sides are small.
    """
    all_units, all_parts = size + rest_size, mine + rest
    is_high = mine * all_units > all_parts * size
    drawn = np.where(is_high, size - mine, mine), all_units, np.where(is_high, all_units - all_parts, all_parts), size
    return np.asarray(np.minimum(1.0, 2 * hypergeom.cdf(*drawn)))


def _chance_of_none(size: Floats, rest: Floats, rest_size: Floats) -> Floats:
    """C(rest_size, rest) / C(size + rest_size, rest): that all of some drawn units lie among the others."""
    log = gammaln(rest_size + 1) + gammaln(size + rest_size - rest + 1)
    return np.asarray(np.exp(log - gammaln(rest_size - rest + 1) - gammaln(size + rest_size + 1)))


def _comparison(mine: Floats, rest: Floats, p: Floats, *, none: Floats) -> Comparison:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(mine / rest)
    p = np.where(np.isnan(mine) | np.isnan(rest), np.nan, p)
    steps = sum((p < 1 - level).astype(float) for level in LEVELS)
    step = np.where(np.isnan(p), np.nan, np.sign(mine - rest) * steps)
    is_telling = 2 * none < 1 - LEVELS[0]
    return Comparison(ratio, p, step + 0.0, is_telling)
