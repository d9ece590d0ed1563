"""Beside a hidden cell stands the nearest coarser figure that everyone may see."""

from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from riskmap.analytics import protection_queries
from riskmap.analytics.coarser_cells import hidden_cell, nearest_shown
from riskmap.analytics.service import area_map, offers, pair, trends
from riskmap.analytics.views import Coarser, MapRequest, TrendRequest
from riskmap.analytics.warehouse import open_build
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, CellStatus, Grain, Scope, parse_period
from tests.quality_build import AKMOLA, KOKSHETAU, TURKISTAN, Row, cell, write_build

PUBLIC = Scope.public()
FLOW, STOCK, SHARE = "violence_cases", "police_register", "bullying_survey_share"
SEXUAL = {"breakdown": "type", "category": "sexual"}
# A hidden district and quarter, and coarser figures around it, each with a number of its own.
HIDDEN = cell(FLOW, KOKSHETAU, "2026-Q2", None, status="suppressed", **SEXUAL)
HALF_YEAR = cell(FLOW, KOKSHETAU, "2026-H1", 11, **SEXUAL)
YEAR = cell(FLOW, KOKSHETAU, "2026", 12, **SEXUAL)
TOTAL = cell(FLOW, KOKSHETAU, "2026-Q2", 13)
REGION = cell(FLOW, AKMOLA, "2026-Q2", 14, **SEXUAL)
NATION = cell(FLOW, COUNTRY, "2026-Q2", 15, **SEXUAL)
REGION_YEAR = cell(FLOW, AKMOLA, "2026", 16, **SEXUAL)
REGION_TOTAL = cell(FLOW, AKMOLA, "2026-Q2", 17)
ALL_AROUND = [HALF_YEAR, YEAR, TOTAL, REGION, NATION, REGION_YEAR, REGION_TOTAL]


def found(folder: Path, hidden: Row, *shown: Row) -> Coarser | None:
    """What is shown in place of a hidden cell in a build of these cells."""
    build = write_build(folder, {"cells": [hidden, *shown]})
    period = next(
        p
        for code in ("2026-Q2", "2025/26", "2026-05")
        if (p := parse_period(code)) and p.start == hidden["period_start"]
    )
    cut = (hidden["breakdown"], hidden["category"])
    key = hidden_cell(indicator(hidden["indicator"]), hidden["area"], period, cut, is_invented=hidden["invented"])
    with closing(open_build(build, scope=PUBLIC)) as cursor:
        return nearest_shown(cursor, [key]).get(key)


@pytest.mark.parametrize("left", range(len(ALL_AROUND)))
def test_the_nearest_is_a_longer_period_then_the_total_then_the_area_above_then_two_steps(
    tmp_path: Path, left: int
) -> None:
    coarser = found(tmp_path, HIDDEN, *reversed(ALL_AROUND[left:]))
    assert coarser
    assert coarser.count == ALL_AROUND[left]["numerator"]
    steps = [("longer",), ("longer",), ("total",), ("above",), ("above",), ("longer", "above"), ("total", "above")]
    assert tuple(name for name in ("longer", "total", "above") if getattr(coarser, f"is_{name}")) == steps[left]


def test_a_hidden_cell_around_which_nothing_is_shown_has_none(tmp_path: Path) -> None:
    is_hidden = [{**row, "status": "suppressed", "numerator": None} for row in ALL_AROUND]
    assert found(tmp_path, HIDDEN, *is_hidden) is None


@pytest.mark.parametrize(
    "other",
    [
        cell(FLOW, KOKSHETAU, "2026-Q1", 1, **SEXUAL),  # another period
        cell(FLOW, KOKSHETAU, "2026-Q3", 1, **SEXUAL),
        cell(FLOW, KOKSHETAU, "2026-05", 1, **SEXUAL),  # a part of the period
        cell(FLOW, KOKSHETAU, "2025/26", 1, **SEXUAL) | {"period_end": HIDDEN["period_end"].replace(day=29)},
        cell(FLOW, KOKSHETAU, "2026-Q2", 1, breakdown="type", category="physical"),  # another category
        cell(FLOW, TURKISTAN, "2026-Q2", 1, **SEXUAL),  # another region
        cell("bullying_cases", KOKSHETAU, "2026", 1),  # another indicator
        {**YEAR, "invented": True},  # invented figures never stand for real ones
    ],
)
def test_what_does_not_hold_the_hidden_cell_is_not_shown_for_it(tmp_path: Path, other: Row) -> None:
    assert found(tmp_path, HIDDEN, other) is None


def test_a_register_has_no_longer_period_but_the_same_day_of_the_area_above(tmp_path: Path) -> None:
    hidden = cell(STOCK, KOKSHETAU, "2026-Q2", None, status="suppressed")
    own = [cell(STOCK, KOKSHETAU, code, 90) for code in ("2026", "2026-H1")]
    coarser = found(tmp_path, hidden, *own, cell(STOCK, AKMOLA, "2026-06", 14), cell(STOCK, AKMOLA, "2026", 15))
    assert coarser
    assert (coarser.area, coarser.count, coarser.is_longer) == (AKMOLA, 14, False)


