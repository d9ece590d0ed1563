"""Funnel limits: which areas differ from a reference by more than chance, and by how much chance must be widened.

Element by element, as in `riskmap.methods.rates`: missing in, missing out; zero is a value; negative and infinite
numbers raise ValueError. Only `overdispersion`, `rate_funnel` and `proportion_funnel` look at all areas together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc

from riskmap.methods.arrays import (
    Floats,
    above_zero,
    counts,
    not_negative,
    part_and_whole,
    refuse,
    tail,
    unless_zero,
    z_value,
)
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.rates import Limits, garwood_limits
from riskmap.methods.refusals import Refused

WARNING: Final = 0.95
# Only beyond these limits an area is outside: of 1,000 areas that do not differ two are, where at 95 % fifty would be.
ALARM: Final = 0.998


class Transformation(StrEnum):
    """The scale on which a ratio is near normal; the logarithm fails where nothing was observed."""

    SQUARE_ROOT = "square_root"
    LOGARITHM = "logarithm"


class Trimming(StrEnum):
    """What is done with the extreme scores before the spread of the others is measured."""

    WINSORISED = "winsorised"  # drawn in to the quantiles
    TRUNCATED = "truncated"  # left out


class Scores(NamedTuple):
    """Standardised differences from the target, and the standard error of each on the transformed scale."""

    z: Floats
    error: Floats


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much more areas differ than by chance: `phi` times in variance, `tau2` on the transformed scale."""

    areas: int
    phi: float
    tau2: float

    @property
    def is_used(self) -> bool:
        """Whether the limits are widened by it."""
        return self.tau2 > 0


@dataclass(frozen=True, eq=False, slots=True)
class Funnel:
    """The areas and their limits in one unit; `outside` is -1 below and 1 above the 99.8 % limits, 0 between them."""

    value: Floats
    reference: float
    warning: Limits
    alarm: Limits
    z: Floats
    outside: Floats
    overdispersion: Overdispersion


def chi_square_limits(expected: ArrayLike, *, target: float = 1, confidence: float = WARNING) -> Limits:
    """Limits of the ratio observed / expected around its target, as curves of a funnel are drawn.

    target * chi2(a/2; 2E) / 2E and target * chi2(1 - a/2; 2E + 2) / 2E, with a = 1 - confidence: the exact limits of a
    count E. Expected 0: NaN. They must not flag single areas: their lower limit is above 0 however little is expected,
    so that every area without events would lie below it; `exact_limits` has no such fault.

    Source: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202.

    Published answer for 15, 20 and 30 expected (NHS-R, FunnelPlotR 0.6.0, tests):

    >>> limits = chi_square_limits([15, 20, 30], confidence=0.998)
    >>> limits.lower.round(6), limits.upper.round(6)
    (array([0.386265, 0.447911, 0.528972]), array([2.082907, 1.902094, 1.702771]))
    """
    expectation = unless_zero(counts("expected", expected))
    limits = garwood_limits(expectation, confidence=confidence)
    scale = above_zero("target", target) / expectation
    return Limits(limits.lower * scale, limits.upper * scale)


def exact_limits(expected: ArrayLike, *, confidence: float = WARNING) -> Limits:
    """The counts at which an area's own exact interval just touches what is expected of it.

    lower: the x with P(X <= x) = a/2, upper: the x with P(X >= x) = a/2, X Poisson of mean `expected` and a = 1 -
    confidence, both continued between whole counts by the gamma function. A whole count lies outside exactly when its
    Garwood interval leaves `expected` out. Where even no event is not that rare (expected below 3.69 at 95 %) the lower
    limit is 0, and no area is below it. Nothing expected: both 0. Divide by the exposure for a rate.

    Source: OHID, Fingertips technical guide, funnel plots of rates.

    Published answer: 3 events lie on the lower limit of 8.7673 expected, on the upper one of 0.61867 (UKHSA,
    PHEindicatormethods, test data of funnels of rates, populations times 3 years times the baseline):

    >>> limits = exact_limits([8.767273, 0.6186721])
    >>> limits.lower.round(4)[0], limits.upper.round(4)[1]
    (np.float64(3.0), np.float64(3.0))
    """
    mean, each_side = np.asarray(counts("expected", expected)), tail(confidence)
    top = 2 * mean + 50  # further than any count of a probability that a double can tell from 0 here
    lower = _root(lambda x: gammaincc(x + 1, mean) < each_side, top)
    upper = _root(lambda x: gammainc(x, mean) > each_side, top)
    return Limits(*(np.where(np.isnan(mean), np.nan, limit) for limit in (lower, upper)))


