"""What is known of the shipped outlines: origin, licence, vintage, measured agreement with the layer."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def outline_record() -> dict[str, Any]:
    """The record that was written together with the outlines."""
    path = Path(__file__).parent / "outlines" / "outlines.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record
