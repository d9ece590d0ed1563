"""The cells of a sheet with what they are before anybody knows what they mean."""

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Final

from etl.frames import RawSheet
from etl.privacy.personal import column_letter
from etl.spreadsheet.numbers import is_spoilt_number, read_number
from etl.tidy.folding import bare
from geo.areas import resolve
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Meaning

Place = tuple[int, int]
_CODE: Final = re.compile(r"\d{9}(?:-R|\.0)?")
_DOTTED_MONTH: Final = re.compile(r"(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d")
_LETTERS: Final = ("а", "б", "в", "г", "a", "b")
_FEWEST_NUMBERED: Final = 3  # columns of a row that numbers the columns


class RowKind(Enum):
    """What a row looks like."""

    EMPTY = "empty"
    LINE = "line"  # texts only
    NUMBERING = "numbering"  # the numbers of the columns
    DATA = "data"


class Grid:
    """A sheet as a grid: texts with single spaces, merged cells filled, kinds of rows; places count from 0."""

    def __init__(self, sheet: RawSheet, file: str, marks: Mapping[str, Meaning]) -> None:
        self.sheet, self.name, self.file = sheet, sheet.name, file
        self.rows = [[" ".join(cell.split()) for cell in cells] for cells in sheet.rows]
        self.width = max(map(len, self.rows), default=0)
        self._marks = marks
        self.merges: dict[Place, tuple[int, int, int, int]] = {}
        for merge in sheet.merges:
            top, left, bottom, right = merge
            for row in range(top, min(bottom, len(self.rows) - 1) + 1):
                for column in range(left, min(right, self.width - 1) + 1):
                    self.merges[row, column] = merge

    def text(self, row: int, column: int) -> str:
        """The text of a cell itself."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def filled(self, row: int, column: int) -> str:
        """The text of a cell, of a merged one that of all its cells."""
        merge = self.merges.get((row, column))
        return self.text(merge[0], merge[1]) if merge else self.text(row, column)

    def own(self, row: int) -> list[tuple[int, str]]:
        """Column and text of the cells of a row that hold any."""
        return [(column, text) for column, text in enumerate(self.rows[row]) if text]

    def is_number(self, row: int, column: int) -> bool:
        """Whether a cell holds a number, a mark or what is left of a formula; codes of areas are none."""
        text = self.text(row, column)
        if (row, column) in self.sheet.errors or (row, column) in self.sheet.unsaved:
            return True
        if not text or (row, column) in self.sheet.dates or is_code(text) or _DOTTED_MONTH.fullmatch(text):
            return False
        return looks_like_number(text) or self.is_mark(text)

    def is_mark(self, text: str) -> bool:
        """Whether a text stands for a number."""
        folded = " ".join(text.split()).casefold()
        return folded in self._marks or (folded == "x" and "х" in self._marks)

    def kind(self, row: int) -> RowKind:
        """What a row looks like."""
        own = self.own(row)
        has_formula = any(
            (row, column) in self.sheet.unsaved | self.sheet.errors.keys() for column in range(self.width)
        )
        if not own and not has_formula:
            return RowKind.EMPTY
        if self._is_numbering(own) and (len(own) >= _FEWEST_NUMBERED or self._is_below_texts(row, own)):
            return RowKind.NUMBERING
        return RowKind.DATA if any(self.is_number(row, column) for column in range(self.width)) else RowKind.LINE

    @staticmethod
    def _is_numbering(own: list[tuple[int, str]]) -> bool:
        """`А Б 1 2 3` or `1 2 3 4` and nothing else."""
        texts = [text for _, text in own]
        letters = [text for text in texts if text.casefold() in _LETTERS]
        numbers = texts[len(letters) :]
        is_run = numbers == [str(number) for number in range(1, len(numbers) + 1)]
        return is_run and len(texts) > 1 and len(numbers) > 0 and texts[: len(letters)] == letters

    def _is_below_texts(self, row: int, own: list[tuple[int, str]]) -> bool:
        """Whether the row above has texts in the same columns: two numbers alone might be a row of data."""
        above = self.own(row - 1) if row else []
        return [column for column, _ in above] == [column for column, _ in own] and not any(
            self.is_number(row - 1, column) for column, _ in above
        )

    def fault(
        self, code: str, row: int | None = None, column: int | None = None, *, found: str = "", expected: str = ""
    ) -> Problem:
        """A fault of the sheet, of a row or of a cell."""
        letter = "" if column is None else column_letter(column)
        return Problem(code, self.file, self.name, None if row is None else row + 1, letter, found, expected)


@lru_cache(maxsize=1 << 14)
def looks_like_number(text: str) -> bool:
    """Whether a text is a number, or nearly one."""
    return read_number(text) is not None or is_spoilt_number(text)


@lru_cache(maxsize=1 << 14)
def is_code(text: str) -> bool:
    """Whether a text is the code of an area, of today or of before."""
    compact = bare(text)
    if not _CODE.fullmatch(text.strip().lstrip("'")):
        return False
    found = resolve(text)
    return isinstance(found, Area) or found.code in ("A003", "A004") or compact.endswith("r")
