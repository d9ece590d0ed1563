"""Which declaration a spreadsheet fits: by its file name, the names inside it, and how much of it is understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from etl.frames import RawTable
from etl.readers.sheets import READABLE, read_any
from etl.spreadsheet.looks import autofill_faults
from etl.spreadsheet.tidy import Asked, names_found, read_spreadsheet
from etl.tidy.folding import bare
from riskmap.domain.errors import Problem
from riskmap.domain.registry import catalogue, spreadsheets
from riskmap.domain.spreadsheets import Spreadsheet


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """How well a declaration fits a file: the part of the numbers it understands, the part of its names it finds."""

    understood: float
    named: float


def has_spreadsheets(source: str) -> bool:
    """Whether a spreadsheet of the source is declared."""
    return any(item.source == source for item in spreadsheets().values())


def recognise_spreadsheet(path: Path, named: str | None, asked: Asked) -> Spreadsheet | Problem | None:
    """The one declared spreadsheet that fits best; None where none fits; a fault of the file keeps it from being read.

    General declarations are tried only where no other one fits.
    """
    declared = [item for item in spreadsheets().values() if named in (None, item.source) and _is_called(path, item)]
    if not declared or path.suffix.lower() not in READABLE:
        return None
    raw = read_any(path)
    if isinstance(raw, list):
        return raw[0]
    for is_general in (False, True):
        fits = _fits(raw, [item for item in declared if item.general is is_general], asked)
        best = [identifier for identifier, fit in fits.items() if fit == max(fits.values())]
        if len(best) > 1:
            return Problem("F004", found=", ".join(best))
        if best:
            return spreadsheets()[best[0]]
    return next(autofill_faults(raw, lambda text: False), None)


def _is_called(path: Path, item: Spreadsheet) -> bool:
    return any(fnmatch(path.name.casefold(), pattern.casefold()) for pattern in item.files)


def _fits(raw: RawTable, declared: Sequence[Spreadsheet], asked: Asked) -> Mapping[str, Fit]:
    """Every declaration that finds a name of its own in the file and understands some of its numbers."""
    texts = {bare(cell) for sheet in raw.sheets.values() for cells in sheet.rows for cell in cells if cell}
    fits = {}
    for item in declared:
        source = catalogue().sources[item.source]
        found = names_found(raw, item, source, texts)
        if found:
            understood = read_spreadsheet(raw, item, source, asked=asked).understood
            if understood:
                fits[item.id] = Fit(round(understood, 6), found)
    return fits
