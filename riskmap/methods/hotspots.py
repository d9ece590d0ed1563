"""Where like values lie beside each other: local Moran's I (LISA) and Getis and Ord's Gi and Gi*.

The rules for missing values, weights and refusals are those of `riskmap.methods.spatial`. An area without neighbours,
or without a value, has no answer (NaN, label NONE); so has every area where all values are equal. Both statistics are
tested by conditional permutations: the area keeps its value, its neighbours get values drawn without replacement from
all other areas. The same seed gives the same p-values for the same order of areas; for another order they agree within
the error of the draw.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmap.methods.arrays import Floats, finite, spread
from riskmap.methods.conditional import exceeded
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.discovery import benjamini_hochberg
from riskmap.methods.neighbours import Neighbours, among
from riskmap.methods.refusals import Refused
from riskmap.methods.spatial import PERMUTATIONS, SEED, Side, centred, p_of_counts

FALSE_DISCOVERIES: Final = 0.05
_NOTHING: Final = 1e-12  # what rounding leaves of 0, in units of the range


class Pattern(StrEnum):
    """What an area and its neighbours are, against the mean of all areas."""

    HIGH_HIGH = "high_high"
    LOW_HIGH = "low_high"
    LOW_LOW = "low_low"
    HIGH_LOW = "high_low"
    NONE = "none"


@dataclass(frozen=True, eq=False, slots=True)
class LocalMoran:
    """One entry per area in each array."""

    i: Floats
    quadrant: NDArray[np.str_]  # Pattern of the signs alone, significant or not
    p: Floats
    q: Floats  # p adjusted for all areas tested (Benjamini & Hochberg)
    pattern: NDArray[np.str_]  # quadrant where q is within the false discovery rate, NONE elsewhere


@dataclass(frozen=True, eq=False, slots=True)
class Getis:
    """One entry per area in each array."""

    z: Floats  # Gi* or Gi as a standard deviate: above 0 high values gather, below 0 low ones
    p: Floats
    q: Floats
    significant: NDArray[np.bool_]


def local_moran(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alternative: Side = "two-sided",
    rate: float = FALSE_DISCOVERIES,
    ddof: Literal[0, 1] = 0,
) -> LocalMoran | Refused:
    """Local Moran's I of each area, its quadrant of the Moran scatterplot, and whether it can be believed.

    With z the values less their mean and m2 = sum(z^2) / (n - ddof): I_i = z_i / m2 * sum_j w_ij z_j, a pure number.
    ddof 0 is Anselin's definition and that of spdep; ddof 1 is that of esda and GeoDa, (n - 1) / n times the former.
    The permutation p does not depend on it. "folded" is the smaller side alone, as esda and GeoDa tell it: as a test of
    both sides it is too small by half. A value, or neighbours, exactly at the mean have no quadrant.

    Source: Anselin 1995, Geographical Analysis 27:93-115; Benjamini & Hochberg 1995.

    Published answer (PySAL, help page of esda.Moran_Local, ten areas of desmith.gal, row-standardised), the first four:

    >>> from riskmap.methods.neighbours import row_standardised, weighted
    >>> lists = [[1, 3], [0, 4], [3, 6], [0, 2, 4, 7], [1, 3, 5, 8], [4, 9], [2, 7], [3, 6, 8], [4, 7, 9], [5, 8]]
    >>> z = [2.24, 3.1, 4.55, -5.15, -4.39, 0.46, 5.54, 9.02, -2.09, -3.06]
    >>> local_moran(z, row_standardised(weighted(lists)), ddof=1, permutations=99).i[:4].round(4)
    array([-0.1141, -0.1994, -0.1335, -0.5177])
    """
    x, known, refusal = _known(values, neighbours)
    if refusal:
        return refusal
    near = among(neighbours, known)
    z = centred(x[known])
    has_answer = ~near.islands & z.any()
    lag = near.matrix() @ z
    quadrant = np.where(has_answer, _quadrants(z, lag), Pattern.NONE)
    found = exceeded(z, near, permutations=permutations, seed=seed)
    # I rises with the neighbours where the area is above the mean, falls with them below it, and is 0 at the mean.
    at_mean = np.abs(z) <= _NOTHING
    at_least = np.where(at_mean, permutations, np.where(z > 0, found.at_least, found.at_most))
    at_most = np.where(at_mean, permutations, np.where(z > 0, found.at_most, found.at_least))
    p = np.where(has_answer, p_of_counts(at_least, at_most, permutations, alternative), np.nan)
    q = benjamini_hochberg(p)
    variance = np.where(has_answer, (z**2).sum() / (len(z) - ddof) if len(z) > ddof else np.nan, np.nan)
    return LocalMoran(
        i=spread(z / variance * lag, known),
        quadrant=_spread_words(quadrant, known),
        p=spread(p, known),
        q=spread(q, known),
        pattern=_spread_words(np.where(q <= rate, quadrant, Pattern.NONE), known),
    )


def getis_ord(
    values: ArrayLike,
    neighbours: Neighbours,
    *,
    star: bool = True,
    self_weight: float = 1,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alternative: Side = "two-sided",
    rate: float = FALSE_DISCOVERIES,
) -> Getis | Refused:
    """Gi* (or Gi without `star`) of each area as a standard deviate, and whether it can be believed.

    Gi* counts the area itself with `self_weight`: (sum_j w_ij x_j - W mean) / (s sqrt((n S1 - W^2) / (n - 1))) with
    W = sum_j w_ij and S1 = sum_j w_ij^2, j running over the area too, and s^2 = sum(x^2) / n - mean^2. Gi leaves the
    area out of its sum, its mean and s, and n is one less. Scaling a row changes nothing, so that Gi is the same for
    binary and row-standardised neighbours; for Gi* the weight of the area must be scaled too, and the usual choice is
    binary ones, each as heavy as the area. Where the sum runs over all areas, the answer is NaN.

    Source: Getis & Ord 1992, Geographical Analysis 24:189-206; Ord & Getis 1995, 27:286-306.

    Published answer (PySAL, help page of esda.G_Local, six points, neighbours within 15), Gi* and Gi:

    >>> from riskmap.methods.neighbours import weighted
    >>> near = weighted([[1, 3], [0, 3, 4], [4], [0, 1, 4], [1, 2, 3, 5], [4]])
    >>> getis_ord([2, 3, 3.2, 5, 8, 7], near, permutations=99).z.round(4)
    array([-1.3973, -0.2892,  0.6506, -0.2892,  1.2345,  2.0242])
    >>> getis_ord([2, 3, 3.2, 5, 8, 7], near, star=False, permutations=99).z.round(4)
    array([-1.0137, -0.0436,  1.3156, -0.3141,  1.1537,  1.7783])
    """
    x, known, refusal = _known(values, neighbours)
    if refusal:
        return refusal
    near = among(neighbours, known)
    z = centred(x[known])
    deviate = _deviates(z, near, self_weight=self_weight if star else 0.0)
    has_answer = ~np.isnan(deviate)
    found = exceeded(z, near, permutations=permutations, seed=seed)
    p = np.where(has_answer, p_of_counts(found.at_least, found.at_most, permutations, alternative), np.nan)
    q = benjamini_hochberg(p)
    whole = spread(q, known)
    return Getis(spread(deviate, known), spread(p, known), whole, whole <= rate)


def _deviates(z: Floats, near: Neighbours, *, self_weight: float) -> Floats:
    owners, n = near.owners, len(z)
    total = np.bincount(owners, near.weights, minlength=n) + self_weight
    squares = np.bincount(owners, near.weights**2, minlength=n) + self_weight**2
    gathered = near.matrix() @ z + self_weight * z
    if self_weight:
        mean, variance, size = np.zeros(n), np.full(n, (z**2).mean()), n
    else:
        size = n - 1
        mean = -z / max(size, 1)
        variance = ((z**2).sum() - z**2) / max(size, 1) - mean**2
    scatter = variance * (size * squares - total**2) / max(size - 1, 1)
    # What rounding leaves of nothing is nothing: equal values, or all other areas as neighbours.
    least = 1e-12 * (z**2).mean() * squares
    usable = ~near.islands & z.any() & (scatter > least)
    return np.where(usable, (gathered - total * mean) / np.sqrt(np.where(usable, scatter, 1)), np.nan)


def _quadrants(z: Floats, lag: Floats) -> NDArray[np.str_]:
    high, low = z > _NOTHING, z < -_NOTHING
    around_high, around_low = lag > _NOTHING, lag < -_NOTHING
    return np.select(
        [high & around_high, low & around_high, low & around_low, high & around_low],
        [Pattern.HIGH_HIGH, Pattern.LOW_HIGH, Pattern.LOW_LOW, Pattern.HIGH_LOW],
        Pattern.NONE,
    )


def _known(values: ArrayLike, neighbours: Neighbours) -> tuple[Floats, NDArray[np.bool_], Refused | None]:
    x = finite("values", values)
    if x.shape != (neighbours.size,):
        raise ValueError(f"{neighbours.size} areas need as many values, found an array of shape {x.shape}")
    known = ~np.isnan(x)
    return x, known, too_few_areas(known)


def _spread_words(found: NDArray[np.str_], known: NDArray[np.bool_]) -> NDArray[np.str_]:
    whole = np.full(known.shape, Pattern.NONE, dtype=f"U{max(map(len, Pattern))}")
    whole[known] = found
    return whole
