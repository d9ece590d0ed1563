"""What a build changes of what was published before it: the tables `revisions` and `publications`.

Revisions are a function of two tables of cells and of nothing else: those of the build that was live when this one was
staged, and its own. The public file is compared with the public file, so its revisions tell nothing that everybody who
kept the former publication could not work out, and that `released/` does not keep. That two publications together may
tell of a hidden neighbour (a total that grows by one beside its one hidden part) is a property of publishing twice, not
of saying so. Where either side is hidden there is no row at all: that a number came into view, or went, is no revision.
Once a cell is hidden, earlier revisions of it are no longer told either.
"""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.journal import EventKind, publications
from etl.scratch import COUNTING, scratch_database
from etl.storage import builds, storage_faults
from geo.comparable import SEPARATOR
from riskmap.domain.errors import BuildUnreadable
from riskmap.domain.tables import CELLS, PUBLICATIONS, REVISIONS
from riskmap.domain.vocabulary import CellStatus, RevisionKind

# People at risk that differ by less than this, relative to the number, differ by rounding only.
SAME_PEOPLE: Final = 1e-9

KINDS: Final = tuple(map(str, RevisionKind))

# Whether a cell stands beside other people at risk in two tables (`b`, `a`).
PEOPLE_DIFFER: Final = f"""
b.denominator IS DISTINCT FROM a.denominator
AND coalesce(abs(a.denominator - b.denominator) > {SAME_PEOPLE} * greatest(a.denominator, b.denominator), true)
"""

# How a cell that stands in both tables (`b`, `a`) was revised; NULL where it was not. A number that gives way to
# "cannot exist" or "not comparable" follows from the tables of areas or the catalogue, not from a return: that is none.
KIND_SQL: Final = f"""
CASE WHEN b.status = 'value' AND a.status = 'value' THEN
          CASE WHEN b.numerator <> a.numerator THEN '{RevisionKind.CORRECTED}'
               WHEN {PEOPLE_DIFFER} THEN '{RevisionKind.PEOPLE}' END
     WHEN b.status = 'not_reported' AND a.status = 'value' THEN '{RevisionKind.LATE}'
     WHEN b.status = 'value' AND a.status = 'not_reported' THEN '{RevisionKind.WITHDRAWN}' END
"""

_KEY: Final = ", ".join(CELLS.key)
_OWN: Final = f"""
SELECT $build AS build, {_KEY}, $day AS day, {KIND_SQL} AS kind,
       b.status AS status_before, b.numerator AS numerator_before, b.denominator AS denominator_before,
       a.status AS status_after, a.numerator AS numerator_after, a.denominator AS denominator_after, a.invented
FROM after a JOIN before b USING ({_KEY}, invented)
WHERE kind IS NOT NULL
"""


def revision_frame(cells: pd.DataFrame, *, meta: Mapping[str, str], kind: str) -> pd.DataFrame:
    """The revisions that earlier builds tell of, and those of this one; `kind` is full or public.

    A build without a base, the first one, has none, and neither has one that shows what was known on a past day.
    """
    if not meta["base"] or meta.get("as_known_on"):
        return pd.DataFrame(columns=list(REVISIONS.names))
    path = _base(meta["base"]) / f"{kind}.duckdb"
    with storage_faults(path), scratch_database(COUNTING) as connection:
        connection.execute(f"ATTACH '{_quoted(path)}' AS base (READ_ONLY)")
        connection.register("incoming", cells)
        columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
        connection.execute(f"CREATE TABLE after AS SELECT {columns} FROM incoming")
        connection.execute("CREATE VIEW before AS SELECT * FROM base.cells")
        values = {"build": meta["build"], "day": _day(meta)}
        carried = _carried(connection)
        query = f"SELECT {', '.join(REVISIONS.names)} FROM (({_OWN}) UNION ALL BY NAME {carried}) ORDER BY ALL"
        return connection.execute(query, values).df()


def publication_frame(revisions: pd.DataFrame, *, meta: Mapping[str, str], kind: str) -> pd.DataFrame:
    """Every time something was published or taken back, and the publication of this build, which is still to come.

    Each has the number of its revisions in the file of that `kind`; those of joined areas follow from others and are
    not counted.
    """
    is_own = (revisions["build"] == meta["build"]) & ~revisions["area"].astype(str).str.contains(SEPARATOR, regex=False)
    own = revisions.loc[is_own, "kind"].value_counts()
    rows = [
        *(_publication(event, event.get("revised", {}).get(kind, {})) for event in publications()),
        (
            meta["build"],
            str(EventKind.PUBLISHED),
            _day(meta),
            _date(meta["data_date"]),
            *(own.get(k, 0) for k in KINDS),
        ),
    ]
    return pd.DataFrame([(n, *row) for n, row in enumerate(rows, start=1)], columns=list(PUBLICATIONS.names))


def revision_counts(build: Path) -> dict[str, dict[str, int]]:
    """Of full and of public how many revisions of each kind a build tells of itself."""
    counts = {}
    for kind in ("full", "public"):
        path = build / f"{kind}.duckdb"
        with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
            query = "SELECT kind, count(*) FROM revisions WHERE build = ? AND NOT contains(area, ?) GROUP BY kind"
            found = dict(connection.execute(query, [build.name, SEPARATOR]).fetchall())
        counts[kind] = {name: found.get(name, 0) for name in KINDS}
    return counts


def _publication(event: Mapping[str, object], counts: Mapping[str, int]) -> tuple[object, ...]:
    day = datetime.fromisoformat(str(event["at"])).date()
    data_date = _date(str(event.get("data_date", "")))
    return event["build"], event["event"], day, data_date, *(counts.get(name, 0) for name in KINDS)


def _base(name: str) -> Path:
    for build in builds():
        if build.name == name:
            return build
    raise BuildUnreadable(path=name)


def _carried(connection: duckdb.DuckDBPyConnection) -> str:
    """SQL for the revisions of the base that may still be told; a build of an earlier version tells of none.

    Of a cell that is hidden by now none is: what it last was may be what it is.
    """
    query = "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'base' AND table_name = 'revisions'"
    ((number,),) = connection.execute(query).fetchall()
    if not number:
        return f"FROM (FROM ({_OWN}) LIMIT 0)"
    return f"FROM base.revisions ANTI JOIN (FROM after WHERE status = '{CellStatus.SUPPRESSED}') USING ({_KEY})"


def _day(meta: Mapping[str, str]) -> date:
    return datetime.fromisoformat(meta["built"]).date()


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
