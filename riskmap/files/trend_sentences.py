"""Trends in plain words: the latest figure and the same period last year; whether it rose or fell takes a test."""

import math

from riskmap.analytics.views import Line, Point, TrendPanel, TrendTest
from riskmap.domain.vocabulary import CellStatus
from riskmap.files import sentences
from riskmap.files.border_words import joined_sentence
from riskmap.files.hidden_words import known_to_all
from riskmap.files.judged_words import line_sentence
from riskmap.words import number, percent, period, t


def trend_sentences(panel: TrendPanel, language: str) -> list[str]:
    """One sentence per area: its latest figure with interval, beside the same period last year.

    Before them, for each line of joined areas, what was joined and why.
    """
    names = sentences.place_names(panel.lines, language)
    said = [t("trend.invented", language)] if panel.is_invented else []
    said += [joined_sentence(line, panel.borders, language) for line in panel.lines if line.members]
    for line in panel.lines:
        said.append(_of_line(panel, line, names[line.area], language))
        said += [trend_words(line.tested, language)] if line.tested else []
        said += [line_sentence(panel.indicator, line.judged, language)] if line.judged else []
    hidden = [line.area for line in panel.lines if line.points[-1].status is CellStatus.SUPPRESSED]
    return said + known_to_all(hidden, language)


def trend_words(found: TrendTest, language: str) -> str:
    """Whether the line rises or falls, in the words of a test, or why that cannot be said."""
    window = {"first": period(found.first, language), "last": period(found.last, language)}
    if found.reason:
        return t("tested.refused", language, **window, reason=t(f"tested.{found.reason}", language))
    return t(f"tested.{found.direction}", language, **window)


def _of_line(panel: TrendPanel, line: Line, area: str, language: str) -> str:
    latest = line.points[-1]
    if latest.status is CellStatus.VALUE:
        when = period(latest.period, language)
        figure = point_text(panel, line, latest, language)
        return sentences.as_sentence(t("trend.latest", language, area=area, period=when, figure=figure))
    state = "; ".join(sentences.figure_parts(panel, latest, language, notes=()))
    known = next((point for point in reversed(line.points) if point.status is CellStatus.VALUE), None)
    if known is None:
        never = sentences.as_sentence(t("trend.never", language, area=area))
        when = period(latest.period, language)
        last = sentences.as_sentence(t("trend.state", language, period=when, state=state))
        return f"{never} {last}" if latest.status is CellStatus.SUPPRESSED else never
    words = {
        "area": area,
        "period": period(latest.period, language),
        "state": state,
        "known": period(known.period, language),
        "figure": point_text(panel, line, known, language),
    }
    return sentences.as_sentence(t("trend.gap", language, **words))


def point_text(panel: TrendPanel, line: Line, point: Point, language: str) -> str:
    """Everything known of one point in one line, the same period last year included."""
    return "; ".join(point_parts(panel, line, point, language))


def point_parts(panel: TrendPanel, line: Line, point: Point, language: str) -> list[str]:
    """Everything known of one point, each part a phrase."""
    notes = sentences.qualities(point, language, level=line.level)
    parts = sentences.figure_parts(panel, point, language, notes=notes)
    if point.status is not CellStatus.VALUE:
        return [*parts, *notes]
    if point.change is None:
        return parts
    parts.append(t("trend.before", language, change=change_text(point, language)))
    before = value_before_text(panel, point, language)
    return [*parts, t("trend.value_before", language, value=before)] if before else parts


def change_text(point: Point, language: str) -> str:
    """The number of the same period last year and the change in per cent; of small numbers both numbers; or nothing.

    Counts of sums that lack some of their areas are of other areas each time: that is said in place of a change.
    """
    if point.change is None:
        return ""
    if not point.change.is_like:
        return t("margin.not_compared", language)
    before = number(point.change.before, language)
    if point.change.percent is None:
        return t("change.from_to", language, before=before, now=number(point.count, language))
    return t("change.percent", language, before=before, percent=signed_percent(point.change.percent, language))


def signed_percent(value: float, language: str) -> str:
    """A change in per cent with its sign: "+4,2 %"; what rounds to zero has none."""
    text = percent(value / 100, language)
    return f"+{text}" if round(value, 1) > 0 else text


def value_before_text(panel: TrendPanel, point: Point, language: str) -> str:
    """The value of the same period last year, or nothing where none is known."""
    if point.change is None or math.isnan(point.change.value_before):
        return ""
    return number(point.change.value_before, language, decimals=panel.indicator.decimals)
