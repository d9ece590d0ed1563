"""Whether like values lie beside each other over the whole map: Moran's I, and Moran's I of rates.

Rules that hold for every function here:

* One value per area, in the order in which the neighbours are numbered; the order itself makes no difference.
* Missing values (NaN, None, masked) never count as 0 or as the mean: their areas are left out, neighbours are those
  among the others, and rows that summed to 1 do so again. With values in under 90 % of the areas the answer is
  Refused(TOO_FEW_AREAS). Zero is a value. Infinite values raise ValueError.
* The weights are taken as they come: row-standardised (style W) or binary (style B) is the caller's choice.
* An area without neighbours is part of n and of the mean, as in esda; `adjust_n` takes it out of n in the way of spdep.
* All values equal, one area, or no two neighbours: I and all that follows from it are NaN.
"""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final, Literal, cast

import numpy as np
from numpy.typing import ArrayLike

from riskmap.methods.arrays import Floats, counts, finite, refuse
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.neighbours import Neighbours, among
from riskmap.methods.refusals import Refused

Alternative = Literal["greater", "less", "two-sided"]
Side = Alternative | Literal["folded"]

PERMUTATIONS: Final = 9_999
SEED: Final = 20_230_601
_NUMBERS_AT_ONCE: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Moments:
    """Variance of I without any pattern, its z and the p-value of the normal approximation."""

    variance: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I of a map, with what it would be without any pattern."""

    i: float
    expected: float
    areas: int  # with values
    islands: int
    normality: Moments  # the values are drawn from one normal distribution
    randomisation: Moments  # the values are given, each order of them is as likely
    p_permutation: float  # NaN where no permutations were asked for
    permutations: int


def morans_i(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    alternative: Alternative = "greater",
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    adjust_n: bool = False,
) -> Moran | Refused:
    """Moran's I with its moments under normality and randomisation, and the p-value of random permutations.

    With z the values less their mean and S0 the sum of all weights, I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2, a
    pure number; E(I) = -1 / (n - 1). The variances are those of Cliff & Ord 1981; that under randomisation needs four
    areas. The permutation p is (b + 1) / (permutations + 1), b counting the permutations at least as extreme, equal
    ones included; two-sided is twice the smaller side, at most 1. The same seed gives the same p for the same order of
    areas; for another order p agrees within the error of the draw.

    With `adjust_n` areas without neighbours are not counted in n (as in spdep), though they stay in the mean; without
    it (as in esda) the moments are those of all areas, which is exact. Not for rates of unequal populations: their
    variance differs from area to area, see `morans_i_of_rates`.

    Source: Moran 1950; Cliff & Ord 1981, Spatial Processes.

    Published answer for crime in the 49 neighbourhoods of Columbus (Anselin 1988): I = 0.485771, in tests/methods. By
    hand, a path of four areas:

    >>> from riskmap.methods.neighbours import contiguity
    >>> path = contiguity([(0, 1), (1, 2), (2, 3)], areas=4)
    >>> found = morans_i([1, 2, 3, 4], path, permutations=0)
    >>> round(found.i, 6), round(found.expected, 6)
    (0.333333, -0.333333)
    """
    x = finite("values", values)
    return _of_known(x, neighbours, (alternative, permutations, seed, adjust_n))


def morans_i_of_rates(
    events: ArrayLike,
    population: ArrayLike,
    neighbours: Neighbours,
    *,
    alternative: Alternative = "greater",
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Moran | Refused:
    """Moran's I of rates whose populations differ, by the empirical Bayes index: `morans_i` of `eb_standardised`.

    Only the permutation p may be shown: the moments hold for values of one variance, which these have approximately.
    Missing events or population, or population 0: the area has no value. No events at all: NaN.

    Source: Assuncao & Reis 1999, Statistics in Medicine 18:2147-2162.
    """
    return _of_known(eb_standardised(events, population), neighbours, (alternative, permutations, seed, False))


def eb_standardised(events: ArrayLike, population: ArrayLike) -> Floats:
    """The rate of each area less that of all, in standard deviations that fit its population; a pure number.

    With r_i = events_i / population_i, b = sum(events) / sum(population), s2 = sum(population_i (r_i - b)^2) /
    sum(population) and a = s2 - b / mean(population): z_i = (r_i - b) / sqrt(a + b / population_i). Where a is negative
    and the sum under the root is not above 0, it is b / population_i alone. 0 events: below 0, as the rate is below b.
    Missing, or population 0: NaN, and no part in b and s2. All events 0: NaN. One area: 0. Equal rates: all 0.

    Source: Assuncao & Reis 1999, Statistics in Medicine 18:2147-2162.

    >>> eb_standardised([2, 4, 12], [100, 100, 100]).round(4)
    array([-0.9258, -0.4629,  1.3887])
    """
    cases, people = np.broadcast_arrays(counts("events", events), counts("population", population))
    if cases.ndim != 1:
        raise ValueError("one number per area is needed")
    refuse("events need a population", cases, (cases > 0) & (people == 0))
    known = ~np.isnan(cases) & (people > 0)
    z = np.full(cases.shape, np.nan)
    if not known.any() or not cases[known].any():
        return z
    n, e = people[known], cases[known]
    b = e.sum() / n.sum()
    a = (n * (e / n - b) ** 2).sum() / n.sum() - b / n.mean()
    variance = a + b / n
    z[known] = (e / n - b) / np.sqrt(np.where(variance > 0, variance, b / n))
    return z


def centred(values: Floats) -> Floats:
    """The values less their mean, in units of their range: squares of very small or large ones stay numbers."""
    span = np.ptp(values)
    return np.asarray((values - values.mean()) / span if span > 0 else np.zeros(values.shape))


_Options = tuple[Alternative, int, int, bool]


def _of_known(x: Floats, neighbours: Neighbours, options: _Options) -> Moran | Refused:
    if x.shape != (neighbours.size,):
        raise ValueError(f"{neighbours.size} areas need as many values, found an array of shape {x.shape}")
    known = ~np.isnan(x)
    refusal = too_few_areas(known)
    return refusal or _moran(x[known], among(neighbours, known), options)


def _moran(x: Floats, near: Neighbours, options: _Options) -> Moran:
    alternative, permutations, seed, adjust_n = options
    islands = int(near.islands.sum())
    n = len(x) - islands if adjust_n else len(x)
    z = centred(x)
    total, squares = near.weights.sum(), (z**2).sum()
    if n < 2 or not total or not z.any():
        nothing = Moments(np.nan, np.nan, np.nan)
        return Moran(np.nan, np.nan, len(x), islands, nothing, nothing, np.nan, 0)
    scale = n / total / squares
    i = float(scale * z @ (near.matrix() @ z))
    expected = -1 / (n - 1)
    normality, randomisation = _variances(near, n=n, kurtosis=len(z) * (z**4).sum() / squares**2)
    p = _permutation_p(z, near, scale, options) if permutations else np.nan
    return Moran(
        *(i, expected, len(x), islands),
        normality=_moments(i - expected, normality, alternative),
        randomisation=_moments(i - expected, randomisation, alternative),
        p_permutation=p,
        permutations=permutations,
    )


def _variances(near: Neighbours, *, n: int, kurtosis: float) -> tuple[float, float]:
    """The variance of I under normality and under randomisation."""
    w = near.matrix()
    s0 = w.sum()
    s1 = ((w + w.T).power(2)).sum() / 2
    s2 = ((np.asarray(w.sum(axis=0)) + np.asarray(w.sum(axis=1))) ** 2).sum()
    normality = (n**2 * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n**2 - 1)) - 1 / (n - 1) ** 2
    if n < 4:
        return float(normality), np.nan
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomisation = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - 1 / (n - 1) ** 2
    return float(normality), float(randomisation)


def _moments(distance: float, variance: float, alternative: Alternative) -> Moments:
    if not variance > 0:
        return Moments(variance, np.nan, np.nan)
    z = distance / sqrt(variance)
    upper, lower = erfc(z / sqrt(2)) / 2, erfc(-z / sqrt(2)) / 2
    return Moments(variance, z, {"greater": upper, "less": lower, "two-sided": 2 * min(upper, lower)}[alternative])


def _permutation_p(z: Floats, near: Neighbours, scale: float, options: _Options) -> float:
    alternative, permutations, seed, _ = options
    random = np.random.default_rng(seed)
    matrix = near.matrix()
    found = scale * z @ (matrix @ z)
    drawn = []
    for begin in range(0, permutations, rows := max(1, _NUMBERS_AT_ONCE // len(z))):
        orders = random.permuted(np.tile(z, (min(rows, permutations - begin), 1)), axis=1)
        drawn.append(scale * np.einsum("rn,nr->r", orders, matrix @ orders.T))
    excess = np.concatenate(drawn) - found
    # Sums of the same values in another order differ in their last digits; they are ties all the same.
    at_least, at_most = (excess >= -1e-12).sum(), (excess <= 1e-12).sum()
    return float(p_of_counts(at_least, at_most, permutations, alternative))


def p_of_counts(at_least: ArrayLike, at_most: ArrayLike, draws: int, side: Side) -> Floats:
    """(b + 1) / (draws + 1) for the side asked for; two-sided twice the smaller side, at most 1; folded that side."""
    upper, lower = ((np.asarray(count) + 1) / (draws + 1) for count in (at_least, at_most))
    smaller = np.minimum(upper, lower)
    sides = {"greater": upper, "less": lower, "folded": smaller, "two-sided": np.minimum(2 * smaller, 1)}
    return cast(Floats, sides[side])
