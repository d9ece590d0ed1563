"""Returns for tests: a good one with numbers that agree, and ways to spoil it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from etl.frames import Figure, RawTable
from etl.readers.workbook import read_workbook
from etl.return_workbook import FIRST_ROW, ID_ROW, write_return
from etl.tidy.return_form import tidy_return_form
from etl.tidy.return_layout import is_collected, return_areas
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import Source, figure_key, source
from riskmap.domain.vocabulary import ALL, CellStatus, Period, parse_period

ULYTAU = "620000000"
FULL = source("district_return")
# Three topics: one with parts, one with parts of several kinds, and the populations of both.
TOPICS = ("attendance", "violence", "schools")
SMALL = replace(FULL, return_sheets=tuple(sheet for sheet in FULL.return_sheets if sheet.id in TOPICS))

Count = int | CellStatus
Figures = dict[tuple[str, str], Count]
Change = Callable[[Workbook], None]


def month(code: str) -> Period:
    period = parse_period(code)
    assert period
    return period


OCTOBER = month("2025-10")
CITY = "621000000"  # Jezkazgan, in the first row
OTHER_CITY = "621800000"
REST = f"{ULYTAU}-R"
AREAS = [area.id for area in return_areas(ULYTAU, OCTOBER.end)]
TOTAL_ROW = FIRST_ROW + len(AREAS)
NOT_THERE, NO_REPORT = CellStatus.NOT_APPLICABLE, CellStatus.NOT_REPORTED


def good_figures(region: str = ULYTAU, period: Period = OCTOBER, *, origin: Source = SMALL) -> Figures:
    """12 of everything, spread over the parts of each breakdown, and 1000 of every population."""
    figures: Figures = {}
    for area in return_areas(region, period.end):
        for topic in origin.return_sheets:
            for key in topic.figures:
                figures[area.id, key] = _good(topic.figures, key) if is_collected(key, period) else NOT_THERE
    return figures


def _good(figures: tuple[str, ...], key: str) -> int:
    name, breakdown, category = figure_key(key)
    if name in ("schools", "pupils", "lessons_due", "educators"):
        return 1000
    if breakdown == ALL:
        return 12
    same = [other for other in figures if figure_key(other)[:2] == (name, breakdown)]
    return 12 // len(same) + (12 % len(same) if same[0] == key else 0)


def write_good(path: Path, **said: object) -> Path:
    """A return without a fault; arguments replace those of the call."""
    usual = {"source": SMALL, "region": ULYTAU, "period": OCTOBER, "language": "ru", "invented": False, **said}
    # Many tests begin with the same return: it is written once. A source is told by its topics.
    key = repr(sorted({**usual, "source": _topics(usual["source"])}.items()))
    if key not in _WRITTEN:
        region, period = str(usual["region"]), usual["period"]
        assert isinstance(period, Period)
        given = {
            "figures": good_figures(region, period, origin=usual["source"]),  # type: ignore[arg-type]
            "units": {area.id: (9, 8) for area in return_areas(region, period.end)},
        }
        write_return(path, **{**given, **usual})  # type: ignore[arg-type]
        _WRITTEN[key] = path.read_bytes()
    path.write_bytes(_WRITTEN[key])
    return path


_WRITTEN: dict[str, bytes] = {}


def _topics(origin: object) -> tuple[str, tuple[str, ...]]:
    assert isinstance(origin, Source)
    return origin.id, tuple(topic.id for topic in origin.return_sheets)


def changed(path: Path, *changes: Change) -> Path:
    """The workbook after changes by hand."""
    book = load_workbook(path)
    for change in changes:
        change(book)
    book.save(path)
    return path


def read(path: Path, origin: Source = SMALL) -> tuple[list[Figure], list[Problem]]:
    raw = read_workbook(path)
    assert isinstance(raw, RawTable), raw
    return tidy_return_form(raw, origin)


def cell(book: Workbook, topic: str, area: str, key: str) -> Cell:
    """The cell of an area and an id on the Russian sheet of a topic."""
    sheet = book[sheet_name(topic)]
    column = next(c.column for c in sheet[ID_ROW] if c.value == key)
    row = next(c.row for c in sheet["A"][ID_ROW:] if c.value == area)
    found = sheet.cell(row, column)
    assert isinstance(found, Cell)
    return found


def sheet_name(topic: str, language: str = "ru") -> str:
    return next(s.names[language] for s in FULL.return_sheets if s.id == topic)


ATTENDANCE, VIOLENCE, SCHOOLS = map(sheet_name, TOPICS)


def put(topic: str, area: str, values: Mapping[str, object]) -> Change:
    """Write values into the row of an area, by id of the column."""

    def change(book: Workbook) -> None:
        for key, value in values.items():
            cell(book, topic, area, key).value = value

    return change


def counts(figures: list[Figure]) -> Figures:
    """What was read, as it was written."""
    found: Figures = {}
    for figure in figures:
        whole = figure.breakdown == ALL
        key = figure.indicator if whole else f"{figure.indicator}:{figure.breakdown}:{figure.category}"
        found[figure.area, key] = figure.status if figure.numerator is None else int(figure.numerator)
    return found


def faults(folder: Path, *changes: Change, **said: object) -> list[Problem]:
    """What is wrong with a good return after the changes; a stopped one must give no figure."""
    path = changed(write_good(folder / "return.xlsx", **said), *changes)
    figures, problems = read(path)
    assert not figures or not any(problem.severity is Severity.STOP for problem in problems)
    return problems


def told(problems: list[Problem]) -> list[tuple[str, int | None, str, str, str]]:
    """Code, row, column, found and expected of each."""
    return [(p.code, p.row, p.column, p.found, p.expected) for p in problems]
