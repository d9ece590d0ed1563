"""The catalogue: indicators and sources, read from TOML and cross-checked, all faults at once.

Nothing else in the code names an indicator or a source. Unknown keys are refused.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from riskmap.domain.declarations import read_block
from riskmap.domain.errors import CatalogueInvalid
from riskmap.domain.vocabulary import ALL, BREAKDOWNS, LANGUAGES, Family, Grain, Kind, Place

CATALOGUE: Final = Path(__file__).parent / "catalogue"
WORDS: Final = ("name", "short", "counted", "by_whom", "form", "is_not")
INTERVALS: Final = ("poisson", "wilson", "ratio", "none")  # of a rate, of a share, a ratio without one, a bare number
_LONGEST_SHEET_NAME: Final = 31  # of Excel
LEVELS: Final = ("country", "region", "district")


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
    breaks_by: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # the same for the parts of a breakdown
    never_coloured: bool = False  # region tables with intervals only
    first_screen: Mapping[str, str] = field(default_factory=dict)  # level -> cut that the first page shows of it
    breakdowns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    disclosure: Disclosure = field(default_factory=Disclosure)

    def class_breaks(self, breakdown: str) -> tuple[float, ...]:
        """The class limits of the total or of the parts of a breakdown."""
        return self.breaks if breakdown == ALL else self.breaks_by.get(breakdown, ())

    def published(self, area: str, grain: Grain, breakdown: str) -> bool:
        """Whether the table of this level, grain and breakdown is declared for publication."""
        return any((t.area, t.grain, t.breakdown) == (area, grain, breakdown) for t in self.publish)

    def definition_on(self, day: date) -> Definition:
        """The version in force on a day: the latest that had begun (the first where none had)."""
        begun = [version for version in self.definitions if version.since <= day]
        return begun[-1] if begun else self.definitions[0]


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All declarations, cross-checked."""

    indicators: Mapping[str, Indicator]  # in the order of their topics
    sources: Mapping[str, Source]
    topics: Mapping[str, Mapping[str, str]]  # name of each topic by language


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue; raises `CatalogueInvalid` with every contradiction."""
    return read_catalogue(CATALOGUE)


def indicator(identifier: str) -> Indicator:
    """The indicator of that id; `KeyError` where there is none."""
    return catalogue().indicators[identifier]


def indicators(topic: str | None = None) -> list[Indicator]:
    """Indicators in catalogue order, of one topic or of all."""
    return [i for i in catalogue().indicators.values() if topic in (None, i.topic)]


def source(identifier: str) -> Source:
    """The source of that id; `KeyError` where there is none."""
    return catalogue().sources[identifier]


def read_catalogue(folder: Path) -> Catalogue:
    """Read and cross-check the declarations in a folder."""
    faults: list[str] = []
    declared: dict[str, Indicator] = {}
    groups = read_block(_Groups, {"groups": _read(folder / "publish.toml")}, "publish.toml", faults)
    for file, identifier, block in _blocks(folder / "indicators"):
        if identifier in declared:
            faults.append(f"{file}: {identifier}: declared twice")
        item = read_block(Indicator, {"id": identifier, **block}, f"{file}: {identifier}", faults)
        if item and groups:
            faults.extend(f"{file}: {identifier}: no group {name!r}" for name in item.tables if name not in groups.groups)
            declared[identifier] = _with_tables(item, groups.groups)
    sources: dict[str, Source] = {}
    for path, content in _files(folder / "sources"):
        origin = read_block(Source, {"id": path.stem, **content}, path.name, faults)
        if origin:
            sources[path.stem] = origin
    if not faults:
        topics = _read(folder / "topics.toml")
        result = Catalogue(_by_topic(declared, list(topics)), MappingProxyType(sources), MappingProxyType(topics))
        faults = list(contradictions(result))
    if faults:
        raise CatalogueInvalid(faults)
    return result


@dataclass(frozen=True, slots=True)
class _Groups:
    groups: Mapping[str, tuple[Publish, ...]]


def _with_tables(item: Indicator, groups: Mapping[str, tuple[Publish, ...]]) -> Indicator:
    """The indicator with the tables of its groups before its own; one that both have stands once."""
    of_groups = [table for name in item.tables for table in groups.get(name, ())]
    return replace(item, publish=tuple([*dict.fromkeys(of_groups), *item.publish]))


def _by_topic(declared: Mapping[str, Indicator], topics: list[str]) -> Mapping[str, Indicator]:
    """In the order of topics; an unknown topic goes last, where the cross-check finds it."""
    place = {topic: position for position, topic in enumerate(topics)}
    ordered = sorted(declared.values(), key=lambda item: place.get(item.topic, len(topics)))
    return MappingProxyType({item.id: item for item in ordered})


def _files(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        yield path, _read(path)


def _read(path: Path) -> dict[str, Any]:
    """The content of a file; one that is missing or no TOML ends the reading, because nothing can be said of it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise CatalogueInvalid([f"{path.name}: {fault}"]) from fault


