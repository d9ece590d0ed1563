"""Steps: what a number may do from one period to the next."""

from typing import Final

from etl.checks.declared import ROLES
from etl.checks.rule import MONTHLY, PART, PERIOD, PLACE, SERIES, SINCE, Check, number, same

# A population changes by births, deaths and moves: the sample country and the published figures of regions move by a
# few percent a year. Of few people chance alone moves more.
POPULATION_STEP: Final = 0.2
POPULATION_LEAST: Final = 20
POPULATION_MONTHS: Final = 26  # what is known of longer ago may have changed by more
# A register or a staff of fewer than these may well be halved.
STOCK_LEAST: Final = 20
STOCK_LEFT: Final = 0.5
# An earlier figure further back than this says little of a stock.
STOCK_MONTHS: Final = 3

_PLACED: Final = ("file_number", "origin", "line")

# Told at the smaller sum, or at the larger one before it where only that is new.
_FALLING_SUM: Final = f"""
WITH sums AS (
    SELECT *, max(numerator) OVER earlier AS highest,
           arg_max({{'file': file_number, 'origin': origin, 'line': line, 'day': period_end}}, numerator)
               OVER earlier AS of
    FROM checks.known WHERE grain IN ('ytd', 'school_ytd') AND numerator IS NOT NULL
    WINDOW earlier AS (PARTITION BY {SERIES}, grain, period_start, breakdown, category ORDER BY period_end
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT coalesce(file_number, of.file) AS file_number, coalesce(origin, of.origin) AS origin,
       coalesce(line, of.line) AS line, area, indicator, {PERIOD}, {PART}, {number("numerator")} AS found,
       '≥ ' || {number("highest")} || ' (' || strftime(of.day, '%Y-%m') || ')' AS expected
FROM sums WHERE numerator < highest AND (is_new OR of.file IS NOT NULL)
"""

# Told at the state of the month, or at what else of it is new; at the state before, where only that was sent again.
_REGISTER: Final = f"""
WITH months AS (
    SELECT source, invented, area, b.register AS indicator, {PERIOD},
           {", ".join(f"any_value(numerator) FILTER (role = '{role}') AS {role}" for role in ROLES)},
           {", ".join(f"arg_min({column}, role <> 'state') FILTER (is_new) AS {column}" for column in _PLACED)}
    FROM checks.totals t JOIN checks.balances b USING (indicator)
    WHERE grain = 'month' AND numerator IS NOT NULL GROUP BY ALL
),
compared AS (
    SELECT *, lag(state) OVER series AS before, lag(period_end) OVER series AS before_end,
           lag(file_number) OVER series AS file_before, lag(origin) OVER series AS origin_before,
           lag(line) OVER series AS line_before
    FROM months WINDOW series AS (PARTITION BY {SERIES}, grain ORDER BY period_end)
)
SELECT coalesce(file_number, file_before) AS file_number, coalesce(origin, origin_before) AS origin,
       coalesce(line, line_before) AS line, area, indicator, {PERIOD}, '' AS part, {number("state")} AS found,
       concat({number("before")}, ' + ', {number("placed")}, ' − ', {number("removed")}, ' = ',
              {number("before + placed - removed")}) AS expected
FROM compared
WHERE before_end = period_start - 1 AND before + placed - removed <> state
  AND (file_number IS NOT NULL OR file_before IS NOT NULL)
"""

# Stocks beside the last known number of the same length of period; not across a change of borders or of definition.
_STOCKS: Final = f"""
SELECT c.* FROM (
    SELECT t.*, lag(numerator) OVER series AS before, lag(period_end) OVER series AS before_end
    FROM checks.totals t JOIN checks.indicators i USING (indicator)
    WHERE i.is_stock AND NOT i.is_school AND t.numerator IS NOT NULL AND {{which}}
    WINDOW series AS (PARTITION BY {SERIES}, grain ORDER BY period_end)
) c
ANTI JOIN checks.borders b ON b.area = c.area AND b.day > c.before_end - 366 AND b.day <= c.period_end
ANTI JOIN checks.definitions d ON d.indicator = c.indicator AND d.since > c.before_end AND d.since <= c.period_end
WHERE c.is_new AND c.before IS NOT NULL
"""
_BEFORE: Final = f"{number('before')} || ' (' || strftime(before_end, '%Y-%m') || ')'"
_POPULATION: Final = f"""
SELECT {PLACE}, '' AS part, {number("numerator")} AS found, '≈ ' || {_BEFORE} AS expected
FROM ({_STOCKS.format(which="i.is_population")})
WHERE before_end >= period_end - to_months({POPULATION_MONTHS})
  AND abs(numerator - before) > greatest({POPULATION_STEP} * before, {POPULATION_LEAST})
"""
# Of a register whose placed and removed are sent, the sum tells it.
_FALLING_STOCK: Final = f"""
SELECT {PLACE}, '' AS part, {number("numerator")} AS found,
       '≥ ' || {number(f"ceil({STOCK_LEFT} * before)")} || ' (' || {_BEFORE} || ')' AS expected
FROM ({_STOCKS.format(which="NOT i.is_population AND t.grain = 'month'")}) s
WHERE before >= {STOCK_LEAST} AND numerator < {STOCK_LEFT} * before
  AND before_end >= period_start - to_months({STOCK_MONTHS})
  AND NOT EXISTS (
    SELECT 1 FROM checks.balances b
    JOIN checks.totals r USING (indicator)
    WHERE b.register = s.indicator AND b.role = 'removed' AND {same(f"source, invented, area, {PERIOD}", "r", "s")}
      AND r.numerator >= s.before - s.numerator)
"""

CHECKS: Final = (
    Check("V024", _FALLING_SUM, grains=SINCE, needs=("periods",)),
    Check("V025", _REGISTER, grains=MONTHLY, needs=("periods",)),
    Check("V026", _POPULATION, needs=("periods", "populations")),
    Check("V034", _FALLING_STOCK, grains=MONTHLY, needs=("periods",)),
)
