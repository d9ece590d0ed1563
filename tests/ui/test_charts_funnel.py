"""The funnel as picture, words and table: the same areas in each, nothing of those that were not looked at."""

import json
import re
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import pytest

from geo.areas import areas, districts_of, regions
from riskmap.analytics.funnels import FunnelView, funnel
from riskmap.analytics.views import AreaRow
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus
from riskmap.files.funnel_sentences import chosen_line, funnel_lines, left_out_lines, limit_lines, obstacle_words
from riskmap.ui.chart_layout import DARK, LIGHT
from riskmap.ui.charts_funnel import funnel_figure
from riskmap.ui.compare_tables import funnel_table
from riskmap.words import sort_key, t
from tests.ui.test_view_tables import cells
from tests.views import ABAI, AKMOLA, NORTH, SECRET, map_view, row

HIGH, LOW = AKMOLA, ABAI


def rows(*, exposure: float = 250_000.0, factor: float = 1.0) -> list[AreaRow]:
    """Twenty regions near 20 per 100,000, one far above and one far below; each has `factor` times its neighbour's."""
    found = []
    for place, area in enumerate(regions()):
        people = exposure * factor**place
        expected = people * 20 / 100_000
        far = {HIGH: 3.0, LOW: 0.1}.get(area.id, 1 + (-1) ** place * 0.5 / expected**0.5)
        found.append(row(area.id, float(round(expected * far)), exposure=people))
    return found


def regional(**more: Any) -> FunnelView:
    return funnel(map_view(rows(), above=[row(COUNTRY, 1000, exposure=5_000_000)], **more))


def figure_of(view: FunnelView, *, language: str = "en", **more: Any) -> go.Figure:
    return funnel_figure(view, language=language, theme=LIGHT, **more)


def role(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.meta and trace.meta["role"] == name]


def words_of(figure: go.Figure) -> set[str]:
    return {trace.name.replace("<br>", " ") for trace in figure.data if trace.name and trace.showlegend is not False}


def test_every_area_is_a_point_at_its_people_and_its_value_with_its_code() -> None:
    view = regional()
    (dots,) = role(figure_of(view), "values")
    drawn = list(zip(dots.customdata, dots.x, dots.y, strict=True))
    assert drawn == [(point.row.area, point.row.exposure, point.row.value) for point in view.points]
    assert len(drawn) == 20


def test_the_lines_drawn_are_the_reference_and_the_limits_that_judge() -> None:
    view = regional()
    figure = figure_of(view)
    (line,) = role(figure, "reference")
    assert set(line.y) == {view.reference}
    limits = {trace.meta["limit"]: trace for trace in role(figure, "limit")}
    for name, trace in limits.items():
        assert list(trace.y) == [getattr(at, name) for at in view.curve]
        assert list(trace.x) == [at.exposure for at in view.curve]
    assert limits["warning_upper"].line.dash != limits["alarm_upper"].line.dash
    assert {"95% limits", "99.8% limits", "whole country: 20.0"} <= words_of(figure)


def test_only_what_lies_outside_has_another_mark_and_no_point_another_colour() -> None:
    view = regional()
    (dots,) = role(figure_of(view), "values")
    marks = dict(zip(dots.customdata, dots.marker.symbol, strict=True))
    assert {code: mark for code, mark in marks.items() if mark != "circle"} == {
        HIGH: "triangle-up",
        LOW: "triangle-down",
    }
    assert set(dots.marker.color) == {LIGHT.accent}


def test_the_area_selected_has_a_ring_and_its_name() -> None:
    figure = figure_of(regional(), selected=NORTH)
    (ring,) = role(figure, "selected")
    (point,) = [found for found in regional().points if found.row.area == NORTH]
    assert (ring.x, ring.y) == ((point.row.exposure,), (point.row.value,))
    assert "North" in ring.text[0]
    assert role(figure_of(regional(), selected=COUNTRY), "selected") == []


def test_districts_of_the_region_selected_stand_out_by_colour_and_words() -> None:
    places = [place for region in (AKMOLA, NORTH) for place in districts_of(region)]
    view = funnel(map_view([row(place.id, 50.0) for place in places], level="district"))
    for selected in (NORTH, districts_of(NORTH)[0].id):
        figure = figure_of(view, selected=selected)
        (dots,) = role(figure, "values")
        own = {code for code, colour in zip(dots.customdata, dots.marker.color, strict=True) if colour == LIGHT.accent}
        assert own == {place.id for place in districts_of(NORTH)}
        assert {areas()[NORTH].name("en"), "other regions"} <= words_of(figure)


@pytest.mark.parametrize(("factor", "kind"), [(1.1, None), (1.25, "log")])
def test_people_that_differ_much_are_set_out_by_their_order_of_magnitude(factor: float, kind: str | None) -> None:
    view = funnel(map_view(rows(factor=factor)))
    axis = figure_of(view, language="ru").layout.xaxis
    assert axis.type == kind
    low, high = (10**end for end in axis.range) if kind else axis.range
    assert all(low < point.row.exposure < high for point in view.points)
    if kind:
        assert 2 <= len(axis.tickvals) <= 5
        assert "1\u00a0000\u00a0000" in axis.ticktext


def test_limits_far_above_every_value_do_not_press_the_points_together() -> None:
    small = [replace(found, exposure=2000.0, count=1.0, value=50.0) for found in rows()]
    view = funnel(map_view(small))
    assert max(at.alarm_upper for at in view.curve) > 150
    assert figure_of(view).layout.yaxis.range[1] < 90


