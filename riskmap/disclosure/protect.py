"""Protection of a build: the public cells, and what was chosen to be hidden at what cost."""

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.disclosure.attack import Positions
from riskmap.disclosure.organisations import too_few_organisations
from riskmap.disclosure.primary import Flags, Numbers, Rules, is_known, rules, unsafe_cells
from riskmap.disclosure.problem import Problem
from riskmap.disclosure.releases import Late, known_before, late_returns
from riskmap.disclosure.sums import sums
from riskmap.disclosure.suppression import ROUNDS, Component, Pattern, suppressed
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, CellStatus, Family, Grain

# What hiding a cell costs: by level, period and breakdown, never by its number, which the choice would tell.
_COST_OF_LEVEL: Final = {AreaKind.COUNTRY: 40.0, AreaKind.REGION: 8.0, AreaKind.DISTRICT: 1.0, AreaKind.REMAINDER: 0.9}
_COST_OF_GRAIN: Final = {
    Grain.MONTH: 1.0,
    Grain.QUARTER: 1.5,
    Grain.HALF_YEAR: 2.0,
    Grain.YEAR: 3.0,
    Grain.SCHOOL_YEAR: 3.0,
    Grain.THREE_YEARS: 4.0,
    Grain.YTD: 1.2,
    Grain.SCHOOL_YTD: 1.2,
}
_COST_OF_TOTAL: Final = 2.0
# Fewer cells that must be hidden are protected sooner than a second process starts.
_FEW: Final = 3000
_PROCESSES: Final = 2

