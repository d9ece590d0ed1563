"""What earlier publications showed: whoever kept them knows it still."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from riskmap.disclosure.primary import Flags, is_known
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import CellStatus

_KEY: Final = [*CELLS.key, "invented"]
_PLACE: Final = [name for name in _KEY if name != "area"]
_FIGURE: Final = ("indicator", "breakdown", "category", "invented", "area")
_Days = Mapping[tuple[Any, ...], list[tuple[pd.Timestamp, pd.Timestamp]]]
_DAYS: Final = ("period_start", "period_end")
_NUMBERS: Final = (CellStatus.VALUE, CellStatus.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class Late:
    """What an earlier publication showed of fewer units than have reported since.

    `cell` is the place of today's number among the cells, `before` the number of the units of then, with what was
    corrected in sight since. `parts` are the places of the cells of the lowest areas that came late; `among` those of
    the areas right below that hold what came late, which showed `among_before` together then. `units` are the lowest
    areas that came late, where their numbers of other stretches tell them.
    """

    cell: int
    before: float
    parts: tuple[int, ...]
    among: tuple[int, ...]
    among_before: float
    units: tuple[str, ...] = ()


def known_before(cells: pd.DataFrame, released: Sequence[pd.DataFrame]) -> Flags:
    """A mask over `cells`: True where an earlier publication showed the number that the cell has today.

    Not where it was of fewer units then: nobody knows that those that came late have added nothing.
    """
    known: Flags = np.zeros(len(cells), dtype=bool)
    columns = [*_KEY, "numerator"]
    own = cells[[*columns, "units_reported"]].assign(place=np.arange(len(cells)))
    for earlier in released:
        shown = earlier.loc[is_known(earlier), [*columns, "units_expected", "units_reported"]]
        both = own.merge(shown.astype({day: own[day].dtype for day in _DAYS}), on=columns, suffixes=("", "_then"))
        is_fuller = (both["units_reported_then"] < both["units_expected"]) & (
            both["units_reported_then"] < both["units_reported"]
        )
        known[both.loc[~is_fuller.fillna(False), "place"].to_numpy()] = True
    return known


def late_returns(cells: pd.DataFrame, released: Sequence[pd.DataFrame], relations: pd.DataFrame) -> list[Late]:
    """Every number of which an earlier publication showed that of fewer units; `cells` all carry a number today."""
    sums = relations[(relations["axis"] == "area") & (relations["kind"] == "sum")]
    below: dict[str, list[str]] = defaultdict(list)
    for total, part in zip(sums["total"], sums["part"], strict=True):
        below[total].append(part)
    own = cells[[*_KEY, "numerator"]].assign(place=np.arange(len(cells)), units=cells["units_reported"])
    found = {late for earlier in released for late in _late(own, earlier, below)}
    return sorted(found, key=lambda late: (late.cell, late.before, late.parts, late.among))


def _late(own: pd.DataFrame, earlier: pd.DataFrame, below: Mapping[str, list[str]]) -> Iterator[Late]:
    columns = [*_KEY, "numerator", "units_expected", "units_reported", "status"]
    then = earlier.loc[earlier["status"].isin(_NUMBERS), columns].astype({day: own[day].dtype for day in _DAYS})
    both = own.merge(then, how="left", on=_KEY, suffixes=("", "_then"))
    # Who has parts that lack parts counts none more when one of these comes.
    is_partial = (both["units_reported"] < both["units_expected"]).fillna(False) & both["area"].isin(below)
    more = (both["numerator"] > both["numerator_then"]) | (both["units"] > both["units_reported"]).fillna(False)
    fuller = both[is_partial & more & (both["numerator"] >= both["numerator_then"])]
    if fuller.empty:
        return
    indicators = fuller["indicator"].unique()
    days = [_days(rows[rows["indicator"].isin(indicators)]) for rows in (own, then)]
    near = both.merge(fuller[_PLACE].drop_duplicates(), on=_PLACE).set_index([*_PLACE, "area"]).sort_index()
    for row in fuller.itertuples(index=False):
        beside = near.loc[tuple(getattr(row, name) for name in _PLACE)]
        parts, among = _came_late(row, beside, below), _fuller_parts(row, beside, below)
        yield Late(int(row.place), _corrected(row, beside, below), parts, *among, _units(row, below, *days))


def _days(rows: pd.DataFrame) -> dict[tuple[Any, ...], list[tuple[pd.Timestamp, pd.Timestamp]]]:
    """First day and end of every number, by its figure and area."""
    found: dict[tuple[Any, ...], list[tuple[pd.Timestamp, pd.Timestamp]]] = defaultdict(list)
    keys = zip(*(rows[name] for name in _FIGURE), strict=True)
    ends = rows["period_end"] + pd.Timedelta(days=1)
    for key, start, end in zip(keys, rows["period_start"], ends, strict=True):
        found[key].append((start, end))
    return found


def _units(row: Any, below: Mapping[str, list[str]], now: _Days, then: _Days) -> tuple[str, ...]:
    """Lowest areas whose numbers tell all of the days today and did not then, where they are as many as came."""
    parts = () if any(area in below for area in below[row.area]) else below[row.area]
    figure = [getattr(row, name) for name in _FIGURE[:-1]]
    span = row.period_start, row.period_end + pd.Timedelta(days=1)
    came = [
        area
        for area in sorted(parts)
        if _is_covered(span, now.get((*figure, area), ())) and not _is_covered(span, then.get((*figure, area), ()))
    ]
    return tuple(came) if len(came) == row.units - row.units_reported else ()


def _is_covered(span: tuple[pd.Timestamp, pd.Timestamp], numbers: Sequence[tuple[pd.Timestamp, pd.Timestamp]]) -> bool:
    day = span[0]
    for start, end in sorted(numbers):
        day = max(day, end) if start <= day else day
    return bool(day >= span[1])


def _corrected(row: Any, beside: pd.DataFrame, below: Mapping[str, list[str]]) -> float:
    """The number of then, with what whole parts in sight then and today were corrected by."""
    parts = beside.reindex([area for area in below[row.area] if area in beside.index])
    is_whole = ~(parts["units_reported"] < parts["units_expected"]).fillna(False)
    change = (parts["numerator"] - parts["numerator_then"])[is_whole].dropna().sum()
    return float(row.numerator_then) + float(change)


def _fuller_parts(row: Any, beside: pd.DataFrame, below: Mapping[str, list[str]]) -> tuple[tuple[int, ...], float]:
    """Places of the parts that had no number then or one of fewer units, and what those showed together."""
    parts = beside.reindex([area for area in below[row.area] if area in beside.index])
    is_partial = (parts["units_reported"] < parts["units_expected"]).fillna(False) & parts["numerator_then"].notna()
    changed = parts[parts["status"].isna() | is_partial]
    return tuple(sorted(int(place) for place in changed["place"])), float(changed["numerator_then"].fillna(0.0).sum())


def _came_late(row: Any, beside: pd.DataFrame, below: Mapping[str, list[str]]) -> tuple[int, ...]:
    """Places of the cells of the lowest areas that had no number then."""
    lowest = [area for area in _within(row.area, below) if area not in below and area in beside.index]
    cells = beside.reindex(lowest)
    return tuple(sorted(int(place) for place in cells.loc[cells["status"].isna(), "place"]))


def _within(area: str, below: Mapping[str, list[str]]) -> Iterator[str]:
    for part in below.get(area, ()):
        yield part
        yield from _within(part, below)
