"""The switch between borders as reported and comparable areas, the map of an old period, and the words of both."""

import csv
import json
import shutil
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo import record
from geo.areas import areas, districts_of
from riskmap.analytics.service import overview, trends
from riskmap.analytics.views import Line, MapView, Overview, Story, TrendRequest, TrendView
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, Grain, Scope
from riskmap.files.border_words import border_day, joined_sentence
from riskmap.files.csv import file_name, trend_csv
from riskmap.ui.area_map import outline_notes, picture
from riskmap.ui.layers import value_layer
from riskmap.words import t
from tests.ui.test_pages import opened
from tests.views import line, map_view, panel, period_of, point, row, trend_view, years

ALMATY, SARAISHYK, ESIL = "711110000", "711610000", "711210000"
JOINED = f"{ALMATY}~{SARAISHYK}"
PAVLODAR = "550000000"
ASKED = {"indicator": "offences_against_minors", "area": ALMATY, "also": f"{SARAISHYK},{ESIL}", "grain": "year"}
SWITCH = "switch-borders"


def sentences_of(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown)


def has_switch(app: AppTest) -> bool:
    return any(element.key == SWITCH for element in app.get("button_group"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_comparable_areas_the_page_says_what_was_joined_and_why(lang: str, sample_build: Path) -> None:
    app = opened("trends", lang=lang, **ASKED, borders="comparable")
    assert not app.exception
    assert not app.warning
    said = sentences_of(app)
    for area in (ALMATY, SARAISHYK):
        assert areas()[area].name(lang) in said
    month = border_day(Story("area", SARAISHYK, date(2024, 6, 1), "break.founded", ALMATY), lang)
    assert month in said
    assert app.query_params["borders"] == "comparable"


def test_the_switch_stands_in_the_address_and_changes_the_lines(sample_build: Path) -> None:
    app = opened("trends", lang="en", **ASKED)
    assert has_switch(app)
    assert "Shown as one area" not in sentences_of(app)
    app.button_group(key=SWITCH).set_value("comparable").run()
    assert app.query_params["borders"] == "comparable"
    assert "Shown as one area" in sentences_of(app)
    app.button_group(key=SWITCH).set_value("reported").run()
    assert app.query_params["borders"] == "reported"
    assert "Shown as one area" not in sentences_of(app)


def test_without_a_change_of_borders_there_is_no_switch(sample_build: Path) -> None:
    app = opened("trends", lang="en", **{**ASKED, "area": ESIL, "also": ""})
    assert not app.exception
    assert not has_switch(app)


def test_borders_that_do_not_exist_are_told_and_taken_as_reported(sample_build: Path) -> None:
    app = opened("trends", lang="en", **ASKED, borders="of_1997")
    (warning,) = app.warning
    assert warning.value == t("selection.unknown", "en", field=t("select.borders", "en"), asked="`of_1997`")
    assert "Shown as one area" not in sentences_of(app)


def test_where_joined_areas_have_no_figures_the_areas_asked_for_are_named(sample_build: Path) -> None:
    def draw(view: "TrendView", overview: "Overview") -> None:
        from riskmap.ui.trend_panels import show_trends

        show_trends(view, overview, "en")

    empty = replace(
        panel([line(ALMATY, [point(when, 50) for when in years(2024, 2025)])]), lines=(), left_out=(ALMATY,)
    )
    told = overview(sample_build, scope=Scope.public())
    app = AppTest.from_function(draw, kwargs={"view": trend_view(empty), "overview": told}).run()
    assert not app.exception
    assert any(areas()[ALMATY].name("en") in caption.value for caption in app.caption)


def test_the_file_names_joined_areas_and_their_members(sample_build: Path) -> None:
    request = TrendRequest(("offences_against_minors",), (ALMATY, ESIL), Grain.YEAR, is_comparable=True)
    view = trends(sample_build, scope=Scope.public(), request=request)
    text = trend_csv(view, language="ru", build="1").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO("".join(text.splitlines(keepends=True)[1:]))))
    assert {(found["area"], found["members"]) for found in rows} == {(JOINED, f"{ALMATY} {SARAISHYK}"), (ESIL, "")}
    assert {found["area_name"] for found in rows if found["members"]} == {view.panels[0].lines[0].name("ru")}
    assert file_name(view, language="ru") == "invented_offences_against_minors_comparable_year_ru.csv"


@pytest.mark.parametrize(
    ("lang", "words"), [("kk", "2024 жылғы маусым"), ("ru", "июнь 2024 года"), ("en", "June 2024")]
)
def test_a_day_that_is_not_known_is_told_by_its_month(lang: str, words: str) -> None:
    assert border_day(Story("area", SARAISHYK, date(2024, 6, 1), "break.founded", ALMATY), lang) == words


def test_a_day_or_a_year_that_is_known_is_told_as_such() -> None:
    alatau = Story("area", "191800000", date(2024, 1, 9), "break.founded", "196800000")
    zhanasemey = Story("area", "104100000", date(2024, 1, 1), "break.founded", "101000000")
    assert (border_day(alatau, "en"), border_day(zhanasemey, "en")) == ("9 January 2024", "2024")


