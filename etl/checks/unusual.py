"""Numbers that are not like those of the same area before: too high, all at once, none at all, sent again otherwise."""

from typing import Final

from etl.checks.rule import MONTHLY, PART, PLACE, Check, number
from etl.staging import FIGURE_KEY

# Below this a count may be anything.
LEAST: Final = 10
# How often a number is above all earlier ones by chance alone: once in 100,000, as a quantile of the normal.
RARE: Final = 4.265
# Counts of few months show less of how much they scatter than there is: their coefficient of variation is taken to be
# at least this, and a number must be so many times the largest of them.
SCATTER: Final = 0.45
TIMES_LARGEST: Final = 2
# One round of the seasons.
MONTHS: Final = 12
SCHOOL_MONTHS: Final = 9
# The year in which borders change: those on registers go over, and the past is that of another area.
BORDER_DAYS: Final = 366
# Months without a figure before one that holds theirs too, how many known ones say what is usual, and how many cases
# must be missing for the months to be more than quiet ones. Where a gap stands before it, a number that is above all
# earlier ones by chance once in 1,000 is enough.
GAP: Final = 2
GAP_KNOWN: Final = 6
GAP_LEAST: Final = 7
RARE_AFTER_GAP: Final = 3.09
SCATTER_AFTER_GAP: Final = 0.35


def _limit(quantile: float, scatter: float) -> str:
    """SQL for the upper limit of a count, by the Wilson-Hilferty formula of a gamma distribution."""
    variance = f"greatest(variance, mean, mean + ({scatter} * mean) ** 2)"
    return f"mean * (1 - {variance} / (9 * mean ** 2) + {quantile} * sqrt({variance}) / (3 * mean)) ** 3"


_MONTHS: Final = f"""
SELECT *, greatest({TIMES_LARGEST} * most, {_limit(RARE, SCATTER)}) AS highest,
       greatest(most, {_limit(RARE_AFTER_GAP, SCATTER_AFTER_GAP)}) AS high,
       month_number - last_month - 1 AS gap, sum / (known - zeros) AS usual
FROM checks.months WHERE numerator >= {LEAST} AND mean > 0
"""
_AT_ONCE: Final = f"""
gap >= {GAP} AND gap * usual >= {GAP_LEAST} AND known - zeros >= {GAP_KNOWN}
AND numerator > high AND numerator BETWEEN (gap + 1) * usual / 2 AND (gap + 1) * usual * 2"""
_ALL_AT_ONCE: Final = f"""
SELECT {PLACE}, '' AS part, {number("numerator")} AS found,
       concat('≈ ', {number("round(usual)")}, ' × ', gap + 1) AS expected
FROM ({_MONTHS}) WHERE {_AT_ONCE}
"""
_HIGH: Final = f"""
SELECT {PLACE}, '' AS part, {number("numerator")} AS found,
       concat('≤ ', {number("floor(highest)")}, ' (max ', {number("most")}, ', ⌀ ', {number("round(mean, 1)")}, ')')
       AS expected
FROM ({_MONTHS}) m
ANTI JOIN checks.borders b ON b.area = m.area AND b.day > m.period_start - {BORDER_DAYS} AND b.day <= m.period_end
WHERE known >= if(is_school, {SCHOOL_MONTHS}, {MONTHS}) AND numerator > highest
  AND NOT ({_AT_ONCE})
"""

# A figure that is sent again is a correction; by so much it hardly is one.
CHANGE: Final = 0.5
CHANGE_LEAST: Final = 10

_CHANGED: Final = f"""
SELECT {PLACE}, {PART}, {number("l.numerator")} AS found, '≈ ' || {number("p.numerator")} AS expected
FROM checks.looked l JOIN (SELECT * FROM checks.past WHERE is_replaced) p USING (source, {FIGURE_KEY})
WHERE abs(l.numerator - p.numerator) > greatest({CHANGE} * p.numerator, {CHANGE_LEAST})
"""

CHECKS: Final = (
    Check("V027", _HIGH, grains=MONTHLY, months=SCHOOL_MONTHS),
    Check("V028", _ALL_AT_ONCE, grains=MONTHLY, months=GAP_KNOWN),
    Check("V037", _CHANGED, needs_past=True),
)
