"""The frame around every page: language, navigation, style, and the words that Streamlit keeps for itself."""

import gc
import logging
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

from riskmap.domain.errors import RiskMapError
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui import official, panels
from riskmap.ui.navigation import PAGES
from riskmap.ui.page_scripts import page_script
from riskmap.ui.selection import language, remember
from riskmap.ui.turns import turn
from riskmap.ui.viewer import Viewer, looking, who_is_looking
from riskmap.words import t

_STATIC = Path(__file__).parent / "static"


_LOG = logging.getLogger(__name__)

_is_framed: ContextVar[bool] = ContextVar("is_framed", default=False)


def page(draw: Callable[[], None]) -> None:
    """Draw a page within its frame.

    Streamlit runs a file of `pages/` by itself when it is the first thing asked of a fresh server; the frame is put
    around it then, and the page comes back here from there.
    """
    if _is_framed.get():
        draw()
    else:
        run()


def run() -> None:
    """Set up the page, draw the language switch and the navigation, run the page chosen."""
    lang = language()
    # First of all: the icon of a page would be fetched from outside if it came to stand in the browser's tab.
    st.set_page_config(page_icon=str(_STATIC / "icon.svg"), layout="wide")
    st.html(f"<style>{(_STATIC / 'style.css').read_text(encoding='utf-8')}</style>")
    now, fault = _who()
    with turn(), looking(now):
        _run(lang, fault)


def _who() -> tuple[Viewer, RiskMapError | None]:
    """Who is looking, once for the whole run; where that cannot be told, everybody, and why."""
    try:
        return who_is_looking(), None
    except RiskMapError as error:
        return Viewer(), error
    except Exception:
        _LOG.exception("who is looking")
        return Viewer(), RiskMapError()


def _run(lang: str, fault: RiskMapError | None) -> None:
    entries = {
        st.Page(
            page.file, title=t(f"menu.{page.id}", lang), icon=page.icon, url_path=page.id, default=page.is_default
        ): page
        for page in (*PAGES, *official.reserved_pages())
    }
    chosen = st.navigation(list(entries), position="top")
    # The menu has short names, so that all fit beside each other; the tab has that of the page.
    title = t(f"page.{entries[chosen].id}.title", lang)
    st.set_page_config(page_title=f"{title} – {t('app.title', lang)}")
    _set_page_language(lang)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        official.header(lang)
        _language_switch(lang)
    if st.query_params.get("lang") in (None, *LANGUAGES):
        remember(lang=lang)
    token = _is_framed.set(True)
    try:
        if fault:
            raise fault
        official.banner(chosen.url_path, lang)
        chosen.run()
    except RiskMapError as error:
        panels.situation(error, lang)
    except Exception:
        # The reader gets a sentence in the language of the page, the operator the rest in the log.
        _LOG.exception("page %s", chosen.url_path)
        panels.situation(RiskMapError(), lang)
    finally:
        _is_framed.reset(token)
        _settle(chosen.url_path)


_settled: set[str] = set()


def _settle(page: str) -> None:
    """Set aside, once for each page, what stays as long as the server: modules, catalogue, words, areas.

    So that a search for what nothing refers to looks at what came since, and not at some 210,000 objects that all stay.
    Streamlit's search after every run is switched off (config.toml): Python's own begins once enough has come together.
    """
    if page not in _settled:
        _settled.add(page)
        gc.collect()
        gc.freeze()


def _language_switch(lang: str) -> None:
    # The widget is told the language of the address on every run, so that a link and a click agree.
    st.session_state["language-switch"] = lang

    def switch() -> None:
        remember(lang=st.session_state["language-switch"] or lang)

    st.segmented_control(
        t("select.lang", lang),
        LANGUAGES,
        format_func=lambda code: t("language.own_name", code),
        key="language-switch",
        label_visibility="collapsed",
        on_change=switch,
    )


def _set_page_language(lang: str) -> None:
    """Tell browser and screen reader the language, and replace the words that Streamlit keeps in English."""
    st.html(f"<script>{page_script(lang)}</script>", unsafe_allow_javascript=True)
