"""One attack: from what somebody knows to the bounds of what he does not, with tables that show how wide they are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import process_time
from typing import Final

import numpy as np

from riskmap.disclosure.audit.bounds import System, components, reduce, tighten
from riskmap.disclosure.audit.judgement import Goals, Judgement, Seen, judge
from riskmap.disclosure.audit.quantities import Flags, Floats, Ints
from riskmap.disclosure.audit.rules import Targets
from riskmap.disclosure.audit.sums import KINDS, LineKind
from riskmap.disclosure.audit.witness import (
    Block,
    block,
    extreme,
    is_solvable,
    keep,
    push,
    violated,
    whole_table,
)

_ROUNDS: Final = 14
_WHOLE_ROUNDS: Final = 4  # in which a broken table is worth another try in whole numbers
_FIRST_UP, _FIRST_DOWN = 0, 1
_LINES_AT_ONCE: Final = 3000
_SECONDS_EACH: Final = 5.0
_SEED: Final = 20


@dataclass(frozen=True, slots=True)
class Attack:
    """What an attack came to: bounds that hold, tables seen, the judgement; and how the lines hang together."""

    system: System  # with the bounds found; its lines are those that are still unknown
    seen: Seen
    judgement: Judgement
    component: Ints  # of each line
    left_out: Ints  # lines that contradict others, by their number in the system given


def attack(system: System, targets: Targets, reach: System, *, until: float, seen: Seen | None = None) -> Attack:
    """Bounds and tables for all targets, as far as they are found until that moment; `seen` in tables known before."""
    system, left_out = _consistent(system)
    seen = Seen.nothing(system.lines.size) if seen is None else Seen(seen.low.copy(), seen.high.copy())
    component = components(system)
    _close(system, component, seen)
    generator = np.random.default_rng(_SEED)
    judgement = judge(targets, system, seen, reach)
    parts = list(_blocks(system, component, judgement.goals))
    for number in range(_ROUNDS):
        if not len(judgement.goals.quantity) or process_time() > until:
            break
        for part in parts:
            _push_once(part, judgement.goals, seen, generator, number=number, until=until)
        judgement = judge(targets, system, seen, reach)
    system = _one_by_one(system, component, targets, seen, reach, until=until)
    return Attack(system, seen, judge(targets, system, seen, reach), component, left_out)


def with_tables(found: Attack, given: System) -> Attack:
    """The same with a table of every component, also where nothing was asked for; `given` is the system attacked."""
    system = found.system if not len(found.left_out) else _consistent(given)[0]
    component = components(system)
    lines = system.lines
    unseen = np.unique(component[lines.line[np.isinf(found.seen.low[lines.quantity])]])
    nothing = Goals(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=bool))
    for part, _ in _batches(system, component, unseen):
        table = push(part, nothing, np.zeros(0))
        if table is not None:
            keep(part, table, found.seen)
    return found


def _consistent(system: System) -> tuple[System, Ints]:
    """The system of what is unknown, its bounds tightened; and the lines left out because they contradict others."""
    count, number = system.count, np.arange(system.count)
    while True:
        tightened = tighten(system)
        wrong = tightened.broken
        left, kept = reduce(tightened.system)
        if not wrong.any():
            wrong[kept] = _unsolvable(left)
        if not wrong.any():
            return left, np.setdiff1d(np.arange(count), number)
        culprits = _culprits(system, wrong)
        system, number = system.without(culprits), number[~culprits]


def _culprits(system: System, wrong: Flags) -> Flags:
    """Of the components with lines that cannot all hold those that no table keeps, as few as can be."""
    component = components(system)
    lines = np.flatnonzero(np.isin(component, component[wrong]))
    culprits = np.zeros(system.count, dtype=bool)
    # What an older release said is the first to be doubted.
    doubt = np.where(system.lines.kind[lines] == KINDS.index(LineKind.RELEASES), 0.5, 1.0)
    culprits[lines] = violated(block(system, lines, component), doubt)
    return culprits if culprits.any() else wrong


def _unsolvable(system: System) -> Flags:
    """The lines of blocks of components for which there is no table at all."""
    component = components(system)
    wrong = np.zeros(system.count, dtype=bool)
    many = np.bincount(component)[component] > 1 if system.count else wrong
    for part, lines in _batches(system, component, np.unique(component[many])):
        wrong[lines] = not is_solvable(part)
    return wrong


def _close(system: System, component: Ints, seen: Seen) -> None:
    """What stands in no line, or in a single line that shares nothing with others, reaches both its bounds."""
    alone = np.bincount(component)[component] == 1 if system.count else np.zeros(0, dtype=bool)
    tied = np.zeros(system.lines.size, dtype=bool)
    tied[system.lines.quantity[~alone[system.lines.line]]] = True
    free = np.flatnonzero(~tied)
    seen.add(free, system.low[free])
    seen.add(free, system.high[free])


def _blocks(system: System, component: Ints, goals: Goals) -> Iterator[Block]:
    """Components with goals, as many together as a solver takes in its stride."""
    wanted = np.zeros(system.lines.size, dtype=bool)
    wanted[goals.quantity] = True
    chosen = np.unique(component[system.lines.line[wanted[system.lines.quantity]]])
    return (part for part, _ in _batches(system, component, chosen))


def _batches(system: System, component: Ints, chosen: Ints) -> Iterator[tuple[Block, Ints]]:
    """Some components in blocks, and the lines of each block."""
    size = np.bincount(component)
    chosen = chosen[np.argsort(size[chosen], kind="stable")]
    batch = np.full(len(size), -1, dtype=np.int64)
    batch[chosen] = np.cumsum(size[chosen]) // _LINES_AT_ONCE
    of_line = batch[component]
    for number in np.unique(batch[chosen]):
        lines = np.flatnonzero(of_line == number)
        yield block(system, lines, component), lines


def _within(part: Block, goals: Goals) -> Goals:
    place = np.minimum(np.searchsorted(part.quantity, goals.quantity), len(part.quantity) - 1)
    return goals.only(part.quantity[place] == goals.quantity)


def _push_once(
    part: Block, goals: Goals, seen: Seen, generator: np.random.Generator, *, number: int, until: float
) -> None:
    """One table for all components of a block: first everything up, then everything down, then either way by lot."""
    own = _chosen(_within(part, goals), generator, number)
    if not len(own.quantity):
        return
    weight = generator.uniform(0.5, 1.5, len(own.quantity))
    table = push(part, own, weight)
    if table is None:
        return
    broken = np.flatnonzero(~keep(part, table, seen))
    if number >= _WHOLE_ROUNDS:
        return
    at = part.component[np.searchsorted(part.quantity, own.quantity)]
    for component in np.intersect1d(broken, at):
        _push_whole(part.only(int(component)), own.only(at == component), weight[at == component], seen, until=until)


def _push_whole(part: Block, goals: Goals, weight: Floats, seen: Seen, *, until: float) -> None:
    """A table in whole numbers for a component where the solver's own was broken."""
    seconds = min(_SECONDS_EACH, until - process_time())
    table = whole_table(part, goals, weight, seconds=seconds) if seconds > 0 else None
    if table is not None:
        keep(part, table, seen)


