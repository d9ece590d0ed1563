"""One file that holds all of a data folder that cannot be made again, and the way back from it.

The file is a plain tar: what is kept, the live build, and at its end `backup.json` with the SHA-256 of every file. A
backup that was cut short has no such end. Nothing is put in place before all of it was compared, and then in an order
in which the next command goes on where a killed one stopped.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Final

from etl.scratch import scratch_folder
from etl.serving import open_to_servers
from etl.storage import (
    KEPT,
    REFILLED,
    RESTORED,
    WAREHOUSE,
    drop,
    folder_format,
    live,
    loads,
    now,
    settle_restored,
    storage_faults,
)
from riskmap.access.audit_log import held
from riskmap.access.folder import ACCESS
from riskmap.domain.errors import BackupRefused, DataFolderNew, StorageFailed
from riskmap.domain.settings import data_folder, live_build
from riskmap.domain.tables import FORMAT

MANIFEST: Final = "backup.json"
_DATABASES: Final = ("response.db", f"{ACCESS}/grants.db")  # others may write them while they are copied
_JOURNAL: Final = "-journal"  # of a database in the middle of a change; the copy is one without
_PUBLIC: Final = "public.duckdb"
_AT_ONCE: Final = 1 << 20
_BROKEN: Final = (tarfile.TarError, EOFError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: str
    made: str  # UTC, ISO to the second
    live: str  # the live build, empty where nothing was live
    files: dict[str, str]  # SHA-256 by path inside the data folder

    @property
    def loads(self) -> int:
        """How many loads it holds."""
        return sum(name.startswith("accepted/") for name in self.files)


class _Hashed:
    """A file that is read once, and the digest of what was read of it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        block = self._content.read(size)
        self._digest.update(block)
        return block

    @property
    def digest(self) -> str:
        """SHA-256 of all that was read."""
        return self._digest.hexdigest()


# --- writing


def write_backup(target: Path) -> Manifest:
    """Write the backup of the data folder to a file that is not there yet, readable by its owner only.

    The file appears in one step, after it was read back and compared. Ask for the lock.
    """
    _refuse_target(target)
    part = target.with_name(f".{target.name}.part")
    with storage_faults(target):
        drop(part)
        try:
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
                manifest = _write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            _compare(part, manifest)
            part.replace(target)
        except BaseException:
            drop(part)
            raise
    return manifest


def _refuse_target(target: Path) -> None:
    with storage_faults(target):
        if target.exists() or target.is_symlink():
            raise BackupRefused(reason="keep.refused.exists", path=str(target))
        if target.resolve().is_relative_to(data_folder().resolve()):
            raise BackupRefused(reason="keep.refused.inside", path=str(target))


def _write(stream: IO[bytes]) -> Manifest:
    digests = {}
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, path in _kept_files():
            digests[name] = _add(tar, name, path)
        if not digests:
            raise BackupRefused(reason="keep.refused.nothing", path=str(data_folder()))
        current = live()
        manifest = Manifest(folder_format(), now().isoformat(), current.name if current else "", digests)
        content = json.dumps(asdict(manifest), indent=1).encode()
        tar.addfile(_member(MANIFEST, len(content)), BytesIO(content))
    return manifest


def _kept_files() -> Iterator[tuple[str, Path]]:
    """Every file that is kept, by its path inside the data folder; anything else than a plain file is refused."""
    current = live()
    for name in (*KEPT, f"{WAREHOUSE}/{current.name}" if current else ""):
        place = data_folder() / name
        if name and (place.exists() or place.is_symlink()):
            with held() if name == ACCESS else nullcontext():
                yield from _files_below(place)


def _files_below(place: Path) -> Iterator[tuple[str, Path]]:
    if place.is_symlink() or not (place.is_dir() or place.is_file()):
        raise BackupRefused(reason="keep.refused.link", path=str(place))
    if place.is_dir():
        for path in sorted(place.iterdir()):
            yield from _files_below(path)
    elif not place.name.endswith(tuple(f"{Path(name).name}{_JOURNAL}" for name in _DATABASES)):
        yield str(place.relative_to(data_folder())), place


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    """Add one file and return the digest of what was added."""
    with _steady(name, path) as steady, steady.open("rb") as content:
        before = os.fstat(content.fileno())
        hashed = _Hashed(content)
        member = _member(name, before.st_size)
        member.mtime = before.st_mtime
        tar.addfile(member, hashed)
        if content.read(1):
            raise BackupRefused(reason="keep.refused.changed", path=str(path))
    return hashed.digest


