"""Writes one build: full.duckdb with exact cells, public.duckdb written new from protected rows only."""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from etl import reference
from etl.cells import build_cells, period_frame
from etl.scratch import COUNTING, scratch_database
from etl.storage import folder, new_identifier, now, storage_faults
from geo.areas import areas
from riskmap.disclosure.interim import protect
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import (
    AREAS,
    BREAKS,
    CELLS,
    COMPLETENESS,
    EXPOSURES,
    FORMAT,
    META,
    PERIODS,
    RELATIONS,
    TABLES,
    Table,
)
from riskmap.domain.vocabulary import Grain

PROTECTION = "interim"


def stage_build() -> Path:
    """A finished build folder that is not live yet; a build that dies on the way leaves only a hidden folder behind."""
    moment, identifier = now(), new_identifier()
    warehouse = folder("warehouse")
    part = warehouse / f".{identifier}"
    try:
        with storage_faults(data_folder() / "accepted"):
            tables = _tables(identifier, moment)
        with storage_faults(part):
            part.mkdir(mode=0o700)
            _write(part / "full.duckdb", tables, mode=0o600)
            _write(part / "public.duckdb", {**tables, CELLS.name: _protected(tables)}, mode=0o644)
            part.rename(warehouse / identifier)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return warehouse / identifier


def _tables(identifier: str, moment: datetime) -> dict[str, pd.DataFrame]:
    with scratch_database(COUNTING) as connection:
        build_cells(connection)
        columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
        cells = connection.execute(f"SELECT {columns} FROM cells ORDER BY {', '.join(CELLS.key)}").df()
        exposures = connection.execute(f"SELECT * FROM exposures ORDER BY {', '.join(EXPOSURES.key)}").df()
        periods = period_frame(connection)
        completeness = _completeness(connection)
        ((data_day,),) = connection.execute("SELECT max(received)::DATE FROM record").fetchall()
        invented_sources = _invented_sources(connection)
    meta = {
        "build": identifier,
        "built": moment.isoformat(),
        "data_date": str(data_day) if data_day else "",
        "format": FORMAT,
        "protection": PROTECTION,
        "is_invented": str(bool(cells["invented"].any())).lower(),
        "invented_sources": invented_sources,
    }
    return {
        CELLS.name: cells,
        AREAS.name: reference.area_frame(),
        PERIODS.name: periods,
        RELATIONS.name: reference.relation_frame(),
        BREAKS.name: reference.break_frame(),
        COMPLETENESS.name: completeness,
        EXPOSURES.name: exposures,
        META.name: pd.DataFrame(list(meta.items()), columns=["name", "value"]),
    }


def _completeness(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Who owed a return for each period in which a source reported, and who sent it.

    A return that comes every month is owed by month, whatever else its source sends by year. It is there as long as one
    of its figures still stands, from the day on which the first arrived. Of a source that has sent real figures only
    these count; invented ones are told apart by `invented_sources`.
    """
    owed = [(s.id, s.area, str(g)) for s in catalogue().sources.values() if s.owed for g in _owed_grains(s)]
    connection.register("owed", pd.DataFrame(owed, columns=["source", "level", "grain"]))
    return connection.execute("""
        WITH kinds AS (SELECT source, bool_and(invented) AS invented FROM record GROUP BY ALL),
             standing AS (SELECT source, area, grain, period_start, period_end,
                                 bool_or(status <> 'not_reported') AS is_reported
                          FROM latest SEMI JOIN kinds USING (source, invented) GROUP BY ALL),
             arrived AS (SELECT source, area, grain, period_start, period_end, min(received)::DATE AS received
                         FROM record SEMI JOIN kinds USING (source, invented)
                         WHERE status <> 'not_reported' GROUP BY ALL),
             sent AS (SELECT s.*, if(s.is_reported, received, NULL) AS received
                      FROM standing s LEFT JOIN arrived USING (source, area, grain, period_start, period_end)),
             periods AS (SELECT DISTINCT source, grain, period_start, period_end FROM sent)
        SELECT o.source, a.area::VARCHAR AS area, p.grain, p.period_start, p.period_end,
               coalesce(s.is_reported, false) AS is_reported, s.received
        FROM owed o JOIN areas a ON a.kind = o.level
        JOIN periods p USING (source, grain)
        LEFT JOIN sent s ON s.source = o.source AND s.area = a.area AND s.grain = p.grain
                         AND s.period_start = p.period_start AND s.period_end = p.period_end
        WHERE coalesce(a.valid_from <= p.period_end, true) AND coalesce(a.valid_to > p.period_start, true)
        ORDER BY ALL
    """).df()


def _owed_grains(source: Source) -> tuple[Grain, ...]:
    return (Grain.MONTH,) if Grain.MONTH in source.grains else source.grains


def _invented_sources(connection: duckdb.DuckDBPyConnection) -> str:
    rows = connection.execute("SELECT source FROM record GROUP BY source HAVING bool_and(invented) ORDER BY source")
    return " ".join(source for (source,) in rows.fetchall())


def _protected(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    levels = {area.id: str(area.kind) for area in areas().values()}
    relations = tables[RELATIONS.name]
    return protect(tables[CELLS.name], relations=relations, levels=levels, declared=catalogue().indicators)


def _write(path: Path, tables: dict[str, pd.DataFrame], *, mode: int) -> None:
    with duckdb.connect(str(path)) as connection:
        for table in TABLES:
            _insert(connection, table, tables[table.name])
        connection.execute("CHECKPOINT")  # closing would do it too, and would say nothing where the disk is full
    path.chmod(mode)


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pd.DataFrame) -> None:
    connection.execute(table.ddl)
    connection.register("incoming", frame[list(table.names)])
    connection.execute(f"INSERT INTO {table.name} SELECT * FROM incoming")
    connection.unregister("incoming")
