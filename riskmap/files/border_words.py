"""Changes of borders in words: between whom, and on which day or in which month or year."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from geo.areas import areas
from geo.borders import border_changes
from riskmap.analytics.views import Line, Story
from riskmap.domain.vocabulary import month_period, year_period
from riskmap.words import day, join, period, t


def border_name(subject: str, other: str, language: str) -> str:
    """The area whose border changed, and that on its other side where it is known."""
    name = areas()[subject].name(language)
    if not other:
        return name
    return t("border.with_other", language, area=name, other=areas()[other].name(language))


def border_names(stories: Sequence[Story], language: str) -> str:
    """The areas of several changes of one kind; of one that was told from both sides both are named once."""
    pairs = [(story.subject, story.other) for story in stories]
    said = [
        t("border.between", language, area=areas()[subject].name(language), other=areas()[other].name(language))
        if (other, subject) in pairs
        else border_name(subject, other, language)
        for place, (subject, other) in enumerate(pairs)
        if (other, subject) not in pairs[:place]
    ]
    return join(said, language)


def border_day(story: Story, language: str) -> str:
    """The day of a change; where only its month or year is known, that."""
    return _when(story.day, _latest(story.day, frozenset({story.subject, story.other})), language)


@lru_cache(maxsize=512)
def _latest(first: date, pair: frozenset[str]) -> date:
    """The last day on which a change can have been that is set to its first."""
    fits = [c.latest for c in border_changes() if c.day == first and {c.area, c.other} == pair]
    return max(fits, default=first)


def _when(first: date, latest: date, language: str) -> str:
    if first == latest:
        return day(first, language)
    if (first.year, first.month) == (latest.year, latest.month):
        return period(month_period(first.year, first.month), language)
    return period(year_period(first.year), language)


def joined_sentence(line: Line, borders: Iterable[Story], language: str) -> str:
    """Which areas a line of joined areas holds, and why: the days on which the borders between them changed."""
    between = [story for story in borders if {story.subject, story.other} <= set(line.members)]
    days = dict.fromkeys(border_day(story, language) for story in sorted(between, key=lambda story: story.day))
    names = [areas()[member].name(language) for member in line.members]
    return t("border.joined", language, areas=join(names, language), days=join(list(days), language))
