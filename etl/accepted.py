"""The append-only record of what was received: one Parquet file per load, never changed afterwards."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from glob import escape
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.frames import Figure
from etl.storage import drop, folder, loads, new_identifier, now, storage_faults
from riskmap.domain.errors import Problem, StorageFailed
from riskmap.domain.registry import Source
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import ACCEPTED, CELLS

# What names one cell, in SQL: the key of the table of cells.
CELL_KEY: Final = ", ".join(CELLS.key)

FigureKey = tuple[str, str, str, str, date, date, str, str]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file that was read and understood, with its figures."""

    path: Path
    name: str
    digest: str  # SHA-256 of the bytes that were checked
    source: Source
    figures: tuple[Figure, ...]


def accept(files: Sequence[CheckedFile], *, received_by: str) -> str:
    """Keep the files as they came under raw/ and their figures under accepted/; returns the id of the load.

    The Parquet file appears last and in one step: a load that fails or is killed before leaves no trace in the record.
    """
    moment, load = now(), new_identifier()
    rows = [_row(load, moment, received_by, file, figure) for file in files for figure in file.figures]
    frame = pd.DataFrame(rows, columns=list(ACCEPTED.names))
    raw, accepted = folder("raw"), folder("accepted")
    copies, part, target = raw / f".{load}", accepted / f"{load}.part", accepted / f"{load}.parquet"
    try:
        with storage_faults(accepted):
            for file in files:
                _keep(file, copies / file.digest)
            _write_parquet(frame, part)
            copies.rename(raw / load)
            part.replace(target)
    except BaseException:
        if not target.exists():
            for path in (copies, raw / load, part):
                drop(path)
        raise
    return load


def _keep(file: CheckedFile, place: Path) -> None:
    """Copy what was checked: a file that somebody has changed since then was never looked at."""
    place.mkdir(parents=True, mode=0o700)
    copy = place / file.path.name
    shutil.copyfile(file.path, copy)
    copy.chmod(0o600)
    if hashlib.sha256(copy.read_bytes()).hexdigest() != file.digest:
        raise StorageFailed(path=file.name, detail="changed while it was read")


def _write_parquet(frame: pd.DataFrame, part: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(ACCEPTED.ddl)
        connection.register("received", frame)
        connection.execute("INSERT INTO accepted SELECT * FROM received")
        connection.table("accepted").write_parquet(str(part))
    part.chmod(0o600)


def _row(load: str, moment: object, received_by: str, file: CheckedFile, figure: Figure) -> tuple[object, ...]:
    period, publication = figure.period, figure.publication
    return (
        *(load, moment, received_by, file.source.id, file.name, file.digest),
        *(figure.sheet, figure.line, figure.column),
        *(figure.indicator, figure.area, str(period.grain), period.start, period.end),
        *(figure.breakdown, figure.category, figure.numerator, str(figure.status)),
        *(figure.provisional, figure.invented, publication.title, publication.day, publication.url),
        *(figure.units_expected, figure.units_reported),
    )


def record() -> str:
    """SQL that reads the whole record; an empty table of the same columns before the first load."""
    if loads():
        quoted = f"{escape(str(data_folder()))}/accepted/*.parquet".replace("'", "''")
        # By name: loads of an earlier version lack the columns that came later.
        columns = ", ".join(ACCEPTED.names)
        empty = f"(SELECT {', '.join(f'NULL::{c.type} AS {c.name}' for c in ACCEPTED.columns)} WHERE false)"
        return f"(SELECT {columns} FROM {empty} UNION ALL BY NAME SELECT * FROM read_parquet('{quoted}', union_by_name=true))"
    columns = ", ".join(f"NULL::{column.type} AS {column.name}" for column in ACCEPTED.columns)
    return f"(SELECT {columns} WHERE false)"


def record_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the whole record readable in a connection as `record`, and what counts of it for each source as `latest`.

    Of one figure sent again by the same source, the latest load counts.
    """
    connection.execute(f"CREATE VIEW record AS SELECT * FROM {record()}")
    connection.execute(f"""
        CREATE VIEW latest AS SELECT * FROM record
        QUALIFY row_number() OVER (PARTITION BY source, {CELL_KEY} ORDER BY load DESC, line DESC) = 1
    """)


def already_accepted(files: Sequence[CheckedFile]) -> list[Problem]:
    """K004 for each file whose every figure is, from the same bytes, the latest accepted of its source."""
    query = f"SELECT digest, source, {CELL_KEY} FROM latest WHERE list_contains(?, digest)"
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        record_views(connection)
        rows = connection.execute(query, [[file.digest for file in files]]).fetchall()
    known: dict[str, set[FigureKey]] = {}
    for digest, *key in rows:
        known.setdefault(digest, set()).add(tuple(key))
    return [Problem("K004", file=file.name) for file in files if _keys(file) <= known.get(file.digest, set())]


def _keys(file: CheckedFile) -> set[FigureKey]:
    return {
        (
            file.source.id,
            f.indicator,
            f.area,
            str(f.period.grain),
            f.period.start,
            f.period.end,
            f.breakdown,
            f.category,
        )
        for f in file.figures
    }
