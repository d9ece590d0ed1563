"""Complementary suppression of least cost: which further cells to hide so that no hidden number is found too narrow.

The pattern is the cheapest that satisfies all inequalities known so far; observers look for numbers that they find too
narrow in it; each gives new inequalities, until none is found (Fischetti and Salazar, 2001). Inequalities that share no
cell are apart, so each group of them is a programme of its own, and its pattern is proved cheapest by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.attack import Positions
from riskmap.disclosure.cuts import Cut, Prices
from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.problem import EVERYBODY, Problem
from riskmap.disclosure.threats import Observers, Threat
from riskmap.disclosure.widening import widened

_HABIT: Final = 1e-3  # by which share a cell that is hidden already counts as cheaper
_MOST_NODES: Final = 50  # of the programme of one group of inequalities: the same on every machine, unlike a time
_NEAR_ENOUGH: Final = 0.005  # by which share the cost of a group may exceed the least
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Component:
    """A group of cells that were chosen together: what hiding them costs, and what it costs at least."""

    cells: int
    cost: float
    bound: float

    @property
    def is_optimal(self) -> bool:
        """Whether no pattern that protects costs less."""
        return self.cost - self.bound <= 1e-6 * max(1.0, self.cost)

    @property
    def gap(self) -> float:
        """By which share the cost can at most be lower."""
        return 0.0 if self.is_optimal else (self.cost - self.bound) / self.cost


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which cells are hidden, the components of the choice, and which variables no pattern protects."""

    hidden: Flags
    components: tuple[Component, ...]
    unprotected: tuple[int, ...]
    rounds: int


def suppressed(problem: Problem, *, rounds: int = ROUNDS) -> Pattern:
    """A pattern that protects all wanted variables from all observers, the cheapest where `rounds` suffice to find it.

    After so many rounds what is hidden stays hidden, and each threat that is left is met by what is cheapest against it
    alone; the components say by how much their cost may exceed the least. Nothing depends on how fast a machine is.
    """
    search = _Search(problem)
    hidden = search.begin()
    unprotected = set[int]()
    number, regional = 1, 0
    while threats := search.observers.threats(hidden, but=unprotected):
        is_new = threats[0].observer != EVERYBODY and regional < rounds
        if number < rounds or is_new:
            found = search.learn(threats, hidden)
            unprotected.update(item.variable for item in threats if item.variable not in found)
            hidden = search.cheapest(kept=hidden if number >= rounds else None)
            regional += is_new
        else:
            hidden = search.widen(threats, hidden, unprotected)
        number += 1
    return Pattern(hidden, tuple(search.components(hidden)), tuple(sorted(unprotected)), number)


