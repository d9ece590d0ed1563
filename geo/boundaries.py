"""Outlines of districts and regions for the map: an official layer, read, checked, cleaned, generalised and written.

The layer itself is not kept: what the map needs is `outlines/`, and outlines.json says where it comes from, how far
it may be used and how close it is to the layer.
"""

import csv
import gzip
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from geo import coverage
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import ReferenceInvalid, StorageFailed, WrongUsage

OUTLINES: Final = Path(__file__).parent / "outlines"
SHOWN_WITHIN: Final = Path(__file__).parent / "reference" / "shown_within.csv"
DISTRICTS_FILE: Final = "districts.geojson"
REGIONS_FILE: Final = "regions.geojson"
RECORD_FILE: Final = "outlines.json"
CODE_COLUMN: Final = "kato"

# Coarsest first: the map takes the first one at which every district is drawn well.
TOLERANCES_DEGREES: Final = (0.005, 0.004, 0.003, 0.002, 0.001, 0.0005)
GOOD_AGREEMENT: Final = 0.95
LEAST_AGREEMENT: Final = 0.94
# Neighbours overlap by slivers; more than this share of the smaller one means that a district is drawn twice.
MOST_OVERLAP: Final = 0.02
# Longitude and latitude of the country with a margin of about a degree: west, south, east, north.
COUNTRY_BOX: Final = (45.0, 39.5, 88.5, 56.5)


@dataclass(frozen=True, slots=True)
class LayerFault:
    """One thing wrong with a layer: a word key and what fills it."""

    key: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        return f"{self.key}: {', '.join(f'{name}={value}' for name, value in self.values.items())}"


class LayerRefused(ReferenceInvalid):
    """The layer holds faults; `layer_faults` lists all of them and the outlines in use stay as they are."""

    key = "geo.layer_refused"
    exit_status = 1

    def __init__(self, layer_faults: Sequence[LayerFault]) -> None:
        self.layer_faults = tuple(layer_faults)
        super().__init__([str(fault) for fault in layer_faults])


@dataclass(frozen=True, slots=True)
class Attribution:
    """What must be said wherever the outlines are shown; `origin` is the layer they were made of."""

    origin: str
    credit: str
    licence: str
    licence_address: str
    vintage: str


@dataclass(frozen=True, slots=True)
class Layer:
    """Polygons of an official layer as drawn there, in WGS 84, sorted by KATO code."""

    codes: tuple[str, ...]
    polygons: coverage.Polygons


@dataclass(frozen=True, slots=True)
class Reference:
    """The current districts with their regions, and the districts that share the outline of another one."""

    region_of: Mapping[str, str]
    shown_within: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Generalised outlines by KATO code, the tolerance used (degrees) and the agreement with the layer."""

    districts: Mapping[str, shapely.Geometry]
    regions: Mapping[str, shapely.Geometry]
    tolerance: float
    district_agreement: coverage.Numbers
    region_agreement: coverage.Numbers


def build(
    path: Path, *, attribution: Attribution, out: Path = OUTLINES, code_column: str = CODE_COLUMN, layer_name: str = ""
) -> dict[str, Any]:
    """Draw the outlines from the layer at `path`, write them to `out` and return the content of outlines.json."""
    reference = current_reference()
    layer = read_layer(path, code_column=code_column, layer_name=layer_name)
    check_layer(layer, reference=reference)
    drawing = draw(layer, reference=reference)
    files = {
        DISTRICTS_FILE: _feature_collection(drawing.districts),
        REGIONS_FILE: _feature_collection(drawing.regions),
    }
    record = _record(layer, drawing, attribution=attribution, reference=reference, files=files)
    files[RECORD_FILE] = (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()
    write_together(files, folder=out)
    return record


def current_reference() -> Reference:
    """The districts valid today and the reviewed table of those shown within another one."""
    region_of = {area.id: area.parent for area in areas().values() if area.kind is AreaKind.DISTRICT}
    with SHOWN_WITHIN.open(encoding="utf-8", newline="") as file:
        shown_within = {row["kato"]: row["shown_within"] for row in csv.DictReader(file)}
    strangers = sorted({*shown_within, *shown_within.values()} - region_of.keys())
    if strangers:
        raise ReferenceInvalid([f"{SHOWN_WITHIN.name}: {code} is not a current district" for code in strangers])
    return Reference(region_of, shown_within)


def read_layer(path: Path, *, code_column: str = CODE_COLUMN, layer_name: str = "") -> Layer:
    """The polygons of a GeoJSON file, Shapefile or GeoPackage in any coordinate system.

    Raises `LayerRefused` with everything that keeps the file from being such a layer.
    """
    frame = _frame(path, layer_name=layer_name)
    columns = [name for name in frame.columns if str(name).casefold() == code_column.casefold()]
    faults = _faults_of_frame(frame, code_column=code_column, columns=columns)
    if faults:
        raise LayerRefused(faults)
    codes = [_code_text(value) for value in frame[columns[0]]]
    order = sorted(range(len(codes)), key=codes.__getitem__)
    polygons = np.array(frame.to_crs(coverage.WGS84).geometry, dtype=object)
    return Layer(tuple(codes[position] for position in order), polygons[order])


def _frame(path: Path, *, layer_name: str) -> Any:
    # Imported here because the pages take the record from this module and need no geopandas.
    import pyogrio
    from pyogrio.errors import DataSourceError

    if not path.exists():
        raise WrongUsage(reason="geo.usage.no_file", detail=str(path))
    try:
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if (layer_name and layer_name not in names) or (not layer_name and len(names) > 1):
            raise WrongUsage(reason="geo.usage.which_layer", detail=f"{path.name}: {', '.join(names)}")
        return pyogrio.read_dataframe(path, layer=layer_name or None, force_2d=True, on_invalid="ignore")
    except DataSourceError as error:
        raise LayerRefused([LayerFault("geo.fault.unreadable", {"file": path.name, "detail": str(error)})]) from error


def _faults_of_frame(frame: Any, *, code_column: str, columns: Sequence[str]) -> list[LayerFault]:
    if not hasattr(frame, "geom_type"):
        return [LayerFault("geo.fault.not_polygons", {"kinds": "-"})]
    faults = []
    if len(columns) != 1:
        present = ", ".join(str(name) for name in frame.columns if name != frame.geometry.name)
        faults.append(LayerFault("geo.fault.code_column", {"column": code_column, "columns": present or "-"}))
    if frame.crs is None:
        faults.append(LayerFault("geo.fault.no_crs", {}))
    kinds = sorted(set(frame.geom_type.dropna()) - {"Polygon", "MultiPolygon"})
    if kinds:
        faults.append(LayerFault("geo.fault.not_polygons", {"kinds": ", ".join(kinds)}))
    return faults


def _code_text(value: object) -> str:
    """The code as text: a column of numbers may hold it with a decimal point, an empty cell is empty text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def check_layer(layer: Layer, *, reference: Reference) -> None:
    """Raise `LayerRefused` with every fault of codes and geometry that no cleaning can mend."""
    faults = [*_code_faults(layer, reference=reference), *_geometry_faults(layer)]
    if faults:
        raise LayerRefused(faults)


