"""A file that the dashboard leaves for the loader, or the loader for the dashboard: whole or not there at all."""

import os
import secrets
from pathlib import Path
from typing import Final

from riskmap.access.folder import storage_faults

_OF_THE_GROUP: Final = 0o060


def hand_over(path: Path, content: bytes) -> None:
    """Write a file in place of one that may be there; `StorageFailed` where it cannot be, and then nothing is changed.

    It is its owner's alone; where the folder is one that a group reads or writes, the group may do the same with it.
    """
    with storage_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = 0o600 | path.parent.stat().st_mode & _OF_THE_GROUP
        part = path.with_name(f".{path.name}.{secrets.token_hex(3)}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
