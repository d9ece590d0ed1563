"""What a long return says of where, when and what: each different text of it is understood once.

Small tables in the database lead from the texts to what they mean; a text without meaning stands in none of them.

    periods    period -> grain, period_start, period_end
    places     area, period -> area_id, grain, period_start, period_end, scope
    strangers  area, period -> code of the fault: codes that stand for no area then
    items      indicator, breakdown, category, status, invented -> the same understood, and feed
    unfit      scope, feed -> code and column of the fault: figures without a table, or of a time to come
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final, NamedTuple

import duckdb
import pandas as pd

from etl.declared import Misfit, misfit
from geo.areas import areas, resolve
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, indicator, indicators
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, CellStatus, Grain, Kind, Period, parse_period

# A KATO code in full, of what a region holds outside its districts with the mark of it; names are for people.
CODE: Final = "[0-9]{9}(-R)?"
STATUSES: Final = {
    "": CellStatus.VALUE,
    "value": CellStatus.VALUE,
    "not_reported": CellStatus.NOT_REPORTED,
    "not_applicable": CellStatus.NOT_APPLICABLE,
}
INVENTED: Final = {
    **dict.fromkeys(("", "false", "False", "FALSE"), False),
    **dict.fromkeys(("true", "True", "TRUE"), True),
}
_MOST_PERIODS: Final = 10_000  # a column with more different texts holds something else

_TABLES: Final = {
    "periods": "period VARCHAR, grain grain_id, period_start DATE, period_end DATE",
    "lasting": "area VARCHAR, area_id area_id, level VARCHAR",
    "others": "area VARCHAR, period VARCHAR, area_id area_id, level VARCHAR",
    "scopes": "period VARCHAR, level VARCHAR, scope INTEGER",
    "strangers": "area VARCHAR, period VARCHAR, code VARCHAR",
    "feeds": "indicator_id indicator_id, breakdown_id breakdown_id, category_id category_id, is_absent BOOLEAN, "
    "feed INTEGER",
    "statuses": "text VARCHAR, status_id status_id",
    "invented_texts": "text VARCHAR, is_invented BOOLEAN",
    "unfit": "scope INTEGER, feed INTEGER, code VARCHAR, column_name VARCHAR",
}
_DISTINCT: Final = (
    "CREATE OR REPLACE TEMP TABLE place_texts AS SELECT DISTINCT area, period FROM texts",
    """
    CREATE OR REPLACE TEMP TABLE item_texts AS
    SELECT DISTINCT indicator, breakdown, category, status, invented FROM texts
    """,
)
# Every area that was told, with its period, its id and its level.
_KNOWN: Final = """
SELECT area, period, area_id, level FROM place_texts SEMI JOIN periods USING (period) JOIN lasting USING (area)
UNION ALL
SELECT area, period, area_id, level FROM others
"""
_PLACES: Final = f"""
CREATE OR REPLACE TEMP TABLE places AS
SELECT area, period, area_id, grain, period_start, period_end, scope
FROM ({_KNOWN}) JOIN periods USING (period) JOIN scopes USING (period, level)
"""
_ITEMS: Final = """
CREATE OR REPLACE TEMP TABLE items AS
SELECT t.*, f.indicator_id, f.breakdown_id, f.category_id, f.feed, s.status_id, i.is_invented
FROM item_texts t
JOIN statuses s ON s.text = t.status
JOIN invented_texts i ON i.text = t.invented
JOIN feeds f ON f.indicator_id = t.indicator AND f.breakdown_id = coalesce(nullif(t.breakdown, ''), $all)
            AND f.category_id = coalesce(nullif(t.category, ''), $all) AND f.is_absent = (s.status_id = $absent)
"""


class Scope(NamedTuple):
    """What of an area and a period decides whether a figure has room somewhere."""

    level: str
    grain: Grain
    has_begun: bool
    has_ended: bool
    is_taught: bool  # not a month without lessons


class Feed(NamedTuple):
    """What of a figure decides it."""

    indicator: str
    breakdown: str
    is_absent: bool  # marked as one that cannot be there


def understand(connection: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Make the small tables for the texts of the table `texts`."""
    for query in (*_DISTINCT, *(f"CREATE OR REPLACE TEMP TABLE {name} ({types})" for name, types in _TABLES.items())):
        connection.execute(query)
    periods = _read_periods(connection, source)
    _fill(connection, "periods", [(text, str(p.grain), p.start, p.end) for text, p in periods.items()])
    _insert(connection, "lasting", _fixed_tables()["lasting"])
    _resolve_others(connection, periods)
    scopes = _number_scopes(connection, periods)
    connection.execute(_PLACES)
    feeds = feeds_of(source)
    numbers = {feed: number for number, feed in enumerate(dict.fromkeys(feeds.values()))}
    _fill(connection, "feeds", [(*key, numbers[feed]) for key, feed in feeds.items()])
    for name in ("statuses", "invented_texts"):
        _insert(connection, name, _fixed_tables()[name])
    connection.execute(_ITEMS, {"all": ALL, "absent": str(CellStatus.NOT_APPLICABLE)})
    _fill(connection, "unfit", list(_unfit(scopes, numbers)))


