"""The cheapest pattern that protects, on tables of the literature whose answer is published."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from riskmap.disclosure.attack import View, bound
from riskmap.disclosure.primary import Flags
from riskmap.disclosure.problem import EVERYBODY, Problem
from riskmap.disclosure.sums import sums
from riskmap.disclosure.suppression import Component, Pattern, suppressed
from tests.disclosure.tables import Made, two_way

Place = tuple[int, int]  # row and column, -1 for the sum

# sdcTable 0.34.0, data(microdata1): regions A to D by male and female; tests/testthat/test-protectTable.r hides the
# cell A female first, and finds the pattern below with OPT, HITAS and HYPERCUBE.
MICRODATA1: Final = [[18, 2], [14, 19], [12, 10], [11, 14]]
A_FEMALE: Final = (0, 1)
SDCTABLE: Final = {(0, 0), (0, 1), (2, 0), (2, 1)}
# Fischetti and Salazar-Gonzalez 2001, Management Science 47:1008: investments of three kinds in three regions.
INVESTMENT: Final = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
INTERVALS: Final = {(1, 0): (0, 25), (1, 2): (5, 30), (2, 0): (0, 25), (2, 2): (4, 29)}


def places(made: Made) -> list[Place]:
    """Row and column of each cell."""
    areas = made.cells["area"].map(lambda area: -1 if area == "C" else int(area[1:]) - 1)
    columns = made.cells["category"].map(lambda part: -1 if part == "all" else int(part[1:]))
    return list(zip(areas, columns, strict=True))


def problem(
    made: Made, levels: Mapping[Place, tuple[float, float]], *, fixed: frozenset[Place] = frozenset()
) -> Problem:
    """`levels` tells of each cell that must be hidden down to what and up to what it has to be possible."""
    infinite = np.full(len(made.cells), np.inf)
    system = sums(made.cells, relations=made.relations, declared=made.declared, whole=infinite)
    at = places(made)
    must = np.array([place in levels for place in at])
    down, up = (np.array([levels.get(place, (0.0, 0.0))[side] for place in at], dtype=float) for side in (0, 1))
    return Problem(
        sums=system,
        limit=infinite,
        zero_is_open=np.zeros(len(at), dtype=bool),
        region=np.full(len(at), EVERYBODY),
        upper=infinite,
        must_hide=must,
        may_hide=~must & np.array([place not in fixed for place in at]),
        cost=made.cells["numerator"].to_numpy(dtype=float),
        wanted=must,
        up_level=up,
        down_level=down,
    )


def chosen(made: Made, pattern: Pattern) -> set[Place]:
    return {place for place, is_hidden in zip(places(made), pattern.hidden, strict=True) if is_hidden}


def reached(task: Problem, hidden: Flags, variable: int, *, is_up: bool) -> float:
    """How far everybody can think a number moved where these cells are hidden."""
    near = View(task.sums.matrix, task.is_open(hidden)).around(variable, 1_000)
    value = task.sums.value[near.variables]
    found = bound(near, variable, is_up=is_up, low=-value, high=np.full(len(value), np.inf))
    assert found is not None
    return float(task.sums.value[variable] + found.moved)


def test_the_pattern_of_sdctable_is_found_and_proved_cheapest() -> None:
    made = two_way(MICRODATA1)
    task = problem(made, {A_FEMALE: (1, 3)})
    found = suppressed(task)
    assert chosen(made, found) == SDCTABLE
    assert task.cost[found.hidden].sum() == 42
    assert found.unprotected == ()
    # The cell that is hidden by rule costs 2 whatever is chosen.
    assert sum(group.cost for group in found.components) == 40
    assert all(group.is_optimal and not group.gap for group in found.components)


def test_the_numbers_written_here_are_those_of_the_shared_cases(shared_file: Callable[[str], Path]) -> None:
    first, second = (
        json.loads(shared_file(f"cases/{name}.json").read_text(encoding="utf-8"))
        for name in ("j1_attacker_interval_3x3", "j2_suppression_microdata1")
    )
    names = {(f"{'ABCD'[row]}", ("male", "female")[column]) for row, column in SDCTABLE}
    assert first["input"]["inner"] == INVESTMENT
    assert first["expected"]["intervals"] == {
        f"{row},{column}": list(ends) for (row, column), ends in INTERVALS.items()
    }
    assert second["input"]["counts"] == MICRODATA1
    assert {tuple(name) for name in second["expected"]["suppressed"]} == names


def test_a_dearer_pattern_is_taken_where_the_cheapest_may_not_be_hidden() -> None:
    made = two_way(MICRODATA1)
    task = problem(made, {A_FEMALE: (1, 3)}, fixed=frozenset({(2, 1)}))
    found = suppressed(task)
    # Beside A female and A male: D 11 + 14, as C 12 + 10 is out of reach; B costs 33.
    assert chosen(made, found) == {(0, 0), (0, 1), (3, 0), (3, 1)}
    assert task.cost[found.hidden].sum() == 45


def test_what_nothing_protects_is_named() -> None:
    made = two_way(MICRODATA1)
    task = problem(made, {A_FEMALE: (1, 3)}, fixed=frozenset(places(made)) - {A_FEMALE})
    found = suppressed(task)
    assert chosen(made, found) == {A_FEMALE}
    assert [places(made)[variable] for variable in found.unprotected] == [A_FEMALE]


def test_the_intervals_of_the_published_example_are_found() -> None:
    made = two_way(INVESTMENT)
    task = problem(made, INTERVALS)
    at = places(made)
    told = {
        place: tuple(reached(task, task.must_hide, at.index(place), is_up=is_up) for is_up in (False, True))
        for place in INTERVALS
    }
    assert told == INTERVALS


def test_four_hidden_cells_that_leave_enough_are_left_as_they_are() -> None:
    made = two_way(INVESTMENT)
    found = suppressed(problem(made, INTERVALS))
    assert chosen(made, found) == set(INTERVALS)
    assert found.unprotected == ()


BEYOND: Final = [
    *((place, (low, high + 1)) for place, (low, high) in INTERVALS.items()),
    *((place, (low - 1, high)) for place, (low, high) in INTERVALS.items() if low),
]


@pytest.mark.parametrize(("place", "asked"), BEYOND)
def test_a_level_beyond_the_interval_takes_more_cells(place: Place, asked: tuple[int, int]) -> None:
    made = two_way(INVESTMENT)
    found = suppressed(problem(made, INTERVALS | {place: asked}))
    assert chosen(made, found) > set(INTERVALS)
    assert found.unprotected == ()


def test_two_hidden_in_every_line_are_not_enough_where_the_sums_of_lines_meet() -> None:
    """Rows 0 and 1 less columns 0 and 1 is the one number between two blocks."""
    inner = [[3, 6, 20, 30], [7, 4, 2, 40], [50, 60, 9, 9], [70, 80, 9, 9]]
    blocks = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)}
    assert all([place[axis] for place in blocks].count(line) >= 2 for axis in (0, 1) for line in range(4))
    made = two_way(inner)
    levels = {place: (min(1, inner[place[0]][place[1]]), inner[place[0]][place[1]]) for place in blocks}
    found = suppressed(problem(made, levels | {(1, 2): (1, 5)}))
    assert chosen(made, found) > blocks


@pytest.mark.parametrize("rounds", [1, 2, 20])
def test_however_few_rounds_there_are_what_is_found_protects(rounds: int) -> None:
    made = two_way(MICRODATA1)
    levels = {A_FEMALE: (1.0, 3.0), (3, 0): (5.0, 20.0), (1, 1): (0.0, 40.0)}
    task = problem(made, levels)
    found = suppressed(task, rounds=rounds)
    assert found.unprotected == ()
    for place, (down, up) in levels.items():
        variable = places(made).index(place)
        assert reached(task, found.hidden, variable, is_up=False) <= down
        assert reached(task, found.hidden, variable, is_up=True) >= up


def test_where_nothing_must_be_hidden_nothing_is() -> None:
    found = suppressed(problem(two_way(MICRODATA1), {}))
    assert not found.hidden.any()
    assert (found.components, found.unprotected) == ((), ())


def test_a_gap_is_the_share_by_which_the_cost_could_be_lower() -> None:
    assert Component(3, 40.0, 30.0).gap == pytest.approx(0.25)
    assert Component(3, 40.0, 40.0).is_optimal
