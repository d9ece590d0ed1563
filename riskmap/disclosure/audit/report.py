"""What an audit found, as numbers, as keys of cells, and as a plain document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class CellKey:
    """The key of a cell; a stretch of days that no cell shows has no grain."""

    indicator: str
    area: str
    grain: str
    period_start: date
    period_end: date
    breakdown: str
    category: str

    def document(self) -> dict[str, str]:
        """Its parts as texts."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which counts an attacker knows a number to lie; without an upper one there is no end to it.

    What is told of units without a cell of their own goes by the cell of the total that tells it, and `told` says what
    it is.
    """

    cell: CellKey
    low: int
    high: int | None
    is_leak: bool = False  # proved too narrow; else only not proved wide enough within the limit
    beside: tuple[CellKey, ...] = ()  # visible cells in a line with it: hiding one of them widens it
    told: str = ""  # gap, step or late; nothing where the number is that of the cell

    def document(self) -> dict[str, Any]:
        """Its parts for another program."""
        beside = {"beside": [key.document() for key in self.beside]} if self.beside else {}
        told = {"told": self.told} if self.told else {}
        return {**self.cell.document(), "low": self.low, "high": self.high, "is_leak": self.is_leak, **told, **beside}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the attack was made on."""

    cells: int
    hidden: int
    lines: Mapping[str, int]  # by kind
    left_out: int  # lines that contradict others
    components: int  # that hold anything unknown
    largest: int  # lines of the largest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a kind of attacker can and cannot tell."""

    attacks: int
    proved: int
    unproved: tuple[Interval, ...]
    told_before: int = 0  # numbers that earlier publications tell by themselves, as far as these do

    @property
    def leaks(self) -> int:
        """How many are proved to be too narrow."""
        return sum(found.is_leak for found in self.unproved)

    def document(self) -> dict[str, Any]:
        """Its parts for another program."""
        return {
            "attacks": self.attacks,
            "proved": self.proved,
            "leaks": self.leaks,
            "told_before": self.told_before,
            "unproved": [found.document() for found in self.unproved],
        }


@dataclass(frozen=True, slots=True)
class Districts:
    """What districts could tell of each other, measured by single lines; it never fails an audit."""

    attacks: int
    narrowed: int
    recovered: int
    is_complete: bool  # whether all were made within the limit


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Everything an audit found; `regions` and `districts` only where it was told what offices hold."""

    scope: Scope
    public: Outcome
    regions: Outcome | None
    districts: Districts | None
    narrowest: tuple[Interval, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every hidden number is proved safe from everybody and from each region."""
        return not self.unproved

    @property
    def told_before(self) -> int:
        """How many numbers are as narrow as earlier publications made them by themselves, from whomever."""
        return self.public.told_before + (self.regions.told_before if self.regions else 0)

    @property
    def unproved(self) -> tuple[Interval, ...]:
        """Everything that is not proved safe from everybody, or from a region."""
        return (*self.public.unproved, *(self.regions.unproved if self.regions else ()))

    def document(self) -> dict[str, Any]:
        """Its parts for another program."""
        scope = {name: getattr(self.scope, name) for name in self.scope.__slots__}
        districts = self.districts
        return {
            "passed": self.passed,
            "scope": {**scope, "lines": dict(self.scope.lines)},
            "public": self.public.document(),
            "regions": self.regions.document() if self.regions else None,
            "districts": {name: getattr(districts, name) for name in districts.__slots__} if districts else None,
            "narrowest": [found.document() for found in self.narrowest],
            "seconds": round(self.seconds, 1),
        }
