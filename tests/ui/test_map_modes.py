"""The risk map as smoothed rates and as areas beside their neighbours: words, legend, table, address, file."""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from math import isnan
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from geo.areas import regions
from geo.record import current_set
from riskmap.analytics.smoothed import smoothed_of
from riskmap.analytics.spots import spots_of
from riskmap.analytics.views import MapView
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.methods.hotspots import Pattern
from riskmap.methods.refusals import Reason
from riskmap.ui import downloads, maps
from riskmap.ui.area_map import picture
from riskmap.ui.downloads import File
from riskmap.ui.layers import STATES, Layer, drawn_fills
from riskmap.ui.map_modes import LAYERS
from riskmap.ui.selection import MODES
from riskmap.ui.smoothed_layer import smoothed_layer
from riskmap.ui.spot_layer import spot_layer
from riskmap.words import t
from tests.analytics.test_spots import (
    DISTRICTS,
    PLANTED,
    districts_map,
    hidden,
    of_unequal_people,
    regions_map,
)
from tests.ui.test_pages import opened
from tests.ui.test_rounding_pages import rounded, rounded_folder
from tests.ui.test_view_tables import cells
from tests.views import SECRET, map_view, row

__all__ = ["rounded", "rounded_folder"]  # fixtures

FIGURE = {"indicator": "offences_against_minors", "level": "region", "period": "2022"}
NEVER = ("safe", "danger", "безопасн", "опасн", "қауіпсіз", "қауіпті", "worst", "худш")


def spots(view: MapView, language: str = "en") -> Layer:
    return spot_layer(view, spots_of(view), language)


def smooth(view: MapView, language: str = "en") -> Layer:
    return smoothed_layer(view, smoothed_of(view), language)


DRAWN: tuple[Callable[..., Layer], ...] = (spots, smooth)


def bodies(app: AppTest) -> list[str]:
    return [str(element.proto.body) for element in app.get("html")]


def table(app: AppTest) -> list[list[str]]:
    return cells(next(body for body in bodies(app) if 'class="cells"' in body))


def mode_of(app: AppTest) -> str:
    """The mode in the address."""
    found = app.query_params["mode"]
    return found if isinstance(found, str) else found[0]


def switch(app: AppTest) -> Any:
    return app.button_group(key="switch-mode")


def captions(app: AppTest) -> str:
    return " ".join(element.value for element in app.caption)


def test_the_modes_of_the_address_are_those_that_are_drawn() -> None:
    assert set(MODES) == set(LAYERS)
    assert MODES[0] == next(iter(LAYERS)) == "value"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", ["smoothed", "spots"])
def test_a_mode_is_drawn_from_its_address_in_every_language(sample_build: Any, mode: str, language: str) -> None:
    app = opened("risk_map", lang=language, mode=mode, **FIGURE)
    assert not app.exception
    assert not app.warning
    assert mode_of(app) == mode
    assert switch(app).value == mode
    head = table(app)[0]
    assert t({"smoothed": "smoothed.column", "spots": "spots.column"}[mode], language) in [
        text.replace("\u2060", "") for text in head
    ]
    key = {"smoothed": "smoothed.note.files", "spots": "spots.note.meaning"}[mode]
    assert t(key, language) in captions(app)


def test_the_switch_writes_the_mode_into_the_address_and_back(sample_build: Any) -> None:
    app = opened("risk_map", lang="en", **FIGURE)
    plain = table(app)
    switch(app).set_value("spots").run()
    assert mode_of(app) == "spots"
    assert len(table(app)[0]) == len(plain[0]) + 2
    switch(app).set_value("value").run()
    assert table(app) == plain


