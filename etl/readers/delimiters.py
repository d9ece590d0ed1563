"""Which character parts the columns of a delimited text, told by how evenly each one parts its lines."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

COMMA: Final = ","
DELIMITERS: Final = ("\t", ";", "|", COMMA)
_SAMPLE: Final = 200_000  # characters
_QUOTED: Final = re.compile(r'"[^"]*"')
_TOLD: Final = re.compile(r"\ufeff?sep=([\t;|,])(?:\r\n|\r|\n|$)", re.IGNORECASE)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def told_delimiter(text: str) -> tuple[str, int] | None:
    """The delimiter that a first line `sep=;` tells, and where the text after it begins."""
    told = _TOLD.match(text)
    return (told[1], told.end()) if told else None


def delimiter(text: str) -> str:
    """The character that parts most lines into the same number of columns; the comma of a text with one column.

    What stands in quotes does not count. Of two that do equally well the comma is not taken, for it also stands in
    decimal numbers and in sentences.
    """
    lines = _lines(text)
    scores = {mark: _evenness(lines, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: (scores[mark][0], mark != COMMA, scores[mark][1]))
    return best if scores[best][0] else COMMA


def _lines(text: str) -> Sequence[str]:
    sample = text[:_SAMPLE]
    lines = _LINE_END.split(_QUOTED.sub("x", sample))
    cut = lines[:-1] if len(sample) < len(text) and len(lines) > 1 else lines
    return [line for line in cut if line.strip(" ")]


def _evenness(lines: Sequence[str], mark: str) -> tuple[float, int]:
    """The share of the lines with the usual number of marks above none, and that number."""
    counted = Counter(filter(None, (line.count(mark) for line in lines)))
    if not counted:
        return 0.0, 0
    usual, times = max(counted.items(), key=lambda pair: (pair[1], pair[0]))
    return times / len(lines), usual
