"""After how long figures that come late, or are corrected, may be taken for final."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

FINAL_SHARE: Final = 0.95  # of the figures have their last value by then
OLD_ENOUGH: Final = 12  # months after which a period is looked at: what is younger may still change
LEAST_FIGURES: Final = 30
LEAST_PERIODS: Final = 12

Ints = NDArray[np.int64]


class Delay(NamedTuple):
    """What a history of changes shows."""

    months: int | None  # until final; None where the history is too short
    figures: int  # how many were old enough to be looked at


def months_until_final(ages: Ints, *, observed: Ints, periods: Ints, figures: Ints) -> Delay:
    """The smallest whole number of months by which at least 95 % of the figures had their last value.

    One entry stands for `figures` figures of one period: `ages` is the number of months, rounded up, from the end of
    the period to the last change, the first arrival being one; `observed` the number of whole months from the end of
    the period to the day of the data; `periods` a number that tells periods apart. With F(m) the share of figures whose
    age is at most m, the answer is min { m >= 0 : F(m) >= 0.95 }.

    A change that is still to come cannot be seen, so young periods would make figures look final too early (right
    truncation). Only periods observed for at least 12 months count: F is that of changes in complete view up to then,
    and a longer delay is seen only in older periods. This plain quantile of the complete part of the reporting triangle
    is our choice; Kalbfleisch and Lawless (1991, Statistica Sinica 1: 19-32) and Lawless (1994, Canadian Journal of
    Statistics 22: 15-31) estimate the same distribution from young periods too, by its reverse-time hazard, which needs
    a delay that does not change over time.

    Ages below zero, of numbers told before their period was over, count as zero. Entries of no figures count nothing,
    also not as a period. With fewer than 30 figures, or figures of fewer than 12 periods, there is no answer. A single
    area is enough for one. Where all figures are equally old, their age is the answer.

    >>> year = np.arange(12)
    >>> months_until_final(np.full(12, 1), observed=12 + year, periods=year, figures=np.full(12, 20))
    Delay(months=1, figures=240)
    """
    counts = (observed >= OLD_ENOUGH) & (figures > 0)
    total = int(figures[counts].sum())
    if total < LEAST_FIGURES or len(np.unique(periods[counts])) < LEAST_PERIODS:
        return Delay(None, total)
    by_age = np.bincount(np.maximum(ages[counts], 0), weights=figures[counts]).cumsum()
    # In figures and not in shares: 19 of 20 are 95 %, whatever a division makes of it.
    return Delay(int(np.argmax(by_age >= np.ceil(round(FINAL_SHARE * total, 6)))), total)
