"""Sheets in memory: cells that know which area and figure they hold, until they are written as a workbook or text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from etl.storage import storage_faults

Cell = str | int | float | datetime | None
_LONGEST_NAME: Final = 31


@dataclass
class Page:
    """One sheet; rows and columns count from 0 here and are told as a spreadsheet does."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    area_rows: dict[str, int] = field(default_factory=dict)  # area -> its row
    columns: dict[str, int] = field(default_factory=dict)  # figure -> its column, of the last month where several
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)  # first row and column, last row and column
    name_column: int = 0
    total_row: int | None = None
    month_cell: tuple[int, int] | None = None  # heading that is a month
    figures_down: bool = False  # a sheet of one area: `columns` are rows then
    inserted: int = 0  # rows of no area behind the last area

    def add(self, *cells: Cell) -> int:
        """Append a row; returns its number."""
        self.rows.append(list(cells))
        return len(self.rows) - 1

    def cell(self, area: str, figure: str) -> tuple[int, int]:
        """Row and column of a figure of an area."""
        if self.figures_down:
            row = self.columns[figure]
            return row, len(self.rows[row]) - 1
        return self.area_rows[area], self.columns[figure]

    def insert(self, cells: Sequence[Cell]) -> int:
        """Put a row behind the last area; returns its number."""
        row = max(self.area_rows.values()) + 1 + self.inserted
        self.rows.insert(row, list(cells))
        self.inserted += 1
        if self.total_row is not None and self.total_row >= row:
            self.total_row += 1
        return row

    def remove_area(self, area: str) -> None:
        """Take the row of an area away."""
        gone = self.area_rows.pop(area)
        del self.rows[gone]
        self.area_rows = {a: row - (row > gone) for a, row in self.area_rows.items()}
        if self.total_row is not None and self.total_row > gone:
            self.total_row -= 1


def place(row: int, column: int) -> str:
    """Where a cell stands, as a spreadsheet says it."""
    return f"{get_column_letter(column + 1)}{row + 1}"


def shown(value: Cell) -> str:
    """A cell as text; nothing for an empty one."""
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)


def write_book(path: Path, pages: Iterable[Page], *, moment: datetime) -> None:
    """Write sheets as a workbook."""
    book = Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name[:_LONGEST_NAME])
        for row in page.rows:
            sheet.append(row)
        for top, left, bottom, right in page.merges:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    book.properties.created = book.properties.modified = moment
    with storage_faults(path):
        book.save(path)


def write_text(path: Path, page: Page, *, separator: str, encoding: str) -> None:
    """Write one sheet as separated text; letters that the encoding lacks become question marks."""
    lines = [separator.join(shown(cell) for cell in row) for row in page.rows]
    with storage_faults(path):
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding, errors="replace"))
