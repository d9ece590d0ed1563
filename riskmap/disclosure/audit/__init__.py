"""An attacker on the public file: proves every hidden number safe, or names it.

Nothing here knows how cells were chosen to be hidden: the rules and the sums are written a second time, from the
catalogue and the table of relations alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from riskmap.disclosure.audit.public import Tables, read_held, read_tables
from riskmap.disclosure.audit.report import AuditReport, CellKey, Interval
from riskmap.disclosure.audit.run import SECONDS, audit_tables

__all__ = ["AuditReport", "CellKey", "Interval", "Tables", "audit", "audit_tables"]


def audit(
    public: Path, *, released: Sequence[Path] = (), held: Path | None = None, time_limit_seconds: float = SECONDS
) -> AuditReport:
    """What everybody can work out from the public file and earlier releases, and each office with its own numbers.

    `held` is the exact file; of it the attack of an office reads that office's cells and no others, and without it
    only the attack of everybody is made. The limit is of processor time; what is not proved by then is told as such.
    """
    began = monotonic()
    tables = read_tables(public, released)
    report = audit_tables(tables, held=read_held(held) if held else None, time_limit_seconds=time_limit_seconds)
    return replace(report, seconds=monotonic() - began)
