"""Changes of borders between areas of one level, each with the two areas that have it between them.

A row of changes.csv speaks of one unit and another; what it means for the level above or below is worked out here:
land that a district gave to a district of another region moved the border of the regions too, and of land given to a
city of regions' rank nobody has told which of its districts got it, so it is any of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import product

from geo.areas import areas
from geo.register import Change, current_register
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import day_before


class BorderKind(StrEnum):
    """What happened to the two areas."""

    FOUNDED = "founded"  # the area was cut out of the other one
    LAND = "land"  # land moved from the other one to the area
    ENDED = "ended"  # the other one was abolished, the area took its place or a part of it
    DIVIDED = "divided"  # both took the place of one abolished unit
    REDRAWN = "redrawn"  # the area was founded, and nobody has told from whose land; the other one stood beside it


@dataclass(frozen=True, slots=True, order=True)
class BorderChange:
    """A change of the border between two areas of one level, by today's ids.

    `day` is the first and `latest` the last day on which it can have been; they differ where only month or year is
    known.
    """

    day: date
    latest: date
    level: AreaKind
    kind: BorderKind
    area: str
    other: str

    def is_between(self, since: date, until: date) -> bool:
        """Whether it can have been after the one day and up to the other."""
        return self.latest > since and self.day <= until


@cache
def border_changes() -> tuple[BorderChange, ...]:
    """Every change of a border in the tables, of regions and of districts, by day."""
    found = {change for row in current_register().changes for change in (*_of_regions(row), *_of_districts(row))}
    return tuple(sorted(found))


def _of_regions(row: Change) -> Iterator[BorderChange]:
    sides = list(_sides(row))
    if row.kind == "code" and not _is_region_new(row):
        # A district that went over to another region took its land along.
        sides = [(BorderKind.LAND, row.new, row.new)]
    for kind, gained, lost in sides:
        is_of_regions = areas()[gained].kind is areas()[lost].kind is AreaKind.REGION
        holders, holders_before = _holders(gained, row.day), _holders(lost, day_before(row.day))
        if holders != holders_before:
            own = kind if is_of_regions else BorderKind.LAND
            yield from _pairs(row, AreaKind.REGION, own, holders, holders_before)


def _of_districts(row: Change) -> Iterator[BorderChange]:
    for kind, gained, lost in _sides(row):
        # Where a whole region was founded or ended, the districts in it went over as they were.
        if kind is BorderKind.LAND or areas()[lost].kind is AreaKind.DISTRICT:
            yield from _pairs(row, AreaKind.DISTRICT, kind, _districts(gained, row), _districts(lost, row))


def _pairs(
    row: Change, level: AreaKind, kind: BorderKind, gained: Iterable[str], lost: Iterable[str]
) -> Iterator[BorderChange]:
    for area, other in product(gained, lost):
        if area != other:
            yield BorderChange(row.day, row.latest, level, kind, area, other)


def _sides(row: Change) -> Iterator[tuple[BorderKind, str, str]]:
    """What happened, to which unit that gained, and which one lost."""
    match row.kind:
        case "split":
            yield BorderKind.FOUNDED, row.new, row.old
        case "land":
            yield BorderKind.LAND, row.new, row.old
        case "abolish" if row.old in areas():
            yield BorderKind.ENDED, row.new, row.old
        case "abolish":
            first = current_register().heirs(row.old)[0]
            yield from [(BorderKind.DIVIDED, row.new, first)] if row.new != first else []
        case "create":
            beside = _districts(areas()[row.new].parent, row)
            yield from ((BorderKind.REDRAWN, row.new, other) for other in beside)


def _holders(area: str, day: date) -> tuple[str, ...]:
    """The region that held a district on a day, of one that is no more those that took its place; a region itself."""
    if areas()[area].kind is AreaKind.REGION:
        return (area,)
    register = current_register()
    return register.heirs(register.region_then(area, day))


def _is_region_new(row: Change) -> bool:
    """Whether the region of the unit came into being on that day: then the region's own row tells of its border."""
    region = areas()[areas()[row.new].parent]
    return region.valid_from == row.day


def _districts(area: str, row: Change) -> tuple[str, ...]:
    """The district itself; of a region those that were there the day before."""
    if areas()[area].kind is AreaKind.DISTRICT:
        return (area,)
    below = (found for found in areas().values() if found.parent == area and found.kind is AreaKind.DISTRICT)
    return tuple(found.id for found in below if found.exists(day_before(row.day)))
