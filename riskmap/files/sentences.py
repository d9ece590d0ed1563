"""A view in plain words: titles, the sentence beside a map, the text of one area, the labels of the legend."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

from geo.areas import areas
from riskmap.analytics.attention_views import AttentionRow
from riskmap.analytics.change_views import Revision, Side
from riskmap.analytics.quality_views import ReceiptFigure
from riskmap.analytics.views import (
    AreaRow,
    Coarser,
    HeatView,
    Line,
    MapView,
    PairRow,
    Part,
    PartsRow,
    PartsView,
    Point,
    Story,
    TrendPanel,
)
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, LANGUAGES, CellStatus
from riskmap.words import day, interval, join, number, period, plural, sort_key, t

# Whatever is of one indicator, one figure of it, and an area with its names.
Figures: TypeAlias = MapView | TrendPanel | PairRow | PartsView | HeatView | ReceiptFigure | Revision
Shown: TypeAlias = AreaRow | Point
Named: TypeAlias = AreaRow | Line | PartsRow | AttentionRow
Place = TypeVar("Place", AreaRow, Line, PartsRow, AttentionRow)

# How much of what was owed is in a sum: areas that reported; of joined areas those whose own figures are complete.
_UNITS: Final = {"country": "border.complete", "region": "status.parts", "joined": "border.complete"}
# After a number in a table that was corrected after it was first published.
REVISED: Final = "*"


def has_rate(item: Indicator) -> bool:
    """Whether a rate or share is formed; where not, the number itself is shown."""
    return bool(item.population) and item.interval != "none"


def rate_label(view: Figures, language: str) -> str:
    """What one unit of the value is: per how many of whom."""
    return _per(view.indicator.population, view.indicator.multiplier, language)


@lru_cache(maxsize=256)
def _per(population: str, multiplier: int, language: str) -> str:
    return t(f"rate.per.{population}", language, multiplier=number(multiplier, language))


def value_label(view: Figures, language: str) -> str:
    """What is shown: the rate with its unit, or the number where no rate is formed."""
    item = view.indicator
    return rate_label(view, language) if has_rate(item) else t(f"unit.{item.unit}.heading", language)


def cut_words(breakdown: str, category: str, language: str) -> str:
    """The category shown, or nothing for the total."""
    return "" if breakdown == ALL else t(f"category.{breakdown}.{category}", language)


def cut_label(view: MapView, language: str) -> str:
    """The category that a map shows, or nothing for the total."""
    return cut_words(view.request.breakdown, view.request.category, language)


def title(view: MapView, language: str) -> str:
    """What, where and when of a map."""
    return _title(view, cut_label(view, language), period(view.request.period, language), language=language)


def panel_title(panel: TrendPanel | HeatView, language: str) -> str:
    """What a panel of trends shows, and by which periods."""
    cut = cut_words(panel.breakdown, panel.category, language)
    return _title(panel, cut, t(f"by_grain.{panel.grain}", language), language=language)


def heat_title(view: HeatView, language: str) -> str:
    """What a picture of areas by periods shows."""
    return panel_title(view, language)


def parts_title(view: PartsView, language: str) -> str:
    """Which whole is shown in parts, by what, and when."""
    by = join([t(f"by_breakdown.{part}", language) for part in view.request.breakdown.split("*")], language)
    return _title(view, by, period(view.request.period, language), language=language)


def _title(view: Figures, *parts: str, language: str) -> str:
    return ", ".join(part for part in (view.indicator.words[language]["name"], *parts) if part)


def in_order(places: Sequence[Place], language: str) -> list[Place]:
    """The areas in alphabetical order of the language, what regions hold outside districts last."""

    def key(place: Place) -> tuple[bool, object]:
        return areas()[place.area].kind == "remainder", sort_key(place.name(language), language)

    return sorted(places, key=key)


def place_names(places: Sequence[Named], language: str) -> dict[str, str]:
    """Name of each area by its code; districts of different regions have that of their region beside it."""
    # Joined areas are named by all of their members, and may lie in several regions.
    known = [areas()[place.area] for place in places if place.area in areas()]
    regions = {area.id: area.parent for area in known if area.kind == "district"}
    if len(set(regions.values())) < 2:
        return {place.area: place.name(language) for place in places}
    return {place.area: _with_region(place, regions.get(place.area), language) for place in places}


def _with_region(place: Named, region: str | None, language: str) -> str:
    if region is None:
        return place.name(language)
    return t("chart.area_in_region", language, area=place.name(language), region=areas()[region].name(language))


def value_text(view: Figures, row: Shown, language: str) -> str:
    """The rate to the indicator's decimals, or the word for why there is none."""
    if row.status is not CellStatus.VALUE:
        return t(f"status.{row.status}", language)
    if math.isnan(row.value):
        return t("value.no_rate", language) if has_rate(view.indicator) else count_text(row, language)
    return number(row.value, language, decimals=view.indicator.decimals)


