"""Pictures of comparisons as data: order, intervals, hidden parts, fills, words."""

import json
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from geo.areas import children, regions
from riskmap.analytics.views import AreaRow, MapView
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus
from riskmap.ui.chart_layout import DARK, LIGHT, STATE_PATTERNS, class_colours
from riskmap.ui.charts_compare import PART_COLOURS, Order, parts_figure, ranked_figure, ranked_rows
from riskmap.ui.charts_heat import heat_figure
from riskmap.ui.charts_trend import trend_figure
from riskmap.ui.palettes import contrast, palette
from riskmap.words import sort_key, t
from tests.ui.colour_vision import SIMULATIONS, least_distance
from tests.views import (
    ABAI,
    AKMOLA,
    NAN,
    NORTH,
    SECRET,
    heat_view,
    line,
    map_view,
    panel,
    parts_row,
    parts_view,
    point,
    row,
    years,
)

HIDDEN, SILENT = CellStatus.SUPPRESSED, CellStatus.NOT_REPORTED


def role(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.meta and trace.meta["role"] == name]


def words_of(figure: go.Figure) -> set[str]:
    """The texts of the legend."""
    return {trace.name.replace("<br>", " ") for trace in figure.data if trace.name}


def holds_secret(figure: go.Figure) -> bool:
    content = json.dumps(figure.to_dict(), default=str)
    return str(int(SECRET)) in content.replace(",", "").replace("\u00a0", "")


def hidden(shown: AreaRow) -> AreaRow:
    """The row as it would be if a number had come through with its state."""
    return replace(shown, status=HIDDEN, count=SECRET, value=SECRET, lower=SECRET, upper=SECRET, exposure=SECRET)


def regional(**more: Any) -> MapView:
    counts = [60.0 + 3 * index for index in range(20)]
    return map_view([row(area.id, count) for area, count in zip(regions(), counts, strict=True)], **more)


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_stand_in_alphabetical_order_unless_asked_otherwise(language: str) -> None:
    (names,) = role(ranked_figure(regional(), language=language, theme=LIGHT), "names")
    assert list(names.text) == sorted(names.text, key=lambda name: sort_key(name, language))
    assert len(names.text) == 20


def test_by_value_the_highest_is_first() -> None:
    (dots,) = role(ranked_figure(regional(), language="en", theme=LIGHT, order="value"), "values")
    assert list(dots.x) == sorted(dots.x, reverse=True)


@pytest.mark.parametrize("order", ["name", "value"])
def test_suicides_are_never_put_in_the_order_of_their_values(order: Order) -> None:
    view = regional(name="suicides_minors")
    names = [its.name("en") for its in ranked_rows(view, "en", order=order)]
    assert names == sorted(names, key=lambda name: sort_key(name, "en"))
    (dots,) = role(ranked_figure(view, language="en", theme=LIGHT, order=order), "values")
    assert set(dots.marker.color) == {LIGHT.accent}


@pytest.mark.parametrize("order", ["name", "value"])
def test_areas_without_a_value_come_after_the_others_and_what_is_outside_districts_last(order: Order) -> None:
    places = children(NORTH)
    rows = [row(place.id, status=SILENT if index == 0 else HIDDEN) for index, place in enumerate(places[:2])]
    rows += [row(place.id, 50) for place in places[2:]]
    view = map_view(rows, level="district", within=NORTH)
    found = ranked_rows(view, "ru", order=order)
    assert {its.status for its in found[-3:-1]} == {SILENT, HIDDEN}
    assert found[-1].level == "remainder"
    figure = ranked_figure(view, language="ru", theme=LIGHT, order=order)
    states = {gap.meta["state"]: gap for gap in role(figure, "gap")}
    assert states.keys() == {"not_reported", "suppressed"}
    assert states["suppressed"].text[0].strip() == "скрыто для защиты детей"


def test_an_interval_reaches_from_the_lower_to_the_upper_limit() -> None:
    shown = row(AKMOLA, 50)
    (dots,) = role(ranked_figure(map_view([shown]), language="en", theme=LIGHT), "values")
    assert dots.x[0] - dots.error_x.arrayminus[0] == pytest.approx(shown.lower)
    assert dots.x[0] + dots.error_x.array[0] == pytest.approx(shown.upper)


def test_few_events_are_open_and_provisional_ones_have_another_mark() -> None:
    rows = [row(AKMOLA, 50), row(NORTH, 7), row(ABAI, 50, is_provisional=True)]
    figure = ranked_figure(map_view(rows), language="en", theme=LIGHT)
    (dots,) = role(figure, "values")
    assert list(dots.marker.color) == [LIGHT.accent, LIGHT.accent, LIGHT.background]
    assert list(dots.marker.symbol) == ["diamond", "circle", "circle"]
    assert {"few events, unstable", "provisional", "line: 95% interval"} <= words_of(figure)


