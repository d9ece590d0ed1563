import doctest
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from riskmap.methods import farrington
from riskmap.methods.farrington import Control, Farrington, farrington_flexible, reference_periods
from riskmap.methods.refusals import Reason

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
MONTHS = 72


def past(level: float, *, months: int = MONTHS, seed: int = 0) -> np.ndarray:
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(months) / 12)
    return np.random.default_rng(seed).poisson(level * season).astype(float)


def test_the_published_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(farrington)
    assert outcome.attempted >= 4
    assert outcome.failed == 0


def test_regressions_are_those_of_statsmodels() -> None:
    case = json.loads((GOLDEN / "farrington_fits.json").read_text(encoding="utf-8"))
    expected = np.array(case["rows"], dtype=float)
    control = Control(threshold_method="muan", least_reports=0)
    found = farrington_flexible(case["counts"], control=control)
    np.testing.assert_allclose(found.expected, expected[:, 0], rtol=1e-6)
    np.testing.assert_allclose(found.phi, expected[:, 2], rtol=1e-6)
    np.testing.assert_allclose(found.trend, expected[:, 3], rtol=1e-5)
    # "delta" with the identity: upper = mu + z sqrt(phi mu + se^2), se on the scale of counts.
    flat = farrington_flexible(case["counts"], control=replace(control, threshold_method="delta", power="none"))
    mu, error, phi = expected[:, 0], expected[:, 0] * expected[:, 1], expected[:, 2]
    np.testing.assert_allclose(flat.upper, mu + 1.6448536 * np.sqrt(phi * mu + error**2), rtol=1e-6)


def test_reference_windows_shrink_at_the_edge_and_parts_share_the_rest() -> None:
    weekly = reference_periods(52 * 3 + 3, control=Control(frequency=52, b=3, w=3, no_periods=10))
    assert weekly[:7].tolist() == [10] * 7
    assert weekly[-4:].tolist() == [10] * 4
    assert np.bincount(weekly[7:52], minlength=10)[1:10].tolist() == [5] * 9
    uneven = reference_periods(37, control=Control(b=3, no_periods=5))
    assert uneven[:12].tolist() == [5, 5, 5, 1, 1, 1, 2, 2, 3, 3, 4, 4]
    only = reference_periods(40, control=Control(b=3, no_periods=1))
    assert np.flatnonzero(only).tolist() == [3, 4, 5, 15, 16, 17, 27, 28, 29, 39, 40]
    with pytest.raises(ValueError, match="38 points are needed, found 37"):
        reference_periods(36, control=Control(b=3))
    with pytest.raises(ValueError, match="no 11 parts"):
        reference_periods(40, control=Control(b=3, no_periods=11))


def one(series: Any, **options: Any) -> Farrington:
    return farrington_flexible(series, **options)


@pytest.mark.parametrize("method", ["delta", "muan", "nbPlugin"])
def test_a_jump_is_found_and_an_ordinary_month_is_not(method: Any) -> None:
    series = np.array([past(20, seed=k) for k in range(40)])
    control = Control(threshold_method=method)
    assert one(series, control=control).alarm.mean() <= 0.15
    assert not one(series, control=control).signal.any()
    series[7, -1] = 60
    found = one(series, control=control)
    assert found.alarm[7]
    assert found.signal[7]
    assert found.exceedance[7] > 1
    assert found.p[7] < 1e-3


def test_without_aberration_alarms_are_as_frequent_as_alpha() -> None:
    series = np.random.default_rng(5).poisson(20, (600, MONTHS))
    for method, most in (("muan", 0.05), ("nbPlugin", 0.09), ("delta", 0.07)):
        share = one(series, control=Control(threshold_method=method)).alarm.mean()  # type: ignore[arg-type]
        assert 0.005 < share < most


def test_an_old_outbreak_counts_less_and_lets_the_next_one_be_seen() -> None:
    series = past(10)
    series[[23, 24, 35]] += 60
    weighted, plain = one(series), one(series, control=Control(reweight=False))
    assert weighted.expected < plain.expected
    assert weighted.upper < plain.upper


def test_the_latest_months_do_not_raise_what_is_expected() -> None:
    series = past(10)
    high = series.copy()
    high[-7:-1] += 40
    assert one(high).expected == one(series).expected
    assert one(high, control=Control(past_not_included=1)).expected > one(series).expected


def test_a_trend_is_kept_where_it_is_significant_and_not_beyond_what_was_ever_counted() -> None:
    month = np.arange(MONTHS)
    falling = np.random.default_rng(1).poisson(40 * np.exp(-0.01 * month))
    rising = np.random.default_rng(1).poisson(2 * np.exp(0.06 * month))
    assert one(falling).trend == pytest.approx(-0.01, abs=0.004)
    assert np.isnan(one(rising).trend)
    assert np.isnan(one(falling, control=Control(trend=False)).trend)
    assert np.isnan(one(past(20)).trend)


