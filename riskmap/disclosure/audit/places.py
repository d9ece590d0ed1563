"""Quantities looked up by place and stretch, one at a time."""

from collections import defaultdict

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.incomplete import Incomplete, parents
from riskmap.disclosure.audit.quantities import NONE, SERIES, Quantities

Span = tuple[int, int]
Place = tuple[str, str, str, str, bool]  # indicator, area, breakdown, category, invented


class Places:
    """The series of every place, the stretches of its cells, the parts of areas and what changes registers."""

    def __init__(self, found: Quantities, cells: pd.DataFrame, relations: pd.DataFrame, incomplete: Incomplete) -> None:
        self.found, self.incomplete = found, incomplete
        rows = found.series[SERIES].itertuples(index=False, name=None)
        self.series: dict[Place, int] = {row: at for at, row in enumerate(rows)}
        self.is_stock = dict(zip(cells["indicator"], cells["is_stock"], strict=True))
        flows = {str(name) for name in cells.loc[cells["is_flow"], "indicator"].unique()}
        self.counted = flows | {name for name, is_stock in self.is_stock.items() if is_stock}
        self.spans: dict[int, list[Span]] = defaultdict(list)
        for at in np.flatnonzero(found.cell != NONE).tolist():
            self.spans[int(found.of[at])].append((int(found.start[at]), int(found.end[at])))
        # Also of areas that consist of no others, where schools and other units may be missing.
        short = ((cells["units_reported"] < cells["units_expected"]).fillna(False) & cells["has_number"]).to_numpy(bool)
        self.short = set(found.of_cell[short].tolist()) - {NONE}
        self.parts: dict[str, list[str]] = defaultdict(list)
        for part, total in parents(relations).items():
            self.parts[total].append(part)
        change = relations[relations["kind"] == "balance"]
        self.changes = [(str(row.total), str(row.part), float(row.sign)) for row in change.itertuples(index=False)]

    def exact(self, series: int, span: Span) -> int:
        """The quantity of a stretch, -1 where there is none."""
        return int(self.found.find(np.array([series]), np.array([span[0]]), np.array([span[1]]))[0])

    def terms(self, series: int | None, span: Span) -> list[int]:
        """The quantity of a stretch, or those that make it up."""
        if series is None:
            return []
        where = np.array([series]), np.array([span[0]]), np.array([span[1]])
        if self.found.is_silent(*where)[0]:
            return []
        if (at := int(self.found.find(*where)[0])) != NONE:
            return [at]
        first, last, is_tiled = self.found.tiled(*where)
        return self.found.atom_quantity[first[0] : last[0]].tolist() if is_tiled[0] else []

    def whole(self, series: int, span: Span) -> list[int]:
        """The same where every unit has reported."""
        terms = self.terms(series, span)
        return [] if self.incomplete.quantity[terms].any() else terms
