"""A page with nothing but a choice of indicator and our map."""

import streamlit as st

from riskmap.ui.leaflet import outlined
from riskmap.ui.maps import WORDS, MapArea, MapPicture, risk_map
from riskmap.ui.palettes import palette

level = st.query_params["level"]
shift = st.radio("Indicator", range(8), horizontal=True)
family = ("outcome", "coverage")[shift % 2]
areas = tuple(
    MapArea(area, f"class:{(place + shift) % 5}", f"Ауданның атауы {area}\nкөрсеткіш мәні: {place + shift}")
    for place, area in enumerate(sorted(outlined(level)))
)
risk_map(
    MapPicture(level, areas, palette(family, 5), "", "Map", "Credit", "kk", dict.fromkeys(WORDS, "word")), key="map"
)
