"""What earlier publications tell by themselves is told as such; what this one adds to them has to be proved safe."""

import numpy as np
import pytest

from riskmap.disclosure.audit import run
from riskmap.disclosure.audit.judgement import Seen
from tests.disclosure.audited import attacked, cell, of_regions, unproved

MONTHS = {"2024-01": 9.0, "2024-02": 8.0, "2024-Q1": 20.0}
SHOWN = [cell("A", number, period=code) for code, number in MONTHS.items()]
HIDDEN = [cell("A", None, period=code) for code in MONTHS]
MARCH = [cell("A", None, period="2024-03")]
PARENTS = {"A": "C", "B": "C", "D": "C", **{f"{region}{n}": region for region in "ABD" for n in range(3)}}


def test_what_earlier_publications_tell_by_themselves_is_counted_and_no_build_is_refused_for_it() -> None:
    for today in (SHOWN, HIDDEN):
        report = attacked([*today, *MARCH], released=SHOWN)
        assert (report.passed, report.told_before) == (True, 1)


def test_what_this_publication_adds_to_earlier_ones_is_not_told_by_these() -> None:
    report = attacked([*HIDDEN[:2], SHOWN[2], *MARCH], released=SHOWN[:2])
    assert unproved(report) == {("A", "month 2024-03..2024-03"): (3, 3)}
    assert report.told_before == 0


def test_without_earlier_publications_nothing_is_told_by_them() -> None:
    report = attacked([*SHOWN, *MARCH])
    assert (report.passed, report.told_before) == (False, 0)


@pytest.mark.parametrize("seed", range(6))
def test_tables_of_single_regions_change_nothing_of_what_is_proved(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Regions of three districts, of which some are hidden: with such tables, and with none at all."""
    random = np.random.default_rng(seed)
    number = {f"{region}{n}": int(random.integers(0, 9)) for region in "ABD" for n in range(3)}
    for region in "ABD":
        number[region] = sum(number[f"{region}{n}"] for n in range(3))
    number["C"] = sum(number[region] for region in "ABD")
    hides = {area: bool(random.random() < 0.6) and area != "C" for area in number}
    exact = [cell(area, count) for area, count in number.items()]
    public = [cell(area, None if hides[area] else count) for area, count in number.items()]
    held = [row for row in exact if row["area"] != "C"]
    found = attacked(public, held=held, parents=PARENTS)
    monkeypatch.setattr(run, "local_tables", lambda public, *_, **__: Seen.nothing(public.system.lines.size))
    alone = attacked(public, held=held, parents=PARENTS)
    assert unproved(found) == unproved(alone)
    assert of_regions(found) == of_regions(alone)
