"""Cells to rows and points: rate, interval, fill, the same wherever a cell is shown."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.analytics.classify import class_breaks, fills
from riskmap.analytics.views import AreaRow
from riskmap.domain.registry import Indicator, indicator
from riskmap.domain.vocabulary import ALL, CellStatus
from riskmap.methods.rates import crude_rate, share

SUM = "sum_of_parts"
_COUNTED: Final = ("numerator", "denominator")


class Judged(NamedTuple):
    """A result row of a query with what is formed from its numbers."""

    cell: Any
    value: float
    lower: float
    upper: float
    fill: str


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The columns of cells from which rate and fill are formed."""

    status: NDArray[np.object_]
    count: NDArray[np.float64]
    exposure: NDArray[np.float64]

    @classmethod
    def of(cls, cells: Sequence[Any]) -> Self:
        count, exposure = (np.array([getattr(cell, name) for cell in cells], float) for name in _COUNTED)
        return cls(np.array([cell.status for cell in cells], object), count, exposure)


def judged(item: Indicator, cells: Sequence[Any], breaks: tuple[float, ...]) -> Iterator[Judged]:
    """Each cell of an indicator with its rate, limits and fill, in their order."""
    return map(Judged, cells, *_judgement(item, _Numbers.of(cells), breaks))


def judged_totals(cells: Iterable[Any]) -> Iterator[Judged]:
    """The same for totals of several indicators at once, the cells of each side by side."""
    for name, of_one in groupby(cells, key=attrgetter("indicator")):
        item = indicator(name)
        yield from judged(item, list(of_one), class_breaks(item, (ALL, ALL)))


def _judgement(
    item: Indicator, numbers: _Numbers, breaks: tuple[float, ...]
) -> tuple[list[float], list[float], list[float], list[str]]:
    value, lower, upper = _values(item, numbers)
    fill = fills(numbers.status, numbers.count, value, breaks=breaks, decimals=item.decimals)
    return value, lower, upper, fill


def _values(item: Indicator, numbers: _Numbers) -> tuple[list[float], list[float], list[float]]:
    count, exposure = numbers.count, numbers.exposure
    nothing = [math.nan] * len(count)
    if item.interval == "none":
        return nothing, nothing, nothing
    method = share if item.interval == "wilson" else crude_rate
    rate = method(count, exposure, multiplier=item.multiplier)
    if item.interval == "ratio":
        return rate.value.tolist(), nothing, nothing
    return rate.value.tolist(), rate.lower.tolist(), rate.upper.tolist()


def area_row(found: Judged) -> AreaRow:
    """The row of one area."""
    cell = found.cell
    return AreaRow(
        area=cell.area,
        level=cell.level,
        parent=cell.parent,
        names=(cell.name_kk, cell.name_ru, cell.name_en),
        is_exposure_estimated=bool(cell.is_estimated),
        **shown_fields(found),
    )


def shown_fields(found: Judged) -> dict[str, Any]:
    """What a row of an area and a point in time have in common: state, numbers, fill and what qualifies them."""
    cell = found.cell
    return {
        "status": CellStatus(cell.status),
        "count": cell.numerator,
        "exposure": cell.denominator,
        "value": found.value,
        "lower": found.lower,
        "upper": found.upper,
        "fill": found.fill,
        "is_provisional": bool(cell.provisional),
        "is_unstable": bool(cell.unstable),
        "units_expected": whole(cell.units_expected),
        "units_reported": whole(cell.units_reported),
        "revised": day_of(cell.revised),
        "lacks_parts": lacks_parts(cell),
    }


def lacks_parts(cell: Any) -> bool:
    """Whether the cell of a result row is a sum of areas without some of them."""
    return bool(cell.source == SUM and cell.units_reported < cell.units_expected)


def day_of(moment: Any) -> date | None:
    """A day of a result row, None where there is none."""
    return None if pd.isna(moment) else pd.Timestamp(moment).date()


def whole(number: float) -> int | None:
    """A whole number, None where there is none."""
    return None if pd.isna(number) else int(number)
