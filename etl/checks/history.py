"""What stands before each month: the tables of months and of returns."""

from typing import Final

from riskmap.domain.vocabulary import ALL

# Flows month by month, under one definition each, with what was before: how many months are known, their sum, that of
# their squares and the largest number, how many were zero, and when the last one above zero was. Months of what is
# counted by lessons follow each other without the summer.
MONTHS: Final = """
CREATE TABLE checks.months AS
WITH numbered AS (
    SELECT t.*, i.topic, i.is_school, d.since,
           if(i.is_school, (year(t.period_start) - (month(t.period_start) < 9)::INTEGER) * 9 + s.position,
              year(t.period_start) * 12 + month(t.period_start)) AS month_number
    FROM checks.totals t
    JOIN checks.indicators i USING (indicator)
    JOIN checks.definitions d
        ON d.indicator = t.indicator AND t.period_start >= d.since AND t.period_start < d.until
    LEFT JOIN checks.school_months s ON s.month = month(t.period_start)
    WHERE t.grain = 'month' AND i.is_flow AND t.numerator IS NOT NULL AND (s.month IS NOT NULL OR NOT i.is_school)
),
summed AS (
    SELECT *, count(*) OVER before AS known, sum(numerator) OVER before AS sum, max(numerator) OVER before AS most,
           sum(numerator ** 2) OVER before AS squares, sum((numerator = 0)::INTEGER) OVER before AS zeros,
           max(if(numerator > 0, month_number, NULL)) OVER before AS last_month
    FROM numbered
    WINDOW before AS (PARTITION BY source, invented, indicator, area, since ORDER BY month_number
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT *, sum / known AS mean, greatest(squares - sum ** 2 / known, 0) / nullif(known - 1, 0) AS variance
FROM summed WHERE is_new
"""

# A number made of all figures of an area and topic is the same where all of these are. Hashed twice: a hash of several
# columns is so plain that those of other figures may come to the same. How much it says that all are the same is a sum
# over totals: two counts with the same mean m agree by chance once in about sqrt(1 + 4 pi m).
_SAYS: Final = "0.5 * ln(1 + 4 * pi() * numerator)"
_MADE_OF: Final = "bit_xor(hash(hash(indicator, breakdown, category, numerator)))"
RETURNS: Final = f"""
CREATE TABLE checks.returns AS
SELECT source, invented, area, period_start, period_end, topic, is_new, min(file_number) AS file_number,
       min(line) AS line, arg_min(origin, line) AS origin, arg_min(indicator, line) AS indicator,
       count(*) FILTER (numerator > 0) AS numbers, count(*) FILTER (numerator > 0 AND is_flow) AS flows,
       count(*) FILTER (numerator % 10 <> 0) AS uneven,
       {_MADE_OF} FILTER (numerator IS NOT NULL) AS mark,
       {_MADE_OF} FILTER (numerator IS NOT NULL AND is_flow) AS flow_mark,
       sum({_SAYS}) FILTER (breakdown = '{ALL}') AS says,
       sum({_SAYS}) FILTER (breakdown = '{ALL}' AND is_flow) AS flow_says
FROM checks.known JOIN checks.indicators USING (indicator)
WHERE grain = 'month'
  AND (is_new OR period_start >= (SELECT min(period_start) FROM checks.looked) - INTERVAL 1 MONTH)
GROUP BY source, invented, area, period_start, period_end, topic, is_new
"""
