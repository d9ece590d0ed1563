"""A database to work in: at most so much memory, the rest in a folder of its own that goes with it."""

import fcntl
import os
import shutil
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import duckdb

# Ten million figures take little longer with this much than with all the memory there is.
READING: Final = "500MB"
COUNTING: Final = "1GB"

_PREFIX: Final = "riskmap-"
_HELD: Final = ".held"  # a file that whoever works in the folder has locked; the system frees it when he dies


def scratch_database(memory: str = READING) -> duckdb.DuckDBPyConnection:
    """An empty database that keeps what does not fit into so much memory in a folder only its owner can read.

    The folder is gone when the connection is.
    """
    connection = duckdb.connect()
    spill = scratch_folder()
    weakref.finalize(connection, spill.cleanup)
    connection.execute("SET memory_limit = ?", [memory])
    connection.execute("SET temp_directory = ?", [spill.name])
    return connection


def scratch_folder() -> "TemporaryDirectory[str]":
    """A folder that only its owner can read, gone with the object; that of a killed process `clear_scratch` removes."""
    place = TemporaryDirectory(prefix=_PREFIX)  # made with mode 0700
    part = Path(place.name) / f"{_HELD}.part"
    held = part.open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    part.rename(part.with_name(_HELD))  # before it is locked nobody must take it for one that is free
    weakref.finalize(place, held.close)
    return place


def clear_scratch() -> None:
    """Remove the folders of processes that were killed: they may hold exact figures."""
    for place in Path(gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if place.lstat().st_uid == os.geteuid():
                _clear_dead(place)
        except OSError:  # somebody works in it, or removes it, too
            continue


def _clear_dead(place: Path) -> None:
    with (place / _HELD).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(place, ignore_errors=True)
