"""The check of the catalogue on figures: no declared table may be mostly hidden."""

from pathlib import Path

import duckdb
import pandas as pd

from etl.storage import storage_faults
from geo.areas import areas
from riskmap.disclosure.usefulness import MOST_HIDDEN, HiddenTable, mostly_hidden
from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.registry import catalogue


def refuse_mostly_hidden(build: Path) -> None:
    """`CatalogueInvalid` with every published table of which protection hides more than the limit in a build."""
    levels = {area.id: str(area.kind) for area in areas().values()}
    full, public = (_cells(build / f"{name}.duckdb") for name in ("full", "public"))
    hidden = mostly_hidden(full, public, levels=levels, declared=catalogue().indicators)
    if hidden:
        raise CatalogueInvalid([_told(table) for table in hidden])


def _cells(path: Path) -> pd.DataFrame:
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("FROM cells").df()


def _told(table: HiddenTable) -> str:
    instead = f"; the next longer period is {table.coarser}" if table.coarser else ""
    name = f"{table.indicator}: {table.level}, {table.grain}, {table.breakdown}"
    return f"{name}: {table.share:.0%} of its figures would be hidden (at most {MOST_HIDDEN:.0%}){instead}"
