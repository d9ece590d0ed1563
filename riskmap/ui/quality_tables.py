"""The tables of the page of data quality."""

from collections.abc import Sequence

from geo.areas import areas
from riskmap.analytics.quality_views import Break, Lag, LateReturns, QualityView
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, Period, RevisionKind
from riskmap.ui.quality_heat import cell_words, heat_title, in_order
from riskmap.ui.tables import html_table
from riskmap.words import day, number, period, plural, sort_key, t
from riskmap.words.dates import month_name


def _header(language: str, *names: str) -> list[str]:
    return [t(f"quality.heading.{name}", language) for name in names]


def completeness_table(view: QualityView, language: str) -> str:
    """The picture in words: areas down, periods across."""
    header = [t("quality.heading.area", language), *(period(span, language) for span in view.periods)]
    rows = [
        [areas()[row.area].name(language), *(cell_words(view, returns, language) for returns in row.cells)]
        for row in in_order(view.rows, language)
    ]
    return html_table(header, rows, caption=heat_title(view, language))


def _by_name(view: QualityView, language: str) -> list[LateReturns]:
    return sorted(view.late, key=lambda item: sort_key(areas()[item.region].name(language), language))


def late_table(view: QualityView, language: str) -> str:
    """Per region how many returns came late, and by how many days."""
    header = _header(language, "region", "number", "median", "longest")
    rows = [
        [
            areas()[item.region].name(language),
            number(len(item.returns), language),
            number(item.median_days, language, decimals=0 if item.median_days.is_integer() else 1),
            number(item.longest_days, language),
        ]
        for item in _by_name(view, language)
    ]
    caption = t("quality.late", language)
    return html_table(header, rows, caption=caption, numeric=frozenset({1, 2, 3}), is_captioned=False)


def late_returns_table(view: QualityView, language: str) -> str:
    """Every late return: for which period, when it was due and when it came."""
    header = _header(language, "area", "region", "period", "due", "received", "days")
    rows = [
        [
            areas()[item.area].name(language),
            areas()[item.region].name(language),
            period(item.period, language),
            day(item.due, language),
            day(item.received, language) if item.received else "",
            number(item.days_late, language),
        ]
        for group in _by_name(view, language)
        for item in group.returns
    ]
    return html_table(header, rows, caption=t("quality.which_late", language), numeric=frozenset({5}))


def lag_table(shown: Sequence[Lag], language: str) -> str:
    """Per indicator after how many months its figures are final, and which periods are therefore provisional."""
    header = _header(language, "indicator", "declared", "learnt", "provisional")
    rows = [
        [
            lag.indicator.words[language]["name"],
            _months(lag.declared, language),
            t("quality.not_learnt", language) if lag.learnt is None else _months(lag.learnt, language),
            _span(lag.provisional, language),
        ]
        for lag in shown
    ]
    return html_table(header, rows, caption=t("quality.lags", language), is_captioned=False)


def _months(number_of: int, language: str) -> str:
    return plural("quality.months", number_of, language) if number_of else t("quality.at_once", language)


def _span(periods: Sequence[Period], language: str) -> str:
    if not periods:
        return t("quality.none_provisional", language)
    if len(periods) == 1:
        return period(periods[0], language)
    first, last = period(periods[0], language), period(periods[-1], language)
    return t("quality.span_of_periods", language, first=first, last=last)


def revision_table(view: QualityView, language: str) -> str:
    """Per month of publication how many published figures it has changed, in which way; invented ones in own rows."""
    header = [*_header(language, "month"), *(t(f"revision_kind.{kind}", language) for kind in RevisionKind)]
    counts = {(item.month, item.is_invented, item.kind): item.count for item in view.revisions}
    rows = []
    for month, is_invented in dict.fromkeys((item.month, item.is_invented) for item in view.revisions):
        name = t("format.period.month", language, month=month_name(month.month, language), year=month.year)
        name = t("quality.invented_word", language, text=name) if is_invented else name
        found = (counts.get((month, is_invented, kind), 0) for kind in RevisionKind)
        rows.append([name, *(number(count, language) for count in found)])
    numeric = frozenset(range(1, len(header)))
    return html_table(header, rows, caption=t("quality.revisions", language), numeric=numeric, is_captioned=False)


def fault_table(view: QualityView, language: str) -> str:
    """Per region and severity how many faults stand and how many were mended."""
    header = _header(language, "region", "severity", "open", "mended")
    rows = [
        [
            t("quality.no_region", language) if item.area == COUNTRY else areas()[item.area].name(language),
            t(f"severity.{item.severity}", language),
            number(item.open, language),
            number(item.mended, language),
        ]
        for item in view.faults
    ]
    numeric = frozenset({2, 3})
    return html_table(header, rows, caption=t("quality.faults", language), numeric=numeric, is_captioned=False)


def break_table(view: QualityView, language: str) -> str:
    """Every break of a definition and of a border, with its day and what it means.

    What is the same on both sides of a border stands once, with both areas.
    """
    header = _header(language, "day", "subject", "story")
    sides = {(item.day, item.story, item.subject, item.other) for item in view.breaks}
    rows = []
    for item in view.breaks:
        is_mirrored = (item.day, item.story, item.other, item.subject) in sides
        if is_mirrored and item.subject > item.other:
            continue
        subject = _subject(item, language, is_mirrored=is_mirrored)
        rows.append([day(item.day, language), subject, t(item.story, language)])
    return html_table(header, rows, caption=t("quality.breaks", language), is_captioned=False)


def _subject(item: Break, language: str, *, is_mirrored: bool) -> str:
    if item.axis != "area":
        return indicator(item.subject).words[language]["name"]
    name = areas()[item.subject].name(language)
    if not item.other:
        return name
    key = "border.between" if is_mirrored else "quality.border"
    return t(key, language, area=name, other=areas()[item.other].name(language))
