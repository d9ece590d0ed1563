"""What every reader asks of a file before looking inside: a name, present, not empty, within the size limit."""

import re
import unicodedata
from pathlib import Path
from typing import Final

from etl.readers.limits import MAX_NAME, megabytes
from riskmap.domain.errors import Problem
from riskmap.domain.settings import MAX_FILE_MB

# Names that one system or another takes for something else than a file: a folder, a device, a hidden or locked file.
_DEVICE: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE
)
_SEPARATORS: Final = re.compile(r"[/\\:]")
_LEADING: Final = (".", "~$")
# Cc: control, NUL and line ends among them; Zl, Zp: line ends of Unicode. Of Cf only what turns or hides text:
# Kazakh in Arabic script and emoji are written with joiners, which do neither.
_UNPRINTABLE: Final = ("Cc", "Zl", "Zp")
_TURNING: Final = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def name_fault(name: str) -> Problem | None:
    """The fault of a file name without its folder: one that tricks a reader, a terminal or another system."""
    encoded = name.encode("utf-8", "surrogateescape")
    if len(encoded) > MAX_NAME:
        return Problem("F014", file=visible(name), found=str(len(encoded)), expected=f"≤ {MAX_NAME}")
    if not name or name.startswith(_LEADING) or _DEVICE.match(name) or _SEPARATORS.search(name) or _tricks(name):
        return Problem("F014", file=visible(name), found=visible(name))
    return None


def visible(name: str) -> str:
    """A name in which whatever would act on a screen instead of being seen stands as its code."""
    return "".join(_escaped(character) if _acts(character) else character for character in name)


def _tricks(name: str) -> bool:
    return any(map(_acts, name))


def _acts(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in _UNPRINTABLE


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def file_fault(path: Path) -> Problem | None:
    """The fault that a file has whatever is in it: its name, missing, empty, or over the limit."""
    fault = name_fault(path.name) if path.name else None
    if fault:
        return fault
    if not path.is_file():
        return Problem("F001", file=path.name)
    size = path.stat().st_size
    if size == 0:
        return Problem("F002", file=path.name)
    limit = float(MAX_FILE_MB.value)
    if size > limit * 1_000_000:
        return Problem("F005", file=path.name, found=megabytes(size), expected=f"{limit:g} MB")
    return None


def read_bytes(path: Path) -> bytes | Problem:
    """The content of a file, or the fault that keeps it from being read."""
    fault = file_fault(path)
    if fault:
        return fault
    try:
        return path.read_bytes()
    except OSError as error:
        return Problem("F003", file=path.name, found=type(error).__name__)
