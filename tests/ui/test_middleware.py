"""What stands between the network and Streamlit: limits, origins, headers, and the settings of the server."""

import asyncio
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from riskmap.domain.errors import WrongUsage
from riskmap.domain.settings import SETTINGS
from riskmap.ui.middleware import MESSAGE_PRICE, MOST_WAITING, Guard
from riskmap.ui.page_scripts import script_digests
from riskmap.ui.web_files import SentFiles
from riskmap.ui.web_limits import Limits, reader_address, subject_in
from riskmap.ui.web_settings import SignIn, WebSettings, read_settings, take_secrets

SECRET = "a key of more than thirty-two bytes, of this test only"  # noqa: S105
SIGN_IN = SignIn("https://login.example.kz", "risk-map", "email", 8)
HTTPS = "https://map.example.kz"
MAP = "/component/streamlit_folium.st_folium"
WHOLE = {
    "OIDC_METADATA_URL": "https://login.example.kz/realms/state/.well-known/openid-configuration",
    "OIDC_CLIENT_ID": "risk-map",
    "OIDC_CLIENT_SECRET": "known to nobody",
    "COOKIE_SECRET": SECRET,
    "PUBLIC_URL": "https://map.example.kz/",
}


def settings(*, public_url: str = "", sign_in: SignIn | None = None, proxies: Sequence[str] = ()) -> WebSettings:
    return WebSettings(sign_in, public_url, tuple(ip_network(text) for text in proxies), 60)


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Page:
    """An application that answers with given headers, and keeps what its web socket was sent."""

    headers: Sequence[tuple[bytes, bytes]] = ((b"content-type", b"text/html"),)
    received: list[Message] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": list(self.headers)})
            await send({"type": "http.response.body", "body": b"page"})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            self.received.append(message)


def guard(page: Page, web: WebSettings, *, limits: Limits | None = None) -> Guard:
    return Guard(page, web, ("sha256-x",), SECRET, Limits(6000) if limits is None else limits)


def asked(
    guard: Guard, path: str = "/", *, kind: str = "http", peer: str = "10.0.0.1", messages: int = 0, **headers: str
) -> list[Message]:
    """Everything that is sent in answer to a request, or to a web socket with some messages."""
    sent: list[Message] = []
    waiting = [{"type": "websocket.receive", "bytes": b"x"}] * messages + [{"type": "websocket.disconnect"}]
    written = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items() if value]

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": written, "client": (peer, 5000)}
    # In a thread of its own: where a browser is open a loop is at work in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, guard(scope, receive, send)).result()
    return sent


def header(sent: list[Message], name: str) -> list[str]:
    return [value.decode() for key, value in sent[0]["headers"] if key == name.encode()]


def test_every_answer_carries_the_headers_once_and_names_no_other_host() -> None:
    page = Page([(b"Content-Type", b"text/html"), (b"X-Frame-Options", b"ALLOWALL"), (b"Cache-Control", b"public")])
    sent = asked(guard(page, settings()))
    assert header(sent, "x-frame-options") == ["SAMEORIGIN"]
    assert header(sent, "x-content-type-options") == ["nosniff"]
    assert header(sent, "referrer-policy") == ["same-origin"]
    assert header(sent, "cross-origin-opener-policy") == ["same-origin"]
    assert header(sent, "cache-control") == ["no-store"]
    assert "camera=()" in header(sent, "permissions-policy")[0]
    (policy,) = header(sent, "content-security-policy")
    assert "http" not in policy
    assert "*" not in policy
    assert "script-src 'self' 'sha256-x';" in policy
    assert "unsafe-eval" not in policy


def test_only_the_frame_of_the_map_may_run_what_it_is_sent() -> None:
    policies = {
        path: header(asked(guard(Page(), settings()), path), "content-security-policy")[0]
        for path in ("/", f"{MAP}/index.html", f"/risk_map{MAP}/index.html", "/component/static/area_map.js")
    }
    assert ["unsafe-eval" in policy for policy in policies.values()] == [False, True, False, False]


