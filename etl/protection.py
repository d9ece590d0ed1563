"""Public cells of a build: protected, attacked by the auditor, and what was not proved safe widened by hiding more."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from etl.storage import storage_faults
from geo.areas import areas
from riskmap.disclosure.attack import Positions
from riskmap.disclosure.audit import AuditReport, CellKey, Interval
from riskmap.disclosure.primary import rules
from riskmap.disclosure.protect import Protected, blank, protect
from riskmap.disclosure.rounding import rounded_cells
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import PROTECTION, data_folder
from riskmap.domain.tables import AREAS, CELLS, RELATIONS
from riskmap.domain.vocabulary import CellStatus, Protection

# How many cells are hidden beside each one that was not proved safe, the last number again and again. Where nothing
# visible stands beside it, its figure is hidden in the years around. What is not proved in the end is not published.
_BESIDE: Final = (4, 20)
_ATTEMPTS: Final = 9
_AROUND: Final = pd.Timedelta(days=366)

Tables = Mapping[str, pd.DataFrame]


def protected_cells(
    tables: Tables, attacked: Callable[[pd.DataFrame, list[Path]], AuditReport], *, build: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The public cells of a build, and what `meta` says of their protection.

    `attacked` gives the auditor's report on public cells, told what was published before. Whatever is not proved safe
    is hidden with cells beside it, and the rest is attacked again.
    """
    if Protection(PROTECTION.value) is Protection.ROUNDING:
        levels = {area.id: str(area.kind) for area in areas().values()}
        return rounded_cells(tables[CELLS.name], levels=levels, declared=catalogue().indicators), {}
    with solver_silenced():
        return _proved_cells(tables, attacked, earlier_releases(build))


@contextmanager
def solver_silenced() -> Iterator[None]:
    """Keep from standard output what the solver prints there by itself: who asked for a document gets nothing else."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _proved_cells(
    tables: Tables, attacked: Callable[[pd.DataFrame, list[Path]], AuditReport], kept: list[Path]
) -> tuple[pd.DataFrame, dict[str, str]]:
    protected = protect(
        tables[CELLS.name],
        relations=tables[RELATIONS.name],
        areas=tables[AREAS.name],
        declared=catalogue().indicators,
        released=[pd.read_parquet(path) for path in kept],
    )
    cells, blanked = protected.public, 0
    levels = dict(zip(tables[AREAS.name]["area"], tables[AREAS.name]["kind"].astype(str), strict=True))
    may_go = ~rules(cells, levels=levels, declared=catalogue().indicators).is_exempt
    for attempt in range(_ATTEMPTS):
        found = attacked(cells, kept)
        if found.passed or attempt == _ATTEMPTS - 1:
            break
        shown = cells[may_go & (cells["status"] == CellStatus.VALUE).to_numpy(dtype=bool)]
        unproved = [*found.public.unproved, *(found.regions.unproved if found.regions else ())]
        more = _more(shown, unproved, _BESIDE[min(attempt, len(_BESIDE) - 1)])
        blank(cells, more)
        blanked += len(more)
    return cells, _told(protected, found, blanked)


def earlier_releases(build: str) -> list[Path]:
    """The public cells of everything published before a build, oldest first, whether it was taken back or not."""
    place = data_folder() / "released"
    with storage_faults(place):
        return sorted(path for path in place.glob("*.parquet") if path.stem < build)


def _more(shown: pd.DataFrame, unproved: Sequence[Interval], most: int) -> Positions:
    """Positions of visible cells to hide: some in one line with each that was not proved safe, or around it."""
    wanted = sorted({_row(key) for interval in unproved for key in interval.beside[:most]}, key=str)
    rows = pd.DataFrame(wanted, columns=list(CELLS.key)).astype({name: shown[name].dtype for name in CELLS.key})
    beside = shown[list(CELLS.key)].reset_index(names="place").merge(rows, on=list(CELLS.key))["place"]
    around = [_around(shown, interval.cell) for interval in unproved if not interval.beside]
    found: Positions = np.unique(np.concatenate([beside.to_numpy(dtype=np.int64), *around]))
    return found


def _around(shown: pd.DataFrame, key: CellKey) -> Positions:
    """Positions of the visible cells of one figure and area in the years around."""
    is_near = (shown["indicator"] == key.indicator) & (shown["area"] == key.area)
    is_near &= (shown["breakdown"] == key.breakdown) & (shown["category"] == key.category)
    is_near &= shown["period_start"] <= pd.Timestamp(key.period_end) + _AROUND
    is_near &= shown["period_end"] >= pd.Timestamp(key.period_start) - _AROUND
    found: Positions = shown.index.to_numpy(dtype=np.int64)[is_near.to_numpy(dtype=bool)]
    return found


def _row(key: CellKey) -> tuple[object, ...]:
    days = {name: pd.Timestamp(getattr(key, name)) for name in ("period_start", "period_end")}
    return tuple(days.get(name, getattr(key, name)) for name in CELLS.key)


def _told(protected: Protected, found: AuditReport, blanked: int) -> dict[str, str]:
    """What `meta` says of protection and audit: counts of the whole, nothing of a cell."""
    gaps = [component.gap for component in protected.components]
    narrowest = found.narrowest[0] if found.narrowest else None
    return {
        "protection_components": str(len(gaps)),
        "protection_optimal": str(sum(component.is_optimal for component in protected.components)),
        "protection_gap": f"{max(gaps, default=0.0):.4f}",
        "audit_passed": str(found.passed).lower(),
        "audit_cells": str(found.scope.hidden),
        "audit_proved": str(found.public.proved),
        "audit_blanked": str(blanked),
        "audit_components": str(found.scope.components),
        "audit_lines": str(sum(found.scope.lines.values())),
        "audit_narrowest": "" if narrowest is None or narrowest.high is None else str(narrowest.high - narrowest.low),
    }
