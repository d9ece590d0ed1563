"""The only SQL of the read side: each function asks one question of one cursor."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import duckdb
import pandas as pd

from riskmap.analytics.rows import SUM
from riskmap.analytics.views import Story
from riskmap.domain.vocabulary import COUNTRY, CellStatus, Grain, Period, RevisionKind

# What a region holds outside its districts stands in the tables of districts.
_LEVEL: Final = "if(a.kind = 'remainder', 'district', a.kind)"

# A number that is not there is no number, as everywhere after here, and not a missing object.
_NUMBERS_ALONE: Final = "coalesce(c.numerator, 'nan') AS numerator, coalesce(c.denominator, 'nan') AS denominator"
_NUMBERS: Final = f"c.* REPLACE ({_NUMBERS_ALONE})"

_CELL: Final = f"""
    a.kind AS level, a.parent, a.name_kk, a.name_ru, a.name_en, {_NUMBERS},
    c.denominator IS NOT NULL AND coalesce(e.is_estimated, false) AS is_estimated, v.revised
"""

# A figure that came late, or stands on other people at risk, was not wrong; what is hidden or missing is never flagged.
_REVISED: Final = f"""
    LEFT JOIN (
        SELECT indicator, area, grain, period_start, period_end, breakdown, category, invented, max(day) AS revised
        FROM revisions WHERE kind IN ('{RevisionKind.CORRECTED}', '{RevisionKind.WITHDRAWN}') AND {{of}} GROUP BY ALL
    ) v ON c.status = '{CellStatus.VALUE}' AND v.indicator = c.indicator AND v.area = c.area AND v.grain = c.grain
       AND v.period_start = c.period_start AND v.period_end = c.period_end AND v.invented = c.invented
       AND v.breakdown = c.breakdown AND v.category = c.category
"""

_REVISED_OF_FIGURE: Final = _REVISED.format(
    of="indicator = $indicator AND breakdown = $breakdown AND category = $category AND grain = $grain"
)

# What is published, and for officials the months of their own areas; nobody else has rows of these.
_ALL: Final = "(FROM cells UNION ALL FROM cells_internal)"

_FROM: Final = f"""
    {_ALL} c JOIN areas a USING (area)
    LEFT JOIN exposures e ON e.population = $population AND e.area = c.area
                         AND e.period_start = c.period_start AND e.period_end = c.period_end
    {_REVISED_OF_FIGURE}
