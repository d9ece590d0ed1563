"""Long returns for tests: rows as a system would send them."""

import csv
from collections.abc import Iterable
from pathlib import Path

from etl.cli import main
from riskmap.domain.problems import RULES, Severity

# The numbers of tests are made up: whatever a person would be asked about is meant.
CONFIRMED = ",".join(rule.code for rule in RULES.values() if rule.severity is Severity.ASK)
COLUMNS = ("area", "period", "indicator", "breakdown", "category", "value", "status", "invented")
Row = dict[str, str]


def row(
    indicator: str,
    area: str,
    period: str,
    value: int | None,
    *,
    by: str = "",
    status: str = "",
    invented: bool = True,
) -> Row:
    """One figure; without a value it is one that was not reported."""
    breakdown, _, category = by.partition(":")
    text = "" if value is None else str(value)
    mark = status or ("not_reported" if value is None else "")
    cells = (area, period, indicator, breakdown, category, text, mark, str(invented).lower())
    return dict(zip(COLUMNS, cells, strict=True))


def send(folder: Path, rows: Iterable[Row], *, name: str = "return.csv", publish: bool = True) -> int:
    """Write a return beside a data folder and load it; the exit status of the command."""
    path = folder.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    options = ["--source", "district_return", "--confirm", CONFIRMED]
    return main(["load", str(path), *options, *(["--publish"] if publish else [])])
