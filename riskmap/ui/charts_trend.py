"""Lines over periods: gaps stay gaps and say why, breaks cut the line, what is not final is dashed."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go

from riskmap.analytics.views import Line, Point, TrendPanel
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.files.trend_sentences import point_parts
from riskmap.ui import changes_rings, chart_layout
from riskmap.ui.chart_breaks import Note, break_lines, break_notes, note_texts, notes_height
from riskmap.ui.chart_layout import STATE_MARKS, Theme, Trace, legend_entry, period_axis, state_words
from riskmap.ui.chart_ticks import NARROWEST, overhang
from riskmap.words import period, t

DASH: Final = "5px,4px"
# None of them points up or down: beside a line that would read as rising or falling, which only a test may say.
_SYMBOLS: Final = ("circle", "square", "diamond", "cross", "triangle-right", "hexagram")
_SIGNS: Final = ("●", "■", "◆", "✚", "▸", "✶")
_PLOT, _STRIP = 320, 18  # pixels
_MANY: Final = 4  # lines
_DIGIT, _DIGITS = 7, 3  # pixels of a digit beside the plot; so many are reckoned with
_ALONE: Final = 0.12  # half the width of the interval of a point without neighbours


class _Style(NamedTuple):
    """How one line is told apart: by colour, mark and, of the country, width."""

    colour: str
    symbol: str
    sign: str
    width: float


def trend_figure(panel: TrendPanel, *, language: str, theme: Theme) -> go.Figure:
    """The lines of one panel with their intervals; x counts the periods from 0."""
    names = sentences.place_names(panel.lines, language)
    styles = _styles(panel.lines, theme)
    drawn = list(zip(panel.lines, styles, strict=True))
    figure = chart_layout.Draft()
    for line, style in drawn:
        figure.add(_band(panel, line, style))
    for line, style in drawn:
        figure.add(*_strokes(panel, line, style))
        figure.add(_marks(panel, line, style, names[line.area], language=language, theme=theme))
    for line, _ in drawn:
        figure.add(*changes_rings.rings(_revised(panel, line), theme, area=line.area))
    rows = [(line, style) for line, style in drawn if any(gap_state(panel, point) for point in line.points)]
    for row, (line, _) in enumerate(rows):
        figure.add(*_gaps(panel, line, row, names[line.area], language=language, theme=theme))
    entries = _entries(panel, names, styles, language=language, theme=theme)
    figure.add(*entries)
    notes = list(break_notes(panel, language))
    words = [str(entry["name"]) for entry in entries]
    figure.arrange(_layout(panel, words, notes, len(rows), language=language, theme=theme))
    figure.arrange(_axes(panel, [style for _, style in rows], language=language, theme=theme))
    return figure.drawn()


def drawn_value(panel: TrendPanel, point: Point) -> float | None:
    """What a point is drawn at: the rate, or the number where no rate is formed; None where there is none."""
    value = point.value if sentences.has_rate(panel.indicator) else point.count
    return None if point.status is not CellStatus.VALUE or math.isnan(value) else value


def gap_state(panel: TrendPanel, point: Point) -> str:
    """Why nothing is drawn, as a key of STATE_MARKS; empty where something is."""
    if point.status is not CellStatus.VALUE:
        return str(point.status)
    return "no_rate" if drawn_value(panel, point) is None else ""


def _styles(lines: Sequence[Line], theme: Theme) -> list[_Style]:
    found, others = [], 0
    for line in lines:
        if line.level == "country":
            found.append(_Style(theme.text, "star", "★", 3.5))
            continue
        place = others % len(_SYMBOLS)
        found.append(_Style(theme.lines[others % len(theme.lines)], _SYMBOLS[place], _SIGNS[place], 2))
        others += 1
    return found


def _is_cut(panel: TrendPanel, line: Line, one: Point, other: Point) -> bool:
    """Whether a break of the definition, or of the borders of the area, parts two neighbouring points."""
    return any(
        one.period.start < story.day <= other.period.end
        for story in panel.stories
        if story.axis == "definition" or story.subject == line.area
    )


def _runs(panel: TrendPanel, line: Line) -> Iterator[list[int]]:
    """Places of neighbouring points that are drawn and that no break parts."""
    run: list[int] = []
    for place, point in enumerate(line.points):
        if run and (gap_state(panel, point) or _is_cut(panel, line, line.points[place - 1], point)):
            yield run
            run = []
        if not gap_state(panel, point):
            run.append(place)
    if run:
        yield run


def _band(panel: TrendPanel, line: Line, style: _Style) -> Trace:
    """The intervals as a band; of a point without neighbours as a small box."""
    x: list[float | None] = []
    y: list[float | None] = []
    for run in _runs(panel, line):
        for known, group in groupby(run, key=lambda place: not math.isnan(line.points[place].lower)):
            places = list(group)
            if not known:
                continue
            points = [line.points[place] for place in places]
            if len(places) == 1:
                (place,), points = places, points * 2
                across = [place - _ALONE, place + _ALONE]
            else:
                across = [float(place) for place in places]
            x += [*across, *reversed(across), None]
            y += [*(point.upper for point in points), *(point.lower for point in reversed(points)), None]
    return chart_layout.scatter(
        x=x,
        y=y,
        mode="lines",
        line={"width": 0, "color": style.colour},
        fill="toself",
        fillcolor=_faint(style.colour, lines=len(panel.lines)),
        hoverinfo="skip",
        showlegend=False,
        meta={"role": "band", "area": line.area},
    )


def _faint(colour: str, *, lines: int = 1) -> str:
    """The colour of a band; the more of them may lie over each other, the fainter."""
    opacity = 0.18 if lines < _MANY else 0.11
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def _strokes(panel: TrendPanel, line: Line, style: _Style) -> Iterator[Trace]:
    """The line in two strokes: between final points, and dashed wherever one of two points is not final."""
    x: dict[bool, list[int | None]] = {False: [], True: []}
    y: dict[bool, list[float | None]] = {False: [], True: []}
    for run in _runs(panel, line):
        for one, other in pairwise(run):
            points = line.points[one], line.points[other]
            dashed = any(point.is_provisional for point in points)
            x[dashed] += [one, other, None]
            y[dashed] += [*(drawn_value(panel, point) for point in points), None]
    for dashed, role in ((False, "final"), (True, "provisional")):
        yield chart_layout.scatter(
            x=x[dashed],
            y=y[dashed],
            mode="lines",
            connectgaps=False,
            line={"color": style.colour, "width": style.width, "dash": DASH if dashed else "solid"},
            hoverinfo="skip",
            showlegend=False,
            meta={"role": role, "area": line.area},
        )


def _marks(panel: TrendPanel, line: Line, style: _Style, name: str, *, language: str, theme: Theme) -> Trace:
    """A mark for every value, filled with the colour of the page where few events make it unstable."""
    texts = [
        "" if gap_state(panel, point) else _hover(panel, line, point, name, language=language) for point in line.points
    ]
    return chart_layout.scatter(
        x=list(range(len(line.points))),
        y=[drawn_value(panel, point) for point in line.points],
        mode="markers",
        marker={
            "symbol": style.symbol,
            "size": 9,
            "color": [theme.background if point.is_unstable else style.colour for point in line.points],
            "line": {"color": style.colour, "width": 2},
        },
        text=texts,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
        meta={"role": "points", "area": line.area},
    )


def _revised(panel: TrendPanel, line: Line) -> Iterator[tuple[float, float]]:
    for place, point in enumerate(line.points):
        value = drawn_value(panel, point)
        if point.revised and value is not None:
            yield place, value


def _hover(panel: TrendPanel, line: Line, point: Point, name: str, *, language: str) -> str:
    parts = point_parts(panel, line, point, language)
    return chart_layout.hover([f"{name}, {period(point.period, language)}", *parts])


def _gaps(panel: TrendPanel, line: Line, row: int, name: str, *, language: str, theme: Theme) -> Iterator[Trace]:
    """Under the plot a row per area that has gaps: each gap with the mark of its reason."""
    found = [(place, gap_state(panel, point)) for place, point in enumerate(line.points)]
    for state in dict.fromkeys(state for _, state in found if state):
        places = [place for place, its in found if its == state]
        texts = [_hover(panel, line, line.points[place], name, language=language) for place in places]
        yield chart_layout.scatter(
            x=places,
            y=[row] * len(places),
            yaxis="y2",
            mode="markers",
            marker=chart_layout.state_mark(state, theme),
            text=texts,
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
            cliponaxis=False,
            meta={"role": "gap", "area": line.area, "state": state},
        )


def _entries(
    panel: TrendPanel, names: dict[str, str], styles: Sequence[_Style], *, language: str, theme: Theme
) -> list[Trace]:
    """The legend: the areas, then only those marks that the picture has."""
    points = [point for line in panel.lines for point in line.points]
    values = [point for point in points if not gap_state(panel, point)]
    entries = [
        legend_entry(
            names[line.area],
            mode="lines+markers",
            line={"color": style.colour, "width": style.width},
            marker={"symbol": style.symbol, "size": 9, "color": style.colour},
        )
        for line, style in zip(panel.lines, styles, strict=True)
    ]
    if any(not math.isnan(point.lower) for point in values):
        mark = {"symbol": "square", "size": 13, "color": _faint(theme.text), "line": {"width": 0}}
        entries.append(legend_entry(t("chart.band", language), mode="markers", marker=mark))
    if any(point.is_unstable for point in values):
        mark = {"size": 9, "color": theme.background, "line": {"color": theme.text, "width": 2}}
        entries.append(legend_entry(t("status.unstable", language), mode="markers", marker=mark))
    if any(point.is_provisional for point in values):
        stroke = {"color": theme.text, "width": 2, "dash": DASH}
        entries.append(legend_entry(t("status.provisional", language), mode="lines", line=stroke))
    if any(point.revised for point in values):
        entries.append(changes_rings.ring_entry(language, theme))
    present = {gap_state(panel, point) for point in points}
    for state in STATE_MARKS:
        if state in present:
            words = state_words(state, language)
            entries.append(legend_entry(words, mode="markers", marker=chart_layout.state_mark(state, theme)))
    return entries


def _layout(
    panel: TrendPanel, entries: Sequence[str], notes: Sequence[Note], rows: int, *, language: str, theme: Theme
) -> dict[str, Any]:
    title = chart_layout.heading(
        sentences.panel_title(panel, language), "", is_invented=panel.is_invented, language=language
    )
    below = 44 + notes_height(notes)
    height = chart_layout.head_height(title, entries) + _PLOT + _STRIP * rows + below
    layout = chart_layout.base_layout(title=title, height=height, language=language, theme=theme)
    layout["margin"]["b"] = below
    layout["margin"]["r"] = overhang(panel.periods, language)
    layout["shapes"] = list(break_lines(notes, theme))
    layout["annotations"] = [
        *note_texts(notes, theme, periods=len(panel.periods)),
        *(chart_layout.watermarks(_PLOT, language, theme) if panel.is_invented else []),
    ]
    return layout


def _axes(panel: TrendPanel, rows: Sequence[_Style], *, language: str, theme: Theme) -> dict[str, Any]:
    strip = _STRIP * len(rows) / (_PLOT + _STRIP * len(rows))
    values = [
        limit
        for line in panel.lines
        for point in line.points
        if not gap_state(panel, point)
        for limit in (drawn_value(panel, point), point.upper)
        if limit is not None and not math.isnan(limit)
    ]
    top = max(values, default=0) or 1
    width = NARROWEST - _DIGIT * max(0, len(f"{top:,.0f}") - _DIGITS)
    return {
        "xaxis": {**period_axis(panel.periods, language, theme, width=width), "anchor": "free", "position": 0},
        "yaxis": chart_layout.axis(
            theme,
            range=[0, top * 1.12],
            rangemode="tozero",
            domain=[strip, 1],
            nticks=6,
            showticklabels=bool(values),
            title={"text": sentences.value_label(panel, language), "font": {"size": 13, "color": theme.text}},
            showline=True,
            zeroline=True,
            zerolinecolor=theme.muted,
        ),
        "yaxis2": chart_layout.axis(
            theme,
            range=[len(rows) - 0.4, -0.9],
            domain=[0, strip],
            tickvals=list(range(len(rows))),
            ticktext=[style.sign for style in rows],
            showgrid=False,
            visible=bool(rows),
        ),
    }
