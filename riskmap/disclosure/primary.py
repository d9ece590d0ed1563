"""The primary rule: which cells are unsafe by themselves."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Family, Grain


def unsafe_cells(cells: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> pd.Series:
    """A mask over `cells`: True where a known count is from 1 to the indicator's limit and no exemption covers it.

    Zeros are unsafe too where the indicator says so and the area lies below region. Cells without a number are never
    unsafe. `levels` gives the level of each area, `declared` the indicators. Rule: docs/disclosure.md.
    """
    flags = [
        _is_unsafe(declared[row.indicator], levels[row.area], row)
        for row in cells[["indicator", "area", "grain", "breakdown", "numerator", "status"]].itertuples(index=False)
    ]
    return pd.Series(flags, index=cells.index, dtype=bool)


def _is_unsafe(item: Indicator, level: str, row: Any) -> bool:
    rule = item.disclosure
    if row.status != CellStatus.VALUE or rule.open or item.family is Family.POPULATION:
        return False
    if is_published_by_state(item, level=level, grain=row.grain, breakdown=row.breakdown):
        return False
    count = row.numerator
    if count == 0:
        return rule.hide_zero and level not in ("country", "region")
    return bool(0 < count < rule.hide_below)


def is_published_by_state(item: Indicator, *, level: str, grain: str, breakdown: str) -> bool:
    """Whether the state itself has published this figure: totals only, never below region."""
    return breakdown == ALL and any(
        (exemption.area, exemption.grain) == (level, Grain(grain)) for exemption in item.disclosure.published_by_state
    )
