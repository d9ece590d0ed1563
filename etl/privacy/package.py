"""The look into every part of a workbook that is a package of XML: sheets, comments, caches, properties, the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Final

from etl.privacy.bytes import personal_runs
from etl.privacy.cells import Cells, Strings, cell_place, personal_cells, shared_strings, shared_texts, sheet_rows
from etl.privacy.markup import attributes, decoded, elements, joined, texts
from etl.privacy.personal import HEADING, Codes, listed
from etl.readers.archive import Archive, Part, opened
from etl.readers.limits import Clock, Refused

_MARKUP: Final = (".xml", ".rels", ".vml")
_SHEETS: Final = re.compile(r"xl/(?:work|macro|dialog|chart)sheets/[^/]+\.xml", re.IGNORECASE)
_RELATIONS: Final = re.compile(r"(.*/)_rels/([^/]+)\.rels")
# The kinds of places by the names of the parts, the first that fits.
_PLACES: Final = (
    ("comment", re.compile(r"comment|persons?/", re.IGNORECASE)),
    ("properties", re.compile(r"docProps/", re.IGNORECASE)),
    ("pivot", re.compile(r"pivot|slicer|timeline", re.IGNORECASE)),
    ("chart", re.compile(r"charts?/", re.IGNORECASE)),
    ("drawing", re.compile(r"drawings?/|diagrams?/|media/", re.IGNORECASE)),
    ("external", re.compile(r"externalLinks?/", re.IGNORECASE)),
    ("embedded", re.compile(r"embeddings?/", re.IGNORECASE)),
    ("strings", re.compile(r"sharedStrings", re.IGNORECASE)),
    ("names", re.compile(r"xl/workbook|xl/tables/", re.IGNORECASE)),
)
# There a heading asks nobody for anything: "signature (surname, initials)" beside a line is no list.
_UNASKED: Final = frozenset({"comment", "properties", "drawing", "header"})
_LISTS: Final = frozenset({"pivot", "chart", "external"})  # caches, of which the texts are columns of a table
_DEEPEST: Final = 2  # workbooks inside workbooks
_ZIP: Final = b"PK\x03\x04"
_OLE2: Final = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Found:
    """A code, and where it was found: the kind of place, the sheet if it has one, row and column from 0."""

    place: str
    code: str
    sheet: str = ""
    row: int | None = None
    column: int | None = None


@dataclass(slots=True)
class _Book:
    archive: Archive
    parts: dict[str, Part]
    sheets: dict[str, str]  # part -> name of the sheet
    owners: dict[str, str]  # part -> name of the sheet that it belongs to
    strings: Strings
    codes: Codes

    def text(self, part: Part) -> str:
        return decoded(self.archive.whole(part))


def found_in_package(content: bytes, clock: Clock, *, depth: int = 0) -> Iterator[Found]:
    """Everything personal in a package; nothing of one that is damaged or too large, which its reader refuses."""
    try:
        book = _book(opened(content, clock))
        yield from _in_names(book)
        shown: set[int] = set()
        for part in book.parts.values():
            if _SHEETS.fullmatch(part.name):
                yield from _in_sheet(book, part, shown)
            elif part.name.lower().endswith(_MARKUP):
                yield from _in_part(book, part)
            else:
                yield from _in_bytes(book, part, depth)
        for number, codes in book.strings.codes.items():
            if number not in shown:
                yield from (Found("strings", code) for code in codes)
    except Refused:
        return


def _book(archive: Archive) -> _Book:
    parts = {part.name: part for part in archive.parts}
    book = _Book(archive, parts, {}, {}, Strings(), Codes())

    def text(name: str) -> str:
        part = next((part for part in parts.values() if part.name.lower() == name.lower()), None)
        return book.text(part) if part else ""

    workbook = text("xl/workbook.xml")
    found = shared_texts(text("xl/sharedStrings.xml"))
    book.codes.learn(found)
    book.strings = shared_strings(found, book.codes, styles=text("xl/styles.xml"), workbook=workbook)
    targets = dict(_targets("xl/workbook.xml", text("xl/_rels/workbook.xml.rels")))
    for tag, _ in elements(workbook, "sheet"):
        told = attributes(tag)
        book.sheets[targets.get(told.get("id", ""), "")] = told.get("name", "")
    for name in parts:
        relation = _RELATIONS.fullmatch(name)
        owner = relation and book.sheets.get(relation[1] + relation[2])
        if relation and owner:
            targets = dict(_targets(relation[1] + relation[2], text(name)))
            book.owners.update(dict.fromkeys(targets.values(), owner))
    return book


def _targets(part: str, relations: str) -> Iterator[tuple[str, str]]:
    for tag, _ in elements(relations, "Relationship"):
        told = attributes(tag)
        target = told.get("Target", "")
        yield told.get("Id", ""), normpath(join(dirname(part), target)).lstrip("/")


def _in_names(book: _Book) -> Iterator[Found]:
    """The names of the sheets and of the parts themselves."""
    for name in book.sheets.values():
        yield from (Found("sheet", code, name) for code in book.codes[name])
    for name in book.parts:
        for text in name.split("/"):
            yield from (Found("other", code) for code in book.codes[text] if code != HEADING)


def _in_sheet(book: _Book, part: Part, shown: set[int]) -> Iterator[Found]:
    sheet = book.sheets.get(part.name, "")
    rows, around = sheet_rows(book.text(part))
    cells: Cells = personal_cells(rows, book.strings, book.codes)
    shown |= cells.shown
    yield from (Found("cell", code, sheet, *place) for code, place in cells.places.items())
    header = "".join(content for _, content in elements(around, "headerFooter"))
    yield from _of(book, texts(header), "header", sheet)
    yield from _of(book, texts(around.replace(header, "") if header else around), "other", sheet)


def _in_part(book: _Book, part: Part) -> Iterator[Found]:
    place = next((place for place, pattern in _PLACES if pattern.search(part.name)), "other")
    if place == "strings":
        return  # looked at with the cells that show them
    xml, sheet = book.text(part), book.owners.get(part.name, "")
    if place == "comment":
        yield from _in_comments(book, xml, sheet)
    found = texts(xml) - set(book.sheets.values())
    yield from _of(book, found, place, sheet)
    if place in _LISTS:
        yield from (Found(place, code, sheet) for code in listed(found))


def _in_comments(book: _Book, xml: str, sheet: str) -> Iterator[Found]:
    """Comments with the cells that they hang on; authors hang on none."""
    for tag, content in elements(xml, "comment", "threadedComment"):
        place = cell_place(attributes(tag).get("ref", "")) or (None, None)
        for code in book.codes[joined(content)]:
            if code != HEADING:
                yield Found("comment", code, sheet, *place)


def _in_bytes(book: _Book, part: Part, depth: int) -> Iterator[Found]:
    if part.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp")):
        return
    content, sheet = book.archive.whole(part), book.owners.get(part.name, "")
    if content.startswith(_ZIP) and depth < _DEEPEST:
        inner = found_in_package(content, book.archive.clock, depth=depth + 1)
        yield from (Found("embedded", found.code, sheet) for found in inner)
    else:
        yield from (Found("embedded", code, sheet) for code in personal_runs(content, book.codes))


def _of(book: _Book, found: set[str], place: str, sheet: str) -> Iterator[Found]:
    for code in {code for text in found for code in book.codes[text]}:
        if code != HEADING or place not in _UNASKED:
            yield Found(place, code, sheet)
