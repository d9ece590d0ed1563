"""Where the loader keeps things in the data folder, and how a file or link is replaced in one step."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from riskmap.domain.errors import Locked, StorageFailed
from riskmap.domain.settings import data_folder, live_build


def now() -> datetime:
    """The present moment in UTC, to the second, without zone: what is stored."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def new_identifier(moment: datetime) -> str:
    """Time plus random: sorts by age and says nothing about the data."""
    return f"{moment:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def folder(name: str) -> Path:
    """A folder below the data folder, made where it is missing, readable by its owner only."""
    path = data_folder() / name
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise StorageFailed(path=str(path), detail=fault.strerror or str(fault)) from fault
    return path


@contextmanager
def storage_faults(path: Path) -> Iterator[None]:
    """Turn an operating-system fault (disk full, no permission) into the situation it is."""
    try:
        yield
    except OSError as fault:
        raise StorageFailed(path=str(path), detail=fault.strerror or str(fault)) from fault


def point(link: Path, target: str) -> None:
    """Make a symbolic link name `target`; a reader sees the old one or the new one, never none."""
    part = link.with_name(f".{link.name}.{secrets.token_hex(3)}")
    with storage_faults(link):
        part.symlink_to(target)
        part.replace(link)


@contextmanager
def lock(purpose: str) -> Iterator[None]:
    """Hold the one writer's lock of the data folder; `Locked` names who holds it."""
    path = folder(".") / ".lock"
    with storage_faults(path), path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(holder=_holder(path)) from None
        handle.truncate(0)
        handle.write(json.dumps({"purpose": purpose, "pid": os.getpid(), "since": now().isoformat()}))
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)


def _holder(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return "?"
    return f"{held['purpose']}, PID {held['pid']}, {held['since']} UTC"


def builds() -> list[Path]:
    """Finished build folders, oldest first."""
    root = data_folder() / "warehouse"
    return sorted(path for path in root.glob("2*") if path.is_dir() and (path / "public.duckdb").exists())


def live() -> Path | None:
    """The folder of the live build, or None before the first publication."""
    link = live_build()
    return link.resolve() if link.exists() else None