_Kind = TypeVar("_Kind", np.bool_, np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class Protected:
    """The public rows, the components of the choice, and how many numbers no pattern protects."""

    public: pd.DataFrame
    components: tuple[Component, ...]
    unprotected: int
    hidden_by_rule: int
    hidden: int


def protect(
    cells: pd.DataFrame,
    *,
    relations: pd.DataFrame,
    areas: pd.DataFrame,
    declared: Mapping[str, Indicator],
    released: Sequence[pd.DataFrame] = (),
    rounds: int = ROUNDS,
) -> Protected:
    """The public rows: same keys; a hidden cell keeps its key and the status `suppressed`, and nothing else.

    `relations` and `areas` are tables of the build, `declared` the indicators, `released` the public cells of earlier
    publications: whoever kept them knows what they showed. An empty table gives an empty table.
    """
    public = cells.reset_index(drop=True).copy()
    levels = dict(zip(areas["area"], areas["kind"].astype(str), strict=True))
    few = too_few_organisations(public, levels=levels, declared=declared)
    is_concerned = is_known(public) & public["indicator"].isin(_closed(declared)).to_numpy(dtype=bool)
    # Which of several patterns of the same cost is taken depends on the order of cells: it is always the same one.
    concerned = public[is_concerned].sort_values([*CELLS.key, "invented"]).index.to_numpy(dtype=np.int64)
    known = public.iloc[concerned].reset_index(drop=True)
    before, late = known_before(known, released), late_returns(known, released, relations)
    families = list(_families(known, relations))
    tasks = [
        _Task(
            known.iloc[own].reset_index(drop=True),
            few[concerned][own],
            before[own],
            _within(late, own),
            relations,
            areas,
            declared,
            rounds,
        )
        for own in families
    ]
    hidden = np.zeros(len(known), dtype=bool)
    must, unprotected = 0, 0
    components: list[Component] = []
    for own, (own_must, pattern) in zip(families, _patterns(tasks), strict=True):
        hidden[own] = pattern.hidden
        must += own_must
        components.extend(pattern.components)
        unprotected += len(pattern.unprotected)
    blank(public, concerned[hidden])
    return Protected(public, tuple(components), unprotected, must, int(hidden.sum()))


def blank(public: pd.DataFrame, rows: Positions) -> None:
    """Take everything but its key out of the rows at these positions."""
    public.loc[rows, ["numerator", "denominator", "units_expected", "units_reported"]] = None
    public.loc[rows, ["provisional", "unstable"]] = False
    public.loc[rows, ["source", "definition"]] = ""
    public.loc[rows, "status"] = CellStatus.SUPPRESSED


def _closed(declared: Mapping[str, Indicator]) -> list[str]:
    """Indicators of which something can be unsafe."""
    return [item.id for item in declared.values() if not item.disclosure.open and item.family is not Family.POPULATION]


def _families(known: pd.DataFrame, relations: pd.DataFrame) -> Iterator[Positions]:
    """Positions of the cells that add up with one another: those of one indicator, or of a register with its flows."""
    balance = relations[relations["kind"] == "balance"]
    first = dict(zip(balance["part"], balance["total"], strict=True))
    family = known["indicator"].map(lambda name: first.get(name, name)).to_numpy(dtype=str)
    yield from (np.flatnonzero(family == name) for name in np.unique(family))


def _within(late: Sequence[Late], family: Positions) -> tuple[Late, ...]:
    """What came late among the cells of a family, by their places there."""
    place = {int(cell): number for number, cell in enumerate(family)}
    return tuple(
        replace(
            item,
            cell=place[item.cell],
            parts=tuple(place[part] for part in item.parts),
            among=tuple(place[part] for part in item.among),
        )
        for item in late
        if item.cell in place
    )


@dataclass(frozen=True, slots=True)
class _Task:
    """Everything that one family needs, so that another process can do it."""

    cells: pd.DataFrame
    few: Flags
    before: Flags
    late: tuple[Late, ...]
    relations: pd.DataFrame
    areas: pd.DataFrame
    declared: Mapping[str, Indicator]
    rounds: int

    def portable(self) -> "_Task":
        """The same with what another process needs of the declarations: no words, and plain dictionaries."""
        plain = {
            name: replace(item, words={}, breaks_by={}, first_screen={}, breakdowns=dict(item.breakdowns))
            for name, item in self.declared.items()
        }
        return replace(self, declared=plain)

    def solved(self) -> tuple[int, Pattern]:
        """How many cells are hidden by rule, and the pattern."""
        levels = dict(zip(self.areas["area"], self.areas["kind"].astype(str), strict=True))
        rule = rules(self.cells, levels=levels, declared=self.declared)
        unsafe = unsafe_cells(self.cells, rule) | (self.few & ~rule.is_exempt)
        pattern = suppressed(self._problem(rule, unsafe), rounds=self.rounds)
        # What an earlier release showed is known; that it is small is no reason to show it again.
        pattern.hidden[unsafe & self.before] = True
        return int(unsafe.sum()), pattern

    def _problem(self, rule: Rules, unsafe: Flags) -> Problem:
        cells = self.cells
        whole = _whole(cells, rule)
        system = sums(cells, relations=self.relations, declared=self.declared, whole=whole, late=self.late)
        number, owner = cells["numerator"].to_numpy(dtype=float), system.of_cell
        limit = _of_owner(rule.limit, owner, otherwise=0.0)
        upper = np.full(system.variables, np.inf)
        upper[: len(cells)] = whole
        level = np.minimum(limit, upper)
        # Where few organisations could contribute each of them knows its own: the interval is as wide as the limit.
        own = np.flatnonzero(self.few)
        lowest = np.ones(system.variables)
        level[own], lowest[own] = np.minimum(number + rule.limit, whole)[own], number[own]
        first_large = limit.copy()
        first_large[own] = np.inf
        return Problem(
            sums=system,
            limit=first_large,
            zero_is_open=_of_owner(~rule.hides_zero & ~rule.hides_all, owner, otherwise=True),
            region=_of_owner(_regions(cells, self.areas), system.at_cell, otherwise=-1),
            upper=upper,
            must_hide=unsafe & ~self.before,
            may_hide=~unsafe & ~rule.is_exempt & ~self.before,
            cost=_costs(cells, self.areas),
            wanted=owner >= 0,
            up_level=level,
            down_level=lowest,
        )


def _patterns(tasks: Sequence[_Task]) -> list[tuple[int, Pattern]]:
    """The patterns of all families, in their order; the largest are begun first."""
    if sum(len(task.cells) for task in tasks) < _FEW:
        return [task.solved() for task in tasks]
    order = sorted(range(len(tasks)), key=lambda number: -len(tasks[number].cells))
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        begun = {number: pool.submit(_Task.solved, tasks[number].portable()) for number in order}
        return [begun[number].result() for number in range(len(tasks))]


def _whole(cells: pd.DataFrame, rule: Rules) -> Numbers:
    """Of what a share is a part; infinite for what is no share."""
    number, whole = (cells[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    found: Numbers = np.where(rule.is_share & (whole >= number), np.floor(whole), np.inf)
    return found


def _of_owner(of_cells: NDArray[_Kind], owner: Positions, *, otherwise: float) -> NDArray[_Kind]:
    """What holds for each variable: that of the cell whose rule it has."""
    return np.where(owner >= 0, of_cells[np.maximum(owner, 0)], otherwise).astype(of_cells.dtype)


def _regions(cells: pd.DataFrame, areas: pd.DataFrame) -> Positions:
    """A number for the region of each cell, -1 for the country."""
    region = [
        area if kind == AreaKind.REGION else parent if kind in (AreaKind.DISTRICT, AreaKind.REMAINDER) else ""
        for area, kind, parent in zip(areas["area"], areas["kind"].astype(str), areas["parent"], strict=True)
    ]
    number = {name: place for place, name in enumerate(sorted({*region} - {""}))}
    of_area = {area: number.get(name, -1) for area, name in zip(areas["area"], region, strict=True)}
    found: Positions = cells["area"].map(of_area).to_numpy(dtype=np.int64)
    return found


def _costs(cells: pd.DataFrame, areas: pd.DataFrame) -> Numbers:
    level = dict(zip(areas["area"], areas["kind"].astype(str), strict=True))
    of_level = cells["area"].map({area: _COST_OF_LEVEL.get(AreaKind(kind), 1.0) for area, kind in level.items()})
    of_grain = cells["grain"].map(_COST_OF_GRAIN)
    of_cut = np.where(cells["breakdown"] == ALL, _COST_OF_TOTAL, 1.0)
    cost: Numbers = of_level.to_numpy(dtype=float) * of_grain.to_numpy(dtype=float) * of_cut
    return cost
