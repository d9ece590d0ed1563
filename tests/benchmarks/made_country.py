"""A made-up country of all real areas, of any number of months and breakdowns, for what depends on its size.

Counts are drawn with a fixed seed: districts differ in size, years and months are the sums of what they hold.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from etl.reference import area_frame
from geo.areas import areas
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Definition, Disclosure, Indicator, Publish
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, Family, Grain, Kind, Period, Place, enclosing
from tests.disclosure.tables import Made

_CHILDREN: Final = 6_500_000
_LESSONS: Final = 100  # of a child in a month
_SEED: Final = 20_251_121

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One made-up indicator: events a year in the country, and where and when they are published."""

    name: str
    events: float
    tables: dict[str, tuple[Grain, ...]]  # level -> grains
    cuts: dict[str, dict[str, float]]  # breakdown -> share of each category
    rule: Disclosure = Disclosure()
    kind: Kind = Kind.FLOW
    interval: str = "poisson"


def _tables(upper: tuple[Grain, ...], district: tuple[Grain, ...]) -> dict[str, tuple[Grain, ...]]:
    return {"country": upper, "region": upper, "district": district}


_EVENTS: Final = (Grain.QUARTER, Grain.YTD)
_SEX: Final = {"f": 0.45, "m": 0.55}
_AGE: Final = {"0-11": 0.3, "12-13": 0.2, "14-15": 0.25, "16-17": 0.25}
_SETTING: Final = {"school": 0.5, "home": 0.2, "online": 0.2, "street": 0.1}
_TYPE: Final = {"physical": 0.35, "psychological": 0.4, "sexual": 0.05, "cyberbullying": 0.2}
_FAMILY: Final = {"illness": 0.7, "family": 0.2, "none": 0.1}

FIGURES: Final = (
    Figure("police", 12000.0, _tables((*_EVENTS, Grain.YEAR), (Grain.YEAR,)), {"sex": _SEX, "age": _AGE}),
    Figure(
        "school",
        15000.0,
        _tables((*_EVENTS, Grain.YEAR), (Grain.YEAR,)),
        {"setting": _SETTING, "type": _TYPE},
        Disclosure(hide_categories=("type:sexual",)),
    ),
    Figure("suicides", 150, _tables((Grain.YEAR,), ()), {}, Disclosure(hide_below=10, hide_zero=True)),
    Figure("register", 9000.0, _tables((Grain.MONTH,), (Grain.QUARTER,)), {"sex": _SEX, "age": _AGE}, kind=Kind.STOCK),
    Figure("appeals", 8000.0, _tables((Grain.MONTH, Grain.YTD), (Grain.QUARTER,)), {"sex": _SEX, "age": _AGE}),
    Figure(
        "absence",
        5e6,
        _tables((Grain.MONTH, Grain.QUARTER, Grain.YTD), (Grain.MONTH,)),
        {"reason": _FAMILY, "sex": _SEX},
        interval="ratio",
    ),
)


def made_country(months: Sequence[Period], *, cuts: int) -> Made:
    """The country over these months, each indicator by as many of its breakdowns as asked for."""
    chance = np.random.default_rng(_SEED)
    place = _Places(chance)
    figures = [_with_cuts(figure, cuts) for figure in FIGURES]
    cells = pd.concat([one for figure in figures for one in _frames(figure, place, months, chance)], ignore_index=True)
    filled = {"status": "value", "source": "benchmark", "definition": "1", "units_expected": 10, "units_reported": 10}
    cells = cells.assign(**filled, provisional=False, unstable=False, invented=True)
    declared = {figure.name: _indicator(figure) for figure in figures}
    own = area_frame()
    own = own[own["kind"] != AreaKind.JOINED].reset_index(drop=True)
    return Made(cells.sort_values(list(CELLS.key), ignore_index=True), _relations(declared), own, declared)


