"""The tables that protection is tried on, and the simple rules that it is measured by."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from riskmap.disclosure.primary import rules, unsafe_cells
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import CellStatus
from tests.disclosure.simple_rules import RULES, Attack, Flags, Key, Line, lines
from tests.disclosure.tables import AWKWARD, DRAWN, Made, two_way, two_way_drawn

ONE_YEAR = [name for name in AWKWARD if "1 January" not in name and "zeros" not in name]


def attack_on(made: Made) -> Attack:
    """An exact attack on tables of one period: the least and the largest whole number that each hidden cell can be."""
    rule = rules(made.cells, levels=made.levels, declared=made.declared)
    sums = list(lines(made.cells, relations=made.relations, declared=made.declared))
    matrix = np.zeros((len(sums), len(made.cells)))
    for row, line in enumerate(sums):
        matrix[row, line.total], matrix[row, list(line.parts)] = 1, -1

    def attack(public: pd.DataFrame) -> Iterator[Key]:
        hidden = (public["status"] == CellStatus.SUPPRESSED).to_numpy()
        seen = public["numerator"].fillna(0).to_numpy(dtype=float)
        bounds = Bounds(np.where(hidden, 0, seen), np.where(hidden, 10_000, seen))
        for place in np.flatnonzero(hidden):
            aim = np.eye(len(public))[place]
            low, high = (
                round(float(aim @ milp(sign * aim, integrality=1, bounds=bounds, constraints=holds).x))
                for sign in (1, -1)
                for holds in [LinearConstraint(matrix, 0, 0)]
            )
            limit = rule.limit[place]
            if not (low >= limit or high == 0 or (high >= limit and low <= 1)):
                yield tuple(public.loc[place, list(CELLS.key)])

    return attack


def as_seen(made: Made, mask: Flags) -> pd.DataFrame:
    """The cells with these hidden."""
    public = made.cells.copy()
    public.loc[mask, "numerator"] = np.nan
    public.loc[mask, "status"] = CellStatus.SUPPRESSED
    return public


def hidden_by(rule: str, made: Made) -> tuple[Flags, bool]:
    """What a rule hides, and whether it passes."""
    given = {"relations": made.relations, "levels": made.levels, "declared": made.declared}
    found = RULES[rule](made.cells, **given, attack=attack_on(made))
    return found.mask, found.passes


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", ONE_YEAR)
def test_what_a_rule_says_it_protects_no_attack_finds(name: str, rule: str) -> None:
    made = AWKWARD[name]()
    mask, passes = hidden_by(rule, made)
    unsafe = unsafe_cells(made.cells, rules(made.cells, levels=made.levels, declared=made.declared))
    assert mask[unsafe].all()
    assert passes == (not list(attack_on(made)(as_seen(made, mask))))
    assert passes


def test_the_attack_finds_what_one_hidden_sibling_leaves_open() -> None:
    made = two_way([[1, 30, 25], [28, 40, 31], [22, 35, 29]])
    rule = rules(made.cells, levels=made.levels, declared=made.declared)
    alone = as_seen(made, unsafe_cells(made.cells, rule))
    assert [key[1] for key in attack_on(made)(alone)] == ["R1"]


def test_the_smallest_sibling_hides_four_cells_for_one_in_the_middle_of_a_table() -> None:
    made = two_way([[1, 50, 40], [28, 60, 71], [22, 55, 49]])
    mask, _ = hidden_by("smallest sibling", made)
    assert set(made.cells.loc[mask, "numerator"]) == {1, 40, 22, 49}


def test_whole_lines_hide_more_than_single_siblings() -> None:
    more = fewer = 0
    for seed in range(3):
        made = two_way_drawn(seed)
        more += int(hidden_by("whole line", made)[0].sum())
        fewer += int(hidden_by("smallest sibling", made)[0].sum())
    assert fewer < more


@pytest.mark.parametrize("name", [*DRAWN, *AWKWARD])
def test_every_sum_of_a_made_table_holds(name: str) -> None:
    made = DRAWN[name](3) if name in DRAWN else AWKWARD[name]()
    cells = made.cells
    number = cells["numerator"].to_numpy()
    found = list(lines(cells, relations=made.relations, declared=made.declared))
    of_balance = [
        line for line in found if cells.loc[line.total, "indicator"] != cells.loc[line.parts[-1], "indicator"]
    ]
    sums = [line for line in found if line not in of_balance]
    assert sums
    assert all(number[line.total] == number[list(line.parts)].sum() for line in sums)
    assert bool(of_balance) == (name == "registers")
    assert not cells.duplicated(list(CELLS.key)).any()
    for line in of_balance:
        before, placed, removed = number[list(line.parts)]
        assert number[line.total] == before + placed - removed


def test_lines_run_along_areas_categories_and_periods() -> None:
    made = DRAWN["events"](1)
    axes = {axis_of(made.cells, line.total, line.parts[0]) for line in lines_of(made)}
    assert axes == {"area", "category", "period_end", "grain"}


def lines_of(made: Made) -> list[Line]:
    """All lines of a table."""
    return list(lines(made.cells, relations=made.relations, declared=made.declared))


def axis_of(cells: pd.DataFrame, total: int, part: int) -> str:
    """The first column of the key in which a part differs from its total."""
    different = [name for name in CELLS.key if cells.loc[total, name] != cells.loc[part, name]]
    order = ("area", "category", "period_end", "grain")
    return next(axis for axis in order if axis in different)


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_makes_one_table_and_another_seed_another(name: str) -> None:
    first, again, other = DRAWN[name](1).cells, DRAWN[name](1).cells, DRAWN[name](2).cells
    assert first.equals(again)
    assert not first.equals(other)
    assert ((first["numerator"] > 0) & (first["numerator"] < 5)).any()
