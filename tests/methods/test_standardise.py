import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import standardise
from riskmap.methods.rates import Rate, crude_rate, garwood_limits
from riskmap.methods.standardise import (
    directly_standardised_rate,
    expected_events,
    indirectly_standardised_rate,
    repeat_event_variance,
    standardised_ratio,
)

# UKHSA, R package PHEindicatormethods, vignette on standardised rates, with the European Standard Population 2013.
DEATHS = [1, 1, 0, 0, 0, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 8, 8, 8, 8]
PEOPLE = [30, 35, 35, 35, 40, 40, 45, 50, 50, 50, 60, 60, 70, 75, 70, 60, 20, 20, 15]
EUROPE = [5, 5.5, 5.5, 5.5, 6, 6, 6.5, 7, 7, 7, 7, 6.5, 6, 5.5, 5, 4, 2.5, 1.5, 1]

categories = st.lists(st.tuples(st.floats(0, 500), st.floats(1, 1e6), st.floats(0.1, 1e5)), min_size=1, max_size=8).map(
    lambda rows: np.array(rows).T
)


def numbers(rate: Rate) -> Any:
    return np.array([rate.value, rate.lower, rate.upper])


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(standardise)
    assert outcome.attempted >= 9
    assert outcome.failed == 0


def test_the_published_rate_is_met_in_any_unit_of_the_standard() -> None:
    for unit in (1, 1000):
        rate = directly_standardised_rate(DEATHS, PEOPLE, np.array(EUROPE) * unit)
        np.testing.assert_allclose(numbers(rate), [8283.016, 6570.819, 10289.65], rtol=1e-6)


def test_the_value_is_the_textbook_weighted_mean() -> None:
    # Altman and Gardner, Statistics with Confidence, 1989, p. 62: data; by hand: 380.80.. / 6626 = 5.747 %.
    rate = directly_standardised_rate([4, 13, 8, 7], [96, 237, 105, 32], [2773, 2556, 1113, 184], multiplier=100)
    assert rate.value == pytest.approx(
        100 * (2773 * 4 / 96 + 2556 * 13 / 237 + 1113 * 8 / 105 + 184 * 7 / 32) / 6626, rel=1e-12
    )


@given(categories)
def test_one_category_has_the_crude_rate_with_its_limits(rows: Any) -> None:
    events, people, standard = rows[:, :1]
    rate = directly_standardised_rate(events, people, standard)
    crude = crude_rate(events[0], people[0])
    expected = numbers(crude) if events[0] >= 10 else np.full(3, np.nan)
    np.testing.assert_allclose(numbers(rate), expected, rtol=1e-9)


@settings(max_examples=40)
@given(categories)
def test_the_order_of_categories_and_the_units_of_people_do_not_matter(rows: Any) -> None:
    events, people, standard = rows
    here = numbers(directly_standardised_rate(events, people, standard))
    there = directly_standardised_rate(events[::-1], people[::-1] * 12, standard[::-1] * 7, multiplier=1_200_000)
    np.testing.assert_allclose(here, numbers(there), rtol=1e-9)


@given(categories)
def test_the_rate_lies_within_its_limits_and_these_within_reach(rows: Any) -> None:
    rate = directly_standardised_rate(*rows)
    if rows[0].sum() < 10:
        assert np.isnan(numbers(rate)).all()
    else:
        assert 0 <= rate.lower <= rate.value <= rate.upper < np.inf


def test_fewer_than_ten_events_give_no_rate_and_leave_other_areas_alone() -> None:
    events = np.array([[4, 5], [5, 5], [0, 0]])
    rate = directly_standardised_rate(events, [1000, 2000], [1, 1])
    assert np.isnan(numbers(rate)[:, [0, 2]]).all()
    np.testing.assert_array_equal(
        numbers(rate)[:, 1], numbers(directly_standardised_rate(events[1], [1000, 2000], [1, 1]))
    )


def test_fractional_events_count_towards_the_ten() -> None:
    assert np.isnan(directly_standardised_rate([4.9, 5], [100, 100], [1, 1]).value)
    assert not np.isnan(directly_standardised_rate([5, 5.0], [100, 100], [1, 1]).value)


