"""Reads comma-separated text into strings with their places."""

import csv
import hashlib
from io import StringIO
from pathlib import Path

from etl.frames import RawSheet, RawTable
from etl.readers.files import read_bytes
from riskmap.domain.errors import Problem


def read_delimited(path: Path) -> RawTable | list[Problem]:
    """The file as one sheet named ''; UTF-8 with or without BOM, comma, quotes doubled; else a fault."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        return [content]
    try:
        text = content.decode("utf-8-sig")
        rows = tuple(tuple(row) for row in csv.reader(StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as fault:
        return [Problem("F003", file=path.name, expected="CSV, UTF-8", found=type(fault).__name__)]
    digest = hashlib.sha256(content).hexdigest()
    return RawTable(path.name, digest, {"": RawSheet("", rows)}, names=("",))
