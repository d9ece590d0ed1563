"""Sign-off: a build goes live only when a second person has seen what it changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.journal import EventKind, events
from etl.publish import publish, rollback
from etl.sign_off import authors, is_required, signature
from etl.storage import builds, live, loads, new_identifier
from riskmap.domain.errors import PublishRefused, WrongUsage
from riskmap.words import t
from tests.etl.build_files import copied
from tests.etl.conftest import Run
from tests.etl.folders import AKMOLA, OFFENCES, SAMPLE, live_name, table
from tests.etl.records import figure, write_record

Who = Callable[[str], None]


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> Who:
    """Says who is at work, on a machine where everybody is the user "office" and a second person signs."""
    monkeypatch.setenv("RISKMAP_SIGN_OFF", "yes")
    monkeypatch.setenv("LOGNAME", "office")

    def be(name: str) -> None:
        monkeypatch.setenv("RISKMAP_OPERATOR", name)

    be("Aigul")
    return be


@pytest.fixture
def waiting(live_folder: Path, at_work: Who) -> Path:
    """A build that Aigul has staged; nothing in it was loaded since the live one."""
    current = live()
    assert current
    return copied(current)


def test_a_build_is_refused_until_a_second_person_has_signed_it(waiting: Path, run: Run, at_work: Who) -> None:
    before = live_name()
    outcome = run("publish")
    assert (outcome.status, live_name()) == (3, before)
    assert t("publish.refused.unsigned", "en", build=waiting.name) in outcome.err
    at_work("Bolat")
    assert run("sign").status == 0
    assert run("publish").status == 0
    assert live_name() == waiting.name


def test_signing_shows_what_changes_and_records_how_much(waiting: Path, run: Run, at_work: Who) -> None:
    at_work("Bolat")
    outcome = run("sign")
    told = t("diff.title", "en", build=waiting.name, against=live_name())
    done = t("sign.done", "en", build=waiting.name, name="Bolat")
    assert outcome.out.index(told) < outcome.out.index(done)
    event = events()[-1]
    assert (event["event"], event["build"], event["base"], event["by"]) == (
        EventKind.SIGNED,
        waiting.name,
        live_name(),
        "Bolat",
    )
    nothing = dict.fromkeys(("new", "reported", "changed", "withdrawn", "vanished", "people"), 0)
    assert event["counts"] == nothing


@pytest.mark.parametrize("name", ["Aigul", " aigul ", "AIGUL", "Ａｉｇｕｌ"])
def test_who_staged_a_build_does_not_sign_it_however_the_name_is_written(
    waiting: Path, run: Run, at_work: Who, name: str
) -> None:
    at_work(name)
    outcome = run("sign")
    assert outcome.status == 3
    assert t("publish.refused.same_person", "en", name="Aigul") in outcome.err
    assert signature(waiting.name) is None


def test_without_a_name_whoever_has_the_same_user_may_be_the_same_person(
    live_folder: Path, run: Run, at_work: Who
) -> None:
    current = live()
    assert current
    for staging, signing in (("", "Bolat"), ("Aigul", "")):
        at_work(staging)
        build = copied(current)
        at_work(signing)
        outcome = run("sign")
        assert (outcome.status, signature(build.name)) == (3, None), (staging, signing)


def test_who_loaded_something_that_is_new_does_not_sign_and_who_loaded_it_long_ago_may(
    live_folder: Path, run: Run, at_work: Who
) -> None:
    current = live()
    assert current
    figures = figure(OFFENCES, AKMOLA, "2019", 5)
    write_record(live_folder, figures, load=new_identifier(), received_by="Dana")
    first = copied(current)
    assert set(authors(first)) == {"Aigul", "Dana"}
    at_work("Dana")
    assert t("publish.refused.same_person", "en", name="Dana") in run("sign").err
    at_work("Bolat")
    assert run("sign").status == 0
    publish(first)
    at_work("Aigul")
    second = copied(first)
    assert set(authors(second)) == {"Aigul"}
    at_work("Dana")
    assert run("sign").status == 0


def test_a_signature_is_about_one_build_only(waiting: Path, run: Run, at_work: Who) -> None:
    at_work("Bolat")
    assert run("sign").status == 0
    at_work("Aigul")
    again = copied(waiting)
    with pytest.raises(PublishRefused) as raised:
        publish(again)
    assert raised.value.values == {"reason": "publish.refused.unsigned", "build": again.name}


def test_what_is_signed_or_live_or_was_live_or_is_not_there_is_not_signed_again(
    waiting: Path, run: Run, at_work: Who
) -> None:
    first = live_name()
    at_work("Bolat")
    assert run("sign", waiting.name).status == 0
    at_work("Dana")
    outcome = run("sign")
    assert outcome.status == 3
    assert t("sign.refused.is_signed", "en", build=waiting.name, name="Bolat", at=events()[-1]["at"]) in outcome.err
    publish(waiting)
    for name, text in (
        (waiting.name, t("sign.refused.is_live", "en", build=waiting.name)),
        (first, t("sign.refused.was_live", "en", build=first)),
        ("nothing", t("error.nothing_staged", "en")),
    ):
        outcome = run("sign", name)
        assert (outcome.status, text in outcome.err) == (3, True), name
    assert t("error.nothing_staged", "en") in run("sign").err


def test_a_build_that_cannot_go_live_is_not_signed(waiting: Path, run: Run, at_work: Who) -> None:
    current = live()
    assert current
    other = copied(current, base="")
    at_work("Bolat")
    outcome = run("sign", other.name)
    assert outcome.status == 3
    assert t("publish.refused.base_changed", "en", build=other.name) in outcome.err


def test_a_load_to_be_published_is_accepted_and_waits_for_the_signature(
    live_folder: Path, run: Run, at_work: Who
) -> None:
    before = live_name()
    outcome = run("load", table(live_folder), "--publish", "--json")
    assert (outcome.status, live_name(), len(loads())) == (3, before, 2)
    assert outcome.document["is_live"] is False
    assert "python -m etl sign" in outcome.document["error"]["text"]
    document = run("status", "--json").document
    assert (document["staged"]["build"], document["signed"], document["is_signature_needed"]) == (
        builds()[-1].name,
        None,
        True,
    )
    assert t("status.unsigned_build", "en") in run("status").out
    at_work("Bolat")
    assert run("sign").status == 0
    assert run("status", "--json").document["signed"]["by"] == "Bolat"
    assert t("status.signed_build", "en", name="Bolat", at=events()[-1]["at"]) in run("status").out
    assert run("publish").status == 0


def test_rolling_back_and_publishing_what_was_live_needs_no_signature(waiting: Path, run: Run, at_work: Who) -> None:
    first = live_name()
    at_work("Bolat")
    run("sign")
    publish(waiting)
    assert rollback().name == first
    publish(waiting)
    assert live_name() == waiting.name


def test_without_the_setting_nobody_has_to_sign(waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISKMAP_SIGN_OFF")
    publish(waiting)
    assert live_name() == waiting.name


@pytest.mark.parametrize("value", ["", "Yes", "1", "true", "ja"])
def test_a_setting_that_is_neither_yes_nor_no_is_refused_by_name(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("RISKMAP_SIGN_OFF", value)
    with pytest.raises(WrongUsage):
        is_required()
    outcome = run("load", SAMPLE)
    assert (outcome.status, "RISKMAP_SIGN_OFF" in outcome.err) == (2, True)