def score_limits(denominator: ArrayLike, *, target: float, confidence: float = WARNING) -> Limits:
    """Limits of a proportion around its target: an area lies outside exactly when its Wilson interval leaves it out.

    target -+ z sqrt(target (1 - target) / n), kept within 0 and 1. Denominator 0: NaN. Target 0 or 1: both limits are
    the target.

    Source: Wilson 1927, JASA 22:209-212, turned round; OHID, Fingertips technical guide, funnel plots of proportions.

    Published answer around 80.642448 % (UKHSA, PHEindicatormethods, test data of funnels of proportions):

    >>> limits = score_limits([20, 1008, 110000], target=0.80642448)
    >>> (limits.lower * 100).round(4), (limits.upper * 100).round(4)
    (array([63.3267, 78.2034, 80.409 ]), array([97.9582, 83.0815, 80.8759]))
    """
    whole = unless_zero(counts("denominator", denominator))
    _share("target", target)
    spread = z_value(confidence) * np.sqrt(target * (1 - target) / whole)
    return Limits(np.clip(target - spread, 0, 1), np.clip(target + spread, 0, 1))


def ratio_scores(
    observed: ArrayLike, expected: ArrayLike, *, transformation: Transformation = Transformation.SQUARE_ROOT
) -> Scores:
    """How many standard errors observed / expected lies from 1 on the transformed scale.

    Square root: z = 2 (sqrt(O) - sqrt(E)), error 1 / (2 sqrt(E)). Logarithm: z = sqrt(E) ln(O / E), error 1 / sqrt(E);
    0 observed raises ValueError, as its logarithm does not exist: take the square root. Expected 0: NaN.

    Source: Spiegelhalter 2005; square root as at the Care Quality Commission, logarithm as in NHS Digital's SHMI.

    Published answer (NHS-R, FunnelPlotR 0.6.0, 100 of 108 and 150 of 112 by the square root):

    >>> ratio_scores([100, 150], [108, 112]).z.round(6)
    array([-0.78461 ,  3.328887])
    """
    count, expectation = np.broadcast_arrays(counts("observed", observed), counts("expected", expected))
    root = np.sqrt(unless_zero(expectation))
    if transformation is Transformation.SQUARE_ROOT:
        return Scores(2 * (np.sqrt(count) - root), 1 / (2 * root))
    refuse("observed must be above 0 on a logarithmic scale", count, count == 0)
    return Scores(root * np.log(count / root**2), 1 / root)


def proportion_scores(numerator: ArrayLike, denominator: ArrayLike, *, target: float) -> Scores:
    """How many standard errors a proportion lies from its target on the arcsine scale.

    z = 2 sqrt(n) (asin sqrt(p) - asin sqrt(target)), error 1 / (2 sqrt(n)). Denominator 0: NaN.

    Source: Spiegelhalter 2005.

    >>> proportion_scores([50, 65], 100, target=0.5).z.round(4)
    array([0.    , 3.0469])
    """
    part, whole = part_and_whole(numerator, denominator)
    _share("target", target)
    whole = unless_zero(whole)
    error = 1 / (2 * np.sqrt(whole))
    return Scores((np.arcsin(np.sqrt(part / whole)) - np.arcsin(np.sqrt(target))) / error, error)


def overdispersion(scores: Scores, *, trim: float = 0.1, trimming: Trimming = Trimming.WINSORISED) -> Overdispersion:
    """The spread of the scores beyond chance.

    phi = mean(z^2) over the n areas left after trimming, and, only where n phi > n - 1, tau2 = (n phi - (n - 1)) /
    (sum(w) - sum(w^2) / sum(w)) with w = 1 / error^2; otherwise tau2 is 0. Winsorised: scores beyond the quantiles
    `trim` and 1 - `trim` (linear interpolation, type 7 of R) are drawn in to them. Truncated: scores in the lowest and
    highest `trim` of ranks, counted in n + 1, are left out. Missing scores are left out. Fewer than two areas: tau2 is
    0, phi that of what there is (0 for none). All scores equal: phi is their square.

    Source: Spiegelhalter 2005, Statistics in Medicine 24:1185-1202 and 2005, Quality and Safety in Health Care 14:347.

    Published phi (NHS-R, FunnelPlotR 0.6.0, tests) by logarithm and truncation:

    >>> scores = ratio_scores([100, 150, 180, 80, 120, 225], [108, 112, 165, 95, 100, 220], transformation=
    ...     Transformation.LOGARITHM)
    >>> round(overdispersion(scores, trimming=Trimming.TRUNCATED).phi, 6)
    2.948033
    """
    if not 0 <= trim < 0.5:
        raise ValueError(f"trim must lie between 0 and 0.5, found {trim}")
    known = ~np.isnan(scores.z)
    z, weight = scores.z[known], 1 / scores.error[known] ** 2
    if trimming is Trimming.TRUNCATED:
        kept = _kept(z, trim)
        z, weight = z[kept], weight[kept]
    elif z.size:
        z = np.clip(z, *np.quantile(z, (trim, 1 - trim)))
    phi = float(np.mean(z**2)) if z.size else 0.0
    return Overdispersion(z.size, phi, _tau2(phi, weight))


