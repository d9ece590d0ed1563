"""How complete and how lasting the published figures are: returns, lateness, lags, revisions, faults, breaks."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import duckdb
import pandas as pd

from riskmap.analytics import quality_queries, queries
from riskmap.analytics.quality_receipt import receipt, receipts
from riskmap.analytics.quality_rows import data_day, invented_sources, return_of
from riskmap.analytics.quality_views import (
    Break,
    FaultCount,
    Lag,
    LateReturns,
    QualityRequest,
    QualityRow,
    QualityView,
    Return,
    RevisionCount,
)
from riskmap.analytics.warehouse import open_build
from riskmap.domain.areas import AreaKind
from riskmap.domain.problems import Severity
from riskmap.domain.registry import catalogue, source
from riskmap.domain.vocabulary import COUNTRY, GRAINS_BY_LENGTH, Period, RevisionKind, Scope

__all__ = ["owed_sources", "quality", "receipt", "receipts"]


def owed_sources(build: Path, *, scope: Scope) -> tuple[str, ...]:
    """The sources to which returns are owed: those that somebody has reported to first, then in catalogue order."""
    with closing(open_build(build, scope=scope)) as cursor:
        heard = quality_queries.sources(cursor)
    owed = [item.id for item in catalogue().sources.values() if item.owed]
    return tuple(sorted(owed, key=lambda name: name not in heard))


def quality(build: Path, *, scope: Scope, request: QualityRequest) -> QualityView:
    """Who has reported to a source, and what else is to be known of how far the figures can be relied on."""
    with closing(open_build(build, scope=scope)) as cursor:
        meta = queries.meta(cursor)
        is_invented = request.source in invented_sources(meta)
        judged = data_day(meta, is_invented=is_invented)
        frame = quality_queries.returns(cursor, source=request.source, area=request.area, most=request.most)
        lags = _lags(cursor, request.source, judged)
        revisions = quality_queries.revisions(cursor, area=request.area)
        faults = quality_queries.faults(cursor, source=request.source, area=request.area)
        breaks = quality_queries.breaks(cursor, area=request.area)
    returns = [return_of(row) for row in frame.itertuples(index=False)]
    periods = tuple(dict.fromkeys(item.period for item in returns))
    return QualityView(
        request=request,
        data_date=judged,
        is_invented=is_invented,
        periods=periods,
        rows=_rows(returns, periods, request),
        late=_late(returns),
        lags=lags,
        revisions=tuple(_revision(row) for row in revisions),
        faults=tuple(_fault(row) for row in faults),
        breaks=tuple(Break(*cast("tuple[str, str, date, str, str]", row)) for row in breaks),
    )


def _rows(returns: Sequence[Return], periods: Sequence[Period], request: QualityRequest) -> tuple[QualityRow, ...]:
    """A row per district of a region; in the country, and of a source to which regions report, a row per region."""
    is_by_region = request.area == COUNTRY or source(request.source).area == AreaKind.REGION
    found: dict[str, dict[Period, list[Return]]] = {}
    for item in returns:
        of_area = found.setdefault(item.region if is_by_region else item.area, {})
        of_area.setdefault(item.period, []).append(item)
    return tuple(
        QualityRow(area, tuple(tuple(cells.get(period, ())) for period in periods))
        for area, cells in sorted(found.items())
    )


def _late(returns: Iterable[Return]) -> tuple[LateReturns, ...]:
    late = sorted((item for item in returns if item.days_late), key=lambda item: item.area)
    late.sort(key=lambda item: item.period.end, reverse=True)
    late.sort(key=lambda item: item.region)
    return tuple(LateReturns(region, tuple(own)) for region, own in groupby(late, key=lambda item: item.region))


def _lags(cursor: duckdb.DuckDBPyConnection, source_id: str, on: date | None) -> tuple[Lag, ...]:
    """In the order of the catalogue."""
    ours = {item.id: item for item in catalogue().indicators.values() if source_id in item.sources}
    frame = quality_queries.lags(cursor, indicators=list(ours))
    found = {row.indicator: row for row in frame.itertuples(index=False)}
    open_periods = _not_final(quality_queries.periods_not_final(cursor, indicators=list(ours), on=on)) if on else {}
    return tuple(
        Lag(
            indicator=item,
            declared=int(found[name].declared_months),
            learnt=None if pd.isna(found[name].learnt_months) else int(found[name].learnt_months),
            used=int(found[name].used_months),
            figures=int(found[name].figures),
            provisional=open_periods.get(name, ()),
        )
        for name, item in ours.items()
        if name in found
    )


def _not_final(frame: pd.DataFrame) -> dict[str, tuple[Period, ...]]:
    """Per indicator its periods of the shortest grain among those given."""
    found: dict[str, tuple[Period, ...]] = {}
    for name, group in frame.groupby("indicator", sort=False):
        periods = [queries.period_of(row) for row in group.itertuples(index=False)]
        finest = min((period.grain for period in periods), key=GRAINS_BY_LENGTH.index)
        found[str(name)] = tuple(period for period in periods if period.grain is finest)
    return found


def _revision(row: Any) -> RevisionCount:
    month, kind, count, is_invented = row
    return RevisionCount(month, RevisionKind(kind), count, is_invented)


def _fault(row: Any) -> FaultCount:
    area, severity, is_open, mended = row
    return FaultCount(area, Severity(severity), is_open, mended)
