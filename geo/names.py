"""Spellings of area names: what is folded together, which words only say the type of unit, which names are near.

A name is reduced to its *core*: lower case, Kazakh letters as the nearest Russian ones, no type word, no separators.
Two spellings of one name have one core; all functions here are pure and know no area.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import product
from typing import Final

from riskmap.domain.areas import AreaUnit

Words = tuple[str, ...]
Units = frozenset[AreaUnit]

ANY: Final[Units] = frozenset()
OBLASTS: Final[Units] = frozenset({AreaUnit.OBLAST})
CITIES: Final[Units] = frozenset({AreaUnit.REPUBLICAN_CITY, AreaUnit.CITY})
DISTRICTS: Final[Units] = frozenset({AreaUnit.DISTRICT, AreaUnit.CITY_DISTRICT})


@dataclass(frozen=True, slots=True)
class TypeWords:
    """Words for one type of unit in one language, by where they stand; spaces stand for any separator."""

    lang: str
    units: Units
    before: Words
    after: Words


_RU_CITY: Final = ("город", "города", "городу", "городе", "г", "г а", "га", "гор", "городская администрация")
_RU_DISTRICT: Final = ("район", "района", "району", "районе", "р н", "р он", "рн", "р", "р а")
_RU_OBLAST: Final = ("область", "области", "областью", "обл")

TYPE_WORDS: Final = (
    TypeWords("ru", OBLASTS, _RU_OBLAST, (*_RU_OBLAST, "о")),
    TypeWords("ru", DISTRICTS, _RU_DISTRICT, _RU_DISTRICT),
    TypeWords("ru", CITIES, _RU_CITY, _RU_CITY),
    TypeWords("kk", OBLASTS, (), ("облысы", "облысының", "облысында", "обл", "о")),
    TypeWords(
        "kk", DISTRICTS, (), ("ауданы", "ауданының", "ауданында", "ауд", "а", "атындағы аудан", "атындағы ауданы")
    ),
    TypeWords("kk", CITIES, ("қ",), ("қаласы", "қаласының", "қаласында", "қ", "қ ә", "қ а")),
    TypeWords("en", OBLASTS, (), ("region", "oblast", "province", "oblysy", "reg", "obl")),
    TypeWords("en", DISTRICTS, (), ("district", "rayon", "raion", "audany", "dist")),
    TypeWords("en", CITIES, ("city of",), ("city", "c a", "qalasy")),
)
# A type word glued to the name is believed from this length on: shorter ones end too many names.
_SHORTEST_GLUED: Final = 4
# Names less alike than this are no help to whoever looks for a misspelling.
_ALIKE: Final = 0.6
_HONOURS: Final = {"имени", "им"}
_OBSOLETE: Final = ("устар", "ескирген", "упраздн", "obsolete", "abolished")

# Мангистауская and Мангыстауская, Аральский and Аралский: both are written.
_ONE_VOWEL_NO_SIGNS: Final = str.maketrans("ы", "и", "ьъ")
_KAZAKH_AS_RUSSIAN: Final = str.maketrans("әғқңөұүһіёəı", "агкноуухиеаi")
# Letters that look alike in print; Latin i stands for Kazakh і, which is folded to и.
_LATIN: Final = "abcehikmoptxy"
_CYRILLIC: Final = "авсеник" + "мортху"
_AS_CYRILLIC: Final = str.maketrans(_LATIN, _CYRILLIC)
_AS_LATIN: Final = str.maketrans(_CYRILLIC, _LATIN)
_TRANSLITERATION: Final = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфэ", "abvgdeziyklmnoprstufe", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya"}
)
# Romanisations of one Kazakh sound: Qostanai, Kostanay; Jetisu, Zhetysu; Balqash, Balkhash; Konayev, Konaev.
_ROMANISATIONS: Final = (
    ("q", "k"),
    ("w", "u"),
    ("kh", "k"),
    ("gh", "g"),
    ("j", "zh"),
    ("dzh", "zh"),
    ("y", "i"),
    ("ie", "e"),
)
_DECLINED: Final = {"ской": "ская", "ского": "ский", "скому": "ский", "ском": "ский"}

_WORD: Final = re.compile(r"[^\W\d_]+")
_APOSTROPHES: Final = re.compile("['’ʼ`‘′]")
_QUOTATION_MARKS: Final = re.compile('[«»"“”„]')
_NUMBERING: Final = re.compile(r"^\s*(?:\d{1,3}[.)]|\*+)\s*")
_FOOTNOTES: Final = re.compile(r"(?:\s*(?:\(?\d{1,2}\)|\[\d{1,2}]|\*+\)?|\d{1,2}))+\s*$")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text: a core, and what the type word beside it allows; no type word allows every unit."""

    core: str
    lang: str = ""
    units: Units = ANY


def without_marks(text: str) -> str:
    """The text without quotation marks, footnote marks and list numbers: `Павлодарская1)`, `«Абай»*`, `3. Абай`."""
    unquoted = _QUOTATION_MARKS.sub(" ", unicodedata.normalize("NFKC", text))
    return _FOOTNOTES.sub("", _NUMBERING.sub("", unquoted))


def words(text: str) -> list[str]:
    """Runs of letters in lower case, Kazakh letters as Russian ones, Latin ones without diacritics."""
    lower = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).lower())
    return _WORD.findall("".join(map(_plain_latin, lower)).translate(_KAZAKH_AS_RUSSIAN))


def _plain_latin(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0] if "\u00c0" <= letter < "\u0250" else letter


def without_obsolete_mark(found: list[str]) -> tuple[list[str], bool]:
    """The words without `УСТАРЕВШЕЕ` and the like, and whether there was such a mark."""
    kept = [word for word in found if not word.startswith(_OBSOLETE)]
    return kept, len(kept) < len(found)


