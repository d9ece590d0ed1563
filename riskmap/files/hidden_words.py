"""What is said where a single figure is hidden: what is shown instead, and who knows the number."""

from collections.abc import Iterable

from geo.areas import areas
from riskmap.analytics.views import AreaRow, Point
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.files import sentences
from riskmap.words import join, t


def known_to(area: str, language: str) -> str:
    """Who knows the number of an area: the department of its region, or the central body for the country.

    Of joined areas that lie in several regions the departments of all of them.
    """
    regions = list(dict.fromkeys(_region(member) for member in area.split("~")))
    if regions == [COUNTRY]:
        return t("hidden.known_country", language)
    return t("hidden.known_region", language, region=join([areas()[name].name(language) for name in regions], language))


def _region(area: str) -> str:
    found = areas()[area]
    return found.parent if found.kind in (AreaKind.DISTRICT, AreaKind.REMAINDER) else area


def known_to_all(hidden: Iterable[str], language: str) -> list[str]:
    """The same of several areas, each department once."""
    return list(dict.fromkeys(known_to(area, language) for area in hidden))


def hidden_lines(item: Indicator, row: AreaRow | Point, area: str, language: str) -> list[str]:
    """What is said beside one hidden figure, a sentence each; nothing beside any other."""
    if row.status is not CellStatus.SUPPRESSED:
        return []
    shown = sentences.shown_for(item, row, language) or t("hidden.nothing", language)
    return [sentences.as_sentence(shown), known_to(area, language)]
