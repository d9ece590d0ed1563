"""A build written by hand: completeness, faults, revisions and whatever else tells of quality, as published."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from geo.areas import areas
from riskmap.domain.registry import source
from riskmap.domain.tables import FORMAT, TABLES
from riskmap.domain.vocabulary import parse_period

BUILD = "20261201T000000000-abcdef"
RETURN = "district_return"
TURKISTAN, ARYS, KENTAU, SOZAK = "610000000", "611600000", "612000000", "615600000"
AKMOLA, KOKSHETAU = "110000000", "111000000"
Row = dict[str, Any]


def returned(
    area: str, code: str, state: str, *, days: int = 0, corrected: date | None = None, to: str = RETURN
) -> Row:
    """One owed return of a period code; a late one came so many days after it was due, one on time as many before."""
    period = parse_period(code)
    assert period
    due = period.end + timedelta(days=source(to).due_days[period.grain])
    received = {"on_time": due - timedelta(days=days), "late": due + timedelta(days=days)}.get(state)
    return {
        "source": to,
        "area": area,
        **_bounds(code),
        "state": state,
        "due": due,
        "received": received,
        "corrected": corrected,
    }


def cell(indicator: str, area: str, code: str, count: float | None, *, status: str = "value", **more: object) -> Row:
    """One published cell of a total."""
    return {
        "indicator": indicator,
        "area": area,
        **_bounds(code),
        "breakdown": "all",
        "category": "all",
        "numerator": count,
        "denominator": None if count is None else 1000.0,
        "status": status,
        "source": RETURN,
        "definition": "1",
        "units_expected": None,
        "units_reported": None,
        "provisional": False,
        "unstable": False,
        "invented": False,
        **more,
    }


def revised(changed: Row, *, kind: str = "corrected", day: date = date(2026, 12, 1), build: str = BUILD) -> Row:
    """A revision of a published cell by one more."""
    key = ("indicator", "area", "grain", "period_start", "period_end", "breakdown", "category", "invented")
    after = {"status_after": "value", "numerator_after": changed["numerator"], "denominator_after": 1000.0}
    before = {"status_before": "value", "numerator_before": 1.0, "denominator_before": 1000.0}
    return {"build": build, "day": day, "kind": kind, **{name: changed[name] for name in key}, **before, **after}


def fault(area: str, severity: str, number: int, *, found: date, mended: date | None = None, to: str = RETURN) -> Row:
    """Some faults of one severity in the files of a region."""
    return {
        "source": to,
        "area": area,
        "period": "",
        "severity": severity,
        "code": "",
        "found": found,
        "mended": mended,
        "number": number,
    }


def published(number: int, day: date, *, build: str = BUILD, event: str = "published") -> Row:
    """An entry of the list of publications."""
    counts = dict.fromkeys(("corrected", "late", "withdrawn", "people"), 0)
    return {"number": number, "build": build, "event": event, "day": day, "data_date": day, **counts}


def _bounds(code: str) -> Row:
    period = parse_period(code)
    assert period
    return {"grain": str(period.grain), "period_start": period.start, "period_end": period.end}


def _areas() -> list[Row]:
    names = ("name_kk", "name_ru", "name_en")
    return [
        {
            "area": area.id,
            "kind": str(area.kind),
            "parent": area.parent,
            **dict(zip(names, area.names, strict=True)),
            "valid_from": area.valid_from,
            "valid_to": area.valid_to,
            "members": "",
        }
        for area in areas().values()
    ]


def write_build(
    folder: Path,
    tables: Mapping[str, Sequence[Row]],
    *,
    data_date: date = date(2026, 12, 1),
    invented: str = "",
    protection: str = "suppression",
) -> Path:
    """The folder of a live build with these rows in its public file, inside a data folder; all areas are in it."""
    meta = {
        "build": BUILD,
        "built": "2026-12-01T10:00:00",
        "data_date": str(data_date),
        "invented_date": str(data_date) if invented else "",
        "format": FORMAT,
        "base": "",
        "protection": protection,
        "is_invented": str(bool(invented)).lower(),
        "invented_sources": invented,
    }
    rows = {"areas": _areas(), "meta": [{"name": name, "value": value} for name, value in meta.items()], **tables}
    place = folder / "warehouse" / BUILD
    place.mkdir(parents=True)
    with duckdb.connect(str(place / "public.duckdb")) as connection:
        for table in TABLES:
            connection.execute(table.ddl)
            if values := [[row[name] for name in table.names] for row in rows.get(table.name, ())]:
                places = ", ".join(f"({', '.join('?' * len(table.names))})" for _ in values)
                flat = [value for row in values for value in row]
                connection.execute(f"INSERT INTO {table.name} VALUES {places}", flat)
    (folder / "warehouse" / "current").symlink_to(BUILD)
    return place
