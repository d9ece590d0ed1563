"""The look at a workbook as a container, before anything in it is read: what it is, and what must not be in it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from etl.readers.archive import Archive, opened
from etl.readers.biff import LegacyBook, legacy_book
from etl.readers.compound import WORKBOOK as LEGACY_STREAMS
from etl.readers.compound import compound, forbidden
from etl.readers.files import read_bytes
from etl.readers.limits import Clock, Refused
from etl.readers.parts import RELATIONS, WORKBOOK, Contents, contents
from etl.readers.signatures import OLE2, SIGNATURES, kind
from riskmap.domain.errors import Problem

ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")  # the stream of a workbook with a password, new or old
_OTHERS: Final = {
    "ODS": "content.xml",
    "XLSB": "xl/workbook.bin",
    "DOCX": "word/document.xml",
    "PPTX": "ppt/presentation.xml",
}


@dataclass(frozen=True, slots=True)
class Container:
    """A file that was looked at from outside; `faults` empty where its values may be read."""

    content: bytes
    faults: tuple[Problem, ...] = ()
    contents: Contents = field(default_factory=Contents)
    book: LegacyBook | None = None


def container_faults(path: Path) -> list[Problem]:
    """What forbids to read a workbook, or nothing; at least one fault for a file that is no workbook.

    Nothing is unpacked to disk, nor kept in memory as a whole; time is bounded.
    """
    return list(container(path, Clock(path.name)).faults)


def container(path: Path, clock: Clock) -> Container:
    """The bytes of a workbook with the faults of the container, and what its parts say of its sheets."""
    content = read_bytes(path)
    if isinstance(content, Problem):
        return Container(b"", (content,))
    suffix = path.suffix.lower()
    signature = SIGNATURES.get(suffix)
    try:
        if content.startswith(OLE2):
            return _legacy(path, content, clock)
        if signature is None or not content.startswith(signature):
            raise not_of_its_kind(path, kind(content))
        archive = opened(content, clock)
        _refuse_other_kind(path, archive)
        seen = contents(archive)
        return Container(content, tuple(seen.faults), seen)
    except Refused as refusal:
        return Container(content, (refusal.problem,))


def not_of_its_kind(path: Path, found: str) -> Refused:
    """The refusal of a file that is not what its ending says, or is damaged."""
    suffix = path.suffix.lower()
    expected = suffix if suffix in SIGNATURES else ", ".join(SIGNATURES)
    return Refused(Problem("F003", file=path.name, found=found, expected=expected))


def _refuse_other_kind(path: Path, archive: Archive) -> None:
    names = {part.name.casefold() for part in archive.parts}
    if {WORKBOOK, RELATIONS} <= names:
        return
    raise not_of_its_kind(path, next((name for name, part in _OTHERS.items() if part in names), "ZIP"))


def _legacy(path: Path, content: bytes, clock: Clock) -> Container:
    if ENCRYPTED in content:
        return Container(content, (Problem("F006", file=path.name),))
    if SIGNATURES.get(path.suffix.lower()) != OLE2:
        raise not_of_its_kind(path, kind(content))
    file = compound(content, clock)
    stream = file.stream(LEGACY_STREAMS)
    if stream is None:
        raise not_of_its_kind(path, "OLE2")
    book = legacy_book(stream, clock)
    if not (book.marks or book.faults):
        raise not_of_its_kind(path, "OLE2")
    return Container(content, (*forbidden(file, clock), *book.faults), book=book)
