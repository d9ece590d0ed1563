"""Killed before any step on the disk, a command leaves a whole build live and the record whole, and is called again."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from etl.cli import main
from etl.storage import builds
from riskmap.access.decisions import Act, leave
from tests.conftest import ROOT
from tests.etl.decided import OPERATOR, SIGNER, grant_both
from tests.etl.folders import table
from tests.etl.formats import format_1

Facts = dict[str, Any]
KILLED = (signal.SIGKILL, signal.SIGALRM)
MOMENTS = 20  # at which each call is killed besides, wherever it is then


@dataclass(frozen=True)
class Scenario:
    """A call, the folder in which it is made, and what it comes to."""

    name: str
    arguments: tuple[str, ...]
    every: int = 0  # of how many steps one is tried in the usual run of the tests; 0: none
    loads: int = 0  # that it adds
    is_published: bool = True  # whether another build is live at the end
    again: tuple[int, ...] = (0,)  # exit status of the same call made again
    status: tuple[int, ...] = (0,)  # exit status of `status` right after
    setting: dict[str, str] = field(default_factory=dict)


SCENARIOS = (
    Scenario("load", ("load", "TABLE", "--publish"), 45, loads=1, again=(0, 1)),
    Scenario("publish", ("publish", "STAGED"), 2),
    Scenario("rollback", ("rollback",), again=(0, 3)),
    Scenario("inbox", ("inbox", "--publish"), loads=1),
    Scenario("sign", ("sign",), 5, is_published=False, again=(0, 3), setting={"RISKMAP_OPERATOR": "second"}),
    Scenario("decisions", ("decisions",)),
    Scenario("backup", ("backup", "FOLDER.tar"), is_published=False, again=(0, 3)),
    Scenario("restore", ("restore", "TAR"), loads=2, status=(0, 3)),
    Scenario("migrate", ("migrate",), status=(0, 3)),
)
USUAL = tuple(scenario for scenario in SCENARIOS if scenario.every)


@pytest.fixture(scope="module")
def bases(published_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder in which each call of the usual run is made, by the name of the call."""
    place = tmp_path_factory.mktemp("bases")
    loaded, staged = place / "load", place / "publish"
    shutil.copytree(published_folder, loaded, symlinks=True)
    new = table(loaded)
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(loaded, staged, symlinks=True)
        patch.setenv("RISKMAP_DATA", str(staged))
        patch.setenv("RISKMAP_OPERATOR", "first")
        assert main(["load", str(new)]) == 0
    return {"load": loaded, "publish": staged, "sign": staged}


@pytest.fixture(scope="module")
def all_bases(bases: dict[str, Path]) -> dict[str, Path]:
    """The same of every call."""
    loaded, place = bases["load"], bases["load"].parent
    twice, waiting = place / "rollback", place / "inbox"
    with pytest.MonkeyPatch.context() as patch:
        shutil.copytree(bases["publish"], twice, symlinks=True)
        patch.setenv("RISKMAP_DATA", str(twice))
        patch.setenv("RISKMAP_OPERATOR", "first")
        assert main(["publish"]) == 0
        assert main(["backup", str(place / "kept.tar")]) == 0
        decided = place / "decisions"
        shutil.copytree(bases["publish"], decided, symlinks=True)
        patch.setenv("RISKMAP_DATA", str(decided))
        grant_both()
        leave(Act.PUBLISH, who=OPERATOR, build=builds()[-1].name)
        leave(Act.SIGN, who=SIGNER, build=builds()[-1].name)
    shutil.copytree(loaded, waiting, symlinks=True)
    (waiting / "inbox").mkdir()
    os.utime(shutil.copy(place / "new.csv", waiting / "inbox" / "new.csv"), (1, 1))
    others = {"backup": loaded, "restore": place / "none", "migrate": format_1(place / "old")}
    return {**bases, "rollback": twice, "inbox": waiting, "decisions": decided, **others}


Told = dict[str, list[Facts]]


