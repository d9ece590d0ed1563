"""The look into bytes of which nobody tells what they are: runs of letters and digits in the usual encodings."""

import re
from collections.abc import Iterator
from typing import Final

from etl.privacy.personal import NAME, NUMBER, TELEPHONE, Codes

_NARROW: Final = re.compile(rb"[\x20-\x7e\xa0\xa3\xa8\xaf\xb2-\xb4\xb8\xba\xbc-\xff]{8,}")
_WIDE: Final = re.compile(rb"(?:[\x20-\x7e\xa0]\x00|[\x00-\xff]\x04|[\x10-\x27]\x20){8,}")
_TOLD: Final = frozenset({NUMBER, NAME, TELEPHONE})


def personal_runs(content: bytes, codes: Codes) -> set[str]:
    """The codes of numbers, names and telephones that stand in bytes as text."""
    runs = set(_runs(content))
    return {code for run in runs for code in codes[run]} & _TOLD


def _runs(content: bytes) -> Iterator[str]:
    for run in _WIDE.findall(content):
        yield run.decode("utf-16-le", "replace")
    for run in _NARROW.findall(content):
        yield run.decode("cp1251", "replace")
        if not run.isascii():
            yield run.decode("utf-8", "replace")
