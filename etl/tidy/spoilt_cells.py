"""Numbers that cannot be trusted as they stand: formulas that were never computed or fail, and what is hidden."""

from collections.abc import Iterable, Iterator

from etl.frames import RawSheet
from etl.privacy.personal import column_letter
from riskmap.domain.errors import Problem


def formula_fault(file: str, sheet: RawSheet, row: int, column: int) -> Problem | None:
    """V015 for a cell whose formula has no stored value, V016 for one whose formula gives an error."""
    place = (file, sheet.name, row + 1, column_letter(column))
    if (row, column) in sheet.unsaved:
        return Problem("V015", *place)
    if (row, column) in sheet.errors:
        return Problem("V016", *place, found=sheet.errors[row, column])
    return None


def hidden_faults(file: str, sheet: RawSheet, cells: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """L025 once for the sheet, or for each hidden row and column that holds one of the cells."""
    places = list(cells)
    if sheet.is_hidden:
        if places:
            yield Problem("L025", file, sheet.name)
        return
    for row in sorted({row for row, _ in places} & sheet.hidden_rows):
        yield Problem("L025", file, sheet.name, row + 1)
    for column in sorted({column for _, column in places} & sheet.hidden_columns):
        yield Problem("L025", file, sheet.name, column=column_letter(column))
