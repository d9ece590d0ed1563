"""What one publication has made of the returns of a region: the receipt that goes back to it."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd

from riskmap.analytics import quality_queries, queries
from riskmap.analytics.classify import ZERO
from riskmap.analytics.quality_rows import data_day, invented_sources, return_of
from riskmap.analytics.quality_views import (
    DistrictStates,
    ReceiptFaults,
    ReceiptFigure,
    ReceiptReturns,
    ReceiptView,
    Return,
)
from riskmap.analytics.service import area_map, offers, opening
from riskmap.analytics.views import MapRequest, MapView
from riskmap.analytics.warehouse import open_build
from riskmap.domain.problems import Severity
from riskmap.domain.registry import catalogue, source
from riskmap.domain.vocabulary import (
    ALL,
    COUNTRY,
    CellStatus,
    Grain,
    Period,
    Protection,
    RevisionKind,
    Scope,
    enclosing,
    month_period,
)

_FIRST_DAY: Final = date.min
_DECEMBER: Final = 12


def receipt(build: Path, *, scope: Scope, region: str) -> ReceiptView:
    """The receipt of one region; without returns where it owes none."""
    return _receipts(build, scope, [region])[region]


def receipts(build: Path, *, scope: Scope) -> dict[str, ReceiptView]:
    """The receipts of all regions that owe a return to a source which somebody has reported to, by region."""
    return _receipts(build, scope, None)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the tables of the build beside its cells tell of all regions."""

    meta: Mapping[str, str]
    returns: Mapping[str, Mapping[str, Sequence[Return]]]  # by region and source
    days: Sequence[date]  # of this publication and of those before it
    faults: Sequence[tuple[object, ...]]
    revisions: Sequence[tuple[object, ...]]


def _receipts(build: Path, scope: Scope, asked: Sequence[str] | None) -> dict[str, ReceiptView]:
    facts = _facts(build, scope)
    regions = asked if asked is not None else sorted(facts.returns)
    shown = _shown(build, scope) if regions else ()
    return {region: _view(region, facts, shown) for region in regions}


def _facts(build: Path, scope: Scope) -> _Facts:
    with closing(open_build(build, scope=scope)) as cursor:
        meta = queries.meta(cursor)
        days = quality_queries.publication_days(cursor)
        return _Facts(
            meta=meta,
            returns=_by_region(quality_queries.latest_returns(cursor)),
            days=days or [datetime.fromisoformat(meta["built"]).date()],
            faults=quality_queries.faults_since(cursor, since=days[1] if len(days) > 1 else _FIRST_DAY),
            revisions=quality_queries.revisions_of(cursor, build=meta["build"]),
        )


def _by_region(frame: pd.DataFrame) -> dict[str, dict[str, list[Return]]]:
    found: dict[str, dict[str, list[Return]]] = {}
    for row in frame.itertuples(index=False):
        found.setdefault(str(row.region), {}).setdefault(str(row.source), []).append(return_of(row))
    return found


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of one indicator: the map of regions as it opens, and per region the states of its districts."""

    regions: MapView
    districts: Mapping[str, DistrictStates]


def _shown(build: Path, scope: Scope) -> tuple[_Shown, ...]:
    found = []
    for item in catalogue().indicators.values():
        if item.receipt:
            breakdown, _, category = item.receipt.partition(":")
            regions = _regions(build, scope, item.id, (breakdown, category or ALL))
            if regions:
                found.append(_Shown(regions, _districts(build, scope, regions)))
    return tuple(found)


def _regions(build: Path, scope: Scope, indicator: str, cut: tuple[str, str]) -> MapView | None:
    best = opening(offers(build, scope=scope, indicator=indicator, cut=cut, level="region", within=COUNTRY))
    if best is None:
        return None
    return area_map(build, scope=scope, request=MapRequest(indicator, best.period, *cut))


def _districts(build: Path, scope: Scope, regions: MapView) -> dict[str, DistrictStates]:
    """Per region its districts in the period on which their map opens, of the same kind, invented or real."""
    name, cut = regions.indicator.id, (regions.request.breakdown, regions.request.category)
    offered = offers(build, scope=scope, indicator=name, cut=cut, level="district", within=COUNTRY)
    best = opening([offer for offer in offered if offer.is_invented is regions.is_invented])
    if best is None:
        return {}
    with closing(open_build(build, scope=scope)) as cursor:
        rows = quality_queries.district_states(cursor, indicator=name, cut=cut, period=best.period)
    found: dict[str, Counter[str]] = {}
    for region, status, is_zero, number in rows:
        found.setdefault(region, Counter())[ZERO if is_zero else status] += number
    return {region: _district_states(best.period, counts) for region, counts in found.items()}


def _district_states(period: Period, counts: Mapping[str, int]) -> DistrictStates:
    return DistrictStates(
        period=period,
        shown=counts[CellStatus.VALUE],
        zero=counts[ZERO],
        hidden=counts[CellStatus.SUPPRESSED],
        not_reported=counts[CellStatus.NOT_REPORTED],
        other=counts[CellStatus.NOT_APPLICABLE] + counts[CellStatus.NOT_COMPARABLE],
    )


def _view(region: str, facts: _Facts, shown: Iterable[_Shown]) -> ReceiptView:
    figures = (_figure(region, maps) for maps in shown)
    return ReceiptView(
        region=region,
        build=facts.meta["build"],
        data_date=data_day(facts.meta),
        published=facts.days[0],
        before=facts.days[1] if len(facts.days) > 1 else None,
        returns=tuple(_returns(region, facts)),
        faults=_faults(region, facts.faults),
        revisions=tuple((RevisionKind(str(kind)), int(str(n))) for area, kind, n in facts.revisions if area == region),
        figures=tuple(figure for figure in figures if figure),
        is_rounded=facts.meta["protection"] == Protection.ROUNDING,
    )


def _returns(region: str, facts: _Facts) -> Iterable[ReceiptReturns]:
    invented = invented_sources(facts.meta)
    for name, items in facts.returns.get(region, {}).items():
        period = items[0].period
        due_days = source(name).due_days
        following = _next_period(period, due_days)
        due = following.end + timedelta(days=due_days[following.grain])
        yield ReceiptReturns(name, period, name in invented, tuple(items), following, due)


def _next_period(period: Period, grains: Container[str]) -> Period:
    """The period of the same length that follows; since 1 January one month more, up to the whole year."""
    day = period.end + timedelta(days=1)
    month = month_period(day.year, day.month)
    if period.grain is Grain.YTD and month.start.month == _DECEMBER and Grain.YEAR in grains:
        return enclosing(month, Grain.YEAR)
    return enclosing(month, period.grain)


def _faults(region: str, rows: Iterable[tuple[Any, ...]]) -> ReceiptFaults:
    own = [row[1:] for row in rows if row[0] == region]
    still_open = {severity: sum(n for name, _, _, n in own if name == severity) for severity in Severity}
    return ReceiptFaults(
        found=sum(found for _, found, _, _ in own),
        mended=sum(mended for _, _, mended, _ in own),
        open=tuple((severity, n) for severity, n in still_open.items() if n),
    )


def _figure(region: str, maps: _Shown) -> ReceiptFigure | None:
    row = maps.regions.row(region)
    if row is None:
        return None
    request = maps.regions.request
    return ReceiptFigure(
        indicator=maps.regions.indicator,
        breakdown=request.breakdown,
        category=request.category,
        period=request.period,
        is_invented=maps.regions.is_invented,
        region=row,
        country=maps.regions.row(COUNTRY),
        districts=maps.districts.get(region),
    )
