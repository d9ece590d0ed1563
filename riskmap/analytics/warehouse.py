"""Opens the live build for a scope; the only place that chooses a file."""

from functools import lru_cache
from pathlib import Path

import duckdb

from riskmap.domain.errors import BuildUnreadable, NoPublishedBuild
from riskmap.domain.settings import live_build
from riskmap.domain.tables import FORMAT
from riskmap.domain.vocabulary import Scope


def current_build() -> Path:
    """The resolved folder of the live build; `NoPublishedBuild` before the first publication.

    Resolved, because an instance of the database is kept per path: the link's own path would go on showing old rows.
    """
    link = live_build()
    if not link.exists():
        raise NoPublishedBuild
    return link.resolve()


def open_build(build: Path, *, scope: Scope) -> duckdb.DuckDBPyConnection:
    """A cursor on the rows that `scope` may read; close it after use.

    Only the public scope exists until there is sign-in: it reads public.duckdb, and no argument or setting leads to
    the full file.
    """
    if scope != Scope.public():
        raise BuildUnreadable(build=build.name)
    return _connection(build / "public.duckdb").cursor()


@lru_cache(maxsize=4)
def _connection(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=True)
        found = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    except duckdb.Error as fault:
        raise BuildUnreadable(build=path.parent.name) from fault
    if found != (FORMAT,):
        raise BuildUnreadable(build=path.parent.name)
    return connection
