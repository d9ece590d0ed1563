"""The tables of areas as rows of text: those that are shipped, and the operator's own rows behind them."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Final

from riskmap.domain.vocabulary import LANGUAGES, month_end

REFERENCE: Final = Path(__file__).parent / "reference"
COLUMNS: Final = {
    "regions": "kato unit name_kk name_ru name_en short_kk short_ru short_en valid_from before",
    "districts": "kato region unit name_kk name_ru name_en short_kk short_ru short_en area_km2 label_lon label_lat "
    "valid_from",
    "changes": "date kind old_kato new_kato old_name new_name note source",
    "aliases": "kato name lang kind since until note",
}
FOUNDING_KINDS: Final = ("split", "create")

_DATE: Final = re.compile(r"\d{4}(?:-\d\d){0,2}")


class Row(dict[str, str]):
    """One row of a table, with the place that a fault names: `changes.csv row 3`, `areas/changes.csv row 3`."""

    def __init__(self, values: Mapping[str, str], *, where: str, is_own: bool) -> None:
        super().__init__(values)
        self.where = where
        self.is_own = is_own


Tables = dict[str, list[Row]]


def first_day(text: str) -> date | None:
    """The day, or the first day of the month or year where no more is known; empty text is no date."""
    if not text:
        return None
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def day_of(row: Row) -> date:
    """The first day on which a change can have been; its date was checked."""
    year, month, day = (*map(int, row["date"].split("-")), 1, 1)[:3]
    return date(year, month, day)


def latest_day_of(row: Row) -> date:
    """The last day on which a change can have been: the end of the month or year where no more is known."""
    known = [int(part) for part in row["date"].split("-")]
    return day_of(row) if len(known) == 3 else month_end(known[0], known[1] if len(known) > 1 else 12)


def read_tables(folder: Path, own: Path | None) -> tuple[Tables, list[str]]:
    """The rows of the four tables, and the faults of their form; of the operator's folder each file may be missing."""
    tables: Tables = {name: [] for name in COLUMNS}
    faults: list[str] = []
    for name in COLUMNS:
        faults += _read(folder / f"{name}.csv", tables[name], is_own=False)
        if own and (path := own / f"{name}.csv").is_file():
            faults += _read(path, tables[name], is_own=True)
    return tables, faults


def _read(path: Path, rows: list[Row], *, is_own: bool) -> Iterator[str]:
    """Add the rows of a file, as a spreadsheet program saves it too: with a byte order mark, with semicolons."""
    name = f"{path.parent.name}/{path.name}" if is_own else path.name
    expected = COLUMNS[path.stem].split()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        yield f"{name}: is not in UTF-8"
        return
    header = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=";" if ";" in header and "," not in header else ",")
    if reader.fieldnames != expected:
        yield f"{name}: columns are {reader.fieldnames}, expected {expected}"
        return
    for values in reader:
        where = f"{name} row {reader.line_num}"
        if None in values or None in values.values():
            yield f"{where}: has more or fewer values than columns"
        elif any(values.values()):
            rows.append(Row(values, where=where, is_own=is_own))


def with_changes(tables: Tables) -> tuple[Tables, list[str]]:
    """The tables after what the operator's changes say of shipped units: other names, other codes, days of founding.

    A unit that was renamed or got another code stands in the operator's table too; what is left empty there stays as it
    was. Its old names go on as names of before. Rows that no change explains are left for the checks to refuse.
    """
    tables = {name: list(rows) for name, rows in tables.items()}
    faults: list[str] = []
    for change in (row for row in tables["changes"] if row.is_own and row["kind"] in ("rename", "code")):
        faults += _replace(tables, change)
    founded = {row["new_kato"]: row["date"] for row in tables["changes"] if row["kind"] in FOUNDING_KINDS}
    for row in chain(tables["regions"], tables["districts"]):
        if row.is_own and not row["valid_from"]:
            row["valid_from"] = founded.get(row["kato"], "")
    return tables, faults


def _replace(tables: Tables, change: Row) -> Iterator[str]:
    old_code, new_code = change["old_kato"], change["new_kato"]
    for name in ("regions", "districts"):
        old = next((row for row in tables[name] if row["kato"] == old_code and not row.is_own), None)
        if old is None:
            continue
        new = next((row for row in tables[name] if row["kato"] == new_code and row.is_own), None)
        if new is None:
            yield f"{change.where}: {new_code} needs its row with names in the operator's {name}.csv"
            return
        tables[name].remove(old)
        new |= {column: value for column, value in old.items() if not new[column]}
        if change["kind"] == "rename":
            tables["aliases"] += _old_names(old, change)


def _old_names(old: Row, change: Row) -> Iterator[Row]:
    for lang in LANGUAGES:
        values = {
            "kato": old["kato"],
            "name": old[f"short_{lang}"],
            "lang": lang,
            "kind": "old_name",
            "since": "",
            "until": change["date"],
            "note": "",
        }
        yield Row(values, where=change.where, is_own=True)
