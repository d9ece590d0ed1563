"""The first page: what this is, how fresh the data are, who has reported, where to go."""

from typing import Final

import streamlit as st

from riskmap.ui import data, panels, reporting
from riskmap.ui.first_screen import first_maps
from riskmap.ui.navigation import PAGES
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.words import t

LEADS_TO: Final = ("risk_map", "trends", "compare", "attention")


def main() -> None:
    """Draw the page."""
    lang = language()
    panels.head("overview", lang)
    build = data.live_build()
    overview = data.overview(build)
    first_maps(build, lang)
    for entry in PAGES:
        if entry.id in LEADS_TO:
            st.page_link(entry.file, label=t(f"overview.to_{entry.id}", lang), icon=entry.icon)
    reporting.build_facts(overview, lang)
    reporting.first_words(overview, lang)
    panels.protection(overview, lang)
    reporting.contents(overview, lang)
    reporting.returns(overview, lang)
    panels.footer(overview, lang)


page(main)
