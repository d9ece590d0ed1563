"""Pieces of work measured in turn in one process, so that what else the machine does burdens all alike."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Final, Protocol, TypeVar

ROUNDS: Final = 5


class Measured(Protocol):
    """What a benchmark of a method finds: a dataclass that knows its limits."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def holds(self) -> bool:
        """Whether its limits are kept."""


Found = TypeVar("Found", bound=Measured)


def medians(works: Sequence[Callable[[], object]]) -> list[float]:
    """Seconds that each piece of work takes, in turn and in the other direction, after an unmeasured round."""
    taken: dict[Callable[[], object], list[float]] = {work: [] for work in works}
    for number in range(ROUNDS + 1):
        for work in works if number % 2 else works[::-1]:
            before = time.perf_counter()
            work()
            if number:
                taken[work].append(time.perf_counter() - before)
    return [statistics.median(taken[work]) for work in works]


def answered(what: str | None, run: Callable[[], Found], told: Callable[[Found], Iterable[str]]) -> int:
    """Measure, write what was found, as lines or with `--json` as one document; 0 where it holds, else 1."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args()
    result = run()
    sys.stdout.write((json.dumps(asdict(result)) if options.json else "\n".join(told(result))) + "\n")
    return 0 if result.holds else 1