def test_region_and_country_are_lines_with_their_value_and_missing_where_they_have_none() -> None:
    above = [row(NORTH, status=HIDDEN), row(COUNTRY, 100)]
    figure = ranked_figure(map_view([row(AKMOLA, 50)], above=above), language="en", theme=LIGHT)
    (country,) = role(figure, "around")
    assert country.x == (40, 40)
    assert "Republic of Kazakhstan: 40.0" in words_of(figure)


def test_a_picture_of_areas_grows_with_their_number() -> None:
    small, large = (
        ranked_figure(map_view([row(area.id, 50) for area in regions()[:count]]), language="en", theme=LIGHT)
        for count in (2, 20)
    )
    assert large.layout.height - small.layout.height == 18 * 36


def test_no_number_of_a_hidden_area_is_in_the_picture() -> None:
    view = map_view([row(AKMOLA, 50), hidden(row(NORTH, 50))], above=[hidden(row(COUNTRY, 100))])
    figure = ranked_figure(view, language="en", theme=LIGHT)
    assert not holds_secret(figure)
    assert role(figure, "around") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hover_text_of_an_area_is_in_words(language: str) -> None:
    (dots,) = role(ranked_figure(map_view([row(AKMOLA, 7)]), language=language, theme=DARK), "values")
    text = dots.text[0].replace("<br>", " ")
    assert {"kk": "7 құқық бұзушылық", "ru": "7 правонарушений", "en": "7 offences"}[language] in text
    assert t("status.unstable", language) in text


def test_parts_of_a_shown_whole_make_a_bar_of_a_hundred() -> None:
    figure = parts_figure(parts_view([parts_row(AKMOLA, [10, 20, 30, 20, 15, 5])]), language="en", theme=LIGHT)
    assert sum(bar.x[0] for bar in role(figure, "part")) == pytest.approx(100)
    assert role(figure, "rest") == []
    assert [bar.name.replace("<br>", " ") for bar in role(figure, "part")][:2] == [
        "physical violence",
        "psychological (emotional) violence",
    ]


def test_hidden_parts_are_one_hatched_rest_with_words() -> None:
    rows = [parts_row(AKMOLA, [30, HIDDEN, HIDDEN, 10, 15, 5], total=100)]
    figure = parts_figure(parts_view(rows), language="en", theme=LIGHT)
    (rest,) = role(figure, "rest")
    assert rest.x == (pytest.approx(40),)
    assert rest.marker.pattern.shape == "x"
    assert "hidden to protect children" in words_of(figure)
    assert "40" not in rest.text[0]


def test_a_rest_of_hidden_parts_differs_from_one_that_was_not_reported_and_from_one_of_both() -> None:
    rows = [
        parts_row(AKMOLA, [30, HIDDEN, HIDDEN, 10, 15, 5], total=100),
        parts_row(NORTH, [30, SILENT, SILENT, 10, 15, 5], total=100),
        parts_row(ABAI, [30, HIDDEN, SILENT, 10, 15, 5], total=100),
    ]
    figure = parts_figure(parts_view(rows), language="en", theme=LIGHT)
    rests = role(figure, "rest")
    words = {bar.name.replace("<br>", " "): bar.marker.pattern.shape for bar in rests}
    assert words.keys() == {"hidden to protect children", "not reported", "hidden or not reported"}
    assert len(set(words.values())) == 3
    assert [sum(size is not None for size in bar.x) for bar in rests] == [1, 1, 1]


def test_a_single_hidden_part_would_be_the_rest_so_no_share_is_shown() -> None:
    rows = [parts_row(AKMOLA, [30, HIDDEN, 12, 10, 15, 5], total=100)]
    figure = parts_figure(parts_view(rows), language="ru", theme=LIGHT)
    assert [bar.x for bar in role(figure, "part")] == [(None,)] * 6
    assert role(figure, "rest") == []
    (words,) = role(figure, "gap")
    assert words.text[0].strip() == "доли скрыты для защиты детей"


@pytest.mark.parametrize(
    ("counts", "total", "words"),
    [
        ([0] * 6, 0, "the whole is zero"),
        ([HIDDEN] * 6, NAN, "hidden to protect children"),
        ([SILENT] * 6, NAN, "not reported"),
        ([7, *[HIDDEN] * 5], NAN, "shares hidden to protect children"),
        ([7, *[SILENT] * 5], NAN, "shares are not known"),
    ],
)
def test_a_row_without_shares_says_why(counts: list[Any], total: float, words: str) -> None:
    figure = parts_figure(parts_view([parts_row(AKMOLA, counts, total=total)]), language="en", theme=LIGHT)
    (gap,) = role(figure, "gap")
    assert gap.text[0].strip() == words


def test_parts_are_told_apart_with_any_colour_vision_and_neighbours_in_grey_too() -> None:
    assert all(least_distance(PART_COLOURS, simulation) > 12 for simulation in SIMULATIONS)
    longest = PART_COLOURS[:6]
    assert all(contrast(one, other) > 3 for one, other in zip(longest, longest[1:], strict=False))


