"""Sums of areas that lack some of them: every picture, table, sentence and file says so, and none is ranked."""

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.areas import regions
from riskmap.analytics.service import area_map, heat, parts
from riskmap.analytics.views import AreaRow, Change, HeatView, MapRequest, MapView, PartsView
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, Grain, Scope, parse_period
from riskmap.files import sentences
from riskmap.files.csv import heat_csv, map_csv, parts_csv
from riskmap.files.trend_sentences import change_text, trend_sentences
from riskmap.ui.chart_layout import LIGHT
from riskmap.ui.charts_compare import Order, parts_figure, ranked_figure, ranked_rows
from riskmap.ui.compare_tables import LACKING, heat_table, lacking_note, parts_table
from riskmap.words import t
from tests.ui.test_charts_compare import role
from tests.ui.test_view_tables import cells
from tests.views import AKMOLA, NORTH, heat_view, line, map_view, panel, parts_row, parts_view, point, row, years

PUBLIC = Scope.public()
PARTLY: dict[str, Any] = {"units_expected": 14, "units_reported": 13, "lacks_parts": True}


def partly(area: str, count: float, **more: Any) -> AreaRow:
    return row(area, count, **{**PARTLY, **more})


def view() -> MapView:
    """All regions, one of them with nothing to count; the highest and another low one lack some of their districts."""
    counts = [60.0 + 3 * index if index != 5 else 0 for index in range(20)]
    rows = [row(area.id, count) for area, count in zip(regions(), counts, strict=True)]
    rows[0], rows[-1] = partly(rows[0].area, 1), partly(rows[-1].area, 900)
    return map_view(rows)


