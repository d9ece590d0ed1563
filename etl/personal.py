"""The look for data on single persons: a file that seems to hold any is refused before a copy of it is kept.

What was found is never repeated in a message: only its place.
"""

import re
from collections.abc import Iterator

from etl.frames import RawSheet, RawTable
from riskmap.domain.errors import Problem

_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")
_WORDS = (
    *("ИИН", "ЖСН", r"Ф\.?\s?И\.?\s?О\.?", r"А\.?Ә\.?Т\.?", r"Т\.?А\.?Ә\.?", "фамилия", "отчество", "тегі"),
    *("әкесінің аты", "дата рождения", "туған күні"),
)
_HEADINGS = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_WEIGHTS = (tuple(range(1, 12)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))


def personal_data(raw: RawTable) -> list[Problem]:
    """One fault per sheet, at the first cell that looks like an individual identification number or asks for one."""
    return [fault for sheet in raw.sheets.values() for fault in _first_in(raw.file, sheet)]


def _first_in(file: str, sheet: RawSheet) -> Iterator[Problem]:
    for row, cells in enumerate(sheet.rows, start=1):
        for position, text in enumerate(cells):
            if text and (_HEADINGS.search(text) or _holds_number(text)):
                yield Problem("S001", file=file, sheet=sheet.name, row=row, column=column_letter(position))
                return


def _holds_number(text: str) -> bool:
    return any(is_identification_number(match) for match in _TWELVE_DIGITS.findall(text))


def is_identification_number(digits: str) -> bool:
    """Whether twelve digits are a valid individual identification number: possible birth date and check digit.

    The check digit is the weighted sum of the first eleven digits modulo 11, with a second set of weights where the
    first gives 10 (rules of the national identification numbers register).
    """
    month, day = int(digits[2:4]), int(digits[4:6])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    for weights in _WEIGHTS:
        rest = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False)) % 11
        if rest < 10:
            return rest == int(digits[11])
    return False


def column_letter(position: int) -> str:
    """Spreadsheet letter of a column counted from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
