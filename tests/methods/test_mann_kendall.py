import doctest
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from riskmap.methods import mann_kendall as module
from riskmap.methods.mann_kendall import (
    MannKendall,
    SenSlope,
    mann_kendall,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    sen_slope,
)
from riskmap.methods.refusals import Reason, Refused

GOLDEN = Path(__file__).resolve().parent.parent / "golden"

# Few different values, so that ties are the rule.
tied = st.integers(0, 5).map(float)
series = st.lists(tied, min_size=4, max_size=14)
tables = st.integers(3, 8).flatmap(
    lambda years: st.lists(st.lists(tied | st.just(np.nan), min_size=3, max_size=3), min_size=years, max_size=years)
)


def judged(answer: MannKendall | Refused) -> MannKendall:
    assert isinstance(answer, MannKendall)
    return answer


def sloped(answer: SenSlope | Refused) -> SenSlope:
    assert isinstance(answer, SenSlope)
    return answer


def nottingham() -> Any:
    return json.loads((GOLDEN / "seasonal_trend.json").read_text(encoding="utf-8"))


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 6
    assert outcome.failed == 0


def test_the_published_series_has_the_published_score(shared_file: Callable[[str], Path]) -> None:
    case = json.loads(shared_file("cases/g1_mann_kendall_epa.json").read_text(encoding="utf-8"))
    test, expected = judged(mann_kendall(case["input"]["x"])), case["expected"]
    for name, value in (("S", test.s), ("varS", test.variance), ("Z", test.z), ("p_two_sided", test.p)):
        assert value == pytest.approx(expected[name], rel=1e-9)
    assert test.z == pytest.approx(expected["published_Z"], abs=case["tolerance"]["abs"])


def test_the_seasonal_test_is_that_of_r() -> None:
    known = nottingham()
    test = judged(seasonal_mann_kendall(known["rows"]))
    assert (test.s, test.variance) == (known["s"], known["variance"])
    assert test.z == pytest.approx(known["z"], abs=5e-5)


def test_correlated_seasons_have_the_variance_of_r_and_the_correction_it_leaves_out() -> None:
    known = nottingham()
    test = judged(seasonal_mann_kendall(known["rows"], correlated_seasons=True))
    assert test.variance == pytest.approx(known["variance_with_correlated_seasons"], abs=0.005)
    theirs = known["z_with_correlated_seasons_without_correction_for_continuity"]
    assert test.s / test.variance**0.5 == pytest.approx(theirs, abs=5e-5)
    assert test.z == pytest.approx((test.s - 1) / test.variance**0.5)


@pytest.mark.parametrize(
    ("values", "one_sided"),
    [([1, 2, 3, 4], 0.042), ([1, 2, 4, 3], 0.167), ([1, 2, 3, 4, 5], 0.0083), ([1, 2, 3, 5, 4], 0.042)],
)
def test_exact_probabilities_are_those_of_the_tables_of_kendall(values: list[int], one_sided: float) -> None:
    exact = judged(mann_kendall(values)).exact_p
    assert exact is not None
    assert exact / 2 == pytest.approx(one_sided, abs=5e-4)


@settings(max_examples=40)
@given(st.permutations(range(7)))
def test_the_exact_probability_is_that_of_all_orders(values: list[int]) -> None:
    expected = kendalltau(range(7), values, method="exact").pvalue
    assert judged(mann_kendall(values)).exact_p == pytest.approx(min(expected, 1))


def test_ties_and_long_series_have_no_exact_probability() -> None:
    assert judged(mann_kendall([1, 1, 2, 3])).exact_p is None
    assert judged(mann_kendall(range(11))).exact_p is None
    assert judged(mann_kendall(range(10))).exact_p == pytest.approx(2 / 3628800)


@settings(max_examples=20)
@given(st.lists(tied, min_size=4, max_size=5))
def test_the_variance_is_that_of_all_orders_with_ties(values: list[float]) -> None:
    scores = [judged(mann_kendall(order)).s for order in itertools.permutations(values)]
    assert judged(mann_kendall(values)).variance == pytest.approx(np.mean(np.square(scores)))


