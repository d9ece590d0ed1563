"""Which targets are safe by what has been found so far, which can no longer be, and what is still to be shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from riskmap.disclosure.audit.bounds import System
from riskmap.disclosure.audit.quantities import Flags, Floats, Ints
from riskmap.disclosure.audit.rules import Targets


@dataclass(frozen=True, slots=True)
class Seen:
    """Least and most that each quantity is in tables that were found; infinite the wrong way round where in none."""

    low: Floats
    high: Floats

    @classmethod
    def nothing(cls, size: int) -> "Seen":
        """Before any table was found."""
        return cls(np.full(size, np.inf), np.full(size, -np.inf))

    def add(self, quantity: Ints, number: Floats) -> None:
        """One table more, or the part of it that these quantities are."""
        np.minimum.at(self.low, quantity, number)
        np.maximum.at(self.high, quantity, number)


@dataclass(frozen=True, slots=True)
class Goals:
    """What a table would have to show: this quantity at least, or at most, that number; one entry per goal."""

    quantity: Ints
    number: Floats
    is_up: Flags

    def only(self, chosen: Flags | Ints) -> "Goals":
        """Some of them."""
        return Goals(self.quantity[chosen], self.number[chosen], self.is_up[chosen])

    def each(self) -> Iterator[tuple[int, bool, float]]:
        """One after the other."""
        return zip(self.quantity.tolist(), self.is_up.tolist(), self.number.tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of every target whether it is safe, whether it is proved not to be; and the goals of all others."""

    is_safe: Flags
    is_unsafe: Flags
    goals: Goals


def judge(targets: Targets, system: System, seen: Seen, reach: System) -> Judgement:
    """Of bounds that hold for sure and tables that were found; `reach` is what the state's own figures leave."""
    at = targets.quantity
    low, high, least, most = system.low[at], system.high[at], seen.low[at], seen.high[at]
    found = _Found(low, high, least, most)
    count = _count(targets, found, reach.low[at], reach.high[at])
    rest = _rest(targets, found)
    parts = (*count, *rest, *_width(targets, found))
    is_safe = np.all([part.is_met for part in parts], axis=0)
    is_unsafe = np.any([part.is_lost for part in parts], axis=0)
    open_parts = [(part, np.flatnonzero(~part.is_met & ~part.is_lost & ~is_unsafe)) for part in parts]
    goals = Goals(
        np.concatenate([at[rows] for _, rows in open_parts]),
        np.concatenate([part.number[rows] for part, rows in open_parts]),
        np.concatenate([np.full(len(rows), part.is_up) for part, rows in open_parts]),
    )
    return Judgement(is_safe, is_unsafe, goals)


@dataclass(frozen=True, slots=True)
class _Found:
    low: Floats
    high: Floats
    least: Floats
    most: Floats


@dataclass(frozen=True, slots=True)
class _Part:
    """One condition on every target: a number to be reached, upwards or downwards."""

    number: Floats
    is_up: bool
    is_met: Flags
    is_lost: Flags


def _count(targets: Targets, found: _Found, floor: Floats, ceiling: Floats) -> tuple[_Part, _Part]:
    """The count can be as large as the first that may be known, and can be 1 or less; or it is large, or it is zero.

    All of it beyond what the attacker himself has in it. Where the one or the other is out of reach it is still to be
    seen whether the count is zero, or large, for sure.
    """
    own = targets.own
    limit = targets.limit + own
    settled = targets.counts_many | (found.low >= limit) | ((found.high <= own) & ~targets.hides_zero)
    enough, little = np.minimum(limit, ceiling), np.maximum(1.0 + own, floor)
    too_low, too_high = found.high < enough, found.low > little
    some = targets.hides_zero | (found.most > own) | (found.low > own)
    small = (found.least < limit) | (found.high < limit)
    return (
        _Part(np.where(too_low, 1.0 + own, enough), True, settled | (found.most >= enough), ~settled & too_low & some),
        _Part(
            np.where(too_high, limit - 1, little), False, settled | (found.least <= little), ~settled & too_high & small
        ),
    )


def _rest(targets: Targets, found: _Found) -> tuple[_Part, _Part]:
    """The same of what a share leaves of its whole: much of it can be left, and 1 or less can."""
    is_open, limit = np.isinf(targets.whole), targets.limit
    whole = np.where(is_open, 0.0, targets.whole)
    settled = is_open | targets.leaves_many | (whole - found.high >= limit) | (found.low >= whole)
    enough, little = whole - np.minimum(limit, whole), whole - 1
    too_low, too_high = found.high < little, found.low > enough
    some = (found.least < whole) | (found.high < whole)
    small = (found.most > whole - limit) | (found.low > whole - limit)
    return (
        _Part(
            np.where(too_high, whole - 1, enough), False, settled | (found.least <= enough), ~settled & too_high & some
        ),
        _Part(
            np.where(too_low, whole - limit + 1, little),
            True,
            settled | (found.most >= little),
            ~settled & too_low & small,
        ),
    )


def _width(targets: Targets, found: _Found) -> tuple[_Part, _Part]:
    """Where few organisations could have contributed no number must be known, small or large."""
    least = np.where(np.isinf(found.least), found.low, found.least)
    most = np.where(np.isinf(found.most), found.low, found.most)
    is_met = ~targets.needs_width | (found.most - found.least >= targets.limit)
    is_lost = ~is_met & (found.high - found.low < targets.limit)
    return (
        _Part(least + targets.limit, True, is_met, is_lost),
        _Part(most - targets.limit, False, is_met, is_lost),
    )