"""


def rows_of(answer: duckdb.DuckDBPyConnection) -> list[Any]:
    """The rows of an answer, each with its columns as attributes.

    For the few rows of a view: a frame of as many columns takes longer to make and to go through than the answer.
    """
    row = _row(tuple(column[0] for column in answer.description))
    return list(map(row._make, answer.fetchall()))


@lru_cache(maxsize=64)
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)  # noqa: PYI024 - the columns are those of the question


def cells_of_levels(
    cursor: duckdb.DuckDBPyConnection,
    *,
    indicator: str,
    cut: tuple[str, str],
    period: Period,
    population: str,
    level: str,
    within: str,
) -> list[Any]:
    """One row per area of a level within an area, and one for each area above; districts first, their remainder last.

    Each row has level, parent, names, its cell, and whether its people at risk are an estimate.
    """
    query = f"""
        SELECT {_CELL}, {_LEVEL} = $level AND ($within = '{COUNTRY}' OR a.parent = $within) AS is_asked
        FROM {_FROM}
        WHERE c.indicator = $indicator AND c.breakdown = $breakdown AND c.category = $category
          AND c.grain = $grain AND c.period_start = $start AND c.period_end = $end
          AND ({_LEVEL} = $level AND ($within = '{COUNTRY}' OR a.parent = $within)
               OR (c.area IN ($within, '{COUNTRY}') AND {_LEVEL} <> $level))
        ORDER BY a.kind = 'remainder', area
    """
    values = {
        "population": population,
        "indicator": indicator,
        "breakdown": cut[0],
        "category": cut[1],
        **_bounds(period),
        "level": level,
        "within": within,
    }
    return rows_of(cursor.execute(query, values))


def cells_beside(
    cursor: duckdb.DuckDBPyConnection,
    *,
    indicator: str,
    cut: tuple[str, str],
    period: Period,
    before: Sequence[Period],
    level: str,
    is_of_a_day: bool,
) -> list[Any]:
    """What areas of a level are judged by: every cell of the level in a period and in those before, and above it.

    Of regions and the country only the period itself; of what stands on a day also the month that ends with it.
    """
    query = f"""
        SELECT c.area, a.kind AS level, a.parent, c.period_start, c.period_end, {_NUMBERS_ALONE}, c.status, c.source,
               c.units_expected, c.units_reported, c.invented
        FROM {_ALL} c JOIN areas a USING (area)
        WHERE c.indicator = $indicator AND c.breakdown = $breakdown AND c.category = $category
          AND (c.grain = $grain AND {_LEVEL} = $level
                   AND (c.period_start, c.period_end) IN (SELECT unnest($starts), unnest($ends))
               OR a.kind IN ('country', 'region') AND c.period_end = $end
                   AND (c.grain = $grain AND c.period_start = $start OR $is_of_a_day AND c.grain = '{Grain.MONTH}'))
        ORDER BY area, c.period_start
    """
    values = {"indicator": indicator, "breakdown": cut[0], "category": cut[1], **_bounds(period), "level": level}
    spans = (period, *before)
    days = {"starts": [span.start for span in spans], "ends": [span.end for span in spans]}
    return rows_of(cursor.execute(query, {**values, **days, "is_of_a_day": is_of_a_day}))


def people_of_areas(cursor: duckdb.DuckDBPyConnection, *, population: str, until: date) -> dict[str, float]:
    """Of each area the latest number of a population that is known of a period that ended by a day."""
    query = """
        SELECT area, arg_max(numerator, period_end) FROM cells
        WHERE indicator = ? AND breakdown = 'all' AND status = 'value' AND period_end <= ? GROUP BY area
    """
    return dict(cursor.execute(query, [population, until]).fetchall())


def cells_of_categories(
    cursor: duckdb.DuckDBPyConnection, *, indicator: str, breakdown: str, period: Period, level: str, within: str
) -> list[Any]:
    """One row per area of a level within an area and category of a breakdown, the total included as `all`."""
    query = f"""
        SELECT a.kind AS level, a.name_kk, a.name_ru, a.name_en, {_NUMBERS}, v.revised
        FROM cells c JOIN areas a USING (area)
        {_REVISED.format(of="indicator = $indicator AND breakdown IN ($breakdown, 'all') AND grain = $grain")}
        WHERE c.indicator = $indicator AND c.breakdown IN ($breakdown, 'all')
          AND c.grain = $grain AND c.period_start = $start AND c.period_end = $end
          AND {_LEVEL} = $level AND ($within = '{COUNTRY}' OR a.parent = $within)
        ORDER BY a.kind = 'remainder', area
    """
    values = {"indicator": indicator, "breakdown": breakdown, **_bounds(period), "level": level, "within": within}
    return rows_of(cursor.execute(query, values))


def cells_of_areas(
    cursor: duckdb.DuckDBPyConnection,
    *,
    indicator: str,
    cut: tuple[str, str],
    grain: Grain,
    population: str,
    areas: Sequence[str],
) -> list[Any]:
    """One row per area and period of a grain, in the order of areas and periods."""
    query = f"""
        SELECT {_CELL} FROM {_FROM}
        WHERE c.indicator = $indicator AND c.breakdown = $breakdown AND c.category = $category AND c.grain = $grain
          AND c.area IN (SELECT unnest($areas))
        ORDER BY area, c.period_end
    """
    values = {
        "population": population,
        "indicator": indicator,
        "breakdown": cut[0],
        "category": cut[1],
        "grain": str(grain),
        "areas": list(areas),
    }
    return rows_of(cursor.execute(query, values))


def latest_cells_of_pair(
    cursor: duckdb.DuckDBPyConnection, *, areas: tuple[str, str], populations: Mapping[str, str]
) -> list[Any]:
    """Totals of two areas: of each indicator the latest period in which both have cells, the shortest that ends there.

    A period in which both show a value is preferred to a later one in which they do not. `populations` names that of
    each indicator.
    """
    query = f"""
        WITH totals AS MATERIALIZED (
            SELECT indicator, area, grain, period_start, period_end, breakdown, category, numerator, denominator,
                   status, source, units_expected, units_reported, provisional, unstable, invented
            FROM cells WHERE area IN ($left, $right) AND breakdown = 'all'
        ),
        pairs AS (
            SELECT indicator, grain, period_start, period_end, invented,
                   count(*) FILTER (status = 'value') AS shown
            FROM totals GROUP BY ALL HAVING count(*) = 2
        ),
        chosen AS (
            FROM pairs
            QUALIFY row_number() OVER (PARTITION BY indicator
                ORDER BY shown DESC, period_end DESC, period_start DESC) = 1
        )
        SELECT {_NUMBERS}, a.kind AS level, a.parent, a.name_kk, a.name_ru, a.name_en,
               c.denominator IS NOT NULL AND coalesce(e.is_estimated, false) AS is_estimated, v.revised
        FROM totals c JOIN chosen USING (indicator, grain, period_start, period_end, invented)
        JOIN areas a USING (area)
        LEFT JOIN (SELECT unnest($indicators) AS indicator, unnest($populations) AS population) p
               ON p.indicator = c.indicator
        LEFT JOIN exposures e ON e.population = p.population AND e.area = c.area
                             AND e.period_start = c.period_start AND e.period_end = c.period_end
        {_REVISED.format(of="breakdown = 'all' AND area IN ($left, $right)")}
        ORDER BY c.indicator, c.area
    """
    values = {"indicators": list(populations), "populations": list(populations.values())}
    return rows_of(cursor.execute(query, {"left": areas[0], "right": areas[1], **values}))


def tables(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every published table with its first and latest period, and every internal one with the areas that it is of.

    A table holds a cell for every area of its level in each of its periods: one area of each level tells of all.
    """
    return cursor.execute(f"""
        WITH told AS (
            SELECT c.*, a.kind, false AS is_internal FROM cells c JOIN (
                SELECT min(area) AS area, kind FROM areas WHERE kind NOT IN ('remainder', 'joined') GROUP BY kind
            ) a USING (area)
            UNION ALL
            SELECT c.*, {_LEVEL} AS kind, true FROM cells_internal c JOIN areas a USING (area)
        )
        SELECT indicator, kind AS level, breakdown, category, grain, bool_or(invented) AS is_invented,
               arg_min(struct_pack(s := period_start, e := period_end), period_end) AS first,
               arg_max(struct_pack(s := period_start, e := period_end), period_end) AS latest,
               coalesce(list(DISTINCT area) FILTER (is_internal), []) AS only
        FROM told
        GROUP BY indicator, kind, breakdown, category, grain, is_internal
        ORDER BY ALL
    """).df()


