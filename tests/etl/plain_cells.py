"""Cells worked out again in plain Python, one dictionary a step: the slow answer that the quick one must agree with.

Left out are the people of areas whose borders changed and everything that is no number, state or count of parts.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from geo.areas import areas, children, foundings
from riskmap.domain.areas import Area
from riskmap.domain.registry import Indicator, catalogue, indicator
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Family, Grain, Kind, Period, enclosing, months_between

LEVELS = {"remainder": 0, "district": 0, "region": 1, "country": 2}
SUM = "sum_of_parts"
VALUE, MISSING, ABSENT, BROKEN = "value", "not_reported", "not_applicable", "not_comparable"


class Key(NamedTuple):
    """What a figure is of."""

    invented: bool
    indicator: str
    area: str
    period: Period
    breakdown: str
    category: str


@dataclass(frozen=True)
class Cell:
    """A number with its state; `parts` are those of a sum: how many there are, how many have a number, are whole."""

    status: str
    count: float | None = None
    people: float | None = None
    is_sum: bool = False
    parts: tuple[int, int] | None = None


Cells = dict[Key, Cell]
_NO_PERIOD = Period(date.min, date.min, Grain.MONTH)


def plain_cells(figures: Cells) -> Cells:
    """The published cells that a record of these figures makes."""
    figures = {key: cell for key, cell in figures.items() if _is_counted(key)}
    known = {**_longer(figures), **figures}
    done: Cells = {}
    for is_population in (True, False):
        for level in ("district", "region", "country"):
            for key in list(_expected(known, level, is_population=is_population)):
                done[key] = _cell(key, known, done)
    return _one_kind(done)


def _is_counted(key: Key) -> bool:
    is_taught = key.period.grain is not Grain.MONTH or key.period.start.month in SCHOOL_MONTHS
    return is_taught or not indicator(key.indicator).school_months


def _months(item: Indicator, period: Period) -> list[Period]:
    return _months_of(period, is_school=item.school_months)


@cache
def _months_of(period: Period, *, is_school: bool) -> list[Period]:
    months = months_between(period.start, period.end)
    return [month for month in months if not is_school or month.start.month in SCHOOL_MONTHS]


def _there(area: Area, months: Iterable[Period]) -> list[Period]:
    return [month for month in months if not area.valid_from or area.valid_from <= month.end]


def _longer(figures: Cells) -> Cells:
    months = {key.period for key in figures if key.period.grain is Grain.MONTH}
    found: Cells = {}
    series: dict[Key, dict[Period, Cell]] = {}
    for key, cell in figures.items():
        if key.period in months:
            series.setdefault(key._replace(period=_NO_PERIOD), {})[key.period] = cell
    for key, own in series.items():
        item = indicator(key.indicator)
        last = max(period.end for other, cells in series.items() if other.invented == key.invented for period in cells)
        for grain in {table.grain for table in item.publish if table.breakdown == key.breakdown}:
            for period in {enclosing(month, grain) for month in own}:
                due = _there(areas()[key.area], _months(item, period))
                since = grain in (Grain.YTD, Grain.SCHOOL_YTD) and item.school_months
                if grain is Grain.MONTH or period.end > last or not any(month in own for month in due):
                    continue
                if not since or period.end.month in SCHOOL_MONTHS:
                    found[key._replace(period=period)] = _of_months(item, [own.get(month) for month in due])
    return found


def _of_months(item: Indicator, months: list[Cell | None]) -> Cell:
    asked = months if item.kind is Kind.FLOW else months[-1:]
    if any(month is None or month.status == MISSING for month in asked):
        return Cell(MISSING)
    counts = [month.count for month in asked if month and month.count is not None]
    return Cell(VALUE, sum(counts, 0.0)) if counts else Cell(ABSENT)


def _tables(is_population: bool) -> Iterator[tuple[str, str, Grain, str]]:
    levels = ("country", "region", "district")
    for item in catalogue().indicators.values():
        if (item.family is Family.POPULATION) is is_population:
            for table in item.publish:
                for level in levels[levels.index(table.area) :]:
                    yield item.id, level, table.grain, table.breakdown


def _expected(known: Cells, level: str, *, is_population: bool) -> Iterator[Key]:
    tables = {(name, grain, cut) for name, own, grain, cut in _tables(is_population) if own == level}
    lowest: dict[tuple[bool, str, Period, str], int] = {}
    outside: dict[tuple[bool, str, str], set[str]] = {}
    for key in known:
        kind = areas()[key.area].kind
        table = (key.invented, key.indicator, key.period, key.breakdown)
        lowest[table] = min(LEVELS[kind], lowest.get(table, LEVELS["country"]))
        if kind == "remainder":
            outside.setdefault((key.invented, key.indicator, key.breakdown), set()).add(key.area)
    for (invented, name, period, cut), rank in lowest.items():
        if (name, period.grain, cut) not in tables or rank > LEVELS[level]:
            continue
        named = outside.get((invented, name, cut), set()) if level == "district" else set()
        for area in areas().values():
            if area.kind == level or area.id in named:
                for category in indicator(name).breakdowns[cut] if cut != ALL else (ALL,):
                    yield Key(invented, name, area.id, period, cut, category)


def _own_status(key: Key, known: Cells) -> str:
    item, period = indicator(key.indicator), key.period
    since = [version.since for version in item.definitions]
    taught = _months(item, period)
    if since[0] > period.end or (taught and not _there(areas()[key.area], taught)):
        return ABSENT
    if (founded := areas()[key.area].valid_from) and founded > period.end:
        return ABSENT
    if key not in known:
        return MISSING
    if item.kind is Kind.FLOW and any(period.start < day <= period.end for day in since):
        return BROKEN
    return known[key].status


def _cell(key: Key, known: Cells, done: Cells) -> Cell:
    own = _own_status(key, known)
    below = [done[part] for child in children(key.area) if (part := key._replace(area=child.id)) in done]
    owed = [cell for cell in below if cell.status != ABSENT]
    item = indicator(key.indicator)
    people = _people(key, done)
    if own == ABSENT and key not in known and owed and item.definitions[0].since <= key.period.end:
        own = MISSING
    if own == VALUE:
        return Cell(VALUE, known[key].count, people.people if people else None)
    there = [cell for cell in below if cell.status == VALUE]
    broken = any(cell.status == BROKEN for cell in below)
    if own != MISSING or not (there or broken):
        return Cell(own)
    whole = [cell for cell in there if not cell.parts or cell.parts[0] == cell.parts[1]]
    parts = (len(owed), len(whole))
    if broken or 10 * len(there) < 9 * len(owed):
        return Cell(BROKEN if broken else MISSING, is_sum=True, parts=parts)
    count = sum((cell.count or 0.0 for cell in there), 0.0)
    return Cell(VALUE, count, _people_of_parts(key, done, people, is_whole=parts[0] == parts[1]), True, parts)


def _people_of_parts(key: Key, done: Cells, own: Cell | None, *, is_whole: bool) -> float | None:
    found = []
    for child in children(key.area):
        part = done.get(key._replace(area=child.id))
        if part and part.status == VALUE and (child.kind != "remainder" or _is_peopled(key, child.id, done)):
            found.append(part.people)
    if own and not own.is_sum and is_whole and key.area not in redrawn():
        return own.people
    return sum((people for people in found if people is not None), 0.0) if None not in found else None


def _is_peopled(key: Key, area: str, done: Cells) -> bool:
    """Whether people of the kind asked were ever counted there, by month."""
    whole = indicator(key.indicator).population
    return any(k[:3] == (key.invented, whole, area) and k.period.grain is Grain.MONTH for k in done)


def redrawn() -> set[str]:
    """Areas whose borders changed at some time."""
    return {area for child, parent, _ in foundings() for area in (child, parent)}


def _people(key: Key, done: Cells) -> Cell | None:
    """The people of an area itself, from what stands for its population; is_sum where it was added up."""
    item, period = indicator(key.indicator), key.period
    if not item.population:
        return None
    whole = indicator(item.population)

    def of(span: Period) -> Cell | None:
        cell = done.get(Key(key.invented, whole.id, key.area, span, ALL, ALL))
        return cell if cell and cell.status == VALUE else None

    if whole.kind is Kind.FLOW:
        cell = of(period)
        return Cell(VALUE, people=cell.count, is_sum=cell.is_sum) if cell else None
    if any(table.grain is Grain.MONTH for table in whole.publish):
        due = [period] if period.grain is Grain.MONTH else _there(areas()[key.area], _months(item, period))
        asked = due if item.kind is Kind.FLOW else due[-1:]
        cells = [cell for month in asked if (cell := of(month))]
        share = len(due) / (9 if item.school_months else 12) if item.kind is Kind.FLOW else 1.0
        counts = [cell.count for cell in cells if cell.count is not None]
        if not counts:
            return None
        mean = sum(counts, 0.0) / len(counts) * share
        return Cell(VALUE, people=mean, is_sum=any(cell.is_sum for cell in cells))
    return _people_of_years(item, period, of)


def _people_of_years(item: Indicator, period: Period, of: Callable[[Period], Cell | None]) -> Cell | None:
    total, years, is_sum = 0.0, 0.0, False
    for year in range(period.start.year, period.end.year + 1):
        ends = [of(Period(date(y, 1, 1), date(y, 12, 31), Grain.YEAR)) for y in (year - 1, year)]
        counts = [cell.count for cell in ends if cell and cell.count is not None]
        if not counts:
            return None
        is_sum = is_sum or next(cell.is_sum for cell in reversed(ends) if cell)
        first, last = max(period.start, date(year, 1, 1)), min(period.end, date(year, 12, 31))
        share = ((last - first).days + 1) / (date(year + 1, 1, 1) - date(year, 1, 1)).days
        total, years = total + sum(counts, 0.0) / len(counts) * share, years + share
    return Cell(VALUE, people=total if item.kind is Kind.FLOW else total / years, is_sum=is_sum)


def _one_kind(done: Cells) -> Cells:
    def table(key: Key) -> tuple[str, int, Grain, str]:
        return key.indicator, LEVELS[areas()[key.area].kind], key.period.grain, key.breakdown

    names = {0: "district", 1: "region", 2: "country"}
    real = {table(key) for key, cell in done.items() if not key.invented and cell.status in (VALUE, BROKEN)}
    made_up = {table(key) for key, cell in done.items() if key.invented and cell.status in (VALUE, BROKEN)}
    any_real = {table(key) for key in done if not key.invented}
    published = {}
    for key, cell in done.items():
        own = table(key)
        is_real = own in real or (own not in made_up and own in any_real)
        if key.invented is not is_real and indicator(key.indicator).published(names[own[1]], own[2], own[3]):
            people = None if _is_more_than_all(key, cell) else cell.people
            published[key] = Cell(cell.status, cell.count, people, cell.is_sum, cell.parts)
    return published


def _is_more_than_all(key: Key, cell: Cell) -> bool:
    is_share = indicator(key.indicator).interval == "wilson"
    return is_share and cell.count is not None and cell.people is not None and cell.count > cell.people
