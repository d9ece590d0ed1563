"""One function per question a page asks; each opens the build for the scope, asks, and returns a frozen view."""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from riskmap.analytics import queries
from riskmap.analytics.changes import changes, revisions
from riskmap.analytics.classify import class_breaks
from riskmap.analytics.coarser_cells import with_coarser
from riskmap.analytics.compare import heat, pair, parts
from riskmap.analytics.judged_areas import judgements
from riskmap.analytics.rows import area_row, judged
from riskmap.analytics.trends import trends
from riskmap.analytics.views import AreaRow, MapRequest, MapView, Offer, Overview, Returns, Table
from riskmap.analytics.warehouse import current_build, hides_real_numbers, open_build, packaged_scope
from riskmap.domain.registry import Indicator, catalogue, indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, GRAINS_BY_LENGTH, Grain, Period, ReturnState, Scope, longer_grains

__all__ = [
    "area_map",
    "changes",
    "coarser",
    "first_screen",
    "heat",
    "hides_real_numbers",
    "judgements",
    "live_build",
    "offers",
    "opening",
    "overview",
    "packaged_scope",
    "pair",
    "parts",
    "revisions",
    "trends",
]

# A view opens at the finest grain in which this share of its areas shows a value.
WORTH_OPENING: Final = 0.6
WORTH_THE_FIRST_SCREEN: Final = 0.9
_PERIODS_OF_RETURNS: Final = 2


def live_build() -> Path:
    """The folder of the live build; `NoPublishedBuild` before the first publication."""
    return current_build()


def overview(build: Path, *, scope: Scope) -> Overview:
    """Build, data date, who has reported lately, and every table that can be asked for."""
    with closing(open_build(build, scope=scope)) as cursor:
        meta = queries.meta(cursor)
        owed = queries.completeness(cursor, periods=_PERIODS_OF_RETURNS)
        found = queries.tables(cursor)
    place = {identifier: position for position, identifier in enumerate(catalogue().indicators)}
    tables = [_table(row) for row in found.itertuples(index=False)]
    return Overview(
        build=meta["build"],
        data_date=date.fromisoformat(meta["data_date"]) if meta["data_date"] else None,
        protection=meta["protection"],
        is_invented=meta["is_invented"] == "true",
        returns=_returns(owed, meta.get("invented_sources", "").split()),
        tables=tuple(sorted(tables, key=lambda table: place[table.indicator])),
    )


def _table(row: Any) -> Table:
    grain = Grain(row.grain)
    first, latest = (
        Period(pd.Timestamp(bound["s"]).date(), pd.Timestamp(bound["e"]).date(), grain)
        for bound in (row.first, row.latest)
    )
    cut = (str(row.breakdown), str(row.category))
    only = frozenset(str(area) for area in row.only)
    return Table(str(row.indicator), str(row.level), *cut, grain, first, latest, bool(row.is_invented), only)


def _returns(owed: pd.DataFrame, invented: Sequence[str]) -> tuple[Returns, ...]:
    found = []
    for _, group in owed.groupby(["source", "grain", "period_start", "period_end"], sort=True):
        first = next(group.itertuples(index=False))
        received = group["received"].max()
        is_reported = group["state"].isin([state for state in ReturnState if state.is_reported])
        found.append(
            Returns(
                source=str(first.source),
                period=queries.period_of(first),
                reported=tuple(group.loc[is_reported, "area"]),
                missing=tuple(group.loc[~is_reported, "area"]),
                received=None if pd.isna(received) else pd.Timestamp(received).date(),
                is_invented=str(first.source) in invented,
            )
        )
    return tuple(found)


def offers(
    build: Path, *, scope: Scope, indicator: str, cut: tuple[str, str], level: str, within: str
) -> tuple[Offer, ...]:
    """Every period of a table, the latest first, and how much of it can be seen; empty where there is no such table."""
    with closing(open_build(build, scope=scope)) as cursor:
        found = queries.offers(cursor, indicator=indicator, cut=cut, level=level, within=within)
    return tuple(
        Offer(Period(start, end, Grain(grain)), areas, shown, is_invented)
        for grain, start, end, areas, shown, is_invented in found
    )


