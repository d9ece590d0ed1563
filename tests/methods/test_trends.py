import doctest
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import trends
from riskmap.methods.rates import crude_rate
from riskmap.methods.refusals import Reason, Refused
from riskmap.methods.trends import (
    SIGNIFICANT_FROM,
    Direction,
    Trend,
    chi_square_trend,
    recent_trend,
    recent_trend_of_rates,
    recent_trend_of_shares,
)

# dhsc-govuk, FingertipsNext, tests of its trend calculator: value, limits, count and denominator of 2020 to 2024.
VACCINATED = (
    [92.6254, 92.3221, 90.8708, 90.017, 90.1013],
    [92.4168, 92.1072, 90.6358, 89.7694, 89.8578],
    [92.8288, 92.5315, 91.1004, 90.2594, 90.3396],
)
SIGHT_LOSS = (
    [2.935, 1.93028, 2.7567, 2.8701, 3.0121],
    [2.7841, 1.8085, 2.6113, 2.7225, 2.8616],
    [3.0919, 2.058, 2.9082, 3.0237, 3.1683],
)
DIABETES = ([3455176, 3491868, 3625401, 3774801, 3938080], [48783947, 49122259, 49956777, 50649129, 51441896])
EYES = ([1416, 935, 1344, 1415, 1502], [48246126, 48440507, 48753376, 49300918, 49866388])

POINT_REASONS = (Reason.GAP, Reason.HIDDEN_POINT, Reason.INCOMPLETE_PERIOD)
BREAKS = (Reason.DEFINITION_BREAK, Reason.BORDER_BREAK)

series = st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=5, max_size=9)


def found(answer: Trend | Refused) -> Trend:
    assert isinstance(answer, Trend)
    return answer


def trend_of(rows: list[tuple[float, float]]) -> Trend:
    value, width = np.array(rows).T
    return found(recent_trend(value, value - width, value + width))


@pytest.fixture(scope="module")
def case(shared_file: Callable[[str], Path]) -> Callable[[str], Any]:
    return lambda name: json.loads(shared_file(f"cases/{name}.json").read_text(encoding="utf-8"))


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(trends)
    assert outcome.attempted >= 8
    assert outcome.failed == 0


def test_slope_and_statistic_of_the_published_series_are_met(case: Callable[[str], Any]) -> None:
    known = case("g3_phe_recent_trend_diabetes")
    trend = found(recent_trend(*(known["input"][name] for name in ("values", "lower95", "upper95"))))
    assert trend.direction == known["expected"]["marker"].lower()
    tolerance = known["tolerance"]["rel"]
    assert trend.slope == pytest.approx(known["expected"]["slope"], rel=tolerance)
    assert trend.chi_square == pytest.approx(known["expected"]["chi2"], rel=tolerance)


def test_the_test_for_proportions_is_that_of_r(case: Callable[[str], Any]) -> None:
    known = case("g2_chisq_trend_proportions")
    trend = found(chi_square_trend(known["input"]["events"], known["input"]["n"], scores=known["input"]["scores"]))
    assert trend.chi_square == pytest.approx(known["expected"]["chi2"], rel=known["tolerance"]["rel"])
    assert trend.p == pytest.approx(known["expected"]["p"], rel=known["tolerance"]["rel"])


def test_published_directions_are_met() -> None:
    assert found(recent_trend(*VACCINATED)).direction is Direction.DECREASING
    assert found(recent_trend(*SIGHT_LOSS)).direction is Direction.INCREASING
    assert found(recent_trend_of_rates(*EYES)).direction is Direction.INCREASING
    assert found(recent_trend_of_shares(*DIABETES)).direction is Direction.INCREASING


def test_a_series_without_limits_is_refused_where_another_calculator_finds_no_change() -> None:
    # FingertipsNext expects NoChange for this share of older people, all of whose limits are missing.
    values, missing = [17.5144, 17.3646, 17.6087, 17.6782, 17.7872], [np.nan] * 5
    assert recent_trend(values, missing, missing) == Refused(Reason.GAP)


def test_the_statistic_is_significant_from_ninety_nine_point_eight_percent() -> None:
    assert pytest.approx(9.54953570608324, rel=1e-12) == SIGNIFICANT_FROM
    # Unit weights over five periods: chi-square is ten times the squared slope.
    for slope, direction in ((0.977, Direction.NO_SIGNIFICANT_CHANGE), (0.978, Direction.INCREASING)):
        value = slope * np.arange(5)
        assert found(recent_trend(value, value - 1.96, value + 1.96)).direction is direction


