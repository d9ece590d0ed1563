"""The primary rule: which cells are unsafe by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Family, Grain

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

# Categories that are never shown below region stand for sexual violence: METHODS hides 1 to 9 of it everywhere.
SENSITIVE_BELOW: Final = 10
# Intervals of numbers that are a part of their denominator: what is left of it can be small as well.
_PARTS_OF_A_WHOLE: Final = ("wilson", "ratio")
_UPPER_LEVELS: Final = (AreaKind.COUNTRY, AreaKind.REGION)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rule says of each cell, in the order of the cells."""

    limit: Numbers  # first count that is shown
    is_exempt: Flags  # published by the state: never hidden
    is_open: Flags  # nothing is unsafe by itself
    hides_zero: Flags
    hides_all: Flags  # unsafe whatever the count
    is_share: Flags  # what is left of the denominator is counted too


@dataclass(frozen=True, slots=True)
class _Rule:
    """The same of one table and category."""

    limit: float
    is_exempt: bool
    is_open: bool
    hides_zero: bool
    hides_all: bool
    is_share: bool


_FLAGS: Final = tuple(field.name for field in fields(Rules) if field.name != "limit")


def rules(cells: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> Rules:
    """The rule of every cell; `levels` gives the level of each area, `declared` the indicators."""
    names = cells["area"].unique()
    kinds = cells[["indicator", "grain", "breakdown", "category"]].assign(
        level=cells["area"].map({name: str(levels[name]) for name in names})
    )
    kind = kinds.groupby(list(kinds.columns), sort=False).ngroup().to_numpy()
    _, first = np.unique(kind, return_index=True)
    of_kind = [
        _rule(declared[row.indicator], row.level, row.grain, row.breakdown, row.category)
        for row in kinds.iloc[first].itertuples(index=False)
    ]
    columns = {name: np.array([getattr(rule, name) for rule in of_kind], dtype=bool)[kind] for name in _FLAGS}
    return Rules(limit=np.array([rule.limit for rule in of_kind], dtype=float)[kind], **columns)


def _rule(item: Indicator, level: str, grain: str, breakdown: str, category: str) -> _Rule:
    rule, is_upper = item.disclosure, level in _UPPER_LEVELS
    is_sensitive = _is_sensitive(item, breakdown, category)
    return _Rule(
        limit=max(rule.hide_below, SENSITIVE_BELOW) if is_sensitive else rule.hide_below,
        is_exempt=is_published_by_state(item, level=level, grain=grain, breakdown=breakdown),
        is_open=rule.open or item.family is Family.POPULATION,
        hides_zero=rule.hide_zero and not is_upper,
        hides_all=is_sensitive and not is_upper,
        is_share=item.interval in _PARTS_OF_A_WHOLE,
    )


def _is_sensitive(item: Indicator, breakdown: str, category: str) -> bool:
    """Whether the category is declared as one to hide, or is a part of such a one: `sexual*f` of `type:sexual`."""
    simple = zip(breakdown.split("*"), category.split("*"), strict=False)
    keys = {f"{breakdown}:{category}", *(f"{cut}:{part}" for cut, part in simple)}
    return not keys.isdisjoint(item.disclosure.hide_categories)


def unsafe_cells(cells: pd.DataFrame, rule: Rules) -> Flags:
    """A mask over `cells`: True where a known count is from 1 to its limit and no exemption covers it.

    Also unsafe: zeros below region where the indicator says so; every number below region of a category that it hides;
    a share of which 1 to the limit are left. Cells without a number are never unsafe. Rule: docs/disclosure.md.
    """
    count, left = counts(cells, rule)
    is_unsafe = is_small(count, rule.limit) | is_small(left, rule.limit) | rule.hides_all
    is_unsafe |= rule.hides_zero & (count == 0)
    found: Flags = is_known(cells) & ~rule.is_open & ~rule.is_exempt & is_unsafe
    return found


def is_known(cells: pd.DataFrame) -> Flags:
    """Which cells carry a number."""
    known: Flags = (cells["status"] == CellStatus.VALUE).to_numpy(dtype=bool)
    return known


def counts(cells: pd.DataFrame, rule: Rules) -> tuple[Numbers, Numbers]:
    """The count of each cell, and what it leaves of its denominator; infinite where nothing is left over to count."""
    count = cells["numerator"].to_numpy(dtype=float)
    left = cells["denominator"].to_numpy(dtype=float) - count
    return count, np.where(rule.is_share & (left >= 0), left, np.inf)


def is_small(count: Numbers, limit: Numbers) -> Flags:
    """Where a count is above zero and below its limit; what is left of an exposure may be less than one."""
    small: Flags = (count > 0) & (count < limit)
    return small


def is_published_by_state(item: Indicator, *, level: str, grain: str, breakdown: str) -> bool:
    """Whether the state itself has published this figure: totals only, never below region."""
    return breakdown == ALL and any(
        (exemption.area, exemption.grain) == (level, Grain(grain)) for exemption in item.disclosure.published_by_state
    )
