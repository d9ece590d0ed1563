"""What is planted in the rates: changes of definition, clusters, a rise, silent districts, a backlog."""

from datetime import date, timedelta

import numpy as np

from etl.demo.land import Land, Numbers
from etl.demo.plan import Plan, is_counted
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import Period


def planted_factors(land: Land, name: str) -> Numbers:
    """By what the rate of an indicator is multiplied, areas by months; 1 where nothing was planted."""
    plan = land.plan
    result = np.ones((len(land.areas), len(plan.months)))
    for change in plan.breaks:
        if change.indicator == name:
            result *= np.array([_after(month, change.day, change.factor) for month in plan.months])
    for cluster in plan.clusters:
        if name in cluster.indicators:
            span = slice(plan.position(cluster.first), plan.position(cluster.last) + 1)
            result[[land.row[area] for area in cluster.areas], span] *= cluster.factor
    for rise in plan.rises:
        if name in rise.indicators:
            months = counted_from(plan, name, rise.first)[: len(rise.factors)]
            result[land.row[rise.area], months] *= rise.factors
    if name in plan.silent.indicators:
        result[[land.row[area] for area in plan.silent.areas]] *= plan.silent.factor
    return result


def _after(month: Period, day: date, factor: float) -> float:
    """The factor of a month that lies wholly, in part or not at all behind the day of the change."""
    behind = (month.end - max(month.start, day) + timedelta(days=1)).days
    return 1 + (factor - 1) * max(0, behind) / month.days


def counted_from(plan: Plan, name: str, first: date) -> list[int]:
    """The months from a day on in which an indicator is counted, as positions."""
    item = indicator(name)
    return [n for n, month in enumerate(plan.months) if month.start >= first and is_counted(item, month)]


def with_backlogs(land: Land, name: str, values: Numbers) -> Numbers:
    """The numbers as they are booked: nothing for some months, then all of them; sums stay as they were."""
    result = values.copy()
    for backlog in land.plan.backlogs:
        if name in backlog.indicators:
            row, last = land.row[backlog.area], land.plan.position(backlog.booked)
            span = slice(land.plan.position(backlog.first), last)
            result[row, last] += result[row, span].sum(axis=0)
            result[row, span] = 0
    return result