@pytest.mark.parametrize("mode", ["smoothed", "spots"])
def test_published_columns_are_the_same_in_every_mode(sample_build: Any, mode: str) -> None:
    plain = table(opened("risk_map", lang="en", **FIGURE))
    told = table(opened("risk_map", lang="en", mode=mode, **FIGURE))
    assert [line[:4] for line in told] == [line[:4] for line in plain]
    assert [line[-1] for line in told] == [line[-1] for line in plain]
    assert [len(line) for line in told] == [len(line) + 2 for line in plain]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[File]:
    """Every file that a page offers."""
    found: list[File] = []
    monkeypatch.setattr(downloads, "button", lambda file, language: found.append(file))
    return found


def test_the_file_of_the_page_holds_the_published_values_whatever_the_map_shows(
    sample_build: Any, files: list[File]
) -> None:
    for mode in MODES:
        opened("risk_map", lang="en", mode=mode, **FIGURE)
    assert len(files) == len(MODES)
    assert len({file.name for file in files}) == 1
    contents = {file.write() for file in files}
    assert len(contents) == 1
    lines = contents.pop().decode("utf-8-sig").splitlines()
    assert "smooth" not in lines[1]
    values = {line["area"]: line["value"] for line in csv.DictReader(lines[1:])}
    published = {line[0]: line[2] for line in table(opened("risk_map", lang="en", **FIGURE))}
    assert values.keys() >= {region.id for region in regions()}
    for region in regions():
        assert round(float(values[region.id]), 1) == float(published[region.name("en")])


def test_raw_and_smoothed_rate_stand_beside_each_other_in_the_text_of_an_area() -> None:
    view = of_unequal_people()
    found, layer = smoothed_of(view), smooth(view)
    drawn = picture(view, layer, "", "en")
    for area in drawn.areas:
        one = view.row(area.area)
        assert one
        assert f"{one.value:.1f} per 100,000" in area.text
        assert f"Smoothed rate, an estimate: {found.rates[area.area].value:.1f} (95% interval: " in area.text


def test_the_legend_of_smoothed_rates_says_that_they_are_estimates_and_has_the_published_limits() -> None:
    layer = smooth(of_unequal_people())
    assert "an estimate" in layer.heading
    assert "not the published figure" in layer.heading
    assert [text for key, text in layer.legend if key.startswith("class:")] == [
        "under 20",
        "20.0–29.9",
        "30.0–44.9",
        "45.0–64.9",
        "65 and more",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_full_shrinkage_is_said_in_words(language: str) -> None:
    assert t("smoothed.note.all_chance", language) in smooth(regions_map(), language).findings
    assert t("smoothed.note.all_chance", language) not in smooth(of_unequal_people(), language).findings


@pytest.mark.parametrize("language", LANGUAGES)
def test_full_shrinkage_tells_neither_an_interval_nor_on_which_side_of_the_reference_all_areas_lie(
    language: str,
) -> None:
    view = regions_map()
    layer = smooth(view, language)
    (column,) = layer.columns
    assert column.heading == t("smoothed.column_alone", language)
    assert len(set(column.texts.values())) == 1
    assert not any("(" in text for text in column.texts.values())
    value = next(iter(column.texts.values()))
    assert set(layer.texts.values()) == {t("smoothed.text_alone", language, value=value)}
    assert all(isnan(rate.chance_above) for rate in smoothed_of(view).rates.values())


@pytest.mark.parametrize("draw", DRAWN)
def test_areas_without_a_value_keep_the_pattern_of_their_state_and_get_no_words(draw: Callable[..., Layer]) -> None:
    view = hidden(regions_map(), 2, count=SECRET)
    layer = draw(view)
    gone = [one.area for one in view.rows[:2]]
    assert {layer.fills[area] for area in gone} == {"suppressed"}
    for area in gone:
        assert area not in layer.texts
        assert all(area not in column.texts for column in layer.columns)
    assert str(int(SECRET)) not in repr(layer)


@pytest.mark.parametrize("draw", DRAWN)
def test_a_sum_without_some_areas_is_neither_smoothed_nor_compared_and_the_legend_says_so(
    draw: Callable[..., Layer],
) -> None:
    view = regions_map()
    lacking = replace(view.rows[0], lacks_parts=True)
    layer = draw(replace(view, rows=(lacking, *view.rows[1:])))
    key = layer.fills[lacking.area]
    assert "without some areas" in dict(layer.legend)[key]
    assert list(layer.fills.values()).count(key) == 1
    assert key not in dict(draw(view).legend)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", DRAWN)
def test_a_refused_map_shows_its_states_alone_and_says_why(draw: Callable[..., Layer], language: str) -> None:
    view = hidden(regions_map(), 3)
    layer = draw(view, language)
    assert set(layer.fills.values()) == {"class:0", "suppressed"}
    assert len(layer.colours) == 1
    assert not layer.texts
    assert not layer.columns
    assert "17" in layer.findings[0]
    assert "20" in layer.findings[0]
    assert picture(view, layer, "", language).areas


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", DRAWN)
def test_every_fill_of_an_area_stands_in_the_legend_with_words(draw: Callable[..., Layer], language: str) -> None:
    for view in (districts_map(factor=2), hidden(regions_map(), 2), of_unequal_people()):
        layer = draw(view, language)
        words = dict(layer.legend)
        assert drawn_fills(view, layer.fills).keys() <= words.keys()
        assert len(set(words.values())) == len(words)
        assert {state for state in STATES if state != "zero"} <= words.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["violence_cases", "chronic_absence"])
