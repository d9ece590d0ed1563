"""To which numbers of countries and regions not every part has reported: longer and shorter ones differ in who did."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities
from riskmap.domain.vocabulary import CellStatus

_SUM: Final = "sum_of_parts"  # the source of what was added up here
_LACKS: Final = (CellStatus.NOT_REPORTED, CellStatus.NOT_COMPARABLE)
_FORM: Final = ["indicator", "area", "grain", "period_start", "period_end", "invented"]
_STRETCH: Final = ["indicator", "grain", "period_start", "period_end", "breakdown", "category", "invented"]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Of every quantity whether it lacks reports, of how many units, and whether it is shown as a sum of its parts."""

    quantity: Flags
    missing: Floats  # units whose reports it lacks; NaN where nobody knows, and of areas that consist of no others
    is_sum: Flags
    atoms_before: Ints  # how many atoms before each lack reports

    @classmethod
    def of(cls, cells: pd.DataFrame, found: Quantities, relations: pd.DataFrame) -> Self:
        """As statuses and units tell it; of a hidden cell its other parts, its areas and the shorter cells in it do."""
        told, lacks = _lacking(cells, relations)
        there = found.of_cell != NONE
        missing = np.full(len(found.key), np.nan)
        np.fmax.at(missing, found.of_cell[there], told[there])
        quantity = np.zeros(len(found.key), dtype=bool)
        quantity[found.of_cell[there & lacks]] = True
        is_sum = np.zeros(len(found.key), dtype=bool)
        is_sum[found.of_cell[there & (cells["source"] == _SUM).to_numpy(dtype=bool)]] = True
        is_hidden = np.isnan(found.value) & (found.cell != NONE)
        hidden = np.flatnonzero(is_hidden & (found.last > found.first))
        longer, most = _around(found, np.flatnonzero(quantity), missing, hidden)
        quantity[longer] = True
        missing[longer] = np.fmax(missing[longer], most)
        return cls(quantity, missing, is_sum, _counted(quantity[found.atom_quantity]))

    def within(self, first: Ints, last: Ints) -> Flags:
        """Whether one of the atoms from `first` up to `last` lacks reports."""
        some: Flags = self.atoms_before[np.maximum(first, last)] > self.atoms_before[first]
        return some


def _around(found: Quantities, lacking: Ints, missing: Floats, asked: Ints) -> tuple[Ints, Floats]:
    """Those of the quantities asked for that hold a stretch in which reports are lacking, and of how many units."""
    inner, outer = (
        pd.DataFrame({"at": rows, "series": found.of[rows], "start": found.start[rows], "end": found.end[rows]})
        for rows in (lacking, asked)
    )
    pairs = outer.merge(inner.assign(missing=missing[lacking]), on="series", suffixes=("", "_inner"))
    holds = (pairs["start"] <= pairs["start_inner"]) & (pairs["end_inner"] <= pairs["end"])
    most = pairs[holds].groupby("at")["missing"].max()
    return most.index.to_numpy(dtype=np.int64), most.to_numpy(dtype=float)


def _counted(flags: Flags) -> Ints:
    return np.concatenate([[0], np.cumsum(flags)]).astype(np.int64)


def _lacking(cells: pd.DataFrame, relations: pd.DataFrame) -> tuple[Floats, Flags]:
    """Of every cell of an area that consists of others how many of these it lacks, and whether it lacks any."""
    above = parents(relations)
    is_margin = cells["area"].isin(set(above.values())).to_numpy(dtype=bool)
    is_hidden = cells["is_hidden"].to_numpy(dtype=bool)
    missing = _by_units(cells, is_margin=is_margin, is_hidden=is_hidden)
    # Where nobody knows how many of a region that is silent itself have not reported, it counts as one.
    expected = cells["units_expected"].astype(float).fillna(1.0).to_numpy()
    whole = np.where(is_margin, expected, 1.0)
    silent = cells["status"].isin(_LACKS).to_numpy(dtype=bool)
    parts = _Parts.of(cells, above)
    lacks: Flags = missing > 0
    for _ in range(2):  # districts to regions, regions to the country
        below = parts.sums(np.where(silent, whole, np.nan_to_num(missing)))
        # Of the country its own units count regions that lack something, not how much each of them lacks.
        deeper = (below > 0) & ((is_hidden & np.isnan(missing)) | lacks)
        missing = np.where(deeper, np.fmax(missing, below), missing)
        lacks |= is_hidden & is_margin & (parts.sums((silent | lacks).astype(float)) > 0)
    return missing, lacks


def parents(relations: pd.DataFrame) -> dict[str, str]:
    """Every area that is part of another one, and that one."""
    sums = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    return dict(zip(sums["part"], sums["total"], strict=True))


def _by_units(cells: pd.DataFrame, *, is_margin: Flags, is_hidden: Flags) -> Floats:
    """As the units of the cell tell, or of visible parts of the same figure: one return holds them all."""
    gap = (cells["units_expected"] - cells["units_reported"]).astype(float)
    shown = gap.where(cells["is_counted"] & is_margin)
    rows = np.flatnonzero(is_margin)
    told = shown.iloc[rows].groupby([cells[name].iloc[rows] for name in _FORM], sort=False).transform("max")
    missing: Floats = shown.to_numpy(dtype=float).copy()
    hidden = is_hidden[rows]
    missing[rows[hidden]] = np.where(np.isnan(missing[rows]), told.to_numpy(dtype=float), missing[rows])[hidden]
    return missing


@dataclass(frozen=True, slots=True)
class _Parts:
    """Of every cell the one of the area above it with the same key otherwise; -1 where there is none."""

    total: Ints

    @classmethod
    def of(cls, cells: pd.DataFrame, above: dict[str, str]) -> Self:
        stretch = cells.groupby(_STRETCH, sort=False).ngroup().to_numpy()
        number, names = pd.factorize(cells["area"])
        parent = pd.Index(names).get_indexer(pd.Index([above.get(area, "") for area in names]))[number]
        wanted = np.where(parent != NONE, stretch * len(names) + parent, NONE)
        return cls(pd.Index(stretch * len(names) + number).get_indexer(pd.Index(wanted)).astype(np.int64))

    def sums(self, number: Floats) -> Floats:
        there = self.total != NONE
        return np.bincount(self.total[there], weights=number[there], minlength=len(number)).astype(np.float64)
