"""Periods: how people write them, what they stand for, how long they are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmap.domain.vocabulary import (
    SDMX_OBS_STATUS,
    CellStatus,
    Grain,
    Period,
    Scope,
    day_before,
    month_end,
    parse_period,
    year_period,
)

years = st.integers(1900, 2095)
months = st.integers(1, 12)


def starting(year: int, month: int, *, length: int, grain: Grain) -> Period:
    """The period of that many whole months, its last day found without the code under test."""
    last = year * 12 + month - 1 + length
    return Period(date(year, month, 1), date(last // 12, last % 12 + 1, 1) - timedelta(days=1), grain)


def since(year: int, month: int, days: int, *, grain: Grain) -> Period:
    start = date(year, month, 1)
    return Period(start, start + timedelta(days=days), grain)


PERIODS = {
    Grain.MONTH: st.builds(lambda y, m: starting(y, m, length=1, grain=Grain.MONTH), years, months),
    Grain.QUARTER: st.builds(
        lambda y, q: starting(y, 3 * q + 1, length=3, grain=Grain.QUARTER), years, st.integers(0, 3)
    ),
    Grain.HALF_YEAR: st.builds(
        lambda y, h: starting(y, 6 * h + 1, length=6, grain=Grain.HALF_YEAR), years, st.integers(0, 1)
    ),
    Grain.YEAR: st.builds(lambda y: starting(y, 1, length=12, grain=Grain.YEAR), years),
    Grain.SCHOOL_YEAR: st.builds(lambda y: starting(y, 9, length=12, grain=Grain.SCHOOL_YEAR), years),
    Grain.THREE_YEARS: st.builds(lambda y: starting(y, 9, length=36, grain=Grain.THREE_YEARS), years),
    Grain.YTD: st.builds(lambda y, d: since(y, 1, d, grain=Grain.YTD), years, st.integers(1, 364)),
    Grain.SCHOOL_YTD: st.builds(lambda y, d: since(y, 9, d, grain=Grain.SCHOOL_YTD), years, st.integers(1, 364)),
}


def test_every_grain_has_periods_to_try() -> None:
    assert PERIODS.keys() == set(Grain)


@given(st.one_of(*PERIODS.values()))
def test_the_code_of_a_period_reads_back_as_the_same_period(period: Period) -> None:
    assert parse_period(period.code) == period
    assert parse_period(f" {period.code}\n") == period


@given(st.one_of(*PERIODS.values()), st.one_of(*PERIODS.values()))
def test_different_periods_have_different_codes(one: Period, other: Period) -> None:
    assert (one.code == other.code) == (one == other)


@pytest.mark.parametrize(
    ("code", "start", "end", "grain"),
    [
        ("2022", date(2022, 1, 1), date(2022, 12, 31), Grain.YEAR),
        ("2022-H1", date(2022, 1, 1), date(2022, 6, 30), Grain.HALF_YEAR),
        ("2022-H2", date(2022, 7, 1), date(2022, 12, 31), Grain.HALF_YEAR),
        ("2022-Q3", date(2022, 7, 1), date(2022, 9, 30), Grain.QUARTER),
        ("2022-10", date(2022, 10, 1), date(2022, 10, 31), Grain.MONTH),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), Grain.MONTH),
        ("2022/23", date(2022, 9, 1), date(2023, 8, 31), Grain.SCHOOL_YEAR),
        ("1999/00", date(1999, 9, 1), date(2000, 8, 31), Grain.SCHOOL_YEAR),
        ("2022/23-2024/25", date(2022, 9, 1), date(2025, 8, 31), Grain.THREE_YEARS),
        ("2025-01..2025-10", date(2025, 1, 1), date(2025, 10, 31), Grain.YTD),
        ("2025-01..2025-12", date(2025, 1, 1), date(2025, 12, 31), Grain.YTD),
        ("2025-01..2025-11-06", date(2025, 1, 1), date(2025, 11, 6), Grain.YTD),
        ("2024-09..2025-02", date(2024, 9, 1), date(2025, 2, 28), Grain.SCHOOL_YTD),
    ],
)
def test_a_code_stands_for_its_days(code: str, start: date, end: date, grain: Grain) -> None:
    assert parse_period(code) == Period(start, end, grain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all",
        "22",
        "1822",
        "2122",
        "2022 год",
        "2022.0",
        "20221",
        "2022-13",
        "2022-00",
        "2022-1",
        "2022-Q5",
        "2022-Q0",
        "2022-H3",
        "2022/24",
        "2022/2023",
        "2022/23-2023/24",
        "2022/23-2024/26",
        "2022-10-01",
        "2025-02..2025-10",
        "2025-01..2026-02",
        "2025-10..2025-01",
        "2025-01..2025-13",
        "2025-01..2025-02-30",
        "2025-01..2025-01-01",
        "2024-09..2025-09",
        "2024-09..2024-08",
        "2025-01...2025-10",
        "январь-октябрь 2025",
    ],
)
def test_text_that_is_no_period_code_is_none(text: str) -> None:
    assert parse_period(text) is None


@given(st.text(alphabet="0123456789-/.QH 年", max_size=16))
def test_no_text_raises_and_what_is_read_is_written_the_same_way(text: str) -> None:
    period = parse_period(text)
    if period:
        # "2025-01..2025-10-31" names the last day of a month that is shorter to write without it.
        assert parse_period(period.code) == period
        assert text.strip().startswith(period.code)


@given(years)
def test_a_calendar_year_lasts_exactly_one_year(year: int) -> None:
    period = year_period(year)
    assert parse_period(str(year)) == period
    assert period.years == 1
    assert period.days == (366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365)


@pytest.mark.parametrize(
    ("code", "days", "length"),
    [
        ("2023-02", 28, 28 / 365),
        ("2024-02", 29, 29 / 366),
        ("2024-H1", 182, 182 / 366),
        ("2025-01..2025-10", 304, 304 / 365),
        ("2024-01..2024-10", 305, 305 / 366),
        ("2025-01..2025-11-06", 310, 310 / 365),
        ("2022/23", 365, 1),
        ("2023/24", 366, 122 / 365 + 244 / 366),
        ("2024-09..2025-02", 181, 122 / 366 + 59 / 365),
        ("2022/23-2024/25", 1096, 122 / 365 + 2 + 243 / 365),
    ],
)
def test_a_part_of_a_year_counts_by_the_days_of_its_own_year(code: str, days: int, length: float) -> None:
    period = parse_period(code)
    assert period is not None
    assert period.days == days
    assert period.years == pytest.approx(length, rel=1e-12)


@given(years)
def test_the_parts_of_a_year_add_up_to_it(year: int) -> None:
    for codes in (
        [f"{year}-{m:02d}" for m in range(1, 13)],
        [f"{year}-Q{q}" for q in range(1, 5)],
        [f"{year}-H1", f"{year}-H2"],
    ):
        parts = [part for part in map(parse_period, codes) if part]
        assert len(parts) == len(codes)
        assert sum(part.years for part in parts) == pytest.approx(1, rel=1e-12)
        assert sum(part.days for part in parts) == year_period(year).days


@given(years, months)
def test_a_month_ends_the_day_before_the_next_begins(year: int, month: int) -> None:
    following = date(year + month // 12, month % 12 + 1, 1)
    assert month_end(year, month) == day_before(following)


def test_every_state_of_a_cell_has_its_code_of_the_exchange_standard() -> None:
    assert SDMX_OBS_STATUS.keys() == set(CellStatus)
    assert len(set(SDMX_OBS_STATUS.values())) == len(CellStatus)


def test_the_public_scope_holds_no_area() -> None:
    assert Scope.public().areas == frozenset()
    assert Scope() == Scope.public()
