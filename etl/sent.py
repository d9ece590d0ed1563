"""When the figures of each return were first sent, when they were last changed, and whether they still stand."""

from typing import Final

import duckdb

from etl.closed_lists import TYPE_OF
from etl.staging import FIGURE_KEY
from riskmap.domain.tables import CELLS

_KEY: Final = f"source, {FIGURE_KEY}"
_TYPED: Final = ", ".join(
    f"TRY_CAST({name} AS {TYPE_OF[name]}) AS {name}" if name in TYPE_OF else name
    for name in ("source", *(column.name for column in CELLS.columns if column.key), "invented", "status")
)

# What the record says in words that the catalogue or the areas no longer know goes nowhere.
_SENDINGS: Final = f"""
CREATE OR REPLACE VIEW sendings AS
SELECT load, line, received::DATE AS day, numerator, {_TYPED} FROM record{{only}}
"""

# Almost every figure was sent once: only those that share a number made of their key are compared. What was owed and
# not sent stood nowhere, so a number that takes its place corrects nothing.
_RESENT: Final = f"""
CREATE OR REPLACE TABLE resent AS
WITH shared AS (SELECT hash({_KEY}) AS mark FROM sendings GROUP BY mark HAVING count(*) > 1),
compared AS (
    SELECT * FROM sendings WHERE hash({_KEY}) IN (SELECT mark FROM shared)
    QUALIFY row_number() OVER (PARTITION BY {_KEY}, load ORDER BY line DESC) = 1
)
SELECT {_KEY}, load, day, status, lag(status) OVER earlier AS status_before,
       (status, numerator) IS DISTINCT FROM (status_before, lag(numerator) OVER earlier) AS is_other
FROM compared WINDOW earlier AS (PARTITION BY {_KEY} ORDER BY load)
"""
_FIGURES: Final = f"""
CREATE OR REPLACE VIEW sent_figures AS
SELECT {_KEY}, min(day) FILTER (status <> 'not_reported' AND day >= period_end) AS received,
       max(day) FILTER (is_other AND (status <> 'not_reported' OR status_before IS NOT NULL)) AS changed,
       max(day) FILTER (is_other AND status_before <> 'not_reported') AS corrected,
       arg_max(status, load) <> 'not_reported' AS is_standing, bool_or(status = 'value') AS is_counted
FROM resent GROUP BY ALL
UNION ALL BY NAME
SELECT {_KEY}, CASE WHEN status <> 'not_reported' AND day >= period_end THEN day END AS received,
       CASE WHEN status <> 'not_reported' THEN day END AS changed, NULL::DATE AS corrected,
       status <> 'not_reported' AS is_standing, status = 'value' AS is_counted
FROM sendings ANTI JOIN resent USING ({_KEY})
"""
_SENT: Final = """
CREATE OR REPLACE TABLE sent AS
SELECT source, invented, indicator, area, grain, period_start, period_end, changed,
       min(received) AS received, max(corrected) AS corrected, bool_or(is_standing) AS is_standing,
       count(*) FILTER (is_counted) AS figures
FROM sent_figures WHERE source IS NOT NULL AND area IS NOT NULL AND indicator IS NOT NULL
GROUP BY ALL
"""
_HEARD_OF: Final = """
CREATE OR REPLACE TABLE heard_of AS
SELECT TRY_CAST(source AS source_id) AS source, invented, min(received)::DATE AS first_day,
       max(received)::DATE AS last_day
FROM record GROUP BY ALL HAVING source IS NOT NULL
"""


def add_sent(connection: duckdb.DuckDBPyConnection, *, only: str | None = None) -> None:
    """Make the tables `sent` and `heard_of`, of all figures or of one indicator.

    Needs the views of the record and the types of the closed lists.

    `sent` has one row per indicator, return (source, area, period) and day of the last change: how many figures that
    ever had a number it was the last change of, when the first of them was `received` after its period was over, when
    one that stood was last `corrected`, and whether one still stands. `heard_of` says from when to when a source sent.
    """
    connection.execute(_HEARD_OF)
    # The id of an indicator of the catalogue; a view binds no values.
    connection.execute(_SENDINGS.format(only=f" WHERE indicator = '{only}'" if only else ""))
    for statement in (_RESENT, _FIGURES, _SENT):
        connection.execute(statement)
