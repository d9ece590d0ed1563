"""Names of what was found: the cells that show a number, and the visible ones beside it."""

from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import TOLD, Derived
from riskmap.disclosure.audit.public import KEY
from riskmap.disclosure.audit.quantities import Ints, Quantities
from riskmap.disclosure.audit.report import CellKey
from riskmap.disclosure.audit.sums import Lines

_EPOCH: Final = date(1970, 1, 1)
_BESIDE: Final = 20  # visible cells told of each number that is not proved


class _Places:
    """Where each number stands in an array of numbers."""

    def __init__(self, numbers: Ints) -> None:
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]

    def of(self, number: int) -> Ints:
        first, last = np.searchsorted(self._sorted, [number, number + 1])
        return self._order[first:last]


class Names:
    """The keys of quantities, and of the visible cells that stand in a line with them."""

    def __init__(self, cells: pd.DataFrame, found: Quantities, lines: Lines, derived: Derived) -> None:
        self._found, self._lines, self._derived = found, lines, derived
        self._columns = [cells[name].tolist() for name in KEY]
        self._rows = _Places(found.of_cell)
        self._terms = _Places(lines.quantity)
        self._of_line = _Places(lines.line)

    def keys(self, quantity: int) -> list[CellKey]:
        """The cells that show it, or whose number tells it; what is no cell has one key without a grain."""
        if (number := quantity - len(self._found.key)) >= 0:
            return self.keys(int(self._derived.terms(number)[0][0]))
        if len(rows := self._rows.of(quantity)):
            return [self._key(int(row)) for row in rows]
        found = self._found
        indicator, area, breakdown, category = found.series.iloc[found.of[quantity], :4]
        start, end = _day(int(found.start[quantity])), _day(int(found.end[quantity]) - 1)
        return [CellKey(indicator, area, "", start, end, breakdown, category)]

    def told(self, quantity: int) -> str:
        """What a number is that has no cell of its own."""
        number = quantity - len(self._found.key)
        return str(TOLD[self._derived.told[number]]) if number >= 0 else ""

    def beside(self, quantity: int) -> tuple[CellKey, ...]:
        """Visible cells that stand in a line with it, some of them where there are many; what tells it comes first."""
        number = quantity - len(self._found.key)
        first = self._derived.terms(number)[0] if number >= 0 else np.zeros(0, dtype=np.int64)
        company = [first, self._company(quantity), *(self._company(int(at)) for at in first)]
        near = np.array(list(dict.fromkeys(np.concatenate(company).tolist())), dtype=np.int64)
        visible = near[~np.isnan(self._found.value[near])]
        return tuple(self._key(int(self._found.cell[at])) for at in visible[:_BESIDE])

    def _company(self, quantity: int) -> Ints:
        """Quantities of cells in a line with it."""
        own = self._lines.line[self._terms.of(quantity)]
        terms = [self._of_line.of(int(line)) for line in own]
        near = np.unique(self._lines.quantity[np.concatenate(terms)]) if terms else own
        return near[near < len(self._found.key)]

    def _key(self, row: int) -> CellKey:
        indicator, area, grain, start, end, breakdown, category = (column[row] for column in self._columns)
        return CellKey(indicator, area, grain, _day(start), _day(end - 1), breakdown, category)


@cache
def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)
