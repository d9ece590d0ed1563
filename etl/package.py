"""A data folder for one workplace: the public build, and of exact numbers those of one region and no other.

It is opened by the dashboard on the machine that it lies on, without a server, a network or a sign-in.
"""

import shutil
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.public_file import write_apart
from etl.storage import point, storage_faults, write_format
from geo.areas import areas
from riskmap.domain.areas import areas_in
from riskmap.domain.errors import PackageRefused
from riskmap.domain.settings import area_folder
from riskmap.domain.tables import AREAS, FORMAT, META, TABLES, Table
from riskmap.domain.vocabulary import LANGUAGES, Scope
from riskmap.words import t

_OWN: Final = "own.duckdb"
_READ_ME: Final = "README.txt"


def refuse_package(build: Path) -> None:
    """`PackageRefused` where a build is itself that of a package: the exact numbers of others are not in it."""
    if not (build / "full.duckdb").exists():
        raise PackageRefused(path=str(build), reason="package.refused.is_package")


def write_package(build: Path, region: str, *, out: Path) -> Path:
    """The folder written: `riskmap-<KATO>-<build>` below `out`, readable by its owner only, whole or not at all.

    `PackageRefused` where it is there already.
    """
    target = out / f"riskmap-{region}-{build.name}"
    if target.exists():
        raise PackageRefused(path=str(target), reason="package.refused.is_there")
    part = out / f".{target.name}.part"
    with storage_faults(part):
        try:
            out.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(part, ignore_errors=True)  # left by a call that was killed
            part.mkdir(mode=0o700)
            _fill(part, build, region)
            part.rename(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return target


def _fill(place: Path, build: Path, region: str) -> None:
    inside = place / "warehouse" / build.name
    inside.mkdir(parents=True, mode=0o700)
    shutil.copyfile(build / "public.duckdb", inside / "public.duckdb")
    write_apart(inside / _OWN, _own_tables(build / "full.duckdb", region), mode=0o600)
    point(place / "warehouse" / "current", build.name)
    if area_folder().is_dir():
        shutil.copytree(area_folder(), place / "areas")
    write_format(FORMAT, place=place, packaged_for=region)
    told = [t("package.read_me", lang, region=areas()[region].name(lang), build=build.name) for lang in LANGUAGES]
    (place / _READ_ME).write_text("\n\n".join(told) + "\n", encoding="utf-8")


def _own_tables(full: Path, region: str) -> dict[str, pd.DataFrame]:
    """Every table with the rows of the region alone; what is of no area stays out, but for the areas themselves."""
    with duckdb.connect(str(full), read_only=True) as connection:
        rows = connection.execute("SELECT area, kind, parent, members FROM areas").fetchall()
        own = sorted(areas_in(Scope(frozenset({region})), rows))
        return {table.name: _rows(connection, table, own, region) for table in TABLES}


def _rows(connection: duckdb.DuckDBPyConnection, table: Table, own: list[str], region: str) -> pd.DataFrame:
    if table is META:
        return pd.DataFrame([("format", FORMAT), ("packaged_for", region)], columns=list(META.names))
    if table is AREAS:
        return connection.execute(f"FROM {table.name}").df()
    if "area" not in table.names:
        return connection.execute(f"FROM {table.name} LIMIT 0").df()
    return connection.execute(f"FROM {table.name} WHERE area IN (SELECT unnest(?))", [own]).df()
