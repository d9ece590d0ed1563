"""Writes a record as the loader keeps it, without the loader: figures that no return could bring together so fast."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from riskmap.domain.registry import indicator
from riskmap.domain.tables import ACCEPTED, FORMAT
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
    write_history(folder, [(figures, {"load": load, **told})], file=load)


def write_history(folder: Path, loads: Iterable[tuple[Cells, Mapping[str, object]]], *, file: str = "1") -> None:
    """Many loads in one file, which is quicker; each with what the record says of all its figures, such as its id."""
    rows = [_row(key, cell, told) for figures, told in loads for key, cell in figures.items()]
    place = folder / "accepted"
    place.mkdir(parents=True, exist_ok=True)
    write_format(folder)
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ACCEPTED.columns)
    with duckdb.connect() as connection:
        connection.register("frame", pd.DataFrame(rows))
        connection.sql(f"SELECT {columns} FROM frame").write_parquet(str(place / f"{file}.parquet"))


def write_format(folder: Path) -> None:
    """Say of a data folder that a test fills by hand that it is of the format of the program."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "format.json").write_text(json.dumps({"format": FORMAT}), encoding="utf-8")


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
