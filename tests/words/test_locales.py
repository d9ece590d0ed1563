"""The locale files: complete in every language, written in its own alphabet, and in step with the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from riskmap.domain import errors, tables
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import RiskMapError, Severity
from riskmap.domain.problems import PROBLEM_CODES
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import SETTINGS
from riskmap.domain.vocabulary import BREAKDOWNS, LANGUAGES, CellStatus, Family, Grain, Kind, Place
from riskmap.words.texts import LOCALES, Word, placeholders, plural_categories, words

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = [ROOT / "dashboard.py", *(p for room in ("riskmap", "etl", "geo", "pages") for p in (ROOT / room).rglob("*.py"))]

LETTERS = {
    "kk": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
}
# Names of places keep their Kazakh letters in Russian by decree.
KAZAKH_NAMES_IN_RUSSIAN = {"Жетісу", "Ұлытау"}
CYRILLIC = "\u0400-\u04ff"
LATIN = "A-Za-z\u00c0-\u024f"
MIXED = re.compile(rf"[{LATIN}]\u0301?[{CYRILLIC}]|[{CYRILLIC}]\u0301?[{LATIN}]")
WORD = re.compile(rf"[{CYRILLIC}\u0301]+")
PLACEHOLDER = re.compile(r"\{\w+\}")
CALLS = {"t", "plural", "say", "LayerFault"}


def forms(word: Word) -> list[str]:
    return [word] if isinstance(word, str) else list(word.values())


def texts(lang: str) -> Iterator[tuple[str, str]]:
    for key, word in words(lang).items():
        for text in forms(word):
            yield key, text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_keys_and_kinds(lang: str) -> None:
    kinds = {key: isinstance(word, str) for key, word in words(lang).items()}
    assert kinds == {key: isinstance(word, str) for key, word in words("en").items()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_the_same_placeholders(lang: str) -> None:
    def names(language: str) -> dict[str, set[str]]:
        found = {}
        for key, word in words(language).items():
            found[key] = set().union(*(placeholders(text) for text in forms(word)))
        return found

    assert names(lang) == names("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_plural_has_the_forms_of_its_language_and_shows_the_number_in_each(lang: str) -> None:
    plurals = {key: word for key, word in words(lang).items() if not isinstance(word, str)}
    assert plurals
    for key, word in plurals.items():
        assert set(word) == plural_categories(lang), key
        assert all("{n}" in text for text in word.values()), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_files(lang: str) -> None:
    assert {p.name for p in (LOCALES / lang).iterdir()} == {p.name for p in (LOCALES / "en").iterdir()}


def _subclasses(kind: type[RiskMapError]) -> Iterator[type[RiskMapError]]:
    if kind.__module__ == errors.__name__:
        yield kind
    for child in kind.__subclasses__():
        yield from _subclasses(child)


def declared_keys() -> Iterator[str]:
    for code in PROBLEM_CODES:
        yield from (f"problem.{code}.text", f"problem.{code}.remedy")
    yield from (kind.key for kind in _subclasses(RiskMapError))
    yield from (f"severity.{severity}" for severity in Severity)
    for state in (*CellStatus, "zero", "provisional", "unstable"):
        yield from (f"status.{state}", f"status.{state}.meaning")
    for family in Family:
        yield from (f"family.{family}", f"family.{family}.reading")
    yield from (f"kind.{kind}" for kind in Kind)
    yield from (f"place.{place}" for place in Place)
    yield from (f"grain.{grain}" for grain in Grain)
    yield from (f"level.{level}" for level in AreaKind)
    yield from (f"breakdown.{breakdown}" for breakdown in BREAKDOWNS)
    yield from (f"column.{name}" for table in (*tables.TABLES, tables.ACCEPTED) for name in table.names)
    yield from (f"setting.{setting.name}" for setting in SETTINGS)
    yield from _catalogue_keys()


def _catalogue_keys() -> Iterator[str]:
    yield "category.all.all"
    for item in catalogue().indicators.values():
        yield from (f"unit.{item.unit}", f"unit.{item.unit}.heading")
        if item.population:
            yield f"rate.per.{item.population}"
        yield from (version.story for version in item.definitions if version.story)
        yield from (exemption.publication for exemption in item.disclosure.published_by_state)
        for breakdown, categories in item.breakdowns.items():
            yield from (f"category.{breakdown}.{category}" for category in categories)
    for source in catalogue().sources.values():
        yield from (f"column.{name}" for name in source.columns)


def test_everything_declared_has_its_words() -> None:
    assert sorted(set(declared_keys()) - words("en").keys()) == []


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_words_are_written_in_the_letters_of_their_language(lang: str) -> None:
    strange = {
        (key, word)
        for key, text in texts(lang)
        for word in WORD.findall(text)
        if not set(word.lower()) <= {*LETTERS[lang], "\u0301"} and word not in KAZAKH_NAMES_IN_RUSSIAN
    }
    assert strange == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_mixes_latin_and_cyrillic_letters(lang: str) -> None:
    assert [(key, text) for key, text in texts(lang) if MIXED.search(PLACEHOLDER.sub("", text))] == []


@pytest.mark.parametrize("text", ["бóльшая", "Aршалинский", "Солтүстiк", "Cформирован", "кoд"])
def test_a_mixed_word_would_be_found(text: str) -> None:
    assert MIXED.search(text)


def test_there_is_no_cyrillic_in_english() -> None:
    assert [(key, text) for key, text in texts("en") if re.search(f"[{CYRILLIC}]", text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_quotation_marks_and_apostrophes_are_typographic(lang: str) -> None:
    wrong = re.compile('["“”„`]' if lang != "en" else "[\"«»„`]|'")
    assert [(key, text) for key, text in texts(lang) if wrong.search(text)] == []
    assert [(key, text) for key, text in texts(lang) if text.count("«") != text.count("»")] == []


# A number stays on one line with its thousands, its sign of per cent (10 %, but 95%-й with an ending) and its №.
BREAKING = re.compile(r"\d 000\b|[\d}] %|№ |\d%(?!-)")


@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_numbers_do_not_break_from_what_belongs_to_them(lang: str) -> None:
    assert [(key, text) for key, text in texts(lang) if BREAKING.search(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_have_no_stray_spaces(lang: str) -> None:
    stray = re.compile(r"^\s|\s$|  | [,;:.!?](?!\.)|\t")
    assert [(key, text) for key, text in texts(lang) if stray.search(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_invisible_characters_are_written_as_escapes(lang: str) -> None:
    invisible = re.compile("[\u00a0\u00ad\u0301\u200b-\u200f\u202f\ufeff]")
    for path in (LOCALES / lang).iterdir():
        assert not invisible.search(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_help_of_commands_can_be_printed_by_the_command_line(lang: str) -> None:
    assert [key for key, text in texts(lang) if key.startswith(("command.", "geo.help.")) and "%" in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_problems_read_well_without_their_place(lang: str) -> None:
    """The command explain prints them for no file in particular."""
    assert [key for key, text in texts(lang) if key.startswith("problem.") and placeholders(text)] == []
    assert [key for key, text in texts(lang) if key.startswith("problem.") and not text.endswith(".")] == []


def key_patterns(tree: ast.AST) -> Iterator[tuple[str, ast.Call | None]]:
    """Regular expressions of the keys that a module names, each with the call that shows it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in CALLS and node.args:
                yield from ((pattern, node) for pattern in patterns(node.args[0]))
            for keyword in node.keywords:
                if keyword.arg == "reason":
                    yield from ((pattern, None) for pattern in patterns(keyword.value))
        if isinstance(node, ast.Assign) and any(isinstance(x, ast.Name) and x.id == "key" for x in node.targets):
            yield from ((pattern, None) for pattern in patterns(node.value) if r"\." in pattern)


