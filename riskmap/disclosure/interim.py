"""Protection until differences are protected too: the primary rule, and never one hidden cell alone in a line.

A hidden cell whose siblings and total are visible is their difference. So in every declared sum a hidden group gets
company: the smallest visible sibling is hidden as well until two or more are hidden and their sum is not itself a
small number; where no sibling is left, the total goes. This is a simple rule, not a proof: two lines that cross can
still betray a cell, which the pages say.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd

from riskmap.disclosure.primary import is_published_by_state, unsafe_cells
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus

KEY: Final = ["indicator", "area", "grain", "period_start", "period_end", "breakdown", "category"]
_HIDDEN: Final = CellStatus.SUPPRESSED


def protect(
    cells: pd.DataFrame, *, parents: Mapping[str, str], levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> pd.DataFrame:
    """The public rows: same keys; a hidden cell keeps its key and the status `suppressed`, and nothing else.

    `parents` maps an area to the one it is part of, `levels` to its level. An empty table gives an empty table.
    """
    table = _Table(cells.reset_index(drop=True), parents, levels, declared)
    table.hide_companions()
    public = cells.reset_index(drop=True).copy()
    hidden = table.hidden
    public.loc[hidden, ["numerator", "denominator", "units_expected", "units_reported"]] = None
    public.loc[hidden, ["provisional", "unstable"]] = False
    public.loc[hidden, ["source", "definition"]] = ""
    public.loc[hidden, "status"] = _HIDDEN
    return public


class _Table:
    """Cells with the mask of what is hidden so far."""

    def __init__(
        self,
        cells: pd.DataFrame,
        parents: Mapping[str, str],
        levels: Mapping[str, str],
        declared: Mapping[str, Indicator],
    ) -> None:
        self.cells = cells
        self.levels = levels
        self.declared = declared
        self.numerator = cells["numerator"].to_numpy(dtype=float)
        self.is_known = (cells["status"] == CellStatus.VALUE).to_numpy()
        self.hidden = unsafe_cells(cells, levels=levels, declared=declared).to_numpy(dtype=bool, copy=True)
        self.position = {tuple(key): index for index, key in enumerate(cells[KEY].itertuples(index=False))}
        self.lines = list(self._lines(parents))

    def _lines(self, parents: Mapping[str, str]) -> Iterator[tuple[int, list[int]]]:
        """Total and parts, as row positions, of every sum that holds between the cells."""
        lines: dict[int, list[int]] = {}
        by_category: dict[tuple[int, str], list[int]] = {}
        for index, key in enumerate(self.cells[KEY].itertuples(index=False)):
            above = self.position.get(tuple(key._replace(area=parents.get(key.area, ""))))
            if above is not None:
                lines.setdefault(above, []).append(index)
            if key.breakdown != ALL:
                whole = self.position.get(tuple(key._replace(breakdown=ALL, category=ALL)))
                if whole is not None:
                    by_category.setdefault((whole, key.breakdown), []).append(index)
        yield from lines.items()
        yield from ((total, parts) for (total, _), parts in by_category.items())

    def hide_companions(self) -> None:
        """Hide siblings, and totals where no sibling is left, until no line betrays a cell by one subtraction."""
        changed = True
        while changed:
            changed = False
            for total, parts in self.lines:
                while (more := self._next_to_hide(total, parts)) is not None:
                    self.hidden[more] = True
                    changed = True

    def _next_to_hide(self, total: int, parts: list[int]) -> int | None:
        hidden = [part for part in parts if self.is_known[part] and self.hidden[part]]
        total_is_visible = self.is_known[total] and not self.hidden[total]
        if not hidden or not total_is_visible or self._is_safe(hidden):
            return None
        visible = [p for p in parts if self.is_known[p] and not self.hidden[p] and not self._is_public_anyway(p)]
        if visible:
            return min(visible, key=lambda part: (self.numerator[part], part))
        return None if self._is_public_anyway(total) else total

    def _is_safe(self, hidden: list[int]) -> bool:
        rule = self._indicator(hidden[0]).disclosure
        return len(hidden) > 1 and float(self.numerator[hidden].sum()) >= rule.hide_below

    def _indicator(self, row: int) -> Indicator:
        return self.declared[self.cells["indicator"].iloc[row]]

    def _is_public_anyway(self, row: int) -> bool:
        cell = self.cells.iloc[row]
        level = self.levels[cell["area"]]
        return is_published_by_state(
            self._indicator(row), level=level, grain=cell["grain"], breakdown=cell["breakdown"]
        )
