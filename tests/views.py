"""Views put together by hand: real areas and indicators, numbers made up for the test."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from geo.areas import areas
from riskmap.analytics.views import (
    AreaRow,
    Change,
    HeatView,
    Line,
    MapRequest,
    MapView,
    PairRow,
    PairView,
    Part,
    PartsRow,
    PartsView,
    Point,
    Story,
    TrendPanel,
    TrendRequest,
    TrendView,
)
from riskmap.domain.registry import Indicator, indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, CellStatus, Period, month_period, parse_period, year_period
from riskmap.methods.rates import crude_rate
from riskmap.methods.refusals import Reason

NAN = math.nan
AKMOLA, ABAI, NORTH = "110000000", "100000000", "590000000"
RATE = "offences_against_minors"
CHILDREN = 250_000.0
# Numbers that occur in a hidden cell only: whatever is drawn or written must not hold them.
SECRET = 987_654.0
# Those that a test of a line may have; others are of maps, comparisons and indexes.
REASONS_OF_LINES: Final = (
    *(Reason.TOO_FEW_EVENTS, Reason.INCOMPLETE_PERIOD, Reason.GAP, Reason.DEFINITION_BREAK, Reason.BORDER_BREAK),
    *(Reason.HIDDEN_POINT, Reason.TOO_FEW_AREAS, Reason.TOO_SHORT, Reason.ROUNDED),
)


def period_of(code: str) -> Period:
    found = parse_period(code)
    assert found
    return found


def months(first: tuple[int, int], count: int) -> list[Period]:
    year, month = first
    return [month_period(year + (month - 1 + step) // 12, (month - 1 + step) % 12 + 1) for step in range(count)]


def years(first: int, last: int) -> list[Period]:
    return [year_period(year) for year in range(first, last + 1)]


def _figures(status: CellStatus, count: float | None, exposure: float) -> dict[str, Any]:
    if status is not CellStatus.VALUE or count is None:
        return dict.fromkeys(("count", "exposure", "value", "lower", "upper"), NAN)
    rate = crude_rate([count], [exposure], multiplier=100_000)
    limits = {"value": rate.value, "lower": rate.lower, "upper": rate.upper}
    return {"count": count, "exposure": exposure, **{name: float(limit[0]) for name, limit in limits.items()}}


def _fill(status: CellStatus, count: float | None, value: float, breaks: Sequence[float]) -> str:
    if status is not CellStatus.VALUE:
        return str(status)
    if not breaks:
        return "class:0"
    return "zero" if count == 0 else f"class:{sum(value >= limit for limit in breaks)}"


def row(
    area: str,
    count: float | None = None,
    *,
    status: CellStatus = CellStatus.VALUE,
    breaks: Sequence[float] = (20, 30, 45, 65),
    exposure: float = CHILDREN,
    **more: Any,
) -> AreaRow:
    """One area; without a count of the status given."""
    numbers = _figures(status, count, exposure)
    place = areas()[area]
    made = AreaRow(
        area=area,
        level=str(place.kind),
        parent=place.parent,
        names=place.names,  # type: ignore[arg-type]
        status=status,
        **numbers,
        fill=_fill(status, count, numbers["value"], breaks),
        is_provisional=False,
        is_unstable=count is not None and 0 < count < 20,
        is_exposure_estimated=False,
        units_expected=None,
        units_reported=None,
    )
    return replace(made, **more)


def map_view(
    rows: Sequence[AreaRow],
    *,
    above: Sequence[AreaRow] = (),
    name: str = RATE,
    level: str = "region",
    within: str = COUNTRY,
    is_invented: bool = False,
    stories: Sequence[Story] = (),
) -> MapView:
    """A map of rows for 2025."""
    item = indicator(name)
    request = MapRequest(name, year_period(2025), level=level, within=within)
    return MapView(request, item, tuple(rows), tuple(above), item.breaks, tuple(stories), is_invented)


def point(
    period: Period,
    count: float | None = None,
    *,
    status: CellStatus = CellStatus.VALUE,
    before: float | None = None,
    exposure: float = CHILDREN,
    breaks: Sequence[float] = (20, 30, 45, 65),
    **more: Any,
) -> Point:
    """One period; `before` is the count of the same period last year."""
    numbers = _figures(status, count, exposure)
    change = None
    if before is not None and count is not None:
        value = before / exposure * 100_000
        change = Change(before, value, (count - before) / before * 100 if before >= 20 else None)
    made = Point(
        period=period,
        status=status,
        **numbers,
        fill=_fill(status, count, numbers["value"], breaks),
        is_provisional=False,
        is_unstable=count is not None and 0 < count < 20,
        units_expected=None,
        units_reported=None,
        change=change,
    )
    return replace(made, **more)


def line(area: str, points: Sequence[Point]) -> Line:
    """One area over periods."""
    place = areas()[area]
    return Line(area, str(place.kind), place.names, tuple(points))  # type: ignore[arg-type]


def _lines(item: Indicator, lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines as the read side would give them: without rates where the indicator has none."""
    if item.interval != "none":
        return tuple(lines)
    return tuple(replace(line, points=tuple(map(_without_rate, line.points))) for line in lines)


