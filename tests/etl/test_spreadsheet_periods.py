"""Periods as people print them: what a text says, never more, and never two things at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.spreadsheet.periods import Mention, narrowed, read_periods
from riskmap.domain.vocabulary import LANGUAGES, Grain, month_period
from riskmap.words import month_name, period

MONTHS = st.builds(month_period, st.integers(min_value=2000, max_value=2049), st.integers(min_value=1, max_value=12))


def said(text: str) -> str:
    """The periods of a text as codes; without a year its months."""
    found = read_periods(text).mentions
    codes = (m.period.code if m.period else f"{m.grain} {m.first}-{m.last}" for m in found)
    return ", ".join(sorted(codes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024 год", "2024"),
        ("2024.0", "2024"),
        (" 2025 год7)8)", "2025"),
        ("20211)", "2021"),
        ("1 квартал 2024г.", "2024-Q1"),
        ("I квартал 2026 года", "2026-Q1"),
        ("1 квартал 2025 года", "2025-Q1"),
        ("IV кв. 2025", "2025-Q4"),
        ("2025 жылғы 1 тоқсан", "2025-Q1"),
        ("Q1 2025", "2025-Q1"),
        ("9 месяцев", "ytd 1-9"),
        ("9 месяц 2012г.", "2012-01..2012-09"),
        ("12 месяцев 2025", "2025"),
        ("1 полугодие", "half_year 1-6"),
        ("май 2026 г.", "2026-05"),
        ("2026 жылғы мамыр", "2026-05"),
        ("мамыр айы", "month 5-5"),
        ("05.2026", "2026-05"),
        ("2026_05", "2026-05"),
        ("2026-05-01", "2026-05"),
        ("2024/25", "2024/25"),
        ("2024-2025 учебный год", "2024/25"),
        ("январь–май", "ytd 1-5"),
        ("қаңтар–мамыр", "ytd 1-5"),
        ("с января по май 2026 года", "2026-01..2026-05"),
        ("январь 2025 – декабрь 2025", "2025"),
        ("Сведения: Акмолинская область, май 2026 года", "2026-05"),
        ("Акмола_май_2025 (вымышлено)", "2025-05"),
        ("Случаи насилия за январь", "month 1-1"),
    ],
)
def test_a_printed_period_is_read(text: str, expected: str) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Жарияланым күні: 18.05.2023",
        "приказ от 12 марта 2019 года № 45",
        "«__» _________ 2026 года",
        "2023 жылғы 18 мамыр",
        "№ 7-15 /3053-ВН",
        "Тел. +7 7172 749329",
        "дети 0-17 лет",
        "12-13 лет",
        "numbers may differ",
        "",
    ],
)
def test_days_and_other_numbers_are_no_periods(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize("text", ["05.май", "май.26", "2026-05-05", "01.05.2026", "2026-05-05T00:00:00", "5 мая"])
def test_a_month_that_became_a_day_is_told_as_one(text: str) -> None:
    assert read_periods(text).is_day


@pytest.mark.parametrize("text", ["2024-2025", "2011/12", "2023 2024", "2025–2026 годы"])
def test_what_may_be_two_periods_is_two(text: str) -> None:
    found = read_periods(text).mentions
    assert len(found) == 2
    assert narrowed(found) is None


def test_a_month_beside_a_year_is_that_of_the_year() -> None:
    assert narrowed([Mention(Grain.MONTH, 5, 5), Mention(Grain.YEAR, year=2026)]) == Mention(Grain.MONTH, 5, 5, 2026)
    assert narrowed([Mention(Grain.MONTH, 5, 5), Mention(Grain.QUARTER, 1, 3)]) is None


@given(MONTHS, st.sampled_from(LANGUAGES))
def test_a_month_comes_back_from_every_language(month: object, language: str) -> None:
    text = period(month, language)  # type: ignore[arg-type]
    assert said(text) == month.code  # type: ignore[attr-defined]
    assert read_periods(text).is_only


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(1, 13))
def test_the_name_of_a_month_alone_is_that_month(number: int, language: str) -> None:
    for text in (month_name(number, language), month_name(number, language).upper()):
        assert read_periods(text).mentions == (Mention(Grain.MONTH, number, number),)


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert len(set(read_periods(text).mentions)) == len(read_periods(text).mentions)
