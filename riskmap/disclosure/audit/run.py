"""The whole audit: lines, the attack of everybody, the attacks of offices, the report."""

from dataclasses import dataclass, replace
from time import monotonic, process_time
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.attack import Attack, attack, sharpened
from riskmap.disclosure.audit.bounds import System, followed, reduce, tighten
from riskmap.disclosure.audit.changes import collect_changes
from riskmap.disclosure.audit.derived import Collecting, Derived
from riskmap.disclosure.audit.gaps import collect_gaps
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.judgement import judge
from riskmap.disclosure.audit.late import collect_late
from riskmap.disclosure.audit.local import local_tables
from riskmap.disclosure.audit.names import Names
from riskmap.disclosure.audit.offices import Known, district_attacks, region_attacks
from riskmap.disclosure.audit.public import KEY, Tables, attackable, last_shown, with_units
from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities, quantities
from riskmap.disclosure.audit.registers import balances, collect_register_gaps
from riskmap.disclosure.audit.report import AuditReport, CellKey, Districts, Interval, Outcome, Scope
from riskmap.disclosure.audit.rules import Targets, published_by_state, targets
from riskmap.disclosure.audit.sums import KINDS, LineKind, Lines, area_groups, known_lines, with_facts
from riskmap.disclosure.audit.totals import Totals
from riskmap.disclosure.audit.without import collect_without
from riskmap.domain.areas import AreaKind

SECONDS: Final = 120.0
_NARROWEST: Final = 10
_LOOKED_AT: Final = 40  # among so many with the narrowest bounds by single lines the narrowest are looked for


@dataclass(frozen=True, slots=True)
class _Model:
    """What everything is worked out from."""

    cells: pd.DataFrame
    found: Quantities
    derived: Derived
    lines: Lines
    targets: Targets
    system: System
    reach: System  # what figures of the state leave
    before: System  # and what was published before


def audit_tables(
    tables: Tables, *, held: pd.DataFrame | None = None, time_limit_seconds: float = SECONDS
) -> AuditReport:
    """The report on tables that were read; `held` are the exact cells.

    Exact numbers say which offices know what, and which hidden numbers are small. No attack uses them otherwise.
    """
    began = monotonic()
    until = process_time() + time_limit_seconds  # so that a busy machine proves no less
    model = _model(tables, held)
    known = None if held is None else Known.of(held, model.cells, model.found, tables.region_of)
    exact = np.full(model.lines.size, np.nan)
    if known:
        is_cell = np.zeros(model.lines.size, dtype=bool)
        is_cell[model.found.of_cell[model.found.of_cell != NONE]] = True
        exact = followed(model.lines, known.number)
        model = replace(model, targets=model.targets.known_as(exact, is_cell=is_cell))
    public = attack(reduce(model.system)[0], model.targets, model.before, until=until)
    if not public.judgement.is_safe.all():
        model = replace(model, before=_sharper_before(model, ~public.judgement.is_safe, until=until))
        public = attack(reduce(model.system)[0], model.targets, model.before, until=until, seen=public.seen)
    public = sharpened(public, _worth_a_look(model, public), until=until)
    names = Names(model.cells, model.found, model.lines, model.derived)
    return AuditReport(
        scope=_scope(model, public),
        public=_outcome(public, model, names),
        regions=_regions(model, public, known, exact, names, tables.relations, until=until) if known else None,
        districts=_districts(tables, model, public, known, until=until) if known else None,
        narrowest=_narrowest(model, public, names),
        seconds=monotonic() - began,
    )


def _districts(tables: Tables, model: _Model, public: Attack, known: Known, *, until: float) -> Districts:
    is_district = np.asarray(known.area.map(tables.kinds) == AreaKind.DISTRICT)
    told = district_attacks(public, model.targets, model.reach, known, is_district, until=until)
    return Districts(told.attacks, told.narrowed, told.recovered, told.is_complete)


