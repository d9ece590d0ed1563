"""Pages are drawn one after the other, so that many readers at once get theirs sooner."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Final

# Longer than a page takes: who has waited for so long goes ahead, so that a slow one holds up nobody for good.
PATIENCE: Final = 1.0  # seconds

_lock = Lock()
_is_mine: ContextVar[bool] = ContextVar("is_mine", default=False)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until the page that is drawn is ready, `PATIENCE` at most.

    Python computes one thing at a time. Pages that share the time are all ready late: of two the first would take as
    long as both. In turn the first is ready after its own time, and the second no later than otherwise.
    """
    _take()
    try:
        yield
    finally:
        _give()


@contextmanager
def aside() -> Iterator[None]:
    """In the block others take their turn: another process works, and this page only waits for it."""
    had = _give()
    try:
        yield
    finally:
        if had:
            _take()


def _take() -> None:
    _is_mine.set(_lock.acquire(timeout=PATIENCE))


def _give() -> bool:
    """Whether there was a turn to give away."""
    had = _is_mine.get()
    if had:
        _is_mine.set(False)
        _lock.release()
    return had
