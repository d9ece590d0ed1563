"""Identifiers, lock, links and what is left behind: the ground on which nothing is lost."""

import errno
import fcntl
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl.storage import builds, clear_leftovers, folder, live, loads, lock, new_identifier, point, storage_faults
from riskmap.domain.errors import Locked, StorageFailed


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def _build(data_folder: Path, name: str) -> Path:
    return _touch(data_folder / "warehouse" / name / "public.duckdb").parent


def test_an_identifier_is_the_moment_in_utc_and_a_random_part(data_folder: Path) -> None:
    match = re.fullmatch(r"(\d{8}T\d{6})\d{3}-[0-9a-f]{6}", new_identifier())
    assert match
    told = datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


def test_identifiers_rise_within_one_second(data_folder: Path) -> None:
    given = []
    for _ in range(50):
        given.append(new_identifier())
        _touch(data_folder / "accepted" / f"{given[-1]}.parquet")
    assert given == sorted(given)
    assert loads() == given


@pytest.mark.parametrize("kind", ["load", "build"])
def test_identifiers_rise_after_the_clock_was_set_back(data_folder: Path, kind: str) -> None:
    ahead = "29990101T000000999-ffffff"
    if kind == "load":
        _touch(data_folder / "accepted" / f"{ahead}.parquet")
    else:
        _build(data_folder, ahead)
    assert new_identifier().startswith("29990101T000001000-")


def test_a_folder_is_for_its_owner_only(data_folder: Path) -> None:
    assert folder("accepted").stat().st_mode & 0o777 == 0o700


def test_a_data_folder_that_cannot_be_made_is_a_situation(data_folder: Path) -> None:
    _touch(data_folder)
    with pytest.raises(StorageFailed) as raised:
        folder("accepted")
    assert raised.value.values["detail"] == os.strerror(errno.ENOTDIR)


def test_a_fault_of_the_system_is_told_with_its_path_and_reason() -> None:
    path = Path("warehouse")
    with pytest.raises(StorageFailed) as raised, storage_faults(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/accepted/part")
    assert raised.value.values == {"path": "/data/accepted/part", "detail": "No space left on device"}


def test_a_folder_that_is_none_is_not_taken_for_an_empty_one(data_folder: Path) -> None:
    for name, ask in (("accepted", loads), ("warehouse", builds)):
        assert ask() == []
        _touch(data_folder / name)
        with pytest.raises(StorageFailed):
            ask()


def test_a_fault_of_the_database_file_is_the_same_situation(tmp_path: Path) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"nothing of the kind" * 500)
    with pytest.raises(StorageFailed) as raised, storage_faults(broken):
        duckdb.connect(str(broken))
    assert raised.value.values["path"] == str(broken)
    assert "not a valid DuckDB database file" in str(raised.value.values["detail"])


def test_a_mistake_of_ours_in_a_query_is_no_situation(tmp_path: Path) -> None:
    with pytest.raises(duckdb.BinderException), storage_faults(tmp_path), duckdb.connect() as connection:
        connection.execute("SELECT nobody")


def test_the_second_writer_is_told_who_holds_the_lock(data_folder: Path) -> None:
    with lock("publish"), pytest.raises(Locked) as raised, lock("load"):
        pass
    assert re.fullmatch(rf"publish, PID {os.getpid()}, \d{{4}}-.* UTC", str(raised.value.values["holder"]))


def test_a_lock_is_free_after_its_holder_is_done_or_failed(data_folder: Path) -> None:
    with pytest.raises(ValueError, match="fault"), lock("load"):
        raise ValueError("fault")
    with lock("load"):
        assert (data_folder / ".lock").stat().st_mode & 0o777 == 0o600
    assert (data_folder / ".lock").read_text() == ""


@pytest.mark.parametrize("left", [json.dumps({"purpose": "load", "pid": 1, "since": "2022"}), "half a wo"])
def test_what_a_dead_holder_left_in_the_lock_file_stops_nobody(data_folder: Path, left: str) -> None:
    _touch(data_folder / ".lock").write_text(left)
    with lock("load"):
        assert json.loads((data_folder / ".lock").read_text())["pid"] == os.getpid()


