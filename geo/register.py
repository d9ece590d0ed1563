"""The tables of areas in `reference/`, read once and checked against each other, all faults at once.

What the tables are, where they come from and what was checked stands in reference/SOURCES.md.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

from riskmap.domain.areas import Area, AreaKind, AreaUnit
from riskmap.domain.errors import ReferenceInvalid
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES

REFERENCE: Final = Path(__file__).parent / "reference"
REMAINDER_SUFFIX: Final = "-R"
REMAINDER_NAMES: Final = {"kk": "ауданға кірмейді", "ru": "не в районе", "en": "not in a district"}

COLUMNS: Final = {
    "regions": "kato unit name_kk name_ru name_en short_kk short_ru short_en valid_from before",
    "districts": "kato region unit name_kk name_ru name_en short_kk short_ru short_en area_km2 label_lon label_lat "
    "valid_from",
    "changes": "date kind old_kato new_kato old_name new_name note source",
    "aliases": "kato name lang kind since until note",
}
CHANGE_KINDS: Final = ("code", "rename", "split", "create", "abolish", "land")
ALIAS_KINDS: Final = ("old_name", "abbreviation", "spelling")

_CODE: Final = re.compile(r"[1-9]\d{8}")
_CYRILLIC: Final = re.compile(r"[а-яёәғқңөұүһі]+(?:[ -][а-яёәғқңөұүһі]+)*")
_ALPHABET: Final = {"kk": _CYRILLIC, "ru": _CYRILLIC, "en": re.compile(r"[a-z]+(?:[ -][a-z]+)*")}
_DATE: Final = re.compile(r"\d{4}(?:-\d\d){0,2}")
# Longitude and latitude of the country with a margin of about a degree.
_BOX: Final = ((45.0, 88.5), (39.5, 56.5))

Row = dict[str, str]
Tables = Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Use:
    """From when until before when a code stood for an area; empty means without such a limit in our tables."""

    area: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the code stood for the area on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name other than the official ones, without type word; the dates say when it was the name of this place."""

    code: str
    name: str
    lang: str
    kind: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """A unit cut out of another one, both by today's id."""

    area: str
    cut_from: str
    day: date


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the tables say, by today's ids."""

    areas: Mapping[str, Area]
    before: Mapping[str, str]  # region -> code of the region that held its districts before it was founded
    uses: Mapping[str, tuple[Use, ...]]  # code -> what it stood for
    former: Mapping[str, tuple[Use, ...]]  # code of an abolished unit -> the units that took its place
    foundings: tuple[Founding, ...]
    aliases: tuple[Alias, ...]


def first_day(text: str) -> date | None:
    """The day, or the first day of the month or year where no more is known; empty text is no date."""
    if not text:
        return None
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def read_register(folder: Path = REFERENCE) -> Register:
    """Read the four tables; raise `ReferenceInvalid` with every fault when they contradict themselves or each other."""
    tables, faults = {}, []
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            tables[name] = list(reader)
            if reader.fieldnames != columns.split():
                faults.append(f"{name}.csv: columns are {reader.fieldnames}, expected {columns.split()}")
    if not faults:
        faults = [*_row_faults(tables), *_code_faults(tables)]
    if not faults:
        faults = [*_change_faults(tables), *_time_faults(tables), *_meaning_faults(tables)]
    if faults:
        raise ReferenceInvalid(faults)
    return _register(tables)


