"""What is known of every table and period before anything is summed over areas: figures chosen, longer periods formed.

Of one source the latest load counts, of two sources the one that the indicator names first; from months come longer
periods. Needs the views of the record and the tables that `etl.cells` makes of the catalogue and the areas.
"""

from typing import Final

import duckdb

from etl import reference
from etl.accepted import CELL_KEY, latest
from etl.closed_lists import TYPE_OF
from riskmap.domain.vocabulary import months_between

# A cell among the real ones or among the invented ones.
KEY: Final = f"invented, {CELL_KEY}"

# What the record says in words that the catalogue or the areas no longer know goes nowhere.
_TYPED: Final = ", ".join(
    f"TRY_CAST({name} AS {TYPE_OF[name]}) AS {name}"
    for name in ("indicator", "area", "grain", "breakdown", "category", "status", "source")
)

# A source that only says that it has no figure does not stand before one that has it. A month without lessons has
# nothing to tell of schools, whatever mark a return has for it. A figure may still be corrected until its source has
# been heard of after the months until final (`etl.lags`).
_TOLD = f"""
CREATE OR REPLACE TABLE told AS
SELECT load, line, invented, period_start, period_end, numerator, units_expected, units_reported, provisional, {_TYPED}
FROM record WHERE list_contains($indicators, indicator)
"""
_TIES: Final = ("numerator", "status", "units_expected", "units_reported", "provisional")
# Almost every figure was sent once: only those that share a number made of their key are compared.
_CHOSEN = f"""
CREATE OR REPLACE TABLE chosen AS
WITH shared AS (SELECT hash({KEY}) AS mark FROM told GROUP BY mark HAVING count(*) > 1),
compared AS (SELECT * FROM told WHERE hash({KEY}) IN (SELECT mark FROM shared)),
counted AS (
    SELECT * EXCLUDE preference FROM ({latest("compared", ties=_TIES)}) JOIN preference USING (indicator, source)
    QUALIFY row_number() OVER (PARTITION BY {KEY} ORDER BY status = 'not_reported', preference) = 1
    UNION ALL BY NAME
    SELECT * FROM told SEMI JOIN preference USING (indicator, source)
    WHERE hash({KEY}) NOT IN (SELECT mark FROM shared)
)
SELECT {KEY}, numerator, status, source, units_expected, units_reported,
       provisional OR last_heard < period_end + to_months(used_months) AS provisional
FROM counted
JOIN heard USING (source, invented)
JOIN indicators USING (indicator)
JOIN lags USING (indicator, invented)
WHERE NOT (is_school AND grain = 'month' AND month(period_start) NOT IN (SELECT month FROM school_months))
"""

# When each source was last heard of, and the months from the first to the last of which anything is known.
_HEARD = """
CREATE TABLE heard AS
SELECT TRY_CAST(source AS source_id) AS source, invented, max(received) AS last_heard FROM record GROUP BY ALL
"""
_REACH = """
CREATE TABLE reach AS
SELECT invented, min(period_start) AS first_day, max(period_end) AS last_day
FROM (SELECT DISTINCT invented, TRY_CAST(indicator AS indicator_id) AS indicator, period_start, period_end
      FROM record WHERE grain = 'month')
JOIN indicators USING (indicator)
WHERE NOT (is_school AND month(period_start) NOT IN (SELECT month FROM school_months))
GROUP BY ALL
"""

_SPANS = "CREATE TABLE spans (month_start DATE, grain grain_id, period_start DATE, period_end DATE)"

# The months that a longer period asks of an area: those in which it was there, of schools only those of lessons.
_DUE = """
CREATE TABLE due AS
SELECT a.area, s.is_school, spans.grain, spans.period_start, spans.period_end,
       count(*) AS months, max(spans.month_start) AS last_month
FROM spans
CROSS JOIN (SELECT unnest([false, true]) AS is_school) s
JOIN areas a ON coalesce(a.valid_from <= last_day(spans.month_start), true)
            AND coalesce(a.valid_to > spans.month_start, true)
WHERE NOT s.is_school OR month(spans.month_start) IN (SELECT month FROM school_months)
GROUP BY ALL
"""

