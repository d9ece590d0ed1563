"""A backup brings everything back that cannot be made again, and nothing that does not belong there."""

import io
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from etl.backup import MANIFEST, read_backup
from etl.cli import main
from etl.journal import events, publications
from etl.storage import builds, live, loads
from riskmap.domain.errors import BackupRefused
from riskmap.domain.tables import CELLS
from riskmap.words import t
from tests.conftest import ROOT
from tests.etl.conftest import Run
from tests.etl.folders import ask, content, half_written, live_name, table

DRILL = ROOT / "docs" / "recovery.md"
OUTCOME = ("cells", "revisions", "publications", "areas", "completeness", "exposures")


def all_rows(folder: Path, name: str) -> list[tuple[Any, ...]]:
    order = ", ".join(CELLS.key) if name == "cells" else "ALL"
    return ask(folder, f"SELECT * FROM {name} ORDER BY {order}")


def digests(folder: Path) -> dict[str, bytes]:
    """The content of everything that is not made again from the rest."""
    kept = ("raw", "released", "journal", "accepted")
    files = [path for name in kept for path in (folder / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def kept(live_folder: Path, tmp_path: Path, run: Run) -> Path:
    """A backup of the published figures."""
    assert run("backup", tmp_path / "kept.tar").status == 0
    return tmp_path / "kept.tar"


# --- the drill


def drill() -> list[str]:
    """The commands of the drill, as the document gives them."""
    section = DRILL.read_text(encoding="utf-8").partition("## The drill")[2].partition("\n## ")[0]
    return re.findall(r"^    (.+)$", section, re.MULTILINE)


@pytest.fixture
def told_before(data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Runs one line of the drill as from the folder of the program."""
    program = tmp_path / "program"
    program.mkdir()
    (program / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(program)

    def call(line: str) -> None:
        words = [os.path.expandvars(word) for word in shlex.split(line)]
        if words[:3] == ["python", "-m", "etl"]:
            assert main(words[3:]) == 0, line
        else:
            subprocess.run(words, check=True, timeout=60)

    return call


def test_the_drill_of_the_document_brings_back_what_was_shown(
    told_before: Callable[[str], None], data_folder: Path, run: Run
) -> None:
    lines = drill()
    lost = next(place for place, line in enumerate(lines) if line.startswith("mv "))
    for line in lines[:lost]:
        told_before(line)
    rows, files = {name: all_rows(data_folder, name) for name in OUTCOME}, digests(data_folder)
    shown, told, record = live(), events(), loads()
    told_before(lines[lost])
    assert not data_folder.exists()
    *rest, publish = lines[lost + 1 :]
    for line in rest:
        told_before(line)
    assert {name: all_rows(data_folder, name) for name in OUTCOME} == rows
    assert (digests(data_folder), live(), events(), loads()) == (files, shown, told, record)
    told_before(publish)
    assert publish == "python -m etl publish"
    assert live() != shown
    assert all_rows(data_folder, "cells") == rows["cells"]
    assert run("load", table(data_folder)).status == 0
    assert len(loads()) == 2


# --- what is in it


def test_a_backup_is_its_owners_alone_and_holds_the_digest_of_every_file(kept: Path, live_folder: Path) -> None:
    manifest = read_backup(kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    current = live()
    assert current
    assert manifest.live == current.name
    assert {name.partition("/")[0] for name in manifest.files} >= {
        "format.json",
        "raw",
        "released",
        "journal",
        "accepted",
    }
    assert {name for name in manifest.files if name.startswith("warehouse/")} == {
        f"warehouse/{current.name}/{kind}.duckdb" for kind in ("full", "public")
    }


def test_what_waits_in_the_inbox_and_what_was_refused_there_is_not_copied(live_folder: Path, run: Run) -> None:
    for place in ("inbox/new.csv", "inbox/faulty/persons.csv", "log/etl.log", "demo/a.csv"):
        (live_folder / place).parent.mkdir(parents=True, exist_ok=True)
        (live_folder / place).write_text("a,b\n")
    outcome = run("backup", live_folder.parent / "kept.tar", "--json")
    names = read_backup(live_folder.parent / "kept.tar").files
    assert [name for name in names if name.startswith(("inbox", "log", "demo"))] == []
    assert outcome.document["inbox"] == 1


def test_what_the_operator_keeps_outside_of_the_data_folder_is_named(
    live_folder: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMAP_AREAS", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    (live_folder / "spreadsheets").mkdir()
    assert run("backup", tmp_path / "kept.tar", "--json").document["outside"] == [str(tmp_path / "own")]


def test_a_database_that_is_being_written_is_copied_as_of_one_moment(
    live_folder: Path, run: Run, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(live_folder / "response.db")) as other:
        other.execute("CREATE TABLE signals (id INTEGER)")
        other.commit()
        other.execute("INSERT INTO signals VALUES (1)")  # by somebody who has not ended yet
        assert run("backup", tmp_path / "kept.tar").status == 0
    read_backup(tmp_path / "kept.tar", into=tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "response.db")) as copy:
        assert copy.execute("SELECT count(*) FROM signals").fetchall() == [(0,)]


# --- what is refused


def test_a_backup_overwrites_nothing_and_does_not_lie_in_what_it_saves(live_folder: Path, kept: Path, run: Run) -> None:
    before = kept.read_bytes()
    for path in (kept, live_folder / "kept.tar"):
        outcome = run("backup", path)
        assert outcome.status == 3
        assert str(path) in outcome.err
    assert kept.read_bytes() == before
    assert not (live_folder / "kept.tar").exists()


def test_an_empty_folder_has_nothing_to_be_saved(data_folder: Path, run: Run, tmp_path: Path) -> None:
    outcome = run("backup", tmp_path / "kept.tar", "--json")
    assert (outcome.status, list(tmp_path.glob("*.tar*"))) == (3, [])


def test_a_link_in_the_data_folder_is_refused_and_named(live_folder: Path, run: Run, tmp_path: Path) -> None:
    (live_folder / "raw" / "elsewhere").symlink_to("/etc/hostname")
    outcome = run("backup", tmp_path / "kept.tar")
    assert outcome.status == 3
    assert str(live_folder / "raw" / "elsewhere") in outcome.err
    assert list(tmp_path.glob("*.tar*")) == []


def test_a_folder_that_holds_data_is_not_filled(kept: Path, live_folder: Path, run: Run) -> None:
    (live_folder / "accepted" / f"{loads()[0]}.parquet").write_bytes(b"other")
    before = content(live_folder)
    assert run("restore", kept).status == 3
    assert content(live_folder) == before


def rewritten(kept: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], name: str = "other.tar") -> Path:
    """The backup with its members changed, and its manifest left as it is."""
    target = kept.with_name(name)
    with tarfile.open(kept) as old, tarfile.open(target, "w") as new:
        for member in old:
            opened = old.extractfile(member)
            assert opened
            changed = change(member.name, opened.read())
            if changed:
                info = tarfile.TarInfo(changed[0])
                info.size = len(changed[1])
                new.addfile(info, io.BytesIO(changed[1]))
    return target


def is_record(name: str) -> bool:
    return name.startswith("accepted/")


SPOILT: dict[str, Callable[[str, bytes], tuple[str, bytes] | None]] = {
    "a file changed": lambda name, content: (name, content[::-1] if is_record(name) else content),
    "a file gone": lambda name, content: None if is_record(name) else (name, content),
    "no end": lambda name, content: None if name == MANIFEST else (name, content),
    "out of the folder": lambda name, content: (f"accepted/../../{name}" if is_record(name) else name, content),
    "from the root": lambda name, content: (f"/{name}" if is_record(name) else name, content),
    "something else": lambda name, content: (f"bin/{name}" if is_record(name) else name, content),
    "no document": lambda name, content: (name, b"{" if name == MANIFEST else content),
}


@pytest.fixture
def empty_folder(kept: Path, live_folder: Path) -> Path:
    shutil.rmtree(live_folder)
    return live_folder


@pytest.mark.parametrize("fault", SPOILT)
def test_a_backup_that_is_not_what_was_written_is_refused_whole(
    kept: Path, empty_folder: Path, run: Run, fault: str
) -> None:
    outcome = run("restore", rewritten(kept, SPOILT[fault]))
    assert (outcome.status, outcome.out) == (3, "")
    assert "other.tar" in outcome.err
    assert [path.name for path in empty_folder.iterdir()] == [".lock"]
    assert not (empty_folder.parent.parent / "accepted").exists()


def test_a_backup_cut_short_and_a_file_that_is_none_are_refused(kept: Path, empty_folder: Path, run: Run) -> None:
    whole = kept.read_bytes()
    for size in (0, 100, 5_000, len(whole) // 2, len(whole) - 20_000):
        (kept.parent / "short.tar").write_bytes(whole[:size])
        assert run("restore", kept.parent / "short.tar").status == 3, size
    assert run("restore", kept.parent / "none.tar").status == 3
    assert [path.name for path in empty_folder.iterdir()] == [".lock"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_whatever_is_no_plain_file_is_refused(kept: Path, empty_folder: Path, kind: bytes) -> None:
    target = kept.with_name("other.tar")
    with tarfile.open(target, "w") as new:
        info = tarfile.TarInfo("accepted/link")
        info.type, info.linkname = kind, "/etc/passwd"
        new.addfile(info)
    with pytest.raises(BackupRefused) as raised:
        read_backup(target)
    assert raised.value.values["reason"] == "keep.refused.strange"


def test_a_backup_of_a_later_version_is_refused(kept: Path, empty_folder: Path, run: Run) -> None:
    def later(name: str, content: bytes) -> tuple[str, bytes]:
        return name, json.dumps({**json.loads(content), "format": "999"}).encode() if name == MANIFEST else content

    outcome = run("restore", rewritten(kept, later), "--json")
    assert (outcome.status, outcome.document["error"]["key"]) == (3, "error.data_folder_new")
    assert [path.name for path in empty_folder.iterdir()] == [".lock"]


# --- bringing back


def test_restored_without_publication_everything_is_there_and_nothing_is_live(
    kept: Path, empty_folder: Path, run: Run
) -> None:
    manifest = read_backup(kept)
    outcome = run("restore", kept, "--no-publish")
    assert outcome.status == 0
    assert (live(), len(loads()), len(builds())) == (None, 1, 1)
    assert {str(path.relative_to(empty_folder)) for path in empty_folder.rglob("*") if path.is_file()} == {
        *manifest.files,
        ".lock",
    }
    assert outcome.out.splitlines()[-1] == t("restore.unpublished", "en", build=manifest.live)
    assert run("publish", manifest.live).status == 0
    assert live_name() == manifest.live
    assert half_written(empty_folder) == []


def test_a_backup_of_a_record_that_was_never_shown_is_restored_so(
    kept: Path, live_folder: Path, run: Run, tmp_path: Path
) -> None:
    (live_folder / "warehouse" / "current").unlink()
    assert run("backup", tmp_path / "never.tar").status == 0
    shutil.rmtree(live_folder)
    outcome = run("restore", tmp_path / "never.tar")
    assert outcome.out.splitlines()[-1] == t("restore.nothing_live", "en")
    assert (live(), len(loads()), builds()) == (None, 1, [])


def test_a_restored_folder_is_its_owners_alone(kept: Path, empty_folder: Path, run: Run) -> None:
    assert run("restore", kept).status == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in empty_folder.rglob("*") if path.is_file()}
    assert modes.pop("public.duckdb") == 0o644
    assert set(modes.values()) == {0o600}
    folders = [path for path in empty_folder.rglob("*") if path.is_dir() and not path.is_symlink()]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_restored_twice_is_restored_once(kept: Path, empty_folder: Path, run: Run) -> None:
    assert run("restore", kept).status == 0
    before = content(empty_folder)
    assert run("restore", kept).status == 0
    assert content(empty_folder) == before


def test_what_was_published_before_a_restore_is_still_told_after_it(kept: Path, empty_folder: Path, run: Run) -> None:
    assert run("restore", kept).status == 0
    assert run("load", table(empty_folder), "--publish").status == 0
    assert [event["event"] for event in publications()] == ["published", "published"]
    told = ask(empty_folder, "SELECT build, event FROM publications ORDER BY number")
    assert told == [(event["build"], event["event"]) for event in publications()]


def test_a_restore_that_was_killed_while_it_put_in_place_is_ended_by_the_next_command(
    kept: Path, empty_folder: Path, run: Run
) -> None:
    assert run("restore", kept).status == 0
    (empty_folder / ".restored").mkdir()
    for name in ("accepted", "warehouse"):  # the last ones
        (empty_folder / name).rename(empty_folder / ".restored" / name)
    assert run("status").status == 3
    assert run("publish", "20000101T000000000-000000").status == 3
    assert run("status").status == 0
    assert not (empty_folder / ".restored").exists()
