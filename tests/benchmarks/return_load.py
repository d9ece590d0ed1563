"""How fast and in how much memory a long return is read and checked: our loader beside the database alone.

`python -m tests.benchmarks.return_load [--json] [--rows N]`; exit status 1 where a stated ratio is missed. The file
holds valid figures of districts, the same ones at every run, as text and as Parquet. Plain (the database reads the
file into typed columns, unchecked) and ours are measured in one process, in turn, five rounds after an unmeasured one.
Typing, resolving and structural checks are what `check_files` does before figures are compared with each other;
everything is all checks, the record written and the cells made. Peak memory is that of a process of its own, at a
tenth of the rows and at all of them.
"""

import argparse
import csv
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch
from zlib import crc32

import duckdb

from etl import intake
from etl.accepted import accept
from etl.cells import build_cells
from etl.scratch import COUNTING, scratch_database
from etl.staging import Checked
from etl.storage import folder
from etl.tidy.return_keys import area_on, feeds_of, scope_of, why_unfit
from geo.areas import areas
from riskmap.domain import registry
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Source, catalogue, indicator, indicators
from riskmap.domain.settings import DATA, MAX_FILE_MB
from riskmap.domain.vocabulary import ALL, Family, Kind, Period, month_period

ROWS: Final = 10_000_000
ROUNDS: Final = 5
MOST_STRUCTURAL: Final = 3.0
MOST_EVERYTHING: Final = 10.0
MOST_MEMORY_MB: Final = 2048
MOST_GROWTH: Final = 2.0  # of peak memory while the rows grow tenfold
FIRST_DAY: Final = re.compile(r'(definitions = \[\s*\{ id = "[^"]*", since = )\d{4}-\d\d-\d\d')
TOTAL: Final = 420
TYPES: Final = {
    **dict.fromkeys(("area", "period", "indicator", "breakdown", "category"), "VARCHAR"),
    "value": "BIGINT",
    "status": "VARCHAR",
    "units_expected": "INTEGER",
    "units_reported": "INTEGER",
    "invented": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Result:
    """Medians in seconds, how many times longer than the plain read ours takes, and peak memory in MB."""

    rows: int
    csv_plain_s: float
    csv_structural_s: float
    csv_everything_s: float
    parquet_plain_s: float
    parquet_structural_s: float
    csv_structural: float
    csv_everything: float
    parquet_structural: float
    rows_per_second: float
    memory_tenth_mb: float
    memory_mb: float

    @property
    def missed(self) -> list[str]:
        """The stated limits that do not hold."""
        held = {
            "structural, CSV": max(self.csv_structural, self.parquet_structural) <= MOST_STRUCTURAL,
            "everything": self.csv_everything <= MOST_EVERYTHING,
            "memory": self.memory_mb <= MOST_MEMORY_MB,
            "growth of memory": self.memory_mb <= MOST_GROWTH * self.memory_tenth_mb,
        }
        return [name for name, holds in held.items() if not holds]


def returns() -> Source:
    """The source whose returns come as a table."""
    return next(source for source in catalogue().sources.values() if "return_table" in source.layouts.values())


def write(path: Path, rows: int) -> int:
    """A file of figures that agree with each other, the latest month first; returns how many there are."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(TYPES)
        written = 0
        for key in islice(keys(returns()), rows):
            writer.writerow((*key, value(key), "", "", "", "true"))
            written += 1
    return written


def value(key: tuple[str, str, str, str, str]) -> int:
    """People in plenty; a total that all numbers of parts divide, and an equal share of it for each part.

    What is counted on a day differs by area only; what happens differs by month too, as many placed as removed.
    """
    area, period, name, breakdown, _ = key
    item = indicator(name)
    if item.family is Family.POPULATION:
        return 1_000_000 + crc32(f"{area} {name}".encode()) % 1000
    drawn = _REGISTERS.get(name, name) + (period if item.kind is Kind.FLOW else "")
    total = TOTAL * (1 + crc32(f"{area} {drawn}".encode()) % 8)
    return total // len(item.breakdowns[breakdown]) if breakdown else total


_REGISTERS: Final = {part: item.id for item in indicators() for part in item.balance}


def allow_early_figures(folder: Path) -> None:
    """Let every definition begin long ago: since the real ones began there are not ten million figures."""
    shutil.copytree(registry.CATALOGUE, folder)
    for path in (folder / "indicators").iterdir():
        path.write_text(FIRST_DAY.sub(r"\g<1>1950-01-01", path.read_text(encoding="utf-8")), encoding="utf-8")
    registry.CATALOGUE = folder  # type: ignore[misc]
    registry.catalogue.cache_clear()


def keys(source: Source) -> Iterator[tuple[str, str, str, str, str]]:
    """Area, period, indicator, breakdown and category of every figure that districts may send."""
    feeds = {key[:3]: feed for key, feed in feeds_of(source).items() if not feed.is_absent}
    for month in months():
        for code, area in areas().items():
            if area.kind is not AreaKind.DISTRICT or area_on(code, month.end) != area:
                continue
            scope = scope_of(str(area.kind), month)
            for key, feed in feeds.items():
                if why_unfit(scope, feed) is None:
                    indicator, *part = ("" if text == ALL else text for text in key)
                    yield code, month.code, indicator, *part  # type: ignore[misc]


def months() -> Iterator[Period]:
    """Every month that is over, the latest first."""
    today = date.today()
    for number in range(today.year * 12 + today.month - 2, 0, -1):
        yield month_period(number // 12, number % 12 + 1)


def plain(path: Path) -> None:
    """What the database alone needs to read the file into a table of these types, nothing checked."""
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in TYPES.items())
            connection.execute(f"CREATE TABLE read AS SELECT {typed} FROM read_parquet(?)", [str(path)])
        else:
            connection.execute(f"CREATE TABLE read AS SELECT * FROM read_csv(?, columns = {TYPES})", [str(path)])


def structural(path: Path) -> None:
    """Recognise, read, look for personal data, resolve and stage; nothing is compared."""
    with patch.object(intake, "data_faults", lambda *_, **__: []):
        _refuse_stops(intake.check_files([path], intake.Call()))


def everything(path: Path) -> None:
    """All checks, the record written, and the cells made of it."""
    checked = intake.check_files([path], intake.Call(past=False))
    accept(checked, received_by="benchmark")
    del checked
    with scratch_database(COUNTING) as connection:
        build_cells(connection)
    for record in folder("accepted").iterdir():
        record.unlink()


def _refuse_stops(checked: Checked) -> None:
    if checked.stopped:
        raise RuntimeError(checked.problems[0])


def medians(works: tuple[Callable[[Path], None], ...], path: Path) -> list[float]:
    """Seconds that each piece of work takes, in turn and in the other direction."""
    taken: dict[Callable[[Path], None], list[float]] = {work: [] for work in works}
    for number in range(ROUNDS + 1):
        for work in works if number % 2 else works[::-1]:
            before = time.perf_counter()
            work(path)
            if number:
                taken[work].append(time.perf_counter() - before)
    return [statistics.median(taken[work]) for work in works]


def memory(path: Path) -> float:
    """Peak memory in MB of a process that does everything with a file."""
    command = [sys.executable, "-m", "tests.benchmarks.return_load", "--peak", str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run(rows: int) -> Result:
    """Measure with files and a data folder that are gone afterwards."""
    with TemporaryDirectory() as place:
        path, tenth = Path(place) / "return.csv", Path(place) / "tenth.csv"
        os.environ.update({DATA.variable: str(Path(place) / "data"), MAX_FILE_MB.variable: "10000"})
        written = write(path, rows)
        write(tenth, rows // 10)
        stored = path.with_suffix(".parquet")
        with duckdb.connect() as connection:
            texts = f"SELECT * FROM read_csv('{path}', all_varchar = true)"
            connection.execute(f"COPY ({texts}) TO '{stored}' (FORMAT parquet)")
        memory_tenth, memory_all = memory(tenth), memory(path)
        plain_s, structural_s, everything_s = medians((plain, structural, everything), path)
        parquet_plain_s, parquet_s = medians((plain, structural), stored)
    return Result(
        *(written, plain_s, structural_s, everything_s, parquet_plain_s, parquet_s),
        csv_structural=structural_s / plain_s,
        csv_everything=everything_s / plain_s,
        parquet_structural=parquet_s / parquet_plain_s,
        rows_per_second=written / structural_s,
        memory_tenth_mb=memory_tenth,
        memory_mb=memory_all,
    )


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N", help="rows of the file")
    parser.add_argument("--peak", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        allow_early_figures(Path(folder) / "catalogue")
        if options.peak:
            everything(options.peak)
            sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}\n")
            return 0
        result = run(options.rows)
    sys.stdout.write((json.dumps(asdict(result)) if options.json else "\n".join(_lines(result))) + "\n")
    return 1 if result.missed else 0


def _lines(result: Result) -> Iterator[str]:
    for form, plain_s, structural_s, ratio in (
        ("CSV", result.csv_plain_s, result.csv_structural_s, result.csv_structural),
        ("Parquet", result.parquet_plain_s, result.parquet_structural_s, result.parquet_structural),
    ):
        limit = f"ratio {ratio:.2f} (at most {MOST_STRUCTURAL:g})"
        yield f"{result.rows:,} rows, {form}: plain {plain_s:.2f} s; resolved and staged {structural_s:.2f} s; {limit}"
    yield f"{result.rows_per_second:,.0f} rows a second"
    limit = f"ratio {result.csv_everything:.2f} (at most {MOST_EVERYTHING:g})"
    yield f"all checks, record and cells {result.csv_everything_s:.2f} s; {limit}"
    growth = f"{result.memory_tenth_mb:.0f} MB at a tenth of the rows"
    yield f"peak memory {result.memory_mb:.0f} MB (at most {MOST_MEMORY_MB}), {growth} (growth at most {MOST_GROWTH:g})"
    yield f"missed: {', '.join(result.missed) or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
