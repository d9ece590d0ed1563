"""What the operator reads: every fault with its place and remedy, in the operator's language; or one JSON document."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from geo.areas import areas

from riskmap.domain.errors import Problem, RiskMapError
from riskmap.words import plural, t


def problem_words(problem: Problem, language: str) -> dict[str, str]:
    """The sentence and the remedy of a fault, its values put in; areas by name."""
    known = areas()
    named = [f"{known[c].name(language)} ({c})" if c in known else c for c in problem.candidates]
    values = {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": "" if problem.row is None else str(problem.row),
        "column": problem.column,
        "found": problem.found,
        "expected": problem.expected,
        "candidates": ", ".join(named),
    }
    texts = {part: t(f"problem.{problem.code}.{part}", language, **values) for part in ("text", "remedy")}
    return {**values, **texts}


def problem_lines(problem: Problem, language: str) -> list[str]:
    """A fault as lines of text: code, place, sentence, what was expected and found, remedy."""
    words = problem_words(problem, language)
    places = [words["file"]]
    places += [f"{t(f'report.{part}', language)} {words[part]}" for part in ("sheet", "row", "column") if words[part]]
    lines = [f"{problem.code} {' · '.join(place for place in places if place)}", f"  {words['text']}"]
    for part in ("expected", "found", "candidates", "remedy"):
        if words[part]:
            lines.append(f"  {t(f'report.{part}', language)}: {words[part]}")
    return lines


def print_problems(problems: Sequence[Problem], *, language: str, as_json: bool) -> None:
    """All faults on standard output, in the order found, with their number at the end."""
    if as_json:
        print_json({"problems": [problem_document(problem, language) for problem in problems]})
        return
    for problem in problems:
        print("\n".join(problem_lines(problem, language)))
    print(plural("report.faults", len(problems), language) if problems else t("report.no_faults", language))


def problem_document(problem: Problem, language: str) -> dict[str, object]:
    """A fault for another program: its fields, with sentence and remedy in one language."""
    words = problem_words(problem, language)
    return {**asdict(problem), "text": words["text"], "remedy": words["remedy"]}


def print_json(document: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def error_text(error: RiskMapError, language: str) -> str:
    """The sentence of a situation; a reason that is itself a word key is put into words."""
    values = {k: t(v, language) if k == "reason" and isinstance(v, str) else v for k, v in error.values.items()}
    return t(error.key, language, **values)


def say(key: str, language: str, **values: object) -> None:
    """One sentence on standard output."""
    print(t(key, language, **values))
