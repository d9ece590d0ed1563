"""Where the loader keeps things in the data folder, and how a file or link is replaced in one step."""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import duckdb

from riskmap.domain.errors import Locked, StorageFailed
from riskmap.domain.settings import data_folder, live_build

# What a killed run leaves half-written; `clear_leftovers` removes it.
_HALF_WRITTEN: Final = ("raw/.2*", "accepted/*.part", "warehouse/.2*", "warehouse/.current.*", "released/*.part")
_STAMP: Final = "%Y%m%dT%H%M%S%f"
_IDENTIFIER: Final = re.compile(r"(\d{8}T\d{9})-[0-9a-f]{6}")
# What the database says at length about these is said in a few words.
_SYSTEM_FAULTS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)
# How the database tells that a file cannot be written or read; its other errors are faults of ours.
_DATABASE_FAULTS: Final = (duckdb.OperationalError, duckdb.FatalException, duckdb.InvalidInputException)


def now() -> datetime:
    """The present moment in UTC, to the second, without zone: what is stored."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def new_identifier(moment: datetime | None = None) -> str:
    """Time plus random: says nothing about the data, and sorts after every load and build there is.

    "The later load counts" and "newer than the live build" are read from this order alone, so it must hold within one
    second and after the clock was set back. `moment` is the time (UTC without zone) in place of the present one.
    """
    moment = moment or datetime.now(UTC).replace(tzinfo=None)
    known = [match[1] for name in (*loads(), *(build.name for build in builds())) if (match := _IDENTIFIER.match(name))]
    if known:
        moment = max(moment, datetime.strptime(max(known), _STAMP) + timedelta(milliseconds=1))
    return f"{moment:{_STAMP}}"[:-3] + f"-{secrets.token_hex(3)}"


def folder(name: str) -> Path:
    """A folder below the data folder, made where it is missing, readable by its owner only."""
    path = data_folder() / name
    with storage_faults(path):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextmanager
def storage_faults(path: Path) -> Iterator[None]:
    """Turn a fault of the system below (disk full, no permission, file damaged) into the situation it is."""
    try:
        yield
    except OSError as fault:
        place = fault.filename2 or fault.filename or path
        raise StorageFailed(path=str(place), detail=fault.strerror or str(fault)) from fault
    except _DATABASE_FAULTS as fault:
        reasons = (os.strerror(code) for code in _SYSTEM_FAULTS)
        text = str(fault)
        detail = next((reason for reason in reasons if reason in text), text.splitlines()[0])
        raise StorageFailed(path=str(path), detail=detail) from fault


State = tuple[int, int, int, int]


def state(path: Path) -> State | None:
    """What tells two contents of a file apart without reading them; None where there is no file."""
    with storage_faults(path):
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def point(link: Path, target: str) -> None:
    """Make a symbolic link name `target`; a reader sees the old one or the new one, never none."""
    part = link.with_name(f".{link.name}.{secrets.token_hex(3)}")
    with storage_faults(link):
        part.symlink_to(target)
        try:
            part.replace(link)
        except BaseException:
            part.unlink()
            raise


@contextmanager
def lock(purpose: str) -> Iterator[None]:
    """Hold the one writer's lock of the data folder; `Locked` names who holds it.

    The system frees the lock of a process that dies, so what stands in the file is only told, never believed.
    """
    path = folder(".") / ".lock"
    with storage_faults(path):
        handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    with handle:
        with storage_faults(path):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Locked(holder=_holder(handle.read())) from None
            handle.truncate(0)
            json.dump({"purpose": purpose, "pid": os.getpid(), "since": now().isoformat()}, handle)
            handle.flush()
        try:
            yield
        finally:
            os.ftruncate(handle.fileno(), 0)


def _holder(text: str) -> str:
    """Who holds the lock; between taking it and writing this down the file says nothing."""
    try:
        held = json.loads(text)
        return f"{held['purpose']}, PID {held['pid']}, {held['since']} UTC"
    except (ValueError, KeyError, TypeError):
        return "?"


def clear_leftovers() -> None:
    """Remove what a killed run left half-written; only for whoever holds the lock."""
    # First the files of a load that was killed before its record was put in place: that record, half-written, tells.
    for path in (*_unrecorded(), *(path for pattern in _HALF_WRITTEN for path in data_folder().glob(pattern))):
        with storage_faults(path):
            drop(path)


def _unrecorded() -> list[Path]:
    known = loads()
    parts = [path.stem for path in data_folder().glob("accepted/2*.part")]
    return [data_folder() / "raw" / load for load in parts if load not in known]


def drop(path: Path) -> None:
    """Remove a folder with all in it, a file or a link, where it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def loads() -> list[str]:
    """Ids of the accepted loads, oldest first."""
    return sorted(path.stem for path in _content("accepted") if path.suffix == ".parquet")


def builds() -> list[Path]:
    """Finished build folders, oldest first."""
    found = [path for path in _content("warehouse") if path.name.startswith("2")]
    return sorted(path for path in found if (path / "public.duckdb").exists())


def _content(name: str) -> list[Path]:
    """What is in a folder, nothing where it is not there yet; one that may not be read is never taken for empty."""
    path = data_folder() / name
    with storage_faults(path):
        return list(path.iterdir()) if path.exists() else []


def live() -> Path | None:
    """The folder of the live build, or None before the first publication."""
    link = live_build()
    with storage_faults(link):
        return link.resolve() if link.exists() else None
