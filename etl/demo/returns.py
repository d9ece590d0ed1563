"""How the figures come in: returns that are missing, late, incomplete or corrected, as tables of one figure a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.demo.land import Flags, Numbers, stream
from etl.demo.plan import MONTHS_OF_YEAR, SENDERS, Plan, flows_of
from etl.demo.series import Country, Key
from geo.areas import resolve
from geo.register import current_register
from riskmap.domain.areas import Area
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL, CellStatus, Period, year_period

_RECEIVED_HOUR: Final = 9
_JANUARY: Final = 1
_SPAN: Final = 3  # months that a return is late at most


@dataclass(frozen=True, slots=True)
class Correction:
    """One figure sent again: where and when, and how many months after the first return."""

    indicator: str
    area: str
    month: str
    after_months: int


@dataclass(frozen=True)
class Reporting:
    """What becomes of each monthly figure: keys by areas by months."""

    plan: Plan
    keys: tuple[Key, ...]
    values: Numbers  # as they are in the end
    first_values: Numbers  # as they are in the first return
    is_sent: Flags  # the area reports and the indicator is counted
    is_missing: Flags  # never comes
    later: npt.NDArray[np.int64]  # months after the return in which the final value comes; 0 with the return
    is_late: Flags  # comes later, and nothing before
    corrections: tuple[Correction, ...]

    def sender(self, name: str) -> str:
        """Who sends the figures of an indicator."""
        return _sender(self.plan, name)


@dataclass(frozen=True, slots=True)
class Consignment:
    """One file of returns and when it is received."""

    name: str
    received: datetime
    figures: pd.DataFrame


def report(country: Country, seed: int) -> Reporting:
    """Decide what is missing, late and corrected; the values themselves stay those of the country."""
    keys = tuple(country.monthly)
    values = np.stack([country.monthly[key] for key in keys])
    counted = np.stack([country.counted[key[0]] for key in keys])
    is_sent = counted[:, None, :] & country.land.reports[None, :, :]
    sender = [_sender(country.plan, key[0]) for key in keys]
    missing = {name: _missing(country, name, seed) for name in SENDERS}
    is_missing = np.stack([missing[name] for name in sender]) & is_sent
    delays = _delays(country, seed)
    later = np.where(is_sent & ~is_missing, delays[None, :, :], 0)
    is_late = later > 0
    first_values = values.copy()
    corrections = tuple(_correct(country, seed, keys, first_values, later, is_sent & ~is_missing & ~is_late))
    return Reporting(country.plan, keys, values, first_values, is_sent, is_missing, later, is_late, corrections)


def _sender(plan: Plan, name: str) -> str:
    """Who sends a figure; those placed on a register and removed from it come with the register."""
    if name in plan.series:
        return plan.series[name].sender
    return next(series.sender for register, series in plan.series.items() if name in flows_of(register))


def _missing(country: Country, sender: str, seed: int) -> Flags:
    """Which returns of a sender never come: a few everywhere, more of some, none of those absent for long."""
    plan, land = country.plan, country.land
    share = np.full(len(land.areas), plan.returns.missing)
    share[[land.row[area] for area in plan.poor.areas]] = plan.poor.missing
    result: Flags = stream(seed, f"missing {sender}").random(land.reports.shape) < share[:, None]
    if sender == "office":
        result[:] = False
    if sender == "services":  # the published year is whole
        years = {series.calibrate for series in plan.series.values()}
        result[:, [month.start.year in years for month in plan.months]] = False
    for absence in plan.absences:
        result[land.row[absence.area], plan.position(absence.first) : plan.position(absence.last) + 1] = True
    return result


def _delays(country: Country, seed: int) -> npt.NDArray[np.int64]:
    """Months by which a whole return of an area comes late; 0 in time. Nothing comes after the last supplement."""
    draws, shape = stream(seed, "late"), country.land.reports.shape
    is_late = draws.random(shape) < country.plan.returns.late
    months = draws.integers(1, _SPAN, shape, endpoint=True)
    left = shape[1] - np.arange(shape[1])
    return np.where(is_late, np.minimum(months, left), 0)


def _correct(
    country: Country,
    seed: int,
    keys: Sequence[Key],
    first_values: Numbers,
    later: npt.NDArray[np.int64],
    in_time: Flags,
) -> Iterator[Correction]:
    """Make some figures of the first return wrong, parts and total alike, and note when the true ones come."""
    rule, land, months = country.plan.corrections, country.land, country.plan.months
    left = len(months) - np.arange(len(months))
    for name in rule.indicators:
        draws = stream(seed, f"corrected {name}")
        positions = [n for n, key in enumerate(keys) if key[0] == name]
        parts = [n for n in positions if keys[n][1] != ALL]
        total = next(n for n in positions if keys[n][1] == ALL)
        is_wrong = (draws.random(land.reports.shape) < country.plan.returns.corrected) & in_time[total]
        delay = np.minimum(draws.integers(1, rule.latest, is_wrong.shape, endpoint=True), left)
        least = _counted_in(name, keys, first_values)
        for position in positions:
            wrong = np.maximum(np.round(first_values[position] * rule.factor), least)
            first_values[position] = np.where(is_wrong, wrong, first_values[position])
            later[position] = np.where(is_wrong, delay, later[position])
        if parts:
            # One breakdown at most is corrected, so its parts make the total.
            first_values[total] = np.where(is_wrong, first_values[parts].sum(axis=0), first_values[total])
        for row, month in zip(*np.nonzero(is_wrong), strict=True):
            yield Correction(name, land.areas[row].id, months[month].code, int(delay[row, month]))


def _counted_in(population: str, keys: Sequence[Key], values: Numbers) -> Numbers:
    """The largest number of those that are part of a population: a slip below it would not be accepted."""
    whole = indicator(population)
    parts = [
        position
        for position, (name, breakdown, _) in enumerate(keys)
        if breakdown == ALL
        and indicator(name).population == population
        and (indicator(name).interval == "wilson" or indicator(name).unit == whole.unit)
    ]
    return values[parts].max(axis=0) if parts else np.zeros(values.shape[1:])


@dataclass(frozen=True, slots=True)
class Extent:
    """Which part of the country is sent: rows of areas, first month, keys, years; everything or the small country."""

    rows: Flags
    first_month: int
    names: frozenset[str]
    years: tuple[int, ...]


def extent(country: Country, *, small: bool) -> Extent:
    """The whole country, or the regions, months and series of the small one."""
    land, plan = country.land, country.plan
    names = {key[0] for key in (*country.monthly, *country.yearly)}
    if not small:
        return Extent(np.ones(len(land.areas), dtype=bool), 0, frozenset(names), country.people.years)
    wanted = set(plan.small.series) | {flow for name in plan.small.series for flow in flows_of(name)}
    rows = np.array([area.parent in plan.small.regions for area in land.areas])
    first = plan.position(plan.small.first_month)
    years = tuple(year for year in country.people.years if year >= plan.small.first_month.year - 1)
    return Extent(rows, first, frozenset(names & wanted), years)


def consignments(country: Country, reporting: Reporting, part: Extent) -> Iterator[Consignment]:
    """The files in the order in which they are received: the returns of a month with what came late or again by then.

    After the last month there is one more, of what is still to come.
    """
    plan, months = country.plan, country.plan.months
    wanted = np.array([key[0] in part.names for key in reporting.keys])
    is_sent = reporting.is_sent & wanted[:, None, None] & part.rows[None, :, None]
    is_sent[:, :, : part.first_month] = False
    arrival = np.where(is_sent & (reporting.later > 0), reporting.later + np.arange(len(months)), 0)
    for number in range(part.first_month, len(months) + 1):
        frames = []
        if number < len(months):
            frames = [_returns(country, reporting, is_sent[:, :, number], number), *_years(country, part, number)]
        frames += _later(country, reporting, arrival == number) if number else []
        if frames:
            month = month_after(plan.first_month, number)
            received = month_after(month, 1)
            moment = datetime(received.year, received.month, plan.returns.received_day, _RECEIVED_HOUR)
            yield Consignment(f"{month:%Y-%m}", moment, pd.concat(frames, ignore_index=True))


def month_after(first: date, number: int) -> date:
    """The first day of the month so many months later."""
    months = first.month - 1 + number
    return date(first.year + months // MONTHS_OF_YEAR, months % MONTHS_OF_YEAR + 1, 1)


def _returns(country: Country, reporting: Reporting, is_sent: Flags, number: int) -> pd.DataFrame:
    """The first returns of a month, area by area."""
    rows, keys = np.nonzero(is_sent.T)
    is_empty = (reporting.is_missing | reporting.is_late)[keys, rows, number]
    months = np.full(len(rows), number)
    return _frame(country, reporting, (keys, rows, months), reporting.first_values, is_empty)


def _later(country: Country, reporting: Reporting, chosen: Flags) -> list[pd.DataFrame]:
    """Figures of earlier months as they are in the end; nothing where there are none."""
    keys, rows, months = np.nonzero(chosen)
    is_empty = np.zeros(len(rows), dtype=bool)
    return [_frame(country, reporting, (keys, rows, months), reporting.values, is_empty)] if len(rows) else []


Places = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]


def _frame(country: Country, reporting: Reporting, places: Places, values: Numbers, is_empty: Flags) -> pd.DataFrame:
    keys, rows, months = places
    of_schools = np.array([_sender(country.plan, key[0]) == "school" for key in reporting.keys])[keys]
    expected = np.where(of_schools, country.by_model("school_count")[rows, months], np.nan)
    answered = np.where(of_schools, country.answering[rows, months], np.nan)
    return pd.DataFrame(
        {
            "area": _area_codes(country, rows, months),
            "period": _texts([month.code for month in country.plan.months], months),
            "indicator": _texts([key[0] for key in reporting.keys], keys),
            "breakdown": _texts([key[1] for key in reporting.keys], keys),
            "category": _texts([key[2] for key in reporting.keys], keys),
            "value": np.where(is_empty, np.nan, values[keys, rows, months]),
            "status": _texts([CellStatus.VALUE, CellStatus.NOT_REPORTED], is_empty.astype(np.intp)),
            "units_expected": pd.array(expected, dtype="Int32"),
            "units_reported": pd.array(np.where(is_empty, expected * 0, answered), dtype="Int32"),
            "invented": True,
        }
    )


def _texts(texts: Sequence[str], positions: npt.NDArray[np.intp]) -> "pd.api.extensions.ExtensionArray":
    return pd.array(list(texts), dtype="str").take(positions)


def _area_codes(
    country: Country, rows: npt.NDArray[np.intp], months: npt.NDArray[np.intp]
) -> "pd.api.extensions.ExtensionArray":
    """The codes of the areas as they were in each month."""
    table = _code_table(tuple(country.plan.months), tuple(area.id for area in country.land.areas))
    return _texts(table.ravel().tolist(), rows * table.shape[1] + months)


@cache
def _code_table(months: tuple[Period, ...], ids: tuple[str, ...]) -> npt.NDArray[np.object_]:
    table = np.array([[area] * len(months) for area in ids], dtype=object)
    for code, area, until in _former_codes():
        if area in ids:
            table[ids.index(area), [month.end < until for month in months]] = code
    return table


@cache
def _former_codes() -> tuple[tuple[str, str, date], ...]:
    """Codes that must be used until a day, because today's code stood for another area then."""
    found = []
    for code, uses in current_register().uses.items():
        found += [(code, use.area, use.until) for use in uses if use.until and _means_another(use.area, use.until)]
    return tuple(found)


