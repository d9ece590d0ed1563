"""What the parts of a workbook are, told by what is in them, and which of them keep a workbook from being read."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from etl.readers.archive import Archive, Part
from etl.readers.files import visible
from etl.readers.limits import MAX_SHEETS, MAX_STYLES, Refused
from etl.readers.sheet_part import SheetMarks, sheet_marks
from riskmap.domain.errors import Problem

WORKBOOK: Final = "xl/workbook.xml"
RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_ROOT: Final = re.compile(rb"<(?:([\w.-]+):)?([\w.-]+)[\s/>]")
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_DOCTYPE: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_LONGEST_DOCTYPE: Final = max(map(len, _DOCTYPE))
_HEAD: Final = 4_000  # bytes in which the outermost element begins
_MACROS: Final = re.compile(r"vbaProject|^xl/(?:macrosheets|activeX|embeddings)/", re.IGNORECASE)
_LINKS: Final = re.compile(r"^xl/externalLinks/", re.IGNORECASE)
_MACRO_ROOTS: Final = (b"macrosheet", b"intlMacrosheet")
_OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_FORMATS: Final = (b"<xf", b"<font>", b"<fill>", b"<border", b"<dxf>", b"<numFmt ")
_DEPTH: Final = 200
_NESTED: Final = re.compile(rb"(?:</[^<>]*>\s*){%d}" % _DEPTH)
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ELSEWHERE: Final = re.compile(rb"""Target\s*=\s*["'](?:file:|\\\\|//|[A-Za-z]:)""", re.IGNORECASE)
_TARGET: Final = re.compile(rb"""Target\s*=\s*["']([^"']*)""")
_IS_LINK: Final = re.compile(rb"""TargetMode\s*=\s*["']External["']""")
_IS_HYPERLINK: Final = re.compile(rb"""Type\s*=\s*["'][^"']*/hyperlink["']""")


@dataclass(slots=True)
class Contents:
    """What was found in a workbook: the marks of each sheet by the name of its part, and what forbids to read it."""

    marks: dict[str, SheetMarks] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)  # the list of sheets and where each one lies
    faults: list[Problem] = field(default_factory=list)

    def add(self, code: str, file: str, found: str) -> None:
        """Note a fault, each code once."""
        if all(fault.code != code for fault in self.faults):
            self.faults.append(Problem(code, file=file, found=found))


def contents(archive: Archive) -> Contents:
    """Every part looked at once, also those that are not read: damage and dangers are found wherever they are."""
    seen = Contents()
    for part in archive.parts:
        if _MACROS.search(part.name):
            seen.add("F009", archive.file, part.name)
        if _LINKS.search(part.name):
            seen.add("F010", archive.file, part.name)
        _look(archive, part, seen)
    return seen


def _look(archive: Archive, part: Part, seen: Contents) -> None:
    blocks = _without_entities(archive, part, seen)
    first = next(blocks, b"")
    if first.startswith(_OLE2):
        seen.add("F009", archive.file, part.name)
    if first.startswith(_ZIP) and not _MACROS.search(part.name):
        seen.add("F015", archive.file, part.name)
    root = _ROOT.search(_COMMENT.sub(b"", first[:_HEAD]))
    prefix, name = (b"" if root is None or root[1] is None else root[1] + b":", root[2] if root else b"")
    everything = chain((first,), blocks)
    if name == b"worksheet":
        marks = seen.marks[part.name.casefold()] = sheet_marks(everything, prefix, archive.clock)
        if marks.elsewhere:
            seen.add("F010", archive.file, marks.elsewhere)
    elif name == b"styleSheet":
        _refuse_many_formats(archive, everything)
    elif part.name.casefold() in (WORKBOOK, RELATIONS):
        text = seen.texts[part.name.casefold()] = _read_list(archive, everything)
        _look_at_links(archive, text, seen)
    else:
        _look_at_other(archive, part, name, everything, seen)


def _look_at_other(archive: Archive, part: Part, root: bytes, blocks: Iterable[bytes], seen: Contents) -> None:
    if root in _MACRO_ROOTS:
        seen.add("F009", archive.file, part.name)
    if root == b"externalLink":
        seen.add("F010", archive.file, part.name)
    for block in blocks:
        if root == b"Relationships":
            _look_at_links(archive, block, seen)
        if root and root != b"sst" and _NESTED.search(block):
            raise archive.damaged(f"{part.name}: > {_DEPTH} × <…>")
        archive.clock.check()


def _without_entities(archive: Archive, part: Part, seen: Contents) -> Iterator[bytes]:
    kept = b""
    for block in archive.blocks(part):
        looked_at = kept + block
        if any(mark in looked_at for mark in _DOCTYPE):
            seen.add("F011", archive.file, part.name)
            raise Refused(seen.faults[-1])
        kept = block[-_LONGEST_DOCTYPE:]
        yield block


def _refuse_many_formats(archive: Archive, blocks: Iterable[bytes]) -> None:
    counts = dict.fromkeys(_FORMATS, 0)
    for block in blocks:
        for mark in _FORMATS:
            counts[mark] += block.count(mark)
        most = max(counts.values())
        if most > 2 * MAX_STYLES:  # cells have as many formats, and named styles again
            raise Refused(Problem("F012", file=archive.file, found=f"{most} × <xf>", expected=f"≤ {MAX_STYLES}"))


def _read_list(archive: Archive, blocks: Iterable[bytes]) -> bytes:
    text = b"".join(blocks)
    sheets = len(re.findall(rb"<(?:\w+:)?sheet\s", text))
    if sheets > MAX_SHEETS:
        raise Refused(Problem("F012", file=archive.file, found=str(sheets), expected=f"≤ {MAX_SHEETS}"))
    return text


def _look_at_links(archive: Archive, block: bytes, seen: Contents) -> None:
    """A hyperlink to a page is none of the kind; a picture, a template or a share that is opened is one."""
    for relation in _RELATION.findall(block):
        if _IS_LINK.search(relation) and (not _IS_HYPERLINK.search(relation) or _ELSEWHERE.search(relation)):
            target = _TARGET.search(relation)
            seen.add("F010", archive.file, _last_name(target[1] if target else b""))


def _last_name(target: bytes) -> str:
    """The name at the end of a path: its folders tell who sits at which computer, and not what is to be mended."""
    return visible(re.split(rb"[/\\]", target.rstrip(b"/\\"))[-1].decode("utf-8", "replace"))
