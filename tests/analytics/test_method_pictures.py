"""What the pictures of methods are drawn from: known answers, nothing hidden, nothing of suicide, nothing mixed."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from geo.areas import districts_of, regions
from riskmap.analytics.method_examples import Examples
from riskmap.analytics.method_maps import (
    cluster_of,
    compared,
    funnel_of,
    inequality_of,
    neighbours_of,
    ranks_of_maps,
    silence_of,
    smoothed_of,
)
from riskmap.analytics.method_pictures import method_picture, signals_of, trend_of
from riskmap.analytics.method_views import (
    ClusterPicture,
    ComparisonPicture,
    FunnelPicture,
    IndexPicture,
    InequalityPicture,
    Lack,
    Method,
    NeighboursPicture,
    NoPicture,
    SignalsPicture,
    SilencePicture,
    SmoothingPicture,
    TrendPicture,
)
from riskmap.analytics.views import MapView, TrendTest
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import CellStatus, Period, Scope
from riskmap.methods.refusals import Reason
from riskmap.methods.trends import Direction
from tests import views
from tests.views import CHILDREN

REGIONS = [region.id for region in regions()]
DISTRICTS = [district.id for region in regions() for district in districts_of(region.id)]
# Numbers that leave no doubt that areas differ: 20 regions, 100 to 290 events.
EVENTS = [100 + 10 * place for place in range(20)]


def of_regions(events: list[int | None], **more: object) -> MapView:
    """A map of the twenty regions; None is a hidden number."""
    rows = [
        views.row(area, count) if count is not None else views.row(area, status=CellStatus.SUPPRESSED)
        for area, count in zip(REGIONS, events, strict=True)
    ]
    return views.map_view(rows, **more)  # type: ignore[arg-type]


def test_none_against_six_in_the_same_time_differs_at_95_per_cent_and_not_at_99_8() -> None:
    """By hand: p = 2 / 2^6 = 0.031."""
    picture = compared(views.map_view([views.row(REGIONS[0], 0), views.row(REGIONS[1], 6)]))
    assert isinstance(picture, ComparisonPicture)
    assert picture.rows[0].area == REGIONS[0]
    assert (picture.ratio[0], picture.step[0]) == (0.0, -1)


def test_one_area_has_no_others_to_be_compared_with() -> None:
    assert compared(views.map_view([views.row(REGIONS[0], 7)])) == NoPicture(Reason.TOO_FEW_AREAS)


def test_rates_are_smoothed_as_published_by_hand() -> None:
    """2 of 10 and 8 of 10: b = 0.5, a = 0.04, so 0.3667 and 0.6333 (Marshall 1991, by hand)."""
    rows = [views.row(REGIONS[0], 2, exposure=10), views.row(REGIONS[1], 8, exposure=10)]
    picture = smoothed_of(views.map_view(rows))
    assert isinstance(picture, SmoothingPicture)
    assert picture.smoothed == pytest.approx((36_666.67, 63_333.33), abs=0.01)
    assert picture.mean == pytest.approx(50_000)
    assert picture.weight == pytest.approx((0.04 / 0.09,) * 2)


def test_ten_events_in_a_hundred_equal_areas_are_unequal_by_chance_alone() -> None:
    """By hand: nine tenths of the people carry nothing and the rest all, so the coefficient is 0.9."""
    rows = [views.row(area, int(place < 10)) for place, area in enumerate(DISTRICTS[:100])]
    picture = inequality_of(views.map_view(rows, level="district"))
    assert isinstance(picture, InequalityPicture)
    assert picture.gini == pytest.approx(0.9)
    assert picture.gini_lower <= 0.9 <= picture.gini_upper
    assert picture.gini_by_chance == pytest.approx(0.91, abs=0.01)
    assert (picture.population[0], picture.burden[0]) == (0, 0)
    assert (picture.population[-1], picture.burden[-1]) == pytest.approx((1, 1))
    assert all(low <= high for low, high in zip(picture.lower, picture.upper, strict=True))


def test_silence_is_as_likely_as_a_negative_binomial_number_makes_it() -> None:
    """By hand, none where 5 are expected, and a variance of the rates that makes 0.6 of their square: 4^(-1 / 0.6)."""
    picture = silence_of(views.map_view([views.row(REGIONS[0], 0), views.row(REGIONS[1], 5)]))
    assert isinstance(picture, SilencePicture)
    assert picture.expected[0] == pytest.approx(5)
    assert picture.probability[0] == pytest.approx(4 ** (-1 / 0.6))
    assert picture.flagged[0] is False


def test_the_funnel_narrows_with_the_people_and_its_reference_is_the_common_rate() -> None:
    rows = [views.row(area, 20, exposure=CHILDREN * (1 + place)) for place, area in enumerate(REGIONS)]
    picture = funnel_of(views.map_view(rows))
    assert isinstance(picture, FunnelPicture)
    assert picture.reference == pytest.approx(20 * 20 / (CHILDREN * sum(range(1, 21))) * 100_000)
    widths = [high - low for low, high in picture.alarm]
    assert widths == sorted(widths, reverse=True)
    assert all(
        out[0] <= inner[0] and inner[1] <= out[1] for out, inner in zip(picture.alarm, picture.warning, strict=True)
    )


def test_a_median_of_yearly_changes_within_seasons_is_the_slope() -> None:
    """By hand, 1, 2, 3 in one half year and 20, 30, 41 in the other: the median of 1, 1, 1, 10, 10.5, 11."""
    periods = [views.period_of(f"{year}-H{half}") for year in (2023, 2024, 2025) for half in (1, 2)]
    points = [
        views.point(period, count, exposure=100_000)
        for period, count in zip(periods, (1, 20, 2, 30, 3, 41), strict=True)
    ]
    line = views.line(REGIONS[0], points)
    tested = TrendTest(periods[0], periods[-1], Direction.NO_SIGNIFICANT_CHANGE)
    picture = trend_of(views.panel([line]), line, tested)
    assert isinstance(picture, TrendPicture)
    assert picture.slope == pytest.approx(5.5)
    assert picture.tested == (0, 1, 2, 3, 4, 5)
    assert picture.ends[1] - picture.ends[0] == pytest.approx(5.5 * 2.5)


def test_a_line_that_was_not_tested_has_no_picture() -> None:
    line = views.line(REGIONS[0], [views.point(period, 5) for period in views.years(2021, 2025)])
    tested = TrendTest(line.points[0].period, line.points[-1].period, None, Reason.GAP)
    assert trend_of(views.panel([line]), line, tested) == NoPicture(Reason.GAP)


def test_the_limit_of_ears_leaves_the_two_months_before_out() -> None:
    """By hand: 1 to 7 have mean 4 and variance 14 / 3; the two 90 after them stay out."""
    counts = (1, 2, 3, 4, 5, 6, 7, 90, 90, 11)
    points = [views.point(month, count) for month, count in zip(views.months((2025, 1), 10), counts, strict=True)]
    line = views.line(REGIONS[0], points)
    picture = signals_of(views.panel([line]), line)
    assert isinstance(picture, SignalsPicture)
    assert picture.upper[-1] == pytest.approx(4 + 3 * math.sqrt(14 / 3))
    assert picture.alarm[-1] is True
    assert math.isnan(picture.limit)  # Farrington has less than three years


def test_a_month_that_is_hidden_is_no_month_of_zero() -> None:
    points = [views.point(month, 5 + place % 3) for place, month in enumerate(views.months((2024, 1), 24))]
    points[12] = views.point(points[12].period, status=CellStatus.SUPPRESSED)
    line = views.line(REGIONS[0], points)
    picture = signals_of(views.panel([line]), line)
    assert math.isnan(picture.counts[12])
    assert math.isnan(picture.upper[15])  # the baseline of this month holds the hidden one


def test_ranks_are_told_with_their_intervals_and_without_names() -> None:
    maps = [of_regions(list(EVENTS)) for _ in range(3)]
    picture = ranks_of_maps(maps)
    assert isinstance(picture, IndexPicture)
    assert picture.areas == 20
    assert len(picture.ranks) == 8
    assert all(1 <= found.lower <= found.rank <= found.upper <= 20 for found in picture.ranks)
    assert (picture.ranks[0].rank, picture.ranks[-1].rank) == (1, 20)
    assert not any(area in repr(picture.ranks) for area in REGIONS)


def test_like_lies_beside_like_where_a_rate_rises_from_west_to_east() -> None:
    """Regions of one rate, but for those around one of them: a Moran's I well above 0."""
    east = {"100000000", "630000000", "330000000", "190000000", "550000000"}
    picture = neighbours_of(of_regions([400 if area in east else 100 for area in REGIONS]))
    assert isinstance(picture, NeighboursPicture)
    assert picture.moran > 0.3
    assert picture.p < 0.01
    assert {area.row.area for area in picture.areas} <= set(REGIONS)


