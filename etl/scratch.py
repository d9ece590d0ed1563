"""A database to work in: at most so much memory, the rest in a folder of its own that goes with it."""

import weakref
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

# Ten million figures take little longer with this much than with all the memory there is.
READING: Final = "500MB"
COUNTING: Final = "1GB"


def scratch_database(memory: str = READING) -> duckdb.DuckDBPyConnection:
    """An empty database that keeps what does not fit into so much memory in a folder only its owner can read.

    The folder is gone when the connection is.
    """
    connection = duckdb.connect()
    spill = TemporaryDirectory(prefix="riskmap-")  # made with mode 0700
    weakref.finalize(connection, spill.cleanup)
    connection.execute("SET memory_limit = ?", [memory])
    connection.execute("SET temp_directory = ?", [spill.name])
    return connection
