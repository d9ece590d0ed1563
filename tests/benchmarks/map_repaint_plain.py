"""The same page the usual way: a folium map with its GeoJSON inside, built anew at every change."""

import json

import folium
import streamlit as st
from streamlit_folium import st_folium

from geo.record import current_set
from riskmap.ui.leaflet import leaflet_addresses
from riskmap.ui.palettes import palette


class PlainMap(folium.Map):
    default_js = [("leaflet", leaflet_addresses()[0])]
    default_css = [("leaflet", leaflet_addresses()[1])]


@st.cache_resource
def read(name: str) -> str:
    return current_set().file(name).read_text(encoding="utf-8")


level = st.query_params["level"]
shift = st.radio("Indicator", range(8), horizontal=True)
family = ("outcome", "coverage")[shift % 2]
colours = palette(family, 5)
outlines = json.loads(read(level))
for place, feature in enumerate(sorted(outlines["features"], key=lambda one: one["properties"]["id"])):
    name = f"Ауданның атауы {feature['properties']['id']}\nкөрсеткіш мәні: {place + shift}"
    feature["properties"].update(text=name, colour=colours[(place + shift) % 5])
choropleth = PlainMap(location=[48, 67], zoom_start=4, tiles=None)
folium.GeoJson(
    outlines,
    style_function=lambda feature: {"fillColor": feature["properties"]["colour"], "fillOpacity": 1, "weight": 1},
    tooltip=folium.GeoJsonTooltip(["text"]),
).add_to(choropleth)
st_folium(choropleth, key="map", height=520, use_container_width=True, returned_objects=[])
