"""Cells from the record: choose, complete, sum to margins, and set beside the people at risk.

Populations come first, because they are indicators with cells of their own and the exposure of all others.
"""

from typing import Final

import duckdb
import pandas as pd

from etl import reference
from etl.accepted import record
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import Grain, Period

# A margin is shown when at least this share of its parts has reported.
COMPLETE_SHARE: Final = 0.9

# Fewer events than this make a rate unreliable (relative standard error above 22 %), as CDC WISQARS marks it.
UNSTABLE_BELOW: Final = 20

_KEY = "indicator, area, grain, period_start, period_end, breakdown, category"

_CHOSEN = f"""
CREATE TABLE chosen AS
WITH latest AS (
    SELECT * FROM record QUALIFY row_number() OVER (PARTITION BY source, {_KEY} ORDER BY load DESC, line DESC) = 1
)
SELECT latest.*, indicators.is_population, indicators.lag_months, areas.kind AS level
FROM latest
JOIN preference USING (indicator, source)
JOIN indicators USING (indicator)
JOIN areas USING (area)
QUALIFY row_number() OVER (PARTITION BY {_KEY} ORDER BY preference) = 1
"""

# The cells that ought to be there: every declared table for each period in which somebody sent something for it.
# Regions are owed only where some region sent; the country also where its regions did.
_EXPECTED = """
CREATE TABLE expected AS
WITH seen AS (
    SELECT DISTINCT indicator, level, grain, breakdown, period_start, period_end FROM chosen
    UNION
    SELECT DISTINCT indicator, 'country', grain, breakdown, period_start, period_end FROM chosen
)
SELECT tables.indicator, areas.area, tables.level, areas.parent, tables.grain, seen.period_start, seen.period_end,
       tables.breakdown, tables.category, tables.is_published, indicators.population, indicators.interval_method,
       indicators.is_population, areas.valid_from > seen.period_end OR areas.valid_to < seen.period_start AS is_absent
FROM tables
JOIN seen USING (indicator, level, grain, breakdown)
JOIN areas ON areas.kind = tables.level
JOIN indicators USING (indicator)
"""

_RECEIVED = f"""
CREATE TABLE filled AS
SELECT e.*, c.numerator, coalesce(c.source, '') AS source, c.status AS sent, coalesce(c.definition, '') AS definition,
       coalesce(c.provisional OR c.period_end + to_months(c.lag_months) > known_on.day, false) AS provisional,
       coalesce(c.invented, false) AS invented,
       CASE WHEN coalesce(e.is_absent, false) THEN 'not_applicable'
            WHEN c.status IS NULL THEN 'not_reported'
            WHEN EXISTS (SELECT 1 FROM definitions d WHERE d.indicator = e.indicator
                         AND d.since > e.period_start AND d.since <= e.period_end) THEN 'not_comparable'
            ELSE c.status END AS status
FROM expected e
LEFT JOIN chosen c USING ({_KEY})
CROSS JOIN known_on
"""

# A figure received for the country itself is never replaced by a sum.
_MARGINS = """
CREATE TABLE margins AS
SELECT p.indicator, p.grain, p.period_start, p.period_end, p.breakdown, p.category, p.parent AS area,
       count(*) FILTER (p.status <> 'not_applicable') AS units_expected,
       count(*) FILTER (p.status = 'value') AS units_reported,
       count(*) FILTER (p.status = 'not_comparable') AS broken,
       sum(p.numerator) FILTER (p.status = 'value') AS numerator,
       CASE WHEN count(*) FILTER (p.status = 'value' AND p.denominator IS NULL) = 0
            THEN sum(p.denominator) FILTER (p.status = 'value') END AS denominator,
       bool_or(p.provisional) AS provisional, bool_or(p.invented) AS invented, max(p.definition) AS definition
FROM parts p
GROUP BY ALL
"""

_PEOPLE = """
CREATE OR REPLACE TABLE people AS
WITH year_ends AS (SELECT area, indicator AS population, year(period_end) AS year, numerator
                   FROM cells WHERE status = 'value' AND breakdown = 'all' AND grain = 'year'
                   AND indicator IN (SELECT indicator FROM indicators WHERE is_population))
SELECT area, population, year, avg(numerator) AS average_people
FROM (SELECT area, population, year, numerator FROM year_ends
      UNION ALL SELECT area, population, year + 1, numerator FROM year_ends)
GROUP BY ALL
"""