def overdispersed_limits(
    expected: ArrayLike,
    *,
    tau2: float,
    transformation: Transformation = Transformation.SQUARE_ROOT,
    confidence: float = WARNING,
) -> Limits:
    """Limits of observed / expected around 1 that leave room for `tau2`, the variance between areas.

    Square root: (1 -+ z sqrt(1 / (4E) + tau2))^2, the lower one not below 0. Logarithm: exp(-+z sqrt(1 / E + tau2)).
    Expected 0: NaN. tau2 0: the approximate limits without overdispersion, for which `exact_limits` serve better.

    Source: Spiegelhalter 2005.

    By hand at z = 1.959964: (1 + 1.959964 * 0.1)^2 from 25 expected, and with tau2 0.0300 twice as far.

    >>> overdispersed_limits([25, 25], tau2=0).upper.round(6), overdispersed_limits([25], tau2=0.03).upper.round(6)
    (array([1.430407, 1.430407]), array([1.937644]))
    """
    expectation = unless_zero(counts("expected", expected))
    between = not_negative("tau2", tau2)
    if transformation is Transformation.SQUARE_ROOT:
        reach = z_value(confidence) * np.sqrt(1 / (4 * expectation) + between)
        return Limits(np.maximum(1 - reach, 0) ** 2, (1 + reach) ** 2)
    factor = np.exp(z_value(confidence) * np.sqrt(1 / expectation + between))
    return Limits(1 / factor, factor)


def rate_limits(exposure: ArrayLike, *, reference: float, tau2: float = 0, confidence: float = WARNING) -> Limits:
    """Limits of a rate around its reference, both for one unit of exposure.

    `exact_limits` of the events expected where `tau2` is 0, else `overdispersed_limits` on the square root scale.
    Exposure 0: NaN.

    Of 8.767273 expected, 3 events lie on the lower limit, as in `exact_limits`:

    >>> rate_limits([87_672.73], reference=0.0001).lower.round(9)
    array([3.4218e-05])
    """
    time = unless_zero(counts("exposure", exposure))
    expected = time * not_negative("reference", reference)
    if not tau2:
        found = exact_limits(expected, confidence=confidence)
        return Limits(found.lower / time, found.upper / time)
    found = overdispersed_limits(expected, tau2=tau2, confidence=confidence)
    return Limits(reference * found.lower, reference * found.upper)


def proportion_limits(
    denominator: ArrayLike, *, reference: float, tau2: float = 0, confidence: float = WARNING
) -> Limits:
    """Limits of a proportion around its reference.

    `score_limits` where `tau2` is 0, else sin(asin sqrt(reference) -+ z sqrt(error^2 + tau2))^2, kept within 0 and 1.
    Denominator 0: NaN.

    By hand around a half of 100, where the error is 0.05 and tau2 is its square: sin(pi / 4 -+ 1.959964 * 0.0707107)^2.

    >>> limits = proportion_limits([100], reference=0.5, tau2=0.0025)
    >>> limits.lower.round(6), limits.upper.round(6)
    (array([0.363177]), array([0.636823]))
    """
    if not tau2:
        return score_limits(denominator, target=reference, confidence=confidence)
    whole = unless_zero(counts("denominator", denominator))
    _share("reference", reference)
    reach = z_value(confidence) * np.sqrt(1 / (4 * whole) + not_negative("tau2", tau2))
    middle = np.arcsin(np.sqrt(reference))
    return Limits(np.sin(np.maximum(middle - reach, 0)) ** 2, np.sin(np.minimum(middle + reach, np.pi / 2)) ** 2)


