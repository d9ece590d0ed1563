"""How a made-up spreadsheet looks: every feature drawn by itself, then made to fit the others."""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from riskmap.domain.vocabulary import LANGUAGES

# Where each kind of thing may stand; the commonest places several times.
_AREA: Final = ("down", "down", "down", "down", "across", "sheet", "block")
_FIGURE: Final = ("across", "across", "across", "down", "down", "sheet", "block", "title")
_PERIOD: Final = ("across", "across", "down", "sheet", "block", "title", "title", "file", "call")
_FORMATS: Final = ("xlsx", "xlsx", "xlsx", "csv", "csv", "txt")
_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1251")


@dataclass(frozen=True, slots=True)
class Shape:
    """The features of one spreadsheet."""

    seed: int
    language: str
    second: str  # language of the headings, often the same
    area: str
    figure: str
    period: str
    figures: int
    periods: int
    region_in: str  # title | file | call | rows
    period_form: str
    year_beside: bool  # the year stands in a column or heading of its own
    swapped: bool  # of two things that stand together the second comes first
    headings: str  # merged | first | repeated
    of_which: bool
    code: str  # none | before | after | last
    numbered_rows: bool
    numbered_columns: bool
    total: str  # none | first | middle | last
    subtotals: bool  # cities, their sum, districts, their sum
    regions: int
    total_of_periods: bool
    total_word: bool
    shares: bool
    names: str  # official | short | upper | spelled
    name_notes: bool
    year_notes: bool
    number_notes: str  # none | star | bracket | glued
    numbers: str  # int | float | text | nbsp | space | apostrophe | decimal | comma | dot
    marks: bool
    gaps: bool
    lines_above: int
    letter: bool
    signature: bool
    notes: bool
    empty_rows: bool
    empty_columns: bool
    next_page: bool  # the headings are printed again among the rows
    odd_spaces: bool  # spaces and line breaks where nobody sees them
    cover: bool
    hidden: str  # none | row | column | sheet
    two_tables: bool
    words: str  # short | name
    cumulative: bool
    ending: str
    encoding: str
    delimiter: str
    quoted: bool
    sep_line: bool

    @property
    def is_ambiguous(self) -> bool:
        """Whether a careful reader would have to ask: such a file may be refused, but never be read wrong."""
        return (
            self.numbers in ("comma", "dot")
            or self.number_notes in ("glued", "bracket")
            or self.hidden != "none"
            or self.cumulative
        )

    @property
    def is_text(self) -> bool:
        """Whether the file is delimited text."""
        return self.ending != "xlsx"


def draw_shape(seed: int) -> Shape:
    """The shape of a seed."""
    return fitted(_drawn(seed))


def _drawn(seed: int) -> Shape:
    rng = Random(seed)
    language = rng.choice(LANGUAGES)
    ending = rng.choice(_FORMATS)

    def often(chance: float) -> bool:
        return rng.random() < chance

    return Shape(
        seed=seed,
        language=language,
        second=rng.choice(LANGUAGES) if often(0.15) else language,
        area=rng.choice(_AREA),
        figure=rng.choice(_FIGURE),
        period=rng.choice(_PERIOD),
        figures=rng.randint(2, 5),
        periods=rng.randint(2, 4),
        region_in=rng.choice(("title", "title", "file", "file", "call")),
        period_form=rng.choice(("name", "capital", "words", "long", "dotted", "iso")),
        year_beside=often(0.3),
        swapped=often(0.5),
        headings=rng.choice(("merged", "first", "repeated")),
        of_which=often(0.4),
        code=rng.choice(("none", "before", "before", "after", "last")),
        numbered_rows=often(0.4),
        numbered_columns=often(0.25),
        total=rng.choice(("none", "first", "middle", "last", "last")),
        subtotals=often(0.08),
        regions=2 if often(0.08) else 1,
        total_of_periods=often(0.2),
        total_word=often(0.7),
        shares=often(0.15),
        names=rng.choice(("official", "short", "upper", "spelled", "spelled")),
        name_notes=often(0.2),
        year_notes=often(0.15),
        number_notes=rng.choice(("none",) * 8 + ("star", "bracket", "glued")),
        numbers=rng.choice(("int",) * 5 + ("float", "text", "nbsp", "space", "apostrophe", "decimal", "comma", "dot")),
        marks=often(0.25),
        gaps=often(0.25),
        lines_above=rng.randint(0, 3),
        letter=often(0.25),
        signature=often(0.25),
        notes=often(0.25),
        empty_rows=often(0.15),
        empty_columns=often(0.15),
        next_page=often(0.1),
        odd_spaces=often(0.15),
        cover=often(0.15),
        hidden=rng.choice(("none",) * 12 + ("row", "column", "sheet")),
        two_tables=often(0.1),
        words=rng.choice(("short", "short", "short", "name")),
        cumulative=often(0.05),
        ending=ending,
        encoding=rng.choice(_ENCODINGS),
        delimiter=rng.choice((";", ",", "\t", "|")),
        quoted=often(0.3),
        sep_line=often(0.1),
    )


def fitted(shape: Shape) -> Shape:
    """The shape without what contradicts itself."""
    shape = _of_regions(_placed(shape))
    if shape.figure == "title":
        shape = replace(shape, figures=1)
    if shape.period in ("title", "file", "call"):
        shape = replace(shape, periods=1, cumulative=False, total_of_periods=False)
    if shape.is_text:
        shape = replace(
            shape, headings=shape.headings if shape.headings != "merged" else "first", hidden="none", cover=False
        )
        if shape.numbers in ("int", "float"):
            shape = replace(shape, numbers="text")
    if shape.period_form in ("words", "long", "dotted", "iso") or shape.period not in ("across", "down"):
        shape = replace(shape, year_beside=False)
    if shape.figure not in ("down", "across"):
        shape = replace(shape, of_which=False)
    if shape.area in ("sheet", "block"):
        shape = replace(shape, total="none" if shape.area == "sheet" else shape.total)
    return _of_running_totals(shape) if shape.cumulative else shape


def _of_running_totals(shape: Shape) -> Shape:
    """January, January to February, and so on; what is unknown once stays unknown, so nothing is."""
    if shape.period not in ("across", "down"):
        return replace(shape, cumulative=False)
    return replace(shape, total_of_periods=False, gaps=False, year_beside=False, period_form="name")


def _of_regions(shape: Shape) -> Shape:
    """Sums among the rows stand only where areas do; two regions are told by rows of their own."""
    if shape.area != "down":
        return replace(shape, subtotals=False, regions=1)
    if shape.regions == 1:
        return shape
    total = "last" if shape.total == "middle" else shape.total
    return replace(shape, subtotals=False, region_in="rows", total=total, total_word=True, names="official")


def _placed(shape: Shape) -> Shape:
    """Something stands down, something across, on sheets of their own at most one, in blocks at most one."""
    places = {"area": shape.area, "figure": shape.figure, "period": shape.period}
    for place in ("sheet", "block"):
        found = [name for name, where in places.items() if where == place]
        for name in found[1:] if not (place == "sheet" and shape.is_text) else found:
            places[name] = "down"
    if "down" not in places.values():
        places["area"] = "down"
    others = [where for name, where in places.items() if name != "figure"]
    if "across" not in places.values() and shape.swapped and "down" in others:
        places["figure"] = "across"  # else it is a long table with one column of values
    return replace(shape, area=places["area"], figure=places["figure"], period=places["period"])