def test_nothing_of_a_hidden_area_is_in_the_picture_the_table_or_the_words() -> None:
    numbers: dict[str, Any] = dict.fromkeys(("count", "value", "lower", "upper", "exposure"), SECRET)
    kept = [
        replace(found, status=CellStatus.SUPPRESSED, **numbers) if found.area == NORTH else found for found in rows()
    ]
    view = funnel(map_view(kept))
    texts = [
        *funnel_lines(view, "en"),
        *limit_lines(view, "en"),
        *left_out_lines(view, "en"),
        chosen_line(view, NORTH, "en"),
    ]
    content = json.dumps(figure_of(view, selected=NORTH).to_dict(), default=str)
    content += funnel_table(view, "en", selected=NORTH) + " ".join(texts)
    assert str(int(SECRET)) not in content.replace(",", "").replace("\u00a0", "")
    assert left_out_lines(view, "en") == ["Not in the picture (hidden to protect children): North Kazakhstan Region."]
    assert chosen_line(view, NORTH, "en") == "North Kazakhstan Region: hidden to protect children."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_invented_figures_say_so_in_the_picture(language: str, theme: Any) -> None:
    figure = funnel_figure(regional(is_invented=True), language=language, theme=theme)
    mark = t("invented.mark", language).upper()
    assert [its.text.replace("<br>", " ") for its in figure.layout.annotations] == [mark]
    assert mark in figure.layout.legend.title.text.replace("</b><br><b>", " ")
    assert not funnel_figure(regional(), language=language, theme=theme).layout.annotations


def test_the_table_has_the_same_areas_in_alphabetical_order_and_says_where_each_lies() -> None:
    view = regional()
    html = funnel_table(view, "en", selected=NORTH)
    head, *body = cells(html)
    assert head == [
        "Area",
        "Number of offences",
        "Children aged 0\u2060–\u206017, person-years",
        "per 100,000 children aged 0\u2060–\u206017",
        "Where it lies",
    ]
    assert [its[0] for its in body] == sorted((its[0] for its in body), key=lambda name: sort_key(name, "en"))
    told = {its[0]: its[1:] for its in body}
    assert told.keys() == {point.row.name("en") for point in view.points}
    assert told["Akmola Region"] == ["150", "250,000", "60.0", "above the 99.8% limits"]
    assert told["Abai Region"] == ["5", "250,000", "2.0", "below the 99.8% limits"]
    assert '<tr class="marked" aria-current="true"><th scope="row">North Kazakhstan Region' in html


def test_the_words_name_who_lies_outside_and_that_it_is_no_judgement() -> None:
    high, low, no_judgement, family = funnel_lines(regional(), "en")
    assert high == "Above the 99.8% limits, higher than expected: Akmola Region."
    assert low == "Below the 99.8% limits, lower than expected: Abai Region."
    assert "no judgement" in no_judgement
    assert "not necessarily worse" in family
    calm = funnel(map_view([row(area.id, 50.0) for area in regions()]))
    assert funnel_lines(calm, "en")[0] == "No area lies outside the 99.8% limits."


def test_the_words_say_whose_value_the_line_is_and_by_how_much_areas_differ() -> None:
    apart = [row(area.id, 30.0 if place % 2 else 75.0) for place, area in enumerate(regions())]
    wide = funnel(map_view(apart, above=[row(COUNTRY, 1000, exposure=5_000_000)]))
    own, _, spread = limit_lines(wide, "en")
    assert own == "The line is the published value of the whole country: 20.0 per 100,000 children aged 0–17."
    assert f"{wide.phi:.1f} times" in spread
    assert "leave room" in spread
    together, _, calm = limit_lines(funnel(map_view([row(area.id, 50.0) for area in regions()])), "en")
    assert "all areas in the picture together: 20.0" in together
    assert "0.0 times" in calm
    assert "chance alone" in calm


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["chronic_absence", "offences_against_minors", "programme_schools"])
def test_no_word_tells_areas_that_they_are_good_bad_first_or_last(language: str, name: str) -> None:
    view = funnel(map_view([replace(found, exposure=found.exposure / 1000) for found in rows()], name=name))
    said = " ".join([*funnel_lines(view, language)[:-1], *limit_lines(view, language)]).lower()
    judging = {"en": ("better", "worse", "rank", "best", "leader"), "ru": ("лучш", "хуж", "рейтинг", "лидер", "отста")}
    assert not any(word in said for word in judging.get(language, ("жақсырақ", "нашар", "рейтинг", "үздік")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_there_is_no_funnel_is_a_sentence(language: str) -> None:
    silent = [row(area.id, status=CellStatus.NOT_REPORTED) for area in regions()[:3]]
    said = [
        obstacle_words(funnel(map_view(rows(), name=name)), language)
        for name in ("suicides_minors", "schools", "missed_lessons")
    ]
    said.append(obstacle_words(funnel(map_view(rows()), is_rounded=True), language))
    said.append(obstacle_words(funnel(map_view([*silent, *rows()[3:]])), language))
    assert len(set(said)) == 5
    assert all(text.endswith(".") for text in said)
    assert {"17", "20"} <= set(re.findall(r"\d+", said[-1]))
    assert obstacle_words(regional(), language) == ""


def test_areas_without_a_point_are_listed_with_the_reason() -> None:
    found = rows()
    gone = [row(found[0].area, status=CellStatus.NOT_REPORTED), replace(found[1], lacks_parts=True), *found[2:]]
    assert left_out_lines(funnel(map_view(gone)), "en") == [
        f"Not in the picture (not reported): {found[0].name('en')}.",
        f"Not in the picture (sums without some of their areas): {found[1].name('en')}.",
    ]


def test_the_library_accepts_every_property_of_the_figure() -> None:
    for figure in (figure_of(regional(), selected=HIGH), figure_of(funnel(map_view(rows(factor=1.3))), language="kk")):
        assert go.Figure(figure.to_dict()).to_dict()["data"] == figure.to_dict()["data"]
