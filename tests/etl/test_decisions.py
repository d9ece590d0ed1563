"""What is decided on pages is carried out as the command line would, once, and only for whoever may decide it."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from etl.journal import EventKind
from etl.sign_off import signature
from etl.storage import builds, loads
from riskmap.access.audit_log import AccessEvent, entries, note
from riskmap.access.decisions import MOST_BYTES, Act, DecidedFile, leave
from riskmap.access.grants import revoke
from riskmap.access.review import State, answered, answers
from riskmap.access.roles import Role
from tests.etl.build_files import copied
from tests.etl.conftest import Run
from tests.etl.decided import (
    AKMOLA,
    OPERATOR,
    SENDER,
    SIGNER,
    asked,
    build,
    carried,
    file_of,
    granted,
    loader,
    names,
    outcome,
    people,
    sent,
    signed,
    taken_in,
    told,
    waiting_folder,
)
from tests.etl.folders import OFFENCES, content, live_name, table
from tests.etl.published import published_row, write_published
from tests.etl.returns import FULL, ULYTAU, write_good

__all__ = ["build", "loader", "people", "waiting_folder"]


# --- the whole way


def test_a_return_is_taken_in_as_on_the_command_line_and_who_sent_or_took_it_in_does_not_sign_it(
    data_folder: Path, people: None, run: Run, tmp_path: Path
) -> None:
    good, bad = sent(table(data_folder)), sent(_written(tmp_path / "bad.csv", "a,b\n1,2\n"))
    assert run("decisions").status == 0
    assert {one.file: (one.fate, one.sender, one.regions, one.figures) for one in told().returns} == {
        good: ("accepted", SENDER, (AKMOLA,), 1),
        bad: ("faulty", SENDER, (), 0),
    }
    decision = taken_in(good, bad)
    assert run("decisions").status == 0
    assert (outcome(decision).state, outcome(decision).fates) == (State.DONE, {good: "accepted", bad: "faulty"})
    assert _received() == [(good, OPERATOR)]
    (build,) = builds()
    assert names(EventKind.STAGED) == [(build.name, OPERATOR)]
    assert [path.name for path in (data_folder / "inbox/done").rglob("*.csv")] == [good]
    assert (data_folder / "inbox/faulty" / f"{bad}.report.json").exists()
    waits = told().build
    assert waits
    assert (told().returns, waits.build, waits.authors) == ((), build.name, (OPERATOR, SENDER))
    assert not list((data_folder / "decisions").iterdir())
    for who in (SENDER, OPERATOR):
        granted(who, Role.SIGNER)
    decisions = [signed(build, who=who) for who in (SENDER, OPERATOR, SIGNER)]
    carried()
    same = "decision.refused.same_person"
    assert [outcome(one).reason for one in decisions] == [same, same, ""]
    assert names(EventKind.SIGNED) == [(build.name, SIGNER)]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _received() -> list[tuple[str, str]]:
    place = os.environ["RISKMAP_DATA"]
    query = f"SELECT DISTINCT file, received_by FROM read_parquet('{place}/accepted/*.parquet')"
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_what_was_asked_for_goes_live_when_a_second_person_has_signed_it(build: Path, run: Run) -> None:
    before, request = live_name(), asked(build)
    run("decisions")
    assert (live_name(), outcome(request).state) == (before, State.STANDING)
    waits = told().build
    assert waits
    assert (waits.asked_by, waits.signed_by) == (OPERATOR, "")
    agreed = signed(build)
    carried()
    assert live_name() == build.name
    assert [outcome(one).state for one in (request, agreed)] == [State.DONE, State.DONE]
    assert names(EventKind.SIGNED) == [(build.name, SIGNER)]
    assert names(EventKind.PUBLISHED)[-1] == (build.name, OPERATOR)
    noted = [(entry.event, entry.who) for entry in entries()]
    assert noted[-4:] == [
        (AccessEvent.DECIDE, OPERATOR),
        (AccessEvent.DECIDE, SIGNER),
        (AccessEvent.SIGN_OFF, SIGNER),
        (AccessEvent.PUBLISH, OPERATOR),
    ]


def test_a_signature_given_on_the_command_line_counts_for_what_was_asked_on_the_page(
    build: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(build)
    carried()
    monkeypatch.setenv("RISKMAP_OPERATOR", "Bolat")
    assert run("sign").status == 0
    carried()
    assert live_name() == build.name


def test_a_refusal_with_its_reason_ends_what_was_asked_for(build: Path) -> None:
    before, request = live_name(), asked(build)
    refusal = leave(Act.REFUSE, who=SIGNER, build=build.name, reason="Abay is missing")
    carried()
    answer = outcome(request)
    assert (answer.state, answer.reason) == (State.REFUSED, "decision.refused.by_signer")
    assert answer.values == {"name": SIGNER, "text": "Abay is missing"}
    assert (outcome(refusal).state, live_name(), signature(build.name)) == (State.DONE, before, None)


# --- what is refused


def test_a_decision_that_the_log_does_not_know_is_not_carried_out(build: Path, data_folder: Path) -> None:
    real = asked(build)
    forged = f"{real.id[:-12]}{'0' * 12}"
    text = file_of(real, data_folder).read_text(encoding="utf-8").replace(real.id, forged)
    file_of(real, data_folder).unlink()
    (data_folder / "decisions" / f"{forged}.json").write_text(text, encoding="utf-8")
    carried()
    answer = answered(forged)
    assert answer
    assert (answer.state, answer.reason) == (State.REFUSED, "decision.refused.not_noted")


def test_a_decision_that_was_changed_after_it_was_noted_is_not_carried_out(build: Path, data_folder: Path) -> None:
    changes = {("publish", "sign"), (OPERATOR, SIGNER)}
    decisions = [asked(build) for _ in changes]
    for decision, change in zip(decisions, changes, strict=True):
        path = file_of(decision, data_folder)
        path.write_text(path.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    carried()
    told = {(outcome(decision).state, outcome(decision).reason) for decision in decisions}
    assert told == {(State.REFUSED, "decision.refused.not_noted")}
    assert names(EventKind.SIGNED) == []


def test_a_decision_that_was_answered_is_never_carried_out_again(build: Path, data_folder: Path) -> None:
    request = asked(build)
    kept = file_of(request, data_folder).read_bytes()
    leave(Act.REFUSE, who=SIGNER, build=build.name, reason="no")
    carried()
    answer = outcome(request)
    file_of(request, data_folder).write_bytes(kept)
    signed(build)
    carried()
    assert outcome(request) == answer
    assert live_name() != build.name
    assert not list((data_folder / "decisions").iterdir())


def test_who_lost_the_right_before_it_was_carried_out_decides_nothing(build: Path) -> None:
    number = granted("late@example.kz", Role.SIGNER)
    decision = signed(build, who="late@example.kz")
    revoke(number, by="test")
    carried()
    assert (outcome(decision).state, outcome(decision).reason) == (State.REFUSED, "decision.refused.no_right")
    assert signature(build.name) is None


def test_what_somebody_asked_for_who_has_lost_the_right_since_does_not_go_live(build: Path) -> None:
    number = granted("late@example.kz", Role.OPERATOR)
    request = asked(build, who="late@example.kz")
    carried()
    assert outcome(request).state is State.STANDING
    revoke(number, by="test")
    signed(build)
    carried()
    assert (outcome(request).state, outcome(request).reason) == (State.REFUSED, "decision.refused.no_right")
    assert live_name() != build.name


def test_a_role_decides_what_it_is_granted_for_and_nothing_else(build: Path) -> None:
    wrong = ((Act.SIGN, OPERATOR), (Act.PUBLISH, SIGNER), (Act.REFUSE, OPERATOR), (Act.TAKE_IN, SIGNER))
    decisions = [leave(act, who=who, build=build.name, reason="no") for act, who in wrong]
    carried()
    assert {outcome(decision).reason for decision in decisions} == {"decision.refused.no_right"}
    assert (signature(build.name), live_name() == build.name) == (None, False)


def test_who_asked_for_a_publication_does_not_sign_it_and_who_signed_does_not_ask(build: Path) -> None:
    granted(OPERATOR, Role.SIGNER)
    granted(SIGNER, Role.OPERATOR)
    asked(build)
    own = signed(build, who=OPERATOR)
    leave(Act.REFUSE, who=SIGNER, build=build.name, reason="wait")
    carried()
    assert (outcome(own).reason, signature(build.name)) == ("decision.refused.same_person", None)
    signed(build)
    again = asked(build, who=SIGNER)
    carried()
    assert (outcome(again).reason, signature(build.name) is None) == ("decision.refused.same_person", False)
    assert live_name() != build.name


def test_what_the_command_line_refuses_is_refused_with_the_same_reason(build: Path, run: Run) -> None:
    with duckdb.connect(str(build / "public.duckdb")) as connection:
        connection.execute("UPDATE meta SET value = 'false' WHERE name = 'audit_passed'")
    decisions = [asked(build), signed(build)]
    run("decisions")
    assert {(outcome(one).state, outcome(one).reason) for one in decisions} == {
        (State.REFUSED, "publish.refused.not_proved")
    }
    waits = told().build
    assert waits
    assert waits.unfit == "publish.refused.not_proved"


def test_what_was_decided_on_another_build_is_refused(build: Path) -> None:
    request = asked(build)
    carried()
    newer = copied(build)
    agreed = signed(build)
    carried()
    assert {outcome(one).reason for one in (request, agreed)} == {"decision.refused.build"}
    assert (live_name() in (build.name, newer.name), signature(newer.name)) == (False, None)


def test_a_file_of_other_content_than_was_decided_on_is_left(data_folder: Path, people: None, run: Run) -> None:
    name = sent(table(data_folder))
    run("decisions")
    decision = taken_in(name)
    shutil.copyfile(table(data_folder, 6), data_folder / "inbox" / name)
    run("decisions")
    assert (outcome(decision).state, outcome(decision).fates) == (State.REFUSED, {name: "other"})
    assert ((data_folder / "inbox" / name).exists(), loads()) == (True, [])


def test_a_file_that_needs_an_answer_which_was_not_given_stays_in_the_inbox(
    data_folder: Path, people: None, run: Run, tmp_path: Path
) -> None:
    name = sent(write_good(tmp_path / "return.xlsx", source=FULL), region=ULYTAU)
    run("decisions")
    (one,) = told().returns
    assert (one.fate, bool(one.asks), one.sender) == ("asked", True, SENDER)
    decision = taken_in(name)
    run("decisions")
    assert (outcome(decision).fates, loads()) == ({name: "asked"}, [])
    assert (data_folder / "inbox" / name).exists()


def test_what_is_told_of_faults_holds_no_number_of_the_file(data_folder: Path, people: None, run: Run) -> None:
    rows = [published_row(OFFENCES, AKMOLA, period, 87_654 + n) for n, period in enumerate(("2019", "2019-13"))]
    sent(write_published(data_folder.parent / "new.csv", rows))
    run("decisions")
    (one,) = told().returns
    assert one.counts["stop"] > 0
    assert [fault.code[0] for fault in one.faults] != []
    text = (data_folder / "review/waiting.json").read_text(encoding="utf-8")
    assert "8765" not in text


TRICKS = ("../accepted/x.csv", "/etc/hostname", "..", ".", "", ".lock", "done/x.csv", "x\0y", "inbox")


def test_names_in_a_decision_lead_nowhere(data_folder: Path, people: None, run: Run) -> None:
    sent(table(data_folder))
    run("decisions")
    before = set(content(data_folder))
    digest = "0" * 64
    decision = leave(Act.TAKE_IN, who=OPERATOR, files=[DecidedFile(name, digest) for name in TRICKS])
    others = [leave(Act.PUBLISH, who=OPERATOR, build=name) for name in TRICKS]
    assert run("decisions").status == 0
    assert set(outcome(decision).fates.values()) == {"gone"}
    assert {outcome(one).reason for one in others} == {"decision.refused.build"}
    new = {Path(path).relative_to(data_folder).parts[0] for path in set(content(data_folder)) - before}
    assert new == {"review"}


def test_what_is_no_decision_is_told_and_neither_followed_nor_removed(
    data_folder: Path, people: None, run: Run, tmp_path: Path
) -> None:
    place = data_folder / "decisions"
    place.mkdir()
    secret = _written(tmp_path / "secret.json", '{"id": "1"}')
    stem = "20261122T101010123-"
    (place / f"{stem}{'a' * 12}.json").symlink_to(secret)
    (place / f"{stem}{'b' * 12}.json").mkdir()
    os.mkfifo(place / f"{stem}{'c' * 12}.json")
    _written(place / f"{stem}{'d' * 12}.json", "x" * (MOST_BYTES + 1))
    _written(place / "waiting.json", "{}")
    _written(place / f"{stem}{'e' * 12}.json", "[" * 10_000)
    found = run("decisions", "--json")
    assert found.status == 0
    strange = found.document["strange"]
    assert strange == [*(f"{stem}{letter * 12}.json" for letter in "abcd"), "waiting.json"]
    (answer,) = answers()
    assert (answer.id, answer.reason) == (f"{stem}{'e' * 12}", "decision.refused.unreadable")
    assert sorted(path.name for path in place.iterdir()) == strange
    assert secret.exists()


def test_where_an_answer_cannot_be_kept_the_decision_stays(build: Path, data_folder: Path, run: Run) -> None:
    decision = asked(build)
    (data_folder / "review").write_text("no folder")
    assert run("decisions").status == 3
    assert file_of(decision, data_folder).exists()


def test_a_file_that_cannot_be_read_any_more_keeps_nothing_from_being_told(
    build: Path, data_folder: Path, run: Run
) -> None:
    name = sent(table(data_folder))
    run("decisions")
    decision, request = taken_in(name), asked(build)
    path = data_folder / "inbox" / name
    path.unlink()
    os.mkfifo(path)
    assert run("decisions").status == 0
    assert (outcome(decision).fates, outcome(request).state) == ({name: "gone"}, State.STANDING)
    assert told().returns == ()


def test_of_a_log_that_was_forged_nothing_breaks(build: Path, run: Run) -> None:
    note(AccessEvent.DECIDE, who=OPERATOR)
    note(AccessEvent.SUBMIT, who=SENDER)
    request = asked(build)
    assert run("decisions").status == 0
    assert outcome(request).state is State.STANDING


def test_the_document_of_what_waits_is_read_by_the_group_of_its_folder(
    build: Path, data_folder: Path, run: Run
) -> None:
    (data_folder / "review").mkdir()
    (data_folder / "review").chmod(0o2750)
    asked(build)
    run("decisions")
    modes = {path.stat().st_mode & 0o777 for path in (data_folder / "review").iterdir()}
    assert modes == {0o640}
    assert json.loads((data_folder / "review/waiting.json").read_text(encoding="utf-8"))["build"]["build"] == build.name
