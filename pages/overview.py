"""The first page: what this is, how fresh the data are, who has reported, where to go."""

import streamlit as st

from riskmap.ui import data, panels, reporting
from riskmap.ui.first_screen import first_maps
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.words import t


def main() -> None:
    """Draw the page."""
    lang = language()
    panels.head("overview", lang)
    build = data.live_build()
    overview = data.overview(build)
    first_maps(build, lang)
    for page_id, icon in (("risk_map", "map"), ("trends", "show_chart"), ("compare", "compare_arrows")):
        st.page_link(f"pages/{page_id}.py", label=t(f"overview.to_{page_id}", lang), icon=f":material/{icon}:")
    reporting.build_facts(overview, lang)
    reporting.first_words(overview, lang)
    panels.protection(overview, lang)
    reporting.contents(overview, lang)
    reporting.returns(overview, lang)
    panels.footer(overview, lang)


page(main)
