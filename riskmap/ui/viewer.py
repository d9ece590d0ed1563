"""Who is looking, and the areas whose exact cells they may read: asked anew at the beginning of every run.

A package for a workplace has the scope that it was made for; a signed-in person that of their grants; where every
number that is hidden is invented, anybody may choose to see the pages as somebody else does.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from geo.areas import areas, regions
from riskmap.access.grants import Grant, in_force, scope_of
from riskmap.access.identity import Identity
from riskmap.access.roles import Role
from riskmap.analytics import service
from riskmap.domain.errors import NoPublishedBuild, NotLoopback, SignInRefused, Situation
from riskmap.domain.vocabulary import COUNTRY, Scope
from riskmap.files.official import Mark
from riskmap.ui.selection import asked_for
from riskmap.ui.signing_in import signed_in, still_counts

SEE: Final = "see"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Sight(StrEnum):
    """How a reader has come to the scope that holds."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    WORKPLACE = "workplace"
    SEEN_AS = "seen_as"


@dataclass(frozen=True, slots=True)
class Viewer:
    """One reader in one run; `refused` says why a sign-in does not count, and the pages are those for everybody."""

    sight: Sight = Sight.PUBLIC
    scope: Scope = Scope.public()
    identity: Identity | None = None
    roles: frozenset[Role] = frozenset()
    refused: SignInRefused | None = None
    sends_for: str = ""  # the region whose returns this person sends

    @property
    def is_official(self) -> bool:
        """Whether exact numbers are shown that not everybody may see."""
        return not self.scope.is_public

    @property
    def is_noted(self) -> bool:
        """Whether the log tells what is looked at: of what is shown on trial nothing that is hidden is real."""
        return self.is_official and self.sight is not Sight.SEEN_AS

    @property
    def may_administer(self) -> bool:
        """Whether the pages of the administrator are shown."""
        return any(role.may.administers for role in self.roles)

    @property
    def who(self) -> str:
        """Who is noted in the log of accesses; empty where nobody is known."""
        return self.identity.subject if self.identity else str(self.sight) if self.is_official else ""


_looking: ContextVar[Viewer | None] = ContextVar("looking", default=None)


def viewer() -> Viewer:
    """Who is looking in this run, the same from its beginning to its end; outside of one, everybody."""
    return _looking.get() or Viewer()


@contextmanager
def looking(now: Viewer) -> Iterator[None]:
    """For the run of a page: everything in it is shown to this reader."""
    token = _looking.set(now)
    try:
        yield
    finally:
        _looking.reset(token)


def who_is_looking() -> Viewer:
    """Who is looking now, asked anew.

    `NotLoopback` where a package for a workplace is served to other machines. A grant that was revoked counts no
    longer, and a sign-in that has ended is none.
    """
    build = _live()
    packaged = service.packaged_scope(build) if build else Scope.public()
    if not packaged.is_public:
        if not _is_on_this_machine():
            raise NotLoopback
        return Viewer(Sight.WORKPLACE, packaged)
    try:
        identity = signed_in()
    except SignInRefused as refused:
        return Viewer(refused=refused)
    if identity:
        grants = in_force(identity.subject, _today())
        roles = frozenset(grant.role for grant in grants)
        return Viewer(Sight.SIGNED_IN, scope_of(grants), identity, roles, sends_for=_sends_for(grants))
    wanted = asked_for(SEE)
    if build and wanted in seen_as(build):
        return Viewer(Sight.SEEN_AS, Scope(frozenset({wanted}), is_trial=True))
    return Viewer()


def _sends_for(grants: Sequence[Grant]) -> str:
    """The region for which somebody sends: returns are those of a region, so a district's viewer sends none."""
    codes = {region.id for region in regions()}
    return next((one.area for one in grants if one.role.may.sends and one.area in codes), "")


def is_packaged() -> bool:
    """Whether the data folder is one for a single workplace."""
    try:
        return not service.packaged_scope(service.live_build()).is_public
    except Situation:  # said on every page, where it can be read
        return False


def _is_on_this_machine() -> bool:
    """Whether only this machine is served, and by its own name: one that somebody else chose may lead here too."""
    host = urlsplit(f"//{st.context.headers.get('Host', LOOPBACK[0])}").hostname
    return st.get_option("server.address") in LOOPBACK and host in LOOPBACK


def is_still(now: Viewer) -> bool:
    """Whether a reader of an earlier moment still has that scope: a button of theirs may be pressed long after."""
    if now.identity is None:
        return True  # a folder for one workplace stays what it is, and nothing that is hidden on trial is real
    return still_counts(now.identity) and scope_of(in_force(now.identity.subject, _today())) == now.scope


def _today() -> date:
    return datetime.now(UTC).date()


def seen_as(build: Path) -> Sequence[str]:
    """The areas as whose department, or ministry, the pages may be seen; none where a real number is hidden."""
    return () if service.hides_real_numbers(build) else (COUNTRY, *(region.id for region in regions()))


def _scope_names(scope: Scope, language: str) -> list[str]:
    """The areas of a scope by name."""
    return [areas()[area].name(language) for area in sorted(scope.areas)]


def mark_of(now: Viewer, build: str, language: str, *, copy: str = "") -> Mark:
    """What stands on everything that shows this reader exact numbers of a build."""
    return Mark(tuple(_scope_names(now.scope, language)), now.identity.name if now.identity else "", build, copy)


def _live() -> Path | None:
    try:
        return service.live_build()
    except NoPublishedBuild:
        return None
