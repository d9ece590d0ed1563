"""Runs one call of the command line again and again, each time killed before another of its steps on the disk.

A program of its own: `python -m tests.etl.stepwise` reads one JSON document a line (name, folder to copy, arguments,
settings, of how many steps one is tried) and answers with several: how the folder stood before, and for each run, first
of all one that is not killed, how it stood right after and how after the same call was made again. The
steps are found by themselves: every file opened to be written, everything renamed, linked, made, removed or cut, and
every statement of a database that is written. A timer kills at other moments, in the middle of a statement too.

It forks before anything has opened a database, so that every run begins clean and the libraries are loaded only once.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.cli import main
from etl.journal import events, publications
from etl.manifest import record_faults
from etl.migration import ORIGINALS
from etl.storage import live, loads
from geo.areas import areas
from riskmap.domain.registry import catalogue
from riskmap.domain.tables import CELLS, FORMAT, TABLES

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = frozenset(
    f"os.{name}" for name in ("rename", "mkdir", "remove", "rmdir", "symlink", "link", "truncate", "chmod", "utime")
)
Facts = dict[str, Any]


class Steps:
    """Counts the steps of a process in a folder, and kills it before one of them."""

    def __init__(self, folder: Path, last: int) -> None:
        self.number = 0
        self._last = last
        self._folder = str(folder)
        self._written: set[int] = set()  # connections to databases in the folder

    def watch(self) -> None:
        sys.addaudithook(self._on_event)
        connect, execute = duckdb.connect, duckdb.DuckDBPyConnection.execute
        write_parquet = duckdb.DuckDBPyRelation.write_parquet

        def connected(*given: Any, **told: Any) -> duckdb.DuckDBPyConnection:
            is_written = bool(given) and self._is_inside(given[0]) and not told.get("read_only")
            if is_written:
                self.step()
            connection = connect(*given, **told)
            if is_written:
                self._written.add(id(connection))
            return connection

        def executed(connection: Any, *given: Any, **told: Any) -> Any:
            if id(connection) in self._written:
                self.step()
            return execute(connection, *given, **told)

        def written(relation: Any, path: str, **told: Any) -> None:
            self.step()
            write_parquet(relation, path, **told)

        duckdb.connect = connected
        duckdb.DuckDBPyConnection.execute = executed  # type: ignore[assignment,method-assign]
        duckdb.DuckDBPyRelation.write_parquet = written  # type: ignore[assignment,method-assign]

    def step(self) -> None:
        self.number += 1
        if self.number == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _on_event(self, event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            is_step = isinstance(given[2], int) and bool(given[2] & WRITES) and self._is_inside(given[0])
        else:
            is_step = event in CHANGES and any(self._is_inside(path) for path in given)
        if is_step:
            self.step()

    def _is_inside(self, path: object) -> bool:
        """Whether a path lies in the folder."""
        return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(f"{self._folder}/")


def in_fork(work: Callable[[], Facts]) -> tuple[int, Facts]:
    """Do something in a process of its own: the signal that ended it, and what it tells."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        quiet = os.open(os.devnull, os.O_RDWR)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        told = {}
        try:
            told = work()
        except BaseException as fault:
            told = {"fault": repr(fault)}
        os.write(writer, json.dumps(told).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), (json.loads(text) if text else {})


def call(folder: Path, arguments: Sequence[str], last: int = 0, *, seconds: float = 0.0) -> tuple[int, Facts]:
    """One call in a folder, killed before a step or after so many seconds, wherever it is then; 0 is not killed.

    FOLDER in an argument stands for that folder.
    """

    def run() -> Facts:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        steps = Steps(folder.parent, last)
        steps.watch()
        ended = main([argument.replace("FOLDER", str(folder)) for argument in arguments])
        return {"status": ended, "steps": steps.number}

    os.environ["RISKMAP_DATA"] = str(folder)
    return in_fork(run)


def look(folder: Path) -> Facts:
    """What stands in a data folder, as far as it must never be lost or halved."""
    os.environ["RISKMAP_DATA"] = str(folder)
    return in_fork(lambda: _facts(folder))[1]


def status(folder: Path) -> int:
    """What the command `status` ends with in a data folder."""
    os.environ["RISKMAP_DATA"] = str(folder)
    return int(in_fork(lambda: {"status": main(["status"])})[1]["status"])


