"""A record whose numbers can be told from all others, published twice: what is hidden of it must be nowhere else.

What is hidden is decided by the protection alone. Schools are planted too: of a district that is not known to have
enough of them nothing is shown. Nearly all numbers are large, so that a cell that is hidden as company, or whatever its
count, can be searched for: a small number occurs anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import duckdb

from etl.cli import main
from etl.storage import new_identifier
from geo.areas import districts_of, regions
from riskmap.domain.registry import indicator, indicators
from tests.etl.plain_cells import Cell, Cells, Key
from tests.etl.records import figure, write_record
from tests.etl.traces import Wanted

ULYTAU, AKTOBE, ABAI = "620000000", "150000000", "100000000"
BULLYING, VIOLENCE, LEISURE = "bullying_cases", "violence_cases", "leisure_coverage"
SCHOOL_YEARS: Final = ("2023/24", "2024/25")
THREE_YEARS: Final = "2022/23-2024/25"
# More digits than anything else on a page; no identifier of an area begins with 8 or 9.
LEAST_EVENTS, LEAST_PEOPLE = 840_000_000_001, 934_500_007
_DISTINCT: Final = 10_000_000.0  # rates below it may occur by chance

# What the record says of where its figures came from; nothing of it is published.
ORIGIN: Final = {
    "file": "planted-file-7919.xlsx",
    "sheet": "planted-sheet-7919",
    "column_name": "planted-column-7919",
    "digest": "7919" * 16,
    "received_by": "planted-operator-7919",
}

_NUMBERS: Final = """
SELECT indicator, numerator, numerator / denominator FROM cells WHERE status = 'value' AND numerator >= $least
"""


@dataclass(frozen=True)
class Planted:
    """The data folder, and the numbers of both its builds: those that everybody may see, and those that nobody may."""

    folder: Path
    shown: Wanted
    hidden: Wanted

    @property
    def builds(self) -> list[Path]:
        """Both builds, the live one last."""
        return sorted((self.folder / "warehouse").glob("2*"))


def write_planted(folder: Path) -> None:
    """Write the record into the empty data folder of the settings, publish it, correct it, and publish it again."""
    events = count(LEAST_EVENTS, 7_919_003)
    figures = _figures(events)
    write_record(folder, figures, load=new_identifier(), **ORIGIN)
    assert main(["publish"]) == 0
    corrected = {key: Cell("value", next(events)) for key, cell in figures.items() if _is_corrected(key, cell)}
    write_record(folder, corrected, load=new_identifier(), **ORIGIN)
    assert main(["publish"]) == 0


def read_planted(folder: Path) -> Planted:
    """The folder that was written, with what is shown and what is hidden in it."""
    shown, exact = (_numbers(folder, name) for name in ("public", "full"))
    return Planted(folder, Wanted(frozenset(shown)), Wanted(frozenset(exact - shown), frozenset(ORIGIN.values())))


def _figures(events: Iterator[int]) -> Cells:
    found: Cells = {}
    below = [area.id for code in (ULYTAU, AKTOBE) for area in districts_of(code)]
    above = [area.id for area in regions() if area.id not in (ULYTAU, AKTOBE)]
    for number, area in enumerate([*below, *above]):
        people = LEAST_PEOPLE + 7_907 * number
        for month in ("2022-09", "2023-09", "2024-09", "2025-09"):
            found |= figure("pupils", area, month, people)
            found |= figure("schools", area, month, 2 if area == below[-1] else 40)  # all of two schools is hidden
        for year in SCHOOL_YEARS:
            found |= figure(BULLYING, area, year, next(events))
        found |= figure(LEISURE, area, "2024-09", people - 2)  # a small number is left
    for area in (below[0], ABAI):
        found |= figure(BULLYING, area, SCHOOL_YEARS[-1], 3)
    for area in below:
        for category in indicator(VIOLENCE).breakdowns["type"]:
            found |= figure(VIOLENCE, area, THREE_YEARS, next(events), by=f"type:{category}")
    return found


def _is_corrected(key: Key, cell: Cell) -> bool:
    return key.period.code != SCHOOL_YEARS[0] and (cell.count or 0) >= LEAST_EVENTS


def _numbers(folder: Path, name: str) -> set[float]:
    """The large numbers of both builds, as counts and as rates."""
    units = {item.id: item.multiplier for item in indicators()}
    found: set[float] = set()
    for build in (folder / "warehouse").glob("2*"):
        with duckdb.connect(str(build / f"{name}.duckdb"), read_only=True) as connection:
            for item, number, share in connection.execute(_NUMBERS, {"least": LEAST_PEOPLE - 2}).fetchall():
                found.update((number, (share or 0) * units[item]))
    return {number for number in found if number >= _DISTINCT}