def runs(bases: dict[str, Path], place: Path, *, is_each: bool) -> Told:
    """What comes of every call, by its name: first how the folder stands before and after it, then of each killed run.

    One process makes them all, because the libraries take longer to be loaded than a call takes.
    """
    tried = SCENARIOS if is_each else USUAL
    orders = [_order(scenario, bases[scenario.name], place / "run", is_each=is_each) for scenario in tried]
    done = subprocess.run(
        [sys.executable, "-m", "tests.etl.stepwise"],
        input="".join(f"{json.dumps(order)}\n" for order in orders),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "RISKMAP_LANGUAGE": "en"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: Told = {}
    for line in done.stdout.splitlines():
        facts = json.loads(line)
        told.setdefault(facts["name"], []).append(facts)
    return told


def _order(scenario: Scenario, base: Path, place: Path, *, is_each: bool) -> Facts:
    staged = max((path.name for path in base.glob("warehouse/2*")), default="")
    files = {"TABLE": str(base.parent / "new.csv"), "TAR": str(base.parent / "kept.tar"), "STAGED": staged}
    return {
        "name": scenario.name,
        "base": str(base),
        "place": str(place),
        "arguments": [files.get(argument, argument) for argument in scenario.arguments],
        "setting": scenario.setting,
        "every": 1 if is_each else scenario.every,
        "moments": MOMENTS if is_each else 0,
    }


def check_killed(scenario: Scenario, before: Facts, run: Facts) -> None:
    """Right after it was killed: a whole build is live, the record is whole, and nothing accepted was touched."""
    after = run["after"]
    assert run["signal"] in KILLED or not run["step"]  # the timer may come too late
    assert "fault" not in after
    assert (after["live"] != "" or not before["live"], after["torn"]) == (True, [])
    assert after["status"] in scenario.status
    assert after["shown"] == after["live"] or not before["shown"]
    assert after["faults"] == [] or before["faults"] or not before["loads"]
    check_kept(scenario, before, after)
    assert len(after["loads"]) - len(before["loads"]) in (0, scenario.loads)


def check_kept(scenario: Scenario, before: Facts, after: Facts) -> None:
    """Every load is there with every figure; its file is the very same, but where it is migrated."""
    kept = "figures" if scenario.name == "migrate" else "accepted"
    assert {name: after[kept].get(name) for name in before[kept]} == before[kept]
    assert set(before["raw"]) <= set(after["raw"])


def check_ended(scenario: Scenario, before: Facts, whole: Facts, run: Facts) -> None:
    """After the same call was made again: all is as if it had never been killed."""
    after, end = run["after"], run["end"]
    assert run["again"].get("status") in scenario.again
    assert (end["torn"], end["faults"], end["left"]) == ([], [], [])
    check_kept(scenario, after, end)
    assert len(end["loads"]) - len(before["loads"]) == scenario.loads
    assert end["shown"] == end["live"]
    # Killed at its very end it had done its work, so the second call is one more.
    assert kinds(end) in (kinds(whole["after"]), kinds(whole["end"]))
    assert (end["live"] != before["live"]) is scenario.is_published


def kinds(facts: Facts) -> list[str]:
    return [kind for kind, _ in facts["publications"]]


def check(scenario: Scenario, told: Told) -> int:
    """Whether all holds for every run that was killed; returns how many there were."""
    before, whole, *killed = told[scenario.name]
    assert whole["first"]["status"] == 0
    for run in killed:
        try:
            check_killed(scenario, before, run)
            check_ended(scenario, before, whole, run)
        except AssertionError as fault:
            place = f"step {run['step']} of {whole['first']['steps']}, {run['seconds']} s"
            fault.add_note(f"{scenario.name}, killed before {place}: {run}")
            raise
    return len(killed)


@pytest.fixture(scope="module")
def some(bases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Told:
    return runs(bases, tmp_path_factory.mktemp("some"), is_each=False)


@pytest.fixture(scope="module")
def each(all_bases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Told:
    return runs(all_bases, tmp_path_factory.mktemp("each"), is_each=True)


@pytest.mark.parametrize("scenario", USUAL, ids=lambda scenario: scenario.name)
def test_a_call_killed_before_a_step_loses_nothing_and_the_next_one_ends_it(scenario: Scenario, some: Told) -> None:
    assert check(scenario, some) > 0


@pytest.mark.every_combination
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_call_killed_before_any_step_loses_nothing_and_the_next_one_ends_it(scenario: Scenario, each: Told) -> None:
    assert check(scenario, each) == each[scenario.name][1]["first"]["steps"] + MOMENTS