def test_the_most_likely_cluster_holds_more_than_expected_there() -> None:
    east = {"100000000", "630000000", "330000000"}
    picture = cluster_of(of_regions([900 if area in east else 100 for area in REGIONS]))
    assert isinstance(picture, ClusterPicture)
    assert len(picture.rows) > 1
    total = 900 * 3 + 100 * 17
    assert picture.cases == sum(row.count for row in picture.rows)
    assert picture.expected == pytest.approx(total * len(picture.rows) / 20)


def test_under_nine_of_ten_areas_nothing_is_drawn_that_rests_on_all() -> None:
    hidden: list[int | None] = [None] * 3
    view = of_regions([*hidden, *EVENTS[3:]])
    for made in (funnel_of, smoothed_of, inequality_of, silence_of, neighbours_of, cluster_of):
        assert made(view) == NoPicture(Reason.TOO_FEW_AREAS), made
    assert ranks_of_maps([view] * 3) == NoPicture(Reason.TOO_FEW_AREAS)


def test_a_hidden_area_and_a_sum_that_lacks_parts_take_no_part() -> None:
    view = of_regions([None, *EVENTS[1:]])
    whole = replace(view, rows=(*view.rows[:-1], replace(view.rows[-1], lacks_parts=True)))
    for made in (compared, funnel_of, smoothed_of, silence_of):
        picture = made(whole)
        assert not isinstance(picture, NoPicture), made
        drawn = {row.area for row in picture.rows}
        assert drawn == set(REGIONS[1:-1]), made


