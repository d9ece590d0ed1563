"""Attackers who hold exact numbers of their own: each region, each district. What is theirs, nobody hides from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import process_time
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.attack import Attack, attack
from riskmap.disclosure.audit.bounds import System, reduce, tighten
from riskmap.disclosure.audit.judgement import Seen, judge
from riskmap.disclosure.audit.public import KEY
from riskmap.disclosure.audit.quantities import Flags, Floats, Quantities
from riskmap.disclosure.audit.rules import Targets
from riskmap.disclosure.audit.totals import Totals

_NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The exact number of every quantity of an office, NaN where it has none; and whose it is."""

    number: Floats
    region: "pd.Index[str]"  # of each quantity
    area: "pd.Index[str]"

    @classmethod
    def of(cls, held: pd.DataFrame, cells: pd.DataFrame, found: Quantities, regions: Mapping[str, str]) -> "Known":
        """From exact cells; `regions` says of each area in which region it lies."""
        numbers = (
            cells[[*KEY, "invented"]]
            .merge(held[[*KEY, "invented", "numerator"]], how="left", on=[*KEY, "invented"])["numerator"]
            .to_numpy(dtype=float)
        )
        number = np.full(len(found.of), np.nan)
        there = (found.of_cell >= 0) & ~np.isnan(numbers)
        number[found.of_cell[there]] = numbers[there]
        areas = found.series["area"].to_numpy()[found.of]
        return cls(number, pd.Index([regions.get(area, _NOBODY) for area in areas]), pd.Index(areas))


@dataclass(frozen=True, slots=True)
class OfficeAttack:
    """One office's attack: whom it is, the targets of others, and which of them it leaves without proof."""

    office: str
    targets: Targets
    result: Attack


def region_attacks(
    public: Attack, targets: Targets, reach: System, known: Known, totals: Totals, *, seen: Seen, until: float
) -> Iterator[OfficeAttack]:
    """The attack of every region that shares lines with hidden numbers of others; elsewhere it sees what all see.

    `seen` is what is seen of others in tables that hold against every region.
    """
    safe = targets.only(public.judgement.is_safe)
    for office, own, lines in _concerned(public, known.region):
        left = tighten(_fixed(reach, own, known)).system
        system = _fixed(_within(public.system, lines), own, known)
        concerned = _elsewhere(safe, system, own)
        concerned = _of_others(concerned, tighten(system).system, office, known, totals)
        if len(concerned.quantity):
            yield OfficeAttack(office, concerned, attack(system, concerned, left, until=until, seen=seen))


def _of_others(targets: Targets, system: System, office: str, known: Known, totals: Totals) -> Targets:
    """Of a total that the office is in only what others have is kept from it, where that is not known to everybody."""
    rows = np.flatnonzero(known.region[targets.quantity] == _NOBODY)
    own, kept = targets.own.copy(), np.ones(len(targets.quantity), dtype=bool)
    asked = targets.quantity[rows]
    own[rows] = totals.own(asked, office, system)
    kept[rows] = [totals.others_unknown(quantity, office) for quantity in asked.tolist()]
    return replace(targets, own=own).only(kept)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What districts can tell of others beyond what everybody can: attacks made, cells narrowed and recovered."""

    attacks: int
    narrowed: int
    recovered: int
    is_complete: bool


def district_attacks(
    public: Attack, targets: Targets, reach: System, known: Known, districts: Flags, *, until: float
) -> Narrowed:
    """By single lines, one after the other: what a district sees at once, not what a solver would find."""
    safe = targets.only(public.judgement.is_safe)
    attacks, narrowed, recovered = 0, set[int](), set[int]()
    nothing = Seen.nothing(public.system.lines.size)
    areas = pd.Index(np.where(districts, known.area, _NOBODY))
    for _, own, lines in _concerned(public, areas):
        if process_time() > until:
            return Narrowed(attacks, len(narrowed), len(recovered), False)
        attacks += 1
        system = _fixed(_within(public.system, lines), own, known)
        bounds = tighten(system).system
        concerned = _elsewhere(safe, system, own)
        lost = judge(concerned, bounds, nothing, reach).is_unsafe
        at = concerned.quantity[lost]
        narrowed |= set(at.tolist())
        recovered |= set(at[bounds.low[at] == bounds.high[at]].tolist())
    return Narrowed(attacks, len(narrowed), len(recovered), True)


def _concerned(public: Attack, owner: "pd.Index[str]") -> Iterator[tuple[str, Flags, Flags]]:
    """Every office with unknown quantities in components that hold those of others: its quantities, those lines."""
    lines = public.system.lines
    size = len(owner)
    codes, names = pd.factorize(owner)
    is_real = lines.quantity < size
    component = public.component[lines.line[is_real]]
    owners = codes[lines.quantity[is_real]]
    pairs = np.unique(np.stack([component, owners], axis=1), axis=0)
    shared = np.bincount(pairs[:, 0], minlength=1) > 1
    for code, office in enumerate(names):
        its = pairs[(pairs[:, 1] == code) & shared[pairs[:, 0]], 0]
        if office != _NOBODY and len(its):
            own = np.zeros(lines.size, dtype=bool)
            own[:size] = codes == code
            yield str(office), own, np.isin(public.component, its)


def _within(system: System, lines: Flags) -> System:
    return system.without(~lines)


def _fixed(system: System, own: Flags, known: Known) -> System:
    """The system with what is the office's own known; where that contradicts the public file, the file counts."""
    low, high = system.low.copy(), system.high.copy()
    at = np.flatnonzero(own[: len(known.number)] & ~np.isnan(known.number))
    at = at[(low[at] <= known.number[at]) & (known.number[at] <= high[at])]
    low[at] = high[at] = known.number[at]
    return reduce(replace(system, low=low, high=high))[0]


def _elsewhere(targets: Targets, system: System, own: Flags) -> Targets:
    """The targets of others that stand in lines of the system."""
    tied = np.zeros(system.lines.size, dtype=bool)
    tied[system.lines.quantity] = True
    return targets.only(tied[targets.quantity] & ~own[targets.quantity])