def rate_funnel(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    reference: float | None = None,
    multiplier: float = 100_000,
    trim: float = 0.1,
) -> Funnel | Refused:
    """Rates of areas with funnel limits at 95 and 99.8 % around the reference, widened where areas are overdispersed.

    `reference` is a rate for one unit of exposure; by default that of all areas together. Scores are taken on the
    square root scale, which holds at 0 events. The limits are those of `rate_limits`. `z` includes tau2. `outside`
    speaks only of the 99.8 % limits. Under 90 % of areas with values: Refused. Exposure 0 or missing: NaN, and no part
    in phi. One area, or no events anywhere (z is NaN then): nothing is outside of its own reference.
    """
    count, time = np.broadcast_arrays(counts("events", events), counts("exposure", exposure))
    if refused := too_few_areas(~np.isnan(count) & ~np.isnan(time)):
        return refused
    base = _reference(count, time) if reference is None else not_negative("reference", reference)
    time = unless_zero(time)
    scores = ratio_scores(count, time * base)
    spread = overdispersion(scores, trim=trim)

    def limits(confidence: float) -> Limits:
        return rate_limits(time, reference=base, tau2=spread.tau2, confidence=confidence)

    return _funnel(count / time, base, (limits(WARNING), limits(ALARM)), (scores, spread), multiplier)


def proportion_funnel(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    reference: float | None = None,
    multiplier: float = 100,
    trim: float = 0.1,
) -> Funnel | Refused:
    """Shares of areas, in percent by default, with funnel limits around the reference, a proportion from 0 to 1.

    As `rate_funnel`, with `proportion_limits`.
    """
    part, whole = part_and_whole(numerator, denominator)
    if refused := too_few_areas(~np.isnan(part) & ~np.isnan(whole)):
        return refused
    base = _reference(part, whole) if reference is None else not_negative("reference", reference)
    whole = unless_zero(whole)
    scores = proportion_scores(part, whole, target=base)
    spread = overdispersion(scores, trim=trim)

    def limits(confidence: float) -> Limits:
        return proportion_limits(whole, reference=base, tau2=spread.tau2, confidence=confidence)

    return _funnel(part / whole, base, (limits(WARNING), limits(ALARM)), (scores, spread), multiplier)


def _funnel(
    value: Floats,
    reference: float,
    limits: tuple[Limits, Limits],
    spread: tuple[Scores, Overdispersion],
    multiplier: float,
) -> Funnel:
    above_zero("multiplier", multiplier)
    warning, alarm = (Limits(found.lower * multiplier, found.upper * multiplier) for found in limits)
    scores, dispersion = spread
    value = value * multiplier
    side = (value > alarm.upper).astype(float) - (value < alarm.lower)
    return Funnel(
        value=value,
        reference=reference * multiplier,
        warning=warning,
        alarm=alarm,
        z=scores.z / np.sqrt(1 + dispersion.tau2 / scores.error**2),
        outside=np.where(np.isnan(value), np.nan, side),
        overdispersion=dispersion,
    )


def _reference(part: Floats, whole: Floats) -> float:
    both = ~np.isnan(part) & ~np.isnan(whole) & (whole > 0)
    total = float(whole[both].sum())
    return float(part[both].sum()) / total if total else 0.0


def _share(name: str, number: float) -> None:
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, found {number}")


def _tau2(phi: float, weight: Floats) -> float:
    areas = weight.size
    if areas < 2 or areas * phi <= areas - 1:
        return 0.0
    return float((areas * phi - (areas - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))


def _kept(z: Floats, trim: float) -> NDArray[np.bool_]:
    """What is neither in the lowest nor in the highest `trim` of the ranks, equal scores having their mean rank."""
    _, place, repeats = np.unique(z, return_inverse=True, return_counts=True)
    rank = (np.cumsum(repeats) - (repeats - 1) / 2)[place]
    share = rank / (z.size + 1)
    return np.asarray((share >= trim) & (share < 1 - trim)) if trim else np.ones(z.size, dtype=bool)


def _root(is_below: Callable[[Floats], NDArray[np.bool_]], top: Floats) -> Floats:
    """Where `is_below` ends between 0 and `top`, element by element; 0 where it never holds."""
    low, high = np.zeros_like(top), top
    for _ in range(80):  # halvings: more than the digits of a double
        middle = (low + high) / 2
        below = is_below(middle)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low
