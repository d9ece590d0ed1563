"""Families of indicators, between which nothing adds up: each is attacked by itself, and their reports are one."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from riskmap.disclosure.audit.public import Tables, is_closed
from riskmap.disclosure.audit.report import AuditReport, Districts, Interval, Outcome, Scope

_NARROWEST: Final = 10


def families(tables: Tables, only: Collection[str] | None = None) -> Iterator[tuple[str, Tables]]:
    """Name and tables of every family with an indicator of `only`: a register with what it is changed by, or one.

    A family of which there never was a cell is left out.
    """
    changes = tables.relations[tables.relations["kind"] == "balance"]
    first = dict(zip(changes["part"], changes["total"], strict=True))
    there = {*tables.cells["indicator"].unique(), *tables.released["indicator"].unique()}
    closed = sorted(name for name, item in tables.declared.items() if is_closed(item))
    for family in sorted({first.get(name, name) for name in closed if name in there}):
        own = {name for name in closed if first.get(name, name) == family}
        if only is None or not own.isdisjoint(only):
            kept = {name: item for name, item in tables.declared.items() if name in own or name not in closed}
            yield family, replace(tables, declared=kept)


def joined(reports: Iterable[AuditReport]) -> AuditReport:
    """The report on all families, from one on each."""
    each = list(reports)
    lines = Counter[str]()
    for report in each:
        lines.update(report.scope.lines)
    regions = [report.regions for report in each if report.regions]
    districts = [report.districts for report in each if report.districts]
    return AuditReport(
        scope=Scope(
            cells=sum(report.scope.cells for report in each),
            hidden=sum(report.scope.hidden for report in each),
            lines=dict(lines),
            left_out=sum(report.scope.left_out for report in each),
            components=sum(report.scope.components for report in each),
            largest=max((report.scope.largest for report in each), default=0),
        ),
        public=replace(_together(report.public for report in each), attacks=1),
        regions=_together(regions) if regions else None,
        districts=_measured(districts) if districts else None,
        narrowest=tuple(sorted((found for report in each for found in report.narrowest), key=_room)[:_NARROWEST]),
        seconds=sum(report.seconds for report in each),
    )


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    each = list(outcomes)
    return Outcome(
        sum(outcome.attacks for outcome in each),
        sum(outcome.proved for outcome in each),
        tuple(found for outcome in each for found in outcome.unproved),
        sum(outcome.told_before for outcome in each),
    )


def _measured(districts: Iterable[Districts]) -> Districts:
    each = list(districts)
    return Districts(
        sum(told.attacks for told in each),
        sum(told.narrowed for told in each),
        sum(told.recovered for told in each),
        all(told.is_complete for told in each),
    )


def _room(found: Interval) -> int:
    """How wide an interval among the narrowest is; these all have an end."""
    return (found.high or 0) - found.low
