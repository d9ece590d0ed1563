"""Everything that adds up among the cells of a build, as one sparse system of whole numbers.

The variables are the cells that can be unsafe or betray one that is, then what no cell shows but everybody can work
out or bound: the stretches between two numbers since 1 January, what a share leaves of its denominator, what a sum of
fewer units leaves of one of more. Each row says that its terms add up to a number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.registers import balance, between, changes_of
from riskmap.disclosure.releases import Late
from riskmap.disclosure.reporters import LAST, Reporters, Rest, SeriesKey
from riskmap.disclosure.series import Number, Series, Stretch, without_summer
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, Grain, Kind

Positions = NDArray[np.int64]

SERIES: Final = ["indicator", "area", "breakdown", "category", "invented"]


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


def sums(
    cells: pd.DataFrame,
    *,
    relations: pd.DataFrame,
    declared: Mapping[str, Indicator],
    whole: Numbers,
    late: Sequence[Late] = (),
) -> Sums:
    """The system of `cells`, which all carry a number; `whole` is the denominator of a share, else infinite.

    `late` says what earlier releases showed of fewer units.
    """
    rows = _Rows(len(cells))
    found = _series(cells, declared)
    lowest, has_parts = _lowest(found, relations), set(relations.loc[relations["axis"] == "area", "total"])
    _imply_totals(rows, found, relations)
    changes = _imply_changes(rows, found, relations)
    for key, series in found.items():
        owner = series.numbers[0].variable
        for variable in series.cut(rows.unseen):
            rows.owner[variable] = _owner_of(series, variable, owner)
        rows.add_all(series.lines)
        for lines, are_same in ((series.gaps, False), (series.same, True)):
            for terms in lines:
                gap = rows.of_units(lowest(key), owner) if key[1] in has_parts else next(rows.unseen)
                rows.add((*terms, (gap, -1)))
                if are_same:
                    rows.add_nothing(gap)
        for terms in series.bounds:
            rows.add((*terms, (next(rows.unseen), -1)))
    _add_late(rows, late, {number.variable: lowest(key) for key, series in found.items() for number in series.numbers})
    _add_sums(rows, found, relations, cells["numerator"].to_numpy(dtype=float))
    _add_balances(rows, found, relations, lowest)
    _add_rests(rows, found, relations, lowest)
    _add_changes(rows, found, relations, changes)
    for variable in np.flatnonzero(np.isfinite(whole)).tolist():
        rest = next(rows.unseen)
        rows.owner[rest] = variable
        rows.add(((variable, 1), (rest, 1)), float(whole[variable]))
    return rows.system(cells["numerator"].to_numpy(dtype=float))


def _owner_of(series: Series, variable: int, otherwise: int) -> int:
    """A cell whose rule is that of a stretch which no cell shows: the one that ends with it."""
    ends = {stretch[1]: item.variable for stretch, item in ((n.stretch, n) for n in series.numbers)}
    for stretch, atom in series.atoms.items():
        if atom == variable:
            return ends.get(stretch[1], otherwise)
    return otherwise


class _Rows:
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
        holds[of_rows] = found is not None
        completed[columns[of]] = 0.0 if found is None else found
    return completed, holds


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


def _series(cells: pd.DataFrame, declared: Mapping[str, Indicator]) -> dict[SeriesKey, Series]:
    missing = (cells["units_expected"] - cells["units_reported"]).fillna(0).to_numpy(dtype=np.int64)
    start, end = (column.tolist() for column in _days(cells, declared))
    found: dict[SeriesKey, list[Number]] = defaultdict(list)
    keys = zip(*(cells[name] for name in SERIES), strict=True)
    grains = {grain: Grain(grain) for grain in cells["grain"].unique()}
    for variable, (key, grain) in enumerate(zip(keys, cells["grain"], strict=True)):
        found[key].append(Number((start[variable], end[variable]), variable, grains[grain], int(missing[variable])))
    return {key: Series(declared[key[0]].kind, numbers) for key, numbers in found.items()}


def _days(cells: pd.DataFrame, declared: Mapping[str, Indicator]) -> tuple[Positions, Positions]:
    """First day of each cell and the day after its last; of what schools count without summers."""
    days = (cells[name].to_numpy().astype("datetime64[D]").astype(np.int64) for name in ("period_start", "period_end"))
    start, last = days
    taught = {item.id for item in declared.values() if item.kind is Kind.FLOW and item.school_months}
    first, end = without_summer(start), without_summer(last + 1)
    is_taught = cells["indicator"].isin(taught).to_numpy(dtype=bool) & (first < end)
    return np.where(is_taught, first, start), np.where(is_taught, end, last + 1)


def _lowest(found: Mapping[SeriesKey, Series], relations: pd.DataFrame) -> Callable[[SeriesKey], int]:
    """Of a series a cell of the lowest areas that its own consists of, itself where it consists of none."""
    below: dict[SeriesKey, Series] = {}
    key_of = {series.numbers[0].variable: key for key, series in found.items()}
    for total, parts, _ in _by_area(found, relations):
        below[key_of[total.numbers[0].variable]] = parts[0]

    def lowest(key: SeriesKey) -> int:
        while key in below:
            key = key_of[below[key].numbers[0].variable]
        return found[key].numbers[0].variable

    return lowest


def _add_late(rows: _Rows, late: Sequence[Late], lowest: Mapping[int, int]) -> None:
    """What came late: the number of today less that of an earlier release, and the sum of the units that it is of."""
    for item in late:
        variable = rows.of_units(lowest[item.cell], item.cell)
        rows.add(((item.cell, 1), (variable, -1)), item.before)
        if item.parts:
            rows.add((*((part, 1) for part in item.parts), (variable, -1)))
        if item.among:
            rows.add((*((part, 1) for part in item.among), (variable, -1)), item.among_before)


def _add_sums(rows: _Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, numbers: Numbers) -> None:
    """Areas and categories: on each stretch of days for which total and parts have numbers."""
    of_areas = [(*group, True) for group in _by_area(found, relations)]
    of_categories = [(*group, False) for group in _by_category(found, relations)]
    for total, parts, is_complete, adds_areas in (*of_areas, *of_categories):
        stretches = set(total.stretches).union(*(part.stretches for part in parts))
        for stretch in sorted(stretches):
            terms = _sum(rows, total, parts, stretch, is_complete=is_complete, numbers=numbers)
            if terms:
                rows.add(terms, adds_areas=adds_areas)


def _by_area(found: Mapping[SeriesKey, Series], relations: pd.DataFrame) -> Iterator[tuple[Series, list[Series], bool]]:
    above = _parents(relations)
    parts: dict[SeriesKey, list[Series]] = defaultdict(list)
    for (indicator, area, breakdown, category, invented), series in found.items():
        if area in above:
            parts[indicator, above[area], breakdown, category, invented].append(series)
    yield from ((found[key], members, True) for key, members in parts.items() if key in found)


def _by_category(
    found: Mapping[SeriesKey, Series], relations: pd.DataFrame
) -> Iterator[tuple[Series, list[Series], bool]]:
    own = relations[(relations["axis"] == "category") & (relations["kind"] == "sum")]
    declared: dict[tuple[str, str], set[str]] = defaultdict(set)
    for indicator, part in zip(own["indicator"], own["part"], strict=True):
        breakdown, _, category = part.partition(":")
        declared[indicator, breakdown].add(category)
    parts: dict[tuple[SeriesKey, str], dict[str, Series]] = defaultdict(dict)
    for (indicator, area, breakdown, category, invented), series in found.items():
        if category in declared.get((indicator, breakdown), ()):
            parts[(indicator, area, ALL, ALL, invented), breakdown][category] = series
    for (key, breakdown), members in parts.items():
        if key in found:
            yield found[key], list(members.values()), len(members) == len(declared[key[0], breakdown])


def _sum(
    rows: _Rows, total: Series, parts: Sequence[Series], stretch: Stretch, *, is_complete: bool, numbers: Numbers
) -> list[tuple[int, int]]:
    whole = total.terms(stretch)
    own = [part.shown(stretch) for part in parts]
    if not total.shown(stretch) or not any(own):
        own = [part.terms(stretch) for part in parts]
    of_parts = [variable for terms in own for variable in terms]
    if not whole or not of_parts:
        return []
    terms = [*((variable, 1) for variable in whole), *((variable, -1) for variable in of_parts)]
    if all(variable < len(numbers) for variable, _ in terms):
        # The numbers themselves say whether something is left over.
        is_open = sum(sign * numbers[variable] for variable, sign in terms) > 0
    else:
        is_missing = (not own_terms and part.overlaps(stretch) for part, own_terms in zip(parts, own, strict=True))
        is_open = not is_complete or any(is_missing)
    if is_open:
        terms.append((next(rows.unseen), -1))
    return terms


def _imply_totals(rows: _Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame) -> None:
    """A total of fewer units that no cell shows is told by its categories, where every one of them has a number."""
    for total, parts, is_complete in _by_category(found, relations):
        shown = {number.stretch for number in (*total.numbers, *total.implied)}
        by_stretch = [{number.stretch: number for number in part.numbers} for part in parts]
        for stretch in sorted(set.intersection(*(set(own) for own in by_stretch)) - shown if is_complete else ()):
            numbers = [own[stretch] for own in by_stretch]
            if numbers[0].missing and len({number.missing for number in numbers}) == 1:
                told = replace(numbers[0], variable=next(rows.unseen))
                rows.owner[told.variable] = total.numbers[0].variable
                rows.add([(told.variable, 1), *((number.variable, -1) for number in numbers)])
                total.implied.append(told)


def _parents(relations: pd.DataFrame) -> dict[str, str]:
    own = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    return dict(zip(own["part"], own["total"], strict=True))


def _imply_changes(
    rows: _Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame
) -> dict[SeriesKey, set[Stretch]]:
    """How many a lowest area placed on a register and removed from it between its days, which no cell shows.

    Only where all of the region have reported: what is told there of the register is all of these changes. Given are
    the stretches by series of the region.
    """
    above, flows = _parents(relations), changes_of(relations)
    told: dict[SeriesKey, set[Stretch]] = defaultdict(set)
    for key, stock in found.items():
        own = [((flow, key[1], *key[2:]), (flow, above.get(key[1], ""), *key[2:])) for flow, _ in flows.get(key[0], ())]
        if key[1] in above.values() or not own or not all(name in found for pair in own for name in pair):
            continue
        days = sorted({number.stretch[1] for number in stock.numbers})
        for stretch in zip(days, days[1:], strict=False):
            if all(found[total].is_whole(stretch) for _, total in own):
                for part, total in own:
                    told[total].add(stretch)
                    if not found[part].is_whole(stretch):
                        found[part].implied.append(Number(stretch, next(rows.unseen), Grain.QUARTER, 0))
    return told


def _add_changes(
    rows: _Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, changes: Mapping[SeriesKey, set[Stretch]]
) -> None:
    """What a region placed on a register between two days is what its parts did, none of them less than nothing."""
    parts = {id(total): members for total, members, _ in _by_area(found, relations)}
    for key, stretches in changes.items():
        total = found[key]
        for stretch in sorted(stretches - set(total.stretches)):
            own = [part.terms(stretch) for part in parts[id(total)]]
            terms = [*((variable, 1) for variable in total.terms(stretch)), *((v, -1) for part in own for v in part)]
            rows.add(terms if all(own) else [*terms, (next(rows.unseen), -1)])


def _add_rests(
    rows: _Rows,
    found: Mapping[SeriesKey, Series],
    relations: pd.DataFrame,
    lowest: Callable[[SeriesKey], int],
) -> None:
    """What areas have without the units that are missing in some of their numbers: all sums of what is left."""
    areas = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    balances = relations[relations["kind"] == "balance"]
    reporters = Reporters(
        found,
        areas.groupby("total")["part"].agg(sorted).to_dict(),
        balances.groupby("total")["part"].agg(sorted).to_dict(),
    )
    rests = {(rest.key, rest.missing): rest for rest in reporters.rests(rows.unseen)}
    for rest in rests.values():
        owner = found[rest.key].numbers[0].variable
        rows.add_all(rest.links)
        for variable in (*rest.series.cut(rows.unseen), *(line[-1][0] for line in rest.links)):
            rows.owner[variable] = owner
        rows.add_all(rest.series.lines)
        _add_others(rows, rest, reporters)
        for terms in rest.apart(found[rest.key]):
            rows.add((*terms, (rows.of_units(lowest(rest.key), owner), -1)))
    signs = {(row.total, row.part): int(row.sign) for row in balances.itertuples(index=False)}
    for (key, missing), rest in rests.items():
        flows = [
            (rests.get(((flow, *key[1:]), missing)), sign) for (total, flow), sign in signs.items() if total == key[0]
        ]
        changes = [(flow.series if flow else None, sign) for flow, sign in flows]
        for stretch in sorted(between(rest.series, [series for series, _ in changes if series])):
            terms, _ = balance(rest.series, changes, stretch)
            rows.add_all([terms] if terms else [])


def _add_others(rows: _Rows, rest: Rest, reporters: Reporters) -> None:
    units = (unit for unit in reporters.others(rest, LAST) if unit)
    for stretch in sorted(set(rest.series.stretches).union(*(unit.stretches for unit in units))):
        own = [unit.terms(stretch) if unit else () for unit in reporters.others(rest, stretch)]
        if (whole := rest.series.terms(stretch)) and any(own):
            terms = [*((variable, 1) for variable in whole), *((variable, -1) for unit in own for variable in unit)]
            rows.add(terms if all(own) else [*terms, (next(rows.unseen), -1)])


def _add_balances(
    rows: _Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, lowest: Callable[[SeriesKey], int]
) -> None:
    """A register: what stands at an end less what stood before is what was placed less what was removed."""
    changes, has_parts = changes_of(relations), set(relations.loc[relations["axis"] == "area", "total"])
    for key, stock in found.items():
        flows = [(found.get((flow, *key[1:])), sign) for flow, sign in changes.get(key[0], ())]
        for stretch in sorted(between(stock, [series for series, _ in flows if series])):
            terms, sign = balance(stock, flows, stretch)
            if sign and key[1] in has_parts:
                gap = rows.of_units(lowest(key), stock.numbers[0].variable)
                rows.add([*((variable, sign * factor) for variable, factor in terms), (gap, -1)])
            elif terms:
                rows.add(terms)
