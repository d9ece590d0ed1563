"""Reads the live build again and again, as the dashboard does, until a file appears, and tells what it has met.

A program of its own: `python -m tests.etl.reads STOP` prints one JSON document: how many reads, how many builds, and
every fault or contradiction. A build says its own name, and its one cell the number that its name ends with.
"""

import json
import sys
from contextlib import closing
from pathlib import Path

from riskmap.analytics.service import live_build, overview
from riskmap.analytics.warehouse import open_build
from riskmap.domain.vocabulary import Scope


def number_of(build: str) -> int:
    """The number that stands in the one cell of a build of this name."""
    return int(build.rpartition("-")[2], 16)


def read() -> str:
    """One visit: which build is live, what it says of itself, what stands in it; the name of the build."""
    build = live_build()
    told = overview(build, scope=Scope.public()).build
    with closing(open_build(build, scope=Scope.public())) as cursor:
        cells = cursor.execute("SELECT numerator FROM cells").fetchall()
    if (told, cells) != (build.name, [(number_of(build.name),)]):
        raise ValueError(f"{build.name} says {told} {cells}")
    return build.name


def main(stop: Path) -> None:
    """Read until the file is there."""
    builds, faults, reads = set(), [], 0
    while not stop.exists():
        reads += 1
        try:
            builds.add(read())
        except Exception as fault:
            faults.append(repr(fault))
    sys.stdout.write(json.dumps({"reads": reads, "builds": len(builds), "faults": faults}))


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    main(Path(sys.argv[1]))