def rate_text(view: Figures, row: Shown | Side, language: str) -> str:
    """The rate to the indicator's decimals, or nothing where there is none."""
    is_known = row.status is CellStatus.VALUE and not math.isnan(row.value)
    return number(row.value, language, decimals=view.indicator.decimals) if is_known else ""


def reasons(view: Figures, row: Shown, language: str) -> list[str]:
    """Why there is no rate: the state, or that the people at risk are not known."""
    if row.status is not CellStatus.VALUE:
        return [t(f"status.{row.status}", language)]
    return [t("value.no_rate", language)] if has_rate(view.indicator) and math.isnan(row.value) else []


def count_text(row: Shown | Side, language: str) -> str:
    """The count, or nothing where none is shown."""
    return "" if row.status is not CellStatus.VALUE or math.isnan(row.count) else number(row.count, language)


def interval_text(view: Figures, row: Shown, language: str) -> str:
    """The 95 % interval, or nothing where there is no rate."""
    if row.status is not CellStatus.VALUE or math.isnan(row.lower) or math.isnan(row.upper):
        return ""
    return interval(row.lower, row.upper, language, decimals=view.indicator.decimals)


def marks(view: MapView, row: AreaRow, language: str) -> list[str]:
    """Words that qualify a shown value: provisional, few events, parts missing, a border that changed."""
    return [*qualities(row, language, level=row.level), *_border_marks(view.stories, row.area, language)]


def flagged(text: str, row: Shown | Part | PartsRow) -> str:
    """A number in a table, with a mark where it was corrected after it was first published."""
    return f"{text}{REVISED}" if text and row.revised else text


def qualities(row: Shown, language: str, *, level: str) -> list[str]:
    """Words that qualify one value: provisional, few events, corrected, and how much of what was owed is in it.

    That of a district is counted in reports of schools and divisions, that of a larger area in areas.
    """
    words = []
    if row.status is CellStatus.VALUE:
        words += [t("status.provisional", language)] if row.is_provisional else []
        words += [t("status.unstable", language)] if row.is_unstable else []
        words += [t("mark.revised", language, day=day(row.revised, language))] if row.revised else []
    # Of joined areas that are not comparable some had figures, which only could not be added.
    is_counted = level != "joined" or row.status is not CellStatus.NOT_COMPARABLE
    known = row.units_reported if is_counted else None
    if row.units_expected and known is not None and known < row.units_expected:
        words.append(_reported_words(level, row, known, language))
    return words


def _reported_words(level: str, row: Shown | Coarser, known: int, language: str) -> str:
    key = _UNITS.get(level, "status.reports")
    return t(key, language, reported=known, expected=row.units_expected)


def shown_for(item: Indicator, row: Shown, language: str) -> str:
    """What of a hidden figure is shown coarser, with its number; nothing where none is."""
    found = row.coarser
    if found is None:
        return ""
    what = [found.names[LANGUAGES.index(language)]] if found.is_above else []
    what += [t("hidden.total", language)] if found.is_total else []
    what += [period(found.period, language)] if found.is_longer else []
    notes = [t("status.provisional", language)] if found.is_provisional else []
    if found.lacks_parts and found.units_reported is not None:
        notes.append(_reported_words(found.level, found, found.units_reported, language))
    value = plural(f"unit.{item.unit}", found.count, language)
    value += f" ({'; '.join(notes)})" if notes else ""
    return t("hidden.shown_for", language, what=", ".join(what), value=value)


