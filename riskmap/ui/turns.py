"""Pages are drawn one after the other, so that many readers at once get theirs sooner."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

# Longer than a page takes: who has waited for so long goes ahead, so that a slow one holds up nobody for good.
PATIENCE: Final = 0.3  # seconds

_lock = Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Wait until the page that is drawn is ready, `PATIENCE` at most.

    Python computes one thing at a time. Pages that share the time are all ready late: of two the first would take as
    long as both. In turn the first is ready after its own time, and the second no later than otherwise.
    """
    is_mine = _lock.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if is_mine:
            _lock.release()
