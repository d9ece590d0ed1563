"""Trends, pairs and parts where something is missing, changed its kind, or ends on an odd day."""

import math
from pathlib import Path

import pytest

from etl.build import stage_build
from geo.areas import districts_of, regions
from riskmap.analytics import queries
from riskmap.analytics.service import pair, parts, trends
from riskmap.analytics.views import Line, MapRequest, TrendRequest
from riskmap.analytics.warehouse import open_build
from riskmap.domain.vocabulary import CellStatus, Grain, Scope, parse_period
from tests.etl.plain_cells import Cells
from tests.etl.records import figure, write_record

PUBLIC = Scope.public()
AKMOLA, ULYTAU, ASTANA, COUNTRY = "110000000", "620000000", "710000000", "000000000"
FOUNDED_IN_JUNE_2024 = "711610000"


def figures_of(name: str, where: list[str], counts: dict[str, int], *, by: str = "") -> Cells:
    found: Cells = {}
    for area in where:
        for code, count in counts.items():
            found |= figure(name, area, code, count, by=by)
    return found


def codes(region: str) -> list[str]:
    return [area.id for area in districts_of(region)]


def lines(build: Path, indicator: str, areas: tuple[str, ...], grain: Grain) -> tuple[Line, ...]:
    (panel,) = trends(build, scope=PUBLIC, request=TrendRequest((indicator,), areas, grain)).panels
    return panel.lines


def test_no_per_cent_is_told_of_a_sum_that_lacks_parts(data_folder: Path) -> None:
    whole = figures_of("programme_schools", codes(AKMOLA), {"2024-10": 10, "2024-11": 10, "2025-11": 15})
    partly = figures_of("programme_schools", codes(AKMOLA)[1:], {"2025-10": 15})
    write_record(data_folder, whole | partly)
    (line,) = lines(stage_build(), "programme_schools", (AKMOLA,), Grain.MONTH)
    changes = {point.period.code: point.change for point in line.points if point.change}
    assert changes["2025-10"].percent is None
    assert changes["2025-10"].before == 10 * len(codes(AKMOLA))
    assert changes["2025-11"].percent == 50


def test_an_area_owes_nothing_for_a_month_before_it_was_founded(data_folder: Path) -> None:
    old = codes(ULYTAU)[0]
    known = figures_of("programme_schools", [old], {"2024-03": 5})
    write_record(data_folder, known | figures_of("programme_schools", [old, FOUNDED_IN_JUNE_2024], {"2024-08": 5}))
    new, other = lines(stage_build(), "programme_schools", (FOUNDED_IN_JUNE_2024, old), Grain.MONTH)
    states = [point.status for point in new.points]
    assert states == [CellStatus.NOT_APPLICABLE] * 3 + [CellStatus.NOT_REPORTED] * 2 + [CellStatus.VALUE]
    assert {point.status for point in other.points[1:-1]} == {CellStatus.NOT_REPORTED}


def test_since_1_january_the_end_of_february_stands_beside_the_end_of_february(data_folder: Path) -> None:
    counts = {"2024-01": 40, "2024-02": 60, "2025-01": 50, "2025-02": 75}
    write_record(data_folder, figures_of("helpline_appeals", codes(ULYTAU), counts))
    (line,) = lines(stage_build(), "helpline_appeals", (ULYTAU,), Grain.YTD)
    before, now = line.points
    assert (before.period.code, now.period.code) == ("2024-01..2024-02", "2025-01..2025-02")
    assert before.period.end.day == 29
    assert now.change
    assert (now.change.before, now.change.percent) == (100 * len(codes(ULYTAU)), 25)


def test_real_totals_never_make_shares_of_invented_parts(data_folder: Path) -> None:
    where = [region.id for region in regions()]
    made_up = figures_of("helpline_appeals", where, {"2025-01": 30, "2025-02": 30}, by="channel:phone")
    made_up |= figures_of("helpline_appeals", where, {"2025-01": 10, "2025-02": 10}, by="channel:qr")
    write_record(data_folder, made_up | figure("helpline_appeals", COUNTRY, "2025-01..2025-02", 5000, invented=False))
    period = parse_period("2025-01..2025-02")
    assert period
    request = MapRequest("helpline_appeals", period, breakdown="channel", level="country")
    view = parts(stage_build(), scope=PUBLIC, request=request)
    (row,) = view.rows
    assert view.is_invented
    assert row.total == 20 * 2 * 40
    assert [part.share for part in row.parts] == [75, 25]


def test_a_pair_tells_that_the_people_are_an_estimate(data_folder: Path) -> None:
    left, right = codes(ULYTAU)[:2]
    people = figures_of("children_0_17", [left, right], {"2023": 9000}) | figures_of(
        "children_0_17", [left], {"2024": 9000}
    )
    write_record(
        data_folder, people | figures_of("police_register", [left, right], {f"2024-0{m}": 50 for m in (1, 2, 3)})
    )
    rows = {row.indicator.id: row for row in pair(stage_build(), scope=PUBLIC, areas=(left, right)).rows}
    register = rows["police_register"]
    assert not math.isnan(register.left.value)
    assert (register.left.is_exposure_estimated, register.right.is_exposure_estimated) == (False, True)


def test_a_pair_takes_the_last_period_that_both_show_and_the_shortest_that_ends_there(data_folder: Path) -> None:
    left, right = codes(ULYTAU)[:2]
    both = figures_of("programme_schools", [left, right], {"2025-01": 5, "2025-02": 6})
    write_record(data_folder, both | figures_of("programme_schools", [left], {"2025-03": 7}))
    (row,) = pair(stage_build(), scope=PUBLIC, areas=(left, right)).rows
    assert (row.period.code, row.left.count, row.right.count) == ("2025-02", 6, 6)


def test_two_areas_without_a_common_figure_make_no_row(data_folder: Path) -> None:
    write_record(data_folder, figures_of("programme_schools", [AKMOLA], {"2025-01": 5}))
    assert pair(stage_build(), scope=PUBLIC, areas=(AKMOLA, codes(ULYTAU)[0])).rows == ()


@pytest.mark.parametrize("column", ["first", "latest"])
def test_the_tables_told_are_those_that_all_cells_make(sample_build: Path, column: str) -> None:
    with open_build(sample_build, scope=PUBLIC) as cursor:
        told = queries.tables(cursor)
        function, end = ("min", "period_start") if column == "first" else ("max", "period_end")
        bounds = cursor.execute(f"""
            SELECT indicator, if(kind = 'remainder', 'district', kind), breakdown, category, grain, bool_or(invented),
                   {function}({end})
            FROM cells JOIN areas USING (area) WHERE kind <> 'joined' GROUP BY ALL ORDER BY ALL
        """).fetchall()
    names = ["indicator", "level", "breakdown", "category", "grain", "is_invented"]
    keys = told[names].itertuples(index=False, name=None)
    field = "s" if column == "first" else "e"
    found = [(*key, day) for key, day in zip(keys, told[column].map(lambda bound: bound[field]), strict=True)]
    assert sorted(found) == sorted(bounds)
