"""Areas beside each other: two on all indicators, the parts of a whole, areas by periods."""

from collections.abc import Iterable
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from geo.areas import areas, children
from riskmap.analytics import queries
from riskmap.analytics.classify import class_breaks
from riskmap.analytics.coarser_cells import pairs_with_coarser
from riskmap.analytics.rows import Judged, area_row, day_of, judged_totals, lacks_parts, whole
from riskmap.analytics.trends import axis, lines
from riskmap.analytics.views import HeatView, MapRequest, PairRow, PairView, Part, PartsRow, PartsView
from riskmap.analytics.warehouse import open_build
from riskmap.domain.registry import Indicator, catalogue, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Grain, Scope


def pair(build: Path, *, scope: Scope, areas: tuple[str, str]) -> PairView:
    """Two areas side by side: of each indicator the latest period in which both show a value, else both have a cell."""
    with closing(open_build(build, scope=scope)) as cursor:
        populations = {item.id: item.population for item in catalogue().indicators.values()}
        cells = queries.latest_cells_of_pair(cursor, areas=areas, populations=populations)
        found = {(row.cell.indicator, row.cell.area): row for row in judged_totals(cells)}
        known = [item for item in catalogue().indicators.values() if (item.id, areas[0]) in found]
        rows = [_pair_row(item, *(found[item.id, area] for area in areas)) for item in known]
        return PairView(*areas, rows=pairs_with_coarser(cursor, rows))


def _pair_row(item: Indicator, left: Judged, right: Judged) -> PairRow:
    period, is_invented = queries.period_of(left.cell), bool(left.cell.invented)
    return PairRow(item, period, area_row(left), area_row(right), is_invented=is_invented)


def parts(build: Path, *, scope: Scope, request: MapRequest) -> PartsView:
    """The categories of the request's breakdown as shares of the whole, one row per area of its level."""
    item = indicator(request.indicator)
    with closing(open_build(build, scope=scope)) as cursor:
        cells = queries.cells_of_categories(
            cursor,
            indicator=item.id,
            breakdown=request.breakdown,
            period=request.period,
            level=request.level,
            within=request.within,
        )
    categories = item.breakdowns[request.breakdown]
    # The totals are a table of their own: where they are real and the parts invented, or the other way, they are apart.
    is_invented = any(cell.invented for cell in cells if cell.breakdown == request.breakdown)
    same = [cell for cell in cells if cell.invented == is_invented]
    return PartsView(
        request=request,
        indicator=item,
        categories=categories,
        rows=tuple(_parts_row(group, categories) for _, group in groupby(same, key=attrgetter("area"))),
        is_invented=is_invented,
    )


def _parts_row(cells: Iterable[Any], categories: tuple[str, ...]) -> PartsRow:
    found = {row.category: row for row in cells}
    first = next(iter(found.values()))
    known = [found[name] for name in categories if name in found]
    is_whole = len(known) == len(categories) and all(row.status == CellStatus.VALUE for row in known)
    shown = [row for row in found.values() if row.status == CellStatus.VALUE and lacks_parts(row)]
    lacking = min(shown, key=lambda row: int(row.units_reported), default=None)
    # The total is published, or it is the sum of parts that are all shown.
    total = found[ALL].numerator if ALL in found else sum(row.numerator for row in known) if is_whole else float("nan")
    return PartsRow(
        area=first.area,
        names=(first.name_kk, first.name_ru, first.name_en),
        total=total,
        parts=tuple(_part(name, found.get(name), total) for name in categories),
        revised=day_of(found[ALL].revised) if ALL in found else None,
        units_expected=whole(lacking.units_expected) if lacking else None,
        units_reported=whole(lacking.units_reported) if lacking else None,
    )


def _part(category: str, cell: Any, total: float) -> Part:
    if cell is None:
        return Part(category, CellStatus.NOT_APPLICABLE, float("nan"), float("nan"))
    share = cell.numerator / total * 100 if total > 0 else float("nan")
    return Part(category, CellStatus(cell.status), cell.numerator, share, day_of(cell.revised))


def heat(
    build: Path, *, scope: Scope, indicator_id: str, cut: tuple[str, str], grain: Grain, within: str
) -> HeatView | None:
    """The areas below an area over every period of a grain; None where they have no such table."""
    item = indicator(indicator_id)
    wanted = [area.id for area in children(within)]
    with closing(open_build(build, scope=scope)) as cursor:
        cells = queries.cells_of_areas(
            cursor, indicator=item.id, cut=cut, grain=grain, population=item.population, areas=wanted
        )
    if not cells:
        return None
    breaks = class_breaks(item, cut)
    known = {cell.area for cell in cells}
    shown = [areas()[area] for area in wanted if area in known]
    periods = axis(item, cells, grain)
    return HeatView(
        indicator=item,
        breakdown=cut[0],
        category=cut[1],
        grain=grain,
        within=within,
        periods=periods,
        lines=lines(item, cells, periods, breaks=breaks, stories=(), wanted=shown),
        breaks=breaks,
        is_invented=any(cell.invented for cell in cells),
    )
