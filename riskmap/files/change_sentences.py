"""A change of a published figure in plain words: which figure, where, and what changed with it."""

from collections.abc import Iterator, Sequence
from typing import Final

from riskmap.analytics.change_views import Correction, PeopleChange, Revision, Side
from riskmap.domain.vocabulary import CellStatus, Period
from riskmap.files import sentences
from riskmap.words import period, plural, t

_MOST_PERIODS: Final = 4


def figure_words(revision: Revision, language: str) -> str:
    """The indicator, its category and what one unit of its rate is."""
    item = revision.indicator
    words = [item.words[language]["name"], sentences.cut_words(revision.breakdown, revision.category, language)]
    if sentences.has_rate(item):
        words.append(sentences.rate_label(revision, language))
    return ", ".join(filter(None, words))


def place_name(revision: Revision, language: str) -> str:
    """The area; a district with its region beside it."""
    name = revision.place.name(language)
    if revision.above is None:
        return name
    return t("chart.area_in_region", language, area=name, region=revision.above.name(language))


def side_count(side: Side, language: str) -> str:
    """The number before or after, or why there was none."""
    if side.status is not CellStatus.VALUE:
        return t(f"status.{side.status}", language)
    return sentences.count_text(side, language)


def followers_text(correction: Correction, language: str) -> str:
    """Periods of the area itself that changed with a correction, then other areas; areas of the same periods together.

    Nothing is named that is not told to have changed: what is hidden has not.
    """
    own = correction.revision.place.area
    names: dict[tuple[bool, tuple[Period, ...]], list[str]] = {}
    for follower in correction.followers:
        key = follower.place.area == own, follower.periods
        names.setdefault(key, []).append(follower.place.name(language))
    return "; ".join(_followers(names, language))


def _followers(names: dict[tuple[bool, tuple[Period, ...]], list[str]], language: str) -> Iterator[str]:
    for (is_own, periods), areas in names.items():
        text = _periods(periods, language)
        yield text if is_own else t("changes.also", language, areas=", ".join(areas), periods=text)


def _periods(periods: Sequence[Period], language: str) -> str:
    """The first periods; of those since 1 January there may be one for every month that came after."""
    words = [period(span, language) for span in periods[:_MOST_PERIODS]]
    more = len(periods) - len(words)
    return ", ".join([*words, *([plural("changes.more_periods", more, language)] if more else [])])


def people_text(change: PeopleChange, language: str) -> str:
    """Of how many figures of an indicator only the people at risk changed."""
    return plural("changes.people", change.figures, language, indicator=change.indicator.words[language]["name"])
