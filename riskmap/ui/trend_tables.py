"""The tables equal to the charts of trends."""

from riskmap.analytics.views import Line, Point, TrendPanel
from riskmap.files import sentences
from riskmap.files.trend_sentences import change_text, value_before_text
from riskmap.ui.tables import html_table
from riskmap.words import period, t


def trend_table(panel: TrendPanel, language: str) -> str:
    """Every period, the latest first, and in it every area, each number beside that of the same period last year."""
    with_rate = sentences.has_rate(panel.indicator)
    with_area = len(panel.lines) > 1
    header = _header(panel, language, with_rate=with_rate, with_area=with_area)
    names = sentences.place_names(panel.lines, language)
    rows = [
        _row(panel, line, line.points[place], names if with_area else {}, language)
        for place in reversed(range(len(panel.periods)))
        for line in panel.lines
    ]
    numeric = frozenset(range(1 + with_area, len(header) - 1))
    caption = sentences.panel_title(panel, language)
    if not with_area:
        caption = ", ".join([caption, *names.values()])
    return html_table(header, rows, caption=caption, numeric=numeric)


def _header(panel: TrendPanel, language: str, *, with_rate: bool, with_area: bool) -> list[str]:
    area = [t("heading.area", language)] if with_area else []
    value = [sentences.rate_label(panel, language), t("heading.interval", language)] if with_rate else []
    before = [t("heading.value_before", language)] if with_rate else []
    count = t(f"unit.{panel.indicator.unit}.heading", language)
    change = t("heading.change", language)
    return [t("heading.period", language), *area, *value, count, *before, change, t("heading.note", language)]


def _row(panel: TrendPanel, line: Line, point: Point, names: dict[str, str], language: str) -> list[str]:
    area = [names[line.area]] if names else []
    value, before = [], []
    if sentences.has_rate(panel.indicator):
        value = [sentences.rate_text(panel, point, language), sentences.interval_text(panel, point, language)]
        before = [value_before_text(panel, point, language)]
    reasons = sentences.reasons(panel, point, language)
    shown = filter(None, [sentences.shown_for(panel.indicator, point, language)])
    note = "; ".join([*reasons, *shown, *sentences.qualities(point, language, level=line.level)])
    count = sentences.flagged(sentences.count_text(point, language), point)
    return [period(point.period, language), *area, *value, count, *before, change_text(point, language), note]
