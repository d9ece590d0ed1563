"""Classes of a map: which class a value falls into, and round limits for the author of a new indicator.

The limits of an indicator are fixed for all periods: limits drawn anew for each period cannot be compared.
"""

import math
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmap.methods.arrays import Floats, floats

NO_CLASS = -1

# A double holds every decimal of 15 digits, so a rounder number than the value itself has at most as many.
_DIGITS = 15


def classify(values: ArrayLike, breaks: Sequence[float]) -> NDArray[np.int64]:
    """The class of each value, 0 to len(breaks), and -1 where the value is missing; same shape as `values`.

    Class i holds breaks[i-1] <= v < breaks[i]: a value on a limit belongs to the class above it. The first class is
    open downwards, the last upwards, so every number has a class. A class that no value reaches stays empty: its
    number and colour do not move. Without breaks everything is class 0. The class depends on the value alone: one
    area, or all areas equal, makes no difference. Breaks that are not finite and rising raise ValueError.

    >>> classify([0, 4.99, 5, 20, float("nan")], (5, 10, 20))
    array([ 0,  0,  1,  3, -1])
    """
    limits = np.asarray(breaks, dtype=float)
    if limits.ndim != 1 or not np.isfinite(limits).all() or (np.diff(limits) <= 0).any():
        raise ValueError(f"breaks must be finite and rise, found {tuple(breaks)}")
    numbers = floats(values)
    classes = np.searchsorted(limits, numbers, side="right")
    return np.where(np.isnan(numbers), NO_CLASS, classes).astype(np.int64)


def round_breaks(values: ArrayLike, classes: int) -> tuple[float, ...]:
    """Round limits that cut `values` into at most `classes` classes, as equal in number as ties allow.

    Equal values are never parted, each class holds at least one value, and no limit repeats. A value that is frequent
    by itself (mostly zero, or mostly 100 %) becomes a class of its own and the others share the rest. Fewer distinct
    values than classes: one class for each; all equal, one area or none: no limits. Missing values are left out,
    infinite ones raise ValueError. The order of the values does not matter.

    The cut with the least sum of squared class sizes is found first; then each limit moves, past at most a quarter of
    the class on either side, to the roundest number there (a multiple of 1, 2 or 5 times the largest power of ten).

    >>> round_breaks([0, 0, 0, 0, 0, 0, 3.1, 4.4, 6.2, 7.7, 9.3, 12.8], 3)
    (2.0, 7.0)
    """
    if classes < 1:
        raise ValueError(f"at least 1 class is needed, found {classes}")
    numbers = floats(values).ravel()
    if np.isinf(numbers).any():
        raise ValueError("values must be finite")
    ordered = np.sort(numbers[~np.isnan(numbers)])
    cuts = _equal_cuts(ordered, classes)
    return tuple(
        _round_limit(ordered[before:cut], ordered[cut:after])
        for before, cut, after in zip(cuts, cuts[1:], cuts[2:], strict=False)
    )


def _equal_cuts(ordered: Floats, classes: int) -> list[int]:
    """Positions where the classes begin, with 0 in front and the number of values at the end."""
    _, counts = np.unique(ordered, return_counts=True)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(float)
    last = len(counts)
    classes = min(classes, last)
    # cost[j]: least sum of squared sizes with the first j distinct values in as many classes as rounds were made.
    cost = np.where(np.arange(last + 1) == 0, 0.0, np.inf)
    begins = np.zeros((classes, last + 1), dtype=int)
    for row in begins:
        previous, cost = cost, np.full(last + 1, np.inf)
        for j in range(1, last + 1):
            sums = previous[:j] + (ends[j] - ends[:j]) ** 2
            row[j] = sums.argmin()
            cost[j] = sums[row[j]]
    cuts = [last]
    for row in begins[::-1]:
        cuts.append(int(row[cuts[-1]]))
    return [int(ends[cut]) for cut in reversed(cuts)]


def _round_limit(below: Floats, above: Floats) -> float:
    """The limit between two neighbouring classes, each in rising order."""
    slack = min(len(below), len(above)) // 4
    if below[0] == below[-1] or above[0] == above[-1]:
        slack = 0  # A class of zeros only says more than one of zeros and a few small values.
    return _roundest(float(below[-1 - slack]), float(above[slack]), near=float(above[0]))


def _roundest(low: float, high: float, *, near: float) -> float:
    """The roundest number above `low` and not above `high`; of equally round ones the nearest to `near`."""
    if low < 0 <= high:
        return 0.0
    # Decimals, as 3 * 0.1 is not 0.3 in doubles.
    floor, ceiling = Decimal(repr(low)), Decimal(repr(high))
    top = max(abs(floor), abs(ceiling)).adjusted()
    for power in range(top, top - _DIGITS, -1):
        for digit in (5, 2, 1):
            step = Decimal(digit).scaleb(power)
            multiples = (step * m for m in range(math.floor(floor / step), math.ceil(ceiling / step) + 1))
            found = [float(value) for value in multiples if floor < value <= ceiling]
            if found:
                return min(found, key=lambda value: abs(value - near))
    return high
