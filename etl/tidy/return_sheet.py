"""The sheets of a return: found by topic, their columns by id, and what stands above the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from etl.annotate.fault_sheet import is_fault_sheet
from etl.frames import RawSheet, RawTable
from etl.privacy.personal import column_letter
from etl.tidy.coded_form import WHOLE
from etl.tidy.folding import plain
from etl.tidy.return_layout import AREA, NAME, columns_of, labels
from geo.areas import resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem
from riskmap.domain.registry import ReturnSheet, Source
from riskmap.domain.vocabulary import Grain, Period, parse_period

EXPECTED_MONTH: Final = "2025-10"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a topic whose row of ids was found; rows and columns count from 0 here."""

    file: str
    name: str
    topic: ReturnSheet
    raw: RawSheet
    id_row: int
    columns: Mapping[str, int]  # id -> column

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The texts of all cells."""
        return self.raw.rows

    @property
    def body(self) -> range:
        """Rows below the ids."""
        return range(self.id_row + 1, len(self.rows))

    def text(self, row: int, key: str) -> str:
        """Text of the cell in the column of an id; empty where the sheet has no such column."""
        column = self.columns.get(key)
        cells = self.rows[row]
        return " ".join(cells[column].split()) if column is not None and column < len(cells) else ""

    def filled(self, row: int) -> list[tuple[int, str]]:
        """Column and text of every cell that holds any."""
        found = ((column, " ".join(cell.split())) for column, cell in enumerate(self.rows[row]))
        return [(column, text) for column, text in found if text]

    def fault(
        self, code: str, row: int | None = None, key: str = "", *, found: str = "", expected: str = ""
    ) -> Problem:
        """A fault of the sheet, of a row, or of the cell in the column of an id."""
        return self.fault_at(code, row, self.columns.get(key), found=found, expected=expected)

    def fault_at(
        self, code: str, row: int | None, column: int | None, *, found: str = "", expected: str = ""
    ) -> Problem:
        """A fault of a cell by its position."""
        letter = "" if column is None else column_letter(column)
        place = (self.file, self.name, None if row is None else row + 1, letter)
        return Problem(code, *place, found=found, expected=expected)


@dataclass(frozen=True, slots=True)
class Head:
    """What a sheet says above its table."""

    region: Area
    period: Period
    invented: bool

    def __str__(self) -> str:
        """As it is told in a fault."""
        return f"{self.region.id} {self.period.code}{' (invented)' if self.invented else ''}"


def open_sheets(raw: RawTable, source: Source) -> tuple[list[Sheet], list[Problem]]:
    """The sheet of every topic, in the order of the source; what is missing, there twice or of no topic is told.

    A file without any of them is another file: that is one fault.
    """
    names = {topic.id: {plain(name) for name in topic.names.values()} for topic in source.return_sheets}
    known = labels("return_form.guidance_sheet").union(*names.values())
    if not any(plain(name) in known for name in raw.sheets):
        expected = ", ".join(map(_shown_names, source.return_sheets))
        return [], [Problem("L001", raw.file, found=", ".join(raw.names), expected=expected)]
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    for topic in source.return_sheets:
        opened = _open(raw, topic, [name for name in raw.sheets if plain(name) in names[topic.id]])
        if isinstance(opened, Sheet):
            sheets.append(opened)
        else:
            problems.append(opened)
    unread = [sheet for name, sheet in raw.sheets.items() if plain(name) not in known and any(map(any, sheet.rows))]
    problems.extend(Problem("L013", raw.file, sheet.name) for sheet in unread if not is_fault_sheet(sheet.rows))
    return sheets, problems


def _shown_names(topic: ReturnSheet) -> str:
    return " / ".join(dict.fromkeys(topic.names.values()))


def _open(raw: RawTable, topic: ReturnSheet, found: list[str]) -> Sheet | Problem:
    """The one sheet of a topic with its columns; of an id that stands twice the first column counts."""
    if not found:
        return Problem("L001", raw.file, found=", ".join(raw.names), expected=_shown_names(topic))
    if len(found) > 1:
        return Problem("L014", raw.file, found[1], found=", ".join(found), expected=_shown_names(topic))
    sheet = raw.sheets[found[0]]
    for row, cells in enumerate(sheet.rows):
        keys = [cell.strip() for cell in cells]
        if {AREA, NAME} <= set(keys):
            columns = {key: column for column, key in reversed(list(enumerate(keys))) if key}
            return Sheet(raw.file, found[0], topic, sheet, row, columns)
    return Problem("L009", raw.file, found[0], expected=f"{AREA}, {NAME}, …")


def column_faults(sheet: Sheet) -> Iterator[Problem]:
    """Columns that are missing, unknown or there twice, and the first number that stands in a column without an id."""
    expected = columns_of(sheet.topic)
    for key in expected:
        if key not in sheet.columns:
            yield sheet.fault("L008", sheet.id_row, found=", ".join(sheet.columns), expected=key)
    named = sheet.filled(sheet.id_row)
    for column, key in named:
        if key not in expected or sheet.columns[key] != column:
            yield sheet.fault_at("L007", sheet.id_row, column, found=key, expected=", ".join(expected))
    for row in sheet.body:
        for column, text in sheet.filled(row):
            if column not in dict(named) and WHOLE.fullmatch(text):
                yield sheet.fault_at("L007", row, column, found=text, expected=", ".join(expected))
                return


def read_head(sheet: Sheet) -> tuple[Head | None, list[Problem]]:
    """Region, month and the mark of invented data; any other text between title and table is told.

    A mark of invented data that was misspelt would otherwise make real figures of invented ones.
    """
    lines: dict[str, tuple[int, list[str]]] = {}
    problems = []
    for row in range(sheet.id_row - 1):
        texts = [text for _, text in sheet.filled(row)]
        key = _line(texts[0]) if texts else ""
        if key:
            lines.setdefault(key, (row, texts[1:]))
        elif texts and row:
            place = (row, sheet.filled(row)[0][0])
            problems.append(sheet.fault_at("L018", *place, found=texts[0], expected=_expected("invented")))
    period = _period(sheet, *lines.get("month", (None, [])))
    on = period.end if isinstance(period, Period) else None
    region = _region(sheet, *lines.get("region", (None, [])), on=on)
    problems.extend(fault for fault in (region, period) if isinstance(fault, Problem))
    if isinstance(region, Area) and isinstance(period, Period):
        return Head(region, period, invented="invented" in lines), problems
    return None, problems


def _line(text: str) -> str:
    """Which line above the table begins with this text; empty for none."""
    if text in labels("return_form.invented", exact=True):
        return "invented"
    return next((key for key in ("region", "month") if plain(text) in labels(f"return_form.{key}")), "")


def _expected(key: str) -> str:
    return " / ".join(sorted(labels(f"return_form.{key}", exact=True)))


def _period(sheet: Sheet, row: int | None, texts: list[str]) -> Period | Problem:
    """A month that is over; a spreadsheet may have made its first day of it."""
    if row is None or not texts:
        return sheet.fault("L019", row, expected=_expected("month"))
    code = texts[0].removesuffix("-01") if texts[0].count("-") == 2 else texts[0]
    period = parse_period(code)
    if period is None or period.grain is not Grain.MONTH:
        return sheet.fault("P002", row, found=texts[0], expected=EXPECTED_MONTH)
    today = date.today()
    if period.end > today:
        return sheet.fault("P004", row, found=period.code, expected=f"≤ {today.isoformat()}")
    return period


def _region(sheet: Sheet, row: int | None, texts: list[str], *, on: date | None) -> Area | Problem:
    """The region that every text of its line means: its name, its code, or both."""
    if row is None or not texts:
        return sheet.fault("L019", row, expected=_expected("region"))
    found = [resolve(text, on=on, level=AreaKind.REGION) for text in texts]
    for area in found:
        if isinstance(area, Problem):
            return placed(sheet, area, row)
        if area != found[0]:
            return sheet.fault("A008", row, found=", ".join(texts))
    return found[0]


def placed(sheet: Sheet, fault: Problem, row: int, key: str = "") -> Problem:
    """A fault of an area's name or code, at its place in the sheet."""
    place = sheet.fault(fault.code, row, key)
    return replace(fault, file=place.file, sheet=place.sheet, row=place.row, column=place.column)
