"""An area differs from the others beyond chance, or it does not; what is not known is not judged."""

from math import comb, inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from riskmap.methods.judgement import compare_rates, compare_shares, rest_of

EVENTS = st.integers(0, 200)
PEOPLE = st.integers(1_000, 1_000_000)


def test_the_lady_who_tasted_tea_told_no_difference() -> None:
    found = compare_shares(3, 4, others=1, others_whole=4)  # Fisher 1935: 17 of 70 on one side
    assert found.p == pytest.approx(34 / 70)
    assert found.step == 0
    assert compare_shares(4, 4, others=0, others_whole=4).p == pytest.approx(2 / 70)


def test_a_rate_is_judged_at_both_levels_in_both_directions() -> None:
    # n events on one side and none on the other of equal exposure: p = 2 / 2^n.
    found = compare_rates([5, 6, 9, 10], 10, others=0, others_exposure=10)
    assert found.p.tolist() == [2 / 2**n for n in (5, 6, 9, 10)]
    assert found.step.tolist() == [0, 1, 1, 2]
    assert compare_rates(0, 10, others=[5, 6, 9, 10], others_exposure=10).step.tolist() == [0, -1, -1, -2]


def test_the_share_of_time_counts_and_not_its_unit() -> None:
    # One event in a fifth of the time, none in the rest: P(X >= 1) = 1/5.
    assert compare_rates(1, 1, others=0, others_exposure=4).p == pytest.approx(2 / 5)
    assert compare_rates(1, 1e5, others=0, others_exposure=4e5).p == pytest.approx(2 / 5)


@given(EVENTS, EVENTS, PEOPLE, PEOPLE)
def test_each_tail_is_that_of_the_binomial_test(mine: int, rest: int, time: int, rest_time: int) -> None:
    p = float(compare_rates(mine, time, others=rest, others_exposure=rest_time).p)
    if mine + rest:
        tails = [
            binomtest(mine, mine + rest, time / (time + rest_time), alternative=side).pvalue
            for side in ("less", "greater")
        ]
        assert p == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)
    else:
        assert p == 1


@given(st.integers(0, 60), st.integers(0, 60), st.integers(60, 90), st.integers(60, 90))
def test_each_tail_is_that_of_fisher_s_test(mine: int, rest: int, size: int, rest_size: int) -> None:
    table = [[mine, size - mine], [rest, rest_size - rest]]
    tails = [fisher_exact(table, alternative=side)[1] for side in ("less", "greater")]
    p = float(compare_shares(mine, size, others=rest, others_whole=rest_size).p)
    assert p == pytest.approx(min(1, 2 * min(tails)), rel=1e-6)


@given(EVENTS, EVENTS, PEOPLE, PEOPLE)
def test_what_is_higher_from_one_side_is_lower_from_the_other(mine: int, rest: int, time: int, rest_time: int) -> None:
    one = compare_rates(mine, time, others=rest, others_exposure=rest_time)
    other = compare_rates(rest, rest_time, others=mine, others_exposure=time)
    assert one.step == -other.step
    assert one.p == pytest.approx(float(other.p))


def test_no_event_at_all_is_no_difference_and_none_among_the_others_is_one_without_a_ratio() -> None:
    none, first = compare_rates(0, 10, others=0, others_exposure=10), compare_rates(7, 10, others=0, others_exposure=10)
    assert (float(none.p), float(none.step), isnan(none.ratio)) == (1, 0, True)
    assert (float(first.ratio), float(first.step)) == (inf, 1)


@pytest.mark.parametrize("place", range(4))
def test_what_is_not_known_on_either_side_is_not_judged(place: int) -> None:
    numbers = [5.0, 100.0, 50.0, 1000.0]
    numbers[place] = nan
    count, size, others, other_size = numbers
    for found in (
        compare_rates(count, size, others=others, others_exposure=other_size),
        compare_shares(count, size, others=others, others_whole=other_size),
    ):
        assert [bool(isnan(each)) for each in (found.ratio, found.p, found.step)] == [True] * 3


def test_without_people_nothing_is_judged() -> None:
    assert isnan(compare_rates(0, 0, others=5, others_exposure=10).step)
    assert isnan(compare_shares(5, 10, others=0, others_whole=0).step)


def test_areas_do_not_influence_each_other() -> None:
    events, people = np.array([3, 40, nan, 0]), np.array([100, 200, 300, 400])
    rest = rest_of(100, events)
    together = compare_rates(events, people, others=rest, others_exposure=10_000 - people)
    for place in range(4):
        alone = compare_rates(events[place], people[place], others=rest[place], others_exposure=10_000 - people[place])
        assert np.array_equal(together.step[place], alone.step, equal_nan=True)


def test_a_part_of_an_event_and_a_part_above_the_whole_are_refused_by_place() -> None:
    with pytest.raises(ValueError, match=r"events must be whole, found 1\.5 at position 1"):
        compare_rates([1, 1.5], 10, others=1, others_exposure=10)
    with pytest.raises(ValueError, match="must not exceed"):
        rest_of([10, 10], [1, 11])


def test_the_tail_of_many_is_summed_as_by_hand() -> None:
    # 3 or fewer of 20 with one half each.
    tail = sum(comb(20, k) for k in range(4)) / 2**20
    assert compare_rates(3, 1, others=17, others_exposure=1).p == pytest.approx(2 * tail)


@pytest.mark.parametrize(("others", "is_telling"), [(5, False), (6, True)])
def test_a_rate_of_none_tells_something_from_six_events_among_as_many_others(others: int, is_telling: bool) -> None:
    """By hand: 2 / 2^6 is under 0.05, 2 / 2^5 is not; whatever the area's own number is."""
    found = compare_rates([0, 3, others], 1000, others=others, others_exposure=1000)
    assert found.is_telling.tolist() == [is_telling] * 3


@pytest.mark.parametrize("size", [3, 20, 60])
@pytest.mark.parametrize("rest", [0, 2, 40, 95, 100])
def test_a_share_tells_something_where_none_and_all_would_both_differ(size: int, rest: int) -> None:
    found = compare_shares([0, size], size, others=rest, others_whole=100)
    by_fisher = [
        2 * fisher_exact([[part, size - part], [rest, 100 - rest]], alternative=side).pvalue < 0.05
        for part, side in ((0, "less"), (size, "greater"))
    ]
    assert found.is_telling.tolist() == [all(by_fisher)] * 2


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 200), st.integers(1, 200))
def test_the_smaller_tail_of_a_share_is_fishers(part: int, more: int, rest: int, rest_more: int) -> None:
    found = compare_shares(part, part + more, others=rest, others_whole=rest + rest_more)
    table = [[part, more], [rest, rest_more]]
    tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
    assert found.p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)
