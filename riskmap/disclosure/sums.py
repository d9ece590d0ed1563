"""Everything that adds up among the cells of a build, as one sparse system of whole numbers.

The variables are the cells that can be unsafe or betray one that is, then what no cell shows but everybody can work
out or bound: the stretches between two numbers since 1 January, what a share leaves of its denominator, what a sum of
fewer units leaves of one of more. Each row says that its terms add up to a number.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.primary import Numbers
from riskmap.disclosure.registers import balance, between, changes_of
from riskmap.disclosure.releases import Late
from riskmap.disclosure.reporters import LAST, Reporters, Rest, SeriesKey
from riskmap.disclosure.rows import Positions, Rows, Sums
from riskmap.disclosure.series import Number, Series, Stretch, without_summer
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, Grain, Kind

SERIES: Final = ["indicator", "area", "breakdown", "category", "invented"]


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
    rows = Rows(len(cells))
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
    _add_late(rows, late, found, lowest)
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


def _add_late(
    rows: Rows, late: Sequence[Late], found: Mapping[SeriesKey, Series], lowest: Callable[[SeriesKey], int]
) -> None:
    """What came late: the number of today less that of an earlier release, and the sum of the units that it is of."""
    cells = {item.cell for item in late}
    at = {
        number.variable: (key, number.stretch)
        for key, series in found.items()
        for number in series.numbers
        if number.variable in cells
    }
    for item in late:
        key, stretch = at[item.cell]
        variable = rows.of_units(lowest(key), item.cell)
        units = [found.get((key[0], unit, *key[2:])) for unit in item.units]
        if (terms := [unit.terms(stretch) if unit else () for unit in units]) and all(terms):
            rows.add((*((term, 1) for own in terms for term in own), (variable, -1)))
        rows.add(((item.cell, 1), (variable, -1)), item.before)
        if item.parts:
            rows.add((*((part, 1) for part in item.parts), (variable, -1)))
        if item.among:
            rows.add((*((part, 1) for part in item.among), (variable, -1)), item.among_before)


def _add_sums(rows: Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, numbers: Numbers) -> None:
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
    rows: Rows, total: Series, parts: Sequence[Series], stretch: Stretch, *, is_complete: bool, numbers: Numbers
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


def _imply_totals(rows: Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame) -> None:
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
    rows: Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame
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
        # A unit that lacks some of its own stands there with fewer than it moved.
        short = {number.stretch[1] for number in stock.numbers if not number.is_whole}
        for stretch in zip(days, days[1:], strict=False):
            if short.isdisjoint(stretch) and all(found[total].is_whole(stretch) for _, total in own):
                for part, total in own:
                    told[total].add(stretch)
                    if not found[part].is_whole(stretch):
                        found[part].implied.append(Number(stretch, next(rows.unseen), Grain.QUARTER, 0))
    return told


def _add_changes(
    rows: Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, changes: Mapping[SeriesKey, set[Stretch]]
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
    rows: Rows,
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


def _add_others(rows: Rows, rest: Rest, reporters: Reporters) -> None:
    units = (unit for unit in reporters.others(rest, LAST) if unit)
    for stretch in sorted(set(rest.series.stretches).union(*(unit.stretches for unit in units))):
        own = [unit.terms(stretch) if unit else () for unit in reporters.others(rest, stretch)]
        if (whole := rest.series.terms(stretch)) and any(own):
            terms = [*((variable, 1) for variable in whole), *((variable, -1) for unit in own for variable in unit)]
            rows.add(terms if all(own) else [*terms, (next(rows.unseen), -1)])


def _add_balances(
    rows: Rows, found: Mapping[SeriesKey, Series], relations: pd.DataFrame, lowest: Callable[[SeriesKey], int]
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
