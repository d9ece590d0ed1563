"""The auditor against every table of whole numbers there is: the same numbers are unsafe, with the same bounds."""

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, seed, settings
from hypothesis import strategies as st

from tests.disclosure.audited import attacked, cell, item, unproved

LIMIT: Final = 3
MOST: Final = 6  # no cell has to be larger than this to make another one 3 or 0
TABLES: Final = 300_000  # at most, so that all can be looked at
WHOLE: Final = "2024-01..2024-02"
SPANS: Final = {"2024-01": (0,), "2024-02": (1,), WHOLE: (0, 1)}
NAMES: Final = {"2024-01": "2024-01..2024-01", "2024-02": "2024-02..2024-02", WHOLE: "2024-01..2024-02"}
GRAINS: Final = {"2024-01": "month", "2024-02": "month", WHOLE: "ytd"}


@dataclass(frozen=True)
class Shape:
    """Which areas, categories and periods a table has; what is smallest has an exact number of its own."""

    areas: tuple[str, ...]
    parts: tuple[str, ...]
    periods: tuple[str, ...]

    @property
    def inner(self) -> list[tuple[str, str, int]]:
        return list(product(self.areas, self.parts or ("",), (0, 1) if "2024-01" in self.periods else (0,)))

    def cells(self) -> list[tuple[str, str, str]]:
        """Area, category and period of every cell; the country and the total of all categories come first."""
        return list(product(("C", *self.areas), ("", *self.parts), self.periods))

    def sum_of(self, place: tuple[str, str, str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which of the inner numbers a cell is the sum of."""
        area, part, period = place
        return np.array(
            [
                area in ("C", own_area) and part in ("", own_part) and month in SPANS[period]
                for own_area, own_part, month in self.inner
            ]
        )


SHAPES: Final = (
    Shape(("A", "B", "D"), (), (WHOLE,)),
    Shape(("A", "B"), ("p", "q"), (WHOLE,)),
    Shape(("A", "B", "D"), ("p", "q"), (WHOLE,)),
    Shape(("A", "B"), (), ("2024-01", WHOLE)),
    Shape(("A", "B", "D"), (), ("2024-01", "2024-02", WHOLE)),
    Shape(("A", "B"), ("p", "q"), ("2024-01", WHOLE)),
)


@st.composite
def published(draw: st.DrawFn) -> tuple[Shape, list[int], list[bool]]:
    """A table, its exact numbers, and which cells are hidden."""
    shape = draw(st.sampled_from(SHAPES))
    exact = draw(st.lists(st.integers(0, 3), min_size=len(shape.inner), max_size=len(shape.inner)))
    size = len(shape.cells())
    hidden = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return shape, exact, hidden


def possible(shape: Shape, exact: list[int], hidden: list[bool]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Every table of inner numbers that agrees with what is visible, one a row."""
    numbers = np.array(exact)
    shown = zip(shape.cells(), hidden, strict=True)
    visible = [shape.sum_of(place) for place, is_hidden in shown if not is_hidden]
    ranges = []
    for at, number in enumerate(exact):
        tops = [int(numbers[members].sum()) for members in visible if members[at]]
        alone = any(members[at] and members.sum() == 1 for members in visible)
        ranges.append([number] if alone else list(range(min([MOST, *tops]) + 1)))
    assume(prod(len(choice) for choice in ranges) <= TABLES)
    grid = np.array(np.meshgrid(*ranges, indexing="ij")).reshape(len(exact), -1).T
    for members in visible:
        grid = grid[grid[:, members].sum(axis=1) == numbers[members].sum()]
    return grid


def targets(shape: Shape, hidden: list[bool]) -> dict[tuple[str, str], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Every hidden cell, and every month that no cell shows, by the name that the auditor gives it."""
    wanted = {}
    for (area, part, period), is_hidden in zip(shape.cells(), hidden, strict=True):
        if is_hidden:
            wanted[f"{area} {part}".strip(), f"{GRAINS[period]} {NAMES[period]}"] = shape.sum_of((area, part, period))
    if "2024-01" in shape.periods and "2024-02" not in shape.periods:
        for area, part in product(("C", *shape.areas), ("", *shape.parts)):
            wanted[f"{area} {part}".strip(), NAMES["2024-02"]] = shape.sum_of((area, part, "2024-02"))
    return wanted


def expected(shape: Shape, exact: list[int], hidden: list[bool]) -> dict[tuple[str, str], tuple[int, int]]:
    """What is unsafe and its bounds, by looking at every table."""
    tables = possible(shape, exact, hidden)
    unsafe = {}
    for name, members in targets(shape, hidden).items():
        sums = tables[:, members].sum(axis=1)
        low, high = int(sums.min()), int(sums.max())
        if not (low >= LIMIT or high == 0 or (high >= LIMIT and low <= 1)):
            unsafe[name] = low, high
    return unsafe


def found(shape: Shape, exact: list[int], hidden: list[bool]) -> dict[tuple[str, str], tuple[int, int | None]]:
    numbers = np.array(exact)
    cells = [
        cell(
            area,
            None if is_hidden else float(numbers[shape.sum_of((area, part, period))].sum()),
            period=period,
            part=part and f"type:{part}",
        )
        for (area, part, period), is_hidden in zip(shape.cells(), hidden, strict=True)
    ]
    report = attacked(
        cells,
        parents=dict.fromkeys(shape.areas, "C"),
        parts={"type": shape.parts} if shape.parts else None,
        declared=[item(hide_below=LIMIT)],
    )
    return unproved(report)


def assert_same(
    told: dict[tuple[str, str], tuple[int, int | None]], true: dict[tuple[str, str], tuple[int, int]]
) -> None:
    """The same numbers with the same bounds; where the auditor finds no end there is none among small tables either."""
    assert told.keys() == true.keys()
    for name, (low, high) in told.items():
        assert (low, true[name][1] if high is None else high) == true[name], name


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(published())
def test_exactly_the_numbers_are_unsafe_that_every_possible_table_shows_to_be(
    table: tuple[Shape, list[int], list[bool]],
) -> None:
    assert_same(found(*table), expected(*table))


@pytest.mark.every_combination
@seed(6)
@settings(
    max_examples=3000, derandomize=False, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(published())
def test_many_more_of_them(table: tuple[Shape, list[int], list[bool]]) -> None:
    assert_same(found(*table), expected(*table))
