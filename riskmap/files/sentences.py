"""A view in plain words: the sentence beside a map, the text of one area, the labels of the legend."""

import math

from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.vocabulary import ALL, CellStatus
from riskmap.words import day, interval, join, number, period, plural, t


def rate_label(view: MapView, language: str) -> str:
    """What one unit of the value is: per how many of whom."""
    item = view.indicator
    return t(f"rate.per.{item.population}", language, multiplier=number(item.multiplier, language))


def cut_label(view: MapView, language: str) -> str:
    """The category shown, or nothing for the total."""
    request = view.request
    return "" if request.breakdown == ALL else t(f"category.{request.breakdown}.{request.category}", language)


def title(view: MapView, language: str) -> str:
    """What, where and when of a map."""
    parts = [view.indicator.words[language]["name"], cut_label(view, language), period(view.request.period, language)]
    return ", ".join(part for part in parts if part)


def value_text(view: MapView, row: AreaRow, language: str) -> str:
    """The rate to the indicator's decimals, or the word for why there is none."""
    if row.status is not CellStatus.VALUE:
        return t(f"status.{row.status}", language)
    if math.isnan(row.value):
        return t("value.no_rate", language) if view.indicator.population else count_text(row, language)
    return number(row.value, language, decimals=view.indicator.decimals)


def count_text(row: AreaRow, language: str) -> str:
    """The count, or nothing where none is shown."""
    return "" if math.isnan(row.count) else number(row.count, language)


def interval_text(view: MapView, row: AreaRow, language: str) -> str:
    """The 95 % interval, or nothing where there is no rate."""
    if math.isnan(row.lower) or math.isnan(row.upper):
        return ""
    return interval(row.lower, row.upper, language, decimals=view.indicator.decimals)


def marks(view: MapView, row: AreaRow, language: str) -> list[str]:
    """Words that qualify a shown value: provisional, few events, parts missing, a border that changed."""
    words = []
    if row.status is CellStatus.VALUE:
        words += [t("status.provisional", language)] if row.is_provisional else []
        words += [t("status.unstable", language)] if row.is_unstable else []
    if row.units_expected and row.units_reported is not None and row.units_reported < row.units_expected:
        words.append(t("status.parts", language, reported=row.units_reported, expected=row.units_expected))
    for axis, subject, when, story in view.stories:
        if axis == "area" and subject == row.area:
            words.append(t(story.replace("break.", "mark."), language, day=day(when, language)))
    return words


def area_text(view: MapView, row: AreaRow, language: str) -> str:
    """One area in one line: name, value with its unit and interval, count, marks; the tooltip and spoken label."""
    name = row.name(language)
    if row.status is not CellStatus.VALUE:
        return f"{name}: {t(f'status.{row.status}', language)}"
    parts = []
    if not math.isnan(row.value):
        limits = t("value.interval", language, interval=interval_text(view, row, language))
        value, per = value_text(view, row, language), rate_label(view, language)
        parts.append(f"{t('value.rate', language, value=value, per=per)} ({limits})")
    elif view.indicator.population:
        parts.append(t("value.no_rate", language))
    parts.append(plural(f"unit.{view.indicator.unit}", row.count, language))
    return f"{name}: {'; '.join([*parts, *marks(view, row, language)])}"


def map_sentences(view: MapView, language: str) -> list[str]:
    """What the map says, for people who do not read maps: the country, the range, and what is missing."""
    sentences = []
    if view.country:
        sentences.append(area_text(view, view.country, language) + ".")
    values = [row.value for row in view.rows if not math.isnan(row.value)]
    if values and not view.indicator.never_coloured:
        decimals = view.indicator.decimals
        low, high = (number(limit, language, decimals=decimals) for limit in (min(values), max(values)))
        shown = plural("sentence.regions_shown", len(values), language)
        sentences.append(t("sentence.range", language, shown=shown, low=low, high=high))
    missing = [
        plural(f"sentence.regions_{status}", count, language)
        for status in CellStatus
        if status is not CellStatus.VALUE and (count := sum(row.status is status for row in view.rows))
    ]
    if missing:
        sentences.append(t("sentence.missing", language, parts=join(missing, language)))
    return sentences


def class_label(view: MapView, index: int, language: str) -> str:
    """The values of a class as they are printed: under 20; 20.0–29.9; 65 and more.

    Classes follow the printed value, so the last value of a class is the limit less one unit of the last digit.
    """
    breaks, decimals = view.breaks, view.indicator.decimals
    if index == 0:
        return t("legend.under", language, high=number(breaks[0], language))
    if index == len(breaks):
        return t("legend.from", language, low=number(breaks[-1], language))
    return interval(breaks[index - 1], breaks[index] - 10**-decimals, language, decimals=decimals)
