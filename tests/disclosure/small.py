"""What the tests of protection share: an indicator of our own, a country of three regions, and cells by the handful."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from riskmap.disclosure.audit import AuditReport, Tables, audit_tables
from riskmap.disclosure.protect import Protected, protect
from riskmap.domain.registry import Definition, Disclosure, Indicator
from riskmap.domain.vocabulary import ALL, Family, Grain, Kind, Place, parse_period

PARENTS: Final = {"A": "C", "B": "C", "D": "C", "A1": "A", "A2": "A", "A3": "A", "A-R": "A", "B1": "B", "B2": "B"}
LEVELS: Final = {
    "C": "country",
    **dict.fromkeys("ABD", "region"),
    **dict.fromkeys(("A1", "A2", "A3", "B1", "B2"), "district"),
    "A-R": "remainder",
}
_PLACE: Final = ["area", "period_start", "period_end"]
BREAKDOWNS: Final = {
    "age": ("0-11", "12-13"),
    "type": ("physical", "sexual"),
    "type*sex": ("physical*f", "sexual*f"),
}
AREAS: Final = pd.DataFrame(
    [(area, kind, PARENTS.get(area, "")) for area, kind in LEVELS.items()], columns=["area", "kind", "parent"]
)
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


def suppressed_by(
    cells: list[dict[str, object]], declared: Indicator, *, released: Sequence[pd.DataFrame] = ()
) -> Protected:
    """Everything that protection says of these cells."""
    rows = pd.DataFrame(cells)
    return protect(rows, relations=RELATIONS, areas=AREAS, declared={"x": declared}, released=released)


def protected(
    cells: list[dict[str, object]], declared: Indicator, *, released: Sequence[pd.DataFrame] = ()
) -> pd.DataFrame:
    """The public rows of these cells."""
    return suppressed_by(cells, declared, released=released).public


def hidden(
    cells: list[dict[str, object]], declared: Indicator, *, released: Sequence[pd.DataFrame] = ()
) -> set[tuple[str, ...]]:
    """Area, then category and period where they are not the total and 2022, of each cell that is hidden."""
    return hidden_keys(protected(cells, declared, released=released))


def hidden_keys(public: pd.DataFrame) -> set[tuple[str, ...]]:
    """The same of public rows."""
    return {key(row) for row in public[public["status"] == "suppressed"].to_dict("records")}


def key(row: dict[Any, Any]) -> tuple[str, ...]:
    """How `hidden` names a cell."""
    period = "" if row["grain"] == Grain.YEAR and row["period_end"].year == 2022 else f"{row['period_end']:%Y-%m}"
    return tuple(part for part in (row["area"], "" if row["category"] == ALL else row["category"], period) if part)


def audit(
    public: pd.DataFrame,
    exact: pd.DataFrame,
    *,
    declared: Mapping[str, Indicator],
    relations: pd.DataFrame = RELATIONS,
    areas: pd.DataFrame = AREAS,
    released: Sequence[pd.DataFrame] = (),
) -> AuditReport:
    """What the independent attacker says of public rows, and what the office of each region could tell of others."""
    kept = [rows[rows["status"].isin(("value", "suppressed"))] for rows in released]
    before = pd.concat([rows.assign(release=at) for at, rows in enumerate([public.iloc[:0], *kept])])
    whole = exact.loc[(exact["breakdown"] == ALL) & exact["denominator"].notna(), [*_PLACE, "denominator"]]
    people = whole.rename(columns={"denominator": "person_years"}).assign(population="people")
    tables = Tables(
        cells=_read(public),
        areas=areas.assign(members=""),
        relations=relations,
        exposures=_counted(people.drop_duplicates(_PLACE)),
        released=_read(before),
        declared=declared,
    )
    offices = exact[exact["area"].map(dict(zip(areas["area"], areas["kind"], strict=True))) != "country"]
    return audit_tables(tables, held=_read(offices), time_limit_seconds=30)


def _read(rows: pd.DataFrame) -> pd.DataFrame:
    units = {"units_expected": "Int32", "units_reported": "Int32"}
    return _counted(rows).astype({"numerator": float, **units, "invented": bool}).reset_index(drop=True)


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Days as numbers, a period up to the day after its last: as the attacker reads them."""
    start, end = ((rows[day] - pd.Timestamp(0)).dt.days for day in ("period_start", "period_end"))
    return rows.assign(period_start=start, period_end=end + 1)
