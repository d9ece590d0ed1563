"""How build and publication grow from one year of returns to ten, reopening after a publication, and a long history.

`python -m tests.benchmarks.record_growth [--json]`; exit status 1 when ten years take more than 12 times as long as
one, when the first page of 20 open sessions after a publication takes more than 2 times a page on the data version that
they had, or when the history of one cell among a million revisions takes more than 2 times the plain query for its
rows. The returns are written as the loader keeps them, one load a month. All in turn in one process, medians of five.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.build import stage_build
from etl.cli import main as etl
from etl.history import CellName, revisions_of
from etl.publish import publish
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Source, catalogue, figure_key, indicator
from riskmap.domain.tables import ACCEPTED
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Period, month_period, months_between
from tests.benchmarks.page_times import Clock, opened

ROUNDS: Final = 5
YEARS: Final = 10
LAST_YEAR: Final = 2025
MOST_GROWTH: Final = 12.0
SESSIONS: Final = 20
MOST_REOPENING: Final = 2.0
REVISIONS: Final = 1_000_000
MONTH: Final = month_period(LAST_YEAR, 10)
MOST_HISTORY: Final = 2.0
# Two filters in turn, so that no page is answered from memory.
INDICATORS: Final = ("missed_lessons", "chronic_absence")


@dataclass(frozen=True, slots=True)
class Result:
    """Two medians in seconds and how many times the first the second is."""

    name: str
    plain_s: float
    ours_s: float
    ratio: float
    most: float


def in_turn(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Medians of five of both, forwards and backwards in turn."""
    taken: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(ROUNDS):
        for place, work in list(enumerate((first, second)))[:: -1 if turn % 2 else 1]:
            begin = time.perf_counter()
            work()
            taken[place].append(time.perf_counter() - begin)
    return statistics.median(taken[0]), statistics.median(taken[1])


def result(name: str, plain: float, ours: float, *, most: float) -> Result:
    """The two times and their ratio."""
    return Result(name, plain, ours, ours / plain, most)


def write_returns(folder: Path, years: Sequence[int]) -> int:
    """The monthly returns of every district for some years, one load a month; the number of figures."""
    months = [month for year in years for month in months_between(date(year, 1, 1), date(year, 12, 31))]
    with writer(folder) as write:
        return sum(write(month, number) for number, month in enumerate(months))


def write_revisions(folder: Path) -> int:
    """One month of returns sent again and again, every time with other numbers, until there are a million figures."""
    written = number = 0
    with writer(folder) as write:
        while written < REVISIONS:
            written += write(MONTH, number)
            number += 1
    return written


@contextmanager
def writer(folder: Path) -> Iterator[Callable[[Period, int], int]]:
    """A function that writes the returns of a month as the load of a number and answers how many figures it has."""
    form = next(source for source in catalogue().sources.values() if source.return_sheets)
    place = folder / "accepted"
    place.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.register("figures", _figures(form))
        connection.register("districts", pd.DataFrame({"area": _districts()}))

        def write(month: Period, number: int) -> int:
            taught = "" if month.start.month in SCHOOL_MONTHS else "WHERE NOT is_school"
            rows = connection.sql(f"SELECT {_columns(form, month, number)} FROM districts CROSS JOIN figures {taught}")
            rows.write_parquet(str(place / f"{_load(number)}.parquet"))
            return len(rows)

        yield write


def _load(number: int) -> str:
    return f"20260101T{number:09}-000000"


def _districts() -> list[str]:
    return [area.id for area in areas().values() if area.kind is AreaKind.DISTRICT and area.valid_from is None]


def _figures(form: Source) -> pd.DataFrame:
    """Every figure of the form with the number that stands in it: parts are smaller than their totals."""
    keys = [figure_key(figure) for sheet in form.return_sheets for figure in sheet.figures]
    rows = [(*key, indicator(key[0]).school_months, 60 if key[1] == ALL else 7) for key in keys]
    return pd.DataFrame(rows, columns=["indicator", "breakdown", "category", "is_school", "size"])


