"""Readers without a browser who keep a page open and ask for one view after the other over its web socket.

They ask as a browser does: for another page by its name, which keeps what is chosen; for another area or indicator by
the state of a box, since Streamlit takes no changed address from an open page.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from geo.areas import areas
from riskmap.access.grants import grant
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import COUNTRY
from riskmap.words import t
from tests.browser.oidc_provider import Provider
from tests.browser.signing_in_client import sign_in, visitor

_AREA: Final = "search-area"
_INDICATOR: Final = "select-indicator"
# What a reader does, over and over: the page, and what is chosen there; nothing where the reader comes to it.
_VISIT: Final = (
    *(("risk_map", step) for step in ("", _AREA, _INDICATOR, _AREA)),
    *(("trends", step) for step in ("", _AREA, _INDICATOR)),
    *(("compare", step) for step in ("", _AREA, _INDICATOR)),
)
_BOXES: Final = re.compile(rf"\$\$ID-[0-9a-f]{{32}}-({_AREA}|{_INDICATOR})".encode())
_PUBLIC: Final = ""
_EXACT: Final = t("official.scope", "en", areas="")
_LAST_LINE: Final = 'class="foot"'
# The message that ends a run holds little more than the id of the run; none of that size is worth a look but this one.
_LONGEST_END: Final = 200
_PATIENCE: Final = 120


class NotDrawn(Exception):
    """The server answered with something else than the view that was asked for."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens a web socket: where, with which headers, and the area whose exact figures it shows, if any."""

    base: str
    cookie: str
    xsrf: str
    scope: str


class Lots:
    """Draws what is asked for next from what has figures: the same mix at all times, and seldom the same view."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._chance = random.Random(1)  # noqa: S311 - a fair mix, no secret
        self._pairs = sorted(pairs)

    def pair(self) -> tuple[str, str]:
        """An indicator and an area that has figures of it."""
        return self._chance.choice(self._pairs)

    def area(self, indicator: str, now: str) -> str:
        """Another area that has figures of an indicator."""
        return self._chance.choice([area for name, area in self._pairs if name == indicator and area != now])

    def indicator(self, area: str, now: str) -> str:
        """Another indicator of which an area has figures."""
        return self._chance.choice([name for name, of in self._pairs if of == area and name != now])

    def moment(self, most: float) -> float:
        """A number of seconds below `most`."""
        return self._chance.uniform(0, most)


class Reader:
    """An open page; `place` is where in a visit its reader begins, `pair` the indicator and area of its address."""

    def __init__(self, socket: ClientConnection, ticket: Ticket, *, place: int, pair: tuple[str, str]) -> None:
        self._socket = socket
        self._scope = ticket.scope
        self._place = place
        self._indicator, self._area = pair
        self._boxes: dict[str, str] = {}

    async def act(self, lots: Lots) -> float:
        """Ask for the next view; the moment at which it was drawn. `NotDrawn` where that was another one."""
        page, step = _VISIT[self._place % len(_VISIT)]
        message = self._message(page, step, lots)
        self._place += 1
        await self._socket.send(message)
        async with asyncio.timeout(_PATIENCE):
            answer = await self._answer()
        drawn = time.perf_counter()
        self._check(page, answer)
        self._boxes = {found[1].decode(): found[0].decode() for found in _BOXES.finditer(answer)}
        return drawn

    def _message(self, page: str, step: str, lots: Lots) -> bytes:
        asked = BackMsg()
        run = asked.rerun_script
        run.page_name = page
        if not self._boxes:
            run.query_string = urlencode({"lang": "en", "indicator": self._indicator, "area": self._area})
        elif step == _AREA:
            self._area = lots.area(self._indicator, self._area)
            run.widget_states.widgets.add(id=self._boxes[_AREA], string_value=self._area)
        elif step == _INDICATOR:
            self._indicator = lots.indicator(self._area, self._indicator)
            name = indicator(self._indicator).words["en"]["short"]
            run.widget_states.widgets.add(id=self._boxes[_INDICATOR], string_value=name)
        return bytes(asked.SerializeToString())

    async def _answer(self) -> bytes:
        parts: list[bytes] = []
        while not (parts and _is_end(parts[-1])):
            parts.append(await self._socket.recv(decode=False))
        return b"".join(parts)

    def _check(self, page: str, answer: bytes) -> None:
        """The area in bold ends the way back to the country; the banner names whose figures are exact."""
        name = areas()[self._area].name("en")
        told = [f"{t(f'page.{page}.title', 'en')} – ", f"**{name}**", f"indicator={self._indicator}&", _LAST_LINE]
        if self._scope:
            told.append(f"{_EXACT}{areas()[self._scope].name('en')}")
        missing = [text for text in told if text.encode() not in answer]
        if missing or (not self._scope and _EXACT.encode() in answer):
            raise NotDrawn(self._scope, missing)


def _is_end(part: bytes) -> bool:
    """Whether a message ends a run; one that was not run to its end is a fault."""
    if len(part) > _LONGEST_END:
        return False
    message = ForwardMsg.FromString(part)
    if message.WhichOneof("type") != "script_finished":
        return False
    if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
        raise NotDrawn(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
    return True


def scopes(regions: Sequence[str]) -> tuple[str, ...]:
    """The areas of the rights, in turn: nobody's, two regions', the country's."""
    return (_PUBLIC, *regions, COUNTRY)


