"""Polygons that must fit together: repair, clean, generalise, dissolve and compare a layer of areas.

A *coverage* is a set of polygons whose neighbours share their border vertex by vertex, without overlap and without
inner gap. All coordinates are longitude and latitude in degrees (WGS 84); areas are measured in an equal-area
projection. A result keeps the order of its argument.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

Polygons: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.float64]

WGS84: Final = "EPSG:4326"
# Albers with standard parallels through the south and the north of Kazakhstan.
EQUAL_AREA: Final = "+proj=aea +lat_1=43 +lat_2=53 +lat_0=48 +lon_0=67 +datum=WGS84 +units=m"
# Gaps between neighbours are drawing errors up to this width (about 2 km); a wider one is a missing area.
GAP_WIDTH_DEGREES: Final = 0.02
# Detached pieces below one hectare are leftovers of resolved self-intersections, no islands.
SPECK_KM2: Final = 0.01
# What is smaller than a square metre comes from floating-point arithmetic, not from the layer.
NEGLIGIBLE_KM2: Final = 1e-6
DECIMALS: Final = 4  # about 10 m
# Closing what rounding tore open moves vertices off the grid again; layers met so far settle at once.
_ROUNDS: Final = 5


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs(WGS84, EQUAL_AREA, always_xy=True)


def _equal_area(polygons: Polygons) -> Polygons:
    projected: Polygons = shapely.transform(polygons, _transformer().transform, interleaved=False)
    return repaired(projected)


def area_km2(polygons: Polygons) -> Numbers:
    """Area of each polygon in square kilometres; 0 for an empty one."""
    areas: Numbers = shapely.area(_equal_area(polygons)) / 1e6
    return areas


def repaired(polygons: Polygons) -> Polygons:
    """The polygons with self-intersections resolved; a polygon that collapses to a line or point becomes empty."""
    valid: Polygons = shapely.make_valid(polygons, method="structure", keep_collapsed=False)
    return valid


def overlaps(polygons: Polygons) -> list[tuple[int, int, float]]:
    """Pairs of valid polygons that overlap by more than a square metre: both positions and the shared km2."""
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    shared = area_km2(shapely.intersection(polygons[first], polygons[second]))
    pairs = zip(first.tolist(), second.tolist(), shared.tolist(), strict=True)
    return sorted(pair for pair in pairs if pair[2] > NEGLIGIBLE_KM2)


def gaps(polygons: Polygons) -> Polygons:
    """What valid polygons enclose without covering it, in pieces of more than a square metre."""
    union = shapely.union_all(polygons)
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    holes: Polygons = shapely.difference(shapely.polygons(np.array(rings, dtype=object)), union)
    return holes[area_km2(holes) > NEGLIGIBLE_KM2]


def cleaned(polygons: Polygons) -> Polygons:
    """A coverage out of polygons that nearly fit: each sliver goes to the neighbour with the longest common border.

    Gaps wider than `GAP_WIDTH_DEGREES` stay open.
    """
    coverage: Polygons = shapely.coverage_clean(_without_specks(repaired(polygons)), gap_width=GAP_WIDTH_DEGREES)
    return coverage


def _without_specks(polygons: Polygons) -> Polygons:
    parts, owner = shapely.get_parts(polygons, return_index=True)
    areas = area_km2(parts)
    largest = np.zeros(len(polygons))
    np.maximum.at(largest, owner, areas)
    kept = (areas >= SPECK_KM2) | (areas == largest[owner])
    whole = polygons.copy()
    for position in np.unique(owner[~kept]):
        whole[position] = shapely.multipolygons(parts[kept & (owner == position)])
    return whole


def fits(polygons: Polygons) -> bool:
    """Whether the polygons are valid, none is empty, and together they are a coverage without inner gap."""
    sound = shapely.is_valid(polygons).all() and not shapely.is_empty(polygons).any()
    return bool(sound and shapely.coverage_is_valid(polygons) and len(gaps(polygons)) == 0)


def generalised(polygons: Polygons, *, tolerance: float) -> Polygons:
    """The coverage with fewer vertices, rounded to `DECIMALS`; shared borders stay shared.

    Visvalingam-Whyatt: vertices go while the triangle with their neighbours is smaller than `tolerance` squared
    (degrees). Where rounding makes borders cross, they are cleaned and rounded again; `fits` tells whether that
    came to rest.
    """
    outlines = _rounded(shapely.coverage_simplify(polygons, tolerance))
    for _ in range(_ROUNDS):
        if fits(outlines):
            break
        outlines = _rounded(cleaned(outlines))
    return outlines


def _rounded(polygons: Polygons) -> Polygons:
    on_grid: Polygons = shapely.transform(polygons, lambda points: np.round(points, DECIMALS))
    return on_grid


def dissolved(coverage: Polygons, *, groups: Sequence[str]) -> dict[str, shapely.Geometry]:
    """One polygon per group, sorted by group, made of exactly the outer borders of the group's members."""
    names = np.array(groups)
    return {name: shapely.coverage_union_all(coverage[names == name]) for name in sorted(set(groups))}


def united(polygons: Polygons, *, groups: Sequence[str]) -> dict[str, shapely.Geometry]:
    """The union of each group, sorted by group, for valid polygons that need not be a coverage."""
    names = np.array(groups)
    return {name: shapely.union_all(polygons[names == name]) for name in sorted(set(groups))}


def agreement(polygons: Polygons, originals: Polygons) -> Numbers:
    """Shared area of each polygon and its original divided by their joint area, from 0 (apart) to 1 (equal).

    The intersection over union (Jaccard index) in the equal-area projection; originals are repaired, not cleaned.
    """
    drawn, meant = _equal_area(polygons), _equal_area(repaired(originals))
    shared = shapely.area(shapely.intersection(drawn, meant))
    joint: Numbers = shapely.area(shapely.union(drawn, meant))
    ratio: Numbers = np.divide(shared, joint, out=np.zeros_like(joint), where=joint > 0)
    return ratio