def test_under_a_path_of_its_own_the_dashboard_is_guarded_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "children/map"}.get)
    for path, is_map in ((f"/children/map{MAP}/index.html", True), (f"/other/map{MAP}/index.html", False)):
        sent = asked(guard(Page(), settings()), path)
        assert ("unsafe-eval" in header(sent, "content-security-policy")[0]) is is_map


def test_files_that_never_change_may_be_kept() -> None:
    page = Page([(b"content-type", b"text/javascript"), (b"cache-control", b"public, max-age=9")])
    kept = {
        path: header(asked(guard(page, settings()), path), "cache-control") for path in ("/static/a.js", "/media/a")
    }
    assert kept == {"/static/a.js": ["public, max-age=9"], "/media/a": ["no-store"]}


@pytest.mark.parametrize(("public_url", "is_https"), [("", False), ("http://127.0.0.1:8501", False), (HTTPS, True)])
def test_a_browser_is_held_to_https_where_readers_come_through_https(public_url: str, is_https: bool) -> None:
    page = Page([(b"set-cookie", b"_streamlit_xsrf=1; Path=/"), (b"set-cookie", b"a=1; Path=/; secure")])
    sent = asked(guard(page, settings(public_url=public_url)))
    assert bool(header(sent, "strict-transport-security")) is is_https
    first, second = header(sent, "set-cookie")
    assert first.endswith("; Secure") is is_https
    assert second == "a=1; Path=/; secure"


def test_a_sign_in_cookie_lives_as_long_as_a_sign_in_counts() -> None:
    cookies = [b"_streamlit_user=x; Max-Age=2592000; Path=/", b"_streamlit_user_tokens_1=x; Max-Age=2592000"]
    gone, other = b"_streamlit_user=; Max-Age=0; Path=/", b"_streamlit_session=x; Max-Age=1209600"
    page = Page([(b"set-cookie", cookie) for cookie in (*cookies, gone, other)])
    sent = header(asked(guard(page, settings(sign_in=SIGN_IN))), "set-cookie")
    assert sent == [
        "_streamlit_user=x; Max-Age=28800; Path=/",
        "_streamlit_user_tokens_1=x; Max-Age=28800",
        gone.decode(),
        other.decode(),
    ]


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("", True),
        ("http://map.local:8501", True),
        (HTTPS, True),
        ("https://evil.example", False),
        ("http://map.local:9999", False),
        ("http://map.example.kz", False),
        ("https://map.example.kz.evil.example", False),
        ("null", False),
    ],
)
def test_only_pages_of_ours_open_a_web_socket(origin: str, is_let_in: bool) -> None:
    door = guard(Page(), settings(public_url=HTTPS))
    sent = asked(door, kind="websocket", host="map.local:8501", origin=origin)
    assert [message["type"] for message in sent] == (["websocket.accept"] if is_let_in else ["websocket.close"])


def test_who_asks_too_much_is_told_to_wait_and_nobody_else_is() -> None:
    clock = Clock()
    limited = guard(Page(), settings(), limits=Limits(6, clock=clock))
    assert [asked(limited)[0]["status"] for _ in range(7)] == [200] * 6 + [429]
    assert header(asked(limited), "content-security-policy")
    assert asked(limited, peer="10.0.0.2")[0]["status"] == 200
    clock.now = 10
    assert [asked(limited)[0]["status"] for _ in range(2)] == [200, 429]


def test_a_file_that_never_changes_costs_little() -> None:
    limited = guard(Page(), settings(), limits=Limits(6, clock=Clock()))
    assert {asked(limited, "/static/js/a.js")[0]["status"] for _ in range(59)} == {200}


def test_hasty_messages_are_slowed_down() -> None:
    page, limits = Page(), Limits(60_000, clock=Clock())
    limits.take("address 10.0.0.1", price=60_000 - MESSAGE_PRICE)
    begin = time.monotonic()
    asked(guard(page, settings(), limits=limits), kind="websocket", messages=3)
    # Three messages of 10 ms each, and the purse held nothing for them.
    assert len(page.received) == 3
    assert time.monotonic() - begin >= 0.06


def test_a_web_socket_is_not_opened_for_who_asks_too_much() -> None:
    limits = Limits(60_000, clock=Clock())
    limits.take("address 10.0.0.1", price=60_000)
    sent = asked(guard(Page(), settings(), limits=limits), kind="websocket")
    assert sent == [{"type": "websocket.close", "code": 1013}]


