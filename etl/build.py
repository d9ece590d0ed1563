"""Writes one build: full.duckdb with exact cells, public.duckdb written new from protected rows only."""

import shutil
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd

from etl import reference
from etl.cells import build_cells, period_frame
from etl.completeness import completeness_frame, correction_frame, public_completeness
from etl.fault_history import fault_frame
from etl.joined import joined_people, with_joined
from etl.journal import note_staged
from etl.lags import lag_frame
from etl.protection import protected_cells
from etl.public_file import write_apart
from etl.revisions import publication_frame, revision_frame
from etl.scratch import COUNTING, scratch_database, scratch_folder
from etl.storage import folder, live, new_identifier, now, storage_faults
from riskmap.disclosure.audit import AuditReport, audit_families
from riskmap.domain.problems import Severity
from riskmap.domain.settings import PROTECTION, data_folder
from riskmap.domain.tables import (
    AREAS,
    BREAKS,
    CELLS,
    CELLS_INTERNAL,
    COMPLETENESS,
    EXPOSURES,
    FAULTS,
    FORMAT,
    LAGS,
    META,
    PERIODS,
    PUBLICATIONS,
    RELATIONS,
    REVISIONS,
    TABLES,
    Table,
)
from riskmap.domain.vocabulary import Protection

_CORRECTIONS = "corrections"  # is no table of a build: what it tells of hidden cells stays here


def stage_build(as_known_on: date | None = None) -> Path:
    """A finished build folder that is not live yet; a build that dies on the way leaves only a hidden folder behind.

    With a day it shows what was known at its end, of what had been received by then (UTC). Such a build says so in
    `meta` (`as_known_on`), never waits for publication, and is never published.
    """
    moment, identifier = now(), new_identifier()
    warehouse = folder("warehouse")
    part = warehouse / f".{identifier}"
    try:
        with storage_faults(data_folder() / "accepted"):
            tables = _tables(identifier, moment, as_known_on)
        with storage_faults(part):
            part.mkdir(mode=0o700)
            _write(part / "full.duckdb", _finished(tables, "full"), mode=0o600)
            _write_public(part, tables)
            note_staged(tables[META.name])
            part.rename(warehouse / identifier)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return warehouse / identifier


def _finished(tables: dict[str, pd.DataFrame], kind: str) -> dict[str, pd.DataFrame]:
    """The tables of one file with what follows from its own cells: joined areas, revisions, publications.

    From protected cells nothing follows that they do not tell themselves.
    """
    meta = dict(tables[META.name].itertuples(index=False, name=None))
    cells = with_joined(tables[CELLS.name], tables[AREAS.name])
    revisions = revision_frame(cells, meta=meta, kind=kind)
    publications = publication_frame(revisions, meta=meta, kind=kind)
    return {**tables, CELLS.name: cells, REVISIONS.name: revisions, PUBLICATIONS.name: publications}


def _tables(identifier: str, moment: datetime, as_known_on: date | None) -> dict[str, pd.DataFrame]:
    with scratch_database(COUNTING) as connection:
        build_cells(connection, until=as_known_on)
        cells, internal = (_cells(connection, table) for table in (CELLS, CELLS_INTERNAL))
        exposures = connection.execute(f"SELECT * FROM exposures ORDER BY {', '.join(EXPOSURES.key)}").df()
        periods = period_frame(connection)
        days = "SELECT max(received)::DATE, max(received) FILTER (invented)::DATE FROM record"
        ((data_day, invented_day),) = connection.execute(days).fetchall()
        completeness = completeness_frame(connection)
        corrections = correction_frame(connection)
        lags = lag_frame(connection)
        faults = fault_frame(connection, until=as_known_on)
        invented_sources = _invented_sources(connection)
    meta = {
        "build": identifier,
        "built": moment.isoformat(),
        "data_date": str(data_day) if data_day else "",
        "invented_date": str(invented_day) if invented_day else "",
        "as_known_on": str(as_known_on) if as_known_on else "",
        "format": FORMAT,
        "base": base.name if (base := live()) else "",
        "protection": str(Protection(PROTECTION.value)),
        "is_invented": str(bool(cells["invented"].any())).lower(),
        "invented_sources": invented_sources,
    }
    return {
        CELLS.name: cells,
        CELLS_INTERNAL.name: internal,
        AREAS.name: reference.area_frame(),
        PERIODS.name: periods,
        RELATIONS.name: reference.relation_frame(),
        BREAKS.name: reference.break_frame(),
        COMPLETENESS.name: completeness,
        _CORRECTIONS: corrections,
        LAGS.name: lags,
        FAULTS.name: faults,
        EXPOSURES.name: joined_people(exposures, reference.area_frame()),
        META.name: pd.DataFrame(list(meta.items()), columns=["name", "value"]),
    }


def _cells(connection: duckdb.DuckDBPyConnection, table: Table) -> pd.DataFrame:
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in table.columns)
    return connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY {', '.join(table.key)}").df()


def _invented_sources(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute("SELECT source FROM record GROUP BY source HAVING bool_and(invented) ORDER BY source")
    return " ".join(source for (source,) in rows.fetchall())


def _write_public(build: Path, tables: dict[str, pd.DataFrame]) -> None:
    """The public file of a build whose full file is there."""

    def attacked(cells: pd.DataFrame, released: list[Path], only: Collection[str] | None) -> dict[str, AuditReport]:
        with scratch_folder() as place:
            path = Path(place) / "public.duckdb"
            _write(path, _public(tables, cells), mode=0o600)
            return audit_families(path, released=released, held=build / "full.duckdb", only=only)

    cells, told = protected_cells(tables, attacked, build=build.name.removeprefix("."))
    public = _finished(_public(tables, cells), "public")
    meta = pd.DataFrame(list(told.items()), columns=list(META.names))
    public[META.name] = pd.concat([public[META.name], meta], ignore_index=True)
    write_apart(build / "public.duckdb", public)


def _public(tables: dict[str, pd.DataFrame], cells: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables as everybody may see them: protected cells, and nothing beside them that tells of a hidden one."""
    returns = public_completeness(tables[COMPLETENESS.name], corrections=tables[_CORRECTIONS], cells=cells)
    faults = tables[FAULTS.name]
    # A code says what was strange, a period beside it in which figure: both would tell of numbers that are hidden.
    is_asked = faults["severity"].astype(str) == Severity.ASK
    faults = faults.assign(code="", period=faults["period"].mask(is_asked, ""))
    internal = tables[CELLS_INTERNAL.name].iloc[:0]
    return {**tables, CELLS.name: cells, CELLS_INTERNAL.name: internal, COMPLETENESS.name: returns, FAULTS.name: faults}


def _write(path: Path, tables: dict[str, pd.DataFrame], *, mode: int) -> None:
    """A file of all tables, without rows where there are none."""
    with duckdb.connect(str(path)) as connection:
        for table in TABLES:
            _insert(connection, table, tables.get(table.name, pd.DataFrame()))
        connection.execute("CHECKPOINT")  # closing would do it too, and would say nothing where the disk is full
    path.chmod(mode)


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    connection.execute(table.ddl)
    if frame.empty:
        return
    connection.register("incoming", frame[list(table.names)])
    connection.execute(f"INSERT INTO {table.name} SELECT * FROM incoming")
    connection.unregister("incoming")
