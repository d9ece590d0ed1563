"""Which periods are the sum of which others."""

import pytest

from riskmap.disclosure.periods import apart, period_sums
from riskmap.domain.vocabulary import Kind, Period, parse_period


def period(code: str) -> Period:
    found = parse_period(code)
    assert found is not None
    return found


def sums(*codes: str, kind: Kind = Kind.FLOW) -> set[tuple[str, ...]]:
    return {
        (total.code, *(part.code for part in parts)) for total, parts in period_sums([period(c) for c in codes], kind)
    }


QUARTERS = ("2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4")


def test_a_year_is_the_sum_of_its_quarters_only_where_all_are_there() -> None:
    assert sums("2022", *QUARTERS) == {("2022", *QUARTERS)}
    assert sums("2022", *QUARTERS[:3]) == set()
    assert sums("2023", *QUARTERS) == set()


def test_a_stretch_is_the_shorter_stretch_and_its_rest() -> None:
    assert sums("2022-01..2022-05", "2022-01..2022-06", "2022-06") == {
        ("2022-01..2022-06", "2022-01..2022-05", "2022-06")
    }
    assert sums("2022-01..2022-05", "2022-01..2022-07", "2022-06") == set()
    assert sums("2022-01..2022-09", "2022", "2022-Q4") == {("2022", "2022-01..2022-09", "2022-Q4")}


def test_two_grains_of_the_same_days_are_one_number() -> None:
    assert {frozenset(found) for found in sums("2022-Q1", "2022-01..2022-03")} == {
        frozenset({"2022-Q1", "2022-01..2022-03"})
    }


def test_three_school_years_make_their_block() -> None:
    years = ("2022/23", "2023/24", "2024/25")
    assert sums("2022/23-2024/25", *years) == {("2022/23-2024/25", *years)}


def test_of_a_stock_only_the_last_day_counts() -> None:
    found = sums("2022-01", "2022-02", "2022-03", "2022-Q1", kind=Kind.STOCK)
    assert {frozenset(one) for one in found} == {frozenset({"2022-03", "2022-Q1"})}


@pytest.mark.parametrize("kind", [Kind.SHARE, Kind.ORDINAL])
def test_shares_and_steps_do_not_add_up(kind: Kind) -> None:
    assert sums("2022", *QUARTERS, kind=kind) == set()


def test_sums_are_parted_so_that_no_period_stands_twice_in_a_group() -> None:
    codes = ["2022", "2023", *QUARTERS, *(code.replace("2022", "2023") for code in QUARTERS), "2022-H1", "2022-H2"]
    found = list(period_sums([period(code) for code in codes], Kind.FLOW))
    groups = apart(found)
    assert sorted(one for group in groups for one in group) == sorted(found)
    for group in groups:
        used = [one for total, parts in group for one in (total, *parts)]
        assert len(used) == len(set(used))
    assert len(groups) < len(found)
