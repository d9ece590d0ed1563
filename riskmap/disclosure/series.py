"""One figure of one area through time: which of its cells, and which stretches of days between them, add up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from riskmap.domain.vocabulary import SCHOOL_MONTHS, Grain, Kind

Stretch = tuple[int, int]  # first day and the day after the last, as ordinals
Terms = tuple[tuple[int, int], ...]  # variables with their signs

Days = NDArray[np.int64]

SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)
# Of each month how many months before it have no lessons.
_FREE_BEFORE: Final = tuple(
    next(n for n in range(12) if (month - n - 1) % 12 + 1 in SCHOOL_MONTHS) for month in range(12)
)


@dataclass(frozen=True, slots=True)
class Number:
    """One cell that carries a number: its stretch, its variable, and of how many units of those expected it is."""

    stretch: Stretch
    variable: int
    grain: Grain
    missing: int  # units expected that did not report

    @property
    def is_whole(self) -> bool:
        """Whether every unit that it is summed from has reported."""
        return self.missing == 0


@dataclass(slots=True)
class Series:
    """The numbers of one indicator, area, breakdown and category, real or invented.

    Of a flow, `atoms` are the stretches between neighbouring ends within whole cells; each is a cell of its own or a
    variable that no cell shows. `lines` are sums that the series has in itself, each of terms that add up to zero.
    `implied` are numbers that no cell shows and that other series tell.
    `gaps` are terms that add up to the number of units which are missing in a longer number and not in shorter ones;
    `same` those where equally many are missing, so that nothing is left if they are the same; `bounds` those that add
    up to zero or more, and to nobody's number.
    """

    kind: Kind
    numbers: list[Number]
    implied: list[Number] = field(default_factory=list)
    atoms: dict[Stretch, int] = field(default_factory=dict)
    lines: list[Terms] = field(default_factory=list)
    gaps: list[Terms] = field(default_factory=list)
    same: list[Terms] = field(default_factory=list)
    bounds: list[Terms] = field(default_factory=list)
    _exact: dict[Stretch, Number] = field(default_factory=dict)

    def cut(self, unseen: Iterator[int]) -> list[int]:
        """Work out atoms and lines; `unseen` hands out variables for atoms that no cell shows, which are returned."""
        for number in sorted(self.numbers, key=lambda item: item.missing):
            stretch = self._key(number.stretch)
            known = self._exact.setdefault(stretch, number)
            if known is not number and known.missing == number.missing:
                self.lines.append(((known.variable, 1), (number.variable, -1)))
        if self.kind is not Kind.FLOW or self._is_disjoint():
            return []
        made = self._cut_whole(unseen)
        partial = [item for item in (*self.numbers, *self.implied) if not item.is_whole]
        steps = self._cut_since(partial, unseen)
        for item in (*partial, *steps):
            self._compare(item)
        return [*made, *(step.variable for step in steps)]

    def shown(self, stretch: Stretch) -> tuple[int, ...]:
        """The variable of the cell of just this stretch, empty where there is none.

        A total is the sum of those parts that have a cell like its own: a part that lacks it adds nothing, whatever it
        has for shorter stretches.
        """
        key = self._key(stretch)
        return (self._exact[key].variable,) if key in self._exact else ()

    def terms(self, stretch: Stretch) -> tuple[int, ...]:
        """The variables whose sum is the number of a stretch, empty where none make it up."""
        if (shown := self.shown(stretch)) or self.kind is not Kind.FLOW:
            return shown
        pieces = _tiles(stretch, self.atoms or {item.stretch: item.variable for item in self.numbers})
        return pieces or self._by_grain(stretch)

    def missing(self, stretch: Stretch) -> int | None:
        """How many units are missing in the number of a stretch; None where its pieces do not say."""
        key = self._key(stretch)
        if key in self._exact:
            return self._exact[key].missing
        whole = self.atoms or {item.stretch: item.variable for item in self.numbers if item.is_whole}
        return 0 if self.kind is Kind.FLOW and _tiles(stretch, whole) else None

    def is_whole(self, stretch: Stretch) -> bool:
        """Whether cells to which nothing is missing make up a stretch; asked before it is cut."""
        return bool(_tiles(stretch, {item.stretch: item.variable for item in self.numbers if item.is_whole}))

    def overlaps(self, stretch: Stretch) -> bool:
        """Whether some number is of days within the stretch."""
        if self.kind is Kind.STOCK:
            return self._key(stretch) in self._exact
        return any(item.stretch[0] < stretch[1] and stretch[0] < item.stretch[1] for item in self.numbers)

    @property
    def stretches(self) -> Iterable[Stretch]:
        """The stretches of its cells."""
        return self._exact

    def _key(self, stretch: Stretch) -> Stretch:
        """Under which stretch a number stands: of a stock the last day alone counts."""
        return (stretch[1], stretch[1]) if self.kind is Kind.STOCK else stretch

    def _is_disjoint(self) -> bool:
        ordered = sorted({*self._exact, *(item.stretch for item in self.implied)})
        return all(before[1] <= after[0] for before, after in zip(ordered, ordered[1:], strict=False))

    def _cut_whole(self, unseen: Iterator[int]) -> list[int]:
        told = [*self.numbers, *self.implied]
        whole = [item for item in told if item.is_whole]
        points = sorted({point for item in told for point in item.stretch})
        made = []
        for stretch in zip(points, points[1:], strict=False):
            if any(item.stretch[0] <= stretch[0] and stretch[1] <= item.stretch[1] for item in whole):
                known = self._exact.get(stretch)
                if known is None or not known.is_whole:
                    made.append(next(unseen))
                self.atoms[stretch] = known.variable if known and known.is_whole else made[-1]
        for item in whole:
            parts = _tiles(item.stretch, self.atoms)
            if parts != (self.atoms.get(item.stretch),):
                self.lines.append(((item.variable, 1), *((part, -1) for part in parts)))
        return made

    def _cut_since(self, partial: Iterable[Number], unseen: Iterator[int]) -> list[Number]:
        """Steps between numbers since 1 January of which equally many units are missing: those units are the same."""
        made = []
        since = sorted(
            (item for item in partial if item.grain in SINCE),
            key=lambda item: (item.stretch[0], item.missing, item.stretch[1]),
        )
        for before, after in zip(since, since[1:], strict=False):
            is_on = before.stretch[1] < after.stretch[1]
            if is_on and (before.stretch[0], before.missing) == (after.stretch[0], after.missing):
                step = Number((before.stretch[1], after.stretch[1]), next(unseen), after.grain, after.missing)
                self.lines.append(((after.variable, 1), (before.variable, -1), (step.variable, -1)))
                made.append(step)
        return made

    def _compare(self, longer: Number) -> None:
        """A number of fewer units beside shorter ones of one grain, of the same units or of some more; else of all."""
        is_told = False
        for grain in sorted({item.grain for item in self.numbers} - {*SINCE, longer.grain}):
            shorter = {item.stretch: item for item in self.numbers if item.grain is grain}
            tiles = _tiles(longer.stretch, {stretch: item.variable for stretch, item in shorter.items()})
            missing = {item.missing for item in shorter.values() if item.variable in tiles}
            if not tiles or max(missing) > longer.missing:
                continue
            is_told = True
            terms = (*((tile, 1) for tile in tiles), (longer.variable, -1))
            (self.same if missing == {longer.missing} else self.gaps).append(terms)
        if not is_told and (atoms := _tiles(longer.stretch, self.atoms)):
            self.bounds.append((*((atom, 1) for atom in atoms), (longer.variable, -1)))

    def _by_grain(self, stretch: Stretch) -> tuple[int, ...]:
        for grain in sorted({item.grain for item in self.numbers} - {*SINCE}):
            pieces = {item.stretch: item.variable for item in self.numbers if item.grain is grain}
            if parts := _tiles(stretch, pieces):
                return parts
        return ()


def without_summer(days: Days) -> Days:
    """Firsts of months as if summers had no days, for schools count nothing in them: 1 September is 1 June.

    So what lies between two numbers and holds the summer alone is not there, and a quarter to September is September.
    """
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    free = np.array(_FREE_BEFORE)[months.astype(np.int64) % 12]
    return np.where(free > 0, (months - free).astype("datetime64[D]").astype(np.int64), days)


def _tiles(stretch: Stretch, pieces: dict[Stretch, int]) -> tuple[int, ...]:
    """The pieces that make up a stretch without gap, from the first day on; empty where they do not."""
    starting = {piece[0]: piece for piece in sorted(pieces, reverse=True) if piece[1] <= stretch[1]}
    found, day = [], stretch[0]
    while day < stretch[1]:
        if day not in starting:
            return ()
        piece = starting[day]
        found.append(pieces[piece])
        day = piece[1]
    return tuple(found)
