import doctest
import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.methods import breaks
from riskmap.methods.breaks import (
    NO_CLASS,
    SCHEMES,
    Scheme,
    classify,
    fisher_jenks,
    largest_values,
    quantiles,
    round_breaks,
)

numbers = st.floats(-1e9, 1e9)
# Few different values, so that ties are the rule.
tied_numbers = st.integers(0, 6).map(lambda n: n / 2)
class_limits = st.lists(numbers, unique=True, max_size=8).map(sorted)
class_numbers = st.integers(1, 9)


def sizes(values: Any, limits: tuple[float, ...]) -> list[int]:
    return [int(size) for size in np.bincount(classify(values, limits), minlength=len(limits) + 1)]


def test_examples_in_the_docstrings_hold() -> None:
    outcome = doctest.testmod(breaks)
    assert outcome.attempted >= 5
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


@pytest.fixture(scope="module")
def employment(shared_file: Callable[[str], Path]) -> Any:
    return json.loads(shared_file("cases/k1_fisher_jenks_calemp.json").read_text(encoding="utf-8"))


def test_natural_breaks_are_the_published_ones(employment: Any) -> None:
    values, expected = np.array(employment["input"]["x"]), employment["expected"]
    limits = fisher_jenks(values, employment["input"]["k"])
    np.testing.assert_allclose(largest_values(values, limits), expected["bins"], rtol=1e-9)
    assert sizes(values, limits) == expected["counts"]
    classes = classify(values, limits)
    deviation = sum(np.abs(values[classes == i] - np.median(values[classes == i])).sum() for i in range(5))
    assert deviation == pytest.approx(expected["adcm"], rel=employment["tolerance"]["rel"])


def test_quantiles_hold_the_published_numbers_of_values(employment: Any) -> None:
    # PySAL mapclassify, help of Quantiles on the same data: counts 12, 11, 12, 11, 12.
    values = employment["input"]["x"]
    assert sizes(values, quantiles(values, 5)) == [12, 11, 12, 11, 12]


def squares(values: list[float], edges: list[int]) -> float:
    ordered = np.sort(values)
    parts = [ordered[a:b] for a, b in itertools.pairwise(edges)]
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts if part.size))


@settings(max_examples=40)
@given(st.lists(tied_numbers, min_size=2, max_size=7), st.integers(2, 4))
def test_no_other_cut_of_a_few_values_has_closer_classes(values: list[float], classes: int) -> None:
    inner = itertools.combinations_with_replacement(range(len(values) + 1), classes - 1)
    best = min(squares(values, [0, *cut, len(values)]) for cut in inner)
    found = [0, *np.cumsum(sizes(values, fisher_jenks(values, classes))).tolist()]
    assert squares(values, found) == pytest.approx(best, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(numbers | tied_numbers, min_size=1, max_size=40), class_numbers)
def test_classes_of_quantiles_are_those_of_right_closed_bins(values: list[float], classes: int) -> None:
    edges = np.quantile(values, np.arange(1, classes) / classes, method="linear")
    # Only to the digits of the quantiles: in doubles they may lie a hair off the value they are.
    if np.isclose(edges[:, None], values, rtol=1e-12).any() and classes > 1:
        edges = np.array([np.sort(values)[(len(values) - 1) * i // classes] for i in range(1, classes)])
    theirs = np.searchsorted(np.unique(edges), values, side="left")
    _, expected = np.unique(theirs, return_inverse=True)
    np.testing.assert_array_equal(classify(values, quantiles(values, classes)), expected)


def test_mostly_zero_leaves_fewer_classes_of_quantiles_and_all_natural_ones() -> None:
    values = np.concatenate([np.zeros(80), np.arange(1, 21)])
    # Quantiles 20, 40 and 60 % are 0, the one of 80 % is between 0 and 1.
    assert quantiles(values, 5) == (1,)
    limits = fisher_jenks(values, 5)
    assert len(limits) == 4
    assert sizes(values, limits)[0] >= 80


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
class TestEveryScheme:
    def test_equal_one_or_no_values_give_no_limits(self, scheme: Scheme) -> None:
        for values in ([5, 5, 5], [5], [], [np.nan, np.nan], 5):
            assert scheme(values, 5) == ()

    def test_one_class_has_no_limits(self, scheme: Scheme) -> None:
        assert scheme(range(100), 1) == ()

    def test_two_distinct_values_are_two_classes_at_most(self, scheme: Scheme) -> None:
        assert len(scheme([3, 3, 3, 8, 8, 8], 5)) == 1

    def test_missing_values_are_left_out_and_infinite_ones_refused(self, scheme: Scheme) -> None:
        assert scheme([1, np.nan, 2, 3, np.nan], 3) == scheme([1, 2, 3], 3)
        with pytest.raises(ValueError, match="finite"):
            scheme([1, np.inf], 3)
        with pytest.raises(ValueError, match="at least 1 class"):
            scheme([1, 2], 0)

    @settings(max_examples=40)
    @given(st.lists(numbers | tied_numbers, max_size=40), class_numbers, st.randoms())
    def test_limits_rise_leave_no_class_empty_and_do_not_depend_on_the_order(
        self, scheme: Scheme, values: list[float], classes: int, random: Any
    ) -> None:
        limits = scheme(values, classes)
        assert list(limits) == sorted(set(limits))
        assert len(limits) < max(2, min(classes, len(set(values))) + 1)
        if values:
            assert min(sizes(values, limits)) > 0
        random.shuffle(values)
        assert scheme(values, classes) == limits


@settings(max_examples=40)
@given(st.lists(numbers | tied_numbers, max_size=40), class_numbers)
def test_natural_classes_are_as_many_as_the_values_allow(values: list[float], classes: int) -> None:
    assert len(fisher_jenks(values, classes)) + 1 == min(classes, max(1, len(set(values))))


@pytest.mark.parametrize("factor", [1, 0.1, 1 / 3, -7.7])
@pytest.mark.parametrize("shift", [0, 0.3, 1000 / 7])
def test_of_natural_cuts_equally_good_the_lowest_is_taken(factor: float, shift: float) -> None:
    # 1 | 2 3 and 1 2 | 3 leave the same deviations, and so do three and four of seven even steps.
    values = factor * np.arange(1, 8) + shift
    assert sizes(values, fisher_jenks(values, 2)) == [3, 4]
    assert sizes(values[:3], fisher_jenks(values[:3], 2)) == [1, 2]


def test_natural_breaks_of_numbers_of_any_size_are_found() -> None:
    assert fisher_jenks([-1e308, 0, 1e308, 0.9e308], 3) == (0, 0.9e308)
    assert fisher_jenks([1e-300, 2e-300, 9e-300], 2) == (9e-300,)


def test_natural_breaks_of_large_values_that_hardly_differ_are_found() -> None:
    values = 1e9 + np.array([0, 0.25, 7, 7.25, 7.5, 30])
    assert fisher_jenks(values, 3) == (1e9 + 7, 1e9 + 30)
