"""What people do instead of optimisation: hide a sibling in every line, attack, hide one more where it was not enough.

Each rule takes cells, what adds up in them and an attack, and hides until the attack finds nothing. The best of them is
what the optimiser is measured by.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.disclosure.primary import is_known, rules, unsafe_cells
from riskmap.domain.registry import Indicator
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, CellStatus, Kind

Flags = NDArray[np.bool_]
Key = tuple[Hashable, ...]
# Given cells as everybody sees them: the keys (in the order of the table) of numbers that are not safe. What no cell
# shows has the key of the cell that ends with it.
Attack = Callable[[pd.DataFrame], Iterable[Key]]

_ROUNDS: Final = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One sum: the place of its total among the cells, and those of its parts."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a rule hides, and whether the attack finds nothing in the end."""

    mask: Flags
    passes: bool


def smallest_sibling(cells: pd.DataFrame, **given: Any) -> Hidden:
    """In every line with one hidden cell the smallest visible part that is no small number itself goes too."""
    return _repeated(_Hiding(cells, smallest=True, **_without_attack(given)), given["attack"])


def largest_sibling(cells: pd.DataFrame, **given: Any) -> Hidden:
    """The same with the largest part."""
    return _repeated(_Hiding(cells, smallest=False, **_without_attack(given)), given["attack"])


def whole_line(cells: pd.DataFrame, **given: Any) -> Hidden:
    """All parts of every line in which one is hidden."""
    return _repeated(_Hiding(cells, smallest=True, whole=True, **_without_attack(given)), given["attack"])


RULES: Final[Mapping[str, Callable[..., Hidden]]] = {
    "smallest sibling": smallest_sibling,
    "largest sibling": largest_sibling,
    "whole line": whole_line,
}


def _without_attack(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "attack"}


def _repeated(hiding: "_Hiding", attack: Attack) -> Hidden:
    """Attack and repair until nothing is found, or nothing is left to be hidden."""
    hiding.settle(range(len(hiding.lines)))
    for _ in range(_ROUNDS):
        found = [hiding.place_of[key] for key in attack(hiding.public()) if key in hiding.place_of]
        if not found:
            return Hidden(hiding.hidden, passes=True)
        before = hiding.hidden.sum()
        for place in found:
            hiding.repair(place)
        if hiding.hidden.sum() == before:
            break
    return Hidden(hiding.hidden, passes=False)