def test_spots_are_told_without_blame_and_fewer_reports_never_as_good_news(name: str, language: str) -> None:
    view = districts_map(factor=2, name=name)
    said = [text for _, text in spots(view, language).legend] + list(spots(view, language).texts.values())
    assert not [text for text in said for word in NEVER if word in text.lower()]
    family = "reports" if name == "violence_cases" else "rates"
    lower = [t(f"spots.{family}.{pattern}", language) for pattern in (Pattern.LOW_LOW, Pattern.LOW_HIGH)]
    recorded = {"en": "fewer are recorded", "ru": "меньше и регистрируют", "kk": "аз тіркелуі де мүмкін"}[language]
    assert all((recorded in text) is (family == "reports") for text in lower)
    assert t("spots.note.meaning", language) in spots(view, language).notes


def test_the_table_has_the_words_of_the_legend_and_the_cluster_of_each_area() -> None:
    view = districts_map(factor=2)
    layer, found = spots(view), spots_of(view)
    words, numbers, members = layer.columns
    assert set(words.texts) == set(DISTRICTS)
    assert set(words.texts.values()) <= {text for _, text in layer.legend}
    assert all(re.fullmatch(r"[01]\.\d{3}", text) for text in numbers.texts.values())
    assert set(members.texts) == set(found.clusters[0].areas) <= PLANTED
    assert set(members.texts.values()) == {"cluster 1"}


def test_a_cluster_is_told_with_its_areas_its_ratio_and_its_p() -> None:
    view = districts_map(factor=2)
    cluster = spots_of(view).clusters[0]
    told = next(said for said in spots(view).findings if said.startswith("Cluster 1: "))
    assert f"{cluster.ratio:.2f} times" in told
    assert f"p = {cluster.p:.3f}" in told
    assert f"{len(cluster.areas) - 6} more, see the table" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_marked_areas_are_named_in_a_sentence(language: str) -> None:
    view = districts_map(factor=2)
    layer, found = spots(view, language), spots_of(view)
    assert not [note for note in layer.findings if t("spots.reports.none", language).lower() in note.lower()]
    for pattern in set(Pattern) - {Pattern.NONE}:
        areas = [area for area, spot in found.spots.items() if spot.pattern is pattern]
        words = t(f"spots.reports.{pattern}", language)
        told = [note for note in layer.findings if note.lower().startswith(words.lower())]
        assert len(told) == (1 if areas else 0)
        names = {one.name(language) for one in view.rows if one.area in areas}
        assert sum(name in " ".join(told) for name in names) == min(len(areas), 6)
    assert t("spots.no_area", language) in spots(districts_map(), language).findings


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_whole_map_says_is_one_sentence(language: str) -> None:
    def key(view: MapView) -> str:
        found, first = spots_of(view), spots(view, language).findings[0]
        for name in ("alike", "chance"):
            if first.startswith(t(f"spots.together.{name}", language, moran="\0", p="\0").split("\0")[0]):
                return name
        assert found.moran != found.moran
        return "equal"

    assert key(districts_map(factor=2)) == "alike"
    assert key(districts_map()) == "chance"
    assert key(regions_map([80.0] * 20)) == "equal"


