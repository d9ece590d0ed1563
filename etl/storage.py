"""Where the loader keeps things in the data folder, and how a file or link is replaced in one step."""

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TextIO

import duckdb

from riskmap.access.folder import ACCESS
from riskmap.domain.errors import DataFolderNew, DataFolderOld, Locked, PackageClosed, StorageFailed
from riskmap.domain.settings import data_folder, live_build
from riskmap.domain.tables import FORMAT

# What a killed run leaves half-written; `clear_leftovers` removes it.
_HALF_WRITTEN: Final = (
    *("raw/.2*", "accepted/*.part", "warehouse/.2*", "warehouse/.current.*", "released/*.part"),
    *("journal/*.part", "faults/*.part", "receipts/2*/*.part", ".format.json.part", ".restoring", "access/*.part*"),
)
FORMAT_FILE: Final = "format.json"
FIRST_FORMAT: Final = "1"
# Everything of a data folder that cannot be made again from the rest.
KEPT: Final = (
    *(FORMAT_FILE, "raw", "released", "journal", "faults", "receipts"),
    *(ACCESS, "areas", "spreadsheets", "response.db", "accepted"),
)
WAREHOUSE: Final = "warehouse"
# In the order in which it is put back: the format first, the record and what is live last, so that a folder that is
# half filled is one of its format in which nothing was received.
REFILLED: Final = (*KEPT, WAREHOUSE)
RESTORED: Final = ".restored"
_LOOK_AGAIN_AFTER: Final = 0.1  # seconds, where another writer is waited for
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
    """Time plus random: says nothing about the data, and sorts after every load, build and event there is.

    "The later load counts" and "newer than the live build" are read from this order alone, so it must hold within one
    second and after the clock was set back. `moment` is the time (UTC without zone) in place of the present one.
    """
    moment = moment or datetime.now(UTC).replace(tzinfo=None)
    names = (*loads(), *(path.name for path in (*builds(), *_content("journal"), *_content("faults"))))
    known = [match[1] for name in names if (match := _IDENTIFIER.match(name))]
    if known:
        moment = max(moment, datetime.strptime(max(known), _STAMP) + timedelta(milliseconds=1))
    return f"{moment:{_STAMP}}"[:-3] + f"-{secrets.token_hex(3)}"


def moments(names: Iterable[str]) -> list[datetime]:
    """When loads, builds or events of these ids were made (UTC without zone); names that are no ids are left out."""
    return [datetime.strptime(match[1], _STAMP) for name in names if (match := _IDENTIFIER.match(name))]


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
def lock(
    purpose: str, *, wait: float = 0.0, told: Callable[[str], None] | None = None, or_older: bool = False
) -> Iterator[None]:
    """Hold the one writer's lock of the data folder; `Locked` names who holds it.

    `wait` is for how many seconds another writer is waited for; `told` is called once, with who it is. A data folder of
    another format is refused; with `or_older` only one of a later format. The system frees the lock of a process that
    dies, so what stands in the file is only told, never believed.
    """
    if packaged_for():
        raise PackageClosed(path=str(data_folder()))
    path = folder(".") / ".lock"
    with storage_faults(path):
        handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    with handle:
        with storage_faults(path):
            _acquire(handle, until=time.monotonic() + wait, told=told)
            handle.truncate(0)
            handle.seek(0)
            json.dump({"purpose": purpose, "pid": os.getpid(), "since": now().isoformat()}, handle)
            handle.flush()
        try:
            settle_restored()
            _settle_format(or_older=or_older)
            yield
        finally:
            os.ftruncate(handle.fileno(), 0)


def _acquire(handle: TextIO, *, until: float, told: Callable[[str], None] | None) -> None:
    is_told = told is None
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = _holder(handle.read())
            if time.monotonic() >= until:
                raise Locked(holder=holder) from None
            if told and not is_told:
                told(holder)
                is_told = True
            time.sleep(_LOOK_AGAIN_AFTER)
        else:
            return


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


def folder_format() -> str:
    """The format of what stands in the data folder, which before the first write is that of the program.

    A folder that says nothing of its format is of the first one.
    """
    path = data_folder() / FORMAT_FILE
    with storage_faults(path):
        if path.exists():
            return _format_in(path)
        is_begun = any(_is_begun(data_folder() / name) for name in ("accepted", "warehouse", "released"))
    return FIRST_FORMAT if is_begun else FORMAT


def _format_in(path: Path) -> str:
    return str(_read_format(path)["format"])


def _read_format(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        int(found["format"])
    except (ValueError, KeyError, TypeError) as fault:
        raise StorageFailed(path=str(path), detail="damaged") from fault
    return found


def _is_begun(place: Path) -> bool:
    return place.is_dir() and any(not path.name.startswith(".") for path in place.iterdir())


def refuse_other_format(found: str) -> None:
    """DataFolderOld or DataFolderNew where a format is not that of the program."""
    if found != FORMAT:
        raise (DataFolderOld if int(found) < int(FORMAT) else DataFolderNew)(found=found, needed=FORMAT)


def packaged_for() -> str:
    """The region that the data folder was packaged for, empty where it is an ordinary one."""
    path = data_folder() / FORMAT_FILE
    with storage_faults(path):
        return str(_read_format(path).get("packaged_for", "")) if path.exists() else ""


def write_format(number: str, *, place: Path | None = None, packaged_for: str = "") -> None:
    """Say in the data folder, or another one that is to be one, of which format it is and for which region packaged."""
    path = (place or data_folder()) / FORMAT_FILE
    part = path.with_name(f".{FORMAT_FILE}.part")
    with storage_faults(path):
        told = {"format": number, **({"packaged_for": packaged_for} if packaged_for else {})}
        part.write_text(f"{json.dumps(told)}\n", encoding="utf-8")
        part.chmod(0o600)
        part.replace(path)


def _settle_format(*, or_older: bool) -> None:
    """Refuse a folder of another format; before anything else is written into one that is empty, say its format."""
    found = folder_format()
    if or_older and int(found) < int(FORMAT):
        return
    refuse_other_format(found)
    if not or_older and not (data_folder() / FORMAT_FILE).exists():
        write_format(FORMAT)


def settle_restored() -> None:
    """Put a restored data folder in place; it was verified as a whole, so one that was killed here is gone on with."""
    place = data_folder() / RESTORED
    with storage_faults(place):
        if place.exists():
            for name in REFILLED:
                if (place / name).exists():
                    (place / name).replace(data_folder() / name)
            drop(place)


def drop(path: Path) -> None:
    """Remove a folder with all in it, a file or a link, where it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def loads() -> list[str]:
    """Ids of the accepted loads, oldest first."""
    return sorted(path.stem for path in _content("accepted") if path.suffix == ".parquet")


def fault_logs() -> list[Path]:
    """What each call has kept of the faults it found, oldest first."""
    return sorted(path for path in _content("faults") if path.suffix == ".json")


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
