"""A live build of a few cells and revisions, written as the tables declare them."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from geo.areas import areas
from riskmap.domain.tables import FORMAT, TABLES
from riskmap.domain.vocabulary import ALL
from tests.views import period_of

BUILD: Final = "20260412T090000000-cccccc"
EARLIER: Final = "20260310T090000000-bbbbbb"
DAYS: Final = {BUILD: date(2026, 4, 12), EARLIER: date(2026, 3, 10)}
TOTAL: Final = (ALL, ALL)

Row = tuple[Any, ...]


def cell(
    indicator: str,
    area: str,
    code: str,
    number: float | None = None,
    *,
    cut: tuple[str, str] = TOTAL,
    people: float | None = 250_000.0,
    status: str = "value",
    invented: bool = False,
) -> Row:
    """One cell; without a number of the status given."""
    numbers = (number, people) if status == "value" else (None, None)
    marks = ("published", "d1", None, None, False, False, invented)
    return (*_key(indicator, area, code, cut), *numbers, status, *marks)


def revision(
    indicator: str,
    area: str,
    code: str,
    before: float | None,
    after: float | None,
    *,
    kind: str = "corrected",
    build: str = BUILD,
    cut: tuple[str, str] = TOTAL,
    people: tuple[float, float] = (250_000.0, 250_000.0),
    invented: bool = False,
) -> Row:
    """One revision; a side without a number was not reported."""
    sides = [
        ("not_reported", None, None) if number is None else ("value", number, denominator)
        for number, denominator in zip((before, after), people, strict=True)
    ]
    return (build, *_key(indicator, area, code, cut), DAYS[build], kind, *sides[0], *sides[1], invented)


def publication(number: int, build: str, *, event: str = "published", **counts: int) -> Row:
    """One line of the table of publications."""
    kinds = [counts.get(kind, 0) for kind in ("corrected", "late", "withdrawn", "people")]
    return (number, build, event, DAYS[build], DAYS[build], *kinds)


def joined(area: str, members: Sequence[str]) -> Row:
    """Several areas as one."""
    return (area, "joined", "000000000", "kk", "ru", "en", None, None, " ".join(members))


def live(
    data: Path,
    *,
    cells: Iterable[Row],
    revisions: Iterable[Row] = (),
    publications: Iterable[Row] = (),
    more_areas: Iterable[Row] = (),
) -> Path:
    """The folder of a build that is live in a data folder."""
    folder = data / "warehouse" / BUILD
    folder.mkdir(parents=True)
    (data / "warehouse" / "current").symlink_to(BUILD)
    own = [(a.id, str(a.kind), a.parent, *a.names, a.valid_from, a.valid_to, "") for a in areas().values()]
    meta = {
        "build": BUILD,
        "built": "2026-04-12T09:00:00",
        "data_date": "2026-04-10",
        "format": FORMAT,
        "protection": "suppression",
        "is_invented": "false",
    }
    rows = {
        "cells": list(cells),
        "revisions": list(revisions),
        "publications": list(publications),
        "areas": [*own, *more_areas],
        "meta": list(meta.items()),
    }
    with duckdb.connect(str(folder / "public.duckdb")) as connection:
        for table in TABLES:
            connection.execute(table.ddl)
            if found := rows.get(table.name):
                line = f"({', '.join('?' for _ in table.columns)})"
                query = f"INSERT INTO {table.name} VALUES {', '.join([line] * len(found))}"
                connection.execute(query, [value for row in found for value in row])
    return folder


def _key(indicator: str, area: str, code: str, cut: tuple[str, str]) -> Row:
    period = period_of(code)
    return (indicator, area, str(period.grain), period.start, period.end, *cut)
