"""Faults of cells whose formula left no number behind: of a layout that reads a value from every place it declares."""

from collections.abc import Iterator, Mapping

from etl.frames import RawTable
from etl.privacy.personal import column_letter
from riskmap.domain.errors import Problem


def unsaved_faults(raw: RawTable) -> list[Problem]:
    """One fault for each formula without a stored value, row by row: its program was closed before it reckoned."""
    return [
        problem
        for sheet in raw.sheets.values()
        for problem in _faults("V015", raw.file, sheet.name, dict.fromkeys(sheet.unsaved, ""))
    ]


def error_faults(raw: RawTable) -> list[Problem]:
    """One fault for each cell with an error (`#REF!`) or a number that is none (`nan`, `inf`), row by row."""
    return [problem for sheet in raw.sheets.values() for problem in _faults("V016", raw.file, sheet.name, sheet.errors)]


def _faults(code: str, file: str, sheet: str, cells: Mapping[tuple[int, int], str]) -> Iterator[Problem]:
    for (row, column), found in sorted(cells.items()):
        yield Problem(code, file=file, sheet=sheet, row=row + 1, column=column_letter(column), found=found)
