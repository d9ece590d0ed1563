"""Figures beside the days on which a definition began."""

from typing import Final

from etl.checks.rule import PERIOD, PLACE, Check

# Told once for all areas of a file, at the first one.
_STRADDLING: Final = f"""
SELECT file_number, arg_min(origin, line) AS origin, min(line) AS line, NULL::area_id AS area, indicator, {PERIOD},
       '' AS part, '' AS found, min(d.since)::VARCHAR AS expected
FROM checks.looked l
JOIN checks.indicators i USING (indicator)
JOIN checks.definitions d ON d.indicator = l.indicator AND d.since > l.period_start AND d.since <= l.period_end
WHERE i.is_flow AND l.numerator IS NOT NULL
GROUP BY file_number, indicator, {PERIOD}
"""
_TOO_EARLY: Final = f"""
SELECT {PLACE}, '' AS part, '' AS found, '≥ ' || first AS expected
FROM checks.looked
JOIN (SELECT indicator, min(since) AS first FROM checks.definitions GROUP BY indicator) USING (indicator)
WHERE numerator IS NOT NULL AND period_end < first
"""

CHECKS: Final = (Check("P009", _STRADDLING), Check("P011", _TOO_EARLY))
