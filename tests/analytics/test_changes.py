"""The change log: each correction once, with what follows from it; nothing of hidden figures."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from geo.areas import districts_of, regions
from riskmap.analytics.change_views import (
    ChangeLog,
    ChangesRequest,
    Correction,
    Follower,
    PeopleChange,
    Place,
    Publication,
    Revision,
    Side,
)
from riskmap.analytics.changes import MOST_CORRECTIONS, changes, revisions
from riskmap.analytics.service import area_map, heat, pair, parts, trends
from riskmap.analytics.views import AreaRow, MapRequest, TrendRequest
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import CellStatus, Grain, RevisionKind, Scope
from tests.analytics.revised_build import BUILD, DAYS, EARLIER, Row, cell, joined, live, publication, revision
from tests.views import AKMOLA, NORTH, RATE, period_of

PUBLIC = Scope.public()
COUNTRY, TURKISTAN = "000000000", "610000000"
FIRST, SECOND = (district.id for district in districts_of(AKMOLA)[:2])
LESSONS = "missed_lessons"
ILLNESS = ("reason", "illness")


def log_of(tmp_path: Path, rows: Sequence[Row], *, more: dict[str, Any] | None = None, **asked: Any) -> ChangeLog:
    build = live(tmp_path / "data", cells=[], revisions=rows, **(more or {}))
    return changes(build, scope=PUBLIC, request=ChangesRequest(**asked))


def told(log: ChangeLog) -> list[tuple[str, str]]:
    return [(its.revision.place.area, its.revision.period.code) for its in log.corrections]


def followers(correction: Correction) -> dict[str, list[str]]:
    return {its.place.area: [period.code for period in its.periods] for its in correction.followers}


def test_a_correction_of_a_month_of_a_district_is_told_once_with_all_that_holds_it(tmp_path: Path) -> None:
    held = [(FIRST, "2025-Q4"), (AKMOLA, "2025-11"), (AKMOLA, "2025/26"), (COUNTRY, "2025-11")]
    rows = [revision(LESSONS, area, code, 40, 43) for area, code in [*held, (FIRST, "2025-11")]]
    log = log_of(tmp_path, rows)
    assert told(log) == [(FIRST, "2025-11")]
    assert followers(log.corrections[0]) == {FIRST: ["2025-Q4"], AKMOLA: ["2025-11", "2025/26"], COUNTRY: ["2025-11"]}
    assert log.figures == 5
    assert not log.is_cut


def test_what_follows_from_two_corrections_stands_beside_both(tmp_path: Path) -> None:
    rows = [revision(LESSONS, area, "2025-11", 40, 43) for area in (SECOND, FIRST, AKMOLA)]
    log = log_of(tmp_path, rows)
    assert told(log) == [(FIRST, "2025-11"), (SECOND, "2025-11")]
    assert [followers(its) for its in log.corrections] == [{AKMOLA: ["2025-11"]}] * 2


def test_a_region_is_told_itself_where_nothing_of_its_districts_is_told(tmp_path: Path) -> None:
    rows = [revision(LESSONS, AKMOLA, "2025-11", 400, 403), revision(LESSONS, COUNTRY, "2025-Q4", 9000, 9003)]
    log = log_of(tmp_path, rows)
    assert told(log) == [(AKMOLA, "2025-11")]
    assert followers(log.corrections[0]) == {COUNTRY: ["2025-Q4"]}


@pytest.mark.parametrize(
    "other",
    [
        {"area": AKMOLA, "code": "2025-10"},
        {"area": AKMOLA, "code": "2025-11", "cut": ILLNESS},
        {"area": AKMOLA, "code": "2025-11", "build": EARLIER},
        {"area": AKMOLA, "code": "2025-11", "invented": True},
        {"area": TURKISTAN, "code": "2025-11"},
        {"area": AKMOLA, "code": "2025-11", "indicator": "pupils"},
    ],
)
def test_another_figure_time_place_or_publication_is_a_correction_of_its_own(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    second = revision(other.pop("indicator", LESSONS), other.pop("area"), other.pop("code"), 400, 403, **other)
    log = log_of(tmp_path, [revision(LESSONS, FIRST, "2025-11", 40, 43), second])
    assert len(log.corrections) == 2
    assert not any(its.followers for its in log.corrections)


def test_january_since_1_january_follows_from_january(tmp_path: Path) -> None:
    rows = [revision(LESSONS, FIRST, code, 40, 43) for code in ("2026-01..2026-01", "2026-01", "2026-01..2026-02")]
    log = log_of(tmp_path, rows)
    assert told(log) == [(FIRST, "2026-01")]
    assert followers(log.corrections[0]) == {FIRST: ["2026-01..2026-01", "2026-01..2026-02"]}


def test_a_quarter_follows_from_the_two_months_since_1_january_that_lie_in_it(tmp_path: Path) -> None:
    rows = [revision(LESSONS, FIRST, code, 40, 43) for code in ("2026-Q1", "2026-01..2026-02")]
    assert told(log_of(tmp_path, rows)) == [(FIRST, "2026-01..2026-02")]


def test_joined_areas_change_with_the_areas_joined(tmp_path: Path) -> None:
    rows = [revision(LESSONS, area, "2025-11", 40, 43) for area in ("joined-1", FIRST)]
    log = log_of(tmp_path, rows, more={"more_areas": [joined("joined-1", [FIRST, SECOND])]})
    assert told(log) == [(FIRST, "2025-11")]
    assert followers(log.corrections[0]) == {"joined-1": ["2025-11"]}


def test_what_comes_late_takes_the_corrected_sum_along_and_each_is_found_by_its_kind(tmp_path: Path) -> None:
    rows = [
        revision(LESSONS, FIRST, "2025-11", None, 43, kind="late"),
        revision(LESSONS, AKMOLA, "2025-11", 400, 443),
    ]
    build = live(tmp_path / "data", cells=[], revisions=rows)
    found = {
        kind: told(changes(build, scope=PUBLIC, request=ChangesRequest(kind=kind))) for kind in (None, *RevisionKind)
    }
    assert found == {
        None: [(FIRST, "2025-11")],
        RevisionKind.LATE: [(FIRST, "2025-11")],
        RevisionKind.CORRECTED: [(AKMOLA, "2025-11")],
        RevisionKind.WITHDRAWN: [],
        RevisionKind.PEOPLE: [],
    }


def test_changes_of_people_are_counted_and_listed_only_where_they_are_asked_for(tmp_path: Path) -> None:
    people: dict[str, Any] = {"kind": "people", "people": (250_000.0, 260_000.0)}
    rows = [revision(RATE, region.id, "2024", 50, 50, **people) for region in regions()[:3]]
    build = live(tmp_path / "data", cells=[], revisions=rows)
    log = changes(build, scope=PUBLIC, request=ChangesRequest())
    (line,) = log.people
    assert (line.indicator.id, line.figures, line.build, line.day) == (RATE, 3, BUILD, DAYS[BUILD])
    assert (log.corrections, log.figures) == ((), 3)
    asked = changes(build, scope=PUBLIC, request=ChangesRequest(kind=RevisionKind.PEOPLE))
    assert (len(asked.corrections), asked.people, asked.figures) == (3, (), 3)
    side = asked.corrections[0].revision
    assert side.before.value == pytest.approx(20.0)
    assert side.after.value == pytest.approx(50 / 260_000 * 100_000)


def test_both_sides_have_number_and_rate_or_the_reason_why_there_is_none(tmp_path: Path) -> None:
    rows = [revision(RATE, AKMOLA, "2024", 50, 55), revision(RATE, NORTH, "2024", 50, None, kind="withdrawn")]
    first, second = (its.revision for its in log_of(tmp_path, rows).corrections)
    assert (first.before.count, first.after.count) == (50, 55)
    assert first.before.value == pytest.approx(20.0)
    assert first.after.value == pytest.approx(22.0)
    assert first.after.lower < 22.0 < first.after.upper
    assert second.before.status is CellStatus.VALUE
    assert second.after.status is CellStatus.NOT_REPORTED
    assert second.after.count != second.after.count


def test_within_an_area_its_own_changes_are_told_and_what_they_changed_around_it(tmp_path: Path) -> None:
    rows = [revision(LESSONS, area, "2025-11", 40, 43) for area in (FIRST, SECOND, AKMOLA, TURKISTAN, COUNTRY)]
    rows += [revision(LESSONS, area, "2025-10", 40, 43) for area in (SECOND, AKMOLA, COUNTRY)]
    log = log_of(tmp_path, rows, area=FIRST)
    assert told(log) == [(FIRST, "2025-11")]
    assert followers(log.corrections[0]) == {AKMOLA: ["2025-11"], COUNTRY: ["2025-11"]}
    assert log.figures == 1


def test_of_an_indicator_only_its_changes_are_told_and_the_others_are_still_on_offer(tmp_path: Path) -> None:
    rows = [revision(LESSONS, FIRST, "2025-11", 40, 43), revision(RATE, AKMOLA, "2024", 50, 55)]
    log = log_of(tmp_path, rows, indicator=RATE)
    assert told(log) == [(AKMOLA, "2024")]
    assert set(log.indicators) == {LESSONS, RATE}
    assert log.figures == 1


def test_the_latest_publication_is_told_first_and_the_latest_period_in_it(tmp_path: Path) -> None:
    rows = [
        revision(LESSONS, FIRST, "2026-02", 40, 43, build=EARLIER),
        revision(LESSONS, FIRST, "2025-11", 40, 43),
        revision(LESSONS, FIRST, "2025-12", 40, 43),
    ]
    assert [code for _, code in told(log_of(tmp_path, rows))] == ["2025-12", "2025-11", "2026-02"]


def test_a_number_hidden_today_is_told_by_no_older_revision(tmp_path: Path) -> None:
    rows = [revision(LESSONS, FIRST, "2025-11", 40, 43), revision(LESSONS, SECOND, "2025-11", 40, 43)]
    cells = [cell(LESSONS, FIRST, "2025-11", status="suppressed"), cell(LESSONS, SECOND, "2025-11", 43)]
    build = live(tmp_path / "data", cells=cells, revisions=rows)
    log = changes(build, scope=PUBLIC, request=ChangesRequest())
    assert told(log) == [(SECOND, "2025-11")]
    assert log.figures == 1
    assert [its.place.area for its in revisions(build, scope=PUBLIC, request=ChangesRequest())] == [SECOND]


def test_a_figure_that_is_no_longer_declared_is_not_told(tmp_path: Path) -> None:
    rows = [
        revision("gone", FIRST, "2025-11", 40, 43),
        revision(LESSONS, FIRST, "2025-11", 4, 5, cut=("reason", "gone")),
    ]
    log = log_of(tmp_path, rows)
    assert (log.corrections, log.figures, log.indicators) == ((), 0, ())


def test_of_many_corrections_the_latest_are_told_and_the_file_has_all(tmp_path: Path) -> None:
    areas = [district.id for region in regions() for district in districts_of(region.id)][: MOST_CORRECTIONS + 1]
    rows = [revision(LESSONS, area, "2025-11", 40, 43) for area in areas]
    rows += [revision(LESSONS, area, "2025-10", 40, 43, build=EARLIER) for area in areas[:50]]
    build = live(tmp_path / "data", cells=[], revisions=rows)
    log = changes(build, scope=PUBLIC, request=ChangesRequest())
    assert (len(log.corrections), log.is_cut, log.figures) == (MOST_CORRECTIONS, True, len(rows))
    assert {its.revision.build for its in log.corrections} == {BUILD}
    assert len(revisions(build, scope=PUBLIC, request=ChangesRequest())) == len(rows)


def test_publications_are_told_latest_first_with_those_taken_back(tmp_path: Path) -> None:
    rows = [revision(LESSONS, FIRST, "2025-11", 40, 43, build=EARLIER, invented=True)]
    lines = [
        publication(1, EARLIER, corrected=1),
        publication(2, EARLIER, event="taken_back"),
        publication(3, BUILD, late=2),
    ]
    log = log_of(tmp_path, rows, more={"publications": lines})
    assert [(its.number, its.build, its.is_taken_back, its.invented) for its in log.publications] == [
        (3, BUILD, False, 0),
        (2, EARLIER, True, 0),
        (1, EARLIER, False, 1),
    ]
    assert log.publications[0].counts == dict.fromkeys(RevisionKind, 0) | {RevisionKind.LATE: 2}
    assert log.is_invented


def flagged_build(tmp_path: Path, *, status: str = "value", kind: str = "corrected", **more: Any) -> Path:
    """Akmola of 2024 was revised, North Kazakhstan was not; so was Akmola's number of one category."""
    types = catalogue().indicators["violence_cases"].breakdowns["type"]
    cells = [
        cell(RATE, AKMOLA, "2024", 55, status=status),
        *(cell(RATE, area, code, 50) for area, code in [(AKMOLA, "2023"), (NORTH, "2024"), (NORTH, "2023")]),
        cell("violence_cases", AKMOLA, "2024/25", 60),
        *(cell("violence_cases", AKMOLA, "2024/25", 10, cut=("type", name)) for name in types),
    ]
    rows = [
        revision(RATE, AKMOLA, "2024", 50, 52, kind=kind, build=EARLIER, **more),
        revision(RATE, AKMOLA, "2024", 52, 55, kind=kind, **more),
        revision("violence_cases", AKMOLA, "2024/25", 9, 10, cut=("type", types[0])),
    ]
    return live(tmp_path / "data", cells=cells, revisions=rows)


