"""The people at risk, or the whole of a share, behind every cell.

How they are counted is declared of the population: lessons due are counted over the period itself; pupils and schools
by month; children at the end of each year. An event beside people of a day becomes events per person and year: of what
happens in schools a year is the school year, of everything else twelve months.
"""

from typing import Final

import duckdb

PEOPLE: Final = """
CREATE TABLE people (
    invented BOOLEAN, population indicator_id, time VARCHAR, is_school BOOLEAN, area area_id, grain grain_id,
    period_start DATE, period_end DATE, denominator DOUBLE, is_estimated BOOLEAN, is_sum BOOLEAN,
    is_of_today BOOLEAN
)
"""

# A sum is of today's parts in every period, also before a border between the area and another changed.
_IS_LATER: Final = "EXISTS (SELECT 1 FROM border_changes b WHERE b.area = a.area AND b.day > a.period_start)"

# Areas and periods whose people are asked for at the level being worked out, and not known from an earlier portion.
_ASKED = """
CREATE OR REPLACE TABLE asked AS
SELECT DISTINCT f.invented, f.population, f.time, f.is_school, f.area, f.grain, f.period_start, f.period_end,
       p.time AS population_time, p.basis
FROM filled f JOIN indicators p ON p.indicator = f.population
ANTI JOIN people o ON o.invented = f.invented AND o.population = f.population AND o.time = f.time
                  AND o.is_school = f.is_school AND o.area = f.area AND o.grain = f.grain
                  AND o.period_start = f.period_start AND o.period_end = f.period_end
"""

# A population that is itself counted over a period: the same period.
_OVER_PERIODS = f"""
INSERT INTO people
SELECT a.invented, a.population, a.time, a.is_school, a.area, a.grain, a.period_start, a.period_end,
       d.numerator, d.provisional, d.source = 'sum_of_parts', d.source = 'sum_of_parts' AND {_IS_LATER}
FROM asked a
JOIN done d ON d.invented = a.invented AND d.indicator = a.population AND d.area = a.area AND d.grain = a.grain
           AND d.period_start = a.period_start AND d.period_end = a.period_end
           AND d.breakdown = 'all' AND d.status = 'value'
WHERE a.population_time = 'flow'
"""

# Counted by month: beside a number of a day that of the period's last month; beside events the mean of the months
# that are known, as long as the months of the period are.
_BY_MONTHS = f"""
INSERT INTO people
WITH months AS (
    SELECT *, month(period_start) IN (SELECT month FROM school_months) AS is_taught
    FROM done WHERE grain = 'month' AND breakdown = 'all' AND status = 'value'
),
due_months AS (
    SELECT area, is_school, grain, period_start, period_end, months, last_month FROM due
    UNION ALL
    SELECT areas.area, s.is_school, 'month'::grain_id, m.month_start, last_day(m.month_start), 1, m.month_start
    FROM (SELECT DISTINCT month_start FROM spans) m CROSS JOIN areas
    CROSS JOIN (SELECT unnest([false, true]) AS is_school) s
),
counted AS (
    SELECT a.invented, a.population, a.time, a.is_school, a.area, a.grain, a.period_start, a.period_end, due.months,
           max(m.numerator) FILTER (m.period_start = due.last_month) AS last_number,
           avg(m.numerator ORDER BY m.numerator) AS mean_number, count(*) AS months_known,
           bool_or(m.provisional) AS is_provisional, bool_or(m.source = 'sum_of_parts') AS is_sum,
           bool_or(m.source = 'sum_of_parts' AND {_IS_LATER}) AS is_of_today
    FROM asked a
    JOIN due_months due ON due.area = a.area AND due.is_school = a.is_school AND due.grain = a.grain
                       AND due.period_start = a.period_start AND due.period_end = a.period_end
    JOIN months m ON m.invented = a.invented AND m.indicator = a.population AND m.area = a.area
                 AND m.period_start BETWEEN a.period_start AND a.period_end AND (m.is_taught OR NOT a.is_school)
    WHERE a.population_time = 'stock' AND a.basis = 'month'
    GROUP BY ALL
)
SELECT invented, population, time, is_school, area, grain, period_start, period_end,
       if(time = 'stock', last_number,
          mean_number * months / if(is_school, (SELECT count(*) FROM school_months), 12)),
       is_provisional OR (time = 'flow' AND months_known < months), is_sum, is_of_today
FROM counted
"""

