"""Comparable areas: units joined until no border between them and any other changed in a window of time.

Areas are only ever joined, never cut: nobody knows how many children live on a piece of land that changed hands, so a
number is never shared out by area. Every change joins, transfers of land too, however small: whether few people live
there cannot be seen from a map, and a line drawn between large and small transfers would be a guess. A figure of
joined areas is therefore of the same land in every period of the window.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from geo.areas import areas, regions
from geo.borders import BorderChange, border_changes
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, day_before

SEPARATOR: Final = "~"
LEVELS: Final = (AreaKind.REGION, AreaKind.DISTRICT)
_NAMES_BETWEEN: Final = " + "
_WINDOWS: Final = 512
_FIRST_DAY: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Joined:
    """Several areas of one level as one.

    `id` is the ids of `members` in order, with a tilde between. `parent` is the region that holds all of them today,
    else the country. `names` are in the order of LANGUAGES. `since` is the first and `until` the last day of the
    longest time that holds the window asked for and in which no border of it with another area changed; empty where
    the tables know no change before or after.
    """

    id: str
    level: AreaKind
    members: tuple[str, ...]
    parent: str
    names: tuple[str, ...]
    since: date | None
    until: date | None

    def name(self, lang: str) -> str:
        """The short names of all members, in kk, ru or en."""
        return self.names[LANGUAGES.index(lang)]


def joins(since: date, until: date) -> tuple[Joined, ...]:
    """The joined areas of a window: those between which a border changed after the one day and up to the other.

    Regions first, then districts, each by id. An area between which and any other no border changed is in none.
    """
    return _joins(since, until)


@lru_cache(maxsize=_WINDOWS)
def _joins(since: date, until: date) -> tuple[Joined, ...]:
    within = [change for change in border_changes() if change.is_between(since, until)]
    return tuple(
        _joined(level, members, within)
        for level in LEVELS
        for members in sorted(_components((c.area, c.other) for c in within if c.level is level))
    )


def comparable(area: str, since: date, until: date) -> Joined | None:
    """The joined areas to which an area belongs in a window; None where it is comparable by itself.

    So are the country and what a region holds outside its districts, which is no territory.
    """
    return next((joined for joined in joins(since, until) if area in joined.members), None)


def joined_areas(first: date, last: date) -> tuple[Joined, ...]:
    """Every joined area that some window between two days can ask for, each once, by id."""
    changes = [change for change in border_changes() if change.is_between(first, last)]
    starts = sorted({first, *(change.latest for change in changes)})
    ends = sorted({last, *(day_before(change.day) for change in changes)})
    found = {joined.id: joined for start in starts for end in ends if start <= end for joined in joins(start, end)}
    return tuple(found[key] for key in sorted(found))


def _components(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The sets of areas that hang together, each sorted."""
    found: list[set[str]] = []
    for pair in pairs:
        touched = [part for part in found if part & set(pair)]
        found = [part for part in found if part not in touched]
        found.append(set(pair).union(*touched))
    return [tuple(sorted(part)) for part in found]


def _joined(level: AreaKind, members: tuple[str, ...], within: list[BorderChange]) -> Joined:
    parents = {areas()[member].parent for member in members}
    own = [change for change in within if change.area in members]
    first, last = min(change.day for change in own), max(change.latest for change in own)
    outside = [c for c in border_changes() if (c.area in members) != (c.other in members)]
    before = [change.latest for change in outside if change.latest <= last and change not in within]
    after = [day_before(change.day) for change in outside if change.day > first and change not in within]
    return Joined(
        id=SEPARATOR.join(members),
        level=level,
        members=members,
        parent=parents.pop() if len(parents) == 1 else COUNTRY,
        names=tuple(_NAMES_BETWEEN.join(_names(members, lang)) for lang in LANGUAGES),
        since=max(before, default=None),
        until=min(after, default=None),
    )


def _names(members: tuple[str, ...], lang: str) -> Iterator[str]:
    """Regions, and districts called as one, by their full names; other districts by the short one where one has it."""
    short = [areas()[member].name(lang, short=True) for member in members]
    of_regions = {region.name(lang, short=True) for region in regions()}
    for member, name in zip(members, short, strict=True):
        is_short = areas()[member].kind is AreaKind.DISTRICT and short.count(name) == 1 and name not in of_regions
        yield name if is_short else areas()[member].name(lang)
