"""How long a spatial scan with its replications takes, against a plain loop over the windows.

`python -m tests.benchmarks.scan [--json]`; exit status 1 when ours needs more than 0.05 of the loop's time, or finds
another cluster. 224 areas, 999 replications, circles of up to half of what is expected. The loop goes over all windows,
and for each computes cases and ratio of all maps at once with numpy; it is measured on every tenth centre, since each
costs the same. Both run in one process, in turn, five rounds. Told besides: the time of twice as many areas.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from riskmap.methods.scan import REPLICATIONS, Scan, spatial_scan
from tests.benchmarks.in_turn import answered, medians

AREAS: Final = 224
PART: Final = 10
MOST: Final = 0.05

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians in seconds, for all windows and maps, and whether both find the same highest ratio."""

    ours_s: float
    loop_s: float
    ratio: float
    ours_twice_s: float
    is_same: bool

    @property
    def holds(self) -> bool:
        """Whether the limit is kept, and both find the same."""
        return self.ratio <= MOST and self.is_same


@dataclass(frozen=True, eq=False, slots=True)
class Map:
    """Places in a square, with what is expected and what happened."""

    cases: Floats
    expected: Floats
    distances: Floats


def made(areas: int) -> Map:
    """Areas of very unequal size, with one cluster."""
    chance = np.random.default_rng(11)
    place = chance.uniform(size=(areas, 2))
    distances = np.hypot(*(place[:, None] - place).transpose(2, 0, 1))
    expected = chance.lognormal(2, 1, areas)
    near = np.argsort(distances[0])[:8]
    risk = np.where(np.isin(np.arange(areas), near), 1.6, 1)
    return Map(chance.poisson(expected * risk).astype(float), expected, distances)


def loop(made: Map, centres: Sequence[int]) -> float:
    """The highest ratio of what happened, one window after the other, as for each map made by chance."""
    total = made.cases.sum()
    expected = made.expected * total / made.expected.sum()
    chance = np.random.default_rng(1).multinomial(int(total), expected / total, size=REPLICATIONS)
    maps = np.vstack([made.cases, chance])
    best = np.zeros(len(maps))
    for centre in centres:
        order = np.argsort(made.distances[centre], kind="stable")
        for size in range(1, len(order) + 1):
            members = order[:size]
            e = expected[members].sum()
            if e > total / 2:
                break
            c = maps[:, members].sum(axis=1)
            ratio = xlogy(c, c / e) + xlogy(total - c, (total - c) / (total - e))
            best = np.maximum(best, np.where(c > e, ratio, 0))
    return float(best[0])


def ours(made: Map) -> float:
    """The ratio of the most likely cluster."""
    found = spatial_scan(made.cases, made.expected, made.distances)
    if not isinstance(found, Scan):
        raise TypeError(found)
    return found.clusters[0].log_likelihood_ratio


def run() -> Result:
    """Measure both on the same map."""
    country, twice = made(AREAS), made(2 * AREAS)
    few = range(0, AREAS, PART)
    one, part, two = medians((lambda: ours(country), lambda: loop(country, few), lambda: ours(twice)))
    whole = part * AREAS / len(few)
    is_same = abs(ours(country) / loop(country, range(AREAS)) - 1) < 1e-9
    return Result(one, whole, one / whole, two, is_same)


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the limit holds."""
    return answered(__doc__, run, _lines)


def _lines(result: Result) -> Iterator[str]:
    times = f"ours {result.ours_s:.3f} s, loop over windows {result.loop_s:.2f} s"
    yield f"{AREAS} areas x {REPLICATIONS} replications: {times}; ratio {result.ratio:.4f} (at most {MOST:g})"
    yield f"twice the areas: {result.ours_twice_s:.3f} s, {result.ours_twice_s / result.ours_s:.1f} times"
    yield f"same highest ratio: {result.is_same}"


if __name__ == "__main__":
    sys.exit(main())
