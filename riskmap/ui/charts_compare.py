"""Areas beside each other: values with their intervals, and the parts of a whole."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

import plotly.graph_objects as go

from riskmap.analytics.views import AreaRow, MapView, Part, PartsRow, PartsView
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.ui import changes_rings, chart_layout
from riskmap.ui.chart_layout import STATE_MARKS, STATE_PATTERNS, Theme, Trace, legend_entry, state_words
from riskmap.ui.charts_heat import heat_figure
from riskmap.words import percent, plural, sort_key, t

__all__ = ["heat_figure", "parts_figure", "ranked_figure", "ranked_rows"]

Order = Literal["name", "value"]
_ROW: Final = 36  # pixels of an area: its name and its mark below
_AXIS: Final = 44
NAME_ABOVE: Final = 0.47  # of a row: from the mark up to the middle of its name
_BAR: Final = 0.44
_LEAST_WORDS: Final = 8  # per cent of a bar in which its share can be read
_STROKES: Final = {"country": "solid", "region": "dash"}
# A rest of parts of which some are hidden and others not reported.
_MIXED: Final = "mixed"
_MIXED_PATTERN: Final = "+"
_LEAST_UNKNOWN: Final = 2  # parts that may be shown as one rest without telling what each of them is
# Neighbours differ in lightness, so that parts are told apart in shades of grey too.
PART_COLOURS: Final = ("#1f6fb5", "#a9d6f5", "#a8550a", "#f5d08a", "#2b2f36", "#c77fb0", "#6b6f76", "#d8d8d2")


def ranked_rows(view: MapView, language: str, *, order: Order) -> list[AreaRow]:
    """The areas in the order of the picture: with a value, without one, then what regions hold outside districts.

    By value, sums of areas that lack some of them come after the others: of two such sums nobody knows which is higher.
    Figures on suicide are never put in the order of their values.
    """
    is_by_value = order == "value" and not view.indicator.never_coloured

    def place(row: AreaRow) -> tuple[object, ...]:
        value = drawn_value(view, row)
        is_ranked = is_by_value and not row.lacks_parts
        by_value = -value if value is not None and is_ranked else 0.0
        is_behind = is_by_value and row.lacks_parts
        return row.level == "remainder", value is None, is_behind, by_value, sort_key(row.name(language), language)

    return sorted(view.rows, key=place)


def drawn_value(view: MapView, row: AreaRow) -> float | None:
    """What a row is drawn at: the rate, or the number where no rate is formed; None where there is none."""
    value = row.value if sentences.has_rate(view.indicator) else row.count
    return None if row.status is not CellStatus.VALUE or math.isnan(value) else value


def ranked_figure(view: MapView, *, language: str, theme: Theme, order: Order = "name") -> go.Figure:
    """A dot with its interval for every area; y counts the rows from 0 at the top."""
    rows = ranked_rows(view, language, order=order)
    names = sentences.place_names(rows, language)
    around, dots = _around(view, len(rows), language, theme), _dots(view, rows, names, language, theme)
    revised = [
        (value, at) for at, row in enumerate(rows) if row.revised and (value := drawn_value(view, row)) is not None
    ]
    figure = chart_layout.Draft([*around, dots, *changes_rings.rings(revised, theme)])
    figure.add(*_missing(view, rows, names, language, theme))
    entries = list(_ranked_entries(view, rows, language, theme))
    figure.add(*entries)
    title = chart_layout.heading(sentences.title(view, language), "", is_invented=view.is_invented, language=language)
    words = [str(trace.get("name")) for trace in figure.traces if trace.get("showlegend") is not False]
    axis_words, widest = sentences.value_label(view, language), _widest(view)
    labels = [names[row.area] for row in rows]
    layout = rows_layout(title, words, labels, is_invented=view.is_invented, language=language, theme=theme)
    figure.arrange(layout)
    figure.add(chart_layout.row_names(labels, x=0, above=NAME_ABOVE, theme=theme))
    figure.arrange(
        {"xaxis": {"title": {"text": axis_words, "font": {"size": 13}}, "range": [-0.02 * widest, 1.05 * widest]}}
    )
    return figure.drawn()


def _widest(view: MapView) -> float:
    shown = [(value, row.upper) for row in (*view.rows, *view.above) if (value := drawn_value(view, row)) is not None]
    return max((limit for limits in shown for limit in limits if not math.isnan(limit)), default=0) or 1


def _around(view: MapView, rows: int, language: str, theme: Theme) -> Iterator[Trace]:
    """Lines at the values of the region and the country, over all rows."""
    for row in view.above:
        value = drawn_value(view, row)
        if value is None:
            continue
        text = sentences.value_text(view, row, language)
        yield chart_layout.scatter(
            x=[value, value],
            y=[-0.9, rows - 0.4],
            mode="lines",
            line={"color": theme.muted, "width": 1.5, "dash": _STROKES[row.level]},
            name=chart_layout.entry(t("chart.line_of", language, area=row.name(language), value=text)),
            hoverinfo="skip",
            meta={"role": "around", "area": row.area},
        )


def _dots(view: MapView, rows: Sequence[AreaRow], names: dict[str, str], language: str, theme: Theme) -> Trace:
    shown = [(place, row, value) for place, row in enumerate(rows) if (value := drawn_value(view, row)) is not None]
    values = [value for _, _, value in shown]
    return chart_layout.scatter(
        x=values,
        y=[place for place, _, _ in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_length(value, row.upper) for _, row, value in shown],
            "arrayminus": [_length(row.lower, value) for _, row, value in shown],
            "color": theme.accent,
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        marker={
            "symbol": [_symbol(row) for _, row, _ in shown],
            "size": 11,
            "color": [theme.background if row.is_unstable else theme.accent for _, row, _ in shown],
            "line": {"color": theme.accent, "width": 2},
        },
        text=[_row_hover(view, row, names[row.area], language) for _, row, _ in shown],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "values"},
    )


def _symbol(row: AreaRow) -> str:
    if row.lacks_parts:
        return "square"
    return "diamond" if row.is_provisional else "circle"


def _length(lower: float, upper: float) -> float | None:
    return None if math.isnan(lower) or math.isnan(upper) else upper - lower


def _row_hover(view: MapView, row: AreaRow, name: str, language: str) -> str:
    notes = sentences.marks(view, row, language)
    return chart_layout.hover([name, *sentences.figure_parts(view, row, language, notes=notes)])


def _missing(
    view: MapView, rows: Sequence[AreaRow], names: dict[str, str], language: str, theme: Theme
) -> Iterator[Trace]:
    """Areas without a value: the mark of the reason and the reason in words."""
    states = [(place, row, _state(view, row)) for place, row in enumerate(rows)]
    for state in STATE_MARKS:
        found = [(place, row) for place, row, its in states if its == state]
        if not found:
            continue
        yield chart_layout.scatter(
            x=[0] * len(found),
            y=[place for place, _ in found],
            mode="markers+text",
            marker=chart_layout.state_mark(state, theme),
            text=[f"  {state_words(state, language)}"] * len(found),
            textposition="middle right",
            textfont={"color": theme.muted, "size": 13},
            customdata=[_row_hover(view, row, names[row.area], language) for _, row in found],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
            meta={"role": "gap", "state": state},
        )


def _state(view: MapView, row: AreaRow) -> str:
    if row.status is not CellStatus.VALUE:
        return str(row.status)
    return "no_rate" if drawn_value(view, row) is None else ""


def _ranked_entries(view: MapView, rows: Sequence[AreaRow], language: str, theme: Theme) -> Iterator[Trace]:
    shown = [row for row in rows if drawn_value(view, row) is not None]
    line = {"color": theme.accent, "width": 2}
    if any(not math.isnan(row.lower) for row in shown):
        yield legend_entry(t("chart.whisker", language), mode="lines", line=line)
    if any(row.is_unstable for row in shown):
        mark = {"size": 11, "color": theme.background, "line": line}
        yield legend_entry(t("status.unstable", language), mode="markers", marker=mark)
    if any(row.lacks_parts for row in shown):
        mark = {"size": 11, "color": theme.accent, "symbol": "square"}
        yield legend_entry(t("margin.lacks_parts", language), mode="markers", marker=mark)
    if any(row.is_provisional and not row.lacks_parts for row in shown):
        mark = {"size": 11, "color": theme.accent, "symbol": "diamond"}
        yield legend_entry(t("status.provisional", language), mode="markers", marker=mark)
    if any(row.revised for row in shown):
        yield changes_rings.ring_entry(language, theme)


def rows_layout(
    title: str, entries: Sequence[str], labels: Sequence[str], *, is_invented: bool, language: str, theme: Theme
) -> dict[str, Any]:
    """Layout of a picture with a row per area, its name above the row."""
    plot = _ROW * (len(labels) + 1)
    height = chart_layout.head_height(title, entries) + plot + _AXIS
    layout = chart_layout.base_layout(title=title, height=height, language=language, theme=theme)
    layout["annotations"] = chart_layout.watermarks(plot, language, theme) if is_invented else []
    layout["xaxis"] = chart_layout.axis(theme, nticks=5, ticks="outside", zeroline=True, zerolinecolor=theme.muted)
    layout["yaxis"] = chart_layout.axis(
        theme,
        range=[len(labels) - 0.4, -0.9],
        tickvals=list(range(len(labels))),
        showticklabels=False,
    )
    return layout


def parts_figure(view: PartsView, *, language: str, theme: Theme) -> go.Figure:
    """The parts as shares of the whole, one bar of 100 % per area; what is hidden is a hatched rest."""
    rows = sentences.in_order(view.rows, language)
    names = sentences.place_names(rows, language)
    figure = chart_layout.Draft()
    for index in range(len(view.categories)):
        figure.add(_part_bars(view, rows, index, names, language, theme))
    for state in dict.fromkeys(_rest_state(row) for row in rows if _rest(row)):
        figure.add(_rest_bars(rows, state, names, language, theme))
    figure.add(*_without_shares(rows, language, theme))
    title = chart_layout.heading(
        sentences.parts_title(view, language), "", is_invented=view.is_invented, language=language
    )
    words = [str(trace.get("name")) for trace in figure.traces if trace.get("showlegend") is not False]
    labels = [names[row.area] for row in rows]
    layout = rows_layout(title, words, labels, is_invented=view.is_invented, language=language, theme=theme)
    figure.arrange({**layout, "barmode": "stack"})
    figure.add(chart_layout.row_names(labels, x=0, above=NAME_ABOVE, theme=theme))
    figure.arrange(
        {"xaxis": {"range": [-0.5, 100.5], "title": {"text": t("chart.share", language), "font": {"size": 13}}}}
    )
    return figure.drawn()


def share_state(row: PartsRow) -> str:
    """Why a row has no shares, as the end of a word key; empty where it has them.

    One single hidden part would be the rest of the bar, so then none is shown.
    """
    if row.total == 0:
        return "whole_zero"
    unknown = [part for part in row.parts if math.isnan(part.share) and part.status is not CellStatus.NOT_APPLICABLE]
    is_hidden = any(part.status is CellStatus.SUPPRESSED for part in unknown)
    if math.isnan(row.total) or len(unknown) == len(row.parts):
        return "share_hidden" if is_hidden else "share_unknown"
    return "share_hidden" if is_hidden and len(unknown) < _LEAST_UNKNOWN else ""


def _shares(row: PartsRow) -> list[float]:
    """The share of each part, 0 where it is not shown."""
    if share_state(row):
        return [0.0] * len(row.parts)
    return [0.0 if math.isnan(part.share) else part.share for part in row.parts]


def _rest(row: PartsRow) -> float:
    """What of the bar is hidden or not reported."""
    is_whole = all(part.status in (CellStatus.VALUE, CellStatus.NOT_APPLICABLE) for part in row.parts)
    return 0.0 if share_state(row) or is_whole else max(0.0, 100 - sum(_shares(row)))


def _part_bars(
    view: PartsView, rows: Sequence[PartsRow], index: int, names: dict[str, str], language: str, theme: Theme
) -> Trace:
    category = t(f"category.{view.request.breakdown}.{view.categories[index]}", language)
    colour = PART_COLOURS[index % len(PART_COLOURS)]
    shares = [_shares(row)[index] for row in rows]
    return chart_layout.bar(
        x=[share or None for share in shares],
        y=list(range(len(rows))),
        orientation="h",
        width=_BAR,
        name=chart_layout.entry(category),
        marker={"color": colour, "line": {"color": theme.muted, "width": 1}},
        text=[percent(share / 100, language, decimals=0) if share >= _LEAST_WORDS else "" for share in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"size": 12},
        constraintext="none",
        customdata=[_part_hover(view, row, row.parts[index], category, names[row.area], language) for row in rows],
        hovertemplate="%{customdata}<extra></extra>",
        meta={"role": "part", "category": view.categories[index]},
    )


def _part_hover(view: PartsView, row: PartsRow, part: Part, category: str, name: str, language: str) -> str:
    if part.status is not CellStatus.VALUE or share_state(row):
        return ""
    share = "" if math.isnan(part.share) else percent(part.share / 100, language)
    count = plural(f"unit.{view.indicator.unit}", part.count, language)
    missing = sentences.parts_missing(row, language)
    return chart_layout.hover([name, category, share, count, *([missing] if missing else [])])


def _rest_state(row: PartsRow) -> str:
    """The state of all parts without a value, where it is one; what is hidden in part has a pattern of its own."""
    states = {part.status for part in row.parts} - {CellStatus.VALUE, CellStatus.NOT_APPLICABLE}
    return str(states.pop()) if len(states) == 1 else _MIXED


def _rest_bars(rows: Sequence[PartsRow], state: str, names: dict[str, str], language: str, theme: Theme) -> Trace:
    words = t("chart.rest" if state == _MIXED else f"status.{state}", language)
    shape = STATE_PATTERNS.get(state, _MIXED_PATTERN)
    return chart_layout.bar(
        x=[(_rest(row) or None) if _rest_state(row) == state else None for row in rows],
        y=list(range(len(rows))),
        orientation="h",
        width=_BAR,
        name=chart_layout.entry(words),
        marker={
            "color": "rgba(0,0,0,0)",
            "line": {"color": theme.muted, "width": 1},
            "pattern": {"shape": shape, "fgcolor": theme.muted, "size": 6, "solidity": 0.2},
        },
        text=[chart_layout.hover([names[row.area], words]) for row in rows],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
        meta={"role": "rest", "state": state},
    )


def _without_shares(rows: Sequence[PartsRow], language: str, theme: Theme) -> Iterator[Trace]:
    """Areas without a bar and the reason in words."""
    found = [(place, row) for place, row in enumerate(rows) if share_state(row)]
    if found:
        yield chart_layout.scatter(
            x=[0] * len(found),
            y=[place for place, _ in found],
            mode="text",
            text=[f" {share_words(row, language)}" for _, row in found],
            textposition="middle right",
            textfont={"color": theme.muted, "size": 13},
            hoverinfo="skip",
            showlegend=False,
            meta={"role": "gap"},
        )


def share_words(row: PartsRow, language: str) -> str:
    """Why an area has no shares: the state of all its parts where they have but one."""
    states = {part.status for part in row.parts}
    if len(states) == 1 and CellStatus.VALUE not in states:
        return t(f"status.{states.pop()}", language)
    return t(f"chart.{share_state(row)}", language)
