"""Who owed a return for which period, when it was due, and what has become of it."""

from collections.abc import Iterator
from datetime import date

import duckdb
import pandas as pd

from riskmap.domain.registry import Source, catalogue
from riskmap.domain.vocabulary import Grain


def completeness_frame(connection: duckdb.DuckDBPyConnection, *, on: date | None) -> pd.DataFrame:
    """One row per owed return of each period in which a source reported; needs the views of the record.

    A return that comes every month is owed by month, whatever else its source sends by year. It is there as long as one
    of its figures still stands, from the day on which the first arrived. Of a source that has sent real figures only
    these count; invented ones are told apart by `invented_sources`. What is not there is missing from the day after it
    was due on; `on` is the day of the data, by which this is judged.
    """
    connection.register("owed", pd.DataFrame(list(_owed()), columns=["source", "level", "grain", "due_days"]))
    return connection.execute(
        """
        WITH kinds AS (SELECT source, bool_and(invented) AS invented FROM record GROUP BY ALL),
             standing AS (SELECT source, area, grain, period_start, period_end,
                                 bool_or(status <> 'not_reported') AS is_reported
                          FROM latest SEMI JOIN kinds USING (source, invented) GROUP BY ALL),
             arrived AS (SELECT source, area, grain, period_start, period_end, min(received)::DATE AS received
                         FROM record SEMI JOIN kinds USING (source, invented)
                         WHERE status <> 'not_reported' GROUP BY ALL),
             sent AS (SELECT s.*, if(s.is_reported, received, NULL) AS received
                      FROM standing s LEFT JOIN arrived USING (source, area, grain, period_start, period_end)),
             periods AS (SELECT DISTINCT source, grain, period_start, period_end FROM sent),
             expected AS (
                 SELECT o.source, a.area::VARCHAR AS area, p.grain, p.period_start, p.period_end,
                        p.period_end + o.due_days::INTEGER AS due
                 FROM owed o JOIN areas a ON a.kind = o.level JOIN periods p USING (source, grain)
                 WHERE coalesce(a.valid_from <= p.period_end, true) AND coalesce(a.valid_to > p.period_start, true))
        SELECT e.source, e.area, e.grain, e.period_start, e.period_end,
               CASE WHEN s.received <= e.due THEN 'on_time' WHEN s.received IS NOT NULL THEN 'late'
                    WHEN e.due >= $on THEN 'awaited' ELSE 'missing' END AS state,
               e.due, s.received, NULL::DATE AS corrected
        FROM expected e
        LEFT JOIN sent s ON s.source = e.source AND s.area = e.area AND s.grain = e.grain
                         AND s.period_start = e.period_start AND s.period_end = e.period_end
        ORDER BY ALL
        """,
        {"on": on},
    ).df()


def _owed() -> Iterator[tuple[str, str, str, int]]:
    for source in catalogue().sources.values():
        for grain in _owed_grains(source):
            yield source.id, source.area, str(grain), source.due_days[grain]


def _owed_grains(source: Source) -> tuple[Grain, ...]:
    if not source.owed:
        return ()
    return (Grain.MONTH,) if Grain.MONTH in source.grains else source.grains