def _without_rate(point: Point) -> Point:
    return replace(point, value=NAN, lower=NAN, upper=NAN, exposure=NAN)


def panel(
    lines: Sequence[Line], *, name: str = RATE, is_invented: bool = False, stories: Sequence[Story] = ()
) -> TrendPanel:
    """One indicator of some lines; the periods are those of the first."""
    item = indicator(name)
    periods = tuple(point.period for point in lines[0].points)
    grain = periods[0].grain
    return TrendPanel(item, ALL, ALL, grain, periods, _lines(item, lines), (), item.breaks, tuple(stories), is_invented)


def trend_view(*panels: TrendPanel) -> TrendView:
    """A page of trends."""
    names = tuple(panel.indicator.id for panel in panels)
    places = tuple(line.area for line in panels[0].lines)
    return TrendView(TrendRequest(names, places, panels[0].grain), panels)


def heat_view(lines: Sequence[Line], *, name: str = RATE, is_invented: bool = False) -> HeatView:
    """Areas by periods."""
    item = indicator(name)
    periods = tuple(point.period for point in lines[0].points)
    return HeatView(item, ALL, ALL, periods[0].grain, COUNTRY, periods, _lines(item, lines), item.breaks, is_invented)


def pair_view(left: str, right: str, rows: Sequence[PairRow]) -> PairView:
    """Two areas beside each other."""
    return PairView(left, right, tuple(rows))


def parts_row(area: str, counts: Sequence[float | CellStatus], *, total: float | None = None) -> PartsRow:
    """One area: a count per category or the state of what is not shown; the total is the sum where none is given."""
    known = [count for count in counts if not isinstance(count, CellStatus)]
    whole = sum(known) if total is None else total
    categories = indicator("violence_cases").breakdowns["type"]
    parts = []
    for category, count in zip(categories, counts, strict=True):
        if isinstance(count, CellStatus):
            parts.append(Part(category, count, NAN, NAN))
        else:
            parts.append(Part(category, CellStatus.VALUE, count, count / whole * 100 if whole > 0 else NAN))
    return PartsRow(area, areas()[area].names, float(whole), tuple(parts))  # type: ignore[arg-type]


def parts_view(rows: Sequence[PartsRow], *, is_invented: bool = False) -> PartsView:
    """Cases of violence by type."""
    item = indicator("violence_cases")
    request = MapRequest(item.id, period_of("2024/25"), "type", ALL)
    return PartsView(request, item, item.breakdowns["type"], tuple(rows), is_invented)


LAW = Story("definition", RATE, date(2024, 6, 16), "break.law_2024")
FOUNDED = Story("area", ABAI, date(2022, 6, 8), "break.founded", "630000000")
