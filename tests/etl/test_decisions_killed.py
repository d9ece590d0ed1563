"""A run of the loader that is killed carries out no decision twice and loses none; the next one ends it."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from etl.journal import EventKind
from etl.storage import builds, loads
from riskmap.access.review import State
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.decided import (
    OPERATOR,
    SIGNER,
    asked,
    build,
    carried,
    loader,
    names,
    outcome,
    people,
    sent,
    signed,
    taken_in,
    waiting_folder,
)
from tests.etl.folders import live_name, table

__all__ = ["build", "loader", "people", "waiting_folder"]

Point = tuple[str, str, str]

KILLED = (
    ("etl.decisions", "sign_seen", "after"),
    ("etl.decisions", "publish", "after"),
)
KILLED_BESIDES = (
    ("etl.decisions", "answer", "before"),
    ("etl.decisions", "answer", "after"),
    ("etl.decisions", "refuse_to_sign", "after"),
    ("etl.publish", "point", "before"),
    ("etl.publish", "point", "after"),
)
KILLED_TAKING_IN = (
    ("etl.decisions", "accept_good", "after"),
    ("etl.inbox_round", "stage_build", "before"),
    ("etl.inbox_round", "put_away", "after"),
)


def killed(folder: Path, points: Sequence[Point], place: Path) -> list[Path]:
    """Copies of a folder in each of which the command was killed at one of the points."""
    copies = [shutil.copytree(folder, place / str(number), symlinks=True) for number, _ in enumerate(points)]
    orders = [f"{copy} {' '.join(point)}" for copy, point in zip(copies, points, strict=True)]
    command_line = [sys.executable, "-m", "tests.etl.interrupted", "decisions"]
    done = subprocess.run(
        command_line, input="\n".join(orders), capture_output=True, text=True, cwd=ROOT, check=True, timeout=300
    )
    ended = [line for line in done.stderr.split("\n") if line.strip("-").isdigit()]
    assert ended == [str(int(signal.SIGKILL))] * len(points), done.stderr
    return copies


@pytest.mark.parametrize(
    "points", [KILLED, pytest.param(KILLED_BESIDES, marks=pytest.mark.every_combination)], ids=["some", "others"]
)
def test_a_run_killed_at_any_point_carries_nothing_out_twice_and_the_next_one_ends_it(
    build: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, points: Sequence[Point]
) -> None:
    decisions = [asked(build), signed(build)]
    for folder, point in zip(killed(data_folder, points, tmp_path), points, strict=True):
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        carried()
        assert {outcome(one).state for one in decisions} == {State.DONE}, point
        assert (names(EventKind.SIGNED), live_name()) == ([(build.name, SIGNER)], build.name), point
        assert [by for name, by in names(EventKind.PUBLISHED) if name == build.name] == [OPERATOR], point
        assert list((folder / "decisions").glob("*.json")) == [], point


@pytest.mark.every_combination
def test_a_run_killed_while_it_takes_in_a_return_loses_none_and_takes_none_in_twice(
    data_folder: Path, people: None, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = sent(table(data_folder))
    run("decisions")
    decision = taken_in(name)
    points = KILLED_TAKING_IN
    for folder, point in zip(killed(data_folder, points, tmp_path), points, strict=True):
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        carried()
        assert outcome(decision).state is State.DONE, point
        assert (len(loads()), len(builds())) == (1, 1), point
        assert len(list((folder / "inbox/done").rglob(name))) == 1, point
