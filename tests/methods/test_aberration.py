import doctest
import json
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist, mean, stdev
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import aberration
from riskmap.methods.aberration import cusum, ears_c1, ears_c2, ears_c3, in_control

series = st.lists(st.integers(0, 40), min_size=13, max_size=30)


def test_the_published_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(aberration)
    assert outcome.attempted >= 5
    assert outcome.failed == 0


def test_salmonella_newport_has_the_published_bounds(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/e1_ears_c1_newport.json").read_text(encoding="utf-8"))
    given_, expected = case["input"], case["expected"]
    limit = NormalDist().inv_cdf(1 - given_["alpha"])
    found = ears_c1(given_["counts"], baseline=given_["baseline"], threshold=limit)
    places = given_["monitored_index_0based"]
    np.testing.assert_allclose(found.upper[places], expected["upperbound"], atol=1e-6)
    assert found.alarm[places].tolist() == [bool(alarm) for alarm in expected["alarm"]]


def test_the_tabular_sum_is_the_published_one(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/e9_cusum_tabular.json").read_text(encoding="utf-8"))
    options = {key: case["input"][key] for key in ("mu", "sd", "k", "h", "reset_on_alarm")}
    found = cusum(case["input"]["x"], mean=options.pop("mu"), **options)
    np.testing.assert_allclose(found.sum, case["expected"]["S"], atol=1e-9)
    assert found.alarm.tolist() == [bool(alarm) for alarm in case["expected"]["alarm"]]


def c2_by_hand(y: list[int], t: int) -> float:
    window = y[t - 9 : t - 2]
    return (y[t] - mean(window)) / stdev(window) if stdev(window) else float("nan")


@settings(max_examples=30)
@given(series)
def test_all_three_are_what_their_definitions_say(y: list[int]) -> None:
    first, second, third = ears_c1(y), ears_c2(y), ears_c3(y)
    for t in range(11, len(y)):
        window = y[t - 7 : t]
        if stdev(window):
            assert first.statistic[t] == pytest.approx((y[t] - mean(window)) / stdev(window))
        steps = [c2_by_hand(y, t - back) for back in (2, 1, 0)]
        np.testing.assert_allclose(second.statistic[t], steps[2], rtol=1e-9, atol=1e-9)
        total = sum(max(0, step - 1) if step == step else step for step in steps)
        np.testing.assert_allclose(third.statistic[t], total, rtol=1e-9, atol=1e-9)


@settings(max_examples=30)
@given(series)
def test_an_alarm_is_a_count_above_the_upper_bound(y: list[int]) -> None:
    for found in (ears_c1(y), ears_c2(y), ears_c3(y)):
        known = ~np.isnan(found.statistic) & (np.abs(np.array(y) - found.upper) > 1e-9)
        np.testing.assert_array_equal(found.alarm[known], (np.array(y) > found.upper)[known])
        assert not found.alarm[np.isnan(found.statistic)].any()


def test_c3_alarms_by_two_high_points_before_it_whatever_comes_then() -> None:
    y = [1, 2, 3, 1, 2, 3, 1, 2, 2, 9, 9, 0]
    found = ears_c3(y)
    assert found.alarm[-1]
    assert found.upper[-1] == -np.inf


@pytest.mark.parametrize(("method", "first"), [(ears_c1, 7), (ears_c2, 9), (ears_c3, 11)])
def test_the_first_answers_come_when_the_baseline_is_full(method: Any, first: int) -> None:
    y = np.random.default_rng(0).poisson(9, 15)
    assert np.flatnonzero(~np.isnan(method(y).statistic))[0] == first
    assert np.isnan(method(y[:first]).statistic).all()
    assert np.isnan(method(y[:1]).statistic).all()


def test_a_flat_baseline_is_told_and_raises_no_alarm() -> None:
    for y in ([0] * 9 + [1], [0.1] * 9 + [5]):
        for method in (ears_c1, ears_c2):
            found = method(y)
            assert found.flat[-1]
            assert np.isnan(found.statistic[-1])
            assert found.upper[-1] == pytest.approx(y[0])
            assert not found.alarm[-1]
    after = ears_c3([0] * 12 + [3, 3])
    assert np.isnan(after.statistic[-1])
    assert not after.alarm.any()


def test_a_least_standard_deviation_lets_a_flat_baseline_be_judged() -> None:
    found = ears_c1([0] * 9 + [1, 2], min_sigma=0.5)
    assert found.statistic[9] == 2
    assert not found.alarm[9]
    assert not found.flat.any()
    assert ears_c1([0] * 9 + [2], min_sigma=0.5).alarm[9]


def test_a_missing_point_has_no_answer_and_spoils_the_baselines_it_belongs_to() -> None:
    y = np.random.default_rng(0).poisson(9, 30).astype(float)
    whole = ears_c1(y)
    y[12] = np.nan
    found = ears_c1(y)
    assert np.isnan(found.statistic[12:20]).all()
    np.testing.assert_array_equal(found.statistic[20:], whole.statistic[20:])
    assert not found.alarm[12:20].any()
    assert not found.flat[12:20].any()


@settings(max_examples=30)
@given(st.lists(series.map(lambda y: y[:13]), min_size=2, max_size=4))
def test_series_do_not_influence_each_other(many: list[list[int]]) -> None:
    for method in (ears_c1, ears_c2, ears_c3):
        np.testing.assert_array_equal(method(many).statistic, [method(y).statistic for y in many])


@settings(max_examples=30)
@given(series, st.integers(2, 50))
def test_the_statistics_do_not_depend_on_the_unit(y: list[int], factor: int) -> None:
    for method in (ears_c1, ears_c2, ears_c3):
        scaled = method(np.array(y) * factor).statistic
        np.testing.assert_allclose(scaled, method(y).statistic, rtol=1e-9, atol=1e-9)


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(ValueError, match=r"series must not be negative, found -1.0 at position 1"):
        ears_c1([3, -1])
    with pytest.raises(ValueError, match="at least 3 points"):
        ears_c2([1, 2, 3], baseline=2)
    with pytest.raises(ValueError, match="min_sigma"):
        ears_c3([1, 2, 3], min_sigma=-1)


def test_after_an_alarm_the_sum_begins_anew_where_asked() -> None:
    x = [4, 9, 9, 9, 4]
    assert cusum(x, mean=4, sd=2, k=0.5, h=3).sum.tolist() == [0, 2, 4, 6, 5.5]
    again = cusum(x, mean=4, sd=2, k=0.5, h=3, reset_on_alarm=True)
    assert again.sum.tolist() == [0, 2, 4, 2, 1.5]
    assert again.alarm.tolist() == [False, False, True, False, False]


def test_the_limit_itself_is_no_alarm() -> None:
    assert not cusum([5, 5], mean=4, sd=1, k=0, h=2).alarm.any()


def test_a_missing_value_leaves_the_sum_as_it_was() -> None:
    found = cusum([9, np.nan, 9], mean=4, sd=2, h=3)
    np.testing.assert_array_equal(found.sum, [2, np.nan, 4])
    assert found.alarm.tolist() == [False, False, True]


def test_each_series_has_its_own_mean_that_stays_what_it_was() -> None:
    x = np.array([[1, 2, 3, 10, 10, 10], [10, 20, 30, 20, 20, 20]])
    center, spread = in_control(x, points=3)
    found = cusum(x, mean=center, sd=spread)
    assert found.sum[0].tolist() == [0, 0, 0.5, 8, 15.5, 23]
    assert found.sum[1].tolist() == [0, 0, 0.5, 0, 0, 0]


def test_without_variation_there_is_no_sum() -> None:
    found = cusum([[1, 5], [1, 5]], mean=[1, 1], sd=np.array([0, np.nan]))
    assert np.isnan(found.sum).all()
    assert not found.alarm.any()
    assert np.isnan(in_control([1, np.nan, 3], points=3)).all()
    with pytest.raises(ValueError, match="from 2 to 3 points"):
        in_control([1, 2, 3], points=4)
    with pytest.raises(ValueError, match="sd must not be negative"):
        cusum([1], mean=0, sd=-1)
