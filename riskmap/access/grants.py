"""Rights: who holds which role for which area, from when until when, granted and revoked by whom.

Days are days in UTC, the first and the last included; a revocation counts at once. Nothing is ever deleted: what
somebody was allowed on a day of the past can be told of every day.

Nobody may read the exact numbers of two areas at a time. What is hidden is proved safe from everybody and from each
area with its own exact numbers; what the numbers of two areas tell together of a third one nobody has looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from riskmap.access import audit_log
from riskmap.access.audit_log import AccessEvent
from riskmap.access.database import asked, changing, database
from riskmap.access.identity import subject_of
from riskmap.access.roles import Role
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import GrantRefused, StorageFailed
from riskmap.domain.vocabulary import COUNTRY, Scope

_LONGEST_SUBJECT: Final = 320  # characters: the longest address of mail
_ALL: Final = "SELECT * FROM grants ORDER BY id"
_ONE: Final = "SELECT * FROM grants WHERE id = ?"
_NOT_REVOKED: Final = "SELECT * FROM grants WHERE subject = ? AND revoked_at IS NULL ORDER BY id"
_ADD: Final = """
INSERT INTO grants (subject, role, area, valid_from, valid_to, granted_by, granted_at)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_REVOKE: Final = "UPDATE grants SET revoked_by = ?, revoked_at = ? WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Grant:
    """One right; `valid_to` is the last day, None where there is none. Moments are UTC without zone."""

    id: int
    subject: str
    role: Role
    area: str
    valid_from: date
    valid_to: date | None
    granted_by: str
    granted_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.valid_from <= on and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        """Whether it counts no more on a day, and never will again."""
        return self.revoked_at is not None or (self.valid_to is not None and self.valid_to < on)

    def overlaps(self, other: "Grant") -> bool:
        """Whether there is a day within the times of both."""
        last, other_last = self.valid_to or date.max, other.valid_to or date.max
        return self.valid_from <= other_last and other.valid_from <= last


def grant(
    subject: str,
    *,
    role: Role,
    area: str,
    kind: AreaKind,
    by: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Grant:
    """Grant a role for an area, whose kind the caller knows, and note it in the audit log; left out, from today on.

    `GrantRefused` where the role is not for such an area, the times are turned round, or one subject would read the
    exact numbers of two areas. Without the note in the log there is no grant.
    """
    begin = valid_from or _now().date()
    named = _checked_subject(subject)
    _refuse_impossible(role, area=area, kind=kind, begin=begin, end=valid_to)
    with changing() as connection:
        new = Grant(0, named, role, area, begin, valid_to, by, _now())
        for standing in map(_grant, connection.execute(_NOT_REVOKED, (named,)).fetchall()):
            _refuse_beside(standing, new)
        end = valid_to.isoformat() if valid_to else None
        row = (named, str(role), area, begin.isoformat(), end, by, new.granted_at.isoformat())
        number = connection.execute(_ADD, row).lastrowid
        added = _grant(connection.execute(_ONE, (number,)).fetchone())
        _note(AccessEvent.GRANT, added, who=by)
    return added


def revoke(number: int, *, by: str) -> Grant:
    """Revoke a grant, which counts at once, and note it in the audit log; `GrantRefused` where it does not stand."""
    with changing() as connection:
        row = connection.execute(_ONE, (number,)).fetchone()
        if row is None:
            raise GrantRefused(reason="access.refused.no_grant", id=number)
        standing = _grant(row)
        if standing.revoked_at:
            told = {"name": standing.revoked_by, "at": standing.revoked_at}
            raise GrantRefused(reason="access.refused.is_revoked", id=number, **told)
        connection.execute(_REVOKE, (by, _now().isoformat(), number))
        revoked = _grant(connection.execute(_ONE, (number,)).fetchone())
        _note(AccessEvent.REVOKE, revoked, who=by)
    return revoked


def grants() -> list[Grant]:
    """Every grant that ever was, in the order in which they were granted."""
    return [_grant(row) for row in asked(_ALL)]


def in_force(subject: str, on: date) -> tuple[Grant, ...]:
    """What a subject may on a day, none where nothing was ever granted; `StorageFailed` where the file is damaged."""
    return tuple(found for row in asked(_NOT_REVOKED, subject_of(subject)) if (found := _grant(row)).is_in_force(on))


def scope_of(held: Iterable[Grant]) -> Scope:
    """The area whose exact numbers these grants open; two at once were never granted, so the file is damaged."""
    areas = frozenset(one.area for one in held if one.role.may.reads_exact)
    if len(areas) > 1:
        raise StorageFailed(path=str(database()), detail="damaged")
    return Scope(areas)


def _checked_subject(text: str) -> str:
    subject = subject_of(text)
    if not subject:
        raise GrantRefused(reason="access.refused.no_subject")
    if not subject.isprintable() or len(subject) > _LONGEST_SUBJECT:
        raise GrantRefused(reason="access.refused.strange_subject", most=_LONGEST_SUBJECT)
    return subject


def _refuse_impossible(role: Role, *, area: str, kind: AreaKind, begin: date, end: date | None) -> None:
    """What can be said of a grant without looking at any other; the id of the country and its kind are one fact."""
    if kind not in role.may.kinds or (kind is AreaKind.COUNTRY) != (area == COUNTRY):
        raise GrantRefused(reason=f"access.refused.kind.{role}")
    if end and end < begin:
        raise GrantRefused(reason="access.refused.turned_round", begin=begin, end=end)


def _refuse_beside(standing: Grant, new: Grant) -> None:
    if not standing.overlaps(new):
        return
    told = {"id": standing.id, "subject": new.subject, "area": standing.area}
    if (standing.role, standing.area) == (new.role, new.area):
        raise GrantRefused(reason="access.refused.is_granted", **told)
    if standing.role.may.reads_exact and new.role.may.reads_exact and standing.area != new.area:
        raise GrantRefused(reason="access.refused.two_areas", **told)


def _note(event: AccessEvent, of: Grant, *, who: str) -> None:
    days = {"valid_from": of.valid_from.isoformat(), "valid_to": of.valid_to.isoformat() if of.valid_to else ""}
    audit_log.note(event, who=who, grant=of.id, subject=of.subject, role=str(of.role), area=of.area, **days)


def _grant(row: tuple[Any, ...]) -> Grant:
    """The grant of a row; one that says what no grant says was not written by us."""
    number, subject, role, area, begin, end, by, at, revoked_by, revoked_at = row
    try:
        return Grant(
            *(number, subject, Role(role), area, date.fromisoformat(begin)),
            *(date.fromisoformat(end) if end else None, by, datetime.fromisoformat(at)),
            *(revoked_by, datetime.fromisoformat(revoked_at) if revoked_at else None),
        )
    except ValueError as fault:
        raise StorageFailed(path=str(database()), detail="damaged") from fault


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
