"""Pieces of work measured in turn in one process, so that what else the machine does burdens all alike."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final

ROUNDS: Final = 5


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
