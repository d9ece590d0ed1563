"""A reader without a browser: signs in over HTTP and sees the page as the web socket sends it."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import httpx2 as httpx
from itsdangerous import URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import OctKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.browser.oidc_provider import COOKIE_SECRET

USER = "_streamlit_user"
_XSRF = "_streamlit_xsrf"


def _client(base: str) -> httpx.Client:
    # No connection is kept, so nothing has to be closed.
    return httpx.Client(base_url=base, trust_env=False, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))


def visitor(base: str) -> httpx.Client:
    """Somebody whose browser has opened the page: holds the cookie against forged requests."""
    client = _client(base)
    client.get("/_stcore/health").raise_for_status()
    return client


def copied(client: httpx.Client) -> httpx.Client:
    """Somebody else who holds a copy of all cookies."""
    other = _client(str(client.base_url))
    for cookie in client.cookies.jar:
        other.cookies.jar.set_cookie(cookie)
    return other


def login_address() -> str:
    """Where the button of a page sends somebody who wants to sign in."""
    claims = {"provider": "default", "exp": int(time.time()) + 60}
    return f"/auth/login?provider={jwt.encode({'alg': 'HS256'}, claims, OctKey.import_key(COOKIE_SECRET))}"


def to_callback(client: httpx.Client) -> str:
    """Go to the provider and stop before the way back; the address that leads back."""
    away = client.get(login_address())
    assert away.status_code == 302
    back = httpx.get(away.headers["location"], trust_env=False)
    return str(back.headers["location"])


def sign_in(client: httpx.Client) -> httpx.Response:
    """Go to the provider and come back; the answer of our own server to that."""
    return client.get(to_callback(client))


def signed_cookie(value: str, *, secret: str = COOKIE_SECRET) -> str:
    """A sign-in cookie as Streamlit writes it."""
    return str(URLSafeTimedSerializer(secret, salt=USER).dumps(value))


class Tab:
    """A page that stays open: asked again over the same web socket, it answers as it would be drawn."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    def page(self, name: str = "", query: str = "") -> str:
        """All texts of a page as its web socket sends them until it is drawn."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_name = name
        self._socket.send(asked.SerializeToString())
        texts = []
        while True:
            message = ForwardMsg.FromString(bytes(self._socket.recv(timeout=60)))  # type: ignore[arg-type]
            texts.append(message.SerializeToString().decode(errors="replace"))
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(texts)


@contextmanager
def tab(client: httpx.Client, *, host: str = "", origin: str | None = None, **headers: str) -> Iterator[Tab]:
    """A page that somebody opens; `host` is another name than that of the server, `headers` are further ones."""
    base = f"http://{host}" if host else str(client.base_url).rstrip("/")
    cookies = SimpleCookie({cookie.name: cookie.value or "" for cookie in client.cookies.jar})
    header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    with connect(
        f"{base.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit"), Subprotocol(client.cookies.get(_XSRF) or "none")],
        origin=Origin(base if origin is None else origin),
        additional_headers={"Cookie": header, **headers},
        sock=socket.create_connection((client.base_url.host, client.base_url.port or 80)),
        max_size=None,
        proxy=None,
    ) as opened:
        yield Tab(opened)


def seen(client: httpx.Client, *, query: str = "", origin: str | None = None, **headers: str) -> str:
    """All texts of the first page, opened anew; `headers` are further ones."""
    with tab(client, origin=origin, **headers) as page:
        return page.page(query=query)
