"""A register: what stands at an end less what stood before is what was placed on it less what was removed."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from riskmap.disclosure.series import Series, Stretch


def changes_of(relations: pd.DataFrame) -> dict[str, list[tuple[str, int]]]:
    """Of every register the indicators of those placed on it and removed from it, with their signs."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in relations[relations["kind"] == "balance"].itertuples(index=False):
        found[row.total].append((row.part, int(row.sign)))
    return found


def balance(
    stock: Series, flows: Sequence[tuple[Series | None, int]], stretch: Stretch
) -> tuple[list[tuple[int, int]], int]:
    """The terms of a balance, none where it is none, and the sign of what is left of them.

    Where units are missing on one of the two days and not in the rest, or in the rest and not on that day, what is left
    are those units on one of the days.
    """
    first, last = stretch
    ends = [((last, last), 1), ((first, first), -1)]
    terms = [(variable, sign) for end, sign in ends for variable in stock.terms(end)]
    moved = [(series.terms(stretch), series.missing(stretch), sign) for series, sign in flows if series]
    if len(terms) < len(ends) or len(moved) < len(flows) or not all(variables for variables, _, _ in moved):
        return [], 0
    terms += [(variable, -sign) for variables, _, sign in moved for variable in variables]
    after, before = (stock.missing(end) or 0 for end, _ in ends)
    is_told = {missing for _, missing, _ in moved} in ({after}, {before})
    return terms, int(np.sign(before - after)) if is_told else 0


def between(stock: Series, flows: Sequence[Series]) -> set[Stretch]:
    """Between which ends a register is looked at: those of its own numbers and of what was placed or removed."""
    ends = sorted(end for end, _ in stock.stretches)
    between = set(zip(ends, ends[1:], strict=False))
    return between.union(*(series.stretches for series in flows)) if flows else set()