# Whole numbers add up to the same in any order; to order the others takes time.
_IS_EXACT: Final = f"(numerator = trunc(numerator) AND numerator < {2**40})"

# A sum over months needs every one of them; what is counted on a day is that of the last month, never an earlier one.
# Since 1 January or 1 September there is a period per month, of schools none that ends in a month without lessons.
_LONGER = f"""
CREATE OR REPLACE TABLE longer AS
WITH months AS (
    SELECT c.*, s.grain AS longer_grain, s.period_start AS first_day, s.period_end AS last_day,
           if(i.time = 'flow', due.months, 1) AS asked, i.time = 'flow' OR c.period_start = due.last_month AS counts
    FROM chosen c
    JOIN indicators i USING (indicator)
    JOIN (SELECT DISTINCT indicator, breakdown, grain FROM tables) t USING (indicator, breakdown)
    JOIN spans s ON s.month_start = c.period_start AND s.grain = t.grain
    JOIN due ON due.area = c.area AND due.is_school = i.is_school AND due.grain = s.grain
            AND due.period_start = s.period_start AND due.period_end = s.period_end
    JOIN reach r ON r.invented = c.invented AND s.period_end <= r.last_day
    WHERE c.grain = 'month'
      AND (NOT i.is_school OR s.grain NOT IN ('ytd', 'school_ytd')
           OR month(s.period_end) IN (SELECT month FROM school_months))
)
SELECT invented, indicator, area, longer_grain AS grain, first_day AS period_start, last_day AS period_end,
       breakdown, category,
       if(is_whole, coalesce(exact_sum + other_sum, exact_sum, other_sum), NULL) AS numerator,
       CAST(if(is_whole, status, 'not_reported') AS status_id) AS status,
       source, units_expected, units_reported, provisional
FROM (
    SELECT invented, indicator, area, longer_grain, first_day, last_day, breakdown, category,
           count(*) FILTER (counts AND status NOT IN ('not_reported', 'suppressed')) = max(asked) AS is_whole,
           sum(numerator) FILTER (counts AND {_IS_EXACT}) AS exact_sum,
           sum(numerator ORDER BY numerator) FILTER (counts AND NOT {_IS_EXACT}) AS other_sum,
           if(bool_or(status = 'value') FILTER (counts), 'value', 'not_applicable') AS status,
           arg_max(source, period_start) AS source,
           max(units_expected) FILTER (counts) AS units_expected,
           min(units_reported) FILTER (counts) AS units_reported, bool_or(provisional) FILTER (counts) AS provisional
    FROM months GROUP BY ALL
)
"""

# What was sent for a period itself is never replaced by what its months make.
_KNOWN = f"""
CREATE OR REPLACE TABLE known AS
SELECT * FROM chosen
UNION ALL BY NAME
SELECT * FROM longer ANTI JOIN chosen USING ({KEY})
"""


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that all indicators share: `heard`, `reach`, `spans`, and `due`, the months a period asks for."""
    connection.execute(_HEARD)
    connection.execute(_REACH)
    _add_spans(connection)


def add_known(connection: duckdb.DuckDBPyConnection, indicators: list[str]) -> None:
    """Make the table `known` anew, of some indicators: one row per cell of which anything is known."""
    connection.execute(_TOLD, {"indicators": indicators})
    for statement in (_CHOSEN, _LONGER, _KNOWN):
        connection.execute(statement)


def _add_spans(connection: duckdb.DuckDBPyConnection) -> None:
    ((first, last),) = connection.execute("SELECT min(first_day), max(last_day) FROM reach").fetchall()
    months = months_between(first, last) if first else []
    connection.execute(_SPANS)
    if months:
        connection.register("frame", reference.span_frame(months))
        connection.execute("INSERT INTO spans SELECT * FROM frame")
        connection.unregister("frame")
    connection.execute(_DUE)
