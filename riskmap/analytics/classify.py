"""Which of the fills an area gets: its class by the fixed breaks of the indicator, or its state."""

from collections.abc import Iterable

import numpy as np

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus, Family
from riskmap.methods.breaks import classify

ZERO = "zero"
NEUTRAL = "class:0"


def class_breaks(item: Indicator, cut: tuple[str, str]) -> tuple[float, ...]:
    """The limits between classes; empty where the map is not coloured.

    Only a rate colours a map, and never that of an indicator that forbids it.
    """
    is_coloured = item.interval != "none" and not item.never_coloured and item.family is not Family.POPULATION
    return item.class_breaks(*cut) if is_coloured else ()


def fills(
    status: Iterable[str], count: Iterable[float], value: list[float], *, breaks: tuple[float, ...], decimals: int
) -> list[str]:
    """One fill per cell: `class:<i>`, `zero`, or the status; on a map without breaks every value has the same.

    A known count without a rate (the people at risk are not known) gets the class after the last, a neutral one:
    a count never colours an area.
    """
    # By the value as it is printed: 19.96 stands as 20.0 in the table and must stand in the class from 20.
    classes = classify(np.round(np.array(value, dtype=float), decimals), breaks)
    rows = zip(status, count, value, classes, strict=True)
    return [_fill(str(state), number, breaks, -1 if np.isnan(rate) else index) for state, number, rate, index in rows]


def _fill(status: str, count: float, breaks: tuple[float, ...], class_index: int) -> str:
    if status != CellStatus.VALUE:
        return status
    if not breaks:
        return NEUTRAL
    if count == 0:
        return ZERO
    return f"class:{len(breaks) + 1 if class_index < 0 else class_index}"
