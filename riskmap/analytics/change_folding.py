"""One correction told once: a change of a district's month changes its year, its region and the country too."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pandas as pd

from riskmap.analytics import queries
from riskmap.analytics.change_views import Follower, Place
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY, GRAINS_BY_LENGTH, Grain, Period

_SINCE: Final = (Grain.YTD, Grain.SCHOOL_YTD)


class Land:
    """The areas of a build, and which of them lie in which."""

    def __init__(self, rows: Sequence[tuple[str, str, str, str, str, str, str]]) -> None:
        self.places: dict[str, Place] = {}
        steps: dict[str, set[str]] = defaultdict(set)
        for area, level, parent, members, *names in rows:
            self.places[area] = Place(area, level, parent, (names[0], names[1], names[2]))
            steps[area] |= {parent, COUNTRY} - {"", area}
            for member in members.split():
                steps[member].add(area)
        self.around = {area: _reached(area, steps) for area in self.places}

    def within(self, area: str) -> frozenset[str]:
        """The area and every area that lies in it."""
        return frozenset(inner for inner, around in self.around.items() if area in around)


def _reached(area: str, steps: Mapping[str, set[str]]) -> frozenset[str]:
    """The area itself and every area that it lies in."""
    found: set[str] = set()
    ahead = [area]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += steps[here]
    return frozenset(found)


class Fold(NamedTuple):
    """A change that holds no other one: the label of its row, and what holds it and changed too."""

    row: int
    followers: tuple[Follower, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    row: int
    area: str
    period: Period
    held: list["_Change"] = field(default_factory=list)


def folds(rows: pd.DataFrame, land: Land, asked: Collection[str], *, most: int) -> Iterator[Fold]:
    """The changes of one figure that hold no other, at most so many, the latest period first.

    Only areas asked for are told of themselves; what lies around them is told as following.
    """
    by_area: dict[str, list[_Change]] = defaultdict(list)
    found: list[_Change] = []
    for change in sorted(_changes(rows), key=lambda its: _smallest_first(its, land)):
        inside = [small for small in by_area[change.area] if _holds(change.period, small.period)]
        for small in inside:
            small.held.append(change)
        if not inside and change.area in asked and len(found) < most:
            found.append(change)
            for area in land.around[change.area]:
                by_area[area].append(change)
    found.sort(key=lambda its: (-its.period.end.toordinal(), -its.period.start.toordinal(), its.area))
    yield from (Fold(change.row, tuple(_followers(change, land))) for change in found)


def _changes(rows: pd.DataFrame) -> Iterator[_Change]:
    for row in rows[["area", "grain", "period_start", "period_end"]].itertuples():
        its: Any = row
        yield _Change(its.Index, its.area, queries.period_of(its))


def _smallest_first(change: _Change, land: Land) -> tuple[object, ...]:
    """A change stands before every one that holds it: of small areas first, of short periods, of the latest."""
    period = change.period
    length = GRAINS_BY_LENGTH.index(period.grain)
    return -len(land.around[change.area]), period.days, length, -period.end.toordinal(), change.area


def _holds(large: Period, small: Period) -> bool:
    return large.start <= small.start and small.end <= large.end


def _followers(change: _Change, land: Land) -> Iterator[Follower]:
    by_area: dict[str, list[Period]] = defaultdict(list)
    for held in change.held:
        by_area[held.area].append(held.period)
    # Joined areas of one unit hold each other, one for each time that a series may begin: the largest is told.
    joined = sorted((area for area in by_area if land.places[area].level == AreaKind.JOINED), key=len)
    for area in joined[:-1]:
        del by_area[area]
    for area in sorted(by_area, key=lambda its: (its != change.area, -len(land.around[its]), its)):
        periods = sorted(by_area[area], key=lambda its: (its.grain in _SINCE, its.days, its.start))
        yield Follower(land.places[area], tuple(periods))
