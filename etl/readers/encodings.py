"""From bytes to text: UTF-8, UTF-16 or Windows-1251, and only where the letters themselves leave no doubt."""

import codecs
import re
from typing import Final

from riskmap.domain.errors import Problem

EXPECTED: Final = "UTF-8, UTF-16, Windows-1251"
WINDOWS: Final = "cp1251"
BINARY: Final = "binary"
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ODD_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SAMPLE: Final = 1_000_000  # characters or bytes by which an encoding is judged

# What the second byte of a Cyrillic letter of UTF-8 looks like when it is taken for Windows-1251 or Western.
_SECOND_WINDOWS: Final = "".join(bytes([code]).decode(WINDOWS, "replace") for code in range(0x80, 0xC0)) + "\x98"
_SECOND_WESTERN: Final = "".join(bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xC0)) + "".join(
    map(chr, range(0x80, 0xC0))
)
_TWICE_WINDOWS: Final = re.compile(
    rf"[РСТУ][{re.escape(_SECOND_WINDOWS)}](?:[РСТУ][{re.escape(_SECOND_WINDOWS)}]){{2,}}"
)
_TWICE_WESTERN: Final = re.compile(rf"[ÐÑÒÓ][{re.escape(_SECOND_WESTERN)}](?:[ÐÑÒÓ][{re.escape(_SECOND_WESTERN)}])+")
_WESTERN_WORD: Final = re.compile("[À-ÖØ-öø-ÿ]{4,}")  # "Àêìîëà": no word has four such letters on end
_LOST: Final = re.compile("[\ufffd\x80-\x9f]")

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_RUSSIAN: Final = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ")
# Of the Kazakh letters Windows-1251 has one; its other letters are of languages in which nobody reports here.
_ALLOWED: Final = _RUSSIAN | frozenset("іІ")
_TWINS: Final = frozenset("ABEKMHOPCTXYIaeopcxyi")
_FOREIGN: Final = re.compile(rf"[^\W\d_a-zA-Zµ{''.join(sorted(_ALLOWED))}]")
_JAGGED: Final = re.compile(r"[а-яёі][А-ЯЁІ]")  # capitals after small letters, as Cyrillic of another encoding has them
_COMMON: Final = frozenset("оеаинтсрвлдыі")
_LEAST_COMMON: Final = 0.5  # Russian and Kazakh have 0.65 to 0.75; the same letters in KOI8-R have 0.3
_ENOUGH: Final = 6  # letters; fewer say nothing about how often each occurs
_SHOWN: Final = 8  # letters of a word
_MIXED: Final = 0.1  # of the words
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decoded(content: bytes, *, file: str) -> str | Problem:
    """The text of a file without a byte order mark; F013 where its encoding cannot be told, F003 where it is no text.

    Text that was once read in a wrong encoding and saved so (`РђРєРјРѕР»Р°`) is refused: its letters can be guessed
    back, but not the ones that were lost.
    """
    encoding = _encoding(content)
    if encoding == BINARY:
        row = content.count(b"\n", 0, content.index(b"\0")) + 1
        return Problem("F003", file=file, row=row, found="U+0000", expected=EXPECTED)
    if encoding is None:
        return Problem("F013", file=file, found="UTF-32", expected=EXPECTED)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        return Problem("F013", file=file, row=row, found=f"0x{content[fault.start]:02X}", expected=EXPECTED)
    if control := _CONTROL.search(text):
        return _at(text, control, "F003", file=file, found=f"U+{ord(control[0]):04X}")
    spoilt = _not_cyrillic(text) if encoding == WINDOWS else _spoilt(text)
    return text if spoilt is None else _at(text, spoilt, "F013", file=file, found=_start(spoilt[0]))


def _at(text: str, match: re.Match[str], code: str, *, file: str, found: str) -> Problem:
    return Problem(code, file=file, row=text.count("\n", 0, match.start()) + 1, found=found, expected=EXPECTED)


def _start(word: str) -> str:
    """What shows the fault, but no whole word: it may be the name of a person, in whatever letters."""
    return f"{word[:_SHOWN]}…" if len(word) > _SHOWN else word


def _encoding(content: bytes) -> str | None:
    if content.startswith(_ODD_MARKS):
        return None
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" in content[:_SAMPLE]:
        return _unmarked_utf16(content) or BINARY
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)  # the last letter may be cut off: told below
    except UnicodeDecodeError:
        return WINDOWS
    return "utf-8"


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 by its high bytes: of Latin and Cyrillic letters, digits and signs they are 0, 4, 0x20 or 0x21."""
    sample = content[:_SAMPLE]
    if len(content) % 2:
        return None
    for encoding, high, low in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        usual = sum(high.count(byte) for byte in (0, 4, 0x20, 0x21))
        if usual >= 0.98 * len(high) and high.count(0) and not low.count(0):
            return encoding
    return None


def _spoilt(text: str) -> re.Match[str] | None:
    """What shows that a text went through a wrong encoding before."""
    if text.isascii():
        return None
    return _LOST.search(text) or _twice(text) or _WESTERN_WORD.search(text)


def _twice(text: str) -> re.Match[str] | None:
    return _TWICE_WINDOWS.search(text) or _TWICE_WESTERN.search(text)


def _not_cyrillic(text: str) -> re.Match[str] | None:
    """What shows that a text read as Windows-1251 is in no language that it was made for."""
    twice = _twice(text) or _FOREIGN.search(text)
    if twice:
        return twice
    words = [word for word in _WORD.finditer(text[:_SAMPLE]) if not word[0].isascii()]
    strange = [word for word in words if not _is_cyrillic(word[0]) or _JAGGED.search(word[0])]
    if len(strange) > _MIXED * len(words):
        return strange[0]
    letters = [letter for word in words for letter in word[0].lower() if letter in _ALLOWED]
    common = sum(letter in _COMMON for letter in letters)
    return words[0] if len(letters) >= _ENOUGH and common < _LEAST_COMMON * len(letters) else None


def _is_cyrillic(word: str) -> bool:
    """Latin letters that look Cyrillic may be among them: they slip in where one keyboard serves two alphabets."""
    return all(letter in _ALLOWED or letter in _TWINS for letter in word)