def _border_marks(stories: Sequence[Story], area: str, language: str) -> list[str]:
    # A border may have changed with several areas on one day: that is said once.
    own = dict.fromkeys((found.story, found.day) for found in stories if (found.axis, found.subject) == ("area", area))
    return [t(story.replace("break.", "mark."), language, day=day(when, language)) for story, when in own]


def area_text(view: MapView, row: AreaRow, language: str) -> str:
    """One area in one line: name, value with its unit and interval, count, marks; the tooltip and spoken label."""
    return f"{row.name(language)}: {'; '.join(figure_parts(view, row, language, notes=marks(view, row, language)))}"


def figure_parts(view: Figures, row: Shown, language: str, *, notes: Sequence[str]) -> list[str]:
    """What is known of one figure, each part a phrase: value with unit and interval, count, notes; or its state."""
    if row.status is not CellStatus.VALUE:
        return [t(f"status.{row.status}", language), *filter(None, [shown_for(view.indicator, row, language)])]
    parts = []
    if not math.isnan(row.value):
        value, per = value_text(view, row, language), rate_label(view, language)
        limits = interval_text(view, row, language)
        between = f" ({t('value.interval', language, interval=limits)})" if limits else ""
        parts.append(t("value.rate", language, value=value, per=per) + between)
    elif has_rate(view.indicator):
        parts.append(t("value.no_rate", language))
    return [*parts, plural(f"unit.{view.indicator.unit}", row.count, language), *notes]


def map_sentences(view: MapView, language: str) -> list[str]:
    """What the map says, for people who do not read maps: what is around, the range, and what is missing."""
    sentences = [as_sentence(area_text(view, row, language)) for row in view.above]
    level = view.request.level
    rows = [row for row in view.rows if row.level == level]
    lacking = sum(row.lacks_parts and not math.isnan(row.value) for row in rows)
    values = [row.value for row in rows if not (row.lacks_parts or math.isnan(row.value))]
    if values and not view.indicator.never_coloured:
        decimals = view.indicator.decimals
        low, high = (number(limit, language, decimals=decimals) for limit in (min(values), max(values)))
        shown = plural(f"sentence.{level}s_shown", len(values), language)
        sentences.append(t("sentence.range", language, shown=shown, low=low, high=high))
    if lacking:
        sentences.append(plural(f"sentence.{level}s_lacking", lacking, language))
    missing = [
        plural(f"sentence.{level}s_{status}", count, language)
        for status in CellStatus
        if status is not CellStatus.VALUE and (count := sum(row.status is status for row in rows))
    ]
    if missing:
        sentences.append(t("sentence.missing", language, parts=join(missing, language)))
    return sentences


def parts_missing(row: PartsRow, language: str) -> str:
    """How many areas are in a sum that is without some of them, or nothing where none is missing."""
    if not row.lacks_parts:
        return ""
    key = _UNITS[str(areas()[row.area].kind)]
    return t(key, language, reported=row.units_reported, expected=row.units_expected)


def as_sentence(text: str) -> str:
    """The text with a capital at its beginning and a full stop: names of areas begin small in Russian."""
    return f"{capital(text)}."


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def class_label(view: MapView | HeatView, index: int, language: str) -> str:
    """The values of a class as they are printed: under 20; 20.0–29.9; 65 and more.

    Classes follow the printed value, so the last value of a class is the limit less one unit of the last digit.
    """
    breaks, decimals = view.breaks, view.indicator.decimals
    if index == 0:
        return t("legend.under", language, high=limit_text(view.indicator, breaks[0], language))
    if index == len(breaks):
        return t("legend.from", language, low=limit_text(view.indicator, breaks[-1], language))
    return interval(breaks[index - 1], breaks[index] - 10**-decimals, language, decimals=decimals)


def limit_text(item: Indicator, limit: float, language: str) -> str:
    """A limit between classes: a whole one without decimals."""
    return number(limit, language, decimals=0 if limit == int(limit) else item.decimals)