class _Search:
    """The inequalities known so far and the cheapest choice under them."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self.observers = Observers(problem)
        self._cost = problem.cost
        self._prices = Prices(problem, self.observers)
        self._cuts: list[Cut] = []
        self._known: set[bytes] = set()
        self._solved: dict[tuple[int, ...], tuple[Positions, Component]] = {}
        self._groups: list[tuple[int, ...]] = []
        self._is_first: set[tuple[int, bool, int]] = set()

    def begin(self) -> Flags:
        """The cheapest pattern under what single rows ask for beside each cell that must be hidden."""
        value, level = self._problem.sums.value, self._problem.up_level
        is_small = value[: self._problem.sums.cells] < self._problem.limit[: self._problem.sums.cells]
        must = np.flatnonzero(self._problem.must_hide & is_small)
        ups, downs = must[value[must] < level[must]], must[value[must] > self._problem.down_level[must]]
        self.learn(
            [Threat(int(v), is_up, EVERYBODY) for is_up, own in ((True, ups), (False, downs)) for v in own],
            self._problem.must_hide,
            is_deep=False,
        )
        return self.cheapest()

    def learn(self, threats: Sequence[Threat], hidden: Flags, *, is_deep: bool = True) -> set[int]:
        """Take in the inequalities that these threats break; the variables for which there is one."""
        found: set[int] = set()
        deep = []
        for threat in threats:
            key = (threat.variable, threat.is_up, threat.observer)
            if key in self._is_first:
                deep.append(threat)
                continue
            self._is_first.add(key)
            cuts = self._prices.by_rows(threat)
            for cut in cuts:
                self._take(cut)
            if any(not self._holds(cut, hidden) for cut in cuts):
                found.add(threat.variable)
            else:
                deep.append(threat)
        if is_deep:
            found.update(self._learn_deep(deep, hidden))
        return found

    def _learn_deep(self, threats: Sequence[Threat], hidden: Flags) -> Iterator[int]:
        for threat in threats:
            before = self.observers.goals(threat.observer).up[threat.variable]
            cut = self._wider(threat, hidden) if threat.prices is None else self._prices.by_proof(threat)
            is_broken = cut is not None and not self._holds(cut, hidden)
            if cut is not None and is_broken:
                self._take(cut)
            # A level that turns out to be beyond reach is lowered, and looked at again.
            if is_broken or self.observers.goals(threat.observer).up[threat.variable] < before:
                yield threat.variable

    def _wider(self, threat: Threat, hidden: Flags) -> Cut | None:
        """No whole numbers fit: at least one cell more of the rows around must be hidden."""
        columns = np.unique(self._problem.sums.matrix[threat.rows].indices)
        cells = columns[columns < self._problem.sums.cells]
        cells = cells[self._problem.may_hide[cells] & ~hidden[cells]]
        return Cut(cells, np.ones(len(cells))) if len(cells) else None

    def _holds(self, cut: Cut, hidden: Flags) -> bool:
        if cut.only_if >= 0 and not hidden[cut.only_if]:
            return True
        return float(cut.weights[hidden[cut.cells]].sum()) >= 1 - 1e-6

    def _take(self, cut: Cut) -> bool:
        key = cut.cells.tobytes() + np.round(cut.weights, 9).tobytes() + str(cut.only_if).encode()
        if key in self._known:
            return False
        self._known.add(key)
        self._cuts.append(cut)
        return True

    def widen(self, threats: Sequence[Threat], hidden: Flags, unprotected: set[int]) -> Flags:
        """What is hidden with what is cheapest against each threat by itself; those against which nothing helps."""
        hidden, is_moved, known = hidden.copy(), False, len(unprotected)
        for threat in threats:
            before = self.observers.goals(threat.observer).up[threat.variable]
            cut = None if threat.prices is None else self._prices.by_proof(threat)
            if self.observers.goals(threat.observer).up[threat.variable] < before:
                is_moved = True
                continue
            # What was hidden for another one may have helped this one too.
            if cut is not None and self._holds(cut, hidden):
                continue
            more = widened(self._problem, self.observers, threat, hidden)
            if not len(more):
                unprotected.add(threat.variable)
            hidden[more] = True
            is_moved |= bool(len(more))
        if not is_moved and len(unprotected) == known:
            unprotected.update(threat.variable for threat in threats)
        return hidden

    def cheapest(self, kept: Flags | None = None) -> Flags:
        """The cheapest pattern under all inequalities; with `kept` beside what is hidden in it already."""
        hidden = self._problem.must_hide.copy()
        if kept is not None:
            self._cost = np.where(kept, 0.0, self._problem.cost)
            hidden |= kept
        self._groups = list(self._grouped())
        for group in self._groups:
            if group not in self._solved or kept is not None:
                cuts = [self._cuts[number] for number in group]
                self._solved[group] = _solved(self._cost, cuts)
            cells, _ = self._solved[group]
            hidden[cells] = True
        # Of patterns that cost the same the one at hand is taken again, so that the search does not go in circles.
        self._cost = np.where(hidden, self._problem.cost * (1 - _HABIT), self._problem.cost)
        return hidden

    def components(self, hidden: Flags) -> Iterator[Component]:
        """What each group of cells costs in a pattern, and what it costs at least."""
        for group in self._grouped():
            cuts = [self._cuts[number] for number in group]
            _, least = _solved(self._problem.cost, cuts)
            cells = _cells(cuts)
            own = cells[hidden[cells]]
            cost = float(self._problem.cost[own].sum())
            yield Component(len(own), cost, min(least.bound, cost))

    def _grouped(self) -> Iterator[tuple[int, ...]]:
        """Numbers of the inequalities of each group: those that share a cell about which there is a choice."""
        if not self._cuts:
            return
        cells = [cut.cells if cut.only_if < 0 else np.append(cut.cells, cut.only_if) for cut in self._cuts]
        rows = np.repeat(np.arange(len(cells)), [len(own) for own in cells])
        incidence = csr_array(
            (np.ones(len(rows)), (rows, np.concatenate(cells))), (len(cells), self._problem.sums.cells)
        )
        _, label = connected_components(block_array([[None, incidence], [incidence.T, None]]), directed=False)
        order = np.argsort(label[: len(cells)], kind="stable")
        ends = np.flatnonzero(np.diff(label[: len(cells)][order])) + 1
        yield from (tuple(group.tolist()) for group in np.split(order, ends))


def _cells(cuts: Sequence[Cut]) -> Positions:
    """All cells about which a group of inequalities leaves a choice."""
    own = [cut.cells for cut in cuts] + [np.array([cut.only_if]) for cut in cuts if cut.only_if >= 0]
    return np.unique(np.concatenate(own))


def _solved(costs: Numbers, cuts: Sequence[Cut]) -> tuple[Positions, Component]:
    """The cells to hide for one group, and what is proved of their cost."""
    cells = _cells(cuts)
    place = {int(cell): number for number, cell in enumerate(cells)}
    rows, columns, data = [], [], []
    for row, cut in enumerate(cuts):
        for cell, weight in zip(cut.cells, cut.weights, strict=True):
            rows.append(row)
            columns.append(place[int(cell)])
            data.append(weight)
        if cut.only_if >= 0:
            rows.append(row)
            columns.append(place[cut.only_if])
            data.append(-1.0)
    matrix = csr_array((data, (rows, columns)), (len(cuts), len(cells)))
    needed = np.array([0.0 if cut.only_if >= 0 else 1.0 for cut in cuts])
    cost = costs[cells]
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, needed - 1e-9, np.inf),
        integrality=np.ones(len(cells)),
        bounds=(0, 1),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": _NEAR_ENOUGH},
    )
    if found.x is None:
        return cells, Component(len(cells), float(cost.sum()), 0.0)
    chosen = found.x > 0.5
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else 0.0
    return cells[chosen], Component(int(chosen.sum()), float(cost[chosen].sum()), float(bound))
