"""How many children, pupils, schools and lessons every district has: the populations of all rates."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from etl.demo.land import Land, Numbers, apportioned, stream
from etl.demo.plan import MONTHS_OF_YEAR, Calibrated
from riskmap.domain.areas import AreaUnit
from riskmap.domain.vocabulary import ALL

PUBLISHED: Final = Path(__file__).parents[2] / "data/samples/published/figures.csv"
CALIBRATED_YEAR: Final = 2022
_FIRST_SCHOOL_MONTH: Final = 9
_MONTHS_OF_SCHOOL_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class People:
    """Children at the end of each year and month, pupils and schools of each month; of each area as it is today."""

    years: tuple[int, ...]
    children_by_year: Numbers  # areas by years
    children: Numbers  # areas by months
    pupils: Numbers
    schools: Numbers


@cache
def _published() -> Mapping[tuple[str, str], Mapping[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["breakdown"] == ALL:
                found.setdefault((row["indicator"], row["period"]), {})[row["area"]] = int(row["value"])
    return found


def published(what: Calibrated) -> Mapping[str, int]:
    """The published figures of one indicator and period by area."""
    return _published()[what.indicator, what.period]


def populate(land: Land, seed: int, by_region: Mapping[str, Mapping[str, int]]) -> People:
    """Everybody there is; `by_region` holds the published figures under the name of the model they calibrate."""
    weights = _weights(land, seed)
    years = tuple(int(year) for year in land.plan.people.children)
    by_year = _children_by_year(land, seed, weights, by_region["children"])
    children = _by_month(land, years, by_year)
    pupils = _pupils(land, seed, children)
    schools = _schools(land, seed, pupils, by_region["school_count"])
    return People(years, by_year, children, pupils, schools)


def _weights(land: Land, seed: int) -> Numbers:
    """Share of each area in the children of its region."""
    people, draws = land.plan.people, stream(seed, "sizes")
    result = np.zeros(len(land.areas))
    noise = draws.standard_normal(len(land.areas))
    for region in range(len(land.regions)):
        rows = np.flatnonzero((land.region == region) & ~land.is_remainder)
        fixed = np.array([people.cities.get(land.areas[row].id, 0.0) for row in rows])
        is_city = np.array([land.areas[row].unit is AreaUnit.CITY_DISTRICT for row in rows])
        free = np.exp(np.where(is_city, people.city_sigma, people.rural_sigma) * noise[rows]) * (fixed == 0)
        shares = fixed + (1 - fixed.sum()) * free / free.sum() if free.sum() else fixed / fixed.sum()
        result[rows] = shares * (1 - people.remainder_children)
        result[(land.region == region) & land.is_remainder] = people.remainder_children
    return result


def _children_by_year(land: Land, seed: int, weights: Numbers, by_region: Mapping[str, int]) -> Numbers:
    people = land.plan.people
    known = np.array([by_region[region] for region in land.regions], dtype=float)
    tilt = np.array([people.tilt.get(region, 0.0) for region in land.regions])
    drift = people.drift_sigma * stream(seed, "drift").standard_normal(len(land.areas))
    columns = []
    for year, total in ((int(year), total) for year, total in people.children.items()):
        ahead = year - CALIBRATED_YEAR
        of_regions = apportioned(total, known * (1 + tilt) ** ahead)
        column = np.zeros(len(land.areas))
        for region, people_there in enumerate(of_regions):
            inside = land.region == region
            column += apportioned(int(people_there), np.where(inside, weights * np.exp(drift * ahead), 0.0))
        columns.append(column)
    return np.stack(columns, axis=1)


def _by_month(land: Land, years: tuple[int, ...], by_year: Numbers) -> Numbers:
    """Between the ends of two years in a straight line; after the last one as many as then."""
    ends = np.array([(year - years[0]) * MONTHS_OF_YEAR for year in years], dtype=float)
    start = (land.plan.first_month.year - years[0] - 1) * MONTHS_OF_YEAR + land.plan.first_month.month
    at = start + np.arange(len(land.plan.months), dtype=float)
    return np.stack([np.interp(at, ends, row) for row in by_year])


def _pupils(land: Land, seed: int, children: Numbers) -> Numbers:
    """From each September on; families that move change the number a little until the next."""
    people, draws = land.plan.people, stream(seed, "enrolment")
    pull = np.exp(0.04 * draws.standard_normal(len(land.areas)))
    moved = 0.004 * draws.standard_normal((len(land.areas), len(people.pupils)))
    result = np.zeros_like(children)
    for number, (year, total) in enumerate(people.pupils.items()):
        first = land.plan.position(land.plan.first_month.replace(year=int(year), month=_FIRST_SCHOOL_MONTH))
        weights = children[:, first] * pull * (1 - people.remainder_pupils)
        of_regions = np.bincount(land.region, children[:, first])
        weights[land.is_remainder] = people.remainder_pupils * of_regions[land.region[land.is_remainder]]
        in_september = apportioned(total, weights)
        for month in range(_MONTHS_OF_SCHOOL_YEAR):
            so_far = np.exp(moved[:, number] * month / _MONTHS_OF_SCHOOL_YEAR)
            result[:, first + month] = np.round(in_september * so_far)
    return result


def _schools(land: Land, seed: int, pupils: Numbers, by_region: Mapping[str, int]) -> Numbers:
    """From each September on; every area has one at least."""
    people = land.plan.people
    noise = np.exp(0.15 * stream(seed, "school_count").standard_normal(len(land.areas)))
    weights = pupils[:, 0] ** people.schools_power * noise
    result = np.zeros_like(pupils)
    for number in range(len(people.pupils)):
        year = land.plan.first_month.year + number
        growth = (1 + people.schools_growth) ** (year - CALIBRATED_YEAR)
        first = number * _MONTHS_OF_SCHOOL_YEAR
        for region, code in enumerate(land.regions):
            total = round(by_region[code] * growth)
            column = apportioned(total, np.where(land.region == region, weights, 0.0), least=1)
            result[:, first : first + _MONTHS_OF_SCHOOL_YEAR] += column[:, None]
    return result
