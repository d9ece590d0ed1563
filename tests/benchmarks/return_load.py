"""How fast a long return is read, checked and staged: our loader against the database reading the same file unchecked.

`python -m tests.benchmarks.return_load [--json] [--rows N]`; exit status 1 when ours needs more than 4 times as long.
The file holds valid figures of districts, the same ones at every run. Both are measured in one process, in turn, five
rounds after an unmeasured one; that a load writes its record too is measured once a round and only told.
"""

import argparse
import csv
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb

from etl.accepted import accept
from etl.intake import Call, check_files
from etl.tidy.return_keys import area_on, feeds_of, scope_of, why_unfit
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Source, catalogue
from riskmap.domain.settings import DATA, MAX_FILE_MB
from riskmap.domain.vocabulary import ALL, Period, month_period

ROWS: Final = 1_000_000
ROUNDS: Final = 5
MOST: Final = 4.0
SEED: Final = 20_251_001
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
    """Medians in seconds, and how many times longer than the plain read ours takes."""

    rows: int
    megabytes: float
    plain_s: float
    ours_s: float
    accepted_s: float
    rows_per_second: float
    ratio: float
    ratio_accepted: float


def returns() -> Source:
    """The source whose returns come as a table."""
    return next(source for source in catalogue().sources.values() if "return_table" in source.layouts.values())


def write(path: Path, rows: int) -> int:
    """A file of valid figures, the latest month first; returns how many there are."""
    drawn = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(TYPES)
        written = 0
        for key in islice(keys(returns()), rows):
            writer.writerow((*key, drawn.randrange(5_000), "", 40, drawn.randint(1, 40), "true"))
            written += 1
    return written


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
        connection.execute(f"CREATE TABLE read AS SELECT * FROM read_csv(?, columns = {TYPES})", [str(path)])


def ours(path: Path) -> None:
    """Recognise, read, look for personal data, check and stage."""
    checked = check_files([path], Call())
    if checked.problems:
        raise RuntimeError(checked.problems[0])


def ours_accepted(path: Path) -> None:
    """The same, and the record written."""
    accept(check_files([path], Call()), received_by="benchmark")


def seconds(work: Callable[[Path], None], path: Path) -> float:
    """How long a piece of work on the file takes."""
    before = time.perf_counter()
    work(path)
    return time.perf_counter() - before


def run(rows: int) -> Result:
    """Measure with a file and a data folder that are gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "return.csv"
        os.environ.update({DATA.variable: str(Path(folder) / "data"), MAX_FILE_MB.variable: "10000"})
        written = write(path, rows)
        works = (plain, ours, ours_accepted)
        taken: dict[Callable[[Path], None], list[float]] = {work: [] for work in works}
        for measured in [False, *[True] * ROUNDS]:
            for work in works:
                took = seconds(work, path)
                if measured:
                    taken[work].append(took)
        plain_s, ours_s, accepted_s = (statistics.median(taken[work]) for work in works)
        size = path.stat().st_size / 1_000_000
    return Result(
        *(written, size, plain_s, ours_s, accepted_s),
        rows_per_second=written / ours_s,
        ratio=ours_s / plain_s,
        ratio_accepted=accepted_s / plain_s,
    )


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the ratio holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N", help="rows of the file")
    options = parser.parse_args()
    result = run(options.rows)
    sys.stdout.write((json.dumps(asdict(result)) if options.json else _lines(result)) + "\n")
    return 1 if result.ratio > MOST else 0


def _lines(result: Result) -> str:
    size = f"{result.rows:,} rows, {result.megabytes:.1f} MB"
    plainly = f"plain read {result.plain_s:.2f} s"
    checked = f"checked and staged {result.ours_s:.2f} s, {result.rows_per_second:,.0f} rows a second"
    kept = f"with the record written {result.accepted_s:.2f} s, ratio {result.ratio_accepted:.2f}"
    return f"{size}: {plainly}; {checked}; ratio {result.ratio:.2f} (at most {MOST:g}); {kept}"


if __name__ == "__main__":
    sys.exit(main())
