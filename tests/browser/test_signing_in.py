"""Signing in at a real provider on this machine: who is believed, for how long, and what a copied cookie is worth."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, expect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.browser.oidc_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    COOKIE_SECRET,
    Provider,
    dashboard_with_sign_in,
    provider,
    running,
)
from tests.browser.signing_in_client import USER, copied, seen, sign_in, signed_cookie, to_callback, visitor
from tests.conftest import ROOT

__all__ = ["provider", "running"]

SUBJECT = "subject: asel.kuanyshkyzy@example.kz"
NAME = "Әсел Қуанышқызы"
FILES = re.compile(r"/media/[0-9a-z]+\.txt")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of these tests."""
    return tmp_path_factory.mktemp("signing_in")


@pytest.fixture(scope="module")
def server(running: Provider, data: Path) -> Iterator[str]:
    """Address of a server with a page that tells who has signed in, beside settings that would open other ways in."""
    lying_about = data / ".streamlit" / "secrets.toml"
    lying_about.parent.mkdir()
    lying_about.write_text('LYING_ABOUT = "yes"\n', encoding="utf-8")
    options = {"HOME": str(data), "STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-User": "email"}'}
    page = "tests.browser.signing_in_page"
    with dashboard_with_sign_in(running, data, module=page, **options) as address:
        yield address


@pytest.fixture
def reader(server: str, provider: Provider) -> httpx.Client:
    """Somebody who has opened the page and not signed in."""
    return visitor(server)


def own_person(provider: Provider, name: str) -> None:
    """Let somebody sign in whom no other test signs out."""
    provider.person["email"] = f"{name}@example.kz"


def given(answer: httpx.Response) -> list[str]:
    """The sign-in cookies that an answer sets, not those it takes away."""
    cookies = answer.headers.get_list("set-cookie")
    return [cookie for cookie in cookies if cookie.startswith(USER) and "Max-Age=0" not in cookie]


def test_without_a_cookie_a_reader_is_nobody(reader: httpx.Client) -> None:
    page = seen(reader)
    assert "nobody" in page
    assert "Sign in" in page


def test_who_comes_back_from_the_provider_is_known_by_name(reader: httpx.Client) -> None:
    answer = sign_in(reader)
    assert answer.status_code == 302
    assert answer.headers["location"] == "/"
    page = seen(reader)
    assert SUBJECT in page
    assert NAME in page


def test_a_sign_in_cookie_is_kept_no_longer_than_it_counts_and_out_of_reach_of_scripts(reader: httpx.Client) -> None:
    cookies = given(sign_in(reader))
    assert cookies
    for cookie in cookies:
        assert "Max-Age=28800;" in cookie
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    ("bent", "reason"),
    [
        ({"aud": ["another-program"], "azp": CLIENT_ID}, "audience"),
        ({"aud": [CLIENT_ID, "another-program"], "azp": CLIENT_ID}, None),
        ({"iat": -9 * 3600}, "expired"),  # seconds from now, whenever that is
        ({"iat": 100}, "future"),
        ({"email": None}, "claim"),
        ({"email_verified": False}, "unverified"),
        ({"email_verified": "false"}, "unverified"),
    ],
)
def test_a_token_that_streamlit_lets_in_is_looked_at_again(
    reader: httpx.Client, provider: Provider, bent: dict[str, Any], reason: str | None
) -> None:
    own_person(provider, "bent")
    provider.token = {**bent, **({"iat": int(time.time()) + bent["iat"]} if "iat" in bent else {})}
    sign_in(reader)
    assert USER in reader.cookies
    page = seen(reader)
    assert ("subject: bent@example.kz" in page) == (reason is None)
    assert (f"refused: sign_in.refused.{reason}" in page) == (reason is not None)


def test_a_token_of_another_issuer_is_refused_even_where_the_provider_does_not_name_itself(
    reader: httpx.Client, provider: Provider
) -> None:
    provider.metadata = {"issuer": None}
    provider.token = {"iss": "https://evil.example"}
    sign_in(reader)
    assert USER in reader.cookies
    assert "refused: sign_in.refused.issuer" in seen(reader)


@pytest.mark.parametrize(
    "bent",
    [{"iss": "https://evil.example"}, {"aud": "another-program"}, {"exp": int(time.time()) - 3600}, {"nonce": "old"}],
)
def test_a_token_that_is_not_for_us_gives_no_cookie(
    reader: httpx.Client, provider: Provider, bent: dict[str, Any]
) -> None:
    provider.token = bent
    sign_in(reader)
    assert USER not in reader.cookies
    assert "nobody" in seen(reader)


def test_the_way_back_works_once_and_for_nobody_else(server: str, reader: httpx.Client) -> None:
    back = to_callback(reader)
    before = copied(reader)
    stranger = visitor(server)
    stranger.get(back)
    assert USER not in stranger.cookies
    assert given(reader.get(back))
    for again in (before, copied(reader)):
        assert given(again.get(back)) == []