def _with_cuts(figure: Figure, cuts: int) -> Figure:
    kept = dict(list(figure.cuts.items())[:cuts])
    named = tuple(name for name in figure.rule.hide_categories if name.partition(":")[0] in kept)
    rule = Disclosure(hide_below=figure.rule.hide_below, hide_zero=figure.rule.hide_zero, hide_categories=named)
    return Figure(figure.name, figure.events, figure.tables, kept, rule, figure.kind, figure.interval)


def _indicator(figure: Figure) -> Indicator:
    tables = [
        Publish(level, grain, cut)
        for level, grains in figure.tables.items()
        for grain in grains
        for cut in (ALL, *figure.cuts)
    ]
    return Indicator(
        id=figure.name,
        topic="benchmark",
        family=Family.RECORDED,
        kind=figure.kind,
        place=Place.EVENT,
        unit="unit.children",
        sources=("benchmark",),
        definitions=(Definition("1", date(2020, 1, 1)),),
        words={},
        publish=tuple(tables),
        interval=figure.interval,
        breakdowns={cut: tuple(parts) for cut, parts in figure.cuts.items()},
        disclosure=figure.rule,
    )


def _relations(declared: Mapping[str, Indicator]) -> pd.DataFrame:
    rows = [("area", "*", area.parent, area.id, "sum", 1) for area in areas().values() if area.parent]
    rows += [
        ("category", item.id, ALL, f"{cut}:{part}", "sum", 1)
        for item in declared.values()
        for cut, parts in item.breakdowns.items()
        for part in parts
    ]
    return pd.DataFrame(rows, columns=["axis", "indicator", "total", "part", "kind", "sign"])


class _Places:
    """Areas, what each is the sum of, and the share of all children in each that is no sum."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.ids = np.array(list(areas()))
        kinds = [area.kind for area in areas().values()]
        self.level = np.array(["district" if kind is AreaKind.REMAINDER else str(kind) for kind in kinds])
        self.leaves = self.ids[self.level == "district"]
        size = chance.lognormal(sigma=0.9, size=len(self.leaves))
        size[[leaf.endswith("-R") for leaf in self.leaves]] *= 0.1
        self.share = size / size.sum()
        self.holds = np.array([[self._holds(area, leaf) for leaf in self.leaves] for area in self.ids], dtype=np.int64)
        self.children = self.holds @ self.share * _CHILDREN

    @staticmethod
    def _holds(area: str, leaf: str) -> bool:
        return area in (leaf, areas()[leaf].parent, areas()[areas()[leaf].parent].parent)


def _frames(
    figure: Figure, place: _Places, months: Sequence[Period], chance: np.random.Generator
) -> Iterator[pd.DataFrame]:
    counted = _counted(figure, place, len(months), chance)
    for level, grains in figure.tables.items():
        rows = np.flatnonzero(place.level == level)
        for period in sorted({enclosing(month, grain) for grain in grains for month in months}):
            inside = [n for n, m in enumerate(months) if period.start <= m.start and m.end <= period.end]
            days = inside[-1:] if figure.kind is Kind.STOCK else inside
            for (cut, part), numbers in counted.items():
                yield pd.DataFrame(
                    {
                        "indicator": figure.name,
                        "area": place.ids[rows],
                        "grain": str(period.grain),
                        "period_start": pd.Timestamp(period.start),
                        "period_end": pd.Timestamp(period.end),
                        "breakdown": cut,
                        "category": part,
                        "numerator": numbers[rows][:, days].sum(axis=1),
                        "denominator": np.ceil(place.children[rows] * _LESSONS * len(days)),
                    }
                )


def _counted(figure: Figure, place: _Places, months: int, chance: np.random.Generator) -> dict[tuple[str, str], Counts]:
    """By area and month the total and every category."""
    yearly = figure.events if figure.kind is Kind.STOCK else figure.events / 12
    total = chance.poisson(yearly * place.share[:, None], size=(len(place.share), months))
    counted = {(ALL, ALL): place.holds @ total}
    for cut, shares in figure.cuts.items():
        parts = chance.multinomial(total, list(shares.values()))
        counted |= {(cut, part): place.holds @ parts[..., number] for number, part in enumerate(shares)}
    return counted
