"""Writes small tables of published figures for tests."""

import csv
from collections.abc import Iterable
from pathlib import Path

from geo.areas import areas
from riskmap.domain.registry import indicator, source


def published_row(indicator_id: str, area: str, period: str, value: int, **changes: str) -> dict[str, str]:
    """One row as the layout wants it."""
    row = {
        "area": area,
        "area_name": areas()[area].name("ru"),
        "indicator": indicator_id,
        "breakdown": "all",
        "category": "all",
        "period": period,
        "value": str(value),
        "unit": indicator(indicator_id).unit,
        "precision": "exact",
        "publication": "A publication",
        "publication_date": "2024-01-31",
        "publication_url": "https://example.org/figures",
        "note": "",
    }
    return {**row, **changes}


def write_published(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """The rows as CSV with the declared columns."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, source("published").columns)
        writer.writeheader()
        writer.writerows(rows)
    return path
