"""What led to a fault of the program, kept for whoever mends it, without identification numbers."""

import traceback
from pathlib import Path

from etl.privacy.personal import masked
from etl.storage import folder, now, storage_faults


def fault_trace(call: str) -> str:
    """The exception that is being handled, with its moment and the call that led to it."""
    return masked(f"{now().isoformat()} {call}\n{traceback.format_exc()}\n")


def keep_trace(trace: str) -> Path:
    """Add a trace to the log and return the log; StorageFailed where it cannot be written."""
    path = folder("log") / "etl.log"
    with storage_faults(path), path.open("a", encoding="utf-8", errors="backslashreplace") as log:
        path.chmod(0o600)
        log.write(trace)
    return path
