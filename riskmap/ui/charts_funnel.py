"""Areas as a funnel: value by number of people, with the limits within which chance alone would leave them."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from geo.areas import areas
from riskmap.analytics.funnels import FunnelPoint, FunnelView, Lies, LimitsAt
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import funnel_sentences, sentences
from riskmap.ui import chart_layout
from riskmap.ui.chart_layout import Theme, Trace, legend_entry
from riskmap.words import number, t

_PLOT: Final = 420
_AXES: Final = 64
# People spread over more than so many times are set out by their order of magnitude.
_WIDE: Final = 20
_MOST_TICKS: Final = 5
_MANY: Final = 60  # points that still stand apart
_NAME_WIDTH: Final = 18
_SYMBOLS: Final = {Lies.ABOVE: "triangle-up", Lies.BELOW: "triangle-down"}
_LIMITS: Final = {
    "warning": ("dash", ("warning_lower", "warning_upper")),
    "alarm": ("solid", ("alarm_lower", "alarm_upper")),
}


def funnel_figure(view: FunnelView, *, language: str, theme: Theme, selected: str = COUNTRY) -> go.Figure:
    """A point for every area that was looked at, the one selected named; its data are codes of areas.

    Districts of the region that was selected stand out from the others.
    """
    own = _own(view, selected)
    points = sorted(view.points, key=lambda point: point.row.area in own)
    names = sentences.place_names([point.row for point in points], language)
    figure = chart_layout.Draft(_limits(view, language, theme))
    figure.add(_reference(view, language, theme))
    figure.add(_dots(view, points, own, names, language=language, theme=theme))
    figure.add(*_chosen(view, selected, language, theme), *_entries(view, own, selected, language, theme))
    title = sentences.title(view.figure, language)
    title = chart_layout.heading(title, "", is_invented=view.figure.is_invented, language=language)
    words = [
        str(trace["name"]) for trace in figure.traces if trace.get("name") and trace.get("showlegend") is not False
    ]
    height = chart_layout.head_height(title, words) + _PLOT + _AXES
    figure.arrange(chart_layout.base_layout(title=title, height=height, language=language, theme=theme))
    if view.figure.is_invented:
        figure.arrange({"annotations": chart_layout.watermarks(_PLOT, language, theme)})
    low, high = _span(view)
    figure.arrange(
        {
            "xaxis": _people_axis(view, language, theme),
            "yaxis": _titled(theme, sentences.value_label(view.figure, language), range=[low, high], nticks=6),
        }
    )
    return figure.drawn()


def _own(view: FunnelView, selected: str) -> set[str]:
    """The districts of the region selected; empty on a map of regions and for the whole country."""
    regions = {selected, areas()[selected].parent} - {COUNTRY}
    return {point.row.area for point in view.points if point.row.parent in regions}


def _limits(view: FunnelView, language: str, theme: Theme) -> Iterator[Trace]:
    for name, (dash, fields) in _LIMITS.items():
        for field in fields:
            yield chart_layout.scatter(
                x=[limits.exposure for limits in view.curve],
                y=[getattr(limits, field) for limits in view.curve],
                mode="lines",
                line={"color": theme.muted, "width": 1.5, "dash": dash},
                name=chart_layout.entry(t(f"funnel.limits_{name}", language)),
                legendgroup=name,
                showlegend=field == fields[0],
                hoverinfo="skip",
                meta={"role": "limit", "limit": field},
            )


def _reference(view: FunnelView, language: str, theme: Theme) -> Trace:
    ends = (view.curve[0], view.curve[-1])
    return chart_layout.scatter(
        x=[end.exposure for end in ends],
        y=[view.reference] * 2,
        mode="lines",
        line={"color": theme.text, "width": 2.5},
        name=chart_layout.entry(funnel_sentences.reference_label(view, language)),
        hoverinfo="skip",
        meta={"role": "reference"},
    )


def _dots(
    view: FunnelView,
    points: Sequence[FunnelPoint],
    own: set[str],
    names: dict[str, str],
    *,
    language: str,
    theme: Theme,
) -> Trace:
    size = 9 if len(points) <= _MANY else 7
    is_own = [point.row.area in own for point in points]
    colours = [theme.accent if mine or not own else _faint(theme.muted) for mine in is_own]
    return chart_layout.scatter(
        x=[point.row.exposure for point in points],
        y=[point.row.value for point in points],
        mode="markers",
        marker={
            "symbol": [_SYMBOLS.get(point.lies, "circle") for point in points],
            "size": [13 if at.lies.is_outside else size + 3 * mine for at, mine in zip(points, is_own, strict=True)],
            "color": colours,
            "opacity": 1,
            "line": {"color": theme.background, "width": 1},
        },
        # The library fades what was not clicked: which area is chosen the ring says, and all others stay readable.
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        customdata=[point.row.area for point in points],
        text=[_hover(view, point, names[point.row.area], language) for point in points],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "values"},
    )


def _hover(view: FunnelView, point: FunnelPoint, name: str, language: str) -> str:
    row = point.row
    people = f"{funnel_sentences.people_label(view, language)}: {number(row.exposure, language)}"
    lies = funnel_sentences.lies_words(point.lies, language)
    notes = sentences.marks(view.figure, row, language)
    return chart_layout.hover([name, *sentences.figure_parts(view.figure, row, language, notes=notes), people, lies])


def _chosen(view: FunnelView, selected: str, language: str, theme: Theme) -> Iterator[Trace]:
    """A ring around the area selected, and its name on the side where there is room."""
    row = next((point.row for point in view.points if point.row.area == selected), None)
    if row is None:
        return
    middle = math.sqrt(view.curve[0].exposure * view.curve[-1].exposure)
    if not _is_wide(view):
        middle = (view.curve[0].exposure + view.curve[-1].exposure) / 2
    low, high = _span(view)
    side = "left" if row.exposure > middle else "right"
    name = "<br>".join(f"<b>{part}</b>" for part in chart_layout.wrapped(row.name(language), _NAME_WIDTH))
    yield chart_layout.scatter(
        x=[row.exposure],
        y=[row.value],
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 20, "color": theme.text, "line": {"color": theme.text, "width": 2.5}},
        text=[name],
        textposition=f"{'bottom' if row.value > (low + high) / 2 else 'top'} {side}",
        textfont={"size": 13, "color": theme.text},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "selected", "area": row.area},
    )


def _entries(view: FunnelView, own: set[str], selected: str, language: str, theme: Theme) -> Iterator[Trace]:
    """What the marks mean, those that occur."""
    found = {point.lies for point in view.points}
    for lies in Lies:
        if lies in found and lies in _SYMBOLS:
            mark = {"size": 12, "color": theme.accent, "symbol": _SYMBOLS[lies]}
            yield legend_entry(funnel_sentences.lies_words(lies, language), mode="markers", marker=mark)
    if own:
        place = areas()[selected]
        region = place if place.parent == COUNTRY else areas()[place.parent]
        others = (7, _faint(theme.muted), t("funnel.others", language))
        for size, colour, words in ((10, theme.accent, region.name(language)), others):
            yield legend_entry(words, mode="markers", marker={"size": size, "color": colour})


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.5)"


def _is_wide(view: FunnelView) -> bool:
    people = [point.row.exposure for point in view.points]
    return max(people) > _WIDE * min(people)


def _span(view: FunnelView) -> tuple[float, float]:
    """The values of the axis: all areas, and of the limits what lies not too far beyond them.

    For the smallest areas the limits may be many times higher than any value, which would press the points together.
    """
    values = [*(point.row.value for point in view.points), view.reference]
    ends: tuple[LimitsAt, LimitsAt] = (view.curve[0], view.curve[-1])
    highest = max(values)
    top = max(highest, min(1.5 * highest, max(end.alarm_upper for end in ends))) or 1.0
    bottom = min(*values, *(end.alarm_lower for end in ends))
    pad = 0.06 * (top - bottom)
    return (-pad if bottom < pad or bottom < 0.4 * top else bottom - pad), top + pad


def _titled(theme: Theme, title: str, **more: Any) -> dict[str, Any]:
    lines = "<br>".join(chart_layout.wrapped(title, chart_layout.TEXT_WIDTH))
    return chart_layout.axis(theme, title={"text": lines, "font": {"size": 13}}, ticks="outside", showline=True, **more)


def _people_axis(view: FunnelView, language: str, theme: Theme) -> dict[str, Any]:
    title = funnel_sentences.people_label(view, language)
    first, last = view.curve[0].exposure, view.curve[-1].exposure
    if not _is_wide(view):
        return _titled(theme, title, range=[max(0.0, first - 0.04 * last), 1.04 * last], nticks=5, tickangle=0)
    places = _magnitudes(first, last)
    return _titled(
        theme,
        title,
        type="log",
        range=[math.log10(first) - 0.03, math.log10(last) + 0.03],
        tickvals=places,
        ticktext=[number(place, language) for place in places],
        tickangle=0,
    )


def _magnitudes(first: float, last: float) -> list[float]:
    """Round numbers between two, each a power of ten or twice or five times one; only the powers where that is many."""
    powers = range(math.floor(math.log10(first)), math.ceil(math.log10(last)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [step * 10.0**power for power in powers for step in steps if first <= step * 10.0**power <= last]
        if len(found) <= _MOST_TICKS:
            return found
    return found
