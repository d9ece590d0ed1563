"""Areas beside others: the country without them, their region without them, comparable areas, and their own past.

All of it is formed from cells that the scope shows: the rest of a country is what is left of its published number
without the area's own.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import duckdb
import numpy as np

from geo.areas import areas
from riskmap.analytics import queries
from riskmap.analytics.comparable_groups import REPORTED, Members, number_fault
from riskmap.analytics.rows import SUM, lacks_parts
from riskmap.analytics.views import Basis, JudgedArea, JudgedMap, Line, MapRequest, Story, Verdict
from riskmap.analytics.warehouse import open_build
from riskmap.analytics.whole_map import may_be_judged
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Group, Indicator, catalogue, indicator
from riskmap.domain.vocabulary import COUNTRY, CellStatus, Kind, Period, Protection, same_period_last_year
from riskmap.methods.judgement import compare_rates, compare_shares
from riskmap.methods.refusals import Reason

YEARS_BACK: Final = 3
_ABOVE: Final = (AreaKind.COUNTRY, AreaKind.REGION)
_NAN: Final = float("nan")
_BASES: Final[Mapping[str, tuple[Basis, ...]]] = {
    "country": (Basis.PAST,),
    "region": (Basis.COUNTRY, Basis.COMPARABLE, Basis.PAST),
    "joined": (Basis.COUNTRY, Basis.PAST),
}
_OF_STATUS: Final = {
    CellStatus.SUPPRESSED: Reason.HIDDEN_POINT,
    CellStatus.NOT_REPORTED: Reason.GAP,
    CellStatus.NOT_APPLICABLE: Reason.GAP,
    CellStatus.NOT_COMPARABLE: Reason.DEFINITION_BREAK,
}


@dataclass(frozen=True, slots=True)
class _Others:
    """What one area is set beside, or the reason why it cannot be."""

    count: float = _NAN
    people: float = _NAN
    reason: Reason | None = None
    group: Group | None = None
    areas: int = 0
    periods: tuple[Period, ...] = ()


def judgements(build: Path, *, scope: Any, request: MapRequest) -> JudgedMap | None:
    """Every area of a map beside the country, its region, comparable areas and its own past.

    None for what is never judged: signals, populations, figures on suicide, and numbers without a test. Where counts
    are rounded each area has the reason in place of an answer.
    """
    item = indicator(request.indicator)
    if not may_be_judged(item):
        return None
    cut = (request.breakdown, request.category)
    with closing(open_build(build, scope=scope)) as cursor:
        field = _field(cursor, item, cut, request.period, request.level)
        asked = [cell for cell in field.cells if request.within in (COUNTRY, cell.parent)]
        found = field.judged(asked)
    return JudgedMap(request, item, bases_of(request.level), MappingProxyType({area.area: area for area in found}))


def judged_lines(
    cursor: duckdb.DuckDBPyConnection, item: Indicator, cut: tuple[str, str], lines: Sequence[Line]
) -> dict[str, JudgedArea]:
    """The latest shown figure of each line beside the same; of lines without one, and what is never judged, nothing."""
    if not may_be_judged(item):
        return {}
    wanted: dict[tuple[str, Period], set[str]] = defaultdict(set)
    for line in lines:
        latest = next((point for point in reversed(line.points) if point.status is CellStatus.VALUE), None)
        if latest:
            wanted["district" if line.level == AreaKind.REMAINDER else line.level, latest.period].add(line.area)
    judged: dict[str, JudgedArea] = {}
    for (level, period), names in wanted.items():
        field = _field(cursor, item, cut, period, level)
        judged |= {area.area: area for area in field.judged([x for x in field.cells if x.area in names])}
    return judged


def bases_of(level: str) -> tuple[Basis, ...]:
    """What areas of a level are set beside."""
    return _BASES.get(level, tuple(Basis))


def _field(
    cursor: duckdb.DuckDBPyConnection, item: Indicator, cut: tuple[str, str], period: Period, level: str
) -> "_Field":
    before = list(_years_back(period))
    cells = queries.cells_beside(
        cursor,
        indicator=item.id,
        cut=cut,
        period=period,
        before=before,
        level=level,
        is_of_a_day=item.kind is Kind.STOCK,
    )
    by_period: dict[tuple[date, date], dict[str, Any]] = defaultdict(dict)
    for cell in cells:
        by_period[cell.period_start, cell.period_end][cell.area] = cell
    now = by_period[period.start, period.end]
    shown = [cell for cell in now.values() if _level(cell) == level]
    # What stands on a day is the same number whichever period ends with it.
    same_day = [] if item.kind is not Kind.STOCK else [x for x in cells if x.period_end == period.end]
    return _Field(
        item=item,
        period=period,
        cells=shown,
        around={cell.area: cell for cell in (*same_day, *now.values()) if cell.level in _ABOVE},
        past=[(other, by_period[other.start, other.end]) for other in before],
        people=queries.people_of_areas(cursor, population=catalogue().comparable.population, until=period.end),
        stories=queries.breaks_between(
            cursor, indicator=item.id, start=before[-1].start, end=period.end, areas=[cell.area for cell in shown]
        ),
        is_rounded=queries.meta(cursor)["protection"] == Protection.ROUNDING,
    )


def _years_back(period: Period) -> Iterator[Period]:
    for _ in range(YEARS_BACK):
        yield (period := same_period_last_year(period))


def _level(cell: Any) -> str:
    return "district" if cell.level == AreaKind.REMAINDER else str(cell.level)


@dataclass(frozen=True)
class _Field:
    """All cells that the areas of one level are judged by."""

    item: Indicator
    period: Period
    cells: Sequence[Any]
    around: Mapping[str, Any]
    past: Sequence[tuple[Period, Mapping[str, Any]]]
    people: Mapping[str, float]
    stories: Sequence[Story]
    is_rounded: bool

    def judged(self, asked: Sequence[Any]) -> list[JudgedArea]:
        """Each of these areas beside every basis; one that did not exist in the period is left out."""
        asked = [cell for cell in asked if cell.status != CellStatus.NOT_APPLICABLE]
        if not asked:
            return []
        bases = bases_of(_level(asked[0]))
        reasons = [Reason.ROUNDED if self.is_rounded else self._obstacle(cell) for cell in asked]
        columns = [self._verdicts(basis, asked, reasons) for basis in bases]
        judged = []
        for cell, reason, *verdicts in zip(asked, reasons, *columns, strict=True):
            is_silent = reason is None and self._is_silent(cell, verdicts)
            judged.append(JudgedArea(cell.area, tuple(verdicts), is_silent))
        return judged

    def _obstacle(self, cell: Any) -> Reason | None:
        """What stands in the way of judging by a number, the area's own or another one; None where nothing does."""
        if cell.status != CellStatus.VALUE:
            return self._broken(cell, self.period.start) or _OF_STATUS[CellStatus(cell.status)]
        if lacks_parts(cell):
            return Reason.INCOMPLETE_PERIOD
        return number_fault(self.item, cell.numerator, cell.denominator)

    def _broken(self, cell: Any, since: date) -> Reason | None:
        """Which break lies after a day and up to the end of the period, for what is not comparable and for the past."""
        if cell.status not in (CellStatus.NOT_COMPARABLE, CellStatus.VALUE):
            return None
        within = {story.axis for story in self.stories if story.day > since and story.concerns(cell.area)}
        if "definition" in within:
            return Reason.DEFINITION_BREAK
        return Reason.BORDER_BREAK if within else None

    def _verdicts(self, basis: Basis, asked: Sequence[Any], own: Sequence[Reason | None]) -> list[Verdict]:
        others = [
            _Others(reason=reason) if reason else _checked(self.item, self._others(basis, cell))
            for cell, reason in zip(asked, own, strict=True)
        ]
        can = np.array([side.reason is None for side in others])
        mine = np.where(can, np.array([(cell.numerator, cell.denominator) for cell in asked]).T, np.nan)
        rest = np.where(can, np.array([(side.count, side.people) for side in others]).T, np.nan)
        if self.item.interval == "wilson":
            found = compare_shares(mine[0], mine[1], others=rest[0], others_whole=rest[1])
        else:
            found = compare_rates(mine[0], mine[1], others=rest[0], others_exposure=rest[1])
        value = rest[0] / rest[1] * self.item.multiplier
        numbers = zip(found.step.tolist(), found.ratio.tolist(), value.tolist(), strict=True)
        rows = zip(others, numbers, found.is_telling.tolist(), strict=True)
        return [_verdict(basis, side, *row, is_telling=is_telling) for side, row, is_telling in rows]

    def _others(self, basis: Basis, cell: Any) -> _Others:
        match basis:
            case Basis.COUNTRY:
                return self._rest_of_country(cell)
            case Basis.REGION:
                return self._rest(cell, self.around.get(cell.parent), is_in=True)
            case Basis.COMPARABLE:
                return self._comparable(cell)
            case Basis.PAST:
                return self._own_past(cell)

    def _rest_of_country(self, cell: Any) -> _Others:
        whole = self.around.get(COUNTRY)
        if whole is None or whole.source != SUM:
            return self._rest(cell, whole, is_in=True)
        # From the sum of the country nothing is to be taken away where the region of a district is not in it.
        regions = [self.around.get(name) for name in _regions_of(cell.area)]
        if not all(regions):
            return _Others(reason=Reason.NOT_PUBLISHED)
        return self._rest(cell, whole, is_in=all(_was_counted(region) for region in regions))

    def _rest(self, cell: Any, whole: Any, *, is_in: bool) -> _Others:
        """What is left of a larger area; a published sum has nine tenths of its parts at least, and their people."""
        if whole is None or whole.invented != cell.invented:
            return _Others(reason=Reason.NOT_PUBLISHED)
        if whole.status != CellStatus.VALUE:
            return _Others(reason=self._broken(whole, self.period.start) or _OF_STATUS[CellStatus(whole.status)])
        count, people = (cell.numerator, cell.denominator) if is_in else (0, 0)
        if count > whole.numerator or people >= whole.denominator:
            return _Others(reason=Reason.PART_ABOVE_WHOLE)
        return _Others(whole.numerator - count, whole.denominator - people)

    def _comparable(self, cell: Any) -> _Others:
        group = self._group_of(cell)
        if group is None:
            return _Others(reason=Reason.NO_GROUP)
        left = self._groups[group].without(cell)
        if left is None:
            return _Others(reason=Reason.TOO_FEW_AREAS, group=group)
        return _Others(left.count, left.people, group=group, areas=left.areas)

    def _group_of(self, cell: Any) -> Group | None:
        unit = areas()[cell.area].unit if cell.area in areas() else ""
        return catalogue().comparable.group(str(unit), self.people.get(cell.area, _NAN))

    @cached_property
    def _groups(self) -> Mapping[Group, "Members"]:
        """The areas of each group that existed in the period."""
        members: dict[Group, list[Any]] = defaultdict(list)
        for cell in self.cells:
            group = self._group_of(cell)
            if group and cell.status != CellStatus.NOT_APPLICABLE:
                members[group].append(cell)
        return {group: Members.of(self.item, cells) for group, cells in members.items()}

    def _own_past(self, cell: Any) -> _Others:
        """The same period of the years before, pooled from the last one back until one does not go with it.

        Of what stands on a day only the last one: much the same children a year later are no further proof.
        """
        pooled: list[tuple[Period, Any]] = []
        reason = None
        for period, known in self.past[: None if self.item.kind is Kind.FLOW else 1]:
            earlier = known.get(cell.area)
            if earlier is None or earlier.invented != cell.invented:
                reason = Reason.TOO_SHORT
            else:
                reason = self._broken(cell, period.start) or self._obstacle(earlier)
            if reason:
                break
            pooled.append((period, earlier))
        if not pooled:
            return _Others(reason=reason)
        count, people = (sum(getattr(x, name) for _, x in pooled) for name in ("numerator", "denominator"))
        return _Others(count, people, periods=tuple(period for period, _ in pooled))

    def _is_silent(self, cell: Any, verdicts: Sequence[Verdict]) -> bool:
        if self.item.family not in REPORTED:
            return False
        group = self._group_of(cell)
        if group and cell.area in self._groups[group].silent:
            return True
        return bool(cell.numerator == 0 and any((verdict.step or 0) < 0 for verdict in verdicts))


def _checked(item: Indicator, side: _Others) -> _Others:
    """The others, or what is wrong with what was left of them."""
    if side.reason:
        return side
    fault = number_fault(item, side.count, side.people)
    if fault is None and item.interval == "wilson" and side.count > side.people:
        fault = Reason.PART_ABOVE_WHOLE
    return _Others(reason=fault) if fault else side


def _verdict(basis: Basis, side: _Others, step: float, ratio: float, value: float, *, is_telling: bool) -> Verdict:
    reason = side.reason
    if reason is None and step == 0 and not is_telling:
        reason = Reason.TOO_FEW_EVENTS
    if reason:
        return Verdict(basis, None, reason, group=side.group)
    return Verdict(basis, int(step), None, ratio, value, side.group, side.areas, side.periods)


def _regions_of(area: str) -> set[str]:
    """The regions that an area is or lies in; joined areas may lie in several."""
    known = [areas()[member] for member in area.split("~")]
    return {found.id if found.kind is AreaKind.REGION else found.parent for found in known}


def _was_counted(region: Any) -> bool:
    """Whether a region is in the sum of the country: what is hidden of it is."""
    return region is not None and region.status in (CellStatus.VALUE, CellStatus.SUPPRESSED)
