"""Who has not sent a return that is owed: by region, for the periods that a call has touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from etl.staging import Checked, CheckedFile
from etl.storage import storage_faults
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import catalogue
from riskmap.domain.vocabulary import Grain, Period
from riskmap.words import period, sort_key, t


@dataclass(frozen=True, slots=True)
class Owed:
    """What has come in of one source for one period, by region: areas that have reported, and all that owe it."""

    source: str
    period: Period
    regions: dict[str, tuple[int, int]]

    @property
    def missing(self) -> tuple[str, ...]:
        """Regions of which nothing has come."""
        return tuple(region for region, (reported, _) in self.regions.items() if not reported)

    @property
    def partly(self) -> dict[str, tuple[int, int]]:
        """Regions of which a part has come."""
        return {region: counts for region, counts in self.regions.items() if 0 < counts[0] < counts[1]}

    @property
    def reported(self) -> int:
        """How many regions have sent anything."""
        return len(self.regions) - len(self.missing)


_MET: Final = """
SELECT DISTINCT source, grain::VARCHAR AS grain, period_start, period_end FROM staged JOIN files USING (file_number)
"""
_OWED: Final = """
SELECT source, grain, period_start, period_end, area, state IN ('on_time', 'late') AS is_reported
FROM completeness SEMI JOIN met USING (source, grain, period_start, period_end) ORDER BY ALL
"""


def owed_in(build: Path, checked: Checked, files: Sequence[CheckedFile]) -> list[Owed]:
    """For each source that is owed and each period of the files, what the build says of who has reported."""
    path = build / "full.duckdb"
    with storage_faults(path), duckdb.connect(str(path), read_only=True) as connection:
        connection.register("met", _periods(checked, files))
        rows = connection.execute(_OWED).fetchall()
    found: dict[tuple[str, Period], dict[str, tuple[int, int]]] = {}
    for source, grain, start, end, area, is_reported in rows:
        regions = found.setdefault((source, Period(start, end, Grain(grain))), {})
        reported, total = regions.get(_region(area), (0, 0))
        regions[_region(area)] = (reported + bool(is_reported), total + 1)
    return [Owed(source, span, regions) for (source, span), regions in found.items()]


def _periods(checked: Checked, files: Sequence[CheckedFile]) -> pd.DataFrame:
    """Source and period of every figure of the files."""
    connection = checked.staging.connection
    rows = [(file.number, file.source.id) for file in files]
    connection.register("files", pd.DataFrame(rows, columns=["file_number", "source"]))
    periods = connection.execute(_MET).df()
    connection.unregister("files")
    return periods


def _region(area: str) -> str:
    return area if areas()[area].kind is AreaKind.REGION else areas()[area].parent


def owed_lines(owed: Owed, language: str) -> list[str]:
    """The same in words, regions in the order of the alphabet."""
    name = catalogue().sources[owed.source].words[language]["name"]
    values = {"period": period(owed.period, language), "source": name, "reported": owed.reported}
    lines = [t("inbox.reported", language, **values, total=len(owed.regions))]
    if owed.missing:
        lines.append(f"  {t('inbox.missing', language, regions=', '.join(_names(owed.missing, language)))}")
    if owed.partly:
        parts = (_part(region, *owed.partly[region], language) for region in _sorted(owed.partly, language))
        lines.append(f"  {t('inbox.partly', language, regions=', '.join(parts))}")
    return lines


def _part(region: str, reported: int, total: int, language: str) -> str:
    return t("inbox.part", language, region=areas()[region].name(language), reported=reported, total=total)


def _names(regions: Sequence[str], language: str) -> list[str]:
    return [areas()[region].name(language) for region in _sorted(regions, language)]


def _sorted(regions: Sequence[str] | dict[str, tuple[int, int]], language: str) -> list[str]:
    return sorted(regions, key=lambda region: sort_key(areas()[region].name(language), language))


def owed_document(owed: Owed) -> dict[str, object]:
    """The same for another program."""
    return {
        "source": owed.source,
        "period": owed.period.code,
        "regions": len(owed.regions),
        "reported": owed.reported,
        "missing": sorted(owed.missing),
        "partly": {region: list(counts) for region, counts in sorted(owed.partly.items())},
    }