# Days of each year, and whose people they are. A number of people holds for the borders of its own day: in a year in
# which the borders changed, only the number at its end is of the areas as they then were.
_BY_YEARS = """
INSERT INTO people
WITH year_ends AS (
    SELECT d.invented, d.area, d.indicator AS population, year(d.period_end) AS year, d.numerator AS people,
           d.provisional AS is_estimated, d.source = 'sum_of_parts' AS is_sum
    FROM done d JOIN indicators USING (indicator)
    WHERE d.status = 'value' AND d.breakdown = 'all' AND d.grain = 'year' AND d.is_population
),
spans AS (
    SELECT DISTINCT a.invented, a.area, a.population, a.period_start, a.period_end, t.contributor,
           greatest(a.period_start, t.since) AS first_day, least(a.period_end, t.until) AS last_day
    FROM asked a JOIN territory t USING (area)
    WHERE a.population_time = 'stock' AND a.basis = 'year'
),
days AS (
    SELECT s.*, y.year,
           greatest(0, date_diff('day', greatest(first_day, make_date(y.year, 1, 1)),
                                 least(last_day, make_date(y.year, 12, 31))) + 1) AS days,
           date_diff('day', make_date(y.year, 1, 1), make_date(y.year + 1, 1, 1)) AS days_in_year,
           EXISTS (SELECT 1 FROM border_changes b WHERE b.area = s.contributor AND b.year = y.year) AS is_changed,
           EXISTS (SELECT 1 FROM border_changes b WHERE b.area = s.contributor AND b.year > y.year) AS is_later
    FROM spans s
    CROSS JOIN LATERAL (SELECT unnest(range(year(s.period_start), year(s.period_end) + 1))::INTEGER AS year) y
),
people_of_days AS (
    SELECT d.*, d.days / d.days_in_year AS share,
           if(d.is_changed, last.people,
              coalesce((first.people + last.people) / 2, last.people, first.people)) AS people,
           d.is_changed OR first.people IS NULL OR last.people IS NULL OR first.is_estimated OR last.is_estimated
               AS is_estimated,
           coalesce(last.is_sum, first.is_sum) AS is_sum,
           is_later AND (coalesce(last.is_sum, false) OR (NOT d.is_changed AND coalesce(first.is_sum, false)))
               AS is_of_today
    FROM days d
    LEFT JOIN year_ends first ON first.invented = d.invented AND first.area = d.contributor
                             AND first.population = d.population AND first.year = d.year - 1
    LEFT JOIN year_ends last ON last.invented = d.invented AND last.area = d.contributor
                            AND last.population = d.population AND last.year = d.year
    WHERE d.days > 0
),
years AS (
    SELECT invented, population, area, period_start, period_end,
           if(bool_and(people IS NOT NULL), sum(people * share ORDER BY people * share), NULL) AS person_years,
           sum(share ORDER BY share) AS years,
           bool_or(is_estimated) AS is_estimated, bool_or(is_sum) AS is_sum, bool_or(is_of_today) AS is_of_today
    FROM people_of_days
    GROUP BY ALL
)
SELECT a.invented, a.population, a.time, a.is_school, a.area, a.grain, a.period_start, a.period_end,
       if(a.time = 'stock', y.person_years / y.years, y.person_years), y.is_estimated, y.is_sum,
       y.is_of_today
FROM asked a
JOIN years y USING (invented, population, area, period_start, period_end)
WHERE a.population_time = 'stock' AND a.basis = 'year'
"""

# The real number of people where there is one: the invented one of the same name is not of this country.
_EXPOSURES = """
INSERT INTO exposures
WITH shown AS (
    SELECT DISTINCT population, area, grain, period_start, period_end, invented
    FROM cells JOIN indicators USING (indicator)
)
SELECT population, area, period_start, period_end, first.denominator, coalesce(first.is_estimated, false)
FROM (
    SELECT population, area, period_start, period_end,
           arg_min({denominator: denominator, is_estimated: is_estimated},
                   {invented: people.invented, time: time, is_school: is_school, grain: grain}) AS first
    FROM people SEMI JOIN shown USING (population, area, grain, period_start, period_end, invented)
    GROUP BY ALL
)
"""


def add_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the people of every area and period in `filled` to `people`; those that are not known have no row."""
    for statement in (_ASKED, _OVER_PERIODS, _BY_MONTHS, _BY_YEARS):
        connection.execute(statement)


def write_exposures(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the published table `exposures` with the people behind the published cells."""
    connection.execute(_EXPOSURES)
