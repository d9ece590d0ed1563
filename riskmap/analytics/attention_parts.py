"""Which figures make up an index: of each component the period it is taken from, or why it is left out."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np

from geo.areas import districts_of, regions
from riskmap.analytics import queries
from riskmap.analytics.attention_views import (
    LEAST_COMPONENTS,
    MONTHS_APART,
    AttentionRequest,
    LeftOut,
    Part,
    Uncertainty,
)
from riskmap.analytics.rows import area_row, judged
from riskmap.analytics.views import AreaRow
from riskmap.analytics.warehouse import open_build
from riskmap.domain.areas import Area
from riskmap.domain.registry import Component, catalogue, figure_key, indicator
from riskmap.domain.vocabulary import COUNTRY, Period, Scope
from riskmap.methods.coverage import too_few_areas

_UNCERTAINTY: Final = {"poisson": Uncertainty.EVENTS, "wilson": Uncertainty.SHARE, "ratio": Uncertainty.NONE}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A component with its figures of the period chosen; without figures where it is left out."""

    part: Part
    rows: Mapping[str, AreaRow]  # by area, whether it has a value or not

    def usable(self, area: str) -> bool:
        """Whether an area has a value that may be ranked."""
        return area in self.rows and self.rows[area].may_be_judged


@dataclass(frozen=True, slots=True)
class Figures:
    """What an index is made of."""

    areas: tuple[Area, ...]
    chosen: tuple[Chosen, ...]  # every component, in the order declared
    is_invented: bool


@dataclass(frozen=True, slots=True)
class _Offer:
    """A period of a component, and the areas that have a value in it."""

    period: Period
    usable: frozenset[str]


# The periods of each component, by figure, the latest first.
_Offers = Mapping[str, Sequence[_Offer]]


def choose(build: Path, *, scope: Scope, request: AttentionRequest) -> Figures:
    """Every component of the index of a request, whatever its weight; the weights of the request are not looked at.

    Real figures are taken where they leave enough components for an index, then invented ones; where neither do, the
    kind of which more components have any figure.
    """
    declared = catalogue().indexes.families[request.family]
    figures = [figure_key(part.figure) for part in declared]
    areas = _areas(request)
    tried = []
    with closing(open_build(build, scope=scope)) as cursor:
        found = queries.usable_periods(cursor, figures=figures, level=request.level, within=request.within)
        of_kind = {kind: _offers([row for row in found if row.invented is kind]) for kind in (False, True)}
        for kind, other in ((False, True), (True, False)):
            chooser = _Chooser(cursor, request, [area.id for area in areas], is_invented=kind)
            chosen = chooser.choose(declared, of_kind[kind], of_kind[other])
            if sum(one.part.left_out is None for one in chosen) >= LEAST_COMPONENTS:
                return Figures(areas, chosen, kind)
            tried.append((len(of_kind[kind]), Figures(areas, chosen, kind)))
    return max(tried, key=lambda one: one[0])[1]


def _areas(request: AttentionRequest) -> tuple[Area, ...]:
    if request.level == "region":
        return regions()
    inside = [request.within] if request.within != COUNTRY else [region.id for region in regions()]
    return tuple(district for region in inside for district in districts_of(region))


def _offers(rows: Sequence[Any]) -> _Offers:
    found: dict[str, list[_Offer]] = {}
    for row in rows:
        found.setdefault(_figure(row), []).append(_Offer(queries.period_of(row), frozenset(row.usable or ())))
    return found


def _figure(row: Any) -> str:
    """The figure of a result row, written as in a declaration."""
    key = (row.indicator, row.breakdown, row.category)
    return row.indicator if figure_key(row.indicator) == key else ":".join(key)


