"""From a view to the map component: names, fills, texts."""

from geo.areas import areas, regions
from riskmap.analytics.views import MapView
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.ui import maps
from riskmap.ui.panels import map_palette
from riskmap.ui.tables import map_rows
from riskmap.words import sort_key, t


def area_names(language: str, *, level: str) -> dict[str, str]:
    """Areas that can be selected, id to name: the country first, then alphabetically."""
    known = {"region": regions()}[level]
    ordered = sorted(known, key=lambda area: sort_key(area.name(language), language))
    return {area.id: area.name(language) for area in (areas()[COUNTRY], *ordered)}


def show_map(view: MapView, selected: str, language: str) -> str | None:
    """Draw the map of a view; the id of the area chosen on it since the last run, or None."""
    drawn = [row for row in map_rows(view, language) if row.area != COUNTRY]
    picture = maps.MapPicture(
        level="regions",
        areas=tuple(
            maps.MapArea(area=row.area, fill=row.fill, text=sentences.area_text(view, row, language)) for row in drawn
        ),
        palette=map_palette(view),
        selected="" if selected == COUNTRY else selected,
        label=t("map.label", language, title=sentences.title(view, language)),
        credit=t("map.credit", language),
        language=language,
        words={word: t(f"map.{word}", language) for word in maps.WORDS},
    )
    return maps.risk_map(picture, key=f"map-{view.request.level}")
