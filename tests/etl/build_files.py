"""Writes builds without the loader: a few cells, or the copy of another build, as if it had been staged."""

import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from etl.journal import note_staged
from etl.reference import area_frame
from etl.storage import folder, live, new_identifier
from riskmap.domain.tables import AREAS, CELLS, FORMAT, META, REVISIONS, TABLES
from riskmap.domain.vocabulary import ALL, parse_period

Row = Mapping[str, object]

FILES = ("full", "public")
PLACE = "110000000"


def cell(name: str = "bullying_cases", area: str = PLACE, code: str = "2025-05", **changes: object) -> Row:
    """One cell with the number 10 beside 1000 people; `changes` replaces any of its columns."""
    period = parse_period(code)
    assert period, code
    return {
        **dict.fromkeys(CELLS.names),
        "indicator": name,
        "area": area,
        "grain": str(period.grain),
        "period_start": period.start,
        "period_end": period.end,
        "breakdown": ALL,
        "category": ALL,
        "numerator": 10.0,
        "denominator": 1000.0,
        "status": "value",
        "source": "",
        "definition": "",
        "provisional": False,
        "unstable": False,
        "invented": True,
        **changes,
    }


def empty_cell(status: str = "not_reported", *, area: str = PLACE, code: str = "2025-05") -> Row:
    """One cell without numbers."""
    return cell(area=area, code=code, numerator=None, denominator=None, status=status)


def cell_frame(rows: Iterable[Row]) -> pd.DataFrame:
    return pd.DataFrame([dict(row) for row in rows], columns=list(CELLS.names))


def meta(build: str, base: str, **changes: str) -> dict[str, str]:
    return {
        "build": build,
        "base": base,
        "built": "2026-11-01T10:00:00",
        "data_date": "2026-10-31",
        "format": FORMAT,
        "as_known_on": "",
        "is_invented": "true",
        **changes,
    }


def write_build(cells: Iterable[Row], *, revisions: pd.DataFrame | None = None, base: str | None = None) -> Path:
    """A staged build of these cells, the same in both files, against the live build where no other base is named."""
    current = live()
    name = new_identifier()
    told = meta(name, base if base is not None else current.name if current else "")
    frames = {
        CELLS.name: cell_frame(cells),
        AREAS.name: area_frame(),
        META.name: pd.DataFrame(list(told.items()), columns=["name", "value"]),
        REVISIONS.name: pd.DataFrame(columns=list(REVISIONS.names)) if revisions is None else revisions,
    }
    build = folder("warehouse") / name
    build.mkdir()
    with duckdb.connect(str(build / "full.duckdb")) as connection:
        for table in TABLES:
            connection.execute(table.ddl)
            if table.name in frames:
                connection.register("incoming", frames[table.name][list(table.names)])
                connection.execute(f"INSERT INTO {table.name} SELECT * FROM incoming")
    shutil.copyfile(build / "full.duckdb", build / "public.duckdb")
    note_staged(frames[META.name])
    return build


def copied(build: Path, **changes: str) -> Path:
    """One more staged build with the content of another, against the live one; `changes` are of its meta."""
    current = live()
    copy = build.with_name(new_identifier())
    shutil.copytree(build, copy)
    told = {"build": copy.name, "base": current.name if current else "", **changes}
    for file in FILES:
        with duckdb.connect(str(copy / f"{file}.duckdb")) as connection:
            for name, value in told.items():
                connection.execute("UPDATE meta SET value = ? WHERE name = ?", [value, name])
            frame = connection.execute("FROM meta").df()
    note_staged(frame)
    return copy


DAY = date(2026, 11, 1)
