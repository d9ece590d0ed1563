"""Nothing is lost when the machine is full, somebody else writes, Ctrl-C is pressed, or the process is killed."""

import errno
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest

from etl import build as build_module
from etl.commands import check
from etl.journal import publications
from etl.storage import builds, loads, lock
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.folders import AKMOLA, SAMPLE, ask, content, half_written, live_name, table
from tests.full_disk import files_limited_to


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


@pytest.fixture
def plain_folder(published_folder: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own with a live build, and a new table beside it."""
    folder = tmp_path / "data"
    shutil.copytree(published_folder, folder, symlinks=True)
    table(folder)
    return folder


def run_plain(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """One command as a user whom permissions stop."""
    return subprocess.run(
        [sys.executable, "-m", "tests.etl.unprivileged", "etl", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "RISKMAP_DATA": str(folder), "RISKMAP_LANGUAGE": "en"},
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize(("closed", "accepted"), [("accepted", 1), ("journal", 2), (".", 1)])
def test_a_read_only_folder_is_told_and_nothing_is_lost(plain_folder: Path, closed: str, accepted: int) -> None:
    folder, new = plain_folder / closed, plain_folder.parent / "new.csv"
    before = (plain_folder / "warehouse" / "current").readlink()
    if closed == ".":
        (folder / ".lock").unlink()
    folder.chmod(0o500)
    done = run_plain(plain_folder, "load", new, "--publish")
    folder.chmod(0o700)
    assert (done.returncode, done.stdout) == (3, "")
    assert str(folder) in done.stderr
    assert os.strerror(errno.EACCES) in done.stderr
    assert (plain_folder / "warehouse" / "current").readlink() == before
    assert (len(list((plain_folder / "accepted").iterdir())), half_written(plain_folder)) == (accepted, [])


def test_a_read_only_warehouse_is_told_and_once_it_is_opened_the_same_call_ends_the_load(plain_folder: Path) -> None:
    before = (plain_folder / "warehouse" / "current").readlink()
    (plain_folder / "warehouse").chmod(0o500)
    call = ("load", plain_folder.parent / "new.csv", "--publish")
    done = run_plain(plain_folder, *call)
    assert (done.returncode, str(plain_folder / "warehouse") in done.stderr) == (3, True)
    (plain_folder / "warehouse").chmod(0o700)
    assert run_plain(plain_folder, *call).returncode == 0
    assert (plain_folder / "warehouse" / "current").readlink() > before
    assert len(list((plain_folder / "accepted").iterdir())) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room; skips where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("left", [100_000, 3_000_000])
def test_a_disk_that_is_full_is_told_and_nothing_is_lost(
    small_disk: Path, published_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    folder = small_disk / "data"
    monkeypatch.setenv("RISKMAP_DATA", str(folder))
    monkeypatch.setenv("RISKMAP_LANGUAGE", "en")
    shutil.copytree(published_folder, folder, symlinks=True)
    new, before = table(folder), live_name()
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - left))
    outcome = run("load", new, "--publish")
    assert (outcome.status, outcome.out) == (3, "")
    assert os.strerror(errno.ENOSPC) in outcome.err
    assert (live_name(), half_written(folder)) == (before, [])
    assert run("status").status == 0


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
    def compute(*_: object, **__: object) -> None:
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


# --- two at once


def test_two_loads_at_once_both_end_in_the_record(live_folder: Path) -> None:
    command = [sys.executable, "-m", "etl", "load", "--wait", "200"]
    env = {**os.environ, "RISKMAP_LANGUAGE": "en"}
    both = [
        subprocess.Popen(
            [*command, str(table(live_folder, value, f"{value}.csv"))],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=env,
        )
        for value in (5, 7)
    ]
    told = [one.communicate(timeout=300)[1] for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert sum("load, PID" in text for text in told) <= 1
    assert (len(loads()), half_written(live_folder)) == (3, [])
    assert builds()[-1].name > loads()[-1]
    digests = {path.name for load in loads() for path in (live_folder / "raw" / load).rglob("*.csv")}
    assert digests == {"figures.csv", "5.csv", "7.csv"}


def test_who_waits_is_told_for_whom_and_goes_on_when_that_one_is_done(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = (live_folder / ".lock").open("r+")
    fcntl.flock(holder, fcntl.LOCK_EX)
    holder.write(json.dumps({"purpose": "load", "pid": 7, "since": "2026-11-01T00:00:00"}))
    holder.flush()
    told: list[str] = []

    def write(text: str) -> int:
        told.append(text)
        holder.close()  # whoever is waited for is done
        return len(text)

    with monkeypatch.context() as patch:
        patch.setattr(sys.stderr, "write", write)
        outcome = run("rollback", "--wait", "100")
    waiting = t("keep.waiting", "en", holder="load, PID 7, 2026-11-01T00:00:00 UTC", seconds="100")
    assert told[0] == f"{waiting}\n"
    assert outcome.status == 3  # there is nothing older: it had its turn


def test_who_has_waited_long_enough_is_refused(live_folder: Path, run: Run) -> None:
    with lock("load"):
        outcome = run("publish", "--wait", "0.2")
    assert (outcome.status, outcome.err.count(f"load, PID {os.getpid()}")) == (3, 2)  # while it waits, and at the end
    for strange in ("-1", "inf", "nan", "soon"):
        assert run("publish", "--wait", strange).status == 2


def test_the_lock_of_a_process_that_was_killed_is_free(data_folder: Path) -> None:
    program = "import os, signal\nfrom etl.storage import lock\nwith lock('load'): os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert "load" in (data_folder / ".lock").read_text()
    with lock("publish"):
        assert "publish" in (data_folder / ".lock").read_text()


# --- the clock


class Earlier(datetime):
    """The clock of a machine that was set back by years."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Earlier":
        return cls(2020, 1, 1, tzinfo=tz)


def test_after_the_clock_was_set_back_all_keeps_its_order_and_a_message_says_so(
    live_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, shown = loads(), live_name()
    for module in ("etl.storage", "etl.accepted"):
        monkeypatch.setattr(f"{module}.datetime", Earlier)
    outcome = run("load", table(live_folder), "--publish")
    assert outcome.status == 0
    assert "2020-01-01 00:00:00" in outcome.err
    assert (loads()[0], live_name() > shown, builds()[-1].name) == (before[0], True, live_name())
    assert [event["build"] for event in publications()] == [shown, live_name()]
    query = f"SELECT numerator FROM cells WHERE area = '{AKMOLA}' AND period_start = '2019-01-01' AND status = 'value'"
    assert ask(live_folder, query) == [(5.0,)]
    assert run("rollback").status == 0
    assert live_name() == shown
