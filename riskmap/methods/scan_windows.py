"""The circles of a scan, and the highest likelihood ratio among them in maps made by chance.

The areas around a centre stand in order of distance, so that the cases in all its circles are running sums of one
column of a table: one addition for each circle and map. Few of these sums can be the highest of their map: with Q = (c
- E) / sqrt(E (1 - E / C)) the ratio is at most Q^2, as the Kullback-Leibler divergence is at most chi^2. For too many
cases, and not nearly all of them, it is at most 0.6 Q^2: by Taylor it is Q^2 / 2 times v(E / C) / v(x), v(x) = x (1 -
x), for an x between E / C and c / C, and v has not fallen by a sixth there. Logarithms are taken only where this bound
exceeds the highest ratio that the map has shown so far; the answer is exact.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from riskmap.methods.arrays import Floats
from riskmap.methods.neighbours import Ints

_EXACT_IN_SINGLE: Final = 2**23
_AT_ONCE: Final = 125_000


@dataclass(frozen=True, eq=False, slots=True)
class Circles:
    """For each centre all areas, nearest first, and which of these positions end a circle."""

    order: Ints
    valid: NDArray[np.bool_]

    def sums(self, numbers: Floats) -> Floats:
        """What the areas up to each position sum to."""
        return np.asarray(np.cumsum(numbers[self.order], axis=1))


def circles(distances: Floats, population: Floats, *, max_share: float) -> Circles:
    """The circles that hold up to `max_share` of the population; those of equal areas are kept, one for each centre."""
    if not 0 < max_share <= 1:
        raise ValueError(f"max_share must lie between 0 and 1, found {max_share}")
    order = np.argsort(distances, axis=1, kind="stable")
    apart = np.take_along_axis(distances, order, axis=1)
    last_of_equals = np.ones(order.shape, dtype=bool)
    last_of_equals[:, :-1] = apart[:, 1:] > apart[:, :-1]
    held = np.cumsum(population[order], axis=1)
    return Circles(order, last_of_equals & (held <= max_share * population.sum() * (1 + 1e-12)))


def highest_by_chance(
    near: Circles,
    expected: list[Floats],
    *,
    total: float,
    rates: Literal["high", "low", "both"],
    replications: int,
    random: np.random.Generator,
) -> Floats:
    """The highest ratio of each map; `expected` is by area, one array for each number of latest periods, rising."""
    whole = max(1, round(total))
    steps = np.diff(np.stack([np.zeros_like(expected[0]), *expected]), axis=0) if expected else np.empty((0, 0))
    cells = np.maximum(steps, 0).ravel() / total
    cells /= max(1.0, cells.sum())  # what rounding adds to the whole
    drawn = random.multinomial(whole, [*cells, max(0.0, 1 - cells.sum())], size=replications)[:, :-1]
    number = np.float32 if whole < _EXACT_IN_SINGLE else np.float64
    highest = np.zeros(replications)
    for rows in np.array_split(np.arange(replications), max(1, replications * near.order.shape[0] // _AT_ONCE)):
        cases = np.zeros((near.order.shape[0], len(rows)), dtype=number)
        for layer, part in enumerate(expected):
            begin = layer * len(part)
            cases += drawn[rows, begin : begin + len(part)].T
            _raise(highest, rows, cases, _Layer(near, part * (whole / total), whole, rates))
    return highest * (total / whole)


@dataclass(frozen=True, eq=False, slots=True)
class _Layer:
    """The circles over one number of periods, with what is expected by area in whole cases."""

    near: Circles
    expected: Floats
    whole: int
    rates: Literal["high", "low", "both"]


def _raise(highest: Floats, rows: Ints, cases: NDArray[np.floating], layer: _Layer) -> None:
    """Raise the highest ratio of the maps `rows` to the highest among these circles; all circles grow together."""
    awaited = layer.near.sums(layer.expected)
    usable = layer.near.valid & (awaited > 0) & (awaited < layer.whole * (1 - 1e-12))
    scale = _scales(awaited, usable, layer)
    best = highest[rows]
    inside, added, q = np.zeros_like(cases), np.empty_like(cases), np.empty_like(cases)
    for size in range(np.flatnonzero(usable.any(axis=0)).max(initial=-1) + 1):
        np.take(cases, layer.near.order[:, size], axis=0, out=added, mode="clip")
        inside += added
        np.multiply(inside, scale[:, size, None].astype(cases.dtype), out=q)
        q -= (awaited[:, size] * scale[:, size])[:, None].astype(cases.dtype)
        if layer.rates == "both":
            np.abs(q, out=q)
        if size == 0:  # the first circles would all have to be looked at: begin with the likely best of each map
            centre, column = q.argmax(axis=0), np.arange(len(rows))
            first = q[centre, column] > 0
            _raise_to(best, (centre[first], column[first]), inside, awaited[:, size], layer.whole)
        needed = _least_q(best, awaited[usable[:, size], size], layer)
        found = np.divmod(np.flatnonzero(q > needed.astype(cases.dtype)), len(rows))
        _raise_to(best, found, inside, awaited[:, size], layer.whole)
    highest[rows] = best


def _raise_to(
    best: Floats, found: tuple[Ints, Ints], inside: NDArray[np.floating], awaited: Floats, whole: int
) -> None:
    """Raise the highest ratio of each map to those found, given by centre and map."""
    centre, column = found
    c, e = inside[centre, column].astype(float), awaited[centre]
    np.maximum.at(best, column, xlogy(c, c / e) + xlogy(whole - c, (whole - c) / (whole - e)))


def _least_q(best: Floats, awaited: Floats, layer: _Layer) -> Floats:
    """The Q that a circle must exceed in each map to have a ratio above the highest so far."""
    least = np.sqrt(best / 0.6)
    share = awaited / layer.whole
    spread = share * (1 - share)
    # From this share of the cases on v may have fallen by more than a sixth.
    far = ((1 + np.sqrt(1 - spread / 0.3)) / 2 - share) / np.sqrt(spread / layer.whole)
    if layer.rates != "high" or least.max(initial=0) > far.min(initial=np.inf):
        least = np.sqrt(best)
    # Sums in single precision are exact, these products are not; the last digits must not hide a circle.
    return np.asarray(np.maximum(least * (1 - 1e-4) - 1e-4, 1e-6))


def _scales(awaited: Floats, usable: NDArray[np.bool_], layer: _Layer) -> Floats:
    """What makes a difference of cases a Q; 0 where there is no circle."""
    variance = np.where(usable, awaited * (1 - awaited / layer.whole), 1)
    return np.where(usable, (-1 if layer.rates == "low" else 1) / np.sqrt(variance), 0)
