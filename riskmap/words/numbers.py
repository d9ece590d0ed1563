"""Numbers as each language writes them on screen; a file for other programs keeps plain numbers."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache, lru_cache
from numbers import Integral, Real
from typing import NamedTuple

from riskmap.words.languages import locale

MINUS = "\u2212"
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


class _Signs(NamedTuple):
    group: str
    decimal: str


@cache
def _signs(lang: str) -> _Signs:
    symbols = locale(lang).number_symbols["latn"]
    return _Signs(symbols["group"], symbols["decimal"])


def exact(value: object) -> Decimal:
    """The number with the digits in which it is usually read: 2.675 is 2.675, not the binary fraction beside it.

    Raises ValueError for what is no finite number, None included: a missing value has words of its own.
    """
    if type(value) is float and math.isfinite(value):  # most numbers, and quickly said
        return Decimal(repr(value))
    if isinstance(value, bool) or not isinstance(value, Real | Decimal) or not math.isfinite(value):
        raise ValueError(f"not a number to be written: {value!r}")
    if isinstance(value, Decimal):
        return value
    return Decimal(int(value)) if isinstance(value, Integral) else Decimal(repr(float(value)))


def number(value: object, lang: str, *, decimals: int = 0) -> str:
    """The number with `decimals` decimals and its thousands apart: "12 345,6" in kk and ru, "12,345.6" in en.

    Halves are rounded away from zero, as people do by hand. The space does not break, the minus is U+2212, and what
    rounds to zero has none. Raises ValueError for None, NaN and infinity.
    """
    return _number(value, lang, decimals)


# A page of districts writes some thousand numbers, and the same ones in table, map and sentence.
@lru_cache(maxsize=1 << 16, typed=True)
def _number(value: object, lang: str, decimals: int) -> str:
    rounded = _EXACT.quantize(exact(value), Decimal(1).scaleb(-decimals))
    return _in_signs(f"{abs(rounded):,f}", _signs(lang), negative=rounded < 0)


@lru_cache(maxsize=1 << 12, typed=True)
def as_given(value: object, lang: str) -> str:
    """The number with just the digits it has, in the signs of the language; no thousands apart, so it may be a year."""
    found = exact(value)
    return _in_signs(f"{abs(found):f}", _signs(lang), negative=found < 0)


def _in_signs(text: str, signs: _Signs, *, negative: bool) -> str:
    whole, _, fraction = text.partition(".")
    written = whole.replace(",", signs.group) + (signs.decimal + fraction if fraction else "")
    return MINUS + written if negative else written
