"""From a view to the map component: names, fills, texts."""

from collections.abc import Sequence
from typing import Final

from geo.areas import children, districts_of
from geo.record import outline_record
from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.areas import AreaKind, AreaUnit
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.ui import maps
from riskmap.ui.panels import map_palette
from riskmap.ui.tables import map_rows
from riskmap.words import t

_SMALL: Final = AreaUnit.REPUBLICAN_CITY


def show_map(view: MapView, selected: str, language: str, *, key: str = "map") -> str | None:
    """Draw the map of a view; the id of the area chosen on it since the last run, or None.

    What a region holds outside its districts has no place on a map: it stands in the table.
    """
    return maps.risk_map(picture(view, selected, language), key=f"{key}-{view.request.level}")


def picture(view: MapView, selected: str, language: str) -> maps.MapPicture:
    """What the map component is given: outlined areas in the order of the table, others within their parent."""
    level, within = view.request.level, view.request.within
    drawn = [row for row in map_rows(view, language) if row.level == level]
    hosts: dict[str, str] = outline_record()["shown_within"]
    present = {row.area for row in drawn}
    return maps.MapPicture(
        level=f"{level}s",
        areas=tuple(
            maps.MapArea(row.area, row.fill, text, _guests(view, row.area, language))
            for row, text in ((row, sentences.area_text(view, row, language)) for row in drawn)
            if hosts.get(row.area) not in present
        ),
        palette=map_palette(view),
        selected="" if selected in (COUNTRY, within) else selected,
        label=t("map.label", language, title=sentences.title(view, language)),
        credit=t("map.credit", language),
        language=language,
        words={word: t(f"map.{word}", language) for word in maps.WORDS},
        parent="" if within == COUNTRY else COUNTRY,
        focus="" if within == COUNTRY else within,
        insets=_insets(present, language) if level == "district" and within == COUNTRY else (),
        invented=t("invented.mark", language) if view.is_invented else "",
    )


def _guests(view: MapView, host: str, language: str) -> tuple[maps.Within, ...]:
    """The districts without an outline of their own that lie within an outline."""
    hosts: dict[str, str] = outline_record()["shown_within"]
    rows: Sequence[AreaRow] = [row for row in view.rows if hosts.get(row.area) == host]
    return tuple(maps.Within(row.area, row.fill, sentences.area_text(view, row, language)) for row in rows)


def _insets(present: set[str], language: str) -> tuple[maps.MapInset, ...]:
    """Cities of republican significance: their districts are too small to be met on a map of the country."""
    hosts: dict[str, str] = outline_record()["shown_within"]
    cities = [area for area in children(COUNTRY) if area.kind is AreaKind.REGION and area.unit is _SMALL]
    members = {city.id: [d.id for d in districts_of(city.id) if d.id in present - hosts.keys()] for city in cities}
    names = {city.id: city.name(language, short=True) for city in cities}
    return tuple(maps.MapInset(city, names[city], tuple(ids)) for city, ids in members.items() if ids)
