import base64
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import folium
import pytest
import streamlit_folium
from streamlit.testing.v1 import AppTest

from riskmap.domain.errors import ReferenceInvalid, WrongUsage
from riskmap.domain.vocabulary import CellStatus
from riskmap.ui import leaflet
from riskmap.ui.fills import PATTERNS, class_of, legend_swatch, pattern_definitions
from riskmap.ui.maps import WORDS, MapArea, MapPicture, paint_message
from riskmap.ui.palettes import palette

OUTSIDE = re.compile(r"https?://|[\"'(]//", re.IGNORECASE)
LONG_TEXT = (
    "Ғабит Мүсірепов атындағы ауданның әкімшілігі {}\n10 000 балаға шаққанда {},4 (95 %: 8,1–16,7), қыркүйек 2026"
)


def view_of(
    level: str, *, shift: int = 0, language: str = "kk", family: str = "outcome", selected: str = ""
) -> MapPicture:
    fills = ["class:0", "class:1", "class:2", "class:3", "class:4", *PATTERNS]
    areas = tuple(
        MapArea(area, fills[(place * 7 + shift) % len(fills)], LONG_TEXT.format(area, (place * 37 + shift) % 100))
        for place, area in enumerate(sorted(leaflet.outlined(level)))
    )
    words = {word: f"{word} {language}" for word in WORDS}
    return MapPicture(level, areas, palette(family, 5), selected, f"Карта {language}", "© көзі", language, words)


def page(view: "MapPicture", key: str = "map") -> None:
    import streamlit as st

    from riskmap.ui.maps import risk_map

    st.session_state["told"] = [*st.session_state.get("told", []), risk_map(view, key=key)]


def run_page(view: MapPicture) -> AppTest:
    tested = AppTest.from_function(page, kwargs={"view": view}, default_timeout=60).run()
    assert not tested.exception
    return tested


def sent(view: MapPicture) -> tuple[str, dict[str, Any]]:
    """What one run of a page sends to the browser for the map: the text on the wire, and its parts."""
    (component,) = run_page(view).get("component_instance")
    return component.proto.json_args, json.loads(component.proto.json_args)


def message_of(parts: dict[str, Any]) -> dict[str, Any]:
    (packed,) = re.findall(r'areaMap\.paint\("([A-Za-z0-9+/=]+)"\)', parts["feature_group"])
    message: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed)))
    return message


@pytest.mark.parametrize(("level", "limit"), [("regions", 10_000), ("districts", 40_000)])
def test_a_repaint_sends_few_bytes(level: str, limit: int) -> None:
    wire, _ = sent(view_of(level))
    assert len(wire.encode()) < limit


@pytest.mark.parametrize("level", leaflet.LEVELS)
def test_nothing_sent_names_an_address_outside(level: str) -> None:
    wire, parts = sent(view_of(level))
    assert not OUTSIDE.search(wire)
    assert not OUTSIDE.search(json.dumps(message_of(parts)))
    assert not OUTSIDE.search(pattern_definitions("fill-"))


def test_our_own_files_name_no_address_outside() -> None:
    folder = Path(leaflet.__file__).parent / "static"
    for name in ("area_map.js", "area_map.css"):
        assert not OUTSIDE.search((folder / name).read_text(encoding="utf-8"))


def test_two_views_share_everything_but_the_paint() -> None:
    _, one = sent(view_of("regions"))
    other_view = view_of("districts", shift=3, language="ru", family="coverage", selected="101000000")
    _, other = sent(other_view)
    assert {name for name in one if one[name] != other[name]} == {"feature_group"}


def test_the_message_holds_areas_in_the_order_given_with_their_words() -> None:
    view = view_of("regions", selected="750000000")
    message = message_of(sent(view)[1])
    expected = [
        [one.area, one.fill if class_of(one.fill) is None else int(one.fill[-1]), one.text] for one in view.areas
    ]
    assert message["areas"] == expected
    assert (message["selected"], message["label"], message["language"]) == ("750000000", "Карта kk", "kk")


