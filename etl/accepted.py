"""The append-only record of what was received: one Parquet file per load, never changed afterwards."""

import hashlib
import shutil
from collections.abc import Sequence
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.confirmed import write_confirmed
from etl.staging import FIGURE_KEY, Checked, CheckedFile
from etl.storage import drop, folder, loads, new_identifier, now, storage_faults
from riskmap.domain.errors import Problem, StorageFailed
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import ACCEPTED, CELLS

# What names one cell, in SQL: the key of the table of cells.
CELL_KEY: Final = ", ".join(CELLS.key)


def accept(
    checked: Checked, *, received_by: str, moment: datetime | None = None, confirmed: Sequence[Problem] = ()
) -> str:
    """Keep the files as they came under raw/ and their figures under accepted/; returns the id of the load.

    The Parquet file appears last and in one step: a load that fails or is killed before leaves no trace in the record.
    `moment` (UTC without zone, as `now` gives it) is when the files were received; left out, it is now. What was
    confirmed of their faults is kept beside the files.
    """
    load = new_identifier(moment)
    raw, accepted = folder("raw"), folder("accepted")
    copies, part, target = raw / f".{load}", accepted / f"{load}.part", accepted / f"{load}.parquet"
    files = _files(checked).assign(load=load, received=moment or now(), received_by=received_by, replaces="")
    try:
        with storage_faults(accepted):
            for file in checked.files:
                _keep(file, copies / file.digest)
            write_confirmed(copies, confirmed, by=received_by, moment=moment or now())
            _write_parquet(checked, files, part)
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
    with copy.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != file.digest:
        raise StorageFailed(path=file.name, detail="changed while it was read")


def _write_parquet(checked: Checked, files: pd.DataFrame, part: Path) -> None:
    connection = checked.staging.connection
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ACCEPTED.columns)
    connection.register("files", files)
    connection.sql(
        f"SELECT {columns} FROM staged JOIN origins USING (origin) JOIN files USING (file_number)"
    ).write_parquet(str(part))
    connection.unregister("files")
    part.chmod(0o600)


def _files(checked: Checked) -> pd.DataFrame:
    """The understood files of a call, for queries on their staged figures."""
    rows = [(file.number, file.source.id, file.name, file.digest) for file in checked.files]
    return pd.DataFrame(rows, columns=["file_number", "source", "file", "digest"])


def record() -> str:
    """SQL that reads the whole record; an empty table of the same columns before the first load."""
    empty = f"SELECT {', '.join(f'NULL::{column.type} AS {column.name}' for column in ACCEPTED.columns)} WHERE false"
    if not loads():
        return f"({empty})"
    quoted = f"{escape(str(data_folder()))}/accepted/*.parquet".replace("'", "''")
    # By name: loads of an earlier version lack the columns that came later.
    files = f"SELECT * FROM read_parquet('{quoted}', union_by_name = true)"
    return f"(SELECT {', '.join(ACCEPTED.names)} FROM ({empty} UNION ALL BY NAME {files}))"


def latest(relation: str) -> str:
    """SQL for the rows of a relation that count: of one figure sent again by the same source, the latest load.

    An invented figure never takes the place of a real one.
    """
    return f"""
        SELECT * FROM {relation}
        QUALIFY row_number() OVER (PARTITION BY source, {FIGURE_KEY} ORDER BY load DESC, line DESC) = 1
    """


def record_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the whole record readable in a connection as `record`, and what counts of it for each source as `latest`."""
    connection.execute(f"CREATE OR REPLACE VIEW record AS SELECT * FROM {record()}")
    connection.execute(f"CREATE OR REPLACE VIEW latest AS {latest('record')}")


def already_accepted(checked: Checked) -> list[Problem]:
    """K004 for each file whose every figure is, from the same bytes, the latest accepted of its source."""
    connection, files = checked.staging.connection, _files(checked)
    with storage_faults(data_folder() / "accepted"):
        record_views(connection)
        digests = connection.execute(
            "SELECT DISTINCT digest FROM record WHERE list_contains(?, digest)", [files["digest"].tolist()]
        ).fetchall()
        seen = files[files["digest"].isin([digest for (digest,) in digests])]
        known = _known(connection, seen) if len(seen) else set()
    return [Problem("K004", file=file.name) for file in checked.files if file.number in known]


def _known(connection: duckdb.DuckDBPyConnection, files: pd.DataFrame) -> set[int]:
    """Numbers of the files of which every staged figure counts."""
    connection.register("files", files)
    rows = connection.execute(f"""
        SELECT file_number FROM staged JOIN files USING (file_number)
        LEFT JOIN (SELECT load, digest, source, {FIGURE_KEY} FROM latest) counted USING (digest, source, {FIGURE_KEY})
        GROUP BY file_number HAVING bool_and(counted.load IS NOT NULL)
    """).fetchall()
    connection.unregister("files")
    return {number for (number,) in rows}
