"""The plan of the sample country as `country.toml` declares it, read once and checked against the catalogue."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from riskmap.domain.declarations import read_block
from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.registry import Indicator, Source, catalogue, figure_key
from riskmap.domain.vocabulary import ALL, SCHOOL_MONTHS, Period, month_period, months_between

PLAN: Final = Path(__file__).parent / "country.toml"
MONTHS_OF_YEAR: Final = 12
MODELS: Final = ("children", "part_of_children", "enrolment", "school_count", "lessons", "level", "events", "register")
# The department itself; the schools by way of it; the police, social services and the contact centre.
SENDERS: Final = ("office", "school", "services")


@dataclass(frozen=True, slots=True)
class Series:
    """How the figures of one indicator come about; which numbers a model uses stands in `etl.demo.series`."""

    model: str
    sender: str = "office"
    rate: float = 0.0  # per multiplier of the indicator and year, or month
    per_month: bool = False
    level: float = 0.0  # share of the population
    growth: float = 0.0  # of that share, a year, added
    trend: float = 0.0  # a year, multiplied
    season: str = "level"
    sigma: float = 0.0  # of the district effect, log-normal
    dispersion: float = 0.0  # k of the negative binomial: variance = mean + mean^2 / k
    of: str = ""  # population, where the catalogue names none
    above: str = ""  # series whose events are among these
    calibrate: int = 0  # year in which the regions add up to the published figures
    placed: float = 0.0
    removed: float = 0.0
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    parts_season: Mapping[str, str] = field(default_factory=dict)  # of single categories


@dataclass(frozen=True, slots=True)
class People:
    """How many there are, and how they are spread over the districts."""

    children: Mapping[str, int]
    pupils: Mapping[str, int]
    schools_growth: float
    drift_sigma: float
    rural_sigma: float
    city_sigma: float
    schools_power: float
    remainder_children: float
    remainder_pupils: float
    tilt: Mapping[str, float]
    cities: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Published figures of the regions that the invented ones add up to."""

    indicator: str
    period: str


@dataclass(frozen=True, slots=True)
class Break:
    """A change of definition: from its day on the level is another one."""

    indicator: str
    day: date
    factor: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighbouring districts with a higher rate from the first to the last month."""

    id: str
    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    first: date
    last: date
    factor: float


@dataclass(frozen=True, slots=True)
class Rise:
    """One district in which the rate rises month by month, counted months only."""

    area: str
    indicators: tuple[str, ...]
    first: date
    factors: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Districts that hardly record any event, though comparable ones do."""

    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """A district that sends zeros from the first month on and books everything in the last."""

    area: str
    indicators: tuple[str, ...]
    first: date
    booked: date


@dataclass(frozen=True, slots=True)
class Absence:
    """A district without any return from the first to the last month."""

    area: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Poor:
    """Districts whose schools answer badly and whose returns are often missing."""

    areas: tuple[str, ...]
    answering: float
    missing: float


@dataclass(frozen=True, slots=True)
class Returns:
    """How returns come in where nothing else is planted; shares from 0 to 1, days of a month."""

    answering: float
    missing: float
    late: float
    corrected: float
    received_day: int
    first_publication: date


@dataclass(frozen=True, slots=True)
class Corrections:
    """Which figures are sent again, how wrong they were at first, and within how many months it is noticed."""

    indicators: tuple[str, ...]
    factor: float
    latest: int


@dataclass(frozen=True, slots=True)
class Small:
    """What the small country is made of."""

    regions: tuple[str, ...]
    first_month: date
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What the regional workbooks show: figures of one month, one of them by its parts, one as a share."""

    month: date
    share: str
    events: str
    cut: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkbookFile:
    """One regional workbook: whose, what it is called, how it looks, and what is wrong with it."""

    region: str
    file: str
    layout: str
    language: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A workbook that arrived, on which day, and was refused for its faults."""

    file: str
    day: date


@dataclass(frozen=True, slots=True)
class Plan:
    """All of `country.toml`."""

    source: str
    first_month: date
    last_month: date
    lessons: tuple[float, ...]  # that one pupil is to attend, January to December
    parts_sigma: float  # of the shares of the parts of a total in a district, log-normal
    seasons: Mapping[str, tuple[float, ...]]
    people: People
    series: Mapping[str, Series]
    calibrated: tuple[Calibrated, ...]
    breaks: tuple[Break, ...]
    clusters: tuple[Cluster, ...]
    rises: tuple[Rise, ...]
    silent: Silent
    backlogs: tuple[Backlog, ...]
    absences: tuple[Absence, ...]
    poor: Poor
    returns: Returns
    corrections: Corrections
    small: Small
    workbook: Workbook
    workbooks: tuple[WorkbookFile, ...]
    arrivals: tuple[Arrival, ...]

    @property
    def months(self) -> list[Period]:
        """Every month of the sample, in order."""
        return months_between(self.first_month, month_period(self.last_month.year, self.last_month.month).end)

    def position(self, first_day: date) -> int:
        """Which month of the sample begins on that day, counted from 0; negative before its beginning."""
        years, months = first_day.year - self.first_month.year, first_day.month - self.first_month.month
        return years * MONTHS_OF_YEAR + months


@cache
def plan() -> Plan:
    """The shipped plan; raises `CatalogueInvalid` where it and the catalogue do not go together."""
    return read_plan(PLAN)


def read_plan(path: Path) -> Plan:
    """Read a plan and compare it with the catalogue, all contradictions at once."""
    faults: list[str] = []
    found = read_block(Plan, tomllib.loads(path.read_text(encoding="utf-8")), path.name, faults)
    if found:
        faults = list(_contradictions(found))
    if found is None or faults:
        raise CatalogueInvalid(faults)
    return found


def _contradictions(found: Plan) -> Iterator[str]:
    """Every figure of the return has a series and every series is a figure of the return, with the same parts."""
    declared = catalogue()
    if found.source not in declared.sources:
        yield f"sample country: source {found.source!r} is not declared"
        return
    written = {item.file for item in found.workbooks}
    for arrival in found.arrivals:
        if arrival.file not in written:
            yield f"sample country: {arrival.file!r} arrives and is no workbook"
    asked = asked_figures(declared.sources[found.source])
    sent = {(name, ALL, ALL) for name in found.series}
    for name, item in found.series.items():
        sent |= {(name, cut, category) for cut, shares in item.parts.items() for category in shares}
        if item.model not in MODELS or item.sender not in SENDERS or item.season not in found.seasons:
            yield f"sample country: {name}: unknown model, sender or season"
    sent |= {(part, ALL, ALL) for name in found.series if name in declared.indicators for part in flows_of(name)}
    for figure in sorted(sent ^ asked):
        yield f"sample country: {' '.join(figure)} is not both asked for and invented"


def flows_of(name: str) -> tuple[str, ...]:
    """Of a register those placed on it and removed from it, of anything else nothing."""
    return catalogue().indicators[name].balance


def asked_figures(source: Source) -> set[tuple[str, str, str]]:
    """Indicator, breakdown and category of every figure that a return of the source may hold."""
    figures = {figure_key(figure) for sheet in source.return_sheets for figure in sheet.figures}
    totals = {(item.id, ALL, ALL) for item in catalogue().indicators.values() if source.id in item.sources}
    return figures | totals


def is_counted(item: Indicator, month: Period) -> bool:
    """Whether an indicator has a figure of this month: inside the school year, and its definition in force."""
    in_school = not item.school_months or month.start.month in SCHOOL_MONTHS
    return in_school and month.start >= item.definitions[0].since
