"""The tables the checks ask: what is declared, the figures of the call, and their past.

They stand in a schema of their own, `checks`, which goes when the checks are done:

    files, indicators, breakdowns, definitions, areas, borders, balances    what is declared
    looked     staged figures of the files that are looked at, with their source
    past       accepted figures of the same series; is_replaced where the call sends them again
    known      both, each figure once; is_new where it is staged
    totals     known figures that are no parts, of every length of period
    parts      staged breakdowns, summed
    months     totals of months in their order, and of flows what was before
    returns    months of an area by topic: how many figures, and a number made of all of them
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import duckdb

from etl.accepted import latest, record
from etl.checks import declared, history
from etl.staging import FIGURE_KEY, Staging
from etl.storage import loads, storage_faults
from riskmap.domain.settings import data_folder
from riskmap.domain.vocabulary import ALL

# What is older says little of today, and reading it would take its time.
MONTHS_BACK: Final = 36
PARTS_BACK: Final = 12  # of parts only sums over a year and the month before are asked
# A figure of an earlier month that is sent again may contradict one of a later month of the same year.
MONTHS_AHEAD: Final = 12

_LOOKED: Final = """
CREATE VIEW checks.looked AS SELECT staged.*, files.source FROM staged JOIN checks.files USING (file_number)
"""
_PAST_TABLE: Final = """
CREATE TABLE checks.past (
    source checks.source_id, indicator indicator_id, area area_id, grain grain_id, period_start DATE, period_end DATE,
    breakdown breakdown_id, category category_id, numerator DOUBLE, status status_id, invented BOOLEAN,
    is_replaced BOOLEAN
)
"""
# An id or a word that is declared no longer becomes NULL.
_ACCEPTED: Final = f"""
(SELECT load, line, try_cast({{source}} AS checks.source_id) AS source,
        try_cast(indicator AS indicator_id) AS indicator, try_cast(area AS area_id) AS area,
        try_cast(grain AS grain_id) AS grain, period_start, period_end,
        try_cast(breakdown AS breakdown_id) AS breakdown, try_cast(category AS category_id) AS category,
        numerator, try_cast(status AS status_id) AS status, invented
 FROM {{record}}
 SEMI JOIN checks.near_indicators USING (indicator)
 SEMI JOIN checks.near_areas USING (area)
 WHERE period_end >= (SELECT min(period_start) FROM checks.looked) - to_months({MONTHS_BACK})
   AND (breakdown = '{ALL}'
        OR period_end >= (SELECT min(period_start) FROM checks.looked) - to_months({PARTS_BACK}))
   AND period_start <= (SELECT max(period_end) FROM checks.looked) + to_months({MONTHS_AHEAD}))
"""
_MARK: Final = f"hash(source, {FIGURE_KEY})"
_PAST: Final = f"""
INSERT INTO checks.past
SELECT source, indicator, area, grain, period_start, period_end, breakdown, category, numerator, status, invented,
       {_MARK} IN (SELECT {_MARK} FROM checks.looked)
FROM ({{counting}}) WHERE breakdown IS NOT NULL AND category IS NOT NULL AND grain IS NOT NULL AND status IS NOT NULL
"""
_KNOWN: Final = """
CREATE VIEW checks.known AS
SELECT source, indicator, area, grain, period_start, period_end, breakdown, category, numerator, status, invented,
       units_expected, file_number, origin, line, true AS is_new
FROM checks.looked
UNION ALL
SELECT source, indicator, area, grain, period_start, period_end, breakdown, category, numerator, status, invented,
       NULL, NULL, NULL, NULL, false
FROM checks.past WHERE NOT is_replaced
"""
_TOTALS: Final = f"""
CREATE TABLE checks.totals AS SELECT * EXCLUDE (breakdown, category) FROM checks.known WHERE breakdown = '{ALL}'
"""
# Each breakdown once: its known parts, those whose number is withheld, and those that cannot be there.
_PARTS: Final = f"""
CREATE TABLE checks.parts AS
SELECT source, invented, indicator, area, grain, period_start, period_end, breakdown,
       count(numerator) AS known, sum(numerator) AS sum, max(numerator) AS largest,
       count(*) FILTER (status IN ('suppressed', 'not_comparable')) AS hidden,
       count(*) FILTER (status = 'not_applicable') AS absent
FROM checks.looked WHERE breakdown <> '{ALL}'
GROUP BY ALL
"""


@contextmanager
def tables(staging: Staging, sources: Mapping[int, str], *, past: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in which all tables stand; `sources` leads from the numbers of the files to ids of sources.

    A file without a source is compared with what any source has said.
    """
    connection = staging.connection
    connection.execute("CREATE SCHEMA checks")
    try:
        declared.register(connection, sources)
        connection.execute(_LOOKED)
        connection.execute(_PAST_TABLE)
        if past:
            _read_past(connection, has_sources=any(sources.values()))
        for query in (_KNOWN, _TOTALS, _PARTS, history.MONTHS, history.RETURNS):
            connection.execute(query)
        yield connection
    finally:
        connection.execute("DROP SCHEMA checks CASCADE")


def _read_past(connection: duckdb.DuckDBPyConnection, *, has_sources: bool) -> None:
    with storage_faults(data_folder() / "accepted"):
        if not loads():
            return
        declared.register_near(connection)
        accepted = _ACCEPTED.format(source="source" if has_sources else "''", record=record())
        connection.execute(_PAST.format(counting=latest(accepted)))