def _code_faults(layer: Layer, *, reference: Reference) -> Iterator[LayerFault]:
    counts = Counter(layer.codes)
    with_outline = counts.keys() & reference.region_of.keys()
    listed = {
        "geo.fault.unknown_codes": counts.keys() - reference.region_of.keys() - {""},
        "geo.fault.duplicate_codes": {code for code, count in counts.items() if code and count > 1},
        "geo.fault.missing_districts": {
            code
            for code in reference.region_of
            if code not in with_outline and reference.shown_within.get(code) not in with_outline
        },
    }
    if counts[""]:
        yield LayerFault("geo.fault.no_code", {"count": counts[""]})
    for key, codes in listed.items():
        if codes:
            yield LayerFault(key, {"count": len(codes), "codes": ", ".join(sorted(codes))})


def _geometry_faults(layer: Layer) -> Iterator[LayerFault]:
    polygons = coverage.repaired(layer.polygons)
    empty = shapely.is_missing(polygons) | shapely.is_empty(polygons)
    if empty.any():
        yield LayerFault("geo.fault.no_polygon", {"codes": _codes_at(layer, empty)})
    west, south, east, north = shapely.bounds(polygons).T
    inside = (west >= COUNTRY_BOX[0]) & (south >= COUNTRY_BOX[1]) & (east <= COUNTRY_BOX[2]) & (north <= COUNTRY_BOX[3])
    if not (inside | empty).all():
        yield LayerFault("geo.fault.outside_country", {"codes": _codes_at(layer, ~(inside | empty))})
    if not (inside & ~empty).all():
        return  # areas of polygons that lie elsewhere mean nothing
    areas_km2 = coverage.area_km2(polygons)
    for first, second, shared in coverage.overlaps(polygons):
        if shared > MOST_OVERLAP * min(areas_km2[first], areas_km2[second]):
            pair: dict[str, object] = {"first": layer.codes[first], "second": layer.codes[second]}
            yield LayerFault("geo.fault.overlap", pair | {"area_km2": round(shared, 1)})


def _codes_at(layer: Layer, chosen: npt.NDArray[np.bool_]) -> str:
    return ", ".join(layer.codes[position] or "-" for position in np.flatnonzero(chosen))


def draw(layer: Layer, *, reference: Reference) -> Drawing:
    """Outlines of districts as one clean coverage and the regions dissolved out of them.

    Uses the coarsest of `TOLERANCES_DEGREES` at which every district reaches `GOOD_AGREEMENT`, else the finest.
    Raises `LayerRefused` where a gap is too wide to be a drawing error, where the outlines do not fit together, or
    where a district stays below `LEAST_AGREEMENT`.
    """
    clean = coverage.cleaned(layer.polygons)
    _refuse_wide_gaps(clean)
    groups = [reference.region_of[code] for code in layer.codes]
    for tolerance in TOLERANCES_DEGREES:
        outlines = coverage.generalised(clean, tolerance=tolerance)
        agreement = coverage.agreement(outlines, layer.polygons)
        if agreement.min() >= GOOD_AGREEMENT:
            break
    _refuse_poor_outlines(layer, outlines=outlines, agreement=agreement)
    regions = coverage.dissolved(outlines, groups=groups)
    originals = coverage.united(coverage.repaired(layer.polygons), groups=groups)
    return Drawing(
        districts=dict(zip(layer.codes, outlines, strict=True)),
        regions=regions,
        tolerance=tolerance,
        district_agreement=agreement,
        region_agreement=coverage.agreement(_array(regions.values()), _array(originals.values())),
    )


