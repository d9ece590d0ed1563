"""What is asked of a build about its hidden cells: where the nearest figure is shown, and how much is hidden."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import duckdb

from riskmap.analytics.queries import rows_of
from riskmap.domain.vocabulary import ALL, COUNTRY, CellStatus, Kind


class HiddenCell(NamedTuple):
    """The key of a hidden cell; `kind` says what its period means: one of Kind."""

    indicator: str
    area: str
    start: date
    end: date
    breakdown: str
    category: str
    is_invented: bool
    kind: str


# One step away from the hidden cell goes before two: first to a longer period, then to the total of the breakdown,
# then to the area above; of several longer periods the shortest. Only a flow adds up to longer periods; a stock is one
# number for every period with the same last day.
_NEAREST: Final = f"""
    WITH asked AS (
        SELECT unnest(range(len($area))) AS number, unnest($indicator) AS indicator, unnest($area) AS area,
               unnest($start::DATE[]) AS start, unnest($end::DATE[]) AS "end", unnest($breakdown) AS breakdown,
               unnest($category) AS category, unnest($is_invented) AS is_invented, unnest($kind) AS kind
    ),
    around AS (
        SELECT number, area AS place, 0 AS steps FROM asked
        UNION ALL SELECT number, a.parent, 1 FROM asked JOIN areas a USING (area) WHERE a.parent <> ''
        UNION ALL SELECT number, '{COUNTRY}', 2 FROM asked JOIN areas a USING (area)
                  WHERE a.parent NOT IN ('', '{COUNTRY}')
    ),
    shown AS (
        SELECT h.number, r.steps, c.area, c.grain, c.period_start, c.period_end, c.breakdown, c.category, c.numerator,
               c.source, c.provisional, c.units_expected, c.units_reported,
               h.kind = '{Kind.FLOW}' AND (c.period_start <> h.start OR c.period_end <> h."end") AS is_longer,
               c.breakdown <> h.breakdown AS is_total, abs(c.period_start - h.start) AS distance
        FROM asked h
        JOIN around r USING (number)
        JOIN cells c ON c.indicator = h.indicator AND c.area = r.place
        WHERE c.status = '{CellStatus.VALUE}' AND c.invented = h.is_invented
          AND c.period_end >= h."end" AND (h.kind = '{Kind.FLOW}' OR c.period_end = h."end")
          AND (c.period_start <= h.start AND (h.kind = '{Kind.FLOW}' OR c.period_start = h.start)
               OR h.kind = '{Kind.STOCK}')
          AND (c.breakdown = '{ALL}' OR (c.breakdown = h.breakdown AND c.category = h.category))
    )
    SELECT s.*, a.kind AS level, a.name_kk, a.name_ru, a.name_en
    FROM shown s JOIN areas a USING (area)
    WHERE s.steps > 0 OR s.is_longer OR s.is_total
    QUALIFY row_number() OVER (
        PARTITION BY s.number
        ORDER BY (s.steps > 0)::INT + s.is_longer::INT + s.is_total::INT, s.steps, s.is_total,
                 if(s.is_longer, s.period_end - s.period_start, s.distance), s.grain
    ) = 1
    ORDER BY s.number
"""


def nearest_shown_cells(cursor: duckdb.DuckDBPyConnection, cells: Sequence[HiddenCell]) -> list[Any]:
    """The nearest coarser cell that is shown, with level and names of its area; `number` is the place in `cells`."""
    columns = {name: list(column) for name, column in zip(HiddenCell._fields, zip(*cells, strict=True), strict=True)}
    return rows_of(cursor.execute(_NEAREST, columns))


def losses(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, bool, int, int]]:
    """Indicator, level, grain, breakdown, whether invented, cells with a number, and how many of them are hidden.

    What a region holds outside its districts is part of the tables of districts. Joined areas are sums of what is
    shown, made afterwards: they are not counted.
    """
    return cursor.execute(f"""
        SELECT c.indicator, if(a.kind = 'remainder', 'district', a.kind) AS level, c.grain, c.breakdown, c.invented,
               count(*), count(*) FILTER (c.status = '{CellStatus.SUPPRESSED}')
        FROM cells c JOIN areas a USING (area)
        WHERE a.kind <> 'joined' AND c.status IN ('{CellStatus.VALUE}', '{CellStatus.SUPPRESSED}')
        GROUP BY ALL
        ORDER BY ALL
    """).fetchall()