class _Chooser:
    """Chooses the period of one component after the other, among figures of one kind."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, request: AttentionRequest, areas: Sequence[str], *, is_invented: bool
    ) -> None:
        self._cursor = cursor
        self._request = request
        self._areas = areas
        self._is_invented = is_invented

    def choose(self, declared: Sequence[Component], own: _Offers, others: _Offers) -> tuple[Chosen, ...]:
        """Every component with its period; `others` are the periods of the other kind.

        The component with the fewest periods to choose from chooses first.
        """
        full = {part.figure: self._full(part, own.get(part.figure, ())) for part in declared}
        latest = max((offer.period.end for offers in full.values() for offer in offers), default=date.min)
        recent = {figure: [offer for offer in full[figure] if _is_recent(offer, latest)] for figure in full}
        together = frozenset(self._areas)
        taken: dict[str, _Offer] = {}
        for figure in sorted(recent, key=lambda figure: len(recent[figure])):
            fits = (offer for offer in recent[figure] if self._is_enough(together & offer.usable))
            if offer := next(fits, None):
                taken[figure], together = offer, together & offer.usable
        return tuple(
            self._taken(part, taken[part.figure])
            if part.figure in taken
            else self._left_out(part, own, others, full=full[part.figure], recent=recent[part.figure])
            for part in declared
        )

    def _full(self, part: Component, offers: Sequence[_Offer]) -> list[_Offer]:
        """The periods in which enough areas have a value: of the preferred length first, then the latest."""
        fits = [offer for offer in offers if offer.period.grain in part.grains and self._is_enough(offer.usable)]
        return sorted(fits, key=lambda offer: part.grains.index(offer.period.grain))

    def _is_enough(self, areas: frozenset[str]) -> bool:
        return too_few_areas(np.arange(len(self._areas)) < len(areas)) is None

    def _taken(self, part: Component, offer: _Offer) -> Chosen:
        rows = self._rows(part, offer.period)
        usable = [row for row in rows.values() if row.may_be_judged]
        return Chosen(
            replace(
                self._part(part, offer, None),
                is_provisional=any(row.is_provisional for row in usable),
                is_exposure_estimated=any(row.is_exposure_estimated for row in usable),
            ),
            rows,
        )

    def _left_out(
        self, part: Component, own: _Offers, others: _Offers, *, full: Sequence[_Offer], recent: Sequence[_Offer]
    ) -> Chosen:
        """The component without figures: why, and the period in which it was looked for."""
        tried = [offer for offer in own.get(part.figure, ()) if offer.period.grain in part.grains]
        if full:
            why = LeftOut.NOT_TOGETHER if recent else LeftOut.TOO_OLD
            return Chosen(self._part(part, [*recent, *full][0], why), {})
        if tried:
            return Chosen(self._part(part, max(tried, key=_most), LeftOut.TOO_FEW), {})
        return Chosen(self._part(part, None, LeftOut.OTHER_KIND if part.figure in others else LeftOut.NO_FIGURES), {})

    def _part(self, part: Component, offer: _Offer | None, left_out: LeftOut | None) -> Part:
        item = indicator(figure_key(part.figure)[0])
        return Part(
            component=part,
            indicator=item,
            weight=part.weight,
            share=0.0,
            left_out=left_out,
            period=offer.period if offer else None,
            shown=len(offer.usable) if offer else 0,
            uncertainty=_UNCERTAINTY[item.interval],
            is_provisional=False,
            is_exposure_estimated=False,
        )

    def _rows(self, part: Component, period: Period) -> dict[str, AreaRow]:
        name, *cut = figure_key(part.figure)
        item = indicator(name)
        cells = queries.cells_of_levels(
            self._cursor,
            indicator=name,
            cut=(cut[0], cut[1]),
            period=period,
            population=item.population,
            level=self._request.level,
            within=self._request.within,
        )
        own = [cell for cell in cells if cell.area in self._areas and cell.invented == self._is_invented]
        return {found.cell.area: area_row(found) for found in judged(item, own, ())}


def _most(offer: _Offer) -> tuple[int, date]:
    return len(offer.usable), offer.period.end


def _is_recent(offer: _Offer, latest: date) -> bool:
    end = offer.period.end
    return (latest.year - end.year) * 12 + latest.month - end.month <= MONTHS_APART
