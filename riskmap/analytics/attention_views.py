"""What the page of the index is drawn from: frozen, without words.

An index holds figures of one family, all real or all invented. Where it is refused no area has a rank, a score or a
level, and the reason is told.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from riskmap.analytics.views import explained
from riskmap.domain.registry import Component, Indicator
from riskmap.domain.vocabulary import COUNTRY, LANGUAGES, Family, Period
from riskmap.methods.composite import Level
from riskmap.methods.refusals import Reason

# Of fewer areas ranks say next to nothing.
FEWEST_AREAS: Final = 5
LEAST_COMPONENTS: Final = 2
# Periods of the components of one index end at most so many months apart.
MONTHS_APART: Final = 12


class Uncertainty(StrEnum):
    """From what the chance in a component is drawn."""

    EVENTS = "events"  # a count of events over people at risk
    SHARE = "share"  # a part of a whole
    NONE = "none"  # a ratio without an interval: it enters as it is


class LeftOut(StrEnum):
    """Why a component is not in the index."""

    NO_FIGURES = "no_figures"  # none are published at this level
    OTHER_KIND = "other_kind"  # there are invented figures only beside an index of real ones, or the other way round
    TOO_FEW = "too_few"  # no period in which enough areas have a value
    TOO_OLD = "too_old"  # such periods lie too far before those of the others
    NOT_TOGETHER = "not_together"  # not enough areas have it together with the others


@dataclass(frozen=True, slots=True)
class AttentionRequest:
    """The index of one family, for the regions, the districts of the country or those of a region."""

    family: Family = explained("of its components")
    level: str = "region"
    within: str = COUNTRY  # the region whose districts are ranked; the country for all areas of the level
    weights: tuple[tuple[str, int], ...] = ()  # of components by figure, where they are not as declared


@dataclass(frozen=True, slots=True)
class Part:
    """One component of the index, whether it is in it or not."""

    component: Component = explained("its declaration")
    indicator: Indicator = explained("the declaration of its indicator")
    weight: int = explained("as asked for, else as declared")
    share: float = explained("of all weights in the index, 0 to 1; 0 where it is not in it or there is none")
    left_out: LeftOut | None = explained("why it cannot be in the index; None where it can")
    period: Period | None = explained("its period, or where too few areas have a value the one with most; None: none")
    shown: int = explained("how many areas have a value in that period")
    uncertainty: Uncertainty = explained("from what its chance is drawn")
    is_provisional: bool = explained("a value of it is rounded, estimated or not yet final")
    is_exposure_estimated: bool = explained("the people at risk of an area are an estimate")

    @property
    def is_used(self) -> bool:
        """Whether it is in the index: it can be, and has a weight."""
        return self.left_out is None and self.weight > 0


@dataclass(frozen=True, slots=True)
class Lack:
    """Why an area has no rank: a component of which it has no value."""

    figure: str = explained("figure of the component")
    state: str = explained("a state of a cell, or no_rate, or lacks_parts")


@dataclass(frozen=True, slots=True)
class Score:
    """One component of the index in one area."""

    score: float = explained("from 1 to 100, a higher one asking for more attention")
    rank_without: int = explained("rank of the area with this component left out")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an area stands among the others; rank 1 is looked at first."""

    score: float = explained("from 1 to 100, a higher one asking for more attention")
    rank: int = explained("median of its ranks over all draws")
    lower: int = explained("nine in ten of its ranks lie between this one")
    upper: int = explained("and this one")
    level: Level = explained("level of attention")
    chances: tuple[float, ...] = explained("of standing in each level, in the order of the levels; together 1")
    scores: tuple[Score, ...] = explained("one per component in the index, in their order")
    most: int | None = explained("place of the component without which the rank changes most; None: it never changes")

    @property
    def ranks_without(self) -> tuple[int, int]:
        """The smallest and the largest rank with one component left out."""
        ranks = [part.rank_without for part in self.scores]
        return min(ranks), max(ranks)


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """One area."""

    area: str = explained("KATO code")
    names: tuple[str, str, str] = explained("full name in Kazakh, Russian, English")
    standing: Standing | None = explained("None where the index is refused or the area lacks a component")
    lacks: tuple[Lack, ...] = explained("the components that it lacks; empty where the index is refused")

    def name(self, language: str) -> str:
        """Full name in one of the three languages."""
        return self.names[LANGUAGES.index(language)]


@dataclass(frozen=True, slots=True)
class AttentionView:
    """The index of one family, or why there is none."""

    request: AttentionRequest = explained("what was asked")
    parts: tuple[Part, ...] = explained("every declared component, in the order declared")
    rows: tuple[AttentionRow, ...] = explained("the areas by code")
    refused: Reason | None = explained("why there is no index; None where there is one")
    draws: int = explained("how many draws the ranks rest on")
    is_invented: bool = explained("whether the figures are made up")

    @property
    def used(self) -> tuple[Part, ...]:
        """The components in the index."""
        return tuple(part for part in self.parts if part.is_used)

    @property
    def known(self) -> int:
        """How many areas have a rank."""
        return sum(row.standing is not None for row in self.rows)
