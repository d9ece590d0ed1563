"""Reads delimited text into strings with their places: a small file at once, a long one record by record."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from etl.frames import RawSheet, RawTable
from etl.readers.delimiters import delimiter, told_delimiter
from etl.readers.encodings import decoded
from etl.readers.files import file_fault, read_bytes
from etl.readers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Clock, Refused, too_large
from riskmap.domain.errors import Problem

ENCODING: Final = "utf-8-sig"  # of a long table
EXPECTED: Final = "CSV, UTF-8"
_BETWEEN_CHECKS: Final = 10_000  # records


def read_delimited(path: Path) -> RawTable | list[Problem]:
    """The file as one sheet named '', in whatever encoding and with whatever delimiter, or the faults of the file.

    Lines with another number of columns than the rest are kept as they are. A first line `sep=;` is obeyed and is no
    row, as in a spreadsheet.
    """
    content = read_bytes(path)
    if isinstance(content, Problem):
        return [content]
    text = decoded(content, file=path.name)
    if isinstance(text, Problem):
        return [text]
    told = told_delimiter(text)
    mark, start = told or (delimiter(text), 0)
    try:
        reader = csv.reader(StringIO(text[start:], newline=""), delimiter=mark, strict=True)
        rows = tuple(_bounded(path, map(tuple, reader)))
    except Refused as refusal:
        return [refusal.problem]
    except csv.Error as fault:
        return [Problem("F003", file=path.name, row=reader.line_num, found=str(fault), expected=f"CSV ({mark})")]
    digest = hashlib.sha256(content).hexdigest()
    return RawTable(path.name, digest, {"": RawSheet("", rows)}, names=("",))


def _bounded(path: Path, rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The rows while there is room for them as a sheet, and time."""
    clock, cells = Clock(path.name), 0
    for number, row in enumerate(rows, start=1):
        cells += len(row)
        if number > MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
            raise too_large(clock, number, len(row))
        if number % _BETWEEN_CHECKS == 0:
            clock.check()
        yield row


def records(path: Path) -> Iterator[tuple[str, ...] | Problem]:
    """The records one after the other, an empty line being one too; a fault ends them."""
    with path.open(encoding=ENCODING, newline="") as lines:
        try:
            yield from map(tuple, csv.reader(lines, strict=True))
        except (UnicodeDecodeError, csv.Error) as fault:
            yield _unreadable(path, fault)


def delimited_header(path: Path) -> tuple[str, ...] | Problem:
    """The names in the first record, or the fault that keeps it from being read."""
    fault = file_fault(path)
    found = fault or next(records(path), ())
    return found if isinstance(found, Problem) else tuple(name.strip() for name in found)


def _unreadable(path: Path, fault: Exception) -> Problem:
    return Problem("F003", file=path.name, expected=EXPECTED, found=type(fault).__name__)
