"""The sender's own file sent back with the faults in it: coloured cells, comments, and a list in front."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from etl.annotate.again import forget_marks
from etl.annotate.cells import Cell, SheetPart
from etl.annotate.comments import add_comments
from etl.annotate.fault_sheet import Listed, fault_sheet
from etl.annotate.package import Package
from etl.annotate.places import place_of_fault, seen_at
from etl.annotate.plain import is_too_long, plain_workbook, sheet_name
from etl.annotate.styles import Styles
from etl.annotate.workbook import SHEET_TYPE, Sheet, Workbook
from etl.annotate.xml import NotMarked
from etl.frames import RawSheet, RawTable
from etl.readers.delimited import read_delimited
from etl.readers.workbook import read_workbook
from etl.report import problem_words
from riskmap.domain.errors import Problem, Severity
from riskmap.words import t

PACKAGES: Final = frozenset({".xlsx", ".xlsm"})
_TABLES: Final = frozenset({".csv", ".txt"})
_NEVER: Final = frozenset({".parquet"})
_ORDER: Final = tuple(Severity)  # the gravest first


@dataclass(frozen=True, slots=True)
class _Base:
    """The package that is marked, what stands in it, and what is to be said of it."""

    content: bytes
    sheets: Mapping[str, RawSheet]
    remark: str  # word key
    ending: str = ".xlsx"
    has_header: bool = False


_NOTHING: Final = _Base(plain_workbook({}), {}, "annotate.only_list")


def annotate(path: Path, problems: Sequence[Problem], *, folder: Path, language: str) -> Path | None:
    """The path of the marked copy of a file in `folder`; None, and nothing written, where there may be none.

    There is none without faults, of a Parquet file, and of a file in which data on single persons were found. What our
    own readers refuse is not copied: the copy is the list of faults alone, and says so. `problems` are those of this
    file. What stands in `folder` already is not overwritten, nor is a link followed: the copy takes the next free name.
    """
    if not problems or path.suffix.lower() in _NEVER or any(problem.code.startswith("S") for problem in problems):
        return None
    base = _base(path)
    try:
        content = _marked(base, problems, language)
    except NotMarked:
        base = _NOTHING
        content = _marked(base, problems, language)
    return _kept(content, folder, f"{path.stem}.faults", base.ending)


def _kept(content: bytes, folder: Path, stem: str, ending: str) -> Path:
    part = folder / f".{secrets.token_hex(6)}.part"
    try:
        with part.open("xb") as file:
            file.write(content)
        return part.replace(_reserved(folder, stem, ending))
    finally:
        part.unlink(missing_ok=True)


def _reserved(folder: Path, stem: str, ending: str) -> Path:
    """An empty file of ours under the first free name; a link is a name that is taken, wherever it leads."""
    path, number = folder / f"{stem}{ending}", 1
    while True:
        try:
            path.open("xb").close()
        except FileExistsError:
            number += 1
            path = folder / f"{stem} ({number}){ending}"
        else:
            return path


def _base(path: Path) -> _Base:
    """What is marked: the file itself where it is a package, else its cells as a plain workbook."""
    ending = path.suffix.lower()
    raw = read_delimited(path) if ending in _TABLES else read_workbook(path)
    if not isinstance(raw, RawTable):
        return _NOTHING
    if ending in PACKAGES:
        return _Base(path.read_bytes(), raw.sheets, "annotate.marked", ending)
    if is_too_long(raw.sheets):
        return _NOTHING
    sheets = {name or sheet_name(path): sheet for name, sheet in raw.sheets.items()}
    return _Base(plain_workbook(sheets), sheets, "annotate.plain", has_header=ending in _TABLES)


def _marked(base: _Base, problems: Sequence[Problem], language: str) -> bytes:
    package = Package(base.content)
    book = Workbook(package)
    named = {sheet.name: sheet for sheet in book.sheets if sheet.has_cells and sheet.name in base.sheets}
    styles_part = book.styles()
    styles = Styles(package.read(styles_part))
    if book.fault_part:
        forget_marks(book, styles)
    listed = [_listed(problem, base) for problem in problems]
    listed.sort(key=lambda fault: _ORDER.index(fault.problem.severity))
    for name, sheet in named.items():
        own = [fault for fault in listed if fault.place.sheet == name]
        if own:
            package.write(sheet.part, _marked_sheet(book, sheet, own, styles, language))
    remark = t(base.remark, language)
    content = fault_sheet(listed, styles, namespace=book.namespace, remark=remark, language=language)
    if book.fault_part:
        package.write(book.fault_part, content)
    else:
        part = package.add("xl/worksheets/faults{}.xml", content, kind=SHEET_TYPE)
        book.put_first(book.free_name(t("annotate.sheet", language)), part)
    package.write(styles_part, styles.result())
    return package.save()


def _listed(problem: Problem, base: _Base) -> Listed:
    place = place_of_fault(problem, base.sheets, has_header=base.has_header)
    return Listed(problem, place, seen_at(place.cell, base.sheets[place.sheet]) if place.cell else None)


def _marked_sheet(book: Workbook, sheet: Sheet, own: Sequence[Listed], styles: Styles, language: str) -> bytes:
    of_cells: dict[Cell, list[Problem]] = {}
    for fault in own:
        if fault.seen:
            of_cells.setdefault(fault.seen, []).append(fault.problem)
    part = SheetPart(book.package.read(sheet.part), {row for row, _ in of_cells})
    without = [fault.problem for fault in own if not fault.seen]
    if without:
        part.colour_tab(_gravest(without))
    if of_cells:
        part.paint({cell: _gravest(problems) for cell, problems in of_cells.items()}, styles)
        texts = {cell: _comment(problems, language) for cell, problems in of_cells.items()}
        add_comments(book, sheet.part, part, texts, author=t("annotate.author", language))
    return part.result()


def _gravest(problems: Iterable[Problem]) -> Severity:
    return min((problem.severity for problem in problems), key=_ORDER.index)


def _comment(problems: Sequence[Problem], language: str) -> str:
    return "\n\n".join(_sentences(problem, language) for problem in problems)


def _sentences(problem: Problem, language: str) -> str:
    words = problem_words(problem, language)
    lines = [f"{problem.code}: {t(f'annotate.severity.{problem.severity}', language)}", words["text"]]
    for part in ("found", "expected", "remedy"):
        if words[part]:
            lines.append(f"{t(f'report.{part}', language)}: {words[part]}")
    return "\n".join(lines)
