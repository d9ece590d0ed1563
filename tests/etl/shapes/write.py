"""A composed spreadsheet written to disk: numbers in their format, marks, encodings, delimiters, hidden rows."""

import csv
from io import StringIO
from pathlib import Path
from random import Random
from typing import Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from riskmap.domain.vocabulary import CellStatus
from tests.etl.shapes.compose import Book
from tests.etl.shapes.grid import Cell, Count, Grid
from tests.etl.shapes.shape import Shape
from tests.etl.shapes.speech import NBSP, word

Rows = list[list[str | int | float | None]]
_NOTES: Final = {"star": "*", "bracket": " 1)", "glued": "1)"}


def write(book: Book, shape: Shape, folder: Path) -> Path:
    """Write a spreadsheet; letters that an encoding lacks make it UTF-8."""
    rng = Random(shape.seed + 2)
    path = folder / f"{book.name}.{shape.ending}"
    shown = {
        name: [[_shown(cell, shape, rng) for cell in row] for row in grid.rows] for name, grid in book.sheets.items()
    }
    if shape.is_text:
        _write_text(path, next(iter(shown.values())), shape)
    else:
        _write_book(path, shown, book, shape)
    return path


def _shown(cell: Cell, shape: Shape, rng: Random) -> str | int | float | None:
    if isinstance(cell, str) and shape.odd_spaces and rng.random() < 0.3:
        return _spaced(cell, rng)
    if not isinstance(cell, Count):
        return cell
    if isinstance(cell.value, CellStatus):
        return word(rng, "unknown", shape.language)
    if cell.value == 0 and shape.marks:
        return word(rng, "none", shape.language)
    shown = _formatted(cell.value, shape.numbers)
    if shape.number_notes != "none" and rng.random() < 0.1:
        return f"{shown}{_NOTES[shape.number_notes]}"
    return shown


def _spaced(text: str, rng: Random) -> str:
    """The text with a space, a no-break space or a line break more."""
    ways = (f"{text} ", f"  {text}", f"{text}{NBSP}", text.replace(" ", "  "), text.replace(" ", "\n", 1))
    return rng.choice(ways)


def _formatted(value: int, style: str) -> str | int | float:
    grouped = f"{value:,}"
    if style == "decimal":
        return f"{value},0" if value else "0"
    separators = {"nbsp": NBSP, "space": " ", "apostrophe": "'", "comma": ",", "dot": "."}
    if style in separators:
        return grouped.replace(",", separators[style])
    if style == "text":
        return str(value)
    return float(value) if style == "float" else value


def _write_book(path: Path, shown: dict[str, Rows], book: Book, shape: Shape) -> None:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in shown.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for top, left, bottom, right in book.sheets[name].merges:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    _hide(workbook.worksheets[-1], book.sheets[workbook.sheetnames[-1]], shape)
    if shape.hidden == "sheet" and len(workbook.sheetnames) > 1:
        workbook.worksheets[-1].sheet_state = "hidden"
    workbook.save(path)


def _hide(sheet: Worksheet, grid: Grid, shape: Shape) -> None:
    """Hide the last row or the last column that holds numbers."""
    places = [(r, c) for r, row in enumerate(grid.rows) for c, cell in enumerate(row) if isinstance(cell, Count)]
    row, column = places[-1]
    if shape.hidden == "row":
        sheet.row_dimensions[row + 1].hidden = True
    if shape.hidden == "column":
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True


def _write_text(path: Path, rows: Rows, shape: Shape) -> None:
    out = StringIO()
    if shape.sep_line and shape.delimiter in ",;":
        out.write(f"sep={shape.delimiter}\r\n")
    width = max(map(len, rows))
    writer = csv.writer(out, delimiter=shape.delimiter, quoting=csv.QUOTE_ALL if shape.quoted else csv.QUOTE_MINIMAL)
    for row in rows:
        filled = ["" if cell is None else str(cell) for cell in row]
        writer.writerow([*filled, *[""] * (width - len(filled))] if shape.seed % 2 else filled)
    text = out.getvalue()
    try:
        content = text.encode(shape.encoding)
    except UnicodeEncodeError:
        content = text.encode("utf-8")
    path.write_bytes(content)
