"""Areas beside the country, their region, comparable areas and their own past: known answers, and every refusal."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scipy.stats import binomtest, fisher_exact, poisson

from geo.areas import areas, regions
from riskmap.analytics.service import judgements, trends
from riskmap.analytics.views import Basis, JudgedArea, JudgedMap, MapRequest, TrendRequest, Verdict
from riskmap.analytics.whole_map import may_be_judged
from riskmap.domain.areas import AreaUnit
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import COUNTRY, Grain, Scope, parse_period
from riskmap.methods.refusals import Reason
from tests.quality_build import Row, cell, write_build

FLOW, REGISTER, SHARE, COVERED = "offences_against_minors", "police_register", "chronic_absence", "staff_trained"
SUICIDE, RATIO, SIGNAL, PEOPLE = "suicides_minors", "missed_lessons", "harmful_content_reports", "children_0_17"
AKMOLA, ASTANA, ULYTAU = "110000000", "710000000", "620000000"
OBLASTS = [area.id for area in regions() if area.unit is AreaUnit.OBLAST]
# Rural districts of one region, all with the same number of children, so that they are of one group.
DISTRICTS = sorted(area.id for area in areas().values() if area.unit is AreaUnit.DISTRICT and area.exists(None))
OF_AKMOLA = [area for area in DISTRICTS if areas()[area].parent == AKMOLA]
SUM: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 20, "units_reported": 20}

Counts = Mapping[str, float | None]


def rows(name: str, code: str, counts: Counts, people: float = 100_000, **more: Any) -> list[Row]:
    """Published cells of one period; a count of None is hidden."""
    status = {area: "suppressed" if count is None else "value" for area, count in counts.items()}
    made = {"denominator": people, **more}
    return [
        cell(name, area, code, count, status=status[area], **({} if count is None else made))
        for area, count in counts.items()
    ]


def children(code: str = "2021", sizes: Mapping[str, float] | None = None) -> list[Row]:
    known = {area.id: 100_000.0 for area in regions()} | dict.fromkeys(DISTRICTS[:40], 12_000.0) | dict(sizes or {})
    return [cell(PEOPLE, area, code, number, denominator=None) for area, number in known.items()]


def judged(
    folder: Path,
    cells: list[Row],
    name: str = FLOW,
    code: str = "2022",
    *,
    level: str = "region",
    breaks: list[Row] | None = None,
    **more: Any,
) -> JudgedMap:
    period = parse_period(code)
    assert period
    build = write_build(folder, {"cells": [*cells, *children()], "breaks": breaks or []}, **more)
    found = judgements(build, scope=Scope.public(), request=MapRequest(name, period, level=level))
    assert found
    return found


def beside(found: JudgedMap, area: str, basis: Basis) -> Verdict:
    verdict = found.areas[area].beside(basis)
    assert verdict
    return verdict


def country(total: float | None, people: float = 2_000_000, **more: Any) -> list[Row]:
    return rows(FLOW, "2022", {COUNTRY: total}, people, **more)


def plain(count: float = 50, own: Counts | None = None) -> dict[str, float | None]:
    return {area.id: count for area in regions()} | dict(own or {})


def central(p_low: float, p_high: float) -> float:
    return min(1.0, 2 * min(p_low, p_high))


def expected_step(p: float, difference: float) -> int:
    size = int(p < 0.05) + int(p < 0.002)
    return size if difference > 0 else -size


def test_the_published_regions_beside_the_country_are_as_the_exact_test_has_them(sample_build: Path) -> None:
    period = parse_period("2022")
    assert period
    found = judgements(sample_build, scope=Scope.public(), request=MapRequest(FLOW, period))
    assert found
    with duckdb.connect(str(sample_build / "public.duckdb"), read_only=True) as connection:
        known = connection.execute(
            "SELECT area, numerator, denominator FROM cells JOIN areas USING (area) WHERE indicator = ? "
            "AND breakdown = 'all' AND grain = 'year' AND year(period_end) = 2022 AND NOT invented "
            "AND kind IN ('country', 'region')",
            [FLOW],
        ).fetchall()
    numbers = {area: (count, people) for area, count, people in known}
    total, everybody = numbers.pop(COUNTRY)
    assert len(numbers) == 20
    steps = set()
    for area, (count, people) in numbers.items():
        both = (int(count), int(total), people / everybody)
        p = central(*(binomtest(*both, alternative=side).pvalue for side in ("less", "greater")))
        rest = (total - count) / (everybody - people)
        verdict = beside(found, area, Basis.COUNTRY)
        assert verdict.step == expected_step(p, count / people - rest)
        assert verdict.value == pytest.approx(rest * 100_000)
        assert verdict.ratio == pytest.approx(count / people / rest)
        steps.add(verdict.step)
    assert {-2, 0, 2} <= steps


@pytest.mark.parametrize("part", [5, 30, 38, 50, 62, 70])
def test_a_share_beside_the_rest_of_its_region_is_as_fishers_test_has_it(tmp_path: Path, part: int) -> None:
    region = rows(SHARE, "2022-05", {AKMOLA: 500}, 1_000, **SUM)
    found = judged(
        tmp_path, [*rows(SHARE, "2022-05", {OF_AKMOLA[0]: part}, 100), *region], SHARE, "2022-05", level="district"
    )
    table = [[part, 100 - part], [500 - part, 400 + part]]
    p = central(*(fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")))
    verdict = beside(found, OF_AKMOLA[0], Basis.REGION)
    assert verdict.step == expected_step(p, part / 100 - (500 - part) / 900)
    assert verdict.value == pytest.approx((500 - part) / 9)


def test_the_area_itself_is_in_nothing_that_it_is_compared_with(tmp_path: Path) -> None:
    """More events in one area, and as many more in the country: what it is compared with stays the same."""
    values = []
    for own in (10, 50, 400):
        cells = [*rows(FLOW, "2022", plain(own={AKMOLA: own})), *country(19 * 50 + own, **SUM)]
        found = judged(tmp_path / str(own), cells)
        values.append([beside(found, AKMOLA, basis).value for basis in (Basis.COUNTRY, Basis.COMPARABLE)])
    assert values == [[pytest.approx(50)] * 2] * 3


def test_a_hidden_area_is_in_the_rest_of_the_country(tmp_path: Path) -> None:
    cells = [*rows(FLOW, "2022", plain(own={ULYTAU: None})), *country(1_000, **SUM)]
    verdict = beside(judged(tmp_path, cells), AKMOLA, Basis.COUNTRY)
    assert verdict.step == 0
    assert verdict.value == pytest.approx(950 / 19)


def test_of_a_district_whose_region_is_not_in_the_country_nothing_is_taken_away(tmp_path: Path) -> None:
    district = rows(FLOW, "2022", {OF_AKMOLA[0]: 60})
    total = country(1_000, **SUM)
    inside = [*district, *total, *rows(FLOW, "2022", {AKMOLA: 60}, 200_000)]
    outside = [*district, *total, cell(FLOW, AKMOLA, "2022", None, status="not_reported", denominator=None)]
    values = {
        name: beside(judged(tmp_path / name, cells, level="district"), OF_AKMOLA[0], Basis.COUNTRY).value
        for name, cells in (("in", inside), ("out", outside))
    }
    assert values == {"in": pytest.approx(940 / 19), "out": pytest.approx(1_000 / 20)}


def test_a_region_is_not_compared_with_a_region(tmp_path: Path) -> None:
    found = judged(tmp_path, [*rows(FLOW, "2022", plain()), *country(1_000)])
    assert found.bases == (Basis.COUNTRY, Basis.COMPARABLE, Basis.PAST)
    assert found.areas[AKMOLA].beside(Basis.REGION) is None


LACKING: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 20, "units_reported": 19}


@pytest.mark.parametrize(
    ("own", "whole", "reason"),
    [
        ({"count": None}, {}, Reason.HIDDEN_POINT),
        ({"status": "not_reported"}, {}, Reason.GAP),
        ({"status": "not_comparable"}, {}, Reason.DEFINITION_BREAK),
        (LACKING, {}, Reason.INCOMPLETE_PERIOD),
        ({"denominator": None}, {}, Reason.NO_PEOPLE),
        ({"denominator": 0.0}, {}, Reason.NO_PEOPLE),
        ({"numerator": 50.5}, {}, Reason.NOT_WHOLE),
        ({}, {"count": None}, Reason.HIDDEN_POINT),
        ({}, {"status": "not_reported"}, Reason.GAP),
        ({}, {"status": "not_comparable"}, Reason.DEFINITION_BREAK),
        ({}, {"denominator": None}, Reason.NO_PEOPLE),
        ({}, {"numerator": 49.0}, Reason.PART_ABOVE_WHOLE),
        ({}, {"denominator": 100_000.0}, Reason.PART_ABOVE_WHOLE),
        ({}, {"invented": True}, Reason.NOT_PUBLISHED),
        # A sum without some of its areas is published from nine tenths on: it is judged by.
        ({}, LACKING, None),
    ],
)
def test_what_stands_in_the_way_is_told_and_nothing_may_be_judged(
    tmp_path: Path, own: dict[str, Any], whole: dict[str, Any], reason: Reason | None
) -> None:
    cells = rows(FLOW, "2022", {AKMOLA: own.get("count", 50.0)}) + country(whole.get("count", 1_000.0))
    for made, change in zip(cells, (own, whole), strict=True):
        numbers = {"numerator": None, "denominator": None} if change.get("status") else {}
        made.update(numbers | {name: value for name, value in change.items() if name != "count"})
    verdict = beside(judged(tmp_path, cells), AKMOLA, Basis.COUNTRY)
    assert verdict.reason is reason
    assert (verdict.step is None) is (reason is not None)


def test_a_country_that_is_not_published_is_told(tmp_path: Path) -> None:
    assert beside(judged(tmp_path, rows(FLOW, "2022", plain())), AKMOLA, Basis.COUNTRY).reason is Reason.NOT_PUBLISHED


def test_what_is_not_comparable_because_of_a_border_is_told_so(tmp_path: Path) -> None:
    cells = [cell(FLOW, AKMOLA, "2022", None, status="not_comparable", denominator=None), *country(1_000)]
    verdict = beside(judged(tmp_path, cells, breaks=[broken(AKMOLA, date(2022, 5, 1))]), AKMOLA, Basis.COUNTRY)
    assert verdict.reason is Reason.BORDER_BREAK


def test_rounded_numbers_are_not_judged(tmp_path: Path) -> None:
    found = judged(tmp_path, [*rows(FLOW, "2022", plain()), *country(1_000)], protection="rounding")
    assert {verdict.reason for area in found.areas.values() for verdict in area.verdicts} == {Reason.ROUNDED}
    assert not any(area.is_silent for area in found.areas.values())


@pytest.mark.parametrize(("total", "reason"), [(3, Reason.TOO_FEW_EVENTS), (2_000, None)])
def test_where_even_no_event_would_tell_nothing_nothing_is_told(
    tmp_path: Path, total: int, reason: Reason | None
) -> None:
    """Of 3 in 2,000,000 in all: an area without any of them would differ from nothing."""
    count = 0 if reason else 100
    verdict = beside(judged(tmp_path, rows(FLOW, "2022", {AKMOLA: count}) + country(total)), AKMOLA, Basis.COUNTRY)
    assert verdict.reason is reason
    assert verdict.step == (None if reason else 0)


def test_of_a_share_that_nearly_all_have_an_area_that_all_have_is_not_told_similar(tmp_path: Path) -> None:
    region = rows(COVERED, "2022-05", {AKMOLA: 990}, 1_000)
    found = judged(
        tmp_path, [*rows(COVERED, "2022-05", {OF_AKMOLA[0]: 20}, 20), *region], COVERED, "2022-05", level="district"
    )
    assert beside(found, OF_AKMOLA[0], Basis.REGION).reason is Reason.TOO_FEW_EVENTS


def test_comparable_are_those_of_the_same_kind_and_size_and_they_are_counted(tmp_path: Path) -> None:
    small, large = OBLASTS[:9], OBLASTS[9:]
    sizes = dict.fromkeys(small, 249_999.0) | dict.fromkeys(large, 250_000.0)
    counts = plain(500) | dict.fromkeys(small, 50.0) | dict.fromkeys(large, 80.0)
    period = parse_period("2022")
    assert period
    build = write_build(tmp_path, {"cells": rows(FLOW, "2022", counts) + children("2021", sizes)})
    found = judgements(build, scope=Scope.public(), request=MapRequest(FLOW, period))
    assert found
    for area, others, rate in ((small[0], 8, 50), (large[0], 7, 80)):
        verdict = beside(found, area, Basis.COMPARABLE)
        assert (verdict.areas, verdict.step) == (others, 0)
        assert verdict.value == pytest.approx(rate)
        assert verdict.group
        assert verdict.group.unit == "oblast"
    # Three cities of republican significance: two others are too few.
    assert beside(found, ASTANA, Basis.COMPARABLE).reason is Reason.TOO_FEW_AREAS


@pytest.mark.parametrize(("without", "reason"), [(0, None), (1, None), (2, Reason.TOO_FEW_AREAS)])
def test_under_nine_tenths_of_the_comparable_areas_are_not_judged_by(
    tmp_path: Path, without: int, reason: Reason | None
) -> None:
    """Sixteen other oblasts: one without a value leaves 15, more than nine tenths; two leave 14, and are refused."""
    counts = plain() | dict.fromkeys(OBLASTS[-without:] if without else (), None)
    assert OBLASTS[0] not in OBLASTS[-2:]
    assert beside(judged(tmp_path, rows(FLOW, "2022", counts)), OBLASTS[0], Basis.COMPARABLE).reason is reason


def test_an_area_of_unknown_size_has_no_comparable_areas(tmp_path: Path) -> None:
    period = parse_period("2022")
    assert period
    later = children("2023")
    build = write_build(tmp_path, {"cells": rows(FLOW, "2022", plain()) + later})
    found = judgements(build, scope=Scope.public(), request=MapRequest(FLOW, period))
    assert found
    assert beside(found, AKMOLA, Basis.COMPARABLE).reason is Reason.NO_GROUP


def broken(subject: str, day: date, axis: str = "area") -> Row:
    return {"axis": axis, "subject": subject, "day": day, "other": "", "story": "break.law"}


def before(counts: Mapping[str, float | None]) -> list[Row]:
    return [row for code, count in counts.items() for row in rows(FLOW, code, {AKMOLA: count})]


@pytest.mark.parametrize(
    ("past", "value", "periods"),
    [
        ({"2021": 40, "2020": 50, "2019": 60, "2018": 900}, 50, ("2021", "2020", "2019")),
        ({"2021": 40, "2020": None, "2019": 60}, 40, ("2021",)),
        ({"2021": 40, "2019": 60}, 40, ("2021",)),
    ],
)
def test_the_past_is_pooled_back_to_the_first_hole_and_three_years_at_most(
    tmp_path: Path, past: Mapping[str, float | None], value: float, periods: tuple[str, ...]
) -> None:
    verdict = beside(judged(tmp_path, before({"2022": 50, **past})), AKMOLA, Basis.PAST)
    assert verdict.value == pytest.approx(value)
    assert tuple(period.code for period in verdict.periods) == periods


def test_beside_its_past_an_area_is_as_the_exact_test_has_it(tmp_path: Path) -> None:
    verdict = beside(judged(tmp_path, before({"2022": 80, "2021": 50, "2020": 55})), AKMOLA, Basis.PAST)
    p = central(*(binomtest(80, 185, 1 / 3, alternative=side).pvalue for side in ("less", "greater")))
    assert 0.002 < p < 0.05
    assert verdict.step == 1


@pytest.mark.parametrize(
    ("past", "breaks", "reason"),
    [
        ({}, [], Reason.TOO_SHORT),
        ({"2021": None}, [], Reason.HIDDEN_POINT),
        ({"2021": 50}, [broken(FLOW, date(2021, 7, 1), "definition")], Reason.DEFINITION_BREAK),
        ({"2021": 50}, [broken(AKMOLA, date(2022, 6, 8))], Reason.BORDER_BREAK),
        ({"2021": 50}, [broken(AKMOLA, date(2021, 1, 1))], None),
        ({"2021": 50}, [broken(ULYTAU, date(2022, 6, 8))], None),
    ],
)
def test_a_past_that_does_not_go_with_the_period_is_told(
    tmp_path: Path, past: Mapping[str, float | None], breaks: list[Row], reason: Reason | None
) -> None:
    found = judged(tmp_path, before({"2022": 50, **past}), breaks=breaks)
    assert beside(found, AKMOLA, Basis.PAST).reason is reason


def test_a_past_without_a_report_or_without_some_areas_is_told(tmp_path: Path) -> None:
    for name, earlier, reason in (
        ("gap", cell(FLOW, AKMOLA, "2021", None, status="not_reported", denominator=None), Reason.GAP),
        ("part", rows(FLOW, "2021", {AKMOLA: 50}, **LACKING)[0], Reason.INCOMPLETE_PERIOD),
    ):
        found = judged(tmp_path / name, [*before({"2022": 50}), earlier])
        assert beside(found, AKMOLA, Basis.PAST).reason is reason


def test_what_stands_on_a_day_is_compared_with_the_month_of_the_region_that_ends_with_it(tmp_path: Path) -> None:
    cells = [
        *rows(REGISTER, "2022-Q2", {OF_AKMOLA[0]: 40}, 10_000),
        *rows(REGISTER, "2022-06", {AKMOLA: 400}, 100_000),
        *rows(REGISTER, "2022-05", {AKMOLA: 900}, 100_000),
    ]
    verdict = beside(judged(tmp_path, cells, REGISTER, "2022-Q2", level="district"), OF_AKMOLA[0], Basis.REGION)
    assert verdict.step == 0
    assert verdict.value == pytest.approx(40)


def silent_district(folder: Path, own: float) -> JudgedArea:
    """One of eleven comparable rural districts of 10,000 children; the others have 20 events each."""
    counts = dict.fromkeys(DISTRICTS[1:11], 20.0) | {DISTRICTS[0]: own}
    group = [row for row in children() if row["area"] in DISTRICTS[:11]]
    period = parse_period("2022")
    assert period
    build = write_build(folder, {"cells": rows(FLOW, "2022", counts, 10_000) + group})
    found = judgements(build, scope=Scope.public(), request=MapRequest(FLOW, period, level="district"))
    assert found
    return found.areas[DISTRICTS[0]]


def test_so_few_as_would_hardly_happen_are_told_as_possible_silence(tmp_path: Path) -> None:
    """Twenty are expected: by Poisson's distribution up to 9 come less than once in a hundred times, up to 10 more."""
    assert poisson.cdf(9, 20) < 0.01 < poisson.cdf(10, 20)
    assert silent_district(tmp_path / "few", 9).is_silent
    assert not silent_district(tmp_path / "enough", 10).is_silent


