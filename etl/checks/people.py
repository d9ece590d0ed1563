"""Figures beside the people or the schools they belong to."""

from typing import Final

from etl.checks.rule import PERIOD, PLACE, Check, number, same

# The number of people may be of another year: since then it may have grown by as much as a population may.
GROWTH: Final = 1.2
# Schools due to report are told by the month, schools perhaps of the year: some open and close.
UNITS_SHARE: Final = 0.2
UNITS_LEAST: Final = 3

# Where the people of the same period are sent, what is a part of them is told as a sum. What a region holds outside its
# districts has cases and no residents.
_MORE_CASES: Final = f"""
WITH people AS (
    SELECT invented, indicator, area, max(numerator) AS people, arg_max(period_end, numerator) AS day
    FROM checks.totals JOIN checks.indicators USING (indicator)
    WHERE is_population AND numerator IS NOT NULL GROUP BY ALL
),
wholes AS (
    SELECT source, invented, indicator, area, {PERIOD}
    FROM checks.totals JOIN checks.indicators USING (indicator) WHERE is_population AND is_new
)
SELECT {", ".join(f"t.{column}" for column in PLACE.split(", "))}, '' AS part, {number("t.numerator")} AS found,
       concat('≤ ', {number("p.people")}, ' (', p.indicator, ' ', strftime(p.day, '%Y-%m'), ')') AS expected
FROM checks.totals t
JOIN checks.indicators i USING (indicator)
JOIN checks.areas a USING (area)
JOIN people p ON p.indicator = i.population AND p.invented = t.invented AND p.area = t.area
ANTI JOIN wholes w ON i.is_part AND w.indicator = i.population AND {same(f"source, invented, area, {PERIOD}", "w", "t")}
WHERE t.is_new AND (i.is_people OR i.is_part) AND a.kind <> 'remainder' AND t.numerator > {GROWTH} * p.people
"""
_OTHER_UNITS: Final = f"""
WITH told AS (
    SELECT invented, area, {PERIOD}, max(units_expected) AS units, min(file_number) AS file_number,
           arg_min(origin, line) AS origin, min(line) AS line, arg_min(indicator, line) AS indicator
    FROM checks.looked JOIN checks.areas a USING (area)
    WHERE units_expected IS NOT NULL AND a.kind <> 'remainder' GROUP BY ALL
),
counted AS (
    SELECT invented, area, period_start AS day, numerator FROM checks.totals JOIN checks.indicators USING (indicator)
    WHERE is_units AND numerator IS NOT NULL
)
SELECT t.* EXCLUDE (invented, units), '' AS part, units::VARCHAR AS found,
       concat('≈ ', {number("c.numerator")}, ' (', strftime(c.day, '%Y-%m'), ')') AS expected
FROM told t ASOF JOIN counted c ON c.invented = t.invented AND c.area = t.area AND c.day <= t.period_end
ANTI JOIN checks.borders b ON b.area = t.area AND b.day > c.day AND b.day <= t.period_end
WHERE abs(units - c.numerator) > greatest({UNITS_SHARE} * c.numerator, {UNITS_LEAST})
"""

CHECKS: Final = (
    Check("V033", _MORE_CASES, needs=("populations",)),
    Check("V036", _OTHER_UNITS, needs=("units", "populations")),
)
