"""Who a provider of sign-in says somebody is, believed only after checks of our own.

Streamlit keeps the claims of a token in a cookie for thirty days and does not look at them again, so all that can make
them worthless is looked at here, at every use.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from riskmap.domain.errors import SignInRefused

# The provider's clock and ours are two; a token may seem this much younger than it can be.
CLOCKS_APART: Final = timedelta(seconds=60)

EMAIL: Final = "email"
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC).timestamp()
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who has signed in; `subject` is what grants name, `signed_in` is UTC without zone."""

    subject: str
    name: str
    issuer: str
    signed_in: datetime


def identity_of(
    claims: Mapping[str, object], *, issuer: str, client_id: str, claim: str, hours: int, now: datetime
) -> Identity:
    """The identity that the claims of a token tell; `now` is UTC without zone.

    Raises `SignInRefused` where the token is of another provider or for another program, is older than `hours` or
    not yet issued, or does not tell who it is about in `claim`.
    """
    named = claims.get("iss")
    if not isinstance(named, str) or not named or named.removesuffix("/") != issuer.removesuffix("/"):
        # The address of the metadata is made from the issuer without a slash at its end, so both spellings are one.
        raise SignInRefused(reason="sign_in.refused.issuer")
    _refuse_other_audience(claims, client_id)
    signed_in = _signed_in(claims.get("iat"))
    if signed_in > now + CLOCKS_APART:
        raise SignInRefused(reason="sign_in.refused.future")
    if now - signed_in >= timedelta(hours=hours):
        raise SignInRefused(reason="sign_in.refused.expired", hours=hours)
    subject = _subject(claims, claim)
    return Identity(subject, _name(claims, subject), named, signed_in)


def subject_of(text: str) -> str:
    """A subject as it is compared everywhere: composed, and without the difference of capitals."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).casefold())


def _refuse_other_audience(claims: Mapping[str, object], client_id: str) -> None:
    """A token for several programs counts only where it says that ours asked for it."""
    given = claims.get("aud")
    audience = given if isinstance(given, list) else [given]
    party = claims.get("azp")
    is_ours = bool(client_id) and client_id in audience and party in (client_id, None)
    if not is_ours or (len(audience) > 1 and party is None):
        raise SignInRefused(reason="sign_in.refused.audience")


def _signed_in(issued: object) -> datetime:
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not 0 <= issued <= _LATEST:
        raise SignInRefused(reason="sign_in.refused.no_time")
    return datetime.fromtimestamp(issued, UTC).replace(tzinfo=None)


def _subject(claims: Mapping[str, object], claim: str) -> str:
    given = claims.get(claim)
    subject = subject_of(given) if isinstance(given, str) else ""
    if not subject or not subject.isprintable():
        raise SignInRefused(reason="sign_in.refused.claim", claim=claim)
    # Some providers write the truth as a word, and some let everybody write any address into their own account.
    if claim == EMAIL and claims.get("email_verified", True) not in (True, "true"):
        raise SignInRefused(reason="sign_in.refused.unverified")
    return subject


def _name(claims: Mapping[str, object], subject: str) -> str:
    """How somebody is called on the screen, without the signs that would turn a line round or break it."""
    for key in ("name", "preferred_username"):
        given = claims.get(key)
        if isinstance(given, str):
            clean = "".join(c for c in unicodedata.normalize("NFC", given) if c.isprintable()).strip()
            if clean:
                return clean[:_LONGEST_NAME]
    return subject
