"""Numbers since 1 January whose difference is a small number of the months between them."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.disclosure.periods import SINCE
from riskmap.disclosure.primary import Flags, Numbers, Rules, is_small
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Kind

_SERIES: Final = ["indicator", "area", "grain", "period_start", "breakdown", "category", "invented"]
_QUARTER: Final = 3


def small_steps(cells: pd.DataFrame, *, hidden: Flags, rule: Rules, declared: Mapping[str, Indicator]) -> Flags:
    """Which stretches to hide so that no two that stay, one after the other, differ by a number that is unsafe.

    Ends of quarters stay before other months, because quarters and years lean on them, and later ones before earlier
    ones. `cells` all carry a number; `hidden` are those that are hidden already. What is hidden after this only makes
    the steps longer between what stays.
    """
    flows = [name for name, item in declared.items() if item.kind is Kind.FLOW]
    chosen = np.flatnonzero(cells["grain"].isin(SINCE) & cells["indicator"].isin(flows) & ~rule.is_open)
    goes = np.zeros(len(cells), dtype=bool)
    if chosen.size:
        rows = _by_series(cells, chosen)
        is_shown = (rows >= 0) & ~hidden[rows]
        is_quarter = (cells["period_end"].dt.month.to_numpy() % _QUARTER == 0)[rows]
        steps = _Steps(
            cells["numerator"].to_numpy(dtype=float)[rows], rule.limit[rows[:, 0]], rule.hides_zero[rows[:, 0]]
        )
        stays = steps.staying(is_shown & is_quarter, beside=is_shown & rule.is_exempt[rows])
        stays = steps.staying(is_shown, beside=stays)
        goes[rows[is_shown & ~stays]] = True
    return goes


def _by_series(cells: pd.DataFrame, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of the chosen cells: a row for each series of a year, its stretches by length, -1 beyond the last."""
    series = cells.iloc[chosen].groupby(_SERIES, sort=False).ngroup().to_numpy()
    order = np.lexsort((cells["period_end"].to_numpy()[chosen], series))
    _, first = np.unique(series[order], return_index=True)
    column = np.arange(len(order)) - first[series[order]]
    rows = np.full((len(first), column.max() + 1), -1)
    rows[series[order], column] = chosen[order]
    return rows


class _Steps:
    """The numbers of each series, a column for each stretch, and which steps between them are unsafe."""

    def __init__(self, count: Numbers, limit: Numbers, hides_zero: Flags) -> None:
        self._count, self._limit, self._hides_zero = count, limit, hides_zero

    def staying(self, candidates: Flags, *, beside: Flags) -> Flags:
        """Those that stay whatever happens, and each candidate, from the last on, that fits beside what stays."""
        stays, following = beside.copy(), np.full(len(self._count), np.inf)
        before = self._before(beside)
        for column in reversed(range(self._count.shape[1])):
            here = self._count[:, column]
            fits = ~self._is_small(following - here) & ~self._is_small(here - before[:, column])
            stays[:, column] |= candidates[:, column] & fits
            following = np.where(stays[:, column], here, following)
        return stays

    def _before(self, beside: Flags) -> Numbers:
        """The nearest number before each stretch among those that stay; below everything where there is none."""
        before, nearest = np.empty_like(self._count), np.full(len(self._count), -np.inf)
        for column in range(self._count.shape[1]):
            before[:, column] = nearest
            nearest = np.where(beside[:, column], self._count[:, column], nearest)
        return before

    def _is_small(self, step: Numbers) -> Flags:
        small: Flags = is_small(step, self._limit) | ((step == 0) & self._hides_zero)
        return small
