"""Brings a data folder of an earlier format to the present one; killed at any step, the next call goes on.

The format is written last, so until all is done every other command refuses the folder. Accepted files are written
anew beside a copy of the originals, each compared with its original before it takes the place of it; the copy goes
when everything else stands.
"""

import shutil
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from etl.accepted import record, replaced
from etl.build import stage_build
from etl.journal import EventKind, events, note, publications
from etl.manifest import seal
from etl.publish import build_meta, publish, staged
from etl.scratch import COUNTING, scratch_database
from etl.staging import FIGURE_KEY
from etl.storage import (
    builds,
    drop,
    folder,
    folder_format,
    live,
    loads,
    moments,
    storage_faults,
    write_format,
)
from riskmap.domain.errors import BackupRefused, PublishRefused
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import ACCEPTED, FORMAT

ORIGINALS: Final = "before_migration"

_REPLACING: Final = f"""
CREATE TABLE replacing AS
SELECT DISTINCT load, source, {FIGURE_KEY}, replaces FROM ({{record}}) WHERE replaces <> ''
"""
_OF_LOAD: Final = f"""
SELECT {{columns}} FROM (
    SELECT * EXCLUDE (replaces), coalesce(r.replaces, '') AS replaces
    FROM (FROM {{empty}} UNION ALL BY NAME FROM read_parquet($path, file_row_number = true)) a
    LEFT JOIN replacing r USING (load, source, {FIGURE_KEY})
) ORDER BY file_row_number
"""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration has come to: the format before, the loads, and what is live or waits."""

    found: str
    loads: int
    build: Path | None
    is_live: bool
    refusal: PublishRefused | None


def migrate() -> Migrated | None:
    """Bring the data folder to the present format; None where it is of that already.

    What was live is built anew and published, where every load was in it; else the build waits. A build of an earlier
    format goes, unless it is live still: the program does not open it, and what it published stays in `released/`.
    Ask for the lock, which refuses a later format.
    """
    found = folder_format()
    if found == FORMAT:
        return None
    for step in range(int(found), int(FORMAT)):
        _STEPS[str(step)]()
    build, refusal = _built_anew()
    _drop_unreadable()
    for path in (*_released("withdrawn"), data_folder() / ORIGINALS):
        with storage_faults(path):
            drop(path)
    write_format(FORMAT)
    return Migrated(found, len(loads()), build, build is not None and build == live(), refusal)


def _from_1() -> None:
    """Format 2 keeps of each figure which load it replaces, seals its loads, and has a journal of publications."""
    _rewrite_loads()
    for load in loads():
        seal(load)
    _write_journal()


def _from_2() -> None:
    """Format 3 has exact months in its builds; a build is made anew in any case."""


_STEPS: Final[dict[str, Callable[[], None]]] = {"1": _from_1, "2": _from_2}


def _rewrite_loads() -> None:
    place = data_folder() / "accepted"
    with storage_faults(place), scratch_database(COUNTING) as connection:
        old = [load for load in loads() if not _is_complete(connection, _accepted(load))]
        if not old:
            return
        originals = folder(ORIGINALS)
        connection.execute(_REPLACING.format(record=replaced(record())))
        for load in old:
            shutil.copy2(_accepted(load), originals)
            _rewrite(connection, load)


def _is_complete(connection: duckdb.DuckDBPyConnection, path: Path) -> bool:
    return set(ACCEPTED.names) <= set(_columns(connection, path))


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    rows = connection.execute("SELECT name FROM parquet_schema(?) WHERE num_children IS NULL", [str(path)]).fetchall()
    return [name for (name,) in rows]


def _rewrite(connection: duckdb.DuckDBPyConnection, load: str) -> None:
    """The accepted file of a load with every column of the present format, in its place."""
    target = _accepted(load)
    part = target.with_suffix(".part")
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in ACCEPTED.columns)
    empty = ", ".join(f"NULL::{column.type} AS {column.name}" for column in ACCEPTED.columns)
    query = _OF_LOAD.format(columns=columns, empty=f"(SELECT {empty}, NULL::BIGINT AS file_row_number WHERE false)")
    connection.sql(query, params={"path": str(target)}).write_parquet(str(part))
    part.chmod(0o600)
    _refuse_difference(connection, target, part)
    part.replace(target)


def _refuse_difference(connection: duckdb.DuckDBPyConnection, before: Path, after: Path) -> None:
    """Every row of the original must stand in what takes its place, and no other."""
    columns = ", ".join(_columns(connection, before))
    sides = [f"SELECT {columns} FROM read_parquet(?)" for _ in range(2)]
    for paths in ((before, after), (after, before)):
        query = f"SELECT count(*) FROM ({sides[0]} EXCEPT ALL {sides[1]})"
        ((number,),) = connection.execute(query, [str(path) for path in paths]).fetchall()
        if number:
            raise BackupRefused(reason="keep.refused.differs", path=str(before))


def _accepted(load: str) -> Path:
    return data_folder() / "accepted" / f"{load}.parquet"


# --- journal


def _write_journal() -> None:
    """What `released/` tells of publications, as events; those that a call before has written are passed over.

    Format 1 kept neither by whom nor when: the moment is that of the build, and nobody is named.
    """
    current = live()
    if current and current.name in _ours():
        return  # a call before was killed after its publication
    released = [path.stem for path in _released("parquet") if path.stem not in _ours()]
    taken_back = {path.stem for path in _released("withdrawn")}
    told = len(publications())
    for kind, build, is_live in history(released, taken_back, current.name if current else "")[told:]:
        data_date = {"data_date": _data_date(build)} if kind is EventKind.PUBLISHED else {}
        moment = max(moments([build])).replace(microsecond=0)
        note(kind, moment=moment, by="", user="", build=build, live=is_live, **data_date)


def history(released: Sequence[str], taken_back: AbstractSet[str], live_name: str) -> list[tuple[EventKind, str, str]]:
    """Publications in the order of the builds, as kind, build, and what is live from then on.

    What was taken back was so before the next one that stayed. Where all that leads to another build than the one that
    is live, that one was published again at the end.
    """
    found: list[tuple[EventKind, str, str]] = []
    shown: list[str] = []  # as each took the place of the one before

    def take_back() -> None:
        while len(shown) > 1 and shown[-1] in taken_back:
            build = shown.pop()
            found.append((EventKind.TAKEN_BACK, build, shown[-1]))

    for build in released:
        if build not in taken_back:
            take_back()
        shown.append(build)
        found.append((EventKind.PUBLISHED, build, build))
    take_back()
    if live_name and shown[-1:] != [live_name]:
        found.append((EventKind.PUBLISHED, live_name, live_name))
    return found


def _ours() -> set[str]:
    """Builds that were staged by a program with a journal."""
    return {event["build"] for event in events() if event["event"] == EventKind.STAGED}


def _released(ending: str) -> list[Path]:
    place = data_folder() / "released"
    with storage_faults(place):
        return sorted(place.glob(f"2*.{ending}"))


def _data_date(name: str) -> str:
    """The data date of a build, where the build is still there."""
    return next((build_meta(build).get("data_date", "") for build in builds() if build.name == name), "")


# --- builds


def _built_anew() -> tuple[Path | None, PublishRefused | None]:
    """A build of the present format that is live, or waits, and why it was not published where it was to be."""
    current = live()
    if current and current.name in _ours():
        return current, None
    if not loads():
        return None, None
    build = staged() or stage_build()
    if current is None or current.name < loads()[-1]:
        return build, None  # what waits for publication goes on waiting
    try:
        publish(build)
    except PublishRefused as refusal:
        return build, refusal
    return build, None


def _drop_unreadable() -> None:
    current = live()
    for build in builds():
        if build != current and build.name not in _ours():
            part = build.with_name(f".{build.name}")
            with storage_faults(build):
                build.rename(part)
                drop(part)