def _facts(folder: Path) -> Facts:
    current = live()
    found = publications()
    return {
        "live": current.name if current else "",
        "torn": _torn(current) if current else [],
        "loads": loads(),
        "figures": {path.stem: _figures(path) for path in sorted((folder / "accepted").glob("*.parquet"))},
        "accepted": {path.name: _digest(path) for path in sorted((folder / "accepted").glob("*.parquet"))},
        "raw": sorted(_digest(path) for path in (folder / "raw").glob("2*/*/*")),
        "faults": [f"{fault.kind} {fault.path}" for fault in record_faults()],
        "shown": found[-1]["live"] if found else "",
        "publications": [[event["event"], event["build"]] for event in found],
        "events": len(events()),
        "left": left(folder),
    }


def _figures(path: Path) -> list[object]:
    """How many figures a load holds, and a number made of all that every format keeps of them."""
    kept = ("load", "source", "file", "line", "area", "period_start", "period_end", "category", "numerator", "status")
    with duckdb.connect() as connection:
        query = f"SELECT count(*), sum(hash({', '.join(kept)}))::VARCHAR FROM read_parquet(?)"
        return list(connection.execute(query, [str(path)]).fetchall()[0])


def _torn(build: Path) -> list[str]:
    """Tables of a build that cannot be read, and what it says of itself where that is another build."""
    torn = []
    for kind in ("full", "public"):
        try:
            with duckdb.connect(str(build / f"{kind}.duckdb"), read_only=True) as connection:
                told = connection.execute("SELECT value FROM meta WHERE name = 'build'").fetchall()
                (formats,) = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchall()
                for table in TABLES if formats == (FORMAT,) else (CELLS,):
                    connection.execute(f"SELECT count(*) FROM {table.name}").fetchall()
        except duckdb.Error as fault:
            torn.append(repr(fault))
        else:
            torn += [] if told == [(build.name,)] else [f"{kind} says {told}"]
    return torn


def left(folder: Path) -> list[str]:
    """Hidden and unfinished things anywhere in a data folder, the lock aside, and beside it."""
    found = [path for path in folder.rglob("*") if path.name.startswith(".") or path.suffix in (".part", ".intent")]
    found += folder.glob(ORIGINALS)
    beside = folder.parent.glob(".*")
    return sorted(str(path.relative_to(folder.parent)) for path in (*found, *beside) if path.name != ".lock")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def copied(base: Path, place: Path) -> Path:
    """A copy of the folder to spoil, which is removed with what lies beside it when the next is made."""
    shutil.rmtree(place.parent, ignore_errors=True)
    place.parent.mkdir()
    if base.exists():
        shutil.copytree(base, place, symlinks=True)
    return place


def answer(order: Facts) -> Iterator[Facts]:
    """How a folder stands before a call, and what comes of every run that is asked for."""
    base, arguments = Path(order["base"]), order["arguments"]
    place = Path(order["place"]) / "data"
    os.environ.update(order["setting"])
    yield look(copied(base, place))
    whole = killed(base, place, arguments)
    yield whole
    for step in range(order["every"], whole["first"]["steps"] + 1, order["every"]):
        yield killed(base, place, arguments, step)
    for number in range(order["moments"]):
        seconds = whole["seconds"] * (number + 0.5) / order["moments"]
        yield killed(base, place, arguments, seconds=seconds)
    shutil.rmtree(place.parent, ignore_errors=True)
    for name in order["setting"]:
        del os.environ[name]


def killed(base: Path, place: Path, arguments: Sequence[str], step: int = 0, *, seconds: float = 0.0) -> Facts:
    """A call in a copy of a folder, killed as `call` says, and the same call made again."""
    folder = copied(base, place)
    begun = time.monotonic()
    ended_by, first = call(folder, arguments, step, seconds=seconds)
    taken = time.monotonic() - begun
    after = {**look(folder), "status": status(folder)}
    _, again = call(folder, arguments)
    told = {"step": step, "seconds": seconds or taken, "signal": ended_by, "first": first}
    return {**told, "after": after, "again": again, "end": look(folder)}


if __name__ == "__main__":
    catalogue()
    areas()
    for line in sys.stdin:
        asked = json.loads(line)
        for told in answer(asked):
            os.write(1, f"{json.dumps({'name': asked['name'], **told})}\n".encode())
