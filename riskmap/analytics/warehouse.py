"""Opens the live build for a scope; the only place that chooses a file."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import duckdb

from riskmap.domain.errors import BuildUnreadable, DataFolderNew, DataFolderOld, NoPublishedBuild, Situation
from riskmap.domain.settings import live_build
from riskmap.domain.tables import FORMAT
from riskmap.domain.vocabulary import Scope

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
            _connection(build / "public.duckdb")
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