def test_where_areas_differ_much_in_truth_few_events_are_no_silence(tmp_path: Path) -> None:
    counts: dict[str, float | None] = {area: 5.0 if place % 2 else 60.0 for place, area in enumerate(DISTRICTS[:11])}
    period = parse_period("2022")
    assert period
    build = write_build(tmp_path, {"cells": rows(FLOW, "2022", counts, 10_000) + children()})
    found = judgements(build, scope=Scope.public(), request=MapRequest(FLOW, period, level="district"))
    assert found
    assert poisson.cdf(5, 30) < 0.01
    assert not any(area.is_silent for area in found.areas.values())


def test_no_event_where_many_are_expected_is_silence_without_comparable_areas_too(tmp_path: Path) -> None:
    """A city of republican significance has no group to be silent in; beside the country none of 50 expected is few."""
    found = judged(tmp_path, rows(FLOW, "2022", {ASTANA: 0}) + country(1_000))
    assert beside(found, ASTANA, Basis.COMPARABLE).step is None
    assert beside(found, ASTANA, Basis.COUNTRY).step == -2
    assert found.areas[ASTANA].is_silent


def test_nothing_done_is_low_and_no_silence(tmp_path: Path) -> None:
    region = rows(COVERED, "2022-05", {AKMOLA: 500}, 1_000)
    found = judged(
        tmp_path, [*rows(COVERED, "2022-05", {OF_AKMOLA[0]: 0}, 100), *region], COVERED, "2022-05", level="district"
    )
    assert beside(found, OF_AKMOLA[0], Basis.REGION).step == -2
    assert not found.areas[OF_AKMOLA[0]].is_silent


