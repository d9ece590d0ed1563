"""What the live build says of itself: date, version, who has reported, what can be seen."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from geo.areas import areas
from riskmap.analytics.service import opening
from riskmap.analytics.views import Choice, Overview, Returns
from riskmap.domain.registry import catalogue, indicator, source
from riskmap.ui.tables import html_table
from riskmap.words import day, join, percent, period, plural, sort_key, t


def build_facts(overview: Overview, language: str) -> None:
    """Data date, version and number of indicators, side by side."""
    shown = {choice.indicator for choice in overview.choices}
    when = day(overview.data_date, language) if overview.data_date else t("value.unknown", language)
    facts = [
        (t("overview.data_date", language), when),
        (t("overview.version", language), overview.build),
        (t("overview.indicators", language), str(len(shown))),
    ]
    cards = "".join(f'<div class="card"><p>{escape(n)}</p><p class="fact">{escape(v)}</p></div>' for n, v in facts)
    st.html(f'<div class="cards">{cards}</div>')


def returns(overview: Overview, language: str) -> None:
    """For every source that is owed: which areas have reported for which period, and which have not."""
    st.header(t("overview.returns", language), anchor=False)
    if not overview.returns:
        st.markdown(t("overview.no_returns", language))
        return
    header = [
        t(f"overview.returns_table.{column}", language)
        for column in ("source", "period", "share", "missing", "received")
    ]
    rows = [_returns_row(item, language) for item in overview.returns]
    st.html(html_table(header, rows, caption=t("overview.returns", language), is_captioned=False))


def _returns_row(item: Returns, language: str) -> list[str]:
    missing = sorted((areas()[a].name(language, short=True) for a in item.missing), key=lambda n: sort_key(n, language))
    owed = len(item.reported) + len(item.missing)
    share = t("overview.returns_table.of", language, reported=len(item.reported), owed=owed)
    received = day(item.received, language) if item.received else ""
    name = source(item.source).words[language]["name"]
    nobody = t("overview.returns_table.nobody", language)
    return [name, period(item.period, language), share, join(missing, language) if missing else nobody, received]


def contents(overview: Overview, language: str) -> None:
    """Every indicator with its latest period and the share of regions that show a value."""
    st.header(t("overview.contents", language), anchor=False)
    header = [t(f"overview.contents_table.{column}", language) for column in ("indicator", "period", "shown", "source")]
    rows = [
        _contents_row(identifier, [c for c in overview.choices if c.indicator == identifier], language)
        for identifier in catalogue().indicators
        if any(c.indicator == identifier for c in overview.choices)
    ]
    st.html(html_table(header, rows, caption=t("overview.contents", language), is_captioned=False))


def _contents_row(identifier: str, choices: Sequence[Choice], language: str) -> list[str]:
    item = indicator(identifier)
    best = opening(choices, level="region")
    if best is None:
        newest = max(choices, key=lambda choice: choice.period.end)
        shown, when = t("overview.contents_table.country_only", language), period(newest.period, language)
    else:
        regions = round(best.share_shown * best.areas)
        shown, when = plural("overview.contents_table.regions", regions, language), period(best.period, language)
    sources = ", ".join(source(name).words[language]["name"] for name in item.sources)
    return [item.words[language]["name"], when, shown, sources]


def first_words(overview: Overview, language: str) -> None:
    """How complete the return behind the first view is, in one sentence."""
    latest = max(overview.returns, key=lambda item: item.period.end, default=None)
    if latest is not None:
        share = len(latest.reported) / (len(latest.reported) + len(latest.missing))
        text = t(
            "overview.share_reported", language, share=percent(share, language), period=period(latest.period, language)
        )
        st.markdown(text)