@contextmanager
def _steady(name: str, path: Path) -> Iterator[Path]:
    """The file itself; of a database that others may write at any time, a copy as of one moment."""
    if name not in _DATABASES:
        yield path
        return
    with scratch_folder() as place:
        # Writable, because what a killed process left half-done is taken back by whoever opens the file next.
        copy, address = Path(place) / path.name, f"{path.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as kept:
                source.backup(kept)
        except sqlite3.Error as fault:
            raise StorageFailed(path=str(path), detail=str(fault)) from fault
        yield copy


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


# --- reading


def read_backup(source: Path, *, into: Path | None = None) -> Manifest:
    """What a backup says of itself, after every file in it was compared with that; into a folder, where one is given.

    Names that lead out of the data folder, links, and whatever does not belong into a backup are refused.
    """
    with storage_faults(source), _refused(source, "keep.refused.no_backup"), tarfile.open(source, mode="r:") as tar:
        digests: dict[str, str] = {}
        for member in tar:
            if member.name == MANIFEST:
                manifest = _manifest(tar, member)
                break
            _refuse_strange(member, digests, source)
            digests[member.name] = _extract(tar, member, into)
        else:
            raise BackupRefused(reason="keep.refused.no_backup", path=str(source))
    if digests != manifest.files:
        raise BackupRefused(reason="keep.refused.damaged", path=str(source))
    return manifest


@contextmanager
def _refused(path: Path, reason: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as fault:
        raise BackupRefused(reason=reason, path=str(path)) from fault


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest:
    content = tar.extractfile(member)
    if content is None:
        raise ValueError(member.name)
    told = json.loads(content.read())
    int(told["format"])
    return Manifest(str(told["format"]), str(told["made"]), str(told["live"]), dict(told["files"]))


def _refuse_strange(member: tarfile.TarInfo, known: dict[str, str], source: Path) -> None:
    name = PurePosixPath(member.name)
    is_plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and member.sparse is None
    is_inside = str(name) == member.name and not name.is_absolute() and ".." not in name.parts
    if not (is_plain and is_inside and name.parts[0] in REFILLED) or member.name in known:
        raise BackupRefused(reason="keep.refused.strange", path=f"{source}: {member.name}")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path | None) -> str:
    """The digest of a file of the tar, which is written below a folder where one is given."""
    content = tar.extractfile(member)
    if content is None:
        raise ValueError(member.name)
    hashed = _Hashed(content)
    if into is None:
        while hashed.read(_AT_ONCE):
            pass
        return hashed.digest
    target = into / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        shutil.copyfileobj(hashed, copy, _AT_ONCE)
    target.chmod(0o644 if target.name == _PUBLIC else 0o600)
    os.utime(target, (member.mtime, member.mtime))
    return hashed.digest


def _compare(source: Path, manifest: Manifest) -> None:
    if read_backup(source) != manifest:
        raise StorageFailed(path=str(source), detail="differs from what was written")


# --- restoring


def restore(source: Path, *, is_published: bool) -> Manifest:
    """Fill the empty data folder from a backup that is whole; ask for the lock.

    What was live is live again, unless it is not to be published. A folder that holds what the backup holds and nothing
    else stays as it is: a call before was killed when all was done but to say so.
    """
    if _holds_data():
        manifest = read_backup(source)
        if not _stands(manifest):
            raise BackupRefused(reason="keep.refused.not_empty", path=str(data_folder()))
        return manifest
    place = data_folder() / ".restoring"
    with storage_faults(place):
        for path in (place, *(data_folder() / name for name in REFILLED)):
            drop(path)
        place.mkdir(mode=0o700)
        try:
            manifest = read_backup(source, into=place)
            if int(manifest.format) > int(FORMAT):
                raise DataFolderNew(found=manifest.format, needed=FORMAT)
            if manifest.live and is_published:
                link = place / live_build().relative_to(data_folder())
                link.symlink_to(manifest.live)
                open_to_servers(link.with_name(manifest.live))
            place.replace(data_folder() / RESTORED)
        except BaseException:
            drop(place)
            raise
    settle_restored()
    return manifest


def _holds_data() -> bool:
    """Whether anything stands where something would be put; empty folders do not count."""
    for place in (data_folder() / name for name in REFILLED):
        with storage_faults(place):
            if any(path.is_symlink() or path.is_file() for path in (place, *place.rglob("*"))):
                return True
    return False


def _stands(manifest: Manifest) -> bool:
    """Whether the data folder holds every file of a backup as it is there, and no load besides."""
    current = live()
    if len(loads()) != manifest.loads or (current and current.name != manifest.live):
        return False
    return all(_digest(data_folder() / name) == digest for name, digest in manifest.files.items())


def _digest(path: Path) -> str:
    with storage_faults(path):
        if not path.is_file():
            return ""
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
