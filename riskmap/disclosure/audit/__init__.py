"""An attacker on the public file: proves every hidden number safe, or names it.

Nothing here knows how cells were chosen to be hidden: the rules and the sums are written a second time, from the
catalogue and the table of relations alone.
"""

import multiprocessing
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Final

import pandas as pd

from riskmap.disclosure.audit.families import families, joined
from riskmap.disclosure.audit.public import Tables, read_held, read_tables
from riskmap.disclosure.audit.report import AuditReport, CellKey, Interval
from riskmap.disclosure.audit.run import SECONDS, audit_tables
from riskmap.domain.vocabulary import CellStatus

__all__ = ["AuditReport", "CellKey", "Interval", "Tables", "audit", "audit_families", "audit_tables", "joined"]

# Fewer hidden cells are attacked sooner than a second process has read the files.
_FEW: Final = 3000
_PROCESSES: Final = 2


@dataclass(frozen=True, slots=True)
class _Files:
    """What is read: the public file, earlier releases, and the exact file where offices attack too."""

    public: Path
    released: tuple[Path, ...]
    held: Path | None

    def tables(self) -> Tables:
        return read_tables(self.public, self.released)

    def exact(self) -> pd.DataFrame | None:
        return read_held(self.held) if self.held else None


def audit(
    public: Path, *, released: Sequence[Path] = (), held: Path | None = None, time_limit_seconds: float = SECONDS
) -> AuditReport:
    """What everybody can work out from the public file and earlier releases, and each office with its own numbers.

    `held` is the exact file: it tells which hidden numbers are small and of which units they are, and the attack of an
    office what that office has. Without it only the attack of everybody is made, on all hidden numbers. The limit is of
    processor time and for each family of indicators; what is not proved by then is told as such.
    """
    began = monotonic()
    reports = audit_families(public, released=released, held=held, time_limit_seconds=time_limit_seconds)
    return replace(joined(reports.values()), seconds=monotonic() - began)


def audit_families(
    public: Path,
    *,
    released: Sequence[Path] = (),
    held: Path | None = None,
    only: Collection[str] | None = None,
    time_limit_seconds: float = SECONDS,
) -> dict[str, AuditReport]:
    """The same of each family of indicators by its name; with `only`, of those that hold one of these indicators."""
    files = _Files(public, tuple(released), held)
    tables = files.tables()
    found = dict(families(tables, only))
    hidden = tables.cells.loc[tables.cells["status"] == CellStatus.SUPPRESSED, "indicator"].value_counts()
    if len(found) < _PROCESSES or hidden.sum() < _FEW:
        exact = files.exact()
        return {
            name: audit_tables(own, held=exact, time_limit_seconds=time_limit_seconds) for name, own in found.items()
        }
    with ProcessPoolExecutor(
        _PROCESSES, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(files,)
    ) as pool:
        # What takes longest is begun first.
        order = sorted(found, key=lambda name: -int(hidden.get(name, 0)))
        begun = {name: pool.submit(_family, name, time_limit_seconds) for name in order}
        return {name: begun[name].result() for name in found}


_read: list[tuple[Tables, pd.DataFrame | None]] = []  # by this process, where it is one of several


def _begin(files: _Files) -> None:
    _read.append((files.tables(), files.exact()))


def _family(name: str, seconds: float) -> AuditReport:
    tables, exact = _read[0]
    return audit_tables(dict(families(tables, [name]))[name], held=exact, time_limit_seconds=seconds)
