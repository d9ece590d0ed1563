"""What a change of a filter costs the server on each page, against an empty page under the same navigation.

`python -m tests.benchmarks.page_times [--json]`; exit status 1 when a page needs more than 6 times the empty one, or
when ten times the raw rows make it more than 1.2 times slower. The clock runs while the server runs the script of a
page, from the change of a filter on; every change asks for a view that nobody has asked for before. Empty page and
page in turn, medians of five.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from etl.build import stage_build
from etl.cli import main as etl
from etl.publish import publish
from riskmap.ui import navigation, shell
from riskmap.ui.navigation import PageEntry

ROOT: Final = Path(__file__).resolve().parents[2]
ROUNDS: Final = 5
MOST: Final = 6.0
MOST_GROWTH: Final = 1.2
TIMES_MORE: Final = 10
# Stands in the place of a page that no filter belongs to, so that the navigation is the same.
EMPTY: Final = PageEntry("methods", "tests/benchmarks/empty_page.py", ":material/menu_book:")
# Page -> the part of the address that is changed, and the values it takes in turn.
REGIONS: Final = ("110000000", "150000000", "190000000", "230000000", "270000000", "310000000")
MONTHS: Final = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02")
PAGES: Final = {
    "risk_map": ("period", MONTHS, {"indicator": "missed_lessons", "level": "district"}),
    "trends": ("area", REGIONS, {"indicator": "missed_lessons", "grain": "month"}),
    "compare": ("area", REGIONS, {"indicator": "missed_lessons"}),
}


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of one page in milliseconds."""

    page: str
    rows: int
    empty_ms: float
    page_ms: float
    ratio: float


class Clock:
    """Takes the time in which the server runs the script of a page."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._run: Callable[..., Any] = LocalScriptRunner.run

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Time every run of a script."""
        clock, run = self, self._run

        def timed(runner: LocalScriptRunner, *given: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            answer = run(runner, *given, **named)
            clock.seconds = time.perf_counter() - begin
            return answer

        setattr(LocalScriptRunner, "run", timed)  # noqa: B010 - a method of the library
        try:
            yield
        finally:
            setattr(LocalScriptRunner, "run", run)  # noqa: B010


def opened(page: str, **address: str) -> AppTest:
    """The dashboard on one page."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=120)
    for name, value in {"lang": "en", **address}.items():
        app.query_params[name] = value
    app.run()
    entry = EMPTY.file if page == EMPTY.id else f"pages/{page}.py"
    return app.switch_page(entry).run()


def same_navigation() -> tuple[PageEntry, ...]:
    """The pages, one of them empty."""
    return tuple(EMPTY if page.id == EMPTY.id else page for page in navigation.PAGES)


def measure(clock: Clock, page: str, rows: int) -> Result:
    """The page and the empty one in turn, after one unmeasured change of each."""
    field, values, address = PAGES[page]
    apps = {"page": opened(page, **address), "empty": opened(EMPTY.id, **address)}
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for value in values[: ROUNDS + 1]:
        for name, app in apps.items():
            app.query_params[field] = value
            app.run()
            if app.exception or app.warning:
                raise RuntimeError([item.value for item in (*app.exception, *app.warning)])
            taken[name].append(clock.seconds * 1000)
    page_ms, empty_ms = (statistics.median(taken[name][1:]) for name in ("page", "empty"))
    return Result(page, rows, empty_ms, page_ms, page_ms / empty_ms)


def record_rows() -> int:
    """How many rows the record holds."""
    path = f"{os.environ['RISKMAP_DATA']}/accepted/*.parquet"
    with duckdb.connect() as connection:
        return int(connection.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchall()[0][0])  # noqa: S608


def grow() -> None:
    """Bring every figure in again, as corrections that change nothing, until the record is ten times as long."""
    folder = Path(os.environ["RISKMAP_DATA"]) / "accepted"
    first = sorted(folder.glob("*.parquet"))
    for copy in range(1, TIMES_MORE):
        for path in first:
            shutil.copyfile(path, folder / f"{path.stem}-{copy}.parquet")


def run(folder: Path) -> tuple[list[Result], list[Result]]:
    """All pages on the sample country, and again when the record behind it is ten times as long."""
    os.environ["RISKMAP_DATA"] = str(folder / "data")
    os.environ["RISKMAP_LANGUAGE"] = "en"
    etl(["demo", "--out", str(folder / "files")])
    vars(shell)["PAGES"] = same_navigation()
    clock = Clock()
    with clock.ticking():
        before = [measure(clock, page, record_rows()) for page in PAGES]
        grow()
        publish(stage_build())
        after = [measure(clock, page, record_rows()) for page in PAGES]
    return before, after


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the ratios hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before, after = run(Path(folder))
    growth = {one.page: later.page_ms / one.page_ms for one, later in zip(before, after, strict=True)}
    if options.json:
        sys.stdout.write(json.dumps({"pages": [asdict(x) for x in (*before, *after)], "growth": growth}) + "\n")
    else:
        sys.stdout.writelines(_line(result, growth[result.page]) + "\n" for result in before)
    fits = all(x.ratio <= MOST for x in before) and all(ratio <= MOST_GROWTH for ratio in growth.values())
    return 0 if fits else 1


def _line(result: Result, growth: float) -> str:
    page = f"{result.page} ({result.rows} rows received): {result.page_ms:.0f} ms"
    ratio = f"empty page {result.empty_ms:.0f} ms; ratio {result.ratio:.1f} (at most {MOST:g})"
    return f"{page}, {ratio}; {TIMES_MORE} times the rows: {growth:.2f} (at most {MOST_GROWTH:g})"


if __name__ == "__main__":
    sys.exit(main())
