"""Cells as quantities: which cells are one number, and which shortest stretches of days they are made of."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

SERIES: Final = ["indicator", "area", "breakdown", "category", "invented"]
DAYS: Final = 1 << 16  # more than any day there is
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Quantities:
    """The numbers an attacker looks for: one per series and stretch of days, of stocks one per series and last day.

    Every array but those of `atoms` has one entry per quantity, in the order of `key`, and behind them one for each
    number that cells tell without showing it (`with_more`), which no search finds. A flow is made of atoms, the
    stretches between neighbouring beginnings and ends of its cells: `first` and `last` say which.
    """

    series: pd.DataFrame
    key: Ints
    of: Ints  # its series
    start: Ints
    end: Ints
    cell: Ints  # row of a cell that carries it; -1 of an atom that is no cell
    of_cell: Ints  # of each row of the cells its quantity; -1 where it carries no number
    value: Floats  # what a visible cell shows; NaN else
    first: Ints  # its atoms, up to `last`; none of what is no flow
    last: Ints
    atom_quantity: Ints  # of each atom its own quantity
    atom_key: Ints  # of each atom its series and first day
    atom_end: Ints
    atom_days: Ints  # days of all atoms before, so that a gap between two shows
    silent: Ints  # keys of cells that stand in the file without a number

    def find(self, series: Ints, start: Ints, end: Ints) -> Ints:
        """The quantity of that series and stretch, -1 where there is none."""
        return position(self.key, _key(series, start, end))

    def is_silent(self, series: Ints, start: Ints, end: Ints) -> Flags:
        """Whether a cell stands there that carries no number."""
        found: Flags = position(self.silent, _key(series, start, end)) != NONE
        return found

    def with_more(self, of: Ints, start: Ints, end: Ints) -> "Quantities":
        """The same and behind them numbers that are no cell and no sum of shorter ones."""
        nowhere, zero = np.full(len(of), NONE, dtype=np.int64), np.zeros(len(of), dtype=np.int64)
        return replace(
            self,
            of=np.concatenate([self.of, of]),
            start=np.concatenate([self.start, start]),
            end=np.concatenate([self.end, end]),
            cell=np.concatenate([self.cell, nowhere]),
            value=np.concatenate([self.value, np.full(len(of), np.nan)]),
            first=np.concatenate([self.first, zero]),
            last=np.concatenate([self.last, zero]),
        )

    def tiled(self, series: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Flags]:
        """The atoms that make up a stretch without a gap: first, one after the last, and whether they do."""
        first = np.searchsorted(self.atom_key, series * DAYS + start)
        last = np.searchsorted(self.atom_key, series * DAYS + end)
        whole = np.zeros(len(first), dtype=bool)
        some = np.flatnonzero(last > first)
        before, until = first[some], last[some]
        starts = self.atom_key[before] == series[some] * DAYS + start[some]
        covered = self.atom_days[until] - self.atom_days[before] == end[some] - start[some]
        whole[some] = starts & covered & (self.atom_end[until - 1] == end[some])
        return first, last, whole

    def touches(self, series: Ints, start: Ints, end: Ints) -> Flags:
        """Whether any atom of the series lies in the stretch, wholly or in part."""
        first = np.searchsorted(self.atom_key, series * DAYS + start, side="right") - 1
        last = np.searchsorted(self.atom_key, series * DAYS + end)
        touched: Flags = last > first + 1
        there = np.flatnonzero(first >= 0)
        same = self.atom_key[first[there]] // DAYS == series[there]
        touched[there] |= same & (self.atom_end[first[there]] > start[there])
        return touched


def quantities(cells: pd.DataFrame) -> Quantities:
    """The quantities of cells as `attackable` gives them."""
    number = cells.groupby(SERIES, sort=True).ngroup().to_numpy(dtype=np.int64)
    series = cells[SERIES].iloc[np.unique(number, return_index=True)[1]].reset_index(drop=True)
    # Two cells of a stock with the same last day are one number, whatever their first.
    start = np.where(cells["is_stock"], 0, cells["start"]).astype(np.int64)
    end = cells["end"].to_numpy(dtype=np.int64)
    there, flow = cells["has_number"].to_numpy(dtype=bool), cells["is_flow"].to_numpy(dtype=bool)
    atoms = _atoms(number[there & flow], start[there & flow], end[there & flow])
    shown = _key(number, start, end)
    key = np.unique(np.concatenate([shown[there], _key(*atoms)]))
    at = position(key, shown[there])
    rows = np.flatnonzero(there)
    of_cell = np.full(len(cells), NONE, dtype=np.int64)
    of_cell[rows] = at
    cell, value = np.full(len(key), NONE, dtype=np.int64), np.full(len(key), np.nan)
    cell[at[::-1]] = rows[::-1]
    is_visible = ~cells["is_hidden"].to_numpy(dtype=bool)[rows]
    cell[at[is_visible][::-1]] = rows[is_visible][::-1]
    value[at[is_visible][::-1]] = cells["numerator"].to_numpy(dtype=float)[rows[is_visible]][::-1]
    of, starts, ends = key // DAYS**2, key // DAYS % DAYS, key % DAYS
    atom_key = atoms[0] * DAYS + atoms[1]
    first, last = np.searchsorted(atom_key, of * DAYS + starts), np.searchsorted(atom_key, of * DAYS + ends)
    return Quantities(
        series=series,
        key=key,
        of=of,
        start=starts,
        end=ends,
        cell=cell,
        of_cell=of_cell,
        value=value,
        first=first,
        last=last,
        atom_quantity=position(key, _key(*atoms)),
        atom_key=atom_key,
        atom_end=atoms[2],
        atom_days=np.concatenate([[0], np.cumsum(atoms[2] - atoms[1])]),
        silent=np.setdiff1d(shown[~there], shown[there]),
    )


def _atoms(series: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Series, first day and end of every atom: between neighbouring days on which a cell begins or ends."""
    begins, ends = series * DAYS + start, series * DAYS + end
    cuts = np.unique(np.concatenate([begins, ends]))
    steps = np.bincount(np.searchsorted(cuts, begins), minlength=len(cuts))
    steps -= np.bincount(np.searchsorted(cuts, ends), minlength=len(cuts))
    covered = np.flatnonzero(np.cumsum(steps)[:-1] > 0) if len(cuts) else np.zeros(0, dtype=np.int64)
    return cuts[covered] // DAYS, cuts[covered] % DAYS, cuts[covered + 1] % DAYS


