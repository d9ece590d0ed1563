"""The lines between quantities that everybody knows: sums over areas, categories and periods, and of registers."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Derived
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities, ranges, terms_of
from riskmap.disclosure.audit.registers import Balances


class LineKind(StrEnum):
    """Why a line holds."""

    AREAS = "areas"
    CATEGORIES = "categories"
    PERIODS = "periods"
    STOCKS = "stocks"
    SHARES = "shares"
    RELEASES = "releases"


KINDS: Final = tuple(LineKind)


@dataclass(frozen=True, slots=True)
class Lines:
    """Sums of whole numbers, each equal to its right side; one that is only a bound has a quantity of its own more.

    One entry per term: its line, its quantity, its coefficient (1 or -1). `size` counts the quantities, those included
    that lines have of their own.
    """

    line: Ints
    quantity: Ints
    factor: Floats
    right: Floats
    kind: Ints  # place in KINDS
    size: int


@dataclass(slots=True)
class _Collected:
    """Lines as they are found."""

    size: int
    line: list[Ints] = field(default_factory=list)
    quantity: list[Ints] = field(default_factory=list)
    factor: list[Floats] = field(default_factory=list)
    right: list[Floats] = field(default_factory=list)
    kind: list[Ints] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        kind: LineKind | Ints,
        line: Ints,
        quantity: Ints,
        factor: Floats,
        *,
        is_bound: Flags,
        right: Floats | None = None,
    ) -> None:
        """Lines numbered from 0, their terms in any order; of a bound the sum is at least its right side, else zero."""
        own = np.flatnonzero(is_bound)
        rest = self.size + np.arange(len(own))
        self.line.append(self.count + np.concatenate([line, own]))
        self.quantity.append(np.concatenate([quantity, rest]))
        self.factor.append(np.concatenate([factor, -np.ones(len(own))]))
        of_all = np.full(len(is_bound), KINDS.index(kind)) if isinstance(kind, LineKind) else kind
        self.kind.append(of_all.astype(np.int64))
        self.right.append(np.zeros(len(is_bound)) if right is None else right)
        self.count += len(is_bound)
        self.size += len(own)


def known_lines(
    found: Quantities, relations: pd.DataFrame, incomplete: Incomplete, derived: Derived, balances: Balances
) -> Lines:
    """Every line of the public model; what is derived is numbered right after the quantities found."""
    collected = _Collected(size=len(found.key) + derived.count)
    _add_periods(collected, found, incomplete, np.setdiff1d(_longer(found), derived.is_settled))
    _add_derived(collected, derived)
    for kind, groups in (
        (LineKind.AREAS, area_groups(found, relations)),
        (LineKind.CATEGORIES, category_groups(found, relations)),
    ):
        if len(groups.part):
            _add_sums(collected, kind, found, groups, incomplete)
    collected.add(LineKind.STOCKS, *balances.lines(), is_bound=np.zeros(len(balances.of), dtype=bool))
    return Lines(
        line=np.concatenate(collected.line),
        quantity=np.concatenate(collected.quantity),
        factor=np.concatenate(collected.factor),
        right=np.concatenate(collected.right),
        kind=np.concatenate(collected.kind),
        size=collected.size,
    )


def with_facts(lines: Lines, kind: LineKind, quantity: Ints, number: Floats) -> Lines:
    """The same lines, and of some quantities their number: a line each, so that it can be doubted."""
    own = len(lines.right) + np.arange(len(quantity))
    return Lines(
        line=np.concatenate([lines.line, own]),
        quantity=np.concatenate([lines.quantity, quantity]),
        factor=np.concatenate([lines.factor, np.ones(len(quantity))]),
        right=np.concatenate([lines.right, number]),
        kind=np.concatenate([lines.kind, np.full(len(quantity), KINDS.index(kind), dtype=np.int64)]),
        size=lines.size,
    )


def _longer(found: Quantities) -> Ints:
    """Quantities of more than one atom."""
    rows: Ints = np.flatnonzero(found.last - found.first > 1)
    return rows


def _add_derived(collected: _Collected, derived: Derived) -> None:
    """What cells of different reporting sets tell, and what earlier releases do."""
    kind = np.where(derived.is_release, KINDS.index(LineKind.RELEASES), KINDS.index(LineKind.PERIODS))
    collected.add(
        kind,
        derived.line,
        derived.quantity,
        derived.line_factor,
        is_bound=derived.is_bound,
        right=derived.right,
    )


def _add_periods(collected: _Collected, found: Quantities, incomplete: Incomplete, longer: Ints) -> None:
    """Each of these longer cells is the sum of its atoms; one to which not all have reported is at most that."""
    atoms, line = ranges(found.first[longer], found.last[longer])
    collected.add(
        LineKind.PERIODS,
        np.concatenate([line, np.arange(len(longer))]),
        np.concatenate([found.atom_quantity[atoms], longer]),
        np.concatenate([np.ones(len(line)), -np.ones(len(longer))]),
        is_bound=incomplete.quantity[longer],
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """Totals and their parts, one entry per part: which group, which series; and what is known of each group."""

    total: Ints  # series of the total of each group
    group: Ints  # of each part, in order
    part: Ints
    is_short: Flags  # of each group: a part is declared of which the file has no cell at all
    needs_all: bool  # a part without a number may hide something


def area_groups(found: Quantities, relations: pd.DataFrame) -> Groups:
    """Areas and the areas they consist of."""
    sums = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    pairs = found.series.assign(part=np.arange(len(found.series))).merge(
        sums[["total", "part"]].rename(columns={"part": "area", "total": "above"}), on="area"
    )
    total = found.series.assign(total=np.arange(len(found.series))).rename(columns={"area": "above"})
    pairs = pairs.merge(total, on=["indicator", "above", "breakdown", "category", "invented"])
    return _groups(pairs["total"].to_numpy(), pairs["part"].to_numpy(), needs_all=False)


def category_groups(found: Quantities, relations: pd.DataFrame) -> Groups:
    """Totals and the declared categories of one breakdown."""
    sums = relations[(relations["axis"] == "category") & (relations["kind"] == "sum")]
    if sums.empty:
        return _groups(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), needs_all=True)
    declared = pd.DataFrame({"indicator": sums["indicator"], "above": sums["total"]})
    declared[["breakdown", "category"]] = sums["part"].str.split(":", n=1, expand=True).reindex(columns=[0, 1])
    many = declared.groupby(["indicator", "breakdown"])["category"].transform("size")
    pairs = found.series.assign(part=np.arange(len(found.series))).merge(
        declared.assign(many=many), on=["indicator", "breakdown", "category"]
    )
    total = found.series.assign(total=np.arange(len(found.series)))
    total = total[total["breakdown"] == total["category"]].drop(columns="breakdown")
    pairs = pairs.merge(total.rename(columns={"category": "above"}), on=["indicator", "area", "above", "invented"])
    pairs["group"] = pairs.groupby(["total", "breakdown"]).ngroup()
    first = pairs.drop_duplicates("group").sort_values("group")
    size = pairs.groupby("group")["part"].size().to_numpy()
    pairs = pairs.sort_values(["group", "part"])
    return Groups(
        total=first["total"].to_numpy(dtype=np.int64),
        group=pairs["group"].to_numpy(dtype=np.int64),
        part=pairs["part"].to_numpy(dtype=np.int64),
        is_short=size < first["many"].to_numpy(),
        needs_all=True,
    )


def _groups(total: Ints, part: Ints, *, needs_all: bool) -> Groups:
    order = np.lexsort((part, total))
    totals, group = np.unique(total[order], return_inverse=True)
    return Groups(totals, group, part[order], np.zeros(len(totals), dtype=bool), needs_all)


def _add_sums(collected: _Collected, kind: LineKind, found: Quantities, groups: Groups, incomplete: Incomplete) -> None:
    """The sums of each group over every stretch that is a cell of its total or of one of its parts."""
    group, start, end = _stretches(found, groups)
    total = found.find(groups.total[group], start, end)
    first, last, is_tiled = found.tiled(groups.total[group], start, end)
    holds = (total != NONE) | is_tiled
    group, start, end, total = group[holds], start[holds], end[holds], total[holds]
    first, last = first[holds], last[holds]
    parts = _Parts.of(found, groups, group, start, end, incomplete)
    is_total_partial = np.where(total != NONE, incomplete.quantity[total], incomplete.within(first, last))
    any_part = np.bincount(parts.line, weights=parts.is_used, minlength=len(group)) > 0
    derived = (total == NONE) | (np.bincount(parts.line, weights=parts.is_tiled, minlength=len(group)) > 0)
    blocked = np.bincount(parts.line, weights=parts.is_blocked, minlength=len(group)) > 0
    missing = np.bincount(parts.line, weights=~parts.is_used, minlength=len(group)) > 0
    # A sum of parts is what was added up, whoever had no number; a number of somebody's own may hold more.
    adds_up = (total != NONE) & incomplete.is_sum[total] & ~derived
    is_bound = (blocked & ~adds_up) | (derived & is_total_partial)
    # Shorter cells of a total to which not all have reported hold less than a longer cell of a part may.
    any_part &= (total != NONE) | ~is_total_partial
    if groups.needs_all:
        is_bound |= missing | groups.is_short[group]
        # The longer cell of a total to which fewer have reported is no bound of what more of them add up to.
        any_part &= ~(derived & (total != NONE) & is_total_partial)
    kept = np.flatnonzero(any_part)
    number = np.full(len(group), NONE, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    whole, whole_line = terms_of(found, total[kept], first[kept], last[kept])
    used = np.flatnonzero(parts.is_used & any_part[parts.line])
    terms, of = terms_of(found, parts.quantity[used], parts.first[used], parts.last[used])
    collected.add(
        kind,
        np.concatenate([whole_line, number[parts.line[used]][of]]),
        np.concatenate([whole, terms]),
        np.concatenate([np.ones(len(whole)), -np.ones(len(terms))]),
        is_bound=is_bound[kept],
    )


def _stretches(found: Quantities, groups: Groups) -> tuple[Ints, Ints, Ints]:
    """Group, start and end of every stretch that is a cell of a total or of a part of it."""
    is_cell = np.flatnonzero(found.cell != NONE)
    order = np.argsort(found.of[is_cell], kind="stable")
    is_cell = is_cell[order]
    member = np.concatenate([groups.total, groups.part])
    group = np.concatenate([np.arange(len(groups.total)), groups.group])
    first = np.searchsorted(found.of[is_cell], member)
    last = np.searchsorted(found.of[is_cell], member, side="right")
    at, pair = ranges(first, last)
    cells = is_cell[at]
    rows = np.unique(np.stack([group[pair], found.start[cells], found.end[cells]], axis=1), axis=0)
    return rows[:, 0], rows[:, 1], rows[:, 2]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every part is to every line: a cell of that stretch, atoms that make it up, a hindrance, or nothing."""

    line: Ints
    quantity: Ints
    first: Ints
    last: Ints
    is_used: Flags
    is_tiled: Flags
    is_blocked: Flags

    @classmethod
    def of(
        cls, found: Quantities, groups: Groups, group: Ints, start: Ints, end: Ints, incomplete: Incomplete
    ) -> "_Parts":
        before = np.searchsorted(groups.group, group)
        at, line = ranges(before, np.searchsorted(groups.group, group, side="right"))
        series, begins, ends = groups.part[at], start[line], end[line]
        # A part that stands there without a number adds nothing, whatever a longer cell says of those days.
        is_silent = found.is_silent(series, begins, ends)
        exact = np.where(is_silent, NONE, found.find(series, begins, ends))
        first, last, is_tiled = found.tiled(series, begins, ends)
        is_tiled &= (exact == NONE) & ~is_silent & ~incomplete.within(first, last)
        is_used = (exact != NONE) | is_tiled
        is_blocked = ~is_used & found.touches(series, begins, ends)
        return cls(line, exact, first, last, is_used, is_tiled, is_blocked)
