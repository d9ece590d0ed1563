"""From a view to the map component: names, fills, texts, and the outlines of the period."""

from collections.abc import Iterator, Set
from html import escape

import streamlit as st

from geo.areas import children, districts_of
from geo.record import current_set, is_redrawn
from riskmap.analytics.views import AreaRow, MapView
from riskmap.analytics.whole_map import outlines_of
from riskmap.domain.areas import AreaUnit
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.ui import maps
from riskmap.ui.layers import Layer
from riskmap.ui.method_sections import method_link
from riskmap.ui.tables import map_rows
from riskmap.words import join, t


def show_map(view: MapView, layer: Layer, selected: str, language: str, *, key: str = "map") -> str | None:
    """Draw a layer of a view; the id of the area chosen on it since the last run, or None.

    What a region holds outside its districts has no place on a map: it stands in the table. One key for all levels
    keeps the map, and the keyboard's place on it, from level to level.
    """
    drawn = picture(view, layer, selected, language)
    chosen = maps.risk_map(drawn, key=key)
    if layer.findings:
        st.markdown(escape(" ".join(layer.findings)))
    if notes := [*layer.notes, *outline_notes(view, drawn, language)]:
        st.caption(" ".join(notes))
    if layer.method:
        method_link(layer.method, language)
    return chosen


def picture(view: MapView, layer: Layer, selected: str, language: str) -> maps.MapPicture:
    """What the map component is given: outlined areas in the order of the table, others within their host.

    An area without an outline that did not exist in the period is not drawn.
    """
    level, within = view.request.level, view.request.within
    rows = _level_rows(view, language)
    outlines = outlines_of(view)
    own = outlines.outlined(f"{level}s")
    texts = {row.area: _text(view, layer, row, language) for row in rows}
    guests: dict[str, list[maps.Within]] = {}
    for row in rows:
        if row.exists and (host := outlines.hosts.get(row.area)) in texts:
            guests.setdefault(str(host), []).append(maps.Within(row.area, layer.fills[row.area], texts[row.area]))
    return maps.MapPicture(
        level=f"{level}s",
        areas=tuple(
            maps.MapArea(row.area, layer.fills[row.area], texts[row.area], tuple(guests.get(row.area, ())))
            for row in rows
            if row.area in own
        ),
        palette=layer.colours,
        selected="" if selected in (COUNTRY, within) else selected,
        label=t("map.label", language, title=sentences.title(view, language)),
        credit=outlines.credit if outlines.is_own else t("map.credit", language),
        language=language,
        words={word: t(f"map.{word}", language) for word in maps.WORDS},
        parent="" if within == COUNTRY else COUNTRY,
        focus=within if within in outlines.regions else "",
        insets=_insets(own & texts.keys(), language) if level == "district" and within == COUNTRY else (),
        invented=t("invented.mark", language) if view.is_invented else "",
        outlines=outlines,
    )


def _text(view: MapView, layer: Layer, row: AreaRow, language: str) -> str:
    said = sentences.area_text(view, row, language)
    return f"{said}. {layer.texts[row.area]}" if layer.texts.get(row.area) else said


def outline_notes(view: MapView, drawn: maps.MapPicture, language: str) -> Iterator[str]:
    """What must be said of the outlines: that they are of another time, and what has none."""
    outlines = drawn.outlines
    if outlines != current_set():
        yield t("map.old_outlines", language, vintage=outlines.vintage)
    elif is_redrawn(outlines, on=view.request.period.end):
        yield t("map.later_outlines", language, vintage=outlines.vintage)
    marked = {mark.area for mark in drawn.marks()}
    left = [row.name(language) for row in _level_rows(view, language) if row.exists and row.area not in marked]
    if left:
        yield t("map.without_outline", language, areas=join(left, language))


def _level_rows(view: MapView, language: str) -> list[AreaRow]:
    return [row for row in map_rows(view, language) if row.level == view.request.level]


def _insets(outlined: Set[str], language: str) -> tuple[maps.MapInset, ...]:
    """Cities of republican significance: their districts are too small to be met on a map of the country."""
    cities = [area for area in children(COUNTRY) if area.unit is AreaUnit.REPUBLICAN_CITY]
    members = {city: tuple(d.id for d in districts_of(city.id) if d.id in outlined) for city in cities}
    return tuple(maps.MapInset(city.id, city.name(language, short=True), ids) for city, ids in members.items() if ids)
