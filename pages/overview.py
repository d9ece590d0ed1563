"""The first page: what this is, how fresh the data are, who has reported, where to go."""

import streamlit as st

from riskmap.ui import data, panels, reporting
from riskmap.ui.selection import language
from riskmap.ui.shell import page
from riskmap.words import t


def main() -> None:
    """Draw the page."""
    lang = language()
    panels.head("overview", lang)
    overview = data.overview(data.live_build())
    panels.protection(overview, lang)
    reporting.build_facts(overview, lang)
    reporting.first_words(overview, lang)
    st.page_link("pages/risk_map.py", label=t("overview.to_map", lang), icon=":material/map:")
    st.page_link("pages/methods.py", label=t("overview.to_methods", lang), icon=":material/menu_book:")
    reporting.contents(overview, lang)
    reporting.returns(overview, lang)
    panels.footer(overview, lang)


page(main)
