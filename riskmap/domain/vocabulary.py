"""The words of the field as types: family, kind, grain, status, period, scope.

Each is declared once here; tables, catalogue, checks and screens take them from here.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

COUNTRY: Final = "000000000"
LANGUAGES: Final = ("kk", "ru", "en")
ALL: Final = "all"


class Family(StrEnum):
    """How an indicator may be judged, and with which palette it is drawn."""

    OUTCOME = "outcome"
    RECORDED = "recorded"
    SIGNAL = "signal"
    PREVENTION = "prevention"
    COVERAGE = "coverage"
    POPULATION = "population"  # denominators: shown as tables, never coloured, never judged


class Kind(StrEnum):
    """How values of an indicator behave over periods."""

    FLOW = "flow"  # adds over periods
    STOCK = "stock"  # the last month of the period, never an earlier one
    SHARE = "share"
    ORDINAL = "ordinal"


class Place(StrEnum):
    """Where an event is counted."""

    EVENT = "event"
    RESIDENCE = "residence"
    ORGANISATION = "organisation"


class CellStatus(StrEnum):
    """The five states of a cell; zero is a value, and nothing but `value` carries numbers."""

    VALUE = "value"
    NOT_REPORTED = "not_reported"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPARABLE = "not_comparable"


SDMX_OBS_STATUS: Final = {
    CellStatus.VALUE: "A",
    CellStatus.NOT_REPORTED: "L",
    CellStatus.SUPPRESSED: "Q",
    CellStatus.NOT_APPLICABLE: "M",
    CellStatus.NOT_COMPARABLE: "O",
}


class ReturnState(StrEnum):
    """What has become of a return that is owed."""

    ON_TIME = "on_time"
    LATE = "late"
    AWAITED = "awaited"  # not yet due on the day of the data
    MISSING = "missing"

    @property
    def is_reported(self) -> bool:
        """Whether something of the return stands."""
        return self in (ReturnState.ON_TIME, ReturnState.LATE)


class Protection(StrEnum):
    """How small numbers of a build are protected."""

    SUPPRESSION = "suppression"
    ROUNDING = "rounding"


class RevisionKind(StrEnum):
    """How a published cell differs from the publication before."""

    CORRECTED = "corrected"
    LATE = "late"  # was missing, came later
    WITHDRAWN = "withdrawn"  # was there, is taken back
    PEOPLE = "people"  # the same number beside other people at risk


BREAKDOWNS: Final = (
    ALL,
    "type",
    "sex",
    "age",
    "setting",
    "actor",
    "reason",
    "channel",
    "outcome",
    "risk_level",
    "organisation",
    "assessor_item_step",
)


class Grain(StrEnum):
    """Length and position of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    SCHOOL_YEAR = "school_year"
    THREE_YEARS = "three_years"
    YTD = "ytd"
    SCHOOL_YTD = "school_ytd"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days with its grain; `end` is its last day.

    `code` is how people and addresses write it: 2022 | 2022-H1 | 2022-Q3 | 2022-10 | 2022/23 | 2022/23-2024/25 |
    2025-01..2025-10 (since 1 January) | 2025-01..2025-11-06 (a publication that stops inside a month) |
    2024-09..2025-02 (since 1 September).
    """

    start: date
    end: date
    grain: Grain

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.end - self.start).days + 1

    @property
    def years(self) -> float:
        """Length in years: whole years count as exactly 1, parts by days of their own year."""
        total = 0.0
        for year in range(self.start.year, self.end.year + 1):
            first, last = max(self.start, date(year, 1, 1)), min(self.end, date(year, 12, 31))
            total += ((last - first).days + 1) / _days_in_year(year)
        return total

    @property
    def code(self) -> str:
        """The short text that `parse_period` reads back."""
        return _CODE_OF_GRAIN[self.grain](self)


def _days_in_year(year: int) -> int:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def month_end(year: int, month: int) -> date:
    """Last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def _school_code(start: date) -> str:
    return f"{start.year}/{(start.year + 1) % 100:02d}"


