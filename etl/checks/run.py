"""Runs every check on the staged figures of a call and tells what they find."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import duckdb

from etl.checks import copies, defined, gaps, people, steps, sums, unusual
from etl.checks.rule import FACTS, GIVEN, Check, There
from etl.checks.tables import tables
from etl.listing import MOST_LISTED, unlisted
from etl.staging import Staging
from riskmap.domain.errors import Problem
from riskmap.domain.problems import RULES
from riskmap.domain.vocabulary import Grain, Period

CHECKS: Final = (
    *(*sums.CHECKS, *steps.CHECKS, *unusual.CHECKS),
    *(*gaps.CHECKS, *copies.CHECKS, *people.CHECKS, *defined.CHECKS),
)
_NO_SOURCES: Final[Mapping[int, str]] = MappingProxyType({})

_THERE: Final = f"""
SELECT list(DISTINCT grain::VARCHAR), list(DISTINCT kind), {", ".join(FACTS.values())}
FROM checks.known JOIN checks.areas USING (area) JOIN checks.indicators USING (indicator)
"""

# Told of a figure by its file, place and name; the first ones of a file, and how many there are.
_LISTED: Final = f"""
WITH faults AS ({{query}})
SELECT file_number, coalesce(sheet, ''), line, coalesce(column_name, ''), coalesce(area::VARCHAR, ''),
       coalesce(indicator::VARCHAR, ''), {", ".join(GIVEN[-6:])}, count(*) OVER (PARTITION BY file_number)
FROM faults LEFT JOIN origins USING (origin)
QUALIFY row_number() OVER (PARTITION BY file_number ORDER BY line, origin, area, period_end, part) <= {MOST_LISTED}
ORDER BY file_number, line, origin, area, period_end, part
"""


def data_faults(
    staging: Staging, files: Mapping[int, str], *, past: bool, sources: Mapping[int, str] = _NO_SOURCES
) -> list[Problem]:
    """What is wrong with staged figures beside each other and, with `past`, beside those accepted before.

    `files` leads from the number of each file that is looked at to its shown name, `sources` to the id of its source.
    Of a file without a source the past is what any source has said. Files that are not named play no part at all.
    """
    if not files:
        return []
    with tables(staging, {number: sources.get(number, "") for number in files}, past=past) as connection:
        there = _there(connection)
        asked = [check for check in CHECKS if (past or not check.needs_past) and check.applies(there)]
        return [problem for check in asked for problem in _faults(connection, check, files)]


def _there(connection: duckdb.DuckDBPyConnection) -> There:
    (row,) = connection.execute(_THERE).fetchall()
    grains, levels, *facts = row
    ((months,),) = connection.execute("SELECT coalesce(max(known), 0) FROM checks.months").fetchall()
    found = frozenset(name for name, is_there in zip(FACTS, facts, strict=True) if is_there)
    return There(frozenset(grains or ()), frozenset(levels or ()), months, found)


def _faults(connection: duckdb.DuckDBPyConnection, check: Check, files: Mapping[int, str]) -> Iterator[Problem]:
    counts: dict[int, int] = {}
    for row in connection.execute(_LISTED.format(query=check.query)).fetchall():
        number, sheet, line, column, area, indicator, grain, start, end, part, found, expected, counts[row[0]] = row
        name = _name(indicator, Period(start, end, Grain(grain)), part)
        yield Problem(
            check.code,
            *(files[number], sheet, line, column),
            found=f"{name}: {found}" if found else name,
            expected=expected,
            candidates=(area,) if area else (),
        )
    for number, count in counts.items():
        if count > MOST_LISTED:
            yield _unlisted(check.code, files[number], count)


def _unlisted(code: str, file: str, count: int) -> Problem:
    return replace(unlisted(code, count, severity=RULES[code].severity), file=file)


def _name(indicator: str, period: Period, part: str) -> str:
    """What a fault is told of: indicator, period and part, or the period alone where it is the whole return."""
    return " ".join(filter(None, [indicator, period.code, part]))
