"""One figure of a return a row, up to millions of them: read, checked and staged inside the database.

Only what differs becomes an object: each area with its period, each kind of figure, and the faults that are listed.
"""

from typing import Final

import duckdb

from etl.frames import Publication, RawSheet, RawTable
from etl.privacy.personal import personal_code, personal_data
from etl.readers.texts import LongTable, read_texts
from etl.staging import Staging
from etl.tidy.long_table import header_faults
from etl.tidy.return_faults import COLUMNS, LONGEST, LONGEST_UNITS, WHOLE, row_faults
from etl.tidy.return_keys import understand
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source

_SHORTEST_NUMBER: Final = 11  # digits of the number of a person
# Each column, and where its different texts stand; of numbers only the long ones are of interest.
_LOOKED_AT: Final = {
    **dict.fromkeys(("area", "period"), "place_texts"),
    **dict.fromkeys(("indicator", "breakdown", "category", "status", "invented"), "item_texts"),
    **{
        column: f"texts WHERE length({column}) >= {_SHORTEST_NUMBER}"
        for column in ("value", "units_expected", "units_reported")
    },
}

# Only rows without a fault. What is compared with what decides how long this takes: every condition looks at the
# texts of one row alone, and every join leads from texts to one small table.
_STAGE: Final = f"""
INSERT INTO staged
SELECT $number, $origin, texts.rowid + $first_row, indicator_id, area_id, grain, period_start, period_end,
       breakdown_id, category_id, try_cast(value AS DOUBLE), status_id, false, is_invented,
       try_cast(units_expected AS INTEGER), try_cast(units_reported AS INTEGER)
FROM texts
JOIN places USING (area, period)
JOIN items USING (indicator, breakdown, category, status, invented)
ANTI JOIN unfit USING (scope, feed)
WHERE value {WHOLE} AND length(value) <= {LONGEST} AND (value = '') <> (status IN ('', 'value'))
  AND units_expected {WHOLE} AND length(units_expected) <= {LONGEST_UNITS}
  AND units_reported {WHOLE} AND length(units_reported) <= {LONGEST_UNITS}
  AND coalesce(try_cast(units_reported AS INTEGER) <= try_cast(units_expected AS INTEGER), units_reported = '')
"""
_TRIM: Final = (
    f"CREATE OR REPLACE TEMP TABLE texts AS SELECT {', '.join(f'trim({c}) AS {c}' for c in COLUMNS)} FROM texts"
)


def stage_return_table(table: LongTable, source: Source, staging: Staging, *, number: int) -> list[Problem]:
    """Stage the figures of a file under its number and tell every fault; rows with a fault are not staged."""
    head = RawTable(table.path.name, table.digest, {"": RawSheet("", (table.header,))}, names=("",))
    faults = personal_data(head) or list(header_faults("", table.header, source))
    if faults:
        return faults
    try:
        read = read_texts(table, staging.connection, columns=COLUMNS)
        return [read] if isinstance(read, Problem) else [*read, *_stage_rows(table, source, staging, number)]
    finally:
        staging.connection.execute("DROP TABLE IF EXISTS texts")


def _stage_rows(table: LongTable, source: Source, staging: Staging, number: int) -> list[Problem]:
    connection = staging.connection
    understand(connection, source)
    personal = _personal(connection, table)
    if personal:
        return [personal]
    _stage(table, staging, number)
    ((rows,),) = connection.execute("SELECT count(*) FROM texts").fetchall()
    faults = []
    if staging.count(number) < rows:
        # Spaces around a text are no fault, but to look for them in every file would take its time.
        connection.execute("DELETE FROM staged WHERE file_number = ?", [number])
        connection.execute(_TRIM)
        understand(connection, source)
        _stage(table, staging, number)
        faults = row_faults(connection, table, source)
    return [*faults, *_mixed(connection, table)]


def _stage(table: LongTable, staging: Staging, number: int) -> None:
    origin = staging.origin("", "value", Publication())
    staging.connection.execute(_STAGE, {"number": number, "origin": origin, "first_row": table.first_row})


def _personal(connection: duckdb.DuckDBPyConnection, table: LongTable) -> Problem | None:
    """The first cell of the first column with data on single persons: each different text is looked at once."""
    for column, texts in _LOOKED_AT.items():
        found = connection.execute(f"SELECT DISTINCT {column} FROM {texts}").fetchall()
        personal = {text: code for (text,) in found if (code := personal_code(text))}
        if personal:
            query = f"SELECT rowid, {column} FROM texts WHERE list_contains(?, {column}) ORDER BY rowid LIMIT 1"
            ((first, text),) = connection.execute(query, [list(personal)]).fetchall()
            return Problem(personal[text], row=table.first_row + first, column=column)
    return None


def _mixed(connection: duckdb.DuckDBPyConnection, table: LongTable) -> list[Problem]:
    """Invented and real figures in one file: told at the first row that differs from the rows before it."""
    kinds = connection.execute("SELECT DISTINCT is_invented FROM items").fetchall()
    if len(kinds) < 2:
        return []
    firsts = connection.execute("""
        SELECT min(texts.rowid), any_value(invented)
        FROM texts JOIN items USING (indicator, breakdown, category, status, invented)
        GROUP BY is_invented ORDER BY 1
    """).fetchall()
    return [Problem("F007", row=table.first_row + row, column="invented", found=text) for row, text in firsts[1:]]
