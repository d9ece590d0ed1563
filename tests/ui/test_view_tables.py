"""The tables equal to the charts: the same areas, periods, values and states, in words."""

import re
from html import unescape

import pytest

from riskmap.analytics.views import PairRow
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus
from riskmap.ui.compare_tables import heat_table, pair_table, parts_table
from riskmap.ui.trend_tables import trend_table
from riskmap.words import t
from tests.views import (
    AKMOLA,
    NAN,
    NORTH,
    heat_view,
    line,
    pair_view,
    panel,
    parts_row,
    parts_view,
    point,
    row,
    years,
)


def cells(html: str) -> list[list[str]]:
    """Texts of a table, row by row, head included."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [[unescape(text) for text in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_the_latest_period_is_first_with_each_number_beside_that_of_a_year_earlier() -> None:
    points = [point(years(2023, 2023)[0], 100, exposure=100_000), point(years(2024, 2024)[0], 118, before=100)]
    head, latest, earlier = cells(trend_table(panel([line(AKMOLA, points)]), "en"))
    assert head[0] == "Period"
    assert latest == ["2024", "47.2", "39.1–56.5", "118", "40.0", "was 100, change +18.0%", ""]
    assert earlier == ["2023", "100.0", "81.4–121.6", "100", "", "", ""]


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "бұрын 2, қазір 5"), ("ru", "было 2, стало 5"), ("en", "from 2 to 5")],
)
def test_the_change_of_a_small_number_is_told_by_both_numbers(language: str, words: str) -> None:
    table = trend_table(panel([line(COUNTRY, [point(years(2024, 2024)[0], 5, before=2)])]), language)
    assert words in cells(table)[1]
    assert "%" not in cells(table)[1][5]


def test_a_gap_says_why_and_has_no_number() -> None:
    points = [point(years(2024, 2024)[0], status=CellStatus.SUPPRESSED, units_expected=14, units_reported=12)]
    (_, gap) = cells(trend_table(panel([line(AKMOLA, points)]), "en"))
    assert gap == ["2024", "", "", "", "", "", "hidden to protect children; areas included: 12 of 14"]


def test_a_number_without_a_rate_says_so_in_its_note() -> None:
    lonely = point(years(2024, 2024)[0], 50, value=NAN, lower=NAN, upper=NAN, exposure=NAN)
    (_, first) = cells(trend_table(panel([line(AKMOLA, [lonely])]), "en"))
    assert first == ["2024", "", "", "50", "", "", t("value.no_rate", "en")]


def test_several_areas_have_a_column_for_their_name() -> None:
    points = [point(when, 50, is_provisional=True) for when in years(2023, 2024)]
    table = cells(trend_table(panel([line(AKMOLA, points), line(NORTH, points)]), "ru"))
    assert [(its[0], its[1]) for its in table[1:]] == [
        ("2024 год", "Акмолинская область"),
        ("2024 год", "Северо-Казахстанская область"),
        ("2023 год", "Акмолинская область"),
        ("2023 год", "Северо-Казахстанская область"),
    ]
    assert table[1][-1] == "предварительные данные"


def test_without_a_rate_there_are_no_columns_for_it() -> None:
    head, first = cells(trend_table(panel([line(AKMOLA, [point(years(2024, 2024)[0], 50)])], name="schools"), "en"))
    assert head[:2] == ["Period", "Number of schools"]
    assert first[1] == "50"


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_areas_stand_side_by_side_by_topic(language: str) -> None:
    when = years(2024, 2024)[0]
    rows = [
        PairRow(indicator("offences_against_minors"), when, row(AKMOLA, 50), row(NORTH, 7), is_invented=False),
        PairRow(
            indicator("suicides_minors"),
            when,
            row(AKMOLA, 9),
            row(NORTH, status=CellStatus.SUPPRESSED),
            is_invented=True,
        ),
    ]
    html = pair_table(pair_view(AKMOLA, NORTH, rows), language)
    assert html.count("<table") == 2
    _, offences, _, suicides = cells(html)
    assert offences[3] == "50"
    assert offences[2].startswith(("20,0 (14,8–26,4)", "20.0 (14.8–26.4)"))
    assert t("status.unstable", language) in offences[6]
    assert suicides[4:6] == [t("status.suppressed", language), ""]
    assert t("invented.mark", language) in suicides[6]


def test_parts_have_share_and_number_or_the_reason() -> None:
    shown: list[float | CellStatus] = [30, CellStatus.SUPPRESSED, CellStatus.SUPPRESSED, 10, 15, 5]
    _, first = cells(parts_table(parts_view([parts_row(AKMOLA, shown, total=100)]), "en"))
    assert first[1:4] == ["100", "30.0% (30)", "hidden to protect children"]


def test_a_whole_that_is_not_shown_is_not_known_and_no_share_is_formed() -> None:
    row_ = parts_row(AKMOLA, [30, *[CellStatus.SUPPRESSED] * 5], total=NAN)
    _, first = cells(parts_table(parts_view([row_]), "en"))
    assert first[1:4] == ["not known", "30", "hidden to protect children"]


def test_areas_by_periods_have_the_value_or_the_reason_in_every_cell() -> None:
    points = [point(years(2023, 2023)[0], 50), point(years(2024, 2024)[0], status=CellStatus.NOT_REPORTED)]
    head, first = cells(heat_table(heat_view([line(AKMOLA, points)]), "en"))
    assert head == ["Area", "2023", "2024"]
    assert first == ["Akmola Region", "20.0", "not reported"]
