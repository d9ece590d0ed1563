"""How much of a file is looked at before it is refused, each limit told once; and the clock of one reading."""

import time
from dataclasses import dataclass, field
from typing import Final

from riskmap.domain.errors import Problem

MAX_SECONDS: Final = 60.0  # of reading one file
MAX_UNPACKED: Final = 500_000_000  # bytes of all parts of a workbook together
MAX_UNPACKED_RATIO: Final = 200  # unpacked bytes to packed bytes
MAX_PARTS: Final = 10_000  # parts of a workbook
MAX_SHEETS: Final = 500
MAX_ROWS: Final = 1_048_576  # that is the last row of a spreadsheet
MAX_COLUMNS: Final = 5_000
MAX_CELLS: Final = 10_000_000  # from A1 to the last value of one sheet
MAX_STYLES: Final = 65_490  # cell formats, as many as a spreadsheet can have
MAX_TEXT: Final = 32_767  # characters of one cell
MAX_NAME: Final = 200  # bytes of a file name


class Refused(Exception):  # noqa: N818
    """Ends the reading of a file at the first fault after which nothing else can be told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Clock:
    """The time left for one file."""

    file: str
    seconds: float = MAX_SECONDS
    start: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left, at least none."""
        return max(self.start + self.seconds - time.monotonic(), 0.0)

    @property
    def fault(self) -> Problem:
        """What is told of a file whose time is over."""
        return Problem("F016", file=self.file, expected=f"≤ {self.seconds:g} s")

    def check(self) -> None:
        """Refuse the file once its time is over."""
        if not self.left:
            raise Refused(self.fault)


def too_large(clock: Clock, rows: int, columns: int) -> Refused:
    """The refusal of a sheet beyond the limits."""
    expected = f"≤ {MAX_ROWS} × {MAX_COLUMNS}, ≤ {MAX_CELLS}"
    return Refused(Problem("F012", file=clock.file, found=f"{rows} × {columns}", expected=expected))


def megabytes(size: float) -> str:
    """A number of bytes as a fault tells it."""
    return f"{size / 1_000_000:.1f} MB"
