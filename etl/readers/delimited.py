"""Reads comma-separated text into strings with their places: a small file at once, a long one record by record."""

import csv
import hashlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from etl.frames import RawSheet, RawTable
from etl.readers.files import file_fault, read_bytes
from riskmap.domain.errors import Problem

ENCODING: Final = "utf-8-sig"
EXPECTED: Final = "CSV, UTF-8"


def read_delimited(path: Path) -> RawTable | list[Problem]:
    """The file as one sheet named ''; UTF-8 with or without BOM, comma, quotes doubled; else a fault."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        return [content]
    try:
        text = content.decode(ENCODING)
        rows = tuple(tuple(row) for row in csv.reader(StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        return [_unreadable(path, fault)]
    digest = hashlib.sha256(content).hexdigest()
    return RawTable(path.name, digest, {"": RawSheet("", rows)}, names=("",))


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
