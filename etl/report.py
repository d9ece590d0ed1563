"""What the operator reads: faults and situations in words or as documents; and the one place that prints."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from io import TextIOWrapper

from etl.privacy.look import PLACE_WORDS
from etl.privacy.personal import masked
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import Problem, RiskMapError, StorageFailed
from riskmap.words import t


def problem_words(problem: Problem, language: str) -> dict[str, str]:
    """The sentence and the remedy of a fault, its values put in; areas and their levels by name."""
    values = {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": "" if problem.row is None else str(problem.row),
        "column": problem.column,
        "found": problem.found,
        "expected": _expected(problem, language),
        "candidates": ", ".join(_named(candidate, language) for candidate in problem.candidates),
    }
    texts = {part: t(f"problem.{problem.code}.{part}", language, **values) for part in ("text", "remedy")}
    return {**values, **texts}


def _expected(problem: Problem, language: str) -> str:
    """Areas, levels, kinds of places and days on which an area was there, `2022-06-08/..`, in words."""
    if problem.expected.startswith(PLACE_WORDS):
        return t(problem.expected, language)
    if not problem.code.startswith(("A", "K")):
        return problem.expected
    since, slash, until = problem.expected.partition("/")
    if slash and problem.code == "A004":
        return f"≤ {until}" if since == ".." else f"≥ {since}"
    return ", ".join(_named(part, language) for part in problem.expected.split(", "))


def _named(text: str, language: str) -> str:
    """The code of an area with its name, and a level in words; any other text as it is."""
    if text in areas():
        return f"{areas()[text].name(language)} ({text})"
    return t(f"level.{text}", language) if text in tuple(AreaKind) else text


def problem_document(problem: Problem, language: str) -> dict[str, object]:
    """A fault for another program: its fields, with sentence and remedy in one language."""
    words = problem_words(problem, language)
    return {**asdict(problem), "text": words["text"], "remedy": words["remedy"]}


def print_lines(lines: Sequence[str], *, flush: bool = False) -> None:
    """Lines on standard output; characters that the terminal has no sign for are spelled out."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    print("".join(f"{line}\n" for line in lines), end="", flush=flush)


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    print_lines([json.dumps(document, ensure_ascii=False, indent=2, default=str)])


def error_document(error: RiskMapError, language: str) -> dict[str, object]:
    """A situation for another program: the key of its sentence, which is stable, and the sentence in one language."""
    return {"error": {"key": error.key, "text": error_text(error, language)}}


def error_text(error: RiskMapError, language: str) -> str:
    """The sentence of a situation; a reason that is itself a word key is put into words with the other values.

    The path of a file may hold the name or the number of a person.
    """
    values = dict(error.values)
    if isinstance(reason := values.get("reason"), str):
        values["reason"] = t(reason, language, **values)
    if isinstance(error, StorageFailed):
        values = {name: masked(str(value)) for name, value in values.items()}
    return t(error.key, language, **values)


def say(key: str, language: str, **values: object) -> None:
    """One sentence on standard output."""
    print_lines([t(key, language, **values)])
