import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.methods import lags
from riskmap.methods.lags import Delay, months_until_final

YEAR = np.arange(12)


def learnt(ages: list[int], *, figures: list[int] | None = None, observed: int = 24) -> Delay:
    """Entries that stand for ten figures each, spread over as many periods as there are entries."""
    size = len(ages)
    return months_until_final(
        np.array(ages, dtype=np.int64),
        observed=np.full(size, observed),
        periods=np.arange(size),
        figures=np.array([10] * size if figures is None else figures, dtype=np.int64),
    )


def test_the_example_of_the_docstring_holds() -> None:
    assert doctest.testmod(lags).failed == 0


def test_the_answer_is_the_first_month_by_which_95_of_100_figures_were_final() -> None:
    # 19 of 20 periods, 190 of 200 figures: exactly 95 %.
    assert learnt([1] * 19 + [4]) == Delay(1, 200)
    assert learnt([1] * 18 + [4] * 2) == Delay(4, 200)
    assert learnt([1] * 10 + [2] * 9 + [7]) == Delay(2, 200)


def test_figures_count_and_not_the_entries_they_stand_in() -> None:
    assert learnt([1] * 19 + [4], figures=[1] * 19 + [2]) == Delay(None, 21)
    assert learnt([1] * 19 + [4], figures=[10] * 19 + [11]) == Delay(4, 201)
    assert learnt([1] * 19 + [4], figures=[10] * 19 + [0]) == Delay(1, 190)


def test_young_periods_do_not_make_figures_look_final_too_early() -> None:
    # Half of the figures change after six months; of the young periods nobody can know that yet.
    ages = np.array([1, 6] * 12 + [1] * 60)
    observed = np.array([30] * 24 + [5] * 60)
    periods = np.arange(84)
    delay = months_until_final(ages, observed=observed, periods=periods, figures=np.full(84, 10))
    assert delay == Delay(6, 240)


@pytest.mark.parametrize(("observed", "months"), [(11, None), (12, 1)])
def test_a_period_counts_from_twelve_months_on(observed: int, months: int | None) -> None:
    assert learnt([1] * 20, observed=observed).months == months


def test_a_short_history_has_no_answer() -> None:
    assert learnt([1] * 11) == Delay(None, 110)
    assert learnt([1] * 12, figures=[2] * 12) == Delay(None, 24)
    assert learnt([1] * 15, figures=[2] * 15) == Delay(1, 30)
    assert learnt([]) == Delay(None, 0)
    one_period = months_until_final(
        np.ones(40, dtype=np.int64),
        observed=np.full(40, 20),
        periods=np.zeros(40, dtype=np.int64),
        figures=np.full(40, 9),
    )
    assert one_period == Delay(None, 360)


def test_periods_without_figures_do_not_make_a_history_longer() -> None:
    assert learnt([1] * 20, figures=[30] * 11 + [0] * 9) == Delay(None, 330)


def test_what_was_told_before_its_period_was_over_is_final_at_its_end() -> None:
    assert learnt([-1] * 20) == Delay(0, 200)


@given(st.lists(st.integers(0, 30), min_size=12, max_size=60), st.data())
def test_it_is_the_quantile_that_numpy_gives(ages: list[int], data: st.DataObject) -> None:
    figures = data.draw(st.lists(st.integers(3, 9), min_size=len(ages), max_size=len(ages)))
    one_by_one = np.repeat(ages, figures)
    assert learnt(ages, figures=figures).months == np.quantile(one_by_one, 0.95, method="inverted_cdf")


@given(st.lists(st.integers(0, 30), min_size=12, max_size=40), st.integers(1, 12))
def test_later_changes_never_make_it_shorter(ages: list[int], months: int) -> None:
    first, later = learnt(ages).months, learnt([age + months for age in ages]).months
    assert first is not None
    assert later == first + months
