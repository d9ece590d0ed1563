"""Cells to rows and points: rate, interval, fill, the same wherever a cell is shown."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from riskmap.analytics.classify import fills
from riskmap.analytics.views import AreaRow
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus
from riskmap.methods.rates import crude_rate, share

SUM = "sum_of_parts"


class Judged(NamedTuple):
    """A result row of a query with what is formed from its numbers."""

    cell: Any
    value: float
    lower: float
    upper: float
    fill: str


def judged(item: Indicator, cells: pd.DataFrame, breaks: tuple[float, ...]) -> Iterator[Judged]:
    """Each cell of an indicator with its rate, limits and fill, in the order of the frame."""
    value, lower, upper = _values(item, cells)
    fill = fills(cells, value, breaks=breaks, decimals=item.decimals)
    yield from map(Judged, cells.itertuples(index=False), value, lower, upper, fill)


def _values(item: Indicator, cells: pd.DataFrame) -> tuple[list[float], list[float], list[float]]:
    count, exposure = cells["numerator"].to_numpy(dtype=float), cells["denominator"].to_numpy(dtype=float)
    nothing = [math.nan] * len(cells)
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
        status=CellStatus(cell.status),
        count=cell.numerator,
        exposure=cell.denominator,
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        fill=found.fill,
        is_provisional=bool(cell.provisional),
        is_unstable=bool(cell.unstable),
        is_exposure_estimated=bool(cell.is_estimated),
        is_sum=cell.source == SUM,
        units_expected=whole(cell.units_expected),
        units_reported=whole(cell.units_reported),
    )


def whole(number: float) -> int | None:
    """A whole number, None where there is none."""
    return None if pd.isna(number) else int(number)
