"""What a declaration says of a spreadsheet: where the area, period and figure of its numbers stand, how it is written.

One file of `catalogue/spreadsheets/` describes one kind of spreadsheet; docs/spreadsheets.md is the guide to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Stand(StrEnum):
    """Where the area, the period or the figure of a number may stand."""

    COLUMN = "column"  # in the row of the number, in a column of its own
    HEADING = "heading"  # above the number, at any level of the headings
    BLOCK = "block"  # in a line across the table that holds for the rows below it
    SHEET = "sheet"  # in the name of the sheet
    ABOVE = "above"  # in the lines above the table; of those below nothing is taken
    FILE = "file"  # in the name of the file
    CALL = "call"  # with the operator: --area, --period
    ONLY = "only"  # nowhere: the declaration names one figure


class Meaning(StrEnum):
    """What a mark in place of a number says."""

    NONE = "none"  # the thing does not occur: zero
    NEGLIGIBLE = "negligible"  # less than half of the last printed digit
    CONFIDENTIAL = "confidential"  # known and withheld
    NO_DATA = "no_data"
    CANNOT_BE = "cannot_be"
    UNKNOWN = "unknown"  # nobody can tell: a fault


@dataclass(frozen=True, slots=True)
class Dimension:
    """Where to look for area, period or figure, in this order; the first place that has it counts."""

    stands: tuple[Stand, ...]
    headings: tuple[str, ...] = ()  # of the columns that hold it, besides the usual ones


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """What stands for one figure: headings or labels, levels joined by " / ", or values of key columns.

    Several entries of one figure are added up: boys and girls, for a figure of children.
    """

    figure: str  # <indicator> | <indicator>:<breakdown>:<category>
    names: tuple[str, ...] = ()  # spellings and languages of one name; with `where`: of the column of the numbers
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # heading of a key column -> its value, as spelt
    scale: int = 1  # 1000 where the sheet counts in thousands
    required: bool = True  # a file without it has a fault


@dataclass(frozen=True, slots=True)
class SheetShare:
    """A printed share in per cent: never loaded, but checked against its numbers where the sheet has both."""

    names: tuple[str, ...]
    part: str = ""  # figures; empty where the sheet has no such number
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """One kind of spreadsheet, and the source whose figures it carries."""

    id: str
    source: str
    words: Mapping[str, Mapping[str, str]]  # name in each language
    area: Dimension
    period: Dimension
    figure: Dimension
    files: tuple[str, ...] = ("*.xlsx", "*.xlsm", "*.xls", "*.csv", "*.txt")  # patterns of names, case ignored
    sheets: tuple[str, ...] = ("*",)  # patterns of the sheets with data
    other_sheets: tuple[str, ...] = ()  # patterns of sheets known to hold none: cover, signs, contents
    figures: tuple[SheetFigure, ...] = ()
    words_of_catalogue: bool = False  # every figure of the source also goes by its words in the catalogue
    ignored: tuple[str, ...] = ()  # headings that are known and not read
    ignored_where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values of key columns not read
    shares: tuple[SheetShare, ...] = ()
    totals: tuple[str, ...] = ()  # what rows and columns of totals are called, besides the usual words
    around: tuple[str, ...] = ()  # patterns of lines around the table that may hold numbers of no figure
    plain: tuple[str, ...] = ()  # headings and labels that say nothing of their own, besides the usual ones: "value"
    area_names: Mapping[str, str] = field(default_factory=dict)  # a name that fits several -> the id it means
    marks: Mapping[str, Meaning] = field(default_factory=dict)  # besides the usual ones
    empty: Meaning = Meaning.UNKNOWN  # what an empty cell says
    cumulative: bool = False  # every number counts from 1 January to the end of its month
    whole_file: bool = True  # every area that owes a return must have its row
    general: bool = False  # only for files that no other declaration fits
