"""Areas over periods: every period of the axis in its place, gaps included, beside the same period last year."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb

from geo.areas import areas
from geo.comparable import Joined, comparable
from riskmap.analytics import queries
from riskmap.analytics.classify import class_breaks
from riskmap.analytics.coarser_cells import lines_with_coarser
from riskmap.analytics.judged_areas import judged_lines
from riskmap.analytics.rows import Judged, judged, lacks_parts, shown_fields
from riskmap.analytics.tested_trends import trend_test
from riskmap.analytics.views import Change, Line, Point, Story, TrendPanel, TrendRequest, TrendTest, TrendView
from riskmap.analytics.warehouse import open_build
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.registry import Indicator, indicator
from riskmap.domain.vocabulary import (
    SCHOOL_MONTHS,
    CellStatus,
    Grain,
    Period,
    Protection,
    Scope,
    enclosing,
    months_between,
    same_period_last_year,
)
from riskmap.methods.refusals import Reason

# Per cents of smaller numbers say little: the two numbers are told instead.
LEAST_BASE: Final = 20
_SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)
_NAN: Final = float("nan")

# What one line is of: an area, or several as one.
Place: TypeAlias = Area | Joined


def trends(build: Path, *, scope: Scope, request: TrendRequest) -> TrendView:
    """One panel per indicator that has figures of the grain, with a line per area.

    The kind of figures, real or invented, is that of the first area asked for; areas of the other kind are left out.
    On comparable areas each area is replaced by the joined areas that it belongs to over the whole axis, so that a
    line is of the same land in every period.
    Since 1 January or 1 September: one period per year, all ending with the same day as the latest.
    """
    with closing(open_build(build, scope=scope)) as cursor:
        panels = [_panel(cursor, indicator(name), request) for name in request.indicators]
    return TrendView(request=request, panels=tuple(panel for panel in panels if panel))


def _panel(cursor: duckdb.DuckDBPyConnection, item: Indicator, request: TrendRequest) -> TrendPanel | None:
    asked = [areas()[area] for area in request.areas]
    cells = _cells(cursor, item, request, asked)
    if not cells:
        return None
    kinds = {cell.area: cell.invented for cell in cells}
    is_invented = next(kinds[area.id] for area in asked if area.id in kinds)
    same = [area for area in asked if kinds.get(area.id) is is_invented]
    known = {area.id for area in same}
    periods = axis(item, [cell for cell in cells if cell.area in known], request.grain)
    first, last = periods[0].start, periods[-1].end
    placed = {area.id: _place(area, first, last) if request.is_comparable else area for area in same}
    # Two areas that fall into one joined area become one line.
    places = list(dict.fromkeys(placed.values()))
    if places != same:
        cells = _cells(cursor, item, request, places)
    cells = [cell for cell in cells if cell.invented is is_invented]
    known = {cell.area for cell in cells}
    shown = [place for place in places if place.id in known]
    concerned = sorted({area.id for area in same}.union(*(members_of(place) for place in places)))
    told = queries.breaks_between(cursor, indicator=item.id, start=first, end=last, areas=concerned)
    stories = tuple(story for story in told if story.axis == "definition" or story.subject in known)
    breaks = class_breaks(item, (request.breakdown, request.category))
    drawn = lines(item, cells, periods, breaks=breaks, stories=stories, wanted=shown)
    found = judged_lines(cursor, item, (request.breakdown, request.category), drawn)
    is_rounded = queries.meta(cursor)["protection"] == Protection.ROUNDING
    return TrendPanel(
        indicator=item,
        breakdown=request.breakdown,
        category=request.category,
        grain=request.grain,
        periods=periods,
        lines=lines_with_coarser(
            cursor,
            [
                replace(
                    line,
                    tested=_trend_test(item, line, request.grain, stories, is_rounded=is_rounded),
                    judged=found.get(line.area),
                )
                for line in drawn
            ],
            item,
            cut=(request.breakdown, request.category),
            is_invented=is_invented,
        ),
        left_out=tuple(area.id for area in asked if placed.get(area.id) not in shown),
        breaks=breaks,
        stories=stories,
        is_invented=is_invented,
        borders=tuple(story for story in told if story.axis == "area"),
    )


def _cells(
    cursor: duckdb.DuckDBPyConnection, item: Indicator, request: TrendRequest, places: Sequence[Place]
) -> list[Any]:
    return queries.cells_of_areas(
        cursor,
        indicator=item.id,
        cut=(request.breakdown, request.category),
        grain=request.grain,
        population=item.population,
        areas=[place.id for place in places],
    )


def _place(area: Area, first: date, last: date) -> Place:
    """The joined areas that an area belongs to over the whole axis; itself where its borders stayed as they were."""
    return comparable(area.id, first, last) or area


def members_of(place: Place) -> tuple[str, ...]:
    """The ids of joined areas; none for an area as it is."""
    return place.members if isinstance(place, Joined) else ()


def axis(item: Indicator, cells: Sequence[Any], grain: Grain) -> tuple[Period, ...]:
    """Every period of a grain from the first to the last one of the cells, without a hole.

    Of what happens in lessons the months without lessons are left out: they are no gap.
    """
    first, last = min(cell.period_start for cell in cells), max(cell.period_end for cell in cells)
    if grain in _SINCE:
        return tuple(_years_back(cells, first))
    months = months_between(first, last)
    if grain is Grain.MONTH and item.school_months:
        months = [month for month in months if month.start.month in SCHOOL_MONTHS]
    return tuple(dict.fromkeys(enclosing(month, grain) for month in months))


def _years_back(cells: Sequence[Any], first: date) -> Iterator[Period]:
    period = queries.period_of(max(cells, key=lambda cell: cell.period_end))
    chain = [period]
    while (period := same_period_last_year(period)).start >= first:
        chain.append(period)
    yield from reversed(chain)


def lines(
    item: Indicator,
    cells: Sequence[Any],
    periods: Sequence[Period],
    *,
    breaks: tuple[float, ...],
    stories: Sequence[Story],
    wanted: Sequence[Place],
) -> tuple[Line, ...]:
    """One line per area in the order wanted, with a point for every period."""
    by_area: dict[str, dict[tuple[date, date], Judged]] = {place.id: {} for place in wanted}
    for found in judged(item, cells, breaks):
        by_area[found.cell.area][found.cell.period_start, found.cell.period_end] = found
    days = {place.id: _days_of(place.id, stories) for place in wanted}
    return tuple(
        Line(
            area=place.id,
            level=str(AreaKind.JOINED if isinstance(place, Joined) else place.kind),
            names=place.names,  # type: ignore[arg-type]
            points=tuple(_point(period, place, by_area[place.id], days[place.id]) for period in periods),
            members=members_of(place),
        )
        for place in wanted
    )


def _trend_test(
    item: Indicator, line: Line, grain: Grain, stories: Sequence[Story], *, is_rounded: bool
) -> TrendTest | None:
    found = trend_test(item, grain, line.points, [story for story in stories if story.concerns(line.area)])
    # Of all numbers those of the country alone are not rounded.
    if found and is_rounded and line.level != AreaKind.COUNTRY:
        return replace(found, direction=None, reason=Reason.ROUNDED)
    return found


def _days_of(area: str, stories: Sequence[Story]) -> list[date]:
    return [story.day for story in stories if story.concerns(area)]


def _point(period: Period, place: Place, known: Mapping[tuple[date, date], Judged], broken: Sequence[date]) -> Point:
    found = known.get((period.start, period.end))
    if found is None:
        exists = any(areas()[area].exists(period.end) for area in members_of(place) or (place.id,))
        status = CellStatus.NOT_REPORTED if exists else CellStatus.NOT_APPLICABLE
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
    is_like = not (lacks_parts(now.cell) or lacks_parts(before.cell))
    percent = (now.cell.numerator - count) / count * 100 if is_like and count >= LEAST_BASE else None
    return Change(before=count, value_before=before.value, percent=percent, is_like=is_like)