def test_a_holder_who_has_not_yet_said_who_he_is_still_holds(data_folder: Path) -> None:
    with _touch(data_folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(Locked) as raised, lock("load"):
            pass
    assert raised.value.values["holder"] == "?"


def test_a_fault_inside_the_lock_is_not_taken_for_a_fault_of_the_lock(data_folder: Path) -> None:
    with pytest.raises(BrokenPipeError), lock("load"):
        raise BrokenPipeError


def test_a_link_is_relative_and_is_replaced_in_one_step(data_folder: Path) -> None:
    link = folder("warehouse") / "current"
    for name in ("20220101T000000000-aaaaaa", "20220102T000000000-aaaaaa"):
        _build(data_folder, name)
        point(link, name)
        assert link.readlink() == Path(name)
    assert live() == data_folder / "warehouse" / "20220102T000000000-aaaaaa"
    assert len(list((data_folder / "warehouse").iterdir())) == 3


def test_a_link_that_cannot_be_put_in_place_leaves_nothing_behind(data_folder: Path) -> None:
    blocked = _touch(data_folder / "warehouse" / "current" / "file").parent
    with pytest.raises(StorageFailed):
        point(blocked, "20220101T000000000-aaaaaa")
    assert list((data_folder / "warehouse").iterdir()) == [blocked]


def test_a_link_to_a_build_that_is_gone_is_no_live_build(data_folder: Path) -> None:
    point(folder("warehouse") / "current", "20220101T000000000-aaaaaa")
    assert live() is None


def test_only_what_is_half_written_is_cleared(data_folder: Path) -> None:
    kept = [
        _touch(data_folder / "raw" / "20220101T000000000-aaaaaa" / "digest" / "a.csv"),
        _touch(data_folder / "accepted" / "20220101T000000000-aaaaaa.parquet"),
        _touch(data_folder / "warehouse" / "20220101T000000000-bbbbbb" / "public.duckdb"),
        _touch(data_folder / "released" / "20220101T000000000-bbbbbb.parquet"),
        _touch(data_folder / "warehouse" / ".gitkeep"),
        _touch(data_folder / ".lock"),
    ]
    left = [
        _touch(data_folder / "raw" / ".20220102T000000000-aaaaaa" / "digest" / "a.csv"),
        _touch(data_folder / "accepted" / "20220102T000000000-aaaaaa.part"),
        _touch(data_folder / "warehouse" / ".20220102T000000000-bbbbbb" / "full.duckdb"),
        _touch(data_folder / "released" / "20220102T000000000-bbbbbb.part"),
    ]
    (data_folder / "warehouse" / ".current.abcdef").symlink_to("20220101T000000000-bbbbbb")
    clear_leftovers()
    assert [path for path in kept if not path.exists()] == []
    assert [path for path in left if path.exists()] == []
    assert not (data_folder / "warehouse" / ".current.abcdef").is_symlink()
    assert not (data_folder / "raw" / ".20220102T000000000-aaaaaa").exists()


def test_the_files_of_a_load_killed_before_its_record_was_in_place_are_cleared(data_folder: Path) -> None:
    kept = [
        _touch(data_folder / "raw" / "20220101T000000000-aaaaaa" / "digest" / "a.csv"),
        _touch(data_folder / "accepted" / "20220101T000000000-aaaaaa.parquet"),
        _touch(data_folder / "raw" / "20220102T000000000-aaaaaa" / "digest" / "nobody knows why.csv"),
    ]
    _touch(data_folder / "raw" / "20220103T000000000-aaaaaa" / "digest" / "a.csv")
    _touch(data_folder / "accepted" / "20220103T000000000-aaaaaa.part")
    clear_leftovers()
    assert [path for path in kept if not path.exists()] == []
    assert not (data_folder / "raw" / "20220103T000000000-aaaaaa").exists()
    assert not (data_folder / "accepted" / "20220103T000000000-aaaaaa.part").exists()


def test_builds_are_finished_folders_in_the_order_of_their_age(data_folder: Path) -> None:
    names = ["20220102T000000000-aaaaaa", "20220101T000000000-bbbbbb"]
    for name in names:
        _build(data_folder, name)
    _touch(data_folder / "warehouse" / "20220103T000000000-cccccc" / "full.duckdb")
    _touch(data_folder / "warehouse" / ".20220104T000000000-dddddd" / "public.duckdb")
    assert [build.name for build in builds()] == sorted(names)
