"""Cells of joined areas: sums of the cells of their members, and nothing that these do not tell.

They are worked out from the cells of one file alone: those of the public file from protected cells, after protection
and without it having seen them.
"""

from datetime import date
from typing import Final

import duckdb
import pandas as pd

from etl.closed_lists import SUM_OF_PARTS
from geo.borders import border_changes
from geo.comparable import joined_areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import indicators
from riskmap.domain.tables import CELLS
from riskmap.methods.rates import UNSTABLE_BELOW

# A figure received for an area is of the land that it had then; a sum is of today's parts in every period, also before
# the area was founded. So a young region adds its own sum to that of the region it was cut from, and adds nothing to
# what this one itself had reported, where it is contained. Where one is a sum and the other was received for a time in
# which the land went over, no addition is of the land of both.
_JOINED: Final = f"""
WITH parts AS (
    SELECT m.joined, m.size, m.last_change, c.*,
           coalesce(m.valid_from <= c.period_end, true) AND coalesce(m.valid_to > c.period_start, true) AS is_there,
           c.status = 'value' AND c.source = '{SUM_OF_PARTS}' AS is_sum,
           c.status = 'value' AND c.source <> '{SUM_OF_PARTS}' AS is_received
    FROM members m JOIN cells c USING (area)
),
judged AS (
    SELECT *,
           status <> 'not_applicable' AND (is_there OR NOT coalesce(bool_or(NOT is_sum) FILTER (
               is_there AND status <> 'not_applicable') OVER of_one, false)) AS counts,
           bool_or(is_there AND is_sum) OVER of_one AND bool_or(is_there AND is_received) OVER of_one
               AND period_start < last_change AS is_mixed
    FROM parts
    WINDOW of_one AS (PARTITION BY joined, indicator, grain, period_start, period_end, breakdown, category)
),
summed AS (
    SELECT joined AS area, indicator, grain, period_start, period_end, breakdown, category,
           CASE WHEN count(*) FILTER (counts) = 0 THEN 'not_applicable'
                WHEN bool_or(counts AND status = 'suppressed') THEN 'suppressed'
                WHEN bool_or(counts AND status = 'not_comparable') OR any_value(is_mixed) THEN 'not_comparable'
                WHEN bool_or(counts AND status = 'not_reported') THEN 'not_reported' ELSE 'value' END AS status,
           sum(numerator ORDER BY numerator) FILTER (counts) AS numerator,
           CASE WHEN bool_and(denominator IS NOT NULL) FILTER (counts)
                THEN sum(denominator ORDER BY denominator) FILTER (counts) END AS denominator,
           max(definition) AS definition,
           count(*) FILTER (counts) AS units_expected,
           count(*) FILTER (counts AND (is_received OR (is_sum AND units_reported >= units_expected)))
               AS units_reported,
           coalesce(bool_or(provisional) FILTER (counts), false) AS provisional, any_value(invented) AS invented
    FROM judged
    GROUP BY ALL
    HAVING count(*) = any_value(size) AND count(DISTINCT invented) = 1
)
SELECT indicator, area, grain, period_start, period_end, breakdown, category,
       if(status = 'value', numerator, NULL) AS numerator, if(status = 'value', denominator, NULL) AS denominator,
       status,
       if(status IN ('suppressed', 'not_applicable'), '', '{SUM_OF_PARTS}') AS source,
       if(status = 'suppressed', '', definition) AS definition,
       if(status IN ('suppressed', 'not_applicable'), NULL, units_expected) AS units_expected,
       if(status IN ('suppressed', 'not_applicable'), NULL, units_reported) AS units_reported,
       status = 'value' AND provisional AS provisional,
       status = 'value' AND is_poisson AND numerator BETWEEN 1 AND {UNSTABLE_BELOW - 1} AS unstable,
       invented
FROM summed JOIN methods USING (indicator)
ORDER BY ALL
"""


def with_joined(cells: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The cells with those of every joined area that a window within their periods can ask for behind them.

    A figure of joined areas is the sum of those of all members that were there. Where one of these is hidden it is
    hidden; else where one is not comparable or not reported it is that.
    """
    members = _members(areas)
    own = cells[cells["area"].isin(members["area"].unique())]
    if own.empty:
        return cells
    first, last = (pd.Timestamp(day).date() for day in (own["period_start"].min(), own["period_end"].max()))
    wanted = {joined.id for joined in joined_areas(first, last)}
    return _with_sums(cells, members[members["joined"].isin(wanted)])


def with_one_joined(cells: pd.DataFrame, areas: pd.DataFrame, *, joined: str) -> pd.DataFrame:
    """The cells with those of one joined area behind them, whatever window asks for it."""
    members = _members(areas)
    return _with_sums(cells, members[members["joined"] == joined])


def _with_sums(cells: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    joined = _sums(cells[cells["area"].isin(members["area"].unique())], members)
    return pd.concat([cells, joined[list(cells.columns)]], ignore_index=True) if len(joined) else cells


def joined_people(exposures: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The people at risk with a row behind them for all joined areas of whose members one has a row.

    It tells whether the people of a member are an estimate, and no number: which members add theirs depends on the
    figure beside them, where it stands as the denominator.
    """
    parts = exposures.merge(_members(areas), on="area")
    if parts.empty:
        return exposures
    period = ["period_start", "period_end"]
    rows = parts.groupby(["population", "joined", *period], as_index=False)["is_estimated"].any()
    joined = rows.rename(columns={"joined": "area"}).assign(person_years=float("nan"))
    return pd.concat([exposures, joined[list(exposures.columns)]], ignore_index=True)


def _members(areas: pd.DataFrame) -> pd.DataFrame:
    """One row per joined area and member: when the member was there, and when a border between them last changed."""
    joined = areas[areas["kind"] == AreaKind.JOINED]
    rows = [
        (area, member, len(members.split()), _last_change(frozenset(members.split())))
        for area, members in zip(joined["area"], joined["members"], strict=True)
        for member in members.split()
    ]
    frame = pd.DataFrame(rows, columns=["joined", "area", "size", "last_change"])
    return frame.merge(areas[["area", "valid_from", "valid_to"]], on="area")


def _last_change(members: frozenset[str]) -> date:
    return max(change.latest for change in border_changes() if members.issuperset((change.area, change.other)))


def _sums(cells: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    methods = [(item.id, item.interval == "poisson") for item in indicators()]
    columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
    with duckdb.connect() as connection:
        connection.register("given", cells)
        connection.execute(f"CREATE TABLE cells AS SELECT {columns} FROM given")
        connection.register("given_members", members)
        connection.execute("""
            CREATE TABLE members AS
            SELECT joined, area, size, last_change::DATE AS last_change, valid_from::DATE AS valid_from,
                   valid_to::DATE AS valid_to FROM given_members
        """)
        connection.register("methods", pd.DataFrame(methods, columns=["indicator", "is_poisson"]))
        return connection.execute(f"SELECT {columns} FROM ({_JOINED})").df()
