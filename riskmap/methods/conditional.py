"""Conditional permutations: an area keeps its value, and its neighbours get values drawn from the other areas.

Only as many areas are drawn as the area with most neighbours has, and one more, never a whole map. Each permutation is
one row of areas without repeats, shared by all: area i with k neighbours takes the first k, and where it meets itself
among them, the one after them. By symmetry those are k of the other areas, every choice of them as likely. Areas whose
k neighbours weigh the same share the sums of the first k; other sums are products of two matrices, in blocks. The error
of the draw is shared between areas; each p-value is as exact as with draws of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskmap.methods.arrays import Floats
from riskmap.methods.neighbours import Ints, Neighbours

_NUMBERS_AT_ONCE: Final = 2_000_000
_FEW: Final = 32


@dataclass(frozen=True, eq=False, slots=True)
class Exceeded:
    """How often the sum of drawn neighbours was at least, and at most, that of the real ones; one number per area."""

    at_least: Ints
    at_most: Ints


def exceeded(z: Floats, near: Neighbours, *, permutations: int, seed: int) -> Exceeded:
    """Compare sum_j w_ij z_j with that of drawn areas; sums that differ by rounding alone are equal.

    An area without neighbours has sum 0 in every draw: both counts are `permutations`.
    """
    random = np.random.default_rng(seed)
    even, uneven = _kinds(near)
    table = _weight_table(near, uneven)
    real = near.matrix() @ z
    heaviest = np.bincount(near.owners, near.weights, minlength=near.size)
    slack = 1e-10 * heaviest * np.abs(z).max(initial=0)
    limits = _Limits(real - slack, real + slack)
    scaled = limits.over(np.where(even, heaviest / np.maximum(near.counts, 1), 1))
    found = np.full((2, near.size), np.where(near.islands, permutations, 0))
    wanted = int(near.counts.max(initial=0)) + 1
    for rows in _blocks(np.arange(permutations), _NUMBERS_AT_ONCE // wanted):
        draws = _distinct(random, rows=len(rows), wanted=wanted, of=near.size)
        found += _of_even_rows(z, draws, np.where(even, near.counts, 0), scaled)
        for lines in _blocks(np.arange(len(uneven)), _NUMBERS_AT_ONCE // len(rows)):
            areas = uneven[lines]
            sums = _sums(z, draws, table[lines], areas=areas)
            found[0, areas] += np.count_nonzero(sums >= limits.least[areas, None], axis=1)
            found[1, areas] += np.count_nonzero(sums <= limits.most[areas, None], axis=1)
    return Exceeded(*found)


class _Limits(NamedTuple):
    """From where a sum is at least, and up to where it is at most, the real one; one number per area."""

    least: Floats
    most: Floats

    def over(self, weight: Floats) -> "_Limits":
        return _Limits(self.least / weight, self.most / weight)


def _of_even_rows(z: Floats, draws: Ints, wanted: Ints, limits: _Limits) -> Ints:
    """The two counts where all neighbours of an area weigh the same, `wanted` being their number, 0 for other areas.

    All areas of k neighbours share the sums of the first k drawn: one sorting serves them all. Only where an area met
    itself is its sum another one.
    """
    values = z[draws]
    sums = np.cumsum(values[:, :-1], axis=1)
    found = np.zeros((2, len(z)), dtype=np.int64)
    for k in np.unique(wanted[wanted > 0]):
        who, ordered = wanted == k, np.sort(sums[:, k - 1])
        found[0, who] = len(draws) - np.searchsorted(ordered, limits.least[who], side="left")
        found[1, who] = np.searchsorted(ordered, limits.most[who], side="right")
    row, slot = np.nonzero(np.arange(draws.shape[1]) < wanted[draws])
    area = draws[row, slot]
    shared = sums[row, wanted[area] - 1]
    own = shared - z[area] + values[row, wanted[area]]
    least, most = limits.least[area], limits.most[area]
    changes = (1 * (own >= least) - (shared >= least), 1 * (own <= most) - (shared <= most))
    for count, change in zip(found, changes, strict=True):
        count += np.bincount(area, change, minlength=len(z)).astype(np.int64)
    return found


def _kinds(near: Neighbours) -> tuple[NDArray[np.bool_], Ints]:
    """Which areas have neighbours that all weigh the same, and the positions of those whose neighbours do not."""
    first = near.weights[near.starts[near.owners]]
    differing = np.bincount(near.owners, near.weights != first, minlength=near.size) > 0
    return ~differing & ~near.islands, np.flatnonzero(differing)


def _weight_table(near: Neighbours, areas: Ints) -> Floats:
    """The weights of each of the areas in its row, filled up with zeros to the most neighbours of any."""
    line = np.full(near.size, -1)
    line[areas] = np.arange(len(areas))
    slots = np.arange(len(near.others)) - near.starts[near.owners]
    entries = line[near.owners] >= 0
    table = np.zeros((len(areas), int(near.counts[areas].max(initial=0))))
    table[line[near.owners[entries]], slots[entries]] = near.weights[entries]
    return table


def _blocks(numbers: Ints, most: int) -> Iterator[Ints]:
    step = max(1, most)
    for begin in range(0, len(numbers), step):
        yield numbers[begin : begin + step]


def _distinct(random: np.random.Generator, *, rows: int, wanted: int, of: int) -> Ints:
    """Rows of `wanted` different areas, every row as likely, in random order."""
    if wanted > _FEW:
        return random.permuted(np.tile(np.arange(of), (rows, 1)), axis=1)[:, :wanted]
    drawn = np.empty((wanted, rows), dtype=np.int64)
    taken = np.empty((0, rows), dtype=np.int64)
    for column in drawn:
        # The n-th of the areas that are left: past each one taken that stands at or below it, in rising order.
        column[:] = random.integers(of - len(taken), size=rows)
        for one in taken:
            column += column >= one
        taken = np.sort(np.concatenate([taken, column[None]]), axis=0)
    return drawn.T


def _sums(z: Floats, draws: Ints, table: Floats, *, areas: Ints) -> Floats:
    """For each of the areas and each draw the weighted sum of the drawn values, the area itself never among them."""
    most = table.shape[1]
    sums = table @ z[draws[:, :most].T]
    place = np.full(len(z), -1)
    place[areas] = np.arange(len(areas))
    row, slot = np.nonzero(place[draws[:, :most]] >= 0)
    line = place[draws[row, slot]]
    weight = table[line, slot]
    met = weight > 0
    row, line = row[met], line[met]
    instead = draws[row, np.count_nonzero(table, axis=1)[line]]
    sums[line, row] += weight[met] * (z[instead] - z[areas[line]])
    return np.asarray(sums)
