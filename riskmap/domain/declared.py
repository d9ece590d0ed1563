"""What the catalogue declares, as types: indicators, sources, and what belongs to them."""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from riskmap.domain.spreadsheets import Spreadsheet
from riskmap.domain.vocabulary import ALL, Family, Grain, Kind, Place

WORDS: Final = ("name", "short", "counted", "by_whom", "form", "is_not")
HIGHER_IS: Final = ("worse", "better")
INTERVALS: Final = ("poisson", "wilson", "ratio", "none")  # of a rate, of a share, a ratio without one, a bare number
LEVELS: Final = ("country", "region", "district")
# Families of which an index is made, each its own: harm and prevention are never blended.
INDEXED: Final = (Family.OUTCOME, Family.RECORDED, Family.PREVENTION, Family.COVERAGE)
MOST_WEIGHT: Final = 5


@dataclass(frozen=True, slots=True)
class Publish:
    """One table that is published: level of area, grain, breakdown."""

    area: str
    grain: Grain
    breakdown: str = ALL


@dataclass(frozen=True, slots=True)
class Exemption:
    """Figures that the state itself has published, shown as they are: totals only, never below region."""

    area: str
    grain: Grain
    publication: str  # word key of the named publication


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The primary rule: counts from 1 to `hide_below` - 1 are hidden, and zeros below region where `hide_zero`.

    `open` is for counts that are not of children (schools, staff): nothing of them is hidden. `hide_categories` are
    `<breakdown>:<category>` whose every known cell below region is hidden, whatever its count.
    """

    open: bool = False
    hide_below: int = 5
    hide_zero: bool = False
    hide_categories: tuple[str, ...] = ()
    published_by_state: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a definition, in force from a day; its story is a word key."""

    id: str
    since: date
    story: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator as the catalogue declares it."""

    id: str
    topic: str
    family: Family
    kind: Kind
    place: Place
    unit: str  # word key with plural forms: offences, children, schools
    sources: tuple[str, ...]  # in order of preference where two carry the same cell
    definitions: tuple[Definition, ...]
    words: Mapping[str, Mapping[str, str]]
    tables: tuple[str, ...] = ()  # groups of publish.toml
    publish: tuple[Publish, ...] = ()  # tables beyond these groups; once read, all tables
    population: str = ""  # indicator whose value is the exposure; empty where no rate is formed
    multiplier: int = 100_000
    decimals: int = 1
    interval: str = "poisson"  # poisson | wilson | ratio | none
    school_months: bool = False  # counted from September to May only
    balance: tuple[str, ...] = ()  # of a register: the indicators of those placed on it and removed from it
    lag_months: int = 0  # until figures are final
    breaks: tuple[float, ...] = ()  # fixed class limits of the rate, for every period
    # The same for the parts of a breakdown, or for one part: `<breakdown>` or `<breakdown>:<category>`.
    breaks_by: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    higher_is: str = ""  # of an outcome what a higher value means: worse | better; empty for all that is no outcome
    never_coloured: bool = False  # region tables with intervals only
    first_screen: Mapping[str, str] = field(default_factory=dict)  # level -> cut that the first page shows of it
    receipt: str = ""  # cut that the receipt of a region shows of it; empty: none
    counts_organisations: bool = False  # its numbers are those of organisations that others are counted at
    breakdowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    disclosure: Disclosure = field(default_factory=Disclosure)

    def class_breaks(self, breakdown: str, category: str) -> tuple[float, ...]:
        """The class limits of the total or of a part of a breakdown, its own before those of all parts."""
        if breakdown == ALL:
            return self.breaks
        return self.breaks_by.get(f"{breakdown}:{category}", self.breaks_by.get(breakdown, ()))

    def published(self, area: str, grain: Grain, breakdown: str) -> bool:
        """Whether the table of this level, grain and breakdown is declared for publication."""
        return any((t.area, t.grain, t.breakdown) == (area, grain, breakdown) for t in self.publish)


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet of a coded form: its name, how its title begins, and the heading of each column we read."""

    name: str
    title: str
    headings: Mapping[str, str] = field(default_factory=dict)  # column number -> heading, levels joined by " / "
    anchors: Mapping[str, str] = field(default_factory=dict)  # row code -> label: checked, not read
    siblings: tuple[str, ...] = ()  # other sheets of the form, never read, so none of them is a renamed one