def _array(polygons: Iterable[shapely.Geometry]) -> coverage.Polygons:
    return np.array(list(polygons), dtype=object)


def _refuse_wide_gaps(clean: coverage.Polygons) -> None:
    faults = []
    for gap in coverage.gaps(clean):
        point = gap.representative_point()
        place: dict[str, object] = {"longitude": round(point.x, 3), "latitude": round(point.y, 3)}
        area_km2 = coverage.area_km2(_array([gap]))[0]
        faults.append(LayerFault("geo.fault.gap", place | {"area_km2": round(float(area_km2), 1)}))
    if faults:
        raise LayerRefused(faults)


def _refuse_poor_outlines(layer: Layer, *, outlines: coverage.Polygons, agreement: coverage.Numbers) -> None:
    faults = []
    if not coverage.fits(outlines):
        faults.append(LayerFault("geo.fault.no_fit", {}))
    for position in np.flatnonzero(agreement < LEAST_AGREEMENT):
        share: dict[str, object] = {"share": round(float(agreement[position]), 3), "least": LEAST_AGREEMENT}
        faults.append(LayerFault("geo.fault.agreement", {"code": layer.codes[position]} | share))
    if faults:
        raise LayerRefused(faults)


def _feature_collection(outlines: Mapping[str, shapely.Geometry]) -> bytes:
    """GeoJSON (RFC 7946: outer rings counter-clockwise), one feature a line, the same bytes for the same outlines."""
    polygons = shapely.orient_polygons(shapely.normalize(_array(outlines.values())))
    features = [
        json.dumps(
            {"type": "Feature", "id": code, "properties": {"id": code}, "geometry": json.loads(geometry)},
            separators=(",", ":"),
        )
        for code, geometry in zip(outlines, shapely.to_geojson(polygons), strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n").encode()


def _record(
    layer: Layer, drawing: Drawing, *, attribution: Attribution, reference: Reference, files: Mapping[str, bytes]
) -> dict[str, Any]:
    repaired = coverage.repaired(layer.polygons)
    shared = [pair[2] for pair in coverage.overlaps(repaired)]
    open_km2 = coverage.area_km2(coverage.gaps(repaired))
    return asdict(attribution) | {
        "for_legal_use": False,
        "crs": coverage.WGS84,
        "decimals": coverage.DECIMALS,
        "tolerance_degrees": drawing.tolerance,
        "layer": {
            "polygons": len(layer.codes),
            "invalid_polygons": int((~shapely.is_valid(layer.polygons)).sum()),
            "coverage_valid": bool(shapely.coverage_is_valid(repaired)),
            "overlaps": len(shared),
            "overlaps_km2": round(sum(shared), 3),
            "gaps": len(open_km2),
            "gaps_km2": round(float(open_km2.sum()), 3),
        },
        "files": {
            DISTRICTS_FILE: _file_record(files[DISTRICTS_FILE], drawing.districts, drawing.district_agreement),
            REGIONS_FILE: _file_record(files[REGIONS_FILE], drawing.regions, drawing.region_agreement),
        },
        "shown_within": {
            code: parent for code, parent in sorted(reference.shown_within.items()) if code not in drawing.districts
        },
    }


def _file_record(
    content: bytes, outlines: Mapping[str, shapely.Geometry], agreement: coverage.Numbers
) -> dict[str, Any]:
    return {
        "features": len(outlines),
        "bytes": len(content),
        "gzip_bytes": len(gzip.compress(content, mtime=0)),
        "coverage_valid": bool(shapely.coverage_is_valid(_array(outlines.values()))),
        "agreement": {
            "mean": round(float(agreement.mean()), 4),
            "worst": round(float(agreement.min()), 4),
            "worst_id": list(outlines)[int(agreement.argmin())],
        },
    }


def write_together(files: Mapping[str, bytes], *, folder: Path) -> None:
    """Write the files into the folder, each replaced in one step, none before all are on the disk.

    Raises `StorageFailed` where that is not possible; the files that were there stay.
    """
    waiting = {folder / f".{name}.{os.getpid()}.part": folder / name for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, final in waiting.items():
            part.write_bytes(files[final.name])
        for part, final in waiting.items():
            part.replace(final)
    except OSError as error:
        for part in waiting:
            with suppress(OSError):  # the first failure is the one to tell
                part.unlink()
        raise StorageFailed(path=str(folder), detail=error.strerror or str(error)) from error