def tickets(bases: Sequence[str], provider: Provider, *, of: Sequence[str], count: int) -> list[Ticket]:
    """So many readers, spread over servers and scopes in turn; all but the public ones sign in, each as a person."""
    return [
        _ticket(bases[number // len(of) % len(bases)], provider, scope=of[number % len(of)], name=f"reader-{number}")
        for number in range(count)
    ]


def grant_rights(of: Sequence[str], count: int) -> None:
    """Give every reader of `tickets` the right to its scope, in the data folder that is set."""
    for number in range(count):
        scope = of[number % len(of)]
        if scope:
            role, kind = (Role.MINISTRY, AreaKind.COUNTRY) if scope == COUNTRY else (Role.VIEWER, AreaKind.REGION)
            grant(f"reader-{number}@example.kz", role=role, area=scope, kind=kind, by="benchmark")


def _ticket(base: str, provider: Provider, *, scope: str, name: str) -> Ticket:
    client = visitor(base)
    if scope:
        provider.person.update(email=f"{name}@example.kz", name=name)
        sign_in(client)
    cookies = SimpleCookie({cookie.name: cookie.value or "" for cookie in client.cookies.jar})
    header = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    return Ticket(base, header, client.cookies.get("_streamlit_xsrf") or "none", scope)


@asynccontextmanager
async def open_pages(held: Sequence[Ticket], lots: Lots) -> AsyncIterator[list[Reader]]:
    """An open page for every ticket, with its first view drawn."""
    async with AsyncExitStack() as stack:
        readers = []
        for place, ticket in enumerate(held):
            socket = await stack.enter_async_context(_socket(ticket))
            readers.append(Reader(socket, ticket, place=place, pair=lots.pair()))
            await readers[-1].act(lots)
        yield readers


def _socket(ticket: Ticket) -> connect:
    return connect(
        f"{ticket.base.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit"), Subprotocol(ticket.xsrf)],
        origin=Origin(ticket.base),
        additional_headers={"Cookie": ticket.cookie},
        max_size=None,
        ping_interval=None,
        proxy=None,
    )


async def one_at_a_time(readers: Sequence[Reader], lots: Lots, *, acts: int, pause: float) -> list[float]:
    """Seconds from sending to drawn of so many acts, each begun when the server rests from the last."""
    taken = []
    for number in range(acts):
        await asyncio.sleep(pause)
        sent = time.perf_counter()
        taken.append(await readers[number % len(readers)].act(lots) - sent)
    return taken


async def together(readers: Sequence[Reader], lots: Lots, *, every: float, seconds: float) -> list[float]:
    """Seconds from due to drawn of all acts, when each reader acts every so many seconds from a drawn moment on.

    An act is due when it is sent, unless its reader still waits for the one before: then that waiting counts too.
    """
    taken: list[float] = []
    begin = time.perf_counter()

    async def read(reader: Reader) -> None:
        due = begin + lots.moment(every)
        while due < begin + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            taken.append(await reader.act(lots) - due)
            due += every

    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(read(reader))
    return taken
