"""What the tables of areas must agree on, in themselves and with each other; every fault as a sentence."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any, Final

from geo.register_tables import FOUNDING_KINDS, Row, Tables, day_of, first_day
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES

CHANGE_KINDS: Final = ("code", "rename", "split", "create", "abolish", "land")
ALIAS_KINDS: Final = ("old_name", "abbreviation", "spelling")

_CODE: Final = re.compile(r"[1-9]\d{8}")
_CYRILLIC: Final = re.compile(r"[а-яёәғқңөұүһі]+(?:[ -][а-яёәғқңөұүһі]+)*")
_ALPHABET: Final = {"kk": _CYRILLIC, "ru": _CYRILLIC, "en": re.compile(r"[a-z]+(?:[ -][a-z]+)*")}
# Longitude and latitude of the country with a margin of about a degree.
_BOX: Final = ((45.0, 88.5), (39.5, 56.5))


def row_faults(tables: Tables) -> Iterator[str]:
    """Faults inside one row: forms of codes, dates, words and letters."""
    for name, rows in tables.items():
        for row in rows:
            for column, value in row.items():
                if (wrong := _value_fault(name, column, value)) and value != COUNTRY:
                    yield f"{row.where}: {column} is {value!r}, expected {wrong}"
            if name == "districts":
                yield from (f"{row.where}: {fault}" for fault in _place_faults(row))


def _value_fault(table: str, column: str, value: str) -> str:
    """What the value should have been; empty when it is right."""
    words = {
        ("changes", "kind"): CHANGE_KINDS,
        ("aliases", "kind"): ALIAS_KINDS,
        ("aliases", "lang"): LANGUAGES,
        ("regions", "unit"): ("oblast", "republican_city", ""),
        ("districts", "unit"): ("district", "city", "city_district"),
    }.get((table, column))
    lang = column[-2:]
    if words:
        return "" if value in words else f"one of {words}"
    if column in ("kato", "region") or (column in ("old_kato", "new_kato", "before") and value):
        return "" if _CODE.fullmatch(value) else "nine digits"
    if column.startswith(("name_", "short_")):
        return "" if _ALPHABET[lang].fullmatch(value.lower()) else f"a name in the letters of {lang}"
    if column in ("date", "valid_from", "since", "until"):
        return "" if _is_date(value, needed=column == "date") else "a date, 2022-06-08 or less of it"
    return ""


def _is_date(value: str, *, needed: bool) -> bool:
    try:
        return bool(first_day(value)) or not needed
    except ValueError:
        return False


def _place_faults(row: Row) -> Iterator[str]:
    """A unit either stands in the layer, with area and label, or does not, with neither."""
    numbers = [row[column] for column in ("area_km2", "label_lon", "label_lat")]
    if not any(numbers):
        return
    try:
        area, longitude, latitude = map(float, numbers)
    except ValueError:
        yield f"area and label are {numbers}, expected three numbers or none"
        return
    (west, east), (south, north) = _BOX
    if not (area > 0 and west < longitude < east and south < latitude < north):
        yield f"area {area} at {longitude}, {latitude} is not in the country"


def code_faults(tables: Tables) -> Iterator[str]:
    """Faults between rows of regions and districts: repetitions, parents, names twice."""
    regions = {row["kato"]: row for row in tables["regions"]}
    districts = tables["districts"]
    for code, rows in _repeated(chain(tables["regions"], districts), itemgetter("kato")):
        yield f"code {code} stands {len(rows)} times: {_places(rows)}"
    for code, rows in _repeated(districts, lambda row: row["kato"][:4]):
        yield f"four digits {code} stand for {len(rows)} districts: {_places(rows)}"
    if COUNTRY not in regions:
        yield f"regions.csv: the country {COUNTRY} is missing"
    for row in districts:
        code, region = row["kato"], row["region"]
        if region not in regions or region == COUNTRY:
            yield f"{row.where}: district {code}: region {region} is unknown"
        elif code[:2] != region[:2]:
            yield f"{row.where}: district {code}: does not begin as its region {region}"
        elif (row["unit"] == "city_district") != (regions[region]["unit"] == "republican_city"):
            yield f"{row.where}: district {code}: {row['unit']} cannot be part of {regions[region]['unit']}"
    ended = {row["old_kato"] for row in tables["changes"] if row["kind"] == "abolish"}
    there = [row for row in districts if row["kato"] not in ended]
    for lang in LANGUAGES:
        named = _repeated(there, itemgetter("region", f"name_{lang}"))
        yield from (
            f"region {region}: {name} stands {len(rows)} times: {_places(rows)}" for (region, name), rows in named
        )


def _repeated(rows: Iterable[Row], key: Callable[[Row], Any]) -> Iterator[tuple[Any, list[Row]]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return ((value, same) for value, same in found.items() if len(same) > 1)


def _places(rows: Iterable[Row]) -> str:
    return ", ".join(row.where for row in rows)


def change_faults(tables: Tables) -> Iterator[str]:
    """Faults of changes and aliases against the areas."""
    areas = {row["kato"] for row in chain(tables["regions"], tables["districts"])}
    moved = {row["old_kato"] for row in tables["changes"] if row["kind"] == "code"}
    gone = {row["old_kato"] for row in tables["changes"] if row["kind"] == "abolish"} - areas
    for row in tables["changes"]:
        if row["new_kato"] not in areas | moved:
            yield f"{row.where}: new code {row['new_kato']} is unknown"
        known = areas | moved | (gone if row["kind"] == "abolish" else set())
        if row["old_kato"] not in known and row["kind"] != "create":
            yield f"{row.where}: old code {row['old_kato']} is unknown"
        if (row["old_kato"] == row["new_kato"]) != (row["kind"] == "rename"):
            yield f"{row.where}: a {row['kind']} from {row['old_kato']} to {row['new_kato']} says nothing"
    explained = {row["new_kato"] for row in tables["changes"] if row["kind"] != "land"}
    for row in chain(tables["regions"], tables["districts"]):
        if row.is_own and row["kato"] not in explained:
            yield f"{row.where}: no change says what happened to {row['kato']}"
    for row in tables["aliases"]:
        if row["kato"] not in areas | moved | gone:
            yield f"{row.where}: code {row['kato']} is unknown"
        if not _ALPHABET[row["lang"]].fullmatch(re.sub(r"[ .-]+", " ", row["name"].lower()).strip()):
            yield f"{row.where}: {row['name']!r} is not in the letters of {row['lang']}"


def time_faults(tables: Tables) -> Iterator[str]:
    """Faults of dates: a founding without its change, a unit older than its region or living longer than it."""
    founded: dict[str, list[str]] = {}
    latest = _latest_codes(tables)
    for row in tables["changes"]:
        is_founding = row["kind"] in FOUNDING_KINDS
        if is_founding or (row["kind"] == "abolish" and row["old_kato"] not in latest):
            founded.setdefault(latest.get(row["new_kato"], row["new_kato"]), []).append(row["date"])
    for row in chain(tables["regions"], tables["districts"]):
        code, dates = row["kato"], [row["valid_from"]] if row["valid_from"] else []
        if founded.get(code, []) != dates:
            yield f"{row.where}: {code}: valid_from is {dates}, changes.csv says {founded.get(code, [])}"
    yield from _faults_of_regions(tables)


def _latest_codes(tables: Tables) -> dict[str, str]:
    """Every code of a unit of our tables, of whatever time, to the one that it has today."""
    latest = {row["kato"]: row["kato"] for row in chain(tables["regions"], tables["districts"])}
    for row in sorted((r for r in tables["changes"] if r["kind"] == "code"), key=day_of, reverse=True):
        latest.setdefault(row["old_kato"], latest.get(row["new_kato"], row["new_kato"]))
    return latest


def _faults_of_regions(tables: Tables) -> Iterator[str]:
    regions = {row["kato"]: row for row in tables["regions"]}
    moved = {row["new_kato"] for row in tables["changes"] if row["kind"] == "code"}
    ended = {row["old_kato"]: row["date"] for row in tables["changes"] if row["kind"] == "abolish"}
    for row in tables["districts"]:
        code, region = row["kato"], regions[row["region"]]
        is_told = region["before"] and (row["valid_from"] or code in moved)
        if row["valid_from"] < region["valid_from"] and not is_told:
            yield f"{row.where}: {code} is older than its region {row['region']} and no change says where it was"
        if ended.get(code, "9") > ended.get(region["kato"], "9"):
            yield f"{row.where}: {code} stands in region {row['region']}, which was abolished"


def meaning_faults(tables: Tables) -> Iterator[str]:
    """Codes that stand for two areas on one day."""
    taken: dict[str, list[tuple[str, str]]] = {}
    for row in tables["changes"]:
        if row["kind"] == "code":
            taken.setdefault(row["old_kato"], []).append(("", row["date"]))
            taken.setdefault(row["new_kato"], []).append((row["date"], "9999"))
    for code, spans in taken.items():
        if any(end > start for (_, end), (start, _) in pairwise(sorted(spans))):
            yield f"{code}: stands for two areas on one day"
