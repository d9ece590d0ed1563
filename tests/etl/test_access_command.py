"""Rights are granted, shown and revoked by commands, and the log of who did what is checked and shown."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.journal import publications
from etl.sign_off import signature
from etl.storage import live
from riskmap.access.audit_log import AccessEvent, entries, head, verify
from riskmap.access.grants import grants, in_force
from riskmap.domain.vocabulary import LANGUAGES
from tests.etl.build_files import copied
from tests.etl.conftest import Run
from tests.etl.folders import live_name

AKMOLA, AKTOBE = "110000000", "150000000"


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", "Dana")


@pytest.fixture
def waiting(live_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A build that somebody else has staged; nothing in it was loaded since the live one."""
    current = live()
    assert current
    with monkeypatch.context() as patch:
        patch.setenv("RISKMAP_OPERATOR", "first")
        patch.setenv("LOGNAME", "first")
        build = copied(current)
    shutil.rmtree(live_folder / "access")
    return build.name


def told(event: AccessEvent) -> list[tuple[str, dict[str, object]]]:
    return [(entry.who, dict(entry.told)) for entry in entries() if entry.event is event]


# --- rights


def test_a_right_is_granted_shown_and_revoked(data_folder: Path, run: Run) -> None:
    done = run("grant", "Aigul@gov.kz", "--role", "viewer", "--area", AKMOLA, "--until", "2999-12-31")
    assert (done.status, "Akmola" in done.out, "aigul@gov.kz" in done.out) == (0, True, True)
    listed = run("grants").out
    assert [part in listed for part in ("1. aigul@gov.kz", "Akmola", "2999-12-31", "Dana")] == [True] * 4
    assert run("revoke", 1).status == 0
    assert "aigul" not in run("grants").out
    assert "revoked by Dana" in run("grants", "--all").out
    assert in_force("aigul@gov.kz", datetime.now(UTC).date()) == ()


def test_an_area_may_be_named_and_is_kept_by_its_code(data_folder: Path, run: Run) -> None:
    assert run("grant", "a", "--role", "viewer", "--area", "Акмолинская область").status == 0
    assert [one.area for one in grants()] == [AKMOLA]


