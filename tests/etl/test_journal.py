"""The journal: events in their order whatever the clock says, and true whatever was killed."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from etl import journal
from etl import publish as publish_module
from etl.journal import EventKind, events, note, operator, publications, settle
from etl.publish import publish, rollback
from etl.storage import live, loads, new_identifier, point
from riskmap.domain.errors import StorageFailed
from tests.conftest import ROOT
from tests.etl.build_files import copied
from tests.etl.folders import live_name


def _files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in (folder / "journal").iterdir())


def test_before_the_first_event_there_is_none(data_folder: Path) -> None:
    assert (events(), publications()) == ([], [])
    assert not data_folder.exists()


def test_an_event_says_who_and_when_and_what_it_was_told(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", " Айгүл ")
    monkeypatch.setenv("LOGNAME", "office")
    note(EventKind.SIGNED, build="one", counts={"new": 3})
    (event,) = events()
    assert event.pop("at")
    assert event == {"event": "signed", "by": "Айгүл", "user": "office", "build": "one", "counts": {"new": 3}}
    (path,) = (data_folder / "journal").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_of_nothing_but_spaces_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", "  ")
    monkeypatch.setenv("LOGNAME", "office")
    assert operator() == "office"


def test_events_keep_their_order_when_the_clock_was_set_back(data_folder: Path) -> None:
    note("first", build="1")
    (path,) = (data_folder / "journal").iterdir()
    path.rename(path.with_name("20991231T235959999-ffffff.json"))
    for name in ("second", "third"):
        note(name, build="1")
    assert [event["event"] for event in events()] == ["first", "second", "third"]
    assert new_identifier() > "2100"


def test_an_event_of_the_past_is_told_with_its_moment_behind_the_others(data_folder: Path) -> None:
    note("first", build="1")
    note("second", build="1", moment=datetime(2020, 1, 1))
    assert [(event["event"], event["at"][:4] == "2020") for event in events()] == [("first", False), ("second", True)]


def test_an_event_that_is_damaged_is_told_with_its_path(data_folder: Path) -> None:
    note("first", build="1")
    (path,) = (data_folder / "journal").iterdir()
    path.write_text("")
    with pytest.raises(StorageFailed) as raised:
        events()
    assert raised.value.values["path"] == str(path)


@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_publication_that_was_stopped_is_told_exactly_where_the_link_was_changed(
    live_folder: Path, monkeypatch: pytest.MonkeyPatch, *, is_swapped: bool
) -> None:
    first = live_name()
    build = copied(live_folder / "warehouse" / first)

    def stopped(link: Path, target: str) -> None:
        if is_swapped:
            point(link, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(publish_module, "point", stopped)
    before = publications()
    with pytest.raises(KeyboardInterrupt):
        publish(build)
    assert live_name() == (build.name if is_swapped else first)
    assert [event["live"] for event in publications()[len(before) :]] == [build.name] * is_swapped
    assert ".intent" not in _files(live_folder)


def _kill(folders: Sequence[Path], places: Sequence[str], *arguments: str) -> None:
    """Run a command in each data folder, killed before it calls the function of that place."""
    orders = [f"{folder} {place} before" for folder, place in zip(folders, places, strict=True)]
    command = [sys.executable, "-m", "tests.etl.interrupted", *arguments]
    given = "\n".join(orders)
    done = subprocess.run(command, input=given, capture_output=True, text=True, cwd=ROOT, check=True, timeout=120)
    assert done.stderr.split() == [str(int(signal.SIGKILL))] * len(orders), done.stderr


def test_a_publication_that_was_killed_is_told_exactly_where_the_link_was_changed(
    live_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, before = live_name(), publications()
    second = copied(live_folder / "warehouse" / first)
    other_folder = live_folder.with_name("other")
    shutil.copytree(live_folder, other_folder, symlinks=True)
    _kill((live_folder, other_folder), ("etl.journal _settle", "etl.publish point"), "publish", second.name)
    assert live_name() == second.name
    assert ".intent" in _files(live_folder)
    assert publications()[-1]["live"] == second.name  # who only reads sees it too
    assert rollback().name == first
    assert ".intent" not in _files(live_folder)
    assert [event["event"] for event in publications()[-2:]] == [EventKind.PUBLISHED, EventKind.TAKEN_BACK]
    monkeypatch.setenv("RISKMAP_DATA", str(other_folder))
    assert (live_name(), publications()) == (first, before)
    assert ".intent" in _files(other_folder)
    third = copied(other_folder / "warehouse" / second.name)
    publish(third)
    assert [event["live"] for event in publications()[len(before) :]] == [third.name]
    assert ".intent" not in _files(other_folder)


def test_what_an_intent_says_of_a_later_link_is_never_believed_after_it_was_settled(live_folder: Path) -> None:
    first, before = live_name(), publications()
    second = copied(live_folder / "warehouse" / first)
    document = {
        "event": "published",
        "build": second.name,
        "live": second.name,
        "at": "2026-11-01",
        "by": "",
        "user": "",
    }
    intent = live_folder / "journal" / f"{new_identifier()}.intent"
    intent.write_text(json.dumps(document))
    settle()
    assert not intent.exists()
    publish(second)
    assert len(publications()) == len(before) + 1


def test_a_folder_without_a_journal_can_be_published_to(live_folder: Path) -> None:
    first = live()
    assert first
    shutil.rmtree(live_folder / "journal")
    second = copied(first)
    publish(second)
    assert [event["live"] for event in publications()] == [second.name]
    assert loads()


@pytest.mark.parametrize("came_true", [True, False])
def test_who_reads_while_a_writer_settles_an_intent_sees_what_came_of_it(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch, came_true: bool
) -> None:
    note(EventKind.STAGED, build="one")
    (first,) = (data_folder / "journal").iterdir()
    intent = data_folder / "journal" / f"{new_identifier()}.intent"
    intent.write_text(json.dumps({"event": "published", "build": "one", "live": "one"}))

    def settled(*suffixes: str) -> list[Path]:
        if intent.exists():
            intent.rename(intent.with_suffix(".json")) if came_true else intent.unlink()
        return [first, intent]

    monkeypatch.setattr(journal, "_paths", settled)
    assert [event["event"] for event in events()] == ["staged", "published"][: 1 + came_true]
