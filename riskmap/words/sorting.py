"""The order of names in each alphabet: Kazakh letters have places of their own only in Kazakh."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, TypeAlias

from riskmap.words.languages import language

_ALPHABET: Final = {
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
# A letter that stands with another one and comes after it only where two names are otherwise equal.
_WITH: Final[dict[str, dict[str, str]]] = {
    "kk": {},
    "ru": dict(zip("ёәғқңөұүһі", "еагкноуухи", strict=True)),
    "en": {},
}
_PARTS: Final = re.compile(r"[0-9]+|[^\W0-9_]")
_NUMBER, _OWN_LETTER, _OTHER_LETTER = 1, 2, 3
_GAP: Final = (0, 0)

Place: TypeAlias = tuple[int, int]
SortKey: TypeAlias = tuple[tuple[Place, ...], tuple[int, ...], str]


# More than the names of all areas in all languages.
@lru_cache(maxsize=2048)
def sort_key(text: str, lang: str) -> SortKey:
    """What names are sorted by.

    Numbers come first and by size, then the letters of the language, then those of other scripts; upper and lower
    case are equal, and quotation marks and the kind of gap between words do not count. In Russian ё stands with е,
    and a Kazakh letter with the Russian one it resembles (Қонаев among К).
    """
    places = _places(language(lang))
    found, accents = [], []
    for place, accent in _elements(text, places):
        found.append(place)
        accents.append(accent)
    return tuple(found), tuple(accents), text


@cache
def _places(lang: str) -> dict[str, tuple[Place, int]]:
    places = {letter: ((_OWN_LETTER, index), 0) for index, letter in enumerate(_ALPHABET[lang])}
    for rank, (letter, neighbour) in enumerate(_WITH[lang].items(), start=1):
        places[letter] = (places[neighbour][0], rank)
    return places


def _elements(text: str, places: dict[str, tuple[Place, int]]) -> Iterator[tuple[Place, int]]:
    """Place and accent of each number and letter, with one gap between words."""
    for order, word in enumerate(_words(text)):
        if order:
            yield _GAP, 0
        for part in _PARTS.findall(word):
            yield ((_NUMBER, int(part)), 0) if part.isdecimal() else _letter(part, places)


def _words(text: str) -> list[str]:
    # An accent that has no composed letter (the stress in бо́льшая) is a mark, not a gap.
    composed = unicodedata.normalize("NFC", text).casefold()
    return re.findall(r"\w+", "".join(letter for letter in composed if not unicodedata.combining(letter)))


def _letter(letter: str, places: dict[str, tuple[Place, int]]) -> tuple[Place, int]:
    if letter in places:
        return places[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare in places:
        return places[bare][0], ord(letter)
    return (_OTHER_LETTER, ord(letter)), 0
