"""Faults as a table for the operator: by file, then by what they do to the load; each remedy once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from etl.privacy.look import PLACE_WORDS
from etl.report import print_json, print_lines, problem_document, problem_words
from etl.terminal import display_width, has_colour, padded, spelled, styled, terminal_width, wrapped
from riskmap.domain.errors import Problem, Severity
from riskmap.words import plural, t

# Faults whose candidates are areas to choose from; those of all others are the areas concerned.
_OF_A_CHOICE: Final = frozenset({"A001", "A002", "A003", "A007"})
_LETTERS: Final = re.compile(r"[A-Z]{1,3}")
_INDENT: Final = "    "
_NARROWEST_TEXT: Final = 30  # columns; where less is left, the text stands below its place


@dataclass(frozen=True, slots=True)
class Look:
    """How the table is drawn: language, columns of the terminal (None: lines as long as they are), colours."""

    language: str
    width: int | None = None
    is_coloured: bool = False


def fault_table(problems: Sequence[Problem], look: Look, *, confirmed: Sequence[Problem] = ()) -> list[str]:
    """The lines of all faults, and at the end how many of each kind there are."""
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.file, []).append(problem)
    lines: list[str] = []
    for file, found in files.items():
        lines += [*_file_lines(file, found, look, confirmed=confirmed), ""]
    return [*lines, *wrapped(count_line(problems, look.language, confirmed=confirmed), look.width)]


def count_line(problems: Sequence[Problem], language: str, *, confirmed: Sequence[Problem] = ()) -> str:
    """How many faults of each kind there are, in words; that there are none where nothing is in the way."""
    counts = counts_text(problems, language, confirmed=confirmed)
    if any(problem.severity is not Severity.NOTE for problem in problems):
        return counts
    return " · ".join(filter(None, [t("report.no_faults", language), counts]))


def counts_text(problems: Sequence[Problem], language: str, *, confirmed: Sequence[Problem] = ()) -> str:
    """How many faults of each kind there are, in words; empty for none."""
    numbers = severity_counts([problem for problem in problems if problem not in confirmed])
    parts = [plural(f"report.count.{severity}", n, language) for severity, n in numbers.items() if n]
    if confirmed:
        parts.append(plural("report.count.confirmed", len(confirmed), language))
    return " · ".join(parts)


def severity_counts(problems: Sequence[Problem]) -> dict[Severity, int]:
    """How many faults of each severity there are, the gravest first."""
    return {severity: sum(p.severity is severity for p in problems) for severity in Severity}


def _file_lines(file: str, problems: Sequence[Problem], look: Look, *, confirmed: Sequence[Problem]) -> Iterator[str]:
    name = spelled(file) or t("report.all_files", look.language)
    yield from (styled(line, "bold", is_coloured=look.is_coloured) for line in wrapped(name, look.width))
    told = {problem: problem_words(problem, look.language) for problem in problems}
    places = max((display_width(_place(problem, look.language)) for problem in problems), default=0)
    for severity in Severity:
        of_kind = [problem for problem in problems if problem.severity is severity]
        if of_kind:
            kind = t(f"severity.{severity}", look.language)
            yield styled(f"  {kind[0].upper()}{kind[1:]}: {len(of_kind)}", severity, is_coloured=look.is_coloured)
        for problem in of_kind:
            is_confirmed = problem in confirmed
            yield from _rows(problem, told[problem], look, places=places, is_confirmed=is_confirmed)
    yield f"  {t('report.remedy', look.language)}"
    gravest_first = sorted(problems, key=lambda problem: list(Severity).index(problem.severity))
    remedies = dict.fromkeys((problem.code, told[problem]["remedy"]) for problem in gravest_first)
    for code, remedy in remedies:
        yield from _hung(f"{_INDENT}{code}  ", remedy, look.width)


def _rows(problem: Problem, words: Mapping[str, str], look: Look, *, places: int, is_confirmed: bool) -> Iterator[str]:
    """Code, place and sentence; below the sentence what was expected and found."""
    place = _place(problem, look.language)
    texts = [f"{words['text']} ({t('report.confirmed', look.language)})" if is_confirmed else words["text"]]
    for part in ("expected", "found", "candidates"):
        if words[part]:
            texts.append(f"{t(_label(problem, part), look.language)}: {spelled(words[part])}")
    head = f"{_INDENT}{problem.code}  {padded(place, places)}{'  ' if places else ''}"
    if look.width is not None and look.width - display_width(head) < _NARROWEST_TEXT:
        yield from _hung(f"{_INDENT}{problem.code}  ", place, look.width)
        head = _INDENT * 2
    for text in texts:
        yield from _hung(head, text, look.width)
        head = " " * display_width(head)


def _label(problem: Problem, part: str) -> str:
    """The key of what stands before a part of a fault; of data on persons that is the kind of place and the size."""
    if problem.expected.startswith(PLACE_WORDS):
        return f"privacy.label.{part}"
    return "report.area" if part == "candidates" and problem.code not in _OF_A_CHOICE else f"report.{part}"


def _hung(head: str, text: str, width: int | None) -> Iterator[str]:
    """A text beside its head, its further lines below its beginning."""
    start = display_width(head)
    for line in wrapped(text, None if width is None else max(width - start, 1)):
        yield f"{head}{line}".rstrip()
        head = " " * start


def _place(problem: Problem, language: str) -> str:
    """Sheet and cell as a spreadsheet names them; the column of a table by its heading."""
    is_cell = problem.sheet and problem.row is not None and _LETTERS.fullmatch(problem.column)
    parts = [problem.sheet]
    if is_cell:
        parts.append(f"{problem.column}{problem.row}")
    else:
        parts.append("" if problem.row is None else f"{t('report.row', language)} {problem.row}")
        parts.append(f"{t('report.column', language)} {problem.column}" if problem.column else "")
    return spelled(" · ".join(filter(None, parts)))


def print_problems(
    problems: Sequence[Problem], *, language: str, as_json: bool, confirmed: Sequence[Problem] = ()
) -> None:
    """All faults and notes on standard output: as a table for people, or as one document."""
    if as_json:
        print_json(problems_document(problems, language))
    else:
        print_lines(fault_table(problems, look_of_output(language), confirmed=confirmed))


def look_of_output(language: str) -> Look:
    """As wide and as coloured as standard output allows."""
    return Look(language, terminal_width(), has_colour())


def problems_document(problems: Sequence[Problem], language: str) -> dict[str, object]:
    """The faults for another program, and how many of each severity there are."""
    shown = [problem_document(problem, language) for problem in problems]
    return {"problems": shown, "counts": severity_counts(problems)}
