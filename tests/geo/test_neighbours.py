"""Which areas touch: known from any map of Kazakhstan, not from our own outlines."""

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from geo.areas import areas, districts_of
from geo.neighbours import declared_pairs, neighbours_of, places, shared_borders, touching
from geo.record import OutlineSet, current_set, outline_sets
from riskmap.domain.areas import AreaKind

LEVELS = ("regions", "districts")


def set_of(vintage: str) -> OutlineSet:
    return next(one for one in outline_sets() if one.vintage == vintage)


def named(name: str, kind: AreaKind = AreaKind.REGION, parent: str = "") -> str:
    found = [
        area.id
        for area in areas().values()
        if area.name("en") == name and area.kind is kind and (not parent or area.parent == named(parent))
    ]
    assert len(found) == 1, (name, found)
    return found[0]


def around(name: str, vintage: str = "2024", *, within: str = "") -> set[str]:
    """Names of the areas that touch one: a region, or a district of the region given."""
    kind, level = (AreaKind.DISTRICT, "districts") if within else (AreaKind.REGION, "regions")
    ids = neighbours_of(named(name, kind, within), set_of(vintage), level)
    return {areas()[one].name("en") for one in ids}


@pytest.mark.parametrize("vintage", ["2018", "2024"])
def test_cities_of_republican_significance_touch_the_one_region_around_them(vintage: str) -> None:
    assert around("Almaty city", vintage) == {"Almaty Region"}
    assert around("Shymkent city", vintage) == {"Turkistan Region"}
    assert around("Astana city", vintage) == {"Akmola Region"}


def test_regions_touch_those_beside_them_on_the_map() -> None:
    assert around("Mangystau Region") == {"Atyrau Region", "Aktobe Region"}
    assert around("Atyrau Region") == {"Mangystau Region", "Aktobe Region", "West Kazakhstan Region"}
    assert around("West Kazakhstan Region") == {"Atyrau Region", "Aktobe Region"}
    assert around("North Kazakhstan Region") == {"Kostanai Region", "Akmola Region", "Pavlodar Region"}
    assert around("East Kazakhstan Region") == {"Abai Region"}
    assert around("Zhetisu Region") == {"Almaty Region", "Abai Region", "Karaganda Region"}


def test_before_its_division_east_kazakhstan_touched_what_abai_touches_now() -> None:
    before = {"Pavlodar Region", "Karaganda Region", "Almaty Region"}
    assert around("East Kazakhstan Region", "2018") == before
    assert around("Abai Region") == {"Pavlodar Region", "Karaganda Region", "Zhetisu Region", "East Kazakhstan Region"}


def test_a_city_inside_one_district_touches_this_district_alone() -> None:
    assert around("Kostanai city", within="Kostanai Region") == {"Kostanai District"}
    assert around("Petropavl city", within="North Kazakhstan Region") == {"Kyzylzhar District"}
    assert around("Temirtau city", within="Karaganda Region") == {"Bukhar Zhyrau District"}
    assert around("Kokshetau city", within="Akmola Region") == {"Zerendi District"}


def test_districts_touch_across_the_border_of_their_regions() -> None:
    # Ekibastuz in Pavlodar Region beside Ereimentau in Akmola Region and Osakarov in Karaganda Region.
    found = around("Ekibastuz city", within="Pavlodar Region")
    assert {"Ereimentau District", "Osakarov District", "Bayanauyl District", "Aksu city"} <= found


def test_districts_of_the_city_of_almaty_touch_districts_outside_the_city() -> None:
    assert {"Ile District", "Zhetisu District", "Medeu District"} <= around("Turksib District", within="Almaty city")


def test_an_area_without_an_outline_touches_the_one_it_is_shown_within_and_nothing_else() -> None:
    for outlines in outline_sets():
        assert outlines.hosts
        for area, host in outlines.hosts.items():
            assert neighbours_of(area, outlines, "districts") == (host,)
            assert places(outlines, "districts")[area] == places(outlines, "districts")[host]
    assert around("Sauran District", within="Turkistan Region") == {"Kentau city"}


@pytest.mark.parametrize("level", LEVELS)
def test_pairs_come_once_in_order_and_no_area_stands_alone(level: str) -> None:
    for outlines in outline_sets():
        pairs = touching(outlines, level)
        assert pairs == touching(outlines, level)
        assert list(pairs) == sorted(set(pairs))
        assert all(one < other for one, other in pairs)
        assert outlines.outlined(level) <= {area for pair in pairs for area in pair} == places(outlines, level).keys()


def test_touching_holds_in_both_directions() -> None:
    outlines = current_set()
    for area in sorted(outlines.districts):
        for other in neighbours_of(area, outlines, "districts"):
            assert area in neighbours_of(other, outlines, "districts")


def test_every_district_lies_where_its_region_lies() -> None:
    middles = places(current_set(), "districts")
    for city in ("Almaty city", "Astana city", "Shymkent city"):
        here = places(current_set(), "regions")[named(city)]
        for district in districts_of(named(city)):
            there = middles[district.id]
            assert abs(there.latitude - here.latitude) < 0.3
            assert abs(there.longitude - here.longitude) < 0.4


def squares(folder: Path, corners: dict[str, tuple[float, float]], width: float = 1) -> OutlineSet:
    """A set of square districts by their south-western corners, which are their regions too."""
    features = [
        {"properties": {"id": area}, "geometry": {"type": "Polygon", "coordinates": [_ring(x, y, width)]}}
        for area, (x, y) in corners.items()
    ]
    files: dict[str, Any] = {}
    for name in ("districts.geojson", "regions.geojson"):
        content = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / name).write_text(content, encoding="utf-8")
        files[name] = {"sha256": str(hash(content))}
    ids = frozenset(corners)
    return OutlineSet(folder, True, None, {"files": files}, ids, ids, MappingProxyType({}))


def _ring(x: float, y: float, width: float) -> list[tuple[float, float]]:
    return [(x, y), (x + width, y), (x + width, y + width), (x, y + width), (x, y)]


def test_squares_touch_by_their_sides_and_not_by_their_corners(tmp_path: Path) -> None:
    corners: dict[str, tuple[float, float]] = {"a": (0, 0), "b": (1, 0), "c": (0, 1), "d": (1, 1), "far": (9, 9)}
    outlines = squares(tmp_path, corners)
    assert touching(outlines, "districts") == (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"))
    assert neighbours_of("far", outlines, "districts") == ()
    assert places(outlines, "districts")["b"] == (0.5, 1.5)


def test_one_area_has_no_pair_and_one_shown_within_it_has_one(tmp_path: Path) -> None:
    outlines = squares(tmp_path, {"a": (0, 0)})
    assert touching(outlines, "districts") == ()
    held = replace(outlines, hosts=MappingProxyType({"inside": "a"}))
    assert touching(held, "districts") == (("a", "inside"),)
    assert shared_borders(held, "districts") == ()
    assert declared_pairs(held, "regions") == ()


def test_another_file_of_the_same_name_is_read_again(tmp_path: Path) -> None:
    apart = squares(tmp_path, {"a": (0, 0), "b": (5, 5)})
    assert touching(apart, "regions") == ()
    together = squares(tmp_path, {"a": (0, 0), "b": (1, 0)})
    assert touching(together, "regions") == (("a", "b"),)
