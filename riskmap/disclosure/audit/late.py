"""What today's numbers and those of an earlier release tell of the units that reported in between."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Collecting, Told
from riskmap.disclosure.audit.incomplete import Incomplete, parents
from riskmap.disclosure.audit.places import Places
from riskmap.disclosure.audit.public import KEY
from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints
from riskmap.domain.vocabulary import CellStatus

_Days = defaultdict[tuple[Any, ...], list[tuple[int, int]]]

_SAME: Final = [*KEY, "invented"]
_NUMBERS: Final = ["numerator", "units_expected", "units_reported"]


def collect_late(
    collected: Collecting,
    cells: pd.DataFrame,
    released: pd.DataFrame,
    relations: pd.DataFrame,
    incomplete: Incomplete,
) -> pd.DataFrame:
    """The number of those who came late, for every total of which a release showed less; release and key of these."""
    if not len(released):
        return pd.DataFrame(columns=[*_SAME, "release"])
    told, seen = [], set[tuple[int, float]]()
    above = parents(relations)
    now = _today(cells, collected, incomplete)
    places = Places(collected.found, cells, relations, incomplete)
    there = cells[cells["has_number"]]
    for release, then in released.groupby("release", sort=True):
        totals = _totals(then, now, above)
        rows = _parts(totals, then, now, above)
        late = _late(totals, rows)
        told.append(totals.loc[late, _SAME].assign(release=release))
        # Most of what a release showed, the next one shows as well.
        fresh = late & ~_is_known(totals, rows, late, seen)
        own = _add_late(collected, totals, rows, fresh, release=int(release))
        _add_units(collected, places, totals[fresh], own, [_days(there), _days(then)])
    return pd.concat(told, ignore_index=True)


def _is_known(totals: pd.DataFrame, parts: pd.DataFrame, late: Flags, seen: set[tuple[int, float]]) -> Flags:
    """Which totals an earlier release told as much of; those of which more came since then are noted."""
    then = totals["numerator_then"] + _changes(parts, len(totals))
    keys = list(zip(totals["quantity"].tolist(), then.tolist(), strict=True))
    known = np.array([key in seen for key in keys], dtype=bool)
    seen.update(key for key, came in zip(keys, late.tolist(), strict=True) if came)
    return known


def _changes(parts: pd.DataFrame, size: int) -> Floats:
    """By how much visible parts of each total changed."""
    return np.bincount(parts["total"], weights=parts["change"], minlength=size).astype(np.float64)


def _today(cells: pd.DataFrame, collected: Collecting, incomplete: Incomplete) -> pd.DataFrame:
    """Today's cells with a number, and the quantities they are."""
    there = (collected.found.of_cell != NONE) & cells["has_number"].to_numpy(dtype=bool)
    now = cells.loc[there, [*_SAME, *_NUMBERS, "is_hidden"]].astype(dict.fromkeys(_NUMBERS, float))
    quantity = collected.found.of_cell[there]
    return now.assign(quantity=quantity, missing=incomplete.missing[quantity])


def _totals(then: pd.DataFrame, now: pd.DataFrame, above: dict[str, str]) -> pd.DataFrame:
    """Totals that the release showed, told of how many, that have a number today and may have grown by late ones."""
    shown = then["area"].isin(set(above.values())) & (then["status"] == CellStatus.VALUE)
    shown &= then["units_reported"].notna() & then["units_expected"].notna()
    totals = then.loc[shown, [*_SAME, *_NUMBERS]].astype(dict.fromkeys(_NUMBERS, float))
    totals = totals.merge(now, on=_SAME, suffixes=("_then", ""))
    # To a total to which all had reported, and as many as today, nobody can have come late.
    is_short = totals["units_reported_then"] < totals["units_expected_then"]
    totals = totals[is_short | (totals["units_reported"] > totals["units_reported_then"])]
    return totals.reset_index(drop=True).assign(total=lambda rows: np.arange(len(rows)))


def _parts(totals: pd.DataFrame, then: pd.DataFrame, now: pd.DataFrame, above: dict[str, str]) -> pd.DataFrame:
    """The parts of these totals that have a number today, with what the release showed of them."""
    of_total = totals[[*_SAME, "total"]].rename(columns={"area": "above"})
    rows = now[now["area"].isin(set(above))].assign(above=lambda part: part["area"].map(above))
    rows = rows.merge(of_total, on=["above", *(name for name in _SAME if name != "area")])
    before = then[[*_SAME, *_NUMBERS, "status"]].astype(dict.fromkeys(_NUMBERS, float))
    rows = rows.merge(before, how="left", on=_SAME, suffixes=("", "_then"))
    shown = rows["status"] == CellStatus.VALUE
    missing_then = (rows["units_expected_then"] - rows["units_reported_then"]).where(shown)
    is_total = rows["area"].isin(set(above.values()))
    is_new = rows["status"].isna()
    is_more = is_total & (missing_then > rows["missing"].fillna(np.inf))
    change = (rows["numerator"] - rows["numerator_then"]).where(shown & ~rows["is_hidden"] & ~is_more)
    # A region whose number was hidden may have lacked some of its districts.
    return rows.assign(
        is_late=is_new | is_more,
        is_more=is_more,
        change=change.fillna(0.0),
        unclear=is_total & ~is_new & (missing_then.isna() | rows["missing"].isna()),
        was=rows["numerator_then"].where(is_more, 0.0),
    )


