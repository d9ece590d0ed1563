"""Which published figures the pictures of methods are drawn from: chosen by rules, so that no indicator is named.

Figures on suicide (`never_coloured`) are never taken. Those of the first screen go first, then the order of the
catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from geo.areas import regions
from riskmap.analytics import service
from riskmap.analytics.views import AreaRow, Line, MapRequest, MapView, Offer, TrendPanel, TrendRequest
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator, catalogue
from riskmap.domain.vocabulary import ALL, COUNTRY, GRAINS_BY_LENGTH, Kind, Scope
from riskmap.methods.coverage import LEAST_SHARE

LEVELS: Final = (AreaKind.REGION, AreaKind.DISTRICT)
_TOTAL: Final = (ALL, ALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A map that can be drawn: nearly all of its areas show a value."""

    indicator: Indicator
    level: str
    offer: Offer

    @property
    def request(self) -> MapRequest:
        """The request of the map."""
        return MapRequest(self.indicator.id, self.offer.period, level=self.level)


@dataclass(frozen=True, slots=True)
class Examples:
    """What a build offers for pictures to one scope."""

    build: Path
    scope: Scope

    def indicators(self, interval: str) -> list[Indicator]:
        """What is counted with this kind of interval: events that happen, or shares."""
        known = catalogue().indicators
        first = [request.indicator for request in service.first_screen(self.build, scope=self.scope)]
        ordered = [known[name] for name in dict.fromkeys([*first, *known])]
        is_flow = interval == "poisson"
        return [
            item
            for item in ordered
            if item.interval == interval and not item.never_coloured and (item.kind is Kind.FLOW or not is_flow)
        ]

    def maps(self, interval: str) -> Iterator[Example]:
        """Maps of totals in which nearly all areas show a value, regions before districts."""
        for item in self.indicators(interval):
            for level in LEVELS:
                offered = service.offers(
                    self.build, scope=self.scope, indicator=item.id, cut=_TOTAL, level=level, within=COUNTRY
                )
                best = service.opening(offered, worth=LEAST_SHARE)
                if best and best.share_shown >= LEAST_SHARE:
                    yield Example(item, level, best)

    def first_map(self, interval: str) -> MapView | None:
        """The first of these maps; None where there is none."""
        found = next(self.maps(interval), None)
        return self._map(found) if found else None

    def widest_map(self, interval: str) -> MapView | None:
        """The one of these maps with most areas, the first of equals: for what shows itself in many or small areas."""
        found = max(self.maps(interval), key=lambda example: example.offer.shown, default=None)
        return self._map(found) if found else None

    def like_maps(self, interval: str, *, least: int) -> list[MapView]:
        """The first of these maps that share family, level, period and kind and are at least so many; or none."""
        groups: dict[object, list[Example]] = {}
        for example in self.maps(interval):
            key = (example.indicator.family, example.level, example.offer.period, example.offer.is_invented)
            groups.setdefault(key, []).append(example)
        return [self._map(example) for example in next((g for g in groups.values() if len(g) >= least), [])]

    def panels(self, *, is_tested: bool) -> Iterator[TrendPanel]:
        """Lines of all regions in the shortest periods that an indicator has, one indicator after the other.

        What happens goes first; of what is tested, then what stands on a day, and shares.
        """
        known = [item for item in catalogue().indicators.values() if not item.never_coloured]
        items = self.indicators("poisson")
        if is_tested:
            items += [item for item in known if item.interval in ("poisson", "wilson") and item not in items]
        tables = service.overview(self.build, scope=self.scope).tables
        areas = tuple(region.id for region in regions())
        for item in items:
            grains = {x.grain for x in tables if (x.indicator, x.level, x.breakdown) == (item.id, AreaKind.REGION, ALL)}
            shortest = next((grain for grain in GRAINS_BY_LENGTH if grain in grains), None)
            if shortest:
                request = TrendRequest((item.id,), areas, shortest)
                yield from service.trends(self.build, scope=self.scope, request=request).panels

    def _map(self, example: Example) -> MapView:
        return service.area_map(self.build, scope=self.scope, request=example.request)


def shown(view: MapView) -> tuple[AreaRow, ...]:
    """The areas of a map with a rate that may be judged: without sums that lack parts."""
    return tuple(row for row in judged_areas(view) if row.may_be_judged)


def judged_areas(view: MapView) -> tuple[AreaRow, ...]:
    """The areas to which the figure applies, whether they show a value or not."""
    return tuple(row for row in view.rows if row.level != AreaKind.REMAINDER and row.exists)


def alone(panel: TrendPanel, line: Line) -> TrendPanel:
    """The panel with one of its lines only."""
    stories = tuple(story for story in panel.stories if story.concerns(line.area))
    return replace(panel, lines=(line,), left_out=(), stories=stories, borders=())
