"""Protection of whole tables: the same for the same cells, and proved by a program that shares no code with it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskmap.disclosure.protect import Protected, protect
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import Grain
from tests.disclosure.small import audit
from tests.disclosure.tables import AGE, AWKWARD, SEX, Made, Shape, drawn, events, two_way_drawn


def run(made: Made, *, order: Sequence[int] | None = None) -> Protected:
    cells = made.cells if order is None else made.cells.iloc[list(order)]
    return protect(cells, relations=made.relations, areas=made.areas, declared=made.declared)


def names(found: Protected) -> set[tuple[object, ...]]:
    rows = found.public[found.public["status"] == "suppressed"]
    return set(rows[list(CELLS.key)].itertuples(index=False, name=None))


def test_two_runs_and_any_order_of_rows_hide_the_same() -> None:
    made = two_way_drawn(1)  # several patterns of it cost the same
    before = names(run(made))
    assert names(run(made)) == before
    for seed in range(2):
        assert names(run(made, order=np.random.default_rng(seed).permutation(len(made.cells)).tolist())) == before


def assert_proved(made: Made) -> None:
    """Nothing is left unproved; of the country a region's office may know what it all knows itself."""
    found = run(made)
    report = audit(found.public, made.cells, declared=made.declared, relations=made.relations, areas=made.areas)
    assert report.public.unproved == ()
    assert report.regions is not None
    assert {told.cell.area for told in report.regions.unproved} <= {"C"}
    assert not np.isnan(found.public.loc[found.public["status"] == "value", "numerator"]).any()


@pytest.mark.parametrize("name", [name for name in AWKWARD if name != "small steps since 1 January"])
def test_an_awkward_table_is_proved_safe(name: str) -> None:
    assert_proved(AWKWARD[name]())


SHAPES = {
    "ages": Shape(districts=(0, 0, 0, 0), cuts={"age": AGE}),
    "levels": Shape(districts=(3, 2, 2), has_remainder=True, cuts={"sex": SEX}),
    "shares": Shape(districts=(2, 3), cuts={"sex": SEX}, interval="wilson"),
    "quarters": Shape(districts=(0, 0, 0), cuts={}, tables=dict.fromkeys(("country", "region"), (Grain.QUARTER,))),
}


def test_a_small_count_that_leaves_much_of_its_whole_is_judged_by_the_count_alone() -> None:
    assert_proved(drawn(2, SHAPES["shares"], mean=1.0))  # 1 of 16, which may be 0 to 14: that 2 are left says nothing


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.sampled_from(sorted(SHAPES)), st.sampled_from([1.0, 4.0, 9.0]))
def test_a_drawn_table_is_proved_safe(seed: int, shape: str, mean: float) -> None:
    assert_proved(drawn(seed, SHAPES[shape], mean=mean))


@pytest.mark.every_combination
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mean", [1.0, 4.0, 9.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_drawn_table_is_proved_safe(seed: int, mean: float, shape: str) -> None:
    assert_proved(drawn(seed, SHAPES[shape], mean=mean))


@pytest.mark.every_combination
def test_events_by_quarter_and_since_1_january_are_proved_safe() -> None:
    assert_proved(events(0, districts=(2, 0), mean=200.0))
