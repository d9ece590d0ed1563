"""The tables of areas, read once and checked against each other, all faults at once.

What the tables are, where they come from and what was checked stands in reference/SOURCES.md. The operator's own rows
are read behind the shipped ones and checked together with them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from geo.register_faults import change_faults, code_faults, meaning_faults, row_faults, time_faults
from geo.register_tables import REFERENCE, Row, Tables, day_of, first_day, latest_day_of, read_tables, with_changes
from riskmap.domain.areas import Area, AreaKind, AreaUnit
from riskmap.domain.errors import ReferenceInvalid
from riskmap.domain.settings import area_folder
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, day_before

REMAINDER_SUFFIX: Final = "-R"
REMAINDER_NAMES: Final = {"kk": "ауданға кірмейді", "ru": "не в районе", "en": "not in a district"}

_ANY_ID: Final = re.compile(rf"\d{{9}}(?:{REMAINDER_SUFFIX})?")


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
class Change:
    """A row of changes.csv by today's ids; `day` is the first and `latest` the last day on which it can have been.

    `old` is empty where no older unit is known, and the code of that time where it is of no area in our tables.
    """

    day: date
    latest: date
    kind: str
    old: str
    new: str


class Areas(dict[str, Area]):
    """Areas by id, among which a build that was made under other tables can still be read.

    An id that our tables do not know gives an area that has its code for a name and is none of those that are listed;
    text that is no id raises `KeyError`.
    """

    def __missing__(self, area_id: str) -> Area:
        if not _ANY_ID.fullmatch(area_id):
            raise KeyError(area_id)
        kind = AreaKind.REGION if area_id[2:] == "0000000" else AreaKind.DISTRICT
        if area_id.endswith(REMAINDER_SUFFIX):
            kind = AreaKind.REMAINDER
        region = f"{area_id[:2]}0000000"
        parent = region if kind is not AreaKind.REGION and region in self else COUNTRY
        return Area(area_id, kind, parent, AreaUnit.NONE, (area_id,) * len(LANGUAGES), (area_id,) * len(LANGUAGES))


@dataclass(frozen=True, slots=True)
class Register:
    """Everything the tables say, by today's ids."""

    areas: Mapping[str, Area]
    before: Mapping[str, str]  # region -> code of the region that held its districts before it was founded
    uses: Mapping[str, tuple[Use, ...]]  # code -> what it stood for
    older: Mapping[str, tuple[tuple[date, str], ...]]  # area -> until before when it had which other code, by day
    former: Mapping[str, tuple[Use, ...]]  # code of an abolished unit -> the units that took its place
    changes: tuple[Change, ...]  # by day
    aliases: tuple[Alias, ...]

    def heirs(self, code: str) -> tuple[str, ...]:
        """The units that took the place of an abolished one; any other stands for itself."""
        return tuple(use.area for use in self.former.get(code, ())) or (code,)

    def region_then(self, area: str, on: date | None) -> str:
        """The code of the region that held a district or remainder on that day; without a day, that holds it today."""
        region = self.areas[area].parent
        if on is None or region not in self.areas:
            return region
        code = next((code for until, code in self.older.get(area, ()) if on < until), "")
        if code:
            return f"{code[:2]}0000000"
        return region if self.areas[region].exists(on) else self.before.get(region, region)


@cache
def current_register() -> Register:
    """The shipped tables with the operator's rows behind them, read once in a process."""
    return read_register(own=area_folder())


def read_register(folder: Path = REFERENCE, *, own: Path | None = None) -> Register:
    """The register that the tables make; raises `ReferenceInvalid` with every fault they hold between them."""
    tables, faults = read_tables(folder, own)
    if not faults:
        tables, faults = with_changes(tables)
        faults += [*row_faults(tables), *code_faults(tables)]
    faults = faults or [*change_faults(tables), *time_faults(tables), *meaning_faults(tables)]
    if faults:
        raise ReferenceInvalid(faults)
    return _register(tables)


def _register(tables: Tables) -> Register:
    found = Areas((area.id, area) for area in _areas(tables))
    uses = _uses(tables, found)
    former: dict[str, tuple[Use, ...]] = {}
    for row in tables["changes"]:
        if row["kind"] == "abolish":
            heir = Use(_meant(uses[row["new_kato"]], day_of(row)), day_of(row))
            former[row["old_kato"]] = (*former.get(row["old_kato"], ()), heir)
    return Register(
        areas=found,
        before={row["kato"]: row["before"] for row in tables["regions"] if row["before"]},
        uses=uses,
        older=_older(uses),
        former=former,
        changes=tuple(sorted(_changes(tables, uses), key=lambda change: (change.day, change.new))),
        aliases=tuple(_aliases(tables, uses)),
    )


