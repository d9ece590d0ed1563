"""Sums: parts and totals, districts and region, months and longer periods."""

from typing import Final

from etl.checks.rule import PART, PERIOD, PLACE, SERIES, SINCE, Check, number, same
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import Grain

_KEY: Final = f"{SERIES}, {PERIOD}"
# Periods that are sums of months.
_WHOLES: Final = (Grain.QUARTER, Grain.HALF_YEAR, Grain.YEAR, Grain.SCHOOL_YEAR, *SINCE)

# Parts beside their total: where a part is not there or its number is withheld, the others must not exceed it.
_SUMMED: Final = f"""
SELECT t.*, p.breakdown, p.known, p.sum, p.largest, p.known + p.absent = b.categories AS is_whole
FROM checks.parts p
JOIN checks.totals t ON {same(_KEY, "t", "p")} AND t.is_new
JOIN checks.breakdowns b ON b.indicator = p.indicator AND b.breakdown = p.breakdown
WHERE p.known > 0 AND t.numerator IS NOT NULL
"""
_LARGER_PART: Final = f"""
SELECT {PLACE}, breakdown::VARCHAR AS part, {number("largest")} AS found, '≤ ' || {number("numerator")} AS expected
FROM ({_SUMMED}) WHERE largest > numerator
"""
_OTHER_TOTAL: Final = f"""
SELECT {PLACE}, breakdown::VARCHAR AS part, 'Σ = ' || {number("sum")} AS found,
       if(is_whole, '', '≤ ') || {number("numerator")} AS expected
FROM ({_SUMMED}) WHERE largest <= numerator AND (sum > numerator OR (is_whole AND sum <> numerator))
"""
# Some of a population that is sent beside it, such as trained staff of all staff.
_MORE_THAN_WHOLE: Final = f"""
SELECT {", ".join(f"t.{column}" for column in PLACE.split(", "))}, '' AS part, {number("t.numerator")} AS found,
       '≤ ' || {number("w.numerator")} || ' (' || w.indicator || ')' AS expected
FROM checks.totals t
JOIN checks.indicators i ON i.indicator = t.indicator AND i.is_part
JOIN checks.totals w ON w.indicator = i.population AND {same(f"source, invented, area, {PERIOD}", "w", "t")}
WHERE t.is_new AND w.is_new AND t.numerator > w.numerator
"""

# A sum stands where its total does, or where the first of its parts does when only these are new.
_FIRST_NEW: Final = "min(file_number) AS first_file, arg_min(origin, line) AS first_origin, min(line) AS first_line"
_OTHER_THAN_SUM: Final = f"""
SELECT coalesce(file_number, first_file) AS file_number, coalesce(origin, first_origin) AS origin,
       coalesce(line, first_line) AS line, area, indicator, {PERIOD}, {PART},
       'Σ = ' || {number("sum")} AS found, if(is_whole, '', '≤ ') || {number("numerator")} AS expected
FROM compared WHERE sum > numerator OR (is_whole AND sum <> numerator)
"""

