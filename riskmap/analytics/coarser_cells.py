"""For a hidden cell the nearest coarser figure that everyone may see."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from riskmap.analytics import protection_queries
from riskmap.analytics.protection_queries import HiddenCell
from riskmap.analytics.queries import period_of
from riskmap.analytics.rows import lacks_parts, whole
from riskmap.analytics.views import AreaRow, Coarser, Line, PairRow, Point
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Period


def nearest_shown(cursor: duckdb.DuckDBPyConnection, cells: Sequence[HiddenCell]) -> dict[HiddenCell, Coarser]:
    """Of each hidden cell the nearest coarser one that shows a value; a cell without any is left out.

    First the same area with a longer period around it, then its total of the same period, then the region and the
    country; where none of these is shown, two of the steps together. Nothing is asked where nothing is hidden.
    """
    if not cells:
        return {}
    found = protection_queries.nearest_shown_cells(cursor, cells)
    return {cells[row.number]: _coarser(row) for row in found}


def _coarser(row: Any) -> Coarser:
    return Coarser(
        area=row.area,
        level=row.level,
        names=(row.name_kk, row.name_ru, row.name_en),
        period=period_of(row),
        is_longer=bool(row.is_longer),
        is_total=bool(row.is_total),
        is_above=row.steps > 0,
        count=row.numerator,
        is_provisional=bool(row.provisional),
        units_expected=whole(row.units_expected),
        units_reported=whole(row.units_reported),
        lacks_parts=lacks_parts(row),
    )


def hidden_cell(item: Indicator, area: str, period: Period, cut: tuple[str, str], *, is_invented: bool) -> HiddenCell:
    """The key of a cell of an indicator."""
    return HiddenCell(item.id, area, period.start, period.end, *cut, is_invented, str(item.kind))


def with_coarser(
    cursor: duckdb.DuckDBPyConnection,
    rows: Sequence[AreaRow],
    item: Indicator,
    *,
    period: Period,
    cut: tuple[str, str],
    is_invented: bool,
) -> tuple[AreaRow, ...]:
    """The rows of one period; those that are hidden know the nearest coarser figure."""
    keys = {
        row.area: hidden_cell(item, row.area, period, cut, is_invented=is_invented)
        for row in rows
        if row.status is CellStatus.SUPPRESSED
    }
    found = nearest_shown(cursor, list(keys.values()))
    return tuple(replace(row, coarser=found.get(keys[row.area])) if row.area in keys else row for row in rows)


def lines_with_coarser(
    cursor: duckdb.DuckDBPyConnection,
    lines: Sequence[Line],
    item: Indicator,
    *,
    cut: tuple[str, str],
    is_invented: bool,
) -> tuple[Line, ...]:
    """The lines of one indicator; their hidden points know the nearest coarser figure."""
    keys = {
        (line.area, point.period): hidden_cell(item, line.area, point.period, cut, is_invented=is_invented)
        for line in lines
        for point in line.points
        if point.status is CellStatus.SUPPRESSED
    }
    found = nearest_shown(cursor, list(keys.values()))

    def filled(line: Line, point: Point) -> Point:
        key = keys.get((line.area, point.period))
        return replace(point, coarser=found.get(key)) if key else point

    return tuple(replace(line, points=tuple(filled(line, point) for point in line.points)) for line in lines)


def pairs_with_coarser(cursor: duckdb.DuckDBPyConnection, pairs: Sequence[PairRow]) -> tuple[PairRow, ...]:
    """Totals of two areas; those that are hidden know the nearest coarser figure."""
    keys = {
        (pair.indicator.id, row.area): hidden_cell(
            pair.indicator, row.area, pair.period, (ALL, ALL), is_invented=pair.is_invented
        )
        for pair in pairs
        for row in (pair.left, pair.right)
        if row.status is CellStatus.SUPPRESSED
    }
    found = nearest_shown(cursor, list(keys.values()))

    def filled(pair: PairRow, row: AreaRow) -> AreaRow:
        key = keys.get((pair.indicator.id, row.area))
        return replace(row, coarser=found.get(key)) if key else row

    return tuple(replace(pair, left=filled(pair, pair.left), right=filled(pair, pair.right)) for pair in pairs)
