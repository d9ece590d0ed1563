"""Sentences by key and language, read once from the locale files.

A language is a folder of TOML files, one per topic; nested tables make dotted keys: `[error] locked` is
`error.locked`. A table of plural categories (`one`, `few`, `many`, `other`) is one entry with several forms.
Placeholders are plain names in braces.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from numbers import Real
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from riskmap.words.languages import language, locale
from riskmap.words.numbers import as_given, exact, number

LOCALES: Final = Path(__file__).parent / "locales"
CATEGORIES: Final = frozenset({"zero", "one", "two", "few", "many", "other"})

Word: TypeAlias = str | Mapping[str, str]


class MissingWord(KeyError):
    """A key or a placeholder has nothing to be filled with: a fault of ours that must not reach a screen."""

    def __str__(self) -> str:
        return str(self.args[0])


class LocaleInvalid(ValueError):
    """The locale files contradict themselves; the text lists all faults."""


def t(key: str, lang: str, /, **values: object) -> str:
    """The text of a key with its placeholders filled.

    Numbers are written with the digits they have and the decimal sign of the language; for thousands pass the text
    that `number` gives. Values that the text has no use for are left out. Raises `MissingWord` where the key has no
    text or a placeholder no value; None is no value.
    """
    word = _word(key, lang)
    if not isinstance(word, str):
        raise MissingWord(f"{key!r} in {lang!r} has plural forms and needs a number")
    return _filled(word, key, lang, values)


def plural(key: str, count: object, lang: str, /, **values: object) -> str:
    """The form of a plural key that goes with the number, which fills {n}; a number with decimals takes "other".

    Raises `MissingWord` like `t`, and ValueError where there is no number.
    """
    word = _word(key, lang)
    if isinstance(word, str):
        raise MissingWord(f"{key!r} in {lang!r} has no plural forms")
    category, written = _counted(count, lang)
    return _filled(word[category], key, lang, {**values, "n": written})


@lru_cache(maxsize=1 << 14, typed=True)
def _counted(count: object, lang: str) -> tuple[str, str]:
    """The plural category of a number, and the number as it is written."""
    found = exact(count).normalize()
    decimals = max(0, -int(found.as_tuple().exponent))
    category = str(locale(lang).plural_form(found if decimals else int(found)))
    return category, number(count, lang, decimals=decimals)


def _word(key: str, lang: str) -> Word:
    found = words(lang).get(key)
    if found is None:
        raise MissingWord(f"no word {key!r} in {lang!r}")
    return found


def _filled(text: str, key: str, lang: str, values: Mapping[str, object]) -> str:
    if "{" not in text and "}" not in text:
        return text
    given = ((name, value) for name, value in values.items() if value is not None)
    try:
        return text.format_map({name: as_given(v, lang) if _is_number(v) else v for name, v in given})
    except KeyError as fault:
        raise MissingWord(f"{key!r} in {lang!r}: no value for the placeholder {fault.args[0]!r}") from None


def _is_number(value: object) -> bool:
    return type(value) is not str and isinstance(value, Real) and not isinstance(value, bool)


@cache
def words(lang: str) -> Mapping[str, Word]:
    """All entries of a language by key."""
    return read_locale(LOCALES / language(lang), lang)


def read_locale(folder: Path, lang: str) -> Mapping[str, Word]:
    """The entries of the TOML files in a folder; raises `LocaleInvalid` with all faults together."""
    found: dict[str, Word] = {}
    origin: dict[str, str] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as fault:
            faults.append(f"{path.name}: {fault}")
            continue
        for key, word in _flat(content, ""):
            if key in found:
                faults.append(f"{path.name}: {key}: also in {origin[key]}")
            faults.extend(f"{path.name}: {key}: {fault}" for fault in _faults(word, lang))
            found[key], origin[key] = word, path.name
    if faults:
        raise LocaleInvalid("\n".join(faults))
    return MappingProxyType(found)


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and not _is_plural(value):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _is_plural(table: Mapping[str, Any]) -> bool:
    return "other" in table and table.keys() <= CATEGORIES


def plural_categories(lang: str) -> frozenset[str]:
    """The forms that a plural entry of this language must have, no more and no fewer."""
    return frozenset({*locale(lang).plural_form.rules, "other"})


def _faults(word: object, lang: str) -> Iterator[str]:
    forms = word if isinstance(word, dict) else {"": word}
    if isinstance(word, dict) and word.keys() != plural_categories(lang):
        yield f"has the forms {', '.join(sorted(word))}, needs {', '.join(sorted(plural_categories(lang)))}"
    for text in forms.values():
        if not isinstance(text, str) or not text.strip():
            yield f"expected a text, found {text!r}"
            continue
        try:
            placeholders(text)
        except ValueError as fault:
            yield str(fault)


def placeholders(text: str) -> frozenset[str]:
    """Names of the placeholders in a text; raises ValueError where one is more than a plain name in braces."""
    names = set()
    for _, name, specification, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or specification or conversion:
            raise ValueError(f"placeholder {name!r} is not a plain name in {text!r}")
        names.add(name)
    return frozenset(names)