def test_an_area_that_did_not_exist_is_left_out(tmp_path: Path) -> None:
    cells = [
        cell(FLOW, ULYTAU, "2022", None, status="not_applicable", denominator=None),
        *rows(FLOW, "2022", {AKMOLA: 1}),
    ]
    assert list(judged(tmp_path, cells).areas) == [AKMOLA]


@pytest.mark.parametrize("name", [SUICIDE, RATIO, SIGNAL, PEOPLE])
def test_what_is_never_judged_has_no_answer(tmp_path: Path, name: str) -> None:
    period = parse_period("2022")
    assert period
    build = write_build(tmp_path, {"cells": rows(name, "2022", plain()) + country(1_000)})
    assert judgements(build, scope=Scope.public(), request=MapRequest(name, period)) is None


def test_no_figure_on_suicide_is_ever_judged() -> None:
    never = [item for item in catalogue().indicators.values() if item.never_coloured]
    assert never
    assert not any(map(may_be_judged, never))


def test_only_areas_of_the_region_asked_for_are_judged_by_all_of_the_country(tmp_path: Path) -> None:
    counts: dict[str, float | None] = dict.fromkeys(DISTRICTS[:30], 20.0)
    period = parse_period("2022")
    assert period
    within = areas()[DISTRICTS[0]].parent
    build = write_build(tmp_path, {"cells": rows(FLOW, "2022", counts, 10_000) + children()})
    found = judgements(build, scope=Scope.public(), request=MapRequest(FLOW, period, level="district", within=within))
    assert found
    assert {areas()[area].parent for area in found.areas} == {within}
    assert beside(found, DISTRICTS[0], Basis.COMPARABLE).areas == 29


def test_the_latest_shown_figure_of_each_line_may_be_judged(tmp_path: Path) -> None:
    cells = [
        *before({"2021": 40, "2022": 80}),
        *rows(FLOW, "2021", {ULYTAU: 40}),
        *rows(FLOW, "2022", {ULYTAU: None}),
        *country(1_000),
        *rows(FLOW, "2021", {COUNTRY: 800}, 2_000_000),
    ]
    build = write_build(tmp_path, {"cells": cells + children("2020")})
    view = trends(build, scope=Scope.public(), request=TrendRequest((FLOW,), (AKMOLA, ULYTAU, COUNTRY), Grain.YEAR))
    lines = {line.area: line.judged.verdicts for line in view.panels[0].lines if line.judged}
    assert [lines[area][0].step for area in (AKMOLA, ULYTAU)] == [2, 0]
    assert [lines[area][0].value for area in (AKMOLA, ULYTAU)] == [pytest.approx(920 / 19), pytest.approx(760 / 19)]
    assert [(verdict.basis, verdict.step) for verdict in lines[COUNTRY]] == [(Basis.PAST, 2)]
