"""The command audit: whether hidden numbers of a build can be worked out from what is public."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from etl import report
from etl.commands.parsing import Commands, add_command
from etl.history_words import area_name
from etl.protection import earlier_releases, solver_silenced
from etl.publish import told_before
from etl.storage import builds, folder_format, live, refuse_other_format
from riskmap.disclosure.audit import AuditReport, CellKey, Interval, audit, audit_families
from riskmap.domain.errors import NoPublishedBuild, WrongUsage
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL, Grain, Period
from riskmap.words import day, number, period, t

_NOT_PASSED: Final = 3
_STEP: Final = "  "
_MOST: Final = 20  # numbers not proved that are told one by one; a document has all of them


def declare(commands: Commands) -> None:
    """Add the command of this module."""
    add_command(commands, "audit", _audit, has_json=True).add_argument("build", nargs="?", metavar="BUILD")


def _audit(options: argparse.Namespace) -> int:
    refuse_other_format(folder_format())
    build = _build(options.build)
    with solver_silenced():
        found = audit(build / "public.duckdb", released=earlier_releases(build.name), held=build / "full.duckdb")
        by_earlier = _by_earlier(build, found)
    if options.json:
        report.print_json({"build": build.name, **found.document(), "by_earlier": by_earlier})
    else:
        report.print_lines(list(report_lines(build.name, found, options.lang, by_earlier=by_earlier)))
    return 0 if found.passed else _NOT_PASSED


def _by_earlier(build: Path, found: AuditReport) -> int:
    """How many of the numbers that are not proved safe would be, had nothing been published before."""
    if found.passed or not earlier_releases(build.name):
        return 0
    only = {interval.cell.indicator for interval in found.unproved}
    alone = audit_families(build / "public.duckdb", held=build / "full.duckdb", only=only)
    left = {(interval.cell, interval.told) for own in alone.values() for interval in own.unproved}
    return sum((interval.cell, interval.told) not in left for interval in found.unproved)


def _build(name: str | None) -> Path:
    if name is None:
        if (current := live()) is None:
            raise NoPublishedBuild
        return current
    known = {build.name: build for build in builds()}
    if name not in known:
        raise WrongUsage(detail=f"audit {name} ({', '.join(known)})")
    return known[name]


def say_told_before(build: Path, language: str, *, as_json: bool = False) -> None:
    """Say of a build that has just gone live what earlier publications tell by themselves, where they do."""
    if not as_json and (cells := told_before(build)):
        report.say("audit.told_before", language, cells=number(cells, language))


def report_lines(build: str, found: AuditReport, language: str, *, by_earlier: int = 0) -> Iterator[str]:
    """What the audit of a build found, for a terminal; `by_earlier` are not proved for what was published before."""
    yield t("audit.build", language, build=build)
    yield from (_STEP + line for line in _scope(found, language))
    yield ""
    yield from _outcomes(found, language)
    if found.narrowest:
        yield ""
        yield t("audit.narrowest", language)
        yield from (_STEP + _interval(interval, language) for interval in found.narrowest)
    yield ""
    yield t("audit.passed" if found.passed else "audit.failed", language)
    if by_earlier:
        yield t("audit.by_earlier", language, cells=number(by_earlier, language))


def _scope(found: AuditReport, language: str) -> Iterator[str]:
    scope = found.scope
    counts = {"cells": scope.cells, "hidden": scope.hidden, "components": scope.components, "largest": scope.largest}
    told = {name: number(count, language) for name, count in counts.items()}
    yield t("audit.cells", language, **told)
    for kind, count in scope.lines.items():
        yield t(f"audit.lines.{kind}", language, lines=number(count, language))
    if scope.left_out:
        yield t("audit.left_out", language, lines=number(scope.left_out, language))
    yield t("audit.components", language, **told)


def _outcomes(found: AuditReport, language: str) -> Iterator[str]:
    public = found.public
    yield t("audit.public", language, **_counts(language, proved=public.proved, unproved=len(public.unproved)))
    yield from _unproved(public.unproved, language)
    if found.regions:
        told = _counts(language, attacks=found.regions.attacks, unproved=len(found.regions.unproved))
        yield t("audit.regions", language, **told)
        yield from _unproved(found.regions.unproved, language)
    if found.told_before:
        yield t("audit.told_before", language, cells=number(found.told_before, language))
    if found.districts:
        own = found.districts
        told = _counts(language, attacks=own.attacks, narrowed=own.narrowed, recovered=own.recovered)
        yield t("audit.districts", language, **told)
        if not own.is_complete:
            yield _STEP + t("audit.districts_cut", language)


def _counts(language: str, **counts: int) -> dict[str, str]:
    return {name: number(count, language) for name, count in counts.items()}


def _unproved(found: tuple[Interval, ...], language: str) -> Iterator[str]:
    for interval in found[:_MOST]:
        state = t("audit.leak" if interval.is_leak else "audit.undecided", language)
        yield f"{_STEP}{_interval(interval, language)} – {state}"
    if (more := len(found) - _MOST) > 0:
        yield _STEP + t("audit.more", language, cells=number(more, language))


def _interval(found: Interval, language: str) -> str:
    key = "audit.from" if found.high is None else "audit.exact" if found.low == found.high else "audit.between"
    high = None if found.high is None else number(found.high, language)
    bounds = t(key, language, low=number(found.low, language), high=high)
    return f"{_name(found.cell, language)}: {bounds}"


def _name(cell: CellKey, language: str) -> str:
    names = [indicator(cell.indicator).words[language]["name"], area_name(cell.area, language), _span(cell, language)]
    if cell.breakdown != ALL:
        names.append(t(f"category.{cell.breakdown}.{cell.category}", language))
    return "; ".join(names)


def _span(cell: CellKey, language: str) -> str:
    """The period; what is no cell has no grain, and is told by its days."""
    if cell.grain:
        return period(Period(cell.period_start, cell.period_end, Grain(cell.grain)), language)
    return t("audit.days", language, first=day(cell.period_start, language), last=day(cell.period_end, language))
