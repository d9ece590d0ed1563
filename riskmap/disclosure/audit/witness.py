"""Tables of whole numbers that agree with every line, many targets of many components pushed at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix, csr_matrix, hstack, identity

from riskmap.disclosure.audit.bounds import System
from riskmap.disclosure.audit.judgement import Goals, Seen
from riskmap.disclosure.audit.quantities import Flags, Floats, Ints

_SLACK: Final = 1e-6  # of the solver; numbers count only after they were rounded and checked
_OPTIMAL: Final = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Some components of a system, their quantities numbered from 0."""

    quantity: Ints  # of each column
    matrix: csr_matrix
    right: Floats
    low: Floats
    high: Floats
    component: Ints  # of each column, numbered from 0
    of_line: Ints  # component of each line

    @property
    def count(self) -> int:
        """Number of components."""
        return int(self.of_line.max(initial=-1)) + 1

    def only(self, component: int) -> "Block":
        """One component of it."""
        columns, rows = np.flatnonzero(self.component == component), np.flatnonzero(self.of_line == component)
        return Block(
            self.quantity[columns],
            self.matrix[rows][:, columns],
            self.right[rows],
            self.low[columns],
            self.high[columns],
            np.zeros(len(columns), dtype=np.int64),
            np.zeros(len(rows), dtype=np.int64),
        )


def block(system: System, lines: Ints, component: Ints) -> Block:
    """The lines given, whole components of them; `component` is that of each line of the system."""
    number = np.full(system.count, -1, dtype=np.int64)
    number[lines] = np.arange(len(lines))
    at = np.flatnonzero(number[system.lines.line] >= 0)
    quantity, column = np.unique(system.lines.quantity[at], return_inverse=True)
    row = number[system.lines.line[at]]
    matrix = csr_matrix(coo_matrix((system.lines.factor[at], (row, column)), shape=(len(lines), len(quantity))))
    of_line = np.unique(component[lines], return_inverse=True)[1].astype(np.int64)
    of_column = np.zeros(len(quantity), dtype=np.int64)
    of_column[column] = of_line[row]
    return Block(
        quantity,
        matrix,
        system.lines.right[lines],
        system.low[quantity],
        system.high[quantity],
        of_column,
        of_line,
    )


@dataclass(frozen=True, slots=True)
class _Pushed:
    """A block in which every quantity with a goal is two columns: up to its number, and beyond, of which one counts."""

    cost: Floats
    matrix: csr_matrix
    low: Floats
    high: Floats
    twice: Ints  # columns that are two

    @classmethod
    def of(cls, part: Block, goals: Goals, weight: Floats) -> "_Pushed":
        twice = np.searchsorted(part.quantity, goals.quantity)
        size = len(part.low)
        cost = np.zeros(size + len(twice))
        cost[:size][twice[goals.is_up]] = -weight[goals.is_up]
        cost[size:][~goals.is_up] = weight[~goals.is_up]
        high = part.high.copy()
        middle = np.clip(goals.number, part.low[twice], part.high[twice])
        beyond = part.high[twice] - middle
        high[twice] = middle
        return cls(
            cost,
            hstack([part.matrix, part.matrix.tocsc()[:, twice]], format="csc"),
            np.concatenate([part.low, np.zeros(len(twice))]),
            np.concatenate([high, beyond]),
            twice,
        )

    def table(self, solution: Floats) -> Floats:
        """One number per quantity of the block."""
        size = len(solution) - len(self.twice)
        table: Floats = solution[:size].copy()
        np.add.at(table, self.twice, solution[size:])
        return table


def push(part: Block, goals: Goals, weight: Floats) -> Floats | None:
    """A table, whole or not, in which as many goals as can be are met at once; None where there is no table at all."""
    pushed = _Pushed.of(part, goals, weight)
    bounds = np.stack([pushed.low, pushed.high], axis=1)
    solved = linprog(pushed.cost, A_eq=pushed.matrix, b_eq=part.right, bounds=bounds, method="highs-ds")
    return pushed.table(solved.x) if solved.status == _OPTIMAL else None


def whole_table(part: Block, goals: Goals, weight: Floats, *, seconds: float) -> Floats | None:
    """The same in whole numbers; None where none was found in that time."""
    pushed = _Pushed.of(part, goals, weight)
    solved = milp(
        pushed.cost,
        integrality=np.ones(len(pushed.cost)),
        bounds=Bounds(pushed.low, pushed.high),
        constraints=LinearConstraint(pushed.matrix, part.right, part.right),
        options={"time_limit": seconds},
    )
    return None if solved.x is None else pushed.table(solved.x)


def agreeing(part: Block, table: Floats) -> tuple[Floats, Flags]:
    """The table in whole numbers, and of each component whether every line and bound of it holds exactly."""
    whole = np.round(table).astype(np.int64)
    wrong_line = (part.matrix.astype(np.int64) @ whole) != part.right.astype(np.int64)
    wrong_column = (whole < part.low) | (whole > part.high)
    wrong = np.bincount(part.of_line, weights=wrong_line, minlength=part.count)
    wrong += np.bincount(part.component, weights=wrong_column, minlength=part.count)
    return whole.astype(float), wrong == 0


def keep(part: Block, table: Floats, seen: Seen) -> Flags:
    """Note what agrees; of each component whether it did."""
    whole, agrees = agreeing(part, table)
    columns = np.flatnonzero(agrees[part.component])
    seen.add(part.quantity[columns], whole[columns])
    return agrees


def extreme(part: Block, goals: Goals) -> tuple[Floats, Floats] | None:
    """For one goal of each component the bound of its quantity and the table that reaches it; None where none does."""
    column = np.searchsorted(part.quantity, goals.quantity)
    cost = np.zeros(len(part.low))
    cost[column] = np.where(goals.is_up, -1.0, 1.0)
    high = part.high.copy()
    # Beyond a goal there is nothing to prove, and a table without an end is none.
    up = column[goals.is_up]
    high[up] = np.minimum(high[up], np.maximum(goals.number[goals.is_up] + 1, part.low[up]))
    solved = linprog(
        cost, A_eq=part.matrix, b_eq=part.right, bounds=np.stack([part.low, high], axis=1), method="highs-ds"
    )
    if solved.status != _OPTIMAL:
        return None
    reached = solved.x[column]
    bound = np.where(goals.is_up, np.floor(reached + _SLACK), np.ceil(reached - _SLACK))
    return bound, solved.x


def is_solvable(part: Block) -> bool:
    """Whether there is a table at all, whole or not."""
    bounds = np.stack([part.low, part.high], axis=1)
    solved = linprog(np.zeros(len(part.low)), A_eq=part.matrix, b_eq=part.right, bounds=bounds, method="highs-ds")
    return bool(solved.status == _OPTIMAL)


def violated(part: Block, doubt: Floats) -> Flags:
    """Which lines no table keeps, as few and by as little as can be; the less `doubt` costs, the rather that line."""
    size, count = len(part.low), len(part.right)
    solved = linprog(
        np.concatenate([np.zeros(size), doubt, doubt]),
        A_eq=hstack([part.matrix, identity(count), -identity(count)], format="csc"),
        b_eq=part.right,
        bounds=np.stack(
            [
                np.concatenate([part.low, np.zeros(2 * count)]),
                np.concatenate([part.high, np.full(2 * count, np.inf)]),
            ],
            axis=1,
        ),
        method="highs-ds",
    )
    wrong: Flags = solved.x[size : size + count] + solved.x[size + count :] > _SLACK
    return wrong