def core(name: str, *, lang: str) -> str:
    """The core of a name that carries no type word."""
    return "".join(_in_latin(words(name)) if lang == "en" else _in_cyrillic(words(name)))


def transliterated(cyrillic_core: str) -> str:
    """The core of the same name written in Latin letters, as in `Mangystauskaya`."""
    return _fold_latin(cyrillic_core.translate(_TRANSLITERATION))


def adjective(name: str, *, units: Units) -> str:
    """The Russian adjective people form from a place name, `Ұлытау` -> `Ұлытауская`; empty where there is none."""
    if not _WORD.fullmatch(name) or name.endswith(("ский", "ская")):
        return ""
    if units == OBLASTS:
        return f"{name}ская"
    return f"{name}ский" if units == DISTRICTS else ""


def readings(found: Iterable[str]) -> set[Reading]:
    """Every way to read these words as a name with at most one type word before it and one after it."""
    plain = list(found)
    return {reading for version in {_in_cyrillic(plain), _in_latin(plain)} for reading in _readings(version)}


def _readings(version: Words) -> Iterator[Reading]:
    before, after = _type_words()
    for (start, first), (end, last) in product(_leading(version, before), _trailing(version, after)):
        rest = version[start : len(version) - end]
        while len(rest) > 1 and rest[0] in _HONOURS:
            rest = rest[1:]
        if not rest:
            continue
        joined = "".join(rest)
        allowed = _agreeing(first, last)
        if allowed is None:
            yield Reading(joined)
            yield from _glued(rest)
        for lang, units in allowed or ():
            yield Reading(joined, lang, units)


TypeTable = Mapping[Words, frozenset[tuple[str, Units]]]
Allowed = frozenset[tuple[str, Units]]


def _leading(version: Words, table: TypeTable) -> list[tuple[int, Allowed | None]]:
    found: list[tuple[int, Allowed | None]] = [(0, None)]
    return found + [(n, table[version[:n]]) for n in (1, 2) if version[:n] in table]


def _trailing(version: Words, table: TypeTable) -> list[tuple[int, Allowed | None]]:
    found: list[tuple[int, Allowed | None]] = [(0, None)]
    return found + [(n, table[version[-n:]]) for n in (1, 2) if version[-n:] in table]


def _agreeing(first: Allowed | None, last: Allowed | None) -> Allowed | None:
    """What two type words allow together: `г. Алматы қ.` is a city, `область ... район` is nothing."""
    if first is None or last is None:
        return last if first is None else first
    return frozenset((a, units) for a, units in first for _, other in last if units == other)


def _glued(version: Words) -> Iterator[Reading]:
    """Readings of a name whose type word has lost its space: `Акмолинскаяобласть`."""
    before, after = _type_words()
    for (word, *more), allowed in after.items():
        last = version[-1].removesuffix(word)
        if not more and len(word) >= _SHORTEST_GLUED and "" != last != version[-1]:
            yield from (Reading("".join((*version[:-1], last)), lang, units) for lang, units in allowed)
    for (word, *more), allowed in before.items():
        first = version[0].removeprefix(word)
        if not more and len(word) >= _SHORTEST_GLUED and "" != first != version[0]:
            yield from (Reading("".join((first, *version[1:])), lang, units) for lang, units in allowed)


@cache
def _type_words() -> tuple[TypeTable, TypeTable]:
    tables: tuple[dict[Words, Allowed], dict[Words, Allowed]] = ({}, {})
    for entry in TYPE_WORDS:
        for table, phrases in zip(tables, (entry.before, entry.after), strict=True):
            for phrase in phrases:
                for version in {_in_cyrillic(words(phrase)), _in_latin(words(phrase))}:
                    table[version] = table.get(version, frozenset()) | {(entry.lang, entry.units)}
    return tables


def _in_cyrillic(plain: Iterable[str]) -> Words:
    """The words in Cyrillic wherever every letter has a Cyrillic look-alike, so that a Latin C in `Cеверо` is none."""
    return tuple(_cyrillic(word) or _latin(word) or word for word in plain)


def _in_latin(plain: Iterable[str]) -> Words:
    return tuple(_latin(word) or _cyrillic(word) or word for word in plain)


def _cyrillic(word: str) -> str:
    """The word in folded Cyrillic, or nothing where it holds a letter that only Latin has."""
    changed = word.translate(_AS_CYRILLIC)
    if any(letter.isascii() for letter in changed):
        return ""
    changed = changed.translate(_ONE_VOWEL_NO_SIGNS)
    return next((changed.removesuffix(end) + base for end, base in _DECLINED.items() if changed.endswith(end)), changed)


def _latin(word: str) -> str:
    changed = word.translate(_AS_LATIN)
    return _fold_latin(changed) if changed.isascii() else ""


def _fold_latin(word: str) -> str:
    for spelling, one in _ROMANISATIONS:
        word = word.replace(spelling, one)
    return re.sub("i+", "i", word)


def halves(found: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Every cut of the words into two parts, both ways round: `Абайский р-н, обл. Абай` names its region itself."""
    for cut in range(1, len(found)):
        yield found[:cut], found[cut:]
        yield found[cut:], found[:cut]


def nearest(wanted: str, cores: Mapping[str, frozenset[str]], *, limit: int = 5) -> tuple[str, ...]:
    """Ids whose core is most like the wanted one, best first; nothing where no core is alike."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    alike: dict[str, float] = {}
    for candidate, ids in cores.items():
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
            continue
        ratio = matcher.ratio()
        for area_id in ids if ratio >= _ALIKE else ():
            alike[area_id] = max(ratio, alike.get(area_id, 0.0))
    return tuple(sorted(alike, key=lambda area_id: (-alike[area_id], area_id))[:limit])
