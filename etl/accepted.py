"""The append-only record of what was received: one Parquet file per load, never changed afterwards."""

import hashlib
import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from glob import escape
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.confirmed import write_confirmed
from etl.manifest import write_manifest
from etl.staging import FIGURE_KEY, Checked, CheckedFile
from etl.storage import drop, folder, loads, moments, new_identifier, storage_faults
from geo.areas import renumbered
from riskmap.domain.errors import Problem, StorageFailed
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import ACCEPTED, CELLS

# Columns of the key of a figure that hold a word of a closed list, whose type is named after the column.
_CLOSED: Final = ("indicator", "area", "grain", "breakdown", "category")

# What names one cell, in SQL: the key of the table of cells.
CELL_KEY: Final = ", ".join(CELLS.key)

# Loads of one second stand a millisecond apart, so the last of many may be a little ahead of any clock.
_IN_STEP: Final = timedelta(seconds=1)

# Of a long record only the loads with figures of these sources and periods are read, and only what is staged is kept.
_EARLIER: Final = f"""
CREATE OR REPLACE TEMP TABLE earlier AS
WITH sent AS (SELECT source, {FIGURE_KEY} FROM staged JOIN files USING (file_number)),
told AS (
    SELECT load, source, {", ".join(f"TRY_CAST({name} AS {name}_id) AS {name}" for name in _CLOSED)},
           period_start, period_end, invented
    FROM {{record}}
    WHERE list_contains($sources, source) AND period_start BETWEEN $first AND $last
)
SELECT source, {FIGURE_KEY}, max(load) AS replaces FROM told SEMI JOIN sent USING (source, {FIGURE_KEY}) GROUP BY ALL
"""


def accept(
    checked: Checked, *, received_by: str, moment: datetime | None = None, confirmed: Sequence[Problem] = ()
) -> str:
    """Keep the files as they came under raw/ and their figures under accepted/; returns the id of the load.

    The Parquet file appears last and in one step: a load that fails or is killed before leaves no trace in the record.
    `moment` (UTC without zone, as `now` gives it) is when the files were received; left out, it is the moment of the
    id, which is never before that of an earlier load, also where the clock was set back. What was confirmed of their
    faults is kept beside the files, and so is the manifest that seals the load.
    """
    before, load = loads(), new_identifier(moment)
    received = moment or max(moments([load])).replace(microsecond=0)
    raw, accepted = folder("raw"), folder("accepted")
    copies, part, target = raw / f".{load}", accepted / f"{load}.part", accepted / f"{load}.parquet"
    files = _files(checked).assign(load=load, received=received, received_by=received_by)
    try:
        with storage_faults(accepted):
            for file in checked.files:
                _keep(file, copies / file.digest)
            write_confirmed(copies, confirmed, by=received_by, moment=received)
            _write_parquet(checked, files, part)
            write_manifest(copies, load=load, accepted=part, after=before[-1] if before else "")
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
    _find_earlier(connection, files)
    connection.sql(f"""
        SELECT {columns} FROM (
            SELECT * REPLACE (coalesce(replaces, '') AS replaces)
            FROM staged JOIN origins USING (origin) JOIN files USING (file_number)
            LEFT JOIN earlier USING (source, {FIGURE_KEY})
        )
    """).write_parquet(str(part))
    connection.unregister("files")
    part.chmod(0o600)


def _find_earlier(connection: duckdb.DuckDBPyConnection, files: pd.DataFrame) -> None:
    """Fill `earlier`: for each staged figure that its source has sent before, the load that counted until then."""
    days = connection.execute("SELECT min(period_start), max(period_start) FROM staged").fetchall()
    values = {"sources": sorted(set(files["source"])), "first": days[0][0], "last": days[0][1]}
    connection.execute(_EARLIER.format(record=record()), values)


def _files(checked: Checked) -> pd.DataFrame:
    """The understood files of a call, for queries on their staged figures."""
    rows = [(file.number, file.source.id, file.name, file.digest) for file in checked.files]
    return pd.DataFrame(rows, columns=["file_number", "source", "file", "digest"])


def record(until: date | None = None) -> str:
    """SQL that reads the record, the whole or what was received by the end of a day (UTC).

    Before the first load it is an empty table of the same columns.
    """
    empty = f"SELECT {', '.join(f'NULL::{column.type} AS {column.name}' for column in ACCEPTED.columns)} WHERE false"
    if not loads():
        return f"({empty})"
    quoted = f"{escape(str(data_folder()))}/accepted/*.parquet".replace("'", "''")
    # By name: loads of an earlier version lack the columns that came later.
    files = f"SELECT * FROM read_parquet('{quoted}', union_by_name = true)"
    known = f" WHERE received < DATE '{until + timedelta(days=1)}'" if until else ""
    # A unit that has got another code since goes on under its id of today.
    moved = dict(renumbered())
    area = f"if(area IN {tuple(moved)}, MAP {moved}[area], area) AS area"
    columns = ", ".join(area if name == "area" else name for name in ACCEPTED.names)
    return f"(SELECT {columns} FROM ({empty} UNION ALL BY NAME {files}){known})"


def latest(relation: str, *, ties: Sequence[str] = ("numerator", "status")) -> str:
    """SQL for the rows of a relation that count: of one figure sent again by the same source, the latest load.

    An invented figure never takes the place of a real one. `ties` are columns that decide between rows of one line, so
    that the answer never depends on the order in which rows are read.
    """
    order = ", ".join(f"{name}::VARCHAR DESC" if name == "status" else f"{name} DESC" for name in ties)
    return f"""
        SELECT * FROM {relation}
        QUALIFY row_number() OVER (PARTITION BY source, {FIGURE_KEY} ORDER BY load DESC, line DESC, {order}) = 1
    """


def replaced(relation: str) -> str:
    """SQL for the rows of a relation with `replaces` worked out anew from the order of their loads.

    For loads that were accepted before the column was kept; the relation must hold every load of the record.
    """
    return f"""
        SELECT * REPLACE (coalesce(max(load) OVER (
            PARTITION BY source, {FIGURE_KEY} ORDER BY load GROUPS BETWEEN 1 PRECEDING AND 1 PRECEDING
        ), '') AS replaces)
        FROM {relation}
    """


def record_views(connection: duckdb.DuckDBPyConnection, until: date | None = None) -> None:
    """Make the record readable in a connection as `record`, and what counts of it for each source as `latest`.

    The whole record, or what was received by the end of a day (UTC).
    """
    connection.execute(f"CREATE OR REPLACE VIEW record AS SELECT * FROM {record(until)}")
    connection.execute(f"CREATE OR REPLACE VIEW latest AS {latest('record')}")


def clock_behind() -> timedelta | None:
    """By how much the clock of the machine is behind the last load; None where it is not, or there is no load."""
    present = datetime.now(UTC).replace(tzinfo=None)
    behind = max(moments(loads()), default=present) - present
    return behind if behind > _IN_STEP else None


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