_EXPOSURE = """
CREATE TABLE exposure AS
WITH spans AS (
    SELECT DISTINCT f.area, f.population, f.period_start, f.period_end, t.contributor,
           greatest(f.period_start, t.since) AS first_day, least(f.period_end, t.until) AS last_day
    FROM filled f JOIN territory t USING (area)
    WHERE f.population <> ''
),
years AS (
    SELECT s.*, y.year,
           greatest(0, date_diff('day', greatest(first_day, make_date(y.year, 1, 1)),
                                 least(last_day, make_date(y.year, 12, 31))) + 1) AS days,
           date_diff('day', make_date(y.year, 1, 1), make_date(y.year + 1, 1, 1)) AS days_in_year
    FROM spans s CROSS JOIN (SELECT unnest(range(1990, 2100))::INTEGER AS year) y
    WHERE y.year BETWEEN year(s.period_start) AND year(s.period_end)
)
SELECT y.area, y.population, y.period_start, y.period_end,
       CASE WHEN count(*) FILTER (y.days > 0 AND p.average_people IS NULL) = 0
            THEN sum(p.average_people * y.days / y.days_in_year) END AS person_years
FROM years y
LEFT JOIN people p ON p.area = y.contributor AND p.population = y.population AND p.year = y.year
GROUP BY ALL
"""

_PARTS = """
CREATE OR REPLACE TABLE parts AS
SELECT f.*, CASE WHEN f.status = 'value' THEN e.person_years END AS denominator
FROM filled f
LEFT JOIN exposure e USING (area, population, period_start, period_end)
WHERE f.is_population = ?
"""

_CELLS = f"""
INSERT INTO cells
SELECT p.indicator, p.area, p.grain, p.period_start, p.period_end, p.breakdown, p.category,
       CASE final.status WHEN 'value' THEN coalesce(p.numerator, m.numerator) END,
       CASE final.status WHEN 'value' THEN CASE WHEN summed.yes THEN m.denominator ELSE p.denominator END END,
       final.status,
       CASE WHEN summed.yes THEN 'sum_of_parts' ELSE p.source END,
       CASE WHEN summed.yes THEN coalesce(m.definition, '') ELSE p.definition END,
       CASE WHEN summed.yes THEN m.units_expected END, CASE WHEN summed.yes THEN m.units_reported END,
       final.status = 'value' AND (p.provisional OR (summed.yes AND m.provisional)),
       final.status = 'value' AND p.interval_method = 'poisson'
           AND coalesce(p.numerator, m.numerator) BETWEEN 1 AND {UNSTABLE_BELOW - 1},
       p.invented OR (summed.yes AND m.invented)
FROM parts p
LEFT JOIN margins m USING ({_KEY})
CROSS JOIN LATERAL (SELECT p.status = 'not_reported' AND coalesce(m.units_reported + m.broken, 0) > 0 AS yes) summed
CROSS JOIN LATERAL (SELECT CASE WHEN NOT summed.yes THEN p.status
    WHEN m.broken > 0 THEN 'not_comparable'
    WHEN m.units_reported >= {COMPLETE_SHARE} * m.units_expected THEN 'value'
    ELSE 'not_reported' END AS status) final
WHERE p.is_published
"""


def build_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `cells` (and `periods`) from the record, the catalogue and the areas; needs a connection of its own."""
    _register(connection)
    connection.execute(CELLS.ddl)
    for statement in (_CHOSEN, _EXPECTED, _RECEIVED):
        connection.execute(statement)
    connection.execute(
        "CREATE TABLE exposure (area VARCHAR, population VARCHAR, period_start DATE, period_end DATE,"
        " person_years DOUBLE)"
    )
    for is_population in (True, False):
        if not is_population:
            connection.execute("DROP TABLE exposure")
            connection.execute(_PEOPLE)
            connection.execute(_EXPOSURE)
        connection.execute(_PARTS, [is_population])
        connection.execute("DROP TABLE IF EXISTS margins")
        connection.execute(_MARGINS)
        connection.execute(_CELLS)


def _register(connection: duckdb.DuckDBPyConnection) -> None:
    frames = {
        "indicators": reference.indicator_frame(),
        "tables": reference.table_frame(),
        "preference": reference.preference_frame(),
        "definitions": reference.definition_frame(),
        "areas": reference.area_frame(),
        "territory": reference.territory_frame(),
    }
    for name, frame in frames.items():
        connection.register(f"{name}_frame", frame)
        connection.execute(f"CREATE TABLE scratch_{name} AS SELECT * FROM {name}_frame")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM scratch_{name}")
    connection.execute(f"CREATE TABLE record AS SELECT * FROM {record()}")
    connection.execute(
        "CREATE TABLE known_on AS SELECT coalesce(max(received)::DATE, DATE '1970-01-01') AS day FROM record"
    )


def period_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every period that occurs in `cells`, with the code people write."""
    rows = connection.execute("SELECT DISTINCT grain, period_start, period_end FROM cells ORDER BY ALL").fetchall()
    coded = [(grain, start, end, Period(start, end, Grain(grain)).code) for grain, start, end in rows]
    return pd.DataFrame(coded, columns=["grain", "period_start", "period_end", "code"])
