"""Writes a record as the loader keeps it, without the loader: figures that no return could bring together so fast."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from riskmap.domain.registry import indicator
from riskmap.domain.tables import ACCEPTED
from riskmap.domain.vocabulary import ALL, parse_period
from tests.etl.plain_cells import Cell, Cells, Key


def figure(
    name: str, area: str, code: str, value: int | str, *, by: str = "", invented: bool = True
) -> dict[Key, Cell]:
    """One figure of a period code; a word instead of a value is its state."""
    breakdown, _, category = by.partition(":")
    period = parse_period(code)
    assert period, code
    key = Key(invented, name, area, period, breakdown or ALL, category or ALL)
    return {key: Cell(value) if isinstance(value, str) else Cell("value", value)}


def write_record(folder: Path, figures: Cells, *, load: str = "1", **told: object) -> None:
    """One load of figures; `told` replaces what else the record says of all of them, such as their source."""
    rows = [_row(key, cell, {"load": load, **told}) for key, cell in figures.items()]
    place = folder / "accepted"
    place.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ACCEPTED.columns)
    with duckdb.connect() as connection:
        connection.register("frame", pd.DataFrame(rows))
        connection.sql(f"SELECT {columns} FROM frame").write_parquet(str(place / f"{load}.parquet"))


def _row(key: Key, cell: Cell, told: Mapping[str, object]) -> dict[str, object]:
    return {
        **dict.fromkeys(ACCEPTED.names, ""),
        "line": 1,
        "received": datetime(2026, 11, 1),
        "provisional": False,
        "publication_date": None,
        "units_expected": None,
        "units_reported": None,
        "source": indicator(key.indicator).sources[-1],
        "indicator": key.indicator,
        "area": key.area,
        "grain": str(key.period.grain),
        "period_start": key.period.start,
        "period_end": key.period.end,
        "breakdown": key.breakdown,
        "category": key.category,
        "numerator": None if cell.count is None else float(cell.count),
        "status": cell.status,
        "invented": key.invented,
        **told,
    }
