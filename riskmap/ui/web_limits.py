"""How much one reader may ask for in a minute, and who that reader is."""

import ipaddress
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.requests import cookie_parser
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from riskmap.ui.web_settings import Network

MOST_READERS: Final = 10_000
_MINUTE: Final = 60.0
# A reader of the new internet has a whole network of this size to himself, and could use a fresh address each time.
_OWN_NETWORK: Final = 64


class Limits:
    """A purse for each reader: it holds what a minute allows and fills up evenly.

    Purses are few: the one not used for longest is forgotten for a new one, which is full as that one would be soon.
    """

    def __init__(
        self, per_minute: int, *, most: int = MOST_READERS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = float(per_minute)
        self._most = most
        self._clock = clock
        self._purses: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._purses)

    def take(self, reader: str, *, price: float = 1.0, most_debt: float = 0.0) -> float | None:
        """Pay for one request: the seconds until it is covered; None, and nothing paid, past `most_debt` seconds."""
        now = self._clock()
        held, at = self._purses.pop(reader, (self._size, now))
        left = min(self._size, held + (now - at) * self._size / _MINUTE)
        wait = max(0.0, price - left) * _MINUTE / self._size
        is_covered = wait <= most_debt
        self._purses[reader] = (left - price if is_covered else left, now)
        while len(self._purses) > self._most:
            self._purses.popitem(last=False)
        return wait if is_covered else None


def reader_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Whose request it is: the other end of the line, or behind a proxy of ours whom the proxy says it came from.

    `forwarded` are the entries of X-Forwarded-For in their order. The last that is no proxy of ours counts: whatever
    stands before it was written by the reader.
    """
    address = peer
    for entry in reversed(forwarded):
        if not _is_of(address, trusted):
            break
        address = entry.strip()
    return _network_of(address)


def subject_in(cookie_header: str, *, secret: str, claim: str) -> str | None:
    """Whom a sign-in cookie with a valid signature is about; None where there is none."""

    def single(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(secret, name, value)

    cookies: Mapping[str, str] = cookie_parser(cookie_header)
    if USER_COOKIE_NAME not in cookies:
        return None
    value = get_cookie_with_chunks(single, USER_COOKIE_NAME)
    try:
        claims = json.loads(value or b"{}")
    except ValueError:
        return None
    subject = claims.get(claim) if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) and subject else None


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _is_of(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _network_of(address: str) -> str:
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, _OWN_NETWORK), strict=False))
    return str(parsed)
