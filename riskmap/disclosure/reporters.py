"""Who is missing in a number of fewer units, and what an area has without them: a series of its own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from riskmap.disclosure.series import Number, Series, Stretch
from riskmap.domain.vocabulary import ALL, Kind

SeriesKey = tuple[str, str, str, str, bool]  # indicator, area, breakdown, category, invented
Line = list[tuple[int, int]]

LAST: Final = (0, 1 << 30)  # a stretch that ends after all others
_NEAR: Final = 100  # days around those on which units are missing within which a register is looked at


@dataclass(slots=True)
class Rest:
    """What an area has without some of its units; `links` say how it differs from numbers of more units."""

    key: SeriesKey
    missing: frozenset[str]
    series: Series
    links: list[Line]
    linked: set[Stretch]

    def apart(self, whole: Series) -> Iterator[Line]:
        """What the missing units have where nothing of their own says it: the whole area less the rest of it."""
        for stretch in sorted({*whole.stretches, *self.series.stretches} - self.linked):
            terms, rest = whole.terms(stretch), self.series.terms(stretch)
            if terms and rest and whole.missing(stretch) == 0:
                yield [*((variable, 1) for variable in terms), *((variable, -1) for variable in rest)]


class Reporters:
    """Tells of every number of fewer units which these are, where that can be told."""

    def __init__(
        self, found: Mapping[SeriesKey, Series], parts: Mapping[str, Sequence[str]], flows: Mapping[str, Sequence[str]]
    ) -> None:
        self._found, self._parts, self._flows = found, parts, flows

    def rests(self, unseen: Iterator[int]) -> list[Rest]:
        """Every area without the units that are missing in some of its numbers."""
        return [rest for key in self._found if self._is_lowest(key[1]) for rest in self._of(key, unseen)]

    def others(self, rest: Rest, stretch: Stretch) -> list[Series | None]:
        """The units that are in it in some days, None for one of which nothing is known in this figure."""
        kept = [area for area in self._parts[rest.key[1]] if area not in rest.missing]
        return [self._unit(rest.key, area) for area in kept if self._began(rest.key, area) < stretch[1]]

    def _began(self, key: SeriesKey, area: str) -> float:
        """The first day of which a unit has told anything."""
        seen = (item.stretch[0] for series in self._presence(key, area) for item in series.numbers)
        return min(seen, default=inf)

    def _is_lowest(self, area: str) -> bool:
        return area in self._parts and not any(part in self._parts for part in self._parts[area])

    def _of(self, key: SeriesKey, unseen: Iterator[int]) -> Iterator[Rest]:
        lacking: dict[frozenset[str], list[Number]] = defaultdict(list)
        for number in (*self._found[key].numbers, *self._found[key].implied):
            if number.missing and (missing := self._missing(key, number)):
                lacking[missing].append(number)
        for missing, numbers in lacking.items():
            yield self._rest(key, missing, numbers, lacking, unseen)

    def _rest(
        self,
        key: SeriesKey,
        missing: frozenset[str],
        own: Sequence[Number],
        lacking: Mapping[frozenset[str], Sequence[Number]],
        unseen: Iterator[int],
    ) -> Rest:
        whole, numbers = (
            self._found[key],
            {number.stretch: Number(number.stretch, number.variable, number.grain, 0) for number in own},
        )
        units = [self._unit(key, area) for area in sorted(missing)]
        window = _window(own, whole.kind)
        stretches = set(whole.stretches).union(*(unit.stretches for unit in units if unit))
        sums = {stretch: whole.terms(stretch) for stretch in stretches if whole.missing(stretch) == 0}
        gone = dict.fromkeys(sums, missing)
        for fewer, partial in lacking.items():
            if fewer < missing:
                sums |= {number.stretch: (number.variable,) for number in partial}
                gone |= {number.stretch: missing - fewer for number in partial}
        links, linked = list[Line](), set[Stretch]()
        known = {stretch for number in own for stretch in (number.stretch, (number.stretch[1], number.stretch[1]))}
        for stretch, terms in sorted(sums.items()):
            apart = [self._unit(key, area) for area in sorted(gone[stretch])]
            theirs = [unit.terms(stretch) if unit else () for unit in apart]
            is_within = window[0] <= stretch[0] and stretch[1] <= window[1]
            if is_within and stretch not in known and terms and all(theirs):
                number = Number(stretch, next(unseen), own[0].grain, 0)
                numbers[stretch] = number
                linked.add(stretch)
                links.append(
                    [*((v, 1) for v in terms), *((v, -1) for unit in theirs for v in unit), (number.variable, -1)]
                )
        return Rest(key, missing, Series(whole.kind, list(numbers.values())), links, linked)

    def _missing(self, key: SeriesKey, number: Number) -> frozenset[str]:
        """Units that are not seen to have reported all of a stretch, where they are as many as are missing."""
        kind = self._found[key].kind
        absent = [area for area in self._parts[key[1]] if not _covered(number.stretch, kind, self._presence(key, area))]
        # Not every part of an area is a unit that reports, and some were founded later.
        for chosen in (absent, [area for area in absent if self._began(key, area) < number.stretch[1]]):
            if len(chosen) == number.missing:
                return frozenset(chosen)
        return frozenset()

    def _unit(self, key: SeriesKey, area: str) -> Series | None:
        return self._found.get((key[0], area, *key[2:]))

    def _presence(self, key: SeriesKey, area: str) -> list[Series]:
        """Series of a unit that show that it reported: one return holds them all."""
        names = (key[0], *self._flows.get(key[0], ()))
        keys = {(name, area, *cut, key[4]) for name in names for cut in (key[2:4], (ALL, ALL))}
        return [self._found[own] for own in sorted(keys) if own in self._found]


def _window(own: Sequence[Number], kind: Kind) -> Stretch:
    first, last = min(number.stretch[0] for number in own), max(number.stretch[1] for number in own)
    return (first - _NEAR, last + _NEAR) if kind is Kind.STOCK else (first, last)


def _covered(stretch: Stretch, kind: Kind, seen: Sequence[Series]) -> bool:
    """Whether numbers cover all of the days: of a stock the last day is enough."""
    first, last = (stretch[1] - 1, stretch[1]) if kind is Kind.STOCK else stretch
    for start, end in sorted(
        (item.stretch[1] - 1, item.stretch[1]) if series.kind is Kind.STOCK else item.stretch
        for series in seen
        for item in series.numbers
    ):
        if start <= first < end:
            first = end
    return first >= last
