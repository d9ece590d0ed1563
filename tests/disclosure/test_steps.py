"""Numbers since 1 January: what two of them tell of the months between them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.domain.registry import Exemption
from riskmap.domain.vocabulary import Grain, Kind
from tests.disclosure.small import cell, hidden, item


def since(counts: dict[int, float], **other: Any) -> list[dict[str, object]]:
    return [cell("A", count, period=f"2022-01..2022-{month:02d}", **other) for month, count in counts.items()]


def months(cells: list[dict[str, object]], **rule: Any) -> list[int]:
    """Last months of the stretches that are hidden."""
    return sorted(int(name[-1][-2:]) for name in hidden(cells, item(**rule)))


@pytest.mark.parametrize(("step", "gone"), [(0, []), (1, [4]), (4, [4]), (5, [])])
def test_a_stretch_that_differs_by_a_small_number_from_the_end_of_a_quarter_goes(step: int, gone: list[int]) -> None:
    assert months(since({3: 40, 4: 40 + step})) == gone


def test_of_two_months_inside_a_quarter_the_later_stays() -> None:
    assert months(since({3: 40, 4: 50, 5: 52, 6: 60})) == [4]


def test_small_months_are_told_together_once_they_make_enough() -> None:
    assert months(since({3: 40, 4: 42, 5: 44, 6: 46})) == [4, 5]


def test_where_two_quarters_differ_by_a_small_number_the_later_stays() -> None:
    assert months(since({3: 40, 6: 43, 9: 60})) == [3]


def test_a_month_without_new_cases_is_shown_where_zero_may_be_shown() -> None:
    assert months(since({3: 40, 4: 40})) == []
    below = [{**row, "area": "A1"} for row in since({3: 40, 4: 40})]
    assert months(below, hide_zero=True) == [4]
    assert months(below) == []


def test_stocks_and_invented_cells_beside_real_ones_have_no_steps() -> None:
    assert months(since({3: 40, 4: 42}), kind=Kind.STOCK) == []
    assert months([*since({3: 40}), *since({4: 42}, invented=True)]) == []


def test_stretches_of_an_open_indicator_all_stay() -> None:
    assert months(since({3: 40, 4: 42, 5: 43}), open=True) == []


def test_a_stretch_that_the_state_has_published_stays_and_the_one_beside_it_goes() -> None:
    published = (Exemption("region", Grain.YTD, "publication.press"),)
    ages = [cell("A", n, cut="age:0-11", period=f"2022-01..2022-{m:02d}") for m, n in ((3, 40), (4, 42))]
    assert months(since({3: 40, 4: 42}), published_by_state=published) == []
    assert months(ages, published_by_state=published) == [4]


@settings(max_examples=25)
@given(st.lists(st.sampled_from([0, 0, 1, 3, 5, 9, 30]), min_size=11, max_size=11))
def test_no_two_stretches_that_are_shown_differ_by_one_to_four(events: list[int]) -> None:
    counts = {month: 20 + sum(events[: month - 1]) for month in range(2, 13)}
    gone = months(since(dict(counts)))
    shown = [count for month, count in counts.items() if month not in gone]
    assert not any(0 < after - before < 5 for before, after in zip(shown, shown[1:], strict=False))
    assert 12 not in gone
