"""What a map shows of its areas: the value itself, or another thing said of it, each with its legend and words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final

import streamlit as st

from riskmap.analytics.method_views import Method
from riskmap.analytics.views import MapView
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.ui.chart_layout import class_colours
from riskmap.ui.fills import legend_swatch
from riskmap.ui.palettes import palette
from riskmap.words import t

# The patterns of an area without a class, in the order of the legend.
STATES: Final = ("zero", *(str(status) for status in CellStatus if status is not CellStatus.VALUE))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table beside a map: its heading and a text for each area, nothing where none stands there."""

    heading: str
    texts: Mapping[str, str]
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One way to draw a map.

    `fills` has a key of the legend for each area of the view; `colours` are those of its classes, lowest first.
    `legend` holds keys with their words in order, under `heading`. `texts` follow what is said of an area, `columns`
    stand in the table before the notes. Under the map stand its `findings`, what it says of all areas together, then
    `notes`, how it is to be read, and the way to the explanation of its `method`.
    """

    fills: Mapping[str, str]
    colours: tuple[str, ...]
    heading: str
    legend: tuple[tuple[str, str], ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    findings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    method: Method | None = None


def value_layer(view: MapView, language: str) -> Layer:
    """Areas by the class of their rate or share, which has the same limits in every period."""
    colours = class_colours(view.indicator, view.breaks)
    fills = {row.area: row.fill for row in view.rows}
    keys = [f"class:{index}" for index in range(len(colours))]
    # The last colour is of areas whose people are not known; where there is none of them it needs no line.
    if view.is_coloured and keys[-1] not in drawn_fills(view, fills):
        keys.pop()
    return Layer(
        fills=fills,
        colours=colours,
        heading=_heading(view, language),
        legend=tuple((key, _label(view, key, language)) for key in (*keys, *STATES)),
    )


def plain_layer(view: MapView, language: str, *, why: str) -> Layer:
    """Where there are values, and the state of every other area: a map of which no more can be said, and why."""
    light, *_ = palette("signal", 3)
    return Layer(
        fills={row.area: "class:0" if row.fill.startswith("class:") else row.fill for row in view.rows},
        colours=(light,),
        heading=t("mode.plain", language),
        legend=(("class:0", t("status.value", language)), *state_legend(language)),
        findings=(why,),
    )


def state_legend(language: str, *, with_zero: bool = True) -> list[tuple[str, str]]:
    """The lines of a legend for areas without a class; where zeros are coloured like all values, without theirs."""
    return [(state, t(f"status.{state}", language)) for state in STATES if with_zero or state != "zero"]


def drawn_fills(view: MapView, fills: Mapping[str, str]) -> Counter[str]:
    """How many areas of the map have each fill; what regions hold outside districts has no place on it."""
    return Counter(fills[row.area] for row in view.rows if row.level != "remainder")


def legend(view: MapView, layer: Layer) -> None:
    """Every fill of the map with its words and the number of areas that have it; empty states are listed too."""
    counts = drawn_fills(view, layer.fills)
    lines = [
        f"<li>{legend_swatch(key, layer.colours)}<span>{escape(label)}</span><b>{counts[key]}</b></li>"
        for key, label in layer.legend
    ]
    st.html(f'<div class="legend"><h3>{escape(layer.heading)}</h3><ul>{"".join(lines)}</ul></div>')


def _heading(view: MapView, language: str) -> str:
    if view.is_coloured:
        return sentences.rate_label(view, language)
    return t("legend.never_coloured" if view.indicator.never_coloured else "legend.not_coloured", language)


def _label(view: MapView, key: str, language: str) -> str:
    if not key.startswith("class:"):
        return t(f"status.{key}", language)
    if not view.is_coloured:
        return t("status.value", language)
    index = int(key.removeprefix("class:"))
    return t("legend.no_rate", language) if index > len(view.breaks) else sentences.class_label(view, index, language)
