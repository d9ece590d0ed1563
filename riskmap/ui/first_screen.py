"""The maps of the first page side by side: what was published and, beside it and marked, what is invented."""

from html import escape
from pathlib import Path

import streamlit as st

from riskmap.analytics.views import MapView
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.ui import data, panels
from riskmap.ui.area_map import show_map
from riskmap.ui.layers import legend, value_layer
from riskmap.ui.selection import cut_code, remember
from riskmap.words import t


def first_maps(build: Path, language: str) -> None:
    """One map per entry of the first screen; an area chosen on one opens the page of the map with it."""
    requests = data.first_screen(build)
    if not requests:
        return
    for column, request in zip(st.columns(len(requests), gap="large"), requests, strict=True):
        with column:
            _first_map(data.area_map(build, request), language)


def _first_map(view: MapView, language: str) -> None:
    st.subheader(t(f"overview.{'invented' if view.is_invented else 'real'}_map", language), anchor=False)
    st.markdown(f"**{escape(sentences.title(view, language))}**")
    panels.invented(view.is_invented, language)
    request = view.request
    layer = value_layer(view, language)
    clicked = show_map(view, layer, COUNTRY, language, key=f"first-{request.indicator}")
    legend(view, layer)
    if clicked:
        chosen = {"indicator": request.indicator, "by": cut_code(request), "period": request.period.code}
        remember(**chosen, level=request.level, area=clicked)
        st.switch_page("pages/risk_map.py")