# A region beside those of its districts that were there on the last day, and beside what it holds outside them if that
# was ever sent. Figures of old borders are not compared.
_OTHER_REGION: Final = f"""
WITH wholes AS (
    SELECT k.* FROM checks.known k JOIN checks.areas a USING (area)
    ANTI JOIN checks.borders b ON b.area = k.area AND year(b.day) >= year(k.period_start)
    WHERE a.kind = 'region' AND k.numerator IS NOT NULL
),
sent AS (
    SELECT k.* REPLACE (a.parent AS area), a.kind = 'district' AS is_district
    FROM checks.known k JOIN checks.areas a USING (area)
    SEMI JOIN wholes w ON {same(f"{PERIOD}, indicator", "w", "k")} AND w.area = a.parent
    WHERE a.kind IN ('district', 'remainder')
),
summed AS (
    SELECT {_KEY}, breakdown, category, sum(numerator) AS sum, count(numerator) AS known,
           count(*) FILTER (status <> 'not_applicable' AND numerator IS NULL) AS unknown,
           count(*) FILTER (is_district) AS districts, {_FIRST_NEW}
    FROM sent GROUP BY ALL
),
there AS (
    SELECT p.area, p.period_end, count(*) AS districts
    FROM (SELECT DISTINCT area, period_end FROM wholes) p
    JOIN checks.areas d ON d.parent = p.area AND d.kind = 'district'
                       AND coalesce(d.valid_from <= p.period_end, true) AND coalesce(d.valid_to > p.period_end, true)
    GROUP BY ALL
),
compared AS (
    SELECT w.*, s.sum, s.first_file, s.first_origin, s.first_line,
           s.unknown = 0 AND s.districts >= there.districts AS is_whole
    FROM wholes w
    JOIN summed s ON {same(f"{_KEY}, breakdown, category", "s", "w")}
    JOIN there ON there.area = w.area AND there.period_end = w.period_end
    WHERE s.known > 0 AND (w.is_new OR s.first_file IS NOT NULL)
)
{_OTHER_THAN_SUM}
"""

# Flows of longer periods beside the months or quarters they consist of; of what is counted by lessons, the months with
# lessons. Where a definition changed in between, they need not agree.
_OTHER_PERIOD: Final = f"""
WITH flows AS (SELECT k.*, i.is_school FROM checks.known k JOIN checks.indicators i USING (indicator) WHERE i.is_flow),
wholes AS (
    SELECT w.* FROM flows w
    ANTI JOIN checks.definitions d
        ON d.indicator = w.indicator AND d.since > w.period_start AND d.since <= w.period_end
    WHERE grain IN ({", ".join(f"'{grain}'" for grain in _WHOLES)}) AND numerator IS NOT NULL
),
spans AS (SELECT DISTINCT {PERIOD} FROM wholes),
lengths AS (
    SELECT {PERIOD}, is_school, count(*) AS months
    FROM (SELECT *, unnest(generate_series(period_start, period_end, INTERVAL 1 MONTH))::DATE AS month_start FROM spans)
    CROSS JOIN (SELECT unnest([false, true]) AS is_school)
    WHERE (NOT is_school OR month(month_start) IN (SELECT month FROM checks.school_months))
      AND period_end = last_day(period_end)
    GROUP BY ALL
),
compared AS (
    SELECT w.*, f.grain AS shorter, sum(f.numerator) AS sum, min(f.file_number) AS first_file,
           arg_min(f.origin, f.line) AS first_origin, min(f.line) AS first_line,
           coalesce(count(*) FILTER (f.numerator IS NOT NULL OR f.status = 'not_applicable')
                    = any_value(l.months / if(f.grain = 'month', 1, 3)), false) AS is_whole
    FROM wholes w
    JOIN flows f ON {same(f"{SERIES}, breakdown, category", "f", "w")} AND f.grain IN ('month', 'quarter')
                AND f.grain <> w.grain AND f.period_start >= w.period_start AND f.period_end <= w.period_end
    LEFT JOIN lengths l ON {same(f"{PERIOD}, is_school", "l", "w")}
    WHERE NOT f.is_school OR f.grain <> 'month' OR month(f.period_start) IN (SELECT month FROM checks.school_months)
    GROUP BY ALL
    HAVING count(f.numerator) > 0 AND (any_value(w.is_new) OR min(f.file_number) IS NOT NULL)
)
{_OTHER_THAN_SUM}
"""

CHECKS: Final = (
    Check("V004", f"{_LARGER_PART} UNION ALL BY NAME {_MORE_THAN_WHOLE}"),
    Check("V005", _OTHER_TOTAL, needs=("parts",)),
    Check("V022", _OTHER_REGION, levels=(AreaKind.REGION, AreaKind.DISTRICT)),
    Check("V023", _OTHER_PERIOD, grains=_WHOLES),
)
