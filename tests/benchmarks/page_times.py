"""What a change of a filter costs the server on each page, against an empty page under the same navigation.

`python -m tests.benchmarks.page_times [--json]`; exit status 1 when a page needs more than 6 times the empty one, or
when ten times the raw rows make it more than 1.2 times slower. The clock runs while the server runs the script of a
page, from the change of a filter on; every change asks for a view that nobody has asked for before. All in
turn, medians of five.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

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
    """Medians of one page in milliseconds; `growth` is what ten times the rows make of it."""

    page: str
    empty_ms: float
    page_ms: float
    grown_ms: float
    ratio: float
    growth: float


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


def measure(clock: Clock, page: str, folders: Mapping[str, Path]) -> Result:
    """The page, the empty one and the page on the longer record in turn, after one unmeasured change of each."""
    field, values, address = PAGES[page]
    apps = {}
    for name, folder in folders.items():
        os.environ["RISKMAP_DATA"] = str(folder)
        apps[name] = opened(EMPTY.id if name == "empty" else page, **address)
    taken: dict[str, list[float]] = {name: [] for name in apps}
    for turn, value in enumerate(values[: ROUNDS + 1]):
        # Forwards and backwards in turn: who comes first finds the machine colder.
        for name, app in list(apps.items())[:: -1 if turn % 2 else 1]:
            os.environ["RISKMAP_DATA"] = str(folders[name])
            app.query_params[field] = value
            app.run()
            if app.exception or app.warning:
                raise RuntimeError([item.value for item in (*app.exception, *app.warning)])
            taken[name].append(clock.seconds * 1000)
    empty, once, grown = (statistics.median(taken[name][1:]) for name in ("empty", "page", "grown"))
    return Result(page, empty, once, grown, once / empty, grown / once)


def grow(folder: Path) -> None:
    """Bring every figure in again, as corrections that change nothing, until the record is ten times as long."""
    for path in sorted((folder / "accepted").glob("*.parquet")):
        for copy in range(1, TIMES_MORE):
            shutil.copyfile(path, path.with_stem(f"{path.stem}-{copy}"))
    os.environ["RISKMAP_DATA"] = str(folder)
    publish(stage_build())


def run(place: Path) -> list[Result]:
    """All pages on the sample country, and on the same when the record behind it is ten times as long."""
    once, grown = place / "data", place / "grown"
    os.environ["RISKMAP_LANGUAGE"] = "en"
    os.environ["RISKMAP_DATA"] = str(once)
    etl(["demo", "--out", str(place / "files")])
    shutil.copytree(once, grown, symlinks=True)
    grow(grown)
    vars(shell)["PAGES"] = same_navigation()
    clock = Clock()
    with clock.ticking():
        return [measure(clock, page, {"page": once, "empty": once, "grown": grown}) for page in PAGES]


def main() -> int:
    """Measure, write the medians, and say by the exit status whether the ratios hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = run(Path(folder))
    if options.json:
        sys.stdout.write(json.dumps([asdict(result) for result in results]) + "\n")
    else:
        sys.stdout.writelines(_line(result) + "\n" for result in results)
    return 0 if all(x.ratio <= MOST and x.growth <= MOST_GROWTH for x in results) else 1


def _line(result: Result) -> str:
    ratio = f"empty page {result.empty_ms:.0f} ms; ratio {result.ratio:.1f} (at most {MOST:g})"
    growth = f"{TIMES_MORE} times the rows: {result.grown_ms:.0f} ms, {result.growth:.2f} (at most {MOST_GROWTH:g})"
    return f"{result.page}: {result.page_ms:.0f} ms, {ratio}; {growth}"


if __name__ == "__main__":
    sys.exit(main())
