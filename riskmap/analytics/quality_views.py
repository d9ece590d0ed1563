"""What the page of data quality and the receipts of regions are drawn from: frozen, without words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Self

from riskmap.analytics.views import AreaRow, explained
from riskmap.domain.problems import Severity
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import COUNTRY, Period, ReturnState, RevisionKind


@dataclass(frozen=True, slots=True)
class QualityRequest:
    """Which returns: of one source, in the country or a region, for so many of the latest periods."""

    source: str = explained("source id")
    area: str = COUNTRY  # a region or the country
    most: int = 12  # periods shown


@dataclass(frozen=True, slots=True)
class Return:
    """One return that is owed."""

    area: str = explained("KATO code of the area that owes it")
    region: str = explained("the region it is or lies in")
    period: Period = explained("for which period")
    state: ReturnState = explained("what has become of it")
    due: date = explained("day by which it is due")
    received: date | None = explained("day on which the first of it arrived; None where nothing of it stands")
    corrected: date | None = explained("day of the last correction; None where nothing in it was changed")

    @property
    def days_late(self) -> int:
        """Days between the day it was due and the day it came; 0 where it came in time or has not come."""
        return max(0, (self.received - self.due).days) if self.received else 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many returns are in each state."""

    on_time: int = explained("came by the day they were due")
    late: int = explained("came later")
    awaited: int = explained("not yet due on the day of the data")
    missing: int = explained("due and not there")
    corrected: int = explained("how many of those that came were corrected afterwards")

    @classmethod
    def of(cls, returns: Iterable[Return]) -> Self:
        """Count some returns."""
        found = list(returns)
        states = Counter(item.state for item in found)
        corrected = sum(item.corrected is not None for item in found)
        return cls(**{str(state): states[state] for state in ReturnState}, corrected=corrected)

    @property
    def owed(self) -> int:
        """All of them."""
        return self.reported + self.awaited + self.missing

    @property
    def reported(self) -> int:
        """Those that came, in time or late."""
        return self.on_time + self.late

    @property
    def share(self) -> float | None:
        """Share of those owed that came, 0 to 1; None where none is owed."""
        return self.reported / self.owed if self.owed else None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One area over the periods of the view: its own return, or those of its districts."""

    area: str = explained("KATO code")
    cells: tuple[tuple[Return, ...], ...] = explained("the returns of each period of the view, if any are owed")


@dataclass(frozen=True, slots=True)
class LateReturns:
    """The late returns of one region."""

    region: str = explained("KATO code")
    returns: tuple[Return, ...] = explained("the latest period first, by area")

    @property
    def median_days(self) -> float:
        """Half of them came no later than this many days after they were due."""
        return float(median(item.days_late for item in self.returns))

    @property
    def longest_days(self) -> int:
        """Days of the one that came last."""
        return max(item.days_late for item in self.returns)


@dataclass(frozen=True, slots=True)
class Lag:
    """After how many months the figures of an indicator are final."""

    indicator: Indicator = explained("its declaration")
    declared: int = explained("months, as declared")
    learnt: int | None = explained("months, as its own history shows; None where that is too short")
    used: int = explained("months, as used")
    figures: int = explained("number of figures on which it was learnt")
    provisional: tuple[Period, ...] = explained(
        "its published periods that are not final for it, of the shortest grain"
    )


@dataclass(frozen=True, slots=True)
class RevisionCount:
    """How many published figures the publications of one month have changed in one way."""

    month: date = explained("first day of the month of publication")
    kind: RevisionKind = explained("in which way")
    count: int = explained("number of figures")
    is_invented: bool = explained("whether the figures are made up")


@dataclass(frozen=True, slots=True)
class FaultCount:
    """How many faults of one severity were found in the files of one region."""

    area: str = explained("region; the country where the files do not tell it")
    severity: Severity = explained("what such a fault does")
    open: int = explained("number that still stands")
    mended: int = explained("number that a later file has mended")


@dataclass(frozen=True, slots=True)
class Break:
    """A day before and after which figures cannot be compared without care."""

    axis: str = explained("area or definition")
    subject: str = explained("code of the area or indicator")
    day: date = explained("the first day on which the change holds")
    other: str = explained("of a border the area on its other side; else empty")
    story: str = explained("word key")


@dataclass(frozen=True, slots=True)
class QualityView:
    """Everything the page of data quality shows for one request."""

    request: QualityRequest = explained("what was asked")
    data_date: date | None = explained("day of the data, by which states are judged")
    is_invented: bool = explained("whether the returns are made up")
    periods: tuple[Period, ...] = explained("the latest periods of the source, the earliest first")
    rows: tuple[QualityRow, ...] = explained("the areas by code: of a region its districts, of the country its regions")
    late: tuple[LateReturns, ...] = explained("the late returns of these periods, by region")
    lags: tuple[Lag, ...] = explained("of the indicators of the source that are published")
    revisions: tuple[RevisionCount, ...] = explained("the latest month first; of all sources")
    faults: tuple[FaultCount, ...] = explained("by region and severity; also of files whose source is not known")
    breaks: tuple[Break, ...] = explained("the latest first; of all definitions and of the borders inside the area")

    @property
    def returns(self) -> tuple[Return, ...]:
        """Every return, area by area, the earliest period first."""
        return tuple(item for row in self.rows for cell in row.cells for item in cell)

    @property
    def latest(self) -> tuple[Return, ...]:
        """The returns of the last period; empty where the source has none."""
        return tuple(item for row in self.rows for item in row.cells[-1]) if self.periods else ()

    @property
    def is_by_region(self) -> bool:
        """Whether a row stands for several returns: those of the districts of a region."""
        return any(item.area != row.area for row in self.rows for cell in row.cells for item in cell)


@dataclass(frozen=True, slots=True)
class ReceiptReturns:
    """The returns of a region to one source for the latest period."""

    source: str = explained("source id")
    period: Period = explained("the latest period in which anybody reported")
    is_invented: bool = explained("whether the returns are made up")
    returns: tuple[Return, ...] = explained("by area: of the districts, or of the region itself")
    next_period: Period = explained("the period after it")
    next_due: date = explained("day by which the return for that period is due")


@dataclass(frozen=True, slots=True)
class ReceiptFaults:
    """The faults in the files of a region."""

    found: int = explained("found since the publication before, or so far")
    mended: int = explained("mended in the same time")
    open: tuple[tuple[Severity, int], ...] = explained("how many of each severity still stand; none of 0")


@dataclass(frozen=True, slots=True)
class DistrictStates:
    """How the districts of a region appear in one table."""

    period: Period = explained("the period on which the map of districts opens")
    shown: int = explained("with a value other than zero")
    zero: int = explained("with the value zero")
    hidden: int = explained("hidden to protect children")
    not_reported: int = explained("without a report")
    other: int = explained("not applicable or not comparable")


@dataclass(frozen=True, slots=True)
class ReceiptFigure:
    """One indicator as the public sees it: the region beside the country, and what is shown of its districts."""

    indicator: Indicator = explained("its declaration")
    breakdown: str = explained("breakdown id")
    category: str = explained("category id")
    period: Period = explained("the period on which the map of regions opens")
    is_invented: bool = explained("whether the figures, all of one kind, are made up")
    region: AreaRow = explained("the row of the region")
    country: AreaRow | None = explained("the row of the country; None where it is not published or of the other kind")
    districts: DistrictStates | None = explained("None where no table of districts of the same kind is published")


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What one publication has made of the returns of one region."""

    region: str = explained("KATO code")
    build: str = explained("id of the data version")
    data_date: date | None = explained("day of the data")
    published: date = explained("day of the publication")
    before: date | None = explained("day of the publication before; None for the first one")
    returns: tuple[ReceiptReturns, ...] = explained("one per source to which the region owes returns")
    faults: ReceiptFaults = explained("in the files of the region")
    revisions: tuple[tuple[RevisionKind, int], ...] = explained("published figures of the region that this one changed")
    figures: tuple[ReceiptFigure, ...] = explained("the indicators that the catalogue declares for a receipt")
    is_rounded: bool = explained("whether counts are rounded", False)

    @property
    def is_invented(self) -> bool:
        """Whether anything in it is made up."""
        return any([item.is_invented for item in self.returns] + [figure.is_invented for figure in self.figures])
