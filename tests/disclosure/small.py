"""What the tests of protection share: an indicator of our own, a country of three regions, and cells by the handful."""

from datetime import date
from typing import Any, Final

import pandas as pd

from riskmap.disclosure.interim import protect
from riskmap.domain.registry import Definition, Disclosure, Indicator
from riskmap.domain.vocabulary import ALL, Family, Grain, Kind, Place, parse_period

PARENTS: Final = {"A": "C", "B": "C", "D": "C", "A1": "A", "A2": "A", "A3": "A", "A-R": "A", "B1": "B", "B2": "B"}
LEVELS: Final = {
    "C": "country",
    **dict.fromkeys("ABD", "region"),
    **dict.fromkeys(("A1", "A2", "A3", "B1", "B2"), "district"),
    "A-R": "remainder",
}
BREAKDOWNS: Final = {
    "age": ("0-11", "12-13"),
    "type": ("physical", "sexual"),
    "type*sex": ("physical*f", "sexual*f"),
}
RELATIONS: Final = pd.DataFrame(
    [("area", "*", total, part, "sum", 1) for part, total in PARENTS.items()]
    + [("category", "x", ALL, f"{cut}:{part}", "sum", 1) for cut, parts in BREAKDOWNS.items() for part in parts],
    columns=["axis", "indicator", "total", "part", "kind", "sign"],
)


def item(*, interval: str = "poisson", kind: Kind = Kind.FLOW, **rule: Any) -> Indicator:
    """An indicator that carries the rule given."""
    return Indicator(
        id="x",
        topic="violence",
        family=Family.RECORDED,
        kind=kind,
        place=Place.EVENT,
        unit="unit.children",
        sources=("form",),
        definitions=(Definition("1", date(2020, 1, 1)),),
        words={},
        interval=interval,
        breakdowns=BREAKDOWNS,
        disclosure=Disclosure(**rule),
    )


def cell(area: str, count: float | None, *, cut: str = ALL, period: str = "2022", **other: Any) -> dict[str, object]:
    """One cell; `cut` is `all` or `<breakdown>:<category>`, and no count is a cell without a report."""
    breakdown, _, category = cut.partition(":")
    days = parse_period(period)
    assert days is not None
    return {
        "indicator": "x",
        "area": area,
        "grain": str(days.grain),
        "period_start": pd.Timestamp(days.start),
        "period_end": pd.Timestamp(days.end),
        "breakdown": breakdown,
        "category": category or ALL,
        "numerator": count,
        "denominator": 1000.0 if count is not None else None,
        "status": "value" if count is not None else "not_reported",
        "source": "form",
        "definition": "1",
        "units_expected": 3,
        "units_reported": 3,
        "provisional": True,
        "unstable": True,
        "invented": False,
        **other,
    }


def protected(cells: list[dict[str, object]], declared: Indicator) -> pd.DataFrame:
    """The public rows of these cells."""
    return protect(pd.DataFrame(cells), relations=RELATIONS, levels=LEVELS, declared={"x": declared})


def hidden(cells: list[dict[str, object]], declared: Indicator) -> set[tuple[str, ...]]:
    """Area, then category and period where they are not the total and 2022, of each cell that is hidden."""
    rows = protected(cells, declared)
    return {key(row) for row in rows[rows["status"] == "suppressed"].to_dict("records")}


def key(row: dict[Any, Any]) -> tuple[str, ...]:
    """How `hidden` names a cell."""
    period = "" if row["grain"] == Grain.YEAR and row["period_end"].year == 2022 else f"{row['period_end']:%Y-%m}"
    return tuple(part for part in (row["area"], "" if row["category"] == ALL else row["category"], period) if part)
