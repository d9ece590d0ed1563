"""Classes of a map: which class a value falls into, and schemes that find limits for the author of a new indicator.

The limits of an indicator are fixed for all periods: limits drawn anew for each period cannot be compared.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

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
    ordered = _ordered(values, classes)
    cuts = _equal_cuts(ordered, classes)
    return tuple(
        _round_limit(ordered[before:cut], ordered[cut:after])
        for before, cut, after in zip(cuts, cuts[1:], cuts[2:], strict=False)
    )


def fisher_jenks(values: ArrayLike, classes: int) -> tuple[float, ...]:
    """Limits that leave the values of each class as close to their mean as can be: natural breaks.

    Of all ways to cut the ordered values into `classes` parts, the one of least sum of squared deviations from the
    means of the parts, found exactly. A limit is the smallest value of the class above it. Equal values are never
    parted and no limit repeats. Fewer distinct values than classes: one class for each; all equal, one area or none: no
    limits. Mostly zero: the zeros stay together, with what is close to them. Of cuts equally good the lowest is taken.
    Missing values are left out, infinite ones raise ValueError. The order of the values does not matter.

    Source: Fisher 1958, JASA 53:789-798; Jenks 1977.

    By hand: 0 and 1, 5 and 6, 20.

    >>> fisher_jenks([5, 0, 20, 6, 1], 3)
    (5.0, 20.0)
    """
    distinct, counts = np.unique(_ordered(values, classes), return_counts=True)
    if not distinct.size:
        return ()
    scaled = distinct / (np.abs(distinct).max() or 1)  # squares of any double stay numbers
    centred = scaled - np.average(scaled, weights=counts)
    # Before each distinct value: how many values there are, their sum, and the sum of their squares.
    number, total, square = (
        np.concatenate([[0.0], np.cumsum(counts * power)]) for power in (np.ones_like(centred), centred, centred**2)
    )

    def spread(end: int) -> Floats:
        size, between = number[end] - number[:end], total[end] - total[:end]
        return np.asarray(square[end] - square[:end] - between**2 / size)

    # Sums of squares that differ by less are equal: the rest is the rounding of doubles.
    cuts = _best_cuts(spread, distinct.size, min(classes, distinct.size), slack=1e-13 * float(square[-1]))
    return tuple(float(distinct[cut]) for cut in cuts[1:-1])


def quantiles(values: ArrayLike, classes: int) -> tuple[float, ...]:
    """Limits at the quantiles, so that classes are about equal in number where there are no ties.

    Class i holds the values up to the quantile i / `classes` (linear interpolation, type 7 of R) that no lower class
    holds; a limit is the smallest value above that quantile. Equal values are never parted: where ties make two
    quantiles equal, or leave nothing above one, the classes between are dropped, and there are fewer of them. Mostly
    zero: the zeros are one class, the classes that they fill are missing, and the others keep their limits (where
    `round_breaks` shares the rest out anew). All equal, one area or none: no limits. Missing values are left out,
    infinite ones raise ValueError. The order of the values does not matter.

    Source: Hyndman and Fan 1996, The American Statistician 50:361-365, definition 7.

    >>> quantiles([1, 2, 3, 4, 5, 6, 7, 8], 4), quantiles([0, 0, 0, 0, 0, 0, 7, 8], 4)
    ((3.0, 5.0, 7.0), (7.0,))
    """
    ordered = _ordered(values, classes)
    # No value lies between the one at or under the quantile and the quantile itself: whole numbers suffice.
    below = [ordered[(ordered.size - 1) * i // classes] for i in range(1, classes)] if ordered.size else []
    above = {int(np.searchsorted(ordered, value, side="right")) for value in below} - {ordered.size}
    return tuple(float(ordered[place]) for place in sorted(above))


def largest_values(values: ArrayLike, breaks: Sequence[float]) -> tuple[float, ...]:
    """The largest value of each class that has any: the bins of packages whose classes are closed above.

    >>> largest_values([5, 0, 20, 6, 1], (5, 20))
    (1.0, 6.0, 20.0)
    """
    numbers, classes = floats(values).ravel(), classify(values, breaks).ravel()
    return tuple(float(numbers[classes == index].max()) for index in np.unique(classes) if index != NO_CLASS)


Scheme = Callable[[ArrayLike, int], tuple[float, ...]]

# One entry for a scheme, and nothing else: its name is how a setting or a form calls it.
SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {"round": round_breaks, "fisher_jenks": fisher_jenks, "quantiles": quantiles}
)


def _ordered(values: ArrayLike, classes: int) -> Floats:
    if classes < 1:
        raise ValueError(f"at least 1 class is needed, found {classes}")
    numbers = floats(values).ravel()
    if np.isinf(numbers).any():
        raise ValueError("values must be finite")
    return np.sort(numbers[~np.isnan(numbers)])


def _equal_cuts(ordered: Floats, classes: int) -> list[int]:
    """Positions where the classes begin, with 0 in front and the number of values at the end."""
    _, counts = np.unique(ordered, return_counts=True)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(float)
    last = len(counts)
    cuts = _best_cuts(lambda end: (ends[end] - ends[:end]) ** 2, last, min(classes, last))
    return [int(ends[cut]) for cut in cuts]


def _best_cuts(cost_of: Callable[[int], Floats], last: int, classes: int, *, slack: float = 0) -> list[int]:
    """Where the classes begin that cost least together, with 0 in front and `last` at the end.

    `cost_of(end)` gives the cost of a class that ends before `end`, for each beginning from 0 to `end` - 1. Of costs
    within `slack` of the least the lowest beginning is taken.
    """
    # cost[j]: least cost of the first j in as many classes as rounds were made.
    cost = np.where(np.arange(last + 1) == 0, 0.0, np.inf)
    begins = np.zeros((classes, last + 1), dtype=int)
    for row in begins:
        previous, cost = cost, np.full(last + 1, np.inf)
        for j in range(1, last + 1):
            sums = previous[:j] + cost_of(j)
            row[j] = np.argmax(sums <= sums.min() + slack)
            cost[j] = sums[row[j]]
    cuts = [last]
    for row in begins[::-1]:
        cuts.append(int(row[cuts[-1]]))
    return cuts[::-1]


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
