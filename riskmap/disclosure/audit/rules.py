"""What has to be safe, and when it is: written from the catalogue and the public file alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import TOLD, Derived, Told
from riskmap.disclosure.audit.incomplete import parents
from riskmap.disclosure.audit.public import Tables, is_share
from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Kind, Place

_SENSITIVE: Final = 10  # METHODS: of sexual violence 1 to 9 are hidden
_FEWEST: Final = 3  # METHODS: organisations that could have contributed
_UPPER: Final = (AreaKind.COUNTRY, AreaKind.REGION)


@dataclass(frozen=True, slots=True)
class Targets:
    """The quantities that must be safe and what that means for each, one entry per target."""

    quantity: Ints
    limit: Floats  # first count that may be known
    hides_zero: Flags  # that it is zero must not be known either
    needs_width: Flags  # the limit apart, whatever the count
    whole: Floats  # what a share is of; infinite of all others
    own: Floats  # what the attacker himself has in it
    number: Floats  # what it is, for the judgement alone; NaN where that is not known

    @property
    def is_large(self) -> Flags:
        """Whether it is no small number, nor leaves one: whoever knows something of it knows nothing of a child."""
        large: Flags = self.counts_many & (self.leaves_many | np.isinf(self.whole))
        return large

    @property
    def counts_many(self) -> Flags:
        """Whether the count is no small number."""
        many: Flags = (self.number >= self.limit + self.own) & ~self.needs_width
        return many

    @property
    def leaves_many(self) -> Flags:
        """Whether what a share leaves of its whole is no small number."""
        many: Flags = (self.whole - self.number >= self.limit) & ~self.needs_width
        return many

    def known_as(self, number: Floats, *, is_cell: Flags) -> "Targets":
        """The same with the exact number of every quantity, NaN where it is not known.

        What no cell shows and no exact numbers tell is nobody's number: there is nothing in it to be kept.
        """
        own = replace(self, number=number[self.quantity])
        return own.only(is_cell[self.quantity] | ~np.isnan(own.number))

    def only(self, chosen: Flags) -> "Targets":
        """Some of them."""
        return Targets(
            self.quantity[chosen],
            self.limit[chosen],
            self.hides_zero[chosen],
            self.needs_width[chosen],
            self.whole[chosen],
            self.own[chosen],
            self.number[chosen],
        )


def targets(tables: Tables, cells: pd.DataFrame, found: Quantities, derived: Derived) -> Targets:
    """Every hidden cell, every stretch between neighbouring days that no cell shows, and every number derived."""
    hidden = np.isnan(found.value)
    told = np.concatenate([np.full(len(found.key), NONE), derived.told])
    hidden &= told != TOLD.index(Told.CHANGE)
    wanted = np.flatnonzero(hidden & ~_of_the_state(tables, cells, found))
    kinds, of = tables.kinds, found.of[wanted]
    limit, zero, is_counted = _rules(tables, found.series, kinds)
    few = np.zeros(len(wanted), dtype=bool)
    asked = np.flatnonzero(is_counted[of] & (found.cell[wanted] != NONE))
    few[asked] = _too_few(tables, cells, found, wanted[asked])
    # What is told of units that are missing is told of districts, where the area holds any.
    holders = _with_districts(tables)
    below = {area: AreaKind.DISTRICT if area in holders else kind for area, kind in kinds.items()}
    told = told[wanted]
    is_of_parts = np.isin(told, [TOLD.index(Told.GAP), TOLD.index(Told.LATE)])
    limit_of_parts, zero_of_parts, _ = _rules(tables, found.series, below)
    whole = _wholes(tables, cells, found, wanted)
    whole[told != NONE] = np.inf
    return Targets(
        quantity=wanted,
        limit=np.where(is_of_parts, limit_of_parts[of], limit[of]),
        hides_zero=np.where(is_of_parts, zero_of_parts[of], zero[of]),
        needs_width=few,
        whole=whole,
        own=np.zeros(len(wanted)),
        number=np.full(len(wanted), np.nan),
    )


def _rules(tables: Tables, series: pd.DataFrame, kinds: Mapping[str, str]) -> tuple[Floats, Flags, Flags]:
    """The rule of every series, areas taken for those kinds."""
    rows = zip(*(series[name] for name in ("indicator", "area", "breakdown", "category")), strict=True)
    rules = [_rule(tables.declared[item], kinds[area], cut, part) for item, area, cut, part in rows]
    if not rules:
        return _nothing()
    limit, zero, is_counted = (np.array(column) for column in zip(*rules, strict=True))
    return limit.astype(float), zero.astype(bool), is_counted.astype(bool)


def _with_districts(tables: Tables) -> set[str]:
    """Areas that districts lie in."""
    above, kinds = parents(tables.relations), tables.kinds
    regions = {above[area] for area, kind in kinds.items() if kind == AreaKind.DISTRICT and area in above}
    return regions | {above[area] for area in regions if area in above}


def _nothing() -> tuple[Floats, Flags, Flags]:
    none = np.zeros(0, dtype=bool)
    return none.astype(float), none, none


def _rule(item: Indicator, kind: str, breakdown: str, category: str) -> tuple[float, bool, bool]:
    """First count that may be known, whether zeros are hidden, and whether organisations below region counted it."""
    parts = zip(breakdown.split("*"), category.split("*"), strict=False)
    names = {f"{breakdown}:{category}"} | {f"{cut}:{part}" for cut, part in parts}
    sensitive = bool(names & set(item.disclosure.hide_categories))
    below = kind not in _UPPER
    limit = max(item.disclosure.hide_below, _SENSITIVE) if sensitive else item.disclosure.hide_below
    return float(limit), below and (item.disclosure.hide_zero or sensitive), below and item.place is Place.ORGANISATION


def published_by_state(tables: Tables, cells: pd.DataFrame) -> Flags:
    """Which cells the state has published itself."""
    exempt = {
        (item.id, rule.area, str(rule.grain))
        for item in tables.declared.values()
        for rule in item.disclosure.published_by_state
    }
    keys = zip(cells["indicator"], cells["area"].map(tables.kinds), cells["grain"], strict=True)
    is_exempt = np.fromiter((key in exempt for key in keys), dtype=bool, count=len(cells))
    published: Flags = is_exempt & (cells["breakdown"] == ALL).to_numpy(dtype=bool)
    return published


def _of_the_state(tables: Tables, cells: pd.DataFrame, found: Quantities) -> Flags:
    """Which stretches that are no cell follow from figures that the state has published itself, and from no others."""
    is_exempt, there = published_by_state(tables, cells), found.of_cell != NONE
    of_state, of_others = (
        np.bincount(found.of[found.of_cell[there & chosen]], minlength=len(found.series)) > 0
        for chosen in (is_exempt, ~is_exempt)
    )
    free: Flags = (of_state & ~of_others)[found.of] & (found.cell == NONE)
    return free


def _too_few(tables: Tables, cells: pd.DataFrame, found: Quantities, asked: Ints) -> Flags:
    """Whether fewer organisations than three could have contributed; also where nobody knows how many there were."""
    if not len(asked):  # nothing has no type of column, and pandas wants the same on both sides
        return np.zeros(0, dtype=bool)
    counting = [item.id for item in tables.declared.values() if item.counts_organisations]
    shown = tables.cells
    rows = shown["indicator"].isin(counting) & (shown["status"] == CellStatus.VALUE) & (shown["breakdown"] == ALL)
    known = shown.loc[rows, ["area", "invented", "period_end", "numerator"]]
    known = known.sort_values(["period_end", "numerator"], ascending=[True, False])
    series = found.series.iloc[found.of[asked]]
    question = pd.DataFrame(
        {
            "area": series["area"].to_numpy(),
            "invented": series["invented"].to_numpy(),
            "period_end": _days(cells, found, asked)[1],
            "at": np.arange(len(asked)),
        }
    ).sort_values("period_end")
    answer = pd.merge_asof(question, known, on="period_end", by=["area", "invented"]).set_index("at")["numerator"]
    few: Flags = ~(answer.reindex(np.arange(len(asked))) >= _FEWEST).to_numpy(dtype=bool)
    return few


def _days(cells: pd.DataFrame, found: Quantities, asked: Ints) -> tuple[Ints, Ints]:
    """First day and end as cells show them; of what no cell shows those that it is counted on."""
    cell = found.cell[asked]
    shown = (cells[name].to_numpy(dtype=np.int64)[cell] for name in ("period_start", "period_end"))
    start, end = (
        np.where(cell != NONE, own, other)
        for own, other in zip(shown, (found.start[asked], found.end[asked]), strict=True)
    )
    return start, end


def _wholes(tables: Tables, cells: pd.DataFrame, found: Quantities, wanted: Ints) -> Floats:
    """What each share is of, as the public file tells it; infinite where nothing is left over to count, or unknown."""
    series = found.series.iloc[found.of[wanted]].reset_index(drop=True)
    shares = {name: item.population for name, item in tables.declared.items() if is_share(item)}
    start, end = _days(cells, found, wanted)
    asked = pd.DataFrame(
        {
            "population": series["indicator"].map(shares).astype("str"),  # text also where no share is asked for
            "area": series["area"],
            "period_start": start,
            "period_end": end,
            "is_stock": series["indicator"].map({n: i.kind is Kind.STOCK for n, i in tables.declared.items()}),
        }
    )
    flows = _people(tables).rename(columns={"people": "of_flow"})
    asked = asked.merge(flows, how="left", on=["population", "area", "period_start", "period_end"])
    stocks = _counted(tables).rename(columns={"people": "of_stock"})
    asked = asked.merge(stocks, how="left", on=["population", "area", "period_end"])
    people = np.where(asked["is_stock"], asked["of_stock"], asked["of_flow"]).astype(float)
    return np.where(np.isnan(people), np.inf, np.floor(people))


def _people(tables: Tables) -> pd.DataFrame:
    """People at risk of a stretch."""
    columns = ["population", "area", "period_start", "period_end"]
    known = tables.exposures.groupby(columns, as_index=False)["person_years"].max()
    return known.rename(columns={"person_years": "people"})


def _counted(tables: Tables) -> pd.DataFrame:
    """Those counted on a day: the most that any cell says."""
    rows = (tables.cells["status"] == CellStatus.VALUE) & (tables.cells["breakdown"] == ALL)
    known = tables.cells[rows].rename(columns={"indicator": "population", "numerator": "people"})
    return known.groupby(["population", "area", "period_end"], as_index=False)["people"].max()
