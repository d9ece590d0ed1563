"""Puts a file that was checked into the inbox of the operator."""

import hashlib
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from riskmap.access.audit_log import AccessEvent, note
from riskmap.domain.errors import StorageFailed
from riskmap.domain.settings import inbox_folder
from riskmap.ui.checking import Outcome, Upload, safe_name

_GROUP_WRITES: Final = 0o020


def send(upload: Upload, outcome: Outcome, *, region: str, who: str) -> str:
    """The name under which the file waits from now on: region, moment, its own; it is noted first, and there whole.

    `StorageFailed` where it cannot be written. The operator checks it anew, beside what was received before.
    """
    # In pieces: twelve digits in a row would be taken for the number of a person.
    moment = f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"
    name = f"{region}-{moment}-{safe_name(upload.name)}"
    note(
        AccessEvent.SUBMIT,
        who=who,
        scope=[region],
        file=name,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        periods=list(outcome.periods),
        figures=outcome.figures,
        faults=len(outcome.faults),
    )
    inbox = inbox_folder()
    try:
        inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(inbox / name, upload.content)
    except OSError as fault:
        raise StorageFailed(path=str(inbox), detail=fault.strerror or str(fault)) from fault
    return name


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for the owner alone, or for the group too where the folder is one of a group."""
    mode = 0o660 if path.parent.stat().st_mode & _GROUP_WRITES else 0o600
    part = path.with_name(f".{path.name}.part")
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
