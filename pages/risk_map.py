"""The risk map: regions or districts by rate, a sentence, the legend, and an equal table."""

import streamlit as st

from riskmap.ui import data, panels
from riskmap.ui.area_map import show_map
from riskmap.ui.asked import ask
from riskmap.ui.downloads import csv_button
from riskmap.ui.filters import filter_bar
from riskmap.ui.layers import legend
from riskmap.ui.map_modes import chosen_layer, judged_area
from riskmap.ui.selection import remember
from riskmap.ui.shell import page
from riskmap.ui.tables import map_table


def main() -> None:
    """Draw the page for the selection in the address."""
    asked = ask("risk_map")
    chosen, lang = asked.chosen, asked.chosen.lang
    filter_bar(asked.overview.tables, asked.offered, chosen)
    view = data.area_map(asked.build, asked.request)
    panels.summary(view, lang)
    layer = chosen_layer(asked, view)
    left, right = st.columns([3, 1])
    with left:
        clicked = show_map(view, layer, chosen.area, lang)
    with right:
        panels.area_card(view, chosen.area, lang, judged_area(asked, view))
        legend(view, layer)
    if clicked and clicked != chosen.area:
        remember(area=clicked)
        st.rerun()
    map_table(view, lang, selected=chosen.area, columns=layer.columns)
    csv_button(view, asked.overview, lang, judged=data.judgements(asked.build, asked.request))
    panels.reading(view, lang)
    panels.protection(asked.overview, lang)
    panels.footer(asked.overview, lang)


page(main)
