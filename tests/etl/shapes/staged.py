"""What was staged, as plain numbers by figure, area and period, and how it differs from the truth."""

from collections.abc import Mapping
from datetime import date

from riskmap.domain.vocabulary import ALL, CellStatus, Grain, Period

Key = tuple[str, str, str]  # figure, area, code of the period
Number = int | CellStatus


def read(connection: object) -> dict[Key, Number]:
    """The staged figures by figure, area and period."""
    columns = "indicator, breakdown, category, area, grain, period_start, period_end, numerator, status"
    rows = connection.execute(f"SELECT {columns} FROM staged").fetchall()  # type: ignore[attr-defined]
    return {_key(*row[:7]): int(row[7]) if row[8] == CellStatus.VALUE else CellStatus(row[8]) for row in rows}


def read_exact(connection: object) -> dict[str, float | str]:
    """The staged figures by figure and area, as they were printed or by their status."""
    columns = "indicator, breakdown, category, area, grain, period_start, period_end, numerator, status"
    rows = connection.execute(f"SELECT {columns} FROM staged").fetchall()  # type: ignore[attr-defined]
    return {" ".join(_key(*row[:7])[:2]): row[7] if row[8] == CellStatus.VALUE else str(row[8]) for row in rows}


def _key(name: str, breakdown: str, category: str, area: str, grain: str, start: date, end: date) -> Key:
    figure = name if breakdown == ALL else f"{name}:{breakdown}:{category}"
    return figure, area, Period(start, end, Grain(grain)).code


def differences(true: Mapping[Key, Number], found: Mapping[Key, Number]) -> tuple[str, ...]:
    """Every figure that is another one, missing or too many."""
    return tuple(
        f"{' '.join(key)}: {true.get(key, 'nothing')} read as {found.get(key, 'nothing')}"
        for key in sorted({*true, *found})
        if true.get(key) != found.get(key)
    )
