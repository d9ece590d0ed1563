"""The sample country in memory, made once for all tests that look into it."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from etl.demo.land import Flags, Numbers
from etl.demo.plan import plan
from etl.demo.returns import Reporting, consignments, extent, report
from etl.demo.series import Country, make_country
from riskmap.domain.vocabulary import ALL

SEED = 7
PLAN = plan()
KEY = ["area", "period", "indicator", "breakdown", "category"]


@cache
def country() -> Country:
    return make_country(PLAN, SEED)


@cache
def reporting() -> Reporting:
    return report(country(), SEED)


@cache
def small_returns() -> pd.DataFrame:
    """Every row of the small country in the order in which it comes, with the file it comes in."""
    files = consignments(country(), reporting(), extent(country(), small=True))
    return pd.concat([file.figures.assign(file=file.name) for file in files], ignore_index=True)


@cache
def whole_returns() -> dict[str, pd.DataFrame]:
    """The figures of every file of the whole country."""
    return {file.name: file.figures for file in consignments(country(), reporting(), extent(country(), small=False))}


def total(indicator: str) -> Numbers:
    """The figures of an indicator, areas by months."""
    return country().monthly[indicator, ALL, ALL]


def known(indicator: str) -> Flags:
    """Where a return with the total of an indicator comes sooner or later."""
    position = reporting().keys.index((indicator, ALL, ALL))
    result: Flags = reporting().is_sent[position] & ~reporting().is_missing[position]
    return result


def months(*numbers: int) -> Flags:
    """Which months of the sample are one of these of the year."""
    return np.array([month.start.month in numbers for month in PLAN.months], dtype=bool)


def rows(*areas: str) -> npt.NDArray[np.int64]:
    return np.array([country().land.row[area] for area in areas])


def districts() -> Flags:
    result: Flags = ~country().land.is_remainder
    return result
