"""The only SQL of the read side: each function asks one question of one cursor."""

from datetime import date
from typing import Any

import duckdb
import pandas as pd

from riskmap.analytics.views import MapRequest
from riskmap.domain.vocabulary import Grain, Period


def cells_of_levels(
    cursor: duckdb.DuckDBPyConnection, *, request: MapRequest, population: str, levels: list[str]
) -> pd.DataFrame:
    """One row per area of the levels: level, names, its cell, and whether its people at risk are an estimate."""
    period = request.period
    query = """
        SELECT a.kind AS level, a.name_kk, a.name_ru, a.name_en, c.*,
               c.denominator IS NOT NULL AND coalesce(e.is_estimated, false) AS is_estimated
        FROM cells c JOIN areas a USING (area)
        LEFT JOIN exposures e ON e.population = ? AND e.area = c.area
                              AND e.period_start = c.period_start AND e.period_end = c.period_end
        WHERE c.indicator = ? AND c.breakdown = ? AND c.category = ?
          AND c.grain = ? AND c.period_start = ? AND c.period_end = ? AND a.kind IN (SELECT unnest(?))
        ORDER BY area
    """
    cut = [request.indicator, request.breakdown, request.category]
    return cursor.execute(query, [population, *cut, str(period.grain), period.start, period.end, levels]).df()


def shown_by_period(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """For every table and period: how many cells there are and how many show a value."""
    return cursor.execute("""
        SELECT c.indicator, a.kind AS level, c.breakdown, c.category, c.grain, c.period_start, c.period_end,
               count(*) AS cells, count(*) FILTER (c.status = 'value') AS shown
        FROM cells c JOIN areas a USING (area)
        GROUP BY ALL
        ORDER BY ALL
    """).df()


def meta(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name and value of everything the build says of itself."""
    return dict(cursor.execute("SELECT name, value FROM meta").fetchall())


def completeness(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Who owed which return, and who sent it."""
    return cursor.execute(
        "SELECT c.*, a.name_kk, a.name_ru, a.name_en FROM completeness c JOIN areas a USING (area)"
    ).df()


def breaks_within(
    cursor: duckdb.DuckDBPyConnection, *, indicator: str, period: Period
) -> list[tuple[str, str, date, str]]:
    """Breaks of definition and border inside a period: axis, subject, day, story key."""
    return cursor.execute(
        """
        SELECT axis, subject, day, story FROM breaks
        WHERE day > ? AND day <= ? AND (axis = 'area' OR subject = ?)
        ORDER BY day, axis, subject
        """,
        [period.start, period.end, indicator],
    ).fetchall()


def period_of(row: Any) -> Period:
    """The period of a result row with grain, period_start and period_end."""
    start, end = pd.Timestamp(row.period_start).date(), pd.Timestamp(row.period_end).date()
    return Period(start, end, Grain(row.grain))
