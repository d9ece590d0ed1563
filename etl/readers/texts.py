"""Reads a long table, delimited or Parquet, into texts inside the database: a million rows never become objects."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import pandas as pd

from etl.listing import MOST_LISTED, unlisted
from etl.readers.delimited import delimited_header, records
from etl.readers.files import file_fault
from riskmap.domain.errors import Problem

PARQUET: Final = ".parquet"
MOST_ROWS: Final = 10_000_000
_BLOCK: Final = 1 << 20  # bytes
_BATCH: Final = 50_000  # records
_FLOATS: Final = ("FLOAT", "DOUBLE", "DECIMAL")
# Everything that an unfit file makes the database say; a full disk or Ctrl-C is none of it.
_UNREADABLE: Final = (
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.IOException,
    duckdb.ParserException,
)


@dataclass(frozen=True, slots=True)
class LongTable:
    """A table that was looked at from outside: what its columns are called, and what its bytes are."""

    path: Path
    digest: str  # SHA-256 of the bytes
    header: tuple[str, ...]
    lines: int  # line ends, and a last line without one; of a Parquet file nothing

    @property
    def is_parquet(self) -> bool:
        """Whether the rows are stored by column, and not as lines of text."""
        return self.path.suffix.lower() == PARQUET

    @property
    def first_row(self) -> int:
        """Number of the first row, as faults tell it: under the header of a text, 1 where there is none."""
        return 1 if self.is_parquet else 2


def look(path: Path) -> LongTable | Problem:
    """The table with its header and digest, or the fault of the file."""
    fault = file_fault(path)
    if fault:
        return fault
    header = table_header(path)
    if isinstance(header, Problem):
        return header
    digest, lines = _digest(path)
    return LongTable(path, digest, header, lines)


def table_header(path: Path) -> tuple[str, ...] | Problem:
    """The names of the columns, or the fault that keeps them from being read."""
    if path.suffix.lower() != PARQUET:
        return delimited_header(path)
    fault = file_fault(path)
    if fault:
        return fault
    try:
        with duckdb.connect() as connection, _plain_name(path) as name:
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [name]).fetchall()
            return tuple(column for column, *_ in described)
    except _UNREADABLE as error:
        return _damaged(path, error)


def _damaged(path: Path, error: Exception) -> Problem:
    return Problem("F003", file=path.name, expected="Parquet", found=type(error).__name__)


def _digest(path: Path) -> tuple[str, int]:
    """SHA-256 and the number of lines, read in one go."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            digest.update(block)
            lines += block.count(b"\n")
            last = block
    return digest.hexdigest(), lines + (not last.endswith(b"\n"))


@contextmanager
def _plain_name(path: Path) -> Iterator[str]:
    """A name of the file in which the database sees no pattern and no letters of another encoding."""
    with TemporaryDirectory() as folder:
        link = Path(folder) / f"table{path.suffix.lower()}"
        link.symlink_to(path.resolve())
        yield str(link)


def read_texts(
    table: LongTable, connection: duckdb.DuckDBPyConnection, *, columns: Collection[str]
) -> list[Problem] | Problem:
    """Fill the table `texts` with the columns in the order of the rows; faults of rows, or the one of the file.

    `rowid` + `first_row` is the number of a row; one that is empty or has another number of cells is all empty texts.
    Columns that the file does not have are empty too. The header must be sound. All are read as texts: the database
    takes 12.5 and 1e3 for whole numbers where it is asked for such.
    """
    missing = "".join(f", '' AS {name}" for name in columns if name not in table.header)
    with _plain_name(table.path) as name:
        if table.is_parquet:
            return _read_parquet(table, connection, name, missing=missing) or []
        try:
            if _read_at_once(table, connection, name, missing=missing):
                return []
        except _UNREADABLE:
            pass  # read once more, record by record, to tell where and what
    return _read_by_record(table, connection, missing=missing)


def _read_at_once(table: LongTable, connection: duckdb.DuckDBPyConnection, name: str, *, missing: str) -> bool:
    """Whether every line of the file was one row; only then the number of a row is known from its order."""
    types = dict.fromkeys(table.header, "VARCHAR")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE texts AS
        SELECT *{missing} FROM read_csv(
            $name, columns = {types}, force_not_null = {list(types)}, auto_detect = false, header = true,
            delim = ',', quote = '"', escape = '"', compression = 'none'
        )
        """,
        {"name": name},
    )
    ((rows,),) = connection.execute("SELECT count(*) FROM texts").fetchall()
    return int(rows) == table.lines - 1


def _read_by_record(
    table: LongTable, connection: duckdb.DuckDBPyConnection, *, missing: str
) -> list[Problem] | Problem:
    width, empty = len(table.header), ("",) * len(table.header)
    faults: list[Problem] = []
    wrong = 0
    connection.execute(f"CREATE OR REPLACE TEMP TABLE texts ({', '.join(f'{name} VARCHAR' for name in table.header)})")
    rows = enumerate(islice(records(table.path), 1, None), start=table.first_row)
    while batch := list(islice(rows, _BATCH)):
        filled = []
        for number, row in batch:
            if isinstance(row, Problem):
                return row
            filled.append(row if len(row) == width else empty)
            if len(row) != width and any(cell.strip() for cell in row):
                wrong += 1
                if wrong <= MOST_LISTED:
                    faults.append(Problem("L007", row=number, found=str(len(row)), expected=str(width)))
        _append(connection, filled, table.header)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT *{missing} FROM texts")
    return [*faults, *([unlisted("L007", wrong)] if wrong > MOST_LISTED else [])]


def _append(connection: duckdb.DuckDBPyConnection, rows: Sequence[object], header: Sequence[str]) -> None:
    connection.register("batch", pd.DataFrame(rows, columns=list(header), dtype="str"))
    connection.execute("INSERT INTO texts SELECT * FROM batch")
    connection.unregister("batch")


def _read_parquet(
    table: LongTable, connection: duckdb.DuckDBPyConnection, name: str, *, missing: str
) -> Problem | None:
    try:
        ((rows,),) = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [name]).fetchall()
        if rows > MOST_ROWS:
            return Problem("F005", found=str(rows), expected=str(MOST_ROWS))
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [name]).fetchall()
        texts = ", ".join(_as_text(column, kind) for column, kind, *_ in described)
        query = f"CREATE OR REPLACE TEMP TABLE texts AS SELECT {texts}{missing} FROM read_parquet(?)"
        connection.execute(query, [name])
    except _UNREADABLE as error:
        return _damaged(table.path, error)
    return None


def _as_text(column: str, kind: str) -> str:
    """A column as text, in SQL; a whole number that is stored with decimals, as empty cells make of it, has none."""
    if kind.startswith(_FLOATS):
        number = f"CAST({column} AS DOUBLE)"
        whole = f"isfinite({number}) AND {number} = trunc({number}) AND abs({number}) < 1e15"
        return f"""
            CASE WHEN {column} IS NULL OR isnan({number}) THEN ''
                 WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR)
                 ELSE CAST({column} AS VARCHAR) END AS {column}"""
    return f"coalesce(CAST({column} AS VARCHAR), '') AS {column}"
