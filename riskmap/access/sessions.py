"""Sessions that are over: a copy of a cookie is worth nothing after its owner has signed out.

The cookie itself cannot be taken back, so it is remembered until when the sign-ins of a subject count no more. Signing
out ends the sessions of the subject everywhere.
"""

from datetime import datetime
from typing import Final

from riskmap.access.database import asked, changing
from riskmap.access.identity import Identity, subject_of

_ADD: Final = "INSERT INTO sign_outs (subject, at) VALUES (?, ?)"
_LAST: Final = "SELECT max(at) FROM sign_outs WHERE subject = ?"


def end_sessions(subject: str, at: datetime) -> None:
    """End every session of a subject that began at that moment (UTC without zone) or before it.

    Where the clock of the provider is ahead of ours, a sign-in lies in our future: give the later of now and the moment
    of the sign-in that is ended.
    """
    if at.tzinfo:
        raise ValueError(f"{at} has a zone")
    with changing() as connection:
        connection.execute(_ADD, (subject_of(subject), at.isoformat(timespec="microseconds")))


def is_ended(identity: Identity) -> bool:
    """Whether this subject has signed out since; `StorageFailed` where that cannot be told."""
    rows = asked(_LAST, identity.subject)
    last = rows[0][0] if rows else None
    return last is not None and identity.signed_in.isoformat(timespec="microseconds") <= last
