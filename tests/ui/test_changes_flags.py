"""A figure that was corrected says so wherever it is shown, and nothing that is hidden ever does."""

import csv
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from riskmap.analytics.views import PairRow
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import LANGUAGES, CellStatus
from riskmap.files import sentences
from riskmap.files.csv import heat_csv, map_csv, pair_csv, parts_csv, trend_csv
from riskmap.ui.area_map import picture
from riskmap.ui.chart_layout import LIGHT
from riskmap.ui.charts_compare import ranked_figure
from riskmap.ui.charts_heat import heat_figure
from riskmap.ui.charts_trend import trend_figure
from riskmap.ui.compare_tables import heat_table, pair_table, parts_table
from riskmap.ui.layers import value_layer
from riskmap.ui.trend_tables import trend_table
from riskmap.words import day, t
from tests.ui.test_view_tables import cells
from tests.views import (
    AKMOLA,
    NORTH,
    RATE,
    heat_view,
    line,
    map_view,
    pair_view,
    panel,
    parts_row,
    parts_view,
    point,
    row,
    trend_view,
    years,
)

DAY = date(2026, 4, 12)
LAST = years(2024, 2024)[0]
REVISED = row(AKMOLA, 50, revised=DAY)
POINTS = [point(years(2023, 2023)[0], 40), point(LAST, 50, revised=DAY)]
HIDDEN = CellStatus.SUPPRESSED


def traces(figure: Any, role: str) -> list[Any]:
    return [trace for trace in figure.data if (trace.meta or {}).get("role") == role]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_an_area_says_when_its_figure_was_corrected(language: str) -> None:
    words = t("mark.revised", language, day=day(DAY, language))
    view = map_view([REVISED, row(NORTH, 7)])
    texts = {area.area: area.text for area in picture(view, value_layer(view, language), "", language).areas}
    assert words in texts[AKMOLA]
    assert words not in texts[NORTH]
    assert words in sentences.marks(view, REVISED, language)


def test_a_hidden_figure_says_nothing_of_a_correction_whatever_the_view_holds() -> None:
    hidden = replace(REVISED, status=HIDDEN)
    view = map_view([hidden])
    assert str(DAY.year) not in sentences.area_text(view, hidden, "en")
    assert sentences.flagged(sentences.count_text(hidden, "en"), hidden) == ""
    points = [replace(its, status=HIDDEN) for its in POINTS]
    drawn = trend_figure(panel([line(AKMOLA, points)]), language="en", theme=LIGHT)
    assert not traces(drawn, "revised")
    assert "2026" not in str(trend_table(panel([line(AKMOLA, points)]), "en"))
    content = trend_csv(trend_view(panel([line(AKMOLA, points)])), language="en", build="b")
    assert DAY.isoformat().encode() not in content


def test_a_trend_has_a_ring_around_the_point_its_words_and_a_line_in_the_legend() -> None:
    drawn = trend_figure(panel([line(AKMOLA, POINTS), line(NORTH, POINTS[:1] * 2)]), language="en", theme=LIGHT)
    (ring,) = traces(drawn, "revised")
    assert (list(ring.x), list(ring.y)) == ([1], [pytest.approx(20.0)])
    assert ring.meta["area"] == AKMOLA
    (first, _) = traces(drawn, "points")
    assert [day(DAY, "en") in text for text in first.text] == [False, True]
    assert "ring: corrected" in str([trace.name for trace in drawn.data])


def test_areas_by_value_have_a_ring_around_the_dot() -> None:
    drawn = ranked_figure(map_view([REVISED, row(NORTH, 7)]), language="en", theme=LIGHT)
    (ring,) = traces(drawn, "revised")
    assert (list(ring.x), list(ring.y)) == ([pytest.approx(20.0)], [0])
    assert "ring: corrected" in str([trace.name for trace in drawn.data])


def test_without_a_correction_no_picture_has_a_ring_or_speaks_of_one() -> None:
    for drawn in (
        trend_figure(panel([line(AKMOLA, POINTS[:1])]), language="en", theme=LIGHT),
        ranked_figure(map_view([row(NORTH, 7)]), language="en", theme=LIGHT),
    ):
        assert not traces(drawn, "revised")
        assert "ring" not in str([trace.name for trace in drawn.data])


def test_a_cell_of_areas_by_periods_says_when_it_was_corrected() -> None:
    drawn = heat_figure(heat_view([line(AKMOLA, POINTS)]), language="en", theme=LIGHT)
    texts = [text for trace in traces(drawn, "cells") for text in (trace.text or ())]
    assert [day(DAY, "en") in text for text in sorted(texts)] == [False, True]


def test_every_table_marks_the_number_that_was_corrected_and_no_other() -> None:
    _, latest, earlier = cells(trend_table(panel([line(AKMOLA, POINTS)]), "en"))
    assert (latest[3], earlier[3]) == ("50*", "40")
    assert t("mark.revised", "en", day=day(DAY, "en")) in latest[-1]
    _, shown = cells(heat_table(heat_view([line(AKMOLA, POINTS)]), "en"))
    assert shown[1:] == ["16.0", "20.0*"]
    pair = PairRow(indicator(RATE), LAST, REVISED, row(NORTH, 7), is_invented=False)
    _, two = cells(pair_table(pair_view(AKMOLA, NORTH, [pair]), "en"))
    assert (two[3], two[5]) == ("50*", "7")
    assert day(DAY, "en") in two[6]
    whole = parts_row(AKMOLA, [30, 20, 20, 10, 15, 5])
    part = replace(whole.parts[0], revised=DAY)
    _, shares = cells(parts_table(parts_view([replace(whole, parts=(part, *whole.parts[1:]))]), "en"))
    assert shares[1:4] == ["100", "30.0% (30*)", "20.0% (20)"]


def test_every_file_has_the_day_of_the_correction() -> None:
    pair = PairRow(indicator(RATE), LAST, REVISED, row(NORTH, 7), is_invented=False)
    whole = parts_row(AKMOLA, [30, 20, 20, 10, 15, 5])
    part = replace(whole.parts[0], revised=DAY)
    files = [
        map_csv(map_view([REVISED, row(NORTH, 7)]), language="en", build="b"),
        trend_csv(trend_view(panel([line(AKMOLA, POINTS)])), language="en", build="b"),
        heat_csv(heat_view([line(AKMOLA, POINTS)]), language="en", build="b"),
        pair_csv(pair_view(AKMOLA, NORTH, [pair]), language="en", build="b"),
        parts_csv(parts_view([replace(whole, parts=(part, *whole.parts[1:]))]), language="en", build="b"),
    ]
    for content in files:
        _, *lines = content.decode("utf-8-sig").splitlines()
        days = [found["revised"] for found in csv.DictReader(lines)]
        assert sorted(days) == [""] * (len(days) - 1) + [DAY.isoformat()]
