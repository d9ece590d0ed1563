"""Text on a terminal: how wide it is drawn, broken into lines, cut, coloured; signs that would steer it are spelled."""

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from typing import Final

_NARROWEST: Final = 40
_STYLES: Final = {"bold": "1", "stop": "31", "ask": "33", "note": "36"}


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None where it is a file, a pipe or a log."""
    return max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def has_colour() -> bool:
    """Whether standard output is a terminal that may be coloured; NO_COLOR, if set at all, says no."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def styled(text: str, style: str, *, is_coloured: bool) -> str:
    """The text in a style of this module, or plain."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if is_coloured else text


def display_width(text: str) -> int:
    """Columns that a text takes: accents over a letter none, East Asian letters two, Cyrillic and Latin one."""
    if text.isascii():
        return len(text)
    return sum(map(_sign_width, text))


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def spelled(text: str) -> str:
    """The text on one line, with every sign that would move the cursor or turn the direction of reading spelled out.

    Names of files and cells come from outside: they must not be able to write over what the operator reads.
    """
    plain = " ".join(text.split("\n")) if "\n" in text else text
    return plain if plain.isprintable() else "".join(map(_spelled, plain))


def _spelled(sign: str) -> str:
    if sign == "\t":
        return " "
    is_harmless = sign.isprintable() or unicodedata.category(sign) == "Zs"
    return sign if is_harmless else sign.encode("unicode_escape").decode("ascii")


def padded(text: str, width: int) -> str:
    """The text with spaces up to a width."""
    return text + " " * max(0, width - display_width(text))


def cut(text: str, width: int) -> str:
    """The text, or as much of it as has room before an ellipsis."""
    if display_width(text) <= width:
        return text
    kept = ""
    for sign in text:
        if display_width(kept) + _sign_width(sign) > width - 1:
            break
        kept += sign
    return f"{kept}…"


def wrapped(text: str, width: int | None) -> list[str]:
    """Lines no wider than given, broken at spaces, and inside a word only where it is wider than a line.

    A space that must not be broken (U+00A0) is none here; without a width the text is one line.
    """
    if width is None:
        return [text]
    lines = [""]
    for word in (piece for whole in text.split(" ") for piece in _pieces(whole, width)):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word in parts that fit; one that fits is its only part."""
    part = ""
    for sign in word:
        if part and display_width(part) + _sign_width(sign) > width:
            yield part
            part = ""
        part += sign
    if part:
        yield part
