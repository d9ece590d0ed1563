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

from geo import record
from riskmap.domain.errors import WrongUsage
from riskmap.domain.vocabulary import CellStatus
from riskmap.ui import leaflet
from riskmap.ui.fills import PATTERNS, class_of, legend_swatch, pattern_definitions
from riskmap.ui.maps import WORDS, MapArea, MapInset, MapPicture, Within, paint_message
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
        for place, area in enumerate(sorted(record.current_set().outlined(level)))
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
    files = sorted(folder.glob("area_*"))
    assert {f"{name}.js" for name in leaflet._SCRIPTS} < {file.name for file in files}
    for file in files:
        assert not OUTSIDE.search(file.read_text(encoding="utf-8"))


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


def districts_of(code: str) -> tuple[str, ...]:
    return tuple(sorted(area for area in record.current_set().districts if area.startswith(code)))


def test_the_message_holds_the_way_back_the_region_the_insets_and_the_mark() -> None:
    view = replace(view_of("districts"), parent="000000000", invented="<ойдан>")
    city = MapInset("790000000", "Шымкент", districts_of("79"))
    message = message_of(sent(replace(view, insets=(city,)))[1])
    assert message["insets"] == [["790000000", "Шымкент", list(districts_of("79"))]]
    assert (message["parent"], message["focus"], message["invented"]) == ("000000000", "", "<ойдан>")
    assert message_of(sent(replace(view, focus="610000000"))[1])["focus"] == "610000000"


def test_an_area_shown_within_another_travels_behind_it() -> None:
    parent = MapArea("612000000", "class:1", "Кентау", (Within("615500000", "suppressed", "Сауран"),))
    view = replace(view_of("districts"), areas=(parent, MapArea("611600000", "zero", "Арыс")))
    assert paint_message(view)["areas"] == [
        ("612000000", 1, "Кентау", [("615500000", "suppressed", "Сауран")]),
        ("611600000", "zero", "Арыс"),
    ]


def test_region_without_outline_is_refused_by_name() -> None:
    with pytest.raises(WrongUsage, match="191000000"):
        paint_message(replace(view_of("districts"), focus="191000000"))


@pytest.mark.parametrize(
    "change",
    [
        {"focus": "610000000", "level": "regions", "areas": ()},
        {"insets": (MapInset("710000000", "Астана", ("711110000",)),), "focus": "610000000"},
        {"insets": (MapInset("710000000", "Астана", ("711610000",)),)},
        {"insets": (MapInset("710000000", "Астана", ("711110000",)), MapInset("750000000", "Алматы", ("711110000",)))},
        {
            "insets": tuple(
                MapInset(area, area, (area,)) for area in ("711110000", "711210000", "711310000", "711410000")
            )
        },
        {"areas": (MapArea("612000000", "zero", "", (Within("612000000", "zero", ""),)),)},
        {"areas": (MapArea("612000000", "zero", "", (Within("615500000", "class:5", ""),)),)},
        {"areas": (MapArea("612000000", "zero", ""), MapArea("612000000", "zero", ""))},
    ],
)
def test_picture_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="district|inset|twice|colour"):
        replace(view_of("districts"), **change)


@pytest.mark.parametrize("fill", ["class:5", "class:9", "class:", "class:x", "none", "", "class:01"])
def test_fill_that_the_palette_or_the_legend_does_not_have_is_refused(fill: str) -> None:
    view = view_of("regions")
    with pytest.raises(ValueError, match="fill|colour"):
        replace(view, areas=(replace(view.areas[0], fill=fill),))


def test_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        replace(view_of("regions"), level="schools")


def test_every_state_of_a_cell_without_a_value_has_a_pattern_of_its_own() -> None:
    states = {str(status) for status in CellStatus} - {"value"} | {"zero", "cannot_be_said", "possible_silence"}
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
    outlines = replace(record.current_set(), folder=tmp_path)
    file = tmp_path / "regions.geojson"
    file.write_text('{"features": []}')
    first = leaflet.outlines_address(outlines, "regions")
    file.touch()
    assert leaflet.outlines_address(outlines, "regions") == first
    file.write_text('{"features": [ ]}')
    assert leaflet.outlines_address(outlines, "regions") != first


def test_old_outlines_and_those_of_the_operator_have_addresses_of_their_own() -> None:
    first, *_, last = record.outline_sets()
    own = replace(last, is_own=True)
    old, new, mine = (leaflet.outlines_address(one, "regions").partition("?")[0] for one in (first, last, own))
    assert (old, new) == ("../riskmap.ui.leaflet.outlines/2018/regions.geojson", old.replace("2018", "2024"))
    assert mine == "../riskmap.ui.leaflet.own_outlines/2024/regions.geojson"


def test_a_map_is_drawn_with_the_set_it_names() -> None:
    old = record.outline_sets()[0]
    areas = tuple(MapArea(area, "zero", area) for area in sorted(old.regions))
    message = paint_message(replace(view_of("regions"), areas=areas, outlines=old))
    assert message["outlines"] == leaflet.outlines_address(old, "regions")
    with pytest.raises(WrongUsage, match="100000000"):
        paint_message(replace(view_of("regions"), outlines=old))


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