def test_a_cookie_that_another_key_signed_is_nobody(reader: httpx.Client, provider: Provider) -> None:
    claims = {**provider.person, "iss": provider.issuer, "aud": CLIENT_ID, "iat": int(time.time())}
    streamlits = {"origin": str(reader.base_url).rstrip("/"), "is_logged_in": True, "provider": "default"}
    value = json.dumps({**claims, **streamlits})
    reader.cookies.set(USER, signed_cookie(value))
    assert SUBJECT in seen(reader)
    reader.cookies.set(USER, signed_cookie(value, secret=COOKIE_SECRET[::-1]))
    page = seen(reader)
    assert "nobody" in page
    assert "refused" not in page


def test_a_copied_cookie_is_worth_nothing_after_signing_out(reader: httpx.Client, provider: Provider) -> None:
    own_person(provider, "copied")
    sign_in(reader)
    thief = copied(reader)
    assert "subject: copied@example.kz" in seen(thief)
    seen(reader, query="out")
    page = seen(thief)
    assert "refused: sign_in.refused.ended" in page
    assert "subject: copied" not in page


def test_what_comes_and_goes_is_written_down_once(reader: httpx.Client, provider: Provider, data: Path) -> None:
    own_person(provider, "noted")
    sign_in(reader)
    for _ in range(3):
        seen(reader)
    thief = copied(reader)
    seen(reader, query="out")
    for _ in range(2):
        seen(thief)
    text = "".join(file.read_text(encoding="utf-8") for file in (data / "access" / "log").glob("*.jsonl"))
    lines = [json.loads(line) for line in text.splitlines()]
    events = [line["event"] for line in lines if line["who"] == "noted@example.kz"]
    assert events == ["sign_in", "sign_out", "refused"]


def test_a_page_of_another_origin_gets_no_web_socket(reader: httpx.Client) -> None:
    sign_in(reader)
    for origin in ("https://evil.example", "http://localhost:1", "http://127.0.0.1:1", "null"):
        with pytest.raises(InvalidStatus):
            seen(reader, origin=origin)


def test_no_answer_names_the_server_and_a_failure_tells_nothing(reader: httpx.Client) -> None:
    for path in ("/", "/_stcore/health", "/nowhere/at/all.css", "/oauth2callback?state=1&code=2", "/media/none.csv"):
        answer = reader.get(path)
        assert "server" not in answer.headers
        assert "Traceback" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_the_secrets_are_in_no_environment_a_page_could_see(reader: httpx.Client) -> None:
    page = seen(reader, query="environment")
    assert "RISKMAP_OIDC_CLIENT_ID" in page
    assert "LYING_ABOUT" not in page
    assert CLIENT_SECRET not in page
    assert COOKIE_SECRET not in page


def _starts(data: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RISKMAP_")}
    command = [sys.executable, "-m", "riskmap.ui.serve", "--server.port=1"]
    told = {**clean, "RISKMAP_DATA": str(data), "RISKMAP_LANGUAGE": "en", **settings}
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60)


def test_a_sign_in_that_is_set_up_only_in_part_does_not_start(provider: Provider, data: Path) -> None:
    told = provider.settings("https://map.example.kz")
    del told["RISKMAP_COOKIE_SECRET"]
    told["RISKMAP_OIDC_CLIENT_SECRET"] = ""
    ended = _starts(data, **told)
    assert ended.returncode == 2
    assert "RISKMAP_OIDC_CLIENT_SECRET, RISKMAP_COOKIE_SECRET" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_is_given_only_to_whom_it_was_offered(server: str, reader: httpx.Client, provider: Provider) -> None:
    own_person(provider, "files")
    sign_in(reader)
    (exact,) = FILES.findall(seen(reader))
    stranger = visitor(server)
    (for_all,) = FILES.findall(seen(stranger))
    assert reader.get(exact).text == "of files@example.kz"
    assert stranger.get(exact).status_code == 404
    assert stranger.get(for_all).text == reader.get(for_all).text == "of all"


def test_a_message_that_no_page_of_ours_sends_is_refused_for_its_size(reader: httpx.Client) -> None:
    with pytest.raises(ConnectionClosedError, match="1009"):
        seen(reader, query="x" * 2_000_001)


def test_no_header_makes_somebody_else_of_a_reader(reader: httpx.Client, provider: Provider) -> None:
    own_person(provider, "header")
    sign_in(reader)
    page = seen(reader, **{"X-User": "minister@example.kz"})
    assert "subject: header@example.kz" in page
    assert "minister" not in page


@pytest.mark.browser
def test_somebody_signs_in_and_out_in_a_browser(server: str, provider: Provider, chromium: Browser) -> None:
    own_person(provider, "browser")
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.get_by_text("subject: browser@example.kz")).to_be_visible()
    copy = context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("nobody")).to_be_visible()
    assert "/logout" in provider.asked
    assert not [cookie for cookie in context.cookies() if cookie["name"].startswith(USER)]
    context.add_cookies(copy)  # type: ignore[arg-type]
    page.goto(server)
    expect(page.get_by_text("refused: sign_in.refused.ended")).to_be_visible()
    context.close()
