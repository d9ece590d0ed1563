"""A map as a funnel: which areas have a point, what they are set beside, and where they lie."""

import dataclasses
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, norm, poisson

from geo.areas import children, regions
from riskmap.analytics.funnels import FunnelView, Lies, Obstacle, funnel
from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from tests.views import NAN, NORTH, SECRET, map_view, row

PLACES = [area.id for area in regions()]
SHARE = "chronic_absence"


def spread(expected: float, far: dict[int, float] | None = None) -> list[AreaRow]:
    """Twenty regions of equal size whose numbers lie closely around what is expected, but for those named."""
    counts = [expected + (-1) ** place * expected**0.5 / 2 for place in range(len(PLACES))]
    for place, count in (far or {}).items():
        counts[place] = count
    return [row(area, float(round(count))) for area, count in zip(PLACES, counts, strict=True)]


def at(view: FunnelView, place: int) -> Lies:
    return next(point.lies for point in view.points if point.row.area == PLACES[place])


def without(rows: list[AreaRow], place: int, **changes: Any) -> list[AreaRow]:
    return [replace(found, **changes) if index == place else found for index, found in enumerate(rows)]


def test_the_reference_is_the_published_value_of_the_country() -> None:
    view = funnel(map_view(spread(50), above=[row(COUNTRY, 1200, exposure=5_000_000)]))
    assert view.is_published
    assert view.reference == pytest.approx(24)


@pytest.mark.parametrize(
    "country",
    [
        row(COUNTRY, status=CellStatus.SUPPRESSED),
        row(COUNTRY, 1200, lacks_parts=True),
        row(COUNTRY, 1200, value=NAN, exposure=NAN),
    ],
)
def test_where_the_country_is_hidden_not_whole_or_without_a_rate_the_areas_together_are_the_reference(
    country: AreaRow,
) -> None:
    rows = spread(50)
    view = funnel(map_view(rows, above=[country]))
    total = sum(found.count for found in rows) / sum(found.exposure for found in rows) * 100_000
    assert not view.is_published
    assert view.reference == pytest.approx(total)


def test_without_more_spread_than_chance_the_limits_are_the_exact_ones_of_poisson() -> None:
    """A whole count is outside exactly where the chance of it or of a more extreme one is below 0.1 %, by scipy."""
    country = row(COUNTRY, 1000, exposure=5_000_000)
    high = next(count for count in range(50, 200) if poisson.sf(count - 1, 50) < 0.001)
    low = next(count for count in range(50, 0, -1) if poisson.cdf(count, 50) < 0.001)
    view = funnel(map_view(spread(50, {0: high, 1: high - 1, 2: low, 3: low + 1}), above=[country]))
    assert not view.is_widened
    assert [at(view, place) for place in range(5)] == [Lies.ABOVE, Lies.HIGHER, Lies.BELOW, Lies.LOWER, Lies.WITHIN]


def test_the_curves_are_the_exact_limits_of_poisson_at_both_ends() -> None:
    """At a whole count x on the upper limit P(X >= x) is 0.1 %: by the chi-square that scipy gives for it."""
    rows = [replace(found, exposure=250_000.0 * (1 + place)) for place, found in enumerate(spread(50))]
    rows = [replace(found, count=found.exposure / 5000, value=20.0) for found in rows]
    view = funnel(map_view(rows))
    assert not view.is_widened
    for limits in (view.curve[0], view.curve[-1]):
        expected = limits.exposure * 20 / 100_000
        upper = limits.alarm_upper * limits.exposure / 100_000
        lower = limits.warning_lower * limits.exposure / 100_000
        assert chi2.cdf(2 * expected, 2 * upper) == pytest.approx(0.001, rel=1e-6)
        assert chi2.sf(2 * expected, 2 * (lower + 1)) == pytest.approx(0.025, rel=1e-6)


def test_limits_leave_room_for_what_areas_differ_by_anyway_and_judge_by_that_alone() -> None:
    """Half of the regions at 30 and half at 75 of 50 expected: nobody stands out, though chance explains it nowhere."""
    country = row(COUNTRY, 1000, exposure=5_000_000)
    rows = [row(area, 30.0 if place % 2 else 75.0) for place, area in enumerate(PLACES)]
    view = funnel(map_view(rows, above=[country]))
    scores = [2 * (30**0.5 - 50**0.5), 2 * (75**0.5 - 50**0.5)]
    phi = sum(score**2 for score in scores) / 2
    tau2 = (20 * phi - 19) / 19 / 200  # all weights are 4 x 50
    reach = norm.ppf(0.999) * (1 / 200 + tau2) ** 0.5
    assert view.is_widened
    assert view.phi == pytest.approx(phi)
    assert {point.lies for point in view.points} == {Lies.WITHIN}
    nearest = min(view.curve, key=lambda limits: abs(limits.exposure - 250_000))
    assert nearest.alarm_upper == pytest.approx(20 * (1 + reach) ** 2, rel=1e-3)
    far = funnel(map_view(without(rows, 0, count=180.0, value=72.0), above=[country]))
    assert far.lying(Lies.ABOVE)[0].area == PLACES[0]