def _uses(tables: Tables, found: Mapping[str, Area]) -> dict[str, tuple[Use, ...]]:
    moved = {row["old_kato"]: row for row in tables["changes"] if row["kind"] == "code"}
    since = {row["new_kato"]: day_of(row) for row in moved.values()}
    uses: dict[str, tuple[Use, ...]] = {}
    for code, row in moved.items():
        # A code taken over from another unit begins with the day of it; of any other no beginning is known.
        begin = since.get(code) if moved[code]["date"] > str(since.get(code, "9")) else None
        uses[code] = (*uses.get(code, ()), Use(_today(row, moved), begin, day_of(row)))
    for area in found.values():
        uses[area.id] = (*uses.get(area.id, ()), Use(area.id, since.get(area.id), area.valid_to))
    return uses


def _older(uses: Mapping[str, Sequence[Use]]) -> dict[str, tuple[tuple[date, str], ...]]:
    spans = sorted((use.until, code, use.area) for code, found in uses.items() for use in found if use.until)
    older: dict[str, tuple[tuple[date, str], ...]] = {}
    for until, code, area in spans:
        if code != area:
            older[area] = (*older.get(area, ()), (until, code))
    return older


def _today(row: Row, moved: Mapping[str, Row]) -> str:
    """Today's id behind a change of code, through later changes of the same unit."""
    later = moved.get(row["new_kato"])
    return _today(later, moved) if later and later["date"] > row["date"] else row["new_kato"]


def _meant(uses: Sequence[Use], day: date) -> str:
    """Today's id of the unit that has the code on that day, or will have it."""
    return next((use.area for use in uses if use.holds(day)), uses[-1].area)


def _meant_before(uses: Sequence[Use], day: date) -> str:
    """Today's id of the unit that had the code until that day: on the day itself it may already be another's."""
    return next((use.area for use in uses if use.holds(day_before(day))), uses[-1].area)


def _changes(tables: Tables, uses: Mapping[str, Sequence[Use]]) -> Iterator[Change]:
    for row in tables["changes"]:
        day, old = day_of(row), row["old_kato"]
        before = _meant_before(uses[old], day) if old in uses else old
        yield Change(day, latest_day_of(row), row["kind"], before, _meant(uses[row["new_kato"]], day))


def _areas(tables: Tables) -> Iterator[Area]:
    ended = {row["old_kato"]: day_of(row) for row in tables["changes"] if row["kind"] == "abolish"}
    for row in tables["regions"]:
        is_country = row["kato"] == COUNTRY
        kind, parent = (AreaKind.COUNTRY, "") if is_country else (AreaKind.REGION, COUNTRY)
        area = _area(row, kind, parent, ended.get(row["kato"]))
        yield area
        if not is_country:
            yield _remainder(area)
    for row in tables["districts"]:
        yield _area(row, AreaKind.DISTRICT, row["region"], ended.get(row["kato"]))


def _area(row: Row, kind: AreaKind, parent: str, end: date | None) -> Area:
    full = tuple(row[f"name_{lang}"] for lang in LANGUAGES)
    short = tuple(row[f"short_{lang}"] for lang in LANGUAGES)
    return Area(row["kato"], kind, parent, AreaUnit(row["unit"]), full, short, first_day(row["valid_from"]), end)


def _remainder(region: Area) -> Area:
    full = tuple(f"{region.name(lang)}, {REMAINDER_NAMES[lang]}" for lang in LANGUAGES)
    short = tuple(REMAINDER_NAMES[lang].capitalize() for lang in LANGUAGES)
    area_id = f"{region.id}{REMAINDER_SUFFIX}"
    days = region.valid_from, region.valid_to
    return Area(area_id, AreaKind.REMAINDER, region.id, AreaUnit.NONE, full, short, *days)


def _aliases(tables: Tables, uses: Mapping[str, Sequence[Use]]) -> Iterator[Alias]:
    """The names with today's id of the unit; of an abolished one that is no area, with its code."""
    for row in tables["aliases"]:
        code = uses[row["kato"]][-1].area if row["kato"] in uses else row["kato"]
        yield Alias(code, row["name"], row["lang"], row["kind"], first_day(row["since"]), first_day(row["until"]))
