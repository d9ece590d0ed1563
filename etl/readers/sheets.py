"""The one door to every small file: the ending of its name says which reader takes it."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from etl.frames import RawTable
from etl.readers.delimited import read_delimited
from etl.readers.signatures import SIGNATURES
from etl.readers.workbook import read_workbook
from riskmap.domain.errors import Problem

WORKBOOKS: Final = tuple(SIGNATURES)
DELIMITED: Final = (".csv", ".tsv", ".txt")
READABLE: Final = (*WORKBOOKS, *DELIMITED)


def read_any(path: Path, *, sheets: Collection[str] | None = None) -> RawTable | list[Problem]:
    """The file as a table, or its faults; an ending that no reader takes is F003."""
    suffix = path.suffix.lower()
    if suffix in DELIMITED:
        return read_delimited(path)
    if suffix in WORKBOOKS:
        return read_workbook(path, sheets=sheets)
    return [Problem("F003", file=path.name, found=path.suffix, expected=", ".join(READABLE))]
