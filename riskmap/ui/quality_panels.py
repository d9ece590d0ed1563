"""The sections of the page of data quality, each a heading with a table or the sentence that there is nothing."""

from html import escape
from pathlib import Path
from typing import Final

import streamlit as st

from riskmap.analytics.quality_views import QualityView
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files.quality_csv import completeness_csv, completeness_name
from riskmap.files.receipt import receipt_html, receipt_name
from riskmap.files.return_words import latest_words
from riskmap.ui import data, panels, quality_tables
from riskmap.ui.chart_layout import theme_of
from riskmap.ui.downloads import File, button
from riskmap.ui.navigation import PAGES
from riskmap.ui.quality_heat import heat_html, heat_title
from riskmap.words import day, plural, t

_CHANGES: Final = "changes"


def completeness(view: QualityView, area: str, language: str) -> None:
    """How many of the returns of the last period have come, and the picture of all periods; `area` is marked in it."""
    st.header(heat_title(view, language), anchor=False)
    if not view.periods:
        st.markdown(t("quality.no_returns", language))
        return
    panels.invented(view.is_invented, language)
    st.markdown(f"**{escape(latest_words(view, language))}**")
    if view.is_invented:
        # Invented returns are judged by a day of their own, which would look like the day of the data.
        st.caption(t("quality.judged_invented", language))
    elif view.data_date:
        st.caption(t("quality.judged", language, day=day(view.data_date, language)))
    theme = theme_of(str(st.context.theme.type or "light"))
    st.html(heat_html(view, area, language, theme=theme))
    with st.expander(t("quality.in_words", language)):
        st.html(quality_tables.completeness_table(view, language))


def files(view: QualityView, build: Path, language: str) -> None:
    """Buttons for the table as CSV and for the receipt of the region; each file is made when its button is pressed."""
    region = view.request.area
    with st.container(horizontal=True):
        if view.periods:
            name = completeness_name(view, language=language)
            button(
                File(
                    "download.completeness",
                    name,
                    lambda: completeness_csv(view, language=language, build=build.name),
                    build.name,
                    key="download-completeness",
                ),
                language,
            )
        if region != COUNTRY:
            receipt = data.receipt(build, region)
            button(
                File(
                    "download.receipt",
                    receipt_name(receipt, language=language),
                    lambda: receipt_html(receipt, language=language),
                    build.name,
                    mime="text/html",
                    icon=":material/receipt_long:",
                    key="download-receipt",
                ),
                language,
            )


def late(view: QualityView, language: str) -> None:
    """Late returns by region, and which they are; nothing where there are no returns at all."""
    if not view.periods:
        return
    st.header(t("quality.late", language), anchor=False)
    if not view.late:
        st.markdown(t("quality.no_late", language))
        return
    st.html(quality_tables.late_table(view, language))
    with st.expander(t("quality.which_late", language)):
        st.html(quality_tables.late_returns_table(view, language))


def lags(view: QualityView, language: str) -> None:
    """After how many months figures are final; those that are final at once are only counted."""
    st.header(t("quality.lags", language), anchor=False)
    if not view.lags:
        st.markdown(t("quality.no_lags", language))
        return
    slow = [lag for lag in view.lags if lag.used or lag.learnt is not None]
    if slow:
        st.caption(t("quality.lags_note", language))
        st.html(quality_tables.lag_table(slow, language))
    at_once = len(view.lags) - len(slow)
    if at_once:
        st.markdown(plural("quality.final_at_once", at_once, language))


def revisions(view: QualityView, language: str) -> None:
    """How many published figures were changed, by month and kind, and the way to the change log."""
    st.header(t("quality.revisions", language), anchor=False)
    if view.revisions:
        st.caption(t("quality.revisions_note", language))
        st.html(quality_tables.revision_table(view, language))
    else:
        st.markdown(t("quality.no_revisions", language))
    for entry in (page for page in PAGES if page.id == _CHANGES):
        st.page_link(entry.file, label=t(f"page.{entry.id}.title", language), icon=entry.icon)


def faults(view: QualityView, language: str) -> None:
    """Faults in the files received, those that stand and those that were mended."""
    st.header(t("quality.faults", language), anchor=False)
    if view.faults:
        st.html(quality_tables.fault_table(view, language))
    else:
        st.markdown(t("quality.no_faults", language))


def breaks(view: QualityView, language: str) -> None:
    """Days before and after which figures cannot be compared without care."""
    st.header(t("quality.breaks", language), anchor=False)
    if view.breaks:
        st.html(quality_tables.break_table(view, language))
    else:
        st.markdown(t("quality.no_breaks", language))
