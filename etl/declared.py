"""Which figures go nowhere: no declared table of their indicator has their level, their period or their breakdown."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from etl import reference
from etl.frames import Figure
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import Problem
from riskmap.domain.vocabulary import ALL, Grain

# How a period of each grain is written, for messages.
PERIOD_CODES: Final = {
    Grain.MONTH: "2025-10",
    Grain.QUARTER: "2022-Q3",
    Grain.HALF_YEAR: "2022-H1",
    Grain.YEAR: "2022",
    Grain.SCHOOL_YEAR: "2022/23",
    Grain.THREE_YEARS: "2022/23-2024/25",
    Grain.YTD: "2025-01..2025-10",
    Grain.SCHOOL_YTD: "2024-09..2025-02",
}


class Misfit(NamedTuple):
    """Why no table has room for a figure: code and column of the fault, and what there are tables of."""

    code: str
    column: str
    expected: str


@cache
def _tables() -> Mapping[str, frozenset[tuple[str, str, str]]]:
    """Level, grain and breakdown of every table that is worked out of each indicator."""
    tables: dict[str, set[tuple[str, str, str]]] = {}
    for table in reference.table_frame().itertuples():
        if table.is_internal:  # made of figures that other tables ask for, and asks for none
            continue
        tables.setdefault(table.indicator, set()).add((table.level, table.grain, table.breakdown))
    return {indicator: frozenset(found) for indicator, found in tables.items()}


def misfit(indicator: str, level: str, grain: Grain, breakdown: str, *, is_formed: bool) -> Misfit | None:
    """Why a figure would go nowhere, or None where a table has room for it.

    Of sources from which longer periods are formed a month is part of every grain. What a region holds outside its
    districts is one more district.
    """
    level = str(AreaKind.DISTRICT) if level == AreaKind.REMAINDER else level
    tables = _tables()[indicator]
    grains = {table[1] for table in tables if table[0] == level}
    served = grains if is_formed and grain is Grain.MONTH else grains & {grain}
    breakdowns = {table[2] for table in tables if table[0] == level and table[1] in served}
    if not grains:
        return Misfit("A006", "area", ", ".join(sorted({table[0] for table in tables})))
    if not served:
        there = {Grain.MONTH} if is_formed else grains
        return Misfit("P002", "period", ", ".join(PERIOD_CODES[other] for other in Grain if other in there))
    if breakdown not in breakdowns:
        return Misfit("V007", "breakdown", ", ".join(sorted(breakdowns)))
    return None


def undeclared(figures: Sequence[Figure]) -> Iterator[Problem]:
    """A fault for each published figure that no table has room for."""
    for figure in figures:
        level, grain = str(areas()[figure.area].kind), figure.period.grain
        fault = misfit(figure.indicator, level, grain, figure.breakdown, is_formed=False)
        if fault:
            found = {"area": figure.area, "period": figure.period.code, "breakdown": figure.breakdown}[fault.column]
            yield Problem(fault.code, row=figure.line, column=fault.column, found=found, expected=fault.expected)


def unpublished(figures: Sequence[Figure]) -> Iterator[Problem]:
    """What a form holds beyond the declared tables: kept in the record, shown nowhere, and told once per form."""
    beyond = {
        " ".join([figure.indicator, *([] if figure.breakdown == ALL else [figure.breakdown])]): None
        for figure in figures
        if (str(areas()[figure.area].kind), figure.period.grain, figure.breakdown) not in _tables()[figure.indicator]
    }
    if beyond:
        found = f"{figures[0].period.code}: {', '.join(beyond)}"
        yield Problem("V010", found=found)