def feeds_of(source: Source) -> dict[tuple[str, str, str, bool], Feed]:
    """Every figure that the source may send, by indicator, breakdown, category and whether it is marked as absent."""
    return {
        (item.id, breakdown, category, is_absent): Feed(item.id, breakdown, is_absent)
        for item in indicators()
        if source.id in item.sources
        for breakdown, categories in {ALL: (ALL,), **item.breakdowns}.items()
        for category in categories
        for is_absent in (False, True)
    }


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        _insert(connection, table, pd.DataFrame(rows))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, frame: object) -> None:
    connection.register("given", frame)
    connection.execute(f"INSERT INTO {table} SELECT * FROM given")
    connection.unregister("given")


@cache
def _fixed_tables() -> Mapping[str, object]:
    """The tables that are the same for every call, in the form that the database takes in quickest."""
    rows: Mapping[str, Sequence[tuple[object, ...]]] = {
        "lasting": [(area.id, area.id, str(area.kind)) for area in _lasting().values()],
        "statuses": [(text, str(status)) for text, status in STATUSES.items()],
        "invented_texts": list(INVENTED.items()),
    }
    return {name: duckdb.from_df(pd.DataFrame(given)).to_arrow_table() for name, given in rows.items()}


def _read_periods(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, Period]:
    """The periods of the lengths that the source reports by, by their texts."""
    texts = connection.execute(f"SELECT DISTINCT period FROM place_texts LIMIT {_MOST_PERIODS}").fetchall()
    found = ((text, read_period(text, source)) for (text,) in texts)
    return {text: period for text, period in found if period}


def read_period(text: str, source: Source) -> Period | None:
    """The period of a text, of one of the lengths that the source reports by."""
    period = parse_period(text)
    return period if period and period.grain in source.grains else None


def _resolve_others(connection: duckdb.DuckDBPyConnection, periods: Mapping[str, Period]) -> None:
    """Areas of the codes that not always stood for the same area, on the last day of each period they are given for."""
    texts = connection.execute(
        "SELECT area, period FROM place_texts SEMI JOIN periods USING (period) ANTI JOIN lasting USING (area) "
        "WHERE regexp_full_match(area, ?)",
        [CODE],
    ).fetchall()
    found = [(code, written, area_on(code, periods[written].end)) for code, written in texts]
    known = [(code, written, area.id, str(area.kind)) for code, written, area in found if isinstance(area, Area)]
    _fill(connection, "others", known)
    _fill(connection, "strangers", [(*key, fault.code) for *key, fault in found if isinstance(fault, Problem)])


def _number_scopes(connection: duckdb.DuckDBPyConnection, periods: Mapping[str, Period]) -> list[Scope]:
    """The scope of each level and period that occur; returns the scopes in the order of their numbers."""
    occurring = connection.execute(f"SELECT DISTINCT period, level FROM ({_KNOWN}) ORDER BY ALL").fetchall()
    scopes: dict[Scope, int] = {}
    rows = [
        (written, level, scopes.setdefault(scope_of(level, periods[written]), len(scopes)))
        for written, level in occurring
    ]
    _fill(connection, "scopes", rows)
    return list(scopes)


def area_on(text: str, day: date) -> Area | Problem:
    """The area of a code on a day, or the fault that there is none."""
    return _lasting().get(text) or resolve(text, on=day)


@cache
def _lasting() -> Mapping[str, Area]:
    """Areas that were there at all times under the one code they have: most, and found without a search."""
    return {
        area.id: area
        for area in areas().values()
        if area.valid_from is None and area.valid_to is None and resolve(area.id) == area
    }


def scope_of(level: str, period: Period) -> Scope:
    """What of an area and a period decides whether a figure has room somewhere."""
    today = date.today()
    is_taught = period.grain is not Grain.MONTH or period.start.month in SCHOOL_MONTHS
    return Scope(level, period.grain, period.start <= today, period.end <= today, is_taught)


def _unfit(scopes: Sequence[Scope], feeds: Mapping[Feed, int]) -> Iterator[tuple[int, int, str, str]]:
    for scope_number, scope in enumerate(scopes):
        for feed, feed_number in feeds.items():
            fault = why_unfit(scope, feed)
            if fault:
                yield scope_number, feed_number, fault.code, fault.column


@cache
def why_unfit(scope: Scope, feed: Feed) -> Misfit | None:
    """Why a figure has no room in any table or cannot be known, or None."""
    item = indicator(feed.indicator)
    # What is counted over a period is known when it is over; a number of things or people may be told before.
    if not (scope.has_begun if item.kind is Kind.STOCK else scope.has_ended):
        return Misfit("P004", "period", f"≤ {date.today().isoformat()}")
    if item.school_months and not (scope.is_taught or feed.is_absent):
        return Misfit("V012", "value", str(CellStatus.NOT_APPLICABLE))
    return misfit(feed.indicator, scope.level, scope.grain, feed.breakdown, is_formed=True)
