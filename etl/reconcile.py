"""Two sources that carry one cell: where their numbers differ, the operator is told; the preferred one is shown."""

from datetime import date

import duckdb

from etl import reference
from etl.accepted import CELL_KEY, record_views
from etl.storage import storage_faults
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.settings import data_folder
from riskmap.domain.vocabulary import ALL, Grain, Period

_DISAGREEMENTS = f"""
WITH ranked AS (
    SELECT latest.*, row_number() OVER (PARTITION BY {CELL_KEY} ORDER BY preference) AS place
    FROM latest JOIN preference USING (indicator, source)
)
SELECT other.file, other.sheet, other.line, other.column_name, other.area,
       other.indicator, grain, period_start, period_end, breakdown, category,
       shown.source, shown.numerator, other.source, other.numerator
FROM ranked shown
JOIN ranked other USING ({CELL_KEY})
WHERE shown.place = 1 AND other.place > 1 AND shown.numerator IS DISTINCT FROM other.numerator
  AND ? IN (shown.load, other.load)
ORDER BY other.indicator, area, period_start, period_end, breakdown, category, other.place
"""


def disagreements(load: str) -> list[Problem]:
    """K005 for each figure of a load that differs from what another source says of the same cell.

    `expected` is the number that is shown, `found` the other one, which stands at the place told.
    """
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        connection.register("preference", reference.preference_frame())
        record_views(connection)
        rows = connection.execute(_DISAGREEMENTS, [load]).fetchall()
    return [_problem(*row[:5], cell=_cell(*row[5:11]), shown=row[11:13], other=row[13:15]) for row in rows]


def _cell(indicator: str, grain: str, start: date, end: date, breakdown: str, category: str) -> str:
    part = [] if breakdown == ALL else [breakdown, category]
    return " ".join([indicator, Period(start, end, Grain(grain)).code, *part])


def _problem(
    file: str,
    sheet: str,
    line: int,
    column: str,
    area: str,
    *,
    cell: str,
    shown: tuple[str, float],
    other: tuple[str, float],
) -> Problem:
    expected, found = (f"{source}: {number:.15g}" for source, number in (shown, other))
    return Problem(
        "K005",
        file,
        sheet,
        line,
        column,
        found=found,
        expected=f"{expected} ({cell})",
        candidates=(area,),
        severity=Severity.NOTE,
    )