def flags(build: Path) -> dict[str, Any]:
    """The flag of Akmola's figure of 2024 in every view, and that the others have none."""
    shown = area_map(build, scope=PUBLIC, request=MapRequest(RATE, period_of("2024")))
    (panel,) = trends(build, scope=PUBLIC, request=TrendRequest((RATE,), (AKMOLA, NORTH), Grain.YEAR)).panels
    grid = heat(build, scope=PUBLIC, indicator_id=RATE, cut=("all", "all"), grain=Grain.YEAR, within=COUNTRY)
    assert grid
    (two,) = (row for row in pair(build, scope=PUBLIC, areas=(AKMOLA, NORTH)).rows if row.indicator.id == RATE)
    points = [(line.area, point) for line in panel.lines for point in line.points]
    assert not any(row.revised for row in shown.rows if row.area != AKMOLA)
    assert not any(point.revised for area, point in points if (area, point.period.code) != (AKMOLA, "2024"))
    rows: list[AreaRow] = [row for row in shown.rows if row.area == AKMOLA]
    return {
        "map": rows[0].revised,
        "trend": panel.lines[0].points[-1].revised,
        "heat": next(line for line in grid.lines if line.area == AKMOLA).points[-1].revised,
        "pair": two.left.revised if two.period.code == "2024" else None,
    }


