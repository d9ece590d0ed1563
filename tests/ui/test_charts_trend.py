"""The chart of trends as data: what is a gap, what is dashed, what is cut, what it says."""

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest

from geo.areas import areas, districts_of
from riskmap.analytics.views import Point, Story, TrendPanel
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus
from riskmap.ui.chart_layout import DARK, LIGHT, STATE_MARKS, Theme
from riskmap.ui.charts_trend import DASH, trend_figure
from riskmap.ui.palettes import contrast
from riskmap.words import t
from tests.ui.colour_vision import SIMULATIONS, least_distance
from tests.views import ABAI, AKMOLA, FOUNDED, LAW, NAN, NORTH, SECRET, line, months, panel, period_of, point, years

THEMES = (LIGHT, DARK)


def drawn(shown: TrendPanel, language: str = "en", theme: Theme = LIGHT) -> go.Figure:
    return trend_figure(shown, language=language, theme=theme)


def traces(figure: go.Figure, role: str, area: str = AKMOLA) -> list[Any]:
    return [its for its in figure.data if its.meta and its.meta["role"] == role and its.meta["area"] == area]


def segments(trace: Any) -> list[tuple[float, float]]:
    """Pairs of neighbouring places that the stroke joins."""
    return [(one, other) for one, other in pairwise(trace.x) if one is not None and other is not None]


def one_line(points: list[Point], **more: Any) -> TrendPanel:
    return panel([line(AKMOLA, points)], **more)


def test_a_gap_stays_a_gap_and_zero_is_a_value() -> None:
    states = [CellStatus.VALUE, CellStatus.VALUE, CellStatus.NOT_REPORTED, CellStatus.VALUE]
    counts = [50.0, 0.0, None, 70.0]
    points = [
        point(when, count, status=state) for when, count, state in zip(years(2020, 2023), counts, states, strict=True)
    ]
    figure = drawn(one_line(points))
    (marks,) = traces(figure, "points")
    assert marks.y == (20.0, 0.0, None, pytest.approx(28))
    (stroke,) = traces(figure, "final")
    assert stroke.connectgaps is False
    assert segments(stroke) == [(0, 1)]