def test_cells_have_the_colour_of_their_class_or_the_pattern_of_their_state() -> None:
    states = [SILENT, HIDDEN, CellStatus.NOT_APPLICABLE, CellStatus.NOT_COMPARABLE]
    points = [point(when, count) for when, count in zip(years(2017, 2019), (0, 50, 200), strict=True)]
    points += [point(when, status=state) for when, state in zip(years(2020, 2023), states, strict=True)]
    figure = heat_figure(heat_view([line(AKMOLA, points)]), language="en", theme=LIGHT)
    cells = {trace.meta["fill"]: trace for trace in role(figure, "cells")}
    where = {fill: trace.x for fill, trace in cells.items() if trace.x != (None,)}
    assert where == {
        "zero": (0,),
        "class:1": (1,),
        "class:4": (2,),
        **{str(state): (place,) for place, state in enumerate(states, start=3)},
    }
    assert cells["class:1"].marker.color == palette("recorded", 5)[1]
    assert {fill: cells[fill].marker.pattern.shape for fill in STATE_PATTERNS} == STATE_PATTERNS


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legend_of_cells_has_every_class_and_the_states_that_occur(language: str) -> None:
    points = [point(years(2020, 2020)[0], 50), point(years(2021, 2021)[0], status=HIDDEN)]
    figure = heat_figure(heat_view([line(AKMOLA, points)]), language=language, theme=LIGHT)
    assert [trace.name for trace in figure.data if trace.name][1:] == [
        *({"en": ("20.0–29.9", "30.0–44.9", "45.0–64.9")}.get(language, ("20,0–29,9", "30,0–44,9", "45,0–64,9"))),
        t("legend.from", language, low=65),
        t("status.suppressed", language),
    ]


def test_cells_of_an_indicator_that_is_not_coloured_are_neutral_and_say_so() -> None:
    view = heat_view([line(COUNTRY, [point(years(2020, 2020)[0], 50, breaks=())])], name="suicides_minors")
    figure = heat_figure(view, language="en", theme=LIGHT)
    (cells,) = role(figure, "cells")
    assert cells.marker.color == class_colours(view.indicator, ())[0]
    assert "never compared by colour" in figure.layout.legend.title.text.replace("<br>", " ")


def test_a_value_without_a_rate_has_a_class_of_its_own() -> None:
    lonely = point(years(2020, 2020)[0], 50, value=NAN, lower=NAN, upper=NAN, fill="class:5")
    figure = heat_figure(heat_view([line(AKMOLA, [lonely])]), language="en", theme=LIGHT)
    assert "value, no rate" in words_of(figure)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_invented_figures_say_so_in_every_picture(language: str, theme: Any) -> None:
    mark = t("invented.mark", language).upper()
    lines = [line(area.id, [point(years(2020, 2020)[0], 50)]) for area in regions()]
    figures = [
        ranked_figure(regional(is_invented=True), language=language, theme=theme),
        parts_figure(parts_view([parts_row(AKMOLA, [9] * 6)], is_invented=True), language=language, theme=theme),
        heat_figure(heat_view(lines, is_invented=True), language=language, theme=theme),
    ]
    for figure in figures:
        marks = [its for its in figure.layout.annotations if its.name == "invented"]
        assert marks
        assert {its.text.replace("<br>", " ") for its in marks} == {mark}
        assert mark in figure.layout.legend.title.text.replace("</b><br><b>", " ")
    # A high picture is marked more than once, so that no part of it can be cut out unmarked.
    assert len([its for its in figures[0].layout.annotations if its.name == "invented"]) > 1


def test_what_lies_outside_districts_is_the_last_row_of_parts_and_cells_too() -> None:
    places = [children(NORTH)[-1], *children(NORTH)[:-1]]
    parts = parts_figure(parts_view([parts_row(place.id, [1] * 6) for place in places]), language="en", theme=LIGHT)
    cells = heat_figure(
        heat_view([line(place.id, [point(years(2020, 2020)[0], 50)]) for place in places]), language="en", theme=LIGHT
    )
    for figure in (parts, cells):
        (names,) = role(figure, "names")
        assert names.text[-1] == "North Kazakhstan Region, not in a district"


def test_no_look_of_another_library_is_taken_over() -> None:
    default = pio.templates.default
    pio.templates.default = "ggplot2"
    try:
        figure = ranked_figure(regional(), language="en", theme=LIGHT)
    finally:
        pio.templates.default = default
    assert not figure.to_plotly_json()["layout"].get("template")


def test_the_library_accepts_every_property_of_every_figure() -> None:
    figures = (
        ranked_figure(regional(), language="en", theme=LIGHT),
        parts_figure(parts_view([parts_row(AKMOLA, [9.0] * 6)]), language="kk", theme=DARK),
        heat_figure(
            heat_view([line(AKMOLA, [point(year, 50.0) for year in years(2022, 2024)])]), language="ru", theme=LIGHT
        ),
        trend_figure(
            panel([line(AKMOLA, [point(year, 50.0) for year in years(2022, 2024)])]), language="en", theme=DARK
        ),
    )
    for figure in figures:
        assert go.Figure(figure.to_dict()).to_dict()["data"] == figure.to_dict()["data"]
