import doctest
import itertools
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.methods import breaks
from riskmap.methods.breaks import NO_CLASS, classify, round_breaks

numbers = st.floats(-1e9, 1e9)
# Few different values, so that ties are the rule.
tied_numbers = st.integers(0, 6).map(lambda n: n / 2)
class_limits = st.lists(numbers, unique=True, max_size=8).map(sorted)
class_numbers = st.integers(1, 9)


def sizes(values: Any, limits: tuple[float, ...]) -> list[int]:
    return [int(size) for size in np.bincount(classify(values, limits), minlength=len(limits) + 1)]


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(breaks)
    assert outcome.attempted >= 2
    assert outcome.failed == 0


def test_a_value_on_a_limit_belongs_to_the_class_above() -> None:
    assert classify([4.999, 5, 9.999, 10, 11], (5, 10)).tolist() == [0, 1, 1, 2, 2]


def test_missing_and_masked_values_have_no_class() -> None:
    assert classify([1, np.nan], (5,)).tolist() == [0, NO_CLASS]
    assert classify(np.array([1, None]), (5,)).tolist() == [0, NO_CLASS]
    assert classify(np.ma.masked_array([1, 9], mask=[False, True]), (5,)).tolist() == [0, NO_CLASS]


def test_without_limits_every_number_is_in_the_one_class() -> None:
    assert classify([0, 7, np.nan], ()).tolist() == [0, 0, NO_CLASS]


def test_zero_is_a_value_with_a_class() -> None:
    assert classify([0, 0.0, -0.0], (0, 5)).tolist() == [1, 1, 1]


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 3)])
def test_classes_have_the_shape_of_the_values(shape: tuple[int, ...]) -> None:
    found = classify(np.ones(shape), (1, 2))
    assert found.shape == shape
    assert (found == 1).all()


@pytest.mark.parametrize("limits", [(5, 5), (10, 5), (1, float("nan")), (1, float("inf"))])
def test_limits_that_do_not_rise_or_are_no_numbers_are_refused(limits: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="breaks must be finite and rise"):
        classify([1], limits)


@given(st.lists(numbers), class_limits)
def test_the_class_of_a_value_is_monotone(values: list[float], limits: list[float]) -> None:
    assert (np.diff(classify(sorted(values), limits)) >= 0).all()


@given(st.lists(numbers, min_size=1), class_limits)
def test_each_value_lies_between_the_limits_of_its_class(values: list[float], limits: list[float]) -> None:
    edges = [-np.inf, *limits, np.inf]
    for value, index in zip(values, classify(values, limits), strict=True):
        assert edges[index] <= value < edges[index + 1]


@given(st.lists(numbers | st.just(float("nan")), min_size=1), class_limits)
def test_classes_agree_with_left_closed_bins_of_pandas(values: list[float], limits: list[float]) -> None:
    bins = pd.cut(np.array(values), [-np.inf, *limits, np.inf], right=False, labels=False)
    np.testing.assert_array_equal(classify(values, limits), np.nan_to_num(bins, nan=NO_CLASS))


@given(st.lists(numbers, min_size=1), class_limits, st.randoms())
def test_the_class_of_a_value_does_not_depend_on_the_others(
    values: list[float], limits: list[float], random: Any
) -> None:
    alone = {value: int(classify(value, limits)) for value in values}
    random.shuffle(values)
    assert classify(values, limits).tolist() == [alone[value] for value in values]


def test_limits_are_round_and_the_classes_about_equal() -> None:
    values = np.random.default_rng(7).gamma(2, 37, size=249)
    limits = round_breaks(values, 5)
    assert len(limits) == 4
    assert all(limit % 5 == 0 for limit in limits)
    assert min(sizes(values, limits)) >= 249 / 5 * 0.7
    assert max(sizes(values, limits)) <= 249 / 5 * 1.3


def test_round_decimals_come_out_as_written() -> None:
    assert round_breaks([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.7, 0.7], 4) == (0.2, 0.3, 0.5)


