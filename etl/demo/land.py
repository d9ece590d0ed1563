"""The areas of the sample country, from when on each of them reports, and sums that add up exactly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from etl.demo.plan import Plan
from geo.areas import children, foundings, regions
from geo.register import REMAINDER_SUFFIX
from riskmap.domain.areas import Area, AreaKind

Numbers: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

_NEVER: Final = -1


@dataclass(frozen=True)
class Land:
    """All districts, then the remainders, in a fixed order; arrays of the sample have one row for each."""

    plan: Plan

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """Districts by region and code, then what each region holds outside its districts."""
        below = [area for region in regions() for area in children(region.id)]
        return tuple(sorted(below, key=lambda area: area.kind is AreaKind.REMAINDER))

    @cached_property
    def row(self) -> Mapping[str, int]:
        """Position of each area by id."""
        return {area.id: position for position, area in enumerate(self.areas)}

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Ids of the regions in order."""
        return tuple(region.id for region in regions())

    @cached_property
    def region(self) -> Whole:
        """Position of the region of each area."""
        return np.array([self.regions.index(area.parent) for area in self.areas])

    @cached_property
    def is_remainder(self) -> Flags:
        """Which rows are remainders."""
        return np.array([area.kind is AreaKind.REMAINDER for area in self.areas])

    @cached_property
    def first(self) -> Whole:
        """Month of the first return of each area: the first for old ones, else the month after their founding."""
        found = [area.valid_from for area in self.areas]
        return np.array([max(0, self.plan.position(day.replace(day=1)) + 1) if day else 0 for day in found])

    @cached_property
    def holder(self) -> Whole:
        """Which area held the territory before its founding; -1 where none is known."""
        cut = {area: cut_from for area, cut_from, _ in foundings()}
        cut |= {area + REMAINDER_SUFFIX: cut_from + REMAINDER_SUFFIX for area, cut_from in cut.items()}
        return np.array([self.row.get(cut.get(area.id, ""), _NEVER) for area in self.areas])

    @cached_property
    def reports(self) -> Flags:
        """Whether an area reports for a month, areas by months."""
        months = np.arange(len(self.plan.months))
        result: Flags = months[None, :] >= self.first[:, None]
        return result

    def year_is_there(self, years: Sequence[int]) -> Flags:
        """Whether an area existed at the end of a year, areas by years."""
        return np.array([[a.valid_from is None or a.valid_from.year <= year for year in years] for a in self.areas])

    def with_later_areas(self, own: Numbers, is_there: Flags) -> Numbers:
        """What areas report when the numbers of those not yet founded are those of the areas they were cut from."""
        result = np.where(is_there, own, 0.0)
        for position in np.flatnonzero(self.holder != _NEVER):
            result[self.holder[position]] += np.where(is_there[position], 0.0, own[position])
        return result


def stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of one purpose: what is drawn for one indicator does not move what is drawn for another."""
    return np.random.default_rng([seed, crc32(name.encode())])


def apportioned(total: int, weights: Numbers, *, least: int = 0) -> Numbers:
    """Whole numbers in proportion to the weights that add up to the total exactly; positive weights get `least`."""
    floor = np.where(weights > 0, least, 0).astype(float)
    exact = (total - floor.sum()) * weights / weights.sum()
    whole: Numbers = np.floor(exact) + floor
    missing = int(round(total - whole.sum()))
    order = np.argsort(-(exact - np.floor(exact)), kind="stable")
    whole[order[:missing]] += 1
    return whole