def patterns(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*patterns(node.body), *patterns(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values)


@cache
def module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def modules() -> list[Path]:
    return [path for path in CODE if path.exists()]


def missing_keys(tree: ast.AST) -> set[str]:
    known = words("en")
    return {p for p, _ in key_patterns(tree) if not any(re.fullmatch(p, key) for key in known)}


def wrong_calls(tree: ast.AST) -> Iterator[str]:
    """Calls that name each placeholder themselves and leave one out, or name one that the text does not have."""
    for pattern, call in key_patterns(tree):
        word = words("en").get(pattern.replace("\\", ""))
        if call is None or word is None or any(keyword.arg is None for keyword in call.keywords):
            continue
        if isinstance(call.func, ast.Name) and call.func.id == "LayerFault":
            continue
        needed = set().union(*(placeholders(text) for text in forms(word))) - {"n"}
        if needed != {keyword.arg for keyword in call.keywords}:
            yield f"line {call.lineno}: {pattern} needs {sorted(needed)}"


def test_code_names_only_keys_that_exist() -> None:
    assert {(path.name, key) for path in modules() for key in missing_keys(module(path))} == set()


def test_calls_fill_the_placeholders_of_their_text_and_no_others() -> None:
    assert [(path.name, fault) for path in modules() for fault in wrong_calls(module(path))] == []


def test_unknown_keys_and_wrong_placeholders_in_code_would_be_found() -> None:
    code = """
t("app.titel", lang)
report.say("publish.dne", lang, build=1)
plural("unit.kittens", 3, lang)
t("report.file" if row else f"problems.{code}.text", lang)
raise PublishRefused(reason="publish.refused.bad_mood")
key = "load.stagd" if staged else "load.published"
LayerFault("geo.fault.no_crz", {})
"""
    found = {key.replace("\\", "") for key in missing_keys(ast.parse(code))}
    assert found == {
        *("app.titel", "publish.dne", "unit.kittens", "problems..+.text", "publish.refused.bad_mood"),
        *("load.stagd", "geo.fault.no_crz"),
    }
    calls = """
t("error.locked", lang)
t("error.locked", lang, owner=1)
t("error.locked", lang, holder=1)
t("error.locked", lang, **values)
plural("unit.children", 3, lang)
"""
    assert len(list(wrong_calls(ast.parse(calls)))) == 2


def unused_keys() -> list[str]:
    """Keys that neither the code nor a declaration names: words to take out when a page no longer has them."""
    named = set(declared_keys())
    shapes = {".^"}  # matches nothing
    for path in modules():
        for node in ast.walk(module(path)):
            if isinstance(node, ast.Constant):
                named.add(str(node.value))
            elif isinstance(node, ast.JoinedStr):
                shapes.update(shape for shape in patterns(node) if re.match(r"[a-z_]+\\\.", shape))
    used = re.compile("|".join(shapes))
    return sorted(key for key in words("en").keys() - named if not used.fullmatch(key))


def test_unused_keys_are_listed_and_used_ones_are_not() -> None:
    unused = unused_keys()
    assert {"report.faults", "report.sheet", "problem.F001.text", "format.quarter.1"}.isdisjoint(unused)
    assert set(unused) <= words("en").keys()