def _key(series: Ints, start: Ints, end: Ints) -> Ints:
    key: Ints = (series * DAYS + start) * DAYS + end
    return key


def position(sorted_keys: Ints, wanted: Ints) -> Ints:
    """Where each wanted key stands among sorted ones, -1 where it does not."""
    if not len(sorted_keys):
        return np.full(len(wanted), NONE, dtype=np.int64)
    place = np.minimum(np.searchsorted(sorted_keys, wanted), len(sorted_keys) - 1)
    found: Ints = np.where(sorted_keys[place] == wanted, place, NONE)
    return found


def series_rows(series: pd.DataFrame, **other: object) -> Ints:
    """For each series the one that is the same but for the columns given; -1 where there is none."""
    wanted = series[SERIES].assign(**other)
    keys = pd.Series(np.arange(len(series)), index=pd.MultiIndex.from_frame(series[SERIES]))
    found = keys.reindex(pd.MultiIndex.from_frame(wanted))
    rows: Ints = found.fillna(NONE).to_numpy(dtype=np.int64)
    return rows


def ranges(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Every number from `first` up to `last` of each pair, and of which pair it is."""
    lengths = last - first
    pair = np.repeat(np.arange(len(first)), lengths)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return first[pair] + within, pair


def terms_of(found: Quantities, quantity: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """The quantity itself where there is one, else its atoms; and of which entry each is."""
    own = np.flatnonzero(quantity != NONE)
    made = np.flatnonzero(quantity == NONE)
    atoms, of = ranges(first[made], last[made])
    return np.concatenate([quantity[own], found.atom_quantity[atoms]]), np.concatenate([own, made[of]])