def test_a_slope_that_rests_on_one_point_is_no_trend() -> None:
    value = np.array([10, 10.1, 10, 9.9, 30])
    trend = found(recent_trend(value, value - 1, value + 1))
    assert trend.chi_square > SIGNIFICANT_FROM
    assert trend.direction is Direction.NO_SIGNIFICANT_CHANGE


def test_a_slope_of_nought_without_one_point_has_no_sign() -> None:
    # FingertipsNext counts a slope of exactly 0 as rising.
    value = np.array([10, 10, 10, 10, 30])
    assert found(recent_trend(value, value - 1, value + 1)).direction is Direction.NO_SIGNIFICANT_CHANGE


@settings(max_examples=40)
@given(series)
def test_only_the_last_five_points_count(rows: list[tuple[float, float]]) -> None:
    assert trend_of(rows) == trend_of(rows[-5:])


@settings(max_examples=40)
@given(series, st.floats(0.01, 1000))
def test_the_unit_changes_the_slope_alone(rows: list[tuple[float, float]], unit: float) -> None:
    here, there = trend_of(rows), trend_of([(value * unit, width * unit) for value, width in rows])
    assert there.chi_square == pytest.approx(here.chi_square, rel=1e-6, abs=1e-9)
    assert there.slope == pytest.approx(here.slope * unit, rel=1e-6, abs=1e-9 * unit)


@settings(max_examples=40)
@given(series)
def test_a_mirrored_series_goes_the_other_way(rows: list[tuple[float, float]]) -> None:
    here, there = trend_of(rows), trend_of([(-value, width) for value, width in rows])
    opposite = {Direction.INCREASING: Direction.DECREASING, Direction.DECREASING: Direction.INCREASING}
    assert there.direction is opposite.get(here.direction, here.direction)
    assert there.slope == -here.slope


@settings(max_examples=40)
@given(series)
def test_the_slope_is_that_of_weighted_least_squares(rows: list[tuple[float, float]]) -> None:
    value, width = np.array(rows[-5:]).T
    design = np.array([np.ones(5), np.arange(5)]) / width
    expected = np.linalg.lstsq(design.T, value / width, rcond=None)[0][1]
    assert trend_of(rows).slope == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(401, 1000)), min_size=5, max_size=5))
def test_the_statistic_of_shares_is_that_of_the_calculator_of_fingertips(rows: list[tuple[int, int]]) -> None:
    part, whole = np.array(rows, dtype=float).T
    time, total, events = np.arange(1, 6), whole.sum(), part.sum()
    numerator = total * (total * (part * time).sum() - events * (whole * time).sum()) ** 2
    spread = total * (whole * time**2).sum() - (whole * time).sum() ** 2
    expected = numerator / (events * (total - events) * spread)
    assert found(recent_trend_of_shares(part, whole)).chi_square == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_scores_may_be_unequal_and_their_scale_does_not_matter() -> None:
    part, whole = [5, 9, 14], [40, 50, 60]
    one, other = (found(chi_square_trend(part, whole, scores=scores)) for scores in ([1, 2, 10], [10, 20, 100]))
    assert one.chi_square == pytest.approx(other.chi_square)
    assert one.slope == pytest.approx(10 * other.slope)


def test_equal_values_are_no_change() -> None:
    trend = found(recent_trend([5] * 5, [4] * 5, [6] * 5))
    assert (trend.direction, trend.slope, trend.p) == (Direction.NO_SIGNIFICANT_CHANGE, 0, 1)
    assert found(recent_trend_of_rates([0] * 5, [100] * 5)).direction is Direction.NO_SIGNIFICANT_CHANGE
    assert found(recent_trend_of_shares([3] * 5, [9] * 5)).direction is Direction.NO_SIGNIFICANT_CHANGE


def test_no_events_are_a_value_of_a_series_of_rates() -> None:
    events, exposure = [60, 40, 25, 9, 0], [1000] * 5
    trend = found(recent_trend_of_rates(events, exposure))
    assert trend.direction is Direction.DECREASING
    rate = crude_rate(events, exposure)
    assert trend == recent_trend(rate.value, rate.lower, rate.upper)