def _blocks(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, content in _files(folder):
        for identifier, block in content.items():
            yield path.name, identifier, {"topic": path.stem, **block}


def contradictions(declared: Catalogue) -> Iterator[str]:
    """Every way in which declarations that read well contradict each other."""
    for topic, names in declared.topics.items():
        yield from (f"topic {topic}: no name in {language}" for language in LANGUAGES if not names.get(language))
    for item in declared.indicators.values():
        if item.topic not in declared.topics:
            yield f"{item.id}: topic {item.topic!r} is not in topics.toml"
        for fault in (*_own_faults(item), *_reference_faults(item, declared)):
            yield f"{item.id}: {fault}"
    for origin in declared.sources.values():
        for fault in (*_missing_words(origin.words, ("name",)), *_item_faults(origin, declared)):
            yield f"source {origin.id}: {fault}"


def _own_faults(item: Indicator) -> Iterator[str]:
    yield from _missing_words(item.words, WORDS)
    if item.interval not in INTERVALS:
        yield f"unknown interval {item.interval!r}"
    if item.interval != "none" and not item.population:
        yield "an interval is declared but no population"
    since = [version.since for version in item.definitions]
    if not since or since != sorted(set(since)):
        yield "definition versions are missing or not in order"
    yield from _break_faults(item)
    yield from _table_faults(item)


def _break_faults(item: Indicator) -> Iterator[str]:
    for breaks in (item.breaks, *item.breaks_by.values()):
        if list(breaks) != sorted(set(breaks)):
            yield "class breaks do not rise"
    if not item.breaks and not item.never_coloured and item.interval != "none":
        yield "a rate is formed but there are no class breaks to colour it"
    on_maps = {table.breakdown for table in item.publish if table.area != "country"} - {ALL}
    for breakdown in sorted(on_maps ^ item.breaks_by.keys()):
        yield f"class breaks of breakdown {breakdown!r} and its tables below the country do not go together"


def _table_faults(item: Indicator) -> Iterator[str]:
    if not item.publish:
        yield "no table is published"
    if len(set(item.publish)) != len(item.publish):
        yield "a table is declared twice"
    for table in item.publish:
        if table.area not in LEVELS:
            yield f"unknown level {table.area!r}"
        if table.breakdown != ALL and table.breakdown not in item.breakdowns:
            yield f"table by {table.breakdown!r} but no such breakdown"
    for breakdown, categories in item.breakdowns.items():
        if not all(part in BREAKDOWNS for part in breakdown.split("*")):
            yield f"unknown breakdown {breakdown!r}"
        if len(set(categories)) != len(categories) or len(categories) < 2:
            yield f"breakdown {breakdown!r} needs two or more different categories"
    for level, cut in item.first_screen.items():
        breakdown = cut.partition(":")[0]
        if not any((table.area, table.breakdown) == (level, breakdown) for table in item.publish):
            yield f"the first screen shows {cut!r} by {level!r}, which is not published"
    for category in item.disclosure.hide_categories:
        breakdown, _, name = category.partition(":")
        if name not in item.breakdowns.get(breakdown, ()):
            yield f"hidden category {category!r} is not declared"
    for exemption in item.disclosure.published_by_state:
        if exemption.area == "district":
            yield "the exemption for published figures never reaches below region"


def _reference_faults(item: Indicator, declared: Catalogue) -> Iterator[str]:
    if item.population and item.population not in declared.indicators:
        yield f"population {item.population!r} is not an indicator"
    elif item.population and declared.indicators[item.population].family is not Family.POPULATION:
        yield f"population {item.population!r} is not of the family population"
    for part in item.balance:
        if part not in declared.indicators or declared.indicators[part].kind is not Kind.FLOW:
            yield f"balance with {part!r}, which is no flow"
    if item.balance and (item.kind is not Kind.STOCK or len(item.balance) != 2):
        yield "a balance is that of a stock with those placed and those removed"
    yield from (f"source {name!r} is not declared" for name in item.sources if name not in declared.sources)


def _item_faults(origin: Source, declared: Catalogue) -> Iterator[str]:
    sheets = {sheet.name: sheet for sheet in origin.sheets}
    for part in origin.items:
        yield from _feed_faults(origin, declared, part.indicator, part.breakdown, part.category)
        if part.sheet not in sheets or part.column not in sheets[part.sheet].headings:
            yield f"reads column {part.column} of sheet {part.sheet!r}, which is not declared"
    figures = [figure for sheet in origin.return_sheets for figure in sheet.figures]
    for figure in figures:
        if figures.count(figure) > 1:
            yield f"asks twice for {figure}"
        indicator_id, breakdown, category = figure_key(figure)
        yield from _feed_faults(origin, declared, indicator_id, breakdown, category)
    for sheet in origin.return_sheets:
        for language in LANGUAGES:
            if not 0 < len(sheet.names.get(language, "")) <= _LONGEST_SHEET_NAME:
                yield f"sheet {sheet.id!r} needs a name of 1 to {_LONGEST_SHEET_NAME} characters in {language}"


def _feed_faults(
    origin: Source, declared: Catalogue, indicator_id: str, breakdown: str, category: str
) -> Iterator[str]:
    item = declared.indicators.get(indicator_id)
    if item is None or origin.id not in item.sources:
        yield f"feeds {indicator_id!r}, which does not name this source"
    elif breakdown != ALL and category not in item.breakdowns.get(breakdown, ()):
        yield f"feeds {indicator_id} {breakdown} {category!r}, which is not declared"


def figure_key(figure: str) -> tuple[str, str, str]:
    """Indicator, breakdown and category of `<indicator>` or `<indicator>:<breakdown>:<category>`."""
    name, _, cut = figure.partition(":")
    breakdown, _, category = cut.partition(":")
    return name, breakdown or ALL, category or ALL


def _missing_words(words: Mapping[str, Mapping[str, str]], keys: tuple[str, ...]) -> Iterator[str]:
    for language in LANGUAGES:
        for key in keys:
            if not words.get(language, {}).get(key, "").strip():
                yield f"no word {key!r} in {language}"
