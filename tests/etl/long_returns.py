"""Writes long returns for tests: one figure a row, as systems send them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from riskmap.domain.registry import source

RETURN = source("district_return")
COLUMNS = (*RETURN.columns, *RETURN.optional_columns)
# A district of Astana, what Akmola holds outside its districts, and a figure that schools count.
DISTRICT, REMAINDER, CASES = "711110000", "110000000-R", "violence_cases"


def return_row(**changes: str) -> dict[str, str]:
    """A row without a fault."""
    row = {"area": DISTRICT, "period": "2025-10", "indicator": CASES, "value": "12"}
    units = {"units_expected": "40", "units_reported": "38", "invented": "true"}
    return {**dict.fromkeys(COLUMNS, ""), **row, **units, **changes}


def write_table(path: Path, rows: Iterable[Mapping[str, str]], *, columns: Iterable[str] = COLUMNS) -> Path:
    """The rows as CSV; texts with commas or quotes must bring their own quotes."""
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
