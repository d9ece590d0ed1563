"""The tables equal to the pictures of comparisons."""

import math
from itertools import groupby
from typing import Final

from riskmap.analytics.funnels import FunnelView
from riskmap.analytics.views import AreaRow, HeatView, PairRow, PairView, Part, PartsRow, PartsView, Point
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.files.funnel_sentences import lies_words, people_label
from riskmap.ui.charts_compare import share_state
from riskmap.ui.tables import html_table
from riskmap.words import number, percent, period, t

LACKING: Final = "†"  # after a value that is the sum of some of the areas only


def funnel_table(view: FunnelView, language: str, *, selected: str) -> str:
    """The areas in the picture, in alphabetical order: number, people, value, and where each lies."""
    figure = view.figure
    lies = {point.row.area: point.lies for point in view.points}
    rows = sentences.in_order([point.row for point in view.points], language)
    names = sentences.place_names(rows, language)
    header = [
        t("heading.area", language),
        t(f"unit.{figure.indicator.unit}.heading", language),
        people_label(view, language),
        sentences.rate_label(figure, language),
        t("funnel.where", language),
    ]
    body = [
        [
            names[row.area],
            sentences.flagged(sentences.count_text(row, language), row),
            number(row.exposure, language),
            sentences.rate_text(figure, row, language),
            lies_words(lies[row.area], language),
        ]
        for row in rows
    ]
    marked = next((place for place, row in enumerate(rows) if row.area == selected), None)
    caption = sentences.title(figure, language)
    return html_table(header, body, caption=caption, numeric=frozenset({1, 2, 3}), marked=marked)


def pair_table(view: PairView, language: str) -> str:
    """Two areas on all indicators: a table per topic."""
    topics = groupby(view.rows, key=lambda row: row.indicator.topic)
    return "".join(_topic_table(list(rows), catalogue().topics[topic][language], language) for topic, rows in topics)


def _topic_table(rows: list[PairRow], topic: str, language: str) -> str:
    names = sentences.place_names([rows[0].left, rows[0].right], language).values()
    header = [
        t("heading.indicator", language),
        t("heading.period", language),
        *(t(f"heading.{part}", language, area=name) for name in names for part in ("value_of", "count_of")),
        t("heading.note", language),
    ]
    body = [_pair_row(row, list(names), language) for row in rows]
    return html_table(header, body, caption=topic, numeric=frozenset({2, 3, 4, 5}))


def _pair_row(row: PairRow, names: list[str], language: str) -> list[str]:
    item = row.indicator
    words = [item.words[language]["name"]]
    if sentences.has_rate(item):
        words.append(sentences.rate_label(row, language))
    notes = [t("invented.mark", language)] if row.is_invented else []
    for name, area in zip(names, (row.left, row.right), strict=True):
        its = sentences.qualities(area, language, level=area.level)
        if area.status is CellStatus.VALUE:
            its = [*sentences.reasons(row, area, language), *its]
        its = [*filter(None, [sentences.shown_for(item, area, language)]), *its]
        if its:
            notes.append(t("heading.notes_of", language, area=name, notes=", ".join(its)))
    figures = [text for area in (row.left, row.right) for text in _pair_cells(row, area, language)]
    return [", ".join(words), period(row.period, language), *figures, "; ".join(notes)]


def _pair_cells(row: PairRow, area: AreaRow, language: str) -> tuple[str, str]:
    """Value with its interval or the state of the cell, and the number."""
    if area.status is not CellStatus.VALUE:
        return t(f"status.{area.status}", language), ""
    value, limits = sentences.rate_text(row, area, language), sentences.interval_text(row, area, language)
    count = sentences.flagged(sentences.count_text(area, language), area)
    return (f"{value} ({limits})" if limits else value), count


def parts_table(view: PartsView, language: str) -> str:
    """The whole and every category of each area, as share and number."""
    rows = sentences.in_order(view.rows, language)
    names = sentences.place_names(rows, language)
    by = view.request.breakdown
    header = [
        t("heading.area", language),
        t("heading.whole", language),
        *(t(f"category.{by}.{category}", language) for category in view.categories),
    ]
    body = [[names[row.area], *_parts_cells(row, language)] for row in rows]
    numeric = frozenset(range(1, len(header)))
    if any(row.lacks_parts for row in rows):
        header.append(t("heading.note", language))
        body = [[*cells, sentences.parts_missing(row, language)] for cells, row in zip(body, rows, strict=True)]
    return html_table(header, body, caption=sentences.parts_title(view, language), numeric=numeric)


def _parts_cells(row: PartsRow, language: str) -> list[str]:
    unknown = t("value.unknown", language)
    total = unknown if math.isnan(row.total) else sentences.flagged(number(row.total, language), row)
    return [total, *(_part_cell(row, part, language) for part in row.parts)]


def _part_cell(row: PartsRow, part: Part, language: str) -> str:
    if part.status is not CellStatus.VALUE:
        return t(f"status.{part.status}", language)
    count = sentences.flagged(number(part.count, language), part)
    if share_state(row) or math.isnan(part.share):
        return count
    return f"{percent(part.share / 100, language)} ({count})"


def heat_table(view: HeatView, language: str) -> str:
    """Areas down, periods across: the value of each cell or the reason why there is none."""
    lines = sentences.in_order(view.lines, language)
    names = sentences.place_names(lines, language)
    header = [t("heading.area", language), *(period(span, language) for span in view.periods)]
    body = [[names[line.area], *(_heat_cell(view, point, language) for point in line.points)] for line in lines]
    caption = f"{sentences.heat_title(view, language)}, {sentences.value_label(view, language)}"
    return html_table(header, body, caption=caption, numeric=frozenset(range(1, len(header))))


def _heat_cell(view: HeatView, point: Point, language: str) -> str:
    text = sentences.flagged(sentences.value_text(view, point, language), point)
    return f"{text}{LACKING}" if point.lacks_parts and point.status is CellStatus.VALUE else text


def lacking_note(view: HeatView, language: str) -> str:
    """What the mark of sums without some of their areas means; nothing where none is shown."""
    cells = (_heat_cell(view, point, language) for line in view.lines for point in line.points)
    return t("margin.mark", language, mark=LACKING) if any(text.endswith(LACKING) for text in cells) else ""
