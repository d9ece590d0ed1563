"""The risk map: regions by rate, a sentence, the legend, and an equal table."""

import streamlit as st

from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui import data, panels
from riskmap.ui.area_map import area_names, show_map
from riskmap.ui.downloads import csv_button
from riskmap.ui.filters import filter_bar
from riskmap.ui.selection import language, read_selection, remember, request_of
from riskmap.ui.shell import page
from riskmap.ui.tables import map_table

LEVEL = "region"


def main() -> None:
    """Draw the page for the selection in the address."""
    panels.head("risk_map", language())
    build = data.live_build()
    overview = data.overview(build)
    names = area_names(language(), level=LEVEL)
    chosen, unknown = read_selection(overview.choices, level=LEVEL, areas=list(names))
    panels.notices(unknown)
    filter_bar(overview.choices, chosen, level=LEVEL, names=names)
    view = data.area_map(build, request_of(chosen, overview.choices, level=LEVEL))
    panels.summary(view, chosen.lang)
    left, right = st.columns([3, 1])
    with left:
        clicked = show_map(view, chosen.area, chosen.lang)
    with right:
        panels.area_card(view, chosen.area, chosen.lang)
        panels.legend(view, chosen.lang)
    if clicked and clicked != chosen.area:
        remember(area=clicked)
        st.rerun()
    map_table(view, chosen.lang, selected=chosen.area if chosen.area != COUNTRY else "")
    csv_button(view, overview, chosen.lang)
    panels.reading(view, chosen.lang)
    panels.protection(overview, chosen.lang)
    panels.footer(overview, chosen.lang)


page(main)
