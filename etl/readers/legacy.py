"""Reads a legacy workbook (.xls) in a process of its own: on some damaged ones the parser ends the whole process.

The process has its own limits of memory and time. It gets the bytes, gives JSON back, and touches no file.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from etl.readers.limits import Clock, Refused
from etl.readers.values import Values, sheet_values
from riskmap.domain.errors import Problem

COMMAND: Final = (sys.executable, "-m", "etl.readers.legacy")
_ONLY: Final = "only"  # before the names of the sheets that are wanted; none without it
_MEMORY: Final = 3_000_000_000  # bytes
_ROOT: Final = Path(__file__).parents[2]
_PANIC: Final = "PanicException"  # the parser's own crash; its class cannot be imported


class LegacySheets:
    """What the other process read: the sheets in order, hidden or not, and the values of those asked for."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.listed: list[tuple[str, bool, bool]] = [tuple(entry) for entry in document["listed"]]
        self.values = {name: _values(sheet) for name, sheet in document["values"].items()}


def read_legacy(content: bytes, clock: Clock, *, sheets: Collection[str] | None) -> LegacySheets:
    """The sheets of a legacy workbook, refused where the process that reads it fails, dies or takes too long."""
    command = [*COMMAND, *([] if sheets is None else [_ONLY, *sheets])]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, cwd=_ROOT, timeout=clock.left, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise Refused(clock.fault) from None
    if ended.returncode:
        raise Refused(_damaged(clock, f"exit {ended.returncode}"))
    document = json.loads(ended.stdout)
    if document["fault"] == "password":
        raise Refused(Problem("F006", file=clock.file))
    if document["fault"]:
        raise Refused(_damaged(clock, document["fault"]))
    return LegacySheets(document)


def _damaged(clock: Clock, found: str) -> Problem:
    return Problem("F003", file=clock.file, found=found, expected=".xls")


def _values(sheet: dict[str, Any]) -> Values:
    return Values(
        rows=tuple(map(tuple, sheet["rows"])),
        dates=frozenset((row, column) for row, column in sheet["dates"]),
        odd={(row, column): text for row, column, text in sheet["odd"]},
        merges=tuple((a, b, c, d) for a, b, c, d in sheet["merges"]),
    )


def _document(content: bytes, sheets: Collection[str] | None) -> dict[str, Any]:
    listed, values = [], {}
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            for sheet in book.sheets_metadata:
                is_sheet = sheet.typ is SheetTypeEnum.WorkSheet
                listed.append((sheet.name, is_sheet, sheet.visible is not SheetVisibleEnum.Visible))
                if is_sheet and (sheets is None or sheet.name in sheets):
                    values[sheet.name] = _written(sheet_values(book.get_sheet_by_name(sheet.name)))
    except PasswordError:
        return {"fault": "password"}
    except CalamineError as error:
        return {"fault": type(error).__name__}
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        return {"fault": _PANIC}
    return {"fault": "", "listed": listed, "values": values}


def _written(values: Values) -> dict[str, Any]:
    odd = [(*place, text) for place, text in values.odd.items()]
    return {"rows": values.rows, "dates": list(values.dates), "odd": odd, "merges": values.merges}


def main(arguments: list[str]) -> None:
    """Read a workbook from standard input and write it as JSON to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    document = _document(sys.stdin.buffer.read(), arguments[1:] if arguments else None)
    sys.stdout.write(json.dumps(document))


if __name__ == "__main__":
    main(sys.argv[1:])
