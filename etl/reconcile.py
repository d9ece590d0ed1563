"""Two sources that carry one cell: where their numbers differ, the operator is told; the preferred one is shown."""

import duckdb

from etl import reference
from etl.accepted import latest, record_views
from etl.listing import listed
from etl.staging import FIGURE_KEY, figure_name
from etl.storage import storage_faults
from riskmap.domain.errors import Problem
from riskmap.domain.settings import data_folder

# Only figures that this load and another source both give are ranked: the record may be long.
_CONTESTED = f"""
CREATE OR REPLACE TEMP TABLE contested AS
WITH sent AS (SELECT DISTINCT source, {FIGURE_KEY} FROM record WHERE load = $load),
shared AS (
    SELECT DISTINCT {FIGURE_KEY} FROM sent JOIN record other USING ({FIGURE_KEY}) WHERE other.source <> sent.source
)
SELECT record.* FROM record SEMI JOIN shared USING ({FIGURE_KEY})
"""

_DISAGREEMENTS = f"""
WITH latest AS ({latest("contested")}),
ranked AS (
    SELECT latest.*, row_number() OVER (PARTITION BY {FIGURE_KEY} ORDER BY preference) AS place
    FROM latest JOIN preference USING (indicator, source)
    WHERE status = 'value'
)
SELECT other.file, other.sheet, other.line, other.column_name, area,
       indicator, grain, period_start, period_end, breakdown, category,
       shown.source, shown.numerator, other.source, other.numerator
FROM ranked shown
JOIN ranked other USING ({FIGURE_KEY})
WHERE shown.place = 1 AND other.place > 1 AND shown.numerator <> other.numerator
  AND $load IN (shown.load, other.load)
ORDER BY indicator, area, period_start, period_end, breakdown, category, other.place
"""


def disagreements(load: str) -> list[Problem]:
    """K005 for each figure of a load that differs from what another source says of the same cell, the first of many.

    `expected` is the number that is shown, `found` the other one, which stands at the place told. A source that has no
    number disagrees with none, and an invented figure with no real one.
    """
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        connection.register("preference", reference.preference_frame())
        record_views(connection)
        connection.execute(_CONTESTED, {"load": load})
        rows = connection.execute(_DISAGREEMENTS, {"load": load}).fetchall()
    return listed(_problem(*row[:5], cell=figure_name(*row[5:11]), shown=row[11:13], other=row[13:15]) for row in rows)


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
    )
