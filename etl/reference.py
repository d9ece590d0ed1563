"""The catalogue and the areas as tables a query can join: one small frame each, built from the declarations."""

from datetime import date
from functools import cache

import pandas as pd

from geo.areas import areas, foundings
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator, catalogue
from riskmap.domain.vocabulary import ALL, Family, day_before

_FAR_PAST, _FAR_FUTURE = date(1900, 1, 1), date(2999, 12, 31)


def indicator_frame() -> pd.DataFrame:
    """One row per indicator: what the build needs to know of it."""
    rows = [
        (i.id, str(i.kind), i.population, i.interval, i.lag_months, i.family is Family.POPULATION)
        for i in catalogue().indicators.values()
    ]
    columns = ["indicator", "kind", "population", "interval_method", "lag_months", "is_population"]
    return pd.DataFrame(rows, columns=columns)


def table_frame() -> pd.DataFrame:
    """One row per declared cell family: indicator, level, grain, breakdown, category, whether it is published.

    A country's table needs the regions it is summed from; where these are not published themselves they are worked
    out all the same and left out at the end.
    """
    rows = []
    for item in catalogue().indicators.values():
        declared = {(table.area, table.grain, table.breakdown) for table in item.publish}
        needed = {("region", grain, breakdown) for area, grain, breakdown in declared if area == "country"}
        for level, grain, breakdown in sorted(declared | needed):
            is_published = (level, grain, breakdown) in declared
            for category in _categories(item, breakdown):
                rows.append((item.id, level, str(grain), breakdown, category, is_published))
    return pd.DataFrame(rows, columns=["indicator", "level", "grain", "breakdown", "category", "is_published"])


def _categories(item: Indicator, breakdown: str) -> tuple[str, ...]:
    return (ALL,) if breakdown == ALL else item.breakdowns[breakdown]


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


@cache
def area_frame() -> pd.DataFrame:
    """Every area with its level, parent, names and validity."""
    rows = [
        (a.id, str(a.kind), a.parent, *(a.name(lang) for lang in ("kk", "ru", "en")), a.valid_from, a.valid_to)
        for a in areas().values()
    ]
    columns = ["area", "kind", "parent", "name_kk", "name_ru", "name_en", "valid_from", "valid_to"]
    return pd.DataFrame(rows, columns=columns)


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
    """Areas and years in which a founding changed their borders."""
    rows = {(area, day.year) for child, parent, day in foundings() for area in (child, parent)}
    return pd.DataFrame(sorted(rows), columns=["area", "year"])


def relation_frame() -> pd.DataFrame:
    """The declared relations: an area is the sum of its children, a total the sum of its categories."""
    rows = [("area", "*", a.parent, a.id, "sum", 1) for a in areas().values() if a.parent]
    for item in catalogue().indicators.values():
        for breakdown, categories in item.breakdowns.items():
            rows += [("category", item.id, ALL, f"{breakdown}:{c}", "sum", 1) for c in categories]
    return pd.DataFrame(rows, columns=["axis", "indicator", "total", "part", "kind", "sign"])


def break_frame() -> pd.DataFrame:
    """Breaks of definition and of border, with the word key of their story."""
    rows = [("definition", i.id, v.since, v.story) for i in catalogue().indicators.values() for v in i.definitions[1:]]
    for child, parent, day in foundings():
        rows += [("area", child, day, "break.founded"), ("area", parent, day, "break.reduced")]
    return pd.DataFrame(rows, columns=["axis", "subject", "day", "story"]).drop_duplicates(["axis", "subject", "day"])
