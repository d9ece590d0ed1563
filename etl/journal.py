"""The journal of the data folder: one small file per event, never changed afterwards; the truth about publications.

`journal/<id>.json`, ids in the order of the events even where the clock was set back. Every event has

    event   one of EventKind
    at      when, UTC without zone, ISO to the second
    by      who: the sign-in of whoever decided it on a page, else as RISKMAP_OPERATOR says, else the user of the system
    user    the user of the system; the same as `by` where no name was set
    build   the build it is about

and beside these

    staged      base: the live build that it was compared with, empty where there was none; data_date: ISO, may be empty
    signed      base, as above; counts: how many cells of full.duckdb are new, changed, vanished, ... against the base
    published   live: the build that is live from here on, the same as `build`; data_date: ISO, may be empty;
                revised: of full and of public how many revisions of each RevisionKind the build tells of itself
    taken_back  live: the build that is live again; `build` is the one that was taken back

What is live is said by the link `warehouse/current` alone, which changes in one step. So an event of a publication is
first written as `<id>.intent`, then the link is changed, then the file gets its name. Killed in between, the intent is
true exactly when the link names the build that it says is live: readers take it so, and the next writer settles it.
Nothing is ever rolled forward by itself, and no untrue event is ever kept.

On the command line who is whom rests on RISKMAP_OPERATOR and the user of the system: nobody signs in there.
"""

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pandas as pd

from etl.storage import folder, live, new_identifier, now, storage_faults
from riskmap.domain.errors import StorageFailed
from riskmap.domain.settings import OPERATOR, data_folder

_DONE, _INTENDED = ".json", ".intent"


class EventKind(StrEnum):
    """What may happen to a build."""

    STAGED = "staged"
    SIGNED = "signed"
    PUBLISHED = "published"
    TAKEN_BACK = "taken_back"


PUBLICATION_EVENTS: Final = (EventKind.PUBLISHED, EventKind.TAKEN_BACK)

Event = dict[str, Any]


_acting: ContextVar[str] = ContextVar("acting", default="")


def operator() -> str:
    """Who is at work: whoever has decided it on a page, else as set, else as the system knows the user.

    In a container the latter may be a bare number.
    """
    return _acting.get() or OPERATOR.value.strip() or system_user()


@contextmanager
def acting(who: str) -> Iterator[None]:
    """In the block everything is done for whoever has decided it on a page and is known there as `who`."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def system_user() -> str:
    """The user of the system, or the bare number where it has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def note(event: str, *, moment: datetime | None = None, **told: object) -> None:
    """Add an event to the journal; `told` is what its kind asks for, and by and user where they are not those at work.

    `moment` (UTC without zone) is when it happened; left out, it is now. Its place is behind all others either way.
    """
    _put(event, moment, told, _DONE)


def note_staged(meta: pd.DataFrame) -> None:
    """Note a build that is about to stand in its place; `meta` is its table.

    The event comes first, so that who staged it is known of every build. One of a build that never came does no harm.
    """
    values = dict(meta.itertuples(index=False, name=None))
    note(EventKind.STAGED, **{name: values[name] for name in ("build", "base", "data_date")})


@contextmanager
def noted_with_link(event: str, **told: object) -> Iterator[None]:
    """Note an event that becomes true by the change of the live link in the block; `told` names the build as `live`."""
    settle()
    path = _put(event, None, told, _INTENDED)
    try:
        yield
    finally:
        _settle(path)


def settle() -> None:
    """Complete what a killed run left: an intent that came true becomes an event, any other goes. Ask for the lock."""
    for path in _paths(_INTENDED):
        _settle(path)


def events() -> list[Event]:
    """Every event, oldest first; none before the first."""
    found = [told for path in _paths(_DONE, _INTENDED) if (told := _read_or_settled(path))]
    return [event for path, event in found if path.suffix == _DONE or _is_true(event)]


def publications() -> list[Event]:
    """Events that changed what is live, oldest first."""
    return [event for event in events() if event["event"] in PUBLICATION_EVENTS]


def _put(event: str, moment: datetime | None, told: dict[str, object], suffix: str) -> Path:
    path = folder("journal") / f"{new_identifier()}{suffix}"
    at = (moment or now()).isoformat()
    document = {"event": str(event), "at": at, "by": operator(), "user": system_user(), **told}
    part = path.with_suffix(".part")
    with storage_faults(path):
        part.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        part.chmod(0o600)
        part.replace(path)
    return path


def _settle(path: Path) -> None:
    is_true = _is_true(_read(path)[1])
    with storage_faults(path):
        if is_true:
            path.replace(path.with_suffix(_DONE))
        else:
            path.unlink()


def _is_true(event: Event) -> bool:
    current = live()
    return current is not None and current.name == event["live"]


def _paths(*suffixes: str) -> list[Path]:
    place = data_folder() / "journal"
    with storage_faults(place):
        found = place.iterdir() if place.exists() else ()
        return sorted(path for path in found if path.suffix in suffixes)


def _read_or_settled(path: Path) -> tuple[Path, Event] | None:
    """What a file says, also where a writer settles an intent meanwhile; None where it has come to nothing."""
    try:
        return _read(path)
    except StorageFailed:
        if path.suffix != _INTENDED or path.exists():
            raise
    done = path.with_suffix(_DONE)
    return _read(done) if done.exists() else None


def _read(path: Path) -> tuple[Path, Event]:
    with storage_faults(path):
        try:
            return path, dict(json.loads(path.read_text(encoding="utf-8")))
        except ValueError as fault:
            raise StorageFailed(path=str(path), detail="damaged") from fault
