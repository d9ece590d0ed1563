"""What a cell of a table turned out to be, and all that was read from one table."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from etl.spreadsheet.figures import Ref
from etl.spreadsheet.grid import Grid
from etl.spreadsheet.numbers import Number
from etl.spreadsheet.periods import Mention
from riskmap.domain.errors import Problem
from riskmap.domain.spreadsheets import Meaning

Content: TypeAlias = Number | Meaning
ALL_ROWS: Final = "*"  # scope of a total that does not say of what
EVERYWHERE: Final = "**"  # scope of a table of totals: all tables of the file


@dataclass(frozen=True, slots=True)
class Cell:
    """A number or mark whose meaning is known; None for what it is the total of."""

    grid: Grid
    table: int
    row: int
    column: int
    content: Content
    ref: Ref | None
    area: str | None
    mention: Mention | None
    share: int | None = None  # number of the declared share
    scope: str = ""  # of a total: the area above that it is told of

    @property
    def number(self) -> float | None:
        """The number, zero for a mark that says so, None for a mark that hides or lacks one."""
        if isinstance(self.content, Number):
            scale = self.ref.scale if self.ref else 1
            # Decimals that are printed in thousands have no exact binary form: 1.001 would be no whole number.
            return self.content.value if scale == 1 else round(self.content.value * scale, 6)
        return 0.0 if self.content in (Meaning.NONE, Meaning.NEGLIGIBLE) else None


@dataclass(slots=True)
class TableResult:
    """What was read from one table."""

    cells: list[Cell] = field(default_factory=list)
    totals: list[Cell] = field(default_factory=list)
    shares: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    told: set[Problem] = field(default_factory=set)
    named: int = 0  # numbers whose figure and area are known
    passed: int = 0  # numbers under headings that are not read
    areas: set[str] = field(default_factory=set)  # of rows and columns, right or wrong
    lost: set[int] = field(default_factory=set)  # columns with a number that could not be read
    has_lost_rows: bool = False
    has_areas: bool = False  # whether its rows, columns or sheet tell areas

    def tell(self, problem: Problem) -> None:
        """Add a fault, once."""
        if problem not in self.told:
            self.told.add(problem)
            self.problems.append(problem)
