"""The ranks of an index with their intervals: in one neutral colour, the level told by the mark and in words."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from riskmap.analytics.attention_views import AttentionRow, AttentionView
from riskmap.files import attention_words as words
from riskmap.files.sentences import place_names
from riskmap.methods.composite import Level
from riskmap.ui import chart_layout
from riskmap.ui.attention_tables import ordered
from riskmap.ui.chart_layout import Theme, Trace, legend_entry
from riskmap.ui.charts_compare import NAME_ABOVE, rows_layout
from riskmap.words import number, t

# Told apart by shape, so that none looks like a warning or an all-clear.
MARKS: Final = {Level.PRIORITY: "square", Level.HEIGHTENED: "diamond", Level.ROUTINE: "circle-open"}

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100)
_MOST_TICKS: Final = 6


def rank_figure(view: AttentionView, *, language: str, theme: Theme, by_rank: bool = False) -> go.Figure:
    """A mark with its interval for every area; y counts the rows from 0 at the top, rank 1 stands on the left."""
    rows = ordered(view, language, by_rank=by_rank)
    names = place_names(rows, language)
    figure = chart_layout.Draft([_marks(rows, names, language, theme)])
    figure.add(*_without_rank(rows, names, language, theme))
    figure.add(*_entries(rows, language, theme))
    title = chart_layout.heading(words.title(view, language), "", is_invented=view.is_invented, language=language)
    entries = [str(trace.get("name")) for trace in figure.traces if trace.get("showlegend") is not False]
    labels = [_label(row, names[row.area], language) for row in rows]
    figure.arrange(rows_layout(title, entries, labels, is_invented=view.is_invented, language=language, theme=theme))
    last = max(view.known, 2)
    span = last - 1
    figure.add(chart_layout.row_names(labels, x=1 - 0.02 * span, above=NAME_ABOVE, theme=theme))
    axis = {"title": {"text": t("attention.chart.axis", language), "font": {"size": 13}}}
    figure.arrange(
        {"xaxis": {**axis, "range": [1 - 0.04 * span, last + 0.04 * span], "tickvals": _ticks(last), "zeroline": False}}
    )
    return figure.drawn()


def _ticks(last: int) -> list[int]:
    """Round ranks along the axis, and the first."""
    step = next((step for step in _STEPS if last <= _MOST_TICKS * step), _STEPS[-1])
    return [1, *range(step, last + 1, step)] if step > 1 else list(range(1, last + 1))


def _label(row: AttentionRow, name: str, language: str) -> str:
    if row.standing is None:
        return name
    return t("attention.chart.row", language, area=name, level=words.level_name(row.standing.level, language))


def _marks(rows: Sequence[AttentionRow], names: dict[str, str], language: str, theme: Theme) -> Trace:
    shown = [(place, row, row.standing) for place, row in enumerate(rows) if row.standing]
    return chart_layout.scatter(
        x=[standing.rank for _, _, standing in shown],
        y=[place for place, _, _ in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [standing.upper - standing.rank for _, _, standing in shown],
            "arrayminus": [standing.rank - standing.lower for _, _, standing in shown],
            "color": theme.accent,
            "thickness": 2,
            "width": 4,
        },
        mode="markers",
        marker={
            "symbol": [MARKS[standing.level] for _, _, standing in shown],
            "size": 11,
            "color": theme.accent,
            "line": {"color": theme.accent, "width": 2},
        },
        text=[_hover(row, names[row.area], language) for _, row, _ in shown],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "ranks"},
    )


def _hover(row: AttentionRow, name: str, language: str) -> str:
    standing = row.standing
    if standing is None:
        return chart_layout.hover([name, words.lack_text(row, language)])
    chances = {str(level): words.chance(standing, level, language) for level in Level}
    rank = f"{t('attention.heading.rank', language)}: {words.rank_text(standing, language)}"
    score = f"{t('attention.heading.score', language)}: {number(standing.score, language, decimals=1)}"
    return chart_layout.hover([name, rank, t("attention.chart.chances", language, **chances), score])


def _without_rank(rows: Sequence[AttentionRow], names: dict[str, str], language: str, theme: Theme) -> Iterator[Trace]:
    """Areas without a rank, in words where the mark would be."""
    found = [(place, row) for place, row in enumerate(rows) if row.standing is None]
    if found:
        yield chart_layout.scatter(
            x=[1] * len(found),
            y=[place for place, _ in found],
            mode="text",
            text=[t("attention.no_rank", language)] * len(found),
            textposition="middle right",
            textfont={"color": theme.muted, "size": 13},
            customdata=[_hover(row, names[row.area], language) for _, row in found],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
            meta={"role": "gap"},
        )


def _entries(rows: Sequence[AttentionRow], language: str, theme: Theme) -> Iterator[Trace]:
    line: dict[str, Any] = {"color": theme.accent, "width": 2}
    there = {row.standing.level for row in rows if row.standing}
    for level in words.LEVELS_BY_URGENCY:
        if level in there:
            mark = {"size": 11, "color": theme.accent, "symbol": MARKS[level], "line": line}
            name = t("attention.chart.mark", language, level=words.level_name(level, language))
            yield legend_entry(name, mode="markers", marker=mark)
    yield legend_entry(t("attention.chart.interval", language), mode="lines", line=line)