@given(series)
def test_a_series_run_backwards_has_the_opposite_score(values: list[float]) -> None:
    here, there = judged(mann_kendall(values)), judged(mann_kendall(values[::-1]))
    assert (here.s, here.z, here.tau) == (-there.s, -there.z, -there.tau)
    assert here.p == there.p
    assert 0 < here.p <= 1
    assert -1 <= here.tau <= 1


@settings(max_examples=40)
@given(series, st.floats(0.001, 1000))
def test_units_change_the_slope_alone(values: list[float], unit: float) -> None:
    other = np.array(values) * unit
    assert mann_kendall(values) == mann_kendall(other)
    here, there = sloped(sen_slope(values)), sloped(sen_slope(other))
    np.testing.assert_allclose(
        (there.slope, there.lower, there.upper),
        np.array((here.slope, here.lower, here.upper)) * unit,
        rtol=1e-9,
        atol=1e-12 * unit,
    )


@settings(max_examples=40)
@given(series, st.data())
def test_a_missing_value_is_left_out(values: list[float], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(values)))
    gap = [*values[:place], np.nan, *values[place:]]
    assert mann_kendall(gap) == mann_kendall(values)
    times = [time for time in range(len(gap)) if time != place]
    here, there = sloped(sen_slope(gap)), sloped(sen_slope(values, times=times))
    assert here == there


@pytest.mark.parametrize("value", [0, 7.5])
def test_equal_values_have_no_trend(value: float) -> None:
    test = judged(mann_kendall([value] * 6))
    assert (test.s, test.z, test.p, test.tau) == (0, 0, 1, 0)
    assert judged(seasonal_mann_kendall([[value, value]] * 4, correlated_seasons=True)).p == 1
    slope = sloped(sen_slope([value] * 6))
    assert (slope.slope, slope.lower, slope.upper, slope.intercept) == (0, 0, 0, value)


@settings(max_examples=40)
@given(tables)
def test_with_one_season_the_covariances_change_nothing(rows: list[list[float]]) -> None:
    column = np.array(rows)[:, :1]
    assert seasonal_mann_kendall(column) == seasonal_mann_kendall(column, correlated_seasons=True)


@settings(max_examples=40)
@given(tables)
def test_the_order_of_seasons_does_not_matter(rows: list[list[float]]) -> None:
    table = np.array(rows)
    for correlated in (False, True):
        here, there = (seasonal_mann_kendall(t, correlated_seasons=correlated) for t in (table, table[:, ::-1]))
        if isinstance(here, Refused):
            assert here == there
        else:
            assert judged(there).variance == pytest.approx(here.variance)
            assert judged(there).s == here.s
            assert 0 < here.p <= 1


def test_two_seasons_that_go_together_count_as_one() -> None:
    # The covariance of a season with its copy is its variance, ties included: Var(2S) = 4 Var(S).
    season = np.array([3, 1, 1, 5, 4, 4, 4, 9, 2, 7.0])
    alone = judged(mann_kendall(season))
    twice = np.column_stack([season, season])
    assert judged(seasonal_mann_kendall(twice)).variance == pytest.approx(2 * alone.variance)
    assert judged(seasonal_mann_kendall(twice, correlated_seasons=True)).variance == pytest.approx(4 * alone.variance)


def test_missing_values_leave_the_covariance_of_a_season_with_its_copy_its_variance() -> None:
    season = np.array([3, np.nan, 1, 5, 4, np.nan, 4, 9, 2, 7.0])
    alone = judged(mann_kendall(season))
    twice = np.column_stack([season, season])
    found = judged(seasonal_mann_kendall(twice, correlated_seasons=True))
    # Years in which both are missing hold the middle rank twice, which adds to products and to their expectation alike.
    years = np.column_stack([season, season])[~np.isnan(season)]
    assert judged(seasonal_mann_kendall(years, correlated_seasons=True)).variance == pytest.approx(4 * alone.variance)
    assert found.variance == pytest.approx(4 * alone.variance)


def test_a_pattern_within_the_year_is_no_trend() -> None:
    table = np.tile([5.0, 9, 1, 0], (6, 1))
    assert judged(seasonal_mann_kendall(table)).s == 0
    assert sloped(seasonal_sen_slope(table)).slope == 0


