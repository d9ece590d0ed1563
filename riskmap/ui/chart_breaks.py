"""Breaks in a chart of periods: a line with a number, and the story of each number below the axis."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from geo.areas import areas
from riskmap.analytics.views import TrendPanel
from riskmap.files import sentences
from riskmap.ui.chart_layout import TEXT_WIDTH, Theme, wrapped
from riskmap.ui.chart_ticks import place_of
from riskmap.words import day, join, t

_LINE: Final = 18  # pixels


class Note(NamedTuple):
    """A break: where it lies and the words of its note."""

    place: float
    text: str


def break_notes(panel: TrendPanel, language: str) -> Iterator[Note]:
    """One note per day and story; a break of borders names the areas it concerns."""

    def kind(story: tuple[str, str, date, str]) -> tuple[date, str, bool]:
        axis, _, when, words = story
        return when, words, axis == "area"

    names = sentences.place_names(panel.lines, language)
    number = 0
    for (when, words, of_area), group in groupby(sorted(panel.stories, key=kind), key=kind):
        place = place_of(panel.periods, when)
        if place is None:
            continue
        number += 1
        facts: dict[str, object] = {"number": number, "day": day(when, language), "story": t(words, language)}
        if of_area:
            subjects = [names.get(subject) or areas()[subject].name(language) for _, subject, _, _ in group]
            yield Note(place, t("chart.note_of_areas", language, areas=join(subjects, language), **facts))
        else:
            yield Note(place, t("chart.note", language, **facts))


def break_line(note: Note, theme: Theme) -> dict[str, Any]:
    """The line at a break, over the whole height."""
    line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
    return {
        "type": "line",
        "name": "break",
        "x0": note.place,
        "x1": note.place,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def _break_number(number: int, note: Note, theme: Theme) -> dict[str, Any]:
    return {
        "text": f"<b>{number}</b>",
        "name": "break",
        "x": note.place,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "showarrow": False,
        "bgcolor": theme.background,
        "bordercolor": theme.muted,
        "borderpad": 2,
        "font": {"size": 11, "color": theme.text},
    }


def note_texts(notes: Sequence[Note], theme: Theme) -> Iterator[dict[str, Any]]:
    """The numbers at the lines, and one text with all stories."""
    for number, note in enumerate(notes, start=1):
        yield _break_number(number, note, theme)
    if notes:
        yield _stories(_lines(notes), theme)


def notes_height(notes: Sequence[Note]) -> int:
    """Pixels that the stories need."""
    return _LINE * len(_lines(notes))


def _lines(notes: Sequence[Note]) -> list[str]:
    return [line for note in notes for line in wrapped(note.text, TEXT_WIDTH)]


def _stories(lines: Sequence[str], theme: Theme) -> dict[str, Any]:
    return {
        "text": "<br>".join(lines),
        "name": "notes",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "xshift": -34,
        "yshift": -42,
        "align": "left",
        "showarrow": False,
        "font": {"size": 13, "color": theme.text},
    }
