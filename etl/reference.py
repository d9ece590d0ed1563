"""The catalogue and the areas as tables a query can join: one small frame each, built from the declarations."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

import pandas as pd

from geo.areas import areas, foundings
from geo.borders import BorderKind, border_changes
from geo.comparable import joined_areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import LEVELS, Indicator, catalogue
from riskmap.domain.vocabulary import (
    ALL,
    LANGUAGES,
    SCHOOL_MONTHS,
    Family,
    Grain,
    Kind,
    Period,
    day_before,
    enclosing,
    months_between,
)

# What each side of a border is told: the area that gained or was founded, the one that lost; the gravest first.
_STORIES: Final = MappingProxyType(
    {
        BorderKind.FOUNDED: ("break.founded", "break.reduced"),
        BorderKind.ENDED: ("break.absorbed", "break.ended"),
        BorderKind.DIVIDED: ("break.divided", "break.divided"),
        BorderKind.LAND: ("break.land", "break.land"),
        BorderKind.REDRAWN: ("break.redrawn", "break.redrawn"),
    }
)
_FAR_PAST, _FAR_FUTURE = date(1900, 1, 1), date(2999, 12, 31)


def indicator_frame() -> pd.DataFrame:
    """One row per indicator: what the build needs to know of it.

    `time` is how its periods are formed from months: `flow` adds, `stock` takes the last month. `basis` is how a
    population is counted, by month or at the end of a year. `since` is the first day of its first definition.
    """
    rows = [
        (
            *(i.id, "flow" if i.kind is Kind.FLOW else "stock", i.population, i.interval),
            *(i.family is Family.POPULATION, i.school_months, _basis(i), i.definitions[0].since),
        )
        for i in catalogue().indicators.values()
    ]
    columns = ["indicator", "time", "population", "interval_method", "is_population", "is_school"]
    return pd.DataFrame(rows, columns=[*columns, "basis", "since"])


def _basis(item: Indicator) -> str:
    return "month" if any(table.grain is Grain.MONTH for table in item.publish) else "year"


def table_frame() -> pd.DataFrame:
    """One row per table the build works out: indicator, level, grain, breakdown, whether published, whether internal.

    A table of the country needs those of regions and districts it is summed from, and a rate the number of its people
    for the same areas; where these are not published themselves they are left out at the end. Internal are the months
    of districts and regions of whose totals longer periods are published.
    """
    tables = {(i.id, t.area, t.grain, t.breakdown): True for i in catalogue().indicators.values() for t in i.publish}
    internal = set(_months_inside(tables))
    tables |= dict.fromkeys(internal, False)
    for identifier, level, grain, breakdown in list(tables):
        below = LEVELS[LEVELS.index(level) + 1 :]
        for lower in below:
            tables.setdefault((identifier, lower, grain, breakdown), False)
        for whole in _populations_of(identifier, grain):
            for other in (level, *below):
                tables.setdefault((*whole[:1], other, *whole[1:]), False)
    rows = [(*key[:2], str(key[2]), key[3], is_published, key in internal) for key, is_published in tables.items()]
    return pd.DataFrame(rows, columns=["indicator", "level", "grain", "breakdown", "is_published", "is_internal"])


def _months_inside(tables: Mapping[tuple[str, str, Grain, str], bool]) -> Iterator[tuple[str, str, Grain, str]]:
    """The months of districts and regions that are not published though their totals of longer periods are.

    Suicides and attempts stay what they are to everybody: a number of a region and a year.
    """
    for identifier, level, _, breakdown in tables:
        month = (identifier, level, Grain.MONTH, ALL)
        is_wanted = breakdown == ALL and level != AreaKind.COUNTRY and month not in tables
        # A month of the country less the own one would be the sum of the others', which nobody has looked at.
        is_wanted &= level != AreaKind.REGION or (identifier, AreaKind.COUNTRY, Grain.MONTH, ALL) not in tables
        if is_wanted and not catalogue().indicators[identifier].never_coloured:
            yield month


def _populations_of(identifier: str, grain: Grain) -> Iterator[tuple[str, Grain, str]]:
    """The tables of its population that the rate of an indicator at some grain is formed with."""
    item = catalogue().indicators[identifier]
    if not item.population:
        return
    whole = catalogue().indicators[item.population]
    if whole.kind is Kind.FLOW:
        yield whole.id, grain, ALL
    else:
        yield whole.id, Grain(_basis(whole)), ALL


def category_frame() -> pd.DataFrame:
    """Every category of every breakdown of every indicator, the total included."""
    rows = [
        (item.id, breakdown, category)
        for item in catalogue().indicators.values()
        for breakdown, categories in {ALL: (ALL,), **item.breakdowns}.items()
        for category in categories
    ]
    return pd.DataFrame(rows, columns=["indicator", "breakdown", "category"])


def span_frame(months: Sequence[Period]) -> pd.DataFrame:
    """Which months make up which longer period: one row per month and period that it is part of, for every grain.

    Only periods that are over with the last of the months; since 1 January or 1 September there is one per month.
    There is at least one month.
    """
    last = max(month.end for month in months)
    longer = {enclosing(month, grain) for month in months for grain in Grain if grain is not Grain.MONTH}
    rows = [
        (month.start, str(period.grain), period.start, period.end)
        for period in sorted(longer)
        if period.end <= last
        for month in months_between(period.start, period.end)
    ]
    return pd.DataFrame(rows, columns=["month_start", "grain", "period_start", "period_end"])


def school_month_frame() -> pd.DataFrame:
    """The months of lessons."""
    return pd.DataFrame({"month": list(SCHOOL_MONTHS)})


def rank_frame() -> pd.DataFrame:
    """How high each level stands: a figure of a lower one makes the higher ones expected."""
    ranks = {"remainder": 0, "district": 0, "region": 1, "country": 2}
    return pd.DataFrame(list(ranks.items()), columns=["level", "rank"])


def preference_frame() -> pd.DataFrame:
    """Which source wins where two carry the same cell: the lower rank."""
    rows = [(i.id, name, rank) for i in catalogue().indicators.values() for rank, name in enumerate(i.sources)]
    return pd.DataFrame(rows, columns=["indicator", "source", "preference"])


def definition_frame() -> pd.DataFrame:
    """Versions of definitions and the day from which each holds; a period in which one begins is not comparable."""
    rows = [
        (i.id, version.id, version.since, place > 0)
        for i in catalogue().indicators.values()
        for place, version in enumerate(i.definitions)
    ]
    return pd.DataFrame(rows, columns=["indicator", "definition", "since", "is_change"])


_AREA_COLUMNS: Final = ("area", "kind", "parent", "name_kk", "name_ru", "name_en", "valid_from", "valid_to", "members")


@cache
def unit_frame() -> pd.DataFrame:
    """Every area that returns speak of, with its level, parent, names and validity; joined areas are none of them."""
    rows = [
        (a.id, str(a.kind), a.parent, *(a.name(lang) for lang in LANGUAGES), a.valid_from, a.valid_to, "")
        for a in areas().values()
    ]
    return pd.DataFrame(rows, columns=_AREA_COLUMNS)


@cache
def area_frame() -> pd.DataFrame:
    """Every area, and behind them the joined areas of every window that somebody can ask for."""
    rows = [
        (joined.id, str(AreaKind.JOINED), joined.parent, *joined.names, None, None, " ".join(joined.members))
        for joined in joined_areas(_FAR_PAST, _FAR_FUTURE)
    ]
    return pd.concat([unit_frame(), pd.DataFrame(rows, columns=_AREA_COLUMNS)], ignore_index=True)


def territory_frame() -> pd.DataFrame:
    """Whose people stood under which area from which day to which day.

    An area has its own people from the day on which it was founded. In the year of a founding, the people of the days
    before stood under the area it was cut from, whose returns counted them; years before that are covered by what was
    published for the old borders.
    """
    rows = [
        (area.id, area.id, area.valid_from or _FAR_PAST, _FAR_FUTURE)
        for area in areas().values()
        if area.kind is not AreaKind.REMAINDER
    ]
    rows += [(parent, child, date(day.year, 1, 1), day_before(day)) for child, parent, day in foundings()]
    return pd.DataFrame(rows, columns=["area", "contributor", "since", "until"])


def border_change_frame() -> pd.DataFrame:
    """Areas with the years and days in which a founding changed their borders."""
    rows = {(area, day.year, day) for child, parent, day in foundings() for area in (child, parent)}
    return pd.DataFrame(sorted(rows), columns=["area", "year", "day"])


def relation_frame() -> pd.DataFrame:
    """The declared relations: an area is the sum of its children, a total the sum of its categories."""
    rows = [("area", "*", a.parent, a.id, "sum", 1) for a in areas().values() if a.parent]
    for item in catalogue().indicators.values():
        for breakdown, categories in item.breakdowns.items():
            rows += [("category", item.id, ALL, f"{breakdown}:{c}", "sum", 1) for c in categories]
        # Of a register: what it was, with those placed and without those removed, is what it is.
        rows += [
            ("indicator", "*", item.id, part, "balance", sign)
            for part, sign in zip(item.balance, (1, -1), strict=False)
        ]
    return pd.DataFrame(rows, columns=["axis", "indicator", "total", "part", "kind", "sign"])


def break_frame() -> pd.DataFrame:
    """Breaks of definition and of border, with the word key of their story.

    A new name or code is none: the series goes on. A border is a break for the areas on both sides of it, and for
    joined areas where one of the two is a member and the other is not.
    """
    changes = ((i.id, version) for i in catalogue().indicators.values() for version in i.definitions[1:])
    rows = [("definition", indicator, version.since, "", version.story) for indicator, version in changes]
    rows += [("area", *found) for found in (*_border_breaks(), *_joined_breaks())]
    frame = pd.DataFrame(rows, columns=["axis", "subject", "day", "other", "story"])
    return frame.drop_duplicates(["axis", "subject", "day", "other"], ignore_index=True)


def _border_breaks() -> Iterator[tuple[str, date, str, str]]:
    """Of what happened on one day between two areas the gravest comes first: it is the one that is told."""
    for change in sorted(border_changes(), key=lambda change: (change.day, tuple(_STORIES).index(change.kind))):
        of_area, of_other = _STORIES[change.kind]
        yield change.area, change.day, change.other, of_area
        yield change.other, change.day, change.area, of_other


def _joined_breaks() -> Iterator[tuple[str, date, str, str]]:
    for joined in joined_areas(_FAR_PAST, _FAR_FUTURE):
        for change in border_changes():
            outside = {change.area, change.other}.difference(joined.members)
            if len(outside) == 1:
                yield joined.id, change.day, outside.pop(), "break.border"
