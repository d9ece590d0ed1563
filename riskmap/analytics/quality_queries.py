"""The SQL of data quality: each function asks one question of one cursor."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import duckdb
import pandas as pd

from riskmap.domain.vocabulary import COUNTRY, Period

# The region that an area is or lies in.
_REGION: Final = "if(a.kind IN ('region', 'country'), a.area, a.parent)"
_INSIDE: Final = f"($area = '{COUNTRY}' OR a.area = $area OR a.parent = $area)"

# A number that is hidden today is told by no older revision either.
_SHOWN: Final = """
    NOT EXISTS (SELECT 1 FROM cells c WHERE c.status = 'suppressed' AND c.indicator = r.indicator AND c.area = r.area
                AND c.grain = r.grain AND c.period_start = r.period_start AND c.period_end = r.period_end
                AND c.breakdown = r.breakdown AND c.category = r.category)
"""

Row = tuple[object, ...]


def returns(cursor: duckdb.DuckDBPyConnection, *, source: str, area: str, most: int) -> pd.DataFrame:
    """One row per return owed to a source within an area, for its latest periods, with the region it belongs to."""
    return cursor.execute(
        f"""
        WITH shown AS (
            SELECT DISTINCT grain, period_start, period_end FROM completeness WHERE source = $source
            ORDER BY period_end DESC, period_start DESC LIMIT $most)
        SELECT c.*, {_REGION} AS region
        FROM completeness c JOIN areas a USING (area) SEMI JOIN shown USING (grain, period_start, period_end)
        WHERE c.source = $source AND {_INSIDE}
        ORDER BY c.period_end, c.period_start, c.area
        """,
        {"source": source, "area": area, "most": most},
    ).df()


def latest_returns(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The returns of every source for its latest period, with the region each belongs to."""
    return cursor.execute(
        f"""
        SELECT c.*, {_REGION} AS region FROM completeness c JOIN areas a USING (area)
        QUALIFY dense_rank() OVER (PARTITION BY source ORDER BY c.period_end DESC, c.period_start) = 1
        ORDER BY c.source, c.area
        """
    ).df()


def sources(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """The sources that somebody has reported to."""
    rows = cursor.execute("SELECT DISTINCT source FROM completeness ORDER BY source").fetchall()
    return [source for (source,) in rows]


def lags(cursor: duckdb.DuckDBPyConnection, *, indicators: Sequence[str]) -> pd.DataFrame:
    """The lags of those of some indicators that are published."""
    return cursor.execute(
        """
        SELECT * FROM lags
        WHERE indicator IN (SELECT unnest($indicators)) AND indicator IN (SELECT indicator FROM cells)
        """,
        {"indicators": list(indicators)},
    ).df()


def periods_not_final(cursor: duckdb.DuckDBPyConnection, *, indicators: Sequence[str], on: date) -> pd.DataFrame:
    """The published periods of some indicators that ended fewer months before a day than their figures need."""
    return cursor.execute(
        """
        SELECT DISTINCT c.indicator, c.grain, c.period_start, c.period_end
        FROM cells c JOIN lags USING (indicator)
        WHERE indicator IN (SELECT unnest($indicators)) AND c.period_end + to_months(used_months) > $day
          AND used_months > 0 AND c.status = 'value'
        ORDER BY c.indicator, c.period_end, c.period_start
        """,
        {"indicators": list(indicators), "day": on},
    ).df()


def revisions(cursor: duckdb.DuckDBPyConnection, *, area: str) -> list[Row]:
    """Month of publication, kind, number of figures within an area, and whether they are made up; latest first."""
    return cursor.execute(
        f"""
        SELECT date_trunc('month', r.day)::DATE AS month, r.kind, count(*), r.invented
        FROM revisions r JOIN areas a USING (area) WHERE a.kind <> 'joined' AND {_INSIDE} AND {_SHOWN}
        GROUP BY ALL ORDER BY month DESC, r.invented, r.kind
        """,
        {"area": area},
    ).fetchall()


def faults(cursor: duckdb.DuckDBPyConnection, *, source: str, area: str) -> list[Row]:
    """Area, severity, number open and number mended, of a source and of files whose source is not known."""
    return cursor.execute(
        f"""
        SELECT f.area, f.severity, coalesce(sum(f.number) FILTER (f.mended IS NULL), 0)::INTEGER,
               coalesce(sum(f.number) FILTER (f.mended IS NOT NULL), 0)::INTEGER
        FROM faults f JOIN areas a USING (area) WHERE f.source IN ($source, '') AND {_INSIDE}
        GROUP BY ALL ORDER BY f.area, f.severity
        """,
        {"source": source, "area": area},
    ).fetchall()


def breaks(cursor: duckdb.DuckDBPyConnection, *, area: str) -> list[Row]:
    """Axis, subject, day, other side and story of every break of a definition, and of the borders within an area."""
    return cursor.execute(
        f"""
        SELECT b.axis, b.subject, b.day, b.other, b.story
        FROM breaks b LEFT JOIN areas a ON b.axis = 'area' AND a.area = b.subject
        WHERE b.axis <> 'area' OR (a.kind <> 'joined' AND {_INSIDE})
        ORDER BY b.day DESC, b.axis, b.subject, b.other
        """,
        {"area": area},
    ).fetchall()


def publication_days(cursor: duckdb.DuckDBPyConnection) -> list[date]:
    """The days of the publications, the latest first."""
    rows = cursor.execute("SELECT day FROM publications WHERE event = 'published' ORDER BY number DESC").fetchall()
    return [day for (day,) in rows]


def faults_since(cursor: duckdb.DuckDBPyConnection, *, since: date) -> list[Row]:
    """Area, severity, number found and number mended on a day and after it, and number open."""
    return cursor.execute(
        """
        SELECT area, severity, coalesce(sum(number) FILTER (found >= $since), 0)::INTEGER,
               coalesce(sum(number) FILTER (mended >= $since), 0)::INTEGER,
               coalesce(sum(number) FILTER (mended IS NULL), 0)::INTEGER
        FROM faults GROUP BY ALL ORDER BY area, severity
        """,
        {"since": since},
    ).fetchall()


def revisions_of(cursor: duckdb.DuckDBPyConnection, *, build: str) -> list[Row]:
    """Region, kind and number of the published figures that a build has changed in it and in its districts."""
    return cursor.execute(
        f"""
        SELECT {_REGION} AS region, r.kind, count(*) FROM revisions r JOIN areas a USING (area)
        WHERE a.kind <> 'joined' AND r.build = $build AND {_SHOWN} GROUP BY ALL ORDER BY ALL
        """,
        {"build": build},
    ).fetchall()


def district_states(
    cursor: duckdb.DuckDBPyConnection, *, indicator: str, cut: tuple[str, str], period: Period
) -> list[tuple[str, str, bool, int]]:
    """Region, status, whether the value is zero, and the number of its districts, of a published table."""
    return cursor.execute(
        """
        SELECT a.parent, c.status, coalesce(c.numerator = 0, false), count(*)
        FROM cells c JOIN areas a USING (area)
        WHERE a.kind = 'district' AND c.indicator = $indicator AND c.breakdown = $breakdown
          AND c.category = $category AND c.grain = $grain AND c.period_start = $start AND c.period_end = $end
        GROUP BY ALL ORDER BY ALL
        """,
        {
            "indicator": indicator,
            "breakdown": cut[0],
            "category": cut[1],
            "grain": str(period.grain),
            "start": period.start,
            "end": period.end,
        },
    ).fetchall()
