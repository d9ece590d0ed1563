"""Words, numbers, dates and order of names in Kazakh, Russian and English; plain text, ready for any screen or file."""

from riskmap.words.dates import day, month_name, period
from riskmap.words.languages import language
from riskmap.words.numbers import number
from riskmap.words.phrases import interval, join, percent
from riskmap.words.sorting import sort_key
from riskmap.words.texts import MissingWord, plural, t

__all__ = [
    "MissingWord",
    "day",
    "interval",
    "join",
    "language",
    "month_name",
    "number",
    "percent",
    "period",
    "plural",
    "sort_key",
    "t",
]
