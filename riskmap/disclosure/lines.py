"""Declared sums as arrays: which cell is the total of which others, over areas, categories and periods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.disclosure.periods import apart, period_sums
from riskmap.disclosure.primary import Flags
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, Grain, Kind, Period

Positions = NDArray[np.int64]

_PERIOD: Final = ["grain", "period_start", "period_end"]
_NONE: Final = -1
_Number = TypeVar("_Number", np.float64, np.int64, np.bool_)


@dataclass(frozen=True, slots=True)
class Lines:
    """Sums of one step, which share no cell: the total of each, and its parts in the order in which they are hidden.

    Totals and parts are positions of cells; the parts of line i begin at `first[i]` and end where the next begin.
    """

    totals: Positions
    parts: Positions
    first: Positions

    @classmethod
    def of(cls, totals: Positions, parts: Positions, rank: Positions) -> Self:
        """From one total and one part a row, in any order; a total of -1 is none. `rank` is that of each cell."""
        there = totals != _NONE
        totals, parts = totals[there], parts[there]
        order = np.lexsort((rank[parts], totals))
        unique, first = np.unique(totals[order], return_index=True)
        return cls(unique, parts[order], first.astype(np.int64))

    def only(self, chosen: Positions) -> Self:
        """Some of the lines, by their number."""
        lengths = np.diff(self.first, append=len(self.parts))[chosen]
        first = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(first, lengths)
        return type(self)(self.totals[chosen], self.parts[np.repeat(self.first[chosen], lengths) + within], first)

    def sum(self, of_parts: NDArray[_Number]) -> NDArray[_Number]:
        """The sum of each line over its parts."""
        added: NDArray[_Number] = np.add.reduceat(of_parts, self.first)
        return added

    def max(self, of_parts: NDArray[_Number]) -> NDArray[_Number]:
        """The largest of each line over its parts; of flags, whether any is set."""
        largest: NDArray[_Number] = np.maximum.reduceat(of_parts, self.first)
        return largest

    def first_of(self, chosen: Flags) -> Positions:
        """Where in `parts` the first chosen one of each line stands; beyond the end where none is."""
        place = np.where(chosen, np.arange(len(self.parts)), len(self.parts))
        earliest: Positions = np.minimum.reduceat(place, self.first)
        return earliest


class _Keys:
    """The key of each cell as one number, so that the cell with another area or category is found by arithmetic.

    Real and invented cells differ in their key: they never stand in one line.
    """

    def __init__(self, cells: pd.DataFrame) -> None:
        self.codes: dict[str, Positions] = {}
        self.names: dict[str, pd.Index] = {}
        for name in ("indicator", "area", "breakdown", "category", "invented"):
            self.codes[name], self.names[name] = pd.factorize(cells[name], sort=True)
        period = cells.groupby(_PERIOD, sort=False).ngroup().to_numpy()
        _, at = np.unique(period, return_index=True)
        self.codes["period"] = period
        self.periods = {
            Period(row.period_start, row.period_end, Grain(row.grain)): code
            for code, row in enumerate(cells[_PERIOD].iloc[at].itertuples(index=False))
        }
        self._sizes = {name: int(codes.max(initial=0)) + 1 for name, codes in self.codes.items()}
        everything = np.arange(len(cells))
        own = self._numbers(everything, {})
        self._order = np.argsort(own, kind="stable")
        self._sorted = own[self._order]

    def code(self, name: str, value: str) -> int:
        """The code of a value, -1 where no cell has it."""
        return int(self.names[name].get_indexer([value])[0])

    def find(self, cells: Positions, other: Mapping[str, Positions | int]) -> Positions:
        """For each of the cells, the one whose key is the same but for the codes given; -1 where there is none."""
        wanted = self._numbers(cells, other)
        place = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        is_there = self._sorted[place] == wanted
        for codes in other.values():
            is_there = is_there & (np.asarray(codes) != _NONE)
        found: Positions = np.where(is_there, self._order[place], _NONE)
        return found

    def _numbers(self, cells: Positions, other: Mapping[str, Positions | int]) -> Positions:
        number: Positions = np.zeros(len(cells), dtype=np.int64)
        for name, codes in self.codes.items():
            number = number * self._sizes[name] + other.get(name, codes[cells])
        return number


def declared_lines(
    cells: pd.DataFrame, *, relations: pd.DataFrame, declared: Mapping[str, Indicator], rank: Positions
) -> list[Lines]:
    """The lines between cells that all carry a number, step by step: areas from the top down, categories, periods.

    `rank` says of each cell when its turn is to be hidden as company.
    """
    if cells.empty:
        return []
    keys = _Keys(cells)
    sums = relations[relations["kind"] == "sum"]
    steps = (
        *_over_areas(keys, sums[sums["axis"] == "area"]),
        *_over_categories(keys, sums[sums["axis"] == "category"]),
        *_over_periods(keys, declared),
    )
    lines = (Lines.of(totals, parts, rank) for totals, parts in steps)
    return [step for step in lines if len(step.totals)]


Pairs = tuple[Positions, Positions]  # totals and parts


def _over_areas(keys: _Keys, sums: pd.DataFrame) -> Iterator[Pairs]:
    """One step for each level of parts: the country and its regions, then the regions and what they hold."""
    above = dict(zip(sums["part"], sums["total"], strict=True))
    depth = np.array([_depth(area, above) for area in keys.names["area"]])
    parent = np.array([keys.code("area", above.get(area, "")) for area in keys.names["area"]])
    for level in np.unique(depth[parent != _NONE]):
        parts = np.flatnonzero((depth == level)[keys.codes["area"]])
        yield keys.find(parts, {"area": parent[keys.codes["area"][parts]]}), parts


def _depth(area: str, above: Mapping[str, str]) -> int:
    return 1 + _depth(above[area], above) if area in above else 0


def _over_categories(keys: _Keys, sums: pd.DataFrame) -> Iterator[Pairs]:
    """One step for each breakdown: totals and the declared categories."""
    within = set(zip(sums["indicator"], sums["part"], strict=True))
    whole = {"breakdown": keys.code("breakdown", ALL), "category": keys.code("category", ALL)}
    for code, breakdown in enumerate(keys.names["breakdown"]):
        is_declared = np.array(
            [
                [(item, f"{breakdown}:{category}") in within for category in keys.names["category"]]
                for item in keys.names["indicator"]
            ]
        )
        parts = np.flatnonzero(keys.codes["breakdown"] == code)
        parts = parts[is_declared[keys.codes["indicator"][parts], keys.codes["category"][parts]]]
        yield keys.find(parts, whole), parts


def _over_periods(keys: _Keys, declared: Mapping[str, Indicator]) -> Iterator[Pairs]:
    """Steps in which no period occurs twice; a sum holds where all its parts are there."""
    kind_of = [declared[item].kind for item in keys.names["indicator"]]
    for kind in Kind:
        is_kind = np.array([own is kind for own in kind_of])[keys.codes["indicator"]]
        codes = np.unique(keys.codes["period"][is_kind])
        periods = [period for period, code in keys.periods.items() if code in codes]
        for group in apart(period_sums(periods, kind)):
            pairs = [
                _period_pairs(keys, is_kind, keys.periods[total], [keys.periods[p] for p in parts])
                for total, parts in group
            ]
            yield np.concatenate([totals for totals, _ in pairs]), np.concatenate([parts for _, parts in pairs])


def _period_pairs(keys: _Keys, is_kind: Flags, total: int, parts: list[int]) -> Pairs:
    totals = np.flatnonzero(is_kind & (keys.codes["period"] == total))
    found = np.stack([keys.find(totals, {"period": part}) for part in parts])
    is_whole = (found != _NONE).all(axis=0)
    return np.tile(totals[is_whole], len(parts)), found[:, is_whole].ravel()
