"""Public cells of a build: protected, attacked by the auditor, and what was not proved safe widened by hiding more."""

import os
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import pandas as pd

from etl.storage import storage_faults
from geo.areas import areas
from riskmap.disclosure.attack import Positions
from riskmap.disclosure.audit import AuditReport, CellKey, Interval, joined
from riskmap.disclosure.primary import rules
from riskmap.disclosure.protect import Protected, blank, protect
from riskmap.disclosure.rounding import rounded_cells
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import PROTECTION, data_folder
from riskmap.domain.tables import AREAS, CELLS, RELATIONS
from riskmap.domain.vocabulary import CellStatus, Protection

# How many cells are hidden beside a number that was not proved safe, each time that it is not.
_BESIDE: Final = (1, 4, 20)
_AROUND: Final = pd.Timedelta(days=366)
_ATTEMPTS: Final = 14

Tables = Mapping[str, pd.DataFrame]


class Attack(Protocol):
    """The auditor's reports on public cells, told what was published before: by family, of some or all of them."""

    def __call__(
        self, cells: pd.DataFrame, released: list[Path], only: Collection[str] | None
    ) -> dict[str, AuditReport]:
        """Reports of the families that hold one of these indicators, of all where none are named."""


def protected_cells(tables: Tables, attacked: Attack, *, build: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The public cells of a build, and what `meta` says of their protection.

    Around whatever is not proved safe more is hidden, and its family attacked again.
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


def _proved_cells(tables: Tables, attacked: Attack, kept: list[Path]) -> tuple[pd.DataFrame, dict[str, str]]:
    protected = protect(
        tables[CELLS.name],
        relations=tables[RELATIONS.name],
        areas=tables[AREAS.name],
        declared=catalogue().indicators,
        released=[pd.read_parquet(path) for path in kept],
    )
    cells, blanked = protected.public, 0
    levels = dict(zip(tables[AREAS.name]["area"], tables[AREAS.name]["kind"].astype(str), strict=True))
    parents = dict(zip(tables[AREAS.name]["area"], tables[AREAS.name]["parent"], strict=True))
    may_go = ~rules(cells, levels=levels, declared=catalogue().indicators).is_exempt
    wider = _Wider(parents)
    reports = attacked(cells, kept, None)
    for _ in range(_ATTEMPTS):
        unproved = [interval for report in reports.values() for interval in report.unproved]
        more = wider.around(cells[may_go & (cells["status"] == CellStatus.VALUE).to_numpy(dtype=bool)], unproved)
        if not len(more):
            break
        blank(cells, more)
        blanked += len(more)
        reports |= attacked(cells, kept, {interval.cell.indicator for interval in unproved})
    found = joined(reports.values())
    return cells, _told(protected, found, blanked)


def earlier_releases(build: str) -> list[Path]:
    """The public cells of everything published before a build, oldest first, whether it was taken back or not."""
    place = data_folder() / "released"
    with storage_faults(place):
        return sorted(path for path in place.glob("*.parquet") if path.stem < build)


class _Wider:
    """What to hide around numbers that were not proved safe, each time that one is not in a wider circle.

    First some cells in one line with it, then more of them, then its figure in the years around; where nothing of this
    helps the coarser table is published: of all areas that it stands beside, then of all areas, then the indicator.
    """

    def __init__(self, parents: Mapping[str, str]) -> None:
        self._parents = parents
        self._times: Counter[tuple[str, str, str]] = Counter()

    def around(self, shown: pd.DataFrame, unproved: Sequence[Interval]) -> Positions:
        """Positions of visible cells to hide; none where everything is proved, or nothing more can be hidden."""
        found = [np.zeros(0, dtype=np.int64)]
        circle = dict(self._times)
        for interval in unproved:
            figure = (interval.cell.indicator, interval.cell.area, interval.cell.breakdown)
            own = self._circle(shown, interval, circle.get(figure, 0))
            self._times[figure] = max(self._times[figure], circle.get(figure, 0) + own[0])
            found.append(own[1])
        positions: Positions = np.unique(np.concatenate(found))
        return positions

    def _circle(self, shown: pd.DataFrame, interval: Interval, first: int) -> tuple[int, Positions]:
        """The narrowest circle from `first` on in which anything is visible, as steps from it, and what is in it."""
        for number in range(first, len(_BESIDE) + len(_CIRCLES)):
            if number < len(_BESIDE):
                chosen = _beside(shown, interval.beside[: _BESIDE[number]])
            else:
                is_within = _CIRCLES[number - len(_BESIDE)](shown, interval.cell, self._parents)
                chosen = shown.index.to_numpy(dtype=np.int64)[is_within.to_numpy(dtype=bool)]
            if len(chosen):
                return number - first + 1, chosen
        return 0, np.zeros(0, dtype=np.int64)


def _beside(shown: pd.DataFrame, keys: Sequence[CellKey]) -> Positions:
    """Positions of the cells of these keys."""
    rows = pd.DataFrame([_row(key) for key in keys], columns=list(CELLS.key))
    rows = rows.astype({name: shown[name].dtype for name in CELLS.key})
    own = shown[shown["indicator"].isin(rows["indicator"])]
    places = own[list(CELLS.key)].reset_index(names="place").merge(rows, on=list(CELLS.key))["place"]
    found: Positions = places.to_numpy(dtype=np.int64)
    return found


def _in_years_around(shown: pd.DataFrame, key: CellKey, _: Mapping[str, str]) -> "pd.Series[bool]":
    is_near = (shown["area"] == key.area) & (shown["category"] == key.category)
    is_near &= shown["period_start"] <= pd.Timestamp(key.period_end) + _AROUND
    is_near &= shown["period_end"] >= pd.Timestamp(key.period_start) - _AROUND
    return _of_table(shown, key) & is_near


def _of_areas_beside(shown: pd.DataFrame, key: CellKey, parents: Mapping[str, str]) -> "pd.Series[bool]":
    beside = {area for area, parent in parents.items() if parent == parents[key.area]}
    return _of_table(shown, key) & shown["area"].isin(beside)


def _of_table(shown: pd.DataFrame, key: CellKey, _: Mapping[str, str] | None = None) -> "pd.Series[bool]":
    return (shown["indicator"] == key.indicator) & (shown["breakdown"] == key.breakdown)


def _of_indicator(shown: pd.DataFrame, key: CellKey, _: Mapping[str, str]) -> "pd.Series[bool]":
    return shown["indicator"] == key.indicator


_CIRCLES: Final = (_in_years_around, _of_areas_beside, _of_table, _of_indicator)


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
        "audit_told_before": str(found.told_before),
        "audit_components": str(found.scope.components),
        "audit_lines": str(sum(found.scope.lines.values())),
        "audit_narrowest": "" if narrowest is None or narrowest.high is None else str(narrowest.high - narrowest.low),
    }
