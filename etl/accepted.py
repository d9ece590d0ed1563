"""The append-only record of what was received: one Parquet file per load, never changed afterwards."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from etl.frames import Figure, RawTable
from etl.storage import folder, new_identifier, now, storage_faults
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, indicator
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import ACCEPTED


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file that was read and understood, with its figures."""

    path: Path
    raw: RawTable
    source: Source
    area: str  # the reporting area, or '' where each row names its own
    figures: tuple[Figure, ...]


def accept(files: Sequence[CheckedFile], *, received_by: str) -> str:
    """Keep the files as they came under raw/ and their figures under accepted/; returns the id of the load.

    The Parquet file appears last and in one step: a load that is killed before leaves no trace in the record.
    """
    moment = now()
    load = new_identifier(moment)
    rows = [_row(load, moment, received_by, file, figure) for file in files for figure in file.figures]
    frame = pd.DataFrame(rows, columns=list(ACCEPTED.names))
    target = folder("accepted") / f"{load}.parquet"
    snapshot = folder(f"raw/{load}")
    with storage_faults(target):
        for file in files:
            shutil.copyfile(file.path, snapshot / file.raw.file)
            (snapshot / file.raw.file).chmod(0o600)
        _write_parquet(frame, target)
    return load


def _write_parquet(frame: pd.DataFrame, target: Path) -> None:
    part = target.with_suffix(".part")
    with duckdb.connect() as connection:
        connection.execute(ACCEPTED.ddl)
        connection.register("received", frame)
        connection.execute("INSERT INTO accepted SELECT * FROM received")
        connection.table("accepted").write_parquet(str(part))
    part.chmod(0o600)
    part.replace(target)


def _row(load: str, moment: object, received_by: str, file: CheckedFile, figure: Figure) -> tuple[object, ...]:
    period, publication = figure.period, figure.publication
    definition = indicator(figure.indicator).definition_on(period.start).id
    return (
        *(load, moment, received_by, file.source.id, file.raw.file, file.raw.digest),
        *(figure.sheet, figure.line, figure.column),
        *(figure.indicator, figure.area, str(period.grain), period.start, period.end),
        *(figure.breakdown, figure.category, figure.numerator, str(figure.status), definition),
        *(figure.provisional, figure.invented, publication.title, publication.day, publication.url),
    )


def record() -> str:
    """SQL that reads the whole record; an empty table of the same columns before the first load."""
    root = data_folder() / "accepted"
    if any(root.glob("*.parquet")):
        quoted = str(root / "*.parquet").replace("'", "''")
        return f"(SELECT * FROM read_parquet('{quoted}'))"
    columns = ", ".join(f"NULL::{column.type} AS {column.name}" for column in ACCEPTED.columns)
    return f"(SELECT {columns} WHERE false)"


def already_accepted(files: Iterable[CheckedFile]) -> list[Problem]:
    """A fault for each file whose bytes are the latest accepted for the same source, area and period."""
    query = f"""
        SELECT DISTINCT digest, area FROM {record()}
        QUALIFY load = max(load) OVER (PARTITION BY source, indicator, area, period_start, period_end, grain)
    """
    with duckdb.connect() as connection:
        latest = {tuple(row) for row in connection.execute(query).fetchall()}
    known = {digest for digest, _ in latest}
    return [
        Problem("K004", file=file.raw.file)
        for file in files
        if ((file.raw.digest, file.area) in latest if file.area else file.raw.digest in known)
    ]
