"""The tables of a build, declared once: name, columns, types, key and meaning.

full.duckdb and public.duckdb have this one schema; writing, reading, checks and the page of definitions derive
from it. A column's meaning is the word key `column.<name>`.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """One column: SQL type, whether it is part of the key, whether NULL is allowed."""

    name: str
    type: str
    key: bool = False
    null: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a build."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def ddl(self) -> str:
        """CREATE TABLE statement, the key enforced by the database."""
        lines = [f"{c.name} {c.type}{'' if c.null else ' NOT NULL'}" for c in self.columns]
        if self.key:
            lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return f"CREATE TABLE {self.name} ({', '.join(lines)})"


def _key(name: str, sql_type: str = "VARCHAR") -> Column:
    return Column(name, sql_type, key=True)


CELLS: Final = Table(
    "cells",
    (
        _key("indicator"),
        _key("area"),
        _key("grain"),
        _key("period_start", "DATE"),
        _key("period_end", "DATE"),
        _key("breakdown"),
        _key("category"),
        Column("numerator", "DOUBLE", null=True),
        Column("denominator", "DOUBLE", null=True),
        Column("status", "VARCHAR"),
        Column("source", "VARCHAR"),
        Column("definition", "VARCHAR"),
        Column("units_expected", "INTEGER", null=True),
        Column("units_reported", "INTEGER", null=True),
        Column("provisional", "BOOLEAN"),
        Column("unstable", "BOOLEAN"),
        Column("invented", "BOOLEAN"),
    ),
)

# Exact months of districts and regions where a longer period is published: for officials, each of their own area. The
# public file has none.
CELLS_INTERNAL: Final = Table("cells_internal", CELLS.columns)

AREAS: Final = Table(
    "areas",
    (
        _key("area"),
        Column("kind", "VARCHAR"),
        Column("parent", "VARCHAR"),
        Column("name_kk", "VARCHAR"),
        Column("name_ru", "VARCHAR"),
        Column("name_en", "VARCHAR"),
        Column("valid_from", "DATE", null=True),
        Column("valid_to", "DATE", null=True),
        # Of joined areas the ids of the areas joined, separated by spaces; empty for all others.
        Column("members", "VARCHAR"),
    ),
)

PERIODS: Final = Table(
    "periods",
    (_key("grain"), _key("period_start", "DATE"), _key("period_end", "DATE"), Column("code", "VARCHAR")),
)

# A relation holds along one axis with every other part of the key held equal: the country is the sum of its regions
# for each indicator, period and category; `indicator` narrows it to one indicator ('*' for all).
RELATIONS: Final = Table(
    "relations",
    (
        _key("axis"),  # area | category | period | indicator
        _key("indicator"),
        _key("total"),
        _key("part"),
        Column("kind", "VARCHAR"),  # sum | subset | balance
        Column("sign", "INTEGER"),
    ),
)

BREAKS: Final = Table(
    "breaks",
    (
        _key("axis"),  # area | definition
        _key("subject"),  # area id or indicator id
        _key("day", "DATE"),
        _key("other"),  # of a border the area on its other side, else empty
        Column("story", "VARCHAR"),  # word key
    ),
)

COMPLETENESS: Final = Table(
    "completeness",
    (
        _key("source"),
        _key("area"),
        _key("grain"),
        _key("period_start", "DATE"),
        _key("period_end", "DATE"),
        Column("state", "VARCHAR"),  # one of ReturnState
        Column("due", "DATE"),
        Column("received", "DATE", null=True),  # when the first of it arrived
        Column("corrected", "DATE", null=True),  # when something that stood in it was last changed
    ),
)

# After how many months figures of an indicator are final: as declared, and as its own history shows.
LAGS: Final = Table(
    "lags",
    (
        _key("indicator"),
        Column("declared_months", "INTEGER"),
        Column("learnt_months", "INTEGER", null=True),  # empty where the history is too short
        Column("used_months", "INTEGER"),
        Column("figures", "INTEGER"),  # on which it was learnt
    ),
)

# Published cells that a later publication has changed. Neither side was ever hidden: a change of a hidden number would
# tell of it. A figure that was missing and came later is `late`, one that only got other people at risk is `people`.
REVISIONS: Final = Table(
    "revisions",
    (
        _key("build"),
        *(_key(column.name, column.type) for column in CELLS.columns if column.key),
        Column("day", "DATE"),
        Column("kind", "VARCHAR"),  # one of RevisionKind
        Column("status_before", "VARCHAR"),
        Column("numerator_before", "DOUBLE", null=True),
        Column("denominator_before", "DOUBLE", null=True),
        Column("status_after", "VARCHAR"),
        Column("numerator_after", "DOUBLE", null=True),
        Column("denominator_after", "DOUBLE", null=True),
        Column("invented", "BOOLEAN"),
    ),
)

# Every publication and every time one was taken back, in their order, this build's own last.
PUBLICATIONS: Final = Table(
    "publications",
    (
        _key("number", "INTEGER"),
        Column("build", "VARCHAR"),
        Column("event", "VARCHAR"),  # published | taken_back
        Column("day", "DATE"),
        Column("data_date", "DATE", null=True),
        *(Column(kind, "INTEGER") for kind in ("corrected", "late", "withdrawn", "people")),
    ),
)

# Faults that the loader found in files that arrived: open until a return of that area and period is accepted.
FAULTS: Final = Table(
    "faults",
    (
        Column("source", "VARCHAR"),
        Column("area", "VARCHAR"),  # region, or the country where the file does not tell
        Column("period", "VARCHAR"),  # code, empty where the file does not tell
        Column("severity", "VARCHAR"),
        Column("code", "VARCHAR"),  # empty in the public file
        Column("found", "DATE"),
        Column("mended", "DATE", null=True),
        Column("number", "INTEGER"),
    ),
)

# The people at risk behind the denominators of `cells`; an estimate where a number used is rounded or estimated, or
# where the number at one end of a year stands for the whole of it.
EXPOSURES: Final = Table(
    "exposures",
    (
        _key("population"),
        _key("area"),
        _key("period_start", "DATE"),
        _key("period_end", "DATE"),
        Column("person_years", "DOUBLE", null=True),
        Column("is_estimated", "BOOLEAN"),
    ),
)

META: Final = Table("meta", (_key("name"), Column("value", "VARCHAR")))

TABLES: Final = (
    *(CELLS, CELLS_INTERNAL, AREAS, PERIODS, RELATIONS, BREAKS, COMPLETENESS, LAGS, REVISIONS, PUBLICATIONS, FAULTS),
    *(EXPOSURES, META),
)

# What the loader hands over, one row per figure accepted; `accepted/` is the one record of what was received.
ACCEPTED: Final = Table(
    "accepted",
    (
        Column("load", "VARCHAR"),
        Column("received", "TIMESTAMP"),
        Column("received_by", "VARCHAR"),
        Column("source", "VARCHAR"),
        Column("file", "VARCHAR"),
        Column("digest", "VARCHAR"),
        Column("sheet", "VARCHAR"),
        Column("line", "INTEGER"),
        Column("column_name", "VARCHAR"),
        Column("indicator", "VARCHAR"),
        Column("area", "VARCHAR"),
        Column("grain", "VARCHAR"),
        Column("period_start", "DATE"),
        Column("period_end", "DATE"),
        Column("breakdown", "VARCHAR"),
        Column("category", "VARCHAR"),
        Column("numerator", "DOUBLE", null=True),
        Column("status", "VARCHAR"),
        Column("provisional", "BOOLEAN"),
        Column("invented", "BOOLEAN"),
        Column("publication", "VARCHAR"),
        Column("publication_date", "DATE", null=True),
        Column("publication_url", "VARCHAR"),
        # Of a return: how many schools or other units owed an answer, and how many gave one; empty where not told.
        Column("units_expected", "INTEGER", null=True),
        Column("units_reported", "INTEGER", null=True),
        # The load whose figure counted until this one came, of the same source; empty where there was none.
        Column("replaces", "VARCHAR"),
    ),
)

FORMAT: Final = "3"  # of the data folder; a build of another format is not opened
