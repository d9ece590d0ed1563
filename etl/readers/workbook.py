"""Reads Excel workbooks into strings with their places."""

import hashlib
import re
import zlib
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from etl.frames import RawSheet, RawTable
from etl.readers.files import read_bytes
from riskmap.domain.errors import Problem

ZIP: Final = b"PK\x03\x04"
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: Final = {".xlsx": ZIP, ".xlsm": ZIP, ".xls": OLE2}
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")  # the stream in which Excel keeps a protected workbook
PANIC: Final = "PanicException"  # the parser's own crash on damaged .xls; its class cannot be imported
MAX_UNPACKED_MB: Final = 500
MAX_UNPACKED_RATIO: Final = 200
MAX_CELLS: Final = 10_000_000  # from A1 to the last value of one sheet

FAR_CELL: Final = re.compile(rb"""\br=["'](?:[A-Z]{3,}[0-9]+|[A-Z]+[0-9]{5,})["']""")
CELL_WITH_CONTENT: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*\s)?r=["']([A-Z]+)([0-9]+)["'][^>]*(?<!/)>""")

Cell = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(path: Path, *, sheets: Collection[str] | None = None) -> RawTable | list[Problem]:
    """Cells of the named sheets that exist (of all without names) as text, or the faults that keep it from being read.

    Whole numbers carry no decimals, dates are ISO, an error value (#REF!) is an empty cell; of merged cells only the
    first one holds the text.
    """
    content = read_bytes(path)
    if isinstance(content, Problem):
        return [content]
    fault = _container_fault(path, content)
    if fault:
        return [fault]
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            names = tuple(sheet.name for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet)
            wanted = [name for name in names if sheets is None or name in sheets]
            read = {name: RawSheet(name, _rows(book.get_sheet_by_name(name))) for name in wanted}
    except PasswordError:
        return [Problem("F006", file=path.name)]
    except CalamineError as error:
        return [_damaged(path, found=type(error).__name__)]
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        return [_damaged(path, found=PANIC)]
    return RawTable(path.name, hashlib.sha256(content).hexdigest(), read, names=names)


def _rows(sheet: CalamineSheet) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_text, row)) for row in sheet.to_python(skip_empty_area=False))


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"  # Excel itself keeps 15 digits
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _damaged(path: Path, *, found: str) -> Problem:
    expected = path.suffix.lower() if path.suffix.lower() in SIGNATURES else ", ".join(SIGNATURES)
    return Problem("F003", file=path.name, found=found, expected=expected)


def _container_fault(path: Path, content: bytes) -> Problem | None:
    """The fault of the file as a whole: protected, not what its ending says, damaged, or absurdly large inside."""
    if content.startswith(OLE2) and ENCRYPTED in content:
        return Problem("F006", file=path.name)
    signature = SIGNATURES.get(path.suffix.lower())
    if signature is None or not content.startswith(signature):
        return _damaged(path, found=_kind(content))
    return _archive_fault(path, content) if signature == ZIP else None


def _kind(content: bytes) -> str:
    known = {ZIP: "ZIP", OLE2: "OLE2", b"%PDF": "PDF"}
    named = [name for signature, name in known.items() if content.startswith(signature)]
    return (*named, "binary" if b"\0" in content[:1000] else "text")[0]


def _archive_fault(path: Path, content: bytes) -> Problem | None:
    """Every part is unpacked once: that finds damage in sheets we do not use, and parts larger than they declare."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            limit = min(MAX_UNPACKED_MB * 1_000_000, MAX_UNPACKED_RATIO * len(content))
            if unpacked > limit:
                found, expected = (f"{size / 1_000_000:.1f} MB" for size in (unpacked, limit))
                return Problem("F005", file=path.name, found=found, expected=expected)
            extents = [_extent(archive.read(part)) for part in parts]
    except (BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError):
        return _damaged(path, found="BadZipFile")
    rows, columns = max(extents, key=lambda extent: extent[0] * extent[1], default=(0, 0))
    if rows * columns > MAX_CELLS:
        return Problem("F005", file=path.name, found=f"{rows} × {columns}", expected=str(MAX_CELLS))
    return None


def _extent(part: bytes) -> tuple[int, int]:
    """Rows and columns up to the last value of a sheet; (0, 0) for one that has no cell far out.

    The parser keeps the whole rectangle in memory and ends the process where that fails, so one forgotten value in the
    last corner of a sheet must be found before.
    """
    if not FAR_CELL.search(part):
        return 0, 0
    cells = CELL_WITH_CONTENT.findall(part)
    return max((int(row) for _, row in cells), default=0), max((_column(letters) for letters, _ in cells), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
