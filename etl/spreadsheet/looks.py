"""What a sheet shows without being understood: hidden numbers, merged ones, labels that a spreadsheet continued."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from etl.annotate.fault_sheet import is_fault_sheet
from etl.frames import RawTable
from etl.privacy.personal import column_letter
from etl.spreadsheet.grid import Grid
from etl.spreadsheet.periods import read_periods
from etl.spreadsheet.words import is_month_heading, is_quarter_heading
from riskmap.domain.errors import Problem

_NUMBERED: Final = re.compile(r"(?P<name>.*[^\W\d_]\s?)(?P<number>\d{1,4})")
_FEWEST: Final = 3  # labels in a row that rise by one


class Label(NamedTuple):
    """A text that ends with a number, its row, and how many texts of its column stand above it."""

    row: int
    place: int
    number: int
    text: str


def hidden_faults(grid: Grid, numbers: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """One fault for a sheet with numbers that nobody sees: they are read all the same."""
    sheet = grid.sheet
    places = list(numbers)
    if sheet.is_hidden and places:
        yield grid.fault("L025", found=grid.name)
        return
    rows = sorted({row for row, _ in places} & sheet.hidden_rows)
    columns = sorted({column for _, column in places} & sheet.hidden_columns)
    if rows or columns:
        found = ", ".join([*(str(row + 1) for row in rows), *map(column_letter, columns)])
        yield grid.fault("L025", rows[0] if rows else None, columns[0] if columns else None, found=found)


def autofill_faults(raw: RawTable, is_name: Callable[[str], bool]) -> Iterator[Problem]:
    """Labels whose last number rises by one each time they are repeated: a spreadsheet has continued them.

    `is_name` tells which texts are names with the number that they end with.
    """
    for sheet in raw.sheets.values():
        if is_fault_sheet(sheet.rows):
            continue
        width = max(map(len, sheet.rows), default=0)
        for column in range(width):
            texts = [row[column].strip() if column < len(row) else "" for row in sheet.rows]
            fault = _autofill(raw, sheet.name, ["" if is_name(text) else text for text in texts], column)
            if fault:
                yield fault


def _autofill(raw: RawTable, sheet: str, texts: Sequence[str], column: int) -> Problem | None:
    found: dict[str, list[Label]] = defaultdict(list)
    place = 0
    for row, text in enumerate(texts):
        match = _NUMBERED.fullmatch(text)
        if match and not _is_period(text, match["name"]):
            found[match["name"]].append(Label(row, place, int(match["number"]), text))
        place += bool(text)
    for name, labels in found.items():
        run = _longest_run(labels, is_spaced=name[-1].isspace())
        if len(run) >= _FEWEST:
            shown = ", ".join(label.text for label in run[:_FEWEST])
            more = ", …" if len(run) > _FEWEST else ""
            return Problem("L023", raw.file, sheet, run[0].row + 1, column_letter(column), found=f"{shown}{more}")
    return None


def _is_period(text: str, name: str) -> bool:
    return read_periods(text).is_only or is_month_heading(name) or is_quarter_heading(name)


def _longest_run(labels: Sequence[Label], *, is_spaced: bool) -> list[Label]:
    """Labels that count up; a number behind a space may be one of a table or an appendix unless nothing is between."""
    best: list[Label] = []
    run: list[Label] = []
    for label in labels:
        follows = bool(run) and label.number == run[-1].number + 1
        is_next = follows and (not is_spaced or label.place == run[-1].place + 1)
        run = [*run, label] if is_next else [label]
        best = max(best, run, key=len)
    return best