def test_each_reason_not_to_assess_is_told() -> None:
    whole = past(20)
    gap, closed, few = whole.copy(), whole.copy(), np.zeros(MONTHS)
    gap[-1] = np.nan
    few[-3:] = [1, 2, 1]
    structural = np.zeros((4, MONTHS), dtype=bool)
    structural[2, -1] = True
    found = one([whole, gap, closed, few], structural=structural)
    assert found.reason.tolist() == ["", Reason.GAP, Reason.INCOMPLETE_PERIOD, Reason.TOO_FEW_EVENTS]
    assert np.isnan([found.expected[1:], found.upper[1:], found.p[1:], found.q[1:], found.exceedance[1:]]).all()
    assert not found.alarm[1:].any()
    assert one(whole[-61:]).reason.tolist() == Reason.TOO_SHORT
    assert one(whole[-62:]).reason.tolist() == ""
    assert one(whole[-40:], control=Control(b=3)).reason.tolist() == ""
    holes = whole.copy()
    holes[:-8] = np.nan
    assert one(holes).reason.tolist() == Reason.TOO_SHORT
    assert one([3.0]).reason.tolist() == Reason.TOO_SHORT


def test_five_reports_in_four_months_are_enough_and_four_are_not() -> None:
    series = past(3)
    series[-4:] = [1, 1, 2, 0]
    assert one(series).reason.tolist() == Reason.TOO_FEW_EVENTS
    series[-4:] = [1, 1, 2, 1]
    assert one(series).reason.tolist() == ""


def test_reports_after_years_of_none_are_an_alarm() -> None:
    series = np.zeros(MONTHS)
    series[-1] = 6
    found = one(series)
    assert found.reason.tolist() == ""
    assert found.alarm
    assert found.expected == pytest.approx(0, abs=1e-6)


def test_no_report_is_never_an_alarm() -> None:
    series = np.zeros(MONTHS)
    series[-3] = 9
    assert not one(series, control=Control(threshold_method="delta")).alarm


def test_structural_zeros_of_the_holidays_do_not_lower_what_is_expected() -> None:
    series = past(20)
    holiday = np.isin(np.arange(MONTHS) % 12, [5, 6, 7])
    series[holiday] = 0
    first_after = 68  # its window in the years before holds one month of holidays
    told, as_zeros = one(series, at=first_after, structural=holiday), one(series, at=first_after)
    mean = np.nanmean(np.where(holiday, np.nan, series)[[8, 9, 19, 20, 21, 31, 32, 33, 44, 45, 56, 57]])
    assert told.expected == pytest.approx(mean, rel=0.15)
    assert as_zeros.expected < 0.8 * told.expected
    assert as_zeros.phi > told.phi


def test_missing_points_of_the_past_are_left_out() -> None:
    series = past(20)
    holes = series.copy()
    holes[[3, 20, 44]] = np.nan
    found = one(holes)
    assert found.reason.tolist() == ""
    assert found.expected == pytest.approx(float(one(series).expected), rel=0.1)


def test_all_counts_equal_are_expected_to_stay_so() -> None:
    found = one(np.full(MONTHS, 7))
    assert found.expected == pytest.approx(7)
    assert found.phi == 1
    assert not found.alarm


def test_a_population_that_doubles_doubles_what_is_expected() -> None:
    series = past(20)
    people = np.full(MONTHS, 1000.0)
    same = one(series, population=people)
    people[-1] = 2000
    doubled = one(series, population=people)
    assert same.expected == pytest.approx(float(one(series).expected))
    assert doubled.expected == pytest.approx(2 * float(same.expected))
    assert one(series, population=np.where(np.arange(MONTHS) == MONTHS - 1, 0, people)).reason == Reason.GAP


def test_a_series_gets_the_same_answer_alone_as_among_others_in_any_shape() -> None:
    series = np.array([past(level, seed=level) for level in (3, 8, 20, 60, 5, 9)])
    together = one(series.reshape(2, 3, MONTHS))
    assert together.expected.shape == (2, 3)
    alone = np.array([float(one(y).expected) for y in series])
    np.testing.assert_allclose(together.expected.ravel(), alone, rtol=1e-7)


def test_an_earlier_point_is_judged_by_what_was_known_then() -> None:
    series = past(20, months=90)
    then = one(series, at=79)
    changed = series.copy()
    changed[80:] = 500
    assert one(changed, at=79).upper == then.upper == one(series[:80]).upper


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="series must not be negative"):
        one([*past(5), -1])