def test_a_missing_category_gives_no_rate_where_another_package_reads_none() -> None:
    # PHEindicatormethods turns a missing number of events into 0 (na.zero in its DSR function).
    missing = directly_standardised_rate([20, np.nan], [100, 100], [1, 1])
    zero = directly_standardised_rate([20, 0], [100, 100], [1, 1])
    assert np.isnan(numbers(missing)).all()
    assert zero.value == 10_000


def test_a_category_without_people_has_no_rate_unless_the_standard_has_none_there() -> None:
    assert np.isnan(directly_standardised_rate([20, 0], [100, 0], [1, 1]).value)
    without = directly_standardised_rate([20, 3], [100, 0], [1, 0])
    np.testing.assert_array_equal(numbers(without), numbers(directly_standardised_rate([20], [100], [1])))


def test_repeated_events_widen_the_interval_by_the_root_of_their_variance() -> None:
    # 30 events of 20 children, ten of whom had two: variance 10 + 4 * 10 = 50 in place of 30.
    variance = repeat_event_variance([[10, 10]], [1, 2])
    plain = directly_standardised_rate([30], [1000], [1])
    repeated = directly_standardised_rate([30], [1000], [1], event_variance=variance)
    assert repeated.value == plain.value
    np.testing.assert_allclose(repeated.upper - plain.value, (plain.upper - plain.value) * np.sqrt(50 / 30))
    np.testing.assert_allclose(plain.value - repeated.lower, (plain.value - plain.lower) * np.sqrt(50 / 30))


def test_events_of_different_persons_have_their_number_as_variance() -> None:
    assert repeat_event_variance([17, 0, 0], [1, 2, 3]) == 17
    assert repeat_event_variance([0, 0], [1, 2]) == 0
    assert np.isnan(repeat_event_variance([1, np.nan], [1, 2]))


def test_a_lower_limit_is_never_below_nought() -> None:
    rate = directly_standardised_rate([11, 1], [1e6, 10], [1, 1000])
    assert rate.lower == 0


@given(categories)
def test_the_reference_has_ratio_one_and_its_own_crude_rate(rows: Any) -> None:
    events, people, _ = rows
    expected = expected_events(people, reference_events=events, reference_population=people)
    total = events.sum()
    if total > 0:
        ratio = standardised_ratio(total, expected)
        rate = indirectly_standardised_rate(total, expected, reference_rate=total / people.sum() * 1000)
        assert ratio.value == pytest.approx(1)
        assert rate.value == pytest.approx(crude_rate(total, people.sum(), multiplier=1000).value)


def test_a_ratio_has_the_exact_limits_of_few_events() -> None:
    ratio = standardised_ratio([0, 4], [2, 3.3])
    exact = garwood_limits([0, 4])
    np.testing.assert_allclose(ratio.upper, exact.upper / [2, 3.3])
    np.testing.assert_allclose(ratio.lower, exact.lower / [2, 3.3])
    assert ratio.lower[0] == 0


def test_nobody_in_a_category_adds_nothing_expected_and_no_reference_there_is_missing() -> None:
    assert expected_events([0, 100], reference_events=[5, 10], reference_population=[0, 100]) == 10
    assert np.isnan(expected_events([1, 100], reference_events=[5, 10], reference_population=[0, 100]))
    assert np.isnan(standardised_ratio(5, 0).value)
    assert np.isnan(expected_events([1, np.nan], reference_events=[5, 10], reference_population=[10, 100]))


@pytest.mark.parametrize("standard", [[0, 0], 1, [[1, 1], [0, 0]]])
def test_a_standard_without_weight_is_refused(standard: Any) -> None:
    with pytest.raises(ValueError, match="standard must have a category axis and a sum above 0"):
        directly_standardised_rate([10, 10], [100, 100], standard)


def test_negative_and_unknown_numbers_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"events must not be negative, found -1\.0 at position 0"):
        directly_standardised_rate([-1, 10], [100, 100], [1, 1])
    with pytest.raises(ValueError, match="population must not be negative"):
        directly_standardised_rate([1, 10], [100, -100], [1, 1])
    with pytest.raises(ValueError, match="standard must be known"):
        directly_standardised_rate([1, 10], [100, 100], [1, np.nan])
    with pytest.raises(ValueError, match="expected must not be negative"):
        standardised_ratio(1, -1)
    with pytest.raises(ValueError, match="reference_rate must be a number above 0"):
        indirectly_standardised_rate(1, 1, reference_rate=0)
