"""Numbers of a region in which one district is missing: what is left without it adds up in itself."""

from typing import Any, Final

import pandas as pd
import pytest

from riskmap.disclosure.protect import blank, protect
from riskmap.disclosure.reporters import Reporters
from riskmap.domain.registry import Indicator
from tests.disclosure.small import AREAS, RELATIONS, audit, cell, item
from tests.disclosure.test_sums import BALANCE, REGISTER

Rows = list[dict[str, object]]
LACKS: Final[dict[str, Any]] = {"units_expected": 3, "units_reported": 2, "source": "sum_of_parts"}
FLOW: Final = {"x": item()}
EVERYTHING: Final = pd.concat([RELATIONS, BALANCE])


def year_by_types() -> Rows:
    """A1 sent nothing of March: the year is told by its types alone, without A1; A2 has 3 in the first quarter."""
    rows = [cell("A", n, period=f"2022-{month:02d}") for month, n in ((1, 20), (2, 21))]
    rows += [cell("A", 12, period="2022-03", **LACKS)]
    rows += [cell("A", n, cut=f"type:{name}", **LACKS) for name, n in (("physical", 50), ("sexual", 43))]
    for quarter, counts in ((2, (15, 10, 10)), (3, (14, 10, 10)), (4, (25, 10, 10))):
        rows += [cell(f"A{unit}", n, period=f"2022-Q{quarter}") for unit, n in enumerate(counts, start=1)]
        rows += [cell("A", sum(counts), period=f"2022-Q{quarter}")]
    return [
        *rows,
        cell("A1", None, period="2022-Q1"),
        cell("A2", 3, period="2022-Q1"),
        cell("A3", 30, period="2022-Q1"),
    ]


def first_quarter_between_sums() -> Rows:
    """The year to April less April, both without A3, is a first quarter without A3; the quarter of all is not shown."""
    rows = [cell("A", n, period=f"2022-{month:02d}") for month, n in ((1, 30), (2, 31), (3, 32))]
    rows += [cell("A", 10, period="2022-04", **LACKS), cell("A", 71, period="2022-01..2022-04", **LACKS)]
    rows += [cell("A1", 20, period="2022-Q2"), cell("A2", 20, period="2022-Q2"), cell("A3", None, period="2022-Q2")]
    return [*rows, *(cell(area, n, period="2022-Q1") for area, n in (("A1", 57), ("A2", 4), ("A3", 32)))]


def quarter_and_sums_without_one() -> Rows:
    """The last quarter is of all, the sums since January lack A1: 42 less 120 and 80 is what A1 has."""
    since = {9: 80, 10: 95, 11: 110, 12: 120}
    rows = [cell("A", n, period=f"2022-01..2022-{month:02d}", **LACKS) for month, n in since.items()]
    rows += [cell("A", 42, period="2022-Q4"), cell("A1", 25, period="2021")]
    return [*rows, cell("A1", None), cell("A2", 60), cell("A3", 60)]


def register_without_one() -> Rows:
    """A1 is missing in July: without its 19 the register fell from 386 to 371, while 18 were removed from it."""
    rows = [
        cell("A", 405, period="2022-06"),
        cell("A", 371, period="2022-07", **LACKS),
        cell("A1", 19, period="2022-06"),
    ]
    for name, july in (("placed", 3), ("removed", 18)):
        rows += [cell("A", july, period="2022-07", indicator=name, **LACKS)]
        rows += [cell(area, n, indicator=name) for area, n in (("A1", None), ("A2", 40), ("A3", 60))]
        rows += [cell("A1", 20, period="2021", indicator=name)]
    return rows


CASES: Final = {
    "types tell the year": (year_by_types, FLOW, ("A2", 3.0)),
    "two sums tell a quarter": (first_quarter_between_sums, FLOW, ("A2", 4.0)),
    "a quarter and sums tell the missing unit": (quarter_and_sums_without_one, FLOW, ("A", None)),
    "a register tells who was placed on it": (register_without_one, REGISTER, ("A", 3.0)),
}


def found_by_attacker(
    public: pd.DataFrame, rows: Rows, declared: dict[str, Indicator]
) -> set[tuple[str, int, int | None]]:
    report = audit(public, pd.DataFrame(rows), declared=declared, relations=EVERYTHING)
    return {(told.cell.area, told.low, told.high) for told in report.public.unproved}


@pytest.mark.parametrize("case", CASES)
def test_the_attacker_reckons_without_the_unit_that_is_missing(case: str) -> None:
    make, declared, (area, number) = CASES[case]
    rows = make()
    public = pd.DataFrame(rows)
    if number is not None:
        of = (public["area"] == area) & (public["numerator"] == number)
        blank(public, public.index[of].to_numpy())
    told = int(number or 2)
    assert found_by_attacker(public, rows, declared) == {(area, told, told)}


@pytest.mark.parametrize("case", CASES)
def test_a_number_is_hidden_from_who_reckons_without_the_missing_unit(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, declared, _ = CASES[case]
    rows = make()

    def public() -> pd.DataFrame:
        return protect(pd.DataFrame(rows), relations=EVERYTHING, areas=AREAS, declared=declared).public

    assert not found_by_attacker(public(), rows, declared)
    monkeypatch.setattr(Reporters, "rests", lambda *_: [])
    assert found_by_attacker(public(), rows, declared)


def test_nothing_is_told_of_a_missing_unit_that_nobody_can_name() -> None:
    """Of two districts that may be missing nobody knows which it is."""
    rows = [*first_quarter_between_sums(), cell("A", 500, period="2022-01..2022-05", **LACKS)]
    rows = [row for row in rows if (row["area"], str(row["grain"])) != ("A1", "quarter")]
    public = pd.DataFrame(rows)
    blank(public, public.index[(public["area"] == "A2") & (public["numerator"] == 4)].to_numpy())
    assert not found_by_attacker(public, rows, FLOW)