def _means_another(area: str, until: date) -> bool:
    meant = resolve(area, on=date(until.year, _JANUARY, 1))
    return not (isinstance(meant, Area) and meant.id == area)


def _years(country: Country, part: Extent, number: int) -> list[pd.DataFrame]:
    """Numbers of the end of a year come with the return of the January after it; older ones with the first return."""
    first = country.plan.months[number].start
    years = [year for year in part.years if (year == first.year - 1 and first.month == _JANUARY)]
    if number == part.first_month:
        years += [year for year in part.years if year < first.year]
    frames = []
    for year in years:
        rows = np.flatnonzero(part.rows & country.land.year_is_there(country.people.years)[:, _index(country, year)])
        for key, values in country.yearly.items():
            if key[0] in part.names:
                frames.append(_year_frame(country, key, rows, values[rows, _index(country, year)], year))
    return frames


def _index(country: Country, year: int) -> int:
    return country.people.years.index(year)


def _year_frame(country: Country, key: Key, rows: npt.NDArray[np.intp], values: Numbers, year: int) -> pd.DataFrame:
    period = year_period(year)
    codes = _code_table((period,), tuple(area.id for area in country.land.areas))[rows, 0]
    columns: Mapping[str, object] = {
        "area": codes,
        "period": period.code,
        "indicator": key[0],
        "breakdown": key[1],
        "category": key[2],
        "value": values,
        "status": str(CellStatus.VALUE),
        "units_expected": None,
        "units_reported": None,
        "invented": True,
    }
    return pd.DataFrame(columns).astype({"area": "str", "units_expected": "Int32", "units_reported": "Int32"})


def write_consignment(consignment: Consignment, folder: Path) -> Path:
    """Write the figures of a consignment as Parquet; returns the path."""
    path = folder / f"{consignment.name}.parquet"
    consignment.figures.to_parquet(path, index=False)
    return path
