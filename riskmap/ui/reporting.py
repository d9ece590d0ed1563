"""What the live build says of itself: date, version, who has reported, what can be seen."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

import streamlit as st

from geo.areas import areas
from riskmap.analytics.views import Overview, Returns, Table
from riskmap.domain.registry import catalogue, indicator, source
from riskmap.ui.tables import html_table
from riskmap.words import day, join, percent, period, sort_key, t

_LEVELS: Final = ("country", "region", "district")


def build_facts(overview: Overview, language: str) -> None:
    """Data date, version and number of indicators, side by side."""
    shown = {table.indicator for table in overview.tables}
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
    name = f"{name} ({t('overview.invented_word', language)})" if item.is_invented else name
    nobody = t("overview.returns_table.nobody", language)
    return [name, period(item.period, language), share, join(missing, language) if missing else nobody, received]


def contents(overview: Overview, language: str) -> None:
    """Every indicator: at which levels it is published, from when to when, real or invented, from which source."""
    st.header(t("overview.contents", language), anchor=False)
    columns = ("indicator", "levels", "period", "kind", "source")
    header = [t(f"overview.contents_table.{column}", language) for column in columns]
    rows = [_contents_row(list(own), language) for own in _by_indicator_and_kind(overview)]
    st.html(html_table(header, rows, caption=t("overview.contents", language), is_captioned=False))


def _by_indicator_and_kind(overview: Overview) -> Iterator[Iterator[Table]]:
    place = {identifier: position for position, identifier in enumerate(catalogue().indicators)}
    ordered = sorted(overview.tables, key=lambda table: (place[table.indicator], table.is_invented))
    for _, own in groupby(ordered, key=lambda table: (table.indicator, table.is_invented)):
        yield own


def _contents_row(own: Sequence[Table], language: str) -> list[str]:
    item = indicator(own[0].indicator)
    levels = [t(f"level.{level}", language) for level in _LEVELS if any(x.level == level for x in own)]
    newest = max(own, key=lambda table: (table.latest.end, table.latest.start))
    kind = "invented_word" if own[0].is_invented else "real_word"
    sources = ", ".join(source(name).words[language]["name"] for name in item.sources)
    name = item.words[language]["name"]
    return [name, ", ".join(levels), period(newest.latest, language), t(f"overview.{kind}", language), sources]


def first_words(overview: Overview, language: str) -> None:
    """How complete the latest return is that is no sample, in one sentence."""
    real = [item for item in overview.returns if not item.is_invented]
    latest = max(real, key=lambda item: item.period.end, default=None)
    if latest is not None:
        share = len(latest.reported) / (len(latest.reported) + len(latest.missing))
        text = t(
            "overview.share_reported", language, share=percent(share, language), period=period(latest.period, language)
        )
        st.markdown(text)
