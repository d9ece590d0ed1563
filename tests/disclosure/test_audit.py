"""What the auditor finds in tables whose answer is known from elsewhere, and what it leaves in peace."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from riskmap.domain.registry import Exemption
from riskmap.domain.vocabulary import Grain, Kind, Place
from tests.disclosure.audited import attacked, cell, item, of_regions, unproved

COUNTRY: Final = {"A": "C", "B": "C", "D": "C"}
FOUR: Final = {**COUNTRY, "E": "C"}
DISTRICTS: Final = {**COUNTRY, "A1": "A", "A2": "A", "B1": "B", "B2": "B", "D1": "D", "D2": "D"}
TYPES: Final = {"type": ("p", "q", "r")}
WHOLE_YEAR: Final = "year 2024-01..2024-12"
Grid = Sequence[Sequence[int]]


def grid(inner: Grid, hidden: set[tuple[int, int]]) -> list[dict[str, Any]]:
    """Areas A, B, D, E by categories p, q, r, s, with their sums."""
    areas, parts = "ABDE"[: len(inner)], "pqrs"[: len(inner[0])]
    cells = [
        cell(area, None if (row, column) in hidden else inner[row][column], part=f"type:{part}")
        for row, area in enumerate(areas)
        for column, part in enumerate(parts)
    ]
    cells += [cell(area, sum(inner[row])) for row, area in enumerate(areas)]
    cells += [cell("C", sum(row[c] for row in inner), part=f"type:{part}") for c, part in enumerate(parts)]
    return [*cells, cell("C", sum(map(sum, inner)))]


def test_the_intervals_of_a_published_example_are_found(shared_file: Callable[[str], Path]) -> None:
    """Fischetti and Salazar-Gonzalez 2001, Management Science 47:1008: four cells of a 3 by 3 table."""
    case = json.loads(shared_file("cases/j1_attacker_interval_3x3.json").read_text(encoding="utf-8"))
    inner, hidden = case["input"]["inner"], {tuple(place) for place in case["input"]["suppressed"]}
    # A limit above every count: all four are told, with their bounds.
    report = attacked(grid(inner, hidden), parents=COUNTRY, parts=TYPES, declared=[item(hide_below=1000)])
    names = {(f"{'ABD'[row]} {'pqr'[column]}", WHOLE_YEAR): (row, column) for row, column in hidden}
    told = {"{},{}".format(*names[name]): list(interval) for name, interval in unproved(report).items()}
    assert told == case["expected"]["intervals"]
    assert told == {"1,0": [0, 25], "1,2": [5, 30], "2,0": [0, 25], "2,2": [4, 29]}


def test_a_single_hidden_cell_of_a_sum_is_worked_out() -> None:
    report = attacked([cell("C", 20), cell("A", None), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    assert unproved(report) == {("A", WHOLE_YEAR): (3, 3)}
    assert (report.public.leaks, report.passed) == (1, False)


def test_what_could_be_hidden_beside_a_number_is_named() -> None:
    report = attacked([cell("C", 20), cell("A", None), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    assert {key.area for key in report.public.unproved[0].beside} == {"B", "C", "D"}


def test_two_hidden_cells_with_room_between_them_are_safe() -> None:
    report = attacked([cell("C", 20), cell("A", None), cell("B", None), cell("D", 8)], parents=COUNTRY)
    assert report.passed
    assert [(found.low, found.high) for found in report.narrowest] == [(0, 12), (0, 12)]


def test_two_hidden_cells_whose_sum_is_small_are_not_safe() -> None:
    report = attacked([cell("C", 12), cell("A", None), cell("B", None), cell("D", 8)], parents=COUNTRY)
    assert unproved(report) == {("A", WHOLE_YEAR): (0, 4), ("B", WHOLE_YEAR): (0, 4)}


def test_a_known_large_number_and_a_known_zero_tell_of_nobody() -> None:
    large = attacked([cell("C", 900), cell("A", None), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    zero = attacked([cell("C", 17), cell("A", None), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    assert large.passed
    assert zero.passed


def test_a_zero_that_the_rule_hides_must_not_be_known() -> None:
    parents = {"A": "C", "A1": "A", "A2": "A"}
    cells = [cell("A", 9), cell("A1", None), cell("A2", 9)]
    assert attacked(cells, parents=parents).passed
    assert unproved(attacked(cells, parents=parents, declared=[item(hide_zero=True)])) == {("A1", WHOLE_YEAR): (0, 0)}


@pytest.mark.parametrize(("bridge", "told"), [(2, {("B r", WHOLE_YEAR): (2, 2)}), (9, {})])
def test_two_hidden_in_every_line_are_not_enough_where_sums_of_lines_meet(
    bridge: int, told: dict[tuple[str, str], tuple[int, int]]
) -> None:
    """Rows A and B less columns p and q is the one number between two blocks; a large one tells of nobody."""
    inner = [[3, 6, 20, 30], [7, 4, bridge, 40], [50, 60, 9, 9], [70, 80, 9, 9]]
    hidden = {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)}
    lines = [[place[axis] for place in hidden] for axis in (0, 1)]
    assert all(line.count(place) >= 2 for line in lines for place in range(4))
    report = attacked(grid(inner, hidden), parents=FOUR, parts={"type": ("p", "q", "r", "s")})
    assert unproved(report) == told


def test_areas_categories_and_months_together_tell_what_none_of_them_tells_alone() -> None:
    """A staircase: in each of its own three lines two are hidden, but of the other one of them a fourth line tells."""
    months, whole = ("2024-01", "2024-02"), "2024-01..2024-02"
    exact = {("A", "p", 0): 2, ("A", "q", 0): 9, ("B", "p", 0): 8, ("B", "q", 0): 7}
    exact |= {("A", "p", 1): 6, ("A", "q", 1): 5, ("B", "p", 1): 9, ("B", "q", 1): 6}
    hidden = {("A", "p", months[0]), ("A", "q", months[0]), ("A", "p", months[1]), ("A", "q", months[1])}
    hidden |= {("B", "p", months[0]), ("B", "p", months[1]), ("A", "q", whole), ("B", "q", whole)}
    cells = []
    for area in ("C", "A", "B"):
        for part in ("", "p", "q"):
            for period, span in ((months[0], (0,)), (months[1], (1,)), (whole, (0, 1))):
                number = sum(
                    count
                    for (own, kind, month), count in exact.items()
                    if area in ("C", own) and part in ("", kind) and month in span
                )
                is_hidden = (area, part, period) in hidden
                shown = None if is_hidden else number
                cells.append(cell(area, shown, period=period, part=part and f"type:{part}"))
    report = attacked(cells, parents={"A": "C", "B": "C"}, parts={"type": ("p", "q")})
    assert ("A p", "month 2024-01..2024-01") in unproved(report)
    assert unproved(report)["A p", "month 2024-01..2024-01"] == (2, 2)


def test_two_visible_stretches_since_january_tell_the_month_between_them() -> None:
    cells = [cell("A", 30, period="2024-01..2024-02"), cell("A", 33, period="2024-01..2024-03")]
    report = attacked(cells)
    assert unproved(report) == {("A", "2024-03..2024-03"): (3, 3)}
    assert {key.grain for key in report.public.unproved[0].beside} == {"ytd"}


def test_months_of_a_region_and_quarters_of_its_districts_meet() -> None:
    months = [cell("A", number, period=f"2024-0{month}") for month, number in ((1, 10), (2, 10), (3, 13))]
    quarters = [cell("A1", None, period="2024-Q1"), cell("A2", 30, period="2024-Q1")]
    assert unproved(attacked([*months, *quarters], parents={"A": "C", "A1": "A", "A2": "A"})) == {
        ("A1", "quarter 2024-01..2024-03"): (3, 3)
    }


def test_three_school_years_of_a_part_and_single_ones_of_the_total_meet() -> None:
    years = [cell("A", 20, period=code) for code in ("2022/23", "2023/24", "2024/25")]
    parts = [
        cell("A", number, period="2022/23-2024/25", part=f"type:{name}") for name, number in (("p", None), ("q", 58))
    ]
    report = attacked([*years, *parts], parts={"type": ("p", "q")})
    assert unproved(report) == {("A p", "three_years 2022-09..2025-08"): (2, 2)}


def test_a_category_that_is_not_published_leaves_the_others_room() -> None:
    years = [cell("A", 20, period=code) for code in ("2022/23", "2023/24", "2024/25")]
    parts = [
        cell("A", number, period="2022/23-2024/25", part=f"type:{name}") for name, number in (("p", None), ("q", 58))
    ]
    told = unproved(attacked([*years, *parts], parts=TYPES))
    assert told == {("A p", "three_years 2022-09..2025-08"): (0, 2)}


def test_a_register_and_its_changes_tell_of_each_other() -> None:
    register = [item(kind=Kind.STOCK), item("placed"), item("removed")]
    cells = [
        cell("A", 40, period="2024-01"),
        cell("A", 41, period="2024-02"),
        cell("A", None, indicator="placed", period="2024-02"),
        cell("A", 7, indicator="removed", period="2024-02"),
    ]
    balance = {"placed": 1, "removed": -1}
    assert attacked(cells, balance=balance, declared=register).passed  # eight came
    cells[3] = cell("A", 2, indicator="removed", period="2024-02")
    assert unproved(attacked(cells, balance=balance, declared=register)) == {("A", "month 2024-02..2024-02"): (3, 3)}


def test_a_stock_of_the_same_last_day_is_one_number() -> None:
    cells = [cell("A", None, period="2024-03"), cell("A", 3, period="2024-Q1")]
    cells += [cell("A1", None, period="2024-Q1"), cell("A2", 1, period="2024-03")]
    report = attacked(cells, parents={"A": "C", "A1": "A", "A2": "A"}, declared=[item(kind=Kind.STOCK)])
    assert unproved(report) == {("A1", "quarter 2024-01..2024-03"): (2, 2)}


def test_reports_that_are_missing_leave_longer_and_shorter_numbers_apart() -> None:
    """Not all districts have reported in every month: the stretch holds fewer of them than the months."""
    whole: dict[str, Any] = {"source": "sum_of_parts", "units_expected": 2, "units_reported": 2}
    short = {**whole, "units_reported": 1}
    quarter = [cell("A", 30, period="2024-Q1", **short)]
    months = [cell("A", number, period=f"2024-0{month}", **whole) for month, number in ((1, 14), (2, 14))]
    march = [cell("A", None, period="2024-03")]
    told = unproved(attacked([*quarter, *months, *march], parents={"A": "C", "A1": "A", "A2": "A"}))
    assert told == {("A", "month 2024-03..2024-03"): (2, None)}
    complete = [cell("A", 30, period="2024-Q1", **whole)]
    told = unproved(attacked([*complete, *months, *march], parents={"A": "C", "A1": "A", "A2": "A"}))
    assert told == {("A", "month 2024-03..2024-03"): (2, 2)}


def test_what_an_earlier_release_showed_is_known() -> None:
    cells = [cell("C", 30), cell("A", None), cell("B", None), cell("D", 8)]
    assert attacked(cells, parents=COUNTRY).passed
    report = attacked(cells, parents=COUNTRY, released=[cell("B", 19)])
    assert unproved(report) == {("A", WHOLE_YEAR): (3, 3)}
    assert report.scope.lines["releases"] == 1


def test_an_earlier_release_that_no_longer_fits_is_doubted_first() -> None:
    cells = [cell("C", 30), cell("A", None), cell("B", None), cell("D", 8)]
    report = attacked(cells, parents=COUNTRY, released=[cell("B", 25)])
    assert (report.passed, report.scope.left_out) == (True, 1)


def test_a_sum_that_contradicts_others_is_left_out_and_counted() -> None:
    cells = [cell("C", 5), cell("A", None), cell("B", 9), cell("D", 8)]
    report = attacked(cells, parents=COUNTRY)
    assert (report.passed, report.scope.left_out) == (True, 1)


def test_real_and_invented_numbers_never_stand_in_one_sum() -> None:
    cells = [cell("C", 20), cell("A", None), cell("B", 9, invented=False), cell("D", 8, invented=False)]
    assert attacked(cells, parents=COUNTRY).passed


def test_what_the_state_has_published_itself_is_no_fault_of_the_protection() -> None:
    state = item(published_by_state=(Exemption("country", Grain.YEAR, "x"), Exemption("region", Grain.YEAR, "x")))
    cells = [cell("C", 20), cell("A", 3), cell("B", 17), cell("A", 2, part="type:p"), cell("A", None, part="type:q")]
    shown = attacked(cells[:3], parents=COUNTRY, declared=[state])
    assert shown.passed
    two = [*cells[:3], cell("A", None, part="type:p"), cell("A", None, part="type:q")]
    assert attacked(
        two, parents=COUNTRY, parts={"type": ("p", "q")}, declared=[state]
    ).passed  # 0 to 3, no more there is
    one = attacked(cells, parents=COUNTRY, parts={"type": ("p", "q")}, declared=[state])
    assert unproved(one) == {("A q", WHOLE_YEAR): (1, 1)}


def test_what_is_left_of_a_share_is_protected_like_the_share() -> None:
    pupils = item("pupils", open=True, kind=Kind.STOCK)
    share = item(kind=Kind.STOCK, interval="wilson", population="pupils")
    cells = [cell("C", 206), cell("A", None), cell("B", None), cell("D", 6)]
    people = [cell("A", 103, indicator="pupils"), cell("B", 100, indicator="pupils")]
    report = attacked([*cells, *people], parents=COUNTRY, declared=[share, pupils])
    # 200 of the 203 pupils of A and B: of A between 0 and 3 are left.
    assert unproved(report) == {("A", WHOLE_YEAR): (100, 103), ("B", WHOLE_YEAR): (97, 100)}


def test_where_few_organisations_could_have_contributed_no_number_may_be_known() -> None:
    schools = item("schools", open=True, kind=Kind.STOCK, counts_organisations=True)
    counted = item(place=Place.ORGANISATION)
    cells = [cell("A", 80), cell("A1", None), cell("A2", 20)]
    parents = {"A": "C", "A1": "A", "A2": "A"}
    enough = [cell("A1", 3, indicator="schools", period="2023")]
    assert attacked([*cells, *enough], parents=parents, declared=[counted, schools]).passed
    few = [cell("A1", 2, indicator="schools", period="2023")]
    told = unproved(attacked([*cells, *few], parents=parents, declared=[counted, schools]))
    assert told == {("A1", WHOLE_YEAR): (60, 60)}


@pytest.mark.parametrize(("regions", "is_safe"), [(("A", "B"), False), (("A", "B", "D"), True)])
def test_a_region_that_knows_itself_tells_two_hidden_regions_apart_and_not_three(
    regions: tuple[str, ...], is_safe: bool
) -> None:
    exact = {"A": 3, "B": 9, "D": 8}
    cells = [cell("C", 20), *(cell(area, None if area in regions else exact[area]) for area in "ABD")]
    held = [cell(area, exact[area]) for area in "ABD"]
    report = attacked(cells, held=held, parents=COUNTRY)
    assert report.public.unproved == ()
    assert of_regions(report) == (set() if is_safe else {"A"})  # 9 of B is no small number
    assert report.passed is is_safe
    assert report.regions is not None
    assert report.regions.attacks == len(regions)


def test_a_region_uses_the_numbers_of_its_own_districts_and_of_no_others() -> None:
    cells = [cell("C", None), cell("A", None), cell("B", None)]
    cells += [cell(area, None) for area in ("A1", "A2", "B1", "B2")]
    held = [cell(area, number) for area, number in (("A", 4), ("A1", 1), ("A2", 3), ("B", 5), ("B1", 2), ("B2", 3))]
    report = attacked(cells, held=held, parents={key: above for key, above in DISTRICTS.items() if key[0] != "D"})
    assert report.passed


def test_what_a_region_tells_of_others_is_named_without_what_it_knows() -> None:
    cells = [cell("C", 20), cell("A", None), cell("B", None), cell("D", 8)]
    report = attacked(cells, held=[cell("A", 3), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    assert report.regions is not None
    assert [(found.low, found.high) for found in report.regions.unproved] == [(0, 12)]


def test_what_districts_tell_of_each_other_is_counted_and_fails_nothing() -> None:
    cells = [cell("A", 12), cell("A1", None), cell("A2", None)]
    held = [cell("A", 12), cell("A1", 3), cell("A2", 9)]
    report = attacked(cells, held=held, parents={"A": "C", "A1": "A", "A2": "A"})
    assert report.passed
    assert report.districts is not None
    assert (report.districts.attacks, report.districts.narrowed, report.districts.recovered) == (2, 1, 1)


def test_without_what_offices_hold_only_everybody_attacks() -> None:
    report = attacked([cell("C", 20), cell("A", None), cell("B", None), cell("D", 8)], parents=COUNTRY)
    assert (report.regions, report.districts) == (None, None)


def test_the_document_holds_the_key_of_every_number_that_is_not_proved() -> None:
    report = attacked([cell("C", 20), cell("A", None), cell("B", 9), cell("D", 8)], parents=COUNTRY)
    document = json.loads(json.dumps(report.document()))
    (found,) = document["public"]["unproved"]
    assert (found["area"], found["period_start"], found["low"], found["high"]) == ("A", "2024-01-01", 3, 3)
    assert document["passed"] is False


def test_a_file_without_cells_holds_nothing_to_prove() -> None:
    assert attacked([]).passed
