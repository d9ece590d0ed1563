"""The pictures of the page of methods that show a line over periods."""

import math
from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from riskmap.analytics.method_views import SignalsPicture, TrendPicture
from riskmap.files import sentences
from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import Theme, Trace, period_axis
from riskmap.ui.chart_ticks import overhang
from riskmap.ui.method_frame import Axes, framed
from riskmap.words import t

_DASH: Final = "6px,4px"


def trend_figure(picture: TrendPicture, *, language: str, theme: Theme) -> go.Figure:
    """A line with the points that its test looked at, and Sen's line through them."""
    values = [point.value for point in picture.line.points]
    tested = set(picture.tested)
    line = _stroke(values, theme.muted, language, name="")
    dots = []
    for is_tested, colour, name in ((False, theme.background, "not_tested"), (True, theme.accent, "tested")):
        places = [at for at, value in enumerate(values) if (at in tested) is is_tested and not math.isnan(value)]
        if places:
            dots.append(_marks(places, [values[at] for at in places], theme.accent, colour, language, name=name))
    ends = [picture.tested[0], picture.tested[-1]]
    sen = chart_layout.scatter(
        x=ends,
        y=list(picture.ends),
        mode="lines",
        line={"color": theme.lines[1], "width": 2.5, "dash": _DASH},
        name=chart_layout.entry(t("methods.mark.slope", language)),
        hoverinfo="skip",
        meta={"role": "slope"},
    )
    axes = Axes("", sentences.value_label(picture.panel, language), from_zero=True)
    return _over_periods([line, *dots, sen], axes, picture, language, theme)


def signals_figure(picture: SignalsPicture, *, language: str, theme: Theme) -> go.Figure:
    """A monthly line with the limit of EARS for each month, and that of Farrington for the last."""
    traces = [
        _stroke(picture.counts, theme.accent, language, name="counts"),
        _stroke(picture.upper, theme.muted, language, name="upper", dash=_DASH),
    ]
    alarms = [at for at, found in enumerate(picture.alarm) if found]
    if alarms:
        counted = [picture.counts[at] for at in alarms]
        traces.append(_marks(alarms, counted, theme.lines[1], theme.lines[1], language, name="alarm"))
    if not math.isnan(picture.limit):
        last = max(at for at, count in enumerate(picture.counts) if not math.isnan(count))
        mark = _marks([last], [picture.limit], theme.text, theme.text, language, name="farrington")
        mark["marker"].update(symbol="x-thin-open", size=11)
        traces.append(mark)
    axes = Axes("", t("methods.axis.counts", language), from_zero=True)
    return _over_periods(traces, axes, picture, language, theme)


def _over_periods(
    traces: Sequence[Trace], axes: Axes, picture: TrendPicture | SignalsPicture, language: str, theme: Theme
) -> go.Figure:
    panel = picture.panel
    title = f"{sentences.panel_title(panel, language)}. {picture.line.name(language)}"
    figure = framed(traces, axes, title=title, is_invented=panel.is_invented, language=language, theme=theme)
    figure.layout.xaxis = period_axis(panel.periods, language, theme)
    figure.layout.margin.r = overhang(panel.periods, language)
    return figure


def _stroke(values: Sequence[float], colour: str, language: str, *, name: str, dash: str = "solid") -> Trace:
    words = {"counts": "methods.axis.counts", "upper": "methods.mark.upper"}.get(name, "")
    return chart_layout.scatter(
        x=list(range(len(values))),
        y=[None if math.isnan(value) else value for value in values],
        mode="lines",
        connectgaps=False,
        line={"color": colour, "width": 1.8, "dash": dash},
        name=chart_layout.entry(t(words, language)) if words else "",
        showlegend=bool(words),
        hovertemplate="%{y}<extra></extra>",
        meta={"role": name or "line"},
    )


def _marks(x: Sequence[int], y: Sequence[float], edge: str, colour: str, language: str, *, name: str) -> Trace:
    return chart_layout.scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        marker={"size": 8, "color": colour, "line": {"color": edge, "width": 1.8}},
        name=chart_layout.entry(t(f"methods.mark.{name}", language)),
        hovertemplate="%{y}<extra></extra>",
        meta={"role": name},
    )
