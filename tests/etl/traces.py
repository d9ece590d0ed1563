"""Looks for numbers and texts in bytes of any kind: as people read them, as machines keep them, packed or not."""

import base64
import binascii
import gzip
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

# What may stand between the digits of one number, also as JSON, HTML and addresses have it.
_BETWEEN: Final = re.compile(
    rb"(?<=\d)(?:\xc2\xa0|\xe2\x80\xaf|[ ,.'_]|\\u00a0|\\u202f|&nbsp;|&#160;|%C2%A0|%E2%80%AF|%20|%2C)(?=\d)", re.I
)
_DIGITS: Final = re.compile(rb"\d{8,}")
_PACKED: Final = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")  # as plotly sends its arrays, among others
_KINDS: Final = ("<f8", ">f8", "<i8", ">i8")
_SURE: Final = 1 << 28  # from here on a number of protocol buffers has five bytes, which nothing has by chance
_DEEPEST: Final = 4


@dataclass(frozen=True)
class Wanted:
    """Numbers and texts that are looked for."""

    numbers: frozenset[float]
    texts: frozenset[str] = frozenset()

    def found_in(self, content: bytes) -> set[float | str]:
        """Which of them stand in the content, or in anything packed in it."""
        found: set[float | str] = set()
        for part in _unpacked(content):
            found |= self._numbers_in(part) | self._written_in(part)
            found |= {text for text in self.texts for kind in ("utf-8", "utf-16-le") if text.encode(kind) in part}
        return found

    @cached_property
    def _sorted(self) -> NDArray[np.float64]:
        return np.array(sorted(self.numbers), dtype=np.float64)

    @cached_property
    def _as_digits(self) -> dict[bytes, float]:
        """The digits of each number as a page shows it: whole, or to the first decimal."""
        decimals = {number: int(number != int(number)) for number in self.numbers}
        return {f"{number:.{of}f}".replace(".", "").encode(): number for number, of in decimals.items()}

    @cached_property
    def _as_varints(self) -> dict[bytes, float]:
        return {_varint(int(number)): number for number in self.numbers if number == int(number) >= _SURE}

    def _written_in(self, content: bytes) -> set[float | str]:
        """Runs of digits that hold a number: what is before and behind may belong to its neighbours, or be decimals."""
        runs = {run for text in (content, _BETWEEN.sub(b"", content)) for run in _DIGITS.findall(text)}
        known, sizes = self._as_digits, {len(digits) for digits in self._as_digits}
        windows = (run[at : at + size] for run in runs for size in sizes for at in range(len(run) - size + 1))
        coded = {number for code, number in self._as_varints.items() if code in content}
        return {*(known[window] for window in windows if window in known), *coded}

    def _numbers_in(self, content: bytes) -> set[float | str]:
        least, most = (self._sorted[0], self._sorted[-1]) if self.numbers else (1.0, 0.0)
        found: set[float] = set()
        for offset in range(8):
            size = (len(content) - offset) // 8
            for kind in _KINDS if size > 0 else ():
                values = np.frombuffer(content, kind, size, offset)
                found.update(map(float, values[(values >= least) & (values <= most)]))
        return set(found & self.numbers)


def _varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


def _unpacked(content: bytes, depth: int = 0) -> Iterator[bytes]:
    """The content, and the content of whatever is packed in it."""
    yield content
    encoded = list(_encoded(content))
    # Side by side, each from a place of its own: there are too many to look into one by one.
    yield b"".join(part + bytes(8 + -len(part) % 8) for part in encoded)
    for part in (content, *encoded):
        for within in (*_archived(part), *_compressed(part)):
            if depth < _DEEPEST:
                yield from _unpacked(within, depth + 1)


def _archived(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _compressed(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif content[:2] in (b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        yield zlib.decompress(content)


def _encoded(content: bytes) -> Iterator[bytes]:
    for run in _PACKED.findall(content.replace(b"\\/", b"/")):
        try:
            yield base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
        except binascii.Error:
            continue


def all_of(parts: Collection[bytes], wanted: Wanted) -> set[float | str]:
    """What stands in any of the parts; the same part is looked through once."""
    return {found for part in set(parts) for found in wanted.found_in(part)}
