"""The look for data on single persons: a file that seems to hold any is refused before a copy of it is kept.

What was found is never repeated in a message: only its place.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

from etl.frames import RawTable
from etl.privacy.dates import are_birth_dates, birth_date, day
from etl.privacy.names import holds_any, is_initialled, is_patronymic, names
from etl.privacy.numbers import (
    OFFICE,
    identification_numbers,
    is_identification_number,
    telephones,
    twelve_digits,
    without_office_lines,
)
from riskmap.domain.errors import Problem

__all__ = [
    "Codes",
    "column_letter",
    "first_cells",
    "is_identification_number",
    "is_personal",
    "listed",
    "masked",
    "name_codes",
    "personal_code",
    "personal_codes",
    "personal_data",
]

HEADING: Final = "S001"
NUMBER: Final = "S002"
NAME: Final = "S003"
BIRTH: Final = "S004"
TELEPHONE: Final = "S005"

_WORDS: Final = (
    *("ИИН", "ЖСН", "IIN", r"индивидуальн\w+ идентификационн\w+ номер\w*", r"жеке сәйкестендіру нөмір\w*"),
    *(r"Ф\.?\s?И\.?\s?О\.?", r"А\.?\s?Ә\.?\s?Т\.?", r"Т\.?\s?А\.?\s?Ә\.?", r"аты[\s–-]+жөні"),
    *("фамили[яию]", "отчество", "тегі", "әкесінің аты", "surname", "patronymic", "(?:first|last) name"),
    *(r"дата рожд\w*", "туған күні", "(?:date of birth|birth date)"),
)
_IN_HEADINGS: Final = (
    *("иин", "жсн", "iin", "идентиф", "сәйкес", "фи", "ф.", "ф и", "аә", "әт", "ә.", "ә т", "жөні", "фамил", "отчеств"),
    *("тегі", "әкесі", "name", "patronym", "рожд", "туған", "birth", "имя"),
)
_HEADINGS: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|^\s*имя\s*$", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d(?:\D{0,4}\d){5}")  # fewer are no number of a person
_SHORTEST_NUMBER: Final = 11  # digits
_HIDDEN: Final = "************"
_FEWEST: Final = 3  # different ones in a column make a list of persons
_SHORTEST_LISTED: Final = 6
_LONGEST_LISTED: Final = 60
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_LATIN: Final = re.compile(r"[A-Za-z]")
_CYRILLIC: Final = re.compile(r"[Ѐ-ӿ]")
_TWINS: Final = str.maketrans("ABEKMHOPCTXYaeopcxyiIh", "АВЕКМНОРСТХУаеорсхуіІһ")  # letters that look the same
_PUBLISHED: Final = re.compile(r"publi[sc]|публик|жариял", re.IGNORECASE)


def personal_codes(text: str) -> tuple[str, ...]:
    """The codes of what a text is, or asks for, of a person, in their order; empty for all other texts."""
    if len(text) < _SHORTEST_NUMBER and text.isdecimal():
        return ()  # most cells, and quickly said
    plain = _plain(text)
    held = {code for code, _ in _spans(plain)}
    if _asks(plain):
        held.add(HEADING)
    return tuple(sorted(held))


class Codes(dict[str, tuple[str, ...]]):
    """The codes of the texts of one file, each different text looked at once."""

    tells_office = False

    def learn(self, texts: Iterable[str]) -> None:
        """Look for the address of a state body: the telephone beside it is not one of a person."""
        self.tells_office = self.tells_office or any("gov.kz" in text and OFFICE.search(text) for text in texts)

    def __missing__(self, text: str) -> tuple[str, ...]:
        """Look at a text that was not met before."""
        self[text] = codes = personal_codes(without_office_lines(text) if self.tells_office else text)
        return codes


def personal_code(text: str) -> str | None:
    """The first code of `personal_codes`, what is held before what is asked for; None for all other texts."""
    codes = personal_codes(text)
    return next((code for code in codes if code != HEADING), HEADING) if codes else None


def is_personal(text: str) -> bool:
    """Whether a text is, or asks for, the identification number, the name or the birth date of a person."""
    return bool(personal_codes(text))


def _asks(plain: str) -> bool:
    low = plain.casefold()
    return holds_any(low, _IN_HEADINGS) and _HEADINGS.search(low.replace("_", " ")) is not None


def _plain(text: str) -> str:
    """The text without letters of another alphabet that look the same, and without characters that nobody sees."""
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = _UNSEEN.sub("", text)
    return re.sub(r"[^\W\d_]+", _of_one_alphabet, text) if _LATIN.search(text) else text


def _of_one_alphabet(word: re.Match[str]) -> str:
    return word.group().translate(_TWINS) if _CYRILLIC.search(word.group()) else word.group()


def _spans(plain: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """What a text holds of persons, and where; a name in the name of a file may have lines between its words."""
    if _DIGITS.search(plain):
        yield from ((NUMBER, span) for span in identification_numbers(plain))
        yield from ((TELEPHONE, span) for span in telephones(plain))
    low = plain.casefold()
    if low == plain.upper():
        return  # no letters
    yield from ((NAME, span) for span in names(plain))
    born = birth_date(plain)
    if born:
        yield BIRTH, born


def listed(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """What the texts of one column are together though none of them is alone: code to these texts.

    Three or more different surnames with initials, or patronymics in a column of their own, are a list of persons; days
    may lie as birth dates do, unless the column says that they are those of publications.
    """
    different = {text for text in texts if _SHORTEST_LISTED <= len(text) <= _LONGEST_LISTED}
    days = {text: known for text in different if (known := day(text))}
    named = frozenset(text for text in different if "." in text and is_initialled(_plain(text)))
    fathers = frozenset(text for text in different if text.isalpha() and is_patronymic(_plain(text)))
    people = max(named, fathers, key=len)
    found = {NAME: people} if len(people) >= _FEWEST else {}
    if are_birth_dates(days.values()) and not any(map(_PUBLISHED.search, different)):
        found[BIRTH] = frozenset(days)
    return found


def first_cells(rows: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    """Where each code is met first in a sheet: row and column from 0."""
    # Tables repeat few texts many times: each text is looked at once, and its place is sought only where it matters.
    texts = {text for row in rows for text in row}
    known = Codes()
    known.learn(texts)
    codes = {text: held for text in texts if (held := known[text])}
    lists = {number: several for number, column in enumerate(_columns(rows)) if (several := listed(column))}
    places: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows if codes or lists else ()):
        for position, text in enumerate(row):
            together = (code for code, several in lists.get(position, {}).items() if text in several)
            for code in (*codes.get(text, ()), *together):
                places.setdefault(code, (number, position))
    return places


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[set[str]]:
    for column in zip_longest(*rows, fillvalue=""):
        yield set(column)


def personal_data(raw: RawTable) -> list[Problem]:
    """One fault per code for the file name, for the names of sheets and for every sheet, at the first cell."""
    file = masked(raw.file)
    faults = [Problem(code, file) for code in name_codes(raw.file)]
    for name in raw.names:
        faults.extend(Problem(code, file, masked(name)) for code in personal_codes(name))
    for sheet in raw.sheets.values():
        for code, (row, column) in sorted(first_cells(sheet.rows).items()):
            faults.append(Problem(code, file, masked(sheet.name), row + 1, column_letter(column)))
    return list(dict.fromkeys(faults))


def name_codes(file: str) -> tuple[str, ...]:
    """The codes of the name of a file, looked at with and without its ending."""
    return tuple(sorted({*personal_codes(file), *personal_codes(file.rpartition(".")[0])}))


def masked(text: str) -> str:
    """The text with every number, name and telephone of a person hidden, for whatever is shown or logged.

    Any twelve digits in a row are hidden. The text may be the name of a file.
    """
    plain = _plain(text)
    stem, dot, _ = plain.rpartition(".")
    spans = [span for _, span in _spans(plain)] + list(twelve_digits(plain))
    spans += [span for _, span in _spans(stem)] if dot else []
    if not spans:
        return text
    shown, end = [], 0
    for first, last in sorted(spans):
        if first >= end:
            shown += [plain[end:first], _HIDDEN]
        end = max(end, last)
    return "".join((*shown, plain[end:]))


def column_letter(position: int) -> str:
    """Spreadsheet letter of a column counted from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