def area_map(build: Path, *, scope: Scope, request: MapRequest) -> MapView:
    """The areas of one level with rate, interval and fill, the rows around them, and the breaks in the period.

    A row around is left out where its figure is of the other kind, invented or real.
    """
    item = indicator(request.indicator)
    cut = (request.breakdown, request.category)
    where = {"level": request.level, "within": request.within}
    with closing(open_build(build, scope=scope)) as cursor:
        cells = queries.cells_of_levels(
            cursor, indicator=item.id, cut=cut, period=request.period, population=item.population, **where
        )
        asked = [cell for cell in cells if cell.is_asked]
        is_invented = any(cell.invented for cell in asked)
        stories = queries.breaks_between(
            cursor,
            indicator=item.id,
            start=request.period.start,
            end=request.period.end,
            areas=[cell.area for cell in asked],
        )
        breaks = class_breaks(item, cut)
        around = [cell for cell in cells if not cell.is_asked and cell.invented == is_invented]
        rows, above = (
            with_coarser(
                cursor, _rows(item, found, breaks), item, period=request.period, cut=cut, is_invented=is_invented
            )
            for found in (asked, around)
        )
    return MapView(
        request=request,
        indicator=item,
        rows=rows,
        above=above[::-1],
        breaks=breaks,
        stories=tuple(stories),
        is_invented=is_invented,
    )


def _rows(item: Indicator, cells: Sequence[Any], breaks: tuple[float, ...]) -> tuple[AreaRow, ...]:
    return tuple(area_row(found) for found in judged(item, cells, breaks))


def opening(offered: Sequence[Offer], *, worth: float = WORTH_OPENING) -> Offer | None:
    """What a view opens on: the latest period of the finest grain in which most areas show a value.

    Real figures go before invented ones. Where no period shows so many, the one that shows the largest share; None
    where nothing is offered.
    """
    full = [offer for offer in offered if offer.share_shown >= worth]
    full = [offer for offer in full if not offer.is_invented] or full
    if full:
        finest = min(GRAINS_BY_LENGTH.index(offer.period.grain) for offer in full)
        fits = [offer for offer in full if GRAINS_BY_LENGTH.index(offer.period.grain) == finest]
        return max(fits, key=lambda offer: offer.period.end)
    return max(offered, key=lambda offer: (offer.share_shown, offer.period.end), default=None)


def first_screen(build: Path, *, scope: Scope) -> tuple[MapRequest, ...]:
    """The maps of the first page as the catalogue declares them, each for a period that nearly all areas show."""
    found = []
    for item in catalogue().indicators.values():
        for level, by in item.first_screen.items():
            breakdown, _, category = by.partition(":")
            cut = (breakdown, category or ALL)
            offered = offers(build, scope=scope, indicator=item.id, cut=cut, level=level, within=COUNTRY)
            best = opening(offered, worth=WORTH_THE_FIRST_SCREEN)
            if best:
                found.append(MapRequest(item.id, best.period, *cut, level=level))
    return tuple(found)


def coarser(offered: Sequence[Offer], chosen: Period) -> Offer | None:
    """The next longer period that shows most areas, where the chosen one does not; None where it does or none is."""
    asked = next((offer for offer in offered if offer.period == chosen), None)
    if asked is None or asked.share_shown >= WORTH_OPENING:
        return None
    offered = [offer for offer in offered if offer.is_invented is asked.is_invented]
    for grain in longer_grains(chosen.grain):
        fits = [o for o in offered if o.period.grain is grain and o.share_shown >= WORTH_OPENING]
        around = [o for o in fits if o.period.start <= chosen.start and chosen.end <= o.period.end]
        if fits:
            return max(around or fits, key=lambda offer: offer.period.end)
    return None
