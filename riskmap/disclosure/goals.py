"""What has to stay possible of each number against one observer."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from riskmap.disclosure.attack import Positions
from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.problem import EVERYBODY, Problem

NOBODY = -1  # whose exact numbers no region knows: the region of the country


@dataclass(frozen=True, slots=True)
class Goals:
    """Per variable what one witness has to reach and another has to come down to, and the first number not small.

    Levels that no pattern reaches are lowered to what can be reached: nobody can hide more. Of a total of which an
    observer is a part only what the others have is to be kept from it: its own number comes on top.
    """

    up: Numbers
    down: Numbers
    limit: Numbers
    _totals: Positions  # of each line that adds up areas the variable of the total
    _others: csr_array  # and its parts that are others'

    def tells_nothing(self, is_open: Flags) -> Flags:
        """Totals of which the others' parts are all known: they tell the observer nothing but its own number."""
        found: Flags = np.zeros(len(self.up), dtype=bool)
        found[self._totals[self._others @ is_open.astype(float) == 0]] = True
        return found


def goals(problem: Problem, observer: int) -> Goals:
    """The goals against an observer: `EVERYBODY`, or a region by its number."""
    lines, totals = _totals(problem)
    if observer == EVERYBODY:
        lines, totals = lines[:0], totals[:0]
    is_own, size = problem.region == observer, problem.sums.variables
    share = np.zeros(size)
    share[totals] = np.abs(lines) @ np.where(is_own, problem.sums.value, 0.0)
    others = abs(lines)
    others.data[is_own[others.indices] | np.isin(np.arange(size), totals)[others.indices]] = 0.0
    return Goals(problem.up_level + share, problem.down_level + share, problem.limit + share, totals, others)


def _totals(problem: Problem) -> tuple[csr_array, Positions]:
    """The lines in which one number of nobody is the sum of numbers of regions, and that number."""
    matrix = problem.sums.matrix[np.flatnonzero(problem.sums.adds_areas)]
    is_total = (matrix > 0).astype(float)
    is_of_nobody = (is_total @ (problem.region == NOBODY).astype(float)) == 1
    is_one = is_total.sum(axis=1) == 1
    lines = matrix[np.flatnonzero(is_of_nobody & is_one)]
    row, column = (lines > 0).nonzero()
    totals = np.zeros(lines.shape[0], dtype=np.int64)
    totals[row] = column
    return lines, totals
