"""The sections of the page of comparisons: each is one question, asked only where it is shown."""

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Final

import streamlit as st

from geo.areas import areas
from riskmap.analytics.funnels import FunnelView
from riskmap.analytics.method_views import Method
from riskmap.domain.vocabulary import ALL, COUNTRY, CellStatus
from riskmap.files import sentences
from riskmap.files.funnel_sentences import chosen_line, funnel_lines, left_out_lines, limit_lines, obstacle_words
from riskmap.files.hidden_words import known_to_all
from riskmap.ui import data, panels
from riskmap.ui.asked import Asked
from riskmap.ui.changes_flags import corrected_note
from riskmap.ui.charts_compare import heat_figure, parts_figure, ranked_figure
from riskmap.ui.charts_funnel import funnel_figure
from riskmap.ui.compare_tables import funnel_table, heat_table, lacking_note, pair_table, parts_table
from riskmap.ui.downloads import csv_button
from riskmap.ui.filters import FIGURE, breakdown_buttons, order_switch, other_box
from riskmap.ui.map_modes import judged_columns
from riskmap.ui.method_sections import method_link
from riskmap.ui.pictures import show_figure
from riskmap.ui.selection import remember
from riskmap.ui.tables import map_table
from riskmap.words import t


def ranked(asked: Asked) -> None:
    """Every area of the level with its interval: alphabetical, or by value."""
    chosen, lang = asked.chosen, asked.chosen.lang
    view = data.area_map(asked.build, asked.request)
    panels.summary(view, lang)
    if not view.indicator.never_coloured:
        order_switch(chosen)
    order = "name" if view.indicator.never_coloured else chosen.order
    show_figure(ranked_figure, view, lang, key="ranked", order=order)
    map_table(view, lang, selected=chosen.area, columns=judged_columns(asked, view))
    csv_button(view, asked.overview, lang, judged=data.judgements(asked.build, asked.request))
    panels.reading(view, lang)


def funnel(asked: Asked) -> None:
    """Every area of the level by its people, with the limits of chance; a click on one chooses it."""
    chosen, lang = asked.chosen, asked.chosen.lang
    view = data.funnel(asked.build, replace(asked.request, within=COUNTRY))
    figure = view.figure
    panels.summary(figure, lang)
    if view.obstacle:
        st.info(obstacle_words(view, lang), icon=":material/info:")
    else:
        _drawn_funnel(view, chosen.area, lang)
    csv_button(figure, asked.overview, lang)
    panels.reading(figure, lang)


def _drawn_funnel(view: FunnelView, area: str, lang: str) -> None:
    if line := chosen_line(view, area, lang):
        st.markdown(f"**{escape(line)}**")
    # Another area chosen elsewhere makes another picture, so that nothing of an earlier click is left in it.
    options = {"key": f"funnel-{area}", "selected": area}
    show_figure(funnel_figure, view, lang, on_point=lambda code: remember(area=code), **options)
    st.caption(t("funnel.hint", lang))
    st.markdown(escape(" ".join(funnel_lines(view, lang))))
    for line in (*limit_lines(view, lang), *left_out_lines(view, lang)):
        st.caption(escape(line))
    method_link(Method.FUNNEL, lang)
    st.html(funnel_table(view, lang, selected=area))
    corrected_note(view.figure, lang)


def pair(asked: Asked) -> None:
    """Two areas side by side on all indicators."""
    chosen, lang = asked.chosen, asked.chosen.lang
    other_box(chosen)
    if not chosen.other or chosen.other == chosen.area:
        return
    view = data.pair(asked.build, (chosen.area, chosen.other))
    if not view.rows:
        st.info(t("compare.nothing_in_common", lang), icon=":material/info:")
        return
    left, right = (areas()[area].name(lang) for area in (view.left, view.right))
    st.header(t("compare.pair_title", lang, left=left, right=right), anchor=False)
    if any(row.indicator.never_coloured for row in view.rows):
        panels.help_line(lang)
    # The band says of everything under it that it is made up: real figures stand above it, in tables of their own.
    for is_invented in (False, True):
        rows = tuple(row for row in view.rows if row.is_invented is is_invented)
        if rows:
            panels.invented(is_invented, lang)
            st.html(pair_table(replace(view, rows=rows), lang))
    hidden = [x.area for row in view.rows for x in (row.left, row.right) if x.status is CellStatus.SUPPRESSED]
    if hidden:
        st.caption(" ".join([t("hidden.numbers", lang), *known_to_all(hidden, lang)]))
    corrected_note(view, lang)
    csv_button(view, asked.overview, lang)


def parts(asked: Asked) -> None:
    """The categories of a breakdown as shares of the whole."""
    lang = asked.chosen.lang
    if asked.chosen.by == ALL:
        breakdown_buttons(asked.overview.tables, asked.chosen)
        return
    view = data.parts(asked.build, replace(asked.request, category=ALL))
    st.header(sentences.parts_title(view, lang), anchor=False)
    panels.invented(view.is_invented, lang)
    show_figure(parts_figure, view, lang, key="parts")
    st.html(parts_table(view, lang))
    corrected_note(view, lang)
    csv_button(view, asked.overview, lang)


def heat(asked: Asked) -> None:
    """Areas down, periods across."""
    chosen, lang = asked.chosen, asked.chosen.lang
    # Districts of the whole country are too many lines: those of one region are shown.
    is_one_region = chosen.level == "region" or chosen.within != COUNTRY
    grain = asked.request.period.grain
    view = data.heat(asked.build, chosen.indicator, chosen.cut, grain, chosen.within) if is_one_region else None
    if view is None:
        st.info(t("compare.no_periods", lang), icon=":material/info:")
        return
    st.header(sentences.heat_title(view, lang), anchor=False)
    panels.invented(view.is_invented, lang)
    if view.indicator.never_coloured:
        panels.help_line(lang)
    show_figure(heat_figure, view, lang, key="heat")
    with st.expander(t("compare.as_table", lang)):
        st.html(heat_table(view, lang))
    if note := lacking_note(view, lang):
        st.caption(note)
    corrected_note(view, lang)
    csv_button(view, asked.overview, lang)


# What is shown, the boxes it needs for the figure, and what draws it.
SECTIONS: Final[dict[str, tuple[tuple[str, ...], Callable[[Asked], None]]]] = {
    "ranked": (FIGURE, ranked),
    "funnel": (FIGURE, funnel),
    "pair": ((), pair),
    "parts": (FIGURE, parts),
    "heat": (("indicator", "by", "grain"), heat),
}
