"""What the tests of the auditor share: small public tables, put together cell by cell."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from riskmap.disclosure.audit import AuditReport, CellKey, Tables, audit_tables
from riskmap.domain.registry import Definition, Disclosure, Indicator
from riskmap.domain.vocabulary import ALL, Family, Kind, Place, parse_period

EPOCH: Final = date(1970, 1, 1)
YEAR: Final = "2024"


def item(name: str = "x", *, kind: Kind = Kind.FLOW, place: Place = Place.EVENT, **other: Any) -> Indicator:
    """An indicator; what is not named stays as the catalogue has it."""
    rule = {
        key: other.pop(key)
        for key in ("hide_below", "hide_zero", "hide_categories", "published_by_state", "open")
        if key in other
    }
    return Indicator(
        id=name,
        topic="violence",
        family=other.pop("family", Family.RECORDED),
        kind=kind,
        place=place,
        unit="unit.children",
        sources=("form",),
        definitions=(Definition("2021", date(2021, 1, 1)),),
        words={},
        disclosure=Disclosure(**rule),
        **other,
    )


def cell(
    area: str, shown: float | None, *, indicator: str = "x", period: str = YEAR, part: str = "", **other: Any
) -> dict[str, Any]:
    """One public cell; None is a hidden one, a status one without a number."""
    span = parse_period(period)
    assert span is not None
    breakdown, _, category = part.partition(":")
    return {
        "indicator": indicator,
        "area": area,
        "grain": str(span.grain),
        "period_start": (span.start - EPOCH).days,
        "period_end": (span.end - EPOCH).days + 1,
        "breakdown": breakdown or ALL,
        "category": category or ALL,
        "numerator": shown,
        "status": "suppressed" if shown is None else "value",
        "source": "" if shown is None else "form",
        "units_expected": pd.NA,
        "units_reported": pd.NA,
        "invented": True,
        **other,
    }


def frame(cells: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Cells as the auditor reads them."""
    empty = cell("C", 0)
    found = pd.DataFrame(list(cells), columns=list(empty))
    return found.astype({"numerator": float, "units_expected": "Int32", "units_reported": "Int32", "invented": bool})


def tables(
    cells: Sequence[Mapping[str, Any]],
    *,
    parents: Mapping[str, str] | None = None,
    parts: Mapping[str, Sequence[str]] | None = None,
    balance: Mapping[str, int] | None = None,
    declared: Sequence[Indicator] = (),
    released: Sequence[Mapping[str, Any]] = (),
    exposures: Sequence[tuple[str, str, int, int, float]] = (),
) -> Tables:
    """Public tables of these cells; areas are those that `parents` names, the country is C."""
    parents = parents or {}
    sums = [("area", "*", total, part, "sum", 1) for part, total in parents.items()]
    sums += [
        ("category", "x", ALL, f"{cut}:{name}", "sum", 1) for cut, names in (parts or {}).items() for name in names
    ]
    sums += [("indicator", "*", "x", flow, "balance", sign) for flow, sign in (balance or {}).items()]
    areas = sorted({"C", *parents, *(str(row["area"]) for row in cells)})
    kinds = {
        area: "country" if area == "C" else "region" if parents.get(area, "C") == "C" else "district" for area in areas
    }
    return Tables(
        cells=frame(cells),
        areas=pd.DataFrame(
            [(area, kinds[area], parents.get(area, ""), "") for area in areas],
            columns=["area", "kind", "parent", "members"],
        ),
        relations=pd.DataFrame(sums, columns=["axis", "indicator", "total", "part", "kind", "sign"]),
        exposures=pd.DataFrame(exposures, columns=["population", "area", "period_start", "period_end", "person_years"]),
        released=frame(released).assign(release=[row.get("release", 0) for row in released]),
        declared={own.id: own for own in declared or [item()]},
    )


def unproved(report: AuditReport) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Area or part of it, and period, with the interval of each number that the public cannot be kept from."""
    return {_short(found.cell): (found.low, found.high) for found in report.public.unproved}


def of_regions(report: AuditReport) -> set[str]:
    """Areas of which a region can tell more than it may."""
    assert report.regions is not None
    return {found.cell.area for found in report.regions.unproved}


def _short(key: CellKey) -> tuple[str, str]:
    place = key.area if key.category == ALL else f"{key.area} {key.category}"
    return place, f"{key.grain} {key.period_start:%Y-%m}..{key.period_end:%Y-%m}".strip()


def attacked(
    cells: Sequence[Mapping[str, Any]], *, held: Sequence[Mapping[str, Any]] = (), **other: Any
) -> AuditReport:
    """The audit of these cells; `held` are the exact cells of offices."""
    return audit_tables(tables(cells, **other), held=frame(held) if held else None, time_limit_seconds=30)
