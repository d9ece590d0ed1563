"""Areas beside each other: two on all indicators, parts of a whole, areas by periods."""

import math
from datetime import date
from pathlib import Path

import pytest

from riskmap.analytics.service import heat, pair, parts
from riskmap.analytics.views import MapRequest
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import CellStatus, Grain, Period, Scope

PUBLIC = Scope.public()
TURKISTAN, AKMOLA = "610000000", "110000000"
SCHOOL_YEAR = Period(date(2025, 9, 1), date(2026, 8, 31), Grain.SCHOOL_YEAR)


def test_two_areas_stand_side_by_side_for_one_period_of_each_indicator(sample_build: Path) -> None:
    view = pair(sample_build, scope=PUBLIC, areas=(TURKISTAN, AKMOLA))
    names = [row.indicator.id for row in view.rows]
    assert names == [name for name in catalogue().indicators if name in names]
    assert {(row.left.area, row.right.area) for row in view.rows} == {(TURKISTAN, AKMOLA)}
    assert {"offences_against_minors", "missed_lessons"} <= set(names)


def test_each_row_of_a_pair_is_real_or_invented_as_a_whole(sample_build: Path) -> None:
    rows = {row.indicator.id: row for row in pair(sample_build, scope=PUBLIC, areas=(TURKISTAN, AKMOLA)).rows}
    assert not rows["suicides_minors"].is_invented
    assert rows["missed_lessons"].is_invented


def test_a_pair_shows_a_period_that_both_show_rather_than_a_later_one(sample_build: Path) -> None:
    for row in pair(sample_build, scope=PUBLIC, areas=(TURKISTAN, AKMOLA)).rows:
        if row.indicator.id == "missed_lessons":
            assert {row.left.status, row.right.status} == {CellStatus.VALUE}


def test_shares_of_a_whole_are_told_where_the_whole_is_shown(sample_build: Path) -> None:
    request = MapRequest("missed_lessons", SCHOOL_YEAR, breakdown="reason", level="district", within=TURKISTAN)
    view = parts(sample_build, scope=PUBLIC, request=request)
    assert view.categories == ("illness", "other_valid", "no_valid_reason")
    known = [row for row in view.rows if not math.isnan(row.total)]
    assert known
    for row in known:
        assert sum(part.share for part in row.parts) == pytest.approx(100)
        assert sum(part.count for part in row.parts) == row.total


def test_a_hidden_part_has_no_number_and_no_share(sample_build: Path) -> None:
    request = MapRequest("violence_cases", SCHOOL_YEAR, breakdown="type")
    view = parts(sample_build, scope=PUBLIC, request=request)
    hidden = [part for row in view.rows for part in row.parts if part.status is CellStatus.SUPPRESSED]
    assert all(math.isnan(part.count) and math.isnan(part.share) for part in hidden)


def test_a_heat_map_holds_every_district_of_a_region_and_every_period(sample_build: Path) -> None:
    view = heat(
        sample_build,
        scope=PUBLIC,
        indicator_id="missed_lessons",
        cut=("all", "all"),
        grain=Grain.MONTH,
        within=TURKISTAN,
    )
    assert view
    assert [line.level for line in view.lines] == ["district"] * 17 + ["remainder"]
    assert all(len(line.points) == len(view.periods) == 18 for line in view.lines)


def test_there_is_no_heat_map_where_there_is_no_such_table(sample_build: Path) -> None:
    suicides = {"indicator_id": "suicides_minors", "cut": ("all", "all")}
    assert heat(sample_build, scope=PUBLIC, **suicides, grain=Grain.MONTH, within=TURKISTAN) is None  # type: ignore[arg-type]
