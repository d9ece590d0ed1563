"""What is said of a whole sheet or file besides its tables: in the lines above, the names, the call."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.frames import RawTable
from etl.spreadsheet.figures import FigureNames, Ref
from etl.spreadsheet.grid import Grid, is_code
from etl.spreadsheet.periods import Mention, Said, narrowed, read_periods
from etl.spreadsheet.places import Places
from etl.spreadsheet.words import LONGEST_LABEL, Wording
from etl.tidy.folding import bare, plain
from geo.areas import areas, resolve, resolve_region_from_filename
from riskmap.domain.areas import Area, AreaKind
from riskmap.domain.errors import Problem
from riskmap.domain.registry import Source
from riskmap.domain.spreadsheets import Meaning, Spreadsheet
from riskmap.domain.vocabulary import LANGUAGES, Grain, Period
from riskmap.words import t

# Lines that speak of an order or a letter: their years are none of the data.
_ORDERS = re.compile(plain(r"приказ|бұйры|постановл|қаулы|утвержд|бекіт|decree|приложение|қосымша|шығарылған күні"))
_TYPED = re.compile(
    plain(r"област|облыс") + "|" + plain("region") + "|" + plain("oblast") + r"|\bг\.|город|кала|" + plain("city")
)
_MOST_CODES_OF_ONE = 0.8


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operator said with the call."""

    area: Area | None = None
    period: Period | None = None


@dataclass(slots=True)
class FileContext:
    """One file being read: its declaration, its names and what is known of it as a whole."""

    raw: RawTable
    item: Spreadsheet
    source: Source
    asked: Asked
    marks: dict[str, Meaning]
    wording: Wording
    names: FigureNames
    places: Places
    said: Said  # by the name of the file
    invented: bool = False

    def taken(self, mention: Mention) -> Mention:
        """A period as the source counts it: where it has no years, a bare year is the school year beginning in it."""
        grains = self.source.grains
        is_bare = mention.grain is Grain.YEAR and Grain.YEAR not in grains and Grain.SCHOOL_YEAR in grains
        return Mention(Grain.SCHOOL_YEAR, year=mention.year) if is_bare else mention

    @property
    def stem(self) -> str:
        """Name of the file without its ending."""
        return Path(self.raw.file).stem


def as_mention(period: Period) -> Mention:
    """A period of the call as what a text would say."""
    if period.grain is Grain.SCHOOL_YEAR:
        return Mention(period.grain, year=period.start.year)
    return Mention(period.grain, period.start.month, period.end.month, period.start.year)


def day_of(context: FileContext, grids: Sequence[Grid]) -> date | None:
    """The last day of the one period of the file: by the call, else by its name, else by the lines above its tables."""
    asked = context.asked.period
    if asked:
        return asked.end
    for said in (context.said.mentions, mentions_in(text for grid in grids for text in _top_lines(grid))):
        mention = narrowed(said) if said else None
        if mention and mention.period:
            return mention.period.end
    return None


def _top_lines(grid: Grid) -> Iterator[str]:
    """Texts of the lines above the first number of a sheet that hold nothing else."""
    for row in range(len(grid.rows)):
        own = grid.own(row)
        if any(grid.is_number(row, column) for column, _ in own):
            return
        if len(own) == 1:
            yield own[0][1]


def find_region(context: FileContext, grids: Sequence[Grid]) -> list[Problem]:
    """Settle the region of the file: from the call, its name, its codes, its lines above; tells what differs."""
    if context.places.level is not AreaKind.DISTRICT:
        return []
    by_codes = _region_of_codes(grids)
    told = _region_of_lines(grids)
    named = resolve_region_from_filename(context.stem)
    of_file = {named.id} if isinstance(named, Area) else set(named.candidates if named.code == "A003" else ())
    asked = context.asked.area
    region = (asked.parent if asked.kind in (AreaKind.DISTRICT, AreaKind.REMAINDER) else asked.id) if asked else None
    if region is None:
        region = _agreed(of_file, {place[2] for place in told}, by_codes)
    context.places.region = areas()[region] if region else None
    return list(_region_faults(context, region, of_file, told))


