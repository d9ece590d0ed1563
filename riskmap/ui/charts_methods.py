"""The pictures of the page of methods that show areas: one function for each, put into one frame."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import plotly.graph_objects as go

from riskmap.analytics.method_views import (
    AreasPicture,
    ClusterPicture,
    ComparisonPicture,
    FunnelPicture,
    IndexPicture,
    InequalityPicture,
    Method,
    NeighboursPicture,
    Picture,
    SignalsPicture,
    SilencePicture,
    SmoothingPicture,
    TrendPicture,
)
from riskmap.analytics.views import AreaRow, MapView
from riskmap.files import sentences
from riskmap.methods.rates import UNSTABLE_BELOW
from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import Theme, Trace, class_colours, legend_entry
from riskmap.ui.charts_method_series import signals_figure, trend_figure
from riskmap.ui.method_frame import Axes, framed, powers
from riskmap.words import number, t

# Below it a probability is drawn at it: how far below makes no difference to anybody.
LEAST_PROBABILITY: Final = 1e-6


def method_figure(picture: Picture, *, language: str, theme: Theme, method: Method) -> go.Figure:
    """The picture of a method."""
    if isinstance(picture, TrendPicture):
        return trend_figure(picture, language=language, theme=theme)
    if isinstance(picture, SignalsPicture):
        return signals_figure(picture, language=language, theme=theme)
    if isinstance(picture, AreasPicture):
        traces, axes = _OF_AREAS[method](picture, language, theme)
    else:
        traces, axes = _OTHERS[type(picture)](picture, language, theme)
    first = picture.of[0] if isinstance(picture, IndexPicture) else picture.of
    several = t(f"methods.statistics_text.{method}.name", language)
    title = several if isinstance(picture, IndexPicture) else sentences.title(picture.of, language)
    return framed(traces, axes, title=title, is_invented=first.is_invented, language=language, theme=theme)


Drawn = tuple[list[Trace], Axes]


def _rate(picture: AreasPicture, language: str, theme: Theme) -> Drawn:
    values = [row.count for row in picture.rows]
    axes = Axes(t("methods.axis.events", language), sentences.rate_label(picture.of, language), x_log=powers(values))
    return _with_intervals(picture, [_log(value) for value in values], language, theme), axes


def _share(picture: AreasPicture, language: str, theme: Theme) -> Drawn:
    values = [row.exposure for row in picture.rows]
    axes = Axes(t("methods.axis.whole", language), sentences.rate_label(picture.of, language), x_log=powers(values))
    return _with_intervals(picture, [_log(value) for value in values], language, theme), axes


def _with_intervals(picture: AreasPicture, x: Sequence[float | None], language: str, theme: Theme) -> list[Trace]:
    rows = picture.rows
    trace = _dots(picture.of, rows, x, [row.value for row in rows], language, theme)
    trace["error_y"] = {
        "type": "data",
        "symmetric": False,
        "array": [row.upper - row.value for row in rows],
        "arrayminus": [row.value - row.lower for row in rows],
        "color": theme.accent,
        "thickness": 1.5,
        "width": 3,
    }
    mark = {"size": 8, "color": theme.accent}
    entry = legend_entry(t("methods.mark.area_interval", language), mode="lines+markers", marker=mark)
    return [trace, {**entry, "line": {"color": theme.accent, "width": 1.5}}]


def _exposure(picture: AreasPicture, language: str, theme: Theme) -> Drawn:
    rows = picture.rows
    people, events = sum(row.exposure for row in rows), sum(row.count for row in rows)
    far = max(row.exposure for row in rows)
    line = _line([0, far], [0, far * events / people], theme, name=t("methods.mark.common_rate", language))
    dots = _dots(picture.of, rows, [row.exposure for row in rows], [row.count for row in rows], language, theme)
    axes = Axes(t("methods.axis.exposure", language), t("methods.axis.events", language), from_zero=True)
    return [line, dots, _entry("area", theme.accent, "circle", language)], axes


def _few_events(picture: AreasPicture, language: str, theme: Theme) -> Drawn:
    rows = [row for row in picture.rows if row.count > 0]
    traces = []
    limit = UNSTABLE_BELOW
    for is_few, colour, name in ((True, theme.lines[1], "few"), (False, theme.accent, "enough")):
        part = [row for row in rows if (row.count < limit) is is_few]
        error = [100 / math.sqrt(row.count) for row in part]
        trace = _dots(picture.of, part, [_log(row.count) for row in part], error, language, theme)
        trace["marker"].update(color=colour, symbol="diamond" if is_few else "circle")
        traces += [trace, _entry(name, colour, "diamond" if is_few else "circle", language)] if part else []
    highest = 100 / math.sqrt(min((row.count for row in rows), default=1))
    at = _log(limit)
    traces.append(_line([at, at], [0, highest], theme, dash="dash"))
    axes = Axes(
        t("methods.axis.events", language),
        t("methods.axis.error", language),
        x_log=powers([row.count for row in rows] or [1]),
        from_zero=True,
    )
    return traces, axes


def _classes(picture: AreasPicture, language: str, theme: Theme) -> Drawn:
    view = picture.of
    counted = Counter(row.fill for row in picture.rows)
    colours = class_colours(view.indicator, view.breaks)[: len(view.breaks) + 1]
    names = [sentences.class_label(view, at, language) for at in range(len(colours))]
    numbers = [counted[f"class:{at}"] for at in range(len(colours))]
    # One trace for each class: the legend names them where words below the bars would not fit.
    bars = [
        chart_layout.bar(
            x=[at],
            y=[found],
            marker={"color": colours[at], "line": {"color": theme.text, "width": 1}},
            text=[str(found)],
            textposition="outside",
            cliponaxis=False,
            name=chart_layout.entry(names[at]),
            hovertext=[f"{names[at]}: {found}"],
            hoverinfo="text",
        )
        for at, found in enumerate(numbers)
    ]
    nothing = ([0, len(colours) - 1], ["", ""])
    axes = Axes(
        sentences.rate_label(view, language), t("methods.axis.areas", language), x_ticks=nothing, from_zero=True
    )
    return bars, axes


def _comparison(picture: ComparisonPicture, language: str, theme: Theme) -> Drawn:
    looks = (
        (0, "no_different", theme.muted, "circle-open"),
        (1, "at_95", theme.lines[0], "diamond"),
        (2, "at_998", theme.lines[1], "square"),
    )
    traces = [_line([0, 0], [-1, len(picture.rows)], theme)]  # a ratio of 1
    for step, name, colour, symbol in looks:
        places = [at for at, found in enumerate(picture.step) if abs(found) == step]
        rows, x = [picture.rows[at] for at in places], [_log(picture.ratio[at]) for at in places]
        dots = _dots(picture.of, rows, x, places, language, theme)
        dots["marker"].update(color=colour, symbol=symbol, line={"color": colour, "width": 1.5})
        traces += [dots, _entry(name, colour, symbol, language)] if rows else []
    return traces, Axes(t("methods.axis.ratio", language), "", x_log=powers(picture.ratio), y_hidden=True)


def _funnel(picture: FunnelPicture, language: str, theme: Theme) -> Drawn:
    x = [row.exposure for row in picture.rows]
    traces = []
    for limits, name, dash in ((picture.warning, "limits_95", "dot"), (picture.alarm, "limits_998", "dash")):
        for side in (0, 1):
            entry = t(f"methods.mark.{name}", language) if side else ""
            traces.append(_line(x, [pair[side] for pair in limits], theme, name=entry, dash=dash))
    common = t("methods.mark.common_rate", language)
    traces.append(_line([x[0], x[-1]], [picture.reference] * 2, theme, name=common))
    for is_outside, colour, symbol in ((False, theme.accent, "circle"), (True, theme.lines[1], "diamond")):
        places = [at for at, found in enumerate(picture.outside) if bool(found) is is_outside]
        rows = [picture.rows[at] for at in places]
        dots = _dots(picture.of, rows, [x[at] for at in places], [row.value for row in rows], language, theme)
        dots["marker"].update(color=colour, symbol=symbol)
        mark = _entry("outside" if is_outside else "area", colour, symbol, language)
        traces += [dots, mark] if rows else []
    return traces, Axes(t("methods.axis.exposure", language), sentences.rate_label(picture.of, language))


def _smoothing(picture: SmoothingPicture, language: str, theme: Theme) -> Drawn:
    traces = []
    names = sentences.place_names(picture.rows, language)
    for row, smoothed in zip(picture.rows, picture.smoothed, strict=True):
        text = [number(value, language, decimals=picture.of.indicator.decimals) for value in (row.value, smoothed)]
        traces.append(
            chart_layout.scatter(
                x=[0, 1],
                y=[row.value, smoothed],
                mode="lines+markers",
                opacity=0.55,
                line={"color": theme.accent, "width": 1},
                marker={"size": 5, "color": theme.accent},
                text=[chart_layout.hover([names[row.area], " → ".join(text)])] * 2,
                hovertemplate="%{text}<extra></extra>",
                showlegend=False,
                meta={"role": "area"},
            )
        )
    common = t("methods.mark.common_rate", language)
    traces.append(_line([0, 1], [picture.mean] * 2, theme, name=common, dash="dash"))
    words = [t("methods.mark.as_counted", language), t("methods.mark.smoothed", language)]
    return traces, Axes("", sentences.rate_label(picture.of, language), x_ticks=([0, 1], words))


def _inequality(picture: InequalityPicture, language: str, theme: Theme) -> Drawn:
    grid = [100 * share for share in picture.grid]
    band = {"mode": "lines", "hoverinfo": "skip", "line": {"width": 0, "color": theme.muted}}
    upper = chart_layout.scatter(x=grid, y=[100 * share for share in picture.upper], showlegend=False, **band)
    lower = chart_layout.scatter(
        x=grid,
        y=[100 * share for share in picture.lower],
        fill="tonexty",
        fillcolor=_faint(theme.muted),
        name=chart_layout.entry(t("methods.mark.by_chance", language)),
        **band,
    )
    curve = chart_layout.scatter(
        x=[100 * share for share in picture.population],
        y=[100 * share for share in picture.burden],
        mode="lines",
        line={"color": theme.accent, "width": 2.5},
        name=chart_layout.entry(t("methods.mark.curve", language)),
        hovertemplate="%{x:.0f} % – %{y:.0f} %<extra></extra>",
        meta={"role": "curve"},
    )
    equal = _line([0, 100], [0, 100], theme, name=t("methods.mark.equal", language), dash="dot")
    return [upper, lower, equal, curve], Axes(t("methods.axis.people", language), t("methods.axis.burden", language))


def _silence(picture: SilencePicture, language: str, theme: Theme) -> Drawn:
    drawn = [max(chance, LEAST_PROBABILITY) for chance in picture.probability]
    traces = []
    for is_flagged, colour, symbol, name in (
        (False, theme.accent, "circle", "area"),
        (True, theme.lines[1], "diamond", "flagged"),
    ):
        places = [at for at, found in enumerate(picture.flagged) if found is is_flagged]
        x, y = [_log(picture.expected[at]) for at in places], [_log(drawn[at]) for at in places]
        dots = _dots(picture.of, [picture.rows[at] for at in places], x, y, language, theme)
        dots["marker"].update(color=colour, symbol=symbol)
        traces += [dots, _entry(name, colour, symbol, language)] if places else []
    ends = [_log(min(picture.expected)), _log(max(picture.expected))]
    words = t("methods.mark.limit", language, limit=picture.limit)
    traces.append(_line(ends, [_log(picture.limit)] * 2, theme, name=words, dash="dash"))
    axes = Axes(
        t("methods.axis.expected", language),
        t("methods.axis.probability", language),
        x_log=powers(picture.expected),
        y_log=powers([*drawn, picture.limit, 1]),
    )
    return traces, axes


def _neighbours(picture: NeighboursPicture, language: str, theme: Theme) -> Drawn:
    looks = (
        ("none", "area", theme.muted, "circle-open"),
        ("high_high", "high_high", theme.lines[1], "square"),
        ("low_low", "low_low", theme.lines[0], "diamond"),
        ("high_low", "high_low", theme.lines[2], "triangle-up"),
        ("low_high", "low_high", theme.lines[3], "triangle-down"),
    )
    across = [area.score for area in picture.areas]
    up = [area.around for area in picture.areas]
    traces = [
        _line([min(across), max(across)], [0, 0], theme, dash="dot"),
        _line([0, 0], [min(up), max(up)], theme, dash="dot"),
    ]
    for pattern, name, colour, symbol in looks:
        found = [area for area in picture.areas if area.pattern == pattern]
        if not found:
            continue
        x, y = [area.score for area in found], [area.around for area in found]
        dots = _dots(picture.of, [area.row for area in found], x, y, language, theme)
        dots["marker"].update(color=colour, symbol=symbol, line={"color": colour, "width": 1.5})
        traces += [dots, _entry(name, colour, symbol, language)]
    return traces, Axes(t("methods.axis.score", language), t("methods.axis.around", language))


def _cluster(picture: ClusterPicture, language: str, theme: Theme) -> Drawn:
    looks = (("observed", picture.cases, theme.accent), ("awaited", picture.expected, theme.muted))
    bars = [
        chart_layout.bar(
            x=[at],
            y=[found],
            width=[0.5],
            marker={"color": colour},
            text=[number(found, language)],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
            name=chart_layout.entry(t(f"methods.mark.{name}", language)),
        )
        for at, (name, found, colour) in enumerate(looks)
    ]
    axes = Axes("", t("methods.axis.inside", language), x_ticks=([0, 1], ["", ""]), from_zero=True)
    return bars, axes


def _index(picture: IndexPicture, language: str, theme: Theme) -> Drawn:
    dots = chart_layout.scatter(
        x=[found.rank for found in picture.ranks],
        y=list(range(len(picture.ranks))),
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [found.upper - found.rank for found in picture.ranks],
            "arrayminus": [found.rank - found.lower for found in picture.ranks],
            "color": theme.accent,
            "thickness": 2,
            "width": 5,
        },
        mode="markers",
        marker={"size": 10, "color": theme.accent},
        text=[
            f"{number(x.rank, language)} ({number(x.lower, language)}–{number(x.upper, language)})"
            for x in picture.ranks
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        meta={"role": "ranks"},
    )
    entry = _entry("rank_range", theme.accent, "circle", language)
    axes = Axes(t("methods.axis.rank", language), "", y_hidden=True, y_down=True)
    return [dots, entry], axes


def _dots(
    view: MapView,
    rows: Sequence[AreaRow],
    x: Iterable[float | None],
    y: Iterable[float | None],
    language: str,
    theme: Theme,
) -> Trace:
    """A dot for each area, with its name and figures as hover text."""
    names = sentences.place_names(rows, language)
    texts = [
        chart_layout.hover(
            [names[row.area], *sentences.figure_parts(view, row, language, notes=sentences.marks(view, row, language))]
        )
        for row in rows
    ]
    return chart_layout.scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        marker={"size": 8, "color": theme.accent},
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "areas"},
    )


def _line(
    x: Sequence[float | None], y: Sequence[float | None], theme: Theme, *, name: str = "", dash: str = "solid"
) -> Trace:
    return chart_layout.scatter(
        x=list(x),
        y=list(y),
        mode="lines",
        line={"color": theme.muted, "width": 1.5, "dash": dash},
        name=chart_layout.entry(name),
        showlegend=bool(name),
        hoverinfo="skip",
    )


def _entry(name: str, colour: str, symbol: str, language: str) -> Trace:
    mark = {"size": 9, "color": colour, "symbol": symbol, "line": {"color": colour, "width": 1.5}}
    return legend_entry(t(f"methods.mark.{name}", language), mode="markers", marker=mark)


def _log(value: float) -> float | None:
    """Where a number stands on a scale of powers of ten; None, which is not drawn, where it is not above 0."""
    return math.log10(value) if value > 0 else None


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.28)"


_OF_AREAS: Final[Mapping[Method, Callable[[AreasPicture, str, Theme], Drawn]]] = MappingProxyType(
    {
        Method.RATE: _rate,
        Method.SHARE: _share,
        Method.EXPOSURE: _exposure,
        Method.FEW_EVENTS: _few_events,
        Method.CLASSES: _classes,
    }
)
_OTHERS: Final[Mapping[type, Callable[[Any, str, Theme], Drawn]]] = MappingProxyType(
    {
        ComparisonPicture: _comparison,
        FunnelPicture: _funnel,
        SmoothingPicture: _smoothing,
        InequalityPicture: _inequality,
        SilencePicture: _silence,
        NeighboursPicture: _neighbours,
        ClusterPicture: _cluster,
        IndexPicture: _index,
    }
)
