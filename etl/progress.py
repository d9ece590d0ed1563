"""How far a long command is: a bar on a terminal, plain lines or nothing in a log."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from etl.terminal import cut, display_width, spelled
from riskmap.words import t

Tell: TypeAlias = Callable[[int, int, str], None]

_ROUNDS: Final = 2  # each file is looked at, then its figures are read
_LONGEST_BAR: Final = 24
_SHORTEST_LINE: Final = 20


@contextmanager
def progress(language: str, *, is_quiet: bool = False, in_log: bool = False) -> Iterator[Tell | None]:
    """What is called with number, total and name of each file, in two rounds; None where nothing is to be shown.

    On a terminal one line of standard error is redrawn and taken away at the end. `in_log` asks for a line a file, in
    the first round, where standard error is no terminal.
    """
    if is_quiet or not (_is_terminal() or in_log):
        yield None
        return
    bar = _Bar(language) if _is_terminal() else None
    try:
        yield bar.draw if bar else _log_line(language)
    finally:
        if bar:
            bar.clear()


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _log_line(language: str) -> Tell:
    told: set[int] = set()

    def tell(number: int, total: int, name: str) -> None:
        if number in told:
            return
        told.add(number)
        sys.stderr.write(f"{t('progress.file', language, number=number, total=total, name=spelled(name))}\n")
        sys.stderr.flush()

    return tell


class _Bar:
    """A line that is drawn over itself; what was longer before is covered with spaces."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._drawn = 0
        self._steps = 0

    def draw(self, number: int, total: int, name: str) -> None:
        """Show the file that is read now as not yet done."""
        columns = max(_SHORTEST_LINE, shutil.get_terminal_size().columns - 1)
        length = min(_LONGEST_BAR, columns // 3)
        done = min(length, length * self._steps // (total * _ROUNDS))
        self._steps += 1
        text = t("progress.file", self._language, number=number, total=total, name=spelled(name))
        self._put(cut(f"[{'#' * done}{'.' * (length - done)}] {text}", columns))

    def clear(self) -> None:
        """Take the line away, so that what is printed next begins at its start."""
        self._put("")
        sys.stderr.write("\r")
        sys.stderr.flush()

    def _put(self, line: str) -> None:
        width = display_width(line)
        sys.stderr.write(f"\r{line}{' ' * max(0, self._drawn - width)}")
        sys.stderr.flush()
        self._drawn = width
