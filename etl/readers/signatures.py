"""What kind of file a content is, whatever its name says."""

from typing import Final

from etl.readers.delimiters import delimiter
from etl.readers.encodings import decoded
from riskmap.domain.errors import Problem

ZIP: Final = b"PK\x03\x04"
OLE2: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: Final = {".xlsx": ZIP, ".xlsm": ZIP, ".xls": OLE2}
_KNOWN: Final = {
    ZIP: "ZIP",
    OLE2: "OLE2",
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"PAR1": "Parquet",
}
_SAMPLE: Final = 10_000  # bytes
_PAGE: Final = ("<!doctype html", "<html", "<table", "<head", "<meta")


def kind(content: bytes) -> str:
    """The name of the kind: that of a signature, HTML, XML, CSV, else text or binary."""
    for signature, name in _KNOWN.items():
        if content.startswith(signature):
            return name
    if b"\0" in content[:_SAMPLE] and isinstance(decoded(content[:_SAMPLE], file=""), Problem):
        return "binary"
    start = content[:_SAMPLE].decode("utf-8-sig", "replace").lstrip().lower()
    if any(mark in start for mark in _PAGE):
        return "HTML"
    return "XML" if start.startswith("<?xml") else _text_kind(content)


def _text_kind(content: bytes) -> str:
    text = decoded(content[:_SAMPLE], file="")
    if isinstance(text, Problem):
        return "text"
    return "CSV" if delimiter(text) in text else "text"
