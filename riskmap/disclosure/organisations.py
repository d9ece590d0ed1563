"""Cells to which too few organisations could contribute: whoever works in one of them would know the others' number."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from riskmap.disclosure.primary import Flags, is_known
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Family, Place

# METHODS: a cell is unsafe to which fewer organisations than this could contribute.
FEWEST_ORGANISATIONS: Final = 3
_UPPER_LEVELS: Final = (AreaKind.COUNTRY, AreaKind.REGION)
_PLACE: Final = ["area", "invented"]


def too_few_organisations(
    cells: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]
) -> Flags:
    """A mask over `cells`: True for a number below region that fewer than 3 organisations could have contributed to.

    It concerns indicators that are counted at organisations and not open. How many there are in an area tells the
    indicator declared with `counts_organisations`: its last number up to the end of the cell's period, among the
    cells given, of real cells for real ones and of invented for invented. Where none is known by then the cell is
    unsafe too: that there were enough of them is never assumed.
    """
    counted = cells["indicator"].isin(_counted_at_organisations(declared)).to_numpy(dtype=bool)
    subject = np.flatnonzero(is_known(cells) & counted & _is_below_region(cells, levels))
    unsafe: Flags = np.zeros(len(cells), dtype=bool)
    if subject.size:
        asked = cells.iloc[subject][[*_PLACE, "period_end"]]
        number = asked.groupby([*_PLACE, "period_end"], sort=False).ngroup().to_numpy()
        different = asked.assign(number=number).drop_duplicates("number")
        enough = _organisations(cells, different, declared) >= FEWEST_ORGANISATIONS  # false where none is known
        unsafe[subject] = ~enough.reindex(number).to_numpy(dtype=bool)
    return unsafe


def _counted_at_organisations(declared: Mapping[str, Indicator]) -> list[str]:
    return [
        item.id
        for item in declared.values()
        if item.place is Place.ORGANISATION and not item.disclosure.open and item.family is not Family.POPULATION
    ]


def _is_below_region(cells: pd.DataFrame, levels: Mapping[str, str]) -> Flags:
    below = {area: levels[area] not in _UPPER_LEVELS for area in cells["area"].unique()}
    found: Flags = cells["area"].map(below).to_numpy(dtype=bool)
    return found


def _organisations(cells: pd.DataFrame, asked: pd.DataFrame, declared: Mapping[str, Indicator]) -> "pd.Series[float]":
    """The last number known by the end of each period asked for, by its `number`; nothing where none is known."""
    counting = [item.id for item in declared.values() if item.counts_organisations]
    is_number = cells["indicator"].isin(counting) & (cells["breakdown"] == ALL) & (cells["status"] == CellStatus.VALUE)
    numbers = cells.loc[is_number, [*_PLACE, "period_end", "numerator"]]
    # Of several that end on one day the last is taken: the smallest.
    numbers = numbers.sort_values(["period_end", "numerator"], ascending=[True, False])
    found = pd.merge_asof(asked.sort_values("period_end"), numbers, on="period_end", by=_PLACE)
    return found.set_index("number")["numerator"]