@pytest.mark.parametrize(
    "text",
    ["</script><script>alert(1)</script>", "\"'`); alert(1); ('", "{{ 7 * 7 }} {{ 'map_div' }}", "a\u2028b\\u0041"],
)
def test_hostile_text_arrives_as_text_and_nothing_else(text: str) -> None:
    view = view_of("regions")
    hostile = replace(view, areas=(replace(view.areas[0], text=text), *view.areas[1:]), label=text, credit=text)
    wire, parts = sent(hostile)
    message = message_of(parts)
    assert message["areas"][0][2] == message["label"] == message["credit"] == text
    assert "alert" not in wire
    assert "7 * 7" not in wire


def test_outside_a_browser_nothing_is_chosen_and_nothing_fails() -> None:
    tested = run_page(view_of("regions"))
    assert tested.session_state["told"] == [None]


def test_a_choice_is_told_once_and_the_same_choice_again_is_told_again() -> None:
    def ask() -> None:
        import streamlit as st

        from riskmap.ui.maps import _new_choice

        answers = [None, {}, {"area": "a", "at": 1}, {"area": "a", "at": 1}, {"area": "a", "at": 2}]
        st.session_state["told"] = [_new_choice(answer, key="map") for answer in answers]

    tested = AppTest.from_function(ask).run()
    assert tested.session_state["told"] == [None, None, "a", None, "a"]


def test_area_without_outline_is_refused_by_name() -> None:
    view = view_of("regions")
    stranger = replace(view, areas=(*view.areas, MapArea("615500000", "zero", "Sauran")))
    with pytest.raises(WrongUsage, match="615500000"):
        paint_message(stranger)


@pytest.mark.parametrize("fill", ["class:5", "class:9", "class:", "class:x", "none", "", "class:01"])
def test_fill_that_the_palette_or_the_legend_does_not_have_is_refused(fill: str) -> None:
    view = view_of("regions")
    with pytest.raises(ValueError, match="fill|colour"):
        replace(view, areas=(replace(view.areas[0], fill=fill),))


def test_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        replace(view_of("regions"), level="schools")


def test_every_state_of_a_cell_without_a_value_has_a_pattern_of_its_own() -> None:
    states = {str(status) for status in CellStatus} - {"value"} | {"zero"}
    assert set(PATTERNS) == states
    assert len({(pattern.side, pattern.turn, pattern.shapes) for pattern in PATTERNS.values()}) == len(states)
    assert re.findall(r'<pattern id="fill-(\w+)"', pattern_definitions("fill-")) == list(PATTERNS)


def test_swatches_differ_and_survive_a_page_that_takes_svg_away() -> None:
    colours = palette("outcome", 5)
    swatches = {fill: legend_swatch(fill, colours) for fill in ("class:0", "class:4", *PATTERNS)}
    assert len(set(swatches.values())) == len(swatches)
    assert colours[4] in swatches["class:4"]
    for swatch in swatches.values():
        assert set(re.findall(r"<(\w+)", swatch)) == {"span"}
        assert not OUTSIDE.search(swatch)


def test_address_of_outlines_changes_with_their_content_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet, "_OUTLINES", tmp_path)
    file = tmp_path / "regions.geojson"
    file.write_text('{"features": []}')
    first = leaflet.outlines_address("regions")
    file.touch()
    assert leaflet.outlines_address("regions") == first
    file.write_text('{"features": [ ]}')
    assert leaflet.outlines_address("regions") != first


def test_missing_outlines_are_a_situation_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet, "_OUTLINES", tmp_path)
    with pytest.raises(ReferenceInvalid, match="districts"):
        leaflet.outlined("districts")


def test_the_wheel_carries_the_leaflet_that_folium_is_made_for() -> None:
    (wanted,) = {version for _, url in folium.folium._default_js for version in re.findall(r"leaflet@([\d.]+)/", url)}
    header = (leaflet._LEAFLET / "leaflet.js").read_text(encoding="utf-8")[:200]
    assert f"Leaflet {wanted}" in header


def test_streamlit_folium_still_offers_what_the_map_script_uses() -> None:
    build = Path(streamlit_folium.__file__).parent / "frontend" / "build" / "static" / "js"
    (bundle,) = build.glob("main.*.js")
    text = bundle.read_text(encoding="utf-8")
    for name in ("window.Streamlit=", "window.feature_group", "setFrameHeight", "setComponentValue"):
        assert name in text
