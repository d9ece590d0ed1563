"""Every figure of the sample country, drawn month by month: the truth before anything is reported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from etl.demo.land import Flags, Land, Numbers, stream
from etl.demo.people import People, populate, published
from etl.demo.plan import MONTHS_OF_YEAR, Plan, Series, is_counted
from etl.demo.planted import planted_factors, with_backlogs
from riskmap.domain.registry import Indicator, catalogue, indicator
from riskmap.domain.vocabulary import ALL, Family

Key = tuple[str, str, str]  # indicator, breakdown, category
_HIGHEST_SHARE: Final = 0.985
_MOST_REMOVED: Final = 0.9


@dataclass(frozen=True)
class Country:
    """The invented figures as they would be if every return came in: areas by months, and by years."""

    land: Land
    people: People
    answering: Numbers  # schools that answer, areas by months
    monthly: Mapping[Key, Numbers]
    yearly: Mapping[Key, Numbers]
    counted: Mapping[str, Flags]  # months in which an indicator is counted

    @property
    def plan(self) -> Plan:
        """The plan it was made after."""
        return self.land.plan

    def by_model(self, model: str) -> Numbers:
        """The monthly figures of the one series with that model."""
        return next(self.monthly[name, ALL, ALL] for name, s in self.plan.series.items() if s.model == model)


def make_country(plan: Plan, seed: int) -> Country:
    """Draw every figure; the same plan and seed give the same numbers."""
    land = Land(plan)
    by_model = {plan.series[c.indicator].model: published(c) for c in plan.calibrated}
    draw = _Draw(land, populate(land, seed, by_model), seed)
    for name, series in plan.series.items():
        draw.total(name, series)
    ordered = {key: draw.monthly[key] for key in sorted(draw.monthly, key=_place)}
    return Country(land, draw.people, draw.answering, ordered, draw.yearly, draw.counted)


def _place(key: Key) -> tuple[int, int, int]:
    """Catalogue order: each total before its parts."""
    name, breakdown, category = key
    parts = indicator(name).breakdowns
    number = list(catalogue().indicators).index(name)
    if breakdown == ALL:
        return number, -1, -1
    return number, list(parts).index(breakdown), parts[breakdown].index(category)


class _Draw:
    """Draws one series after the other; those that others rest on come first, whatever the order asked."""

    def __init__(self, land: Land, people: People, seed: int) -> None:
        self.land, self.people, self.seed = land, people, seed
        self.totals: dict[str, Numbers] = {}
        self.monthly: dict[Key, Numbers] = {}
        self.yearly: dict[Key, Numbers] = {}
        self.counted: dict[str, Flags] = {}
        self.answering = self._answering()

    def total(self, name: str, series: Series) -> Numbers:
        """Draw a series with its parts, unless it was drawn already; returns its totals by month."""
        models: Mapping[str, Callable[[str, Series], Numbers]] = {
            "children": self._children,
            "part_of_children": self._part_of_children,
            "enrolment": lambda *_: self._reported(self.people.pupils),
            "school_count": lambda *_: self._reported(self.people.schools),
            "lessons": self._lessons,
            "level": self._level,
            "events": self._events,
            "register": self._register,
        }
        if name not in self.totals:
            self.counted[name] = np.array([is_counted(indicator(name), month) for month in self.land.plan.months])
            self.totals[name] = models[series.model](name, series)
            if (name, ALL, ALL) not in self.yearly:
                self.monthly[name, ALL, ALL] = self.totals[name]
        return self.totals[name]

    def _reported(self, own: Numbers) -> Numbers:
        return self.land.with_later_areas(own, self.land.reports)

    def _answering(self) -> Numbers:
        """Schools that answer in each month: one at least, never more than there are."""
        plan, draws = self.land.plan, stream(self.seed, "answering")
        share = np.full(len(self.land.areas), plan.returns.answering)
        share[[self.land.row[area] for area in plan.poor.areas]] = plan.poor.answering
        schools = self._reported(self.people.schools)
        answered = draws.binomial(schools.astype(int), share[:, None])
        result: Numbers = np.clip(answered, np.minimum(schools, 1), schools)
        return result

    def _children(self, name: str, series: Series) -> Numbers:
        self.yearly[name, ALL, ALL] = self._by_year(self.people.children_by_year)
        return self._reported(self.people.children)

    def _part_of_children(self, name: str, series: Series) -> Numbers:
        noise = np.exp(0.02 * stream(self.seed, name).standard_normal(len(self.land.areas)))
        own = np.round(self.people.children_by_year * series.level * noise[:, None])
        self.yearly[name, ALL, ALL] = self._by_year(own)
        return self._reported(self.people.children * series.level)

    def _by_year(self, own: Numbers) -> Numbers:
        return self.land.with_later_areas(own, self.land.year_is_there(self.people.years))

    def _lessons(self, name: str, series: Series) -> Numbers:
        per_pupil = np.array([self.land.plan.lessons[month.start.month - 1] for month in self.land.plan.months])
        noise = 1 + 0.02 * stream(self.seed, name).standard_normal(self.people.pupils.shape)
        due: Numbers = np.round(self._reported(self.people.pupils) * per_pupil * np.clip(noise, 0.9, 1.1))
        return due

    def _exposure(self, name: str, series: Series) -> Numbers:
        population = series.of or indicator(name).population
        return self.total(population, self.land.plan.series[population])

    def _effects(self, name: str, series: Series) -> Numbers:
        """What makes a district differ from others for good; its mean is 1."""
        noise = stream(self.seed, f"{name} effects").standard_normal(len(self.land.areas))
        return np.exp(series.sigma * noise - series.sigma**2 / 2)[:, None]

    def _years(self) -> Numbers:
        return np.arange(len(self.land.plan.months)) / MONTHS_OF_YEAR

    def _season(self, season: str, counted: Flags) -> Numbers:
        """The season of each month, relative to the mean of the months that are counted."""
        of_year = np.array(self.land.plan.seasons[season])
        numbers = np.array([month.start.month - 1 for month in self.land.plan.months])
        season_of_months = of_year[numbers]
        result: Numbers = season_of_months / of_year[np.unique(numbers[counted])].mean()
        return result

    def _level(self, name: str, series: Series) -> Numbers:
        """A slowly moving share of the population in whole units, never more than all of it."""
        years = self._years()
        share = (series.level + series.growth * years) * (1 + series.trend) ** years
        share = share * self._season(series.season, self.counted[name]) * planted_factors(self.land, name)
        exposure = self._exposure(name, series)
        fraction = stream(self.seed, name).random(len(self.land.areas))[:, None]
        whole = np.floor(exposure * np.minimum(share * self._effects(name, series), _HIGHEST_SHARE) + fraction)
        return np.minimum(whole, exposure)

    def _means(self, name: str, series: Series) -> Numbers:
        item, counted = indicator(name), self.counted[name]
        of_year = np.unique([m.start.month for m, c in zip(self.land.plan.months, counted, strict=True) if c])
        rate = series.rate / item.multiplier / (1 if series.per_month else len(of_year))
        mean = rate * self._exposure(name, series) * (1 + series.trend) ** self._years()
        mean = mean * self._season(series.season, counted) * self._effects(name, series) * counted
        if series.sender == "school" and item.family is Family.RECORDED:
            mean = mean * self.answering / np.maximum(self._reported(self.people.schools), 1)
        return mean * planted_factors(self.land, name)

    def _events(self, name: str, series: Series) -> Numbers:
        """Negative binomial counts with their parts; a series `above` another holds all events of that one."""
        draws = stream(self.seed, name)
        means = self._means(name, series)
        if series.calibrate:
            means = self._calibrated_means(name, series, means)
        rates = draws.gamma(series.dispersion, means / series.dispersion)
        values = draws.poisson(rates).astype(float)
        if series.calibrate:
            values = self._calibrated(name, series, values, rates, draws)
        if indicator(name).family is Family.OUTCOME:  # lessons missed are no more than all that are due
            values = np.minimum(values, self._exposure(name, series))
        values = with_backlogs(self.land, name, values)
        if series.above:
            values = values + self.total(series.above, self.land.plan.series[series.above])
        self._draw_parts(name, series, values, draws)
        return values

    def _draw_parts(self, name: str, series: Series, values: Numbers, draws: np.random.Generator) -> None:
        """Each breakdown adds up to its total in every cell."""
        for breakdown, shares in series.parts.items():
            noise = draws.standard_normal((len(self.land.areas), len(shares)))
            weights = np.array(list(shares.values())) * np.exp(self.land.plan.parts_sigma * noise)
            seasons = [
                self._season(series.parts_season.get(category, "level"), self.counted[name]) for category in shares
            ]
            cells = weights[:, None, :] * np.stack(seasons, axis=1)[None, :, :]
            sums = cells.sum(axis=2, keepdims=True)
            cells = np.divide(cells, sums, out=np.full_like(cells, 1 / len(shares)), where=sums > 0)
            drawn = draws.multinomial(values.astype(np.int64), cells)
            for number, category in enumerate(shares):
                self.monthly[name, breakdown, category] = drawn[:, :, number].astype(float)

    def _calibrated_means(self, name: str, series: Series, means: Numbers) -> Numbers:
        """Means that add up to the published figures of the regions in the year they are published for."""
        inside = self._months_of(series.calibrate)
        wanted = self._wanted(name)
        have = np.bincount(self.land.region, means[:, inside].sum(axis=1))
        return means * (wanted / have)[self.land.region][:, None]

    def _calibrated(
        self, name: str, series: Series, values: Numbers, rates: Numbers, draws: np.random.Generator
    ) -> Numbers:
        """Counts of a year whose sums are known: Poisson counts given their sum are multinomial."""
        result, months = values.copy(), np.flatnonzero(self._months_of(series.calibrate))
        for region, total in enumerate(self._wanted(name)):
            cells = np.ix_(np.flatnonzero(self.land.region == region), months)
            weights = rates[cells] / rates[cells].sum()
            result[cells] = draws.multinomial(int(total), weights.ravel()).reshape(weights.shape)
        return result

    def _wanted(self, name: str) -> Numbers:
        known = next(published(c) for c in self.land.plan.calibrated if c.indicator == name)
        return np.array([known[region] for region in self.land.regions], dtype=float)

    def _months_of(self, year: int) -> Flags:
        return np.array([month.start.year == year for month in self.land.plan.months])

    def _register(self, name: str, series: Series) -> Numbers:
        """Those on a register, placed on it, removed from it; a new district takes its part over in its first month."""
        item, draws, counted = indicator(name), stream(self.seed, name), self.counted[name]
        people = self._own(item)
        effects = self._effects(name, series)
        begin = np.round(people[:, :1] * series.rate / item.multiplier * effects)
        per_month = series.rate / item.multiplier * series.placed * (1 + series.trend) ** self._years()
        means = people * per_month * self._season("placing", counted) * effects
        placed = draws.negative_binomial(series.dispersion, series.dispersion / (series.dispersion + means))
        leaving = np.minimum(series.removed * self._season("removing", counted), _MOST_REMOVED)
        on_it, stock = begin[:, 0].astype(np.int64), np.zeros_like(means)
        removed = np.zeros_like(means)
        for month in range(means.shape[1]):
            removed[:, month] = draws.binomial(on_it, leaving[month])
            on_it = on_it + placed[:, month] - removed[:, month].astype(np.int64)
            stock[:, month] = on_it
        flows = self._taken_over(stock, placed.astype(float), removed)
        for part, values in zip(item.balance, flows, strict=True):
            self.counted[part] = counted
            self.monthly[part, ALL, ALL] = values
        return self._reported(stock)

    def _own(self, item: Indicator) -> Numbers:
        """People of each area within its borders of today."""
        model = self.land.plan.series[item.population].model
        return self.people.pupils if model == "enrolment" else self.people.children

    def _taken_over(self, stock: Numbers, placed: Numbers, removed: Numbers) -> tuple[Numbers, Numbers]:
        """Flows as reported: those handed over to a new district leave one register and enter the other."""
        placed_there, removed_there = self._reported(placed), self._reported(removed)
        for row in np.flatnonzero(self.land.first > 0):
            month, holder = self.land.first[row], self.land.holder[row]
            placed_there[row, month] += stock[row, month - 1]
            removed_there[holder, month] += stock[row, month - 1]
        return placed_there, removed_there
