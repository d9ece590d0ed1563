"""Units that reported after an earlier release: what the total of then and that of today tell of them."""

from typing import Any, Final

from riskmap.disclosure.audit import AuditReport
from tests.disclosure.audited import attacked, cell, unproved

PARENTS: Final = {"A": "C", "B": "C", "D": "C", "A1": "A", "A2": "A", "A3": "A"}
YEAR: Final = "year 2024-01..2024-12"
THEN: Final = 40


def of(reported: int) -> dict[str, Any]:
    """A sum of so many of three units."""
    return {"source": "sum_of_parts", "units_expected": 3, "units_reported": reported}


def today(total: float | None, *more: dict[str, Any], third: float | None = None) -> list[dict[str, Any]]:
    """All three districts have reported, none of them is shown."""
    own = cell("A", total, **(of(3) if total is not None else {}))
    return [own, cell("A1", None), cell("A2", None), cell("A3", third), *more]


def then(total: float = THEN, *, release: int = 0, reported: int = 2) -> list[dict[str, Any]]:
    """Two of the districts had reported, neither was shown."""
    return [
        cell("A", total, release=release, **of(reported)),
        *(cell(area, None, release=release) for area in ("A1", "A2", "A3")[:reported]),
    ]


def after(cells: list[dict[str, Any]], released: list[dict[str, Any]]) -> AuditReport:
    return attacked(cells, parents=PARENTS, released=released)


def test_what_a_total_grew_by_is_the_number_of_the_unit_that_came_late() -> None:
    assert after(today(43), []).passed
    report = after(today(43), then())
    assert unproved(report) == {("A", YEAR): (3, 3), ("A3", YEAR): (3, 3)}
    assert {found.told for found in report.public.unproved} == {"", "late"}
    assert {found.beside[0].area for found in report.public.unproved} == {"A"}


def test_a_unit_that_came_late_with_a_large_number_may_be_known() -> None:
    assert after(today(46), then()).passed


def test_a_total_that_did_not_change_in_who_reported_tells_of_nobody() -> None:
    assert after(today(43), then(reported=3)).passed


def test_a_total_hidden_today_with_another_beside_it_tells_nothing_of_who_came_late() -> None:
    regions = [cell("C", 90), cell("B", None), cell("D", 20)]
    assert after(today(None, *regions), then()).passed
    alone = [cell("C", 90), cell("B", 27), cell("D", 20)]
    report = after(today(None, *alone), then())
    assert unproved(report) == {("A", YEAR): (3, 3), ("A3", YEAR): (3, 3)}
    assert report.scope.left_out == 0  # that it was less when fewer had reported contradicts nothing


def test_what_a_release_showed_of_who_came_after_the_one_before_it_is_known_though_hidden_today() -> None:
    regions = [cell("C", 90), cell("B", None), cell("D", 20)]
    kept = [*then(), *then(43, release=1, reported=3)]
    report = after(today(None, *regions), kept)
    assert (report.passed, report.told_before) == (True, 2)  # the number of the district, and what came late


def test_every_release_counts_and_not_the_latest_alone() -> None:
    """The first showed one district, the second two of them: 3 and 40 came."""
    kept = [*then(37, reported=1), *then(release=1)]
    assert after(today(80), kept).told_before > 0
    later = after(today(80), kept[-3:])
    assert (later.passed, later.told_before) == (True, 0)


def test_what_visible_parts_were_corrected_by_did_not_come_late() -> None:
    shown = [cell("A1", 25, release=0), cell("A2", None, release=0)]
    released = [cell("A", THEN, release=0, **of(2)), *shown]
    cells = [cell("A", 50, **of(3)), cell("A1", 32), cell("A2", None), cell("A3", None)]
    told = unproved(after(cells, released))
    assert told == {("A", YEAR): (3, 3), ("A3", YEAR): (3, 3)}


def test_a_total_that_shrank_as_more_reported_is_doubted() -> None:
    report = after(today(38), then())
    assert (report.passed, report.scope.left_out) == (True, 1)


def test_a_unit_that_came_late_and_is_shown_is_no_secret() -> None:
    assert after(today(49, third=9), then()).passed