def test_of_two_equally_round_numbers_the_one_nearer_to_the_class_above_is_taken() -> None:
    assert round_breaks([1.5, 4.5], 2) == (4,)


def test_neighbouring_doubles_are_parted_by_the_upper_one() -> None:
    assert round_breaks([0.3, 0.1 + 0.2], 2) == (0.1 + 0.2,)


def test_all_equal_one_or_no_values_give_no_limits() -> None:
    for values in ([5, 5, 5], [5], [], [np.nan, np.nan], 5):
        assert round_breaks(values, 5) == ()


def test_one_class_has_no_limits() -> None:
    assert round_breaks(range(100), 1) == ()


def test_fewer_distinct_values_than_classes_give_one_class_each() -> None:
    values = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 3]
    assert round_breaks(values, 5) == (2, 3)


def test_mostly_zero_keeps_the_zeros_in_a_class_of_their_own() -> None:
    values = np.concatenate([np.zeros(80), np.arange(0.7, 20.7)])
    limits = round_breaks(values, 5)
    assert sizes(values, limits)[0] == 80
    assert len(limits) == 4
    assert min(sizes(values, limits)) >= 3


def test_mostly_a_hundred_percent_keeps_the_hundreds_in_a_class_of_their_own() -> None:
    values = np.concatenate([np.arange(79.5, 99.5), np.full(80, 100)])
    limits = round_breaks(values, 5)
    assert limits[-1] == 100
    assert len(limits) == 4
    assert sizes(values, limits)[-1] == 80


def test_nought_is_the_limit_where_differences_change_their_sign() -> None:
    assert round_breaks([-31, -14, -2, 5, 17, 29], 2) == (0,)


def test_limits_of_negative_values_rise_too() -> None:
    assert round_breaks([-40, -30, -20, -10], 4) == (-30, -20, -10)


def test_missing_values_are_left_out_and_infinite_ones_refused() -> None:
    assert round_breaks([1, np.nan, 2, 3, np.nan], 3) == round_breaks([1, 2, 3], 3)
    with pytest.raises(ValueError, match="finite"):
        round_breaks([1, np.inf], 3)


def test_no_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 class is needed, found 0"):
        round_breaks([1, 2], 0)


@given(st.lists(numbers | tied_numbers, max_size=60), class_numbers)
def test_limits_rise_and_leave_no_class_empty(values: list[float], classes: int) -> None:
    limits = round_breaks(values, classes)
    assert list(limits) == sorted(set(limits))
    assert len(limits) + 1 == min(classes, max(1, len(set(values))))
    if values:
        assert min(sizes(values, limits)) > 0


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=8), class_numbers)
def test_numbers_of_any_size_find_limits(values: list[float], classes: int) -> None:
    limits = round_breaks(values, classes)
    assert min(sizes(values, limits)) > 0


@given(st.lists(numbers | tied_numbers, max_size=40), class_numbers, st.randoms())
def test_limits_do_not_depend_on_the_order(values: list[float], classes: int, random: Any) -> None:
    before = round_breaks(values, classes)
    random.shuffle(values)
    assert round_breaks(values, classes) == before


@given(st.lists(tied_numbers, min_size=2, max_size=7), st.integers(2, 4))
def test_no_other_cut_of_a_few_values_is_more_equal(values: list[float], classes: int) -> None:
    # Below eight values no limit moves away from the most equal cut, so every cut can be tried.
    repeats = [count for _, count in sorted(Counter(values).items())]
    inner = itertools.combinations(range(1, len(repeats)), min(classes, len(repeats)) - 1)
    cuts = [(0, *cut, len(repeats)) for cut in inner]
    best = min(sum(sum(repeats[a:b]) ** 2 for a, b in itertools.pairwise(cut)) for cut in cuts)
    assert sum(size**2 for size in sizes(values, round_breaks(values, classes))) == best
