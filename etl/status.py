"""What is live, what waits, and what was received."""

from pathlib import Path

import duckdb

from etl.accepted import record
from etl.publish import staged
from etl.storage import live, storage_faults
from riskmap.domain.errors import BuildUnreadable
from riskmap.domain.settings import data_folder
from riskmap.words import t


def status_document() -> dict[str, object]:
    """Live build, staged build, and per source the number of figures and the last load; empty before the first load."""
    current, waiting = live(), staged()
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        rows = connection.execute(f"""
            SELECT source, count(DISTINCT load) AS loads, count(*) AS figures, max(received) AS last
            FROM {record()} GROUP BY source ORDER BY source
        """).fetchall()
    received = [dict(zip(("source", "loads", "figures", "last"), row, strict=True)) for row in rows]
    return {"live": _meta(current), "staged": _meta(waiting), "received": received}


def _meta(build: Path | None) -> dict[str, str] | None:
    if build is None:
        return None
    try:
        with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
            return dict(connection.execute("SELECT name, value FROM meta ORDER BY name").fetchall())
    except duckdb.Error as fault:
        raise BuildUnreadable(path=str(build)) from fault


def status_lines(document: dict[str, object], language: str) -> list[str]:
    """The same for people."""
    lines = []
    for name in ("live", "staged"):
        build = document[name]
        if isinstance(build, dict):
            lines.append(t(f"status.{name}_build", language, build=build["build"], data_date=build["data_date"]))
        else:
            lines.append(t(f"status.no_{name}_build", language))
    received = document["received"]
    if isinstance(received, list):
        lines += [t("status.received", language, **row) for row in received]
    return lines
