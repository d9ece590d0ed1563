"""Writes public.duckdb in a process of its own, which is given the public rows and never holds an exact number.

DuckDB does not clear the memory of a block before it fills it. What a block has no use for goes to the disk as it was:
pieces of whatever the process held before (duckdb issue 23382, open; measured with 2.0.0 as some ten thousand bytes of
a build, and no setting clears all of them). The process that makes a build holds the exact cells.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import Thread
from typing import TYPE_CHECKING, Final

import duckdb

from riskmap.domain.tables import TABLES

if TYPE_CHECKING:  # the process that writes the file needs none of these
    import pandas as pd

COMMAND: Final = (sys.executable, "-m", "etl.public_file")
_ROOT: Final = Path(__file__).parents[1]


def write_apart(path: Path, tables: Mapping[str, "pd.DataFrame"], *, mode: int = 0o644) -> None:
    """Write a file without a trace of what it does not hold, from all tables of a build by name, for everybody to read.

    Ask for `storage_faults` around it.

    A fault of the other process is raised as if it were one of this process's database.
    """
    from etl.scratch import scratch_folder  # noqa: PLC0415 - nor this

    with scratch_folder() as rows:
        _hand_over(Path(rows), tables)
        command = (*COMMAND, rows, str(path.absolute()))
        with Popen(command, cwd=_ROOT, stdin=PIPE, stdout=DEVNULL, stderr=PIPE, text=True) as process:  # noqa: S603
            told = process.stderr.read() if process.stderr else ""
    if process.returncode:
        raise duckdb.OperationalError(told.strip() or f"exit {process.returncode}")
    path.chmod(mode)


def _hand_over(rows: Path, tables: Mapping[str, "pd.DataFrame"]) -> None:
    """Each table as Parquet: a function of its rows, without a byte that is none of theirs."""
    with duckdb.connect() as connection:
        for table in TABLES:
            columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in table.columns)
            connection.register("incoming", tables[table.name])
            connection.sql(f"SELECT {columns} FROM incoming").write_parquet(str(_place(rows, table.name)))
            connection.unregister("incoming")


def _place(rows: Path, table: str) -> Path:
    return rows / f"{table}.parquet"


def main(arguments: list[str]) -> None:
    """Make the tables handed over in a folder a file; a fault of the database is told in words and by the exit."""
    Thread(target=_end_with_the_other, daemon=True).start()
    rows, target = map(Path, arguments)
    try:
        with duckdb.connect(str(target)) as connection:
            for table in TABLES:
                connection.execute(table.ddl)
                handed = str(_place(rows, table.name))
                connection.execute(f"INSERT INTO {table.name} SELECT * FROM read_parquet(?)", [handed])
            connection.execute("CHECKPOINT")  # closing would do it too, and would say nothing where the disk is full
    except duckdb.Error as fault:
        sys.exit(str(fault))


def _end_with_the_other() -> None:
    """End at once where the process that asked for the file ends: whoever comes next clears the folder it writes to."""
    os.read(sys.stdin.fileno(), 1)  # nothing is ever sent
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
