"""Rows as they are gathered, and the system that they make with the numbers that fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import block_array, csr_array, eye_array, hstack
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.primary import Flags, Numbers

Positions = NDArray[np.int64]

_HALF: Final = 0.5
_MOST_NODES: Final = 50  # the same on every machine, unlike a time


@dataclass(frozen=True, slots=True)
class Sums:
    """The system: `matrix @ numbers == right` for the true numbers; its first variables are the cells, in their order.

    `value` is a number that fits for what no cell shows and no row tells. `of_cell` is of every variable the cell whose
    rule it shares, -1 for what only closes a row; `at_cell` the cell in whose area it is known. `adds_areas` marks rows
    that say that an area is the sum of others.
    """

    matrix: csr_array
    right: Numbers
    value: Numbers
    of_cell: Positions
    at_cell: Positions
    adds_areas: Flags
    cells: int

    @property
    def variables(self) -> int:
        """How many variables there are."""
        return len(self.value)


class Rows:
    """Rows as they are gathered."""

    def __init__(self, cells: int) -> None:
        self.cells = cells
        self.unseen: Iterator[int] = count(cells)
        self.owner: dict[int, int] = {}
        self.place: dict[int, int] = {}
        self._row: list[int] = []
        self._column: list[int] = []
        self._sign: list[int] = []
        self._right: list[float] = []
        self._adds_areas: list[bool] = []
        self._nothing: list[int] = []

    def of_units(self, rule: int, place: int) -> int:
        """A variable for what some units of an area have: by the rule of a cell below, known where `place` is."""
        variable = next(self.unseen)
        self.owner[variable], self.place[variable] = rule, place
        return variable

    def add_nothing(self, variable: int) -> None:
        """A variable that everybody takes for zero, and rightly: nobody has to be kept from it."""
        self._nothing.append(variable)
        self.add([(variable, 1)])

    def add(self, terms: Sequence[tuple[int, int]], right: float = 0.0, *, adds_areas: bool = False) -> None:
        """One row."""
        number = len(self._right)
        self._right.append(right)
        self._adds_areas.append(adds_areas)
        for variable, sign in terms:
            self._row.append(number)
            self._column.append(variable)
            self._sign.append(sign)

    def add_all(self, lines: Sequence[Sequence[tuple[int, int]]]) -> None:
        """Several rows whose terms add up to zero."""
        for terms in lines:
            self.add(terms)

    def system(self, numbers: Numbers) -> Sums:
        """The system, without the rows that the true numbers contradict: they hold for nobody."""
        size = next(self.unseen)
        matrix = csr_array((np.array(self._sign, dtype=float), (self._row, self._column)), (len(self._right), size))
        matrix.sum_duplicates()
        right = np.array(self._right)
        value = _worked_out(matrix, right, np.concatenate([numbers, np.full(size - len(numbers), np.nan)]))
        left = matrix @ np.nan_to_num(value) - right
        is_known = ~((abs(matrix) @ np.isnan(value)) > 0)
        holds = ~is_known | (np.abs(left) < 0.5)
        # Nothing that is counted is below zero.
        holds &= ~((abs(matrix) @ (value < 0).astype(float)) > 0)
        kept = np.flatnonzero(holds)
        matrix, right = matrix[kept], right[kept]
        # What no numbers tell is nobody's number either.
        of_cell = np.where((value < 0) | np.isnan(value), -1, self._known_as(self.owner, size))
        nothing = np.array(self._nothing, dtype=np.int64)
        of_cell[nothing[value[nothing] == 0]] = -1
        value, fits = _completed(matrix, right, np.where(value < 0, 0.0, value))
        kept, matrix, right = kept[fits], matrix[np.flatnonzero(fits)], right[fits]
        at_cell = np.where(of_cell >= 0, self._known_as(self.owner | self.place, size), -1)
        return Sums(matrix, right, value, of_cell, at_cell, np.array(self._adds_areas, dtype=bool)[kept], self.cells)

    def _known_as(self, owner: Mapping[int, int], size: int) -> Positions:
        found = np.full(size, -1, dtype=np.int64)
        found[: self.cells] = np.arange(self.cells)
        found[list(owner)] = list(owner.values())
        return found


def _worked_out(matrix: csr_array, right: Numbers, value: Numbers) -> Numbers:
    """The values with those that follow from a row in which only one is open, again and again."""
    value = value.copy()
    while True:
        is_open = np.isnan(value)
        number_open = abs(matrix) @ is_open.astype(float)
        rows = np.flatnonzero(number_open == 1)
        if not rows.size:
            return value
        part = matrix[rows].tocoo()
        rest = right[rows] - matrix[rows] @ np.nan_to_num(value)
        chosen = is_open[part.col]
        value[part.col[chosen]] = (rest[part.row[chosen]]) / part.data[chosen]


def _completed(matrix: csr_array, right: Numbers, value: Numbers) -> tuple[Numbers, Flags]:
    """The values with whole numbers that fit for what no cell shows and no row tells, and which rows have such."""
    columns, holds = np.flatnonzero(np.isnan(value)), np.ones(matrix.shape[0], dtype=bool)
    part, completed = matrix[:, columns], value.copy()
    rows = np.flatnonzero(np.diff(part.indptr))
    rest = right - matrix @ np.nan_to_num(value)
    _, label = connected_components(block_array([[None, part[rows]], [part[rows].T, None]]), directed=False)
    # Few of them contradict themselves: all are tried at once, then each half of those that do not fit.
    tried = [np.unique(label)]
    while tried:
        chosen = np.isin(label, own := tried.pop())
        of_rows, of = rows[chosen[: len(rows)]], np.flatnonzero(chosen[len(rows) :])
        found = _fitting(part[of_rows][:, of], rest[of_rows])
        if found is None and len(own) > 1:
            tried += np.array_split(own, 2)
            continue
        if found is None:
            found, holds[of_rows] = _nearly_fitting(part[of_rows][:, of], rest[of_rows])
        completed[columns[of]] = found
    return completed, holds


def _nearly_fitting(matrix: csr_array, right: Numbers) -> tuple[Numbers, Flags]:
    """Whole numbers that miss as few units in all rows as can be, and the rows that they fit."""
    rows, size = matrix.shape
    slack = eye_array(rows)
    found = milp(
        np.concatenate([np.zeros(size), np.ones(2 * rows)]),
        constraints=LinearConstraint(hstack([matrix, slack, -slack]).tocsr(), right, right),
        integrality=np.ones(size + 2 * rows),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": 0.5},
    )
    numbers = np.zeros(size) if found.x is None else np.round(found.x[:size])
    fits: Flags = np.abs(matrix @ numbers - right) < _HALF
    return numbers, fits


def _fitting(matrix: csr_array, right: Numbers) -> Numbers | None:
    """Whole numbers that fit; None where there are none."""
    if not matrix.shape[1]:
        return np.zeros(0)
    found = milp(
        np.zeros(matrix.shape[1]),
        constraints=LinearConstraint(matrix, right, right),
        integrality=np.ones(matrix.shape[1]),
    )
    return None if found.x is None else np.round(found.x)
