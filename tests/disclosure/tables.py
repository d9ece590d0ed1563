"""Tables that protection is tried on: drawn with a seed, or laid out to be awkward; every sum in them holds exactly."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskmap.domain.registry import Definition, Disclosure, Indicator, Publish
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import ALL, Family, Grain, Kind, Period, Place, enclosing, months_between

Counts = NDArray[np.int64]

YEAR: Final = tuple(months_between(date(2022, 1, 1), date(2022, 12, 31)))
AGE: Final = ("0-11", "12-13", "14-15", "16-17")
SEX: Final = ("f", "m")
_YEARLY: Final = {"country": (Grain.YEAR,), "region": (Grain.YEAR,), "district": (Grain.YEAR,)}
# The upper levels by quarter and since 1 January too, districts by year only, as the catalogue publishes events.
_EVENTS: Final = (Grain.QUARTER, Grain.YTD, Grain.YEAR)


@dataclass(frozen=True, slots=True)
class Made:
    """A small country: its cells, what adds up in it, its areas, and what its indicators declare."""

    cells: pd.DataFrame
    relations: pd.DataFrame
    areas: pd.DataFrame
    declared: Mapping[str, Indicator]

    @property
    def levels(self) -> dict[str, str]:
        """Level of each area."""
        return dict(zip(self.areas["area"], self.areas["kind"], strict=True))


@dataclass(frozen=True, slots=True)
class Shape:
    """How a country is divided, and what of it is published."""

    districts: tuple[int, ...] = (3, 3, 3)  # of each region; none: the region has no parts
    has_remainder: bool = False  # what the region holds outside its districts
    cuts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"age": AGE})
    months: tuple[Period, ...] = YEAR
    tables: Mapping[str, tuple[Grain, ...]] = field(default_factory=lambda: _YEARLY)
    rule: Disclosure = Disclosure()
    kind: Kind = Kind.FLOW
    interval: str = "poisson"

    @property
    def areas(self) -> pd.DataFrame:
        """The country, its regions and what they hold: id, kind, parent, members of joined areas."""
        rows = [("C", "country", "")]
        for number, size in enumerate(self.districts, start=1):
            region = f"R{number}"
            rows.append((region, "region", "C"))
            rows += [(f"{region}D{one}", "district", region) for one in range(1, size + 1)]
            rows += [(f"{region}-R", "remainder", region)] if self.has_remainder and size else []
        return pd.DataFrame(rows, columns=["area", "kind", "parent"]).assign(members="")

    @property
    def leaves(self) -> list[str]:
        """The areas without parts, in order."""
        areas = self.areas
        return list(areas.loc[~areas["area"].isin(areas["parent"]), "area"])

    @property
    def size(self) -> tuple[int, ...]:
        """Leaves, months, and the categories of each breakdown: the shape of the counts that a table is laid from."""
        return (len(self.leaves), len(self.months), *(len(parts) for parts in self.cuts.values()))


def drawn(seed: int, shape: Shape, *, mean: float = 4.0) -> Made:
    """A table with `mean` events in a cell of the finest table of a year; areas and categories differ in size."""
    chance = np.random.default_rng(seed)
    return laid(_drawn(chance, shape, mean), shape, left=_drawn(chance, shape, mean * 8))


def _drawn(chance: np.random.Generator, shape: Shape, mean: float) -> Counts:
    rates = np.full(shape.size, mean / len(shape.months))
    for axis, length in enumerate(shape.size):
        if axis != 1:
            share = chance.lognormal(sigma=0.8, size=length)
            rates *= (share / share.mean()).reshape([-1 if own == axis else 1 for own in range(len(shape.size))])
    return chance.poisson(rates)


def laid(counts: Counts, shape: Shape, *, left: Counts | None = None) -> Made:
    """The table of these counts; `left` is what they leave of the people of a share, all categories together."""
    rest = np.full(shape.size, 100) if left is None else left
    item = _indicator("x", shape)
    return _made(_cells("x", counts, counts + rest, shape), shape, {"x": item})


def register(seed: int, shape: Shape, *, mean: float = 12.0) -> Made:
    """A register by month with those placed on it and removed from it: stock, flow, flow."""
    chance = np.random.default_rng(seed)
    start = chance.poisson(mean, size=(shape.size[0], *shape.size[2:]))
    placed = chance.poisson(mean / 4, size=shape.size)
    removed, stock = np.zeros_like(placed), np.zeros_like(placed)
    for month in range(shape.size[1]):
        before = start + placed[:, month]
        removed[:, month] = chance.binomial(before, 0.2)
        start = stock[:, month] = before - removed[:, month]
    flow, level = replace(shape, kind=Kind.FLOW), replace(shape, kind=Kind.STOCK)
    parts = {"x": (stock, level), "x_placed": (placed, flow), "x_removed": (removed, flow)}
    declared = {name: _indicator(name, own) for name, (_, own) in parts.items()}
    declared["x"] = replace(declared["x"], balance=("x_placed", "x_removed"))
    cells = [_cells(name, counts, counts + 100, own) for name, (counts, own) in parts.items()]
    return _made(pd.concat(cells, ignore_index=True), shape, declared)


def _made(cells: pd.DataFrame, shape: Shape, declared: Mapping[str, Indicator]) -> Made:
    areas = shape.areas
    rows = [("area", "*", parent, area, "sum", 1) for area, parent in zip(areas["area"], areas["parent"], strict=True)]
    rows = [row for row in rows if row[2]]
    for item in declared.values():
        cuts = item.breakdowns.items()
        rows += [("category", item.id, ALL, f"{cut}:{part}", "sum", 1) for cut, parts in cuts for part in parts]
        rows += [("indicator", "*", item.id, p, "balance", s) for p, s in zip(item.balance, (1, -1), strict=False)]
    relations = pd.DataFrame(rows, columns=["axis", "indicator", "total", "part", "kind", "sign"])
    return Made(cells.sort_values(list(CELLS.key), ignore_index=True), relations, areas, declared)


def _indicator(name: str, shape: Shape) -> Indicator:
    tables = [
        Publish(level, grain, cut)
        for level, grains in shape.tables.items()
        for grain in grains
        for cut in (ALL, *shape.cuts)
    ]
    return Indicator(
        id=name,
        topic="violence",
        family=Family.RECORDED,
        kind=shape.kind,
        place=Place.EVENT,
        unit="unit.children",
        sources=("form",),
        definitions=(Definition("1", date(2020, 1, 1)),),
        words={},
        publish=tuple(tables),
        population="" if shape.interval == "poisson" else "people",
        interval=shape.interval,
        breakdowns=shape.cuts,
        disclosure=shape.rule,
    )


def _cells(name: str, counts: Counts, whole: Counts, shape: Shape) -> pd.DataFrame:
    areas, leaves = shape.areas, shape.leaves
    parent = dict(zip(areas["area"], areas["parent"], strict=True))
    rows: list[tuple[Any, ...]] = []
    for level, grains in shape.tables.items():
        kinds = ("district", "remainder") if level == "district" else (level,)
        own = areas.loc[areas["kind"].isin(kinds), "area"].tolist()
        holds = np.array([[_is_in(leaf, area, parent) for leaf in leaves] for area in own], dtype=np.int64)
        for period in _periods(shape.months, grains) if own else ():
            inside = [n for n, month in enumerate(shape.months) if period.start <= month.start <= period.end]
            months = inside[-1:] if shape.kind is Kind.STOCK else inside
            key = (str(period.grain), period.start, period.end)
            margins = [of[:, months].sum(axis=1) for of in (counts, whole)]
            wholes = (holds @ margins[1].reshape(len(leaves), -1).sum(axis=1)).tolist()
            for cut, part, axes in _margins(shape.cuts):
                numbers = (holds @ margins[0][axes].reshape(len(leaves), -1).sum(axis=1)).tolist()
                rows += [(name, area, *key, cut, part, *of) for area, *of in zip(own, numbers, wholes, strict=True)]
    return _frame(rows)


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*CELLS.key, "numerator", "denominator"])
    days, numbers = ["period_start", "period_end"], ["numerator", "denominator"]
    frame[days], frame[numbers] = frame[days].astype("datetime64[us]"), frame[numbers].astype(float)
    filled = {"status": "value", "source": "form", "definition": "1", "units_expected": 1, "units_reported": 1}
    return frame.assign(**filled, provisional=False, unstable=False, invented=False)


def _is_in(leaf: str, area: str, parent: Mapping[str, str]) -> bool:
    return area in (leaf, parent[leaf], parent.get(parent[leaf], ""))


def _periods(months: Sequence[Period], grains: Sequence[Grain]) -> list[Period]:
    """Every period that lies wholly within the months."""
    found = {enclosing(month, grain) for grain in grains for month in months}
    return sorted(p for p in found if months[0].start <= p.start < p.end <= months[-1].end)


def _margins(cuts: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """The total and every category, with the index that takes it out of counts by leaf and category."""
    everything = [slice(None)] * (len(cuts) + 1)
    yield ALL, ALL, tuple(everything)
    for axis, (cut, parts) in enumerate(cuts.items(), start=1):
        for number, part in enumerate(parts):
            yield cut, part, (*everything[:axis], slice(number, number + 1), *everything[axis + 1 :])


def two_way(counts: Sequence[Sequence[int]], **rule: Any) -> Made:
    """Regions down, ages across, one year: the table of these counts with both its margins."""
    given = np.array(counts, dtype=np.int64)
    ages = tuple(f"a{number}" for number in range(given.shape[1]))
    shape = Shape(districts=(0,) * len(given), cuts={"age": ages}, rule=Disclosure(**rule))
    months = np.zeros(shape.size, dtype=np.int64)
    months[:, 0] = given
    return laid(months, shape)


def two_way_drawn(seed: int, *, areas: int = 5, categories: int = 4, mean: float = 8.0) -> Made:
    """A table of areas by categories."""
    ages = tuple(f"a{number}" for number in range(categories))
    return drawn(seed, Shape(districts=(0,) * areas, cuts={"age": ages}), mean=mean)


def three_levels(seed: int, *, districts: tuple[int, ...] = (3, 4, 2), mean: float = 6.0) -> Made:
    """Country, regions, districts and what lies outside these, by two breakdowns, one year."""
    return drawn(seed, Shape(districts=districts, has_remainder=True, cuts={"age": AGE, "sex": SEX}), mean=mean)


def events(seed: int, *, districts: tuple[int, ...] = (3, 2, 0), mean: float = 10.0) -> Made:
    """Events by quarter, since 1 January and by year; districts by year."""
    tables = {"country": _EVENTS, "region": _EVENTS, "district": (Grain.YEAR,)}
    return drawn(seed, Shape(districts=districts, cuts={"sex": SEX}, tables=tables), mean=mean)


def monthly(seed: int, *, districts: tuple[int, ...] = (3, 2), mean: float = 40.0) -> Made:
    """Shares by month and quarter, of districts by month too: what is left is counted as well."""
    tables = {"country": (Grain.MONTH, Grain.QUARTER), "region": (Grain.MONTH, Grain.QUARTER)}
    shape = Shape(districts=districts, cuts={"sex": SEX}, tables=tables | {"district": (Grain.MONTH,)})
    return drawn(seed, replace(shape, interval="wilson"), mean=mean)


def registers(seed: int, *, districts: tuple[int, ...] = (3, 2)) -> Made:
    """A register by month, of districts by quarter."""
    tables = {"country": (Grain.MONTH,), "region": (Grain.MONTH,), "district": (Grain.QUARTER,)}
    return register(seed, Shape(districts=districts, cuts={"sex": SEX}, tables=tables))


def steps(numbers: Sequence[int]) -> Made:
    """One region whose count of each month is given, shown since 1 January only: small steps between large numbers."""
    shape = Shape(districts=(0, 0), cuts={}, tables=dict.fromkeys(("country", "region"), (Grain.YTD, Grain.YEAR)))
    counts = np.full(shape.size, 30, dtype=np.int64)
    counts[0, : len(numbers)] = numbers
    return laid(counts, shape)


DRAWN: Final[Mapping[str, Callable[[int], Made]]] = {
    "two_way": two_way_drawn,
    "three_levels": three_levels,
    "events": events,
    "monthly": monthly,
    "registers": registers,
}

_DIAGONAL: Final = [[1 if row == column else 20 + row + column for column in range(5)] for row in range(5)]
_CHECKERS: Final = [[3 if (row + column) % 2 else 30 for column in range(6)] for row in range(4)]

AWKWARD: Final[Mapping[str, Callable[[], Made]]] = {
    "one small number": lambda: two_way([[1, 30, 25], [28, 40, 31], [22, 35, 29]]),
    "a small number in every row and column": lambda: two_way(_DIAGONAL),
    "small and large in turn": lambda: two_way(_CHECKERS),
    "one small number among zeros": lambda: two_way([[0, 0, 0], [0, 3, 0], [0, 0, 0]]),
    "zeros beside it in its row and its column": lambda: two_way([[2, 0, 0], [0, 30, 40], [0, 25, 35]]),
    "ones only": lambda: two_way([[1, 1, 1, 1]] * 4),
    "a category of one area": lambda: two_way([[4, 30, 25], [0, 40, 31], [0, 35, 29]]),
    "small totals": lambda: two_way([[1, 1, 0], [2, 0, 1], [0, 1, 40]]),
    "the first number shown beside the last hidden": lambda: two_way([[4, 5, 5], [5, 4, 5], [5, 5, 4]]),
    "hidden zeros": lambda: two_way([[0, 0, 12], [11, 0, 3], [0, 14, 0]], hide_below=10, hide_zero=True),
    "a region of one district": lambda: drawn(5, Shape(districts=(1, 3), cuts={"sex": SEX}), mean=5),
    "two districts, both small": lambda: drawn(6, Shape(districts=(2, 2, 2), cuts={}), mean=2),
    "small steps since 1 January": lambda: steps([20, 1, 2, 0, 3, 1, 20, 2, 2, 1, 0, 1]),
}
