"""Cells to rows and points: rate, interval, fill, the same wherever a cell is shown."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.analytics.classify import class_breaks, fills
from riskmap.analytics.views import AreaRow
from riskmap.domain.registry import Indicator, indicator
from riskmap.domain.vocabulary import ALL, CellStatus
from riskmap.methods.rates import crude_rate, share

SUM = "sum_of_parts"


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
    def of(cls, cells: pd.DataFrame) -> Self:
        count, exposure = (cells[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
        return cls(cells["status"].to_numpy(dtype=object), count, exposure)

    def part(self, start: int, end: int) -> Self:
        return type(self)(self.status[start:end], self.count[start:end], self.exposure[start:end])


def judged(item: Indicator, cells: pd.DataFrame, breaks: tuple[float, ...]) -> Iterator[Judged]:
    """Each cell of an indicator with its rate, limits and fill, in the order of the frame."""
    yield from map(Judged, cells.itertuples(index=False), *_judgement(item, _Numbers.of(cells), breaks))


def judged_totals(cells: pd.DataFrame) -> Iterator[Judged]:
    """The same for totals of several indicators at once, the cells of each side by side."""
    # Rows and numbers are read once for all: a frame of two rows takes as long to open as one of a hundred.
    rows, numbers = cells.itertuples(index=False), _Numbers.of(cells)
    name = cells["indicator"].to_numpy(dtype=object)
    first = [0, *(np.flatnonzero(name[1:] != name[:-1]) + 1), len(name)] if len(name) else []
    for start, end in pairwise(first):
        item = indicator(name[start])
        judgement = _judgement(item, numbers.part(start, end), class_breaks(item, (ALL, ALL)))
        yield from map(Judged, islice(rows, end - start), *judgement)


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