def _columns(form: Source, month: Period, number: int) -> str:
    """What the record says of each figure, in SQL."""
    told = {
        **{name: name for name in ("area", "indicator", "breakdown", "category")},
        "load": f"'{_load(number)}'",
        "received": f"TIMESTAMP '{month.end}' + INTERVAL {number} MINUTE",
        "source": f"'{form.id}'",
        "line": "row_number() OVER (ORDER BY area, indicator, breakdown, category)::INTEGER",
        "grain": "'month'",
        "period_start": f"DATE '{month.start}'",
        "period_end": f"DATE '{month.end}'",
        "numerator": f"(size * (1 + hash(area, indicator, category, {number}) % 20))::DOUBLE",
        "status": "'value'",
        "provisional": "false",
        "invented": "true",
        "publication_date": "NULL::DATE",
        "units_expected": "NULL::INTEGER",
        "units_reported": "NULL::INTEGER",
        "replaces": f"'{_load(number - 1) if number else ''}'",
    }
    return ", ".join(f"{told.get(name, repr(''))} AS {name}" for name in ACCEPTED.names)


def growth(place: Path) -> Result:
    """Build and publication of one year of returns, and of ten."""
    folders = {years: place / f"years-{years}" for years in (1, YEARS)}
    for years, folder in folders.items():
        figures = write_returns(folder, range(LAST_YEAR - years + 1, LAST_YEAR + 1))
        sys.stderr.write(f"{years} years: {figures} figures\n")

    def build(years: int) -> None:
        os.environ["RISKMAP_DATA"] = str(folders[years])
        publish(stage_build())

    once, often = in_turn(lambda: build(1), lambda: build(YEARS))
    return result(f"build and publication, 1 and {YEARS} years", once, often, most=MOST_GROWTH)


def reopening(place: Path) -> Result:
    """A page of each of 20 open sessions on the data version they had, and right after a publication."""
    folder = place / "sessions"
    os.environ["RISKMAP_DATA"] = str(folder)
    etl(["demo", "--small", "--out", str(place / "files")])
    clock = Clock()
    with clock.ticking():
        apps = [opened("risk_map", indicator=INDICATORS[0], level="district") for _ in range(SESSIONS)]

        def pages(name: str) -> float:
            taken = 0.0
            for app in apps:
                app.query_params["indicator"] = name
                app.run()
                taken += clock.seconds
            return taken

        kept: list[float] = []
        after: list[float] = []
        for turn in range(ROUNDS):
            first, second = INDICATORS[:: 1 if turn % 2 else -1]
            publish(stage_build())
            after.append(pages(first))
            kept.append(pages(second))
    return result(
        f"{SESSIONS} open sessions after a publication", *map(statistics.median, (kept, after)), most=MOST_REOPENING
    )


def long_history(place: Path) -> Result:
    """The history of one cell among a million revisions, beside the plain query for its rows."""
    folder = place / "history"
    sys.stderr.write(f"history: {write_revisions(folder)} figures\n")
    os.environ["RISKMAP_DATA"] = str(folder)
    name, area = "violence_cases", _districts()[7]
    plain = (
        f"SELECT * FROM read_parquet('{folder}/accepted/*.parquet') WHERE indicator = '{name}' AND area = '{area}' "
        f"AND period_start = '{MONTH.start}' AND period_end = '{MONTH.end}' AND breakdown = '{ALL}'"
    )

    def query() -> None:
        with duckdb.connect() as connection:
            connection.execute(plain).fetchall()

    def history() -> None:
        revisions_of(CellName(indicator=name, area=area, period=MONTH))

    query()
    history()
    return result("history among a million revisions", *in_turn(query, history), most=MOST_HISTORY)


def run(place: Path) -> list[Result]:
    """All three, each in a data folder of its own."""
    os.environ["RISKMAP_LANGUAGE"] = "en"
    measured: Mapping[str, Callable[[Path], Result]] = {
        "growth": growth,
        "reopening": reopening,
        "history": long_history,
    }
    return [work(place) for work in measured.values()]


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the ratios hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = run(Path(folder))
    if options.json:
        sys.stdout.write(json.dumps([asdict(x) for x in results]) + "\n")
    else:
        lines = (f"{x.name}: {x.plain_s:.3f} s, {x.ours_s:.3f} s; {x.ratio:.2f} (at most {x.most:g})" for x in results)
        sys.stdout.writelines(line + "\n" for line in lines)
    return 0 if all(x.ratio <= x.most for x in results) else 1


if __name__ == "__main__":
    sys.exit(main())
