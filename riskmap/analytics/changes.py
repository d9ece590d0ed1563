"""The change log: publications, and the corrections in them, each told once with all that follows from it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import pandas as pd

from riskmap.analytics import change_queries, queries
from riskmap.analytics.change_folding import Fold, Land, folds
from riskmap.analytics.change_queries import Counted, Figure
from riskmap.analytics.change_views import (
    ChangeLog,
    ChangesRequest,
    Correction,
    PeopleChange,
    Publication,
    Revision,
    Side,
)
from riskmap.analytics.rows import Judged, judged_totals
from riskmap.analytics.warehouse import open_build
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import catalogue, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, RevisionKind, Scope

MOST_CORRECTIONS: Final = 200
# Revisions that are read at a time: each correction may come with two dozen that follow from it.
_AT_A_TIME: Final = 6_000


def changes(build: Path, *, scope: Scope, request: ChangesRequest) -> ChangeLog:
    """The publications, and the latest corrections that were asked for, those that follow from others folded in."""
    with closing(open_build(build, scope=scope)) as cursor:
        publications = [_publication(*row) for row in change_queries.publications(cursor)]
        land = Land(change_queries.places(cursor))
        asked = land.within(request.area)
        known = _declared(change_queries.changed_figures(cursor, areas=asked))
        listed = [one for one in _fitting(known, request) if one.kind in request.listed]
        found = list(_folded(cursor, request, listed, land=land, asked=asked))
    people = [one for one in _fitting(known, request) if one.kind is RevisionKind.PEOPLE and not request.kind]
    names = {one.figure.indicator for one in known}
    return ChangeLog(
        request=request,
        publications=tuple(publications),
        indicators=tuple(name for name in catalogue().indicators if name in names),
        corrections=tuple(found[:MOST_CORRECTIONS]),
        is_cut=len(found) > MOST_CORRECTIONS,
        people=tuple(_people(people)),
        figures=sum(one.number for one in (*listed, *people)),
        is_invented=any(one.figure.invented for one in (*listed, *people)),
    )


def revisions(build: Path, *, scope: Scope, request: ChangesRequest) -> tuple[Revision, ...]:
    """Every revision that was asked for, the latest publication first; where no kind was, those of people too."""
    kinds = [request.kind] if request.kind else list(RevisionKind)
    with closing(open_build(build, scope=scope)) as cursor:
        land = Land(change_queries.places(cursor))
        asked = land.within(request.area)
        known = _declared(change_queries.changed_figures(cursor, areas=asked))
        figures = _figures([one for one in _fitting(known, request) if one.kind in kinds])
        if not figures:
            return ()
        rows = change_queries.revisions(cursor, figures=figures, kinds=kinds, areas=asked)
    order = ["place", "period_end", "period_start", "grain", "area"]
    rows = rows.sort_values(order, ascending=[True, False, False, True, True])
    return tuple(_revisions(rows, land))


def _publication(number: int, build: str, event: str, day: date, data_date: date | None, *counts: int) -> Publication:
    *by_kind, invented = counts
    return Publication(
        number=number,
        build=build,
        is_taken_back=event == "taken_back",
        day=day,
        data_date=data_date,
        counts=dict(zip(RevisionKind, by_kind, strict=True)),
        invented=invented,
    )


def _declared(counted: Sequence[Counted]) -> list[Counted]:
    """Those of figures that the catalogue still declares: of others there is no name and no unit to tell them in."""
    cuts = {
        (item.id, breakdown, category)
        for item in catalogue().indicators.values()
        for breakdown, categories in {ALL: (ALL,), **item.breakdowns}.items()
        for category in categories
    }
    return [one for one in counted if one.figure[1:4] in cuts]


def _fitting(counted: Sequence[Counted], request: ChangesRequest) -> list[Counted]:
    return [one for one in counted if request.indicator in ("", one.figure.indicator)]


def _figures(counted: Sequence[Counted]) -> list[Figure]:
    """Every figure of every publication, the latest publication first, then as the catalogue has them."""
    place = {name: position for position, name in enumerate(catalogue().indicators)}
    days = {one.figure: one.day for one in counted}
    figures = sorted(days, key=lambda its: (place[its.indicator], its.breakdown != ALL, its.breakdown, its.category))
    return sorted(figures, key=lambda its: (days[its], its.build), reverse=True)


def _people(counted: Sequence[Counted]) -> Iterator[PeopleChange]:
    days = {one.figure.build: one.day for one in counted}
    numbers: dict[tuple[str, str, bool], int] = defaultdict(int)
    for one in counted:
        numbers[one.figure.build, one.figure.indicator, one.figure.invented] += one.number
    whole = dict.fromkeys((its.build, its.indicator, its.invented) for its in _figures(counted))
    for build, name, is_invented in whole:
        number = numbers[build, name, is_invented]
        yield PeopleChange(build, days[build], indicator(name), number, is_invented)


def _folded(
    cursor: duckdb.DuckDBPyConnection,
    request: ChangesRequest,
    counted: Sequence[Counted],
    *,
    land: Land,
    asked: Collection[str],
) -> Iterator[Correction]:
    """The latest corrections, one more than are shown where there are more."""
    most = MOST_CORRECTIONS + 1
    # What holds an area changes with it, whether it was asked for or not.
    areas = {upper for area in asked for upper in land.around[area]}
    for figures in _batches(counted):
        rows = change_queries.revisions(cursor, figures=figures, kinds=request.listed, areas=areas)
        found: list[Fold] = []
        for _, its in rows.groupby("place", sort=True):
            found += folds(its, land, asked, most=most - len(found))
        told = _revisions(rows.loc[[fold.row for fold in found]], land)
        yield from (Correction(revision, fold.followers) for revision, fold in zip(told, found, strict=True))
        most -= len(found)
        if most == 0:
            return


def _batches(counted: Sequence[Counted]) -> Iterator[list[Figure]]:
    sizes: dict[Figure, int] = defaultdict(int)
    for one in counted:
        sizes[one.figure] += one.number
    batch: list[Figure] = []
    ahead = _AT_A_TIME
    for figure in _figures(counted):
        batch.append(figure)
        ahead -= sizes[figure]
        if ahead <= 0:
            yield batch
            batch, ahead = [], _AT_A_TIME
    if batch:
        yield batch


def _revisions(rows: pd.DataFrame, land: Land) -> Iterator[Revision]:
    """The rows with the rate before and after each, in their order."""
    # Texts are read out of a column of objects many times faster than out of one of texts.
    rows = rows.astype(dict.fromkeys(rows.select_dtypes("str").columns, object))
    sides = [
        judged_totals(rows.rename(columns=_columns_of(name)).itertuples(index=False)) for name in ("before", "after")
    ]
    for before, after in zip(*sides, strict=True):
        yield _revision(before, after, land)


def _columns_of(side: str) -> dict[str, str]:
    return {f"{name}_{side}": name for name in ("status", "numerator", "denominator")}


def _revision(before: Judged, after: Judged, land: Land) -> Revision:
    row = before.cell
    place = land.places[row.area]
    return Revision(
        build=row.build,
        day=pd.Timestamp(row.day).date(),
        kind=RevisionKind(row.kind),
        indicator=indicator(row.indicator),
        breakdown=row.breakdown,
        category=row.category,
        place=place,
        above=land.places[place.parent] if place.level == AreaKind.DISTRICT else None,
        period=queries.period_of(row),
        before=_side(before),
        after=_side(after),
        is_invented=bool(row.invented),
    )


def _side(found: Judged) -> Side:
    cell: Any = found.cell
    return Side(
        CellStatus(cell.status), cell.numerator, cell.denominator, found.value, lower=found.lower, upper=found.upper
    )
