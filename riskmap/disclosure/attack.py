"""How far an observer can think a number moved: by tables of whole numbers that agree with everything they know.

Such a table is a witness. One that moves a number moves few others with it, mostly of the rows around, so it is looked
for there first, with everything farther away left as it is; what is found is a witness for the whole. And with the rows
farther away forgotten, a bound is found that holds for the whole: prices of the rows around prove it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import block_array, csr_array, eye_array
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.primary import Flags, Numbers

Positions = NDArray[np.int64]

# Witnesses are sought within this distance of the true numbers: a hidden number never needs more to be safe.
REACH: Final = 1000.0
_SMALL_PRICE: Final = 1e-4  # of each step, so that nothing moves without need
_NOTHING: Final = 1e-6
_MOST_NODES: Final = 200  # of a search for whole numbers: the same on every machine, unlike a time


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rows around a variable with what is open in them; `is_inner` are variables without a row elsewhere."""

    rows: Positions
    variables: Positions
    matrix: csr_array  # of these rows and variables
    is_inner: Flags
    is_all: bool  # whether nothing open lies beyond

    def place(self, variable: int) -> int:
        """Where the variable stands among `variables`."""
        return int(np.searchsorted(self.variables, variable))


class View:
    """The system as one observer sees it: `is_open` are the variables that they do not know."""

    def __init__(self, matrix: csr_array, is_open: Flags) -> None:
        self.is_open = is_open
        self._matrix, self._columns = matrix, matrix.tocsc()
        self._rows_of = np.diff(self._columns.indptr)
        self._place = np.zeros(matrix.shape[1], dtype=np.int64)

    def around(self, variable: int, depth: int) -> Surroundings:
        """What lies within some steps from row to row of a variable."""
        variables, rows = np.array([variable]), np.zeros(0, dtype=np.int64)
        for _ in range(depth):
            wider = np.unique(_slices(self._columns, variables))
            if len(wider) == len(rows):
                break
            rows, variables = wider, self.open_in(wider)
        return self._cut_out(rows, variables)

    def open_in(self, rows: Positions) -> Positions:
        """The open variables of some rows."""
        variables = np.unique(_slices(self._matrix, rows))
        found: Positions = variables[self.is_open[variables]]
        return found

    def _cut_out(self, rows: Positions, variables: Positions) -> Surroundings:
        first, last = self._matrix.indptr[rows], self._matrix.indptr[rows + 1]
        at = _ranges(first, last)
        row = np.repeat(np.arange(len(rows)), last - first)
        column, data = self._matrix.indices[at], self._matrix.data[at]
        chosen = self.is_open[column]
        self._place[variables] = np.arange(len(variables))
        own = self._place[column[chosen]]
        matrix = csr_array((data[chosen], (row[chosen], own)), (len(rows), len(variables)))
        is_inner = np.bincount(own, minlength=len(variables)) == self._rows_of[variables]
        return Surroundings(rows, variables, matrix, is_inner, bool(is_inner.all()))


def _ranges(first: Positions, last: Positions) -> Positions:
    lengths = last - first
    starts = np.cumsum(lengths) - lengths
    places: Positions = np.arange(lengths.sum()) - np.repeat(starts, lengths) + np.repeat(first, lengths)
    return places


def _slices(matrix: csr_array, chosen: Positions) -> Positions:
    found: Positions = matrix.indices[_ranges(matrix.indptr[chosen], matrix.indptr[chosen + 1])]
    return found


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a variable moves at most where rows farther away are forgotten, and the prices that prove it."""

    moved: float
    prices: Numbers


def bound(near: Surroundings, variable: int, *, is_up: bool, low: Numbers, high: Numbers) -> Bound | None:
    """The bound of a move up or down, with moves of variables between `low` and `high`; None where none is found."""
    goal = np.zeros(len(near.variables))
    place = near.place(variable)
    goal[place] = -1.0 if is_up else 1.0
    found = linprog(
        goal, A_eq=near.matrix, b_eq=np.zeros(len(near.rows)), bounds=np.column_stack([low, high]), method="highs"
    )
    return None if found.status != 0 else Bound(float(found.x[place]), found.eqlin.marginals)


def many_moved(matrix: csr_array, ways: Numbers, weights: Numbers, *, low: Numbers, high: Numbers) -> Iterator[Numbers]:
    """Moves in whole numbers that keep every row and together bring many variables as far as `ways` says, up or down.

    They are sought in fractions for all at once, as small as they can be, and come apart into those that share no row:
    each of these that is whole is given by itself.
    """
    size, wanted = matrix.shape[1], np.flatnonzero(ways)
    signs, far = np.sign(ways[wanted]), np.abs(ways[wanted])
    # Variables: moves up, moves down, and how far each wanted one has come, which counts up to its way.
    goal = np.concatenate([np.full(2 * size, _SMALL_PRICE), -weights / far])
    chosen = csr_array((signs, (np.arange(len(wanted)), wanted)), (len(wanted), size))
    rows = block_array([[matrix, -matrix, None], [chosen, -chosen, -eye_array(len(wanted))]]).tocsr()
    floor = np.zeros(matrix.shape[0] + len(wanted))
    ceiling = np.concatenate([np.zeros(matrix.shape[0]), np.full(len(wanted), np.inf)])
    top = np.concatenate([np.maximum(high, 0), np.maximum(-low, 0), far])
    found = milp(goal, constraints=LinearConstraint(rows, floor, ceiling), bounds=(0, top))
    if found.x is not None:
        yield from _whole_parts(matrix, found.x[:size] - found.x[size : 2 * size])


def _whole_parts(matrix: csr_array, moves: Numbers) -> Iterator[Numbers]:
    columns = np.flatnonzero(np.abs(moves) > _NOTHING)
    part = matrix[:, columns]
    _, label = connected_components(block_array([[None, part], [part.T, None]]), directed=False)
    own, rounded = label[matrix.shape[0] :], np.round(moves[columns])
    is_whole = np.abs(moves[columns] - rounded) < _NOTHING
    kept = part @ rounded == 0
    broken = set(own[~is_whole].tolist()) | set(label[: matrix.shape[0]][~kept].tolist())
    for name in np.unique(own):
        if name not in broken:
            chosen = np.zeros(matrix.shape[1])
            chosen[columns[own == name]] = rounded[own == name]
            yield chosen


def witness(near: Surroundings, goal: Numbers, *, low: Numbers, high: Numbers) -> Numbers | None:
    """Moves in whole numbers that keep every row, between `low` and `high`; None where there are none.

    Variables with rows elsewhere stay as they are. Among all such moves one that brings `goal` low is taken.
    """
    own = near.is_inner
    matrix = near.matrix[:, np.flatnonzero(own)]
    if (low > high).any() or (low[~own] > 0).any() or (high[~own] < 0).any():
        return None
    found = milp(
        goal[own],
        constraints=LinearConstraint(matrix, 0, 0),
        integrality=np.ones(int(own.sum())),
        bounds=(low[own], high[own]),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": 0.5},
    )
    if found.x is None:
        return None
    moves = np.zeros(len(own))
    moves[own] = np.round(found.x)
    return moves if not (near.matrix @ moves).any() else None