@pytest.mark.parametrize("role", ["ministry", "operator", "signer", "administrator"])
def test_for_a_role_of_the_country_no_area_is_named(data_folder: Path, run: Run, role: str) -> None:
    assert run("grant", "a", "--role", role).status == 0
    assert [one.area for one in grants()] == ["000000000"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("arguments", "status", "hint"),
    [
        (["a", "--role", "viewer"], 3, "--area KATO"),
        (["a", "--role", "analyst"], 3, "--area 000000000"),  # the whole country is never meant by leaving it out
        (["a", "--role", "viewer", "--area", "000000000"], 3, "--area KATO"),
        (["a", "--role", "viewer", "--area", f"{AKMOLA}-R"], 3, "--area KATO"),
        (["a", "--role", "signer", "--area", AKMOLA], 3, "--area"),
        (["a", "--role", "viewer", "--area", "Atlantis"], 2, "Atlantis"),
        (["a", "--role", "viewer", "--area", "Алматы облысы, Астана"], 2, "Алматы"),
        (["a", "--role", "emperor"], 2, "ministry"),
        (["a"], 2, "--role"),
        (["a", "--role", "ministry", "--from", "22.11.2026"], 2, "2026-11-22"),
        (["a", "--role", "ministry", "--until", "2026-11-31"], 2, "2026-11-22"),
        (["a", "--role", "ministry", "--until", "2020-01-01"], 3, "--until"),
        (["", "--role", "ministry"], 3, ""),
        (["held", "--role", "viewer", "--area", AKTOBE], 3, "revoke 1"),
        (["held", "--role", "viewer", "--area", AKMOLA], 3, "revoke 1"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_what_to_do(
    data_folder: Path, run: Run, language: str, arguments: list[str], status: int, hint: str
) -> None:
    assert run("grant", "held", "--role", "viewer", "--area", AKMOLA).status == 0
    done = run("grant", *arguments, "--lang", language)
    assert (done.status, done.out, hint in done.err) == (status, "", True)
    assert len(grants()) == 1


@pytest.mark.parametrize(("number", "status"), [(1, 3), (2, 3), ("x", 2)])
def test_what_is_not_granted_cannot_be_revoked(data_folder: Path, run: Run, number: object, status: int) -> None:
    run("grant", "a", "--role", "ministry")
    run("revoke", 1)
    assert run("revoke", number).status == status
    assert len(told(AccessEvent.REVOKE)) == 1


def test_rights_of_past_days_are_shown_only_with_all_and_those_to_come_always(data_folder: Path, run: Run) -> None:
    today = datetime.now(UTC).date()
    for name, begin, last in (("past", -2, -1), ("present", -1, 1), ("future", 2, 3)):
        days = ("--from", today + timedelta(begin), "--until", today + timedelta(last))
        assert run("grant", name, "--role", "ministry", *days).status == 0
    shown = {one["subject"]: one["is_in_force"] for one in run("grants", "--json").document["grants"]}
    assert shown == {"present": True, "future": False}
    assert {one["subject"] for one in run("grants", "--all", "--json").document["grants"]} == {"past", *shown}


def test_a_right_for_another_program_is_complete(data_folder: Path, run: Run) -> None:
    run("grant", "a", "--role", "viewer", "--area", AKMOLA, "--from", "2026-01-01")
    (one,) = run("grants", "--json").document["grants"]
    at = one.pop("granted_at")
    assert datetime.fromisoformat(at)
    assert one == {
        "id": 1,
        "subject": "a",
        "role": "viewer",
        "area": AKMOLA,
        "area_name": "Akmola Region",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "is_in_force": True,
        "granted_by": "Dana",
        "revoked_by": None,
        "revoked_at": None,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_anything_is_granted_that_is_said(data_folder: Path, run: Run, language: str) -> None:
    for command in ("grants", "access"):
        done = run(command, "--lang", language)
        assert (done.status, len(done.out.splitlines())) == (0, 1)
    assert not (data_folder / "access").exists()


# --- the log


def test_the_log_is_shown_as_whole_with_the_digest_to_be_kept_elsewhere(data_folder: Path, run: Run) -> None:
    run("grant", "a", "--role", "ministry")
    done, last = run("access"), head()
    assert last
    assert (done.status, last.digest in done.out, "right granted" in done.out) == (0, True, True)
    document = run("access", "--json").document
    assert document["head"] == {"number": 1, "sha256": last.digest}
    assert (document["faults"], [entry["who"] for entry in document["entries"]]) == ([], ["Dana"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("change", "kind", "line"),
    [
        (lambda lines: [lines[0].replace(b"Dana", b"Nobody"), *lines[1:]], "changed", 1),
        (lambda lines: [lines[0], *lines[2:]], "removed", 2),
        (lambda lines: [lines[1], lines[0], lines[2]], "removed", 1),
        (lambda lines: [*lines, lines[1]], "inserted", 4),
        (lambda lines: lines[:2], "cut_off", 3),
        (lambda lines: [lines[0], lines[1][:20], lines[2]], "cut_off", 2),
    ],
)
def test_a_log_that_was_tampered_with_ends_with_3_and_names_the_place(
    data_folder: Path, run: Run, language: str, change: Callable[[list[bytes]], list[bytes]], kind: str, line: int
) -> None:
    for name in "abc":
        run("grant", name, "--role", "ministry")
    (path,) = (data_folder / "access" / "log").glob("*.jsonl")
    path.write_bytes(b"".join(part + b"\n" for part in change(path.read_bytes().splitlines())))
    done = run("access", "--lang", language)
    assert (done.status, path.name in done.out.splitlines()[0]) == (3, True)
    checked = run("access", "--json")
    assert checked.status == 3
    fault = checked.document["faults"][0]
    assert (fault["kind"], fault["file"], fault["line"]) == (kind, path.name, line)


def test_a_lost_head_is_told(data_folder: Path, run: Run) -> None:
    run("grant", "a", "--role", "ministry")
    (data_folder / "access" / "log" / "head.json").unlink()
    done = run("access")
    assert (done.status, done.out.startswith("head.json: ")) == (3, True)


@pytest.mark.parametrize(
    ("month", "status", "count"), [("2020-01", 0, 0), ("", 0, 1), ("2026", 2, 0), ("2026-13", 2, 0)]
)
def test_one_month_of_the_log_is_shown(data_folder: Path, run: Run, month: str, status: int, count: int) -> None:
    run("grant", "a", "--role", "ministry")
    done = run("access", "--month", month or f"{datetime.now(UTC):%Y-%m}")
    assert (done.status, done.out.count("right granted")) == (status, count)


def test_a_name_cannot_steer_the_terminal(data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKMAP_OPERATOR", "Dana\x1b[2J\u202e")
    run("grant", "a", "--role", "ministry")
    for command in ("access", "grants"):
        assert all(sign.isprintable() or sign == "\n" for sign in run(command).out)


# --- what the loader does


def test_publications_are_noted_before_they_are_true(data_folder: Path, waiting: str, run: Run) -> None:
    first, before = live_name(), publications()
    (data_folder / "access").write_text("in the way")
    done = run("publish")
    assert (done.status, str(data_folder / "access") in done.err) == (3, True)
    assert (live_name(), publications(), list((data_folder / "journal").glob("*.intent"))) == (first, before, [])
    (data_folder / "access").unlink()
    assert run("publish").status == 0
    (data_folder / "access").rename(data_folder / "moved")
    (data_folder / "access").write_text("in the way")
    assert (run("rollback").status, live_name()) == (3, waiting)
    (data_folder / "access").unlink()
    (data_folder / "moved").rename(data_folder / "access")
    assert (run("rollback").status, live_name()) == (0, first)
    assert told(AccessEvent.PUBLISH) == [("Dana", {"build": waiting})]
    assert told(AccessEvent.TAKE_BACK) == [("Dana", {"build": waiting, "live": first})]


def test_a_signature_is_noted_and_there_is_none_without_the_note(data_folder: Path, waiting: str, run: Run) -> None:
    (data_folder / "access").write_text("in the way")
    assert run("sign").status == 3
    (data_folder / "access").unlink()
    assert signature(waiting) is None
    assert run("sign").status == 0
    assert told(AccessEvent.SIGN_OFF) == [("Dana", {"build": waiting})]
    assert verify() == []


def test_a_backup_brings_rights_and_log_back(
    live_folder: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("grant", "a", "--role", "viewer", "--area", AKMOLA)
    before = (grants(), list(entries()), head())
    with closing(sqlite3.connect(live_folder / "access" / "grants.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # somebody grants just then, and has not ended
        other.execute("UPDATE grants SET revoked_by = 'x', revoked_at = 'y'")
        assert (live_folder / "access" / "grants.db-journal").exists()
        assert run("backup", tmp_path / "kept.tar").status == 0
        other.execute("ROLLBACK")
    monkeypatch.setenv("RISKMAP_DATA", str(tmp_path / "restored"))
    assert run("restore", tmp_path / "kept.tar").status == 0
    assert (grants(), list(entries()), head()) == before
    assert verify() == []
    kept = {path.name for path in (tmp_path / "restored" / "access").rglob("*") if path.is_file()}
    assert {name for name in kept if not name.endswith(".jsonl")} == {"grants.db", "head.json"}


def test_a_database_of_rights_that_is_damaged_stops_a_backup_with_a_sentence(
    live_folder: Path, tmp_path: Path, run: Run
) -> None:
    run("grant", "a", "--role", "ministry")
    (live_folder / "access" / "grants.db").write_text("no database")
    done = run("backup", tmp_path / "kept.tar", "--json")
    assert (done.status, json.loads(done.out)["error"]["key"]) == (3, "error.storage_failed")
    assert not (tmp_path / "kept.tar").exists()
