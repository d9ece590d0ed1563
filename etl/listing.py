"""How many faults of one kind are listed: the first ones of a file show what is wrong, the rest is a number."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from riskmap.domain.errors import Problem, Severity

MOST_LISTED: Final = 200  # of one code in one file


def listed(problems: Iterable[Problem]) -> list[Problem]:
    """The first faults of each code, in order, and after them one for each code of which there are more."""
    kept: list[Problem] = []
    found: Counter[tuple[str, Severity]] = Counter()
    for problem in problems:
        kind = (problem.code, problem.severity)
        found[kind] += 1
        if found[kind] <= MOST_LISTED:
            kept.append(problem)
    more = {kind: number for kind, number in found.items() if number > MOST_LISTED}
    return [*kept, *(unlisted(code, number, severity=severity) for (code, severity), number in more.items())]


def unlisted(code: str, number: int, *, severity: Severity = Severity.STOP) -> Problem:
    """What is told in place of the faults of a code beyond those listed; `number` is how many there are in all."""
    return Problem("F008", found=f"{code}: {number - MOST_LISTED}", severity=severity)


def counted(problems: Iterable[Problem]) -> dict[tuple[str, Severity], int]:
    """How many faults of each code and severity there are in a file, those beyond the ones that are listed included."""
    found: Counter[tuple[str, Severity]] = Counter()
    for problem in problems:
        code, _, more = problem.found.partition(": ") if problem.code == "F008" else (problem.code, "", "1")
        found[code, problem.severity] += int(more)
    return dict(found)
