"""A reader without a browser: signs in over HTTP and sees the page as the web socket sends it."""

import time
from http.cookies import SimpleCookie

import httpx2 as httpx
from itsdangerous import URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import OctKey
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
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


def seen(client: httpx.Client, *, query: str = "", origin: str | None = None, **headers: str) -> str:
    """All texts of the page as its web socket sends them until it is drawn; `headers` are further ones."""
    base = str(client.base_url).rstrip("/")
    cookies = SimpleCookie({cookie.name: cookie.value or "" for cookie in client.cookies.jar})
    header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    with connect(
        f"{base.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit"), Subprotocol(client.cookies.get(_XSRF) or "none")],
        origin=Origin(base if origin is None else origin),
        additional_headers={"Cookie": header, **headers},
        max_size=None,
        proxy=None,
    ) as socket:
        asked = BackMsg()
        asked.rerun_script.query_string = query
        socket.send(asked.SerializeToString())
        texts = []
        while True:
            message = ForwardMsg.FromString(bytes(socket.recv(timeout=20)))  # type: ignore[arg-type]
            texts.append(message.SerializeToString().decode(errors="replace"))
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(texts)
