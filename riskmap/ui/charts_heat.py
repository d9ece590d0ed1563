"""Areas down, periods across: each cell with the colour or the pattern that it has on the map."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from riskmap.analytics.views import HeatView, Line, Point
from riskmap.files import sentences
from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import STATE_PATTERNS, Theme, Trace, class_colours
from riskmap.ui.chart_ticks import overhang
from riskmap.ui.palettes import edge
from riskmap.words import period, t

_ROW: Final = 38  # pixels of an area: its name and its cells below
_CELL: Final = 0.52  # of the row
_AXIS: Final = 44
_NAME_ABOVE: Final = 0.22  # of a row: from the top of its cells up to the middle of its name


def heat_figure(view: HeatView, *, language: str, theme: Theme) -> go.Figure:
    """One bar per cell and one trace per fill; x counts the periods, y the areas, both from 0."""
    lines = sentences.in_order(view.lines, language)
    names = sentences.place_names(lines, language)
    figure = chart_layout.Draft([_cells(view, lines, fill, names, language, theme) for fill in _fills(view)])
    label = sentences.value_label(view, language) if view.breaks else _not_coloured(view, language)
    title = chart_layout.heading(
        sentences.heat_title(view, language), label, is_invented=view.is_invented, language=language
    )
    words = [str(trace.get("name")) for trace in figure.traces]
    plot = _ROW * len(lines)
    height = chart_layout.head_height(title, words) + plot + _AXIS
    layout = chart_layout.base_layout(title=title, height=height, language=language, theme=theme)
    layout["margin"]["r"] = overhang(view.periods, language)
    figure.arrange(layout)
    marks = chart_layout.watermarks(plot, language, theme) if view.is_invented else []
    figure.arrange({"barmode": "overlay", "annotations": marks, **_axes(view, len(lines), language, theme)})
    labels = [names[line.area] for line in lines]
    figure.add(chart_layout.row_names(labels, x=-0.5, above=_NAME_ABOVE, theme=theme))
    return figure.drawn()


def _not_coloured(view: HeatView, language: str) -> str:
    return t("legend.never_coloured" if view.indicator.never_coloured else "legend.not_coloured", language)


def _fills(view: HeatView) -> Iterator[str]:
    """All classes of the map, and of the other fills those that occur."""
    present = {point.fill for line in view.lines for point in line.points}
    classes = [f"class:{index}" for index in range(len(view.breaks) + 1)]
    beyond = f"class:{len(view.breaks) + 1}"
    yield from classes
    if beyond in present:
        yield beyond
    yield from (fill for fill in STATE_PATTERNS if fill in present)


def fill_words(view: HeatView, fill: str, language: str) -> str:
    """What a fill means."""
    if not fill.startswith("class:"):
        return t(f"status.{fill}", language)
    if not view.breaks:
        return t("status.value", language)
    index = int(fill.removeprefix("class:"))
    return t("chart.no_rate", language) if index > len(view.breaks) else sentences.class_label(view, index, language)


def _cells(
    view: HeatView, lines: Sequence[Line], fill: str, names: dict[str, str], language: str, theme: Theme
) -> Trace:
    found = [
        (column, row, line, point)
        for row, line in enumerate(lines)
        for column, point in enumerate(line.points)
        if point.fill == fill
    ]
    return chart_layout.bar(
        # A fill without cells still stands in the legend: the scale is that of the map.
        x=[column for column, _, _, _ in found] if found else [None],
        base=[row for _, row, _, _ in found],
        y=[_CELL] * len(found) if found else [None],
        width=0.94,
        name=chart_layout.entry(fill_words(view, fill, language)),
        marker=_paint(view, fill, theme),
        text=[_hover(view, line, point, names[line.area], language=language) for _, _, line, point in found],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        meta={"role": "cells", "fill": fill},
    )


def _hover(view: HeatView, line: Line, point: Point, name: str, *, language: str) -> str:
    notes = sentences.qualities(point, language, level=line.level)
    parts = sentences.figure_parts(view, point, language, notes=notes)
    return chart_layout.hover([f"{name}, {period(point.period, language)}", *parts])


def _paint(view: HeatView, fill: str, theme: Theme) -> dict[str, Any]:
    if fill.startswith("class:"):
        colour = class_colours(view.indicator, view.breaks)[int(fill.removeprefix("class:"))]
        return {"color": colour, "line": {"color": _edge(colour, theme), "width": 1}}
    pattern = {
        "shape": STATE_PATTERNS[fill],
        "fgcolor": theme.text,
        "bgcolor": theme.background,
        "size": 5,
        "fgopacity": 0.85,
        "solidity": 0.25,
    }
    return {"color": theme.background, "line": {"color": theme.muted, "width": 1}, "pattern": pattern}


def _edge(colour: str, theme: Theme) -> str:
    """Outlines are dark on a light page; on a dark page those of dark classes are light."""
    return edge(colour) if theme is not chart_layout.LIGHT else theme.muted


def _axes(view: HeatView, rows: int, language: str, theme: Theme) -> dict[str, Any]:
    return {
        "xaxis": chart_layout.period_axis(view.periods, language, theme),
        "yaxis": chart_layout.axis(
            theme,
            range=[rows - 1 + _CELL + 0.1, -0.5],
            visible=False,
        ),
    }
