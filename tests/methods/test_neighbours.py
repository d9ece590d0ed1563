import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.methods import neighbours
from riskmap.methods.neighbours import among, contiguity, row_standardised, weighted


def test_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(neighbours).failed == 0


@given(st.integers(2, 12).flatmap(lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))))
def test_neighbours_are_mutual_and_counted_once_however_often_a_pair_is_told(pairs: list[tuple[int, int]]) -> None:
    pairs = [(a, b) for a, b in pairs if a != b]
    dense = contiguity(pairs + pairs, areas=12).matrix().toarray()
    expected = np.zeros((12, 12))
    for a, b in pairs:
        expected[a, b] = expected[b, a] = 1
    np.testing.assert_array_equal(dense, expected)


def test_declared_pairs_join_a_city_to_the_districts_around_it() -> None:
    city = 3
    borders = contiguity([(0, 1), (1, 2)], areas=4)
    assert borders.islands.tolist() == [False, False, False, True]
    joined = contiguity([(0, 1), (1, 2)], areas=4, declared=[(city, 0), (city, 2)])
    assert joined.counts.tolist() == [2, 2, 2, 2]


def test_rows_sum_to_one_and_islands_stay_without_weights() -> None:
    near = row_standardised(contiguity([(0, 1), (1, 2), (1, 3)], areas=5))
    np.testing.assert_allclose(near.matrix().sum(axis=1), [1, 1, 1, 1, 0])
    assert near.islands.tolist() == [False] * 4 + [True]


def test_what_is_left_of_a_row_sums_to_one_again_and_binary_weights_stay_binary() -> None:
    binary = contiguity([(0, 1), (1, 2), (1, 3)], areas=4)
    kept = np.array([True, True, True, False])
    assert among(row_standardised(binary), kept).weights.tolist() == [1, 0.5, 0.5, 1]
    assert among(binary, kept).weights.tolist() == [1, 1, 1, 1]


def test_lists_need_not_be_mutual() -> None:
    dense = weighted([[1, 2], [], [1]], [[0.2, 0.7], [], [1]]).matrix().toarray()
    assert dense.tolist() == [[0, 0.2, 0.7], [0, 0, 0], [0, 1, 0]]


def test_a_single_area_is_an_island() -> None:
    assert contiguity([], areas=1).islands.tolist() == [True]
    assert contiguity([], areas=0).size == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: contiguity([(0, 4)], areas=4), "between 0 and 3"),
        (lambda: contiguity([(-1, 2)], areas=4), "between 0 and 3"),
        (lambda: contiguity([(2, 2)], areas=4), "its own neighbour"),
        (lambda: weighted([[0]]), "its own neighbour"),
        (lambda: weighted([[1, 1], []]), "twice"),
        (lambda: weighted([[1], []], [[0], []]), "above 0"),
        (lambda: weighted([[1], [0]], [[1], []]), "one weight"),
    ],
)
def test_neighbours_that_cannot_be_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