def test_fractional_events_are_allowed() -> None:
    assert found(recent_trend_of_rates([1.5, 2.5, 3.5, 4.5, 5.5], [10] * 5)).slope > 0


@pytest.mark.parametrize("missing", range(5))
def test_a_missing_point_among_the_last_five_cannot_be_judged(missing: int) -> None:
    events: list[float] = [10, 20, 30, 40, 50, 60]
    events[missing + 1] = np.nan
    assert recent_trend_of_rates(events, [100] * 6) == Refused(Reason.GAP)
    assert recent_trend_of_shares(events, [100] * 6) == Refused(Reason.GAP)
    people = [100 if place != missing + 1 else 0 for place in range(6)]
    assert recent_trend_of_rates([0] * 6, people) == Refused(Reason.GAP)


def test_a_missing_point_before_the_last_five_does_no_harm() -> None:
    assert found(recent_trend_of_rates([np.nan, 20, 30, 40, 50, 60], [100] * 6))


@pytest.mark.parametrize("reason", POINT_REASONS)
def test_what_stands_in_the_way_of_a_point_is_the_reason_told(reason: Reason) -> None:
    for place in range(1, 6):
        obstacles = [reason if i == place else None for i in range(6)]
        for values in ([10.0, 20, 30, 40, 50, 60], [10, *[np.nan] * 5]):
            answer = recent_trend_of_rates(values, [100] * 6, obstacles=obstacles)
            if place == 1 or not np.isnan(values).any():
                assert answer == Refused(reason)
    before = [reason, None, None, None, None, None]
    assert found(recent_trend_of_rates([10, 20, 30, 40, 50, 60], [100] * 6, obstacles=before))


@pytest.mark.parametrize("reason", BREAKS)
def test_a_break_harms_only_between_the_last_five_points(reason: Reason) -> None:
    values, people = [10, 20, 30, 40, 50, 60], [100] * 6
    for place in range(6):
        obstacles = [reason if i == place else None for i in range(6)]
        answer = recent_trend_of_shares(values, people, obstacles=obstacles)
        assert (answer == Refused(reason)) == (place > 1)


@pytest.mark.parametrize("points", range(5))
def test_fewer_than_five_points_are_too_short(points: int) -> None:
    assert recent_trend_of_rates([1] * points, [9] * points) == Refused(Reason.TOO_SHORT)
    assert recent_trend_of_shares([1] * points, [9] * points) == Refused(Reason.TOO_SHORT)


def test_none_or_all_of_the_units_in_a_point_are_too_few() -> None:
    for part in ([0, 2, 3, 4, 5], [1, 2, 3, 4, 9]):
        assert recent_trend_of_shares(part, [9] * 5) == Refused(Reason.TOO_FEW_EVENTS)
    assert chi_square_trend([0, 0], [5, 5]) == Refused(Reason.TOO_FEW_EVENTS)
    assert chi_square_trend([5, 5], [5, 5]) == Refused(Reason.TOO_FEW_EVENTS)


def test_a_test_for_proportions_needs_two_scores_and_all_groups() -> None:
    assert chi_square_trend([1, 2], [5, 0 + 5], scores=[3, 3]) == Refused(Reason.TOO_SHORT)
    assert chi_square_trend([1, 0], [5, 0]) == Refused(Reason.TOO_SHORT)
    assert chi_square_trend([1, np.nan], [5, 5]) == Refused(Reason.GAP)
    assert chi_square_trend([1, 0, 2], [5, 0, 5]) == chi_square_trend([1, 2], [5, 5], scores=[1, 3])


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"upper must lie above lower, found 4\.0 at position 2"):
        recent_trend([5] * 5, [4] * 5, [6, 6, 4, 6, 6])
    with pytest.raises(ValueError, match="obstacles must be given for each of 5 points, found 1"):
        recent_trend([5] * 5, [4] * 5, [6] * 5, obstacles=[None])
    with pytest.raises(ValueError, match="a series lies on one axis, found 2"):
        recent_trend_of_rates([[1] * 5], [9] * 5)
    with pytest.raises(ValueError, match="events must not be negative"):
        recent_trend_of_rates([-1] * 5, [9] * 5)
    with pytest.raises(ValueError, match="numerator must not exceed denominator"):
        recent_trend_of_shares([10] * 5, [9] * 5)