def _since_code(period: Period) -> str:
    whole = period.end == month_end(period.end.year, period.end.month)
    end = f"{period.end:%Y-%m}" if whole else period.end.isoformat()
    return f"{period.start:%Y-%m}..{end}"


_CODE_OF_GRAIN = {
    Grain.MONTH: lambda p: f"{p.start:%Y-%m}",
    Grain.QUARTER: lambda p: f"{p.start.year}-Q{(p.start.month + 2) // 3}",
    Grain.HALF_YEAR: lambda p: f"{p.start.year}-H{1 if p.start.month == 1 else 2}",
    Grain.YEAR: lambda p: f"{p.start.year}",
    Grain.SCHOOL_YEAR: lambda p: _school_code(p.start),
    Grain.THREE_YEARS: lambda p: f"{_school_code(p.start)}-{_school_code(date(p.start.year + 2, 9, 1))}",
    Grain.YTD: _since_code,
    Grain.SCHOOL_YTD: _since_code,
}

_YEAR = r"(?P<year>(?:19|20)[0-9][0-9])"
_PATTERNS: Final = {
    Grain.YEAR: re.compile(rf"{_YEAR}"),
    Grain.HALF_YEAR: re.compile(rf"{_YEAR}-H(?P<part>[12])"),
    Grain.QUARTER: re.compile(rf"{_YEAR}-Q(?P<part>[1-4])"),
    Grain.MONTH: re.compile(rf"{_YEAR}-(?P<part>[0-9][0-9])"),
    Grain.SCHOOL_YEAR: re.compile(rf"{_YEAR}/(?P<next>[0-9][0-9])"),
    Grain.THREE_YEARS: re.compile(
        rf"{_YEAR}/(?P<next>[0-9][0-9])-(?P<last>(?:19|20)[0-9][0-9])/(?P<lastnext>[0-9][0-9])"
    ),
    Grain.YTD: re.compile(rf"{_YEAR}-(?P<part>[0-9][0-9])\.\.(?P<end>(?:19|20)[0-9][0-9]-[0-9][0-9](?:-[0-9][0-9])?)"),
}


def parse_period(text: str) -> Period | None:
    """The period a code stands for, or None where the text is no period code; never a guess."""
    for grain, pattern in _PATTERNS.items():
        match = pattern.fullmatch(text.strip())
        if match:
            try:
                return _period(grain, match)
            except ValueError:  # month 13, day 31 of a short month
                return None
    return None


def _period(grain: Grain, match: re.Match[str]) -> Period | None:
    year = int(match["year"])
    if grain is Grain.YEAR:
        return year_period(year)
    if grain in (Grain.SCHOOL_YEAR, Grain.THREE_YEARS):
        return _school_period(grain, year, match)
    if grain is Grain.YTD:
        return _since_period(date(year, int(match["part"]), 1), match["end"])
    months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF_YEAR: 6}[grain]
    last = int(match["part"]) * months
    return Period(date(year, last - months + 1, 1), month_end(year, last), grain)


def _school_period(grain: Grain, year: int, match: re.Match[str]) -> Period | None:
    if int(match["next"]) != (year + 1) % 100:
        return None
    last = year if grain is Grain.SCHOOL_YEAR else int(match["last"])
    if grain is Grain.THREE_YEARS and (last != year + 2 or int(match["lastnext"]) != (last + 1) % 100):
        return None
    return Period(date(year, 9, 1), date(last + 1, 8, 31), grain)


def _since_period(start: date, end_text: str) -> Period | None:
    year, month, *day = (int(part) for part in end_text.split("-"))
    end = date(year, month, day[0]) if day else month_end(year, month)
    same_school_year = start.month == 9 and end < date(start.year + 1, 9, 1)
    if end <= start or not (same_school_year or (start.month == 1 and end.year == start.year)):
        return None
    return Period(start, end, Grain.SCHOOL_YTD if start.month == 9 else Grain.YTD)


