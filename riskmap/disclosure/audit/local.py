"""Tables in which single regions differ from the exact numbers: they hold against every other region."""

from dataclasses import replace

import numpy as np
import pandas as pd

from riskmap.disclosure.audit.attack import Attack, attack, with_tables
from riskmap.disclosure.audit.bounds import System, components, reduce
from riskmap.disclosure.audit.judgement import Seen
from riskmap.disclosure.audit.quantities import Flags, Floats, Ints
from riskmap.disclosure.audit.rules import Targets


def local_tables(
    public: Attack, targets: Targets, reach: System, region: "pd.Index[str]", exact: Floats, *, until: float
) -> Seen:
    """What is seen of every number where the lines between regions keep their exact numbers.

    Such tables of one region beside those of others make one of the whole, in which a region that knows its own finds
    nothing wrong. Where lines between regions hold for no exact numbers nothing is said.
    """
    system = public.system
    border, wrong = _border(system, region, exact)
    bad = np.isin(public.component, public.component[wrong])
    low, high = system.low.copy(), system.high.copy()
    low[border] = high[border] = exact[border]
    fixed, kept = reduce(replace(system, low=low, high=high).without(bad))
    line = np.flatnonzero(~bad)[kept]
    tied = _tied(fixed)
    found = with_tables(attack(fixed, targets.only(tied[targets.quantity]), reach, until=until), fixed)
    # One region without a table is enough for there to be none of the whole.
    lacking = np.union1d(found.left_out, np.flatnonzero(_without_table(fixed, found.seen)))
    bad |= np.isin(public.component, public.component[line[lacking]])
    is_known = tied & ~_tied(system.without(~bad))
    return Seen(np.where(is_known, found.seen.low, np.inf), np.where(is_known, found.seen.high, -np.inf))


def _border(system: System, region: "pd.Index[str]", exact: Floats) -> tuple[Ints, Flags]:
    """What stands in lines between regions, and which of these lines the exact numbers do not keep."""
    lines, count = system.lines, system.count
    code = np.full(lines.size, -1, dtype=np.int64)
    code[: len(region)] = pd.factorize(region)[0]
    nobody = np.flatnonzero(np.asarray(region == ""))
    own = code[lines.quantity]
    is_real = own >= 0
    least, most = np.full(count, len(region)), np.full(count, -1)
    np.minimum.at(least, lines.line[is_real], own[is_real])
    np.maximum.at(most, lines.line[is_real], own[is_real])
    crosses = least < most
    crosses[lines.line[np.isin(lines.quantity, nobody)]] = True
    at = crosses[lines.line]
    quantity = lines.quantity[at]
    number = exact[quantity]
    fits = (system.low[quantity] <= number) & (number <= system.high[quantity])
    wrong = np.zeros(count, dtype=bool)
    wrong[lines.line[at][~fits]] = True
    left = np.bincount(lines.line[at], weights=lines.factor[at] * np.nan_to_num(number), minlength=count)
    wrong |= crosses & (np.abs(left - lines.right) > 0)
    return np.unique(quantity[~np.isin(lines.line[at], np.flatnonzero(wrong))]), wrong


def _tied(system: System) -> Flags:
    tied = np.zeros(system.lines.size, dtype=bool)
    tied[system.lines.quantity] = True
    return tied


def _without_table(system: System, seen: Seen) -> Flags:
    """The lines of components of which no table was found."""
    component, lines = components(system), system.lines
    unseen = np.unique(component[lines.line[np.isinf(seen.low[lines.quantity])]])
    return np.isin(component, unseen)
