"""What a build would change of what is live, cell by cell, from the exact cells: for the operator, never for a page.

Only cells with a number on one side count. Sums over joined areas are left out, they repeat what their members say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

import duckdb

from etl.revisions import PEOPLE_DIFFER
from etl.scratch import COUNTING, scratch_database
from etl.storage import storage_faults
from riskmap.domain.areas import AreaKind
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, Grain, Period

TOP: Final = 3


class Change(StrEnum):
    """How a cell of a build differs from the same cell of another; in the order in which they are told."""

    NEW = "new"  # the cell was not there
    REPORTED = "reported"  # it was there without a number
    CHANGED = "changed"  # another number
    WITHDRAWN = "withdrawn"  # it is there without a number
    VANISHED = "vanished"  # it is not there
    PEOPLE = "people"  # the same number beside other people at risk


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many cells of an indicator differ on one level, by how they do."""

    indicator: str
    level: str
    invented: bool
    counts: Mapping[Change, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs; a side without a number is None."""

    indicator: str
    invented: bool
    area: str
    period: Period
    breakdown: str
    category: str
    change: Change
    before: float | None
    after: float | None
    size: float


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between two builds; `against` is empty where there is none to compare with.

    `largest` and `areas` tell each correction once, however many sums and longer periods repeat it: of the latter the
    number of such corrections in each of the areas with most of them.
    """

    build: str
    against: str
    rows: Sequence[CountRow]
    largest: Sequence[Difference]
    areas: Mapping[str, int]
    names: Mapping[str, Mapping[str, str]]  # of areas, by language

    @property
    def counts(self) -> dict[Change, int]:
        """How many cells differ in all."""
        return {change: sum(row.counts[change] for row in self.rows) for change in Change}


def diff_builds(build: Path, against: Path | None, *, top: int = TOP) -> Diff:
    """What would change if a build took the place of another; with none, everything is new.

    `top` is how many of the largest changes are told of each indicator, and how many areas. A change is as large as
    twice the difference of the square roots of the two numbers, a missing one as 0: in standard deviations of a count
    that varies by chance alone. So 4 to 16 is as large as 400 to 484, and neither large areas nor near zeros crowd out
    the others. Numbers that were published and change come before those that are told for the first time; a cell
    that is new altogether has nothing to be compared with and is only counted.
    """
    with storage_faults(build), scratch_database(COUNTING) as connection:
        _attach(connection, "later", build)
        if against:
            _attach(connection, "earlier", against)
        else:
            connection.execute("CREATE SCHEMA earlier")
            connection.execute("CREATE TABLE earlier.cells AS FROM later.cells LIMIT 0")
            connection.execute("CREATE TABLE earlier.areas AS FROM later.areas LIMIT 0")
        for statement in (_PLACES, _DIFFERENCES, _LINEAGE, _STEPS, _FINER, _OWN):
            connection.execute(statement)
        names = {area: dict(zip(("kk", "ru", "en"), words, strict=True)) for area, *words in _rows(connection, _NAMES)}
        return Diff(
            build=build.name,
            against=against.name if against else "",
            rows=_count_rows(connection),
            largest=[_difference(row) for row in connection.execute(_LARGEST, {"top": top}).fetchall()],
            areas=dict(connection.execute(_AREAS, {"top": top}).fetchall()),
            names=names,
        )


_KEY: Final = ", ".join(CELLS.key)

_PLACES: Final = f"""
CREATE TABLE places AS
SELECT area, kind, parent, name_kk, name_ru, name_en FROM later.areas WHERE kind <> '{AreaKind.JOINED}'
UNION ALL
SELECT area, kind, parent, name_kk, name_ru, name_en FROM earlier.areas
WHERE kind <> '{AreaKind.JOINED}' AND area NOT IN (SELECT area FROM later.areas)
"""
_NAMES: Final = "SELECT area, name_kk, name_ru, name_en FROM places"

_DIFFERENCES: Final = f"""
CREATE TABLE differences AS
SELECT {_KEY}, invented, b.numerator AS before, a.numerator AS after,
       CASE WHEN b.status IS NULL THEN if(a.status = 'value', '{Change.NEW}', NULL)
            WHEN a.status IS NULL THEN if(b.status = 'value', '{Change.VANISHED}', NULL)
            WHEN b.status <> 'value' AND a.status = 'value' THEN '{Change.REPORTED}'
            WHEN b.status = 'value' AND a.status <> 'value' THEN '{Change.WITHDRAWN}'
            WHEN b.numerator <> a.numerator THEN '{Change.CHANGED}'
            WHEN {PEOPLE_DIFFER} THEN '{Change.PEOPLE}' END AS change
FROM earlier.cells b FULL JOIN later.cells a USING ({_KEY}, invented)
WHERE change IS NOT NULL AND area IN (SELECT area FROM places)
"""

# Every area with those above it and itself.
_LINEAGE: Final = """
CREATE TABLE lineage AS
WITH RECURSIVE up AS (
    SELECT area, area AS above FROM places
    UNION
    SELECT up.area, places.parent FROM up JOIN places ON places.area = up.above WHERE places.parent <> ''
)
FROM up
"""

_STEPS: Final = f"""
CREATE TABLE steps AS
SELECT *, row_number() OVER () AS number, abs(coalesce(after, 0) - coalesce(before, 0)) AS step,
       2 * abs(sqrt(coalesce(after, 0)) - sqrt(coalesce(before, 0))) AS size
FROM differences WHERE change NOT IN ('{Change.NEW}', '{Change.PEOPLE}')
"""

# How much changes below a cell: in the areas of it and the periods inside it.
_FINER: Final = """
CREATE TABLE finer AS
SELECT coarse.number, sum(fine.step) AS step
FROM steps fine
JOIN lineage USING (area)
JOIN steps coarse ON coarse.area = lineage.above AND coarse.number <> fine.number
    AND coarse.indicator = fine.indicator AND coarse.invented = fine.invented
    AND coarse.breakdown = fine.breakdown AND coarse.category = fine.category
    AND fine.period_start >= coarse.period_start AND fine.period_end <= coarse.period_end
GROUP BY coarse.number
"""

# A number repeats what is below it, or the total of it, where that changes at least as much; that a number appears or
# goes, where anything below it does.
_OWN: Final = f"""
CREATE TABLE own AS
WITH lowest AS (
    SELECT steps.* FROM steps LEFT JOIN finer USING (number)
    WHERE finer.step IS NULL OR (change = '{Change.CHANGED}' AND steps.step > finer.step)
)
SELECT part.* FROM lowest part LEFT JOIN steps total
    ON part.breakdown <> '{ALL}' AND total.breakdown = '{ALL}' AND total.category = '{ALL}'
    AND part.indicator = total.indicator AND part.invented = total.invented AND part.area = total.area
    AND part.period_start = total.period_start AND part.period_end = total.period_end AND part.grain = total.grain
WHERE total.step IS NULL OR part.step > total.step
"""

_COUNTS: Final = """
SELECT indicator, kind, invented, change, count(*) FROM differences JOIN places USING (area) GROUP BY ALL ORDER BY ALL
"""
_LARGEST: Final = """
SELECT indicator, invented, area, grain, period_start, period_end, breakdown, category, change, before, after, size
FROM own
QUALIFY row_number() OVER (PARTITION BY indicator, invented
    ORDER BY before IS NULL, size DESC, period_start DESC, grain, area, breakdown, category) <= $top
ORDER BY indicator, invented, before IS NULL, size DESC, period_start DESC, grain, area, breakdown, category
"""
_AREAS: Final = "SELECT area, count(*) AS number FROM own GROUP BY area ORDER BY number DESC, area LIMIT $top"


def _attach(connection: duckdb.DuckDBPyConnection, name: str, build: Path) -> None:
    path = str(build / "full.duckdb").replace("'", "''")
    connection.execute(f"ATTACH '{path}' AS {name} (READ_ONLY)")


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, ...]]:
    return connection.execute(query).fetchall()


def _count_rows(connection: duckdb.DuckDBPyConnection) -> list[CountRow]:
    """By indicator, the widest level first."""
    found: dict[tuple[str, bool, str], dict[Change, int]] = {}
    for indicator, level, invented, change, number in connection.execute(_COUNTS).fetchall():
        found.setdefault((indicator, invented, level), dict.fromkeys(Change, 0))[Change(change)] = number
    order = list(AreaKind)
    keys = sorted(found, key=lambda key: (*key[:2], order.index(AreaKind(key[2]))))
    return [CountRow(key[0], key[2], key[1], found[key]) for key in keys]


def _difference(
    row: tuple[str, bool, str, str, date, date, str, str, str, float | None, float | None, float],
) -> Difference:
    indicator, invented, area, grain, start, end, breakdown, category, change, before, after, size = row
    period = Period(start, end, Grain(grain))
    return Difference(indicator, invented, area, period, breakdown, category, Change(change), before, after, size)
