"""A page with the map alone: the regions or the districts, of the country or of one region; the address says which."""

import csv
from pathlib import Path

import streamlit as st

from geo.areas import areas, regions
from geo.record import current_set
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.fills import PATTERNS
from riskmap.ui.maps import WORDS, MapArea, MapInset, MapPicture, Within, risk_map
from riskmap.ui.palettes import palette

FILLS = ["class:0", "class:1", "class:2", "class:3", "class:4", *PATTERNS]
REFERENCE = Path(__file__).parents[2] / "geo" / "reference"
CITIES = ("710000000", "750000000", "790000000")

st.set_page_config(layout="wide")
at = st.query_params.get("at", "")
indicator = st.radio("Indicator", range(4), horizontal=True)
level = "regions" if at == "" else "districts"
register = areas()


def fill(area: str) -> str:
    return FILLS[(int(area[:6]) // 100 + indicator) % len(FILLS)]


def text(area: str) -> str:
    return f"{register[area].name('en')}\nindicator {indicator}"


def children(area: str) -> tuple[Within, ...]:
    with (REFERENCE / "shown_within.csv").open(encoding="utf-8") as rows:
        inside = [row["kato"] for row in csv.DictReader(rows) if row["shown_within"] == area]
    return tuple(Within(child, fill(child), text(child)) for child in inside)


shown = sorted(area for area in current_set().outlined(level) if at in ("", COUNTRY, register[area].parent))
members = {city: tuple(area for area in shown if register[area].parent == city) for city in CITIES}
told = risk_map(
    MapPicture(
        level=level,
        areas=tuple(MapArea(area, fill(area), text(area), children(area)) for area in shown),
        palette=palette("outcome", 5),
        selected=st.query_params.get("selected", ""),
        label=f"Map {at}",
        credit="Boundaries of nobody in particular, for tests alone",
        language="en",
        words={word: word for word in WORDS},
        parent=COUNTRY if at else "",
        focus=at if at != COUNTRY else "",
        insets=tuple(MapInset(city, register[city].name("en"), members[city]) for city in CITIES)
        if at == COUNTRY
        else (),
        invented=st.query_params.get("invented", ""),
    ),
    key="map",
)
if told == COUNTRY:
    st.query_params.clear()
    st.rerun()
elif told in {region.id for region in regions()}:
    st.query_params["at"] = told
    st.rerun()
elif told:
    st.query_params["selected"] = told
    st.rerun()
st.text(f"selected [{st.query_params.get('selected', '')}] at [{at}]")
