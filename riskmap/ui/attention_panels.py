"""The sections of the page of the index: what it says, of what it is made, the ranks, how they come about."""

from html import escape
from typing import Final

import streamlit as st

from riskmap.analytics.attention_views import MONTHS_APART, AttentionView
from riskmap.analytics.method_views import Method
from riskmap.analytics.views import Overview
from riskmap.files import attention_words as words
from riskmap.files.attention_csv import attention_csv, attention_name
from riskmap.ui import panels
from riskmap.ui.attention_tables import area_table, lack_table, part_table
from riskmap.ui.charts_attention import rank_figure
from riskmap.ui.downloads import File, button
from riskmap.ui.filters import rank_switch
from riskmap.ui.method_sections import method_link
from riskmap.ui.pictures import show_figure
from riskmap.ui.selection import Selection
from riskmap.words import number, t

_HOW: Final = ("as_rank", "draws", "relative", "mean", "periods")


def summary(view: AttentionView, language: str) -> None:
    """Title, without which parts, how many areas stand where or why there is no index, and what it is not."""
    st.header(words.title(view, language), anchor=False)
    panels.invented(view.is_invented, language)
    refusal = words.refusal(view, language)
    if refusal:
        st.info(f"{refusal} {t('attention.refused.try', language)}", icon=":material/info:")
    else:
        st.markdown(f"**{escape(words.result(view, language))}**")
        if lacking := words.lacking(view, language):
            st.markdown(escape(lacking))
    st.markdown(escape(" ".join(words.readings(view, language))))


def parts(view: AttentionView, language: str) -> None:
    """Every part with its weight, whether there is an index or not."""
    st.header(t("attention.heading.weights", language), anchor=False)
    st.html(part_table(view, language))
    if any(part.is_exposure_estimated for part in view.used):
        st.caption(t("attention.estimated", language))


def ranks(view: AttentionView, overview: Overview, chosen: Selection) -> None:
    """Picture, table and file of the ranks; nothing where there are none."""
    if view.refused:
        return
    lang = chosen.lang
    st.header(t("attention.heading.areas", lang), anchor=False)
    st.caption(t("attention.as_rank", lang))
    rank_switch(chosen)
    is_by_rank = chosen.order == "value"
    show_figure(rank_figure, view, lang, key="ranks", by_rank=is_by_rank)
    st.html(area_table(view, lang, by_rank=is_by_rank, selected=chosen.area))
    if lacking := lack_table(view, lang):
        st.html(lacking)

    def written() -> bytes:
        return attention_csv(view, language=lang, build=overview.build)

    name = attention_name(view, language=lang)
    button(File("download.attention", name, written, overview.build, key="download-attention"), lang)


def how(view: AttentionView, language: str) -> None:
    """How ranks and levels come about, and how levels are to be read."""
    with st.expander(t("attention.heading.how", language), icon=":material/menu_book:"):
        for name in _HOW:
            st.markdown(t(f"attention.{name}", language, draws=number(view.draws, language), months=MONTHS_APART))
    method_link(Method.INDEX, language)
