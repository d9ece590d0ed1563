"""The panels of the page of trends: for each indicator a chart, what it says, the equal table and the file."""

from html import escape

import streamlit as st

from geo.areas import areas
from riskmap.analytics.views import Overview, TrendPanel, TrendView
from riskmap.domain.registry import indicator
from riskmap.files import sentences
from riskmap.files.trend_sentences import trend_sentences
from riskmap.ui import panels
from riskmap.ui.changes_flags import corrected_note
from riskmap.ui.charts_trend import trend_figure
from riskmap.ui.downloads import csv_button
from riskmap.ui.pictures import show_figure
from riskmap.ui.trend_tables import trend_table
from riskmap.words import join, t


def show_trends(view: TrendView, overview: Overview, language: str) -> None:
    """One section per indicator; a sentence where nothing of what was asked for is published."""
    if not view.panels:
        st.info(t("trends.nothing", language), icon=":material/info:")
        return
    for panel in view.panels:
        _panel(panel, language)
    shown = {panel.indicator.id for panel in view.panels}
    for name in [name for name in view.request.indicators if name not in shown]:
        st.header(indicator(name).words[language]["name"], anchor=False)
        st.info(t("trends.nothing", language), icon=":material/info:")
    csv_button(view, overview, language)


def _panel(panel: TrendPanel, language: str) -> None:
    item = panel.indicator
    st.header(sentences.panel_title(panel, language), anchor=False)
    panels.invented(panel.is_invented, language)
    st.markdown(escape(" ".join(trend_sentences(panel, language))))
    if item.never_coloured:
        panels.help_line(language)
    if panel.lines:
        show_figure(trend_figure, panel, language, key=f"trend-{item.id}")
    if panel.left_out:
        names = join([areas()[area].name(language) for area in panel.left_out], language)
        st.caption(t("trends.left_out", language, areas=names))
    if panel.lines:
        corrected_note(panel, language)
        st.html(trend_table(panel, language))