def _chosen(goals: Goals, generator: np.random.Generator, number: int) -> Goals:
    """One goal at most of each quantity."""
    if number == _FIRST_UP:
        goals = goals.only(goals.is_up)
    elif number == _FIRST_DOWN:
        goals = goals.only(~goals.is_up)
    order = generator.permutation(len(goals.quantity))
    _, first = np.unique(goals.quantity[order], return_index=True)
    picked = order[first]
    if number > 3:
        picked = picked[generator.random(len(picked)) < 0.5]
    return goals.only(np.sort(picked))


def _one_by_one(
    system: System, component: Ints, targets: Targets, seen: Seen, reach: System, *, until: float
) -> System:
    """Look for the bound of every target that no table settled: one goal of each component at a time."""
    low, high = system.low.copy(), system.high.copy()
    system = replace(system, low=low, high=high)
    tried: set[tuple[int, bool, float]] = set()
    while process_time() < until:
        goals = judge(targets, system, seen, reach).goals
        fresh = [at for at, goal in enumerate(goals.each()) if goal not in tried]
        if not fresh:
            break
        goals = goals.only(np.array(fresh))
        for part in _blocks(system, component, goals):
            own = _within(part, goals)
            own = _first_of_each(part, own)
            tried.update(own.each())
            _settle(part, own, system, seen, until=until)
            if process_time() > until:
                break
    return system


def _settle(part: Block, goals: Goals, system: System, seen: Seen, *, until: float) -> None:
    """One goal of each component: either a table meets it, or its bound is known to be short of it."""
    found = extreme(part, goals)
    if found is None:
        return
    bound, table = found
    short = np.where(goals.is_up, bound < goals.number, bound > goals.number)
    up, down = short & goals.is_up, short & ~goals.is_up
    system.high[goals.quantity[up]] = np.minimum(system.high[goals.quantity[up]], bound[up])
    system.low[goals.quantity[down]] = np.maximum(system.low[goals.quantity[down]], bound[down])
    agrees = keep(part, table, seen)
    at = part.component[np.searchsorted(part.quantity, goals.quantity)]
    for goal in np.flatnonzero(~agrees[at] & ~short):
        _push_whole(part.only(int(at[goal])), goals.only(np.array([goal])), np.ones(1), seen, until=until)


def sharpened(found: Attack, wanted: Ints, *, until: float) -> Attack:
    """The same with the bounds of some quantities as narrow as they are, as far as they are found until that moment."""
    low, high = found.system.low.copy(), found.system.high.copy()
    system = replace(found.system, low=low, high=high)
    for is_up in (True, False):
        reached = found.seen.high >= high if is_up else found.seen.low <= low
        ask = wanted[~reached[wanted] & np.isfinite(high[wanted])]
        while len(ask) and process_time() < until:
            everything = Goals(ask, np.full(len(ask), np.inf if is_up else -np.inf), np.full(len(ask), is_up))
            ask = _ask_bounds(system, found, everything)
    return replace(found, system=system)


def _ask_bounds(system: System, found: Attack, goals: Goals) -> Ints:
    """Look for one bound of each component; the quantities that are left to be asked for."""
    asked: list[Ints] = []
    for part in _blocks(system, found.component, goals):
        own = _first_of_each(part, _within(part, goals))
        asked.append(own.quantity)
        if reached := extreme(part, own):
            up, down = own.quantity[own.is_up], own.quantity[~own.is_up]
            system.high[up] = np.minimum(system.high[up], reached[0][own.is_up])
            system.low[down] = np.maximum(system.low[down], reached[0][~own.is_up])
            keep(part, reached[1], found.seen)
    return np.setdiff1d(goals.quantity, np.concatenate(asked)) if asked else goals.quantity[:0]


def _first_of_each(part: Block, goals: Goals) -> Goals:
    component = part.component[np.searchsorted(part.quantity, goals.quantity)]
    return goals.only(np.unique(component, return_index=True)[1])
