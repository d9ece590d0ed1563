import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from riskmap.methods import silence as module
from riskmap.methods.silence import probability_of_so_few, silence

districts = st.lists(st.tuples(st.integers(0, 40) | st.just(np.nan), st.integers(0, 5000)), min_size=1, max_size=12)


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted >= 3
    assert outcome.failed == 0


@settings(max_examples=40)
@given(st.integers(0, 60), st.floats(0.001, 60), st.floats(0.001, 5))
def test_probabilities_are_those_of_the_two_distributions(events: int, expected: float, dispersion: float) -> None:
    assert probability_of_so_few(events, expected) == pytest.approx(poisson.cdf(events, expected), rel=1e-9)
    size = 1 / dispersion
    theirs = nbinom.cdf(events, size, size / (size + expected))
    assert probability_of_so_few(events, expected, dispersion=dispersion) == pytest.approx(theirs, rel=1e-7)


@given(st.integers(0, 20), st.floats(0.1, 60))
def test_with_hardly_any_dispersion_it_is_poisson(events: int, expected: float) -> None:
    near = probability_of_so_few(events, expected, dispersion=1e-9)
    assert near == pytest.approx(probability_of_so_few(events, expected), rel=1e-4, abs=1e-12)


def test_nothing_expected_is_never_surprising() -> None:
    for dispersion in (0, 0.5):
        np.testing.assert_array_equal(probability_of_so_few([0, 3], 0, dispersion=dispersion), [1, 1])


def test_fractional_events_lie_between_whole_ones() -> None:
    for dispersion in (0, 0.3):
        assert (np.diff(probability_of_so_few([2, 2.5, 3], 7, dispersion=dispersion)) > 0).all()


def test_dispersed_districts_make_silence_less_surprising() -> None:
    assert silence([0, 30, 30], [100] * 3).is_flagged[0]
    assert not silence([0, 3, 9], [100] * 3, dispersion=1).is_flagged[0]


def test_none_of_four_point_seven_expected_is_flagged_and_of_four_point_five_not() -> None:
    # ln 100 = 4.605.
    assert silence([0, 47], [100, 1000]).is_flagged.tolist() == [True, False]
    assert silence([0, 45], [100, 1000]).is_flagged.tolist() == [False, False]


def test_a_district_does_not_lower_the_rate_it_is_judged_by() -> None:
    found = silence([0, 10, 10], [8000, 1000, 1000])
    assert found.expected[0] == 80
    assert found.is_flagged[0]


def test_not_reported_is_not_silent_and_is_compared_with_nobody() -> None:
    found = silence([np.nan, 10, 0], [1000, 1000, 1000])
    assert np.isnan([found.expected[0], found.probability[0]]).all()
    assert found.is_flagged.tolist() == [False, False, True]
    assert found.expected[2] == 10


def test_only_the_districts_of_a_group_are_compared() -> None:
    events, people = [0, 1, 0, 40, 7], [1000] * 5
    found = silence(events, people, groups=["rural", "rural", "city", "city", "alone"])
    np.testing.assert_array_equal(found.expected, [1, 0, 40, 0, np.nan])
    assert found.is_flagged.tolist() == [False, False, True, False, False]


def test_a_single_district_and_one_without_people_cannot_be_judged() -> None:
    assert np.isnan(silence([0], [1000]).probability).all()
    found = silence([0, 5, 5], [0, 100, 100])
    assert np.isnan(found.probability[0])
    assert not found.is_flagged.any()


def test_no_events_anywhere_and_all_equal_flag_nobody() -> None:
    np.testing.assert_array_equal(silence([0, 0], [100, 100]).probability, [1, 1])
    assert not silence([50, 50, 50], [1000] * 3).is_flagged.any()


@settings(max_examples=40)
@given(districts, st.randoms())
def test_order_and_units_of_people_do_not_matter(rows: list[tuple[float, int]], random: Any) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    (events, people), (counts, persons) = np.array(rows).T, np.array([rows[i] for i in order]).T
    here, there = silence(events, people), silence(counts, persons * 1000)
    np.testing.assert_allclose(here.probability[order], there.probability, rtol=1e-9)
    known = ~np.isnan(here.probability)
    assert ((here.probability[known] >= 0) & (here.probability[known] <= 1)).all()
    assert not here.is_flagged[~known].any()


def test_wrong_arguments_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="events must not be negative"):
        silence([-1, 2], [5, 5])
    with pytest.raises(ValueError, match="dispersion must be a number from 0 on"):
        probability_of_so_few(1, 1, dispersion=-1)
    with pytest.raises(ValueError, match="threshold must lie between 0 and 1"):
        silence([1, 2], [5, 5], threshold=1)
    with pytest.raises(ValueError, match="groups must be given for each of 2 districts"):
        silence([1, 2], [5, 5], groups=["one"])
    with pytest.raises(ValueError, match="districts must lie on one axis"):
        silence([[1, 2]], [5, 5])
