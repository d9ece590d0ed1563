"""Birth dates: said to be such, or a column that lies as they do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.privacy.dates import are_birth_dates, day
from etl.privacy.personal import personal_codes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "15.07.2012 г.р.",
            "15.07.2012 г. р.",
            "15.07.2012г.р.",
            "15.07.12 г.р.",
            "2012-07-15 г.р.",
            "15/07/2012 г.р.",
        ),
        *("15.07.2012 года рождения", "15.07.2012 г. рождения", "15 июля 2012 года рождения", "15 июля 2012 г.р."),
        *("родился 15.07.2012", "родилась 15 июля 2012 г.", "рожд. 15.07.2012", "д.р. 15.07.2012", "г.р.: 15.07.2012"),
        *(
            "15.07.2012 туған",
            "15.07.2012 жылы туған",
            "2012 жылғы 15 шілдеде туған",
            "туған 15.07.2012",
            "15.07.2012 ж.т.",
        ),
        *(
            "15.07.2012 ж. т.",
            "туылған: 15.07.2012",
            "born 15.07.2012",
            "born on 15 July 2012",
            "Born: July 15, 2012",
            "DOB 2012-07-15",
        ),
    ],
)
def test_a_birth_date_that_is_said_to_be_one_is_found(text: str) -> None:
    assert personal_codes(text) == ("S004",)


@pytest.mark.parametrize(
    "text",
    [
        *("15.07.2012", "2012-07-15", "18.05.2023", "2012 г.р.", "дети 2012 года рождения", "2022 жылы туған балалар"),
        *(
            "число родившихся",
            "рождаемость за 2012 год",
            "01.01.2023 жылғы халық саны",
            "born in 2012",
            "рождённые в 2022 году",
        ),
        *("на 01.01.2023 г.", "от 15.07.2012 г. № 12", "приказ от 15 июля 2012 года", "2023 жылғы 18 мамыр"),
    ],
)
def test_other_dates_are_no_birth_date(text: str) -> None:
    assert personal_codes(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("15.07.2012", date(2012, 7, 15)), ("2012-07-15", date(2012, 7, 15)), ("5/7/2012", date(2012, 7, 5))),
        *(("2012-07-15T00:00:00", date(2012, 7, 15)), ("15.07.2012 г.", date(2012, 7, 15))),
        *(("2012-07-15T14:30:00", None), ("31.02.2012", None), ("07.2012", None), ("2012", None), ("12345678", None)),
    ],
)
def test_a_text_that_is_a_day_is_read(text: str, found: date | None) -> None:
    assert day(text) == found


@given(st.sets(st.dates(date(1970, 1, 1), date(2024, 12, 31)).filter(lambda each: 1 < each.day < 28), min_size=3))
def test_days_inside_months_of_a_life_are_birth_dates(days: set[date]) -> None:
    assert are_birth_dates(days)


@given(st.sets(st.dates(date(1970, 1, 1), date(2024, 12, 31)).map(lambda each: each.replace(day=1))), st.booleans())
def test_first_and_last_days_of_months_are_periods(days: set[date], are_last: bool) -> None:
    assert not are_birth_dates({each - timedelta(days=are_last) for each in days})


def test_two_days_or_days_of_another_time_are_none() -> None:
    today = date.today()
    assert not are_birth_dates([date(2012, 7, 15), date(2013, 7, 15)])
    assert not are_birth_dates([today + timedelta(days=number * 5) for number in range(1, 30)])
    assert not are_birth_dates([date(1900, month, 15) for month in range(1, 13)])
