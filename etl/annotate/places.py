"""Where in the sender's file a fault is to be seen."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from etl.annotate.cells import MOST_COLUMNS, MOST_ROWS, column_number
from etl.frames import RawSheet
from riskmap.domain.errors import Problem

_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_HEADER_ROWS: Final = 100  # the row with the headings or ids of a sheet stands in one of these


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet by its name as it stands in the file, a row and a column from 1; what is not known is empty."""

    sheet: str = ""
    row: int | None = None
    column: int | None = None

    @property
    def cell(self) -> tuple[int, int] | None:
        """Row and column, where both are known."""
        return (self.row, self.column) if self.sheet and self.row and self.column else None


def place_of_fault(problem: Problem, sheets: Mapping[str, RawSheet], *, has_header: bool) -> Place:
    """The place of a fault; a column named by its heading or id is looked for above the row.

    Of a table with a header (`has_header`) a column is first of all what the header calls it: `ID` is a letter only
    where no column has that name.
    """
    name = _sheet_name(problem.sheet, list(sheets))
    row = problem.row if problem.row and 1 <= problem.row <= MOST_ROWS else None
    if name is None:
        return Place()
    above = sheets[name].rows[: 1 if has_header else min(row or _HEADER_ROWS, _HEADER_ROWS)]
    return Place(name, row, _column(problem.column.strip(), above, has_header=has_header))


def seen_at(cell: tuple[int, int], sheet: RawSheet) -> tuple[int, int]:
    """The cell that is seen in the place of this one: of merged cells the first."""
    row, column = cell[0] - 1, cell[1] - 1
    for top, left, bottom, right in sheet.merges:
        if top <= row <= bottom and left <= column <= right:
            return top + 1, left + 1
    return cell


def _sheet_name(given: str, names: Sequence[str]) -> str | None:
    if given in names:
        return given
    alike = [name for name in names if name.strip().casefold() == given.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    return names[0] if not given and len(names) == 1 else None


def _column(text: str, rows: Sequence[Sequence[str]], *, has_header: bool) -> int | None:
    named = [column for column in (_named(text, row) for row in rows) if column] if text else []
    number = column_number(text) if _LETTERS.fullmatch(text) else None
    lettered = number if number and number <= MOST_COLUMNS else None
    choices = [*named[:1], lettered] if has_header else [lettered, *named[:1]]
    return next((choice for choice in choices if choice), None)


def _named(text: str, row: Sequence[str]) -> int | None:
    """The column of a row that holds the text, if only one does."""
    alike = [index for index, cell in enumerate(row, 1) if cell.strip() == text]
    return alike[0] if len(alike) == 1 else None
