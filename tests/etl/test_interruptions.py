"""Nothing is lost when the machine is full, somebody else writes, Ctrl-C is pressed, or the process is killed."""

import errno
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from etl import build as build_module
from etl.commands import check
from etl.storage import builds, loads, lock
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.folders import AKMOLA, SAMPLE, ask, content, half_written, live_name, table


@pytest.mark.parametrize("arguments", [["load", str(SAMPLE)], ["publish"], ["rollback"]])
def test_while_one_writes_the_other_is_told_who_and_changes_nothing(
    live_folder: Path, run: Run, arguments: list[str]
) -> None:
    before = content(live_folder)
    with lock("load"):
        outcome = run(*arguments)
        assert run("status").status == 0
    assert (outcome.status, content(live_folder)) == (3, before)
    assert f"load, PID {os.getpid()}" in outcome.err


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file may grow over a size: to whoever writes, the same as a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("size", "accepted"), [(300, 1), (3_000, 1), (500_000, 2)], ids=["copy", "record", "build"])
def test_a_full_disk_is_told_and_nothing_is_lost(live_folder: Path, run: Run, size: int, accepted: int) -> None:
    before = live_name()
    path = table(live_folder)
    with files_limited_to(size):
        outcome = run("load", path, "--publish")
    assert (outcome.status, outcome.out) == (3, "")
    assert f"({os.strerror(errno.EFBIG)})" in outcome.err  # as "No space left on device" would be
    assert (live_name(), len(loads()), half_written(live_folder)) == (before, accepted, [])
    assert run("load", path, "--publish").status == 0
    assert (live_name() > before, len(loads())) == (True, 2)


def test_a_data_folder_that_cannot_be_written_is_told(data_folder: Path, run: Run) -> None:
    data_folder.touch()
    outcome = run("load", SAMPLE)
    assert (outcome.status, outcome.out) == (3, "")
    assert str(data_folder) in outcome.err
    assert run("load", SAMPLE, "--json").document["error"]["key"] == "error.storage_failed"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_data_folder_is_told(live_folder: Path, run: Run) -> None:
    folder = live_folder / "accepted"
    folder.chmod(0o500)
    try:
        outcome = run("load", table(live_folder))
    finally:
        folder.chmod(0o700)
    assert outcome.status == 3
    assert str(folder) in outcome.err
    assert half_written(live_folder) == []


def test_a_fault_of_ours_is_a_sentence_and_its_trace_is_kept_without_numbers_of_persons(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("061211600012 Aigul, 8 B") from ValueError("bullied")

    monkeypatch.setattr(check, "check_files", fail)
    outcome = run("check", "061211600012.csv")
    log = data_folder / "log" / "etl.log"
    assert (outcome.status, outcome.out) == (3, "")
    assert outcome.err.splitlines() == [t("error.unexpected", "en"), t("error.details", "en", path=log)]
    kept = log.read_text(encoding="utf-8")
    assert "KeyError" in kept
    assert ".fail, line " in kept
    assert kept.index("builtins.ValueError") < kept.index("builtins.KeyError")
    for quoted in ("061211600012", "Aigul", "bullied"):
        assert quoted not in kept + outcome.err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    document = run("check", "a.csv", "--json").document
    assert document["error"]["key"] == "error.unexpected"
    assert log.read_text(encoding="utf-8").count("builtins.KeyError") == 2


def test_a_trace_that_cannot_be_kept_is_shown(data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("lost")

    data_folder.touch()
    monkeypatch.setattr(check, "check_files", fail)
    outcome = run("check", "a.csv")
    assert outcome.status == 3
    assert outcome.err.startswith(t("error.unexpected", "en"))
    assert "builtins.KeyError" in outcome.err
    assert "lost" not in outcome.err


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Presses Ctrl-C; where tests run in several processes, these are told to pass it over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: os.kill(os.getpid(), signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_stops_the_build_and_cleans_up(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, ctrl_c: Callable[[], None]
) -> None:
    real, before, path = build_module._write, live_name(), table(live_folder)

    def stopped(*arguments: Any, **options: Any) -> None:
        real(*arguments, **options)
        ctrl_c()

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "_write", stopped)
        outcome = run("load", path, "--publish")
    assert (outcome.status, outcome.err, live_name()) == (130, "", before)
    assert half_written(live_folder) == []
    assert run("load", path, "--publish").status == 0
    assert live_name() > before


@pytest.mark.parametrize(("message", "status"), [("Query interrupted", 130), ("Query failed", 3)])
def test_ctrl_c_inside_the_database_is_the_same_and_its_other_faults_are_not(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, message: str, status: int
) -> None:
    def compute(*_: object) -> None:
        raise RuntimeError(message)  # what the database makes of Ctrl-C while it computes

    monkeypatch.setattr(build_module, "build_cells", compute)
    outcome = run("load", table(live_folder))
    assert (outcome.status, outcome.err == "") == (status, status == 130)
    assert (live_folder / "log").exists() is (status == 3)
    assert half_written(live_folder) == []


def test_output_that_nobody_reads_is_no_fault(data_folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "etl", "explain"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


# --- killed


# Where the process dies: module, function, before or after its work, and whether the new build is live by then.
KILLED = (
    ("etl.accepted", "_write_parquet", "after", False),
    ("etl.commands.load", "stage_build", "before", False),
    ("etl.build", "_write", "after", False),
    ("etl.commands.load", "publish", "before", False),
    ("etl.publish", "point", "before", False),
    ("etl.publish", "point", "after", True),
)


def kill_loads(folders: Sequence[Path], arguments: Sequence[object]) -> None:
    """Run the same call in every folder, each killed at another point."""
    orders = [
        f"{folder} {module} {name} {when}" for folder, (module, name, when, _) in zip(folders, KILLED, strict=True)
    ]
    command = [sys.executable, "-m", "tests.etl.interrupted", *map(str, arguments)]
    done = subprocess.run(
        command, input="\n".join(orders), capture_output=True, text=True, cwd=ROOT, check=True, timeout=300
    )
    assert done.stderr.split() == [str(int(signal.SIGKILL))] * len(KILLED), done.stderr


def test_a_load_killed_at_any_point_leaves_a_whole_build_live_and_the_same_call_ends_it(
    published_folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / str(number) for number in range(len(KILLED))]
    for folder in folders:
        shutil.copytree(published_folder, folder, symlinks=True)
    call = ("load", table(folders[0]), "--publish", "--json")
    kill_loads(folders, call)
    old = str((published_folder / "warehouse" / "current").readlink())
    query = f"SELECT numerator FROM cells WHERE area = '{AKMOLA}' AND period_start = '2019-01-01' AND status = 'value'"
    for folder, point in zip(folders, KILLED, strict=True):
        is_new_live = point[-1]
        monkeypatch.setenv("RISKMAP_DATA", str(folder))
        assert (live_name() != old) is is_new_live, point
        assert run("status").status == 0, point
        assert run(*call).status == (1 if is_new_live else 0), point
        assert (len(loads()), half_written(folder), live_name()) == (2, [], builds()[-1].name), point
        assert ask(folder, query) == [(5.0,)], point
