"""Protection against a second, slow writing of the rule, and what must hold for every table."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmap.domain.registry import Exemption, Indicator
from riskmap.domain.vocabulary import ALL, Grain, Kind, enclosing, month_period
from tests.disclosure.reference import Line, Reference
from tests.disclosure.small import BREAKDOWNS, PARENTS, cell, item, protected

LEAVES = ("A1", "A2", "A3", "A-R", "B1", "B2", "D")
MONTHS = [month_period(2022, number) for number in range(1, 7)]
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.HALF_YEAR, Grain.YTD)

RULES: dict[str, Indicator] = {
    "plain": item(),
    "zeros": item(hide_below=10, hide_zero=True),
    "sensitive": item(hide_categories=("type:sexual",)),
    "share": item(interval="wilson"),
    "open": item(open=True),
    "stock": item(kind=Kind.STOCK),
    "published": item(published_by_state=(Exemption("country", Grain.YTD, "x"), Exemption("region", Grain.MONTH, "x"))),
}


def table(seed: int, events: float, *, is_whole: bool = True) -> list[dict[str, object]]:
    """Cells of which every sum holds, a tenth of them without a report; otherwise counts without any order."""
    chance = np.random.default_rng(seed)
    total = chance.poisson(events, size=(len(LEAVES), len(MONTHS)))
    counted = {ALL: total}
    for breakdown, parts in BREAKDOWNS.items():
        shares = chance.multinomial(total, [1 / len(parts)] * len(parts))
        counted |= {f"{breakdown}:{part}": shares[..., number] for number, part in enumerate(parts)}
    cells = []
    for area in ("C", *PARENTS):
        rows = [number for number, leaf in enumerate(LEAVES) if area in lineage(leaf)]
        for period in sorted({enclosing(month, grain) for month in MONTHS for grain in GRAINS}):
            months = [n for n, m in enumerate(MONTHS) if period.start <= m.start and m.end <= period.end]
            for cut, numbers in counted.items():
                count = int(numbers[np.ix_(rows, months)].sum()) if is_whole else int(chance.integers(30))
                is_silent = chance.random() < 0.1
                whole = count + int(chance.integers(4 + round(2 * events)))
                cells.append(cell(area, None if is_silent else count, cut=cut, period=period.code, denominator=whole))
    return cells


def lineage(area: str) -> tuple[str, ...]:
    return (area, *lineage(PARENTS[area])) if area in PARENTS else (area,)


def hidden_rows(cells: list[dict[str, object]], declared: Indicator) -> set[int]:
    return set(np.flatnonzero(protected(cells, declared)["status"] == "suppressed").tolist())


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_the_fast_and_the_slow_writing_of_the_rule_hide_the_same(rule: str, *, is_whole: bool) -> None:
    for seed, events in enumerate((0.3, 2.0, 12.0)):
        cells = table(seed, events, is_whole=is_whole)
        rows = pd.DataFrame(cells).to_dict("records")
        assert hidden_rows(cells, RULES[rule]) == Reference(rows, RULES[rule]).hide(), (seed, events)


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([0.3, 1.5, 6.0, 25.0]), st.sampled_from(sorted(RULES)))
def test_no_line_betrays_a_hidden_cell_by_one_subtraction(seed: int, events: float, rule: str) -> None:
    cells = table(seed, events)
    reference = Reference(pd.DataFrame(cells).to_dict("records"), RULES[rule])
    unsafe = set(reference.hidden)
    reference.hidden = hidden_rows(cells, RULES[rule])
    assert unsafe <= reference.hidden
    for line in (line for step in reference.steps() for line in step):
        if not is_bound(reference, line):
            total, parts = line
            assert len({total, *parts} & reference.hidden) != 1
            assert reference.is_safe(line)


def is_bound(reference: Reference, line: Line) -> bool:
    """Whether nothing is left in the line that may be hidden: what the state has published stays."""
    total, parts = line
    return all(cell in reference.hidden or reference.is_exempt(cell) for cell in (total, *parts))


@settings(max_examples=15)
@given(st.permutations(range(8)), st.lists(st.integers(0, 40), min_size=8, max_size=8, unique=True))
def test_the_order_of_rows_does_not_matter_where_no_two_counts_are_equal(order: list[int], counts: list[int]) -> None:
    areas = ("A1", "A2", "A3", "B1", "B2")
    numbers = dict(zip(areas, counts, strict=False))
    numbers["A"], numbers["B"] = sum(counts[:3]), sum(counts[3:5])
    numbers["C"] = numbers["A"] + numbers["B"]
    cells: list[dict[str, Any]] = [cell(area, count) for area, count in numbers.items()]
    shuffled = [cells[number] for number in order]
    found = {shuffled[row]["area"] for row in hidden_rows(shuffled, item())}
    assert found == {cells[row]["area"] for row in hidden_rows(cells, item())}