@pytest.mark.parametrize("kind", ["corrected", "withdrawn"])
def test_a_corrected_figure_carries_the_day_of_its_last_correction_in_every_view(tmp_path: Path, kind: str) -> None:
    assert set(flags(flagged_build(tmp_path, kind=kind)).values()) == {DAYS[BUILD]}


@pytest.mark.parametrize("kind", ["late", "people"])
def test_a_figure_that_came_late_or_got_other_people_carries_no_flag(tmp_path: Path, kind: str) -> None:
    assert set(flags(flagged_build(tmp_path, kind=kind)).values()) == {None}


@pytest.mark.parametrize("status", [state for state in CellStatus if state is not CellStatus.VALUE])
def test_a_hidden_or_missing_figure_never_carries_a_flag(tmp_path: Path, status: CellStatus) -> None:
    assert set(flags(flagged_build(tmp_path, status=status)).values()) == {None}


def test_a_correction_of_an_invented_figure_is_no_flag_of_a_real_one(tmp_path: Path) -> None:
    assert set(flags(flagged_build(tmp_path, invented=True)).values()) == {None}


def test_of_the_parts_of_a_whole_only_the_one_that_was_corrected_carries_the_flag(tmp_path: Path) -> None:
    request = MapRequest("violence_cases", period_of("2024/25"), "type")
    (row,) = parts(flagged_build(tmp_path), scope=PUBLIC, request=request).rows
    assert [part.revised for part in row.parts] == [DAYS[BUILD], *[None] * (len(row.parts) - 1)]
    assert row.revised is None


@pytest.mark.parametrize("view", [Publication, Place, Side, Follower, Revision, Correction, PeopleChange, ChangeLog])
def test_every_field_of_the_log_is_explained(view: type) -> None:
    assert all(field.metadata.get("help") for field in fields(view))
