"""What a page or a file is drawn from: frozen, without words, every field explained.

Numbers are as published; a field is NaN or None exactly where the public file holds nothing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Period


def explained(text: str) -> Any:
    """A required field with its help line."""
    return field(metadata={"help": text})


@dataclass(frozen=True, slots=True)
class MapRequest:
    """One map: which figure, for which period, at which level."""

    indicator: str = explained("catalogue id")
    period: Period = explained("the period shown")
    breakdown: str = ALL
    category: str = ALL
    level: str = "region"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area on the map and in the table beside it."""

    area: str = explained("KATO code")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    status: CellStatus = explained("one of the five states")
    count: float = explained("number of events or things; NaN unless the status is value")
    exposure: float = explained("person-years at risk; NaN where not known")
    value: float = explained("rate or share; NaN where none can be formed")
    lower: float = explained("lower 95 % limit of the value")
    upper: float = explained("upper 95 % limit of the value")
    fill: str = explained("key of the legend: class:<i>, zero, or the status")
    is_provisional: bool = explained("rounded, estimated or not yet final")
    is_unstable: bool = explained("few events: the value may change much by chance")
    is_exposure_estimated: bool = explained("the people at risk come from a rounded or estimated number")
    units_expected: int | None = explained("parts that owed a figure; None where it is not a sum")
    units_reported: int | None = explained("parts whose figure is in the sum")

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return dict(zip(("kk", "ru", "en"), self.names, strict=True))[language]


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything the map page shows for one request."""

    request: MapRequest = explained("what was asked")
    indicator: Indicator = explained("its declaration")
    rows: tuple[AreaRow, ...] = explained("the areas of the level, by code")
    country: AreaRow | None = explained("the country's own row, None where none is published")
    breaks: tuple[float, ...] = explained("limits between classes; empty: not coloured")
    stories: tuple[tuple[str, str, date, str], ...] = explained(
        "breaks inside the period: axis, subject, day, story key"
    )
    is_invented: bool = explained("whether any row is made up")

    @property
    def is_coloured(self) -> bool:
        """Whether areas differ by colour: only rates with declared breaks do."""
        return bool(self.breaks)

    @property
    def is_exposure_estimated(self) -> bool:
        """Whether the people at risk of any area shown are an estimate."""
        rows = (*self.rows, *((self.country,) if self.country else ()))
        return any(row.is_exposure_estimated for row in rows)

    def row(self, area: str) -> AreaRow | None:
        """The row of an area, the country included."""
        rows = (*self.rows, *((self.country,) if self.country else ()))
        return next((row for row in rows if row.area == area), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """One table and period that can be shown, and how much of it is."""

    indicator: str = explained("catalogue id")
    level: str = explained("country, region or district")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    period: Period = explained("the period")
    areas: int = explained("number of areas that the table has")
    share_shown: float = explained("share of them that show a value, 0 to 1")


@dataclass(frozen=True, slots=True)
class Returns:
    """Who has reported to one source for one period."""

    source: str = explained("source id")
    period: Period = explained("the period")
    reported: tuple[str, ...] = explained("areas that sent a return")
    missing: tuple[str, ...] = explained("areas that owed one and did not")
    received: date | None = explained("day of the last one")


@dataclass(frozen=True, slots=True)
class Overview:
    """What the build says of itself."""

    build: str = explained("id: time plus random")
    data_date: date | None = explained("day on which the last figure was received")
    protection: str = explained("interim: not yet protected against differences")
    is_invented: bool = explained("whether any cell is made up")
    returns: tuple[Returns, ...] = explained("per owed source and period")
    choices: tuple[Choice, ...] = explained("everything that can be shown")
