"""Figures for the checks, staged without a file: each stands in a row of its own, from row 2 on."""

from collections.abc import Iterable
from dataclasses import replace

from etl.checks.run import data_faults
from etl.frames import Figure
from etl.staging import Staging
from riskmap.domain.errors import Problem
from riskmap.domain.vocabulary import ALL, CellStatus, parse_period

Value = int | CellStatus
RETURN = "district_return"
FILE = "return.csv"
# Two districts of Astana, and the districts of the small region of Ulytau with what lies outside them.
DISTRICT, NEIGHBOUR = "711310000", "711410000"
ULYTAU = "620000000"


def fig(
    name: str,
    area: str,
    code: str,
    value: Value,
    *,
    by: str = "",
    invented: bool = True,
    units: int | None = None,
) -> Figure:
    """One figure of a period code; a state instead of a number says why there is none."""
    breakdown, _, category = by.partition(":")
    period = parse_period(code)
    assert period, code
    return Figure(
        indicator=name,
        area=area,
        period=period,
        numerator=None if isinstance(value, CellStatus) else float(value),
        line=0,
        column="value",
        breakdown=breakdown or ALL,
        category=category or ALL,
        status=value if isinstance(value, CellStatus) else CellStatus.VALUE,
        invented=invented,
        units_expected=units,
        units_reported=units,
    )


def months(
    name: str, values: Iterable[int | CellStatus], *, area: str = DISTRICT, first: str = "2024-01"
) -> list[Figure]:
    """One number a month from the first one on."""
    year, month = map(int, first.split("-"))
    numbers = enumerate(values, start=year * 12 + month - 1)
    return [fig(name, area, f"{n // 12}-{n % 12 + 1:02}", value) for n, value in numbers]


def stage(*files: Iterable[Figure]) -> Staging:
    """The figures of one or several files."""
    staging = Staging()
    for number, figures in enumerate(files):
        staging.add(number, [replace(figure, line=line) for line, figure in enumerate(figures, start=2)])
    return staging


def faults(*figures: Figure, past: bool = False) -> list[Problem]:
    """What is told of the figures of one file."""
    return data_faults(stage(figures), {0: FILE}, past=past, sources={0: RETURN})


def codes(*figures: Figure, past: bool = False) -> list[str]:
    """The codes of what is told, in order."""
    return [fault.code for fault in faults(*figures, past=past)]


def the_fault(*figures: Figure, past: bool = False) -> Problem:
    """The one thing that is told."""
    (fault,) = faults(*figures, past=past)
    return fault
