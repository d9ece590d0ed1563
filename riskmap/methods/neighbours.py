"""Who is whose neighbour: contiguity as compressed rows, with weights of 1 or shares of the row.

Which areas touch, and which rule holds for cities inside regions, is known elsewhere; only pairs of positions arrive
here. A city that lies inside one region touches nothing but this region, or the districts around it: the pairs that a
declared rule adds are `declared`, kept apart from the borders so that both can be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from riskmap.methods.arrays import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Neighbours:
    """The neighbours of area i are `others[starts[i]:starts[i + 1]]`, each with its weight; no area is its own."""

    starts: Ints
    others: Ints
    weights: Floats
    standardised: bool = False  # the weights of each row sum to 1

    @property
    def size(self) -> int:
        """How many areas there are, islands included."""
        return len(self.starts) - 1

    @property
    def counts(self) -> Ints:
        """How many neighbours each area has."""
        return np.diff(self.starts)

    @property
    def islands(self) -> NDArray[np.bool_]:
        """Which areas have no neighbour."""
        return np.asarray(self.counts == 0)

    @property
    def owners(self) -> Ints:
        """For each entry the area whose row it stands in."""
        return np.repeat(np.arange(self.size), self.counts)

    def matrix(self) -> csr_array:
        """The weights as a sparse matrix, areas by areas."""
        return csr_array((self.weights, self.others, self.starts), shape=(self.size, self.size))


def contiguity(pairs: ArrayLike, *, areas: int, declared: ArrayLike = ()) -> Neighbours:
    """Binary contiguity (style B) of `areas` areas from pairs of positions, each pair told once or twice.

    `declared` are pairs that a rule adds to the borders, such as a city and the districts around it. Every pair holds
    in both directions and counts once. An area of no pair is an island. A position outside 0 to areas - 1, or an area
    paired with itself, raises ValueError. One area: no pairs, one island.

    >>> contiguity([(0, 1), (1, 2), (2, 1)], areas=4).counts
    array([1, 2, 1, 0])
    """
    both = np.concatenate([_pairs(pairs, areas), _pairs(declared, areas)])
    keys = np.unique(np.concatenate([both[:, 0] * areas + both[:, 1], both[:, 1] * areas + both[:, 0]]))
    return _rows(keys // max(areas, 1), keys % max(areas, 1), np.ones(len(keys)), areas=areas)


def weighted(lists: Sequence[Sequence[int]], weights: Sequence[Sequence[float]] | None = None) -> Neighbours:
    """Neighbours as lists, one for each area in order, with general weights; binary without them.

    The lists need not be symmetric (nearest neighbours are not). Weights must be above 0 and finite; an area in its own
    list, or twice in one, raises ValueError.

    >>> weighted([[1], [0, 2], [1]], [[2], [1, 3], [1]]).weights
    array([2., 1., 3., 1.])
    """
    areas = len(lists)
    owners = np.repeat(np.arange(areas), [len(row) for row in lists])
    others = np.array([other for row in lists for other in row], dtype=np.int64)
    _pairs(np.column_stack([owners, others]), areas)
    if len(np.unique(owners * areas + others)) < len(others):
        raise ValueError("an area stands twice in the list of one area")
    values = np.ones(len(others)) if weights is None else np.array([w for row in weights for w in row], dtype=float)
    if len(values) != len(others) or not ((values > 0) & np.isfinite(values)).all():
        raise ValueError("each neighbour needs one weight, finite and above 0")
    return _rows(owners, others, values, areas=areas)


def row_standardised(neighbours: Neighbours) -> Neighbours:
    """The same neighbours with the weights of each row summing to 1 (style W); the rows of islands stay empty.

    >>> row_standardised(contiguity([(0, 1), (1, 2)], areas=4)).weights
    array([1. , 0.5, 0.5, 1. ])
    """
    sums = np.bincount(neighbours.owners, weights=neighbours.weights, minlength=neighbours.size)
    weights = neighbours.weights / sums[neighbours.owners]
    return Neighbours(neighbours.starts, neighbours.others, weights, standardised=True)


def among(neighbours: Neighbours, kept: NDArray[np.bool_]) -> Neighbours:
    """The neighbours among the `kept` areas alone, renumbered; rows that summed to 1 do so again.

    An area whose neighbours are all left out becomes an island.

    >>> among(contiguity([(0, 1), (1, 2)], areas=3), np.array([True, False, True])).islands
    array([ True,  True])
    """
    numbers = np.cumsum(kept) - 1
    owners = neighbours.owners
    held = kept[owners] & kept[neighbours.others]
    rows = _rows(
        numbers[owners[held]], numbers[neighbours.others[held]], neighbours.weights[held], areas=int(kept.sum())
    )
    return row_standardised(rows) if neighbours.standardised else rows


def _rows(owners: Ints, others: Ints, weights: Floats, *, areas: int) -> Neighbours:
    """Compressed rows from entries whose owners rise."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=areas))])
    return Neighbours(starts, others, weights)


def _pairs(pairs: ArrayLike, areas: int) -> Ints:
    found = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    if ((found < 0) | (found >= areas)).any():
        raise ValueError(f"positions must lie between 0 and {areas - 1}")
    if (found[:, 0] == found[:, 1]).any():
        raise ValueError("an area is not its own neighbour")
    return found
