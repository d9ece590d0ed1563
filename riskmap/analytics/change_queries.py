"""The SQL of the change log: each function asks one question of one cursor."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import duckdb
import pandas as pd

from riskmap.domain.vocabulary import CellStatus, RevisionKind

# A number that is hidden today is told by no older revision either.
_TOLD: Final = f"""
    revisions r WHERE r.area IN (SELECT unnest($areas)) AND NOT EXISTS (
        SELECT 1 FROM cells c
        WHERE c.status = '{CellStatus.SUPPRESSED}' AND c.indicator = r.indicator AND c.area = r.area
          AND c.grain = r.grain AND c.period_start = r.period_start AND c.period_end = r.period_end
          AND c.breakdown = r.breakdown AND c.category = r.category)
"""


class Figure(NamedTuple):
    """One figure of one publication: whatever it changed of it may follow from one correction."""

    build: str
    indicator: str
    breakdown: str
    category: str
    invented: bool


class Counted(NamedTuple):
    """How many revisions of a kind there are of one figure."""

    figure: Figure
    day: date
    kind: RevisionKind
    number: int


def publications(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Every publication and every time one was taken back, the latest first.

    Number, build, event, day, day of the data, the counts per kind as declared, and how many of these are invented.
    """
    return cursor.execute("""
        SELECT p.*, coalesce(i.number, 0) FROM publications p
        LEFT JOIN (SELECT build, count(*) AS number FROM revisions WHERE invented GROUP BY build) i
               ON i.build = p.build AND p.event = 'published'
        ORDER BY p.number DESC
    """).fetchall()


def places(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, str, str, str]]:
    """Id, kind, parent, members and the three names of every area."""
    return cursor.execute("SELECT area, kind, parent, members, name_kk, name_ru, name_en FROM areas").fetchall()


def changed_figures(cursor: duckdb.DuckDBPyConnection, *, areas: Collection[str]) -> list[Counted]:
    """How many revisions of some areas each publication has of each figure and kind."""
    query = f"""
        SELECT build, indicator, breakdown, category, invented, day, kind, count(*)
        FROM {_TOLD} GROUP BY ALL ORDER BY ALL
    """
    found = cursor.execute(query, {"areas": list(areas)}).fetchall()
    return [Counted(Figure(*figure), day, RevisionKind(kind), number) for *figure, day, kind, number in found]


def revisions(
    cursor: duckdb.DuckDBPyConnection,
    *,
    figures: Sequence[Figure],
    kinds: Collection[RevisionKind],
    areas: Collection[str],
) -> pd.DataFrame:
    """The revisions of some figures, kinds and areas, in no order; `place` counts the figures from 0."""
    query = f"""
        WITH told AS (SELECT r.* FROM {_TOLD}),
        figures AS (
            SELECT unnest($builds) AS build, unnest($indicators) AS indicator, unnest($breakdowns) AS breakdown,
                   unnest($categories) AS category, unnest($kinds_of_figures) AS invented, unnest($places) AS place
        )
        SELECT * FROM told JOIN figures USING (build, indicator, breakdown, category, invented)
        WHERE kind IN (SELECT unnest($kinds))
    """
    builds, indicators, breakdowns, categories, invented = (list(part) for part in zip(*figures, strict=True))
    values = {
        "builds": builds,
        "indicators": indicators,
        "breakdowns": breakdowns,
        "categories": categories,
        "kinds_of_figures": invented,
        "places": list(range(len(figures))),
        "kinds": [str(kind) for kind in kinds],
        "areas": list(areas),
    }
    return cursor.execute(query, values).df()
