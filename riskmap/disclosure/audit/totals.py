"""What totals are made of: what one area has in them, and which of their areas nobody knows."""

from dataclasses import dataclass, field

import numpy as np

from riskmap.disclosure.audit.bounds import System
from riskmap.disclosure.audit.derived import Derived
from riskmap.disclosure.audit.quantities import NONE, Ints, Quantities, series_rows
from riskmap.disclosure.audit.sums import Groups


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of areas, cells as well as what is told without a cell; `system` is what everybody knows."""

    found: Quantities
    derived: Derived
    groups: Groups
    system: System
    _unknown: dict[int, frozenset[str]] = field(default_factory=dict)

    def own(self, quantities: Ints, area: str, system: System) -> list[float]:
        """What an area has in each of these totals, by the bounds of a system; zero where they do not tell."""
        series = series_rows(self.found.series, area=area)
        return [self._own(quantity, series, system) for quantity in quantities.tolist()]

    def others_unknown(self, quantity: int, area: str) -> bool:
        """Whether a total holds an area beside this one whose part in it nobody can tell."""
        if quantity not in self._unknown:
            self._unknown[quantity] = frozenset(
                name for term, _ in self._terms(quantity) for name in self._unknown_parts(term)
            )
        return bool(self._unknown[quantity] - {area})

    def _terms(self, quantity: int) -> list[tuple[int, float]]:
        """The cells that a number is worked out from."""
        number = quantity - len(self.found.key)
        if number < 0:
            return [(quantity, 1.0)]
        terms, factors = self.derived.terms(number)
        return [(int(term), float(sign)) for term, sign in zip(terms, factors, strict=True) if sign]

    def _own(self, quantity: int, series: Ints, system: System) -> float:
        number = quantity - len(self.found.key)
        if number >= 0 and self.derived.release[number] != NONE:
            return self._own_late(number, series, system)
        total = 0.0
        for term, sign in self._terms(quantity):
            own = self._number(int(series[self.found.of[term]]), term, system)
            if own is None:
                return 0.0
            total += sign * own
        return total

    def _own_late(self, number: int, series: Ints, system: System) -> float:
        """Its own late reports since the same release.

        Where its number of then was hidden only itself knows them: as many as its own numbers add to what all know.
        """
        derived = self.derived
        same = (derived.of == series[derived.of[number]]) & (derived.release == derived.release[number])
        same &= (derived.start == derived.start[number]) & (derived.end == derived.end[number])
        at = len(self.found.key) + np.flatnonzero(same)
        if len(at) == 1 and system.low[at[0]] == system.high[at[0]]:
            return float(system.low[at[0]])
        own = len(self.found.key) + number
        return max(0.0, float(system.low[own] - self.system.low[own]))

    def _unknown_parts(self, quantity: int) -> list[str]:
        """Areas of which nobody can tell what they have in a total; the area itself where none is known to be in it."""
        found, groups = self.found, self.groups
        of = int(found.of[quantity])
        group = int(np.searchsorted(groups.total, of))
        if group == len(groups.total) or groups.total[group] != of:
            return [str(found.series["area"].iat[of])]
        first, last = np.searchsorted(groups.group, [group, group + 1])
        areas = found.series["area"]
        return [
            str(areas.iat[part])
            for part in groups.part[first:last].tolist()
            if self._touches(part, quantity) and self._number(part, quantity, self.system) is None
        ]

    def _touches(self, series: int, quantity: int) -> bool:
        """Whether a series has any number in the stretch of a quantity."""
        found = self.found
        place = (np.array([series]), found.start[[quantity]], found.end[[quantity]])
        return bool(found.find(*place)[0] != NONE or found.touches(*place)[0])

    def _number(self, series: int, quantity: int, system: System) -> float | None:
        """The number of a series in the stretch of a quantity, where the bounds leave only one."""
        if series == NONE:
            return None
        found = self.found
        place = (np.array([series]), found.start[[quantity]], found.end[[quantity]])
        at = found.find(*place)
        if at[0] == NONE:
            first, last, is_tiled = found.tiled(*place)
            if not is_tiled[0]:
                return None
            at = found.atom_quantity[first[0] : last[0]]
        is_known = (system.low[at] == system.high[at]).all()
        return float(system.low[at].sum()) if is_known else None