@settings(max_examples=40)
@given(series, st.floats(0.5, 0.99))
def test_the_slope_is_that_of_scipy_and_lies_within_its_limits(values: list[float], confidence: float) -> None:
    found = sloped(sen_slope(values, confidence=confidence))
    assert found.slope == pytest.approx(theilslopes(values)[0])
    assert found.intercept == pytest.approx(theilslopes(values)[1])
    assert found.lower <= found.slope <= found.upper


def test_limits_lie_between_ranks_where_scipy_rounds_them() -> None:
    # Ten values rise without ties: Var(S) = 125, 45 slopes, C = 1.959964 * 11.18034 = 21.9131, ranks 11.54 and 34.46.
    values = np.array([2, 3, 5, 4, 8, 11, 9, 15, 13, 20.0])
    slopes = np.sort([(values[j] - values[i]) / (j - i) for i in range(10) for j in range(i + 1, 10)])
    found = sloped(sen_slope(values))
    lower, upper = (45 - 21.91306) / 2, (45 + 21.91306) / 2 + 1
    for limit, rank in ((found.lower, lower), (found.upper, upper)):
        below = int(rank)
        assert limit == pytest.approx(
            slopes[below - 1] + (rank - below) * (slopes[below] - slopes[below - 1]), rel=1e-5
        )
    _, _, low, high = theilslopes(values, alpha=0.95)
    assert low != found.lower
    assert slopes[10] <= min(low, found.lower) <= max(low, found.lower) <= slopes[12]
    assert slopes[32] <= min(high, found.upper) <= max(high, found.upper) <= slopes[34]


def test_few_values_leave_the_slope_without_limits() -> None:
    found = sloped(sen_slope([1, 2, 4, 3], confidence=0.998))
    assert (found.lower, found.upper) == (-np.inf, np.inf)


def test_the_line_passes_through_the_medians() -> None:
    found = sloped(sen_slope([5, 7, 9, 11, 13], times=[2000, 2001, 2002, 2003, 2004]))
    assert (found.slope, found.intercept) == (2, 9 - 2 * 2002)


def test_slopes_of_seasons_are_pooled() -> None:
    table = np.array([[1, 20, np.nan], [2, 30, 7], [4, 40, 9], [5, np.nan, 8]])
    expected = [
        (season[j] - season[i]) / (j - i)
        for season in table.T
        for i, j in itertools.combinations(range(4), 2)
        if not np.isnan(season[[i, j]]).any()
    ]
    assert sloped(seasonal_sen_slope(table)).slope == pytest.approx(np.median(expected))


def test_too_little_of_a_series_is_refused() -> None:
    refused = Refused(Reason.TOO_SHORT)
    for values in ([], [1, 2, 3], [1, np.nan, 2, 3, np.nan]):
        assert mann_kendall(values) == refused
        assert sen_slope(values) == refused
    short = [[[1, 2], [2, 3]], [[1, 2], [2, 3], [np.nan, np.nan]], [[1, np.nan, np.nan], [np.nan, 2, np.nan]]]
    for table in map(np.array, short):
        assert seasonal_mann_kendall(table) == refused
        assert seasonal_sen_slope(table) == refused
    diagonal = np.where(np.eye(3) > 0, 1, np.nan)
    assert seasonal_mann_kendall(diagonal) == refused


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="values must be finite"):
        mann_kendall([1, 2, 3, np.inf])
    with pytest.raises(ValueError, match="a series lies on one axis"):
        mann_kendall([[1, 2, 3, 4]])
    with pytest.raises(ValueError, match="years and seasons need two axes"):
        seasonal_mann_kendall([1, 2, 3, 4])
    with pytest.raises(ValueError, match="times must rise"):
        sen_slope([1, 2, 3, 4], times=[1, 2, 2, 3])
    with pytest.raises(ValueError, match="values and times must lie on one axis"):
        sen_slope([1, 2, 3, 4], times=[1, 2])
    with pytest.raises(ValueError, match="confidence"):
        sen_slope([1, 2, 3, 4], confidence=95)
