"""The areas of a map as one: their numbers as arrays, who is whose neighbour, and when all together say something.

What is hidden, missing, without a rate, or a sum of areas without some of them is no number here: never 0 or a mean.
An area that does not exist in the period, or cannot have the figure, is none of the areas.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.neighbours import places, touching
from geo.record import OutlineSet, Picture, drawn_set
from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import Family
from riskmap.methods.arrays import Floats
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.neighbours import Neighbours, contiguity, row_standardised
from riskmap.methods.refusals import Reason
from riskmap.methods.scan import great_circle_km

LEAST_AREAS: Final = 12


@dataclass(frozen=True, eq=False, slots=True)
class WholeMap:
    """The areas of a map by code, with events (or the part of a share) and exposure, NaN where nothing is known."""

    rows: tuple[AreaRow, ...]
    events: Floats
    exposure: Floats
    outlines: OutlineSet
    level: str  # regions or districts

    @property
    def areas(self) -> tuple[str, ...]:
        """Their codes."""
        return tuple(row.area for row in self.rows)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which of them have a rate."""
        return ~np.isnan(self.events)

    @property
    def refused(self) -> Reason | None:
        """Why nothing can be said of all together: fewer than 12 areas, under 90 % of them with a rate, or no event."""
        if len(self.rows) < LEAST_AREAS or too_few_areas(self.known):
            return Reason.TOO_FEW_AREAS
        return None if np.nansum(self.events) else Reason.TOO_FEW_EVENTS

    def neighbours(self) -> Neighbours:
        """Who touches whom among them, the weights of each row summing to 1; what lies beyond the map is left out."""
        position = {area: place for place, area in enumerate(self.areas)}
        pairs = [
            (position[one], position[other])
            for one, other in touching(self.outlines, self.level)
            if one in position and other in position
        ]
        return row_standardised(contiguity(pairs, areas=len(self.rows)))

    def distances(self) -> Floats:
        """Kilometres between the middles of all pairs; NaN for an area without a place on the outlines."""
        found = places(self.outlines, self.level)
        nowhere = (np.nan, np.nan)
        latitude, longitude = np.array([found.get(area, nowhere) for area in self.areas]).T
        return great_circle_km(latitude, longitude)


def whole_map(view: MapView) -> WholeMap:
    """The areas of the level of a map; what a region holds outside its districts has no place and is left out."""
    rows = tuple(sorted((row for row in _of_level(view) if row.exists), key=lambda row: row.area))
    is_known = [row.may_be_judged and row.exposure > 0 for row in rows]
    events = np.array([row.count if known else np.nan for row, known in zip(rows, is_known, strict=True)], float)
    exposure = np.array([row.exposure if known else np.nan for row, known in zip(rows, is_known, strict=True)], float)
    return WholeMap(rows, events, exposure, outlines_of(view), f"{view.request.level}s")


def outlines_of(view: MapView) -> OutlineSet:
    """The set of outlines that a map is drawn with, and by which its areas are neighbours."""
    rows = _of_level(view)
    asked = Picture(
        level=view.request.level,
        within=view.request.within,
        asked=frozenset(row.area for row in rows),
        shown=frozenset(row.area for row in rows if row.exists),
    )
    return drawn_set(asked, on=view.request.period.end)


def may_be_judged(item: Indicator) -> bool:
    """Whether areas may be set against each other by chance: events or shares with limits, never figures on suicide."""
    is_judged = item.family not in (Family.SIGNAL, Family.POPULATION) and not item.never_coloured
    return is_judged and item.interval in ("poisson", "wilson")


def counts_events(item: Indicator) -> bool:
    """Whether the figure is a rate of events, which a Poisson model describes; a share is not."""
    return may_be_judged(item) and item.interval == "poisson"


def _of_level(view: MapView) -> list[AreaRow]:
    return [row for row in view.rows if row.level == view.request.level]
