"""What all charts share: the colours of a theme, marks, titles, the watermark of invented figures.

Charts are drawn without knowing how wide the screen is. So texts are broken into short lines, names of areas stand
above their row instead of beside it, and the title is that of the legend: both then take the room they need together.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import CellStatus, Period
from riskmap.ui.chart_ticks import NARROWEST, ticks
from riskmap.ui.palettes import palette
from riskmap.words import t

# First that of the page, which brings it along.
FONT: Final = "'Source Sans', system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Roboto, Arial, sans-serif"
FONT_SIZE: Final = 14
# Characters of a line that fit a screen of 360 pixels in a title and in smaller text.
TITLE_WIDTH: Final = 33
TEXT_WIDTH: Final = 40
ENTRY_WIDTH: Final = 36
_WATERMARK_WIDTH: Final = 12
_WATERMARK_EVERY: Final = 420
_LINE: Final = 18
_CLEAR: Final = "rgba(0,0,0,0)"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a chart on a light or a dark page; the chart itself has no background."""

    text: str
    muted: str
    grid: str
    background: str
    accent: str
    # Found by search: of six colours with 3:1 against the page and without a red and a green, those that lie farthest
    # apart from each other and from the text under every kind of colour-vision deficiency.
    lines: tuple[str, ...]


LIGHT: Final = Theme(
    text="#1d2530",
    muted="#5a6472",
    grid="#dde2e8",
    background="#ffffff",
    accent="#1f5a8a",
    lines=("#296066", "#ff5e00", "#6500b2", "#639997", "#664400", "#bd66ff"),
)
DARK: Final = Theme(
    text="#e8ecf0",
    muted="#a7b0bb",
    grid="#323b45",
    background="#14181d",
    accent="#7db8e8",
    lines=("#95bde6", "#ff7700", "#9466ff", "#008a99", "#e6c395", "#997763"),
)

# A mark for each way in which a value can be missing: never a shape that stands for a value.
STATE_MARKS: Final = {
    str(CellStatus.NOT_REPORTED): "x-thin",
    str(CellStatus.SUPPRESSED): "hash",
    str(CellStatus.NOT_APPLICABLE): "line-ew",
    str(CellStatus.NOT_COMPARABLE): "line-ns",
    "no_rate": "asterisk",
}
# The same patterns as on the map.
STATE_PATTERNS: Final = {
    "zero": ".",
    str(CellStatus.NOT_REPORTED): "/",
    str(CellStatus.SUPPRESSED): "x",
    str(CellStatus.NOT_APPLICABLE): "",
    str(CellStatus.NOT_COMPARABLE): "|",
}


Trace = dict[str, Any]


def scatter(**properties: Any) -> Trace:
    """A trace of points or lines."""
    return {"type": "scatter", **properties}


def bar(**properties: Any) -> Trace:
    """A trace of bars."""
    return {"type": "bar", **properties}


class Draft:
    """A figure that is put together as plain tables and becomes one at the end.

    The library's own objects check every property each time one is set, which takes most of the time of a page;
    the tests check the finished figures once instead.
    """

    def __init__(self, traces: Iterable[Trace] = ()) -> None:
        self.traces = list(traces)
        self._layout: dict[str, Any] = {}

    def add(self, *traces: Trace) -> None:
        """Draw traces over those that are there."""
        self.traces.extend(traces)

    def arrange(self, layout: Mapping[str, Any]) -> None:
        """Set properties of the layout; a table within it is added to, everything else is replaced."""
        _merge(self._layout, layout)

    def drawn(self) -> go.Figure:
        """The figure."""
        figure = go.Figure({"data": self.traces, "layout": self._layout}, _validate=False)
        # Nothing of the look that another library may have made the default of this process.
        figure.layout.template = None
        return figure


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = dict(value) if isinstance(value, Mapping) else value


def theme_of(name: str) -> Theme:
    """The colours for a page that is "dark" or "light"."""
    return DARK if name == "dark" else LIGHT


def state_words(state: str, language: str) -> str:
    """Why there is no value."""
    return t("chart.no_rate", language) if state == "no_rate" else t(f"status.{state}", language)


def class_colours(item: Indicator, breaks: tuple[float, ...]) -> tuple[str, ...]:
    """The colours of the classes, then a neutral one for values without a rate; alone where nothing is coloured."""
    light, middle, _ = palette("signal", 3)
    return (*palette(str(item.family), len(breaks) + 1), middle) if breaks else (light,)


def state_mark(state: str, theme: Theme) -> dict[str, Any]:
    """The marker that says why there is no value."""
    line = {"color": theme.text, "width": 1.5}
    return {"symbol": f"{STATE_MARKS[state]}-open", "size": 9, "color": theme.text, "line": line}


def plain(text: str) -> str:
    """Text that a chart shows as it is."""
    return escape(text, quote=False)


