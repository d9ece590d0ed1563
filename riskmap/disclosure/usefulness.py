"""What protection leaves to be read: the share of each published table that it hides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from riskmap.disclosure.primary import is_known, rules
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Grain, longer_grains

# A table of which more is hidden than this tells little and costs the tables beside it their company.
MOST_HIDDEN: Final = 0.4

_TABLE: Final = ["indicator", "level", "grain", "breakdown"]


@dataclass(frozen=True, slots=True)
class HiddenTable:
    """A published table, how much of it is hidden, and the next coarser grain."""

    indicator: str
    level: str
    grain: Grain
    breakdown: str
    share: float  # of its cells with a number
    coarser: Grain | None  # one that is declared for the table, else the next there is; none for the coarsest


def mostly_hidden(
    full: pd.DataFrame, public: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> list[HiddenTable]:
    """The tables of which more than `MOST_HIDDEN` is hidden; arguments as of `hidden_shares`."""
    found = hidden_shares(full, public, levels=levels, declared=declared)
    return [table for table in found if table.share > MOST_HIDDEN]


def hidden_shares(
    full: pd.DataFrame, public: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> list[HiddenTable]:
    """Every table with a number in it, in the order of the catalogue.

    What a region holds outside its districts is part of the tables of districts; what is hidden by rule whatever its
    count, as sexual violence below region, is part of none. `full` holds the exact cells and
    `public` the same cells protected, in any order; `levels` gives the level of each area. A table without a single
    number is left out.
    """
    known, shown = (_numbers(cells, levels, declared) for cells in (full, public))
    share = 1 - shown.reindex(known.index, fill_value=0) / known
    place = {name: number for number, name in enumerate(declared)}
    rows = sorted(share.items(), key=lambda row: (place[row[0][0]], row[0]))
    return [
        HiddenTable(
            name, level, Grain(grain), breakdown, hidden, _coarser(declared[name], level, Grain(grain), breakdown)
        )
        for (name, level, grain, breakdown), hidden in rows
    ]


def _numbers(cells: pd.DataFrame, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> pd.Series:
    """How many cells of each table carry a number."""
    table_of = {area: _level(level) for area, level in levels.items()}
    known = cells.loc[is_known(cells) & cells["area"].isin(list(levels)).to_numpy(dtype=bool)]
    known = known[~rules(known, levels=levels, declared=declared).hides_all]
    return known.assign(level=known["area"].map(table_of)).groupby(_TABLE, observed=True).size()


def _level(level: str) -> str:
    return str(AreaKind.DISTRICT if level == AreaKind.REMAINDER else level)


def _coarser(item: Indicator, level: str, grain: Grain, breakdown: str) -> Grain | None:
    longer = longer_grains(grain)
    is_declared = (other for other in longer if item.published(level, other, breakdown))
    return next(is_declared, next(iter(longer), None))
