"""A page with nothing but a choice of indicator and our map, districts with all that belongs to them."""

import streamlit as st

from geo.areas import areas, districts_of
from geo.record import current_set
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui.maps import WORDS, MapArea, MapInset, MapPicture, Within, risk_map
from riskmap.ui.palettes import palette

level = st.query_params["level"]
shift = st.radio("Indicator", range(8), horizontal=True)
family = ("outcome", "coverage")[shift % 2]
drawn = sorted(current_set().outlined(level))
districts = level == "districts"


def text(area: str, place: int) -> str:
    return f"Ауданның атауы {area}\nкөрсеткіш мәні: {place + shift}"


def within(area: str, place: int) -> tuple[Within, ...]:
    children = {"612000000": "615500000", "711110000": "711610000"} if districts else {}
    return (Within(children[area], f"class:{shift % 5}", text(children[area], place)),) if area in children else ()


def inset(city: str) -> MapInset:
    return MapInset(city, areas()[city].name("kk"), tuple(area.id for area in districts_of(city) if area.id in drawn))


risk_map(
    MapPicture(
        level,
        tuple(
            MapArea(area, f"class:{(place + shift) % 5}", text(area, place), within(area, place))
            for place, area in enumerate(drawn)
        ),
        palette(family, 5),
        "",
        "Map",
        "Credit",
        "kk",
        dict.fromkeys(WORDS, "word"),
        parent=COUNTRY if districts else "",
        insets=tuple(inset(city) for city in ("710000000", "750000000", "790000000")) if districts else (),
        invented="Ойдан шығарылған деректер",
    ),
    key="map",
)
