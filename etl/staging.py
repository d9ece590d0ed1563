"""The figures of one call in one table of a database in memory, whatever layout of file they came in.

A return of a million rows goes from its file into this table and from there into the record without ever becoming
objects; the figures of small layouts are inserted one by one. What comes from a closed list (indicators, areas, ...)
is stored by its number in the list, and what whole files have in common once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from etl.arrived import Arrived
from etl.closed_lists import create_types
from etl.frames import Figure, Publication
from etl.listing import MOST_LISTED
from etl.scratch import scratch_database
from riskmap.domain.errors import Problem, Severity
from riskmap.domain.registry import Source
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, Grain, Period

# What names one figure of a source, in SQL: the key of a cell, and whether the figure is an invented one.
FIGURE_KEY: Final = ", ".join((*CELLS.key, "invented"))

_COLUMNS: Final = {
    "file_number": "INTEGER",
    "origin": "INTEGER",
    "line": "INTEGER",
    "indicator": "indicator_id",
    "area": "area_id",
    "grain": "grain_id",
    "period_start": "DATE",
    "period_end": "DATE",
    "breakdown": "breakdown_id",
    "category": "category_id",
    "numerator": "DOUBLE",
    "status": "status_id",
    "provisional": "BOOLEAN",
    "invented": "BOOLEAN",
    "units_expected": "INTEGER",
    "units_reported": "INTEGER",
}
_MAY_BE_EMPTY: Final = ("numerator", "units_expected", "units_reported")
# Where in a file a figure stands besides its line, and where it was published.
_ORIGINS: Final = (
    "CREATE TABLE origins (origin INTEGER, sheet VARCHAR, column_name VARCHAR, publication VARCHAR, "
    "publication_date DATE, publication_url VARCHAR)"
)

# Rows are told apart by a number made of their key, which is quick; only those that share one are looked at closely.
_MARK: Final = f"hash({FIGURE_KEY})"
_SUSPECTS: Final = f"""
CREATE OR REPLACE TEMP TABLE suspects AS
SELECT {_MARK} AS mark FROM staged WHERE list_contains($files, file_number) GROUP BY mark HAVING count(*) > 1
"""
_REPEATS: Final = f"""
WITH compared AS (
    SELECT *, coalesce(printf('%.15g', numerator), status::VARCHAR) AS number, rowid AS place
    FROM staged WHERE list_contains($files, file_number) AND {_MARK} IN (SELECT mark FROM suspects)
),
repeats AS (
    SELECT *, first_value(file_number) OVER same AS first_file, first_value(line) OVER same AS first_line,
           first_value(number) OVER same AS first_number
    FROM compared
    WINDOW same AS (PARTITION BY {FIGURE_KEY} ORDER BY file_number, line, place)
    QUALIFY row_number() OVER same > 1 AND file_number = $file
)
SELECT first_file, first_line, first_number, line, number, sheet, column_name, area,
       count(*) OVER (PARTITION BY first_file), indicator, grain, period_start, period_end, breakdown, category
FROM repeats JOIN origins USING (origin)
QUALIFY row_number() OVER (PARTITION BY first_file ORDER BY line, place)
     <= CASE WHEN first_file = $file THEN {MOST_LISTED} ELSE 1 END
ORDER BY line, place
"""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A figure that an earlier row gives too, of the same file or of another one."""

    first_file: int
    first_line: int
    first_number: str  # or the mark that stands in its place
    line: int
    number: str
    sheet: str
    column: str
    area: str
    shared: int  # how many figures the two files share
    figure: str  # indicator, period and part as they are written


class Staging:
    """The staged figures of one call: the tables `staged` and `origins` of a connection."""

    def __init__(self) -> None:
        self.connection = scratch_database()
        self._origins: dict[tuple[str, str, Publication], int] = {}
        create_types(self.connection)
        columns = [f"{name} {kind}{'' if name in _MAY_BE_EMPTY else ' NOT NULL'}" for name, kind in _COLUMNS.items()]
        self.connection.execute(f"CREATE TABLE staged ({', '.join(columns)})")
        self.connection.execute(_ORIGINS)

    def add(self, number: int, figures: Sequence[Figure]) -> None:
        """Stage the figures that were read one by one from a file."""
        if figures:
            rows = [_row(number, self.origin(f.sheet, f.column, f.publication), f) for f in figures]
            self._insert("staged", _typed(pd.DataFrame(rows, columns=list(_COLUMNS))))

    def origin(self, sheet: str, column: str, publication: Publication) -> int:
        """The number of a place that many figures may share."""
        key = (sheet, column, publication)
        if key not in self._origins:
            self._origins[key] = len(self._origins)
            row = [self._origins[key], sheet, column, publication.title, publication.day, publication.url]
            self.connection.execute("INSERT INTO origins VALUES (?, ?, ?, ?, ?, ?)", row)
        return self._origins[key]

    def _insert(self, table: str, frame: pd.DataFrame) -> None:
        self.connection.register("incoming", frame)
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def count(self, number: int) -> int:
        """How many figures of a file are staged."""
        query = "SELECT count(*) FROM staged WHERE file_number = ?"
        ((found,),) = self.connection.execute(query, [number]).fetchall()
        return int(found)

    def repeats(self, number: int, files: Sequence[int]) -> list[Repeat]:
        """Figures of a file that stand in an earlier row of it, the first ones, and the first that another file has.

        `files` are those that it is compared with, itself included.
        """
        self.connection.execute(_SUSPECTS, {"files": list(files)})
        rows = self.connection.execute(_REPEATS, {"files": list(files), "file": number}).fetchall()
        return [Repeat(*(*row[:9], figure_name(*row[9:]))) for row in rows]


def figure_name(indicator: str, grain: str, start: date, end: date, breakdown: str, category: str) -> str:
    """How a figure is called in messages: indicator, period, and of a part its breakdown and category."""
    part = [] if breakdown == ALL else [breakdown, category]
    return " ".join([indicator, Period(start, end, Grain(grain)).code, *part])


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns said to be what they are: one that is mostly empty would be taken for what its first rows are."""
    kinds = {"DATE": "datetime64[s]", "INTEGER": "Int64", "DOUBLE": "Float64"}
    return frame.astype({name: kinds[kind] for name, kind in _COLUMNS.items() if kind in kinds})


def _row(number: int, origin: int, figure: Figure) -> tuple[object, ...]:
    period = figure.period
    return (
        *(number, origin, figure.line),
        *(figure.indicator, figure.area, str(period.grain), period.start, period.end),
        *(figure.breakdown, figure.category, figure.numerator, str(figure.status)),
        *(figure.provisional, figure.invented, figure.units_expected, figure.units_reported),
    )


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file that was read and understood; its figures are staged under its number."""

    path: Path
    name: str
    digest: str  # SHA-256 of the bytes that were checked
    source: Source
    number: int
    figures: int  # how many


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything found in the files of one call: the understood ones, their staged figures, and all faults."""

    files: tuple[CheckedFile, ...]
    problems: tuple[Problem, ...]
    staging: Staging
    arrived: tuple[Arrived, ...] = ()  # every file of the call, in its order

    @property
    def stopped(self) -> bool:
        """Whether any fault keeps the call from being accepted, whatever a person says."""
        return any(problem.severity is Severity.STOP for problem in self.problems)

    @property
    def figures(self) -> int:
        """How many figures the understood files hold."""
        return sum(file.figures for file in self.files)
