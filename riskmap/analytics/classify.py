"""Which of the fills an area gets: its class by the fixed breaks of the indicator, or its state."""

import numpy as np
import pandas as pd

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus, Family
from riskmap.methods.breaks import classify

ZERO = "zero"
NEUTRAL = "class:0"


def is_coloured(item: Indicator) -> bool:
    """Whether a map may be coloured: only by a rate, and never for an indicator that forbids it."""
    return item.interval != "none" and not item.never_coloured and item.family is not Family.POPULATION


def class_breaks(item: Indicator) -> tuple[float, ...]:
    """The limits between classes; empty where the map is not coloured."""
    return item.breaks if is_coloured(item) else ()


def no_rate(item: Indicator) -> str:
    """The fill of a value without a rate on a coloured map."""
    return f"class:{len(item.breaks) + 1}"


def fills(item: Indicator, *, status: pd.Series, count: pd.Series, value: pd.Series) -> list[str]:
    """One fill per area: `class:<i>`, `zero`, or the status.

    A known count without a rate (the people at risk are not known) gets the class after the last, a neutral one:
    a count never colours an area.
    """
    # By the value as it is printed: 19.96 stands as 20.0 in the table and must stand in the class from 20.
    printed = np.round(value.to_numpy(dtype=float), item.decimals)
    classes = classify(printed, class_breaks(item))
    return [_fill(item, *row) for row in zip(status, count, value, classes, strict=True)]


def _fill(item: Indicator, status: str, count: float, value: float, class_index: int) -> str:
    if status != CellStatus.VALUE:
        return str(status)
    if not is_coloured(item):
        return NEUTRAL
    if count == 0:
        return ZERO
    return no_rate(item) if np.isnan(value) else f"class:{class_index}"
