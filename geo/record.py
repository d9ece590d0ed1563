"""The sets of outlines there are: those of the program and the operator's own, checked against what was recorded."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from geo.areas import areas, foundings, region_then
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import ReferenceInvalid
from riskmap.domain.settings import area_folder
from riskmap.domain.vocabulary import COUNTRY

SHIPPED: Final = Path(__file__).parent / "outlines"
OWN_FOLDER: Final = "outlines"
DISTRICTS_FILE: Final = "districts.geojson"
REGIONS_FILE: Final = "regions.geojson"
RECORD_FILE: Final = "outlines.json"

# What a page tells of a set: name in the record and the type it must have.
_TOLD: Final = {"vintage": str, "valid_from": str, "credit": str, "shown_within": dict, "files": dict}

# Of each file its change and size: what was read stands as long as they do.
Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OutlineSet:
    """One set of outlines that fit together, drawn for periods from `valid_from` until the next one begins.

    Without `valid_from` it has no earliest day. `hosts` tells in whose outline a district without one of its own is
    shown: as recorded, and for a district cut out of another one since, in that one's.
    """

    folder: Path
    is_own: bool
    valid_from: date | None
    record: Mapping[str, Any]
    districts: frozenset[str]
    regions: frozenset[str]
    hosts: Mapping[str, str]

    @property
    def vintage(self) -> str:
        """The time whose borders are shown, as a word of the record."""
        return str(self.record["vintage"])

    @property
    def credit(self) -> str:
        """Whom the operator credits; empty for a set of the program, whose credit is in the words of each language."""
        return str(self.record["credit"]) if self.is_own else ""

    def file(self, level: str) -> Path:
        """The GeoJSON file of a level ("regions" or "districts"); its features carry their area id as `id`."""
        return self.folder / {"districts": DISTRICTS_FILE, "regions": REGIONS_FILE}[level]

    def outlined(self, level: str) -> frozenset[str]:
        """Ids of the areas of a level that have an outline of their own."""
        return {"districts": self.districts, "regions": self.regions}[level]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a map is asked to draw: the areas of a level within one, and those of them that have something to show."""

    level: str  # region or district
    within: str  # the region whose districts are shown, or the country
    asked: frozenset[str]
    shown: frozenset[str]


def outline_sets() -> tuple[OutlineSet, ...]:
    """Every set, the earliest first; of two that begin on one day the operator's own stands last.

    `ReferenceInvalid` with everything wrong in the operator's folder, and in the program's.
    """
    own = area_folder() / OWN_FOLDER
    return _sets(tuple(_folders(SHIPPED, is_own=False)), tuple(_folders(own, is_own=True)))


def current_set() -> OutlineSet:
    """Today's set."""
    return _valid(date.today()) or outline_sets()[0]


def drawn_set(picture: Picture, *, on: date) -> OutlineSet:
    """The set that a map of a period ending on that day is drawn with.

    That valid on the day, where it draws just what is asked for; else today's, since the regions of today may have
    figures of years before them: sums of districts.
    """
    then = _valid(on)
    return then if then and _draws(then, picture, on) else current_set()


def is_redrawn(one: OutlineSet, *, on: date) -> bool:
    """Whether a map of a period ending on that day shows other borders than those valid then."""
    return one is not _valid(on)


def _valid(on: date) -> OutlineSet | None:
    begun = [one for one in outline_sets() if one.valid_from is None or one.valid_from <= on]
    return begun[-1] if begun else None


def _draws(one: OutlineSet, picture: Picture, on: date) -> bool:
    """Whether all that is to be shown has a place in the set, and nothing is in the picture that was not asked for."""
    if picture.level == AreaKind.REGION:
        return picture.shown <= one.regions <= picture.asked
    inside = {area for area in one.districts if picture.within in (COUNTRY, region_then(area, on=on))}
    around = {region_then(area, on=on) for area in picture.shown} | {picture.within} - {COUNTRY}
    return picture.shown <= one.districts | one.hosts.keys() and inside <= picture.asked and around <= one.regions


def _folders(root: Path, *, is_own: bool) -> Iterator[tuple[Path, bool, Stamp]]:
    if not root.is_dir():
        return
    for folder in sorted(root.iterdir()):
        if not folder.name.startswith("."):
            yield folder, is_own, tuple(_stamp(folder / name) for name in (DISTRICTS_FILE, REGIONS_FILE, RECORD_FILE))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        told = path.stat()
    except OSError:
        return 0, 0
    return told.st_mtime_ns, told.st_size


@lru_cache(maxsize=8)
def _sets(*folders: tuple[tuple[Path, bool, Stamp], ...]) -> tuple[OutlineSet, ...]:
    found: list[OutlineSet] = []
    faults: list[str] = []
    for folder, is_own, _ in (one for several in folders for one in several):
        try:
            found.append(read_set(folder, is_own=is_own))
        except ReferenceInvalid as error:
            faults += error.faults
    if not found and not faults:
        faults.append("no outlines")
    days = [(one.valid_from, one.is_own) for one in found]
    faults += [
        f"{_shown(one.folder)}: another set begins on {one.valid_from or 'no day'} too"
        for one in found
        if days.count((one.valid_from, one.is_own)) > 1
    ]
    if faults:
        raise ReferenceInvalid(faults)
    return tuple(sorted(found, key=lambda one: (one.valid_from or date.min, one.is_own)))


def _shown(folder: Path) -> str:
    """A folder as a reader may see it: without the place where the data lies on the machine."""
    return folder.relative_to(folder.parents[2]).as_posix()


def read_set(folder: Path, *, is_own: bool) -> OutlineSet:
    """The set in a folder; `ReferenceInvalid` with what is wrong with it."""
    try:
        record = _record(folder / RECORD_FILE)
        begins = date.fromisoformat(record["valid_from"]) if record["valid_from"] else None
        districts, regions = (_ids(folder / name, record) for name in (DISTRICTS_FILE, REGIONS_FILE))
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise ReferenceInvalid([f"{_shown(folder)}: {detail}"]) from error
    hosts = _hosts(districts, record["shown_within"])
    return OutlineSet(folder, is_own, begins, record, districts, regions, hosts)


def _record(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ValueError(f"{path.name} is missing")
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from error
    wrong = [name for name, kind in _TOLD.items() if not isinstance(record.get(name), kind)]
    if wrong:
        raise ValueError(f"{path.name} lacks {', '.join(wrong)}")
    return record


def _ids(path: Path, record: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the features of a file that is still as it was written."""
    if not path.is_file():
        raise ValueError(f"{path.name} is missing")
    content = path.read_bytes()
    if record["files"].get(path.name, {}).get("sha256") != digest(content):
        raise ValueError(f"{path.name} is not the file that {RECORD_FILE} was written with: build the outlines again")
    return frozenset(feature["properties"]["id"] for feature in json.loads(content)["features"])


def digest(content: bytes) -> str:
    """What the record holds of a file, so that another one is not taken for it."""
    return hashlib.sha256(content).hexdigest()


def _hosts(districts: frozenset[str], recorded: Mapping[str, str]) -> dict[str, str]:
    cut_from = {area: parent for area, parent, _ in foundings()} | dict(recorded)
    found = {}
    for area in areas().values():
        way = [area.id]
        while way[-1] not in districts and (host := cut_from.get(way[-1])) and host not in way:
            way.append(host)
        if area.kind is AreaKind.DISTRICT and len(way) > 1 and way[-1] in districts:
            found[area.id] = way[-1]
    return found
