"""What a pattern must have so that an observer's sums leave a number wide enough: inequalities on what is hidden.

Whatever prices are put on rows, they bound how far a number can be moved by how far the cells can be moved that are
hidden; so enough of these must be. The prices that an observer's own linear programme ends with give the inequality
that the present pattern breaks (Fischetti and Salazar, 2001).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from riskmap.disclosure.attack import REACH, Positions
from riskmap.disclosure.primary import Numbers
from riskmap.disclosure.problem import EVERYBODY, Problem
from riskmap.disclosure.threats import Observers, Threat

_SMALL: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Cut:
    """The sum of `weights` over those of `cells` that are hidden is at least one, where `only_if` is hidden."""

    cells: Positions
    weights: Numbers
    only_if: int = -1


class Prices:
    """Makes cuts from prices of rows."""

    def __init__(self, problem: Problem, observers: Observers) -> None:
        self._problem, self._observers = problem, observers
        system = problem.sums
        self._down = np.minimum(system.value, REACH)
        self._up = np.maximum(np.minimum(problem.upper - system.value, REACH), 0.0)
        self._columns = system.matrix.tocsc()

    def by_rows(self, threat: Threat) -> list[Cut]:
        """The cuts that single rows with the variable give; those that hold whatever is hidden are left out."""
        first, last = self._columns.indptr[threat.variable : threat.variable + 2]
        cuts = []
        for row, sign in zip(self._columns.indices[first:last], self._columns.data[first:last], strict=True):
            price = np.array([-sign if threat.is_up else sign])
            cuts.append(self._cut(threat, np.array([row]), price))
        return [cut for cut in cuts if cut is not None]

    def by_proof(self, threat: Threat) -> Cut | None:
        """The cut of the prices that prove the threat; None where it holds whatever is hidden."""
        return None if threat.prices is None else self._cut(threat, threat.rows, threat.prices)

    def _level(self, threat: Threat) -> float:
        aim = self._observers.goals(threat.observer)
        return float((aim.up if threat.is_up else aim.down)[threat.variable])

    def _cut(self, threat: Threat, rows: Positions, prices: Numbers) -> Cut | None:
        problem = self._problem
        columns, rest = self._rest(rows, prices)
        own = columns == threat.variable
        rest[own] += -1.0 if threat.is_up else 1.0
        is_choice = (columns < problem.sums.cells) & ~own
        is_choice[is_choice] = problem.may_hide[columns[is_choice]]
        is_known = (columns < problem.sums.cells) & ~is_choice & ~own
        is_known[is_known] = ~problem.must_hide[columns[is_known]]
        if threat.observer != EVERYBODY:
            is_theirs = problem.region[columns] == threat.observer
            is_known |= is_theirs
            is_choice &= ~is_theirs
        # In moves from the true numbers, of which the rows add up to zero: so no large number blurs a small one.
        moved = np.where(rest > 0, rest * self._down[columns], -rest * self._up[columns])
        is_free = ~(is_choice | is_known)
        return self._normal(threat, -float(moved[is_free].sum()), columns[is_choice], moved[is_choice])

    def _rest(self, rows: Positions, prices: Numbers) -> tuple[Positions, Numbers]:
        """The variables of some rows, and what the prices leave of each for its own cost of zero."""
        matrix = self._problem.sums.matrix
        if len(rows) == 1:
            first, last = matrix.indptr[rows[0] : rows[0] + 2]
            return matrix.indices[first:last], -prices[0] * matrix.data[first:last]
        part = matrix[rows]
        columns = np.unique(part.indices)
        return columns, -(part[:, columns].T @ prices)

    def _normal(self, threat: Threat, base: float, cells: Positions, weights: Numbers) -> Cut | None:
        """`base` less the weights of what is hidden is the least that the move, as a cost, can be brought to."""
        value = self._problem.sums.value[threat.variable]
        needed = base + abs(self._level(threat) - value)
        if needed <= _SMALL:
            return None
        chosen = weights > _SMALL
        cells, weights = cells[chosen], weights[chosen]
        is_condition = threat.variable < self._problem.sums.cells and self._problem.may_hide[threat.variable]
        if weights.sum() < needed - _SMALL and not is_condition:
            if threat.is_up:
                # No pattern reaches the level: what can be reached is asked for.
                levels = self._observers.goals(threat.observer).up
                levels[threat.variable] = value + max(0.0, np.floor(weights.sum() - base + _SMALL))
            return None
        return Cut(cells, np.minimum(weights / needed, 1.0), threat.variable if is_condition else -1)
