"""What an area is: the country, a region, a district, or what a region holds outside its districts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskmap.domain.errors import WrongUsage
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, Scope


class AreaKind(StrEnum):
    """Level of an area.

    The remainder is what a region holds outside its districts, colleges and boarding schools. Joined areas are several
    areas of one level as one, so that a change of the borders between them does not matter.
    """

    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    REMAINDER = "remainder"
    JOINED = "joined"


class AreaUnit(StrEnum):
    """Type of the administrative unit; country and remainder are none."""

    OBLAST = "oblast"
    REPUBLICAN_CITY = "republican_city"
    DISTRICT = "district"
    CITY = "city"
    CITY_DISTRICT = "city_district"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Area:
    """One area that is valid today.

    `id` is its KATO code today (nine digits, text), of a remainder `<KATO of the region>-R`; a unit that only changed
    its code keeps today's id for its whole history. `parent` is empty for the country. `names` and `short_names` are
    in the order of LANGUAGES. `valid_from` is empty where the unit is older than our tables; where only the month or
    year is known it is the first day of it, so that no report of that time is refused. `valid_to` is the first day
    on which the unit is no longer.
    """

    id: str
    kind: AreaKind
    parent: str
    unit: AreaUnit
    names: tuple[str, ...]
    short_names: tuple[str, ...]
    valid_from: date | None = None
    valid_to: date | None = None

    def name(self, lang: str, *, short: bool = False) -> str:
        """Return the official name in kk, ru or en, or the name without the word for its type."""
        if lang not in LANGUAGES:
            raise WrongUsage(detail=lang)
        return (self.short_names if short else self.names)[LANGUAGES.index(lang)]

    def exists(self, on: date | None) -> bool:
        """Whether the unit existed on that day; without a day, whether it exists today."""
        if on is None:
            return self.valid_to is None
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


def areas_in(scope: Scope, rows: Iterable[tuple[str, str, str, str]]) -> frozenset[str]:
    """The ids of all areas that a scope covers, of rows of id, kind, parent and members as a build holds them.

    The country covers everything, a region itself and all that lies in it, a district itself; joined areas are covered
    where all their members are. Empty for the public, and for an area that there is none of.
    """
    known = list(rows)
    single = frozenset(
        area
        for area, kind, parent, _ in known
        if kind != AreaKind.JOINED and not scope.areas.isdisjoint((COUNTRY, area, parent) if parent else (area,))
    )
    joined = (
        area for area, kind, _, members in known if kind == AreaKind.JOINED and single.issuperset(members.split())
    )
    return single.union(joined)
