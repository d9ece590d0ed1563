"""Harm done to a composed spreadsheet by hand: afterwards it may be refused, or read as before, but never otherwise."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from tests.etl.shapes.grid import Cell, Count, Grid


def _counted_rows(grid: Grid) -> list[int]:
    return [number for number, row in enumerate(grid.rows) if any(isinstance(cell, Count) for cell in row)]


def _first_count(grid: Grid, row: int) -> int:
    return next(column for column, cell in enumerate(grid.rows[row]) if isinstance(cell, Count))


def _one_more(cell: Cell) -> Cell:
    return Count(cell.value + 1) if isinstance(cell, Count) and isinstance(cell.value, int) else cell


def empty_number(grid: Grid, rng: Random) -> None:
    """A number is taken out."""
    row = rng.choice(_counted_rows(grid))
    columns = [column for column, cell in enumerate(grid.rows[row]) if isinstance(cell, Count)]
    grid.rows[row][rng.choice(columns)] = None


def no_labels(grid: Grid, rng: Random) -> None:
    """A row loses everything that says whose it is."""
    row = rng.choice(_counted_rows(grid))
    for column in range(_first_count(grid, row)):
        grid.rows[row][column] = None


def shifted_row(grid: Grid, rng: Random) -> None:
    """The numbers of a row stand one column further right."""
    row = rng.choice(_counted_rows(grid))
    grid.rows[row].insert(_first_count(grid, row), None)


def row_twice(grid: Grid, rng: Random) -> None:
    """A row stands twice, with other numbers."""
    rows = _counted_rows(grid)
    again = grid.rows[rng.choice(rows)]
    grid.rows.insert(rows[-1] + 1, [_one_more(cell) for cell in again])


def unknown_row(grid: Grid, rng: Random) -> None:
    """A row of something that is no district."""
    rows = _counted_rows(grid)
    like = grid.rows[rows[-1]]
    first = _first_count(grid, rows[-1])
    cells: list[Cell] = [Count(rng.randint(1, 50)) if isinstance(cell, Count) else None for cell in like]
    cells[max(0, first - 1)] = "Прочие"
    grid.rows.insert(rows[-1] + 1, cells)


def lost_heading(grid: Grid, rng: Random) -> None:
    """The lowest heading of a column of numbers is gone."""
    top = _counted_rows(grid)[0]
    columns = [column for column, cell in enumerate(grid.rows[top]) if isinstance(cell, Count)]
    column = rng.choice(columns)
    for row in range(top - 1, -1, -1):
        if column < len(grid.rows[row]) and isinstance(grid.rows[row][column], str):
            grid.rows[row][column] = None
            return


def other_heading(grid: Grid, rng: Random) -> None:
    """A column of numbers is called something that nobody knows."""
    top = _counted_rows(grid)[0]
    columns = [column for column, cell in enumerate(grid.rows[top]) if isinstance(cell, Count)]
    column = rng.choice(columns)
    for row in range(top - 1, -1, -1):
        if column < len(grid.rows[row]) and isinstance(grid.rows[row][column], str):
            grid.rows[row][column] = "Иное"
            return


def no_title(grid: Grid, rng: Random) -> None:
    """The lines above the table are gone."""
    top = _counted_rows(grid)[0]
    for row in range(top):
        filled = [cell for cell in grid.rows[row] if cell]
        if len(filled) == 1 and grid.rows[row][0]:
            grid.rows[row] = []


DAMAGES: Final[Mapping[str, Callable[[Grid, Random], None]]] = {
    harm.__name__: harm
    for harm in (
        empty_number,
        no_labels,
        shifted_row,
        row_twice,
        unknown_row,
        lost_heading,
        other_heading,
        no_title,
    )
}