class _Hiding:
    """Cells with what is hidden of them so far; places are those in the table given."""

    def __init__(
        self,
        cells: pd.DataFrame,
        *,
        relations: pd.DataFrame,
        levels: Mapping[str, str],
        declared: Mapping[str, Indicator],
        smallest: bool,
        whole: bool = False,
    ) -> None:
        self.cells = cells.reset_index(drop=True)
        rule = rules(self.cells, levels=levels, declared=declared)
        self.hidden = unsafe_cells(self.cells, rule)
        self.is_fixed = ~is_known(self.cells) | rule.is_exempt | rule.is_open
        count = self.cells["numerator"].fillna(0).to_numpy(dtype=float)
        # A small number or a zero is no company: it goes last.
        last = (count < rule.limit) if smallest else np.zeros(len(count), dtype=bool)
        order = np.lexsort((count if smallest else -count, last))
        self.turn = np.empty(len(count), dtype=np.int64)
        self.turn[order] = np.arange(len(count))
        self.is_whole = whole
        self.place_of = {
            key: place for place, key in enumerate(self.cells[list(CELLS.key)].itertuples(index=False, name=None))
        }
        self.lines = list(lines(self.cells, relations=relations, declared=declared))
        self.of: dict[int, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            for place in (line.total, *line.parts):
                self.of[place].append(number)

    def public(self) -> pd.DataFrame:
        """The cells as everybody sees them."""
        public = self.cells.copy()
        public.loc[self.hidden, ["numerator", "denominator", "units_expected", "units_reported"]] = None
        public.loc[self.hidden, "status"] = CellStatus.SUPPRESSED
        return public

    def settle(self, numbers: Iterable[int]) -> None:
        """Hide until no line has one hidden cell alone; `numbers` are those of the lines to begin with."""
        waiting = list(numbers)
        while waiting:
            line = self.lines[waiting.pop()]
            parts = [place for place in line.parts if self.hidden[place]]
            is_alone = len(parts) + bool(self.hidden[line.total]) == 1
            if is_alone or (self.is_whole and parts and any(map(self._is_open, line.parts))):
                waiting += self._hide(self._company(line))

    def repair(self, place: int) -> None:
        """Hide what the attack has found, or the next of its siblings in any line."""
        if not self.hidden[place] and not self.is_fixed[place]:
            self.settle(self._hide([place]))
            return
        siblings = [one for number in self.of[place] for one in self._company(self.lines[number])]
        chosen = siblings if self.is_whole else sorted(set(siblings), key=self.turn.__getitem__)[:1]
        self.settle(self._hide(chosen))

    def _company(self, line: Line) -> list[int]:
        """Who is hidden next in a line; its total where no part is left."""
        open_parts = [place for place in line.parts if self._is_open(place)]
        if not open_parts:
            return [line.total] if self._is_open(line.total) else []
        return open_parts if self.is_whole else [min(open_parts, key=self.turn.__getitem__)]

    def _is_open(self, place: int) -> bool:
        return not (self.hidden[place] or self.is_fixed[place])

    def _hide(self, places: Sequence[int]) -> list[int]:
        """Hide these; the numbers of their lines."""
        for place in places:
            self.hidden[place] = True
        return [number for place in places for number in self.of[place]]


def lines(cells: pd.DataFrame, *, relations: pd.DataFrame, declared: Mapping[str, Indicator]) -> Iterator[Line]:
    """Every sum among the cells that carry a number: areas, categories, periods, registers."""
    known = np.flatnonzero(is_known(cells))
    names = ["indicator", "area", "breakdown", "category", "invented"]
    series: dict[Key, dict[tuple[Any, Any, str], int]] = defaultdict(dict)
    columns = (cells[name].iloc[known] for name in (*names, "period_start", "period_end", "grain"))
    for place, *of in zip(known, *columns, strict=True):
        series[tuple(of[:5])][of[5], of[6] + pd.Timedelta(days=1), str(of[7])] = int(place)
    yield from _over(series, relations)
    for key, own in series.items():
        kind = declared[str(key[0])].kind
        if kind in (Kind.FLOW, Kind.STOCK):
            yield from _over_periods(own, is_flow=kind is Kind.FLOW)
    yield from _balances(series, relations)


def _over(series: Mapping[Key, Mapping[Any, int]], relations: pd.DataFrame) -> Iterator[Line]:
    """Areas and categories, period by period."""
    sums = relations[relations["kind"] == "sum"]
    areas = dict(sums.loc[sums["axis"] == "area", ["part", "total"]].itertuples(index=False, name=None))
    cuts = set(sums.loc[sums["axis"] == "category", ["indicator", "part"]].itertuples(index=False, name=None))
    parts: dict[Any, list[int]] = defaultdict(list)
    for (item, area, cut, part, invented), own in series.items():
        above = (item, areas.get(area), cut, part, invented)
        whole = (item, area, ALL, ALL, invented)
        for when, place in own.items():
            if when in series.get(above, ()):
                parts["area", above, "", when].append(place)
            if (item, f"{cut}:{part}") in cuts and when in series.get(whole, ()):
                parts["category", whole, cut, when].append(place)
    yield from (Line(series[total][when], tuple(places)) for (_, total, _, when), places in parts.items())


def _over_periods(own: Mapping[tuple[Any, Any, str], int], *, is_flow: bool) -> Iterator[Line]:
    """Of a flow every period and the shorter ones of one grain, or the stretch before and its rest, that make it up."""
    ordered = sorted(own)
    for number, total in enumerate(ordered):
        same = [other for other in ordered[:number] if other[1] == total[1] and (not is_flow or other[0] == total[0])]
        yield from (Line(own[total], (own[other],)) for other in same[:1])
        if is_flow:
            inside = [one for one in ordered if total[0] <= one[0] and one[1] <= total[1] and one[:2] != total[:2]]
            for grain in sorted({one[2] for one in inside}):
                tiles = [one for one in inside if one[2] == grain]
                is_chain = all(one[1] == following[0] for one, following in pairwise(tiles))
                if is_chain and (tiles[0][0], tiles[-1][1]) == total[:2]:
                    yield Line(own[total], tuple(own[one] for one in tiles))
            for one in inside:
                rest = [other for other in inside if other[:2] == (one[1], total[1])]
                if one[0] == total[0] and rest and rest[0][2] != one[2]:
                    yield Line(own[total], (own[one], own[rest[0]]))


def _balances(series: Mapping[Key, Mapping[Any, int]], relations: pd.DataFrame) -> Iterator[Line]:
    """What stands at the end of a month or quarter, and what it follows from."""
    flows: dict[str, list[str]] = defaultdict(list)
    for total, part in relations.loc[relations["kind"] == "balance", ["total", "part"]].itertuples(index=False):
        flows[total].append(part)
    for (item, *rest), own in series.items():
        ends = {when[1]: place for when, place in own.items()} if str(item) in flows else {}
        for when, place in own.items() if ends else ():
            moved = [series.get((flow, *rest), {}).get(when) for flow in flows[str(item)]]
            places = [ends.get(when[0]), *moved]
            if None not in places:
                yield Line(place, tuple(one for one in places if one is not None))
