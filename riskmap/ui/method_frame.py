"""The frame of a picture of the page of methods: title, axes of numbers or of powers of ten, legend, watermark."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import Theme, Trace
from riskmap.words import number

HEIGHT: Final = 330  # pixels of the plot
_BELOW: Final = 64
_MOST_TICKS: Final = 6

Ticks = tuple[list[float], list[str]]


@dataclass(frozen=True, slots=True)
class Axes:
    """What stands beside and below a plot."""

    x: str
    y: str
    x_log: tuple[float, ...] = ()  # numbers to be written on a scale of powers of ten
    y_log: tuple[float, ...] = ()
    x_ticks: tuple[Sequence[float], Sequence[str]] | None = None
    y_hidden: bool = False
    y_down: bool = False
    from_zero: bool = False


def framed(
    traces: Iterable[Trace], axes: Axes, *, title: str, is_invented: bool, language: str, theme: Theme
) -> go.Figure:
    """The traces with title, axes and legend, and the watermark over invented figures."""
    figure = chart_layout.Draft(traces)
    heading = chart_layout.heading(title, "", is_invented=is_invented, language=language)
    words = [str(trace.get("name")) for trace in figure.traces if trace.get("showlegend") is not False]
    height = chart_layout.head_height(heading, words) + HEIGHT + _BELOW
    figure.arrange(chart_layout.base_layout(title=heading, height=height, language=language, theme=theme))
    figure.arrange({"annotations": chart_layout.watermarks(HEIGHT, language, theme) if is_invented else []})
    figure.arrange({"xaxis": _x(axes, language, theme), "yaxis": _y(axes, language, theme)})
    return figure.drawn()


def powers(values: Iterable[float]) -> tuple[float, ...]:
    """Round numbers for a scale of powers of ten about the values: 1, 2 and 5 times a power, or powers alone."""
    known = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    for steps in ((1, 2, 5), (1,)):
        found = [step * 10.0**power for power in range(low - 1, high + 1) for step in steps]
        near = [x for x in found if min(known) / 1.6 <= x <= max(known) * 1.6]
        if len(near) <= _MOST_TICKS + 1:
            return tuple(near)
    return tuple(near)


def _x(axes: Axes, language: str, theme: Theme) -> dict[str, Any]:
    found = chart_layout.axis(
        theme, nticks=5, ticks="outside", showline=True, title={"text": _broken(axes.x), "font": {"size": 13}}
    )
    if axes.x_log:
        places, words = _log_ticks(axes.x_log, language)
        found.update(tickvals=places, ticktext=words, tickangle=0)
    if axes.x_ticks:
        places, words = list(axes.x_ticks[0]), list(axes.x_ticks[1])
        found.update(tickvals=places, ticktext=words, tickangle=0, range=[min(places) - 0.5, max(places) + 0.5])
    return found


def _y(axes: Axes, language: str, theme: Theme) -> dict[str, Any]:
    found = chart_layout.axis(theme, nticks=6, showline=not axes.y_hidden, title={"text": axes.y, "font": {"size": 13}})
    if axes.y_log:
        places, words = _log_ticks(axes.y_log, language)
        found.update(tickvals=places, ticktext=words)
    if axes.from_zero:
        found.update(rangemode="tozero")
    if axes.y_hidden:
        found.update(showticklabels=False, showgrid=False)
    if axes.y_down:
        found.update(autorange="reversed")
    return found


def _log_ticks(values: Sequence[float], language: str) -> Ticks:
    return [math.log10(value) for value in values], [_written(value, language) for value in values]


def _written(value: float, language: str) -> str:
    decimals = max(0, -math.floor(math.log10(value) + 1e-9))
    return chart_layout.plain(number(value, language, decimals=min(decimals, 9)))


def _broken(text: str) -> str:
    return "<br>".join(chart_layout.wrapped(text, chart_layout.TEXT_WIDTH)) if text else ""
