"""Which areas touch each other, and where each lies, by a set of outlines and a declared rule for what has none.

Two areas touch where their outlines share a stretch of border; a point in common is not enough. Outlines are a coverage
whose neighbours share their border vertex by vertex, so that nothing is measured and no distance is chosen. A city that
lies inside one area, such as Shymkent or Almaty, touches what is around it and nothing else, by its outline alone.

The declared rule: an area without an outline of its own touches the one in whose outline it is shown
(`OutlineSet.hosts`), and nothing else. What a region holds outside its districts has no place and touches nothing.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

from geo.record import OutlineSet

Pair = tuple[str, str]


class Place(NamedTuple):
    """The middle of an area in degrees."""

    latitude: float
    longitude: float


class _Drawn(NamedTuple):
    borders: tuple[Pair, ...]
    middles: Mapping[str, Place]


def touching(outlines: OutlineSet, level: str) -> tuple[Pair, ...]:
    """Every pair of areas of a level ("regions" or "districts") that touch: each once, the lower id first, in order.

    Borders and declared pairs together; an area of no pair stands alone.
    """
    return tuple(sorted({*shared_borders(outlines, level), *declared_pairs(outlines, level)}))


def shared_borders(outlines: OutlineSet, level: str) -> tuple[Pair, ...]:
    """The pairs of areas whose outlines share a stretch of border, each once, the lower id first, in order."""
    return _drawn(outlines, level).borders


def declared_pairs(outlines: OutlineSet, level: str) -> tuple[Pair, ...]:
    """The pairs of an area without an outline and the area in whose outline it is shown; no region has one."""
    if level != "districts":
        return ()
    return tuple(sorted((min(pair), max(pair)) for pair in outlines.hosts.items()))


def neighbours_of(area: str, outlines: OutlineSet, level: str) -> tuple[str, ...]:
    """The areas that touch one, by id; empty for one that has no place in the set."""
    return tuple(sorted(other for pair in touching(outlines, level) if area in pair for other in pair if other != area))


def places(outlines: OutlineSet, level: str) -> dict[str, Place]:
    """The middle (centroid) of each area of a level; an area without an outline lies where the one around it lies."""
    middles = dict(_drawn(outlines, level).middles)
    if level == "districts":
        middles |= {area: middles[host] for area, host in outlines.hosts.items()}
    return middles


def _drawn(outlines: OutlineSet, level: str) -> _Drawn:
    path = outlines.file(level)
    return _read(path, str(outlines.record["files"][path.name]["sha256"]))


@lru_cache(maxsize=16)
def _read(path: Path, digest: str) -> _Drawn:  # noqa: ARG001 - another file of the same name is read again
    features = json.loads(path.read_bytes())["features"]
    ids = [str(feature["properties"]["id"]) for feature in features]
    shapes = np.array(shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features]), dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = first < second
    first, second = first[once], second[once]
    shares = shapely.length(shapely.intersection(shapes[first], shapes[second])) > 0
    pairs = sorted(
        (min(ids[one], ids[other]), max(ids[one], ids[other]))
        for one, other in zip(first[shares], second[shares], strict=True)
    )
    middles = shapely.centroid(shapes)
    found = zip(shapely.get_y(middles).tolist(), shapely.get_x(middles).tolist(), strict=True)
    return _Drawn(tuple(pairs), {area: Place(*place) for area, place in zip(ids, found, strict=True)})
