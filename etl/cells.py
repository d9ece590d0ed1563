"""Cells from the record: choose, complete, sum to margins, and set beside the people at risk.

Populations come first, because they are indicators with cells of their own and the exposure of all others.
"""

from typing import Final

import duckdb
import pandas as pd

from etl import reference
from etl.accepted import CELL_KEY, record_views
from riskmap.domain.tables import CELLS, EXPOSURES
from riskmap.domain.vocabulary import Grain, Period

# A margin is shown when at least this share of its parts has reported.
COMPLETE_SHARE: Final = 0.9

# Fewer events than this make a rate unreliable (relative standard error above 22 %), as CDC WISQARS marks it.
UNSTABLE_BELOW: Final = 20

_CHOSEN = f"""
CREATE TABLE chosen AS
SELECT latest.*, indicators.lag_months, areas.kind AS level
FROM latest
JOIN preference USING (indicator, source)
JOIN indicators USING (indicator)
JOIN areas USING (area)
QUALIFY row_number() OVER (PARTITION BY {CELL_KEY} ORDER BY preference) = 1
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
       tables.breakdown, tables.category, tables.is_published, indicators.kind, indicators.population,
       indicators.interval_method,
       indicators.is_population, areas.valid_from > seen.period_end OR areas.valid_to <= seen.period_start AS is_absent
FROM tables
JOIN seen USING (indicator, level, grain, breakdown)
JOIN areas ON areas.kind = tables.level
JOIN indicators USING (indicator)
"""

_RECEIVED = f"""
CREATE TABLE filled AS
SELECT e.*, c.numerator, coalesce(c.source, '') AS source,
       coalesce((SELECT arg_max(v.definition, v.since) FROM definitions v WHERE v.indicator = e.indicator
                 AND v.since <= if(e.kind = 'stock', e.period_end, e.period_start)), '') AS definition,
       coalesce(c.provisional OR c.received < c.period_end + to_months(c.lag_months), false) AS provisional,
       coalesce(c.invented, false) AS invented,
       CASE WHEN coalesce(e.is_absent, false) THEN 'not_applicable'
            WHEN c.status IS NULL THEN 'not_reported'
            WHEN e.kind <> 'stock' AND EXISTS (
                SELECT 1 FROM definitions d WHERE d.indicator = e.indicator AND d.is_change
                AND d.since > e.period_start AND d.since <= e.period_end) THEN 'not_comparable'
            ELSE c.status END AS status
FROM expected e
LEFT JOIN chosen c USING ({CELL_KEY})
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

_YEAR_ENDS = """
CREATE OR REPLACE TABLE year_ends AS
SELECT area, indicator AS population, year(period_end) AS year, numerator AS people, provisional AS is_estimated
FROM cells
WHERE status = 'value' AND breakdown = 'all' AND grain = 'year'
  AND indicator IN (SELECT indicator FROM indicators WHERE is_population)
"""

# Days of each year, and whose people they are. A number of people holds for the borders of its own day: in a year in
# which the borders changed, only the number at its end is of the areas as they then were.
_EXPOSURES = """
INSERT INTO exposures
WITH spans AS (
    SELECT DISTINCT f.area, f.population, f.period_start, f.period_end, t.contributor,
           greatest(f.period_start, t.since) AS first_day, least(f.period_end, t.until) AS last_day
    FROM filled f JOIN territory t USING (area)
    WHERE f.population <> ''
),
days AS (
    SELECT s.*, y.year,
           greatest(0, date_diff('day', greatest(first_day, make_date(y.year, 1, 1)),
                                 least(last_day, make_date(y.year, 12, 31))) + 1) AS days,
           date_diff('day', make_date(y.year, 1, 1), make_date(y.year + 1, 1, 1)) AS days_in_year,
           EXISTS (SELECT 1 FROM border_changes b WHERE b.area = s.contributor AND b.year = y.year) AS is_changed
    FROM spans s CROSS JOIN (SELECT unnest(range(1990, 2100))::INTEGER AS year) y
    WHERE y.year BETWEEN year(s.period_start) AND year(s.period_end)
),
people AS (
    SELECT d.*, if(d.is_changed, last.people, coalesce((first.people + last.people) / 2, last.people, first.people))
               AS people,
           d.is_changed OR first.people IS NULL OR last.people IS NULL OR first.is_estimated OR last.is_estimated
               AS is_estimated
    FROM days d
    LEFT JOIN year_ends first ON first.area = d.contributor AND first.population = d.population
                              AND first.year = d.year - 1
    LEFT JOIN year_ends last ON last.area = d.contributor AND last.population = d.population AND last.year = d.year
    WHERE d.days > 0
)
SELECT population, area, period_start, period_end,
       if(bool_and(people IS NOT NULL), sum(people * days / days_in_year), NULL), bool_or(is_estimated)
