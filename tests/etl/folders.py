"""Looks into a data folder: what is live, what was kept, what was left behind."""

from pathlib import Path
from typing import Any

import duckdb

from etl.storage import live
from tests.conftest import ROOT
from tests.etl.published import published_row, write_published

SAMPLE = ROOT / "data" / "samples" / "published" / "figures.csv"
OFFENCES, AKMOLA = "offences_against_minors", "110000000"


def table(folder: Path, value: int = 5, name: str = "new.csv") -> Path:
    """A table of one figure that the sample does not have."""
    return write_published(folder.parent / name, [published_row(OFFENCES, AKMOLA, "2019", value)])


def live_name() -> str:
    build = live()
    return build.name if build else ""


def ask(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((folder / "warehouse/current").resolve() / "full.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def half_written(folder: Path) -> list[str]:
    """Hidden and unfinished things in the folders of the loader."""
    below = (path for name in ("raw", "accepted", "warehouse", "released") for path in folder.glob(f"{name}/*"))
    return [str(path) for path in below if path.name.startswith(".") or path.suffix == ".part"]


def content(folder: Path) -> dict[str, int]:
    """Every file below a folder and when it was changed, the lock and the log of faults aside."""
    files = (path for path in folder.rglob("*") if path.is_file())
    kept = (path for path in files if path.name != ".lock" and path.parent.name != "faults")
    return {str(path): path.stat().st_mtime_ns for path in kept}


def keeps_nothing_sent(folder: Path) -> bool:
    """Whether a data folder holds nothing that was sent: beside lock and format only the log of faults, of codes."""
    kept = (path.relative_to(folder).parts[0] for path in folder.rglob("*") if path.is_file())
    return {".lock", "format.json", "faults"}.issuperset(kept)
