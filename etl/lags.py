"""After how many months the figures of an indicator are final, as declared and as the record shows."""

from typing import Final

import duckdb
import pandas as pd

from riskmap.domain.registry import catalogue, indicators
from riskmap.methods.lags import Delay, months_until_final

_COLUMNS: Final = ("indicator", "invented", "declared_months", "learnt_months", "used_months", "figures")

# An age is the smallest number of months after the end of the period by which the last change had come; a period has
# been observed for the largest number of months that its source has been heard of after it.
_HISTORY: Final = """
WITH returned AS (
    SELECT indicator::VARCHAR AS indicator, invented, period_start, period_end, changed, last_day,
           sum(figures)::BIGINT AS figures,
           date_diff('month', period_end, changed)::INTEGER AS nearly,
           date_diff('month', period_end, last_day)::INTEGER AS almost
    FROM sent JOIN heard_of USING (source, invented)
    WHERE list_contains($owed, source::VARCHAR) AND changed IS NOT NULL AND period_end >= first_day
    GROUP BY ALL
)
SELECT indicator, invented, figures, dense_rank() OVER (ORDER BY period_start, period_end) AS period,
       nearly + (period_end + to_months(nearly) < changed)::INTEGER AS age,
       almost - (period_end + to_months(almost) > last_day)::INTEGER AS observed
FROM returned
"""


def add_lags(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `lags`: one row per indicator, once for its real and once for its invented figures.

    The months used are those that the history shows, and never fewer than the catalogue declares: who says that figures
    are revised for half a year is believed, also while no revision has come. Only returns that are owed tell of delays;
    of other sources we know the day on which somebody copied them. A period that was over before its source was first
    heard of tells nothing either: its figures came all at once. Needs `sent` and `heard_of`.
    """
    history = connection.execute(_HISTORY, {"owed": _owed()}).df()
    seen = {key: _delay(group) for key, group in history.groupby(["indicator", "invented"])}
    nothing = Delay(None, 0)
    rows = [
        (item.id, invented, item.lag_months, delay.months, max(item.lag_months, delay.months or 0), delay.figures)
        for item in indicators()
        for invented in (False, True)
        for delay in (seen.get((item.id, invented), nothing),)
    ]
    connection.register("frame", pd.DataFrame(rows, columns=list(_COLUMNS)).astype({"learnt_months": "Int64"}))
    connection.execute(
        "CREATE OR REPLACE TABLE lags AS SELECT * REPLACE (indicator::indicator_id AS indicator) FROM frame"
    )
    connection.unregister("frame")


def _delay(history: pd.DataFrame) -> Delay:
    ages, observed, periods, figures = (history[name].to_numpy() for name in ("age", "observed", "period", "figures"))
    return months_until_final(ages, observed=observed, periods=periods, figures=figures)


def lag_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per indicator: of its real returns where there are any, else of its invented ones."""
    query = """
        SELECT l.* EXCLUDE invented REPLACE (l.indicator::VARCHAR AS indicator) FROM lags l
        LEFT JOIN (SELECT indicator, bool_and(invented) AS is_invented
                   FROM sent WHERE list_contains($owed, source::VARCHAR) GROUP BY ALL) s ON s.indicator = l.indicator
        WHERE l.invented = coalesce(is_invented, false)
        ORDER BY ALL
    """
    return connection.execute(query, {"owed": _owed()}).df()


def _owed() -> list[str]:
    """Sources whose returns are owed."""
    return [source.id for source in catalogue().sources.values() if source.owed_grains]