def test_a_share_is_not_that_of_a_longer_period(tmp_path: Path) -> None:
    hidden = cell(SHARE, KOKSHETAU, "2025/26", None, status="suppressed")
    longer = cell(SHARE, KOKSHETAU, "2022/23-2024/25", 90)
    longer["period_end"] = hidden["period_end"]
    coarser = found(tmp_path, hidden, longer, cell(SHARE, AKMOLA, "2025/26", 40))
    assert coarser
    assert (coarser.area, coarser.count) == (AKMOLA, 40)


@pytest.mark.parametrize(
    ("name", "code", "longer"), [(STOCK, "2026-Q2", "2026"), (SHARE, "2025/26", "2022/23-2024/25")]
)
def test_of_what_does_not_add_up_no_longer_period_of_the_area_above_is_shown(
    tmp_path: Path, name: str, code: str, longer: str
) -> None:
    hidden = cell(name, KOKSHETAU, code, None, status="suppressed")
    above = cell(name, AKMOLA, longer, 90)
    if name == SHARE:  # ends on the same day
        above["period_end"] = hidden["period_end"]
    assert found(tmp_path, hidden, above) is None


def test_that_a_sum_lacks_areas_is_known_of_it(tmp_path: Path) -> None:
    partly = {**REGION, "source": "sum_of_parts", "units_expected": 20, "units_reported": 18}
    coarser = found(tmp_path, HIDDEN, partly)
    assert coarser
    assert (coarser.lacks_parts, coarser.units_reported, coarser.units_expected) == (True, 18, 20)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many hidden cells each query was asked for."""
    counts: list[int] = []
    query = protection_queries.nearest_shown_cells

    def counted(cursor: duckdb.DuckDBPyConnection, cells: Any) -> Any:
        counts.append(len(cells))
        return query(cursor, cells)

    monkeypatch.setattr(protection_queries, "nearest_shown_cells", counted)
    return counts


def test_a_map_asks_once_and_only_where_something_is_hidden(sample_build: Path, asked: list[int]) -> None:
    shown = offers(sample_build, scope=PUBLIC, indicator="schools", cut=(ALL, ALL), level="district", within=COUNTRY)
    area_map(sample_build, scope=PUBLIC, request=MapRequest("schools", shown[0].period, level="district"))
    assert asked == []
    name, start, end, grain = _hidden_table(sample_build)
    period = next(
        offer.period
        for offer in offers(
            sample_build, scope=PUBLIC, indicator=name, cut=(ALL, ALL), level="district", within=COUNTRY
        )
        if (offer.period.start, offer.period.end, str(offer.period.grain)) == (start, end, grain)
    )
    view = area_map(sample_build, scope=PUBLIC, request=MapRequest(name, period, level="district"))
    hidden = [row for row in view.rows if row.status is CellStatus.SUPPRESSED]
    assert asked == [len(hidden)] != [0]


def _hidden_table(build: Path) -> tuple[Any, ...]:
    """The table and period of districts of which most is hidden while the region is shown."""
    with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        return connection.execute("""
            SELECT c.indicator, c.period_start, c.period_end, c.grain
            FROM cells c JOIN areas a USING (area) JOIN cells r ON r.area = a.parent AND r.status = 'value'
             AND (r.indicator, r.grain, r.period_start, r.period_end, r.breakdown)
               = (c.indicator, c.grain, c.period_start, c.period_end, c.breakdown)
            WHERE a.kind = 'district' AND c.breakdown = 'all' AND c.status = 'suppressed'
            GROUP BY ALL ORDER BY count(*) DESC, 1, 2, 3 LIMIT 1
        """).fetchall()[0]


def test_whatever_is_shown_for_a_hidden_cell_is_a_visible_cell_of_the_public_file(sample_build: Path) -> None:
    name, _, _, grain = _hidden_table(sample_build)
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT area, grain, period_start, period_end, numerator FROM cells "
            "WHERE indicator = ? AND status = 'value' AND breakdown = 'all'",
            [name],
        ).fetchall()
        areas = connection.execute(
            "SELECT DISTINCT area FROM cells JOIN areas USING (area) WHERE kind = 'district' AND status = 'suppressed' "
            "AND indicator = ? AND grain = ? ORDER BY area LIMIT 6",
            [name, grain],
        ).fetchall()
    request = TrendRequest((name,), tuple(area for (area,) in areas), Grain(grain))
    points = [
        p for panel in trends(sample_build, scope=PUBLIC, request=request).panels for x in panel.lines for p in x.points
    ]
    hidden = [point for point in points if point.status is CellStatus.SUPPRESSED]
    told = [point.coarser for point in hidden if point.coarser]
    assert told
    assert {(x.area, str(x.period.grain), x.period.start, x.period.end, x.count) for x in told} <= set(rows)
    assert all(point.coarser is None for point in points if point.status is not CellStatus.SUPPRESSED)


def test_two_areas_side_by_side_know_it_of_each_hidden_total(tmp_path: Path) -> None:
    hidden = cell(FLOW, KOKSHETAU, "2026-Q2", None, status="suppressed")
    other = cell(FLOW, "113400000", "2026-Q2", 7)
    build = write_build(tmp_path, {"cells": [hidden, other, cell(FLOW, AKMOLA, "2026-Q2", 20)]})
    (row,) = pair(build, scope=PUBLIC, areas=(KOKSHETAU, "113400000")).rows
    assert row.left.coarser
    assert (row.left.coarser.area, row.left.coarser.count) == (AKMOLA, 20)
    assert row.right.coarser is None
