"""Small phrases made of numbers and names: a share, an interval, a list."""

from collections.abc import Sequence

from riskmap.words.numbers import exact, number
from riskmap.words.texts import t


def percent(value: object, lang: str, *, decimals: int = 1) -> str:
    """A share of 1 in percent: 0.123 is "12,3 %" in kk and ru, "12.3%" in en."""
    return t("format.percent", lang, number=number(exact(value) * 100, lang, decimals=decimals))


def interval(lower: object, upper: object, lang: str, *, decimals: int = 1) -> str:
    """Both limits, "12,3–15,9"; with a negative one words or dots part them, since a dash would read as a minus.

    Raises ValueError where a limit is missing.
    """
    limits = [number(limit, lang, decimals=decimals) for limit in (lower, upper)]
    signed = any(not limit[0].isdigit() for limit in limits)
    key = "format.interval_signed" if signed else "format.interval"
    return t(key, lang, lower=limits[0], upper=limits[1])


def join(items: Sequence[str], lang: str) -> str:
    """The items as a list inside a sentence, "a, b and c"; empty for none.

    The Unicode locale data have no "and" before the last of three Kazakh items, and an English comma there.
    """
    if len(items) < 2:
        return "".join(items)
    return t("format.list", lang, first=", ".join(items[:-1]), last=items[-1])