def year_period(year: int) -> Period:
    """The calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31), Grain.YEAR)


def day_before(day: date) -> date:
    """The previous day."""
    return day - timedelta(days=1)


# Months in which schools teach: what is counted by lessons, pupils or school staff has no other months.
SCHOOL_MONTHS: Final = (9, 10, 11, 12, 1, 2, 3, 4, 5)

# Months of each, at most; a calendar year and a school year are equally long.
_MONTHS: Final = {
    Grain.MONTH: 1,
    Grain.QUARTER: 3,
    Grain.HALF_YEAR: 6,
    Grain.YTD: 11,
    Grain.SCHOOL_YTD: 11,
    Grain.YEAR: 12,
    Grain.SCHOOL_YEAR: 12,
    Grain.THREE_YEARS: 36,
}
GRAINS_BY_LENGTH: Final = tuple(_MONTHS)


def longer_grains(grain: Grain) -> tuple[Grain, ...]:
    """The lengths above one, the next one first; a view that shows too little is offered them in this order."""
    return tuple(other for other, months in _MONTHS.items() if months > _MONTHS[grain])


# Blocks of three school years are fixed, so that no two of them overlap: one of them begins in this year.
_BLOCK: Final = 2022


def month_period(year: int, month: int) -> Period:
    """The calendar month."""
    return Period(date(year, month, 1), month_end(year, month), Grain.MONTH)


def months_between(start: date, end: date) -> list[Period]:
    """Every calendar month that lies wholly between two days, both included."""
    numbers = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    months = (month_period(number // 12, number % 12 + 1) for number in numbers)
    return [month for month in months if month.start >= start and month.end <= end]


def enclosing(month: Period, grain: Grain) -> Period:
    """The period of a grain that a month lies in; since 1 January or 1 September: the one that ends with the month."""
    year, number = month.start.year, month.start.month
    school = year if number >= 9 else year - 1
    block = school - (school - _BLOCK) % 3
    bounds = {
        Grain.MONTH: (month.start, month.end),
        Grain.QUARTER: (date(year, number - (number - 1) % 3, 1), month_end(year, number + 2 - (number - 1) % 3)),
        Grain.HALF_YEAR: (date(year, 1 if number < 7 else 7, 1), month_end(year, 6 if number < 7 else 12)),
        Grain.YEAR: (date(year, 1, 1), date(year, 12, 31)),
        Grain.SCHOOL_YEAR: (date(school, 9, 1), date(school + 1, 8, 31)),
        Grain.THREE_YEARS: (date(block, 9, 1), date(block + 3, 8, 31)),
        Grain.YTD: (date(year, 1, 1), month.end),
        Grain.SCHOOL_YTD: (date(school, 9, 1), month.end),
    }
    return Period(*bounds[grain], grain)


def same_period_last_year(period: Period) -> Period:
    """The period a year before, of three school years the block before; a last day of February stays one."""
    back = 3 if period.grain is Grain.THREE_YEARS else 1
    last = month_end(period.end.year - back, period.end.month)
    is_whole = period.end == month_end(period.end.year, period.end.month)
    end = last if is_whole else last.replace(day=min(period.end.day, last.day))
    return Period(period.start.replace(year=period.start.year - back), end, period.grain)


@dataclass(frozen=True, slots=True)
class Scope:
    """The areas whose exact cells may be read; everything else comes from the protected file.

    An area stands for itself and all it consists of: a region for its districts, the country for everything. A scope
    that `is_trial` was chosen by whoever looks, not granted: it opens only what hides no real number.
    """

    areas: frozenset[str] = frozenset()
    is_trial: bool = False

    @classmethod
    def public(cls) -> "Scope":
        """Nothing exact: what everyone may see."""
        return cls()

    @property
    def is_public(self) -> bool:
        """Whether nothing exact may be read."""
        return not self.areas