def offers(
    cursor: duckdb.DuckDBPyConnection, *, indicator: str, cut: tuple[str, str], level: str, within: str
) -> list[tuple[str, date, date, int, int, bool]]:
    """Grain, bounds, number of areas, of shown values, and whether invented, of every period of a table, latest first.

    Within a region only its districts count, in the country all areas of the level; what a region holds outside its
    districts is no area of the map and does not count. Months that are not published are offered where those of all
    these areas may be read.
    """
    return cursor.execute(
        f"""
        SELECT c.grain, c.period_start, c.period_end, count(*), count(*) FILTER (c.status = 'value'),
               bool_or(c.invented)
        FROM (
            FROM cells UNION ALL
            FROM cells_internal WHERE NOT EXISTS (
                FROM areas a WHERE a.kind = $level AND ($within = '{COUNTRY}' OR a.parent = $within)
                AND a.area NOT IN (SELECT area FROM cells_internal WHERE indicator = $indicator))
        ) c JOIN areas a USING (area)
        WHERE c.indicator = $indicator AND c.breakdown = $breakdown AND c.category = $category
          AND a.kind = $level AND ($within = '{COUNTRY}' OR a.parent = $within OR c.area = $within)
          AND c.status <> 'not_applicable'
        GROUP BY ALL
        ORDER BY c.period_end DESC, c.period_start DESC
        """,
        {"indicator": indicator, "breakdown": cut[0], "category": cut[1], "level": level, "within": within},
    ).fetchall()


