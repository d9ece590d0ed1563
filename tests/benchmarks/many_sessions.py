"""What fifty open sessions make of the time of one: each asks for another view every ten seconds, in mixed scopes.

`python -m tests.benchmarks.many_sessions [--json] [--data FOLDER] [--rates]`; exit status 1 when the 95th
percentile from sending a message to the end of the run is 2 times that of one session or more. One session and fifty
are measured in turn, twice, on one process. The same percentile of both is compared, so that the ratio tells of waiting
and not of which pages take long. A quarter of the sessions is public, two quarters are signed in for a region each, one
for the country; `--data` is copied, and the copy given their rights.

`--rates` then raises the rate step by step until the percentile passes 4 times that of one session, on 1, 2 and 4
processes over which the sessions are spread; told, and no limit. The limit of requests of one reader is lifted, since
all come from one address.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, redirect_stdout
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from etl.cli import main as etl
from geo.areas import areas, resolve
from riskmap.analytics.service import live_build, overview
from riskmap.domain.areas import AreaKind
from riskmap.domain.vocabulary import Scope
from riskmap.ui.selection import indicator_ids
from tests.benchmarks.readers import Lots, Reader, grant_rights, one_at_a_time, open_pages, scopes, tickets, together
from tests.browser.oidc_provider import Provider, dashboard_with_sign_in, running_provider

SESSIONS: Final = 50
EVERY: Final = 10.0  # seconds from one act of a session to its next
ROUNDS: Final = 2
ACTS: Final = 40  # of the single session, in each round
PAUSE: Final = 0.5  # seconds: the server clears up after it has answered
SECONDS: Final = 40.0  # of fifty sessions, in each round
MOST: Final = 2.0
TOO_LONG: Final = 4.0
REPLICAS: Final = (1, 2, 4)
STEP_SECONDS: Final = 15.0
FIRST_RATE: Final = 2.0  # acts a second
STEP: Final = 1.25
MOST_STEPS: Final = 16
_UNLIMITED: Final = "100000000"
_NOT_COPIED: Final = ("raw", "accepted", "receipts", "demo", "released", "faults", "access")


@dataclass(frozen=True, slots=True)
class Sessions:
    """95th percentiles in milliseconds of one session and of fifty, both rounds together and each for itself."""

    single_ms: float
    together_ms: float
    ratio: float
    single_rounds_ms: list[float]
    together_rounds_ms: list[float]
    single_median_ms: float
    together_median_ms: float
    acts: int
    client_share: float  # of one core


@dataclass(frozen=True, slots=True)
class Rate:
    """The last rate (acts a second) at which the percentile held, and the first at which it did not, with it."""

    replicas: int
    held: float
    held_ms: float
    passed: float
    passed_ms: float


@dataclass(slots=True)
class Place:
    """Where it is measured: the provider of sign-in, the data folder, and what can be asked for."""

    provider: Provider
    data: Path
    scopes: tuple[str, ...]
    lots: Lots
    load: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def readers(self, replicas: int) -> AsyncIterator[list[Reader]]:
        """Fifty open pages on so many servers."""
        with ExitStack() as stack:
            bases = [
                stack.enter_context(
                    dashboard_with_sign_in(self.provider, self.data, RISKMAP_RATE_PER_MINUTE=_UNLIMITED)
                )
                for _ in range(replicas)
            ]
            held = tickets(bases, self.provider, of=self.scopes, count=SESSIONS)
            async with open_pages(held, self.lots) as readers:
                yield readers


def p95(taken: Sequence[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return statistics.quantiles(taken, n=20)[-1] * 1000


async def fifty_and_one(readers: Sequence[Reader], place: Place) -> Sessions:
    """One session and fifty in turn; the single one is of each scope in turn."""
    single: list[list[float]] = []
    many: list[list[float]] = []
    busy = waited = 0.0
    for _ in range(ROUNDS):
        single.append(await one_at_a_time(readers[: len(place.scopes)], place.lots, acts=ACTS, pause=PAUSE))
        begin, used = time.perf_counter(), time.process_time()
        many.append(await together(readers, place.lots, every=EVERY, seconds=SECONDS))
        waited += time.perf_counter() - begin
        busy += time.process_time() - used
        place.load.append(os.getloadavg()[0])
        told = f"one session {p95(single[-1]):.0f} ms, {SESSIONS} sessions {p95(many[-1]):.0f} ms"
        sys.stderr.write(f"{told}, load {place.load[-1]:.1f}\n")
    alone, all_many = sum(single, []), sum(many, [])
    return Sessions(
        single_ms=p95(alone),
        together_ms=p95(all_many),
        ratio=p95(all_many) / p95(alone),
        single_rounds_ms=[p95(taken) for taken in single],
        together_rounds_ms=[p95(taken) for taken in many],
        single_median_ms=statistics.median(alone) * 1000,
        together_median_ms=statistics.median(all_many) * 1000,
        acts=len(all_many),
        client_share=busy / waited,
    )


async def highest_rate(readers: Sequence[Reader], place: Place, *, replicas: int, first: float, most: float) -> Rate:
    """Raise the rate from `first` until the percentile passes `most` milliseconds."""
    rate, held, held_ms = first, 0.0, 0.0
    for _ in range(MOST_STEPS):
        seconds = max(STEP_SECONDS, SESSIONS / rate / 2)
        found = p95(await together(readers, place.lots, every=SESSIONS / rate, seconds=seconds))
        sys.stderr.write(f"{replicas} processes, {rate:.1f} acts a second: {found:.0f} ms\n")
        if found > most:
            return Rate(replicas, held, held_ms, rate, found)
        rate, held, held_ms = rate * STEP, rate, found
    raise RuntimeError(f"{rate:.0f} acts a second are no burden")


async def measure(place: Place, *, with_rates: bool) -> tuple[Sessions, list[Rate]]:
    """The comparison on one process, and on the same and on more the rates."""
    rates: list[Rate] = []
    async with place.readers(1) as readers:
        sessions = await fifty_and_one(readers, place)
        most = TOO_LONG * sessions.single_ms
        if with_rates:
            rates.append(await highest_rate(readers, place, replicas=1, first=FIRST_RATE, most=most))
    for replicas in REPLICAS[1:] if rates else ():
        async with place.readers(replicas) as readers:
            # More processes can be slower too, where they have no cores of their own.
            first = max(FIRST_RATE, rates[-1].held)
            rates.append(await highest_rate(readers, place, replicas=replicas, first=first, most=most))
    return sessions, rates


def data_folder(place: Path, given: Path | None) -> Path:
    """A data folder of its own, in which rights are granted and accesses noted: a copy, or a small sample."""
    data = place / "data"
    os.environ["RISKMAP_DATA"] = str(data)
    if given:
        shutil.copytree(given, data, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    else:
        with redirect_stdout(sys.stderr):
            etl(["demo", "--small", "--out", str(place / "files")])
    return data


def drawn() -> list[tuple[str, str]]:
    """Every indicator that is mapped by districts, with the regions and districts that have figures of it.

    Left out is an area whose code the search box finds for another one too.
    """
    build = live_build()
    tables = overview(build, scope=Scope.public()).tables
    names = indicator_ids([table for table in tables if table.level == AreaKind.DISTRICT])
    with duckdb.connect(str(build / "public.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT DISTINCT indicator, area FROM cells").fetchall()
    kinds = (AreaKind.REGION, AreaKind.DISTRICT)
    known = {area.id for area in areas().values() if area.kind in kinds and resolve(area.id) == area}
    return [(name, area) for name, area in rows if name in names and area in known]


def two_regions(known: Sequence[tuple[str, str]]) -> list[str]:
    """The first two regions of which districts have figures."""
    found = {areas()[area] for _, area in known}
    return sorted({area.parent for area in found if area.kind is AreaKind.DISTRICT})[:2]


def run(folder: Path, given: Path | None, *, with_rates: bool) -> tuple[Sessions, list[Rate], list[float]]:
    """All of it in a folder; last the load of the machine after each round."""
    os.environ["RISKMAP_LANGUAGE"] = "en"
    data = data_folder(folder, given)
    known = drawn()
    of = scopes(two_regions(known))
    grant_rights(of, SESSIONS)
    with running_provider() as provider:
        place = Place(provider, data, of, Lots(known))
        sessions, rates = asyncio.run(measure(place, with_rates=with_rates))
    return sessions, rates, place.load


def main() -> int:
    """Measure, write the percentiles, and say by the exit status whether fifty sessions are within the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--data", type=Path, help="a data folder with a build that is live; a copy is used")
    parser.add_argument("--rates", action="store_true", help="also the rates that 1, 2 and 4 processes bear")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sessions, rates, load = run(Path(folder), options.data, with_rates=options.rates)
    if options.json:
        document = {"sessions": asdict(sessions), "rates": list(map(asdict, rates)), "load": load}
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(sessions, rates, load))
    return 0 if sessions.ratio < MOST else 1


def _lines(sessions: Sessions, rates: list[Rate], load: list[float]) -> Iterator[str]:
    times = f"one session {sessions.single_ms:.0f} ms, {SESSIONS} sessions {sessions.together_ms:.0f} ms"
    yield f"95th percentile: {times}; ratio {sessions.ratio:.2f} (under {MOST:g}); {sessions.acts} acts"
    yield f"median: {sessions.single_median_ms:.0f} ms, {sessions.together_median_ms:.0f} ms"
    rounds = zip(sessions.single_rounds_ms, sessions.together_rounds_ms, load, strict=True)
    told = "; ".join(f"{single:.0f} ms, {many:.0f} ms at load {busy:.1f}" for single, many, busy in rounds)
    yield f"rounds: {told}; the measuring itself took {sessions.client_share:.0%} of a core"
    for rate in rates:
        held = f"{rate.held:.1f} acts a second {rate.held_ms:.0f} ms" if rate.held else "no rate held"
        yield f"{rate.replicas} processes: {held}, {rate.passed:.1f} acts a second {rate.passed_ms:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
