"""What a sheet shows without being understood: hidden numbers, merged ones, labels that a spreadsheet continued."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from etl.frames import RawTable
from etl.privacy.personal import column_letter
from etl.spreadsheet.grid import Grid
from riskmap.domain.errors import Problem

_NUMBERED: Final = re.compile(r"(?P<name>.*[^\W\d_])(?P<number>\d{1,4})")
_FEWEST: Final = 3  # labels in a row that rise by one


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


def autofill_faults(raw: RawTable) -> Iterator[Problem]:
    """Labels whose last number rises by one each time they are repeated: a spreadsheet has continued them."""
    for sheet in raw.sheets.values():
        width = max(map(len, sheet.rows), default=0)
        for column in range(width):
            fault = _autofill(raw, sheet.name, [row[column] if column < len(row) else "" for row in sheet.rows], column)
            if fault:
                yield fault


def _autofill(raw: RawTable, sheet: str, texts: Sequence[str], column: int) -> Problem | None:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for row, text in enumerate(texts):
        match = _NUMBERED.fullmatch(text.strip())
        if match:
            found[match["name"]].append((row, int(match["number"]), text.strip()))
    for labels in found.values():
        run = _longest_run(labels)
        if len(run) >= _FEWEST:
            shown = ", ".join(text for _, _, text in run[:_FEWEST])
            more = ", …" if len(run) > _FEWEST else ""
            return Problem("L023", raw.file, sheet, run[0][0] + 1, column_letter(column), found=f"{shown}{more}")
    return None


def _longest_run(labels: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    best: list[tuple[int, int, str]] = []
    run: list[tuple[int, int, str]] = []
    for label in labels:
        run = [*run, label] if run and label[1] == run[-1][1] + 1 else [label]
        best = max(best, run, key=len)
    return best
