"""Which hidden numbers an observer finds too narrow, where a given pattern of cells is hidden."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.sparse import block_array
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.attack import Positions, Surroundings, View, bound, many_moved, witness
from riskmap.disclosure.goals import Goals, goals
from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.problem import EVERYBODY, Problem

_SWEEPS: Final = 6
_NEAR: Final = 1e-6
_FEW: Final = 20  # variables are looked at one by one where there are fewer
_SLOW: Final = 0.85  # tables for many go on as long as each leaves less than this of them
_DEPTHS: Final = (2, 4, 8, 1_000_000)  # steps from row to row within which is searched, the last is everything


@dataclass(frozen=True, slots=True)
class Threat:
    """A variable that an observer finds too narrow, upwards or downwards, and the prices of rows that prove it.

    Without prices it is wide enough in fractions, but in no whole numbers that were found within `rows`.
    """

    variable: int
    is_up: bool
    observer: int
    rows: Positions = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    prices: Numbers | None = None


@dataclass(frozen=True, slots=True)
class _Witness:
    """Moves that keep every row: which variables, and by how much."""

    variables: Positions
    moves: Numbers


class Observers:
    """Looks for threats, again and again, and remembers the witnesses against them."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._low, self._high = problem.bounds()
        self._witnesses: dict[tuple[int, bool], list[_Witness]] = {}
        self._random = np.random.default_rng(0)  # any weights do; the same make the same build
        # Of a variable and its limit the rows that prove it large, and what was open in them.
        self._large: dict[tuple[int, float], tuple[Positions, Positions]] = {}
        self._goals: dict[int, Goals] = {EVERYBODY: goals(problem, EVERYBODY)}

    def goals(self, observer: int) -> Goals:
        """What witnesses have to reach against one observer, for each variable."""
        if observer not in self._goals:
            self._goals[observer] = goals(self._problem, observer)
        return self._goals[observer]

    def threats(self, hidden: Flags, *, but: Collection[int] = ()) -> list[Threat]:
        """Threats against a pattern: of everybody; where there are none, of each region that shares in others' rows.

        Variables in `but` are looked at no more.
        """
        is_open = self._problem.is_open(hidden)
        looked_at = is_open.copy()
        looked_at[list(but)] = False
        if found := list(self._of(EVERYBODY, is_open, looked_at)):
            return found
        shared = self._shared(is_open)
        region = self._problem.region
        for own in np.unique(region[shared]):
            if own >= 0:
                found.extend(self._of(int(own), is_open & (region != own), looked_at & shared & (region != own)))
        return found

    def _shared(self, is_open: Flags) -> Flags:
        """Open variables that hang together with those of another region."""
        matrix = self._problem.sums.matrix[:, np.flatnonzero(is_open)]
        joined = block_array([[None, matrix], [matrix.T, None]])
        _, label = connected_components(joined, directed=False)
        group, region = label[matrix.shape[0] :], self._problem.region[is_open]
        theirs = np.flatnonzero(region >= 0)
        pairs = np.unique(np.column_stack([group[theirs], region[theirs]]), axis=0)
        several = np.flatnonzero(np.bincount(pairs[:, 0]) > 1)
        shared = np.zeros_like(is_open)
        shared[is_open] = np.isin(group, several)
        return shared

    def _of(self, observer: int, is_open: Flags, looked_at: Flags) -> Iterator[Threat]:
        view = View(self._problem.sums.matrix, is_open)
        low, high = self._narrowed(is_open)
        value, aim = self._problem.sums.value, self.goals(observer)
        # Whoever knows something of a large number knows nothing of a child.
        wanted = self._problem.wanted & looked_at & (value < aim.limit) & ~(low >= aim.limit - _NEAR)
        wanted &= ~((high < _NEAR) & self._problem.zero_is_open) & ~aim.tells_nothing(is_open)
        need = _Need(wanted & ~(value >= aim.up - _NEAR), wanted & ~(value <= aim.down + _NEAR))
        self._strike_known(view, need, aim)
        self._search_together(is_open, need, aim)
        for is_up, own in ((False, need.down), (True, need.up)):
            for variable in np.flatnonzero(own):
                if own[variable]:
                    threat = self._search(view, observer, int(variable), is_up=is_up, need=need)
                    if threat:
                        yield threat

    def _strike_known(self, view: View, need: "_Need", aim: Goals) -> None:
        """What was found before and holds: proofs where nothing more is open, witnesses that move nothing known."""
        for variable in np.flatnonzero(need.down):
            proof = self._large.get((int(variable), float(aim.limit[variable])))
            if proof:
                rows, was_open = proof
                if np.isin(view.open_in(rows), was_open).all():
                    need.up[variable] = need.down[variable] = False
        for is_up, own in ((False, need.down), (True, need.up)):
            for variable in np.flatnonzero(own):
                for found in self._witnesses.get((int(variable), is_up), ()):
                    if own[variable] and view.is_open[found.variables].all():
                        self._note(found, need, aim)

    def _search_together(self, is_open: Flags, need: "_Need", aim: Goals) -> None:
        """Tables for many variables at once, as long as each shows a good part of what is left."""
        system = self._problem.sums
        before, left = np.inf, int(need.up.sum() + need.down.sum())
        columns = np.flatnonzero(is_open)
        matrix = system.matrix[:, columns]
        matrix = matrix[np.flatnonzero(np.diff(matrix.indptr))]
        low, high = (own[columns] - system.value[columns] for own in (self._low, self._high))
        while left > _FEW and left < _SLOW * before:
            ups, downs = need.up[columns], need.down[columns]
            # A variable that needs both is brought down by another table.
            way = np.where(ups, aim.up[columns] - system.value[columns], 0.0)
            way = np.where(downs & ~ups, aim.down[columns] - system.value[columns], way)
            weights = self._random.uniform(0.5, 1.5, int(np.count_nonzero(way)))
            for moves in many_moved(matrix, np.trunc(way + np.sign(way) * 0.999), weights, low=low, high=high):
                chosen = np.flatnonzero(moves)
                self._keep(_Witness(columns[chosen], moves[chosen]), need, aim)
            before, left = left, int(need.up.sum() + need.down.sum())

    def _narrowed(self, is_open: Flags) -> tuple[Numbers, Numbers]:
        """Bounds that follow from single rows, each the sharper for those before."""
        system = self._problem.sums
        rows = np.flatnonzero((abs(system.matrix) @ is_open.astype(float)) > 0)
        # In moves from the true numbers, which add up to zero: so no large number blurs a small one.
        low, high = (np.where(is_open, own - system.value, 0.0) for own in (self._low, self._high))
        part = system.matrix[rows].tocoo()
        chosen = is_open[part.col]
        row, column, sign = part.row[chosen], part.col[chosen], part.data[chosen]
        for _ in range(_SWEEPS):
            least = np.where(sign > 0, low[column], -high[column])
            most = np.where(sign > 0, high[column], -low[column])
            above = -(np.bincount(row, least, minlength=len(rows))[row] - least)
            below = -(np.bincount(row, most, minlength=len(rows))[row] - most)
            np.minimum.at(high, column, np.where(sign > 0, above, -below))
            np.maximum.at(low, column, np.where(sign > 0, below, -above))
        return system.value + low, system.value + high

    def _search(self, view: View, observer: int, variable: int, *, is_up: bool, need: "_Need") -> Threat | None:
        """Farther and farther around a variable until there is a witness, or a proof that there is none."""
        aim = self.goals(observer)
        target = float((aim.up if is_up else aim.down)[variable])
        value = self._problem.sums.value[variable]
        for depth in _DEPTHS:
            near = view.around(variable, depth)
            low, high = (own[near.variables] - self._value(near) for own in (self._low, self._high))
            if self._found(near, variable, target, is_up=is_up, need=need, low=low, high=high, aim=aim):
                return None
            proof = bound(near, variable, is_up=is_up, low=low, high=high)
            if proof is not None:
                reached = value + proof.moved
                if not is_up and reached >= aim.limit[variable] - _NEAR:
                    need.up[variable] = False
                    self._large[variable, float(aim.limit[variable])] = (near.rows, near.variables)
                    return None
                if reached < target - _NEAR if is_up else reached > target + _NEAR:
                    return Threat(variable, is_up, observer, near.rows, proof.prices)
            if near.is_all:
                break
        return Threat(variable, is_up, observer, near.rows)

    def _value(self, near: Surroundings) -> Numbers:
        own: Numbers = self._problem.sums.value[near.variables]
        return own

    def _found(
        self,
        near: Surroundings,
        variable: int,
        target: float,
        *,
        is_up: bool,
        need: "_Need",
        low: Numbers,
        high: Numbers,
        aim: Goals,
    ) -> bool:
        """Whether there is a witness around; it is noted, with everything else that it shows."""
        low, high, place = low.copy(), high.copy(), near.place(variable)
        move = target - self._problem.sums.value[variable]
        (low if is_up else high)[place] = np.ceil(move - _NEAR) if is_up else np.floor(move + _NEAR)
        goal = np.where(need.down[near.variables], 1.0, 0.0) - np.where(need.up[near.variables], 1.0, 0.0)
        moves = witness(near, goal, low=low, high=high)
        if moves is None:
            return False
        chosen = np.flatnonzero(moves)
        return (variable, is_up) in self._keep(_Witness(near.variables[chosen], moves[chosen]), need, aim)

    def _keep(self, found: _Witness, need: "_Need", aim: Goals) -> list[tuple[int, bool]]:
        """Strike off what a witness shows, and remember it for that."""
        shown = self._note(found, need, aim)
        for key in shown:
            self._witnesses.setdefault(key, []).append(found)
        return shown

    def _note(self, found: _Witness, need: "_Need", aim: Goals) -> list[tuple[int, bool]]:
        """Strike off everything that a witness shows; what that is."""
        own = found.variables
        table = self._problem.sums.value[own] + found.moves
        ups = own[need.up[own] & (table >= aim.up[own] - _NEAR)]
        downs = own[need.down[own] & (table <= aim.down[own] + _NEAR)]
        need.up[ups], need.down[downs] = False, False
        return [*((int(variable), True) for variable in ups), *((int(variable), False) for variable in downs)]


@dataclass(slots=True)
class _Need:
    """What is still to be shown of each variable."""

    up: Flags
    down: Flags
