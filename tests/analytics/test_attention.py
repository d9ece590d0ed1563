"""The index of a family: its scores by hand, what is left out and why, and where there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from geo.areas import districts_of, regions
from riskmap.analytics.attention import attention
from riskmap.analytics.attention_parts import choose
from riskmap.analytics.attention_views import AttentionRequest, AttentionView, Lack, LeftOut, Part, Standing
from riskmap.domain.registry import INDEXED
from riskmap.domain.vocabulary import COUNTRY, Family, Scope
from riskmap.methods.composite import Level
from riskmap.methods.refusals import Reason
from riskmap.words import t
from tests.quality_build import Row, cell, write_build

SHYMKENT, TURKISTAN = "790000000", "610000000"
FIVE = [area.id for area in districts_of(SHYMKENT)]
MANY = [area.id for area in districts_of(TURKISTAN)]
SERVICE, QR, LINES = "safety_service_schools", "qr_coverage", "hotline_lines"
LAST = "2026-10"


def cells(
    name: str, counts: Iterable[float | None], *, areas: list[str], code: str = LAST, **more: object
) -> list[Row]:
    """One cell of 1,000 for each area; None: hidden."""
    return [
        cell(name, area, code, count, status="suppressed" if count is None else "value", **more)
        for area, count in zip(areas, counts, strict=True)
    ]


def rising(areas: list[str]) -> list[float]:
    return [100.0 + 10 * place for place in range(len(areas))]


def viewed(
    folder: Path,
    rows: list[Row],
    *,
    within: str = TURKISTAN,
    family: Family = Family.COVERAGE,
    level: str = "district",
    weights: Mapping[str, int] | None = None,
) -> AttentionView:
    build = write_build(folder, {"cells": rows})
    request = AttentionRequest(family, level, within, tuple((weights or {}).items()))
    return attention(choose(build, scope=Scope.public(), request=request), request)


def part(view: AttentionView, name: str) -> Part:
    (found,) = [part for part in view.parts if part.component.figure == name]
    return found


def standings(view: AttentionView) -> dict[str, Standing]:
    return {row.area: row.standing for row in view.rows if row.standing}


# 100, 200 ... 500 schools of 1,000 have the service: on the scale from 1 to 100, turned since fewer ask for more
# attention, 100, 75.25, 50.5, 25.75, 1. The code is displayed in 500, 300, 200, 400, 100: 1, 50.5, 75.25, 25.75, 100.
FIVE_ROWS = [
    *cells(SERVICE, [100, 200, 300, 400, 500], areas=FIVE),
    *cells(QR, [500, 300, 200, 400, 100], areas=FIVE),
]
SCORES = [101 - sqrt(1 * 100), 101 - sqrt(25.75 * 50.5), 101 - sqrt(50.5 * 25.75), 25.75, 101 - sqrt(100 * 1)]


def test_a_score_is_the_geometric_mean_of_what_its_parts_lack_to_the_top(tmp_path: Path) -> None:
    view = viewed(tmp_path, FIVE_ROWS, within=SHYMKENT)
    found = standings(view)
    assert [found[area].score for area in FIVE] == pytest.approx(SCORES)
    assert [part.score for part in found[FIVE[1]].scores] == pytest.approx([75.25, 50.5])
    assert [part.share for part in view.used] == [0.5, 0.5]
    assert view.refused is None


def test_the_lowest_score_of_one_part_does_not_make_good_for_the_highest_of_another(tmp_path: Path) -> None:
    found = standings(viewed(tmp_path, FIVE_ROWS, within=SHYMKENT))
    assert found[FIVE[0]].score > found[FIVE[1]].score > found[FIVE[3]].score
    assert "cannot make good for it" in t("attention.mean", "en")


def test_weights_are_exponents_and_change_the_ranks(tmp_path: Path) -> None:
    view = viewed(tmp_path, FIVE_ROWS, within=SHYMKENT, weights={SERVICE: 4, QR: 1})
    found = standings(view)
    assert found[FIVE[0]].score == pytest.approx(101 - 100**0.2)
    assert found[FIVE[4]].score == pytest.approx(101 - 100**0.8)
    assert [part.share for part in view.used] == [0.8, 0.2]
    equal = viewed(tmp_path / "equal", FIVE_ROWS, within=SHYMKENT)
    assert found[FIVE[0]].rank < found[FIVE[4]].rank
    assert standings(equal)[FIVE[0]].rank > found[FIVE[0]].rank


def test_without_one_part_the_ranks_are_those_of_the_other(tmp_path: Path) -> None:
    found = standings(viewed(tmp_path, FIVE_ROWS, within=SHYMKENT))
    assert [[part.rank_without for part in found[area].scores] for area in FIVE] == [
        [5, 1],
        [3, 2],
        [2, 3],
        [4, 4],
        [1, 5],
    ]
    assert found[FIVE[0]].ranks_without == (1, 5)
    # Of the five it is first, as by the code: without the service it is the last.
    assert found[FIVE[0]].most == 0


def test_no_rank_stands_without_its_interval_and_the_chances_add_up(tmp_path: Path) -> None:
    few = [*cells(SERVICE, [2, 3, 4, 3, 2], areas=FIVE), *cells(QR, [3, 2, 4, 2, 3], areas=FIVE)]
    view = viewed(tmp_path, few, within=SHYMKENT)
    for standing in standings(view).values():
        assert 1 <= standing.lower <= standing.rank <= standing.upper <= len(FIVE)
        assert sum(standing.chances) == pytest.approx(1)
        assert standing.lower < standing.upper
    sure = standings(
        viewed(
            tmp_path / "sure",
            [*cells(SERVICE, [1, 200, 400, 600, 999], areas=FIVE), *cells(QR, [1, 200, 400, 600, 999], areas=FIVE)],
            within=SHYMKENT,
        )
    )
    assert [(s.lower, s.rank, s.upper) for s in sure.values()] == [(place, place, place) for place in range(1, 6)]
    assert [s.level for s in sure.values()] == [Level.PRIORITY, Level.HEIGHTENED, *[Level.ROUTINE] * 3]


def test_an_area_with_a_hidden_part_has_no_rank_and_changes_nothing_for_the_others(tmp_path: Path) -> None:
    whole = cells(SERVICE, rising(MANY), areas=MANY)
    counts: list[float | None] = [*reversed(rising(MANY))]
    counts[3] = None
    view = viewed(tmp_path, [*whole, *cells(QR, counts, areas=MANY)])
    row = view.rows[3]
    assert (row.area, row.standing, row.lacks) == (MANY[3], None, (Lack(QR, "suppressed"),))
    assert view.known == len(MANY) - 1
    others = [area for area in MANY if area != MANY[3]]
    never = [one for one in [*whole, *cells(QR, counts, areas=MANY)] if one["area"] != MANY[3]]
    without = viewed(tmp_path / "never", never)
    # The draws are others; what does not rest on them is the same.
    fixed = {area: (one.score, one.scores) for area, one in standings(without).items()}
    assert {area: (standings(view)[area].score, standings(view)[area].scores) for area in others} == fixed
    assert without.rows[3].lacks == (Lack(SERVICE, "not_applicable"), Lack(QR, "not_applicable"))


def test_under_nine_in_ten_areas_there_is_no_index_no_rank_and_no_level(tmp_path: Path) -> None:
    counts: list[float | None] = [*rising(MANY)]
    counts[3] = counts[4] = None
    view = viewed(tmp_path, [*cells(SERVICE, rising(MANY), areas=MANY), *cells(QR, counts, areas=MANY)])
    assert view.refused is Reason.TOO_FEW_AREAS
    assert all(row.standing is None and row.lacks == () for row in view.rows)
    left = part(view, QR)
    assert (left.left_out, left.shown, left.period and left.period.code) == (LeftOut.TOO_FEW, len(MANY) - 2, LAST)
    assert all(part.share == 0 for part in view.parts)


def test_areas_that_lack_different_parts_are_counted_together(tmp_path: Path) -> None:
    one: list[float | None] = [None, *rising(MANY[1:])]
    other: list[float | None] = [*rising(MANY[1:]), None]
    view = viewed(tmp_path, [*cells(SERVICE, one, areas=MANY), *cells(QR, other, areas=MANY)])
    assert view.refused is Reason.TOO_FEW_AREAS
    assert part(view, QR).left_out is LeftOut.NOT_TOGETHER


def test_the_part_with_fewer_periods_chooses_first_and_the_other_takes_one_that_fits(tmp_path: Path) -> None:
    one: list[float | None] = [None, *rising(MANY[1:])]
    other: list[float | None] = [*rising(MANY[1:]), None]
    rows = [
        *cells(QR, other, areas=MANY),
        *cells(SERVICE, one, areas=MANY),
        *cells(SERVICE, rising(MANY), areas=MANY, code="2026-08"),
    ]
    view = viewed(tmp_path, rows)
    assert view.refused is None
    periods = [part(view, name).period for name in (SERVICE, QR)]
    assert [period and period.code for period in periods] == ["2026-08", LAST]


def test_each_part_is_of_the_latest_period_with_enough_values_and_the_period_is_told(tmp_path: Path) -> None:
    hidden = [None, None, *rising(MANY[2:])]
    rows = [
        *cells(SERVICE, rising(MANY), areas=MANY, code="2026-07"),
        *cells(SERVICE, rising(MANY), areas=MANY, code="2026-09"),
        *cells(SERVICE, hidden, areas=MANY),
        *cells(QR, rising(MANY), areas=MANY),
    ]
    view = viewed(tmp_path, rows)
    found = part(view, SERVICE).period
    assert found
    assert found.code == "2026-09"


def test_a_period_over_a_year_before_the_others_is_not_in_the_index(tmp_path: Path) -> None:
    rows = [
        *cells(SERVICE, rising(MANY), areas=MANY),
        *cells(QR, rising(MANY), areas=MANY, code="2025-10"),
        *cells("leisure_coverage", rising(MANY), areas=MANY, code="2025-09"),
    ]
    view = viewed(tmp_path, rows)
    assert [one.component.figure for one in view.used] == [SERVICE, QR]
    assert part(view, "leisure_coverage").left_out is LeftOut.TOO_OLD


def test_a_sum_that_lacks_parts_counts_as_missing(tmp_path: Path) -> None:
    areas = [region.id for region in regions()]
    lacking = [
        {**row, "source": "sum_of_parts", "units_expected": 5, "units_reported": 4} if row["area"] == areas[2] else row
        for row in cells(QR, rising(areas), areas=areas)
    ]
    view = viewed(tmp_path, [*cells(SERVICE, rising(areas), areas=areas), *lacking], within=COUNTRY, level="region")
    assert view.known == len(areas) - 1
    assert view.rows[2].lacks == (Lack(QR, "lacks_parts"),)


def test_too_many_sums_that_lack_parts_leave_a_part_out(tmp_path: Path) -> None:
    areas = [region.id for region in regions()]
    lacking = {"source": "sum_of_parts", "units_expected": 5, "units_reported": 4}
    sums = [{**row, **(lacking if row["area"] in areas[:3] else {})} for row in cells(QR, rising(areas), areas=areas)]
    view = viewed(tmp_path, [*cells(SERVICE, rising(areas), areas=areas), *sums], within=COUNTRY, level="region")
    assert view.refused is Reason.TOO_FEW_AREAS
    assert (part(view, QR).left_out, part(view, QR).shown) == (LeftOut.TOO_FEW, 17)


def test_what_a_region_holds_outside_its_districts_is_not_ranked(tmp_path: Path) -> None:
    rest = [cell(name, f"{TURKISTAN}-R", LAST, 5) for name in (SERVICE, QR)]
    rows = [*cells(SERVICE, rising(MANY), areas=MANY), *cells(QR, rising(MANY), areas=MANY), *rest]
    assert [row.area for row in viewed(tmp_path, rows).rows] == MANY


def test_an_area_with_a_number_but_no_rate_has_no_rank(tmp_path: Path) -> None:
    rows = [*cells(SERVICE, rising(MANY), areas=MANY), *cells(QR, rising(MANY), areas=MANY)]
    rows[5]["denominator"] = None
    assert viewed(tmp_path, rows).rows[5].lacks == (Lack(SERVICE, "no_rate"),)


def test_one_part_is_no_index(tmp_path: Path) -> None:
    view = viewed(tmp_path, cells(SERVICE, rising(MANY), areas=MANY))
    assert view.refused is Reason.TOO_FEW_COMPONENTS
    assert part(view, QR).left_out is LeftOut.NO_FIGURES
    assert viewed(tmp_path / "none", []).refused is Reason.TOO_FEW_COMPONENTS


def test_a_part_with_weight_0_is_left_out_and_keeps_no_area_from_its_rank(tmp_path: Path) -> None:
    hidden: list[float | None] = [None, *rising(MANY[1:])]
    rows = [
        *cells(SERVICE, rising(MANY), areas=MANY),
        *cells(QR, rising(MANY), areas=MANY),
        *cells(LINES, hidden, areas=MANY),
    ]
    assert viewed(tmp_path, rows).known == len(MANY) - 1
    view = viewed(tmp_path / "out", rows, weights={LINES: 0})
    assert view.known == len(MANY)
    assert [one.component.figure for one in view.used] == [SERVICE, QR]


@pytest.mark.parametrize("weights", [{SERVICE: 0, QR: 0}, {QR: 0}])
def test_fewer_than_two_weights_above_0_are_refused(tmp_path: Path, weights: dict[str, int]) -> None:
    view = viewed(tmp_path, FIVE_ROWS, within=SHYMKENT, weights=weights)
    assert view.refused is Reason.TOO_FEW_WEIGHTS
    assert view.known == 0


def test_ranks_of_fewer_than_five_areas_are_refused(tmp_path: Path) -> None:
    build = write_build(tmp_path, {"cells": FIVE_ROWS})
    request = AttentionRequest(Family.COVERAGE, "district", SHYMKENT)
    figures = choose(build, scope=Scope.public(), request=request)
    assert attention(figures, request).refused is None
    assert attention(replace(figures, areas=figures.areas[:4]), request).refused is Reason.TOO_FEW_AREAS


def test_real_figures_are_taken_where_they_make_an_index_and_invented_ones_are_left_out(tmp_path: Path) -> None:
    rows = [
        *cells(SERVICE, rising(MANY), areas=MANY),
        *cells(QR, rising(MANY), areas=MANY),
        *cells(LINES, rising(MANY), areas=MANY, invented=True),
    ]
    view = viewed(tmp_path, rows)
    assert not view.is_invented
    assert [one.component.figure for one in view.used] == [SERVICE, QR]
    assert part(view, LINES).left_out is LeftOut.OTHER_KIND


def test_where_real_figures_make_no_index_invented_ones_do_and_the_real_are_left_out(tmp_path: Path) -> None:
    rows = [
        *cells(SERVICE, rising(MANY), areas=MANY),
        *cells(QR, rising(MANY), areas=MANY, invented=True),
        *cells(LINES, rising(MANY), areas=MANY, invented=True),
    ]
    view = viewed(tmp_path, rows)
    assert view.is_invented
    assert [one.component.figure for one in view.used] == [QR, LINES]
    assert part(view, SERVICE).left_out is LeftOut.OTHER_KIND


def test_of_one_period_with_both_kinds_only_one_is_in_the_index(tmp_path: Path) -> None:
    real, invented = MANY[:9], MANY[9:]
    rows = [
        row
        for name in (SERVICE, QR)
        for row in (
            *cells(name, rising(real), areas=real),
            *cells(name, rising(invented), areas=invented, invented=True),
        )
    ]
    view = viewed(tmp_path, rows)
    assert view.refused is Reason.TOO_FEW_AREAS
    assert view.known == 0


@pytest.mark.parametrize("family", INDEXED)
def test_an_index_holds_figures_of_its_family_alone_and_none_on_suicide(tmp_path: Path, family: Family) -> None:
    view = viewed(tmp_path, [], family=family)
    assert {one.indicator.family for one in view.parts} == {family}
    assert not any(one.indicator.never_coloured for one in view.parts)


def test_more_of_harm_and_less_of_prevention_stand_in_front(tmp_path: Path) -> None:
    harm = [
        *cells("offences_against_minors", rising(MANY), areas=MANY, code="2025"),
        *cells("offences_by_minors", rising(MANY), areas=MANY, code="2025"),
    ]
    found = standings(viewed(tmp_path, harm, family=Family.RECORDED))
    assert found[MANY[-1]].score == pytest.approx(100)
    assert found[MANY[-1]].rank < found[MANY[0]].rank
    less = [*cells("staff_trained", rising(MANY), areas=MANY), *cells("programme_schools", rising(MANY), areas=MANY)]
    found = standings(viewed(tmp_path / "less", less, family=Family.PREVENTION))
    assert found[MANY[0]].score == pytest.approx(100)
    assert found[MANY[0]].rank < found[MANY[-1]].rank


def test_an_official_sees_the_own_exact_numbers_in_place_of_hidden_ones(sample_build: Path) -> None:
    request = AttentionRequest(Family.RECORDED, "district")
    scopes = (Scope.public(), Scope(frozenset({COUNTRY}), is_trial=True))
    public, own = (attention(choose(sample_build, scope=scope, request=request), request) for scope in scopes)
    assert all(mine.shown >= others.shown for mine, others in zip(own.parts, public.parts, strict=True))
    assert sum(one.shown for one in own.parts) > sum(one.shown for one in public.parts)


def test_with_figures_of_three_regions_only_an_index_of_the_regions_is_refused(sample_build: Path) -> None:
    for family in (Family.OUTCOME, Family.PREVENTION, Family.COVERAGE):
        request = AttentionRequest(family)
        view = attention(choose(sample_build, scope=Scope.public(), request=request), request)
        assert view.refused is Reason.TOO_FEW_COMPONENTS
        assert view.known == 0
        assert all(one.shown <= 3 for one in view.parts)


def test_the_real_figures_of_the_regions_make_an_index_of_recorded_events(sample_build: Path) -> None:
    request = AttentionRequest(Family.RECORDED)
    view = attention(choose(sample_build, scope=Scope.public(), request=request), request)
    assert (view.refused, view.is_invented, view.known) == (None, False, 20)
    assert [one.component.figure for one in view.used] == ["offences_against_minors", "offences_by_minors"]


def test_of_two_kinds_that_both_make_an_index_the_real_one_is_taken(tmp_path: Path) -> None:
    rows = [
        *(row for name in (SERVICE, QR) for row in cells(name, rising(MANY), areas=MANY, code="2026-09")),
        *(row for name in (SERVICE, QR, LINES) for row in cells(name, rising(MANY), areas=MANY, invented=True)),
    ]
    view = viewed(tmp_path, rows)
    assert not view.is_invented
    assert [one.component.figure for one in view.used] == [SERVICE, QR]


def test_an_invented_figure_never_fills_the_place_of_a_real_one(tmp_path: Path) -> None:
    rows = [row for name in (SERVICE, QR) for row in cells(name, rising(MANY[1:]), areas=MANY[1:])]
    filled = [row for name in (SERVICE, QR) for row in cells(name, [100], areas=MANY[:1], invented=True)]
    view = viewed(tmp_path, [*rows, *filled])
    assert not view.is_invented
    assert view.rows[0].standing is None
    assert view.known == len(MANY) - 1
