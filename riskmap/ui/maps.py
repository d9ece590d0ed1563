"""The interactive risk map: numbers come classed and worded, a choice of the reader goes back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import streamlit as st
from streamlit_folium import st_folium

from geo.record import OutlineSet, current_set
from riskmap.domain.errors import WrongUsage
from riskmap.ui.fills import class_of, legend_swatch
from riskmap.ui.leaflet import LEVELS, OutlineMap, Paint, outlines_address
from riskmap.ui.palettes import edge

__all__ = ["WORDS", "MapArea", "MapInset", "MapPicture", "Within", "legend_swatch", "risk_map"]

WORDS: Final = ("zoom_in", "zoom_out", "show_all", "show_region", "one_level_up", "not_loaded")
# As many empty places as there are beside the country.
MOST_INSETS: Final = 3


@dataclass(frozen=True, slots=True)
class Within:
    """An area without an outline of its own: a dot inside the outline that holds its land, with a fill of its own."""

    area: str
    fill: str
    text: str


@dataclass(frozen=True, slots=True)
class MapArea:
    """One area: its id, the legend key that fills it and the words that a pointer or a screen reader meets.

    `fill` is "class:0" to "class:6" or the name of one of the patterns of `riskmap.ui.fills`.
    `text` is plain text with the name in its first line and the value after it. The texts of `within` follow it.
    """

    area: str
    fill: str
    text: str
    within: tuple[Within, ...] = ()


@dataclass(frozen=True, slots=True)
class MapInset:
    """A small map of its own for the members of one area, which are too small to be met on the big map.

    Its `name` is a button that reports `area`; `members` are areas of the picture.
    """

    area: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapPicture:
    """All that one picture of the map shows.

    `areas` stand in the order in which the Tab key visits them; an area left out is not drawn, and the map fits what
    is drawn. `palette` holds the colours of the classes, lowest first. `selected` is an area id or "". `label` names
    the map for a screen reader, `credit` stands in its corner, `language` is kk, ru or en. `words` are the texts of
    the map's own controls: see `WORDS`.

    `parent` is the area that the way back reports, "" where there is none. `focus` is the region whose districts are
    shown, "" for the whole country. `insets` stand beside the districts of the whole country: the first in the
    north-west, the second in the south-east, the third in the south. `invented`, where not empty, is written across the
    picture and cannot be scrolled away. `outlines` is the set that is drawn, today's where nothing is said.
    """

    level: str
    areas: tuple[MapArea, ...]
    palette: tuple[str, ...]
    selected: str
    label: str
    credit: str
    language: str
    words: Mapping[str, str]
    parent: str = ""
    focus: str = ""
    insets: tuple[MapInset, ...] = ()
    invented: str = ""
    outlines: OutlineSet = field(default_factory=current_set)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"unknown level {self.level!r}")
        if (self.focus or self.insets) and self.level != "districts":
            raise ValueError("only districts are shown for one region or beside insets")
        if self.focus and self.insets:
            raise ValueError("insets lie in the empty places around the whole country")
        for one in self.marks():
            number = class_of(one.fill)
            if number is not None and number >= len(self.palette):
                raise ValueError(f"{one.fill} has no colour in a palette of {len(self.palette)}")
        self._check_ids()

    def marks(self) -> Iterator[MapArea | Within]:
        """All that can be chosen: each area, followed by the areas shown within it."""
        for area in self.areas:
            yield area
            yield from area.within

    def _check_ids(self) -> None:
        ids = [one.area for one in self.marks()]
        if len(set(ids)) < len(ids):
            raise ValueError("an area is shown twice")
        members = [member for inset in self.insets for member in inset.members]
        if len(self.insets) > MOST_INSETS or len(set(members)) < len(members):
            raise ValueError(f"at most {MOST_INSETS} insets, and no area in two of them")
        if strangers := set(members) - {area.area for area in self.areas}:
            raise ValueError(f"in an inset, but not on the map: {', '.join(sorted(strangers))}")


def paint_message(view: MapPicture) -> dict[str, object]:
    """What a repaint sends to the browser: short lists, no geometry, every text exactly as given."""
    outlines = view.outlines
    unknown = {area.area for area in view.areas} - outlines.outlined(view.level)
    if view.focus:
        unknown |= {view.focus} - outlines.regions
    if unknown:
        raise WrongUsage(detail=f"{view.level}: {', '.join(sorted(unknown))}")
    return {
        "outlines": outlines_address(outlines, view.level),
        # Districts are read within their regions, so the regions' borders lie over them.
        "frame": outlines_address(outlines, "regions") if view.level == "districts" else "",
        "areas": [_brief_area(area) for area in view.areas],
        "palette": [(colour, edge(colour)) for colour in view.palette],
        "selected": view.selected,
        "parent": view.parent,
        "focus": view.focus,
        "insets": [(inset.area, inset.name, inset.members) for inset in view.insets],
        "invented": view.invented,
        "label": view.label,
        "credit": view.credit,
        "language": view.language,
        "words": {name: view.words[name] for name in WORDS},
    }


def _brief(one: MapArea | Within) -> tuple[str, int | str, str]:
    number = class_of(one.fill)
    return one.area, one.fill if number is None else number, one.text


def _brief_area(area: MapArea) -> tuple[object, ...]:
    # Nearly no area has others within it, and 224 empty lists would have to travel.
    return (*_brief(area), [_brief(child) for child in area.within]) if area.within else _brief(area)


def risk_map(view: MapPicture, *, key: str, height: int = 520) -> str | None:
    """Show the map; id of the area chosen by pointer or keyboard since the last run, None where nothing was chosen.

    The way back (the button, Backspace, Escape) reports `parent`, the name of an inset the area of the inset. With one
    `key` for all levels the browser keeps map and keyboard focus from level to level. Moving, zooming and pointing do
    not run the page again.
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