def test_every_change_between_joined_areas_is_told_once_and_in_order() -> None:
    members = ("191000000", "191800000", "196800000")
    joined = Line("~".join(members), "joined", ("", "", ""), (), members)
    stories = [
        Story("area", "191800000", date(2024, 10, 12), "break.land", "191000000"),
        Story("area", "191000000", date(2024, 10, 12), "break.land", "191800000"),
        Story("area", "191000000", date(2023, 12, 16), "break.land", "196800000"),
        Story("area", "196800000", date(2025, 3, 1), "break.land", "196200000"),
    ]
    assert joined_sentence(joined, stories, "en") == (
        "Shown as one area: Konaev city, Alatau city and Ile District. "
        "Reason: the borders between them changed (16 December 2023 and 12 October 2024)."
    )


def old_map(*, level: str, within: str, ids: list[str], absent: frozenset[str] = frozenset()) -> MapView:
    """A map of October 2021; what did not exist yet does not apply."""
    request_rows = [
        row(area, None, status=CellStatus.NOT_APPLICABLE) if area in absent else row(area, 50) for area in ids
    ]
    view = map_view(request_rows, level=level, within=within)
    period = period_of("2021-10")
    return MapView(
        request=type(view.request)(view.request.indicator, period, level=level, within=within),
        **{name: getattr(view, name) for name in ("indicator", "rows", "above", "breaks", "stories", "is_invented")},
    )


def absent_then(ids: list[str]) -> frozenset[str]:
    return frozenset(area for area in ids if not areas()[area].exists(date(2021, 10, 31)))


def test_an_old_period_is_drawn_with_old_outlines_and_says_so() -> None:
    ids = [area.id for area in districts_of(PAVLODAR)]
    view = old_map(level="district", within=PAVLODAR, ids=ids)
    drawn = picture(view, value_layer(view, "en"), COUNTRY, "en")
    assert drawn.outlines.vintage == "2018"
    assert {area.area for area in drawn.areas} == set(ids)
    (note,) = outline_notes(view, drawn, "en")
    assert note == t("map.old_outlines", "en", vintage="2018")


def test_what_did_not_exist_is_not_drawn_and_what_was_cut_out_since_is_a_dot() -> None:
    ids = [area.id for area in areas().values() if area.kind == "district"]
    absent = absent_then(ids)
    view = old_map(level="district", within=COUNTRY, ids=ids, absent=absent)
    drawn = picture(view, value_layer(view, "ru"), COUNTRY, "ru")
    assert drawn.outlines.vintage == "2018"
    shown = {mark.area for mark in drawn.marks()}
    assert shown == set(ids) - absent
    dots = {within.area: area.area for area in drawn.areas for within in area.within}
    assert dots == {"111600000": "116600000", "615500000": "612000000"}  # Kosshy, Sauran


def test_regions_of_today_with_figures_of_an_old_period_stand_on_the_outlines_of_today() -> None:
    ids = [area.id for area in areas().values() if area.kind == "region"]
    view = old_map(level="region", within=COUNTRY, ids=ids)
    drawn = picture(view, value_layer(view, "kk"), COUNTRY, "kk")
    assert drawn.outlines.vintage == "2024"
    assert list(outline_notes(view, drawn, "kk")) == [t("map.later_outlines", "kk", vintage="2024")]


def test_an_area_without_an_outline_is_named_under_the_map(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_set(data_folder, without="551000000")
    ids = [area.id for area in districts_of(PAVLODAR)]
    view = map_view([row(area, 50) for area in ids], level="district", within=PAVLODAR)
    drawn = picture(view, value_layer(view, "en"), COUNTRY, "en")
    assert drawn.credit == "Akimat"
    assert "551000000" not in {mark.area for mark in drawn.marks()}
    assert list(outline_notes(view, drawn, "en")) == [
        t("map.without_outline", "en", areas=areas()["551000000"].name("en"))
    ]


def own_set(data: Path, *, without: str) -> None:
    """The latest outlines as the operator's own, one district left out; as large a file as it was."""
    folder = data / "areas" / "outlines" / "2025"
    shutil.copytree(record.SHIPPED / "2024", folder)
    told: dict[str, Any] = json.loads((folder / record.RECORD_FILE).read_text(encoding="utf-8"))
    told |= {"vintage": "2025", "valid_from": "2025-01-01", "credit": "Akimat"}
    path = folder / record.DISTRICTS_FILE
    found = json.loads(path.read_text(encoding="utf-8"))
    found["features"] = [one for one in found["features"] if one["id"] != without]
    path.write_text(json.dumps(found), encoding="utf-8")
    told["files"][path.name]["sha256"] = record.digest(path.read_bytes())
    (folder / record.RECORD_FILE).write_text(json.dumps(told), encoding="utf-8")
