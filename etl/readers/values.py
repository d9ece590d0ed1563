"""The values of one sheet as the parser gives them, as texts with their places."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Final

from python_calamine import CalamineSheet

Cell = int | float | str | bool | time | date | datetime | timedelta
Place = tuple[int, int]
_DATES: Final = frozenset((date, datetime, time, timedelta))
_MOST_KEPT: Final = 100_000  # different numbers


@dataclass(frozen=True, slots=True)
class Values:
    """Texts of all cells, which of them are kept as dates, and which hold a number that is none (`1e400`, NaN)."""

    rows: tuple[tuple[str, ...], ...]
    dates: frozenset[Place]
    odd: dict[Place, str]
    merges: tuple[tuple[int, int, int, int], ...]


def sheet_values(sheet: CalamineSheet) -> Values:
    """All values: whole numbers without decimals, dates in ISO, an error of a formula as an empty text."""
    texts = _Texts()
    rows: list[tuple[str, ...]] = []
    dates: list[Place] = []
    odd: dict[Place, str] = {}
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False)):
        texts.seen_special = False
        row = [
            cell if type(cell) is str else texts[cell] if type(cell) is float else texts.of_other(cell)
            for cell in cells
        ]
        if texts.seen_special:
            for column, cell in enumerate(cells):
                if type(cell) in _DATES:
                    dates.append((number, column))
                if type(cell) is float and not isfinite(cell):
                    odd[number, column], row[column] = row[column], ""
        rows.append(tuple(row))
    return Values(tuple(rows), frozenset(dates), odd, _merges(sheet))


class _Texts(dict[float, str]):
    """The text of each number met so far, for tables repeat few numbers many times; and whether a row held others."""

    seen_special: bool = False

    def __missing__(self, value: float) -> str:
        if not isfinite(value):
            self.seen_special = True
            return str(value)
        text = str(int(value)) if value.is_integer() else f"{value:.15g}"  # Excel itself keeps 15 digits
        if len(self) < _MOST_KEPT:
            self[value] = text
        return text

    def of_other(self, value: Cell) -> str:
        """The text of what is no number with decimals."""
        self.seen_special |= type(value) in _DATES
        if isinstance(value, bool):
            return str(value).upper()
        return value.isoformat() if isinstance(value, date | time) else str(value)


def _merges(sheet: CalamineSheet) -> tuple[tuple[int, int, int, int], ...]:
    return tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
