"""How fast the workbooks of many regions and months are checked in one call.

`python -m tests.benchmarks.many_workbooks [--json] [--files N]`. The workbooks are returns of every region in our own
form, filled with figures that agree; those of further months are copies in which only the month is another. Measured is
`check_files` over all of them, once after an unmeasured workbook; there is no limit, only figures a second.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from etl.intake import Call, check_files
from etl.return_workbook import write_return
from etl.tidy.return_layout import is_collected, return_areas
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.problems import Severity
from riskmap.domain.registry import Source, catalogue, figure_key, indicator
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Family, Period, month_period, months_between

FILES: Final = 300
FIRST: Final = month_period(2024, 9)
TOTAL: Final = 420  # all numbers of parts divide it
PEOPLE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Result:
    """What was read, and how long it took."""

    files: int
    figures: int
    seconds: float
    files_per_second: float
    figures_per_second: float


def write_workbooks(folder: Path, number: int) -> list[Path]:
    """That many workbooks: every region for September 2024, then copies of them for the months that follow."""
    form = next(source for source in catalogue().sources.values() if source.return_sheets)
    regions = [area.id for area in areas().values() if area.kind is AreaKind.REGION and area.exists(FIRST.end)]
    first = {region: _write(folder / f"{region} {FIRST.code}.xlsx", region, form) for region in regions}
    return list(islice(_copies(first), number))


def _write(path: Path, region: str, form: Source) -> Path:
    rows = return_areas(region, FIRST.end)
    keys = [key for sheet in form.return_sheets for key in sheet.figures if is_collected(key, FIRST)]
    figures = {(area.id, key): _number(key) for area in rows for key in keys}
    units = {area.id: (PEOPLE, PEOPLE) for area in rows}
    write_return(
        path, source=form, region=region, period=FIRST, language="ru", figures=figures, units=units, invented=True
    )
    return path


def _number(key: str) -> int:
    name, breakdown, _ = figure_key(key)
    item = indicator(name)
    if item.family is Family.POPULATION:
        return PEOPLE
    return TOTAL if breakdown == ALL else TOTAL // len(item.breakdowns[breakdown])


def _copies(first: dict[str, Path]) -> Iterator[Path]:
    yield from first.values()
    for month in months_between(FIRST.end, FIRST.end.replace(year=FIRST.end.year + 2))[1:]:
        if month.start.month not in SCHOOL_MONTHS:
            continue
        for region, path in first.items():
            yield _copy(path, path.with_name(f"{region} {month.code}.xlsx"), month)


def _copy(path: Path, target: Path, month: Period) -> Path:
    """The same workbook with the text of the month changed inside."""
    with ZipFile(path) as source, ZipFile(target, "w", ZIP_DEFLATED) as copy:
        for part in source.infolist():
            copy.writestr(part, source.read(part).replace(f">{FIRST.code}<".encode(), f">{month.code}<".encode()))
    return target


def run(number: int) -> Result:
    """Measure with workbooks that are gone afterwards."""
    with TemporaryDirectory() as folder:
        paths = write_workbooks(Path(folder), number)
        check_files(paths[:1], Call(past=False))
        before = time.perf_counter()
        checked = check_files(paths, Call(past=False))
        seconds = time.perf_counter() - before
    if len(checked.files) != number:
        raise RuntimeError([problem for problem in checked.problems if problem.severity is Severity.STOP][:1])
    return Result(number, checked.figures, seconds, number / seconds, checked.figures / seconds)


def main() -> int:
    """Measure and write what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--files", type=int, default=FILES, metavar="N", help="how many workbooks")
    options = parser.parse_args()
    result = run(options.files)
    line = (
        f"{result.files} workbooks, {result.figures:,} figures: {result.seconds:.1f} s, "
        f"{result.files_per_second:.1f} files and {result.figures_per_second:,.0f} figures a second"
    )
    sys.stdout.write((json.dumps(asdict(result)) if options.json else line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
