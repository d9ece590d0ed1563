"""What texts around a table say of its numbers that makes them no counts: rates, growth, plans, thousands."""

import re
from functools import lru_cache
from typing import Final

from etl.spreadsheet.words import is_bare_share, is_percent, is_thousand, is_unit
from etl.tidy.folding import plain

_SIGNS: Final = (("%", " percent "), ("‰", " promille "), ("+/-", " change "), ("+/−", " change "), ("±", " change "))


def _any(*patterns: str) -> str:
    """One pattern of several, the letters of each as texts are folded; escapes stay as they are."""
    parts = (re.split(r"(\\.)", pattern) for pattern in patterns)
    return "|".join("".join(p if p.startswith("\\") else _folded(p) for p in pieces) for pieces in parts)


def _folded(piece: str) -> str:
    """Folding takes the spaces around a text away: here they count."""
    head, tail = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
    return f"{head}{plain(piece)}{tail}" if piece.strip() else piece


_ROUND: Final = r"1(?:0{2,}\b|0{0,2}(?: 0{3})+\b|0* ?тыс|0* ?мын)"
_RATE: Final = re.compile(
    _any("‰", r"\bпромилле\b", r"в расчете на\b", r"шаққанда", r"\bper 1,?0{2,}\b", r"\bper thousand\b")
    + rf"|\bна (?:каждые )?{_ROUND}"
)
_GROWTH: Final = re.compile(
    _any(r"\+ ?/ ?[-−–]", "±", r"\bтемп\w* (?:роста|прироста)", r"\bприрост\w*", r"\bөсу қарқыны", r"\bgrowth\b")
    + "|"
    + _any(
        r"\bизменени\w* (?:к|по сравнению|относительно)\b", r"(?:\bв|%) к прошлому\b", r"\bchange (?:from|since|on)\b"
    )
)
_MILLION: Final = re.compile(_any(r"\bмлн\b", r"\bмиллион\w*", r"\bmln\b", r"\bmillions?\b"))
_PLAN_WORDS: Final = _any("план", "прогноз", "жоспар", "болжам", "plan", "planned", "forecast")
# A plan in running text may be one of anything; here it says what the numbers are.
_PLAN: Final = re.compile(rf"^\W*(?:{_PLAN_WORDS})\b(?:\W+\w+){{0,3}}\W*$|[(,:;–—-]\s*(?:{_PLAN_WORDS})\W*$")
_PERCENT_LINE: Final = re.compile(r"^\W*(?:в )?%|[,(:] ?(?:в )?%\W*$")
_IN_UNIT: Final = re.compile(
    _any(r"\bв тыс\b", r"\bв тысячах\b", r"\bin thousands?\b", r"(?<!\d)(?<!\d )\bмың\w*", r"\bв млн\b", r"\bв %")
    + "|"
    + _any(r"\bв процентах\b", r"\bв миллионах\b", r"\bin millions?\b")
)


def has_sign(text: str) -> bool:
    """Whether a text has a sign that is lost where only letters and digits are compared."""
    return any(sign in text for sign, _ in _SIGNS)


def with_signs_told(text: str) -> str:
    """The text with words for these signs."""
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    return text


@lru_cache(maxsize=1 << 14)
def is_million(text: str) -> bool:
    """Whether a text speaks of millions."""
    return _MILLION.search(plain(text)) is not None


@lru_cache(maxsize=1 << 14)
def is_rate(text: str) -> bool:
    """Whether a text speaks of numbers for each thousand."""
    return _RATE.search(plain(text)) is not None


@lru_cache(maxsize=1 << 14)
def is_no_record(text: str) -> bool:
    """Whether a text says that numbers are planned, or how others have changed."""
    folded = plain(text)
    return _GROWTH.search(folded) is not None or _PLAN.search(folded) is not None


def is_other_unit(text: str) -> bool:
    """Whether a heading or label says anything of its numbers that makes them no plain counts."""
    return is_thousand(text) or is_percent(text) or is_million(text) or is_rate(text) or is_no_record(text)


def is_unit_line(text: str) -> bool:
    """Whether a line above a table, or the name of its sheet, says so of all of its numbers."""
    is_share = is_bare_share(text) or (is_unit(text) and is_percent(text)) or _PERCENT_LINE.search(plain(text))
    return bool(is_share) or is_thousand(text) or is_million(text) or is_rate(text) or is_no_record(text)


def is_unit_note(text: str) -> bool:
    """Whether a remark below a table says so; one that only mentions thousands does not."""
    parts = (text, *text.split(":")[1:])
    return _IN_UNIT.search(plain(text)) is not None or any(_is_lone_unit(part) for part in parts)


def _is_lone_unit(text: str) -> bool:
    return is_unit(text) and is_other_unit(text) and not any(map(str.isdigit, text))


def fits_scale(text: str, *, scale: int, is_measure: bool) -> bool:
    """Whether numbers of the unit that a text tells are those that a declaration with this scale expects."""
    is_of_thousands = is_thousand(text) and not is_rate(text)
    if (is_of_thousands and scale == 1) or (is_million(text) and scale != 1_000_000):
        return False
    is_of_share = is_percent(text) and not is_of_thousands
    return not (is_of_share or is_no_record(text) or (is_rate(text) and not is_measure))
