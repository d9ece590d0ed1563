"""A map of smoothed rates: estimates beside the published figures, never in their place."""

from collections.abc import Iterator
from math import isnan
from typing import Final

from riskmap.analytics.method_views import Method
from riskmap.analytics.views import MapView
from riskmap.analytics.whole_map_views import SmoothedRate, SmoothedView
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.ui.chart_layout import class_colours
from riskmap.ui.layers import Column, Layer, drawn_fills, plain_layer, state_legend
from riskmap.words import interval, number, percent, t

_HARDLY: Final = 0.01  # nearer to never and to always no percentage is told


def smoothed_layer(view: MapView, found: SmoothedView, language: str) -> Layer:
    """Areas by the class of their smoothed rate, with the limits of the published one; or why there is none."""
    if found.reason:
        why = t(f"smoothed.refused.{found.reason}", language, known=found.known, of=found.of)
        return plain_layer(view, language, why=why)
    neutral = f"class:{len(view.breaks) + 1}"
    fills = {row.area: _fill(found.rates.get(row.area), row.status, neutral) for row in view.rows}
    keys = [(f"class:{place}", sentences.class_label(view, place, language)) for place in range(len(view.breaks) + 1)]
    if neutral in drawn_fills(view, fills):
        keys.append((neutral, t("smoothed.not_smoothed", language)))
    return Layer(
        fills=fills,
        colours=class_colours(view.indicator, view.breaks),
        heading=t("smoothed.heading", language, per=sentences.rate_label(view, language)),
        legend=(*keys, *state_legend(language, with_zero=False)),
        texts={area: _text(view, rate, language) for area, rate in found.rates.items()},
        columns=tuple(_columns(view, found, language)),
        findings=(t("smoothed.note.all_chance", language),) if found.is_all_chance else (),
        notes=tuple(_notes(view, found, language)),
        method=Method.SMOOTHING,
    )


def _fill(rate: SmoothedRate | None, status: CellStatus, neutral: str) -> str:
    if rate:
        return rate.fill
    return neutral if status is CellStatus.VALUE else str(status)


def _text(view: MapView, rate: SmoothedRate, language: str) -> str:
    value, limits = _numbers(view, rate, language)
    if not limits:
        return t("smoothed.text_alone", language, value=value)
    between = t("value.interval", language, interval=limits)
    return t("smoothed.text", language, value=value, interval=between)


def _numbers(view: MapView, rate: SmoothedRate, language: str) -> tuple[str, str]:
    """The rate and its interval as the published ones are written; nothing for an interval that is not known."""
    decimals = view.indicator.decimals
    if isnan(rate.lower):
        return number(rate.value, language, decimals=decimals), ""
    limits = interval(rate.lower, rate.upper, language, decimals=decimals)
    return number(rate.value, language, decimals=decimals), limits


def _columns(view: MapView, found: SmoothedView, language: str) -> Iterator[Column]:
    if found.is_all_chance:
        alone = {area: _numbers(view, rate, language)[0] for area, rate in found.rates.items()}
        yield Column(t("smoothed.column_alone", language), alone, is_number=True)
        return
    texts = {area: "{} ({})".format(*_numbers(view, rate, language)) for area, rate in found.rates.items()}
    yield Column(t("smoothed.column", language), texts, is_number=True)
    key = "country" if found.is_country else "areas"
    reference = number(found.reference, language, decimals=view.indicator.decimals)
    chances = {area: _chance(rate.chance_above, language) for area, rate in found.rates.items()}
    yield Column(t(f"smoothed.column_above_{key}", language, value=reference), chances, is_number=True)


def _chance(probability: float, language: str) -> str:
    if probability < _HARDLY:
        return t("smoothed.hardly", language)
    if probability > 1 - _HARDLY:
        return t("smoothed.surely", language)
    return percent(probability, language, decimals=0)


def _notes(view: MapView, found: SmoothedView, language: str) -> Iterator[str]:
    mean = number(found.mean, language, decimals=view.indicator.decimals)
    yield t("smoothed.note.meaning", language, mean=mean)
    if found.known < found.of:
        yield t("smoothed.note.missing", language, known=found.known, of=found.of)
    yield t("smoothed.note.classes", language)
    yield t("smoothed.note.files", language)
