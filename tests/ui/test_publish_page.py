"""The page on which returns are taken in and a build is signed leaves decisions, and only for whoever may decide."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent
from riskmap.access.decisions import Act, DecidedFile, Decision, leave, left
from riskmap.access.grants import revoke
from riskmap.access.review import (
    Answer,
    ChangedRow,
    State,
    Waiting,
    WaitingBuild,
    WaitingFault,
    WaitingReturn,
    answer,
    tell_waiting,
)
from riskmap.access.roles import Role
from riskmap.domain.errors import StorageFailed
from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui import signing_in
from riskmap.ui.web_settings import SignIn
from riskmap.words import t
from tests.etl.decided import AKMOLA, OPERATOR, SENDER, SIGNER, granted

NOW = datetime(2026, 11, 22, 10, 20)
GOOD = WaitingReturn(
    *("good.xlsx", "good.xlsx", "a" * 64, "accepted", (AKMOLA,), ("2025-10",), 426, {}, (), (), SENDER),
    "2026-11-22T10:00:00",
)
FAULT = WaitingFault("V032", "ask", "Посещаемость", 8, "E")
ASKED = dataclasses.replace(
    GOOD,
    file="b.xlsx",
    shown="b.xlsx",
    sha256="b" * 64,
    fate="asked",
    counts={"ask": 1},
    asks=("V032",),
    faults=(FAULT,),
)
BUILD = WaitingBuild(
    *("20261122T101500000-aaaaaa", "20261121T101500000-bbbbbb", "2026-11-22T10:15:00", "2026-10-31"),
    {"new": 3, "changed": 1},
    (ChangedRow("bullying_cases", "region", True, {"new": 3, "changed": 1}),),
    (OPERATOR, SENDER),
)


def draw(who: str, role: str, language: str) -> None:
    """The page as somebody sees it who has signed in."""
    from datetime import UTC, datetime

    from riskmap.access.identity import Identity
    from riskmap.access.roles import Role
    from riskmap.domain.vocabulary import Scope
    from riskmap.ui import publish_panels
    from riskmap.ui.viewer import Sight, Viewer

    identity = Identity(who, who, "https://issuer", datetime.now(UTC).replace(tzinfo=None))
    now = Viewer(Sight.SIGNED_IN, Scope.public(), identity, frozenset({Role(role)}))
    publish_panels.explanation(now, language)
    publish_panels.waits(now, language)
    publish_panels.decisions(language)


@pytest.fixture(autouse=True)
def settings(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_offered", SignIn("https://issuer", "client", "email", 8))
    tell_waiting(Waiting(NOW, (GOOD, ASKED), BUILD))


def page(who: str, role: Role, language: str = "en") -> AppTest:
    app = AppTest.from_function(draw, kwargs={"who": who, "role": str(role), "language": language}).run()
    assert not app.exception
    return app


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def decided() -> list[Decision]:
    return [one.decision for one in left()[0] if one.decision]


def texts(app: AppTest) -> str:
    return "\n".join(element.body for element in app.get("html"))  # type: ignore[union-attr]


def test_an_operator_takes_in_what_was_chosen_and_confirms_its_faults(data_folder: Path) -> None:
    granted(OPERATOR, Role.OPERATOR)
    app = page(OPERATOR, Role.OPERATOR)
    assert keys(app) == {"publish-take-in", "publish-ask"}
    assert app.button(key="publish-take-in").disabled
    app.multiselect[0].select("b.xlsx").run()
    assert app.button(key="publish-take-in").disabled
    assert t("problem.V032.text", "en") in texts(app)
    app.checkbox[0].check().run()
    app.button(key="publish-take-in").click().run()
    (decision,) = decided()
    assert (decision.act, decision.who) == (Act.TAKE_IN, OPERATOR)
    assert (decision.files, decision.confirmed) == ((DecidedFile("b.xlsx", "b" * 64),), ("V032",))
    assert app.success[0].value == t("publish_page.noted", "en")
    assert app.multiselect[0].options == ["good.xlsx"]
    app.multiselect[0].select("good.xlsx").run()
    assert not app.checkbox


def test_a_confirmation_is_for_the_files_that_were_chosen_then(data_folder: Path) -> None:
    app = page(OPERATOR, Role.OPERATOR)
    app.multiselect[0].select("b.xlsx").run()
    app.checkbox[0].check().run()
    app.multiselect[0].select("good.xlsx").run()
    assert not app.checkbox[0].value
    assert app.button(key="publish-take-in").disabled


def test_a_signer_signs_or_refuses_with_a_reason_and_takes_nothing_in(data_folder: Path) -> None:
    granted(SIGNER, Role.SIGNER)
    app = page(SIGNER, Role.SIGNER)
    assert keys(app) == {"publish-sign", "publish-refuse"}
    assert [app.button(key=key).disabled for key in sorted(keys(app))] == [True, True]
    app.text_area[0].set_value("Abay is missing").run()
    app.button(key="publish-refuse").click().run()
    (decision,) = decided()
    assert (decision.act, decision.build, decision.reason) == (Act.REFUSE, BUILD.build, "Abay is missing")
    assert keys(app) == set()


def test_a_signer_looks_before_signing(data_folder: Path) -> None:
    granted(SIGNER, Role.SIGNER)
    app = page(SIGNER, Role.SIGNER)
    app.checkbox[0].check().run()
    app.button(key="publish-sign").click().run()
    (decision,) = decided()
    assert (decision.act, decision.who, decision.build) == (Act.SIGN, SIGNER, BUILD.build)


def test_who_has_had_a_hand_in_a_build_is_told_so_instead_of_a_button(data_folder: Path) -> None:
    app = page(SENDER, Role.SIGNER)
    assert "publish-sign" not in keys(app)
    assert t("publish_page.hand_in_it", "en") in [info.value for info in app.info]


def test_a_build_that_no_rule_lets_go_live_has_no_buttons_to_publish_or_sign(data_folder: Path) -> None:
    unfit = dataclasses.replace(BUILD, unfit="publish.refused.not_proved", values={"build": BUILD.build})
    tell_waiting(Waiting(NOW, (), unfit))
    assert "publish-ask" not in keys(page(OPERATOR, Role.OPERATOR))
    app = page(SIGNER, Role.SIGNER)
    assert "publish-sign" not in keys(app)
    assert BUILD.build in app.error[0].value


@pytest.mark.parametrize("key", ["publish-ask", "publish-take-in"])
def test_after_the_right_was_revoked_a_button_decides_nothing(data_folder: Path, key: str) -> None:
    number = granted(OPERATOR, Role.OPERATOR)
    app = page(OPERATOR, Role.OPERATOR)
    app.multiselect[0].select("good.xlsx").run()
    revoke(number, by="test")
    app.button(key=key).click().run()
    assert decided() == []
    assert app.error[0].value == t("publish_page.lost", "en")
    assert [entry for entry in audit_log.entries() if entry.event is AccessEvent.DECIDE] == []


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OPERATOR, Role.SIGNER)])
def test_no_other_role_sees_anything_to_decide(data_folder: Path, role: Role) -> None:
    app = page("other@example.kz", role)
    assert keys(app) == set()
    assert not app.multiselect


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_each_decision_is_told_in_every_language(data_folder: Path, language: str) -> None:
    reasons = {
        "decision.refused.by_signer": {"name": SIGNER, "text": "<b>no</b>"},
        "decision.refused.no_right": {"name": OPERATOR},
        "publish.refused.real_districts": {},
        "decision.refused.unreadable": {},
    }
    for number, (reason, values) in enumerate(reasons.items()):
        identifier = f"20261122T10200000{number}-aaaaaaaaaaaa"
        decision = Decision(identifier, Act.PUBLISH, OPERATOR, NOW, build=BUILD.build)
        known = None if reason.endswith("unreadable") else decision
        answer(Answer(identifier, State.REFUSED, NOW, known, reason, values))
    answer(Answer("20261122T102000005-aaaaaaaaaaaa", State.DONE, NOW, None, fates={"a.xlsx": "faulty"}))
    shown = texts(page(OPERATOR, Role.OPERATOR, language))
    for reason, values in reasons.items():
        escaped = {name: value.replace("<", "&lt;").replace(">", "&gt;") for name, value in values.items()}
        assert t(reason, language, **escaped) in shown
    assert t("decision.fate.faulty", language) in shown
    assert "<b>no" not in shown


def test_before_the_loader_has_told_anything_that_is_said(data_folder: Path) -> None:
    (data_folder / "review/waiting.json").unlink()
    app = page(OPERATOR, Role.OPERATOR)
    assert app.info[0].value == t("publish_page.not_told", "en")
    assert keys(app) == set()


def test_what_cannot_be_noted_is_not_decided(data_folder: Path) -> None:
    data_folder.joinpath("access").mkdir()
    (data_folder / "access/log").write_text("no folder")
    with pytest.raises(StorageFailed):
        leave(Act.PUBLISH, who=OPERATOR, build=BUILD.build)
    assert not (data_folder / "decisions").exists()


def test_a_decision_is_left_whole_for_the_group_of_its_folder(data_folder: Path) -> None:
    place = data_folder / "decisions"
    place.mkdir()
    place.chmod(0o2770)
    decision = leave(Act.REFUSE, who=SIGNER, build=BUILD.build, reason="x" * 10_000)
    (path,) = place.iterdir()
    assert (path.name, path.stat().st_mode & 0o777) == (f"{decision.id}.json", 0o660)
    assert decided() == [decision]
    assert len(decision.reason) == 500
    assert abs((datetime.now(UTC).replace(tzinfo=None) - decision.at).total_seconds()) < 60
