"""What is to be protected, and by which cells: the input of suppression, apart from what the figures are about."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskmap.disclosure.attack import REACH
from riskmap.disclosure.primary import Flags, Numbers
from riskmap.disclosure.rows import Sums

EVERYBODY = -1  # who knows what is public and nothing else; other observers are numbers of regions


@dataclass(frozen=True, slots=True)
class Problem:
    """A system of sums with what its cells cost, which are hidden by rule and which may be hidden beside them.

    Per variable: `limit`, the first number that is no small one; `zero_is_open`, whether zero may be told; `region`,
    the number of the region whose office knows it (-1: none); `upper`, the largest number it can have. Per cell:
    `must_hide`, `may_hide`, `cost`. `wanted` are variables for which an observer must not find a narrow interval.
    """

    sums: Sums
    limit: Numbers
    zero_is_open: Flags
    region: NDArray[np.int64]
    upper: Numbers
    must_hide: Flags
    may_hide: Flags
    cost: Numbers
    wanted: Flags
    up_level: Numbers  # what a witness has to reach
    down_level: Numbers  # and to what another one has to come down

    def is_open(self, hidden: Flags) -> Flags:
        """Which variables are open to everybody where these cells are hidden: they, and what no cell shows."""
        is_open = np.ones(self.sums.variables, dtype=bool)
        is_open[: self.sums.cells] = hidden
        return is_open

    def bounds(self) -> tuple[Numbers, Numbers]:
        """Between which numbers witnesses are sought, per variable."""
        value = self.sums.value
        is_free = np.isnan(value)
        low = np.where(is_free, 0.0, np.maximum(np.nan_to_num(value) - REACH, 0.0))
        high = np.where(is_free, 10 * REACH, np.minimum(np.nan_to_num(value) + REACH, self.upper))
        return low, high
