"""Areas over periods: no hole without its reason, each number beside the same period last year."""

import math
from pathlib import Path

import pytest

from geo.areas import districts_of
from riskmap.analytics.service import trends
from riskmap.analytics.views import Point, TrendPanel, TrendRequest
from riskmap.domain.vocabulary import SCHOOL_MONTHS, CellStatus, Grain, Scope, same_period_last_year
from tests.etl.sent_returns import row, send

PUBLIC = Scope.public()
TURKISTAN, AKMOLA, COUNTRY = "610000000", "110000000", "000000000"
AREA = districts_of("620000000")[0].id


def panel(build: Path, indicator: str, *areas: str, grain: Grain) -> TrendPanel:
    (found,) = trends(build, scope=PUBLIC, request=TrendRequest((indicator,), areas, grain)).panels
    return found


def test_every_line_has_a_point_for_every_period(sample_build: Path) -> None:
    found = panel(sample_build, "violence_cases", TURKISTAN, AKMOLA, grain=Grain.QUARTER)
    assert [line.area for line in found.lines] == [TURKISTAN, AKMOLA]
    for line in found.lines:
        assert tuple(point.period for point in line.points) == found.periods
    assert list(found.periods) == sorted(found.periods)


def test_months_without_lessons_are_no_gap(sample_build: Path) -> None:
    found = panel(sample_build, "missed_lessons", TURKISTAN, grain=Grain.MONTH)
    assert {period.start.month for period in found.periods} == set(SCHOOL_MONTHS)


def test_since_1_january_all_periods_end_on_the_same_day(sample_build: Path) -> None:
    found = panel(sample_build, "violence_cases", TURKISTAN, grain=Grain.YTD)
    assert len({(period.end.month, period.end.day) for period in found.periods}) == 1
    assert len({period.end.year for period in found.periods}) == len(found.periods)


def test_a_number_stands_beside_the_same_period_last_year(sample_build: Path) -> None:
    (line,) = panel(sample_build, "missed_lessons", TURKISTAN, grain=Grain.MONTH).lines
    by_period = {point.period: point for point in line.points}
    changed = [point for point in line.points if point.change]
    assert changed
    for point in changed:
        assert point.change
        before = by_period[same_period_last_year(point.period)]
        assert point.change.before == before.count
        assert point.change.value_before == pytest.approx(before.value)


def points(data_folder: Path, counts: dict[str, int | None]) -> dict[str, Point]:
    """The line of one district by months of a register that is open, so that nothing of it is hidden."""
    assert send(data_folder, [row("programme_schools", AREA, month, count) for month, count in counts.items()]) == 0
    build = (data_folder / "warehouse/current").resolve()
    (line,) = panel(build, "programme_schools", AREA, grain=Grain.MONTH).lines
    return {point.period.code: point for point in line.points}


def test_per_cents_are_formed_from_a_base_of_twenty_only(data_folder: Path) -> None:
    found = points(data_folder, {"2024-09": 20, "2024-10": 19, "2025-09": 25, "2025-10": 38})
    september, october = found["2025-09"].change, found["2025-10"].change
    assert september
    assert (september.before, september.percent) == (20, 25)
    assert october
    assert (october.before, october.percent) == (19, None)


def test_a_month_nobody_sent_is_a_gap_and_no_change_is_told_beside_it(data_folder: Path) -> None:
    found = points(data_folder, {"2024-09": 20, "2024-10": None, "2025-09": 25, "2025-10": 38})
    assert found["2024-12"].status is CellStatus.NOT_REPORTED
    assert math.isnan(found["2024-12"].count)
    assert found["2024-10"].status is CellStatus.NOT_REPORTED
    assert found["2025-10"].change is None


def test_no_change_is_told_across_a_break_of_the_definition(sample_build: Path) -> None:
    found = panel(sample_build, "offences_against_minors", TURKISTAN, grain=Grain.QUARTER)
    breaks = [story.day for story in found.stories if story.axis == "definition"]
    for point in found.lines[0].points:
        if point.change:
            earlier = same_period_last_year(point.period)
            assert not any(earlier.start < day <= point.period.end for day in breaks)


def test_lines_of_real_and_invented_figures_never_share_a_panel(sample_build: Path) -> None:
    found = panel(sample_build, "offences_against_minors", TURKISTAN, "613600000", grain=Grain.YEAR)
    assert not found.is_invented
    assert [line.area for line in found.lines] == [TURKISTAN]
    assert found.left_out == ("613600000",)


def test_an_indicator_without_periods_of_the_length_has_no_panel(sample_build: Path) -> None:
    request = TrendRequest(("missed_lessons", "suicides_minors"), (TURKISTAN,), Grain.MONTH)
    view = trends(sample_build, scope=PUBLIC, request=request)
    assert [found.indicator.id for found in view.panels] == ["missed_lessons"]
