"""How unequally a burden lies on a population: Lorenz and Gini, concentration index, slope index of inequality.

Arrays are one-dimensional, one entry for each area or group. A whole map is judged, so every function is `Refused`
under 90 % of areas with values, and where there is no burden to be shared out (too_few_events). Areas without
population take no part. Zero is a value. Negative and infinite numbers raise ValueError. The order of areas and the
units of burden and population do not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from riskmap.methods.arrays import Floats, counts, finite, z_value
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.refusals import Reason, Refused

SIMULATIONS: Final = 1_999
SEED: Final = 1991
_AT_ONCE: Final = 1_000_000  # numbers of a simulation held in memory together


@dataclass(frozen=True, eq=False, slots=True)
class Lorenz:
    """Cumulative shares of population and burden, 0 to 1, from the areas of lowest rate on; both begin with 0."""

    population: Floats
    burden: Floats


@dataclass(frozen=True, eq=False, slots=True)
class LorenzByChance:
    """Shares of population, 0 to 1, and where the middle 95 % of curves made by chance run there."""

    population: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class GiniByChance:
    """The Gini coefficient seen beside the one that chance alone gives: its mean, its middle 95 %, and p."""

    observed: float
    expected: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True, slots=True)
class SlopeIndex:
    """The difference of the fitted line between the ends of the ranking, with limits, and their ratio."""

    slope: float
    lower: float
    upper: float
    relative: float


def lorenz_curve(burden: ArrayLike, population: ArrayLike) -> Lorenz | Refused:
    """The share of the burden that lies on each share of the population, areas ordered by their rate.

    Equal rates may stand in any order: the curve is the same line. One area, or all rates equal: the diagonal.

    Source: Lorenz 1905, Publications of the American Statistical Association 9:209-219.

    >>> curve = lorenz_curve([30, 10], [100, 100])
    >>> curve.population, curve.burden
    (array([0. , 0.5, 1. ]), array([0.  , 0.25, 1.  ]))
    """
    areas = _areas(burden, population)
    if isinstance(areas, Refused):
        return areas
    return Lorenz(*(np.append(0.0, shares.ravel()) for shares in _cumulative(areas[0][None, :], areas[1])))


def gini(burden: ArrayLike, population: ArrayLike | None = None) -> float | Refused:
    """The Gini coefficient of the burden over the population: 0 where all rates are equal, near 1 where one has all.

    1 - sum((P_i - P_(i-1)) (L_i + L_(i-1))) over the steps of `lorenz_curve`: twice the area from curve to diagonal.
    Without `population` every entry weighs the same. There is no correction for small numbers (n / (n - 1)): with n
    equal areas the largest value is 1 - 1 / n. One area: 0. Rare events give a large value by chance alone: show
    `gini_by_chance` beside it.

    Source: Gini 1914; weighted as in Wagstaff, Paci and van Doorslaer 1991, Social Science and Medicine 33:545-557.

    Published answer (R, package ineq, help page):

    >>> round(gini([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 7)
    0.4620911
    """
    areas = _areas(burden, np.ones_like(counts("burden", burden)) if population is None else population)
    if isinstance(areas, Refused):
        return areas
    return float(_ginis(areas[0][None, :], areas[1])[0])


def gini_by_chance(
    events: ArrayLike, population: ArrayLike, *, simulations: int = SIMULATIONS, seed: int = SEED
) -> GiniByChance | Refused:
    """The Gini coefficient of numbers of events beside what it would be if every area had one rate.

    The events seen, rounded to a whole number in all, are dealt out anew in proportion to population (independent
    Poisson numbers given their sum are multinomial), `simulations` times with the `seed`: the same areas give the same
    answer in any order. p = (1 + k) / (1 + simulations), k simulations at or above
    what was seen. Persons struck twice make events go together: p is then too small. One area: 0, p 1.

    Source: the multinomial test of Potthoff and Whittinghill 1966, Biometrika 53:183-190, with the Gini coefficient.

    Ten events in a hundred equal areas leave at least ninety of them empty: unequal, and by chance alone.

    >>> found = gini_by_chance([1] * 10 + [0] * 90, [100] * 100)
    >>> round(found.observed, 2), round(found.expected, 2)
    (0.9, 0.91)
    """
    if simulations < 1:
        raise ValueError(f"at least 1 simulation is needed, found {simulations}")
    areas = _areas(events, population)
    if isinstance(areas, Refused):
        return areas
    seen, people, _ = areas
    observed = float(_ginis(seen[None, :], people)[0])
    people = np.sort(people)  # the same numbers are drawn in whatever order the areas come
    dealt = np.concatenate([_ginis(part, people) for part in _dealt(seen, people, simulations, seed)])
    lower, upper = np.quantile(dealt, (0.025, 0.975))
    # Rounding must not tell equal tables apart.
    reached = int((dealt >= observed - 1e-12).sum())
    return GiniByChance(observed, float(dealt.mean()), float(lower), float(upper), (1 + reached) / (1 + simulations))


def lorenz_by_chance(
    events: ArrayLike, population: ArrayLike, *, simulations: int = SIMULATIONS, seed: int = SEED, steps: int = 50
) -> LorenzByChance | Refused:
    """Between which curves the Lorenz curve of numbers of events runs where every area has one rate.

    Events are dealt out as in `gini_by_chance`; at each of `steps` + 1 even shares of the population the 2.5 and 97.5 %
    quantiles of the curves are told, point by point. One area: the diagonal twice.

    By hand, one event in two equal areas falls into either, so that the lower half always has none.

    >>> lorenz_by_chance([1, 0], [100, 100], steps=2).upper
    array([0., 0., 1.])
    """
    if simulations < 1 or steps < 1:
        raise ValueError(f"at least 1 simulation and 1 step are needed, found {simulations} and {steps}")
    areas = _areas(events, population)
    if isinstance(areas, Refused):
        return areas
    seen, people, _ = areas
    people = np.sort(people)
    at = np.linspace(0, 1, steps + 1)
    curves = []
    for dealt in _dealt(seen, people, simulations, seed):
        shares = (np.pad(part, ((0, 0), (1, 0))) for part in _cumulative(dealt, people))
        curves += [np.interp(at, own, load) for own, load in zip(*shares, strict=True)]
    lower, upper = np.quantile(np.array(curves), (0.025, 0.975), axis=0)
    return LorenzByChance(at, lower, upper)


def concentration_index(burden: ArrayLike, population: ArrayLike, *, rank: ArrayLike | None = None) -> float | Refused:
    """How the burden lies along a ranking of areas: below 0 where the first carry more of it, above 0 the last.

    C = 2 sum(w h R) / mu - 1, with w the shares of population, h = burden / population, mu its mean and R the middle of
    each area's range in the cumulative population. `rank` is what areas are ranked by, from the worst off up; without
    it they are in order. Areas of equal rank share one middle. One area, all of equal rank or all of equal rate: 0.
    Ranked by the rate itself it is the Gini coefficient.

    Source: Wagstaff, Paci and van Doorslaer 1991; Kakwani, Wagstaff and van Doorslaer 1997, Journal of Econometrics
    77:87-103.

    Published answer (O'Donnell et al. 2008, World Bank, Analyzing Health Equity, table 8.1: births and deaths under
    five per 1,000 in India by wealth):

    >>> births = np.array([29939, 28776, 26528, 24689, 19739])
    >>> deaths = births * [154.7, 152.9, 119.5, 86.9, 54.3] / 1000
    >>> round(concentration_index(deaths, births), 4)
    -0.1694
    """
    areas = _areas(burden, population, rank)
    if isinstance(areas, Refused):
        return areas
    load, people, order = areas
    middle, share = _middles(people, order)
    rate = load / people
    mean = float((share * rate).sum())
    return float(2 * (share * rate * middle).sum() / mean - 1)


def slope_index(
    values: ArrayLike,
    population: ArrayLike,
    *,
    rank: ArrayLike | None = None,
    standard_errors: ArrayLike | None = None,
    confidence: float = 0.95,
) -> SlopeIndex | Refused:
    """The slope index of inequality: how much a rate changes from the worst to the best off end of the population.

    The slope of the line fitted to `values` over R, the middle of each group's range in the cumulative population (0 to
    1), weighted by population; in the unit of the values. `rank` as in `concentration_index`. `relative` is the fitted
    value at the last end over that at the first (relative index; NaN where the first is not above 0). With
    `standard_errors` of the values, (upper - lower) / 3.92 of 95 % limits, the limits are slope -+ z sqrt(sum(c^2
    se^2)), c the weight of each value in the slope: what OHID finds by simulation, in closed form. Without them NaN.
    All values equal: 0. Fewer than two different ranks: too_short. Values may be negative.

    Source: Pamuk 1985, Population Studies 39:17-31; Low and Low 2004, Journal of Public Health 26:388-395; OHID,
    Fingertips technical guide.

    By hand: middles 0.25 and 0.75, so the line falls by 4 over half the population.

    >>> index = slope_index([10, 6], [100, 100])
    >>> index.slope, round(index.relative, 4)
    (-8.0, 0.3333)
    """
    value, people = np.broadcast_arrays(finite("values", values), counts("population", population))
    error = np.full(value.shape, np.nan) if standard_errors is None else counts("standard_errors", standard_errors)
    if value.ndim != 1:
        raise ValueError(f"areas must lie on one axis, found {value.ndim}")
    order = _order(rank, value.size)
    known = ~np.isnan(value + people + order)
    if refused := too_few_areas(known):
        return refused
    used = known & (people > 0)
    value, error = value[used], np.broadcast_to(error, people.shape)[used]
    if np.unique(order[used]).size < 2:
        return Refused(Reason.TOO_SHORT)
    middle, share = _middles(people[used], order[used])
    away = middle - 0.5  # the mean of the middles, weighted
    pull = share * away / (share * away**2).sum()
    mean, slope = float((share * value).sum()), float((pull * (value - value.mean())).sum())
    reach = z_value(confidence) * float(np.sqrt((pull**2 * error**2).sum()))
    first = mean - slope / 2
    relative = (first + slope) / first if first > 0 else np.nan
    return SlopeIndex(slope, slope - reach, slope + reach, relative)


def _areas(
    burden: ArrayLike, population: ArrayLike, rank: ArrayLike | None = None
) -> tuple[Floats, Floats, Floats] | Refused:
    """Burden, population and rank of the areas that take part."""
    load, people = np.broadcast_arrays(counts("burden", burden), counts("population", population))
    if load.ndim != 1:
        raise ValueError(f"areas must lie on one axis, found {load.ndim}")
    order = _order(rank, load.size)
    known = ~np.isnan(load + people + order)
    if refused := too_few_areas(known):
        return refused
    used = known & (people > 0)
    if not load[used].sum():
        return Refused(Reason.TOO_FEW_EVENTS)
    return load[used], people[used], order[used]


def _cumulative(burdens: Floats, population: Floats) -> tuple[Floats, Floats]:
    """Cumulative shares of population and burden by rising rate, for each row of burdens."""
    order = np.argsort(burdens / population, axis=1)
    people = np.cumsum(population[order], axis=1)
    load = np.cumsum(np.take_along_axis(burdens, order, axis=1), axis=1)
    return people / people[:, -1:], load / load[:, -1:]


def _ginis(burdens: Floats, population: Floats) -> Floats:
    people, load = (np.pad(shares, ((0, 0), (1, 0))) for shares in _cumulative(burdens, population))
    areas = (np.diff(people, axis=1) * (load[:, 1:] + load[:, :-1])).sum(axis=1)
    # All rates equal give a hair below 0 in doubles.
    return np.asarray(np.maximum(1 - areas, 0))


def _dealt(seen: Floats, people: Floats, simulations: int, seed: int) -> Iterator[Floats]:
    """The events seen, in all, dealt out anew in proportion to population, so many times, some at once."""
    total = max(round(float(seen.sum())), 1)
    random, share = np.random.default_rng(seed), people / people.sum()
    rows = max(_AT_ONCE // people.size, 1)
    for done in range(0, simulations, rows):
        yield random.multinomial(total, share, size=min(rows, simulations - done)).astype(float)


def _order(rank: ArrayLike | None, size: int) -> Floats:
    order = np.arange(float(size)) if rank is None else finite("rank", rank)
    if order.shape != (size,):
        raise ValueError(f"rank must be given for each of {size} areas, found shape {order.shape}")
    return order


def _middles(people: Floats, order: Floats) -> tuple[Floats, Floats]:
    """The middle of each area's range in the cumulative population by order, and its share; equals share a middle."""
    _, group = np.unique(order, return_inverse=True)
    share = people / people.sum()
    of_group = np.bincount(group, weights=share)
    return (np.cumsum(of_group) - of_group / 2)[group], share
