"""Colours cells of one sheet and gives its tab a colour; values, formulas and everything else stay as they are."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Collection, Mapping
from typing import Final

from etl.annotate.styles import FILLS, Styles
from etl.annotate.xml import Element, NotMarked, Splice, outline, place_of
from riskmap.domain.errors import Severity

Cell = tuple[int, int]  # row and column, both from 1

MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576

_ORDER: Final = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios "
    "autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting "
    "dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    "cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls "
    "webPublishItems tableParts extLst"
)
_REFERENCE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_TRUE: Final = frozenset({"1", "true"})


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(column: int) -> str:
    """A for 1, AA for 27."""
    text = ""
    while column:
        column, letter = divmod(column - 1, 26)
        text = chr(65 + letter) + text
    return text


def reference(cell: Cell) -> str:
    """A cell as a spreadsheet writes it."""
    return f"{column_letters(cell[1])}{cell[0]}"


def cell_of(text: str) -> Cell | None:
    """Row and column of a reference."""
    found = _REFERENCE.fullmatch(text.strip().upper())
    return (int(found[2]), column_number(found[1])) if found else None


class SheetPart:
    """One sheet as it is, of its rows only those that are to be painted, and the changes to it."""

    def __init__(self, data: bytes, rows: Collection[int]) -> None:
        self._splice, wanted = Splice(data), _Wanted(rows)
        self._root = outline(data, wanted)
        self._numbers = wanted.numbers

    @property
    def drawing(self) -> str:
        """The id under which the sheet names the boxes of its comments; empty where it has none."""
        found = self._root.first("legacyDrawing")
        return found.relation if found else ""

    def paint(self, cells: Mapping[Cell, Severity], styles: Styles) -> None:
        """Give cells the fill of their severity; those that are not there are put in."""
        table = self._root.first("sheetData")
        if table is None:
            raise NotMarked("no cells")
        by_row: dict[int, dict[int, Severity]] = {}
        for row, column in sorted(cells):
            by_row.setdefault(row, {})[column] = cells[row, column]
        rows, tail = dict(zip(self._numbers, table.children, strict=True)), ""
        numbers = sorted(rows)
        painter = _Painter(self._splice, styles, self._root.first("cols"), table.prefix)
        for number, own in by_row.items():
            after = bisect_right(numbers, number)
            if number in rows:
                painter.paint(rows[number], number, own)
            elif after < len(numbers):
                self._splice.insert(rows[numbers[after]].start, painter.new_row(number, own))
            else:
                tail += painter.new_row(number, own)
        if tail:
            self._splice.append(table, tail)

    def colour_tab(self, severity: Severity) -> None:
        """Give the tab of the sheet the colour of a severity."""
        p, properties = self._root.prefix, self._root.first("sheetPr")
        colour = f'<{p}tabColor rgb="{FILLS[severity]}"/>'
        there = properties.first("tabColor") if properties else None
        if there:
            self._splice.replace(there, colour)
        elif properties is None:
            self._splice.insert(self._root.inside, f"<{p}sheetPr>{colour}</{p}sheetPr>")
        elif properties.is_empty:
            self._splice.append(properties, colour)
        else:
            self._splice.insert(properties.inside, colour)

    def name_drawing(self, relation: str, *, kinds: str) -> None:
        """Name the part with the boxes of the comments."""
        tag = f'<{self._root.prefix}legacyDrawing xmlns:r="{kinds}" r:id="{relation}"/>'
        self._splice.insert(place_of(self._root, "legacyDrawing", _ORDER), tag)

    def result(self) -> bytes:
        """The sheet with all changes."""
        return self._splice.result()


class _Wanted:
    """Lets through the rows that are painted, and for one that is missing the row before which it belongs."""

    def __init__(self, rows: Collection[int]) -> None:
        self._rows, self._missing, self._last = frozenset(rows), deque(sorted(rows)), 0
        self.numbers: list[int] = []  # of the rows let through

    def __call__(self, parent: Element, name: str, attributes: Mapping[str, str]) -> bool:
        if parent.name == "sheetData":
            return self._is_wanted(attributes)
        if parent.name == "row":
            return self.numbers[-1] in self._rows
        return parent.name in ("worksheet", "sheetPr", "cols")

    def _is_wanted(self, attributes: Mapping[str, str]) -> bool:
        number = self._last = int(attributes.get("r", self._last + 1))
        is_wanted = number in self._rows or bool(self._missing and self._missing[0] < number)
        while self._missing and self._missing[0] <= number:
            self._missing.popleft()
        if is_wanted:
            self.numbers.append(number)
        return is_wanted


class _Painter:
    """Paints the rows of one sheet."""

    def __init__(self, splice: Splice, styles: Styles, columns: Element | None, prefix: str) -> None:
        self._splice, self._styles, self._prefix = splice, styles, prefix
        self._columns = [column.attributes for column in columns.children] if columns else []

    def new_row(self, number: int, own: Mapping[int, Severity]) -> str:
        """A row that is not there, with the cells to be painted."""
        cells = "".join(self._new_cell((number, column), self._of_column(column), own[column]) for column in own)
        return f'<{self._prefix}row r="{number}">{cells}</{self._prefix}row>'

    def paint(self, row: Element, number: int, own: Mapping[int, Severity]) -> None:
        """Paint cells of a row that is there."""
        cells, column, tail = {}, 0, ""
        for cell in row.children:
            place = cell_of(cell.attributes.get("r", ""))
            column = place[1] if place else column + 1
            cells[column] = cell
        look = row.attributes.get("s") if row.attributes.get("customFormat") in _TRUE else None
        for column, severity in own.items():
            after = next((cell for at, cell in cells.items() if at > column), None)
            if column in cells:
                style = int(cells[column].attributes.get("s", "0"))
                self._splice.retag(cells[column], changes={"s": str(self._styles.painted(style, severity))})
                continue
            new = self._new_cell((number, column), int(look or self._of_column(column)), severity)
            if after:
                self._splice.insert(after.start, new)
            else:
                tail += new
        if tail:
            self._splice.append(row, tail, changes={"spans": None})

    def _new_cell(self, cell: Cell, style: int, severity: Severity) -> str:
        return f'<{self._prefix}c r="{reference(cell)}" s="{self._styles.painted(style, severity)}"/>'

    def _of_column(self, column: int) -> int:
        """The look that an empty cell takes from its column."""
        for given in self._columns:
            if int(given.get("min", "0")) <= column <= int(given.get("max", "0")):
                return int(given.get("style", "0"))
        return 0