def lines_of(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig").splitlines()
    return list(csv.DictReader(io.StringIO("\n".join(text[1:]))))


def test_by_value_they_come_after_the_others_in_alphabetical_order() -> None:
    found = ranked_rows(view(), "en", order="value")
    assert [its.lacks_parts for its in found] == [False] * 18 + [True] * 2
    ranked = [its.value for its in found[:18]]
    assert ranked == sorted(ranked, reverse=True)
    names = [its.name("en") for its in found[18:]]
    assert names == sorted(names)


def test_by_value_areas_without_a_value_still_come_last() -> None:
    rows = [*view().rows[:-2], row(view().rows[-2].area, status=CellStatus.NOT_REPORTED), view().rows[-1]]
    found = ranked_rows(map_view(rows), "en", order="value")
    assert [its.status for its in found[-3:]] == [CellStatus.VALUE, CellStatus.VALUE, CellStatus.NOT_REPORTED]


def test_by_name_they_stand_among_the_others() -> None:
    names = [its.area for its in ranked_rows(view(), "en", order="name")]
    whole = [
        its.area
        for its in ranked_rows(map_view([replace(its, lacks_parts=False) for its in view().rows]), "en", order="name")
    ]
    assert names == whole


@pytest.mark.parametrize("order", ["name", "value"])
def test_they_have_a_mark_of_their_own_that_the_legend_explains(order: Order) -> None:
    figure = ranked_figure(view(), language="en", theme=LIGHT, order=order)
    (dots,) = role(figure, "values")
    areas = [its.area for its in ranked_rows(view(), "en", order=order)]
    marked = {area for area, symbol in zip(areas, dots.marker.symbol, strict=True) if symbol == "square"}
    assert marked == {its.area for its in view().rows if its.lacks_parts}
    words = t("margin.lacks_parts", "en")
    assert any(words in str(trace.name).replace("<br>", " ") for trace in figure.data)
    assert sum("areas included: 13 of 14" in text.replace("<br>", " ") for text in dots.text) == 2


def test_where_nothing_is_missing_the_legend_has_no_such_mark() -> None:
    figure = ranked_figure(map_view(view().rows[1:-1]), language="en", theme=LIGHT, order="value")
    assert not any(t("margin.lacks_parts", "en") in str(trace.name).replace("<br>", " ") for trace in figure.data)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_on_the_range_leaves_them_out_and_says_so(language: str) -> None:
    said = " ".join(sentences.map_sentences(view(), language))
    whole = map_view(view().rows[1:-1])
    first, *_ = sentences.map_sentences(whole, language)
    assert first in said
    assert "2" in said.replace(first, "")
    assert len(sentences.map_sentences(view(), language)) == len(sentences.map_sentences(whole, language)) + 1


def test_the_text_of_an_area_and_of_the_country_says_how_much_is_in_it() -> None:
    country = partly(COUNTRY, 900, units_expected=20, units_reported=18)
    assert "complete figures: 18 of 20 areas" in sentences.area_text(view(), country, "en")
    assert "areas included: 13 of 14" in sentences.area_text(view(), view().rows[0], "en")


def test_a_number_beside_that_of_last_year_is_not_compared_where_areas_are_missing() -> None:
    change = Change(before=500, value_before=50.0, percent=None, is_like=False)
    partial = point(years(2025, 2025)[0], 400, change=change, **PARTLY)
    for language in LANGUAGES:
        assert change_text(partial, language) == t("margin.not_compared", language)
        (said,) = trend_sentences(panel([line(AKMOLA, [partial])]), language)
        assert t("margin.not_compared", language) in said
        assert "500" not in said
    small = point(years(2025, 2025)[0], 5, change=Change(before=2, value_before=1.0, percent=None))
    assert change_text(small, "en") == "from 2 to 5"


def test_parts_of_a_whole_say_it_in_table_and_picture() -> None:
    whole = parts_row(AKMOLA, [60, 20, 10, 10, 0, 0])
    lacking = replace(parts_row(NORTH, [60, 20, 10, 10, 0, 0]), units_expected=14, units_reported=13)
    head, first, second = cells(parts_table(parts_view([whole, lacking]), "en"))
    assert (head[-1], first[-1], second[-1]) == ("Note", "", "areas included: 13 of 14")
    (plain_head, _) = cells(parts_table(parts_view([whole]), "en"))
    assert plain_head == head[:-1]
    figure = parts_figure(parts_view([whole, lacking]), language="en", theme=LIGHT)
    hovers = [text for trace in role(figure, "part") for text in trace.customdata]
    assert {("13 of 14" in text) for text in hovers if "North" in text} == {True}
    assert not any("13 of 14" in text for text in hovers if "Akmola" in text)
    written = lines_of(parts_csv(parts_view([whole, lacking]), language="en", build="b"))
    assert {(its["area"], its["units_reported"]) for its in written} == {(AKMOLA, ""), (NORTH, "13")}


def test_areas_over_periods_have_a_mark_that_a_line_explains() -> None:
    first, second = years(2024, 2025)
    points = [point(first, 60), point(second, 70, **PARTLY)]
    hidden = point(second, status=CellStatus.SUPPRESSED, **PARTLY)
    shown = heat_view([line(AKMOLA, points), line(NORTH, [point(first, 50), hidden])])
    _, akmola, north = cells(heat_table(shown, "en"))
    assert [text.endswith(LACKING) for text in (*akmola, *north)] == [False, False, True, False, False, False]
    for language in LANGUAGES:
        assert lacking_note(shown, language) == t("margin.mark", language, mark=LACKING)
    assert lacking_note(heat_view([line(AKMOLA, points[:1])]), "en") == ""


# --- from a build


@pytest.fixture
def month(sample_build: Path) -> MapView:
    """A month of the sample in which a region lacks a district."""
    for code in ("2025-03", "2025-04", "2025-05", "2025-02", "2025-01", "2024-12", "2024-11", "2024-10"):
        period = parse_period(code)
        assert period
        found = area_map(sample_build, scope=PUBLIC, request=MapRequest("missed_lessons", period))
        if any(its.lacks_parts for its in found.rows):
            return found
    raise AssertionError("every region of the sample is whole in every month")


def test_a_region_of_the_sample_that_lacks_districts_is_told_in_map_sentences_and_file(month: MapView) -> None:
    lacking = [its for its in month.rows if its.lacks_parts]
    for its in lacking:
        assert its.status is CellStatus.VALUE
        assert its.units_reported is not None
        assert its.units_expected is not None
        assert 0.9 * its.units_expected <= its.units_reported < its.units_expected
        assert f"{its.units_reported} of {its.units_expected}" in sentences.area_text(month, its, "en")
    written = {its["area"]: its for its in lines_of(map_csv(month, language="en", build="b"))}
    assert {written[its.area]["units_reported"] for its in lacking} == {str(its.units_reported) for its in lacking}
    by_value = [its.lacks_parts for its in ranked_rows(month, "en", order="value") if its.status is CellStatus.VALUE]
    assert by_value == sorted(by_value)


def test_the_same_region_is_told_among_parts_and_periods(month: MapView, sample_build: Path) -> None:
    lacking = {its.area: its.units_reported for its in month.rows if its.lacks_parts}
    request = replace(month.request, breakdown="reason")
    whole: PartsView = parts(sample_build, scope=PUBLIC, request=request)
    assert {its.area: its.units_reported for its in whole.rows if its.lacks_parts} == lacking
    over_time: HeatView | None = heat(
        sample_build, scope=PUBLIC, indicator_id="missed_lessons", cut=("all", "all"), grain=Grain.MONTH, within=COUNTRY
    )
    assert over_time
    place = over_time.periods.index(month.request.period)
    assert {its.area for its in over_time.lines if its.points[place].lacks_parts} == set(lacking)
    assert lacking_note(over_time, "en")
    written = lines_of(heat_csv(over_time, language="en", build="b"))
    assert any(its["units_reported"] for its in written if its["area"] in lacking)
