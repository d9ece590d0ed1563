"""What is known of a file that arrived besides its figures: its source, its regions and its periods."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb

from etl.frames import RawTable
from etl.tidy.return_sheet import open_sheets, read_head
from geo.areas import areas
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.registry import Source
from riskmap.domain.vocabulary import Grain, Period

_STAGED: Final = """
SELECT DISTINCT area::VARCHAR AS area, grain::VARCHAR AS grain, period_start, period_end, invented
FROM staged WHERE file_number = ? ORDER BY ALL
"""

Return = tuple[str, Period]  # region, or the country for its own figures


@dataclass(frozen=True, slots=True)
class Arrived:
    """One file of a call, understood or not."""

    path: Path
    name: str  # as it is shown
    number: int  # of its staged figures
    source: str = ""  # empty where no source recognises it
    returns: tuple[Return, ...] = ()  # told by its head or by the call; its figures may tell of more
    is_invented: bool = False

    def of_call(self, area: Area | None, period: Period | None) -> "Arrived":
        """The same where the call or the name of the file told area and period."""
        return replace(self, returns=((area.id, period),)) if area and period else self

    def of_head(self, raw: RawTable, source: Source) -> "Arrived":
        """The same where sheets tell their region and month above the table; the first that does counts."""
        heads = (read_head(sheet)[0] for sheet in open_sheets(raw, source)[0])
        first = next((head for head in heads if head), None)
        if first is None:
            return self
        return replace(self, returns=((first.region.id, first.period),), is_invented=first.invented)

    def with_figures(self, connection: duckdb.DuckDBPyConnection) -> "Arrived":
        """The same with the regions and periods of the figures that are staged of it, where there are any."""
        rows = connection.execute(_STAGED, [self.number]).fetchall()
        if not rows:
            return self
        found = ((region_of(area), Period(start, end, Grain(grain))) for area, grain, start, end, _ in rows)
        is_invented = any(invented for *_, invented in rows)
        return replace(self, returns=tuple(sorted(set(found))), is_invented=is_invented)


def region_of(area: str) -> str:
    """The region that an area is part of or is; of the country the country."""
    kind = areas()[area].kind
    return area if kind in (AreaKind.REGION, AreaKind.COUNTRY) else areas()[area].parent
