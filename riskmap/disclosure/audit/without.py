"""What regions have without the units that are missing in some of their numbers: numbers and sums of their own."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Collecting, Told
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.places import Place, Places, Span
from riskmap.disclosure.audit.quantities import NONE, Quantities
from riskmap.disclosure.audit.sums import category_groups
from riskmap.domain.vocabulary import ALL

_NEAR: Final = 100  # days: how far from a day without some units a register is looked at
_EVER: Final = (0, 1 << 15)


@dataclass(slots=True)
class _Without:
    """A region without some of its units: what is known of it, each a stretch with quantities and their signs."""

    place: Place
    units: frozenset[str]
    known: dict[Span, list[tuple[int, float]]]
    implied: set[Span] = field(default_factory=set)  # of which these are told by categories alone
    linked: set[Span] = field(default_factory=set)  # told by the missing units' own numbers
    atoms: dict[Span, int] = field(default_factory=dict)

    def days_apart(self) -> dict[int, int]:
        """Days that bound its stretches, with the same number where what lies between two of them is told."""
        group = {day: day for span in self.known for day in span}
        for start, end in self.known:
            first, other = group[start], group[end]
            group = {day: first if name == other else name for day, name in group.items()}
        return group

    def within(self, span: Span) -> list[int]:
        """The atoms that make up a stretch, none where they do not."""
        if span in self.atoms:
            return [self.atoms[span]]
        inside = sorted(atom for atom in self.atoms if span[0] <= atom[0] and atom[1] <= span[1])
        if not inside or (inside[0][0], inside[-1][1]) != span:
            return []
        return [self.atoms[atom] for atom in inside] if _is_unbroken(inside) else []


def collect_without(
    collected: Collecting, cells: pd.DataFrame, relations: pd.DataFrame, incomplete: Incomplete
) -> None:
    """Its numbers between neighbouring days, and the lines that tell them: of periods, of areas and of registers."""
    model = _Model(collected.found, cells, relations, incomplete)
    found = list(model.regions())
    lines: list[tuple[list[tuple[int, float]], bool]] = []
    for own in found:
        _number(collected, own, model)
        lines += model.lines(own)
        lines += _numbered(collected, own, model)
    lines += model.balances(found)
    collected.add_all(lines)


def _number(collected: Collecting, own: _Without, model: "_Model") -> None:
    """A number for what lies between neighbouring days."""
    if model.is_stock[own.place[0]]:
        spans = sorted(own.known)
    else:
        days = sorted({day for span in own.known for day in span})
        pairs = zip(days, days[1:], strict=False)
        spans = [pair for pair in pairs if any(span[0] <= pair[0] and pair[1] <= span[1] for span in own.known)]
    # Told by the shortest of the numbers that hold it, and what stands beside it there.
    told = [
        min((span for span in own.known if _holds(span, atom)), key=lambda span: span[1] - span[0]) for atom in spans
    ]
    terms = [own.known[span] for span in told]
    number = np.repeat(np.arange(len(spans)), [len(each) for each in terms]).astype(np.int64)
    ids = collected.add_numbers(
        Told.STEP,
        np.full(len(spans), model.series[own.place], dtype=np.int64),
        np.array([span[0] for span in spans], dtype=np.int64),
        np.array([span[1] for span in spans], dtype=np.int64),
        term=np.array([quantity for each in terms for quantity, _ in each], dtype=np.int64),
        factor=np.array([factor for each in terms for _, factor in each], dtype=float),
        number=number,
    )
    own.atoms.update(zip(spans, ids.tolist(), strict=True))


def _numbered(collected: Collecting, own: _Without, model: "_Model") -> Iterator[tuple[list[tuple[int, float]], bool]]:
    """A number for what the missing units have, where nothing of their own says it, and the line that tells it."""
    together = own.days_apart()
    for span, whole, rest in model.apart(own):
        if together[span[0]] != together[span[1]]:
            # Nobody's number: those that are there have no more than all.
            yield [*((at, 1.0) for at in whole), *((atom, -1.0) for atom in rest)], True
            continue
        # Named by what is shown of all; what is shown without them is told beside it.
        beside = [(at, 0.0) for known, terms in own.known.items() if _holds(span, known) for at, _ in terms]
        terms = [*((at, 1.0) for at in whole), *beside]
        gap = collected.add_numbers(
            Told.GAP,
            np.array([model.series[own.place]], dtype=np.int64),
            np.array([span[0]], dtype=np.int64),
            np.array([span[1]], dtype=np.int64),
            term=np.array([at for at, _ in terms], dtype=np.int64),
            factor=np.array([factor for _, factor in terms]),
            number=np.zeros(len(terms), dtype=np.int64),
        )
        yield [*((at, 1.0) for at in whole), *((atom, -1.0) for atom in rest), (int(gap[0]), -1.0)], False


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _is_unbroken(spans: Sequence[Span]) -> bool:
    return all(before[1] == after[0] for before, after in zip(spans, spans[1:], strict=False))


class _Model(Places):
    """Quantities by series and stretch, and who has reported when."""

    def __init__(self, found: Quantities, cells: pd.DataFrame, relations: pd.DataFrame, incomplete: Incomplete) -> None:
        super().__init__(found, cells, relations, incomplete)
        self._implied = self._told_by_categories(relations)

    def regions(self) -> Iterator[_Without]:
        """Every region without some units that is told of."""
        for place, series in self.series.items():
            below = self.parts.get(place[1], [])
            if below and place[0] in self.counted and not any(part in self.parts for part in below):
                lacking = self._lacking(place, series)
                for units, known in lacking.items():
                    own = _Without(place, units, dict(known), set(self._implied.get(series, {})) & set(known))
                    self._add_fuller(own, lacking)
                    yield own

    def _lacking(self, place: Place, series: int) -> dict[frozenset[str], dict[Span, list[tuple[int, float]]]]:
        """Numbers of fewer units, by the units that are missing in them."""
        found: dict[frozenset[str], dict[Span, list[tuple[int, float]]]] = defaultdict(dict)
        for span in self.spans[series]:
            at = self.exact(series, span)
            if self.incomplete.missing[at] > 0 and (units := self._absent(place, span, self.incomplete.missing[at])):
                found[units][span] = [(at, 1.0)]
        for span, (missing, parts) in self._implied.get(series, {}).items():
            if units := self._absent(place, span, missing):
                found[units].setdefault(span, [(part, 1.0) for part in parts])
        return found

    def _add_fuller(
        self, own: _Without, lacking: Mapping[frozenset[str], Mapping[Span, list[tuple[int, float]]]]
    ) -> None:
        """Numbers of all units, or of more of them, less what those have that are missing here."""
        series, is_stock = self.series[own.place], self.is_stock[own.place[0]]
        first, last = min(span[0] for span in own.known), max(span[1] for span in own.known)
        if is_stock:
            last += _NEAR
            earliest = min(span[1] for span in own.known) - _NEAR
        units = {unit: self.series.get((own.place[0], unit, *own.place[2:])) for unit in own.units}
        spans = {
            *self.spans[series],
            *(span for unit in units.values() if unit is not None for span in self.spans[unit]),
        }
        fuller = {span: (self.whole(series, span), own.units) for span in spans}
        for others, known in lacking.items():
            if others < own.units:
                fuller |= {span: ([at for at, _ in terms], own.units - others) for span, terms in known.items()}
        for span, (whole, gone) in fuller.items():
            inside = earliest <= span[1] <= last if is_stock else first <= span[0] and span[1] <= last
            theirs = [self.terms(units[unit], span) for unit in gone]
            if inside and whole and all(theirs) and span not in own.known:
                own.linked.add(span)
                own.known[span] = [*((at, 1.0) for at in whole), *((at, -1.0) for terms in theirs for at in terms)]

    def lines(self, own: _Without) -> Iterator[tuple[list[tuple[int, float]], bool]]:
        """Each number is the sum of what lies in it; and what other units have adds up to it."""
        for span, terms in own.known.items():
            yield [*terms, *((atom, -1.0) for atom in own.within(span))], False
        spans = set(own.known)
        for unit in self._others(own, _EVER):
            spans |= set(self.spans[self.series.get((own.place[0], unit, *own.place[2:]), NONE)])
        for span in sorted(spans):
            parts = [
                self.terms(self.series.get((own.place[0], unit, *own.place[2:])), span)
                for unit in self._others(own, span)
            ]
            if (atoms := own.within(span)) and any(parts):
                whole = [(atom, 1.0) for atom in atoms]
                yield [*whole, *((at, -1.0) for terms in parts for at in terms)], not all(parts)

    def apart(self, own: _Without) -> Iterator[tuple[Span, list[int], list[int]]]:
        """Stretches that are told of all units and without the missing ones, whose own numbers do not tell them."""
        series = self.series[own.place]
        for span in sorted({*self.spans[series], *own.known} - own.linked):
            whole = self.terms(series, span) if span in own.implied else self.whole(series, span)
            if whole and (rest := own.within(span)):
                yield span, whole, rest

    def balances(self, found: Sequence[_Without]) -> Iterator[tuple[list[tuple[int, float]], bool]]:
        """What stands on one day less what stood on another are those placed less those removed, without them too."""
        by_place = {(own.place, own.units): own for own in found}
        for own in found:
            flows = [
                (by_place.get(((part, *own.place[1:]), own.units)), sign)
                for total, part, sign in self.changes
                if total == own.place[0]
            ]
            changes = [(flow, sign) for flow, sign in flows if flow]
            if changes and len(changes) == len(flows):
                days = sorted(day for _, day in own.atoms)
                spans = set(zip(days, days[1:], strict=False)).union(*(flow.known for flow, _ in changes))
                yield from self._balance(own, changes, spans)

    def _balance(
        self, own: _Without, changes: Sequence[tuple[_Without, float]], spans: set[Span]
    ) -> Iterator[tuple[list[tuple[int, float]], bool]]:
        for start, end in sorted(spans):
            moved = [([(atom, -sign) for atom in flow.within((start, end))]) for flow, sign in changes]
            if (0, start) in own.atoms and (0, end) in own.atoms and all(moved):
                ends = [(own.atoms[0, end], 1.0), (own.atoms[0, start], -1.0)]
                yield [*ends, *(term for terms in moved for term in terms)], False

    def _absent(self, place: Place, span: Span, missing: float) -> frozenset[str]:
        """The units that are not seen to have reported all of a stretch, where they are as many as are missing."""
        below = self.parts[place[1]]
        unseen = [unit for unit in below if not self._has_reported(place, unit, span)]
        for chosen in (unseen, [unit for unit in unseen if self._began(place, unit) < span[1]]):
            if len(chosen) == missing:
                return frozenset(chosen)
        return frozenset()

    def _others(self, own: _Without, span: Span) -> list[str]:
        """Units beside the missing ones that had told anything by then."""
        below = self.parts[own.place[1]]
        return [unit for unit in below if unit not in own.units and self._began(own.place, unit) < span[1]]

    def _seen(self, place: Place, unit: str) -> Iterator[Span]:
        """Stretches of which a unit has told a number in the same figure, or its totals: one return holds them all."""
        names = [place[0], *(part for total, part, _ in self.changes if total == place[0])]
        for name in names:
            for cut in {place[2:4], (ALL, ALL)}:
                if (series := self.series.get((name, unit, cut[0], cut[1], place[4]))) is not None:
                    is_stock = self.is_stock[name]
                    yield from ((end - 1, end) if is_stock else (start, end) for start, end in self.spans[series])

    def _has_reported(self, place: Place, unit: str, span: Span) -> bool:
        day, last = (span[1] - 1, span[1]) if self.is_stock[place[0]] else span
        for start, end in sorted(self._seen(place, unit)):
            day = max(day, end) if start <= day else day
        return day >= last

    def _began(self, place: Place, unit: str) -> int:
        return min((start for start, _ in self._seen(place, unit)), default=_EVER[1])

    def _told_by_categories(self, relations: pd.DataFrame) -> dict[int, dict[Span, tuple[float, list[int]]]]:
        """Totals that no cell shows but all categories tell: how many units are missing in each, and its parts."""
        groups = category_groups(self.found, relations)
        told: dict[int, dict[Span, tuple[float, list[int]]]] = defaultdict(dict)
        for group, total in enumerate(groups.total.tolist()):
            parts = groups.part[groups.group == group].tolist()
            if groups.is_short[group]:
                continue
            for span in set.intersection(*(set(self.spans[part]) for part in parts)) - set(self.spans[total]):
                own = [self.exact(part, span) for part in parts]
                missing = self.incomplete.missing[own]
                if missing[0] > 0 and (missing == missing[0]).all():
                    told[total][span] = (float(missing[0]), own)
        return told
