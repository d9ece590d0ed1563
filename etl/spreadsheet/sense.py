"""What the levels above a column or beside a row say: period, area, total, and what is left to name the figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from etl.spreadsheet.columns import Level, is_month_key, is_quarter_key
from etl.spreadsheet.context import FileContext
from etl.spreadsheet.figures import NOTHING, Match
from etl.spreadsheet.grid import Grid
from etl.spreadsheet.periods import Mention, Said, read_periods
from etl.spreadsheet.places import Spot
from etl.spreadsheet.units import is_other_unit
from etl.spreadsheet.words import is_bare_share
from etl.tidy.folding import bare
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Stand
from riskmap.domain.vocabulary import Grain

UNNAMED: Final = -1  # a share of which nobody says what it is one of


@dataclass(slots=True)
class Sense:
    """What a column or a row says of its numbers."""

    levels: tuple[Level, ...]
    mentions: list[Mention] = field(default_factory=list)
    spot: Spot | None = None
    spot_level: Level | None = None
    within: str = ""  # region told above the area
    total: Level | None = None
    keys: dict[str, Level] = field(default_factory=dict)
    match: Match = NOTHING
    left: list[Level] = field(default_factory=list)  # levels that nobody understands
    share: int | None = None
    is_ignored: bool = False
    unit: Level | None = None  # that says so
    faults: list[Problem] = field(default_factory=list)
    titles: list[Level] = field(default_factory=list)  # over the whole table


def make_sense(
    context: FileContext,
    grid: Grid,
    levels: Sequence[Level],
    *,
    has_areas: bool,
    key_names: Iterable[str],
    within: str = "",
) -> Sense:
    """What the levels say; `has_areas` where areas of the table stand among levels of this kind.

    `within` is the region that a row above has named.
    """
    sense = Sense(tuple(levels), within=within)
    texts = [level.text for level in levels]
    sense.share = context.names.share(texts)
    if sense.share is None and is_bare_share(texts[-1] if texts else ""):
        sense.share = UNNAMED
    blocks = [level.text for level in levels if level.stand is Stand.BLOCK]
    if sense.share is None and (context.names.is_ignored(texts) or any(context.names.is_ignored([t]) for t in blocks)):
        sense.is_ignored = True
    keys = set(key_names)
    open_levels: list[Level] = []
    for place, level in enumerate(levels):
        if level.key in keys and level.stand is Stand.COLUMN:
            sense.keys[level.key] = level
            continue
        if is_other_unit(level.text) and not context.names.holds_unit(texts[: place + 1]):
            sense.unit = level
        rest = _take(context, grid, sense, level, has_areas=has_areas)
        if rest:
            open_levels.append(rest)
    _name(context, sense, open_levels)
    return sense


def _take(context: FileContext, grid: Grid, sense: Sense, level: Level, *, has_areas: bool) -> Level | None:
    """Take from a level what it says of period, area and total; what is left of it, or None."""
    if context.names.match([level.text]).refs:
        return level
    said = _said(level)
    if said.is_day:
        sense.faults.append(grid.fault("P007", level.row, level.column, found=level.text))
        return None
    if said.mentions:
        return _take_period(context, sense, level, said)
    if context.wording.is_total(level.text) or (
        level.stand is not Stand.HEADING and context.wording.is_subtotal(level.text)
    ):
        sense.total = level
        return level if level.stand is Stand.HEADING else None
    if has_areas and not context.wording.is_plain(level.text):
        return _take_area(context, grid, sense, level)
    return level


def _said(level: Level) -> Said:
    """The periods of a level; below a heading of months a plain number is one."""
    if level.text.isdecimal() and len(level.text) < 3:
        number = int(level.text)
        if is_month_key(level.key) and 1 <= number <= 12:
            return Said((Mention(Grain.MONTH, number, number),))
        if is_quarter_key(level.key) and 1 <= number <= 4:
            return Said((Mention(Grain.QUARTER, number * 3 - 2, number * 3),))
        return Said(rest=level.text)
    return read_periods(level.text)


def _take_period(context: FileContext, sense: Sense, level: Level, said: Said) -> Level | None:
    is_bare = not said.rest or context.wording.is_plain(said.rest) or context.wording.is_total(said.rest)
    if level.spans_all and not is_bare:
        sense.titles.append(level)
        return None
    sense.mentions.extend(said.mentions)
    if is_bare:
        return None
    return Level(said.rest, level.row, level.column, level.stand, level.key, level.spans_all, level.is_above)


def _take_area(context: FileContext, grid: Grid, sense: Sense, level: Level) -> Level | None:
    spot = context.places.find(level.text, within=sense.within)
    if not spot.is_place:
        return level
    if sense.spot and sense.spot.above and spot.area:
        sense.within = sense.spot.above.id
        spot = context.places.find(level.text, within=sense.within)
    if sense.spot and sense.spot.area and spot.area and spot.area != sense.spot.area:
        sense.faults.append(grid.fault("A008", level.row, level.column, found=level.text, expected=sense.spot.area.id))
    sense.spot, sense.spot_level = spot, level
    if spot.above:
        sense.within = spot.above.id
    return None


def _name(context: FileContext, sense: Sense, levels: list[Level]) -> None:
    """Find the figure that the levels left name, and the levels that are not understood."""
    if sense.share is not None or sense.is_ignored:
        return
    sense.match = context.names.match([level.text for level in levels]) if levels else NOTHING
    for place, level in enumerate(levels):
        is_known = (
            place in sense.match.used
            or context.wording.is_plain(level.text)
            or context.wording.is_total(level.text)
            or (not bare(level.text) and level.stand is not Stand.HEADING)
        )
        if is_known:
            continue
        if level.spans_all and not context.names.match([level.text]).refs:
            sense.titles.append(level)
        else:
            sense.left.append(level)  # a heading of another figure is no title
