"""What the catalogue and the areas declare, as small tables of the types that staged figures have."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

import duckdb
import pandas as pd

from geo.areas import areas, foundings
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator, catalogue, indicator, indicators
from riskmap.domain.vocabulary import SCHOOL_MONTHS, Family, Kind, Place

# Returns count schools as their units, whatever indicator says how many of these there are.
_UNITS: Final = "unit.schools"

ROLES: Final = ("state", "placed", "removed")

_TABLES: Final = {
    "files": "file_number INTEGER, source checks.source_id",
    "indicators": "indicator indicator_id, topic checks.topic_id, is_flow BOOLEAN, is_stock BOOLEAN, "
    "is_population BOOLEAN, is_school BOOLEAN, population indicator_id, is_part BOOLEAN, is_people BOOLEAN, "
    "is_units BOOLEAN",
    "breakdowns": "indicator indicator_id, breakdown breakdown_id, categories INTEGER",
    "definitions": "indicator indicator_id, since DATE, until DATE",
    "areas": "area area_id, kind VARCHAR, parent area_id, valid_from DATE, valid_to DATE",
    "borders": "area area_id, day DATE",
    "balances": "register indicator_id, indicator indicator_id, role VARCHAR",
    "school_months": "month INTEGER, position INTEGER",
}


def register(connection: duckdb.DuckDBPyConnection, sources: Mapping[int, str]) -> None:
    """Make the tables of what is declared, and of the files that are looked at."""
    for name, words in (("source_id", ("", *catalogue().sources)), ("topic_id", catalogue().topics)):
        connection.execute(f"CREATE TYPE checks.{name} AS ENUM ({', '.join(map(repr, words))})")
    for name, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE checks.{name} ({columns})")
    _fill(connection, "files", pd.DataFrame(sources.items(), dtype="object"))
    for name, frame in _frames().items():
        _fill(connection, name, frame)


def register_near(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the lists of indicators and areas whose past says something of the figures that are looked at."""
    found = {column: _different(connection, column) for column in ("indicator", "area")}
    for name, near in (("indicator", _near_indicators(found["indicator"])), ("area", _near_areas(found["area"]))):
        connection.execute(f"CREATE TABLE checks.near_{name}s ({name} VARCHAR)")
        _fill(connection, f"near_{name}s", pd.DataFrame({name: sorted(near)}))


def _different(connection: duckdb.DuckDBPyConnection, column: str) -> set[str]:
    return {text for (text,) in connection.execute(f"SELECT DISTINCT {column}::VARCHAR FROM checks.looked").fetchall()}


def _fill(connection: duckdb.DuckDBPyConnection, table: str, frame: object) -> None:
    connection.register("given", frame)
    connection.execute(f"INSERT INTO checks.{table} SELECT * FROM given")
    connection.unregister("given")


@cache
def _frames() -> Mapping[str, object]:
    """The tables that are the same for every call, in the form that the database takes in quickest."""
    rows: Mapping[str, Iterable[tuple[object, ...]]] = {
        "indicators": map(_indicator_row, indicators()),
        "breakdowns": ((i.id, name, len(parts)) for i in indicators() for name, parts in i.breakdowns.items()),
        "definitions": _definitions(),
        "areas": ((a.id, str(a.kind), a.parent or None, a.valid_from, a.valid_to) for a in areas().values()),
        "borders": _borders(),
        "balances": _balances(),
        "school_months": ((month, position) for position, month in enumerate(SCHOOL_MONTHS)),
    }
    frames = {name: pd.DataFrame(list(found), dtype="object") for name, found in rows.items()}
    return {name: duckdb.from_df(frame).to_arrow_table() for name, frame in frames.items() if len(frame.columns)}


def _definitions() -> Iterator[tuple[object, ...]]:
    """From when to when each version of a definition holds; the last one has no end."""
    for item in indicators():
        days = [version.since for version in item.definitions]
        yield from ((item.id, *span) for span in pairwise([*days, date.max]))


def _balances() -> Iterator[tuple[object, ...]]:
    """What each register consists of."""
    for item in indicators():
        if item.balance:
            yield from ((item.id, part, role) for part, role in zip((item.id, *item.balance), ROLES, strict=True))


def _borders() -> set[tuple[object, ...]]:
    """The days on which areas changed, and with a region what it holds outside its districts."""
    changed = {(area, day) for child, parent, day in foundings() for area in (child, parent)}
    remainders = {a.parent: a.id for a in areas().values() if a.kind is AreaKind.REMAINDER}
    outside = {(remainders[area], day) for area, day in changed if area in remainders}
    return changed | outside


def _indicator_row(item: Indicator) -> tuple[object, ...]:
    is_population = item.family is Family.POPULATION
    return (
        *(item.id, item.topic, item.kind is Kind.FLOW, item.kind is Kind.STOCK, is_population),
        *(item.school_months, item.population or None, _is_part(item), _is_people(item)),
        is_population and item.kind is Kind.STOCK and f"unit.{item.unit}" == _UNITS,
    )


def _is_part(item: Indicator) -> bool:
    """Whether what is counted is some of its population, so that it can never be more."""
    if not item.population:
        return False
    return item.interval == "wilson" or item.unit == indicator(item.population).unit


def _is_people(item: Indicator) -> bool:
    """Whether cases are counted against people, so that more of them than people are no cases of that area."""
    return bool(item.population) and item.interval in ("poisson", "wilson")


def _near_indicators(found: set[str]) -> set[str]:
    near = set(found)
    for item in indicators():
        if item.id in found:
            near.update({item.population} - {""}, item.balance)
        elif found.intersection(item.balance):
            near.update({item.id}, item.balance)
    units = {i.id for i in indicators() if i.place is Place.ORGANISATION and f"unit.{i.unit}" == _UNITS}
    return near | {i.id for i in indicators() if i.id in units and i.family is Family.POPULATION}


def _near_areas(found: set[str]) -> set[str]:
    """The areas and all others of their regions."""
    known = areas()
    regions = {area if known[area].kind is AreaKind.REGION else known[area].parent for area in found}
    return found | {area.id for area in known.values() if area.parent in regions or area.id in regions} - {""}
