"""What more to hide so that one number is wide enough: the cheapest cells around it that let a witness move it."""

from typing import Final

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import block_array, diags_array, eye_array

from riskmap.disclosure.attack import Positions, Surroundings, View
from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.problem import EVERYBODY, Problem
from riskmap.disclosure.threats import Observers, Threat

_DEPTHS: Final = (2, 3, 5, 1_000_000)
_ROOM: Final = 40.0  # how far other numbers may be moved beside what the number itself has to go
_STEP: Final = 1e-4  # price of a step, so that nothing moves without need
# Of a search among few variables the best is worth its time; among many what is found first is taken.
_MANY: Final = 600
_SEARCH: Final = {"node_limit": 300, "mip_rel_gap": 0.05}
_QUICK_SEARCH: Final = {"node_limit": 5, "mip_rel_gap": 0.9}


def widened(problem: Problem, observers: Observers, threat: Threat, hidden: Flags) -> Positions:
    """Further cells to hide against one threat; none where nothing that may be hidden helps."""
    changeable = problem.is_open(hidden | problem.may_hide)
    if threat.observer != EVERYBODY:
        changeable &= problem.region != threat.observer
    view = View(problem.sums.matrix, changeable)
    aim = observers.goals(threat.observer)
    way = float((aim.up if threat.is_up else aim.down)[threat.variable] - problem.sums.value[threat.variable])
    for depth in _DEPTHS:
        near = view.around(threat.variable, depth)
        found = _cheapest(problem, near, threat.variable, way, hidden)
        if found is not None or near.is_all:
            break
    return np.zeros(0, dtype=np.int64) if found is None else found


def _cheapest(problem: Problem, near: Surroundings, variable: int, way: float, hidden: Flags) -> Positions | None:
    """The cells, among those around, whose hiding costs least and leaves the variable its way."""
    own = near.variables[near.is_inner]
    matrix = near.matrix[:, np.flatnonzero(near.is_inner)]
    place = int(np.searchsorted(own, variable))
    low, high = _room(problem, own, abs(way))
    (low if way > 0 else high)[place] = np.ceil(way - 1e-6) if way > 0 else np.floor(way + 1e-6)
    if (low > high).any():
        return None
    is_choice = own < problem.sums.cells
    is_choice[is_choice] = ~hidden[own[is_choice]]
    chosen, size = np.flatnonzero(is_choice), len(own)
    link = eye_array(size).tocsr()[chosen]
    # Moves up and down, then whether the cell of a move is hidden: without that it cannot move.
    rows = block_array(
        [
            [matrix, -matrix, None],
            [link, None, -diags_array(np.maximum(high[chosen], 0.0))],
            [None, link, -diags_array(np.maximum(-low[chosen], 0.0))],
        ]
    ).tocsr()
    floor = np.concatenate([np.zeros(matrix.shape[0]), np.full(2 * len(chosen), -np.inf)])
    goal = np.concatenate([np.full(2 * size, _STEP), problem.cost[own[chosen]]])
    least = np.concatenate([np.maximum(low, 0.0), np.maximum(-high, 0.0), np.zeros(len(chosen))])
    most = np.concatenate([np.maximum(high, 0.0), np.maximum(-low, 0.0), np.ones(len(chosen))])
    found = milp(
        goal,
        constraints=LinearConstraint(rows, floor, 0.0),
        integrality=np.ones(len(goal)),
        bounds=(least, most),
        options=_SEARCH if size < _MANY else _QUICK_SEARCH,
    )
    return None if found.x is None else own[chosen[found.x[2 * size :] > 0.5]]


def _room(problem: Problem, own: Positions, way: float) -> tuple[Numbers, Numbers]:
    value = problem.sums.value[own]
    low, high = (bounds[own] - value for bounds in problem.bounds())
    return np.maximum(low, -way - _ROOM), np.minimum(high, way + _ROOM)
