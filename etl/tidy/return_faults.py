"""Which rows of a long return were not staged, and why: the first ones of each fault, and how many there are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import duckdb

from etl.declared import PERIOD_CODES
from etl.listing import MOST_LISTED, unlisted
from etl.readers.texts import LongTable
from etl.tidy.coded_form import EXPECTED_NUMBER
from etl.tidy.return_keys import CODE, INVENTED, STATUSES, area_on, feeds_of, read_period, scope_of, why_unfit
from geo.areas import resolve
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source, indicator
from riskmap.domain.vocabulary import ALL, CellStatus, parse_period

COLUMNS: Final = (
    *("area", "period", "indicator", "breakdown", "category", "value", "status"),
    *("units_expected", "units_reported", "invented"),
)
WHOLE: Final = "NOT GLOB '*[!0-9]*'"  # or empty
LONGEST: Final = 15  # digits that are kept exactly
LONGEST_UNITS: Final = 9


def _number_fault(column: str, longest: int) -> str:
    """In SQL, the fault of a text that is no whole number, negative or not; none of an empty one."""
    return f"""
        CASE WHEN {column} {WHOLE} AND length({column}) <= {longest} THEN NULL
             WHEN regexp_full_match({column}, '-[0-9]+') THEN 'V002 {column}' ELSE 'V001 {column}' END"""


# Every fault of a row as `<code> <column>`, in the order of the columns.
_FAULTS: Final = f"""
WITH figures AS (SELECT DISTINCT indicator_id, breakdown_id, category_id FROM feeds),
known AS (SELECT DISTINCT indicator_id FROM feeds),
told AS (
    SELECT texts.rowid AS position, texts.*, unnest([
        CASE WHEN area = '' THEN 'A001 area' WHEN NOT regexp_full_match(area, '{CODE}') THEN 'A009 area'
             ELSE strangers.code || ' area' END,
        CASE WHEN periods.period IS NOT NULL THEN NULL WHEN period = '' THEN 'P001 period' ELSE 'P002 period' END,
        unfit.code || ' ' || unfit.column_name,
        CASE WHEN known.indicator_id IS NULL THEN 'V006 indicator'
             WHEN figures.indicator_id IS NULL THEN 'V007 category' END,
        {_number_fault("value", LONGEST)},
        CASE WHEN statuses.status_id = 'value' AND value = '' THEN 'V003 value'
             WHEN statuses.status_id <> 'value' AND value <> '' THEN 'V014 value' END,
        CASE WHEN statuses.text IS NULL THEN 'V009 status' END,
        {_number_fault("units_expected", LONGEST_UNITS)},
        CASE WHEN units_expected = '' AND units_reported <> '' THEN 'V003 units_expected' END,
        {_number_fault("units_reported", LONGEST_UNITS)},
        CASE WHEN units_expected {WHOLE} AND units_reported {WHOLE}
             AND try_cast(units_reported AS BIGINT) > try_cast(units_expected AS BIGINT)
             THEN 'V011 units_reported' END,
        CASE WHEN invented_texts.text IS NULL THEN 'V009 invented' END
    ]) AS fault
    FROM texts
    LEFT JOIN periods USING (period)
    LEFT JOIN places USING (area, period)
    LEFT JOIN strangers USING (area, period)
    LEFT JOIN items USING (indicator, breakdown, category, status, invented)
    LEFT JOIN unfit USING (scope, feed)
    LEFT JOIN statuses ON statuses.text = status
    LEFT JOIN invented_texts ON invented_texts.text = invented
    LEFT JOIN known ON known.indicator_id = indicator
    LEFT JOIN figures ON figures.indicator_id = known.indicator_id
        AND figures.breakdown_id = coalesce(nullif(breakdown, ''), '{ALL}')
        AND figures.category_id = coalesce(nullif(category, ''), '{ALL}')
    WHERE concat({", ".join(COLUMNS)}) <> ''
)
SELECT position, fault, count(*) OVER (PARTITION BY fault[:4]), {", ".join(COLUMNS)} FROM told
WHERE fault IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY fault[:4] ORDER BY position) <= {MOST_LISTED}
"""


def row_faults(connection: duckdb.DuckDBPyConnection, table: LongTable, source: Source) -> list[Problem]:
    """Every fault of the rows in the table `texts` by row and column, the first ones of each code."""
    told: list[tuple[int, int, Problem]] = []
    more: dict[str, Problem] = {}
    for position, fault, number, *texts in connection.execute(_FAULTS).fetchall():
        code, column = fault.split()
        row = dict(zip(COLUMNS, texts, strict=True))
        problem = replace(_explained(code, column, row, source), row=position + table.first_row, column=column)
        told.append((position, COLUMNS.index(column), problem))
        if number > MOST_LISTED:
            more[code] = unlisted(code, number)
    in_order = sorted(told, key=lambda entry: entry[:2])
    return [*(problem for _, _, problem in in_order), *more.values()]


def _explained(code: str, column: str, row: Mapping[str, str], source: Source) -> Problem:
    """The fault of a row with what was found, what was expected and which areas may be meant."""
    period = parse_period(row["period"])
    day = period.end if period else None
    if code == "A009":
        meant = resolve(row["area"], on=day)
        return Problem(code, found=row["area"], candidates=(meant.id,) if isinstance(meant, Area) else ())
    if column == "area" and period and code != "A006":
        stranger = area_on(row["area"], period.end)
        return stranger if isinstance(stranger, Problem) else Problem(code, found=row["area"])
    found = f"{row['breakdown']} {row['category']}".strip() if column == "category" else row[column]
    return Problem(code, found=found, expected=_expected(code, column, row, source))


def _expected(code: str, column: str, row: Mapping[str, str], source: Source) -> str:
    plain = {
        "V001": EXPECTED_NUMBER,
        "V002": "≥ 0",
        "V003": EXPECTED_NUMBER,
        "V006": ", ".join(dict.fromkeys(key[0] for key in feeds_of(source))),
        "V009": ", ".join(filter(str.islower, STATUSES if column == "status" else INVENTED)),
        "V011": f"≤ {row['units_expected']}",
        "V014": "",
    }
    if code in plain:
        return plain[code]
    if code == "V007" and column == "category":
        breakdowns = {ALL: (ALL,), **indicator(row["indicator"]).breakdowns}
        return ", ".join(breakdowns.get(row["breakdown"] or ALL, breakdowns))
    return _expected_by_tables(row, source)


def _expected_by_tables(row: Mapping[str, str], source: Source) -> str:
    """Of a figure that no table has room for, what there is room for; of a period that is none, how it is written."""
    period = read_period(row["period"], source)
    area = area_on(row["area"], period.end) if period else None
    key = (row["indicator"], row["breakdown"] or ALL, row["category"] or ALL)
    feed = feeds_of(source).get((*key, STATUSES.get(row["status"]) is CellStatus.NOT_APPLICABLE))
    if period and isinstance(area, Area) and feed:
        fault = why_unfit(scope_of(str(area.kind), period), feed)
        return fault.expected if fault else ""
    return ", ".join(PERIOD_CODES[grain] for grain in source.grains)