def test_neighbours_beyond_the_border_of_a_region_are_said_not_to_count() -> None:
    rows = [row(area, 60 + place, exposure=25_000.0) for place, area in enumerate(sorted(PLANTED))]
    rows.append(row(DISTRICTS[0], 70, exposure=25_000.0))
    view = map_view(rows, name="violence_cases", level="district", within="310000000")
    assert t("spots.note.region", "en") in spots(view).notes
    assert t("spots.note.region", "en") not in spots(districts_map()).notes


def test_the_colours_of_spots_are_no_red_and_green_and_told_apart() -> None:
    layer = spots(districts_map(factor=2))
    assert len(set(layer.colours)) == len(layer.colours) == 6
    # ColorBrewer's PuOr, from purple over near white to orange, and a grey.
    assert layer.colours[:5] == ("#5e3c99", "#b2abd2", "#f7f7f7", "#fdb863", "#e66101")
    assert dict(layer.legend)["class:2"] == "no difference beyond chance"


@pytest.mark.parametrize("mode", ["smoothed", "spots"])
def test_figures_on_suicide_have_no_other_mode(sample_build: Any, mode: str) -> None:
    app = opened("risk_map", lang="en", mode=mode, indicator="suicides_minors", level="region")
    assert not app.exception
    assert not [control for control in app.get("button_group") if control.key == "switch-mode"]
    assert not any(t(key, "en") in " ".join(bodies(app)) for key in ("smoothed.column", "spots.column"))


def test_a_share_has_no_smoothed_rate_and_the_map_says_so(sample_build: Any) -> None:
    app = opened("risk_map", lang="en", mode="smoothed", indicator="programme_schools", level="region")
    assert not app.exception
    assert switch(app).value == "value"
    assert "smoothed" not in switch(app).options
    assert t("mode.not_offered", "en", mode=t("select.modes.smoothed", "en")) in captions(app)


def test_a_site_that_rounds_has_neither_mode(rounded: Any) -> None:
    app = opened("risk_map", lang="en", mode="spots", indicator="helpline_appeals", level="region")
    assert not app.exception
    assert t("spots.column", "en") not in " ".join(bodies(app))
    assert t("mode.not_offered", "en", mode=t("select.modes.spots", "en")) in captions(app)


def test_a_reason_has_a_sentence_in_every_language_for_each_mode() -> None:
    for language in LANGUAGES:
        for reason in (Reason.TOO_FEW_AREAS, Reason.TOO_FEW_EVENTS, Reason.LARGE_SHARE):
            assert "3" in t(f"spots.refused.{reason}", language, known=3, of=20)
        for reason in (Reason.TOO_FEW_AREAS, Reason.TOO_FEW_EVENTS):
            assert "3" in t(f"smoothed.refused.{reason}", language, known=3, of=20)


def test_the_map_component_takes_every_layer() -> None:
    for view in (districts_map(factor=2), hidden(districts_map(factor=2), 30)):
        for draw in DRAWN:
            message = maps.paint_message(picture(view, draw(view), "", "en"))
            assert len(message["areas"]) == len(current_set().districts)  # type: ignore[arg-type]
