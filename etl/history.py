"""Everything that was ever received and published of one cell, and what it was as known on a day.

Asked of the files of the record and of the publications themselves, which are never changed: a build tells only what
stands now. All moments are UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from etl import reference
from etl.accepted import CELL_KEY, record
from etl.cells import build_cells
from etl.joined import with_one_joined
from etl.journal import publications
from etl.scratch import COUNTING, READING, scratch_database
from etl.storage import storage_faults
from geo.areas import areas, children
from riskmap.domain.areas import AreaKind
from riskmap.domain.settings import data_folder
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, CellStatus, Grain, Period

_KEY: Final = " AND ".join(f"{name} = ${name}" for name in CELLS.key)

_REVISIONS: Final = f"""
SELECT received, received_by, load, source, invented, status, numerator, provisional,
       file, sheet, line, column_name, replaces,
       row_number() OVER (PARTITION BY source, invented ORDER BY load DESC, line DESC, numerator DESC, status DESC) = 1
           AS counts
FROM {{record}} WHERE {_KEY}
ORDER BY load, line, numerator, status
"""

_PARTS: Final = f"""
SELECT source, invented, area, grain, period_start, period_end, received, received_by, load, status, numerator,
       lag(status) OVER earlier AS status_before, lag(numerator) OVER earlier AS numerator_before
FROM {{record}}
WHERE indicator = $indicator AND breakdown = $breakdown AND category = $category
  AND period_start >= $period_start AND period_end <= $period_end AND grain IN ('month', $grain)
  AND area IN (SELECT unnest($areas)) AND NOT ({_KEY})
WINDOW earlier AS (PARTITION BY source, invented, area, grain, period_start, period_end
                   ORDER BY load, line, numerator, status)
ORDER BY load, area, period_start, source
"""

_SHOWN: Final = f"""
SELECT parse_filename(filename, true) AS build, status, numerator, denominator, source, provisional, invented
FROM read_parquet($files, filename = true) WHERE {_KEY}
"""

_CELL: Final = """
SELECT status, numerator, denominator, source, units_expected, units_reported, provisional, invented
FROM found WHERE area = $area
"""


@dataclass(frozen=True, slots=True)
class CellName:
    """What a cell is of; `area` is the id of an area or of joined areas."""

    indicator: str
    area: str
    period: Period
    breakdown: str = ALL
    category: str = ALL

    @property
    def key(self) -> dict[str, object]:
        """The key of the cell in its table."""
        span = {"grain": str(self.period.grain), "period_start": self.period.start, "period_end": self.period.end}
        return {"indicator": self.indicator, "area": self.area, **span} | {
            "breakdown": self.breakdown,
            "category": self.category,
        }


@dataclass(frozen=True, slots=True)
class Parts:
    """The figures that a sum is made of: of areas inside the area, and of months of the period.

    `revised` has one row for each time that one was sent again with another value.
    """

    figures: int
    revised: pd.DataFrame


def revisions_of(cell: CellName, until: date | None = None) -> pd.DataFrame:
    """Every figure received for a cell itself, oldest first, those of joined areas being none.

    With `until`, of those received by the end of that day. `counts` says which is the one that counts of its source
    and kind, `replaces` which load's figure it took the place of (empty for none), `numerator` is missing where the
    figure is only a mark.
    """
    return _ask(_REVISIONS.format(record=record(until)), cell.key)


def parts_of(cell: CellName) -> Parts:
    """The figures that stand below a cell."""
    below = sorted(_below(cell.area))
    sent = _ask(_PARTS.format(record=record()), {**cell.key, "areas": below})
    is_first = sent["status_before"].isna()
    is_same = (sent["status"] == sent["status_before"]) & (
        (sent["numerator"] == sent["numerator_before"]) | (sent["numerator"].isna() & sent["numerator_before"].isna())
    )
    return Parts(int(is_first.sum()), sent[~is_first & ~is_same].reset_index(drop=True))


def periods_of(indicator: str) -> list[Period]:
    """Every period for which anything was received of an indicator, in order."""
    query = f"SELECT DISTINCT period_start, period_end, grain FROM {record()} WHERE indicator = $indicator"
    rows = _ask(query, {"indicator": indicator}).itertuples(index=False)
    return sorted(Period(row.period_start.date(), row.period_end.date(), Grain(row.grain)) for row in rows)


def is_summed(revisions: pd.DataFrame) -> bool:
    """Whether a cell can only be a sum: no source has a figure of its own for it that counts."""
    return bool((~revisions["counts"] | (revisions["status"] == CellStatus.NOT_REPORTED)).all())


def shown_of(cell: CellName) -> list[dict[str, Any]]:
    """What was to be seen of a cell from each publication on, and each time one was taken back; oldest first.

    `build` is the one that was live from then on. `is_kept` is whether its cells are still kept; `status` is None
    where they had no such cell.
    """
    events = publications()
    files = {path.stem: str(path) for path in _released()}
    wanted = [files[build] for build in sorted({event["live"] for event in events} & files.keys())]
    shown = _ask(_SHOWN, {**cell.key, "files": wanted}) if wanted else pd.DataFrame(columns=["build"])
    rows = {str(row.pop("build")): row for row in _records(shown)}
    nothing = {"status": None, "numerator": None, "denominator": None}
    return [
        {
            **{name: event.get(name, "") for name in ("event", "at", "by")},
            "build": event["live"],
            "is_kept": event["live"] in files,
            **rows.get(event["live"], nothing),
        }
        for event in events
    ]


def as_known(cell: CellName, on: date) -> dict[str, Any] | None:
    """The cell as a build of what had been received by the end of a day would have it; None where it would have none.

    Worked out with the catalogue and the areas of today, from the figures of the indicator and of its population. A
    cell of joined areas is told in every period, whether or not the data reach over a change between the members.
    """
    with storage_faults(data_folder() / "accepted"), scratch_database(COUNTING) as connection:
        build_cells(connection, on, only=cell.indicator)
        members = _members(cell.area)
        columns = ", ".join(f"CAST({column.name} AS {column.type}) AS {column.name}" for column in CELLS.columns)
        values = {name: value for name, value in cell.key.items() if name != "area"}
        same = " AND ".join(f"{name} = ${name}" for name in values)
        query = f"SELECT {columns} FROM cells WHERE {same} AND list_contains($areas, area::VARCHAR) ORDER BY {CELL_KEY}"
        found = connection.execute(query, {**values, "areas": members}).df()
        if members != [cell.area]:
            found = with_one_joined(found, reference.area_frame(), joined=cell.area)
        connection.register("found", found)
        rows = _records(connection.execute(_CELL, {"area": cell.area}).df())
    return rows[0] if rows else None


def _ask(query: str, values: dict[str, object]) -> pd.DataFrame:
    with storage_faults(data_folder()), scratch_database(READING) as connection:
        return connection.execute(query, values).df()


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None where nothing is."""
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()} for row in frame.to_dict("records")
    ]


def _released() -> list[Path]:
    place = data_folder() / "released"
    with storage_faults(place):
        return sorted(place.glob("*.parquet"))


def _members(area: str) -> list[str]:
    """The area itself, or those that are joined in it."""
    frame = reference.area_frame()
    told = frame.loc[(frame["area"] == area) & (frame["kind"] == AreaKind.JOINED), "members"]
    return str(told.iloc[0]).split() if len(told) else [area]


def _below(area: str) -> Iterator[str]:
    for member in _members(area):
        yield member
        if member in areas():
            for child in children(member):
                yield from _below(child.id)
