"""The axis of periods: short words under it, few enough that they fit a narrow screen."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from riskmap.domain.vocabulary import SCHOOL_MONTHS, Grain, Period
from riskmap.words import t
from riskmap.words.languages import locale

NARROWEST: Final = 262  # of the plot on the narrowest screen, in pixels
_LETTER: Final = 6.2
_GAP: Final = 8
_LEAST_MARGIN: Final = 14
# Months that a reader expects under an axis, from many to few: of a year, and of a year of lessons.
_MONTHS: Final = (frozenset(range(1, 13)), frozenset({1, 3, 5, 7, 9, 11}), frozenset({1, 4, 7, 10}), frozenset({1, 7}))
_SCHOOL_MONTHS: Final = (frozenset(SCHOOL_MONTHS), frozenset({9, 11, 1, 3, 5}), frozenset({9, 1}))
_JANUARY: Final = frozenset({1})
# In Kazakh the form of a month that stands alone has a capital letter.
_FORM: Final = {"kk": "format", "ru": "stand-alone", "en": "stand-alone"}


def ticks(periods: Sequence[Period], language: str, *, width: float = NARROWEST) -> tuple[list[int], list[str]]:
    """Places on the axis, counted from 0, and their texts in one or two lines."""
    shown = next(places for places in _choices(periods) if _fits(periods, places, language, width))
    return shown, _texts([periods[place] for place in shown], language)


def overhang(periods: Sequence[Period], language: str) -> int:
    """Pixels beside the plot that the text under the last period needs on the narrowest screen."""
    places, texts = ticks(periods, language)
    beyond = max(map(len, texts[-1].split("<br>"))) * _LETTER / 2 - (len(periods) - 0.5 - places[-1]) * NARROWEST / len(
        periods
    )
    return max(_LEAST_MARGIN, math.ceil(beyond))


def _fits(periods: Sequence[Period], places: Sequence[int], language: str, width: float) -> bool:
    """Whether the texts at these places stand clear of each other on a plot so wide."""
    least = min((other - one for one, other in pairwise(places)), default=len(periods))
    return _width(periods, places, language) <= least * width / len(periods)


def _choices(periods: Sequence[Period]) -> Iterator[list[int]]:
    """Places to show, from all of them to few."""
    every = list(range(len(periods)))
    if periods[0].grain is Grain.MONTH:
        is_whole = any(period.start.month not in SCHOOL_MONTHS for period in periods)
        for months in (*(_MONTHS if is_whole else _SCHOOL_MONTHS), _JANUARY):
            found = [place for place in every if periods[place].start.month in months]
            if len(found) > 1:
                yield found
    elif periods[0].grain is Grain.QUARTER:
        yield every
        yield [place for place in every if periods[place].start.month in (1, 7)]
        every = [place for place in every if periods[place].start.month == 1] or every
    for step in range(1, len(every) + 1):
        yield every[::-1][::step][::-1]


def _width(periods: Sequence[Period], places: Sequence[int], language: str) -> float:
    lines = [line for text in _texts([periods[place] for place in places], language) for line in text.split("<br>")]
    return max(len(line) for line in lines) * _LETTER + _GAP


def _texts(periods: Sequence[Period], language: str) -> list[str]:
    """Parts of a year with the year under the first one of each year."""
    pairs = [_SHORT[period.grain](period, language) for period in periods]
    before = ["", *(year for _, year in pairs)]
    return [_two_lines(part, year if year != last else "") for (part, year), last in zip(pairs, before, strict=False)]


def _two_lines(part: str, year: str) -> str:
    return "<br>".join(text for text in (part, year) if text)


def _month(month: int, language: str) -> str:
    return str(locale(language).months[_FORM[language]]["abbreviated"][month])


def _of_month(period: Period, language: str) -> tuple[str, str]:
    return _month(period.start.month, language), str(period.start.year)


def _of_quarter(period: Period, language: str) -> tuple[str, str]:
    return t("tick.quarter", language, number=(period.start.month + 2) // 3), str(period.start.year)


def _of_half_year(period: Period, language: str) -> tuple[str, str]:
    return t("tick.half_year", language, number=1 if period.start.month == 1 else 2), str(period.start.year)


def _of_years(period: Period, language: str) -> tuple[str, str]:
    return period.code.replace("-", "–<br>"), ""


def _since(period: Period, language: str) -> tuple[str, str]:
    months = [_month(day.month, language) for day in (period.start, period.end)]
    years = dict.fromkeys(str(day.year) for day in (period.start, period.end))
    return "–".join(dict.fromkeys(months)), "–".join(years)


_SHORT: Final[dict[Grain, Callable[[Period, str], tuple[str, str]]]] = {
    Grain.MONTH: _of_month,
    Grain.QUARTER: _of_quarter,
    Grain.HALF_YEAR: _of_half_year,
    Grain.YEAR: _of_years,
    Grain.SCHOOL_YEAR: _of_years,
    Grain.THREE_YEARS: _of_years,
    Grain.YTD: _since,
    Grain.SCHOOL_YTD: _since,
}


def place_of(periods: Sequence[Period], day: date) -> float | None:
    """Where a day lies on the axis, on which each period is 1 wide about its place; None outside it."""
    for place, period in enumerate(periods):
        if period.start <= day <= period.end:
            return place - 0.5 + (day - period.start).days / period.days
    for place, (one, other) in enumerate(pairwise(periods)):
        if one.end < day < other.start:
            return place + 0.5
    return None
