"""How long the protection of a build takes, on a made-up country of the size that the product grows into.

`python -m tests.benchmarks.protection [--json]`; prints cells, seconds, cells a second, and how much of each table is
hidden. Counts are drawn with a fixed seed: districts differ in size, years and months are the sums of what they hold.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from geo.areas import areas
from riskmap.disclosure.interim import protect
from riskmap.disclosure.usefulness import hidden_shares
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Definition, Disclosure, Indicator, Publish
from riskmap.domain.tables import CELLS
from riskmap.domain.vocabulary import (
    ALL,
    Family,
    Grain,
    Kind,
    Place,
    enclosing,
    months_between,
)

MONTHS: Final = months_between(date(2022, 9, 1), date(2025, 12, 31))
_CHILDREN: Final = 6_500_000
_LESSONS: Final = 100  # of a child in a month


@dataclass(frozen=True, slots=True)
class Made:
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
_TYPE: Final = {
    "physical": 0.35,
    "psychological": 0.3,
    "sexual": 0.05,
    "exploitation": 0.02,
    "cyberbullying": 0.18,
    "neglect": 0.1,
}
_SEX: Final = {"f": 0.45, "m": 0.55}
_AGE: Final = {"0-11": 0.3, "12-13": 0.2, "14-15": 0.25, "16-17": 0.25}
_SETTING: Final = {"school": 0.5, "home": 0.2, "online": 0.2, "street": 0.1}
_REASON: Final = {"illness": 0.7, "family": 0.2, "none": 0.1}

MADE: Final = (
    *(
        Made(f"police_{n}", events, _tables((*_EVENTS, Grain.YEAR), (Grain.YEAR,)), {"age": _AGE, "sex": _SEX})
        for n, events in enumerate((12000.0, 2500.0, 2000.0, 4000.0))
    ),
    *(
        Made(
            f"school_{n}",
            events,
            _tables((*_EVENTS, Grain.SCHOOL_YEAR), (Grain.SCHOOL_YEAR,)),
            {"type": _TYPE, "setting": _SETTING},
            Disclosure(hide_categories=("type:sexual",)),
        )
        for n, events in enumerate((15000.0, 6000.0))
    ),
    Made("suicides", 150, _tables((Grain.YEAR,), ()), {}, Disclosure(hide_below=10, hide_zero=True)),
    *(
        Made(
            f"register_{n}",
            events,
            _tables((Grain.MONTH,), (Grain.QUARTER,)),
            {"sex": _SEX, "age": _AGE},
            kind=Kind.STOCK,
        )
        for n, events in enumerate((6000.0, 9000.0, 12000.0))
    ),
    *(
        Made(f"appeals_{n}", events, _tables((Grain.MONTH, Grain.YTD), (Grain.QUARTER,)), {"sex": _SEX})
        for n, events in enumerate((120000.0, 8000.0, 8000.0))
    ),
    *(
        Made(
            f"absence_{n}",
            events,
            _tables((Grain.MONTH, Grain.QUARTER, Grain.YTD, Grain.SCHOOL_YEAR), (Grain.MONTH, Grain.SCHOOL_YEAR)),
            {"reason": _REASON},
            interval="ratio",
        )
        for n, events in enumerate((5e6, 1e6))
    ),
    *(
        Made(
            f"staff_{n}",
            20000,
            _tables((Grain.MONTH,), (Grain.MONTH,)),
            {"sex": _SEX},
            Disclosure(open=True),
            Kind.STOCK,
        )
        for n in range(2)
    ),
)


def declared() -> dict[str, Indicator]:
    """The made-up indicators as the catalogue would declare them."""
    return {made.name: _indicator(made) for made in MADE}


def _indicator(made: Made) -> Indicator:
    tables = [
        Publish(level, grain, cut)
        for level, grains in made.tables.items()
        for grain in grains
        for cut in (ALL, *made.cuts)
    ]
    return Indicator(
        id=made.name,
        topic="benchmark",
        family=Family.RECORDED,
        kind=made.kind,
        place=Place.EVENT,
        unit="unit.children",
        sources=("benchmark",),
        definitions=(Definition("1", date(2020, 1, 1)),),
        words={},
        publish=tuple(tables),
        interval=made.interval,
        breakdowns={cut: tuple(parts) for cut, parts in made.cuts.items()},
        disclosure=made.rule,
    )


def levels() -> dict[str, str]:
    """Level of each area."""
    return {area.id: str(area.kind) for area in areas().values()}


def relations() -> pd.DataFrame:
    """The sums over areas and over categories."""
    rows = [("area", "*", area.parent, area.id, "sum", 1) for area in areas().values() if area.parent]
    rows += [
        ("category", made.name, ALL, f"{cut}:{part}", "sum", 1)
        for made in MADE
        for cut, parts in made.cuts.items()
        for part in parts
    ]
    return pd.DataFrame(rows, columns=["axis", "indicator", "total", "part", "kind", "sign"])


def made_cells() -> pd.DataFrame:
    """Every cell of the made-up country, in the order of its key."""
    chance = np.random.default_rng(20_251_121)
    place = _Places(chance)
    frames = [frame for made in MADE for frame in _frames(made, place, chance)]
    cells = pd.concat(frames, ignore_index=True)
    cells["status"] = "value"
    is_silent = (chance.random(len(cells)) < 0.01) & cells["area"].isin(place.leaves)  # 1 % do not report
    cells.loc[is_silent, ["numerator", "denominator"]] = np.nan
    cells.loc[is_silent, "status"] = "not_reported"
    filled = {"source": "benchmark", "definition": "1", "units_expected": 10.0, "units_reported": 10.0}
    cells = cells.assign(**filled, provisional=False, unstable=False, invented=True)
    return cells.sort_values(list(CELLS.key), ignore_index=True)


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
        self.holds = np.array([[self._holds(area, leaf) for leaf in self.leaves] for area in self.ids], dtype=float)
        self.children = self.holds @ self.share * _CHILDREN

    @staticmethod
    def _holds(area: str, leaf: str) -> bool:
        return area in (leaf, areas()[leaf].parent, areas()[areas()[leaf].parent].parent)


def _frames(made: Made, place: _Places, chance: np.random.Generator) -> Iterator[pd.DataFrame]:
    yearly = made.events if made.kind is Kind.STOCK else made.events / 12
    total = chance.poisson(yearly * place.share[:, None], size=(len(place.share), len(MONTHS)))
    counted = {(ALL, ALL): place.holds @ total}
    for cut, shares in made.cuts.items():
        parts = chance.multinomial(total, list(shares.values()))
        counted |= {(cut, part): place.holds @ parts[..., number] for number, part in enumerate(shares)}
    for level, grains in made.tables.items():
        rows = np.flatnonzero(place.level == level)
        for period in sorted({enclosing(month, grain) for grain in grains for month in MONTHS}):
            inside = [n for n, m in enumerate(MONTHS) if period.start <= m.start and m.end <= period.end]
            months = inside[-1:] if made.kind is Kind.STOCK else inside
            for (cut, part), numbers in counted.items():
                yield pd.DataFrame(
                    {
                        "indicator": made.name,
                        "area": place.ids[rows],
                        "grain": str(period.grain),
                        "period_start": pd.Timestamp(period.start),
                        "period_end": pd.Timestamp(period.end),
                        "breakdown": cut,
                        "category": part,
                        "numerator": numbers[rows][:, months].sum(axis=1),
                        "denominator": place.children[rows] * _LESSONS * len(months),
                    }
                )


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    cells, rule, level_of, sums = made_cells(), declared(), levels(), relations()
    before = time.perf_counter()
    public = protect(cells, relations=sums, levels=level_of, declared=rule)
    seconds = time.perf_counter() - before
    shares = hidden_shares(cells, public, levels=level_of, declared=rule)
    result = {
        "cells": len(cells),
        "hidden": int((public["status"] == "suppressed").sum()),
        "seconds": round(seconds, 2),
        "cells_per_second": round(len(cells) / seconds),
        "share_hidden": {f"{t.indicator} {t.level} {t.grain} {t.breakdown}": round(t.share, 2) for t in shares},
    }
    lines = [json.dumps(result)] if as_json else [f"{name}: {value}" for name, value in result.items()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
