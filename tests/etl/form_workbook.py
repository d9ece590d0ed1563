"""Writes synthetic Form No. 1-M workbooks from the declaration of the source, so that tests need no real ones.

On every sheet the title stands in row 2, the header begins in row 3, and the row of code 1 follows the column numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from riskmap.domain.registry import FormSheet, source

Key = tuple[str, str, str]  # indicator, breakdown, category

HEADER_ROW = 3
LABEL_COLUMNS = 3
FIRST_COLUMN = {"R10": 2}  # one sheet of the real form begins in column B
FURTHER = 2  # rows and columns of the form beyond the last one that is read


def write_form(path: Path, figures: Mapping[Key, int], *, mutate: Callable[[Workbook], None] | None = None) -> None:
    """A workbook that holds `figures` where the source declares them and 0 elsewhere, at last changed by `mutate`."""
    book = Workbook()
    book.remove(book.active)
    for form in source("form_1m").sheets:
        _write_sheet(book.create_sheet(form.name), form, figures)
        for sibling in form.siblings:
            book.create_sheet(sibling).cell(2, 1, "Раздел, который не читается")
    if mutate:
        mutate(book)
    book.save(path)


def _write_sheet(sheet: Worksheet, form: FormSheet, figures: Mapping[Key, int]) -> None:
    first = FIRST_COLUMN.get(form.name, 1)
    code_column = first + LABEL_COLUMNS
    levels = _levels(form)
    number_row = HEADER_ROW + max(map(len, levels.values()))
    sheet.cell(2, first, f"{form.title} (статья 71 УПК РК)\n \n")
    sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=code_column + len(levels))
    _write_header(sheet, levels, code_column=code_column, bottom=number_row - 1)
    for column, mark in ((first, "А"), (code_column, "Б"), *((code_column + n, str(n)) for n in levels)):
        sheet.cell(number_row, column, mark)
    values, labels = _values(form, figures), _labels(form)
    for code in range(1, max(labels) + FURTHER + 1):
        row = number_row + code
        sheet.cell(row, first if code == 1 else first + 1, f"{labels.get(code, f'строка {code}')} ")
        sheet.cell(row, code_column, str(code))
        for number in levels:
            sheet.cell(row, code_column + number, str(values.get((code, number), 0)))
    sheet.cell(number_row + 2, first, "из них")


def _levels(form: FormSheet) -> dict[int, list[str]]:
    """Heading levels of every column; the column before one that is read opens the group of both."""
    declared = {int(number): heading.split(" / ") for number, heading in form.headings.items()}
    levels = {}
    for number in range(1, max(declared) + FURTHER + 1):
        group = declared.get(number + 1, [""])[:-1]
        levels[number] = declared.get(number, [*group, f"графа {number}"])
    return levels


def _write_header(sheet: Worksheet, levels: Mapping[int, list[str]], *, code_column: int, bottom: int) -> None:
    for column, text in ((code_column - LABEL_COLUMNS, "Наименование показателей"), (code_column, "Шифр строки")):
        sheet.cell(HEADER_ROW, column, text)
    for depth in range(bottom - HEADER_ROW + 1):
        row = HEADER_ROW + depth
        for text, columns in _runs(levels, depth):
            own = len(levels[columns[0]]) == depth + 1
            area = {"start_row": row, "end_row": bottom if own else row}
            sheet.cell(row, code_column + columns[0], text)
            sheet.merge_cells(start_column=code_column + columns[0], end_column=code_column + columns[-1], **area)


def _runs(levels: Mapping[int, list[str]], depth: int) -> Iterator[tuple[str, list[int]]]:
    """Neighbouring columns under one heading of this depth."""
    deep = [number for number, texts in levels.items() if len(texts) > depth]
    for (*_, text), run in groupby(deep, key=lambda number: levels[number][: depth + 1]):
        yield text, list(run)


def _values(form: FormSheet, figures: Mapping[Key, int]) -> dict[tuple[int, int], int]:
    """The figure of each row code and column number; one that is the sum of several rows is spread over them."""
    values = {}
    for item in (item for item in source("form_1m").items if item.sheet == form.name):
        left = figures.get((item.indicator, item.breakdown, item.category), 0)
        for position, code in enumerate(item.rows):
            share = left // (len(item.rows) - position)
            values[int(code), int(item.column)] = share
            left -= share
    return values


def _labels(form: FormSheet) -> dict[int, str]:
    labels = dict(form.anchors)
    for item in source("form_1m").items:
        if item.sheet == form.name:
            labels.update(zip(item.rows, item.labels, strict=True))
    return {int(code): label for code, label in labels.items()}
