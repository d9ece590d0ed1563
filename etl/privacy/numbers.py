"""Numbers of persons in a text: the individual identification number and telephone numbers."""

import re
from collections.abc import Iterator
from typing import Final

_TOGETHER: Final = 12  # digits
_SHORTEST: Final = 11  # without a first zero
_TWELVE: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Digits in groups: a break of another kind ends the run.
_RUN: Final = re.compile(r"\d+(?:[ \u00a0\u202f\-–]\d+)*")
_DAY: Final = re.compile(r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)")
_GAPS: Final = re.compile(r"[\s\-–]")
_DECIMAL: Final = re.compile(r"[-+]?\d*[.,]\d*[1-9]\d*")
_ZEROS: Final = re.compile(r"[.,]0*$")
_POWER: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?1[01]")
_WEIGHTS: Final = (tuple(range(1, 12)), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))

_MOBILE: Final = r"7(?:0[0-8]|47|5[01]|6[0-4]|7[15678])"
_CELL: Final = re.compile(rf"[78]{_MOBILE}\d{{7}}")
_SEP: Final = r"[\s\-–.()]{0,3}"
_PHONES: Final = (
    re.compile(rf"\+\s?7(?:{_SEP}\d){{10}}(?!\d)"),
    # Eight alone in its group: no number with groups of thousands has ten further digits.
    re.compile(rf"(?<![\d.,+\-–])[78](?:\s?[\-–(.]\s?|\s)\(?(?=[3-9]\d\d)\d(?:{_SEP}\d){{9}}(?!\d)"),
    re.compile(rf"(?<!\d)\(?{_MOBILE}\)?[ \u00a0\-–]\d{{3}}[ \u00a0\-–]\d\d[ \u00a0\-–]?\d\d(?!\d)"),
    re.compile(r"\([78]?[ \-–]?7\d{2,4}\)\s?\d(?:[\s\-–]?\d){4,6}(?!\d)"),
)
_IN_TEXT: Final = re.compile(r"(?<![\d.,])[78]7\d{9}(?![\d.,]\d|\d)")
_NAMED: Final = re.compile(
    r"(?<!\w)(?:(?:тел(?:ефон[ыу]?)?|моб|ұялы|сот|факс|ватсап|whats\s?app|tel|phone|mob|mobile|fax|қоңырау)"
    r"(?:\s+(?:нөмір\w*|номер\w*|number))?|т(?=\.))"
    r"[\s.:№\-–/)]{0,5}(\(?\+?\d(?:[\s\-–.()]{0,3}\d){5,})",
    re.IGNORECASE,
)
# Beside the address of a state body, such a line on the cover of a publication is for everybody.
OFFICE: Final = re.compile(r"@[\w.-]{0,60}\bgov\.kz\b", re.IGNORECASE)
_OFFICE_LINE: Final = re.compile(
    r"(?:тел|tel)\w{0,8}[\s.:–-]{0,3}(?:\+?7|8)[\s(–-]{0,2}7[12]\d{1,2}[\s)–-]{0,2}\d(?:[\s–-]?\d){4,5}(?!\d)",
    re.IGNORECASE,
)
# Lines for everybody, given side by side: 111, 150.
_LINES: Final = frozenset({"101", "102", "103", "104", "109", "111", "112", "115", "116", "118", "119", "150", "1402"})
_MORE_LINES: Final = frozenset({"1414", "1415", "1425", "1428", "1430", "1477"})


def identification_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where identification numbers stand in a text: plain, in groups, with decimals of a number cell.

    A text that is nothing but eleven digits may have lost the first zero of the years 2001-09 to the spreadsheet.
    """
    bare = text.strip()
    if len(bare) < _SHORTEST or _DECIMAL.fullmatch(bare):
        whole = _whole(bare) if _POWER.fullmatch(bare) else ""
    else:
        whole = _whole(bare)
        for run in _RUN.finditer(text):
            yield from _in_run(run)
    if len(whole) in (_SHORTEST, _TOGETHER) and is_identification_number(whole.zfill(_TOGETHER)):
        yield 0, len(text)


def _in_run(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Neighbouring groups of digits that have twelve together."""
    if _DAY.search(run.group()):
        return  # a day, or two of them; twelve digits in a row have no gaps to be one
    groups = [(run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run.group())]
    for first, (begin, _) in enumerate(groups):
        digits = 0
        for start, end in groups[first : first + _TOGETHER]:
            digits += end - start
            if digits >= _TOGETHER:
                break
        if digits == _TOGETHER and is_identification_number(re.sub(r"\D", "", run.string[begin:end])):
            yield begin, end


def _whole(text: str) -> str:
    """The digits of a text that is one whole number, however written; empty for any other."""
    if _POWER.fullmatch(text):
        return str(int(float(text.replace(",", "."))))
    digits = _GAPS.sub("", _ZEROS.sub("", text))
    return digits if digits.isascii() and digits.isdigit() else ""


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


def telephones(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers stand in a text; the short lines for everybody are none."""
    whole = _whole(text.strip())
    if whole:
        if _CELL.fullmatch(whole) or text.strip().startswith("+7"):
            yield 0, len(text)
    else:
        yield from (found.span() for found in _IN_TEXT.finditer(text))
    for pattern in _PHONES:
        yield from (found.span() for found in pattern.finditer(text))
    for found in _NAMED.finditer(text):
        groups = re.findall(r"\d+", found[1])
        if not all(group in _LINES | _MORE_LINES for group in groups):
            yield found.span(1)


def without_office_lines(text: str) -> str:
    """The text without lines of an office: a number of a town, said to be one and written with its code."""
    return _OFFICE_LINE.sub("", text)


def twelve_digits(text: str) -> Iterator[tuple[int, int]]:
    """Where twelve digits stand in a row, whether they can be a number of a person or not."""
    yield from (found.span() for found in _TWELVE.finditer(text))