def _model(tables: Tables, held: pd.DataFrame | None) -> _Model:
    shown = last_shown(tables.released)
    cells = with_units(attackable(tables, shown), held)
    found = quantities(cells)
    incomplete = Incomplete.of(cells, found, tables.relations)
    collected = Collecting(found)
    collect_gaps(collected, cells, incomplete)
    registers = balances(found, tables.relations, incomplete)
    collect_register_gaps(collected, registers)
    collect_without(collected, cells, tables.relations, incomplete)
    collect_changes(collected, cells, tables.relations, incomplete)
    late = collect_late(collected, cells, tables.released, tables.relations, incomplete)
    derived = collected.derived()
    lines = known_lines(found, tables.relations, incomplete, derived, registers.only(registers.sign == 0))
    told, then = _released(shown, cells, found, late)
    unknown = np.isnan(found.value[told])
    lines = with_facts(lines, LineKind.RELEASES, told[unknown], then[unknown])
    found = found.with_more(derived.of, derived.start, derived.end)
    wanted = targets(tables, cells, found, derived)
    system = _bounded(lines, found.value, wanted)
    # What no figure of the state tells, and no release of ours, nobody knew before this build.
    number = np.full(len(found.value), np.nan)
    exempt = found.of_cell[published_by_state(tables, cells) & (found.of_cell != NONE)]
    number[exempt] = found.value[exempt]
    ours = lines.kind == KINDS.index(LineKind.RELEASES)
    reach = tighten(_bounded(lines, number, wanted).without(ours)).system
    same = np.isnan(found.value[told]) | (found.value[told] == then)
    number[told[same]] = then[same]
    before = tighten(_bounded(lines, number, wanted)).system
    return _Model(cells, found, derived, lines, wanted, system, reach, before)


def _sharper_before(model: _Model, chosen: Flags, *, until: float) -> System:
    """What was published before leaves of some targets, by all lines together."""
    asked = model.targets.only(chosen)
    alone = attack(reduce(model.before)[0], asked, model.reach, until=until)
    alone = sharpened(alone, asked.quantity, until=until)
    low, high = model.before.low.copy(), model.before.high.copy()
    low[asked.quantity] = np.maximum(low, alone.system.low)[asked.quantity]
    high[asked.quantity] = np.minimum(high, alone.system.high)[asked.quantity]
    return replace(model.before, low=low, high=high)


def _released(shown: pd.DataFrame, cells: pd.DataFrame, found: Quantities, late: pd.DataFrame) -> tuple[Ints, Floats]:
    """Quantities, and their number in the latest release that showed it, unless more reported since."""
    # What is hidden comes first: of two cells that are one number it says what the other one does not.
    rows = np.flatnonzero(cells["has_number"])
    rows = rows[np.argsort(~cells["is_hidden"].to_numpy(dtype=bool)[rows], kind="stable")]
    if not len(shown):
        return rows[:0], found.value[:0]
    columns = [*KEY, "invented"]
    shown = shown.merge(late, how="left", on=[*columns, "release"], indicator=True)
    shown = shown.loc[shown["_merge"] == "left_only", [*columns, "numerator"]]
    before = cells.iloc[rows][columns].merge(shown, how="left", on=columns)
    number = before["numerator"].to_numpy(dtype=float)
    quantity = found.of_cell[rows]
    told = np.flatnonzero(~np.isnan(number) & (quantity != NONE))
    quantity, first = np.unique(quantity[told], return_index=True)
    return quantity, number[told][first]


def _bounded(lines: Lines, value: Floats, wanted: Targets) -> System:
    """Lines with what is known: numbers are whole and not below zero, a share is no more than its whole."""
    low, high = np.zeros(lines.size), np.full(lines.size, np.inf)
    high[wanted.quantity] = wanted.whole
    known = np.flatnonzero(~np.isnan(value))
    low[known] = high[known] = value[known]
    return System(lines, low, high)


