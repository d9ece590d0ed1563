"""An official layer of districts: read from any format, its codes understood by date, its faults told all at once."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from geo import coverage
from geo.areas import areas, region_then, resolve
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import ReferenceInvalid, WrongUsage

SHOWN_WITHIN: Final = Path(__file__).parent / "reference" / "shown_within.csv"
CODE_COLUMN: Final = "kato"
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
class Layer:
    """Polygons of an official layer as drawn there, in WGS 84, sorted by KATO code."""

    codes: tuple[str, ...]
    polygons: coverage.Polygons


@dataclass(frozen=True, slots=True)
class Reference:
    """The districts of a day with their regions then, and those that may share the outline of another one."""

    region_of: Mapping[str, str]
    shown_within: Mapping[str, str]


def reference_on(on: date) -> Reference:
    """The districts that existed on a day, and of the reviewed table of those shown within another one what is theirs.

    A district founded later needs no outline: it is shown within the one it was cut out of.
    """
    districts = [area for area in areas().values() if area.kind is AreaKind.DISTRICT]
    with SHOWN_WITHIN.open(encoding="utf-8", newline="") as file:
        shown_within = {row["kato"]: row["shown_within"] for row in csv.DictReader(file)}
    strangers = sorted({*shown_within, *shown_within.values()} - {area.id for area in districts})
    if strangers:
        raise ReferenceInvalid([f"{SHOWN_WITHIN.name}: {code} is not a current district" for code in strangers])
    region_of = {area.id: region_then(area.id, on=on) for area in districts if area.exists(on)}
    return Reference(region_of, {code: host for code, host in shown_within.items() if code in region_of})


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
    return _in_order(codes, np.array(frame.to_crs(coverage.WGS84).geometry, dtype=object))


def _in_order(codes: Sequence[str], polygons: coverage.Polygons) -> Layer:
    order = sorted(range(len(codes)), key=codes.__getitem__)
    return Layer(tuple(codes[position] for position in order), polygons[order])


def identified(layer: Layer, *, on: date) -> Layer:
    """The layer with today's id for every code that stood for a district on that day; other codes stay as they are."""
    found = [(code, resolve(code, on=on, level=AreaKind.DISTRICT)) for code in layer.codes]
    return _in_order([area.id if isinstance(area, Area) else code for code, area in found], layer.polygons)


def _frame(path: Path, *, layer_name: str) -> Any:
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