def _register(tables: Tables) -> Register:
    found = {area.id: area for area in _areas(tables)}
    moved = {row["old_kato"]: row for row in tables["changes"] if row["kind"] == "code"}
    uses: dict[str, list[Use]] = {}
    for row in moved.values():
        uses.setdefault(row["old_kato"], []).append(Use(_today(row, moved), None, first_day(row["date"])))
    since = {row["new_kato"]: first_day(row["date"]) for row in moved.values()}
    for code in found:
        uses.setdefault(code, []).append(Use(code, since.get(code)))
    former: dict[str, list[Use]] = {}
    for row in tables["changes"]:
        if row["kind"] == "abolish":
            former.setdefault(row["old_kato"], []).append(Use(row["new_kato"], first_day(row["date"])))
    return Register(
        areas=found,
        before={row["kato"]: row["before"] for row in tables["regions"] if row["before"]},
        uses={code: tuple(stood_for) for code, stood_for in uses.items()},
        former={code: tuple(successors) for code, successors in former.items()},
        foundings=tuple(_foundings(tables, uses)),
        aliases=tuple(_aliases(tables)),
    )


def _today(row: Row, moved: Mapping[str, Row]) -> str:
    """Today's id behind a change of code, through later changes of the same unit."""
    later = moved.get(row["new_kato"])
    return _today(later, moved) if later and later["date"] > row["date"] else row["new_kato"]


def _areas(tables: Tables) -> Iterator[Area]:
    for row in tables["regions"]:
        is_country = row["kato"] == COUNTRY
        area = _area(row, AreaKind.COUNTRY if is_country else AreaKind.REGION, "" if is_country else COUNTRY)
        yield area
        if not is_country:
            yield _remainder(area)
    for row in tables["districts"]:
        yield _area(row, AreaKind.DISTRICT, row["region"])


def _area(row: Row, kind: AreaKind, parent: str) -> Area:
    full = tuple(row[f"name_{lang}"] for lang in LANGUAGES)
    short = tuple(row[f"short_{lang}"] for lang in LANGUAGES)
    return Area(row["kato"], kind, parent, AreaUnit(row["unit"]), full, short, first_day(row["valid_from"]))


def _remainder(region: Area) -> Area:
    full = tuple(f"{region.name(lang)}, {REMAINDER_NAMES[lang]}" for lang in LANGUAGES)
    short = tuple(REMAINDER_NAMES[lang].capitalize() for lang in LANGUAGES)
    area_id = f"{region.id}{REMAINDER_SUFFIX}"
    return Area(area_id, AreaKind.REMAINDER, region.id, AreaUnit.NONE, full, short, region.valid_from)


def _foundings(tables: Tables, uses: Mapping[str, Sequence[Use]]) -> Iterator[Founding]:
    for row in tables["changes"]:
        day = first_day(row["date"])
        if row["kind"] != "split" or day is None:
            continue
        stood_for = uses[row["old_kato"]]
        # On the day itself the old code may already be gone: the unit was cut out of what the code meant until then.
        cut_from = next(use.area for use in stood_for if use.until is None or day <= use.until)
        yield Founding(row["new_kato"], cut_from, day)


def _aliases(tables: Tables) -> Iterator[Alias]:
    for row in tables["aliases"]:
        dates = first_day(row["since"]), first_day(row["until"])
        yield Alias(row["kato"], row["name"], row["lang"], row["kind"], *dates)


def _row_faults(tables: Tables) -> Iterator[str]:
    """Faults inside one row: forms of codes, dates, words and letters."""
    for name, line, row in _rows(tables):
        where = f"{name}.csv row {line}"
        if None in row or None in row.values():
            yield f"{where}: has more or fewer values than columns"
            continue
        for column, value in row.items():
            if (wrong := _value_fault(name, column, value)) and value != COUNTRY:
                yield f"{where}: {column} is {value!r}, expected {wrong}"
        if name == "districts":
            yield from (f"{where}: {fault}" for fault in _place_faults(row))


def _rows(tables: Tables) -> Iterator[tuple[str, int, Row]]:
    for name, rows in tables.items():
        for line, row in enumerate(rows, start=2):
            yield name, line, row


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


