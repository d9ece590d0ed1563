"""To which numbers of countries and regions not every part has reported: longer and shorter ones differ in who did."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.quantities import NONE, Flags, Ints, Quantities
from riskmap.domain.vocabulary import CellStatus

_SUM: Final = "sum_of_parts"  # the source of what was added up here
_LACKS: Final = (CellStatus.NOT_REPORTED, CellStatus.NOT_COMPARABLE)
_STRETCH: Final = ["indicator", "grain", "period_start", "period_end", "breakdown", "category", "invented"]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Of every quantity whether it lacks reports, and whether it is shown as a sum of its parts."""

    quantity: Flags
    is_sum: Flags
    atoms_before: Ints  # how many atoms before each lack reports

    @classmethod
    def of(cls, cells: pd.DataFrame, found: Quantities, relations: pd.DataFrame) -> Self:
        """As statuses and units tell it; of a hidden cell its parts and the shorter cells in it do."""
        lacks = _lacking(cells, relations)
        there = found.of_cell != NONE
        quantity = np.zeros(len(found.key), dtype=bool)
        quantity[found.of_cell[there & lacks]] = True
        is_sum = np.zeros(len(found.key), dtype=bool)
        is_sum[found.of_cell[there & (cells["source"] == _SUM).to_numpy(dtype=bool)]] = True
        is_hidden = np.isnan(found.value) & (found.cell != NONE)
        quantity[_around(found, np.flatnonzero(quantity), np.flatnonzero(is_hidden & (found.last > found.first)))] = (
            True
        )
        return cls(quantity, is_sum, _counted(quantity[found.atom_quantity]))

    def within(self, first: Ints, last: Ints) -> Flags:
        """Whether one of the atoms from `first` up to `last` lacks reports."""
        some: Flags = self.atoms_before[np.maximum(first, last)] > self.atoms_before[first]
        return some


def _around(found: Quantities, lacking: Ints, asked: Ints) -> Ints:
    """Those of the quantities asked for that hold a stretch in which reports are lacking."""
    inner, outer = (
        pd.DataFrame({"at": rows, "series": found.of[rows], "start": found.start[rows], "end": found.end[rows]})
        for rows in (lacking, asked)
    )
    pairs = outer.merge(inner, on="series", suffixes=("", "_inner"))
    holds = (pairs["start"] <= pairs["start_inner"]) & (pairs["end_inner"] <= pairs["end"])
    return np.unique(pairs.loc[holds, "at"].to_numpy(dtype=np.int64))


def _counted(flags: Flags) -> Ints:
    return np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)


def _lacking(cells: pd.DataFrame, relations: pd.DataFrame) -> Flags:
    """Of every cell of an area that consists of others whether one of these lacks: its own units tell, or its parts."""
    sums = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    above = dict(zip(sums["part"], sums["total"], strict=True))
    is_margin = cells["area"].isin(set(above.values())).to_numpy(dtype=bool)
    short = (cells["units_reported"] < cells["units_expected"]).fillna(False).to_numpy(dtype=bool)
    lacks: Flags = is_margin & short & ~cells["is_hidden"].to_numpy(dtype=bool)
    stretch = cells.groupby(_STRETCH, sort=False).ngroup().to_numpy()
    number, names = pd.factorize(cells["area"])
    own = pd.Index(names)
    parent = own.get_indexer(pd.Index([above.get(area, "") for area in names]))[number]
    silent = cells["status"].isin(_LACKS).to_numpy(dtype=bool)
    place = pd.Index(stretch * len(names) + number)
    for _ in range(2):  # districts to regions, regions to the country
        told = np.flatnonzero((silent | lacks) & (parent != NONE))
        at = place.get_indexer(pd.Index(np.unique(stretch[told] * len(names) + parent[told])))
        at = at[at != NONE]
        lacks[at[cells["is_hidden"].to_numpy(dtype=bool)[at]]] = True
    return lacks
