"""Between which whole numbers each quantity must lie, line by line; and which lines belong together."""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.audit.quantities import Flags, Floats, Ints
from riskmap.disclosure.audit.sums import Lines

_MOST_ROUNDS: Final = 200  # bounds that still move then creep up by one: the solver is quicker


@dataclass(frozen=True, slots=True)
class System:
    """Lines with the bounds of their quantities, both whole numbers."""

    lines: Lines
    low: Floats
    high: Floats

    @property
    def count(self) -> int:
        """Number of lines."""
        return len(self.lines.right)

    def without(self, dropped: Flags) -> Self:
        """The same with some lines left out; the others keep their order."""
        number = np.cumsum(~dropped) - 1
        kept = ~dropped[self.lines.line]
        lines = replace(
            self.lines,
            line=number[self.lines.line[kept]],
            quantity=self.lines.quantity[kept],
            factor=self.lines.factor[kept],
            right=self.lines.right[~dropped],
            kind=self.lines.kind[~dropped],
        )
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class Tightened:
    """A system whose bounds follow from each other, and the lines that no numbers within them can keep."""

    system: System
    broken: Flags  # of each line


def tighten(system: System) -> Tightened:
    """Bounds as narrow as single lines make them; exact where a quantity stands in a single line."""
    lines, low, high = system.lines, system.low.copy(), system.high.copy()
    broken = np.zeros(system.count, dtype=bool)
    active = np.ones(len(lines.line), dtype=bool)
    for _ in range(_MOST_ROUNDS):
        # A line of which a quantity moved, or that was never looked at.
        at = np.flatnonzero(active)
        if not len(at):
            break
        line, quantity, factor = lines.line[at], lines.quantity[at], lines.factor[at]
        new_low, new_high = _implied(lines, line, quantity, factor, low, high)
        before = low.copy(), high.copy()
        np.maximum.at(low, quantity, new_low)
        np.minimum.at(high, quantity, new_high)
        crossed = low[quantity] > high[quantity]
        broken[line[crossed]] = True
        bad = quantity[crossed]
        low[bad], high[bad] = before[0][bad], before[1][bad]
        moved = (low > before[0]) | (high < before[1])
        touched = np.zeros(system.count, dtype=bool)
        touched[lines.line[moved[lines.quantity]]] = True
        active = touched[lines.line] & ~broken[lines.line]
    return Tightened(replace(system, low=low, high=high), broken)


def _implied(
    lines: Lines, line: Ints, quantity: Ints, factor: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """What the rest of its line leaves each term: least and most."""
    size = len(lines.right)
    least = np.where(factor > 0, low[quantity], -high[quantity])
    most = np.where(factor > 0, high[quantity], -low[quantity])
    rest_least, rest_most = _rest(line, least, size), _rest(line, most, size)
    up, down = lines.right[line] - rest_least, lines.right[line] - rest_most
    return np.where(factor > 0, down, -up), np.where(factor > 0, up, -down)


def _rest(line: Ints, term: Floats, size: int) -> Floats:
    """The sum of the other terms of each line, infinite where one of them is."""
    is_open = np.isinf(term)
    closed = np.where(is_open, 0.0, term)
    opened = np.bincount(line, weights=is_open, minlength=size)[line] - is_open
    endless = np.inf if not is_open.any() or term[is_open][0] > 0 else -np.inf
    rest: Floats = np.where(opened > 0, endless, np.bincount(line, weights=closed, minlength=size)[line] - closed)
    return rest


def followed(lines: Lines, number: Floats) -> Floats:
    """Numbers, NaN where unknown, with those that follow from them by lines that they do not contradict."""
    known = np.full(lines.size, np.nan)
    known[: len(number)] = number
    is_known = ~np.isnan(known)
    system = System(lines, np.where(is_known, known, 0.0), np.where(is_known, known, np.inf))
    while (tightened := tighten(system)).broken.any():
        system = system.without(tightened.broken)
    low, high = tightened.system.low, tightened.system.high
    return np.where(low == high, low, np.nan)


def reduce(system: System) -> tuple[System, Ints]:
    """The system of what is still unknown, and which of the lines given are left in it."""
    lines = system.lines
    known = system.low == system.high
    is_known = known[lines.quantity]
    amount = np.where(is_known, lines.factor * np.where(known, system.low, 0.0)[lines.quantity], 0.0)
    right = lines.right - np.bincount(lines.line, weights=amount, minlength=system.count)
    is_open = np.zeros(system.count, dtype=bool)
    is_open[lines.line[~is_known]] = True
    left = replace(
        lines,
        line=lines.line[~is_known],
        quantity=lines.quantity[~is_known],
        factor=lines.factor[~is_known],
        right=right,
    )
    return replace(system, lines=left).without(~is_open), np.flatnonzero(is_open)


def components(system: System) -> Ints:
    """Of each line the component it is in: lines of different components share no unknown quantity."""
    lines = system.lines
    size = system.count + lines.size
    pairs = coo_matrix((np.ones(len(lines.line)), (lines.line, system.count + lines.quantity)), shape=(size, size))
    _, label = connected_components(pairs, directed=False)
    number: Ints = np.unique(label[: system.count], return_inverse=True)[1].astype(np.int64)
    return number