def _code_faults(tables: Tables) -> Iterator[str]:
    """Faults between rows of regions and districts: repetitions, parents, names twice."""
    regions = {row["kato"]: row for row in tables["regions"]}
    districts = tables["districts"]
    codes = Counter(row["kato"] for row in chain(tables["regions"], districts))
    yield from (f"code {code} stands {times} times" for code, times in codes.items() if times > 1)
    short_codes = Counter(row["kato"][:4] for row in districts)
    yield from (f"four digits {code} stand for {n} districts" for code, n in short_codes.items() if n > 1)
    if COUNTRY not in regions:
        yield f"regions.csv: the country {COUNTRY} is missing"
    for row in districts:
        code, region = row["kato"], row["region"]
        if region not in regions or region == COUNTRY:
            yield f"district {code}: region {region} is unknown"
        elif code[:2] != region[:2]:
            yield f"district {code}: does not begin as its region {region}"
        elif (row["unit"] == "city_district") != (regions[region]["unit"] == "republican_city"):
            yield f"district {code}: {row['unit']} cannot be part of {regions[region]['unit']}"
    for lang in LANGUAGES:
        names = Counter((row["region"], row[f"name_{lang}"]) for row in districts)
        yield from (f"region {region}: {name} stands {n} times" for (region, name), n in names.items() if n > 1)


def _change_faults(tables: Tables) -> Iterator[str]:
    """Faults of changes and aliases against the areas."""
    today = {row["kato"] for row in chain(tables["regions"], tables["districts"])}
    gone = {row["old_kato"] for row in tables["changes"] if row["kind"] in ("code", "abolish")}
    for line, row in enumerate(tables["changes"], start=2):
        known = today | gone if row["kind"] == "rename" else today
        if row["new_kato"] not in known:
            yield f"changes.csv row {line}: new code {row['new_kato']} is unknown"
        if row["old_kato"] not in today | gone and row["kind"] != "create":
            yield f"changes.csv row {line}: old code {row['old_kato']} is unknown"
    for line, row in enumerate(tables["aliases"], start=2):
        if row["kato"] not in today | gone:
            yield f"aliases.csv row {line}: code {row['kato']} is unknown"
        if not _ALPHABET[row["lang"]].fullmatch(re.sub(r"[ .-]+", " ", row["name"].lower()).strip()):
            yield f"aliases.csv row {line}: {row['name']!r} is not in the letters of {row['lang']}"


def _time_faults(tables: Tables) -> Iterator[str]:
    """Faults of dates: a founding without its change, a unit older than its region without a change that says so."""
    founded: dict[str, list[str]] = {}
    for row in tables["changes"]:
        if row["kind"] in ("split", "create", "abolish"):
            founded.setdefault(row["new_kato"], []).append(row["date"])
    for row in chain(tables["regions"], tables["districts"]):
        code, dates = row["kato"], [row["valid_from"]] if row["valid_from"] else []
        if founded.get(code, []) != dates:
            yield f"{code}: valid_from is {dates}, changes.csv says {founded.get(code, [])}"
    regions = {row["kato"]: row for row in tables["regions"]}
    moved = {row["new_kato"] for row in tables["changes"] if row["kind"] == "code"}
    for row in tables["districts"]:
        region = regions[row["region"]]
        is_told = region["before"] and (row["valid_from"] or row["kato"] in moved)
        if row["valid_from"] < region["valid_from"] and not is_told:
            yield f"{row['kato']}: is older than its region {row['region']} and no change says where it was"


def _meaning_faults(tables: Tables) -> Iterator[str]:
    """Codes that stand for two areas on one day."""
    taken: dict[str, list[tuple[str, str]]] = {}
    for row in tables["changes"]:
        if row["kind"] == "code":
            taken.setdefault(row["old_kato"], []).append(("", row["date"]))
            taken.setdefault(row["new_kato"], []).append((row["date"], "9999"))
    for code, spans in taken.items():
        if any(end > start for (_, end), (start, _) in pairwise(sorted(spans))):
            yield f"{code}: stands for two areas on one day"
