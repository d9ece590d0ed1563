"""Who has signed in, and the buttons for it."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent
from riskmap.access.identity import Identity, identity_of
from riskmap.access.sessions import end_sessions, is_ended
from riskmap.domain.errors import SignInRefused
from riskmap.ui.web_settings import SignIn
from riskmap.words import t

_MOST_REMEMBERED: Final = 10_000
_LOG = logging.getLogger(__name__)

_offered: SignIn | None = None


def offer(sign_in: SignIn | None) -> None:
    """Let readers of this server sign in, or nobody; the server says so once, before it starts."""
    global _offered
    _offered = sign_in


def is_offered() -> bool:
    """Whether readers can sign in here."""
    return _offered is not None


def signed_in() -> Identity | None:
    """Who is looking; None on a public server and where nobody has signed in.

    Raises `SignInRefused` where there is a sign-in that does not count. Looked at anew on every run, since Streamlit
    keeps what it read of a sign-in for as long as a page is open.
    """
    if _offered is None or not st.user.get("is_logged_in"):
        return None
    claims: dict[str, object] = dict(st.user.to_dict())
    try:
        identity = _identity(claims, _offered)
    except SignInRefused as refused:
        who = str(claims.get(_offered.claim) or "")
        told = {"reason": str(refused.values["reason"])}
        _noted.once((who, str(claims.get("iat")), told["reason"]), lambda: _note(AccessEvent.REFUSED, who, told))
        raise
    at = identity.signed_in.isoformat()
    _noted.once((identity.subject, at), lambda: _note(AccessEvent.SIGN_IN, identity.subject, {"signed_in": at}))
    return identity


def still_counts(identity: Identity) -> bool:
    """Whether somebody who was signed in is so still: not for too long, and not signed out since."""
    if _offered is None:
        return False
    return _now() - identity.signed_in < timedelta(hours=_offered.hours) and not is_ended(identity)


def sign_in_button(language: str) -> None:
    """A button that leads to the provider; nothing on a public server."""
    if is_offered():
        st.button(t("sign_in.button", language), key="sign-in", on_click=st.login)


def signed_in_as(identity: Identity, language: str) -> None:
    """The name of whoever has signed in, and a button to sign out."""
    st.text(t("sign_in.name", language, name=identity.name))
    st.button(t("sign_in.out", language), key="sign-out", on_click=sign_out, args=(identity,))


def refusal(refused: SignInRefused, language: str) -> str:
    """Why a sign-in does not count, as a sentence for the reader."""
    reason = t(str(refused.values["reason"]), language, **{k: v for k, v in refused.values.items() if k != "reason"})
    return t(refused.key, language, reason=reason)


def sign_out(identity: Identity) -> None:
    """End everything that this person has open anywhere, then leave the provider's own session too."""
    # A sign-in that seems to come from later, as the provider's clock is ahead of ours, ends as well.
    end_sessions(identity.subject, at=max(_now(), identity.signed_in))
    audit_log.note(AccessEvent.SIGN_OUT, who=identity.subject)
    st.logout()


def _identity(claims: dict[str, object], rules: SignIn) -> Identity:
    identity = identity_of(
        claims, issuer=rules.issuer, client_id=rules.client_id, claim=rules.claim, hours=rules.hours, now=_now()
    )
    if is_ended(identity):
        raise SignInRefused(reason="sign_in.refused.ended")
    return identity


def _note(event: AccessEvent, who: str, told: dict[str, str]) -> None:
    audit_log.note(event, who=who, **told)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class _Noted:
    """What has been written down since the server started, so that a page drawn again does not write it again."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._keys: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._lock = threading.Lock()
        self._most = most

    def once(self, key: tuple[str, ...], note: Callable[[], None]) -> None:
        """Call `note` unless it was called for this key before; where it fails it will be called again."""
        with self._lock:
            if key in self._keys:
                return
            note()
            self._keys[key] = None
            while len(self._keys) > self._most:
                self._keys.popitem(last=False)


_noted: Final = _Noted()
