"""Protection until differences are protected too: the primary rule, and company for every hidden cell of a sum.

A hidden cell whose siblings and total are visible is their difference. So in every declared sum a hidden group gets
companions: visible siblings that are no small numbers, smallest first, until one of the group is at or above the
first value shown and the group's sum leaves a hidden small cell more than one possible value. Where no sibling is
left, the total goes. A hidden total is a hidden cell of the sums it stands in: of the one above it, and of its own
parts, of which one goes too. Periods add up like areas and categories. This is a simple rule, not a proof: lines
that cross can still betray a cell, which pages say.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from riskmap.disclosure.lines import Lines, Positions, declared_lines
from riskmap.disclosure.primary import Flags, counts, is_known, rules, unsafe_cells
from riskmap.disclosure.steps import small_steps
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus


def protect(
    cells: pd.DataFrame, *, relations: pd.DataFrame, levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> pd.DataFrame:
    """The public rows: same keys; a hidden cell keeps its key and the status `suppressed`, and nothing else.

    `relations` are the declared sums (`riskmap.domain.tables.RELATIONS`), `levels` gives the level of each area,
    `declared` the indicators. An empty table gives an empty table.
    """
    public = cells.reset_index(drop=True).copy()
    known = np.flatnonzero(is_known(public))
    table = _Table(public.iloc[known], levels, declared)
    table.hide_companions(declared_lines(public.iloc[known], relations=relations, declared=declared, rank=table.rank))
    hidden = known[table.hidden]
    public.loc[hidden, ["numerator", "denominator", "units_expected", "units_reported"]] = None
    public.loc[hidden, ["provisional", "unstable"]] = False
    public.loc[hidden, ["source", "definition"]] = ""
    public.loc[hidden, "status"] = CellStatus.SUPPRESSED
    return public


class _Table:
    """Cells that carry a number, as arrays, with the mask of what is hidden so far."""

    def __init__(self, cells: pd.DataFrame, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> None:
        self.rule = rules(cells, levels=levels, declared=declared)
        self.count, self.left = counts(cells, self.rule)
        self.hidden: Flags = unsafe_cells(cells, self.rule)
        self.hidden |= small_steps(cells, hidden=self.hidden, rule=self.rule, declared=declared)
        # A zero is no company: who knows the rule knows that what stays hidden beside it is small. So it goes last.
        self.is_last: Flags = np.minimum(self.count, self.left) < self.rule.limit
        order = np.lexsort((self.count, self.is_last))
        self.rank: Positions = np.empty(len(cells), dtype=np.int64)
        self.rank[order] = np.arange(len(cells))

    def hide_companions(self, steps: list[Lines]) -> None:
        """Hide siblings, and totals where no sibling is left, until no line betrays a cell by one subtraction."""
        settled = [np.zeros(len(lines.totals), dtype=np.int64) for lines in steps]
        is_settled = False
        while not is_settled:
            is_settled = True
            for lines, before in zip(steps, settled, strict=True):
                changed = np.flatnonzero(self._hidden_in(lines) != before)
                if changed.size:
                    is_settled = False
                    self._settle(lines.only(changed))
                    before[changed] = self._hidden_in(lines.only(changed))

    def _hidden_in(self, lines: Lines) -> Positions:
        """How many cells of each line are hidden, its total included."""
        number: Positions = lines.sum(self.hidden[lines.parts].astype(np.int64)) + self.hidden[lines.totals]
        return number

    def _settle(self, lines: Lines) -> None:
        """Hide one cell of each line that betrays one, until none does or nothing is left that may be hidden."""
        while len(lines.totals):
            hidden, is_gone = self.hidden[lines.parts], self.hidden[lines.totals]
            is_bound = self.rule.is_exempt[lines.totals]
            is_any = lines.max(hidden)
            betrays = np.where(is_gone, ~is_any, is_any & ~self._is_safe(lines, hidden))
            following = lines.first_of(~hidden & ~self.rule.is_exempt[lines.parts])
            by_part = betrays & (following < len(lines.parts))
            by_part &= is_gone | is_bound | ~self._is_vain(lines, hidden, following)
            self.hidden[lines.parts[following[by_part]]] = True
            self.hidden[lines.totals[betrays & ~by_part & ~is_bound]] = True
            lines = lines.only(np.flatnonzero(by_part))

    def _is_vain(self, lines: Lines, hidden: Flags, following: Positions) -> Flags:
        """Where the next part is a last choice, and the group would be unsafe with it too: then the total goes."""
        with_next = np.append(hidden, False)
        with_next[following] = True
        vain: Flags = np.append(self.is_last[lines.parts], False)[following] & ~self._is_safe(lines, with_next[:-1])
        return vain

    def _is_safe(self, lines: Lines, hidden: Flags) -> Flags:
        """Whether each hidden small cell can be 1 as well as larger, for one who knows the rule and the group's sum."""
        limit = lines.max(np.where(hidden, self.rule.limit[lines.parts], 0))
        # What is hidden whatever its count says nothing by being hidden: each can be zero or the whole sum.
        is_blank = ~lines.max(hidden & ~self.rule.hides_all[lines.parts])
        safe: Flags = lines.sum(hidden.astype(np.int64)) > 1
        for values in (self.count, self.left):
            of_hidden = np.where(hidden, values[lines.parts], 0)
            top, whole = lines.max(of_hidden), lines.sum(of_hidden)
            safe = safe & np.where(is_blank, whole >= limit, (top >= limit) & (whole >= 2 * limit - 1))
        return safe
