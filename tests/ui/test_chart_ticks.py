"""Short words under an axis of periods."""

from datetime import date

import pytest

from riskmap.domain.vocabulary import LANGUAGES, SCHOOL_MONTHS
from riskmap.ui.chart_ticks import overhang, place_of, ticks
from tests.views import months, period_of, years


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ["қаң.<br>2024", "нау.", "мам.", "шіл.", "қыр.", "қар."]),
        ("ru", ["янв.<br>2024", "март", "май", "июль", "сент.", "нояб."]),
        ("en", ["Jan<br>2024", "Mar", "May", "Jul", "Sep", "Nov"]),
    ],
)
def test_months_are_named_and_the_year_stands_under_its_first_month(language: str, words: list[str]) -> None:
    assert ticks(months((2024, 1), 12), language) == ([0, 2, 4, 6, 8, 10], words)


def test_years_keep_the_latest_one() -> None:
    assert ticks(years(2017, 2025), "ru") == ([0, 2, 4, 6, 8], ["2017", "2019", "2021", "2023", "2025"])


def test_a_year_of_lessons_is_marked_at_its_beginning_and_in_january() -> None:
    taught = [month for month in months((2022, 9), 24) if month.start.month in SCHOOL_MONTHS]
    places, words = ticks(taught, "en")
    assert [(taught[place].start.month, text.split("<br>")[0]) for place, text in zip(places, words, strict=True)] == [
        *((9, "Sep"), (1, "Jan"), (9, "Sep"), (1, "Jan"))
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2025-Q3", ["Q3<br>2025", "3 кв.<br>2025"]),
        ("2025-H2", ["H2<br>2025", "2 полуг.<br>2025"]),
        ("2023/24", ["2023/24", "2023/24"]),
        ("2022/23-2024/25", ["2022/23–<br>2024/25", "2022/23–<br>2024/25"]),
        ("2025-01..2025-10", ["Jan–Oct<br>2025", "янв.–окт.<br>2025"]),
        ("2025-01..2025-01", ["Jan<br>2025", "янв.<br>2025"]),
    ],
)
def test_every_grain_has_short_words(code: str, words: list[str]) -> None:
    assert [ticks([period_of(code)], language)[1][0] for language in ("en", "ru")] == words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 2, 13, 36, 60, 200])
def test_texts_are_few_enough_for_a_narrow_screen(count: int, language: str) -> None:
    places, words = ticks(months((2010, 3), count), language)
    assert places
    assert sum(max(map(len, text.split("<br>"))) for text in words) * 6 <= 262 or len(places) == 1


def test_a_day_lies_within_its_period_by_its_share_of_days() -> None:
    assert place_of(years(2024, 2025), date(2024, 1, 1)) == -0.5
    assert place_of(years(2024, 2025), date(2025, 7, 2)) == pytest.approx(0.5 + 182 / 365)
    assert place_of(years(2024, 2025), date(2023, 12, 31)) is None


def test_a_day_between_two_periods_lies_between_their_places() -> None:
    parts = [period_of("2024-01..2024-10"), period_of("2025-01..2025-10")]
    assert place_of(parts, date(2024, 12, 1)) == 0.5


def test_wide_texts_under_the_last_period_get_room_beside_the_plot() -> None:
    parts = [period_of(f"{year}-01..{year}-10") for year in range(2014, 2026)]
    assert overhang(parts, "ru") > overhang(years(2014, 2025), "ru")


def test_a_plot_that_wide_numbers_make_narrow_has_fewer_texts() -> None:
    parts = [period_of(f"{year}/{(year + 1) % 100:02d}") for year in range(2013, 2026)]
    assert len(ticks(parts, "ru", width=200)[0]) < len(ticks(parts, "ru")[0])
