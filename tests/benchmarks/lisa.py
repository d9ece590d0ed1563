"""How long local Moran's I with its permutations takes, against esda with compiled loops.

`python -m tests.benchmarks.lisa [--json]`; exit status 1 when ours needs more than 1.1 of the time of esda, finds other
values, or p-values further from those of esda than two draws of 9,999 permutations are from each other; or when 10,000
areas take more than 60 times as long as 224, which are 45 times fewer. Both run in one process, in turn, five rounds
after an unmeasured one, in which esda compiles.
"""

import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from riskmap.methods.hotspots import LocalMoran, local_moran
from riskmap.methods.neighbours import Neighbours, contiguity, row_standardised
from riskmap.methods.spatial import PERMUTATIONS
from tests.benchmarks.in_turn import answered, medians

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about what other parts of these libraries will become
    from esda import Moran_Local
    from libpysal.weights import W

SIDES: Final = (14, 16)
MANY: Final = (100, 100)
MOST: Final = 1.1
MOST_GROWTH: Final = 60.0
FURTHEST: Final = 0.03  # five standard errors of a difference between two p-values around 0.3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """Medians in seconds, and the furthest values and p-values."""

    ours_s: float
    esda_s: float
    ratio: float
    ours_many_s: float
    growth: float
    differs: float
    p_differs: float

    @property
    def holds(self) -> bool:
        """Whether all limits are kept."""
        same = self.differs < 1e-9 and self.p_differs < FURTHEST
        return same and self.ratio <= MOST and self.growth <= MOST_GROWTH


def grid(rows: int, columns: int) -> Neighbours:
    """Areas in a rectangle, each touching those beside it and at its corners."""
    number = np.arange(rows * columns).reshape(rows, columns)
    beside = (number[:, :-1], number[:, 1:]), (number[:-1], number[1:])
    across = (number[:-1, :-1], number[1:, 1:]), (number[:-1, 1:], number[1:, :-1])
    pairs = np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in (*beside, *across)])
    return row_standardised(contiguity(pairs, areas=rows * columns))


def ours(values: Floats, near: Neighbours) -> LocalMoran:
    """Local Moran's I as esda defines it, one-sided."""
    found = local_moran(values, near, ddof=1, alternative="folded")
    if not isinstance(found, LocalMoran):
        raise TypeError(found)
    return found


def theirs(values: Floats, weights: W) -> Moran_Local:
    """The same of esda, in one process as ours."""
    return Moran_Local(values, weights, permutations=PERMUTATIONS, n_jobs=1, keep_simulations=False, seed=1)


def weights_of(near: Neighbours) -> W:
    """The same neighbours for esda."""
    lists = np.split(near.others, near.starts[1:-1])
    weights = W({area: row.tolist() for area, row in enumerate(lists)}, silence_warnings=True)
    weights.transform = "r"
    return weights


def run() -> Result:
    """Measure both on the same values, and ours on many more."""
    chance = np.random.default_rng(4)
    near, many = grid(*SIDES), grid(*MANY)
    values, many_values = chance.normal(size=near.size), chance.normal(size=many.size)
    weights = weights_of(near)
    our_s, esda_s, many_s = medians(
        (lambda: ours(values, near), lambda: theirs(values, weights), lambda: ours(many_values, many))
    )
    one, other = ours(values, near), theirs(values, weights)
    return Result(
        *(our_s, esda_s, our_s / esda_s, many_s, many_s / our_s),
        differs=float(np.abs(one.i - other.Is).max()),
        p_differs=float(np.abs(one.p - other.p_sim).max()),
    )


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the limits hold."""
    return answered(__doc__, run, _lines)


def _lines(result: Result) -> Iterator[str]:
    areas, many = SIDES[0] * SIDES[1], MANY[0] * MANY[1]
    times = f"ours {result.ours_s:.3f} s, esda {result.esda_s:.3f} s"
    yield f"{areas} areas x {PERMUTATIONS} permutations: {times}; ratio {result.ratio:.2f} (at most {MOST:g})"
    yield f"{many} areas: ours {result.ours_many_s:.3f} s, {result.growth:.1f} times (at most {MOST_GROWTH:g})"
    yield f"furthest value {result.differs:.1e}, furthest p {result.p_differs:.4f} (under {FURTHEST:g})"


if __name__ == "__main__":
    sys.exit(main())