@pytest.mark.parametrize("state", [status for status in CellStatus if status is not CellStatus.VALUE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_a_gap_has_a_mark_and_words_of_its_own(state: CellStatus, language: str) -> None:
    figure = drawn(one_line([point(years(2020, 2020)[0], 50), point(years(2021, 2021)[0], status=state)]), language)
    (gap,) = traces(figure, "gap")
    words = t(f"status.{state}", language)
    assert (gap.x, gap.y, gap.yaxis) == ((1,), (0,), "y2")
    assert gap.marker.symbol == f"{STATE_MARKS[state]}-open"
    assert words in gap.text[0].replace("<br>", " ")
    assert any(its.name and its.name.replace("<br>", " ") == words for its in figure.data)


def test_marks_of_gaps_differ_from_each_other_and_from_those_of_values() -> None:
    figure = drawn(panel([line(area, [point(years(2020, 2020)[0], 50)]) for area in (COUNTRY, AKMOLA, ABAI, NORTH)]))
    symbols = {its.marker.symbol for its in figure.data if its.meta and its.meta["role"] == "points"}
    assert len(symbols) == 4
    assert len(set(STATE_MARKS.values())) == len(STATE_MARKS)
    assert symbols.isdisjoint(STATE_MARKS.values())


def test_what_is_not_final_is_dashed_from_the_last_final_point_on() -> None:
    points = [point(when, 50, is_provisional=when.start.year > 2021) for when in years(2020, 2023)]
    figure = drawn(one_line(points))
    (final,), (open_,) = traces(figure, "final"), traces(figure, "provisional")
    assert segments(final) == [(0, 1)]
    assert segments(open_) == [(1, 2), (2, 3)]
    assert (final.line.dash, open_.line.dash) == ("solid", DASH)


def test_few_events_are_open_marks() -> None:
    counts = (50, 12)
    figure = drawn(one_line([point(when, count) for when, count in zip(years(2020, 2021), counts, strict=True)]))
    (marks,) = traces(figure, "points")
    assert marks.marker.color == (LIGHT.lines[0], LIGHT.background)


def test_intervals_are_a_band_over_neighbours_and_a_box_for_a_lonely_point() -> None:
    states = [CellStatus.VALUE, CellStatus.VALUE, CellStatus.SUPPRESSED, CellStatus.VALUE]
    points = [
        point(when, 50 if state is CellStatus.VALUE else None, status=state)
        for when, state in zip(years(2020, 2023), states, strict=True)
    ]
    (band,) = traces(drawn(one_line(points)), "band")
    assert [place for place in band.x if place is not None] == [0, 1, 1, 0, 2.88, 3.12, 3.12, 2.88]
    assert [limit for limit in band.y if limit is not None][:2] == [points[0].upper, points[1].upper]
    assert band.hoverinfo == "skip"


def test_where_no_interval_is_given_there_is_no_band() -> None:
    points = [point(when, 50, lower=NAN, upper=NAN) for when in years(2020, 2022)]
    (band,) = traces(drawn(one_line(points)), "band")
    assert band.x == ()


def test_a_break_of_the_definition_cuts_every_line_and_has_a_number_and_a_note() -> None:
    points = [point(when, 50) for when in years(2022, 2026)]
    figure = drawn(panel([line(AKMOLA, points), line(NORTH, points)], stories=[LAW]))
    for area in (AKMOLA, NORTH):
        (stroke,) = traces(figure, "final", area)
        assert segments(stroke) == [(0, 1), (3, 4)]
    (mark,) = figure.layout.shapes
    # 167 of the 366 days of 2024 lie before 16 June.
    assert mark.x0 == mark.x1 == pytest.approx(2 - 0.5 + 167 / 366)
    numbers = [its.text for its in figure.layout.annotations if its.name == "break"]
    (note,) = [its.text for its in figure.layout.annotations if its.name == "notes"]
    assert numbers == ["<b>1</b>"]
    assert note.replace("<br>", " ") == f"1. 16 June 2024: {t('break.law_2024', 'en')}"


def test_a_break_of_borders_cuts_only_the_line_of_its_area_and_is_named() -> None:
    points = [point(when, 50) for when in years(2021, 2023)]
    figure = drawn(panel([line(AKMOLA, points), line(ABAI, points)], stories=[FOUNDED]))
    assert segments(traces(figure, "final", AKMOLA)[0]) == [(0, 1), (1, 2)]
    assert segments(traces(figure, "final", ABAI)[0]) == []
    (note,) = [its.text for its in figure.layout.annotations if its.name == "notes"]
    assert "Abai Region" in note


def notes_of(figure: go.Figure) -> str:
    (note,) = [its.text for its in figure.layout.annotations if its.name == "notes"]
    return str(note).replace("<br>", " ")


def numbers_of(figure: go.Figure) -> list[tuple[str, float]]:
    """The numbers in the boxes at the breaks, and how far each box is below the first row."""
    return [(its.text, its.yshift) for its in figure.layout.annotations if its.name == "break"]


def test_a_border_between_two_lines_is_told_once_and_names_both() -> None:
    points = [point(when, 50) for when in years(2023, 2025)]
    konaev, alatau, talgar = "191000000", "191800000", "196200000"
    pairs = [(konaev, alatau), (alatau, konaev), (alatau, talgar)]
    land = [Story("area", one, date(2024, 10, 12), "break.land", other) for one, other in pairs]
    figure = drawn(panel([line(konaev, points), line(alatau, points)], stories=land))
    assert notes_of(figure).startswith(
        "1. 12 October 2024, Konaev city – Alatau city and Alatau city (other area: Talgar District): The border"
    )


def test_stories_of_one_day_share_a_line_and_a_box() -> None:
    points = [point(when, 50) for when in years(2021, 2023)]
    stories = [FOUNDED, Story("area", "630000000", FOUNDED.day, "break.reduced", ABAI)]
    figure = drawn(panel([line(ABAI, points), line("630000000", points)], stories=stories))
    assert len(figure.layout.shapes) == 1
    assert numbers_of(figure) == [("<b>1, 2</b>", 0)]
    told = notes_of(figure)
    assert "1. 8 June 2022, Abai Region (other area: East Kazakhstan Region): The area became" in told
    assert "2. 8 June 2022, East Kazakhstan Region (other area: Abai Region): A part of the area" in told


def test_boxes_that_would_meet_on_a_narrow_screen_stand_below_each_other() -> None:
    points = [point(when, 50) for when in months((2021, 9), 57)]
    days = (date(2023, 12, 16), date(2024, 1, 9), date(2024, 2, 1), date(2026, 1, 1))
    stories = [Story("area", AKMOLA, when, "break.land", ABAI) for when in days]
    figure = drawn(panel([line(AKMOLA, points)], stories=stories))
    assert len(figure.layout.shapes) == 4
    first, second, third, last = (shift for _, shift in numbers_of(figure))
    assert first == last == 0 > second > third


def test_lines_are_told_apart_by_mark_as_well_as_by_colour() -> None:
    points = [point(when, 50) for when in years(2020, 2021)]
    codes = ["110000000", "150000000", "190000000", "230000000", "270000000", "310000000", COUNTRY]
    figure = drawn(panel([line(code, points) for code in codes]))
    marks = [its.marker for its in figure.data if its.meta and its.meta["role"] == "points"]
    assert len({mark.symbol for mark in marks}) == len({mark.line.color for mark in marks}) == len(codes)


@pytest.mark.parametrize("theme", THEMES)
def test_lines_are_seen_against_the_page_and_apart_with_any_colour_vision(theme: Theme) -> None:
    assert min(contrast(colour, theme.background) for colour in (*theme.lines, theme.text, theme.muted)) > 3
    for simulation in SIMULATIONS:
        assert least_distance((*theme.lines, theme.text), simulation) > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hover_text_says_everything_in_words(language: str) -> None:
    shown = one_line([point(years(2024, 2024)[0], 118, before=100, exposure=200_000, is_provisional=True)])
    (marks,) = traces(drawn(shown, language), "points")
    text = marks.text[0].replace("<br>", " ")
    expected = {
        "kk": ("Ақмола облысы, 2024 жыл", "59,0", "118 құқық бұзушылық", "+18,0\u00a0%", "50,0", "алдын ала дерек"),
        "ru": ("Акмолинская область, 2024 год", "59,0", "118 правонарушений", "+18,0\u00a0%", "50,0"),
        "en": ("Akmola Region, 2024", "59.0 per 100,000 children aged 0–17", "118 offences", "+18.0%", "50.0"),
    }
    assert all(words in text for words in expected[language])
    assert marks.hovertemplate == "%{text}<extra></extra>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_invented_figures_say_so_across_the_picture_and_in_its_title(language: str) -> None:
    points = [point(when, 50) for when in years(2020, 2021)]
    figure = drawn(one_line(points, is_invented=True), language)
    mark = t("invented.mark", language).upper()
    texts = [its.text.replace("<br>", " ") for its in figure.layout.annotations if its.name == "invented"]
    assert texts == [mark]
    assert mark in figure.layout.legend.title.text.replace("</b><br><b>", " ")
    real = drawn(one_line(points), language)
    assert mark not in json.dumps(real.to_dict(), ensure_ascii=False, default=str)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["offences_against_minors", "suicides_minors", "schools", "children_0_17"])
def test_the_axis_says_what_one_unit_is_and_begins_at_zero(name: str, language: str) -> None:
    figure = drawn(one_line([point(when, 50) for when in years(2020, 2021)], name=name), language)
    item = indicator(name)
    title = figure.layout.yaxis.title.text
    assert title == t(f"unit.{item.unit}.heading", language) or title.endswith(("17", "17 лет", "шаққанда"))
    assert figure.layout.yaxis.range[0] == 0


def test_without_a_rate_the_numbers_are_drawn() -> None:
    points = [point(when, 50) for when in years(2020, 2021)]
    (marks,) = traces(drawn(one_line(points, name="schools")), "points")
    assert marks.y == (50, 50)


def test_a_number_whose_population_is_not_known_is_a_gap_with_a_reason_of_its_own() -> None:
    points = [point(when, 50, value=NAN, lower=NAN, upper=NAN, exposure=NAN) for when in years(2020, 2021)]
    figure = drawn(one_line(points))
    (marks,) = traces(figure, "points")
    assert marks.y == (None, None)
    (gap,) = traces(figure, "gap")
    assert gap.meta["state"] == "no_rate"
    assert "50 offences" in gap.text[0]


def test_a_panel_without_a_single_value_is_drawn_with_its_reasons() -> None:
    points = [point(when, status=CellStatus.SUPPRESSED) for when in years(2020, 2021)]
    figure = drawn(one_line(points))
    assert traces(figure, "points")[0].y == (None, None)
    assert traces(figure, "gap")[0].x == (0, 1)


def test_no_number_of_a_hidden_point_is_in_the_picture() -> None:
    hidden = point(years(2021, 2021)[0], 50)
    secret = dict.fromkeys(("count", "exposure", "value", "lower", "upper"), SECRET)
    hidden = replace(hidden, status=CellStatus.SUPPRESSED, **secret)  # type: ignore[arg-type]
    figure = drawn(one_line([point(years(2020, 2020)[0], 50), hidden, point(years(2022, 2022)[0], 50)]))
    content = json.dumps(figure.to_dict(), default=str)
    assert str(int(SECRET)) not in content.replace(",", "").replace("\u00a0", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "codes",
    [
        ["2025-01", "2025-02", "2025-03"],
        ["2024-Q4", "2025-Q1"],
        ["2024-H2", "2025-H1"],
        ["2023/24", "2024/25"],
        ["2018/19-2020/21", "2021/22-2023/24"],
        ["2024-01..2024-10", "2025-01..2025-10"],
    ],
)
def test_periods_of_every_grain_are_drawn_in_every_language(codes: list[str], language: str) -> None:
    figure = drawn(one_line([point(period_of(code), 50) for code in codes]), language)
    assert list(figure.layout.xaxis.tickvals) == list(range(len(codes)))
    assert len(set(figure.layout.xaxis.ticktext)) == len(codes)


def test_districts_of_two_regions_have_their_region_beside_their_name() -> None:
    def names(codes: list[str]) -> list[str]:
        figure = drawn(panel([line(code, [point(years(2020, 2020)[0], 50)]) for code in codes]))
        return [its.name.replace("<br>", " ") for its in figure.data if its.name][: len(codes)]

    north = [area.id for area in districts_of(NORTH)]
    assert names(north[:2]) == [areas()[code].name("en") for code in north[:2]]
    assert names([north[0], AKMOLA]) == [areas()[code].name("en") for code in (north[0], AKMOLA)]
    other = districts_of(AKMOLA)[0]
    assert names([north[0], other.id])[1] == f"{other.name('en')} (Akmola Region)"


def test_the_picture_asks_for_no_font_and_no_file_from_outside() -> None:
    content = drawn(one_line([point(years(2020, 2020)[0], 50)])).to_json()
    assert "http" not in content
