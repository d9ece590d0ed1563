import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from riskmap.methods import discovery
from riskmap.methods.discovery import benjamini_hochberg

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_the_published_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(discovery).failed == 0


@given(p_values)
def test_adjusted_p_values_are_those_of_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-12)


@given(p_values)
def test_a_missing_test_stays_missing_and_does_not_count(p: list[float]) -> None:
    found = benjamini_hochberg([np.nan, *p, np.nan])
    assert np.isnan(found[[0, -1]]).all()
    np.testing.assert_array_equal(found[1:-1], benjamini_hochberg(p))


def test_the_shape_is_kept_and_all_tests_count_together() -> None:
    p = np.array([[0.01, 0.02], [0.03, 0.9]])
    np.testing.assert_allclose(benjamini_hochberg(p), [[0.04, 0.04], [0.04, 0.9]])


def test_no_tests_one_test_and_equal_tests() -> None:
    assert benjamini_hochberg([]).shape == (0,)
    assert benjamini_hochberg([0.2]) == 0.2
    assert benjamini_hochberg([0.3] * 5).tolist() == [0.3] * 5


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.2, 1.1])
