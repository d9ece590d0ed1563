"""Every way in which declarations that read well contradict each other."""

from collections.abc import Iterator, Mapping
from typing import Final

from riskmap.domain.areas import AreaUnit
from riskmap.domain.declared import HIGHER_IS, INTERVALS, LEVELS, WORDS, Catalogue, Indicator, Source, figure_key
from riskmap.domain.index_check import index_faults
from riskmap.domain.spreadsheets import Dimension, Spreadsheet, Stand
from riskmap.domain.vocabulary import ALL, BREAKDOWNS, LANGUAGES, Family, Kind, Place

_LONGEST_SHEET_NAME: Final = 31  # of Excel


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
        for fault in (*_missing_words(origin.words, ("name",)), *_due_faults(origin), *_item_faults(origin, declared)):
            yield f"source {origin.id}: {fault}"
    yield from _organisation_faults(declared)
    yield from index_faults(declared)
    yield from _comparable_faults(declared)
    yield from spreadsheet_faults(declared)


def spreadsheet_faults(declared: Catalogue) -> Iterator[str]:
    """Every way in which the declared spreadsheets contradict the catalogue or themselves."""
    for item in declared.spreadsheets.values():
        if item.id in declared.sources:
            yield f"spreadsheet {item.id}: a source has this id"
        for fault in (*_missing_words(item.words, ("name",)), *_spreadsheet_faults(item, declared)):
            yield f"spreadsheet {item.id}: {fault}"


def _spreadsheet_faults(item: Spreadsheet, declared: Catalogue) -> Iterator[str]:
    origin = declared.sources.get(item.source)
    if origin is None:
        yield f"source {item.source!r} is not declared"
        return
    yield from _stand_faults(item)
    for part in item.figures:
        yield from _feed_faults(origin, declared, *figure_key(part.figure))
        if part.scale < 1:
            yield f"scale {part.scale} of {part.figure}"
        if not (part.names or part.where or item.figure.stands == (Stand.ONLY,)):
            yield f"{part.figure} has neither a name nor a key"
    named = {part.figure for part in item.figures}
    for share in item.shares:
        if not share.names:
            yield "a share without a name"
        unknown = [figure for figure in (share.part, share.whole) if figure and figure not in named]
        if not item.words_of_catalogue:
            yield from (f"share of {figure!r}, which is not read" for figure in unknown)
    if not (item.figures or item.words_of_catalogue):
        yield "no figure is read"


def _stand_faults(item: Spreadsheet) -> Iterator[str]:
    allowed = {
        "area": set(Stand) - {Stand.ONLY},
        "period": set(Stand) - {Stand.ONLY},
        "figure": set(Stand) - {Stand.CALL},
    }
    for name, stands in allowed.items():
        dimension: Dimension = getattr(item, name)
        if not dimension.stands or len(set(dimension.stands)) != len(dimension.stands):
            yield f"{name}: places are missing or named twice"
        yield from (f"{name} never stands in {str(stand)!r}" for stand in dimension.stands if stand not in stands)
    if Stand.ONLY in item.figure.stands and len({part.figure for part in item.figures}) != 1:
        yield "figure: only one may be declared where it stands nowhere"


def _own_faults(item: Indicator) -> Iterator[str]:
    yield from _missing_words(item.words, WORDS)
    if item.interval not in INTERVALS:
        yield f"unknown interval {item.interval!r}"
    if item.interval != "none" and not item.population:
        yield "an interval is declared but no population"
    if (item.family is Family.OUTCOME) != (item.higher_is in HIGHER_IS):
        yield f"what a higher value means is declared of outcomes and of nothing else, found {item.higher_is!r}"
    since = [version.since for version in item.definitions]
    if not since or since != sorted(set(since)):
        yield "definition versions are missing or not in order"
    for check in (_break_faults, _table_faults, _breakdown_faults, _rule_faults):
        yield from check(item)


def _break_faults(item: Indicator) -> Iterator[str]:
    for breaks in (item.breaks, *item.breaks_by.values()):
        if list(breaks) != sorted(set(breaks)):
            yield "class breaks do not rise"
    if not item.breaks and not item.never_coloured and item.interval != "none":
        yield "a rate is formed but there are no class breaks to colour it"
    on_maps = {table.breakdown for table in item.publish if table.area != "country"} - {ALL}
    for part in item.breaks_by:
        breakdown, colon, category = part.partition(":")
        if colon and category not in item.breakdowns.get(breakdown, ()):
            yield f"class breaks of {part!r}, which is not declared"
    for breakdown in sorted(on_maps ^ {part for part in item.breaks_by if ":" not in part}):
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


