"""Protection by rounding, for sites that choose it: counts below the country to 5, national figures as they are.

Rounded numbers do not add up to their totals, which pages and files say. Each is rounded by itself from its own exact
count, so a number says the same wherever it stands, and stands for every count within 2 of it. An exact national total
can narrow that: 3 in the country and 5 in one region are 3 in that region. Such a total is rounded too. What several
rounded numbers tell together is not worked out: four districts of 3 in a region of 12 read 5, 5, 5, 5 and 10, which no
other counts do. Where that is not acceptable, suppression has to be chosen.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskmap.disclosure.primary import Flags, Numbers, Rules, is_known, rules
from riskmap.disclosure.protect import blank
from riskmap.domain.areas import AreaKind
from riskmap.domain.registry import Indicator
from riskmap.methods.rates import UNSTABLE_BELOW

BASE: Final = 5
# HESA, rounding and suppression of statistics: no percentage of fewer people than this is shown.
SMALLEST_WHOLE: Final = 22.5
# NHS Digital, Hospital Episode Statistics, disclosure control since 2018: counts that are not shown below the nation.
HES_HIDDEN: Final = (1, 7)
# HESA: counts below this are shown as 0.
HESA_ZERO_BELOW: Final = 3
# How far rounding reaches to both sides, and how many numbers a rounded one stands for at least, less one.
_REACH: Final = 2
_NARROWEST: Final = 2
_SAME: Final = ["indicator", "grain", "period_start", "period_end", "breakdown", "category", "invented"]


def rounded_half_up(counts: ArrayLike, *, base: int = BASE) -> Numbers:
    """The nearest multiple of `base`; what lies half way goes up. No number stays none."""
    rounded: Numbers = np.floor(np.asarray(counts, dtype=float) / base + 0.5) * base
    return rounded


def rounded_by_hes(counts: ArrayLike, *, hidden: tuple[int, int] = HES_HIDDEN, base: int = BASE) -> Numbers:
    """Sub-national counts as Hospital Episode Statistics shows them: 0 as it is, 1 to 7 not at all (NaN), others to 5.

    Source: NHS Digital, change to disclosure control methodology for HES and ECDS, 2018.
    """
    exact = np.asarray(counts, dtype=float)
    return np.where((exact >= hidden[0]) & (exact <= hidden[1]), np.nan, rounded_half_up(exact, base=base))


def rounded_by_hesa(counts: ArrayLike, *, zero_below: int = HESA_ZERO_BELOW, base: int = BASE) -> Numbers:
    """Counts as the Higher Education Statistics Agency shows them: 0 to 2 as 0, others to the nearest 5, half up.

    Source: HESA, rounding and suppression to anonymise statistics.
    """
    exact = np.asarray(counts, dtype=float)
    return np.where(exact < zero_below, 0.0, rounded_half_up(exact, base=base))


def rounded_cells(cells: pd.DataFrame, *, levels: Mapping[str, str], declared: Mapping[str, Indicator]) -> pd.DataFrame:
    """The public rows: same keys; every count below the country that is not open is rounded as HESA does.

    What the state has published itself and what is open stays exact; so do national figures, but for those that would
    tell a rounded one of a region to fewer than three numbers. Denominators are people or lessons, which are open.
    Hidden instead of rounded is what rounding is too weak for: below region the numbers whose zeros are hidden too and
    the categories that are never shown there, shares of fewer than 22.5, and regions that a total of the state tells. A
    share is never rounded up beyond its whole: there the multiple below stands, so that what is left is as uncertain as
    the count. `unstable` follows from the number shown.
    """
    public = cells.reset_index(drop=True).copy()
    known = np.flatnonzero(is_known(public))
    table = public.iloc[known]
    rule = rules(table, levels=levels, declared=declared)
    shown = _shown(table, rule)
    is_hidden, is_rounded = _treatment(table, rule, shown, levels)
    public.loc[known[is_rounded], "numerator"] = shown[is_rounded]
    public.loc[known[is_rounded], "unstable"] = _is_unstable(table, shown, declared)[is_rounded]
    blank(public, known[is_hidden])
    return public


def _treatment(cells: pd.DataFrame, rule: Rules, shown: Numbers, levels: Mapping[str, str]) -> tuple[Flags, Flags]:
    """Which cells are hidden, and which are rounded; all others stay as they are."""
    level = cells["area"].map({area: str(levels[area]) for area in cells["area"].unique()})
    is_national, is_regional = ((level == kind).to_numpy(dtype=bool) for kind in (AreaKind.COUNTRY, AreaKind.REGION))
    is_bound = rule.is_open | rule.is_exempt
    is_of_few = rule.is_share & (cells["denominator"].to_numpy(dtype=float) < SMALLEST_WHOLE)
    is_hidden = ~is_bound & ~is_national & (rule.hides_zero | rule.hides_all | is_of_few)
    is_rounded = ~is_bound & ~is_national & ~is_hidden
    low, high = _range(cells, rule, shown, is_rounded=is_rounded, is_hidden=is_hidden)
    line, is_told = _told(cells, low, high, is_total=is_national, is_part=is_regional)
    tells = is_national & np.isin(line, line[is_told])
    is_told &= np.isin(line, line[tells & is_bound])  # where the total is bound to stay, its parts go
    return is_hidden | is_told, (is_rounded & ~is_told) | (tells & ~is_bound)


def _range(
    cells: pd.DataFrame, rule: Rules, shown: Numbers, *, is_rounded: Flags, is_hidden: Flags
) -> tuple[Numbers, Numbers]:
    """The least and the largest count that each cell can be for one who sees it alone."""
    exact = cells["numerator"].to_numpy(dtype=float)
    # A share rounded down to fit stands for every count up to its whole.
    is_cut = rule.is_share & (shown + BASE > cells["denominator"].to_numpy(dtype=float))
    most = np.where(is_cut, np.floor(cells["denominator"].to_numpy(dtype=float)), shown + _REACH)
    low = np.select([is_rounded, is_hidden], [np.maximum(shown - _REACH, 0), 0.0], exact)
    return low, np.select([is_rounded, is_hidden], [most, np.inf], exact)


def _told(
    cells: pd.DataFrame, low: Numbers, high: Numbers, *, is_total: Flags, is_part: Flags
) -> tuple[NDArray[np.int64], Flags]:
    """The line of each cell, and the parts that its exact total tells to fewer than three numbers.

    A line whose total lies outside what its parts can add up to is none: it tells nobody anything.
    """
    line = cells.groupby(_SAME, sort=False).ngroup().to_numpy(dtype=np.int64)
    size = int(line.max(initial=-1)) + 1
    least, most = (np.bincount(line[is_part], of[is_part], minlength=size)[line] for of in (low, high))
    total = np.full(size, np.nan)
    total[line[is_total]] = cells["numerator"].to_numpy(dtype=float)[is_total]
    up, down = total[line] - least, most - total[line]
    room = np.minimum(high, low + up) - np.where(np.isfinite(down), np.maximum(low, high - down), low)
    told: Flags = is_part & (high > low) & (up >= 0) & (down >= 0) & (room < _NARROWEST)
    return line, told


def _shown(cells: pd.DataFrame, rule: Rules) -> Numbers:
    """The rounded counts; of a share no more than fits into its whole."""
    whole = np.where(rule.is_share, cells["denominator"].to_numpy(dtype=float), np.inf)
    most = np.floor(whole / BASE) * BASE
    shown: Numbers = np.fmin(rounded_by_hesa(cells["numerator"].to_numpy(dtype=float)), most)
    return shown


def _is_unstable(cells: pd.DataFrame, shown: Numbers, declared: Mapping[str, Indicator]) -> Flags:
    """Where the number shown is above zero and of few events, for rates as everywhere."""
    is_rate = cells["indicator"].map({name: item.interval == "poisson" for name, item in declared.items()})
    few: Flags = is_rate.to_numpy(dtype=bool) & (shown > 0) & (shown < UNSTABLE_BELOW)
    return few
