"""What a page or a file is drawn from: frozen, without words, every field explained.

Numbers are as published; a field is NaN or None exactly where the public file holds nothing.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from riskmap.domain.registry import Group, Indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, LANGUAGES, CellStatus, Grain, Period, Protection
from riskmap.methods.refusals import Reason
from riskmap.methods.trends import Direction


class Story(NamedTuple):
    """A break in what is counted; every field is empty or known, none is guessed."""

    axis: str  # area or definition
    subject: str  # area or indicator id
    day: date
    story: str  # word key
    other: str = ""  # of a border the area on its other side

    def concerns(self, area: str) -> bool:
        """Whether figures of an area are cut by it: by a definition all, by a border those of the area itself."""
        return self.axis == "definition" or self.subject == area


def explained(text: str, default: Any = MISSING) -> Any:
    """A field with its help line; required where no default is given."""
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True, slots=True)
class MapRequest:
    """One map: which figure, for which period, at which level, in which part of the country."""

    indicator: str = explained("catalogue id")
    period: Period = explained("the period shown")
    breakdown: str = ALL
    category: str = ALL
    level: str = "region"
    within: str = COUNTRY  # the region whose districts are shown; the country for all areas of the level


@dataclass(frozen=True, slots=True)
class Coarser:
    """A figure that is shown where a finer one is hidden: of a longer period, of the total, or of the area above."""

    area: str = explained("KATO code")
    level: str = explained("country, region, district, remainder or joined")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    period: Period = explained("its period")
    is_longer: bool = explained("its period is longer than the hidden one")
    is_total: bool = explained("it is the total of the breakdown whose category is hidden")
    is_above: bool = explained("it is of the region or the country around the hidden area")
    count: float = explained("number of events or things")
    is_provisional: bool = explained("rounded, estimated or not yet final")
    units_expected: int | None = explained("as in a row of the map")
    units_reported: int | None = explained("as in a row of the map")
    lacks_parts: bool = explained("as in a row of the map")


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area on the map and in the table beside it."""

    area: str = explained("KATO code")
    level: str = explained("country, region, district or remainder")
    parent: str = explained("the area it is part of; empty for the country")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    status: CellStatus = explained("one of the five states")
    count: float = explained("number of events or things; NaN unless the status is value")
    exposure: float = explained("person-years at risk, or the whole of a share; NaN where not known")
    value: float = explained("rate or share; NaN where none can be formed")
    lower: float = explained("lower 95 % limit of the value; NaN where none is given")
    upper: float = explained("upper 95 % limit of the value")
    fill: str = explained("key of the legend: class:<i>, zero, or the status")
    is_provisional: bool = explained("rounded, estimated or not yet final")
    is_unstable: bool = explained("few events: the value may change much by chance")
    is_exposure_estimated: bool = explained("the people at risk come from a rounded or estimated number")
    units_expected: int | None = explained("of a sum its areas, of a return its schools that owed an answer, or None")
    units_reported: int | None = explained("how many of them gave one")
    revised: date | None = explained("day on which a published correction changed the number last, or None", None)
    lacks_parts: bool = explained("a sum of areas without some of them: told, and neither ranked nor judged", False)
    coarser: Coarser | None = explained("where the cell is hidden, the nearest figure that is shown, or None", None)

    @property
    def exists(self) -> bool:
        """Whether the area was there in the period and can have the figure."""
        return self.status is not CellStatus.NOT_APPLICABLE

    @property
    def may_be_judged(self) -> bool:
        """Whether there is a rate, and not of a sum that lacks parts: what may be ranked and set beside others."""
        return self.status is CellStatus.VALUE and not math.isnan(self.value) and not self.lacks_parts

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return self.names[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class MapView:
    """Everything the map page shows for one request; all of it is invented or none of it."""

    request: MapRequest = explained("what was asked")
    indicator: Indicator = explained("its declaration")
    rows: tuple[AreaRow, ...] = explained("the areas of the level, by code, then what regions hold outside districts")
    above: tuple[AreaRow, ...] = explained("the rows of the region and the country around them, where published")
    breaks: tuple[float, ...] = explained("limits between classes; empty: not coloured")
    stories: tuple[Story, ...] = explained("breaks inside the period")
    is_invented: bool = explained("whether the figures are made up")

    @property
    def is_coloured(self) -> bool:
        """Whether areas differ by colour: only rates with declared breaks do."""
        return bool(self.breaks)

    @property
    def is_exposure_estimated(self) -> bool:
        """Whether the people at risk of any area shown are an estimate."""
        return any(row.is_exposure_estimated for row in (*self.rows, *self.above))

    def row(self, area: str) -> AreaRow | None:
        """The row of an area, those around included."""
        return next((row for row in (*self.rows, *self.above) if row.area == area), None)


class Basis(StrEnum):
    """What an area is set beside; the area itself is in none of them."""

    COUNTRY = "country"  # the rest of the country
    REGION = "region"  # the rest of its region
    COMPARABLE = "comparable"  # areas of its kind and size
    PAST = "past"  # the same periods of years before


@dataclass(frozen=True, slots=True)
class Verdict:
    """An area beside one basis: a step or the reason why there is none."""

    basis: Basis = explained("what the area is set beside")
    step: int | None = explained("0 no different, 1 or 2 higher and -1 or -2 lower at 95 or 99.8 %; None: not said")
    reason: Reason | None = explained("why it cannot be said", None)
    ratio: float = explained(
        "rate of the area over that of the others; infinite where these have no event", float("nan")
    )
    value: float = explained("rate or share of the others; NaN where it cannot be said", float("nan"))
    group: Group | None = explained("which areas are comparable with it; None for another basis", None)
    areas: int = explained("how many comparable areas with values it is set beside; 0 for another basis", 0)
    periods: tuple[Period, ...] = explained("the periods of its past, the latest first; empty for another basis", ())


@dataclass(frozen=True, slots=True)
class JudgedArea:
    """One area beside every basis that its level has."""

    area: str = explained("KATO code")
    verdicts: tuple[Verdict, ...] = explained("one for each basis, in their order")
    is_silent: bool = explained("so few events that it may be that they are not recorded: never told as low")

    def beside(self, basis: Basis) -> Verdict | None:
        """The verdict for a basis; None where its level has no such basis."""
        return next((verdict for verdict in self.verdicts if verdict.basis is basis), None)


@dataclass(frozen=True, slots=True)
class JudgedMap:
    """The areas of one map, each beside every basis of its level. Areas that did not exist are left out."""

    request: MapRequest = explained("what was asked")
    indicator: Indicator = explained("its declaration")
    bases: tuple[Basis, ...] = explained("what areas of the level are set beside")
    areas: Mapping[str, JudgedArea] = explained("by KATO code")


@dataclass(frozen=True, slots=True)
class Change:
    """A number beside the one of the same period last year; both are known."""

    before: float = explained("count of the same period last year")
    value_before: float = explained("its rate or share; NaN where none")
    percent: float | None = explained(
        "change of the count in per cent; None below 20 before, or where a sum lacks parts"
    )
    is_like: bool = explained(
        "False where either is a sum of areas without some of them: their counts are not compared", True
    )


@dataclass(frozen=True, slots=True)
class Point:
    """One area in one period."""

    period: Period = explained("the period")
    status: CellStatus = explained("one of the five states")
    count: float = explained("number of events or things; NaN unless the status is value")
    exposure: float = explained("person-years at risk, or the whole of a share; NaN where not known")
    value: float = explained("rate or share; NaN where none can be formed")
    lower: float = explained("lower 95 % limit; NaN where none is given")
    upper: float = explained("upper 95 % limit")
    fill: str = explained("key of the legend: class:<i>, zero, or the status")
    is_provisional: bool = explained("rounded, estimated or not yet final")
    is_unstable: bool = explained("few events: the value may change much by chance")
    units_expected: int | None = explained("as in a row of the map")
    units_reported: int | None = explained("as in a row of the map")
    change: Change | None = explained("beside the same period last year; None where either is not known")
    revised: date | None = explained("as in a row of the map", None)
    lacks_parts: bool = explained("as in a row of the map", False)
    coarser: Coarser | None = explained("as in a row of the map; in a picture of many areas always None", None)


@dataclass(frozen=True, slots=True)
class TrendTest:
    """What a test says of the latest points of a line: a direction, or why no test was made."""

    first: Period = explained("the first period looked at")
    last: Period = explained("the last one")
    direction: Direction | None = explained("whether the values rise or fall; None where that cannot be said")
    reason: Reason | None = explained("why it cannot be said", None)


@dataclass(frozen=True, slots=True)
class Line:
    """One area over all periods of its panel, gaps included."""

    area: str = explained("KATO code; of joined areas those of its members with a tilde between")
    level: str = explained("country, region, district, remainder or joined")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    points: tuple[Point, ...] = explained("one per period of the panel, in its order")
    members: tuple[str, ...] = explained("of joined areas the KATO codes of the areas joined", ())
    tested: TrendTest | None = explained("whether it rises or falls; None where that is not tested", None)
    judged: JudgedArea | None = explained("its latest shown value beside others; None where it is never judged", None)

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return self.names[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class TrendRequest:
    """Some indicators of some areas over all periods of one grain."""

    indicators: tuple[str, ...] = explained("catalogue ids, one panel each")
    areas: tuple[str, ...] = explained("KATO codes, one line each")
    grain: Grain = explained("length of the periods")
    breakdown: str = ALL
    category: str = ALL
    is_comparable: bool = False  # joined areas in place of areas whose borders have changed


@dataclass(frozen=True, slots=True)
class TrendPanel:
    """One indicator: a line per area. Lines of real and of invented figures never share a panel."""

    indicator: Indicator = explained("its declaration")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    grain: Grain = explained("length of the periods")
    periods: tuple[Period, ...] = explained("every period from the first to the last, without a hole")
    lines: tuple[Line, ...] = explained("one per area that has figures of the panel's kind, in the order asked")
    left_out: tuple[str, ...] = explained("areas without a published table, or whose figures are of the other kind")
    breaks: tuple[float, ...] = explained("limits between classes, as on the map; empty: not coloured")
    stories: tuple[Story, ...] = explained("breaks of the definition, and of the borders of these areas")
    is_invented: bool = explained("whether the figures are made up")
    borders: tuple[Story, ...] = explained(
        "changes of the borders of the areas asked for and of those joined with them", ()
    )


@dataclass(frozen=True, slots=True)
class TrendView:
    """Everything the page of trends shows."""

    request: TrendRequest = explained("what was asked")
    panels: tuple[TrendPanel, ...] = explained("one per indicator that has periods of the grain")

    @property
    def is_invented(self) -> bool:
        """Whether any panel is made up."""
        return any(panel.is_invented for panel in self.panels)


@dataclass(frozen=True, slots=True)
class PairRow:
    """One indicator of two areas, for the latest period that both have a table for."""

    indicator: Indicator = explained("its declaration")
    period: Period = explained("the period")
    left: AreaRow = explained("the first area")
    right: AreaRow = explained("the second area")
    is_invented: bool = explained("whether the figures are made up")


@dataclass(frozen=True, slots=True)
class PairView:
    """Two areas side by side on all indicators."""

    left: str = explained("KATO code of the first area")
    right: str = explained("KATO code of the second area")
    rows: tuple[PairRow, ...] = explained("in the order of the catalogue")

    @property
    def is_invented(self) -> bool:
        """Whether any row is made up."""
        return any(row.is_invented for row in self.rows)


@dataclass(frozen=True, slots=True)
class Part:
    """One category of a whole."""

    category: str = explained("category id")
    status: CellStatus = explained("one of the five states")
    count: float = explained("number; NaN unless the status is value")
    share: float = explained("part of the whole in per cent; NaN where either is not known or the whole is 0")
    revised: date | None = explained("as in a row of the map", None)


@dataclass(frozen=True, slots=True)
class PartsRow:
    """The parts of the whole in one area."""

    area: str = explained("KATO code")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    total: float = explained("the whole; NaN where it is not shown")
    parts: tuple[Part, ...] = explained("one per category, in the order declared")
    revised: date | None = explained("of the whole, as in a row of the map", None)
    units_expected: int | None = explained(
        "areas that owed an answer, where the whole or a part is a sum without some", None
    )
    units_reported: int | None = explained("in the sum that lacks most of them", None)

    @property
    def lacks_parts(self) -> bool:
        """As in a row of the map, of the whole or of any part."""
        return self.units_reported is not None

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return self.names[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class PartsView:
    """The categories of a breakdown as shares of the whole, one row per area."""

    request: MapRequest = explained("what was asked; its category is not looked at")
    indicator: Indicator = explained("its declaration")
    categories: tuple[str, ...] = explained("category ids")
    rows: tuple[PartsRow, ...] = explained("areas by code")
    is_invented: bool = explained("whether the figures are made up")


@dataclass(frozen=True, slots=True)
class HeatView:
    """Areas down, periods across: every cell with the fill it has on the map of its period."""

    indicator: Indicator = explained("its declaration")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    grain: Grain = explained("length of the periods")
    within: str = explained("the region whose districts are shown; the country for regions")
    periods: tuple[Period, ...] = explained("every period from the first to the last, without a hole")
    lines: tuple[Line, ...] = explained("areas by code")
    breaks: tuple[float, ...] = explained("limits between classes; empty: not coloured")
    is_invented: bool = explained("whether the figures are made up")


@dataclass(frozen=True, slots=True)
class Table:
    """One published table: what can be asked for, without its periods."""

    indicator: str = explained("catalogue id")
    level: str = explained("country, region or district")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    grain: Grain = explained("length of the periods")
    first: Period = explained("the earliest period")
    latest: Period = explained("the latest period")
    is_invented: bool = explained("whether its figures are made up")
    only: frozenset[str] = explained(
        "of what is not published, the areas for which it may be read; else empty", frozenset()
    )

    def has(self, area: str) -> bool:
        """Whether an area of its level has cells in it."""
        return not self.only or area in self.only


@dataclass(frozen=True, slots=True)
class Offer:
    """One period of a table, and how much of it can be seen."""

    period: Period = explained("the period")
    areas: int = explained("number of areas that the table has there")
    shown: int = explained("how many of them show a value")
    is_invented: bool = explained("whether its figures are made up")

    @property
    def share_shown(self) -> float:
        """Share of the areas that show a value, 0 to 1."""
        return self.shown / self.areas


@dataclass(frozen=True, slots=True)
class Returns:
    """Who has reported to one source for one period."""

    source: str = explained("source id")
    period: Period = explained("the period")
    reported: tuple[str, ...] = explained("areas that sent a return")
    missing: tuple[str, ...] = explained("areas that owed one and did not")
    received: date | None = explained("day of the last one")
    is_invented: bool = explained("whether the returns are made up")


@dataclass(frozen=True, slots=True)
class Overview:
    """What the build says of itself."""

    build: str = explained("id: time plus random")
    data_date: date | None = explained("day on which the last figure was received")
    protection: str = explained("how small numbers are protected: suppression or rounding")
    is_invented: bool = explained("whether any cell is made up")
    returns: tuple[Returns, ...] = explained("per owed source and period")
    tables: tuple[Table, ...] = explained("everything that can be asked for, in the order of the catalogue")

    @property
    def is_rounded(self) -> bool:
        """Whether counts are rounded."""
        return self.protection == Protection.ROUNDING
