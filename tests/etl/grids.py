"""Spreadsheets in memory from lines of text, and what a declaration makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from etl.frames import Figure, RawSheet, RawTable
from etl.spreadsheet.tidy import NOTHING_ASKED, Asked, tidy_spreadsheet
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import source
from riskmap.domain.spreadsheets import Dimension, Spreadsheet, Stand
from riskmap.domain.vocabulary import ALL, CellStatus

INSIDE = (Stand.COLUMN, Stand.HEADING, Stand.BLOCK, Stand.SHEET, Stand.ABOVE)
GENERAL = Spreadsheet(
    id="general",
    source="district_return",
    words={},
    area=Dimension((*INSIDE, Stand.FILE, Stand.CALL)),
    period=Dimension((*INSIDE, Stand.FILE, Stand.CALL)),
    figure=Dimension((Stand.COLUMN, Stand.HEADING, Stand.BLOCK, Stand.SHEET, Stand.ABOVE)),
    words_of_catalogue=True,
    whole_file=False,
)
NAME = "Улытау 2025-10.xlsx"


def sheet(text: str, name: str = "Лист1", **marks: object) -> RawSheet:
    """A sheet of lines, the cells of which are set off by semicolons."""
    rows = tuple(tuple(line.split(";")) for line in text.strip("\n").splitlines())
    return replace(RawSheet(name, rows), **marks)  # type: ignore[arg-type]


def book(*sheets: RawSheet, file: str = NAME) -> RawTable:
    """A file of sheets."""
    return RawTable(file, "digest", {item.name: item for item in sheets}, tuple(item.name for item in sheets))


def read(
    *sheets: RawSheet | str, item: Spreadsheet = GENERAL, file: str = NAME, asked: Asked = NOTHING_ASKED
) -> tuple[dict[str, float | str], list[Problem]]:
    """Figures by `<figure> <area> <period>`, a status for those without a number; and the faults."""
    raw = book(*(sheet(each) if isinstance(each, str) else each for each in sheets), file=file)
    figures, problems = tidy_spreadsheet(raw, item, source(item.source), asked=asked)
    return {key(figure): value(figure) for figure in figures}, problems


def key(figure: Figure) -> str:
    """How a figure is called in these tests."""
    cut = "" if figure.breakdown == ALL else f":{figure.breakdown}:{figure.category}"
    return f"{figure.indicator}{cut} {figure.area} {figure.period.code}"


def value(figure: Figure) -> float | str:
    """Its number, or its status without one."""
    return str(figure.status) if figure.numerator is None or figure.status is not CellStatus.VALUE else figure.numerator


def stops(problems: Sequence[Problem]) -> list[str]:
    """Codes of the faults that stop, in order."""
    return [problem.code for problem in problems if problem.severity is Severity.STOP]


def exact(found: tuple[Mapping[str, float | str], list[Problem]]) -> Mapping[str, float | str]:
    """The figures of a file without any fault that stops."""
    figures, problems = found
    assert not stops(problems), problems
    return figures
