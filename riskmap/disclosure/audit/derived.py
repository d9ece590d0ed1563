"""Numbers that no cell shows and that cells of different reporting sets tell together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities


class Told(StrEnum):
    """What a number is that is told without a cell of its own."""

    GAP = "gap"  # units that are missing in a longer number and not in the shorter ones
    STEP = "step"  # the same units from one day since January to the next
    LATE = "late"  # units that reported after an earlier release
    CHANGE = "change"  # what a register was changed by in an area that shows it of longer stretches: nobody's secret


TOLD: Final = tuple(Told)
_INTS: Final = ("told", "of", "start", "end", "release", "term", "number", "line", "quantity", "is_settled")
_FLOATS: Final = ("factor", "right", "line_factor")
_FLAGS: Final = ("is_bound", "is_release")


@dataclass(frozen=True, slots=True)
class Derived:
    """Such numbers, one entry each, and the lines that tell them; they are numbered after the quantities of cells."""

    told: Ints  # place in TOLD
    of: Ints  # series
    start: Ints
    end: Ints
    release: Ints  # that tells it together with today's; -1 where today's cells alone do
    term: Ints  # quantities of cells that it is worked out from, the margins first, of all numbers one after the other
    factor: Floats  # of each such term
    number: Ints  # of each such term which of the numbers it belongs to
    right: Floats  # of each line its right side
    line: Ints
    quantity: Ints
    line_factor: Floats
    is_bound: Flags  # of each line
    is_release: Flags  # of each line
    is_settled: Ints  # longer quantities whose sum of atoms one of the lines is

    @property
    def count(self) -> int:
        """How many numbers."""
        return len(self.of)

    def terms(self, number: int) -> tuple[Ints, Floats]:
        """What one of them is worked out from."""
        first, last = np.searchsorted(self.number, [number, number + 1])
        return self.term[first:last], self.factor[first:last]


@dataclass(slots=True)
class Collecting:
    """Derived numbers as they are found."""

    found: Quantities
    count: int = 0
    lines: int = 0
    ints: dict[str, list[Ints]] = field(default_factory=lambda: {name: [np.zeros(0, np.int64)] for name in _INTS})
    floats: dict[str, list[Floats]] = field(default_factory=lambda: {name: [np.zeros(0)] for name in _FLOATS})
    flags: dict[str, list[Flags]] = field(default_factory=lambda: {name: [np.zeros(0, np.bool_)] for name in _FLAGS})

    def add_numbers(
        self,
        told: Told,
        of: Ints,
        start: Ints,
        end: Ints,
        *,
        term: Ints,
        factor: Floats,
        number: Ints,
        release: int = NONE,
    ) -> Ints:
        """Numbers with their terms, `number` counted from 0; how each is numbered among all quantities."""
        own, order = len(of), np.argsort(number, kind="stable")
        new = {"of": of, "start": start, "end": end, "term": term[order], "number": self.count + number[order]}
        new |= {"told": np.full(own, TOLD.index(told)), "release": np.full(own, release)}
        for name, column in new.items():
            self.ints[name].append(column)
        self.floats["factor"].append(factor[order])
        first = len(self.found.key) + self.count
        self.count += own
        return first + np.arange(own)

    def add_lines(
        self,
        line: Ints,
        quantity: Ints,
        factor: Floats,
        *,
        right: Floats,
        is_bound: bool = False,
        is_release: bool = False,
    ) -> None:
        """Lines numbered from 0, their terms in any order; of a bound the sum is at least its right side."""
        for name, column in {"line": self.lines + line, "quantity": quantity}.items():
            self.ints[name].append(column)
        for name, numbers in {"right": right, "line_factor": factor}.items():
            self.floats[name].append(numbers)
        for name, flag in {"is_bound": is_bound, "is_release": is_release}.items():
            self.flags[name].append(np.full(len(right), flag))
        self.lines += len(right)

    def add_all(self, lines: Sequence[tuple[Sequence[tuple[int, float]], bool]], *, is_release: bool = False) -> None:
        """Lines, each as quantities with their factors and whether it is only a bound; their right sides are zero."""
        for is_bound in (False, True):
            chosen = [terms for terms, is_less in lines if is_less == is_bound]
            self.add_lines(
                np.repeat(np.arange(len(chosen)), [len(terms) for terms in chosen]).astype(np.int64),
                np.array([quantity for terms in chosen for quantity, _ in terms], dtype=np.int64),
                np.array([factor for terms in chosen for _, factor in terms], dtype=float),
                right=np.zeros(len(chosen)),
                is_bound=is_bound,
                is_release=is_release,
            )

    def derived(self) -> Derived:
        """All of them."""
        ints = {name: np.concatenate(pieces) for name, pieces in self.ints.items()}
        floats = {name: np.concatenate(pieces) for name, pieces in self.floats.items()}
        flags = {name: np.concatenate(pieces) for name, pieces in self.flags.items()}
        return Derived(
            told=ints["told"],
            of=ints["of"],
            start=ints["start"],
            end=ints["end"],
            release=ints["release"],
            term=ints["term"],
            factor=floats["factor"],
            number=ints["number"],
            right=floats["right"],
            line=ints["line"],
            quantity=ints["quantity"],
            line_factor=floats["line_factor"],
            is_bound=flags["is_bound"],
            is_release=flags["is_release"],
            is_settled=ints["is_settled"],
        )
