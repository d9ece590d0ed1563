"""One function per question a page asks; each opens the build for the scope, asks, and returns a frozen view."""

import math
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from riskmap.analytics import queries
from riskmap.analytics.classify import class_breaks, fills
from riskmap.analytics.views import AreaRow, Choice, MapRequest, MapView, Overview, Returns
from riskmap.analytics.warehouse import current_build, open_build
from riskmap.domain.registry import Indicator, catalogue, indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, CellStatus, Scope
from riskmap.methods.rates import crude_rate, share

# A choice is offered as the first view when this share of its areas shows a value.
WORTH_OPENING = 0.6


def live_build() -> Path:
    """The folder of the live build; `NoPublishedBuild` before the first publication."""
    return current_build()


def overview(build: Path, *, scope: Scope) -> Overview:
    """Build, data date, who has reported, and everything that can be shown."""
    with closing(open_build(build, scope=scope)) as cursor:
        meta = queries.meta(cursor)
        owed = queries.completeness(cursor)
        shown = queries.shown_by_period(cursor)
    return Overview(
        build=meta["build"],
        data_date=date.fromisoformat(meta["data_date"]) if meta["data_date"] else None,
        protection=meta["protection"],
        is_invented=meta["is_invented"] == "true",
        returns=_returns(owed),
        choices=tuple(_choice(row) for row in shown.itertuples(index=False)),
    )


def _returns(owed: pd.DataFrame) -> tuple[Returns, ...]:
    found = []
    for _, group in owed.groupby(["source", "grain", "period_start", "period_end"], sort=True):
        first = next(group.itertuples(index=False))
        received = group["received"].max()
        found.append(
            Returns(
                source=str(first.source),
                period=queries.period_of(first),
                reported=tuple(group.loc[group["is_reported"], "area"]),
                missing=tuple(group.loc[~group["is_reported"], "area"]),
                received=None if pd.isna(received) else pd.Timestamp(received).date(),
            )
        )
    return tuple(found)


def _choice(row: Any) -> Choice:
    names = ("indicator", "level", "breakdown", "category")
    key = {name: str(getattr(row, name)) for name in names}
    shown = row.shown / row.cells
    return Choice(**key, period=queries.period_of(row), areas=int(row.cells), share_shown=shown)


def area_map(build: Path, *, scope: Scope, request: MapRequest) -> MapView:
    """The areas of one level with rate, interval and fill, the country's row, and the breaks in the period."""
    item = indicator(request.indicator)
    with closing(open_build(build, scope=scope)) as cursor:
        levels = [request.level, "country"]
        cells = queries.cells_of_levels(cursor, request=request, population=item.population, levels=levels)
        stories = queries.breaks_within(cursor, indicator=request.indicator, period=request.period)
    breaks = class_breaks(item, breakdown=request.breakdown)
    rows = _rows(item, cells, breaks)
    areas = set(cells.loc[cells["level"] == request.level, "area"])
    return MapView(
        request=request,
        indicator=item,
        rows=tuple(row for row in rows if row.area in areas),
        country=next((row for row in rows if row.area == COUNTRY), None),
        breaks=breaks,
        stories=tuple(story for story in stories if story[0] != "area" or story[1] in areas),
        is_invented=bool(cells["invented"].any()),
    )


def _rows(item: Indicator, cells: pd.DataFrame, breaks: tuple[float, ...]) -> list[AreaRow]:
    value, lower, upper = _values(item, cells)
    fill = fills(cells, value, breaks=breaks, decimals=item.decimals)
    numbers = zip(cells.itertuples(index=False), value, lower, upper, fill, strict=True)
    return [_row(cell, (rate, low, high), key) for cell, rate, low, high, key in numbers]


def _values(item: Indicator, cells: pd.DataFrame) -> tuple[list[float], list[float], list[float]]:
    count, exposure = cells["numerator"].to_numpy(dtype=float), cells["denominator"].to_numpy(dtype=float)
    if item.interval == "none":
        nothing = [math.nan] * len(cells)
        return nothing, nothing, nothing
    method = share if item.interval == "wilson" else crude_rate
    rate = method(count, exposure, multiplier=item.multiplier)
    return list(rate.value), list(rate.lower), list(rate.upper)


def _row(cell: Any, rate: tuple[float, float, float], fill: str) -> AreaRow:
    units = (cell.units_expected, cell.units_reported)
    expected, reported = (None if pd.isna(number) else int(number) for number in units)
    return AreaRow(
        area=cell.area,
        names=(cell.name_kk, cell.name_ru, cell.name_en),
        status=CellStatus(cell.status),
        count=cell.numerator,
        exposure=cell.denominator,
        value=float(rate[0]),
        lower=float(rate[1]),
        upper=float(rate[2]),
        fill=fill,
        is_provisional=bool(cell.provisional),
        is_unstable=bool(cell.unstable),
        is_exposure_estimated=bool(cell.is_estimated),
        units_expected=expected,
        units_reported=reported,
    )


def opening(choices: Sequence[Choice], *, level: str) -> Choice | None:
    """What a page opens on: the first indicator of the catalogue, its total, the latest period that most areas show.

    Where nothing better is published, a category or a period with many holes; None where no table of that level is.
    """
    fits = [choice for choice in choices if choice.level == level]
    place = {identifier: position for position, identifier in enumerate(catalogue().indicators)}

    def worth(choice: Choice) -> tuple[object, ...]:
        is_total, is_full = choice.breakdown == ALL, choice.share_shown >= WORTH_OPENING
        return -place[choice.indicator], is_total, is_full, choice.period.end

    return max(fits, key=worth, default=None)
