"""How likely it is that a district reports so few events, given what comparable districts report.

A district that reported nothing because it sent nothing is missing (NaN), not silent: it has no probability, is never
flagged, and is not among those it could be compared with. Whether all of a period has been sent must be settled before.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincc, gammaincc

from riskmap.methods.arrays import Floats, counts, not_negative

FLAGGED_BELOW: Final = 0.01


@dataclass(frozen=True, eq=False, slots=True)
class Silence:
    """Events expected of each district by the others' rate, the probability of so few, and whether it is flagged."""

    expected: Floats
    probability: Floats
    is_flagged: NDArray[np.bool_]


def probability_of_so_few(events: ArrayLike, expected: ArrayLike, *, dispersion: float = 0) -> Floats:
    """The probability of at most `events` where `expected` are expected, element by element.

    Without dispersion Poisson: P(X <= x) = Q(x + 1, m), Q the upper incomplete gamma function. With it negative
    binomial of variance m + dispersion m^2 (NB2): districts differ in truth, too; `dispersion` is variance / mean^2 of
    `riskmap.methods.smoothing.Prior`, 1 / nu. Both formulas continue between whole numbers of events. 0 events: e^-m,
    or (1 + dispersion m)^(-1 / dispersion). Nothing expected: 1. Missing: NaN. Negative or infinite numbers raise
    ValueError.

    By hand: none of 5 expected, e^-5; with dispersion 0.5, (1 + 2.5)^-2.

    >>> probability_of_so_few([0], 5).round(6), probability_of_so_few([0], 5, dispersion=0.5).round(6)
    (array([0.006738]), array([0.081633]))
    """
    count, mean = np.broadcast_arrays(counts("events", events), counts("expected", expected))
    spread = not_negative("dispersion", dispersion)
    if not spread:
        return np.asarray(gammaincc(count + 1, mean))
    # P(X <= x) of a negative binomial is I_p(k, x + 1) with p = k / (k + m), k = 1 / dispersion.
    return np.asarray(betaincc(count + 1, 1 / spread, spread * mean / (1 + spread * mean)))


def silence(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    dispersion: float = 0,
    threshold: float = FLAGGED_BELOW,
) -> Silence:
    """Which districts report so few events that it would hardly happen at the rate of the comparable others.

    Of each district n sum(x) / sum(n) are expected, the sums over the others of its group: left in, a large silent
    district would lower the rate it is judged by. `groups` holds a label for each district; without it all are
    comparable. The probability is that of `probability_of_so_few`; a district is flagged below `threshold`, 1 % by
    default. The rate of the others is taken as known: with few events among them the probability is rough. Of many
    districts looked at, one in a hundred is flagged by chance.

    Not reported (NaN), exposure missing or 0: NaN and not flagged, and no part in the rate of others. A district
    without comparable others that reported: NaN and not flagged. No events among the others: nothing expected,
    probability 1. All equal: none is flagged where as many are expected as are seen.

    Source: the exact test of a Poisson number against its expectation; leaving out as in Spiegelhalter 2005.

    >>> found = silence([0, 12, 9, np.nan], [1000, 1200, 900, 1000])
    >>> found.expected.round(1), found.is_flagged
    (array([10. ,  5.7,  4.9,  nan]), array([ True, False, False, False]))
    """
    count, people = np.broadcast_arrays(counts("events", events), counts("exposure", exposure))
    if count.ndim != 1:
        raise ValueError(f"districts must lie on one axis, found {count.ndim}")
    if not 0 < threshold < 1:
        raise ValueError(f"threshold must lie between 0 and 1, found {threshold}")
    labels = np.zeros(count.shape) if groups is None else np.asarray(groups)
    if labels.shape != count.shape:
        raise ValueError(f"groups must be given for each of {count.size} districts, found shape {labels.shape}")
    expected = _expected(count, people, labels)
    probability = probability_of_so_few(count, expected, dispersion=dispersion)
    return Silence(expected, probability, probability < threshold)


def _expected(count: Floats, people: Floats, labels: NDArray[np.generic]) -> Floats:
    reports = ~np.isnan(count) & (people > 0)
    expected = np.full(count.shape, np.nan)
    for place in np.flatnonzero(reports):
        others = reports & (labels == labels[place])
        others[place] = False
        if others.any():
            expected[place] = people[place] * count[others].sum() / people[others].sum()
    return expected
