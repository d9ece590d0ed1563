"""Opens the live build for a scope; the only place that chooses a file."""

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

import duckdb

from riskmap.domain.areas import areas_in
from riskmap.domain.errors import (
    BuildUnreadable,
    DataFolderNew,
    DataFolderOld,
    NoPublishedBuild,
    ScopeRefused,
    Situation,
)
from riskmap.domain.settings import live_build
from riskmap.domain.tables import AREAS, CELLS, CELLS_INTERNAL, FORMAT, REVISIONS, TABLES, Table
from riskmap.domain.vocabulary import Scope

PUBLIC: Final = "public.duckdb"
# Where exact rows stand: of everything, or in a package for a workplace of one region only.
EXACT: Final = ("full.duckdb", "own.duckdb")

# How often the link is followed anew where the build that it named was removed before it could be opened.
_MOST_ATTEMPTS: Final = 20


def current_build() -> Path:
    """The resolved folder of the live build, opened; `NoPublishedBuild` before the first publication.

    Resolved, because an instance of the database is kept per path: the link's own path would go on showing old rows.
    Opened, because a build that is open can be read to the end, also where a publication removes it meanwhile.
    """
    build = _named()
    for _ in range(_MOST_ATTEMPTS):
        try:
            _connection(build / PUBLIC)
        except Situation as fault:
            before, build = build, _named()
            if build == before:
                raise (fault if build.exists() else NoPublishedBuild()) from None
        else:
            return build
    raise BuildUnreadable(build=build.name)


def _named() -> Path:
    """The folder that the link names, whether it is there or not."""
    link = live_build()
    if not link.is_symlink():
        raise NoPublishedBuild
    return link.resolve()


def open_build(build: Path, *, scope: Scope) -> duckdb.DuckDBPyConnection:
    """A cursor on the rows that `scope` may read; close it after use.

    Of the areas in scope it has the exact rows, of all others the public ones, and it can reach no other: the exact
    rows of other areas are never in the database behind it. What is of no area is as everybody sees it. The public
    scope reads public.duckdb alone. `ScopeRefused` where a scope on trial would show a real number that is hidden.
    """
    if scope.is_public:
        return _connection(build / PUBLIC).cursor()
    if scope.is_trial and hides_real_numbers(build):
        raise ScopeRefused(build=build.name)
    return _scoped(build, Scope(scope.areas)).cursor()


@lru_cache(maxsize=16)
def hides_real_numbers(build: Path) -> bool:
    """Whether the exact file has a real number that the public one has not, or has otherwise: hidden, rounded, a month.

    So a wider scope would show it. Where the exact file may not be read nothing more can be shown, and it is True.
    """
    try:
        _connection(build / PUBLIC)  # its format
        with _both(build, _exact(build)) as connection:
            return any(_tells_more(connection, table) for table in (CELLS, CELLS_INTERNAL, REVISIONS))
    except (BuildUnreadable, duckdb.Error):
        return True


def _tells_more(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    real = f"{table.name} WHERE NOT invented"
    query = f"SELECT count(*) FROM (FROM exact.{real} EXCEPT FROM public.{real})"
    ((found,),) = connection.execute(query).fetchall()
    return bool(found)


def _both(build: Path, exact: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory beside both files of a build; it writes nothing anywhere."""
    connection = duckdb.connect(config={"temp_directory": ""})
    for name, path in (("public", build / PUBLIC), ("exact", exact)):
        connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name} (READ_ONLY)")
    return connection


def _exact(build: Path) -> Path:
    """Where the exact rows of a build stand."""
    found = next((path for name in EXACT if (path := build / name).exists()), None)
    if found is None:
        raise BuildUnreadable(build=build.name)
    return found


@lru_cache(maxsize=16)
def packaged_scope(build: Path) -> Scope:
    """The scope that a build was packaged for; public where it is no package."""
    own = build / EXACT[1]
    if not own.exists():
        return Scope.public()
    with _connection(own).cursor() as cursor:
        ((region,),) = cursor.execute("SELECT value FROM meta WHERE name = 'packaged_for'").fetchall()
    return Scope(frozenset({region}))


# Of the build that was opened last, by scope: what is copied for a scope is large, and nobody asks for earlier builds.
_opened: OrderedDict[tuple[Path, Scope], duckdb.DuckDBPyConnection] = OrderedDict()
_opening = Lock()
_MOST_OPENED: Final = 32


def _scoped(build: Path, scope: Scope) -> duckdb.DuckDBPyConnection:
    """The database of a scope, made once; a cursor keeps it where another one takes its place meanwhile."""
    with _opening:
        found = _opened.get((build, scope))
        if found is None:
            for key in [key for key in _opened if key[0] != build]:
                del _opened[key]
            found = _opened[build, scope] = _copied(build, scope)
        _opened.move_to_end((build, scope))
        while len(_opened) > _MOST_OPENED:
            _opened.popitem(last=False)
        return found


def _copied(build: Path, scope: Scope) -> duckdb.DuckDBPyConnection:
    """A database in memory: the exact rows of the scope copied into it, the public file beside it, the other not."""
    _connection(build / PUBLIC)  # refuses what cannot be read, and keeps the build
    exact, packaged = _exact(build), packaged_scope(build)
    try:
        connection = _both(build, exact)
        rows = connection.execute("SELECT area, kind, parent, members FROM exact.areas").fetchall()
        inside = areas_in(scope, rows)
        if not packaged.is_public:
            inside &= areas_in(packaged, rows)
        connection.execute("CREATE TABLE scope AS SELECT unnest(?) AS area", [sorted(inside)])
        for statement in _views():
            connection.execute(statement)
        connection.execute("DETACH exact")
        connection.execute("SET enable_external_access = false")
    except duckdb.Error as fault:
        raise BuildUnreadable(build=build.name) from fault
    return connection


def _views() -> Iterator[str]:
    """Every table of a build under its own name: by area, where it has areas, else as the public file has it."""
    for table in TABLES:
        if "area" not in table.names or table is AREAS:
            yield f"CREATE VIEW {table.name} AS FROM public.{table.name}"
            continue
        yield f"CREATE TABLE own_{table.name} AS FROM exact.{table.name} SEMI JOIN scope USING (area)"
        yield f"""
            CREATE VIEW {table.name} AS FROM own_{table.name}
            UNION ALL FROM public.{table.name} ANTI JOIN scope USING (area)
        """


@lru_cache(maxsize=4)
def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=True)
        found = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchall()
    except duckdb.Error as fault:
        raise BuildUnreadable(build=path.parent.name) from fault
    if found != [(FORMAT,)]:
        raise _other_format(path.parent.name, "".join(value for (value,) in found))
    return connection


def _other_format(build: str, found: str) -> Situation:
    """What keeps a build of another format from being opened: it is older, or newer, or does not say."""
    if not found.isdecimal():
        return BuildUnreadable(build=build)
    return (DataFolderOld if int(found) < int(FORMAT) else DataFolderNew)(found=found, needed=FORMAT)