FROM people
GROUP BY ALL
"""

_PARTS = """
CREATE OR REPLACE TABLE parts AS
SELECT f.*, e.person_years AS denominator
FROM filled f
LEFT JOIN exposures e USING (area, population, period_start, period_end)
WHERE f.is_population = ?
"""

_CELLS = f"""
INSERT INTO cells
SELECT p.indicator, p.area, p.grain, p.period_start, p.period_end, p.breakdown, p.category,
       CASE final.status WHEN 'value' THEN coalesce(p.numerator, m.numerator) END,
       CASE final.status WHEN 'value' THEN CASE WHEN NOT summed.yes THEN p.denominator
           WHEN m.units_reported = m.units_expected THEN coalesce(p.denominator, m.denominator)
           ELSE m.denominator END END,
       final.status,
       CASE WHEN summed.yes THEN 'sum_of_parts' ELSE p.source END,
       CASE WHEN summed.yes THEN coalesce(m.definition, '') ELSE p.definition END,
       CASE WHEN summed.yes THEN m.units_expected END, CASE WHEN summed.yes THEN m.units_reported END,
       final.status = 'value' AND (p.provisional OR (summed.yes AND m.provisional)),
       final.status = 'value' AND p.interval_method = 'poisson'
           AND coalesce(p.numerator, m.numerator) BETWEEN 1 AND {UNSTABLE_BELOW - 1},
       p.invented OR (summed.yes AND m.invented)
FROM parts p
LEFT JOIN margins m USING ({CELL_KEY})
CROSS JOIN LATERAL (SELECT p.status = 'not_reported' AND coalesce(m.units_reported + m.broken, 0) > 0 AS yes) summed
CROSS JOIN LATERAL (SELECT CASE WHEN NOT summed.yes THEN p.status
    WHEN m.broken > 0 THEN 'not_comparable'
    WHEN m.units_reported >= {COMPLETE_SHARE} * m.units_expected THEN 'value'
    ELSE 'not_reported' END AS status) final
WHERE p.is_published
"""


def build_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `cells` and `exposures` from the record, the catalogue and the areas; needs a connection of its own."""
    _register(connection)
    connection.execute(CELLS.ddl)
    for statement in (_CHOSEN, _EXPECTED, _RECEIVED):
        connection.execute(statement)
    connection.execute(EXPOSURES.ddl)
    for is_population in (True, False):
        if not is_population:
            connection.execute(_YEAR_ENDS)
            connection.execute(_EXPOSURES)
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
        "border_changes": reference.border_change_frame(),
    }
    for name, frame in frames.items():
        connection.register(f"{name}_frame", frame)
        connection.execute(f"CREATE TABLE scratch_{name} AS SELECT * FROM {name}_frame")
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM scratch_{name}")
    record_views(connection)
    connection.execute(
        "CREATE TABLE known_on AS SELECT coalesce(max(received)::DATE, DATE '1970-01-01') AS day FROM record"
    )


def period_frame(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every period that occurs in `cells`, with the code people write."""
    rows = connection.execute("SELECT DISTINCT grain, period_start, period_end FROM cells ORDER BY ALL").fetchall()
    coded = [(grain, start, end, Period(start, end, Grain(grain)).code) for grain, start, end in rows]
    return pd.DataFrame(coded, columns=["grain", "period_start", "period_end", "code"])