def _late(totals: pd.DataFrame, parts: pd.DataFrame) -> Flags:
    """Whether more reported than then: the units of today tell, or parts that had no number."""
    came = np.bincount(parts["total"], weights=parts["is_late"], minlength=len(totals)) > 0
    was_short = totals["units_reported_then"] < totals["units_expected_then"]
    more = totals["units_reported"] > totals["units_reported_then"]
    more &= totals["units_expected"] >= totals["units_expected_then"]
    fewer_missing = totals["missing"] < totals["units_expected_then"] - totals["units_reported_then"]
    told = more | (was_short & (fewer_missing | came) & (totals["is_hidden"] | totals["units_reported"].isna()))
    regions_came = np.bincount(parts["total"], weights=parts["is_more"], minlength=len(totals)) > 0
    late: Flags = (told | (was_short & regions_came)).to_numpy(dtype=bool)
    return late


def _add_units(collected: Collecting, places: Places, totals: pd.DataFrame, own: Ints, days: Sequence[_Days]) -> None:
    """Who came has in shorter numbers what came, where these tell who it is: all its days today, and not then."""
    lines = []
    found = collected.found
    for late, row in zip(own.tolist(), totals.itertuples(index=False), strict=True):
        span = (found.start[row.quantity], found.end[row.quantity])
        figure = (row.indicator, row.breakdown, row.category, row.invented)
        came = [
            unit
            for unit in places.parts[row.area]
            if unit not in places.parts
            and [_is_told((row.period_start, row.period_end), of[*figure, unit]) for of in days] == [True, False]
        ]
        terms = [places.terms(places.series.get((row.indicator, unit, *figure[1:])), span) for unit in came]
        if terms and all(terms) and len(came) == row.units_reported - row.units_reported_then:
            lines.append(([*((at, 1.0) for each in terms for at in each), (late, -1.0)], False))
    collected.add_all(lines, is_release=True)


def _days(cells: pd.DataFrame) -> _Days:
    """First day and end of every number, by its figure and area."""
    found: _Days = defaultdict(list)
    names = ["indicator", "breakdown", "category", "invented", "area", "period_start", "period_end"]
    for *key, start, end in cells[names].itertuples(index=False, name=None):
        found[tuple(key)].append((start, end))
    return found


def _is_told(span: tuple[int, int], numbers: Sequence[tuple[int, int]]) -> bool:
    """Whether numbers tell of all days of a stretch."""
    day = span[0]
    for start, end in sorted(numbers):
        day = max(day, end) if start <= day else day
    return day >= span[1]


def _add_late(collected: Collecting, totals: pd.DataFrame, parts: pd.DataFrame, late: Flags, *, release: int) -> Ints:
    """The total of today less that number is the total of then; where those who came are known, it is theirs."""
    found = collected.found
    rows = np.flatnonzero(late)
    number = np.full(len(totals), NONE, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    quantity = totals["quantity"].to_numpy(dtype=np.int64)[rows]
    of_part = number[parts["total"].to_numpy(dtype=np.int64)]
    came = np.flatnonzero(parts["is_late"].to_numpy(dtype=bool) & (of_part != NONE))
    part = parts["quantity"].to_numpy(dtype=np.int64)
    own = collected.add_numbers(
        Told.LATE,
        found.of[quantity],
        found.start[quantity],
        found.end[quantity],
        term=np.concatenate([quantity, part[came]]),
        factor=np.concatenate([np.ones(len(rows)), np.zeros(len(came))]),
        number=np.concatenate([np.arange(len(rows)), of_part[came]]),
        release=release,
    )
    each = np.arange(len(rows))
    collected.add_lines(
        np.tile(each, 2),
        np.concatenate([quantity, own]),
        np.repeat([1.0, -1.0], len(rows)),
        right=totals["numerator_then"].to_numpy(dtype=float)[rows] + _changes(parts, len(totals))[rows],
        is_release=True,
    )
    known = np.flatnonzero(_all_known(totals, parts, of_part, rows))
    line = np.full(len(rows), NONE, dtype=np.int64)
    line[known] = np.arange(len(known))
    inside = came[line[of_part[came]] != NONE]
    collected.add_lines(
        np.concatenate([np.arange(len(known)), line[of_part[inside]]]),
        np.concatenate([own[known], part[inside]]),
        np.concatenate([np.ones(len(known)), -np.ones(len(inside))]),
        right=-_summed(parts["was"].to_numpy(dtype=float), of_part, len(rows))[known],
        is_release=True,
    )
    return own


def _summed(values: Floats, of: Ints, size: int) -> Floats:
    there = of != NONE
    return np.bincount(of[there], weights=values[there], minlength=size).astype(np.float64)


def _all_known(totals: pd.DataFrame, parts: pd.DataFrame, of_part: Ints, rows: Ints) -> Flags:
    """Whether the parts that had no number, or less of one, are all who came: as many as the units say."""
    came = _summed(parts["is_late"].to_numpy(dtype=float), of_part, len(rows))
    unclear = _summed(parts["unclear"].to_numpy(dtype=float), of_part, len(rows)) > 0
    more = (totals["units_reported"] - totals["units_reported_then"]).to_numpy(dtype=float)[rows]
    owed = totals["units_expected"].fillna(totals["units_expected_then"]) - totals["units_reported_then"]
    known: Flags = (came > 0) & ~unclear & (np.isnan(more) | (more <= came)) & (came <= owed.to_numpy()[rows])
    return known
