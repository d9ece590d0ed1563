"""Numbers as the methods take them: missing as NaN, and what must not be counted with refused by name and place."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def floats(values: ArrayLike) -> Floats:
    """`values` as floats with NaN where missing; a mask is a missing value too (DuckDB hands out masked arrays)."""
    numbers: Any = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return np.asarray(numbers)


def counts(name: str, values: ArrayLike) -> Floats:
    """`values` as floats with NaN where missing; a negative or infinite number raises ValueError with its place."""
    numbers = floats(values)
    refuse(f"{name} must not be negative", numbers, numbers < 0)
    refuse(f"{name} must be finite", numbers, np.isinf(numbers))
    return numbers


def finite(name: str, values: ArrayLike) -> Floats:
    """`values` as floats with NaN where missing; an infinite number raises ValueError with its place."""
    numbers = floats(values)
    refuse(f"{name} must be finite", numbers, np.isinf(numbers))
    return numbers


def part_and_whole(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    """Both as counts of one shape; a numerator above its denominator raises ValueError with its place."""
    part, whole = np.broadcast_arrays(counts("numerator", numerator), counts("denominator", denominator))
    refuse("numerator must not exceed denominator", part, part > whole)
    return part, whole


def refuse(rule: str, values: Floats, broken: NDArray[np.bool_]) -> None:
    """Raise ValueError with the first of the `broken` values and its place, where there is one."""
    if not broken.any():
        return
    first = tuple(int(i) for i in np.argwhere(broken)[0])
    place = f" at position {first[0] if len(first) == 1 else first}" if first else ""
    raise ValueError(f"{rule}, found {float(values[first])}{place} ({broken.sum()} such in all)")


def above_zero(name: str, number: float) -> float:
    """`number` itself; one that is not above 0, or not finite, raises ValueError."""
    if not 0 < number < np.inf:
        raise ValueError(f"{name} must be a number above 0, found {number}")
    return number


def not_negative(name: str, number: float) -> float:
    """`number` itself; one that is negative, missing or not finite raises ValueError."""
    if not 0 <= number < np.inf:
        raise ValueError(f"{name} must be a number from 0 on, found {number}")
    return float(number)


def unless_zero(values: Floats) -> Floats:
    """`values` with NaN in the place of 0, to be divided by."""
    return np.where(values == 0, np.nan, values)


def spread(found: Floats, known: NDArray[np.bool_]) -> Floats:
    """What was found for the `known` areas in the places of these, NaN in the others."""
    whole = np.full(known.shape, np.nan)
    whole[known] = found
    return whole


def tail(confidence: float) -> float:
    """The probability on each side of a two-sided interval; a confidence outside 0 to 1 raises ValueError."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}")
    return (1 - confidence) / 2


def z_value(confidence: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 at 95 %, 3.09 at 99.8 %."""
    return -float(ndtri(tail(confidence)))