def _breakdown_faults(item: Indicator) -> Iterator[str]:
    for breakdown, categories in item.breakdowns.items():
        if not all(part in BREAKDOWNS for part in breakdown.split("*")):
            yield f"unknown breakdown {breakdown!r}"
        if len(set(categories)) != len(categories) or len(categories) < 2:
            yield f"breakdown {breakdown!r} needs two or more different categories"


def _rule_faults(item: Indicator) -> Iterator[str]:
    for level, cut in item.first_screen.items():
        breakdown = cut.partition(":")[0]
        if not any((table.area, table.breakdown) == (level, breakdown) for table in item.publish):
            yield f"the first screen shows {cut!r} by {level!r}, which is not published"
    breakdown, _, category = item.receipt.partition(":")
    is_known = breakdown == ALL or category in item.breakdowns.get(breakdown, ())
    if item.receipt and not (is_known and any((x.area, x.breakdown) == ("region", breakdown) for x in item.publish)):
        yield f"the receipt of a region shows {item.receipt!r}, which is not published of regions"
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


def _organisation_faults(declared: Catalogue) -> Iterator[str]:
    """Whatever is counted at organisations and not open is judged by how many there are: one indicator tells it."""
    counting = [item for item in declared.indicators.values() if item.counts_organisations]
    if len(counting) > 1:
        yield f"more than one indicator counts organisations: {', '.join(item.id for item in counting)}"
    for item in counting:
        if not item.disclosure.open or item.kind is not Kind.STOCK or item.place is not Place.ORGANISATION:
            yield f"{item.id}: counts organisations but is no open stock of organisations"
        if not any((table.area, table.breakdown) == ("district", ALL) for table in item.publish):
            yield f"{item.id}: counts organisations but is not published of districts"
    if not counting:
        yield from (f"{name}: no indicator counts organisations" for name in _judged_by_organisations(declared))


def _judged_by_organisations(declared: Catalogue) -> Iterator[str]:
    for item in declared.indicators.values():
        is_closed = item.place is Place.ORGANISATION and not item.disclosure.open
        if is_closed and item.family is not Family.POPULATION and any(x.area == "district" for x in item.publish):
            yield item.id


def _comparable_faults(declared: Catalogue) -> Iterator[str]:
    """Every kind of unit has its limits, and the size of regions and districts is published."""
    beside = declared.comparable
    if not beside.population and not beside.limits:
        return
    item = declared.indicators.get(beside.population)
    if item is None or item.family is not Family.POPULATION:
        yield f"comparable: {beside.population!r} is no population"
    elif not {"region", "district"} <= {table.area for table in item.publish if table.breakdown == ALL}:
        yield f"comparable: {beside.population!r} is not published of regions and districts"
    kinds = {str(unit) for unit in AreaUnit if unit}
    yield from (
        f"comparable: limits of {unit!r} are missing or too many" for unit in sorted(kinds ^ set(beside.limits))
    )
    for unit, limits in beside.limits.items():
        if list(limits) != sorted(set(limits)) or any(limit <= 0 for limit in limits):
            yield f"comparable: the limits of {unit!r} do not rise from above 0"


def _due_faults(origin: Source) -> Iterator[str]:
    """Every return that is owed has one day on which it is due, and nothing else has."""
    owed = [str(grain) for grain in origin.owed_grains]
    yield from (f"no due_days for {grain!r}, which is owed" for grain in owed if grain not in origin.due_days)
    yield from (f"due_days for {grain!r}, which is not owed" for grain in origin.due_days if grain not in owed)
    yield from (f"due_days of {grain!r} is {days}" for grain, days in origin.due_days.items() if days < 1)


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


def _missing_words(words: Mapping[str, Mapping[str, str]], keys: tuple[str, ...]) -> Iterator[str]:
    for language in LANGUAGES:
        for key in keys:
            if not words.get(language, {}).get(key, "").strip():
                yield f"no word {key!r} in {language}"
