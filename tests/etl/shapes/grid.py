"""A sheet being put together: cells, merged ranges, and which cells are numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from riskmap.domain.vocabulary import CellStatus


@dataclass(frozen=True, slots=True)
class Count:
    """A number before it is written in some way."""

    value: int | CellStatus


Cell = str | int | float | Count | None


@dataclass
class Grid:
    """Rows of cells, counted from 0; `merges` are first row and column, last row and column."""

    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many columns the longest row has."""
        return max(map(len, self.rows), default=0)

    def add(self, *cells: Cell) -> int:
        """Append a row; returns its number."""
        self.rows.append(list(cells))
        return len(self.rows) - 1

    def put_below(self, other: "Grid") -> None:
        """Append all rows of another grid with their merged ranges."""
        top = len(self.rows)
        self.rows += [list(row) for row in other.rows]
        self.merges += [(a + top, b, c + top, d) for a, b, c, d in other.merges]

    def put_beside(self, other: "Grid") -> None:
        """Append all columns of another grid with their merged ranges."""
        left = self.width
        for number, cells in enumerate(other.rows):
            if number == len(self.rows):
                self.rows.append([])
            row = self.rows[number]
            row += [None] * (left - len(row))
            row += cells
        self.merges += [(a, b + left, c, d + left) for a, b, c, d in other.merges]

    def empty_row(self, at: int) -> None:
        """Put an empty row before a row that lies inside no merged range."""
        if not any(a < at <= c for a, _, c, _ in self.merges):
            self.rows.insert(at, [])
            self.merges = [(a + (a >= at), b, c + (c >= at), d) for a, b, c, d in self.merges]

    def empty_column(self, at: int) -> None:
        """Put an empty column before a column that lies inside no merged range."""
        if not any(b < at <= d for _, b, _, d in self.merges):
            for row in self.rows:
                if len(row) > at:
                    row.insert(at, None)
            self.merges = [(a, b + (b >= at), c, d + (d >= at)) for a, b, c, d in self.merges]


def headings(paths: Sequence[Sequence[str]], levels: int, *, manner: str) -> Grid:
    """Headings of columns, one row a level; equal ones beside each other are merged, repeated, or written once."""
    grid = Grid([[None] * len(paths) for _ in range(levels)])
    for level in range(levels):
        first = 0
        for column, path in enumerate(paths):
            text = path[level] if level < len(path) else ""
            is_same = column > 0 and tuple(path[: level + 1]) == tuple(paths[first][: level + 1]) and level < levels - 1
            if not is_same:
                first = column
            elif manner == "merged" and column + 1 in (len(paths), _end(paths, column, level)):
                grid.merges.append((level, first, level, column))
            if text and (not is_same or manner == "repeated"):
                grid.rows[level][column] = text
    _merge_down(grid, manner)
    return grid


def _end(paths: Sequence[Sequence[str]], column: int, level: int) -> int:
    """Where the run of equal headings that holds a column ends."""
    start = tuple(paths[column][: level + 1])
    return next((n for n in range(column, len(paths)) if tuple(paths[n][: level + 1]) != start), len(paths))


def _merge_down(grid: Grid, manner: str) -> None:
    """A heading without anything below it is merged with the rows below."""
    if manner != "merged":
        return
    last = len(grid.rows) - 1
    for column in range(grid.width):
        filled = [row for row in range(last + 1) if grid.rows[row][column] is not None]
        inside = any(b <= column <= d and b < d for _, b, _, d in grid.merges)
        if filled and filled[-1] < last and not inside:
            grid.merges.append((filled[-1], column, last, column))
