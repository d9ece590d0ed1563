"""The parts that every page is put together from: head, notices, footer, the page without data."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from riskmap.analytics.views import JudgedArea, MapView, Overview
from riskmap.domain.errors import RiskMapError
from riskmap.files import sentences
from riskmap.files.border_words import border_day, border_name
from riskmap.files.hidden_words import hidden_lines
from riskmap.files.judged_words import area_lines
from riskmap.words import day, plural, t

PROTECTION_PAGE: Final = "pages/protection.py"


def head(page: str, language: str) -> None:
    """Title of the page and the line under it."""
    st.title(t(f"page.{page}.title", language), anchor=False)
    st.caption(t(f"page.{page}.subtitle", language))


def notices(texts: Sequence[str]) -> None:
    """What could not be shown as asked."""
    for text in texts:
        st.warning(text, icon=":material/info:")


def protection(overview: Overview, language: str) -> None:
    """How small numbers are protected, and the way to the page that says how far."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("rounding.notice" if overview.is_rounded else "protection.line", language))
        protection_link(language)


def protection_link(language: str) -> None:
    """The way to the page of protection."""
    label = t("protection.see", language)
    st.page_link(PROTECTION_PAGE, label=label, icon=":material/shield:", query_params={"lang": language})


def invented(is_invented: bool, language: str) -> None:
    """Over figures that are made up: that they are, in a band that is printed too."""
    if is_invented:
        st.html(f'<p class="invented" role="note">{escape(t("invented.banner", language))}</p>')


def summary(view: MapView, language: str) -> None:
    """The title of the figure and what it says in plain words; for suicide the help line stands beside it."""
    st.header(sentences.title(view, language), anchor=False)
    invented(view.is_invented, language)
    st.markdown(escape(" ".join(sentences.map_sentences(view, language))))
    if view.is_exposure_estimated:
        st.caption(t("reading.estimated_population", language))
    if view.indicator.never_coloured:
        help_line(language)


def help_line(language: str) -> None:
    """Where help is found, beside figures on suicide."""
    st.info(t("help_line.beside_figures", language), icon=":material/support_agent:")


def area_card(view: MapView, area: str, language: str, judged: JudgedArea | None) -> None:
    """The selected area: value, interval, count, marks, and how it compares; the country where none is selected."""
    row = view.row(area)
    if row is None:
        return
    limits = sentences.interval_text(view, row, language)
    lines = [t("value.interval", language, interval=limits)] if limits else []
    count = sentences.count_text(row, language)
    if count:
        lines.append(plural(f"unit.{view.indicator.unit}", row.count, language))
    lines += sentences.marks(view, row, language)
    lines += hidden_lines(view.indicator, row, row.area, language)
    lines += area_lines(view.indicator, judged, language) if judged else []
    details = "".join(f"<p>{escape(line)}</p>" for line in lines)
    value = escape(sentences.value_text(view, row, language))
    per = escape(sentences.rate_label(view, language)) if limits else ""
    name = escape(row.name(language))
    st.html(f'<div class="card"><h3>{name}</h3><p class="figure">{value}</p><p>{per}</p>{details}</div>')


def reading(view: MapView, language: str) -> None:
    """How the figure is to be read: what is counted, by whom, from which form, what it is not, breaks inside it."""
    words = view.indicator.words[language]
    with st.expander(t("reading.title", language), icon=":material/menu_book:"):
        for part in ("counted", "by_whom", "form", "is_not"):
            st.markdown(f"**{t(f'reading.{part}', language)}** {words[part]}")
        st.markdown(t(f"family.{view.indicator.family}.reading", language))
        for story in view.stories:
            when, name = day(story.day, language), words["name"]
            if story.axis == "area":
                when, name = border_day(story, language), border_name(story.subject, story.other, language)
            st.markdown(f"{when}: {name}. {t(story.story, language)}")


def footer(overview: Overview, language: str) -> None:
    """Data date, version, credit of the outlines and the help line, at the end of every page."""
    date_text = day(overview.data_date, language) if overview.data_date else t("value.unknown", language)
    lines = [
        t("footer.data", language, data_date=date_text, build=overview.build),
        t("footer.boundaries", language),
        t("footer.help_line", language),
    ]
    st.divider()
    st.html(f'<footer class="foot">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</footer>')


def situation(error: RiskMapError, language: str) -> None:
    """A page that cannot be drawn: one sentence for the reader and the next step for the operator."""
    st.warning(t(error.key, language, **error.values), icon=":material/info:")
    st.caption(t("error.next_step", language))
