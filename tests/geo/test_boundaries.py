"""Outlines: what a layer must be, what cleaning and generalising keep, and what is shipped."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import boundaries, coverage, layers, record
from geo.__main__ import main
from geo.boundaries import Attribution
from geo.layers import Layer, LayerRefused, Reference
from riskmap.domain.errors import StorageFailed, WrongUsage

SOUTH_WEST = shapely.box(70, 48, 71, 49)
# Reaches 0.003 degrees over the border of its western neighbour.
SOUTH_EAST_OVERLAPPING = shapely.box(70.997, 48, 72, 49)
# The last edges cross each other: a bow-tie.
NORTH_WEST_BOW_TIE = shapely.Polygon(
    [(70, 49), (71, 49), (71, 50), (70.5, 50), (70.4, 50.01), (70.5, 50.01), (70.4, 50), (70, 50)]
)
# Leaves a triangle open above the border of its southern neighbour.
NORTH_EAST_WITH_GAP = shapely.Polygon([(71, 49), (71.5, 49.004), (72, 49), (72, 50), (71, 50)])
CODES = ("111000000", "111800000", "151000000", "153200000")
POLYGONS = (SOUTH_WEST, SOUTH_EAST_OVERLAPPING, NORTH_WEST_BOW_TIE, NORTH_EAST_WITH_GAP)
REFERENCE = Reference(dict(zip(CODES, ["110000000"] * 2 + ["150000000"] * 2, strict=True)), {})
ATTRIBUTION = Attribution("test layer", "Boundaries: test", "CC BY 4.0", "https://example.org/licence", "2024")


def array(*polygons: shapely.Geometry) -> coverage.Polygons:
    return np.array(polygons, dtype=object)


def frame(codes: Any = CODES, polygons: Any = POLYGONS, *, column: str = "kato") -> Any:
    return geopandas.GeoDataFrame({column: list(codes)}, geometry=list(polygons), crs="EPSG:4326")


def saved(data: Any, path: Path) -> Path:
    data.to_file(path)
    return path


def layer(codes: tuple[str, ...] = CODES, polygons: tuple[shapely.Geometry, ...] = POLYGONS) -> Layer:
    return Layer(codes, array(*polygons))


def fault_keys(refused: pytest.ExceptionInfo[LayerRefused]) -> list[str]:
    return [fault.key for fault in refused.value.layer_faults]


def grid(codes: list[str]) -> Any:
    """One square of a quarter of a degree for each code, in rows of sixteen."""
    corners = [(60 + position % 16 / 4, 44 + position // 16 / 4) for position in range(len(codes))]
    return frame(codes, [shapely.box(x, y, x + 0.25, y + 0.25) for x, y in corners])


def drawn_codes() -> list[str]:
    reference = today()
    return sorted(reference.region_of.keys() - reference.shown_within.keys())


def today() -> Reference:
    return layers.reference_on(date.today())


def command(path: Path, *options: str) -> int:
    return main(["boundaries", "build", str(path), "--valid-from", "2026-01-01", *options])


def build(path: Path, out: Path, *, valid_from: str = "2026-01-01") -> dict[str, Any]:
    read = layers.read_layer(path)
    return boundaries.build(read, attribution=ATTRIBUTION, valid_from=date.fromisoformat(valid_from), out=out)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def shapes(collection: Mapping[str, Any]) -> dict[str, shapely.Geometry]:
    return {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]}


def assert_written_as_promised(collection: Mapping[str, Any]) -> None:
    features = collection["features"]
    outlines = array(*shapes(collection).values())
    assert coverage.fits(outlines)
    assert [feature["id"] for feature in features] == sorted(feature["id"] for feature in features)
    assert all(feature["properties"] == {"id": feature["id"]} for feature in features)
    points = shapely.get_coordinates(outlines)
    assert np.array_equal(points, np.round(points, coverage.DECIMALS))
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(outlines))).all()


class TestReading:
    @pytest.mark.parametrize("ending", ["geojson", "shp", "gpkg"])
    def test_every_format_gives_the_same_codes_and_polygons(self, ending: str, tmp_path: Path) -> None:
        read = layers.read_layer(saved(frame(), tmp_path / f"districts.{ending}"))
        assert read.codes == CODES
        assert shapely.equals_exact(shapely.normalize(read.polygons), shapely.normalize(array(*POLYGONS)), 1e-9).all()

    def test_a_layer_in_metres_is_turned_into_degrees(self, tmp_path: Path) -> None:
        projected = frame().to_crs("EPSG:32642")
        read = layers.read_layer(saved(projected, tmp_path / "districts.shp"))
        assert shapely.equals_exact(shapely.normalize(read.polygons), shapely.normalize(array(*POLYGONS)), 1e-7).all()

    def test_code_column_is_found_in_capitals_and_by_its_given_name(self, tmp_path: Path) -> None:
        capitals = saved(frame(column="KATO"), tmp_path / "capitals.shp")
        renamed = saved(frame(column="te"), tmp_path / "renamed.gpkg")
        assert layers.read_layer(capitals).codes == CODES
        assert layers.read_layer(renamed, code_column="TE").codes == CODES

    @pytest.mark.parametrize("kind", [int, float])
    def test_codes_kept_as_numbers_are_read_as_text(self, kind: type, tmp_path: Path) -> None:
        path = saved(frame([kind(code) for code in CODES]), tmp_path / "numbers.gpkg")
        assert layers.read_layer(path).codes == CODES

    def test_all_faults_of_the_file_are_told_at_once(self, tmp_path: Path) -> None:
        points = frame(polygons=[polygon.centroid for polygon in POLYGONS], column="name")
        path = saved(points, tmp_path / "points.shp")
        path.with_suffix(".prj").unlink()
        with pytest.raises(LayerRefused) as refused:
            layers.read_layer(path)
        assert fault_keys(refused) == ["geo.fault.code_column", "geo.fault.no_crs", "geo.fault.not_polygons"]
        assert refused.value.layer_faults[0].values == {"column": "kato", "columns": "name"}

    def test_a_table_without_geometry_is_no_layer(self, tmp_path: Path) -> None:
        path = tmp_path / "codes.csv"
        path.write_text("kato\n111000000\n", encoding="utf-8")
        with pytest.raises(LayerRefused) as refused:
            layers.read_layer(path)
        assert fault_keys(refused) == ["geo.fault.not_polygons"]

    def test_a_damaged_file_is_a_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "districts.geojson"
        path.write_text('{"type":"FeatureCollection","features":[{"type"', encoding="utf-8")
        with pytest.raises(LayerRefused) as refused:
            layers.read_layer(path)
        assert fault_keys(refused) == ["geo.fault.unreadable"]

    def test_a_missing_file_is_wrong_usage(self, tmp_path: Path) -> None:
        with pytest.raises(WrongUsage) as wrong:
            layers.read_layer(tmp_path / "none.shp")
        assert wrong.value.values["reason"] == "geo.usage.no_file"

    def test_of_several_layers_one_must_be_named(self, tmp_path: Path) -> None:
        path = tmp_path / "all.gpkg"
        frame().to_file(path, layer="districts")
        frame().to_file(path, layer="districts_old")
        with pytest.raises(WrongUsage) as wrong:
            layers.read_layer(path)
        assert wrong.value.values["detail"] == "all.gpkg: districts, districts_old"
        assert layers.read_layer(path, layer_name="districts").codes == CODES


class TestChecking:
    def test_all_faults_of_codes_and_polygons_are_told_at_once(self) -> None:
        codes = ("", "111000000", "111000000", "999000000", "151000000")
        polygons = (SOUTH_EAST_OVERLAPPING, SOUTH_WEST, shapely.box(10, 48, 11, 49), NORTH_EAST_WITH_GAP, None)
        with pytest.raises(LayerRefused) as refused:
            layers.check_layer(layer(codes, polygons), reference=REFERENCE)
        assert {fault.key: dict(fault.values) for fault in refused.value.layer_faults} == {
            "geo.fault.no_code": {"count": 1},
            "geo.fault.unknown_codes": {"count": 1, "codes": "999000000"},
            "geo.fault.duplicate_codes": {"count": 1, "codes": "111000000"},
            "geo.fault.missing_districts": {"count": 2, "codes": "111800000, 153200000"},
            "geo.fault.no_polygon": {"codes": "151000000"},
            "geo.fault.outside_country": {"codes": "111000000"},
        }

    def test_slivers_and_a_bow_tie_are_no_faults(self) -> None:
        layers.check_layer(layer(), reference=REFERENCE)

    def test_a_district_drawn_over_another_is_a_fault(self) -> None:
        polygons = (SOUTH_WEST, shapely.box(70.9, 48, 72, 49), *POLYGONS[2:])
        with pytest.raises(LayerRefused) as refused:
            layers.check_layer(layer(CODES, polygons), reference=REFERENCE)
        (fault,) = refused.value.layer_faults
        assert fault.key == "geo.fault.overlap"
        assert (fault.values["first"], fault.values["second"]) == CODES[:2]

    def test_a_district_shown_within_another_need_not_be_in_the_layer(self) -> None:
        region_of = {**REFERENCE.region_of, "155000000": "150000000"}
        layers.check_layer(layer(), reference=Reference(region_of, {"155000000": "151000000"}))
        with pytest.raises(LayerRefused) as refused:
            layers.check_layer(layer(), reference=Reference(region_of, {"155000000": "157000000"}))
        assert fault_keys(refused) == ["geo.fault.missing_districts"]


class TestDrawing:
    def test_overlap_gap_and_bow_tie_become_one_clean_coverage(self) -> None:
        before = coverage.repaired(array(*POLYGONS))
        assert len(coverage.overlaps(before)) == 1
        assert len(coverage.gaps(before)) == 1
        districts = array(*boundaries.draw(layer(), reference=REFERENCE).districts.values())
        assert shapely.is_valid(districts).all()
        assert shapely.coverage_is_valid(districts)
        assert coverage.overlaps(districts) == []
        assert len(coverage.gaps(districts)) == 0

    def test_a_missing_piece_does_not_fit(self) -> None:
        piece = shapely.box(70.4, 48.4, 70.6, 48.6)
        around = shapely.difference(SOUTH_WEST, piece)
        assert coverage.fits(array(around, piece))
        assert not coverage.fits(array(around))

    def test_each_sliver_goes_to_one_neighbour(self) -> None:
        clean = coverage.cleaned(array(*POLYGONS))
        filled = shapely.union_all([*coverage.repaired(array(*POLYGONS)), shapely.box(70, 48, 72, 50)])
        assert shapely.area(clean).sum() == pytest.approx(filled.area, rel=1e-9)

    def test_regions_have_exactly_the_borders_of_their_districts(self) -> None:
        drawing = boundaries.draw(layer(), reference=REFERENCE)
        assert list(drawing.regions) == ["110000000", "150000000"]
        for region, outline in drawing.regions.items():
            members = [drawing.districts[code] for code in CODES if REFERENCE.region_of[code] == region]
            assert shapely.symmetric_difference(outline, shapely.union_all(members)).area == 0

    def test_the_order_of_the_rows_does_not_matter(self, tmp_path: Path) -> None:
        data = frame()
        drawings = [
            boundaries.draw(layers.read_layer(saved(rows, tmp_path / f"{name}.gpkg")), reference=REFERENCE)
            for name, rows in [("as_is", data), ("turned", data.iloc[::-1])]
        ]
        texts = [{code: shape.wkt for code, shape in drawing.districts.items()} for drawing in drawings]
        assert texts[0] == texts[1]

    def test_a_missing_piece_is_refused_with_its_place(self) -> None:
        ring = shapely.difference(shapely.box(70, 48, 71, 49), shapely.box(70.4, 48.4, 70.6, 48.6))
        with pytest.raises(LayerRefused) as refused:
            boundaries.draw(layer(CODES[:1], (ring,)), reference=REFERENCE)
        (fault,) = refused.value.layer_faults
        assert fault.key == "geo.fault.gap"
        assert fault.values["longitude"] == pytest.approx(70.5, abs=0.1)
        assert fault.values["area_km2"] == pytest.approx(22.26 * 14.8, rel=0.01)

    def test_a_district_that_loses_much_to_its_neighbour_is_refused(self) -> None:
        polygons = (shapely.box(70, 48, 71, 49), shapely.box(70.8, 48.2, 71.2, 48.8))
        with pytest.raises(LayerRefused) as refused:
            boundaries.draw(layer(CODES[:2], polygons), reference=REFERENCE)
        assert "geo.fault.agreement" in fault_keys(refused)

    def test_a_small_district_lowers_the_tolerance(self) -> None:
        small = shapely.Point(70.5, 48.5).buffer(0.015)
        plain = boundaries.draw(layer(CODES[:1], (SOUTH_WEST,)), reference=REFERENCE)
        fine = boundaries.draw(layer(CODES[:2], (shapely.difference(SOUTH_WEST, small), small)), reference=REFERENCE)
        assert plain.tolerance == boundaries.TOLERANCES_DEGREES[0]
        assert fine.tolerance < plain.tolerance
        assert fine.district_agreement.min() >= boundaries.GOOD_AGREEMENT

    def test_borders_that_rounding_makes_cross_are_mended(self) -> None:
        # A corridor 3 m wide has no width on a grid of 10 m.
        corridor = shapely.box(70.5, 48.2, 70.50003, 48.8)
        west = shapely.union(shapely.box(70, 48, 70.4, 49), shapely.box(70.39, 48.2, 70.50003, 48.20003))
        west = shapely.union(west, corridor)
        east = shapely.difference(shapely.box(70.4, 48, 71, 49), west)
        pair = coverage.cleaned(array(west, east))
        assert not coverage.fits(shapely.transform(pair, lambda points: np.round(points, coverage.DECIMALS)))
        assert coverage.fits(coverage.generalised(pair, tolerance=1e-6))

    def test_ground_that_a_ring_goes_round_twice_is_kept(self) -> None:
        ring = np.array([(0, 0), (10, 0), (10, 10), (2, 10), (2, 4), (6, 4), (6, 12), (0, 12)])
        (mended,) = coverage.cleaned(array(shapely.Polygon(ring / 10 + (70, 48))))
        assert mended.area == pytest.approx(1.12)

    def test_a_speck_left_by_a_repair_goes_to_the_neighbour(self) -> None:
        speck = shapely.box(70.5, 48.5, 70.5003, 48.5003)
        spotted = shapely.multipolygons([shapely.box(71, 48, 72, 49), speck])
        west, east = coverage.cleaned(array(shapely.difference(SOUTH_WEST, speck), spotted))
        assert west.equals(SOUTH_WEST)
        assert shapely.get_num_geometries(east) == 1

    @settings(max_examples=25)
    @given(st.lists(st.integers(-40, 40), min_size=72, max_size=72))
    def test_squares_with_shaken_corners_always_become_a_coverage_that_fits(self, shakes: list[int]) -> None:
        offsets = np.array(shakes).reshape(9, 4, 2) / 10_000
        corners = np.array([(0, 0), (0, 1), (1, 1), (1, 0)])
        cells = [(70 + position % 3, 48 + position // 3) for position in range(9)]
        shaken = [shapely.Polygon(corners + cell + offset) for cell, offset in zip(cells, offsets, strict=True)]
        outlines = coverage.generalised(coverage.cleaned(array(*shaken)), tolerance=0.005)
        assert coverage.fits(outlines)
        assert coverage.agreement(outlines, array(*shaken)).min() > 0.95


class TestMeasuring:
    def test_half_shifted_squares_agree_by_a_third(self) -> None:
        shifted = shapely.transform(SOUTH_WEST, lambda points: points + [0.5, 0])
        assert coverage.agreement(array(shifted), array(SOUTH_WEST))[0] == pytest.approx(1 / 3, abs=0.001)

    def test_an_outline_that_lies_elsewhere_agrees_by_zero(self) -> None:
        elsewhere = array(shapely.box(60, 48, 61, 49), shapely.Polygon())
        assert coverage.agreement(elsewhere, array(SOUTH_WEST, SOUTH_WEST)).tolist() == [0, 0]

    def test_area_of_a_square_degree_is_that_of_the_ellipsoid(self) -> None:
        # 1 degree between 48 and 49 north on WGS 84: mean width 73.9 km (cosine of 48.5) times 111.2 km.
        assert coverage.area_km2(array(SOUTH_WEST))[0] == pytest.approx(73.9 * 111.2, rel=0.005)


class TestCommand:
    def test_a_layer_of_all_districts_is_written_as_three_files(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = saved(grid(drawn_codes()), tmp_path / "districts.gpkg")
        status = command(path, "--out", str(tmp_path / "new"), "--vintage", "2030")
        assert status == 0, capsys.readouterr().err
        record = json.loads((tmp_path / "new" / "outlines.json").read_text(encoding="utf-8"))
        assert (record["origin"], record["vintage"], record["for_legal_use"]) == ("districts.gpkg", "2030", False)
        assert {name: file["features"] for name, file in record["files"].items()} == {
            "districts.geojson": len(drawn_codes()),
            "regions.geojson": 20,
        }
        assert record["shown_within"] == today().shown_within
        assert set(content(tmp_path / "new")) == {"districts.geojson", "regions.geojson", "outlines.json"}

    def test_outlines_are_rounded_and_their_outer_rings_run_counter_clockwise(self, tmp_path: Path) -> None:
        unrounded = grid(drawn_codes())
        unrounded.geometry = unrounded.geometry.translate(1 / 3, 1 / 7)
        path = saved(unrounded, tmp_path / "districts.gpkg")
        build(path, tmp_path / "new")
        for name in ("districts.geojson", "regions.geojson"):
            assert_written_as_promised(json.loads((tmp_path / "new" / name).read_text(encoding="utf-8")))

    def test_a_district_that_got_its_own_polygon_is_no_longer_shown_within_another(self, tmp_path: Path) -> None:
        codes = sorted([*drawn_codes(), "615500000"])
        path = saved(grid(codes), tmp_path / "districts.gpkg")
        record = build(path, tmp_path / "new")
        assert "615500000" not in record["shown_within"]
        assert record["files"]["districts.geojson"]["features"] == len(codes)

    def test_outlines_go_into_the_folder_of_the_operator_under_the_name_of_their_day(
        self, tmp_path: Path, data_folder: Path
    ) -> None:
        path = saved(grid(drawn_codes()), tmp_path / "districts.gpkg")
        assert command(path) == 0
        (own,) = [one for one in record.outline_sets() if one.is_own]
        assert own.folder == data_folder / "areas" / "outlines" / "2026-01-01"
        assert (own.valid_from, own.vintage) == (date(2026, 1, 1), "2026-01-01")
        assert own.districts == set(drawn_codes())

    @pytest.mark.parametrize("options", [["--valid-from", ""], ["--vintage", "../2026"], ["--vintage", ".hidden"]])
    def test_outlines_without_a_name_that_a_folder_can_have_are_wrong_usage(
        self, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert command(saved(frame(), tmp_path / "districts.gpkg"), *options) == 2
        assert "--vintage" in capsys.readouterr().err

    def test_codes_of_an_old_layer_are_read_as_of_its_day(self, tmp_path: Path) -> None:
        # 191000000 was Taldykorgan, 191600000 Konaev, until the regions were divided on 8 June 2022.
        before, after = (
            layers.identified(layer(("191000000", "191600000"), POLYGONS[:2]), on=day).codes
            for day in (date(2022, 6, 7), date(2022, 6, 8))
        )
        assert before == ("191000000", "331000000")
        assert after == ("191000000", "191600000")

    def test_regions_of_an_old_layer_are_those_that_held_its_districts_then(self, tmp_path: Path) -> None:
        # Konaev still had its older code, whose successor then meant Taldykorgan.
        codes = {code: code for code in layers.reference_on(date(2022, 6, 7)).region_of} | {"191000000": "191600000"}
        path = saved(grid(sorted(codes.values())), tmp_path / "old.gpkg")
        written = build(path, tmp_path / "old", valid_from="2022-06-07")
        regions = json.loads((tmp_path / "old" / "regions.geojson").read_text(encoding="utf-8"))
        assert "100000000" not in shapes(regions)
        assert written["files"]["regions.geojson"]["features"] == 17

    def test_a_refused_layer_leaves_the_old_outlines_and_exits_with_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "outlines"
        out.mkdir()
        (out / "districts.geojson").write_text("old", encoding="utf-8")
        codes = drawn_codes()
        path = saved(grid([*codes[:-1], "999999999"]), tmp_path / "districts.gpkg")
        assert command(path, "--out", str(out)) == 1
        told = capsys.readouterr().err
        assert "999999999" in told
        assert codes[-1] in told
        assert content(out) == {"districts.geojson": b"old"}

    def test_a_missing_file_exits_with_two(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert command(tmp_path / "none.gpkg", "--out", str(tmp_path)) == 2
        assert "none.gpkg" in capsys.readouterr().err

    def test_a_folder_that_cannot_be_written_is_a_situation(self, tmp_path: Path) -> None:
        taken = tmp_path / "taken"
        taken.write_text("a file", encoding="utf-8")
        with pytest.raises(StorageFailed):
            boundaries.write_together({"a.json": b"{}"}, folder=taken)

    def test_a_failure_while_writing_leaves_the_old_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text("old", encoding="utf-8")
        with pytest.raises(StorageFailed):
            boundaries.write_together({"a.json": b"new", "b" * 300: b"new"}, folder=tmp_path)
        assert content(tmp_path) == {"a.json": b"old"}
