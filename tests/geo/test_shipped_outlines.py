"""The outlines that are shipped: each set fits together, is what its layer gives, and tells where it comes from."""

import csv
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from geo import boundaries, coverage, layers, record
from geo.areas import areas
from geo.boundaries import Attribution
from tests.geo.test_boundaries import array, assert_written_as_promised, shapes

VINTAGES = ("2018", "2024")
FILES = ("districts.geojson", "regions.geojson")


@dataclass(frozen=True)
class Shipped:
    """The files of one set."""

    folder: Path

    def told(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @property
    def day(self) -> date:
        return date.fromisoformat(self.told("outlines.json")["valid_from"])


@pytest.fixture(params=VINTAGES)
def shipped(request: pytest.FixtureRequest) -> Shipped:
    return Shipped(record.SHIPPED / request.param)


@pytest.fixture
def latest() -> Shipped:
    return Shipped(record.SHIPPED / VINTAGES[-1])


def test_the_sets_begin_on_the_days_of_their_borders() -> None:
    # Turkistan Region and the city of Shymkent: 19 June 2018; the city of Alatau: 9 January 2024.
    assert [one.valid_from for one in record.outline_sets() if not one.is_own] == [date(2018, 6, 19), date(2024, 1, 9)]


def test_every_district_of_its_day_has_an_outline_or_one_it_is_shown_within(shipped: Shipped) -> None:
    told = shipped.told("outlines.json")
    expected = layers.reference_on(shipped.day).region_of
    assert shapes(shipped.told("districts.geojson")).keys() | told["shown_within"].keys() == expected.keys()


def test_every_district_of_today_has_a_place_on_the_latest_outlines(latest: Shipped) -> None:
    read = record.read_set(latest.folder, is_own=False)
    assert len(read.districts) == 224
    assert read.hosts == {
        "615500000": "612000000",  # Sauran in Kentau
        "635500000": "635200000",  # Markakol in Kurshim
        "636300000": "635400000",  # Ulken Naryn in Katonkaragai
        "711610000": "711110000",  # Saraishyk in Almaty district of Astana
    }


def test_a_district_founded_later_is_shown_within_the_one_it_was_cut_out_of() -> None:
    hosts = record.read_set(record.SHIPPED / "2018", is_own=False).hosts
    assert (hosts["111600000"], hosts["615500000"]) == ("116600000", "612000000")  # Kosshy, Sauran


def test_a_district_is_shown_within_one_of_its_own_region() -> None:
    today = layers.reference_on(date.today())
    assert len(today.shown_within) == 4
    for code, parent in today.shown_within.items():
        assert today.region_of[code] == today.region_of[parent]
        assert parent not in today.shown_within


@pytest.mark.parametrize("name", FILES)
def test_outlines_fit_together_and_are_written_as_promised(name: str, shipped: Shipped) -> None:
    assert_written_as_promised(shipped.told(name))


def test_regions_have_the_area_of_the_districts_they_held_then(shipped: Shipped) -> None:
    region_of = layers.reference_on(shipped.day).region_of
    regions = shapes(shipped.told("regions.geojson"))
    assert len(regions) == {"2018": 17, "2024": 20}[shipped.folder.name]
    found = dict.fromkeys(regions, 0.0)
    districts = shapes(shipped.told("districts.geojson"))
    for code, area in zip(districts, coverage.area_km2(array(*districts.values())), strict=True):
        found[region_of[code]] += area
    assert coverage.area_km2(array(*regions.values())) == pytest.approx(list(found.values()), rel=0.001)


def test_every_label_stands_inside_the_outline_of_its_district(latest: Shipped) -> None:
    districts = shapes(latest.told("districts.geojson"))
    with (layers.SHOWN_WITHIN.parent / "districts.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["kato"]: row for row in csv.DictReader(file) if row["label_lon"]}
    assert rows.keys() == districts.keys()
    labels = {code: shapely.Point(float(row["label_lon"]), float(row["label_lat"])) for code, row in rows.items()}
    assert [code for code, outline in districts.items() if not outline.contains(labels[code])] == []


def test_the_country_has_its_official_area(shipped: Shipped) -> None:
    # 2 724.9 thousand square kilometres: statistics portal of Kazakhstan, national yearbooks.
    total = coverage.area_km2(array(*shapes(shipped.told("districts.geojson")).values())).sum()
    assert total == pytest.approx(2_724_900, rel=0.005)


@pytest.mark.parametrize(
    ("code", "km2"), [("191000000", 59), ("331800000", 23), ("621000000", 58), ("622000000", 14), ("621800000", 23)]
)
def test_an_old_outline_stands_under_the_id_of_today(code: str, km2: float) -> None:
    # Areas in the layer of 2018 as the notes on it give them: Konaev, Tekeli, Zhezkazgan, Satbaev, Karazhal.
    outline = shapes(Shipped(record.SHIPPED / "2018").told("districts.geojson"))[code]
    assert coverage.area_km2(array(outline))[0] == pytest.approx(km2, abs=1.5)
    label = {area.id: area for area in areas().values()}[code]
    assert label.exists(None)


def test_the_record_tells_source_size_and_agreement(shipped: Shipped) -> None:
    told = shipped.told("outlines.json")
    assert told["credit"].startswith("Boundaries: geokz (A. Rodionov), CC BY 4.0")
    assert (told["licence"], told["vintage"], told["for_legal_use"]) == ("CC BY 4.0", shipped.folder.name, False)
    assert f"kaz_admbnda_adm2_{shipped.folder.name}.shp" in told["origin"]
    for name, limit in zip(FILES, (510_000, 250_000), strict=True):
        written = (shipped.folder / name).read_bytes()
        assert told["files"][name]["bytes"] == len(written) < limit
        # Other builds of zlib pack a little differently.
        assert told["files"][name]["gzip_bytes"] == pytest.approx(len(gzip.compress(written)), rel=0.02)
    assert told["files"]["districts.geojson"]["agreement"]["worst"] >= 0.95
    assert told["files"]["regions.geojson"]["agreement"]["worst"] >= 0.98


@pytest.mark.real
def test_the_shipped_outlines_are_what_the_real_layer_gives(
    shared_file: Callable[[str], Path], tmp_path: Path, shipped: Shipped
) -> None:
    recorded = shipped.told("outlines.json")
    attribution = Attribution(**{name: recorded[name] for name in Attribution.__dataclass_fields__})
    started = time.monotonic()
    layer = layers.read_layer(shared_file(f"reference/boundaries/districts_{recorded['vintage']}.geojson"))
    told = boundaries.build(layer, attribution=attribution, valid_from=shipped.day, out=tmp_path)
    assert time.monotonic() - started < 60
    assert not told["layer"]["coverage_valid"]
    assert told == recorded
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (shipped.folder / name).read_bytes()


@pytest.mark.real
def test_the_real_layer_has_the_area_its_notes_give(shared_file: Callable[[str], Path]) -> None:
    layer = layers.read_layer(shared_file("reference/boundaries/districts_2024.geojson"))
    assert coverage.area_km2(layer.polygons).sum() == pytest.approx(2_728_283.5, rel=1e-6)
