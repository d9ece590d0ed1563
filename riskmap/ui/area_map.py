"""From a view to the map component: names, fills, texts."""

from collections.abc import Set

from geo.areas import children, districts_of
from geo.record import outline_record
from riskmap.analytics.views import MapView
from riskmap.domain.areas import AreaUnit
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.ui import maps
from riskmap.ui.panels import map_palette
from riskmap.ui.tables import map_rows
from riskmap.words import t


def show_map(view: MapView, selected: str, language: str, *, key: str = "map") -> str | None:
    """Draw the map of a view; the id of the area chosen on it since the last run, or None.

    What a region holds outside its districts has no place on a map: it stands in the table. One key for all levels
    keeps the map, and the keyboard's place on it, from level to level.
    """
    return maps.risk_map(picture(view, selected, language), key=key)


def picture(view: MapView, selected: str, language: str) -> maps.MapPicture:
    """What the map component is given: outlined areas in the order of the table, others within their parent."""
    level, within = view.request.level, view.request.within
    drawn = [row for row in map_rows(view, language) if row.level == level]
    texts = {row.area: sentences.area_text(view, row, language) for row in drawn}
    hosts: dict[str, str] = outline_record()["shown_within"]
    guests: dict[str, list[maps.Within]] = {}
    for row in drawn:
        if hosts.get(row.area) in texts:
            guests.setdefault(hosts[row.area], []).append(maps.Within(row.area, row.fill, texts[row.area]))
    return maps.MapPicture(
        level=f"{level}s",
        areas=tuple(
            maps.MapArea(row.area, row.fill, texts[row.area], tuple(guests.get(row.area, ())))
            for row in drawn
            if hosts.get(row.area) not in texts
        ),
        palette=map_palette(view),
        selected="" if selected in (COUNTRY, within) else selected,
        label=t("map.label", language, title=sentences.title(view, language)),
        credit=t("map.credit", language),
        language=language,
        words={word: t(f"map.{word}", language) for word in maps.WORDS},
        parent="" if within == COUNTRY else COUNTRY,
        focus="" if within == COUNTRY else within,
        insets=_insets(texts.keys() - hosts.keys(), language) if level == "district" and within == COUNTRY else (),
        invented=t("invented.mark", language) if view.is_invented else "",
    )


def _insets(outlined: Set[str], language: str) -> tuple[maps.MapInset, ...]:
    """Cities of republican significance: their districts are too small to be met on a map of the country."""
    cities = [area for area in children(COUNTRY) if area.unit is AreaUnit.REPUBLICAN_CITY]
    members = {city: tuple(d.id for d in districts_of(city.id) if d.id in outlined) for city in cities}
    return tuple(maps.MapInset(city.id, city.name(language, short=True), ids) for city, ids in members.items() if ids)
