"""What is said of all areas of a map together: what was planted is found and nothing else, and holes leave nothing."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import gamma

from geo.areas import areas, districts_of, regions
from geo.neighbours import neighbours_of
from geo.record import current_set
from riskmap.analytics.smoothed import smoothed_of
from riskmap.analytics.spots import spots_of
from riskmap.analytics.views import AreaRow, MapView
from riskmap.analytics.whole_map import counts_events, may_be_judged, whole_map
from riskmap.domain.registry import catalogue, indicator
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.methods.hotspots import Pattern
from riskmap.methods.refusals import Reason
from tests.views import SECRET, map_view, row

ZHAMBYL, ASTANA = "310000000", "710000000"
REGIONS = [region.id for region in regions()]
DISTRICTS = [district.id for region in regions() for district in districts_of(region.id)]
PLANTED = {district.id for district in districts_of(ZHAMBYL)}
HIDDEN = CellStatus.SUPPRESSED


def counts(mean: float, number: int) -> list[float]:
    """Numbers that differ by chance alone, the same in every run."""
    return [float(count) for count in np.random.default_rng(3).poisson(mean, number)]


def districts_map(*, factor: float = 1, name: str = "violence_cases", **more: Any) -> MapView:
    """All districts with rates that differ by chance; those of Zhambyl Region have `factor` times as many events."""
    found = zip(DISTRICTS, counts(60, len(DISTRICTS)), strict=True)
    rows = [row(area, count * factor if area in PLANTED else count, exposure=25_000.0) for area, count in found]
    return map_view(rows, name=name, level="district", **more)


def regions_map(numbers: Sequence[float | None] | None = None, *, name: str = "offences_against_minors") -> MapView:
    """All regions; a number that is None is hidden."""
    numbers = counts(80, len(REGIONS)) if numbers is None else numbers
    rows = [
        row(area, count) if count is not None else row(area, status=HIDDEN)
        for area, count in zip(REGIONS, numbers, strict=True)
    ]
    return map_view(rows, name=name)


def hidden(view: MapView, number: int, *, count: float = float("nan")) -> MapView:
    """The same map with its first areas hidden; what is under the hiding is `count`."""
    nothing: dict[str, Any] = {"value": count, "lower": float("nan"), "upper": float("nan"), "fill": str(HIDDEN)}
    rows = [replace(one, status=HIDDEN, count=count, exposure=count, **nothing) for one in view.rows[:number]]
    return replace(view, rows=(*rows, *view.rows[number:]))


def of_pattern(view: MapView, pattern: Pattern) -> set[str]:
    return {area for area, spot in spots_of(view).spots.items() if spot.pattern is pattern}


def test_neighbours_with_twice_the_rate_are_found_and_no_others_are_called_higher() -> None:
    view = districts_map(factor=2)
    high = of_pattern(view, Pattern.HIGH_HIGH)
    assert high <= PLANTED
    # Districts at the edge touch as many that are not planted.
    assert len(high) > len(PLANTED) / 2
    assert not of_pattern(view, Pattern.HIGH_LOW)
    assert not of_pattern(view, Pattern.LOW_LOW)


def test_only_areas_that_touch_the_planted_ones_are_called_lower_than_their_neighbours() -> None:
    beside = {other for area in PLANTED for other in neighbours_of(area, current_set(), "districts")}
    assert of_pattern(districts_map(factor=2), Pattern.LOW_HIGH) <= beside - PLANTED


def test_the_planted_areas_are_a_cluster_with_their_rate_over_that_of_the_others() -> None:
    view = districts_map(factor=2)
    first, *others = spots_of(view).clusters
    assert not others
    assert first.is_high
    assert first.p < 0.01
    assert len(PLANTED & set(first.areas)) >= len(PLANTED) - 2
    inside = [one.area in first.areas for one in view.rows]
    numbers = np.array([one.count for one in view.rows])
    # All areas have the same number of people, so that rates are as means of events.
    assert first.ratio == pytest.approx(numbers[inside].mean() / numbers[np.invert(inside)].mean())


def test_a_cluster_of_fewer_events_is_told_as_one() -> None:
    first, *_ = spots_of(districts_map(factor=0.4)).clusters
    assert not first.is_high
    assert first.ratio < 0.6
    assert of_pattern(districts_map(factor=0.4), Pattern.LOW_LOW) <= PLANTED


def test_rates_that_differ_by_chance_alone_leave_nothing_to_tell() -> None:
    found = spots_of(districts_map())
    assert {spot.pattern for spot in found.spots.values()} == {Pattern.NONE}
    assert found.clusters == ()
    assert found.moran_p > 0.05


def test_areas_that_differ_anyhow_make_no_cluster_where_like_rates_do_not_lie_together() -> None:
    # Each second area of a list without regard to place has three times the events of the others.
    shuffled = random.Random(3).sample(DISTRICTS, len(DISTRICTS))
    often = set(shuffled[::2])
    rows = [row(area, 90 if area in often else 30, exposure=25_000.0) for area in DISTRICTS]
    found = spots_of(map_view(rows, name="violence_cases", level="district"))
    assert found.clusters == ()
    assert all(spot.pattern is Pattern.NONE for spot in found.spots.values())


def test_of_many_maps_whose_areas_differ_without_regard_to_place_about_one_in_twenty_has_a_cluster() -> None:
    maps = 20
    drawn = np.random.default_rng(11)
    told = 0
    for _ in range(maps):
        rates = drawn.gamma(1 / 0.09, 0.09, len(DISTRICTS)) * 0.0024
        found = zip(DISTRICTS, drawn.poisson(rates * 25_000), strict=True)
        rows = [row(area, float(count), exposure=25_000.0) for area, count in found]
        told += bool(spots_of(map_view(rows, name="violence_cases", level="district")).clusters)
    assert told <= 3


def test_equal_rates_leave_nothing_to_tell() -> None:
    found = spots_of(regions_map([80.0] * len(REGIONS)))
    assert found.reason is None
    assert np.isnan(found.moran)
    assert {spot.pattern for spot in found.spots.values()} == {Pattern.NONE}
    assert found.clusters == ()


@pytest.mark.parametrize(("own", "around", "pattern"), [(3, 0.4, Pattern.HIGH_LOW), (0.3, 2.5, Pattern.LOW_HIGH)])
def test_an_area_unlike_all_that_it_touches_is_told_as_such(own: float, around: float, pattern: Pattern) -> None:
    middle = max(DISTRICTS, key=lambda area: len(neighbours_of(area, current_set(), "districts")))
    beside = set(neighbours_of(middle, current_set(), "districts"))
    factors = dict.fromkeys(beside, around) | {middle: own}
    numbers = zip(DISTRICTS, counts(60, len(DISTRICTS)), strict=True)
    rows = [row(area, round(count * factors.get(area, 1)), exposure=25_000.0) for area, count in numbers]
    assert spots_of(map_view(rows, name="violence_cases", level="district")).spots[middle].pattern is pattern


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_under_nine_of_ten_areas_with_a_rate_nothing_is_said(judge: Any) -> None:
    view = regions_map()
    assert judge(hidden(view, 2)).reason is None
    refused = judge(hidden(view, 3))
    assert refused.reason is Reason.TOO_FEW_AREAS
    assert (refused.known, refused.of) == (17, 20)
    assert not (refused.spots if judge is spots_of else refused.rates)


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_a_sum_without_some_areas_and_a_number_without_people_count_as_missing(judge: Any) -> None:
    first, second, third, *others = regions_map().rows
    no_rate = replace(second, value=float("nan"), exposure=float("nan"))
    rows = (replace(first, lacks_parts=True), no_rate, third, *others)
    assert judge(replace(regions_map(), rows=rows)).known == 18
    rows = (replace(first, lacks_parts=True), no_rate, replace(third, lacks_parts=True), *others)
    assert judge(replace(regions_map(), rows=rows)).reason is Reason.TOO_FEW_AREAS


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_what_is_under_a_hidden_cell_changes_nothing(judge: Any) -> None:
    view = regions_map()
    plain, told = (repr(judge(hidden(view, 2, count=count))) for count in (float("nan"), SECRET))
    assert told == plain
    assert str(int(SECRET)) not in told


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_zero_is_a_value(judge: Any) -> None:
    numbers = [0.0, 0.0, 0.0, *counts(80, len(REGIONS) - 3)]
    assert judge(regions_map(numbers)).known == len(REGIONS)


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_areas_that_do_not_exist_in_the_period_are_not_missing(judge: Any) -> None:
    view = regions_map()
    gone = [replace(one, status=CellStatus.NOT_APPLICABLE, count=float("nan")) for one in view.rows[:3]]
    found = judge(replace(view, rows=(*gone, *view.rows[3:])))
    assert found.reason is None
    assert found.of == 17


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_no_event_anywhere_leaves_nothing_to_judge(judge: Any) -> None:
    assert judge(regions_map([0.0] * len(REGIONS))).reason is Reason.TOO_FEW_EVENTS


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_a_map_of_few_areas_is_refused_though_all_have_values(judge: Any) -> None:
    rows = [row(district.id, 50) for district in districts_of(ASTANA)]
    found = judge(map_view(rows, name="violence_cases", level="district", within=ASTANA))
    assert found.reason is Reason.TOO_FEW_AREAS
    assert found.known == found.of == len(rows) < 12


@pytest.mark.parametrize("judge", [spots_of, smoothed_of])
def test_the_order_of_areas_makes_no_difference(judge: Any) -> None:
    view = districts_map(factor=2)
    shuffled = tuple(random.Random(5).sample(view.rows, len(view.rows)))
    assert judge(replace(view, rows=shuffled)) == judge(view)


def test_what_a_region_holds_outside_its_districts_is_no_area_of_the_map() -> None:
    view = districts_map(factor=2)
    outside = replace(row(DISTRICTS[0], 10_000), area=f"{ZHAMBYL}-R", level="remainder")
    assert spots_of(replace(view, rows=(*view.rows, outside))) == spots_of(view)


def test_within_a_region_only_its_districts_are_neighbours() -> None:
    numbers = counts(60, len(PLANTED))
    rows = [row(area, count, exposure=25_000.0) for area, count in zip(sorted(PLANTED), numbers, strict=True)]
    more = [row(area, 60, exposure=25_000.0) for area in DISTRICTS if area not in PLANTED][:4]
    view = map_view([*rows, *more], name="violence_cases", level="district", within=ZHAMBYL)
    near = whole_map(view).neighbours()
    asked = {one.area for one in view.rows}
    for place, area in enumerate(whole_map(view).areas):
        found = {whole_map(view).areas[other] for other in near.others[near.starts[place] : near.starts[place + 1]]}
        assert found == set(neighbours_of(area, current_set(), "districts")) & asked


def test_an_area_whose_neighbours_have_no_values_is_not_judged() -> None:
    # Almaty city touches Almaty Region alone.
    numbers: list[float | None] = [None if area == "190000000" else 70.0 + n for n, area in enumerate(REGIONS)]
    found = spots_of(regions_map(numbers)).spots["750000000"]
    assert not found.is_tested
    assert found.pattern is Pattern.NONE


def test_a_share_is_judged_while_it_is_small() -> None:
    def share(part: float) -> MapView:
        rows = [row(area, part + place, exposure=1000.0) for place, area in enumerate(REGIONS)]
        return map_view(rows, name="chronic_absence")

    assert spots_of(share(100)).reason is None
    assert spots_of(share(300)).reason is Reason.LARGE_SHARE


def test_suicide_populations_signals_and_numbers_without_limits_are_never_judged() -> None:
    for item in catalogue().indicators.values():
        if item.never_coloured or item.family in ("population", "signal") or item.interval in ("none", "ratio"):
            assert not may_be_judged(item)
            assert not counts_events(item)
    assert not may_be_judged(indicator("suicides_minors"))
    assert may_be_judged(indicator("chronic_absence"))
    assert not counts_events(indicator("chronic_absence"))


def of_unequal_people() -> MapView:
    """Regions of 2,000 to 230,000 children with rates that differ."""
    people = [2_000.0 + 12_000 * place for place in range(len(REGIONS))]
    rates = [0.0006 if place % 2 else 0.0003 for place in range(len(REGIONS))]
    rows = [
        row(area, round(number * rate), exposure=number)
        for area, number, rate in zip(REGIONS, people, rates, strict=True)
    ]
    return map_view(rows, name="offences_against_minors")


def test_smoothed_rates_are_those_of_marshall_with_the_limits_of_clayton_and_kaldor() -> None:
    view = of_unequal_people()
    found = smoothed_of(view)
    # By the published formulas, in numbers for one child: Marshall 1991; Clayton and Kaldor 1987.
    x, n = (np.array([getattr(one, name) for one in view.rows]) for name in ("count", "exposure"))
    b = x.sum() / n.sum()
    a = (n * (x / n - b) ** 2).sum() / n.sum() - b / n.mean()
    assert a > 0
    for one, events, people in zip(view.rows, x, n, strict=True):
        rate = found.rates[one.area]
        assert rate.value == pytest.approx(1e5 * (b + a / (a + b / people) * (events / people - b)))
        posterior = gamma(events + b**2 / a, scale=1e5 / (people + b / a))
        assert (rate.lower, rate.upper) == pytest.approx((posterior.ppf(0.025), posterior.ppf(0.975)))
        assert rate.chance_above == pytest.approx(posterior.sf(1e5 * b))
    assert found.mean == found.reference == pytest.approx(1e5 * b)
    assert not found.is_country


def test_the_fewer_people_the_nearer_a_rate_is_drawn_to_that_of_all() -> None:
    view = of_unequal_people()
    rates, mean = smoothed_of(view).rates, smoothed_of(view).mean
    kept = [(rates[one.area].value - mean) / (one.value - mean) for one in view.rows]
    assert kept == sorted(kept)
    assert 0 < kept[0] < 0.3 < 0.9 < kept[-1] < 1


def test_a_smoothed_rate_has_the_class_that_a_published_rate_of_its_size_has() -> None:
    view = of_unequal_people()
    for rate in smoothed_of(view).rates.values():
        assert rate.fill == f"class:{sum(round(rate.value, 1) >= limit for limit in view.breaks)}"


def test_areas_that_differ_by_no_more_than_chance_have_one_smoothed_rate() -> None:
    found = smoothed_of(regions_map())
    assert found.is_all_chance
    assert {round(rate.value, 9) for rate in found.rates.values()} == {round(found.mean, 9)}


def test_an_area_without_a_rate_has_no_smoothed_one() -> None:
    view = hidden(regions_map(), 2)
    assert smoothed_of(view).rates.keys() == {one.area for one in view.rows[2:]}


def country(count: float, **more: Any) -> AreaRow:
    return row(COUNTRY, count, exposure=5_000_000.0, **more)


def test_the_reference_is_the_country_where_it_is_published_in_full() -> None:
    view = of_unequal_people()
    whole = smoothed_of(replace(view, above=(country(1_000),)))
    assert whole.is_country
    assert whole.reference == 20
    lacking = smoothed_of(replace(view, above=(country(1_000, lacks_parts=True),)))
    assert not lacking.is_country
    assert lacking.reference == lacking.mean
    # 20 lies below the rate of these areas together, so that more of each lies above it.
    assert all(whole.rates[area].chance_above >= rate.chance_above for area, rate in lacking.rates.items())


def test_all_districts_of_today_have_a_place_and_a_neighbour() -> None:
    whole = whole_map(districts_map())
    assert not whole.neighbours().islands.any()
    assert not np.isnan(whole.distances()).any()
    assert {areas()[area].kind for area in whole.areas} == {"district"}
