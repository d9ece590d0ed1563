"""The truth about the sample country, for tests of the methods: everything that was planted, as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from etl.demo.land import Flags
from etl.demo.plan import SENDERS, Rise
from etl.demo.planted import counted_from
from etl.demo.returns import Extent, Reporting
from etl.demo.series import Country
from etl.storage import storage_faults

# Fields that name a month by its first day.
_MONTHS: Final = ("first", "last", "booked", "first_month", "last_month")


def write_truth(country: Country, reporting: Reporting, part: Extent, path: Path, *, seed: int) -> Path:
    """Write what was planted in the part of the country that was sent; returns the path."""
    content = json.dumps(truth(country, reporting, part, seed=seed), ensure_ascii=False, indent=1)
    with storage_faults(path):
        path.write_text(content + "\n", encoding="utf-8")
    return path


def truth(country: Country, reporting: Reporting, part: Extent, *, seed: int) -> dict[str, Any]:
    """Every parameter and every planted thing; months are codes, areas ids, days ISO dates."""
    plan, months = country.plan, [month.code for month in country.plan.months][part.first_month :]
    ids = {country.land.areas[row].id for row in np.flatnonzero(part.rows)}
    return {
        "seed": seed,
        "invented": True,
        "months": [months[0], months[-1]],
        "areas": [area.id for area in country.land.areas if area.id in ids],
        "calibrated": _plain(plan.calibrated),
        "breaks": _plain(item for item in plan.breaks if item.indicator in part.names),
        "clusters": _plain(item for item in plan.clusters if ids >= set(item.areas)),
        "rises": [_rise(country, item) for item in plan.rises if item.area in ids],
        "silent": {**_plain(plan.silent), "areas": [area for area in plan.silent.areas if area in ids]},
        "backlogs": _plain(item for item in plan.backlogs if item.area in ids),
        "absences": _plain(item for item in plan.absences if item.area in ids),
        "poor": {**_plain(plan.poor), "areas": [area for area in plan.poor.areas if area in ids]},
        "returns": _plain(plan.returns),
        "missing": _places(country, reporting.is_missing & ~_absent(country), reporting, part),
        "late": _places(country, reporting.is_late, reporting, part),
        "corrections": _plain(plan.corrections),
        "corrected": _plain(c for c in reporting.corrections if c.area in ids and c.month in months),
        "seasons": _plain(plan.seasons),
        "series": {name: _plain(item) for name, item in plan.series.items() if name in part.names},
    }


def _plain(value: object) -> Any:
    """Dataclasses, mappings and tuples as JSON knows them."""
    if is_dataclass(value):
        return {f.name: _month(f.name, getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _month(name: str, value: object) -> Any:
    return f"{value:%Y-%m}" if name in _MONTHS and isinstance(value, date) else _plain(value)


def _rise(country: Country, rise: Rise) -> dict[str, Any]:
    """A rise with the month of each factor: months in which nothing is counted are left out."""
    codes = [country.plan.months[n].code for n in counted_from(country.plan, rise.indicators[0], rise.first)]
    return {**_plain(rise), "months": codes[: len(rise.factors)]}


def _absent(country: Country) -> Flags:
    """Areas by months without any return, planted by name and so not listed again one by one."""
    result = np.zeros(country.land.reports.shape, dtype=bool)
    for absence in country.plan.absences:
        span = slice(country.plan.position(absence.first), country.plan.position(absence.last) + 1)
        result[country.land.row[absence.area], span] = True
    return result


def _places(country: Country, flags: Flags, reporting: Reporting, part: Extent) -> list[dict[str, str | int]]:
    """Where figures are flagged: sender, area and month once, however many figures are concerned."""
    names = [key[0] for key in reporting.keys]
    found = []
    for sender in SENDERS:
        positions = [n for n, name in enumerate(names) if name in part.names and reporting.sender(name) == sender]
        here = flags[positions].any(axis=0) & part.rows[:, None]
        here[:, : part.first_month] = False
        after = np.where(flags[positions], reporting.later[positions], 0).max(axis=0)
        for row, month in zip(*np.nonzero(here), strict=True):
            area, code = country.land.areas[row].id, country.plan.months[month].code
            found.append({"sender": sender, "area": area, "month": code, "after_months": int(after[row, month])})
    return found
