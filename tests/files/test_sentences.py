"""Sentences beside maps and charts, as a reader of each language meets them."""

import pytest

from geo.areas import areas, children
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus
from riskmap.files import sentences
from riskmap.files.trend_sentences import change_text, signed_percent, trend_sentences
from tests.views import (
    AKMOLA,
    NORTH,
    heat_view,
    line,
    map_view,
    panel,
    parts_row,
    parts_view,
    period_of,
    point,
    row,
    years,
)

HIDDEN, SILENT = CellStatus.SUPPRESSED, CellStatus.NOT_REPORTED


@pytest.mark.parametrize(
    ("language", "shown", "missing"),
    [
        ("kk", "2 аудан мен қаланың мәні көрсетілген", "1 аудан мен қала есеп бермеген"),
        ("ru", "Значение показано для 2 районов и городов", "1 район или город без отчёта"),
        ("en", "2 districts and cities show a value", "1 district or city with no report"),
    ],
)
def test_districts_are_called_districts_and_what_is_outside_them_is_not_counted(
    language: str, shown: str, missing: str
) -> None:
    first, second, third, *_, outside = children(NORTH)
    rows = [row(first.id, 50), row(second.id, 60), row(third.id, status=SILENT), row(outside.id, status=HIDDEN)]
    view = map_view(rows, above=[row(NORTH, 70), row(COUNTRY, 80)], level="district", within=NORTH)
    said = sentences.map_sentences(view, language)
    assert said[0].startswith(areas()[NORTH].name(language))
    assert said[1].startswith(areas()[COUNTRY].name(language))
    assert shown in said[2]
    assert said[3].endswith(f"{missing}.")


def test_regions_are_called_regions() -> None:
    said = sentences.map_sentences(map_view([row(AKMOLA, 50), row(NORTH, status=HIDDEN)]), "en")
    assert said[0].startswith("1 region shows a value")
    assert "1 region with figures hidden to protect children" in said[1]


def test_suicides_have_no_range_from_the_lowest_to_the_highest() -> None:
    said = sentences.map_sentences(map_view([row(AKMOLA, 50), row(NORTH, 60)], name="suicides_minors"), "en")
    assert said == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "2024 жылғы I күнтізбелік тоқсан"),
        ("ru", "I квартал 2024 года"),
        ("en", "Q1 2024"),
    ],
)
def test_the_latest_figure_is_told_with_its_interval_and_the_same_period_last_year(
    language: str, expected: str
) -> None:
    latest = point(period_of("2024-Q1"), 118, before=100)
    (said,) = trend_sentences(panel([line(AKMOLA, [latest])]), language)
    assert said.startswith(f"{areas()[AKMOLA].name(language)}, {expected}: ")
    assert {"kk": "39,1–56,5", "ru": "39,1–56,5", "en": "39.1–56.5"}[language] in said
    assert {"kk": "+18,0\u00a0%", "ru": "+18,0\u00a0%", "en": "+18.0%"}[language] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_never_says_that_something_rises_or_falls(language: str) -> None:
    points = [point(when, 50 * (place + 1), before=50) for place, when in enumerate(years(2020, 2024))]
    text = " ".join(trend_sentences(panel([line(AKMOLA, points)]), language)).lower()
    forbidden = {"kk": ("өсті", "азай", "төменде"), "ru": ("рост", "вырос", "сниз"), "en": ("rise", "rose", "fell")}
    assert not any(word in text for word in forbidden[language])


def test_where_the_latest_is_missing_the_reason_and_the_last_known_figure_are_told() -> None:
    points = [point(years(2023, 2023)[0], 50), point(years(2024, 2024)[0], status=HIDDEN)]
    said, known = trend_sentences(panel([line(AKMOLA, points)]), "en")
    assert known == "The exact number is known to the department of the region: Akmola Region."
    assert said.startswith(
        "Akmola Region, 2024: hidden to protect children; the last known value is for 2023: 20.0 per"
    )


def test_an_area_without_any_value_is_told() -> None:
    points = [point(when, status=SILENT) for when in years(2023, 2024)]
    (said,) = trend_sentences(panel([line(AKMOLA, points)]), "en")
    assert said == "Akmola Region: no value in any period shown."


def test_invented_figures_are_told_first() -> None:
    said = trend_sentences(panel([line(AKMOLA, [point(years(2024, 2024)[0], 50)])], is_invented=True), "en")
    assert said[0] == "These figures are invented."


@pytest.mark.parametrize(
    ("value", "text"), [(4.16, "+4,2\u00a0%"), (-4.16, "\u22124,2\u00a0%"), (0.04, "0,0\u00a0%"), (-0.04, "0,0\u00a0%")]
)
def test_a_change_has_its_sign(value: float, text: str) -> None:
    assert signed_percent(value, "ru") == text


def test_a_change_from_nothing_is_told_by_both_numbers() -> None:
    assert change_text(point(years(2024, 2024)[0], 5, before=0), "en") == "from 0 to 5"


def test_reports_and_areas_are_told_apart() -> None:
    part = row(AKMOLA, 50, units_expected=14, units_reported=12)
    assert sentences.qualities(part, "en", level="district") == ["returns received: 12 of 14"]
    assert sentences.qualities(part, "en", level="region") == ["areas included: 12 of 14"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "түрлері бойынша, 2024/25 оқу жылы"),
        ("ru", "по видам, 2024/25 учебный год"),
        ("en", "by type, 2024/25 school year"),
    ],
)
def test_the_title_of_parts_says_by_what_and_when(language: str, expected: str) -> None:
    assert sentences.parts_title(parts_view([parts_row(AKMOLA, [1] * 6)]), language).endswith(expected)


def test_the_title_of_periods_says_how_long_they_are() -> None:
    view = heat_view([line(AKMOLA, [point(period_of("2024-Q1"), 5)])])
    assert sentences.heat_title(view, "en") == "Criminal offences against minors, by calendar quarter"


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_of_one_name_are_told_apart_by_their_region(language: str) -> None:
    known = [area for area in areas().values() if area.kind == "district"]
    found: dict[str, list[str]] = {}
    for area in known:
        found.setdefault(area.name(language), []).append(area.id)
    alike = next(codes for codes in found.values() if len(codes) > 1)
    names = sentences.place_names([row(code, 5) for code in alike], language)
    assert len(set(names.values())) == len(alike)
