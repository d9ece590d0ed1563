"""What stands between the network and Streamlit: limits, the origin of web sockets, and headers on every answer.

Plain ASGI around the whole application, so that its refusals and its failures pass through it too.
"""

import asyncio
import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from riskmap.domain.vocabulary import LANGUAGES
from riskmap.ui.web_files import SentFiles
from riskmap.ui.web_limits import Limits, reader_address, subject_in
from riskmap.ui.web_policy import fixed_headers, map_policy, page_policy
from riskmap.ui.web_settings import WebSettings
from riskmap.words import t

# A message of a web socket has a page drawn anew, which costs a thousand times what a file costs.
MESSAGE_PRICE: Final = 10.0
# A hundred files that never change make up one page; a whole office may open it at once from behind one address.
FILE_PRICE: Final = 0.1
# Slowing a hasty reader down is kinder than cutting him off; who is this far ahead (seconds) is no reader.
MOST_WAITING: Final = 30.0

_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
_POLICY_VIOLATED: Final = 1008
_TRY_AGAIN_LATER: Final = 1013
_AUTH_COOKIES: Final = re.compile(rf"({USER_COOKIE_NAME}|{TOKENS_COOKIE_NAME})(_\d+)?=")
_LIFETIME: Final = re.compile(r"(?i)(; *max-age=)([1-9]\d*)")
# Set by digest of content, so a browser may keep them: the files of Streamlit and of our components.
_KEPT: Final = ("/static/", "/component/")
_MAP: Final = "/component/streamlit_folium.st_folium/"


@dataclass(frozen=True, slots=True)
class Guard:
    """An ASGI application with everything around it that a public address needs.

    `scripts` are the digests of the scripts that stand within Streamlit's page; `cookie_secret` is empty where nobody
    signs in.
    """

    app: ASGIApp
    web: WebSettings
    scripts: tuple[str, ...] = ()
    cookie_secret: str = field(default="", repr=False)
    limits: Limits = field(default_factory=lambda: Limits(3000))
    files: SentFiles = field(default_factory=SentFiles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or one web socket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._headers(scope, message.get("headers", ()))
            await send(message)

        path = _path(scope)
        subject = self._subject(scope)
        price = FILE_PRICE if path.startswith(_KEPT) else 1.0
        if self.limits.take(self._reader(scope, subject), price=price) is None:
            await _refuse(send_with_headers, _TOO_MANY, "sign_in.too_many")
        elif self.web.sign_in and path.startswith("/media/") and not self.files.may_have(path, subject):
            await _refuse(send_with_headers, _NOT_FOUND, "sign_in.no_file")
        else:
            await self.app(scope, receive, send_with_headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_same_origin(scope, self.web.public_url):
            await send({"type": "websocket.close", "code": _POLICY_VIOLATED})
            return
        subject = self._subject(scope)
        reader = self._reader(scope, subject)
        if self.limits.take(reader, price=MESSAGE_PRICE) is None:
            await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
            return

        async def receive_slowly() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            wait = self.limits.take(reader, price=MESSAGE_PRICE, most_debt=MOST_WAITING)
            if wait is None:
                await send({"type": "websocket.close", "code": _TRY_AGAIN_LATER})
                return {"type": "websocket.disconnect", "code": _TRY_AGAIN_LATER}
            await asyncio.sleep(wait)
            return message

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "websocket.accept":
                message["headers"] = self._headers(scope, message.get("headers", ()))
            elif self.web.sign_in and message["type"] == "websocket.send":
                self.files.offered(message.get("bytes") or b"", subject)
            await send(message)

        await self.app(scope, receive_slowly, send_with_headers)

    def _subject(self, scope: Scope) -> str | None:
        """Whom the sign-in cookie of a request is about, whether or not it still counts."""
        sign_in, cookies = self.web.sign_in, _header(scope, b"cookie", between="; ")
        return subject_in(cookies, secret=self.cookie_secret, claim=sign_in.claim) if sign_in and cookies else None

    def _reader(self, scope: Scope, subject: str | None) -> str:
        """Who asks: whoever has signed in, or else the address."""
        if subject is not None:
            return f"subject {subject}"
        forwarded = [entry for entry in _header(scope, b"x-forwarded-for").split(",") if entry.strip()]
        peer = scope["client"][0] if scope.get("client") else ""
        return f"address {reader_address(peer, forwarded, self.web.trusted_proxies)}"

    def _headers(self, scope: Scope, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer with ours instead of those of the same name."""
        fixed = fixed_headers(is_https=self.web.is_https)
        ours = {name for name, _ in fixed}
        path = _path(scope)
        headers = [(name.lower(), value) for name, value in given if name.lower() not in ours]
        headers = [(name, self._cookie(value) if name == b"set-cookie" else value) for name, value in headers]
        kind = next((value for name, value in headers if name == b"content-type"), b"")
        if kind.startswith(b"text/html") or not path.startswith(_KEPT):
            headers = [(name, value) for name, value in headers if name != b"cache-control"]
            headers.append((b"cache-control", b"no-store"))
        url = self.web.public_url
        policy = map_policy(url) if path.startswith(_MAP) else page_policy(self.scripts, url)
        return [*headers, *fixed, (b"content-security-policy", policy.encode())]

    def _cookie(self, value: bytes) -> bytes:
        """A cookie that leaves the browser through https only, and a sign-in that is kept no longer than it counts."""
        text = value.decode("latin-1")
        if self.web.sign_in is not None and _AUTH_COOKIES.match(text):
            text = _LIFETIME.sub(rf"\g<1>{self.web.sign_in.hours * 3600}", text)
        if self.web.is_https and not re.search(r"(?i); *secure\b", text):
            text += "; Secure"
        return text.encode("latin-1")


def _path(scope: MutableMapping[str, Any]) -> str:
    """The address within the dashboard, under whatever path it is served."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(scope["path"])
    return path.removeprefix(f"/{base}") if base and path.startswith(f"/{base}/") else path


def _header(scope: Scope, name: bytes, *, between: str = ", ") -> str:
    return between.join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _is_same_origin(scope: Scope, public_url: str) -> bool:
    """Whether a page of ours opens this web socket; what names no origin is no browser, and gets no sign-in either."""
    origin = _header(scope, b"origin")
    if not origin:
        return True
    public = urlsplit(public_url)
    if public_url and origin == f"{public.scheme}://{public.netloc}":
        return True
    return urlsplit(origin).netloc == _header(scope, b"host")


async def _refuse(send: Send, status: int, key: str) -> None:
    """A few words in every language, as nobody knows which one is read."""
    body = "\n".join(t(key, lang) for lang in LANGUAGES).encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == _TOO_MANY:
        headers.append((b"retry-after", b"10"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
