"""Areas of one kind and size beside each other: what is left of them without one, and which of them may be silent."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from riskmap.analytics.rows import lacks_parts
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus, Family
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.silence import silence
from riskmap.methods.smoothing import marshall_prior

FEWEST_OTHERS: Final = 3
REPORTED: Final = (Family.RECORDED, Family.OUTCOME)  # few of them may mean that they are not recorded


@dataclass(frozen=True, slots=True)
class Left:
    """The areas of a group without one of them: their events, their people, and how many have values."""

    count: float
    people: float
    areas: int


@dataclass(frozen=True, slots=True)
class Members:
    """The areas of one group: how many there are, the numbers of those with values, and which may be silent."""

    number: int
    known: Mapping[str, Any]
    count: float
    people: float
    silent: frozenset[str]

    @classmethod
    def of(cls, item: Indicator, cells: Sequence[Any]) -> "Members":
        """The group whose areas have these cells of one period."""
        known = {
            cell.area: cell
            for cell in cells
            if cell.status == CellStatus.VALUE and not number_fault(item, cell.numerator, cell.denominator)
        }
        count, people = (sum(getattr(cell, name) for cell in known.values()) for name in ("numerator", "denominator"))
        members = cls(len(cells), known, count, people, frozenset())
        if item.interval != "poisson" or item.family not in REPORTED:
            return members
        return cls(len(cells), known, count, people, frozenset(_silent(members)))

    def without(self, cell: Any) -> Left | None:
        """The others with values; None where these are too few."""
        own = cell.area in self.known
        others = len(self.known) - own
        among = np.arange(self.number - 1) < others
        if others < FEWEST_OTHERS or too_few_areas(among):
            return None
        mine = (cell.numerator, cell.denominator) if own else (0, 0)
        return Left(self.count - mine[0], self.people - mine[1], others)


def _silent(members: Members) -> Iterator[str]:
    """Areas with so few events that it would hardly happen at the rate of the others, allowing for how these differ."""
    cells = list(members.known.values())
    if not cells or members.without(cells[0]) is None:
        return
    numbers = [cell.numerator for cell in cells], [cell.denominator for cell in cells]
    prior = marshall_prior(*numbers)
    if isinstance(prior, Refused):
        return
    found = silence(*numbers, dispersion=1 / prior.shape if prior.variance else 0)
    # A sum without some of its areas has few events for another reason.
    yield from (x.area for x, is_so in zip(cells, found.is_flagged, strict=True) if is_so and not lacks_parts(x))


def number_fault(item: Indicator, count: float, people: float) -> Reason | None:
    """Why a pair of numbers cannot be tested: no people, or a mean where a test takes whole numbers."""
    if math.isnan(people) or people <= 0:
        return Reason.NO_PEOPLE
    is_whole = count % 1 == 0 and (item.interval == "poisson" or people % 1 == 0)
    return None if is_whole else Reason.NOT_WHOLE
