"""Where cases gather more, or less, than expected, in a circle of areas, for the whole time or for the latest periods.

Rules that hold for every function here:

* Cases and expected cases come in the same shape, one row per area; what is expected is the caller's, adjusted for
  season, age or a slow trend, and only its proportions count: it is scaled to the number of cases.
* Missing cases or expected cases never count as 0: their areas are left out, and with values in under 90 % of the areas
  the answer is Refused(TOO_FEW_AREAS). No case at all is Refused(TOO_FEW_EVENTS). Zero is a value; negative or infinite
  numbers, and cases where none can be expected, raise ValueError.
* Circles are centred on each area in turn and grow by the next area; areas at the same distance enter together. A
  circle may hold up to `max_share` of the population (without one: of the expected cases).
* The p-value is (b + 1) / (replications + 1), b being the number of maps, made with the same number of cases spread by
  chance as expected, whose highest ratio is at least that of the cluster. It allows for all circles that were tried.
* Cases may be fractional (a case shared between areas). Chance then spreads as many whole cases as there are, rounded,
  at least one, and each weighs total / whole: the total is kept, the grain of single cases too.
* The same seed gives the same p; for another order of the areas it agrees within the error of the draw.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from riskmap.methods.arrays import Floats, counts, finite, refuse
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.neighbours import Ints
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.scan_windows import Circles, circles, highest_by_chance

Rates = Literal["high", "low", "both"]

REPLICATIONS: Final = 999
SEED: Final = 19_970_618
MOST_CLUSTERS: Final = 10
_EARTH_KM: Final = 6371.0088


@dataclass(frozen=True, eq=False, slots=True)
class Cluster:
    """A circle of areas, over the whole time or the latest `periods`."""

    centre: int
    areas: Ints  # positions, the nearest to the centre first
    periods: int
    cases: float
    expected: float
    relative_risk: float  # rate inside over rate outside; infinite where there is no case outside
    log_likelihood_ratio: float
    p: float
    is_high: bool


@dataclass(frozen=True, eq=False, slots=True)
class Scan:
    """The most likely cluster and those that share no area with a more likely one, the most likely first."""

    clusters: tuple[Cluster, ...]
    highest_by_chance: Floats  # the highest ratio of each replication
    windows: int


def log_likelihood_ratio(cases: ArrayLike, expected: ArrayLike, *, total: ArrayLike, rates: Rates = "high") -> Floats:
    """Kulldorff's Poisson log-likelihood ratio of a window, of `total` cases, as many being expected altogether.

    c ln(c / E) + (C - c) ln((C - c) / (C - E)) where c > E, else 0; with "low" where c < E; with "both" on both sides.
    0 ln 0 is 0. Missing: NaN. E = 0 with cases, or E = C with cases outside: infinite. More cases inside than in all,
    or more expected, raise ValueError.

    Source: Kulldorff 1997, Communications in Statistics 26:1481-1496.

    >>> log_likelihood_ratio([30, 10], 15.2, total=400).round(6)
    array([5.885395, 0.      ])
    """
    c, e, whole = np.broadcast_arrays(counts("cases", cases), counts("expected", expected), counts("total", total))
    refuse("cases must not exceed total", c, c > whole * (1 + 1e-9))
    refuse("expected must not exceed total", e, e > whole * (1 + 1e-9))
    outside, rest = np.maximum(whole - c, 0), np.maximum(whole - e, 0)
    with np.errstate(divide="ignore"):
        inside_part = xlogy(c, np.divide(c, e, out=np.ones(c.shape), where=c > 0))
        outside_part = xlogy(outside, np.divide(outside, rest, out=np.ones(c.shape), where=outside > 0))
    ratio = np.maximum(inside_part + outside_part, 0)
    asked = {"high": c > e, "low": c < e, "both": c != e}[rates]
    return np.where(np.isnan(c + e + whole), np.nan, np.where(asked, ratio, 0))


def spatial_scan(
    cases: ArrayLike,
    expected: ArrayLike,
    distances: ArrayLike,
    *,
    population: ArrayLike | None = None,
    max_share: float = 0.5,
    rates: Rates = "high",
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> Scan | Refused:
    """Kulldorff's spatial scan: the circles in which cases gather most beyond what is expected, each with its p-value.

    One number of cases and expected cases per area; `distances` areas by areas. One area: no circle, no cluster. Cases
    as expected everywhere: no cluster. p of a secondary cluster is against the highest ratio of each map too, which is
    cautious.

    Source: Kulldorff 1997, Communications in Statistics 26:1481-1496.

    >>> place = np.array([0, 1, 2, 2.5, 4, 5])
    >>> found = spatial_scan([2, 3, 14, 16, 2, 3], [6] * 6, np.abs(place[:, None] - place), replications=99)
    >>> found.clusters[0].areas, found.clusters[0].p
    (array([2, 3]), 0.01)
    """
    observed, awaited = counts("cases", cases), counts("expected", expected)
    if observed.ndim != 1:
        raise ValueError("one number of cases per area is needed")
    return _scan(observed[:, None], awaited[:, None], distances, (population, max_share, rates, replications, seed, 1))


def prospective_scan(
    cases: ArrayLike,
    expected: ArrayLike,
    distances: ArrayLike,
    *,
    max_periods: int | None = None,
    population: ArrayLike | None = None,
    max_share: float = 0.5,
    rates: Rates = "high",
    replications: int = REPLICATIONS,
    seed: int = SEED,
) -> Scan | Refused:
    """Kulldorff's prospective space-time scan: circles that are alive now, over the latest 1 to `max_periods` periods.

    Cases and expected cases are areas by periods, oldest first, over the whole time studied; without `max_periods` half
    of the periods, rounded down. A cluster that ended before the last period is not looked for. Repeated every month,
    one in twenty looks at nothing tells a cluster at 5 %: read p against the time between looks (p of 0.01 of monthly
    looks is one false alarm in about eight years). One area, or one period: no cluster.

    Source: Kulldorff 2001, JRSS A 164:61-72.
    """
    observed, awaited = counts("cases", cases), counts("expected", expected)
    if observed.ndim != 2:
        raise ValueError("cases by area and period are needed")
    periods = observed.shape[1] // 2 if max_periods is None else max_periods
    if not 0 <= periods <= max(observed.shape[1] - 1, 0):
        raise ValueError(f"a cluster may last up to {observed.shape[1] - 1} periods, found {periods}")
    return _scan(observed, awaited, distances, (population, max_share, rates, replications, seed, periods))


def great_circle_km(latitude: ArrayLike, longitude: ArrayLike) -> Floats:
    """Distances in km between all pairs of places given in degrees, on a sphere of the mean radius of the Earth.

    >>> great_circle_km([51.1694, 43.2389], [71.4491, 76.8897]).round()[0]
    array([  0., 972.])
    """
    phi, lam = np.radians(finite("latitude", latitude)), np.radians(finite("longitude", longitude))
    half = np.sin((phi[:, None] - phi) / 2) ** 2
    half += np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


_Options = tuple[ArrayLike | None, float, Rates, int, int, int]


def _scan(cases: Floats, expected: Floats, distances: ArrayLike, options: _Options) -> Scan | Refused:
    population, max_share, rates, replications, seed, periods = options
    apart = finite("distances", distances)
    if cases.shape != expected.shape or apart.shape != (len(cases), len(cases)):
        raise ValueError(f"shapes do not fit: cases {cases.shape}, expected {expected.shape}, distances {apart.shape}")
    refuse("cases need expected cases", cases, (cases > 0) & (expected == 0))
    people = expected.sum(axis=1) if population is None else counts("population", population)
    known = ~np.isnan(cases + expected).any(axis=1) & ~np.isnan(people)
    refusal = too_few_areas(known)
    if refusal:
        return refusal
    total = float(cases[known].sum())
    if not total:
        return Refused(Reason.TOO_FEW_EVENTS)
    awaited = expected[known] * (total / expected[known].sum())
    near = circles(apart[np.ix_(known, known)], people[known], max_share=max_share)
    layers = [_latest(awaited, number) for number in range(1, periods + 1)]
    chance = highest_by_chance(
        near, layers, total=total, rates=rates, replications=replications, random=np.random.default_rng(seed)
    )
    found = _Windows.of([_latest(cases[known], number) for number in range(1, periods + 1)], layers, near, total, rates)
    clusters = tuple(_described(found, near, np.flatnonzero(known), chance))
    return Scan(clusters, chance, periods * int(near.valid.sum()))


def _latest(numbers: Floats, periods: int) -> Floats:
    return np.asarray(numbers[:, -periods:].sum(axis=1))


@dataclass(frozen=True, eq=False, slots=True)
class _Windows:
    """Cases, expected cases and ratios of all windows: length in periods, centre, number of areas less one."""

    cases: Floats
    expected: Floats
    ratio: Floats
    total: float

    @staticmethod
    def of(cases: list[Floats], expected: list[Floats], near: Circles, total: float, rates: Rates) -> "_Windows":
        """Every window, with a ratio of 0 where it is none."""
        shape = (0, *near.order.shape)
        inside = np.stack([near.sums(part) for part in cases]) if cases else np.empty(shape)
        awaited = np.stack([near.sums(part) for part in expected]) if expected else np.empty(shape)
        # Sums that run over all areas may exceed the total by a rounding.
        bounded = np.minimum(inside, total), np.minimum(awaited, total)
        usable = near.valid & (awaited > 0) & (awaited < total * (1 - 1e-12))
        ratio = np.where(usable, log_likelihood_ratio(*bounded, total=total, rates=rates), 0)
        return _Windows(inside, awaited, ratio, total)


def _described(found: _Windows, near: Circles, names: Ints, chance: Floats) -> Iterator[Cluster]:
    """The best window, then the best of those without an area of an earlier one."""
    ratio = found.ratio.copy()
    taken = np.zeros(len(names), dtype=bool)
    for _ in range(MOST_CLUSTERS):
        # What rounding leaves of nothing is nothing.
        if not ratio.size or ratio.max() < 1e-9:
            return
        length, centre, last = (int(part) for part in np.unravel_index(ratio.argmax(), ratio.shape))
        members = near.order[centre, : last + 1]
        inside, awaited = float(found.cases[length, centre, last]), float(found.expected[length, centre, last])
        outside = (found.total - inside) / (found.total - awaited)
        best = float(ratio[length, centre, last])
        yield Cluster(
            centre=int(names[centre]),
            areas=names[members],
            periods=length + 1,
            cases=inside,
            expected=awaited,
            relative_risk=inside / awaited / outside if outside > 1e-12 else np.inf,
            log_likelihood_ratio=best,
            p=(1 + int((chance >= best * (1 - 1e-9)).sum())) / (1 + len(chance)),
            is_high=inside > awaited,
        )
        taken[members] = True
        ratio[:, np.logical_or.accumulate(taken[near.order], axis=1)] = 0