def test_who_floods_a_web_socket_is_cut_off() -> None:
    page, limits = Page(), Limits(60, clock=Clock())

    async def spend(scope: Scope, receive: Receive, send: Send) -> None:
        limits.take("address 10.0.0.1", price=60 - MESSAGE_PRICE + MOST_WAITING, most_debt=MOST_WAITING)
        await page(scope, receive, send)

    sent = asked(Guard(spend, settings(), limits=limits), kind="websocket", messages=2)
    assert [(message["type"], message.get("code")) for message in sent][1:] == [("websocket.close", 1013)]
    assert page.received == []


def test_purses_are_few_however_many_addresses_ask() -> None:
    limits = Limits(10, most=100, clock=Clock())
    for number in range(1000):
        limits.take(str(number))
    assert len(limits) == 100


def test_a_purse_fills_up_to_a_minute_and_no_further() -> None:
    clock = Clock()
    limits = Limits(60, clock=clock)
    assert limits.take("a", price=60) == 0
    assert limits.take("a") is None
    assert limits.take("a", most_debt=1) == 1
    clock.now = 3600
    assert limits.take("a", price=60) == 0
    assert limits.take("a") is None


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4"], "10.0.0.1"),
        ("192.168.0.9", ["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        ("192.168.0.9", ["6.6.6.6", "1.2.3.4", "192.168.0.8"], "1.2.3.4"),
        ("::ffff:192.168.0.9", [" 1.2.3.4 "], "1.2.3.4"),
        ("192.168.0.9", ["nonsense"], "unknown"),
        ("192.168.0.9", [], "192.168.0.9"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("fe80::1%eth0", [], "fe80::/64"),
    ],
)
def test_an_address_is_that_of_the_reader_only_where_a_proxy_of_ours_says_so(
    peer: str, forwarded: list[str], address: str
) -> None:
    assert reader_address(peer, forwarded, [ip_network("192.168.0.0/28")]) == address


def _cookie(value: str, *, secret: str = SECRET, name: str = "_streamlit_user") -> str:
    return f"{name}={create_signed_value(secret, name, value).decode()}"


def test_a_reader_is_known_by_a_cookie_only_where_its_signature_is_ours() -> None:
    whole = '{"email": "a@b.kz"}'
    assert subject_in(_cookie(whole), secret=SECRET, claim="email") == "a@b.kz"
    assert subject_in(_cookie(whole), secret="x" * 40, claim="email") is None
    assert subject_in(_cookie(whole), secret=SECRET, claim="sub") is None
    assert subject_in("a=b", secret=SECRET, claim="email") is None
    parts = (
        _cookie("chunks-2"),
        _cookie(whole[:9], name="_streamlit_user_1"),
        _cookie(whole[9:], name="_streamlit_user_2"),
    )
    assert subject_in("; ".join(parts), secret=SECRET, claim="email") == "a@b.kz"
    assert subject_in("; ".join(parts[:2]), secret=SECRET, claim="email") is None


@pytest.mark.parametrize("value", ["[]", "1", "null", "not json", '{"email": 1}', "chunks-999999999999"])
def test_a_signed_cookie_without_a_subject_is_that_of_an_address(value: str) -> None:
    assert subject_in(_cookie(value), secret=SECRET, claim="email") is None


def test_who_has_signed_in_is_limited_by_name_wherever_he_asks_from() -> None:
    limited = guard(Page(), settings(sign_in=SIGN_IN), limits=Limits(1, clock=Clock()))
    cookie = _cookie('{"email": "a@b.kz"}')
    assert [asked(limited, peer=f"10.0.0.{n}", cookie=cookie)[0]["status"] for n in (1, 2)] == [200, 429]
    assert asked(limited, peer="10.0.0.1")[0]["status"] == 200


def test_a_file_of_one_reader_is_none_of_anothers_until_everybody_is_offered_it() -> None:
    files = SentFiles(most=2)
    files.offered(b"\x0a/media/abc.csv\x12", "a@b.kz")
    assert files.may_have("/media/abc.csv", "a@b.kz")
    assert not files.may_have("/media/abc.csv", "c@d.kz")
    assert not files.may_have("/media/abc.csv", None)
    assert not files.may_have("/media/abd.csv", "a@b.kz")
    files.offered(b"/media/abc.csv", None)
    assert files.may_have("/media/abc.csv", "c@d.kz")
    files.offered(b"/media/1.csv /media/2.csv", None)
    assert not files.may_have("/media/abc.csv", None)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any setting of ours."""
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.setenv("RISKMAP_LANGUAGE", "en")
    return monkeypatch


def tell(told: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        told.setenv(f"RISKMAP_{name}", value)


def test_without_settings_the_server_is_public(told: pytest.MonkeyPatch) -> None:
    web = read_settings()
    assert web.sign_in is None
    assert not web.is_https
    assert take_secrets(web) is None


def test_the_secrets_leave_the_environment(told: pytest.MonkeyPatch) -> None:
    tell(told, **WHOLE)
    web = read_settings()
    assert web.sign_in == SignIn("https://login.example.kz/realms/state", "risk-map", "email", 8)
    assert take_secrets(web) == {
        "redirect_uri": "https://map.example.kz/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": "risk-map",
        "client_secret": "known to nobody",
        "server_metadata_url": WHOLE["OIDC_METADATA_URL"],
    }
    assert not {SECRET, "known to nobody"} & set(os.environ.values())


@pytest.mark.parametrize("name", WHOLE)
def test_half_a_sign_in_is_refused_by_the_name_of_what_is_missing(told: pytest.MonkeyPatch, name: str) -> None:
    tell(told, **{**WHOLE, name: ""})
    with pytest.raises(WrongUsage) as caught:
        read_settings()
    assert str(caught.value.values["detail"]).endswith(f"missing: RISKMAP_{name}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://map.example.kz"),
        ("PUBLIC_URL", "map.example.kz"),
        ("PUBLIC_URL", "https://map.example.kz/?x"),
        ("PUBLIC_URL", "https://user@map.example.kz"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "http://localhost.evil.example"),
        ("OIDC_METADATA_URL", "http://login.example.kz/.well-known/openid-configuration"),
        ("COOKIE_SECRET", "x" * 31),
        ("SESSION_HOURS", "0"),
        ("SESSION_HOURS", "721"),
        ("SESSION_HOURS", "²"),
        ("OIDC_CLAIM", ""),
        ("RATE_PER_MINUTE", "-1"),
        ("TRUSTED_PROXY", "proxy.local"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_and_a_secret_not_repeated(
    told: pytest.MonkeyPatch, name: str, value: str
) -> None:
    tell(told, **{**WHOLE, name: value})
    with pytest.raises(WrongUsage) as caught:
        read_settings()
    detail = str(caught.value.values["detail"])
    assert f"RISKMAP_{name}" in detail
    assert "x" * 31 not in detail


def test_the_issuer_is_told_where_the_address_of_the_metadata_does_not_show_it(told: pytest.MonkeyPatch) -> None:
    tell(told, **{**WHOLE, "OIDC_METADATA_URL": "https://login.example.kz/metadata.json"})
    with pytest.raises(WrongUsage, match="RISKMAP_OIDC_ISSUER"):
        read_settings()
    tell(told, OIDC_ISSUER="https://login.example.kz/tenant")
    sign_in = read_settings().sign_in
    assert sign_in is not None
    assert sign_in.issuer == "https://login.example.kz/tenant"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8501", "http://localhost:8501", "http://[::1]:8501"])
def test_this_machine_needs_no_https(told: pytest.MonkeyPatch, address: str) -> None:
    tell(told, **{**WHOLE, "PUBLIC_URL": address})
    assert read_settings().public_url == address


def test_a_secret_setting_is_never_shown(told: pytest.MonkeyPatch) -> None:
    tell(told, **WHOLE)
    shown = [setting.shown for setting in SETTINGS]
    assert "***" in shown
    assert not {SECRET, "known to nobody"} & set(shown)


def test_every_script_within_the_page_is_named() -> None:
    # One of Streamlit's own, and ours in three languages.
    assert len(set(script_digests())) == 4
