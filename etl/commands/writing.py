"""How a command that writes holds the data folder: alone, after waiting where it may wait, and free of leftovers."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from etl.clock import tell_clock
from etl.journal import settle
from etl.scratch import clear_scratch
from etl.storage import clear_leftovers, lock
from riskmap.words import t


@contextmanager
def writing(purpose: str, options: argparse.Namespace, *, or_older: bool = False) -> Iterator[None]:
    """Hold the lock of the data folder, what a killed run left being removed or ended; `Locked` names who holds it.

    With `--wait` another writer is waited for; standard error says so. `or_older` lets in a data folder that has to be
    migrated first.
    """

    def told(holder: str) -> None:
        sys.stderr.write(f"{t('keep.waiting', options.lang, holder=holder, seconds=f'{options.wait:g}')}\n")
        sys.stderr.flush()

    with lock(purpose, wait=options.wait, told=told, or_older=or_older):
        clear_leftovers()
        clear_scratch()
        settle()
        tell_clock(options.lang)
        yield
