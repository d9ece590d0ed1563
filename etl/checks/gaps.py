"""What is missing, and zeros that may stand for what is missing."""

from typing import Final

from etl.checks.rule import MONTHLY, PERIOD, PLACE, SERIES, Check, number, same

# All counts of a topic are zero by chance less than once in 10,000, and were so in less than one month of 20.
RARE_ZEROS: Final = -9.2
ZERO_MONTHS: Final = 0.05
# Months of the past that say what is usual.
KNOWN: Final = 8

# That a count of mean m and variance v is zero, by a negative binomial distribution; v is at least m.
_LOG_ZERO: Final = """
if(variance > mean * 1.01, -mean ** 2 / (variance - mean) * ln(variance / mean), -mean)"""
_ZEROS: Final = f"""
SELECT min(file_number) AS file_number, arg_min(origin, line) AS origin, min(line) AS line, area,
       arg_min(indicator, line) AS indicator, 'month' AS grain, period_start, period_end, '' AS part,
       concat(count(*), ' × 0 (', topic, ')') AS found, concat('≈ ', {number("round(sum(mean))")}) AS expected
FROM checks.months
GROUP BY source, invented, area, period_start, period_end, topic
HAVING max(numerator) = 0
   AND min({_LOG_ZERO}) FILTER (known >= {KNOWN} AND zeros < {ZERO_MONTHS} * known) < {RARE_ZEROS}
"""

# Parts without a number beside others that already give the whole total. Told at the total, where it stands anyway.
_GAPS: Final = f"""
SELECT {", ".join(f"t.{column}" for column in PLACE.split(", "))}, p.breakdown::VARCHAR AS part,
       concat(b.categories - p.known - p.absent, ' × ...') AS found, '0' AS expected
FROM checks.parts p
JOIN checks.totals t ON {same(f"{SERIES}, {PERIOD}", "t", "p")} AND t.is_new
JOIN checks.breakdowns b ON b.indicator = p.indicator AND b.breakdown = p.breakdown
WHERE p.known + p.absent < b.categories AND p.hidden = 0
  AND t.numerator = coalesce(p.sum, 0) AND (p.known > 0 OR t.numerator = 0)
"""

# Areas of a region that stood in its last month or year with figures of a topic, and neither stand in the new one nor
# were sent before. A file of a few areas is no return of the region.
LEAST_SHARE: Final = 0.5
_MISSING: Final = f"""
WITH known AS (
    SELECT source, invented, topic, l.area, a.parent AS region, {PERIOD}, min(file_number) AS file_number
    FROM checks.looked l JOIN checks.indicators USING (indicator) JOIN checks.areas a USING (area)
    WHERE a.kind IN ('district', 'remainder') GROUP BY ALL
    UNION ALL
    SELECT DISTINCT source, invented, topic, p.area, a.parent, {PERIOD}, NULL
    FROM checks.past p JOIN checks.indicators USING (indicator) JOIN checks.areas a USING (area)
    WHERE a.kind IN ('district', 'remainder')
),
regions AS (
    SELECT source, invented, topic, region, {PERIOD}, min(file_number) AS file_number, count(DISTINCT area) AS areas
    FROM known GROUP BY ALL
),
turns AS (
    SELECT *, lag(period_end) OVER turn AS last_end, lag(areas) OVER turn AS last_areas
    FROM regions WINDOW turn AS (PARTITION BY source, invented, topic, region, grain ORDER BY period_end)
),
missing AS (
    SELECT t.*, k.area
    FROM turns t
    JOIN known k ON {same("source, invented, topic, region, grain", "k", "t")} AND k.period_end = t.last_end
    JOIN checks.areas a ON a.area = k.area AND coalesce(a.valid_to > t.period_end, true)
    ANTI JOIN known n ON n.area = k.area AND {same(f"source, invented, topic, {PERIOD}", "n", "t")}
    WHERE t.file_number IS NOT NULL AND t.areas >= {LEAST_SHARE} * t.last_areas
)
SELECT min(file_number) AS file_number, NULL::INTEGER AS origin, NULL::INTEGER AS line, area,
       NULL::indicator_id AS indicator, {PERIOD}, '' AS part, '' AS found,
       concat(area, ' (', strftime(max(last_end), '%Y-%m'), ')') AS expected
FROM missing GROUP BY source, invented, area, {PERIOD}
"""

CHECKS: Final = (
    Check("V029", _ZEROS, grains=MONTHLY, months=KNOWN),
    Check("V030", _GAPS, needs=("parts",)),
    Check("K006", _MISSING, needs=("periods",)),
)
