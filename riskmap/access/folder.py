"""The place of what is kept about access, and the faults of the system below as the situation they are."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from riskmap.domain.errors import StorageFailed
from riskmap.domain.settings import data_folder

ACCESS: Final = "access"


def access_folder() -> Path:
    """The folder of grants, sessions and the audit log; it need not exist yet."""
    return data_folder() / ACCESS


def made(folder: Path) -> Path:
    """The folder of access or one in it, made where it is missing, readable by its owner only.

    Where the operator has given the folder of access to a group, what is made in it is that group's as well.
    """
    for place in (access_folder(), folder):  # one by one: what is made on the way would be readable for others
        with storage_faults(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                place.mkdir(mode=0o700)
            except FileExistsError:
                continue
            if place != access_folder():
                place.chmod(_mode_of_folder())
    return folder


def opened(path: Path, flags: int) -> int:
    """A file in the folder of access, open; where it is made, with the rights that the folder gives."""
    descriptor = os.open(path, flags, 0o600)
    status, mode = os.fstat(descriptor), _mode_of_folder() & 0o660
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != mode:
        os.fchmod(descriptor, mode)
    return descriptor


def _mode_of_folder() -> int:
    return access_folder().stat().st_mode & 0o2770


@contextmanager
def storage_faults(path: Path) -> Iterator[None]:
    """Turn a fault of the disk or of the database (full, no permission, damaged) into `StorageFailed`."""
    try:
        yield
    except OSError as fault:
        place = fault.filename2 or fault.filename or path
        raise StorageFailed(path=str(place), detail=fault.strerror or str(fault)) from fault
    except sqlite3.Error as fault:
        raise StorageFailed(path=str(path), detail=str(fault)) from fault
