"""Breaks in a chart of periods: a line with the numbers of its stories, and these below the axis."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

from riskmap.analytics.views import Story, TrendPanel
from riskmap.files.border_words import border_day, border_names
from riskmap.ui.chart_layout import TEXT_WIDTH, Theme, wrapped
from riskmap.ui.chart_ticks import NARROWEST, place_of
from riskmap.words import day, join, t

_LINE: Final = 18  # pixels
_BOX: Final = 20  # pixels that a number needs, in width and in height
_DIGIT: Final = 7  # pixels that each further letter adds to its width


class Note(NamedTuple):
    """A break: where it lies and the words of its note."""

    place: float
    text: str


def break_notes(panel: TrendPanel, language: str) -> Iterator[Note]:
    """One note per day and story; a break of borders names the areas it concerns, and those on the other side."""

    def kind(story: Story) -> tuple[date, str, bool]:
        return story.day, story.story, story.axis == "area"

    number = 0
    for (when, words, of_area), group in groupby(sorted(panel.stories, key=kind), key=kind):
        place = place_of(panel.periods, when)
        if place is None:
            continue
        number += 1
        stories = list(group)
        facts: dict[str, object] = {"number": number, "story": t(words, language)}
        if of_area:
            days = dict.fromkeys(border_day(story, language) for story in stories)
            facts["day"] = join(list(days), language)
            yield Note(place, t("chart.note_of_areas", language, areas=border_names(stories, language), **facts))
        else:
            yield Note(place, t("chart.note", language, day=day(when, language), **facts))


def break_lines(notes: Sequence[Note], theme: Theme) -> Iterator[dict[str, Any]]:
    """A line at the day of each break, over the whole height."""
    line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
    for place in dict.fromkeys(note.place for note in notes):
        yield {
            "type": "line",
            "name": "break",
            "x0": place,
            "x1": place,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "line": line,
        }


def _break_numbers(notes: Sequence[Note], theme: Theme, *, step: float) -> Iterator[dict[str, Any]]:
    """One box for the numbers of each day, lower than those before it where they would meet on a narrow screen."""
    ends: list[float] = []  # of the last box of each row, in pixels
    for place, group in groupby(enumerate(notes, start=1), key=lambda numbered: numbered[1].place):
        text = ", ".join(str(number) for number, _ in group)
        half = (_BOX + _DIGIT * (len(text) - 1)) / 2
        row = next((row for row, end in enumerate(ends) if end <= place * step - half), len(ends))
        ends[row : row + 1] = [place * step + half]
        yield _break_number(text, place, row, theme)


def _break_number(text: str, place: float, row: int, theme: Theme) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>",
        "name": "break",
        "x": place,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "yshift": -_BOX * row,
        "showarrow": False,
        "bgcolor": theme.background,
        "bordercolor": theme.muted,
        "borderpad": 2,
        "font": {"size": 11, "color": theme.text},
    }


def note_texts(notes: Sequence[Note], theme: Theme, *, periods: int) -> Iterator[dict[str, Any]]:
    """The numbers at the lines, and one text with all stories."""
    yield from _break_numbers(notes, theme, step=NARROWEST / periods)
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