def usable_periods(
    cursor: duckdb.DuckDBPyConnection, *, figures: Sequence[tuple[str, str, str]], level: str, within: str
) -> list[Any]:
    """Per figure, period and kind the areas of a level in which a rate can be formed; the latest periods first.

    Figures are indicator, breakdown and category. A sum that lacks parts counts as missing; what a region holds outside
    its districts is no area. Periods without any such area are rows too.
    """
    query = f"""
        WITH asked AS (
            SELECT unnest($indicators) AS indicator, unnest($breakdowns) AS breakdown, unnest($categories) AS category
        )
        SELECT c.indicator, c.breakdown, c.category, c.grain, c.period_start, c.period_end, c.invented,
               list(c.area) FILTER (c.status = '{CellStatus.VALUE}' AND c.denominator > 0 AND NOT coalesce(
                   c.source = '{SUM}' AND c.units_reported < c.units_expected, false)) AS usable
        FROM cells c JOIN asked USING (indicator, breakdown, category) JOIN areas a USING (area)
        WHERE a.kind = $level AND ($within = '{COUNTRY}' OR a.parent = $within)
        GROUP BY ALL
        ORDER BY c.period_end DESC, c.period_start DESC
    """
    names = dict(zip(("indicators", "breakdowns", "categories"), map(list, zip(*figures, strict=True)), strict=True))
    return rows_of(cursor.execute(query, {**names, "level": level, "within": within}))


def meta(cursor: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name and value of everything the build says of itself."""
    return dict(cursor.execute("SELECT name, value FROM meta").fetchall())


def completeness(cursor: duckdb.DuckDBPyConnection, *, periods: int) -> pd.DataFrame:
    """Who owed which return, and who sent it, for the latest periods of each source."""
    return cursor.execute(
        """
        SELECT * FROM completeness
        QUALIFY dense_rank() OVER (PARTITION BY source ORDER BY period_end DESC, period_start DESC) <= ?
        ORDER BY source, period_end DESC, period_start DESC, area
        """,
        [periods],
    ).df()


def breaks_between(
    cursor: duckdb.DuckDBPyConnection, *, indicator: str, start: date, end: date, areas: Sequence[str]
) -> list[Story]:
    """Breaks of the definition and of the borders of some areas after a day and up to another."""
    rows = cursor.execute(
        """
        SELECT axis, subject, day, story, other FROM breaks
        WHERE day > ? AND day <= ? AND (subject = ? OR (axis = 'area' AND subject IN (SELECT unnest(?))))
        ORDER BY day, axis, subject, other
        """,
        [start, end, indicator, list(areas)],
    ).fetchall()
    return [Story(*row) for row in rows]


def _bounds(period: Period) -> dict[str, object]:
    return {"grain": str(period.grain), "start": period.start, "end": period.end}


def period_of(row: Any) -> Period:
    """The period of a result row with grain, period_start and period_end."""
    start, end = pd.Timestamp(row.period_start).date(), pd.Timestamp(row.period_end).date()
    return Period(start, end, Grain(row.grain))