def entry(text: str) -> str:
    """Text of a line of the legend."""
    return "<br>".join(wrapped(text, ENTRY_WIDTH))


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most so many characters, ready to stand in a chart."""
    return [plain(line) for line in textwrap.wrap(text, width, break_long_words=False)] or [""]


def hover(parts: Sequence[str]) -> str:
    """Lines of a hover text: the first is the heading."""
    first, *rest = [line for part in parts if part for line in wrapped(part, TEXT_WIDTH)]
    return "<br>".join([f"<b>{first}</b>", *rest])


def heading(title: str, subtitle: str, *, is_invented: bool, language: str) -> str:
    """Title of a chart: what it shows, what one unit is, and that figures are invented."""
    # The last short word never stands alone.
    whole = re.sub(r" (?=\S{1,4}$)", "\u00a0", title)
    lines = [f"<b>{line}</b>" for line in wrapped(whole, TITLE_WIDTH)]
    if is_invented:
        mark = wrapped(t("invented.mark", language).upper(), TITLE_WIDTH)
        lines = [*(f"<b>{line}</b>" for line in mark), *lines]
    return "<br>".join([*lines, *(wrapped(subtitle, TEXT_WIDTH) if subtitle else [])])


def head_height(title: str, entries: Sequence[str]) -> int:
    """Pixels that a title and the entries of a legend need on the narrowest screen."""
    rows = sum(entry.count("<br>") + 1 for entry in entries)
    return _LINE * (title.count("<br>") + 1) + 21 * rows + 20


def watermarks(height: float, language: str, theme: Theme) -> list[dict[str, Any]]:
    """Words across the plot that say that its figures are invented; more than once where the plot is high."""
    text = "<br>".join(wrapped(t("invented.mark", language).upper(), _WATERMARK_WIDTH))
    copies = max(1, round(height / _WATERMARK_EVERY))
    return [
        {
            "text": text,
            "name": "invented",
            "xref": "paper",
            "yref": "paper",
            "x": 0.5,
            "y": (copy + 0.5) / copies,
            "showarrow": False,
            "textangle": -12,
            "opacity": 0.17,
            "font": {"size": 28, "color": theme.text, "weight": 700},
        }
        for copy in range(copies)
    ]


def base_layout(*, title: str, height: int, language: str, theme: Theme) -> dict[str, Any]:
    """Layout of every chart; `title` as `heading` gives it."""
    return {
        "height": height,
        "autosize": True,
        "paper_bgcolor": _CLEAR,
        "plot_bgcolor": _CLEAR,
        "font": {"family": FONT, "size": FONT_SIZE, "color": theme.text},
        "separators": ".," if language == "en" else ",\u00a0",
        "margin": {"l": 8, "r": 14, "t": 8, "b": 8},
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": theme.background,
            "bordercolor": theme.muted,
            "font": {"family": FONT, "size": FONT_SIZE, "color": theme.text},
            "align": "left",
            "namelength": 0,
        },
        "showlegend": True,
        "legend": {
            "title": {"text": title, "side": "top", "font": {"size": FONT_SIZE + 1, "color": theme.text}},
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "bgcolor": _CLEAR,
            "font": {"size": FONT_SIZE, "color": theme.text},
            "itemclick": False,
            "itemdoubleclick": False,
            "traceorder": "normal",
        },
    }


def axis(theme: Theme, **more: Any) -> dict[str, Any]:
    """An axis in the colours of the theme, its labels never turned and never cut."""
    return {
        "gridcolor": theme.grid,
        "linecolor": theme.muted,
        "tickcolor": theme.muted,
        "tickfont": {"color": theme.text, "size": FONT_SIZE - 1},
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "exponentformat": "none",
        "separatethousands": True,
        "fixedrange": True,
        "automargin": True,
        **more,
    }


def period_axis(periods: Sequence[Period], language: str, theme: Theme, *, width: float = NARROWEST) -> dict[str, Any]:
    """The axis of periods: each is 1 wide about its place, counted from 0; `width` is the least of the plot."""
    places, words = ticks(periods, language, width=width)
    return axis(
        theme,
        range=[-0.5, len(periods) - 0.5],
        tickvals=places,
        ticktext=words,
        tickangle=0,
        ticks="outside",
        ticklabeloverflow="allow",
        showline=True,
        showgrid=False,
    )


def legend_entry(name: str, **trace: Any) -> Trace:
    """A line of the legend that draws nothing else."""
    return scatter(x=[None], y=[None], name=entry(name), hoverinfo="skip", **trace)


def row_names(names: Sequence[str], *, x: float, above: float, theme: Theme) -> Trace:
    """The names of rows, each so far above its row.

    They are no labels of the axis: labels inside a plot take away the numbers of the other axis where they meet.
    """
    return scatter(
        x=[x] * len(names),
        y=[place - above for place in range(len(names))],
        mode="text",
        text=[plain(name) for name in names],
        textposition="middle right",
        textfont={"size": FONT_SIZE - 1, "color": theme.text},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "names"},
    )
