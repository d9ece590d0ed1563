"""The SQLite file of grants and of ended sessions: rows are added, never changed or deleted.

The triggers keep our own code and a slip at a console from changing what was granted. Whoever may write the file can
remove them; what was granted when stands in the audit log besides.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from riskmap.access.folder import access_folder, made, opened, storage_faults
from riskmap.domain.errors import StorageFailed

_VERSION: Final = 1
_PATIENCE: Final = 10.0  # seconds for which another writer is waited for
# A row that takes the place of another is deleted without the trigger of deletion being asked: hence the first trigger.
_SCHEMA: Final = """
CREATE TABLE grants (
    id INTEGER PRIMARY KEY,
    subject TEXT NOT NULL CHECK (subject <> ''),
    role TEXT NOT NULL,
    area TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT CHECK (valid_to >= valid_from),
    granted_by TEXT NOT NULL CHECK (granted_by <> ''),
    granted_at TEXT NOT NULL,
    revoked_by TEXT CHECK (revoked_by <> ''),
    revoked_at TEXT,
    CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
) STRICT;
CREATE INDEX grants_of_subject ON grants (subject);
CREATE TRIGGER grants_begin_new BEFORE INSERT ON grants
    WHEN NEW.revoked_at IS NOT NULL OR EXISTS (SELECT 1 FROM grants WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'a grant is added, never replaced'); END;
CREATE TRIGGER grants_stay BEFORE DELETE ON grants
    BEGIN SELECT RAISE(ABORT, 'a grant is revoked, never deleted'); END;
CREATE TRIGGER grants_are_revoked_once BEFORE UPDATE ON grants
    WHEN OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NULL
    OR (NEW.id, NEW.subject, NEW.role, NEW.area, NEW.valid_from, NEW.granted_by, NEW.granted_at)
        IS NOT (OLD.id, OLD.subject, OLD.role, OLD.area, OLD.valid_from, OLD.granted_by, OLD.granted_at)
    OR NEW.valid_to IS NOT OLD.valid_to
    BEGIN SELECT RAISE(ABORT, 'a grant is revoked once and not changed otherwise'); END;
CREATE TABLE sign_outs (subject TEXT NOT NULL CHECK (subject <> ''), at TEXT NOT NULL) STRICT;
CREATE INDEX sign_outs_of_subject ON sign_outs (subject, at);
CREATE TRIGGER sign_outs_stay BEFORE DELETE ON sign_outs
    BEGIN SELECT RAISE(ABORT, 'a sign-out is never deleted'); END;
CREATE TRIGGER sign_outs_are_final BEFORE UPDATE ON sign_outs
    BEGIN SELECT RAISE(ABORT, 'a sign-out is never changed'); END;
"""


def database() -> Path:
    """The file; before the first grant there is none."""
    return access_folder() / "grants.db"


def asked(query: str, *values: str | int) -> list[tuple[Any, ...]]:
    """The rows of a question, none where there is no file yet; a file that cannot be read is `StorageFailed`."""
    path = database()
    with storage_faults(path):
        if not path.exists():
            return []
        with closing(_connection(path)) as connection:
            connection.execute("PRAGMA query_only = 1")
            return connection.execute(query, values).fetchall()


@contextmanager
def changing() -> Iterator[sqlite3.Connection]:
    """A connection in which everything or nothing is done, and meanwhile nobody else changes anything."""
    path = database()
    with storage_faults(path):
        _make(path)
        with closing(_connection(path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise


def _connection(path: Path) -> sqlite3.Connection:
    """Open the file that is there.

    Not as read-only, even where it is only asked: what a killed process left half-done is taken back by whoever opens
    the file next, and for that it must be writable.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None
    )
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            raise StorageFailed(path=str(path), detail="damaged")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path) -> None:
    """Put an empty database in place where there is none, whole or not at all: an empty file is a damaged one."""
    if path.exists():
        return
    part = made(path.parent) / f"{secrets.token_hex(6)}.part"
    os.close(opened(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    try:
        with closing(sqlite3.connect(part)) as connection:
            connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        _link(part, path)
    finally:
        part.unlink(missing_ok=True)


def _link(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:  # another process was quicker; its file is as good
        return
