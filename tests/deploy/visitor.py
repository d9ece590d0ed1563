"""Somebody who visits the dashboard through nginx, one request at a time, and keeps the cookies."""

from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.deploy.proxied import BASE, NAME, Proxy

SEAT = "riskmap_replica"


@dataclass(frozen=True)
class Answer:
    """Status, headers as they came, content."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes

    def all_of(self, name: str) -> list[str]:
        """The values of one header, as often as it was sent."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def ask_replica(port: int, path: str, **asked: str) -> Answer:
    """What a replica answers to whoever asks it without nginx."""
    return _asked(HTTPConnection("127.0.0.1", port, timeout=30), "GET", path, asked, b"")


@dataclass
class Visitor:
    """A browser without its page; `cookies` are sent with everything."""

    proxy: Proxy
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def replica(self) -> int:
        """The port of the replica that the last answer named, 0 before the first."""
        return int(self.cookies.get(SEAT, 0))

    def ask(self, path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """One request; names of headers are written with underscores."""
        given = {"Cookie": self._written(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = HTTPSConnection(NAME, self.proxy.port, context=self.proxy.trust, timeout=30)
        answer = _asked(connection, method, path, given, body)
        for line in answer.all_of("Set-Cookie"):
            self.cookies |= {name: kept.value for name, kept in SimpleCookie(line).items()}
        return answer

    def connect(self, origin: str = "") -> ClientConnection:
        """The web socket of a page."""
        return connect(
            f"wss://{NAME}:{self.proxy.port}{BASE}/_stcore/stream",
            ssl=self.proxy.trust,
            origin=Origin(origin or f"https://{NAME}:{self.proxy.port}"),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(self.cookies.get("_streamlit_xsrf", "x"))],
            additional_headers={"Cookie": self._written()},
            max_size=None,
            proxy=None,
            legacy=True,
        )

    def _written(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def session_of(line: ClientConnection) -> str:
    """Have the first page drawn to its end over a web socket; the id of the session."""
    asked = BackMsg()
    asked.rerun_script.query_string = "lang=en"
    line.send(asked.SerializeToString())
    session = ""
    while True:
        told = ForwardMsg()
        told.ParseFromString(bytes(line.recv(timeout=30, decode=False)))
        session = told.new_session.initialize.session_id or session
        if told.HasField("script_finished"):
            return session


def _asked(connection: HTTPConnection, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    try:
        connection.request(method, path, body=body or None, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
