"""Figures that agree where they should not: with the month before, with another area, with round numbers."""

from typing import Final

from etl.checks.rule import MONTHLY, Check

# So many figures above zero agree, and that they do happens by chance less than once in so many returns; of two areas
# less than once in so many pairs, of which a file has thousands. Both as natural logarithms.
LEAST_SAME: Final = 5
RARE_MONTH: Final = 9.2  # 10,000
RARE_PAIR: Final = 16.1  # 10 million
# Of twelve counts that are not estimated, all end in 0 once in 10^12.
LEAST_ROUND: Final = 12

_KEY: Final = "source, invented, area, period_start, period_end"
_FIRST: Final = """
min(file_number) AS file_number, min(line) AS line, arg_min(origin, line) AS origin,
arg_min(indicator, line) AS indicator, 'month' AS grain, '' AS part"""

# Topic by topic: a sheet may be sent again while the others are new.
_SAME_MONTH: Final = f"""
WITH months AS (
    SELECT source, invented, area, period_start, period_end, topic, sum(flows) AS flows, sum(flow_says) AS says,
           bit_xor(flow_mark) AS mark, min(file_number) AS file_number, min(line) AS line,
           arg_min(origin, line) AS origin, arg_min(indicator, line) AS indicator, bool_or(is_new) AS is_new
    FROM checks.returns GROUP BY ALL
)
SELECT c.area, c.period_start, c.period_end, {_FIRST.replace("(", "(c.").replace(", line)", ", c.line)")},
       concat(sum(c.flows), ' (', string_agg(c.topic, ', ' ORDER BY c.topic), ')') AS found,
       concat('≠ ', strftime(any_value(b.period_start), '%Y-%m')) AS expected
FROM months c
JOIN months b USING (source, invented, area, topic)
WHERE c.is_new AND b.period_end = c.period_start - 1 AND c.flows > 0 AND b.mark = c.mark
GROUP BY c.source, c.invented, c.area, c.period_start, c.period_end
HAVING sum(c.flows) >= {LEAST_SAME} AND sum(c.says) >= {RARE_MONTH}
"""
# Each beside the first of those that agree: of a file in which all areas agree, the pairs would have no end.
_SAME_AREA: Final = f"""
WITH firsts AS (
    SELECT source, invented, period_start, period_end, topic, mark, file_number, arg_min(area, line) AS area
    FROM checks.returns WHERE is_new AND numbers > 0
    GROUP BY ALL HAVING count(*) > 1
)
SELECT b.area, b.period_start, b.period_end, {_FIRST.replace("(", "(b.").replace(", line)", ", b.line)")},
       concat(sum(b.numbers), ' (', string_agg(b.topic, ', ' ORDER BY b.topic), ')') AS found,
       concat('≠ ', a.area) AS expected
FROM firsts a
JOIN checks.returns b USING (source, invented, period_start, period_end, topic, mark, file_number)
WHERE b.is_new AND b.area <> a.area
GROUP BY a.area, b.area, b.source, b.invented, b.period_start, b.period_end
HAVING sum(b.numbers) >= {LEAST_SAME} AND sum(b.says) >= {RARE_PAIR}
"""
_ROUND: Final = f"""
SELECT area, period_start, period_end, {_FIRST}, sum(numbers)::VARCHAR AS found, '' AS expected
FROM checks.returns WHERE is_new
GROUP BY {_KEY}
HAVING sum(numbers) >= {LEAST_ROUND} AND sum(uneven) = 0
"""

CHECKS: Final = (
    Check("V031", _SAME_MONTH, grains=MONTHLY, needs=("periods",)),
    Check("V032", _SAME_AREA, grains=MONTHLY, needs=("areas",)),
    Check("V035", _ROUND, grains=MONTHLY),
)
