"""What led to a fault of the program, kept for whoever mends it, without anything that a file may have held."""

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from etl.privacy.personal import masked
from etl.storage import folder, now, storage_faults

_MOST_FRAMES: Final = 50  # the last ones, where a function calls itself without end


def fault_trace(call: str) -> str:
    """The exception that is being handled, with its moment and the call that led to it.

    Of an exception its type and the places it came through are told, never its message: that may quote a cell.
    """
    lines = (line for fault in _chain(sys.exception()) for line in _told(fault))
    return "\n".join((masked(f"{now().isoformat()} {call}"), *lines, "", ""))


def keep_trace(trace: str) -> Path:
    """Add a trace to the log and return the log; StorageFailed where it cannot be written."""
    path = folder("log") / "etl.log"
    with storage_faults(path), path.open("a", encoding="utf-8", errors="backslashreplace") as log:
        path.chmod(0o600)
        log.write(trace)
    return path


def _chain(fault: BaseException | None) -> list[BaseException]:
    """The exception that came first, and those that it led to."""
    chain: list[BaseException] = []
    while fault is not None and fault not in chain:
        chain.insert(0, fault)
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return chain


def _told(fault: BaseException) -> Iterator[str]:
    for frame, number in list(traceback.walk_tb(fault.__traceback__))[-_MOST_FRAMES:]:
        yield f"  {frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}, line {number}"
    yield f"{type(fault).__module__}.{type(fault).__qualname__}"
