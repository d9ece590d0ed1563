"""The interactive risk map: numbers come classed and worded, a choice of the reader goes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit_folium import st_folium

from riskmap.domain.errors import WrongUsage
from riskmap.ui.fills import class_of, legend_swatch
from riskmap.ui.leaflet import LEVELS, OutlineMap, Paint, outlined, outlines_address
from riskmap.ui.palettes import edge

__all__ = ["WORDS", "MapArea", "MapPicture", "legend_swatch", "risk_map"]

WORDS: Final = ("zoom_in", "zoom_out", "show_all", "not_loaded")


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: its id, the legend key that fills it and the words that a pointer or a screen reader meets.

    `fill` is "class:0" to "class:6", "zero", "not_reported", "suppressed", "not_applicable" or "not_comparable".
    `text` is plain text with the name in its first line and the value after it.
    """

    area: str
    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class MapPicture:
    """All that one picture of the map shows.

    `areas` stand in the order in which the Tab key visits them; an area left out is not drawn, and the map fits what
    is drawn. `palette` holds the colours of the classes, lowest first. `selected` is an area id or "". `label` names
    the map for a screen reader, `credit` stands in its corner, `language` is kk, ru or en. `words` are the texts of
    the map's own controls: see `WORDS`.
    """

    level: str
    areas: tuple[MapArea, ...]
    palette: tuple[str, ...]
    selected: str
    label: str
    credit: str
    language: str
    words: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}")
        for area in self.areas:
            number = class_of(area.fill)
            if number is not None and number >= len(self.palette):
                raise ValueError(f"{area.fill} has no colour in a palette of {len(self.palette)}")


def paint_message(view: MapPicture) -> dict[str, object]:
    """What a repaint sends to the browser: short lists, no geometry, every text exactly as given."""
    unknown = {area.area for area in view.areas} - outlined(view.level)
    if unknown:
        raise WrongUsage(detail=f"{view.level}: {', '.join(sorted(unknown))}")
    areas: list[tuple[str, int | str, str]] = []
    for area in view.areas:
        number = class_of(area.fill)
        areas.append((area.area, area.fill if number is None else number, area.text))
    return {
        "outlines": outlines_address(view.level),
        # Districts are read within their regions, so the regions' borders lie over them.
        "frame": outlines_address("regions") if view.level == "districts" else "",
        "areas": areas,
        "palette": [(colour, edge(colour)) for colour in view.palette],
        "selected": view.selected,
        "label": view.label,
        "credit": view.credit,
        "language": view.language,
        "words": {name: view.words[name] for name in WORDS},
    }


def risk_map(view: MapPicture, *, key: str, height: int = 520) -> str | None:
    """Show the map; id of the area chosen by pointer or keyboard since the last run, None where nothing was chosen.

    Moving, zooming and pointing do not run the page again.
    """
    answer = st_folium(
        OutlineMap(),
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=[],
        render=False,
        feature_group_to_add=Paint(paint_message(view)),
    )
    return _new_choice(answer, key=key)


def _new_choice(answer: Mapping[str, object] | None, *, key: str) -> str | None:
    # The browser's answer stays until the next one; its time stamp tells whether it was told before.
    if not answer or "area" not in answer:
        return None
    seen = f"{key}-seen"
    if st.session_state.get(seen) == answer["at"]:
        return None
    st.session_state[seen] = answer["at"]
    return str(answer["area"])
