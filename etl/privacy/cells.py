"""The cells of one sheet of a workbook as the look for personal data needs them: most are never made into objects."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from etl.privacy.markup import attributes, elements, joined, plain
from etl.privacy.personal import Codes, listed

# No number of a person has fewer than ten digits before its decimals.
_LONG: Final = re.compile(r">(?!-?\d{1,9}(?:\.\d*)?(?:E-\d+)?<)([^<>]{6,})<")
_CONTENT: Final = re.compile(r"<(?:\w{1,20}:)?([vf])(?:\s[^<>]*)?>([^<]*)<")
_WORD: Final = re.compile(r">([^<>\d\s.+-][^<>]{0,4})<")
_OWN_TEXTS: Final = ('"str"', "'str'", "inlineStr")
_OPENING: Final = re.compile(r"<((?:\w{1,20}:)?)(row|c)(?=[\s/>])([^<>]*)>")
_BODY: Final = re.compile(r"<((?:\w{1,20}:)?sheetData)(?=[\s/>])([^<>]*)>")
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Formats of days that every workbook knows without telling them.
_DAY_FORMATS: Final = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_LITERAL: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_LONGEST_NUMBER: Final = 9  # digits of a row or of a shared text
_LAST_DAY: Final = 2_958_465  # 31 December 9999
_EPOCHS: Final = (date(1899, 12, 30), date(1904, 1, 1))
_LATER: Final = re.compile(r"""\bdate1904=["'](?:1|true)""")

Place = tuple[int, int]  # row and column from 0


@dataclass(frozen=True, slots=True)
class Strings:
    """What all sheets of a workbook share: its texts, the styles that show a day, and where days are counted from."""

    texts: Sequence[str] = ()
    codes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # of the texts that are personal
    may_list: bool = False  # whether enough of them could be a list of persons together
    day_styles: frozenset[str] = frozenset()
    epoch: date = _EPOCHS[0]


@dataclass(slots=True)
class Cells:
    """What the cells of a sheet hold: code to its first place, and the numbers of the shared texts that they show."""

    places: dict[str, Place] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)


def shared_texts(xml: str) -> list[str]:
    """The texts that the cells of a workbook show by number."""
    return [joined(content) for _, content in elements(xml, "si")]


def shared_strings(found: Sequence[str], codes: Codes, *, styles: str, workbook: str) -> Strings:
    """What all sheets share; parts that the workbook does not have are empty texts."""
    return Strings(
        texts=found,
        codes={number: codes[text] for number, text in enumerate(found) if codes[text]},
        may_list=bool(listed(found)),
        day_styles=_day_styles(styles),
        epoch=_EPOCHS[_LATER.search(workbook) is not None],
    )


def _day_styles(xml: str) -> frozenset[str]:
    """The numbers of the styles that show a day."""
    own = [attributes(tag) for tag, _ in elements(xml, "numFmt")]
    told = {each.get("numFmtId", ""): _LITERAL.sub("", each.get("formatCode", "")).casefold() for each in own}
    days = {str(number) for number in _DAY_FORMATS if str(number) not in told}
    days.update(number for number, code in told.items() if "d" in code or "y" in code)
    styles = "".join(content for _, content in elements(xml, "cellXfs"))
    shown = (attributes(tag).get("numFmtId", "") for tag, _ in elements(styles, "xf"))
    return frozenset(str(number) for number, shown_as in enumerate(shown) if shown_as in days)


def sheet_rows(xml: str) -> tuple[str, str]:
    """The rows of a sheet, and everything around them."""
    found = _BODY.search(xml)
    if not found or found[2].endswith("/"):
        return "", xml
    end = xml.rfind(f"</{found[1]}>")
    end = end if end > found.end() else len(xml)
    return xml[found.end() : end], xml[: found.start()] + xml[end:]


def personal_cells(rows: str, strings: Strings, codes: Codes) -> Cells:
    """Where the cells of a sheet are personal; most sheets hold nothing that must be looked at one by one."""
    # Of short texts only words can be personal, and numbers that are no text of their own are never words.
    words = _WORD.findall(rows) if any(mark in rows for mark in _OWN_TEXTS) else ()
    texts = {plain(text) for text in (*_LONG.findall(rows), *words)}
    codes.learn(texts)
    is_suspect = strings.codes or strings.may_list or "<r>" in rows or listed(texts) or _has_days(rows, strings)
    if not (is_suspect or any(codes[text] for text in texts)):
        return Cells()
    return _walked(rows, strings, codes)


def _has_days(rows: str, strings: Strings) -> bool:
    styles = "|".join(strings.day_styles)
    return bool(styles) and re.search(rf"""\ss=["'](?:{styles})["'][^<>]*(?<!/)>""", rows) is not None


def _walked(rows: str, strings: Strings, codes: Codes) -> Cells:
    cells, columns = Cells(), dict[int, dict[str, int]]()
    for (row, column), text, number in _texts(rows, strings):
        if number is not None:
            cells.shown.add(number)
        columns.setdefault(column, {}).setdefault(text, row)
        for code in codes[text]:
            cells.places.setdefault(code, (row, column))
    for column, first in columns.items():
        for code, people in listed(first).items():
            place = (min(first[text] for text in people), column)
            cells.places[code] = min(cells.places.get(code, place), place)
    return cells


def _texts(rows: str, strings: Strings) -> Iterator[tuple[Place, str, int | None]]:
    """Every text of every cell with its place: the value, and the formula; of a shared text also its number."""
    for place, told, content in _cells(rows):
        kind = told.get("t", "n")
        if kind == "inlineStr":
            yield place, joined(content), None
            continue
        for name, value in _CONTENT.findall(content):
            if name == "f" or kind not in ("s", "n"):
                yield place, plain(value), None
            elif kind == "s":
                number = int(value) if value.isdecimal() and len(value) < _LONGEST_NUMBER else len(strings.texts)
                yield place, strings.texts[number] if number < len(strings.texts) else "", number
            else:
                yield place, _day(value, strings.epoch) if told.get("s") in strings.day_styles else value, None


def _cells(rows: str) -> Iterator[tuple[Place, dict[str, str], str]]:
    """Every cell with content: its place, which is counted where it is not told, its attributes and its content."""
    row, column, end = -1, -1, 0
    while found := _OPENING.search(rows, end):
        prefix, name, tag = found.groups()
        told, end = attributes(tag), found.end()
        own = told.get("r", "")
        if name == "row":
            row, column = (int(own) - 1 if own.isdecimal() and len(own) < _LONGEST_NUMBER else row + 1), -1
            continue
        place = _PLACE.fullmatch(own)
        row, column = (int(place[2]) - 1, _number(place[1])) if place else (row, column + 1)
        if not tag.endswith("/"):
            close = rows.find(f"</{prefix}c>", end)
            close = close if close >= 0 else len(rows)
            yield (row, column), told, rows[end:close]
            end = close


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_place(told: str) -> Place | None:
    """Row and column of a cell, or of the first one of an area, told as `B5` or `B5:C9`; None for anything else."""
    place = _PLACE.match(told.replace("$", ""))
    return (int(place[2]) - 1, _number(place[1])) if place else None


def _day(value: str, epoch: date) -> str:
    """The day that a number shows, as text; the text itself where it shows none."""
    try:
        number = float(value)
    except ValueError:
        return value
    return (epoch + timedelta(days=int(number))).isoformat() if 0 < number <= _LAST_DAY - 1_462 else value
