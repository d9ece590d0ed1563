"""Who owed a return for which period, when it was due, and what has become of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import duckdb
import pandas as pd

from etl.closed_lists import TYPE_OF
from etl.staging import FIGURE_KEY
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.tables import COMPLETENESS
from riskmap.domain.vocabulary import CellStatus, Grain, enclosing, months_between

# Of a source that has sent real figures only these count. A period is told by its days: the return since 1 January that
# ends with December is that of the year.
_REACHES: Final = """
WITH kinds AS (SELECT source, bool_and(invented) AS invented FROM heard_of GROUP BY source),
     days AS (SELECT invented, max(last_day) AS day FROM heard_of GROUP BY invented)
SELECT source::VARCHAR AS source, grain::VARCHAR AS grain, min(period_end) AS first, max(period_end) AS last,
       any_value(day) AS day
FROM sent JOIN kinds USING (source, invented) JOIN days USING (invented) GROUP BY ALL
"""
_OWED: Final = {
    **dict.fromkeys(("source", "level", "grain"), "VARCHAR"),
    **dict.fromkeys(("period_start", "period_end", "due", "day"), "DATE"),
}
_RETURNS: Final = """
WITH kinds AS (SELECT source, bool_and(invented) AS invented FROM heard_of GROUP BY source),
returned AS (
    SELECT source::VARCHAR AS source, area::VARCHAR AS area, period_start, period_end, min(received) AS received,
           max(corrected) AS corrected, bool_or(is_standing) AS is_standing
    FROM sent JOIN kinds USING (source, invented) GROUP BY ALL
),
expected AS (
    SELECT o.* EXCLUDE level, a.area::VARCHAR AS area
    FROM owed o JOIN areas a ON a.kind::VARCHAR = o.level
    WHERE coalesce(a.valid_from <= o.period_end, true) AND coalesce(a.valid_to > o.period_end, true)
)
SELECT source, area, e.grain, period_start, period_end,
       CASE WHEN s.received <= e.due THEN 'on_time' WHEN s.received IS NOT NULL THEN 'late'
            WHEN e.due >= e.day THEN 'awaited' ELSE 'missing' END AS state,
       e.due, s.received, s.corrected
FROM expected e LEFT JOIN (FROM returned WHERE is_standing AND received IS NOT NULL) s
     USING (source, area, period_start, period_end)
ORDER BY ALL
"""


def completeness_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per owed return of each period in which a source reports; needs `sent`, `heard_of` and `areas`.

    A source reports from the first period of which anybody sent something: from then on every period is owed, up to the
    last that anybody sent or, if later, the last that was due before the day of the data, so that a month of which
    nobody sent anything is missing and not invisible. What is owed is owed by every area that is there on the last day
    of the period. The day of the data is that of the last real figures, of invented sources that of the last invented
    ones.

    A return is there as long as one of its figures still stands. It is received on the day on which the first figure
    came after the last day of the period had begun: what is told of a day in the middle, such as a number of pupils, is
    not yet the return. It is corrected on the last day on which another number or state took the place of one that
    stood; the same number again corrects nothing, nor does a number where there was none. What is not there is awaited
    up to the day on which it is due and missing from the day after.
    """
    owed = pd.DataFrame(list(_owed(connection.execute(_REACHES).fetchall())), columns=list(_OWED))
    connection.execute(f"CREATE OR REPLACE TABLE owed ({', '.join(f'{name} {kind}' for name, kind in _OWED.items())})")
    connection.register("frame", owed)
    connection.execute("INSERT INTO owed SELECT * FROM frame")
    connection.unregister("frame")
    return connection.execute(_RETURNS).df()[list(COMPLETENESS.names)]


def correction_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per figure that stood and was corrected, with the day of its last correction; needs `sent_figures`."""
    names = ("source", *FIGURE_KEY.split(", "), "corrected")
    typed = ", ".join(f"{name}::VARCHAR AS {name}" if name in TYPE_OF else name for name in names)
    return connection.execute(f"SELECT {typed} FROM sent_figures WHERE corrected IS NOT NULL ORDER BY ALL").df()


def public_completeness(returns: pd.DataFrame, *, corrections: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The same returns, corrected where a figure was that everybody can see.

    That a return was corrected, while none of its published figures was, would tell of a hidden one. `returns` is what
    `completeness_frame` gives, `corrections` what `correction_frame` gives, `cells` are the public ones.
    """
    seen = corrections.merge(cells.loc[cells["status"] == CellStatus.VALUE, FIGURE_KEY.split(", ")])
    key = ["source", "area", "period_start", "period_end"]
    days = seen.groupby(key, as_index=False)["corrected"].max()
    return returns.drop(columns="corrected").merge(days, how="left", on=key)[list(COMPLETENESS.names)]


_Reach = tuple[str, str, date, date, date]


def _owed(reaches: list[_Reach]) -> Iterator[tuple[str, str, str, date, date, date, date]]:
    """Source, level, grain, first and last day, due day of each return that is owed, and the day of the data."""
    for name, grain, first, last, day in reaches:
        source = catalogue().sources[name]
        if grain not in source.owed_grains:
            continue
        wait = timedelta(days=source.due_days[grain])
        for start, end in _periods(source, Grain(grain), first, max(last, day)):
            if end <= last or end + wait < day:
                yield name, source.area, grain, start, end, end + wait, day


def _periods(source: Source, grain: Grain, first: date, last: date) -> list[tuple[date, date]]:
    """First and last day of every period of a grain that ends between two days, both included.

    The sum since 1 January that ends with December is left to the year, where that is owed too.
    """
    months = months_between(date(first.year - 1, 1, 1), date(last.year, 12, 31))
    periods = sorted({enclosing(month, grain) for month in months})
    is_year = grain is Grain.YTD and Grain.YEAR in source.owed_grains
    return [(p.start, p.end) for p in periods if first <= p.end <= last and not (is_year and p.end.month == 12)]
