"""How much of each published table protection hides."""

from dataclasses import replace

import pandas as pd
import pytest

from riskmap.disclosure.usefulness import MOST_HIDDEN, HiddenTable, hidden_shares, mostly_hidden
from riskmap.domain.registry import Publish
from riskmap.domain.vocabulary import ALL, Grain
from tests.disclosure.small import LEVELS, cell, item, protected

DECLARED = {
    "x": replace(
        item(),
        publish=(
            Publish("district", Grain.QUARTER),
            Publish("district", Grain.SCHOOL_YEAR),
            Publish("region", Grain.YEAR),
            Publish("region", Grain.MONTH, "age"),
        ),
    )
}


def shares(cells: list[dict[str, object]]) -> list[HiddenTable]:
    return hidden_shares(pd.DataFrame(cells), protected(cells, DECLARED["x"]), levels=LEVELS, declared=DECLARED)


def test_the_share_is_of_cells_with_a_number_and_remainders_count_with_districts() -> None:
    counts = {"A1": 3, "A2": 20, "A3": None, "A-R": 30, "B1": 40}
    cells = [cell("A", 53, period="2022-Q1"), *(cell(a, n, period="2022-Q1") for a, n in counts.items())]
    assert shares(cells) == [
        HiddenTable("x", "district", Grain.QUARTER, ALL, 0.5, Grain.SCHOOL_YEAR),
        HiddenTable("x", "region", Grain.QUARTER, ALL, 0.0, Grain.YEAR),
    ]


@pytest.mark.parametrize(
    ("period", "cut", "coarser"),
    [("2022-01", "age:0-11", Grain.QUARTER), ("2022-01", "all", Grain.YEAR), ("2022/23-2024/25", "all", None)],
)
def test_the_coarser_grain_is_the_next_declared_one_or_else_the_next_there_is(
    period: str, cut: str, coarser: Grain | None
) -> None:
    assert [table.coarser for table in shares([cell("A", 3, cut=cut, period=period)])] == [coarser]


def test_tables_without_a_number_are_left_out() -> None:
    assert shares([cell("A", None)]) == []


def test_a_table_is_mostly_hidden_above_the_limit_only() -> None:
    regions = [cell("A", 3), cell("B", 4), *(cell("D", 50, period=str(year)) for year in (2023, 2024, 2025))]
    public = protected(regions, DECLARED["x"])
    full = pd.DataFrame(regions)
    assert [table.share for table in shares(regions)] == [pytest.approx(MOST_HIDDEN)]
    assert mostly_hidden(full, public, levels=LEVELS, declared=DECLARED) == []
    found = mostly_hidden(full.iloc[:4], public.iloc[3::-1], levels=LEVELS, declared=DECLARED)
    assert found == [HiddenTable("x", "region", Grain.YEAR, ALL, 0.5, Grain.THREE_YEARS)]