@pytest.mark.parametrize("method", list(Method))
def test_no_picture_of_a_build_is_of_suicide_or_mixes_real_and_invented(sample_build: Path, method: Method) -> None:
    picture = method_picture(sample_build, scope=Scope.public(), method=method)
    if isinstance(picture, NoPicture):
        assert picture.reason in (*Reason, *Lack)
        return
    if isinstance(picture, TrendPicture | SignalsPicture):
        assert not picture.panel.indicator.never_coloured
        return
    maps = picture.of if isinstance(picture, IndexPicture) else (picture.of,)
    assert not any(view.indicator.never_coloured for view in maps)
    assert len({view.is_invented for view in maps}) == 1
    assert len({view.request.period for view in maps}) == 1


def test_figures_of_the_first_screen_go_first(sample_build: Path) -> None:
    examples = Examples(sample_build, Scope.public())
    first = examples.indicators("poisson")[0]
    assert first.first_screen
    view = examples.first_map("poisson")
    assert view
    assert view.indicator == first


def test_suicide_is_no_example(sample_build: Path) -> None:
    found = Examples(sample_build, Scope.public()).indicators("poisson")
    assert indicator("suicides_minors").interval == "poisson"
    assert not any(item.never_coloured for item in found)


def test_the_real_build_draws_what_regions_of_2022_allow(sample_build: Path) -> None:
    year: Period = views.period_of("2022")
    picture = method_picture(sample_build, scope=Scope.public(), method=Method.FUNNEL)
    assert isinstance(picture, FunnelPicture)
    assert (picture.of.request.period, len(picture.rows), picture.of.is_invented) == (year, 20, False)


def test_without_ages_nothing_is_standardised(sample_build: Path) -> None:
    found = method_picture(sample_build, scope=Scope.public(), method=Method.STANDARDISED)
    assert found == NoPicture(Lack.NO_AGES)
