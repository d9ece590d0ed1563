"""What the change log is drawn from: publications, and published figures that later publications changed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from riskmap.analytics.views import explained
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, CellStatus, Period, RevisionKind

# A change of the people at risk alone touches every rate formed on them: those are counted, not listed.
LISTED: Final = (RevisionKind.CORRECTED, RevisionKind.LATE, RevisionKind.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ChangesRequest:
    """Which changes: of which figure, where, and of which kind."""

    indicator: str = ""  # catalogue id; empty for all
    area: str = COUNTRY  # the area and everything in it; the country for everything
    kind: RevisionKind | None = None  # None for all: then changes of people alone are counted and not listed

    @property
    def listed(self) -> tuple[RevisionKind, ...]:
        """The kinds that are listed figure by figure."""
        return (self.kind,) if self.kind else LISTED


@dataclass(frozen=True, slots=True)
class Publication:
    """A data version that was made public or taken back."""

    number: int = explained("place in the order of events, from 1")
    build: str = explained("id of the data version")
    is_taken_back: bool = explained("whether this is the day on which it was taken back")
    day: date = explained("day of the event")
    data_date: date | None = explained("day on which its last figure was received")
    counts: dict[RevisionKind, int] = explained("how many published figures it changed, by kind")
    invented: int = explained("how many of these are invented")


@dataclass(frozen=True, slots=True)
class Place:
    """An area as the build names it."""

    area: str = explained("id")
    level: str = explained("country, region, district, remainder or joined")
    parent: str = explained("the area it is part of; empty for the country")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return self.names[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class Side:
    """A figure before or after a change."""

    status: CellStatus = explained("one of the five states, never hidden")
    count: float = explained("number of events or things; NaN unless the status is value")
    exposure: float = explained("person-years at risk, or the whole of a share; NaN where not known")
    value: float = explained("rate or share; NaN where none can be formed")
    lower: float = explained("lower 95 % limit; NaN where none is given")
    upper: float = explained("upper 95 % limit")


@dataclass(frozen=True, slots=True)
class Follower:
    """Periods of one area that changed with a correction because they hold it."""

    place: Place = explained("the area")
    periods: tuple[Period, ...] = explained("its periods, those since 1 January or 1 September last")


@dataclass(frozen=True, slots=True)
class Revision:
    """One published figure before and after a publication changed it."""

    build: str = explained("id of the data version that changed it")
    day: date = explained("its day")
    kind: RevisionKind = explained("how it changed")
    indicator: Indicator = explained("its declaration")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    place: Place = explained("the area")
    above: Place | None = explained("the region around a district; None for all others, which are known without it")
    period: Period = explained("the period")
    before: Side = explained("as published before")
    after: Side = explained("as published since")
    is_invented: bool = explained("whether the figure is made up")


@dataclass(frozen=True, slots=True)
class Correction:
    """A change where it happened, and the sums over larger areas and longer periods that changed with it."""

    revision: Revision = explained("the smallest area and shortest period")
    followers: tuple[Follower, ...] = explained("what holds it and changed too: its own area first, the country last")


@dataclass(frozen=True, slots=True)
class PeopleChange:
    """Rates of one indicator that a publication set on other people at risk, the numbers staying as they were."""

    build: str = explained("id of the data version")
    day: date = explained("its day")
    indicator: Indicator = explained("its declaration")
    figures: int = explained("how many published figures")
    is_invented: bool = explained("whether they are made up")


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """Everything the change log shows for one request, the latest first."""

    request: ChangesRequest = explained("what was asked")
    publications: tuple[Publication, ...] = explained("all of them, whatever was asked")
    indicators: tuple[str, ...] = explained("catalogue ids of which anything has changed, whatever was asked")
    corrections: tuple[Correction, ...] = explained("the latest that fit on a page")
    is_cut: bool = explained("whether there are more corrections than these")
    people: tuple[PeopleChange, ...] = explained("counted, where no kind was asked for")
    figures: int = explained("published figures that changed, those that follow from others included")
    is_invented: bool = explained("whether any of them is made up")
