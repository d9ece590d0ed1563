"""Areas over periods: every period of the axis in its place, gaps included, beside the same period last year."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from geo.areas import areas
from riskmap.analytics import queries
from riskmap.analytics.classify import class_breaks
from riskmap.analytics.rows import Judged, judged, lacks_parts, shown_fields
from riskmap.analytics.views import Change, Line, Point, Story, TrendPanel, TrendRequest, TrendView
from riskmap.analytics.warehouse import open_build
from riskmap.domain.registry import Indicator, indicator
from riskmap.domain.vocabulary import (
    SCHOOL_MONTHS,
    CellStatus,
    Grain,
    Period,
    Scope,
    enclosing,
    months_between,
    same_period_last_year,
)

# Per cents of smaller numbers say little: the two numbers are told instead.
LEAST_BASE: Final = 20
_SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)
_NAN: Final = float("nan")


def trends(build: Path, *, scope: Scope, request: TrendRequest) -> TrendView:
    """One panel per indicator that has figures of the grain, with a line per area.

    The kind of figures, real or invented, is that of the first area asked for; areas of the other kind are left out.
    Since 1 January or 1 September: one period per year, all ending with the same day as the latest.
    """
    cut = (request.breakdown, request.category)
    with closing(open_build(build, scope=scope)) as cursor:
        panels = [_panel(cursor, indicator(name), cut, request.grain, request.areas) for name in request.indicators]
    return TrendView(request=request, panels=tuple(panel for panel in panels if panel))


def _panel(
    cursor: duckdb.DuckDBPyConnection, item: Indicator, cut: tuple[str, str], grain: Grain, wanted: Sequence[str]
) -> TrendPanel | None:
    cells = queries.cells_of_areas(
        cursor, indicator=item.id, cut=cut, grain=grain, population=item.population, areas=wanted
    )
    if cells.empty:
        return None
    kinds = dict(zip(cells["area"], cells["invented"].astype(bool), strict=True))
    is_invented = next(kinds[area] for area in wanted if area in kinds)
    shown = [area for area in wanted if kinds.get(area) is is_invented]
    cells = cells[cells["area"].isin(shown)]
    periods = axis(item, cells, grain)
    stories = queries.breaks_between(
        cursor, indicator=item.id, start=periods[0].start, end=periods[-1].end, areas=shown
    )
    breaks = class_breaks(item, cut)
    return TrendPanel(
        indicator=item,
        breakdown=cut[0],
        category=cut[1],
        grain=grain,
        periods=periods,
        lines=lines(item, cells, periods, breaks=breaks, stories=stories, wanted=shown),
        left_out=tuple(area for area in wanted if area not in shown),
        breaks=breaks,
        stories=tuple(stories),
        is_invented=is_invented,
    )


def axis(item: Indicator, cells: pd.DataFrame, grain: Grain) -> tuple[Period, ...]:
    """Every period of a grain from the first to the last one of the cells, without a hole.

    Of what happens in lessons the months without lessons are left out: they are no gap.
    """
    first, last = pd.Timestamp(cells["period_start"].min()).date(), pd.Timestamp(cells["period_end"].max()).date()
    if grain in _SINCE:
        return tuple(_years_back(cells, grain))
    months = months_between(first, last)
    if grain is Grain.MONTH and item.school_months:
        months = [month for month in months if month.start.month in SCHOOL_MONTHS]
    return tuple(dict.fromkeys(enclosing(month, grain) for month in months))


def _years_back(cells: pd.DataFrame, grain: Grain) -> Iterator[Period]:
    latest = cells.loc[cells["period_end"].idxmax()]
    period = queries.period_of(latest)
    chain = [period]
    first = pd.Timestamp(cells["period_start"].min()).date()
    while (period := same_period_last_year(period)).start >= first:
        chain.append(period)
    yield from reversed(chain)


def lines(
    item: Indicator,
    cells: pd.DataFrame,
    periods: Sequence[Period],
    *,
    breaks: tuple[float, ...],
    stories: Sequence[Story],
    wanted: Sequence[str],
) -> tuple[Line, ...]:
    """One line per area in the order wanted, with a point for every period."""
    by_area: dict[str, dict[tuple[date, date], Judged]] = {area: {} for area in wanted}
    for found in judged(item, cells, breaks):
        start, end = found.cell.period_start, found.cell.period_end
        by_area[found.cell.area][pd.Timestamp(start).date(), pd.Timestamp(end).date()] = found
    days = {area: _days_of(area, stories) for area in wanted}
    return tuple(
        Line(
            area=area,
            level=str(areas()[area].kind),
            names=areas()[area].names,  # type: ignore[arg-type]
            points=tuple(_point(period, area, by_area[area], days[area]) for period in periods),
        )
        for area in wanted
    )


def _days_of(area: str, stories: Sequence[Story]) -> list[date]:
    return [day for axis_name, subject, day, _ in stories if axis_name == "definition" or subject == area]


def _point(period: Period, area: str, known: Mapping[tuple[date, date], Judged], broken: Sequence[date]) -> Point:
    found = known.get((period.start, period.end))
    if found is None:
        status = CellStatus.NOT_REPORTED if areas()[area].exists(period.end) else CellStatus.NOT_APPLICABLE
        return Point(
            *(period, status, _NAN, _NAN, _NAN, _NAN, _NAN),
            *(str(status), False, False, None, None, None),
        )
    return Point(period=period, change=_change(period, found, known, broken), **shown_fields(found))


def _change(
    period: Period, now: Judged, known: Mapping[tuple[date, date], Judged], broken: Sequence[date]
) -> Change | None:
    """Beside the same period last year, unless one is not known or a break lies between the two."""
    earlier = same_period_last_year(period)
    before = known.get((earlier.start, earlier.end))
    if before is None or any(earlier.start < day <= period.end for day in broken):
        return None
    if not now.cell.status == before.cell.status == CellStatus.VALUE:
        return None
    count = before.cell.numerator
    # Counts of sums that lack parts are of other areas each time; their rates are of the people of the same areas.
    is_like = count >= LEAST_BASE and not (lacks_parts(now) or lacks_parts(before))
    percent = (now.cell.numerator - count) / count * 100 if is_like else None
    return Change(before=count, value_before=before.value, percent=percent)
