"""The XML of a sheet in one spelling: blocks of whole rows in which every row and cell first says where it stands."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from etl.readers.limits import MAX_ROWS, Clock, Refused, too_large
from riskmap.domain.errors import Problem

LAST_COLUMN: Final = 16_384  # of any spreadsheet
_LONGEST_ROW: Final = 16_000_000  # bytes
_ROW_END: Final = b"row>"
_OTHER_QUOTES: Final = (b"='", b" =", b"= ")
_ATTRIBUTE: Final = re.compile(rb"""\s+([\w:]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ELEMENT: Final = rb"""<%b(row|c)((?:\s+[\w:]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)(?=[\s/>])"""
_CELL: Final = re.compile(rb"([A-Za-z]{1,7})([0-9]{1,10})")
_ROW: Final = re.compile(rb"[0-9]{1,10}")


@dataclass(slots=True)
class Spelling:
    """Rewrites the rows of one sheet; it counts rows and cells, since those that follow each other need no number."""

    prefix: bytes  # `x:` of `<x:row>`, mostly none
    clock: Clock
    row: int = 0
    column: int = 0

    def usual(self, block: bytes) -> bytes:
        """The block without prefixes, each row and cell beginning with its place and each value in double quotes."""
        if self._is_usual(block):
            return block
        written = re.sub(_ELEMENT % re.escape(self.prefix), self._element, block)
        if self.prefix:
            written = written.replace(b"<" + self.prefix, b"<").replace(b"</" + self.prefix, b"</")
        return _ATTRIBUTE.sub(_attribute, written) if _has_other_quotes(written) else written

    def _is_usual(self, block: bytes) -> bool:
        rows, cells = (
            sum(block.count(b"<%b%b" % (name, end)) for end in (b" ", b">", b"/")) for name in (b"row", b"c")
        )
        placed = block.count(b'<row r="') == rows and block.count(b'<c r="') == cells
        return placed and not self.prefix and not _has_other_quotes(block)

    def _element(self, found: re.Match[bytes]) -> bytes:
        values = {name: one or other for name, one, other in _ATTRIBUTE.findall(found[2])}
        given = values.pop(b"r", b"")
        if found[1] == b"row":
            self.row = int(given) if _ROW.fullmatch(given) else self.row + 1
            self.column = 0
            place = b"%d" % self.row
        else:
            own = _CELL.fullmatch(given)
            self.column = column_number(own[1]) if own else self.column + 1
            place = given if own else b"%b%d" % (_letters(self.column), self.row)
        if self.row > MAX_ROWS or self.column > LAST_COLUMN:
            raise too_large(self.clock, self.row, self.column)
        rest = b"".join(b' %b="%b"' % pair for pair in values.items())
        return b'<%b r="%b"%b' % (found[1], place, rest)


def row_blocks(blocks: Iterable[bytes], clock: Clock) -> Iterator[bytes]:
    """The same bytes, cut behind the end of a row."""
    kept = b""
    for block in blocks:
        kept += block
        end = kept.rfind(_ROW_END) + len(_ROW_END)
        if end >= len(_ROW_END):
            yield kept[:end]
            kept = kept[end:]
        elif len(kept) > _LONGEST_ROW:
            raise Refused(Problem("F012", file=clock.file, found=str(len(kept)), expected=f"≤ {_LONGEST_ROW}"))
    yield kept


def column_number(letters: bytes) -> int:
    """Number of a column, A being 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> bytes:
    letters = b""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


def _has_other_quotes(block: bytes) -> bool:
    return any(mark in block for mark in _OTHER_QUOTES)


def _attribute(found: re.Match[bytes]) -> bytes:
    return b' %b="%b"' % (found[1], found[2] or found[3] or b"")
