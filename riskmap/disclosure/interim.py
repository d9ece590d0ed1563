"""Protection until differences are protected too: the primary rule, and company for every hidden cell of a sum.

A hidden cell whose siblings and total are visible is their difference. So in every declared sum a hidden group gets
companions: visible siblings that are no small numbers, smallest first, until one of the group is at or above the
first value shown and the group's sum leaves a hidden small cell more than one possible value. Where no sibling is
left, the total goes. This is a simple rule, not a proof: lines that cross can still betray a cell, which pages say.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.primary import is_published_by_state, unsafe_cells
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus

KEY: Final = ["indicator", "area", "grain", "period_start", "period_end", "breakdown", "category"]
_HIDDEN: Final = CellStatus.SUPPRESSED


def protect(
    cells: pd.DataFrame, *, relations: pd.DataFrame, levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> pd.DataFrame:
    """The public rows: same keys; a hidden cell keeps its key and the status `suppressed`, and nothing else.

    `relations` are the declared sums (`riskmap.domain.tables.RELATIONS`), `levels` gives the level of each area,
    `declared` the indicators. An empty table gives an empty table.
    """
    table = _Table(cells.reset_index(drop=True), levels, declared)
    table.hide_companions(list(table.lines(relations)))
    public = cells.reset_index(drop=True).copy()
    hidden = table.hidden
    public.loc[hidden, ["numerator", "denominator", "units_expected", "units_reported"]] = None
    public.loc[hidden, ["provisional", "unstable"]] = False
    public.loc[hidden, ["source", "definition"]] = ""
    public.loc[hidden, "status"] = _HIDDEN
    return public


class _Table:
    """Cells as arrays, with the mask of what is hidden so far."""

    def __init__(self, cells: pd.DataFrame, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> None:
        self.cells = cells
        self.numerator = cells["numerator"].to_numpy(dtype=float)
        self.is_known = (cells["status"] == CellStatus.VALUE).to_numpy()
        self.limit = np.array([declared[i].disclosure.hide_below for i in cells["indicator"]], dtype=int)
        self.is_exempt = [
            is_published_by_state(declared[i], level=levels[area], grain=grain, breakdown=breakdown)
            for i, area, grain, breakdown in zip(
                *(cells[c] for c in ("indicator", "area", "grain", "breakdown")), strict=True
            )
        ]
        self.hidden = unsafe_cells(cells, levels=levels, declared=declared).to_numpy(dtype=bool, copy=True)

    def lines(self, relations: pd.DataFrame) -> Iterator[tuple[int, list[int]]]:
        """Total and parts, as row positions, of every declared sum that holds between the cells."""
        sums = relations[relations["kind"] == "sum"]
        above = dict(sums.loc[sums["axis"] == "area", ["part", "total"]].itertuples(index=False))
        of_category = sums[sums["axis"] == "category"]
        within = set(of_category[["indicator", "part"]].itertuples(index=False, name=None))
        position = {tuple(key): index for index, key in enumerate(self.cells[KEY].itertuples(index=False))}
        found: dict[tuple[int, str], list[int]] = {}
        for index, key in enumerate(self.cells[KEY].itertuples(index=False)):
            region = position.get(tuple(key._replace(area=above.get(key.area, ""))))
            if region is not None:
                found.setdefault((region, "area"), []).append(index)
            whole = position.get(tuple(key._replace(breakdown=ALL, category=ALL)))
            if whole is not None and (key.indicator, f"{key.breakdown}:{key.category}") in within:
                found.setdefault((whole, key.breakdown), []).append(index)
        yield from ((total, parts) for (total, _), parts in found.items())

    def hide_companions(self, lines: list[tuple[int, list[int]]]) -> None:
        """Hide siblings, and totals where no sibling is left, until no line betrays a cell by one subtraction."""
        changed = True
        while changed:
            changed = False
            for total, parts in lines:
                while (more := self._next_to_hide(total, parts)) is not None:
                    self.hidden[more] = True
                    changed = True

    def _next_to_hide(self, total: int, parts: list[int]) -> int | None:
        hidden = [part for part in parts if self.is_known[part] and self.hidden[part]]
        total_is_visible = self.is_known[total] and not self.hidden[total]
        if not hidden or not total_is_visible or self._is_safe(hidden):
            return None
        visible = [part for part in parts if self.is_known[part] and not self.hidden[part] and not self.is_exempt[part]]
        if visible:
            # A zero is no company: who knows the rule knows that what stays hidden beside it is small.
            return min(visible, key=lambda part: (self.numerator[part] < self.limit[part], self.numerator[part], part))
        return None if self.is_exempt[total] else total

    def _is_safe(self, hidden: list[int]) -> bool:
        """Whether each hidden small cell can be 1 as well as larger, for one who knows the rule and the group's sum."""
        values, limit = self.numerator[hidden], int(self.limit[hidden[0]])
        return len(hidden) > 1 and bool(values.max() >= limit) and float(values.sum()) >= 2 * limit - 1