@dataclass(frozen=True, slots=True)
class FormItem:
    """Which cells of a coded form feed one figure: the sum over `rows` of one numbered column."""

    indicator: str
    sheet: str
    rows: tuple[str, ...]  # row codes
    labels: tuple[str, ...]  # expected label of each row
    column: str  # column number as printed
    breakdown: str = ALL
    category: str = ALL


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """One sheet of a return that people fill in: a topic, and the figures that are its columns."""

    id: str
    names: Mapping[str, str]  # name of the sheet in each language, at most 31 characters
    figures: tuple[str, ...]  # <indicator> | <indicator>:<breakdown>:<category>


@dataclass(frozen=True, slots=True)
class Source:
    """One source: who sends it, in which format, and how its layout is read.

    Layouts: coded_form, sheets with row codes and column numbers; long_table, one published figure a row;
    return_table, one figure of a return a row; return_form, a sheet per topic, areas down and figures across.
    """

    id: str
    layouts: Mapping[str, str]  # ending of a file -> layout
    area: str  # level that reports
    grains: tuple[Grain, ...]  # of its returns
    owed: bool  # whether every area of that level owes a return for each period
    words: Mapping[str, Mapping[str, str]]
    due_days: Mapping[str, int] = field(default_factory=dict)  # grain -> days after the period until it is due
    file_names: Mapping[str, str] = field(default_factory=dict)  # names that fit several areas -> the area it means
    sheets: tuple[FormSheet, ...] = ()
    items: tuple[FormItem, ...] = ()
    columns: tuple[str, ...] = ()  # of a long table or a return table, all required
    optional_columns: tuple[str, ...] = ()
    return_sheets: tuple[ReturnSheet, ...] = ()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of its files."""
        return tuple(self.layouts)

    @property
    def owed_grains(self) -> tuple[Grain, ...]:
        """Of which periods a return is owed: what comes every month is owed by month, whatever comes by year too."""
        if not self.owed:
            return ()
        return (Grain.MONTH,) if Grain.MONTH in self.grains else self.grains


class Group(NamedTuple):
    """Areas that are set beside each other: of one kind, with at least `low` and under `high` people."""

    unit: str  # one of AreaUnit
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparable:
    """Which areas are comparable: those of one kind of unit that have about as many people; where empty, none are."""

    population: str = ""  # indicator that tells their size
    # Kind of unit -> numbers of people from which on the next group begins.
    limits: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def group(self, unit: str, people: float) -> Group | None:
        """The group of an area of that kind and size; None where its size is not known or its kind not declared."""
        if math.isnan(people) or unit not in self.limits:
            return None
        edges = (0.0, *self.limits[unit], math.inf)
        place = bisect_right(edges, people)
        return Group(unit, edges[place - 1], edges[place])


@dataclass(frozen=True, slots=True)
class Component:
    """One figure in an index."""

    figure: str  # <indicator> | <indicator>:<breakdown>:<category>
    direction: int  # 1: a higher value asks for more attention; -1: a lower one
    grains: tuple[Grain, ...]  # of the periods it is taken from, the preferred one first
    weight: int = 2  # from 0 to MOST_WEIGHT; only the proportions of weights count


@dataclass(frozen=True, slots=True)
class Indexes:
    """The components of the index of each family, in the order in which they are listed."""

    families: Mapping[str, tuple[Component, ...]] = field(default_factory=dict)
    overlapping: tuple[tuple[str, ...], ...] = ()  # indicators of which at most one is in an index


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All declarations, cross-checked."""

    indicators: Mapping[str, Indicator]  # in the order of their topics
    sources: Mapping[str, Source]
    topics: Mapping[str, Mapping[str, str]]  # name of each topic by language
    comparable: Comparable
    spreadsheets: Mapping[str, Spreadsheet] = field(default_factory=dict)
    indexes: Indexes = field(default_factory=Indexes)


def figure_key(figure: str) -> tuple[str, str, str]:
    """Indicator, breakdown and category of `<indicator>` or `<indicator>:<breakdown>:<category>`."""
    name, _, cut = figure.partition(":")
    breakdown, _, category = cut.partition(":")
    return name, breakdown or ALL, category or ALL
