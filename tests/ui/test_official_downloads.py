"""Files of exact figures are written when a button is pressed: for whom it was drawn, if they may still have them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from riskmap.access.audit_log import AccessEvent, entries
from riskmap.access.grants import grant, revoke, scope_of
from riskmap.access.identity import Identity
from riskmap.access.roles import Role
from riskmap.access.sessions import end_sessions
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import ScopeRefused
from riskmap.domain.vocabulary import COUNTRY, Scope
from riskmap.ui import downloads, signing_in, viewer
from riskmap.ui.downloads import File
from riskmap.ui.viewer import Sight, Viewer, looking
from riskmap.ui.web_settings import SignIn

AKMOLA, WHO = "110000000", "a@example.kz"
FILE = File("download.csv", "a.csv", lambda: b"\xef\xbb\xbf# A\r\nx\r\n1\r\n2\r\n", "build-1")

Written = Callable[[], bytes]


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@pytest.fixture
def official(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """Somebody who has signed in and may read the exact figures of a region."""
    monkeypatch.setattr(signing_in, "_offered", SignIn("https://issuer", "client", "email", 8))
    given = grant(WHO, role=Role.VIEWER, area=AKMOLA, kind=AreaKind.REGION, by="b", valid_from=date(2026, 1, 1))
    identity = Identity(WHO, "Әсел", "https://issuer", now())
    return Viewer(Sight.SIGNED_IN, scope_of([given]), identity, frozenset({Role.VIEWER}))


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer], list[Written]]:
    """Draws the buttons for a reader; what is given back writes the file of each when it is called."""

    def draw(reader: Viewer) -> list[Written]:
        found: list[Written] = []

        def button(label: str, *, data: Written, **_: Any) -> None:
            found.append(data)

        monkeypatch.setattr(st, "download_button", button)
        with looking(reader):
            downloads.button(FILE, "en")
        return found

    return draw


def elsewhere(write: Written) -> bytes:
    """As Streamlit does it: in a thread in which nobody can be asked who is looking."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(write).result()


def downloaded() -> list[dict[str, Any]]:
    return [dict(entry.told) for entry in entries() if entry.event == AccessEvent.DOWNLOAD]


def test_a_file_of_exact_figures_is_marked_and_noted_when_it_is_taken(
    official: Viewer, pressed: Callable[[Viewer], list[Written]]
) -> None:
    plain, packed = pressed(official)
    assert downloaded() == []
    content = elsewhere(plain).decode()
    assert "For official use" in content
    assert "Әсел" in content
    assert elsewhere(packed).startswith(b"PK")
    first, second = downloaded()
    assert (first["scope"], first["file"], first["build"], first["rows"]) == ([AKMOLA], "a.csv", "build-1", 2)
    assert (first["form"], second["form"]) == ("open", "zip")
    assert f"Copy: {first['copy']}" in content


def test_two_files_of_one_content_are_not_alike(official: Viewer, pressed: Callable[[Viewer], list[Written]]) -> None:
    """So nobody finds one by its digest who could guess what is in it."""
    (first, _), (second, _) = pressed(official), pressed(official)
    assert elsewhere(first) != elsewhere(second)


@pytest.mark.parametrize("which", [0, 1])
def test_after_the_right_was_revoked_an_old_button_gives_nothing(
    official: Viewer, pressed: Callable[[Viewer], list[Written]], which: int
) -> None:
    write = pressed(official)[which]
    revoke(1, by="b")
    with pytest.raises(ScopeRefused):
        elsewhere(write)
    assert downloaded() == []


def test_after_signing_out_an_old_button_gives_nothing(
    official: Viewer, pressed: Callable[[Viewer], list[Written]]
) -> None:
    write = pressed(official)[0]
    end_sessions(WHO, at=now())
    with pytest.raises(ScopeRefused):
        elsewhere(write)


def test_when_the_hours_of_a_sign_in_are_over_an_old_button_gives_nothing(
    official: Viewer, pressed: Callable[[Viewer], list[Written]], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = pressed(official)[0]
    monkeypatch.setattr(signing_in, "_offered", SignIn("https://issuer", "client", "email", 0))
    with pytest.raises(ScopeRefused):
        elsewhere(write)


def test_where_it_cannot_be_noted_nothing_is_given(
    official: Viewer, pressed: Callable[[Viewer], list[Written]], data_folder: Path
) -> None:
    write = pressed(official)[0]
    log = data_folder / "access" / "log"
    for file in log.iterdir():
        file.unlink()
    log.rmdir()
    log.write_text("no folder")
    with pytest.raises(Exception, match=r"StorageFailed|Not a directory"):
        elsewhere(write)


def test_what_everybody_sees_is_neither_marked_nor_noted(
    data_folder: Path, pressed: Callable[[Viewer], list[Written]]
) -> None:
    (plain,) = pressed(Viewer())
    assert elsewhere(plain) == FILE.write()
    assert downloaded() == []


def test_what_is_shown_on_trial_is_marked_and_not_noted(
    data_folder: Path, pressed: Callable[[Viewer], list[Written]]
) -> None:
    plain, _ = pressed(Viewer(Sight.SEEN_AS, Scope(frozenset({AKMOLA}), is_trial=True)))
    assert b"For official use" in elsewhere(plain)
    assert downloaded() == []


def test_outside_of_a_run_everybody_is_looking(official: Viewer) -> None:
    with looking(official):
        assert viewer.viewer() is official
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(viewer.viewer).result() == Viewer()
    assert viewer.viewer().scope == Scope.public()
    assert Scope(frozenset({COUNTRY})) != Scope.public()
