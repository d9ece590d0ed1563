"""Registers: what stands on one day less what stood on another are those placed less those removed in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.derived import Collecting, Told
from riskmap.disclosure.audit.incomplete import Incomplete
from riskmap.disclosure.audit.quantities import NONE, Flags, Floats, Ints, Quantities, ranges, terms_of


@dataclass(frozen=True, slots=True)
class Balances:
    """Balances, one entry each: whose register it is, and what is left over where other units are missing on one day.

    `partial` is the quantity of the day on which other units are missing than in the rest, and `sign` that of the sum
    of the terms that these units are; where nothing is left of the terms it is -1 and 0.
    """

    of: Ints
    partial: Ints
    sign: Floats
    term: Ints  # quantities of all balances, the partial day first
    factor: Floats
    number: Ints  # of each term its balance

    def lines(self) -> tuple[Ints, Ints, Floats]:
        """Line, quantity and factor of every term."""
        return self.number, self.term, self.factor

    def only(self, chosen: Flags) -> Self:
        """Some of them."""
        number = np.cumsum(chosen) - 1
        kept = chosen[self.number]
        return type(self)(
            self.of[chosen],
            self.partial[chosen],
            self.sign[chosen],
            self.term[kept],
            self.factor[kept],
            number[self.number[kept]],
        )


def balances(found: Quantities, relations: pd.DataFrame, incomplete: Incomplete) -> Balances:
    """Every balance that says something: of all units, or with units missing on one side alone."""
    declared = relations[relations["kind"] == "balance"]
    each = [
        _of_register(found, str(total), dict(zip(parts["part"], parts["sign"], strict=True)), incomplete)
        for total, parts in declared.groupby("total", sort=True)
    ]
    none, offsets = np.zeros(0, dtype=np.int64), np.cumsum([0, *(len(own.of) for own in each)])
    return Balances(
        np.concatenate([none, *(own.of for own in each)]),
        np.concatenate([none, *(own.partial for own in each)]),
        np.concatenate([none.astype(float), *(own.sign for own in each)]),
        np.concatenate([none, *(own.term for own in each)]),
        np.concatenate([none.astype(float), *(own.factor for own in each)]),
        np.concatenate([none, *(own.number + before for own, before in zip(each, offsets[:-1], strict=True))]),
    )


def collect_register_gaps(collected: Collecting, known: Balances) -> None:
    """What units have on a day on which they are missing, or which they alone have reported, as the rest tells it."""
    gaps = known.only(known.sign != 0)
    own = np.arange(len(gaps.of))
    end = collected.found.end[gaps.partial]
    factor = gaps.factor * gaps.sign[gaps.number]
    gap = collected.add_numbers(
        Told.GAP, gaps.of, np.zeros_like(end), end, term=gaps.term, factor=factor, number=gaps.number
    )
    collected.add_lines(
        np.concatenate([gaps.number, own]),
        np.concatenate([gaps.term, gap]),
        np.concatenate([factor, -np.ones(len(own))]),
        right=np.zeros(len(own)),
    )


def _of_register(found: Quantities, register: str, signs: Mapping[str, int], incomplete: Incomplete) -> Balances:
    stock = np.flatnonzero(found.series["indicator"] == register)
    flows = {name: _same_place(found.series, stock, name) for name in signs}
    there = np.all([rows != NONE for rows in flows.values()], axis=0) & np.ones(len(stock), dtype=bool)
    stock, flows = stock[there], {name: rows[there] for name, rows in flows.items()}
    which, start, end = _stretches(found, stock, flows)
    zero = np.zeros(len(which), dtype=np.int64)
    after, before = found.find(stock[which], zero, end), found.find(stock[which], zero, start)
    is_there = (after != NONE) & (before != NONE)
    pieces, rest = [], []
    for name, change in signs.items():
        series = flows[name][which]
        own = found.find(series, start, end)
        first, last, is_tiled = found.tiled(series, start, end)
        is_there &= (own != NONE) | is_tiled
        rest.append(
            np.where(own != NONE, _missing(incomplete, own), np.where(incomplete.within(first, last), np.nan, 0))
        )
        pieces.append((change, own, first, last))
    sign, is_last = _left(_missing(incomplete, after), _missing(incomplete, before), np.array(rest))
    kept = np.flatnonzero(is_there & ~np.isnan(sign))
    partial, other = np.where(is_last, after, before), np.where(is_last, before, after)
    number, term = [np.arange(len(kept))] * 2, [partial[kept], other[kept]]
    side = np.where(is_last, 1.0, -1.0)[kept]
    factor = [side, -side]
    for change, own, first, last in pieces:
        terms, of = terms_of(found, own[kept], first[kept], last[kept])
        number.append(of)
        term.append(terms)
        factor.append(np.full(len(terms), -float(change)))
    is_gap = sign[kept] != 0
    return Balances(
        stock[which[kept]],
        np.where(is_gap, partial[kept], NONE),
        sign[kept],
        np.concatenate(term),
        np.concatenate(factor),
        np.concatenate(number),
    )


def _missing(incomplete: Incomplete, quantity: Ints) -> Floats:
    """Units missing in each quantity: none where it is complete, NaN where nobody knows how many."""
    missing: Floats = np.where(incomplete.quantity[quantity], incomplete.missing[quantity], 0.0)
    return missing


def _left(after: Floats, before: Floats, rest: Floats) -> tuple[Floats, Flags]:
    """The sign of what is left of each balance, and whether the last day tells it; NaN where it may be of any units.

    That as many are missing on two days does not say that they are the same; that none is does.
    """
    flows = np.where((rest == rest[0]).all(axis=0), rest[0], np.nan)
    is_last = flows == before
    sign = np.sign(before - after)
    is_told = ((flows == before) | (flows == after)) & (np.minimum(before, after) == 0)
    is_told &= ~((sign == 0) & (flows != 0))
    return np.where(is_told, sign, np.nan), is_last & (sign != 0)


def _same_place(series: pd.DataFrame, rows: Ints, indicator: str) -> Ints:
    """For some series that of another indicator, everything else the same; -1 where there is none."""
    columns = ["area", "breakdown", "category", "invented"]
    other = series.index[series["indicator"] == indicator]
    known = pd.Series(np.asarray(other), index=pd.MultiIndex.from_frame(series.loc[other, columns]))
    found = known.reindex(pd.MultiIndex.from_frame(series.loc[rows, columns])).fillna(NONE)
    placed: Ints = found.to_numpy(dtype=np.int64)
    return placed


def _stretches(found: Quantities, stock: Ints, flows: Mapping[str, Ints]) -> tuple[Ints, Ints, Ints]:
    """Which register, start and end: of cells of the flows, and between neighbouring days of the register."""
    rows = []
    for series in flows.values():
        first, last = np.searchsorted(found.of, series), np.searchsorted(found.of, series, side="right")
        at, which = ranges(first, last)
        rows.append(np.stack([which, found.start[at], found.end[at]], axis=1))
    first, last = np.searchsorted(found.of, stock), np.searchsorted(found.of, stock, side="right")
    at, which = ranges(first, np.maximum(first, last - 1))
    rows.append(np.stack([which, found.end[at], found.end[at + 1]], axis=1))
    unique = np.unique(np.concatenate(rows), axis=0)
    return unique[:, 0], unique[:, 1], unique[:, 2]
