"""The journal of the data folder: one small file per event, never changed afterwards."""

import json
from datetime import datetime
from typing import Any

from etl.storage import folder, new_identifier, now, storage_faults
from riskmap.domain.settings import data_folder


def note(event: str, *, moment: datetime | None = None, **told: object) -> None:
    """Add an event to the journal: what (staged, signed, published, taken_back, ...), when, and what else is told."""
    path = folder("journal") / f"{new_identifier()}.json"
    part = path.with_suffix(".part")
    with storage_faults(path):
        part.write_text(json.dumps({"event": event, "at": (moment or now()).isoformat(), **told}, ensure_ascii=False))
        part.chmod(0o600)
        part.replace(path)


def events() -> list[dict[str, Any]]:
    """Every event, oldest first; none before the first."""
    place = data_folder() / "journal"
    with storage_faults(place):
        paths = sorted(place.glob("*.json")) if place.exists() else []
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths]
