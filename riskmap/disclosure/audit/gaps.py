"""What longer and shorter numbers tell of the units that are missing in the one and not in the other."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Collecting, Told
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.quantities import DAYS, NONE, Flags, Floats, Ints, Quantities, position, ranges
from riskmap.domain.vocabulary import Grain

_SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)


@dataclass(frozen=True, slots=True)
class _Longer:
    """Numbers of a stretch to which not all have reported: cells, and what lies between two since the same day."""

    quantity: Ints
    of: Ints
    start: Ints
    end: Ints
    missing: Floats
    later: Ints  # the cell itself, or the later of the two
    earlier: Ints  # the earlier of the two; -1 of a cell

    def only(self, chosen: Flags | Ints) -> "_Longer":
        return _Longer(*(getattr(self, name)[chosen] for name in self.__slots__))


def collect_gaps(collected: Collecting, cells: pd.DataFrame, incomplete: Incomplete) -> None:
    """Steps between numbers since the same day, and what longer numbers leave of shorter ones of every grain."""
    found = collected.found
    steps = _steps(collected, cells, incomplete)
    rows = np.flatnonzero((incomplete.missing > 0) & (found.last - found.first > 1) & (found.cell != NONE))
    none = np.full(len(rows), NONE, dtype=np.int64)
    whole = _Longer(rows, found.of[rows], found.start[rows], found.end[rows], incomplete.missing[rows], rows, none)
    longer = _Longer(*(np.concatenate([getattr(whole, n), getattr(steps, n)]) for n in whole.__slots__))
    is_told = np.zeros(len(longer.of), dtype=bool)
    flows = (cells["is_flow"] & cells["has_number"]).to_numpy(dtype=bool)
    for grain in sorted(set(cells.loc[flows, "grain"]) - set(_SINCE)):
        chosen = np.unique(found.of_cell[flows & (cells["grain"] == grain).to_numpy(dtype=bool)])
        is_told |= _add_tiled(collected, longer, _Tiles.of(found, chosen), incomplete)
    _add_bounds(collected, longer.only(~is_told & (longer.earlier != NONE)), incomplete)


def _steps(collected: Collecting, cells: pd.DataFrame, incomplete: Incomplete) -> _Longer:
    """What lies between neighbouring numbers since the same day that lack as many units."""
    found = collected.found
    since = (cells["is_flow"] & cells["has_number"] & cells["grain"].isin(_SINCE)).to_numpy(dtype=bool)
    rows = np.unique(found.of_cell[since])  # in the order of series, first day and end
    before, after = rows[:-1], rows[1:]
    same = (found.of[before] == found.of[after]) & (found.start[before] == found.start[after])
    same &= (incomplete.missing[before] == incomplete.missing[after]) & (incomplete.missing[after] > 0)
    earlier, later = before[same], after[same]
    of, start, end = found.of[later], found.end[earlier], found.end[later]
    number = np.arange(len(later))
    quantity = collected.add_numbers(
        Told.STEP,
        of,
        start,
        end,
        term=np.concatenate([later, earlier]),
        factor=np.repeat([1.0, -1.0], len(later)),
        number=np.concatenate([number, number]),
    )
    collected.add_lines(
        np.tile(number, 3),
        np.concatenate([later, earlier, quantity]),
        np.repeat([1.0, -1.0, -1.0], len(later)),
        right=np.zeros(len(later)),
    )
    return _Longer(quantity, of, start, end, incomplete.missing[later], later, earlier)


@dataclass(frozen=True, slots=True)
class _Tiles:
    """The cells of one grain in the order of series and first day."""

    quantity: Ints
    start: Ints  # keys of series and first day
    end: Ints  # keys of series and end
    days: Ints  # of all before

    @classmethod
    def of(cls, found: Quantities, rows: Ints) -> Self:
        days = found.end[rows] - found.start[rows]
        series = found.of[rows] * DAYS
        return cls(rows, series + found.start[rows], series + found.end[rows], np.concatenate([[0], np.cumsum(days)]))

    def cover(self, longer: _Longer) -> tuple[Ints, Ints, Flags]:
        """Which of them make up each longer number without a gap, more than it alone: first, one after the last."""
        first = position(self.start, longer.of * DAYS + longer.start)
        last = position(self.end, longer.of * DAYS + longer.end) + 1
        covers = (first != NONE) & (last > first)
        fewest = np.where(longer.earlier == NONE, 2, 1)
        covers &= last - first >= fewest
        days = self.days[np.maximum(last, 0)] - self.days[np.maximum(first, 0)]
        return first, last, covers & (days == longer.end - longer.start)


def _add_tiled(collected: Collecting, longer: _Longer, tiles: _Tiles, incomplete: Incomplete) -> Flags:
    """Lines of longer numbers and their tiles; of which of the longer ones there is one."""
    found = collected.found
    first, last, covers = tiles.cover(longer)
    rows = np.flatnonzero(covers)
    at, line = ranges(first[rows], last[rows])
    tile = tiles.quantity[at]
    missing = incomplete.missing[tile]
    # A hidden number of which nobody tells is taken for complete; a visible one without units is of another kind.
    is_strange = np.isnan(missing) & ~np.isnan(found.value[tile])
    missing = np.nan_to_num(missing)
    of_longer = longer.missing[rows][line]
    wrong = np.bincount(line, weights=is_strange | (missing > of_longer), minlength=len(rows)) > 0
    fewer = np.bincount(line, weights=missing < of_longer, minlength=len(rows)) > 0
    for chosen, has_gap in ((~wrong & fewer, True), (~wrong & ~fewer, False)):
        kept = np.flatnonzero(chosen)
        number = np.full(len(rows), NONE, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        inside = number[line] != NONE
        _add_lines(collected, longer.only(rows[kept]), tile[inside], number[line[inside]], has_gap=has_gap)
    is_told = np.zeros(len(longer.of), dtype=bool)
    is_told[rows[~wrong]] = True
    as_atoms = ~wrong & (longer.earlier[rows] == NONE)
    as_atoms[as_atoms] &= (last - first)[rows[as_atoms]] == _atoms(found, longer.quantity[rows[as_atoms]])
    collected.ints["is_settled"].append(longer.quantity[rows[as_atoms]])
    return is_told


def _atoms(found: Quantities, quantity: Ints) -> Ints:
    return found.last[quantity] - found.first[quantity]


def _add_lines(collected: Collecting, longer: _Longer, tile: Ints, line: Ints, *, has_gap: bool) -> None:
    """The tiles are the longer number; or as much more as is told of those who are missing in it."""
    own = np.arange(len(longer.of))
    pieces = [(line, tile, np.ones(len(tile))), (own, longer.quantity, -np.ones(len(own)))]
    if has_gap:
        is_step = np.flatnonzero(longer.earlier != NONE)
        gap = collected.add_numbers(
            Told.GAP,
            longer.of,
            longer.start,
            longer.end,
            term=np.concatenate([longer.later, longer.earlier[is_step], tile]),
            factor=np.concatenate([-np.ones(len(own)), np.ones(len(is_step)), np.ones(len(tile))]),
            number=np.concatenate([own, is_step, line]),
        )
        pieces.append((own, gap, -np.ones(len(own))))
    lines, quantities, factors = (np.concatenate(column) for column in zip(*pieces, strict=True))
    collected.add_lines(lines, quantities, factors, right=np.zeros(len(own)))


def _add_bounds(collected: Collecting, steps: _Longer, incomplete: Incomplete) -> None:
    """The same units cannot have more between two days than all have, where no grain says so."""
    found = collected.found
    first, last, is_tiled = found.tiled(steps.of, steps.start, steps.end)
    rows = np.flatnonzero(is_tiled)
    atoms, line = ranges(first[rows], last[rows])
    atom = found.atom_quantity[atoms]
    wrong = np.bincount(line, weights=incomplete.missing[atom] > steps.missing[rows][line], minlength=len(rows)) > 0
    kept = np.flatnonzero(~wrong)
    number = np.full(len(rows), NONE, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    inside = number[line] != NONE
    collected.add_lines(
        np.concatenate([number[line[inside]], np.arange(len(kept))]),
        np.concatenate([atom[inside], steps.quantity[rows[kept]]]),
        np.concatenate([np.ones(int(inside.sum())), -np.ones(len(kept))]),
        right=np.zeros(len(kept)),
        is_bound=True,
    )
