"""Regional workbooks in the form that people are asked to fill in, and the faults that people put into it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from etl.demo.faults import Planted
from etl.demo.layouts import invented_lines
from etl.demo.sheets import place, shown
from etl.return_workbook import ID_ROW, write_return
from etl.storage import storage_faults
from riskmap.domain.registry import ReturnSheet, Source
from riskmap.domain.vocabulary import CellStatus, Period

Figures = Mapping[tuple[str, str], int | CellStatus]
_MISCOUNTED: Final = 3
_THOUSAND: Final = 1000


def write_form(
    path: Path,
    *,
    source: Source,
    region: str,
    period: Period,
    language: str,
    figures: Figures,
    units: Mapping[str, tuple[int, int]],
    faults: tuple[str, ...],
) -> tuple[Planted, ...]:
    """Write a return in its form, say in every language that it is invented, and plant faults in it."""
    write_return(
        path,
        source=source,
        region=region,
        period=period,
        language=language,
        figures=figures,
        units=units,
        invented=True,
    )
    book = load_workbook(path)
    guidance = book.worksheets[0]
    for line in invented_lines():
        guidance.append([line])
    planted = []
    for kind in faults:
        planted.append(_FAULTS[kind](book, source, figures))
    with storage_faults(path):
        book.save(path)
    return tuple(planted)


def _cells(
    book: Any, source: Source, figures: Figures, wanted: Callable[[ReturnSheet, str, int], bool]
) -> Iterator[tuple[Worksheet, int, int, str, int]]:
    """Every number that is as wanted: its sheet, row and column as the spreadsheet counts, area and value."""
    for topic, sheet in zip(source.return_sheets, book.worksheets[1:], strict=True):
        ids = [cell.value for cell in sheet[ID_ROW]]
        for row in sheet.iter_rows(min_row=ID_ROW + 1):
            for column, figure in enumerate(ids):
                number = figures.get((row[0].value, figure))
                if not isinstance(number, CellStatus) and number is not None and wanted(topic, figure, number):
                    yield sheet, row[0].row, column + 1, row[0].value, number


def _put(kind: str, found: tuple[Worksheet, int, int, str, int], value: object) -> Planted:
    sheet, row, column, area, number = found
    sheet.cell(row, column).value = value
    return Planted(kind, sheet.title, place(row - 1, column - 1), shown(value), str(number), area)  # type: ignore[arg-type]


def _total_differs(book: Any, source: Source, figures: Figures) -> Planted:
    """The total of an area is not what its parts add up to."""

    def is_total(topic: ReturnSheet, figure: str, number: int) -> bool:
        return number > _MISCOUNTED and any(other.startswith(f"{figure}:") for other in topic.figures)

    found = next(_cells(book, source, figures, is_total))
    return _put("total_differs", found, found[-1] + _MISCOUNTED)


def _empty_for_zero(book: Any, source: Source, figures: Figures) -> Planted:
    """Nothing was written where nothing happened."""
    return _put("empty_for_zero", next(_cells(book, source, figures, lambda _, __, number: number == 0)), None)


def _text_number(book: Any, source: Source, figures: Figures) -> Planted:
    """A number as text, with a space for thousands and one behind."""
    found = next(_cells(book, source, figures, lambda _, __, number: number >= _THOUSAND))
    return _put("text_number", found, f"{found[-1]:,}".replace(",", " ") + " ")


def _duplicated_district(book: Any, source: Source, figures: Figures) -> Planted:
    """A district in two rows of a sheet, the second under the totals."""
    sheet, row, _, area, _ = next(_cells(book, source, figures, lambda *_: True))
    values = [cell.value for cell in sheet[row]]
    sheet.append(values)
    return Planted("duplicated_district", sheet.title, place(sheet.max_row - 1, 0), str(values[0]), "", area)


_FAULTS: Final[Mapping[str, Callable[[Any, Source, Figures], Planted]]] = {
    "total_differs": _total_differs,
    "empty_for_zero": _empty_for_zero,
    "text_number": _text_number,
    "duplicated_district": _duplicated_district,
}
