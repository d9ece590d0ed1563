"""Spreadsheets in shapes that nobody declared: read exactly by one general declaration, or refused, never wrong."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from etl.intake import Call, check_files
from riskmap.domain.errors import Severity
from tests.etl.shapes.damage import DAMAGES
from tests.etl.shapes.outcome import RUNNING, Outcome, outcome, running
from tests.etl.shapes.shape import draw_shape, fitted
from tests.etl.shapes.traps import TRAPS, Trap

SEEDS = range(25)
RUNNING_SEEDS = range(6)
HARMLESS = {"no_title", "lost_heading", "no_labels"}  # where the same stands elsewhere too
EXACT = 0.95  # of the shapes in which a careful reader has no doubt


def described(found: list[Outcome]) -> str:
    """The three counts, and each file that was not read exactly."""
    counts = Counter(item.kind for item in found)
    lines = [f"{item.kind} {item.path}: {item.differing[:3] or item.problems[:3]}" for item in found]
    return "\n".join([str(dict(counts)), *(line for line in lines if not line.startswith("exact"))])


def test_unseen_shapes_are_read_exactly_or_refused(tmp_path: Path) -> None:
    found = [outcome(draw_shape(seed), tmp_path) for seed in SEEDS]
    plain = [item for item in found if not item.shape.is_ambiguous]
    exact = sum(item.kind == "exact" for item in plain)
    assert not [item for item in found if item.kind == "wrong"], described(found)
    assert exact >= EXACT * len(plain), described(found)
    assert all(item.problems for item in found if item.kind == "refused"), described(found)


def test_running_totals_are_read_month_by_month_or_refused_where_nobody_said_so(tmp_path: Path) -> None:
    shapes = [running(seed) for seed in RUNNING_SEEDS]
    found = [outcome(shape, tmp_path, declared=RUNNING) for shape in shapes]
    doubtful = {shape.seed for shape in shapes if shape.numbers in ("comma", "dot")}
    assert not [item for item in found if item.kind == "wrong"], described(found)
    assert not [item for item in found if item.kind != "exact" and item.shape.seed not in doubtful], described(found)
    unsaid = [outcome(shape, tmp_path) for shape in shapes]
    assert {item.kind for item in unsaid} == {"refused"}, described(unsaid)


@pytest.mark.parametrize(("seed", "damage"), list(enumerate(DAMAGES)), ids=list(DAMAGES))
def test_a_damaged_spreadsheet_is_never_read_otherwise_than_it_was(tmp_path: Path, seed: int, damage: str) -> None:
    drawn = draw_shape(seed)
    shape = fitted(replace(drawn, numbers="text", number_notes="none", hidden="none", cumulative=False))
    assert outcome(shape, tmp_path).kind == "exact"
    found = outcome(shape, tmp_path, damage=damage)
    assert found.kind != "wrong", described([found])
    assert found.kind == "refused" or damage in HARMLESS, described([found])


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_a_table_that_invites_a_wrong_number_is_refused_for_its_reason(tmp_path: Path, trap: Trap) -> None:
    path = tmp_path / "return.csv"
    path.write_text(trap.text, encoding="utf-8")
    checked = check_files([path], Call("regional_table", past=False))
    stops = {problem.code for problem in checked.problems if problem.severity is Severity.STOP}
    assert bool(stops) == bool(checked.stopped) == bool(trap.codes), checked.problems
    assert not trap.codes or stops & set(trap.codes), checked.problems