def _agreed(of_file: set[str], told: set[str], by_codes: str) -> str | None:
    """The region that the name of the file means, or the lines, or the codes."""
    if len(of_file) == 1:
        return next(iter(of_file))
    narrowed = of_file & told or of_file & {by_codes} if of_file else told
    if len(narrowed) == 1:
        return next(iter(narrowed))
    return by_codes or None if not of_file or by_codes in of_file else None


def _region_faults(
    context: FileContext, region: str | None, of_file: set[str], told: Sequence[tuple[Grid, int, str]]
) -> Iterable[Problem]:
    if region is None:
        return
    if of_file and region not in of_file:
        yield Problem("A005", context.raw.file, found=context.stem, expected=region)
    others = [(grid, row, other) for grid, row, other in told if other != region]
    if others and not any(other == region for _, _, other in told):
        grid, row, other = others[0]
        yield grid.fault("A005", row, found=areas()[other].name("ru"), expected=region)


def _region_of_codes(grids: Iterable[Grid]) -> str:
    """The region that nearly all codes of areas in the file belong to."""
    found: dict[str, int] = {}
    for text in (text for grid in grids for cells in grid.rows for text in cells if is_code(text)):
        area = resolve(text)
        if isinstance(area, Area) and area.kind in (AreaKind.DISTRICT, AreaKind.REMAINDER):
            found[area.parent] = found.get(area.parent, 0) + 1
    best = max(found, key=lambda region: found[region], default="")
    return best if best and found[best] >= _MOST_CODES_OF_ONE * sum(found.values()) else ""


def _region_of_lines(grids: Iterable[Grid]) -> list[tuple[Grid, int, str]]:
    """Regions that lines above the tables name with the word for their type."""
    found = []
    for grid in grids:
        for row in range(min(len(grid.rows), 12)):
            own = grid.own(row)
            if len(own) > 2 or any(grid.is_number(row, column) for column, _ in own):
                continue
            for _, text in own:
                is_named = len(text) <= LONGEST_LABEL and _TYPED.search(plain(text))
                area = resolve_region_from_filename(text) if is_named else None
                if isinstance(area, Area):
                    found.append((grid, row, area.id))
    return found


def is_invented(raw: RawTable) -> bool:
    """Whether the file says in any language that its figures are invented, its letters as they may have been spoilt."""
    marks = {_spoilt(t("demo.invented", language)) for language in LANGUAGES}
    texts = (text for sheet in raw.sheets.values() for cells in sheet.rows[:40] for text in cells if text)
    return any(_spoilt(text) in marks for text in texts)


def _spoilt(text: str) -> str:
    return bare(text)


def sheet_title(grid: Grid, rows: Iterable[int], columns: Iterable[int] | None = None) -> list[tuple[int, int, str]]:
    """Row, column and text of the cells of some lines, the nearest line first."""
    wanted = None if columns is None else set(columns)
    return [
        (row, column, text)
        for row in reversed(list(rows))
        for column, text in grid.own(row)
        if wanted is None or column in wanted
    ]


def mentions_in(texts: Iterable[str]) -> list[Mention]:
    """Every period that some lines speak of, without those of orders."""
    found: list[Mention] = []
    for text in texts:
        if not _ORDERS.search(plain(text)):
            found.extend(read_periods(text).mentions)
    return list(dict.fromkeys(found))


def wholes_in(names: FigureNames, texts: Iterable[str]) -> frozenset[Ref]:
    """The figures that the first line to name any names."""
    for text in texts:
        said = read_periods(text)
        for part in (text, *text.split(":"), said.rest if said.mentions else ""):
            match = names.match([part]) if bare(part) else None
            if match and match.refs and not match.loose:
                return match.refs
    return frozenset()