def _worth_a_look(model: _Model, public: Attack) -> Ints:
    """Targets whose bounds are told: those not proved, and those that single lines leave the least room."""
    at = model.targets.quantity
    is_safe, is_cell = public.judgement.is_safe, model.found.cell[at] != NONE
    rows = np.flatnonzero(is_safe & is_cell & (public.system.low[at] < model.targets.limit))
    width = public.system.high[at[rows]] - public.system.low[at[rows]]
    rows = rows[(width > 0) & np.isfinite(width)]
    width = public.system.high[at[rows]] - public.system.low[at[rows]]
    narrow = rows[np.argsort(width, kind="stable")[:_LOOKED_AT]]
    return np.concatenate([at[narrow], at[~is_safe]])


def _scope(model: _Model, public: Attack) -> Scope:
    size = np.bincount(public.component)
    counted = np.bincount(model.lines.kind, minlength=len(KINDS))
    counted[KINDS.index(LineKind.SHARES)] = np.isfinite(model.targets.whole).sum()
    return Scope(
        cells=len(model.cells),
        hidden=int(model.cells["is_hidden"].sum()),
        lines={str(kind): int(counted[place]) for place, kind in enumerate(KINDS)},
        left_out=len(public.left_out),
        components=len(size),
        largest=int(size.max(initial=0)),
    )


def _outcome(found: Attack, model: _Model, names: Names) -> Outcome:
    judgement, wanted = found.judgement, model.targets
    told = [
        interval
        for row in np.flatnonzero(~judgement.is_safe)
        for interval in _intervals(names, found, int(wanted.quantity[row]), is_leak=bool(judgement.is_unsafe[row]))
    ]
    told_before = judgement.is_safe & ~judge(wanted, found.system, found.seen, model.reach).is_safe
    return Outcome(1, int((judgement.is_safe & ~wanted.is_large).sum()), tuple(told), int(told_before.sum()))


def _regions(
    model: _Model,
    public: Attack,
    known: Known,
    exact: Floats,
    names: Names,
    relations: pd.DataFrame,
    *,
    until: float,
) -> Outcome:
    """What regions can tell of others; a number that several can tell is named once."""
    totals = Totals(model.found, model.derived, area_groups(model.found, relations), public.system)
    attacks, proved, told = 0, 0, dict[CellKey, Interval]()
    told_before = set[int]()
    seen = local_tables(public, model.targets, model.before, known.region, exact, until=until)
    for office in region_attacks(public, model.targets, model.before, known, totals, seen=seen, until=until):
        attacks += 1
        judgement, result = office.result.judgement, office.result
        is_new = judge(office.targets, result.system, result.seen, model.reach).is_safe
        told_before |= set(office.targets.quantity[judgement.is_safe & ~is_new].tolist())
        proved += int((judgement.is_safe & ~office.targets.is_large).sum())
        for row in np.flatnonzero(~judgement.is_safe):
            # Never what the office would know: what everybody does.
            quantity, is_leak = int(office.targets.quantity[row]), bool(judgement.is_unsafe[row])
            told |= {found.cell: found for found in _intervals(names, public, quantity, is_leak=is_leak)}
    return Outcome(attacks, proved, tuple(told.values()), len(told_before))


def _narrowest(model: _Model, public: Attack, names: Names) -> tuple[Interval, ...]:
    safe = model.targets.only(public.judgement.is_safe & ~model.targets.is_large)
    low, high = public.system.low[safe.quantity], public.system.high[safe.quantity]
    is_cell = model.found.cell[safe.quantity] != NONE
    kept = np.flatnonzero((low < safe.limit) & (high > low) & np.isfinite(high) & is_cell)
    order = kept[np.argsort((high - low)[kept], kind="stable")]
    return tuple(_intervals(names, public, int(at))[0] for at in safe.quantity[order[:_NARROWEST]])


def _intervals(names: Names, found: Attack, quantity: int, *, is_leak: bool | None = None) -> list[Interval]:
    """The interval of a quantity, once for every hidden cell that shows it; of what is not proved with its company."""
    low, high = found.system.low[quantity], found.system.high[quantity]
    ends = (int(low), int(high) if np.isfinite(high) else None)
    near = names.beside(quantity) if is_leak is not None else ()
    return [Interval(key, *ends, bool(is_leak), near, names.told(quantity)) for key in names.keys(quantity)]
