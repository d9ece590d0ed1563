"""Outlines of districts and regions for the map: an official layer, checked, cleaned, generalised and written.

The layer itself is not kept: what the map needs is a folder of outlines, and outlines.json in it says where they come
from, from which day they are drawn, how far they may be used and how close they are to the layer.
"""

import gzip
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from geo import coverage
from geo.layers import Layer, LayerFault, LayerRefused, Reference, check_layer, identified, reference_on
from geo.record import DISTRICTS_FILE, RECORD_FILE, REGIONS_FILE, digest
from riskmap.domain.errors import StorageFailed

# Coarsest first: the map takes the first one at which every district is drawn well.
TOLERANCES_DEGREES: Final = (0.005, 0.004, 0.003, 0.002, 0.001, 0.0005)
GOOD_AGREEMENT: Final = 0.95
LEAST_AGREEMENT: Final = 0.94


@dataclass(frozen=True, slots=True)
class Attribution:
    """What must be said wherever the outlines are shown; `origin` is the layer they were made of."""

    origin: str
    credit: str
    licence: str
    licence_address: str
    vintage: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Generalised outlines by KATO code, the tolerance used (degrees) and the agreement with the layer."""

    districts: Mapping[str, shapely.Geometry]
    regions: Mapping[str, shapely.Geometry]
    tolerance: float
    district_agreement: coverage.Numbers
    region_agreement: coverage.Numbers


def build(layer: Layer, *, attribution: Attribution, valid_from: date | None, out: Path) -> dict[str, Any]:
    """Draw the outlines from a layer, write them to `out` and return the content of outlines.json.

    Codes of the layer are those of `valid_from`, the first day for which the outlines are drawn; without it they are
    the oldest there are. Each of the districts of that day must be in the layer, or be shown within one that is.
    """
    on = valid_from or date.min
    reference = reference_on(on)
    layer = identified(layer, on=on)
    check_layer(layer, reference=reference)
    drawing = draw(layer, reference=reference)
    files = {
        DISTRICTS_FILE: _feature_collection(drawing.districts),
        REGIONS_FILE: _feature_collection(drawing.regions),
    }
    begins = {"valid_from": valid_from.isoformat() if valid_from else ""}
    record = asdict(attribution) | begins | _measured(layer, drawing, reference=reference, files=files)
    files[RECORD_FILE] = (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()
    write_together(files, folder=out)
    return record


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


def _measured(layer: Layer, drawing: Drawing, *, reference: Reference, files: Mapping[str, bytes]) -> dict[str, Any]:
    repaired = coverage.repaired(layer.polygons)
    shared = [pair[2] for pair in coverage.overlaps(repaired)]
    open_km2 = coverage.area_km2(coverage.gaps(repaired))
    return {
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
        "sha256": digest(content),
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
