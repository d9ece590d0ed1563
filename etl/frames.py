"""What one step of the loader hands to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from riskmap.domain.vocabulary import ALL, CellStatus, Period


@dataclass(frozen=True, slots=True)
class RawSheet:
    """The cells of one sheet as text, exactly where they stand: `rows[0]` is row 1, `rows[0][0]` is column A.

    Places are (row, column) from 0. Of merged cells only the first one holds the text.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merges: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)  # cells with the error of a formula: "#REF!"
    unsaved: frozenset[tuple[int, int]] = frozenset()  # formulas without a stored value
    dates: frozenset[tuple[int, int]] = frozenset()  # cells kept as dates; their text is ISO


@dataclass(frozen=True, slots=True)
class RawTable:
    """One file as text; a delimited file has one sheet named ''. `file` is its name without the folder."""

    file: str
    digest: str  # SHA-256 of the bytes
    sheets: Mapping[str, RawSheet]
    names: tuple[str, ...]  # of all sheets, read or not


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a published figure was printed."""

    title: str = ""
    day: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as received, tied to its place in the file; `numerator` is None unless status is value."""

    indicator: str
    area: str
    period: Period
    numerator: float | None
    line: int
    column: str
    sheet: str = ""
    breakdown: str = ALL
    category: str = ALL
    status: CellStatus = CellStatus.VALUE
    provisional: bool = False
    invented: bool = False
    publication: Publication = Publication()
    units_expected: int | None = None  # schools or other units that owed an answer; None where not told
    units_reported: int | None = None
