"""What is live, what waits and who signed it, what was published lately, and what was received."""

from pathlib import Path
from typing import Any, Final

import duckdb

from etl.accepted import record
from etl.journal import Event, publications
from etl.publish import staged
from etl.sign_off import is_required, signature
from etl.storage import live, packaged_for, storage_faults
from riskmap.domain.errors import BuildUnreadable
from riskmap.domain.settings import data_folder
from riskmap.words import t

_STEP: Final = "  "
_LATEST: Final = 5  # publications that are told

Document = dict[str, Any]


def status_document() -> Document:
    """What is live and what waits, the last publications, newest first, and per source what was received.

    `signed` is who signed the build that waits, and when: None where nobody has.
    """
    current = live()
    waiting = None if packaged_for() else staged()
    signed = signature(waiting.name) if waiting else None
    with storage_faults(data_folder() / "accepted"), duckdb.connect() as connection:
        rows = connection.execute(f"""
            SELECT source, count(DISTINCT load) AS loads, count(*) AS figures, max(received) AS last
            FROM {record()} GROUP BY source ORDER BY source
        """).fetchall()
    received = [dict(zip(("source", "loads", "figures", "last"), row, strict=True)) for row in rows]
    return {
        "live": _meta(current),
        "staged": _meta(waiting),
        "signed": {"by": signed["by"], "at": signed["at"]} if signed else None,
        "is_signature_needed": is_required(),
        "publications": [_publication(event) for event in publications()[: -_LATEST - 1 : -1]],
        "received": received,
    }


def _publication(event: Event) -> Document:
    return {name: event[name] for name in ("event", "build", "live", "at", "by")}


def _meta(build: Path | None) -> dict[str, str] | None:
    if build is None:
        return None
    try:
        with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
            return dict(connection.execute("SELECT name, value FROM meta ORDER BY name").fetchall())
    except duckdb.Error as fault:
        raise BuildUnreadable(path=str(build)) from fault


def status_lines(document: Document, language: str) -> list[str]:
    """The same for people."""
    lines = []
    for name in ("live", "staged"):
        if build := document[name]:
            lines.append(t(f"status.{name}_build", language, build=build["build"], data_date=build["data_date"]))
        else:
            lines.append(t(f"status.no_{name}_build", language))
    return [
        *lines,
        *_signature_lines(document, language),
        *_publication_lines(document["publications"], language),
        *(t("status.received", language, **row) for row in document["received"]),
    ]


def _signature_lines(document: Document, language: str) -> list[str]:
    """Who has signed what waits; that nobody has only where somebody must."""
    if signed := document["signed"]:
        return [_STEP + t("status.signed_build", language, name=signed["by"], at=signed["at"])]
    is_missing = document["staged"] and document["is_signature_needed"]
    return [_STEP + t("status.unsigned_build", language)] if is_missing else []


def _publication_lines(told: list[Document], language: str) -> list[str]:
    lines = [_STEP + t(f"status.event.{event['event']}", language, name=event["by"], **event) for event in told]
    return [t("status.publications", language), *lines] if lines else []