def test_shares_have_the_limits_of_shares() -> None:
    rows = [
        row(area, 100.0 + place % 2, exposure=2000, value=5.0 + 0.05 * (place % 2)) for place, area in enumerate(PLACES)
    ]
    view = funnel(map_view(rows, name=SHARE, above=[row(COUNTRY, 2000, exposure=40_000, value=5.0)]))
    assert not view.is_widened
    for limits in (view.curve[0], view.curve[-1]):
        reach = norm.ppf(0.999) * (0.05 * 0.95 / limits.exposure) ** 0.5
        assert limits.alarm_upper == pytest.approx(100 * (0.05 + reach))
    assert all(limits.alarm_lower >= 0 for limits in view.curve)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": CellStatus.SUPPRESSED, "count": SECRET, "value": SECRET, "exposure": SECRET},
        {"status": CellStatus.NOT_REPORTED, "count": NAN, "value": NAN},
        {"lacks_parts": True, "count": 5000.0, "value": 2000.0},
        {"value": NAN, "exposure": NAN},
    ],
)
def test_hidden_missing_incomplete_and_rateless_areas_have_no_point_and_no_part_in_the_limits(
    changes: dict[str, Any],
) -> None:
    rows = spread(50)
    view = funnel(map_view(without(rows, 0, **changes)))
    known = funnel(map_view(without(rows, 0, status=CellStatus.NOT_REPORTED, count=NAN, value=NAN)))
    assert (len(view.points), [found.area for found in view.left_out]) == (19, [PLACES[0]])
    assert (view.reference, view.phi, view.curve) == (known.reference, known.phi, known.curve)


def test_a_zero_is_a_value_and_may_lie_below() -> None:
    view = funnel(map_view(spread(50, {0: 0}), above=[row(COUNTRY, 1000, exposure=5_000_000)]))
    assert at(view, 0) is Lies.BELOW


@pytest.mark.parametrize(("missing", "obstacle"), [(2, None), (3, Obstacle.TOO_FEW_AREAS)])
def test_under_nine_tenths_of_the_areas_there_is_no_funnel(missing: int, obstacle: Obstacle | None) -> None:
    gone = [row(area, status=CellStatus.NOT_REPORTED) for area in PLACES[:missing]]
    view = funnel(map_view([*gone, *spread(50)[missing:]]))
    assert view.obstacle is obstacle
    assert (view.known, view.wanted) == (20 - missing, 20)
    assert bool(view.points) is (obstacle is None)


def test_areas_to_which_the_indicator_does_not_apply_are_none_of_those_that_are_missing() -> None:
    apart = [row(area, status=CellStatus.NOT_APPLICABLE) for area in PLACES[:10]]
    view = funnel(map_view([*apart, *spread(50)[10:]]))
    assert (view.obstacle, view.wanted, len(view.points)) == (None, 10, 10)


@pytest.mark.parametrize(
    ("name", "obstacle"),
    [
        ("suicides_minors", Obstacle.NEVER_COLOURED),
        ("schools", Obstacle.NO_RATE),
        ("missed_lessons", Obstacle.NO_INTERVAL),
    ],
)
def test_what_must_not_or_cannot_be_judged_has_no_numbers_at_all(name: str, obstacle: Obstacle) -> None:
    view = funnel(map_view(spread(50), name=name, above=[row(COUNTRY, 1000)]))
    assert view.obstacle is obstacle
    assert (view.points, view.curve) == ((), ())
    assert np.isnan([view.reference, view.phi]).all()


def test_rounded_counts_are_not_judged() -> None:
    assert funnel(map_view(spread(50)), is_rounded=True).obstacle is Obstacle.ROUNDED


def test_what_lies_outside_districts_is_no_area_of_the_level() -> None:
    rows = [row(place.id, 50.0) for place in children(NORTH)]
    view = funnel(map_view(rows, level="district"))
    assert [found.level for found in view.left_out] == ["remainder"]
    assert len(view.points) == len(rows) - 1


def test_an_area_that_did_not_differ_from_nothing_lies_within() -> None:
    view = funnel(map_view([row(area, 0) for area in PLACES]))
    assert {point.lies for point in view.points} == {Lies.WITHIN}
    assert view.reference == 0


def test_every_field_of_a_funnel_is_explained() -> None:
    view: MapView = map_view(spread(50))
    found = funnel(view)
    assert all(
        field.metadata.get("help")
        for one in (found, found.points[0], found.curve[0])
        for field in dataclasses.fields(one)
    )
