"""What a return to fill in looks like, for the one who writes the form and for the one who reads it back.

On each sheet stand a title, the line of the region and that of the month; then a heading in words and under it the row
of ids, by which columns are found; then one row per area, and the row of the region with the totals.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

from etl.tidy.folding import plain
from geo.areas import Search, areas
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.registry import ReturnSheet, figure_key, indicator
from riskmap.domain.vocabulary import LANGUAGES, SCHOOL_MONTHS, CellStatus, Family, Kind, Period, Place
from riskmap.words import t

AREA: Final = "area"
NAME: Final = "area_name"
UNITS_EXPECTED: Final = "units_expected"
UNITS_REPORTED: Final = "units_reported"
UNITS: Final = (UNITS_EXPECTED, UNITS_REPORTED)

# The first is what the form shows for a figure that was not sent, the second for one that cannot be there.
MARKS: Final = (CellStatus.NOT_REPORTED, CellStatus.NOT_APPLICABLE)
_FURTHER_MARKS: Final = MappingProxyType({"...": CellStatus.NOT_REPORTED})  # as in tables of the statistics office


def return_areas(region: str, on: date) -> tuple[Area, ...]:
    """The areas a return of the region has a row for: those of its districts that were there on the day, and the rest.

    For days before a region was founded its districts stand in the return of the region that held them.
    """
    search = Search(region, on)
    kinds = (AreaKind.DISTRICT, AreaKind.REMAINDER)
    there = [a for a in areas().values() if a.kind in kinds and a.exists(on) and search.holds(a)]
    return tuple(sorted(there, key=lambda area: (area.kind is AreaKind.REMAINDER, area.id)))


def is_of_schools(figure: str) -> bool:
    """Whether schools count the figure, so that it is as complete as their answers.

    How many schools, pupils and educators there are is known without them.
    """
    item = indicator(figure_key(figure)[0])
    return item.place is Place.ORGANISATION and (item.family is not Family.POPULATION or item.kind is Kind.FLOW)


def columns_of(topic: ReturnSheet) -> tuple[str, ...]:
    """Ids of the columns of a sheet; schools are counted where one of its figures comes from them."""
    units = UNITS if any(map(is_of_schools, topic.figures)) else ()
    return (AREA, NAME, *units, *topic.figures)


def is_collected(figure: str, month: Period) -> bool:
    """Whether the figure is counted in that month: what is counted by lessons has no months without school."""
    return month.start.month in SCHOOL_MONTHS or not indicator(figure_key(figure)[0]).school_months


@cache
def written_marks() -> Mapping[str, CellStatus]:
    """Every mark that may stand for a number, in any language, as people write it."""
    words = {t(f"return_form.mark.{status}", lang): status for status in MARKS for lang in LANGUAGES}
    return MappingProxyType({**words, **_FURTHER_MARKS})


@cache
def marks() -> Mapping[str, CellStatus]:
    """The same folded, to find what a cell says; a Latin and a Cyrillic x are one."""
    return MappingProxyType({plain(text): status for text, status in written_marks().items()})


def shown_marks(*statuses: CellStatus) -> str:
    """The marks of these statuses, or all, for the text of a fault."""
    return " / ".join(text for text, status in written_marks().items() if status in (statuses or MARKS))


@cache
def labels(key: str, *, exact: bool = False) -> frozenset[str]:
    """A word of the form in all languages, folded or exactly as it is: a return is filled in in any of them."""
    return frozenset(t(key, lang) if exact else plain(t(key, lang)) for lang in LANGUAGES)
