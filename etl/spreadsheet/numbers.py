"""A cell to a number or a mark: separators, footnotes, letters that only look like digits."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from etl.tidy.return_layout import written_marks
from riskmap.domain.spreadsheets import Meaning
from riskmap.domain.vocabulary import CellStatus

EXPECTED_COUNT: Final = "0, 1, 2, …"

_USUAL_MARKS: Final = MappingProxyType(
    {
        Meaning.NONE: ("-", "–", "—", "−"),
        Meaning.NEGLIGIBLE: ("0,0", "0.0"),
        Meaning.CONFIDENTIAL: ("х", "x"),
        Meaning.NO_DATA: (
            *("...", "…", "..", "н/д", "нд", "н.д.", "n/a"),
            *("нет данных", "данных нет", "деректер жоқ", "мәлімет жоқ", "no data"),
        ),
    }
)
_SUPERSCRIPTS: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
_FOOTNOTE: Final = re.compile(rf"(?:\s*\*+\)?|\s*[{_SUPERSCRIPTS}]+|\s+\(?\d{{1,2}}\)|\s*\[\d{{1,2}}\])+$")
_SPACES: Final = re.compile(r"\s+")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ '’`]\d{3})+")
_WHOLE: Final = re.compile(r"\d+")
_DECIMAL: Final = re.compile(r"(?P<whole>\d+|\d{1,3}(?:[ '’`]\d{3})+)[.,](?P<part>\d+)")
# Both separators, or one of them several times: only then is it known which one sets off thousands.
_COMMAS: Final = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3})+)\.(?P<part>\d+)|(?P<only>\d{1,3}(?:,\d{3}){2,})")
_POINTS: Final = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+),(?P<part>\d+)|(?P<only>\d{1,3}(?:\.\d{3}){2,})")
_LETTERS_LIKE_DIGITS: Final = frozenset("OoОоOoЗзlIІі|BВбSО")
_THOUSAND_OR_ONE: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_LONGEST: Final = 15  # digits that a spreadsheet keeps


@dataclass(frozen=True, slots=True)
class Number:
    """A number as printed: its value and how many decimals were printed."""

    value: float
    decimals: int = 0
    is_percent: bool = False
    is_unclear: bool = False  # `1.000`: one, or a thousand

    @property
    def is_whole(self) -> bool:
        """Whether it has no fraction; `12,0` has none."""
        return self.value == int(self.value)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a cell is neither a number nor a mark: the code of its fault."""

    code: str


def read_cell(text: str, marks: Mapping[str, Meaning]) -> Number | Meaning | Unreadable:
    """The number of a cell that is not empty or the meaning of its mark; `marks` come from `marks_of`."""
    mark = marks.get(_folded_mark(text))
    if mark is not None:
        return mark if mark is not Meaning.UNKNOWN else Unreadable("V020")
    number = read_number(text)
    if number:
        return number
    stripped = _without_footnote(text)
    mark = marks.get(_folded_mark(stripped))
    if mark is not None and mark is not Meaning.UNKNOWN:
        return mark
    return Unreadable(_fault(stripped))


def read_number(text: str) -> Number | None:
    """The number a text is, negative ones too; None for anything else, and where it could be two numbers."""
    if _has_strange_digit(text):
        return None
    plain = _without_footnote(text)
    is_percent = plain.endswith("%")
    plain = plain.removesuffix("%").strip()
    digits = plain.lstrip("-−–").strip() if plain[:1] in ("-", "−", "–") else plain
    found = _unsigned(digits)
    if found is None or sum(character.isdigit() for character in digits) > _LONGEST:
        return None
    value, decimals = found
    is_unclear = _THOUSAND_OR_ONE.fullmatch(digits) is not None and value == int(value)
    return Number(-value if digits != plain else value, decimals, is_percent, is_unclear)


def _unsigned(digits: str) -> tuple[float, int] | None:
    if not digits.isascii():
        digits = digits.replace("’", "'")
    if _WHOLE.fullmatch(digits) or _GROUPED.fullmatch(digits):
        return float(re.sub(r"\D", "", digits)), 0
    for pattern in (_DECIMAL, _COMMAS, _POINTS):
        match = pattern.fullmatch(digits)
        if match:
            groups = match.groupdict()
            whole = re.sub(r"\D", "", groups.get("only") or groups["whole"] or "")
            part = groups["part"] or ""
            return float(f"{whole}.{part or 0}"), len(part)
    return None


def _without_footnote(text: str) -> str:
    """Superscripts go before they could become digits; spaces of every width become one."""
    stripped = _FOOTNOTE.sub("", text.strip().lstrip("'").strip())
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", stripped)).strip()


def is_spoilt_number(text: str) -> bool:
    """Whether a text would be a number if its circled or small digits were plain ones."""
    return _has_strange_digit(text) and _unsigned(_without_footnote(text)) is not None


def _has_strange_digit(text: str) -> bool:
    """Whether a circled or small digit stands among the others: folded it would become one of the number."""
    stripped = _FOOTNOTE.sub("", text.strip())
    return not stripped.isascii() and any(
        not character.isdecimal() and any(map(str.isdigit, unicodedata.normalize("NFKC", character)))
        for character in stripped
    )


def _fault(text: str) -> str:
    """Why a text is no number: letters among its digits, a number not to be read, or a mark nobody knows."""
    squeezed = _SPACES.sub("", text)
    has_digit = any(character.isdigit() for character in squeezed)
    like = [character for character in squeezed if character in _LETTERS_LIKE_DIGITS]
    others = [c for c in squeezed if not (c.isdigit() or c in _LETTERS_LIKE_DIGITS or c in ".,'-−–%")]
    if like and not others and (has_digit or squeezed in ("O", "o", "О", "о")):
        return "V018"
    return "V001" if has_digit else "V020"


def marks_of(declared: Mapping[str, Meaning]) -> Mapping[str, Meaning]:
    """The usual marks and, before them, those of a declaration, folded."""
    return MappingProxyType({**_usual(), **{_folded_mark(text): meaning for text, meaning in declared.items()}})


@cache
def _usual() -> Mapping[str, Meaning]:
    words = (text for text, status in written_marks().items() if status is CellStatus.NOT_REPORTED)
    found = {_folded_mark(text): Meaning.NO_DATA for text in words}
    found.update({_folded_mark(text): meaning for meaning, texts in _USUAL_MARKS.items() for text in texts})
    return MappingProxyType(found)


def _folded_mark(text: str) -> str:
    folded = _SPACES.sub(" ", text.strip()).casefold()
    return "х" if folded == "x" else folded
