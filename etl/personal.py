"""The look for data on single persons: a file that seems to hold any is refused before a copy of it is kept.

What was found is never repeated in a message: only its place.
"""

import re
from typing import Final

from etl.frames import RawSheet, RawTable
from riskmap.domain.errors import Problem

_TWELVE_DIGITS: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_GAPS: Final = re.compile(r"[\s\-–]")
_WORDS: Final = (
    *("ИИН", "ЖСН", "IIN", r"индивидуальн\w+ идентификационн\w+ номер\w*", r"жеке сәйкестендіру нөмір\w*"),
    *(r"Ф\.?\s?И\.?\s?О\.?", r"А\.?\s?Ә\.?\s?Т\.?", r"Т\.?\s?А\.?\s?Ә\.?", r"аты[\s–-]+жөні"),
    *("фамили[яию]", "отчество", "тегі", "әкесінің аты", "surname", "patronymic", "(?:first|last) name"),
    *(r"дата рожд\w*", "туған күні", "(?:date of birth|birth date)"),
)
_HEADINGS: Final = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b|^\s*имя\s*$", re.IGNORECASE)
_WEIGHTS: Final = (tuple(range(1, 12)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))
_SHORTEST_NUMBER: Final = 11  # digits
_HIDDEN: Final = "************"


def personal_data(raw: RawTable) -> list[Problem]:
    """One fault for the file name, one for the names of sheets and one per sheet, at the first cell that looks so."""
    faults = [Problem("S001", file=masked(raw.file))] if is_personal(raw.file) else []
    named = next((name for name in raw.names if is_personal(name)), None)
    if named is not None:
        faults.append(Problem("S001", file=masked(raw.file), sheet=masked(named)))
    inside = (_first_in(raw.file, sheet) for sheet in raw.sheets.values())
    return list(dict.fromkeys([*faults, *filter(None, inside)]))


def _first_in(file: str, sheet: RawSheet) -> Problem | None:
    # Tables repeat few texts many times: each text is looked at once, and its place is sought only where it matters.
    found = {text for text in {text for cells in sheet.rows for text in cells} if is_personal(text)}
    for row, cells in enumerate(sheet.rows if found else (), start=1):
        for position, text in enumerate(cells):
            if text in found:
                return Problem("S001", masked(file), masked(sheet.name), row, column_letter(position))
    return None


def is_personal(text: str) -> bool:
    """Whether a text is, or asks for, the identification number, the name or the birth date of a person."""
    if len(text) < _SHORTEST_NUMBER and text.isdecimal():
        return False  # most cells, and quickly said
    return _HEADINGS.search(text.replace("_", " ")) is not None or _holds_number(text)


def _holds_number(text: str) -> bool:
    """A number in a text; one that fills its cell may be grouped, or have lost the first zero of the years 2001-09."""
    if any(is_identification_number(match) for match in _TWELVE_DIGITS.findall(text)):
        return True
    digits = _GAPS.sub("", text)
    whole = len(digits) in (_SHORTEST_NUMBER, 12) and digits.isascii() and digits.isdigit()
    return whole and is_identification_number(digits.zfill(12))


def is_identification_number(digits: str) -> bool:
    """Whether twelve digits are a valid individual identification number: possible birth date, century and check digit.

    The check digit is the weighted sum of the first eleven digits modulo 11, with a second set of weights where the
    first gives 10 (rules of the national identification numbers register).
    """
    month, day, century = int(digits[2:4]), int(digits[4:6]), int(digits[6])
    if not (1 <= month <= 12 and 1 <= day <= 31 and century <= 6):
        return False
    for weights in _WEIGHTS:
        rest = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11
        if rest < 10:
            return rest == int(digits[11])
    return False


def masked(text: str) -> str:
    """The text with every twelve digits in a row hidden, for whatever is shown or logged."""
    return _TWELVE_DIGITS.sub(_HIDDEN, text)


def column_letter(position: int) -> str:
    """Spreadsheet letter of a column counted from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
