"""Rates drawn towards what is common to many areas, for maps and rankings only: never in the official column.

Every area is taken to have a true rate of its own, drawn from one distribution (the prior) that is estimated from the
areas themselves (empirical Bayes). Events of an area are Poisson around its exposure times its rate. The fewer its
people, the more an area is drawn to the mean.

Arrays are one-dimensional, one entry for each area. Missing in, missing out: an area without events or exposure has no
smoothed rate, not the mean. Zero is a value. Negative and infinite numbers raise ValueError. Whatever estimates a prior
is `Refused` under 90 % of areas with values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, gammainccinv, gammaincinv

from riskmap.methods.arrays import Floats, above_zero, counts, not_negative, tail, unless_zero
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.rates import Rate
from riskmap.methods.refusals import Refused

_ROUNDS: Final = 10_000  # a fit that has not come to rest by then runs away to no variance at all


@dataclass(frozen=True, slots=True)
class Prior:
    """The distribution of true rates, for one unit of exposure; variance 0 where areas differ by chance alone."""

    mean: float
    variance: float

    def __post_init__(self) -> None:
        if not (self.mean >= 0 and self.variance >= 0) or (self.variance and not self.mean):
            raise ValueError(f"a prior of rates has mean and variance above 0, found {self.mean} and {self.variance}")

    @property
    def shape(self) -> float:
        """Nu of the gamma distribution with this mean and variance; infinite without variance."""
        return self.mean**2 / self.variance if self.variance else np.inf

    @property
    def rate(self) -> float:
        """Alpha of the gamma distribution with this mean and variance, in units of exposure."""
        return self.mean / self.variance if self.variance else np.inf


@dataclass(frozen=True, eq=False, slots=True)
class Smoothed:
    """Smoothed rates per `multiplier`, the weight of the area's own rate (0 to 1), and the prior of each area."""

    value: Floats
    weight: Floats
    mean: Floats
    variance: Floats


def marshall_prior(events: ArrayLike, exposure: ArrayLike) -> Prior | Refused:
    """Mean and variance of true rates by the method of moments.

    With r = x / n: b = sum(x) / sum(n), s2 = sum(n (r - b)^2) / sum(n), a = s2 - b / mean(n), which is 0 where it would
    be negative. Areas of exposure 0 or missing take no part. One area, all rates equal, no events: variance 0.

    Source: Marshall 1991, Applied Statistics (JRSS C) 40:283-294.

    By hand, 2 of 10 and 8 of 10: b = 0.5, s2 = 0.09, a = 0.09 - 0.5 / 10.

    >>> prior = marshall_prior([2, 8], [10, 10])
    >>> round(prior.mean, 6), round(prior.variance, 6)
    (0.5, 0.04)
    """
    count, people = _areas(events, exposure)
    return too_few_areas(_are_known(count, people)) or _moments(count, people)


def clayton_kaldor_prior(events: ArrayLike, expected: ArrayLike) -> Prior | Refused:
    """Mean nu / alpha and variance nu / alpha^2 of relative risks, fitted by the iteration of Clayton and Kaldor.

    With t = (O + nu) / (E + alpha): nu / alpha = mean(t) and nu / alpha^2 = sum((1 + alpha / E) (t - mean(t))^2) /
    (N - 1), repeated until nothing changes; it starts from mean and variance of O / E. Every area has the same say in
    the mean, where `marshall_prior` weighs by exposure: the answers differ. Areas of expected 0 or missing take no
    part. Where areas differ no more than by chance, one area or all equal: variance 0 and mean sum(O) / sum(E).

    Source: Clayton and Kaldor 1987, Biometrics 43:671-681, equations 4 and 5.
    """
    observed, expectation = _areas(events, expected)
    if refused := too_few_areas(_are_known(observed, expectation)):
        return refused
    used = _are_known(observed, expectation) & (expectation > 0)
    observed, expectation = observed[used], expectation[used]
    return _fitted(observed, expectation) or Prior(_ratio(observed, expectation), 0.0)


def global_empirical_bayes(
    events: ArrayLike, exposure: ArrayLike, *, multiplier: float = 100_000
) -> Smoothed | Refused:
    """Every area's rate drawn to that of all areas together.

    value = b + w (r - b) with w = a / (a + b / n), a and b of `marshall_prior`. a = 0: full shrinkage, every area gets
    b and weight 0. No events in an area: above 0 where others have some. Exposure 0 or missing: NaN. One area: its own
    rate. No events anywhere: 0.

    Source: Marshall 1991. Its published data, sudden infant deaths in North Carolina, are met in the tests.

    >>> global_empirical_bayes([2, 8], [10, 10], multiplier=1).value.round(4)
    array([0.3667, 0.6333])
    """
    count, people = _areas(events, exposure)
    prior = marshall_prior(count, people)
    if isinstance(prior, Refused):
        return prior
    return _smoothed(count, people, [prior] * count.size, multiplier=multiplier)


def local_empirical_bayes(
    events: ArrayLike, exposure: ArrayLike, *, neighbours: Sequence[Sequence[int]], multiplier: float = 100_000
) -> Smoothed | Refused:
    """Every area's rate drawn to that of its neighbourhood, which includes the area itself.

    `neighbours` lists for each area the positions of the others next to it. The moments of `marshall_prior` are taken
    over area and neighbours with values, around the neighbourhood's own mean (as GeoDa; R's spdep by default takes each
    neighbour's deviation from that neighbour's mean instead). An area without neighbours, or without one that has a
    value, is drawn to all areas. Neighbourhoods have few areas: the variance often is 0, so that the value is the mean
    of the neighbourhood. Else as `global_empirical_bayes`.

    Source: Marshall 1991, section 4.

    >>> local_empirical_bayes([2, 8, 6], [10, 10, 10], neighbours=[[1], [0, 2], [1]], multiplier=1).value.round(4)
    array([0.3667, 0.5714, 0.7   ])
    """
    count, people = _areas(events, exposure)
    if len(neighbours) != count.size:
        raise ValueError(f"neighbours must be given for each of {count.size} areas, found {len(neighbours)}")
    common = marshall_prior(count, people)
    if isinstance(common, Refused):
        return common
    known = _are_known(count, people) & (people > 0)
    priors = []
    for area, others in enumerate(neighbours):
        around = [other for other in {*others} - {area} if known[_position(other, count.size)]]
        near = [area, *sorted(around)]
        priors.append(_moments(count[near], people[near]) if around else common)
    return _smoothed(count, people, priors, multiplier=multiplier)


def gamma_poisson(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    prior: Prior,
    multiplier: float = 100_000,
    confidence: float = 0.95,
) -> Rate:
    """Mean and equal-tailed interval of the rate of each area when the true rates are gamma distributed.

    The posterior is gamma with shape x + nu and rate n + alpha; its mean is (x + nu) / (n + alpha), the smoothed rate
    of `global_empirical_bayes` where the prior is Marshall's. The prior is taken as known: the interval is a little too
    narrow where areas are few. 0 events: value above 0, lower limit near 0. Exposure 0 or missing: NaN. A prior
    without variance leaves one answer, its mean with both limits.

    Source: Clayton and Kaldor 1987, Biometrics 43:671-681.

    By hand, the prior gamma(4, 2) after 6 events in 3: gamma(10, 5).

    >>> rate = gamma_poisson([6], [3], prior=Prior(mean=2, variance=1), multiplier=1)
    >>> rate.value, rate.lower.round(4), rate.upper.round(4)
    (array([2.]), array([0.9591]), array([3.417]))
    """
    above_zero("multiplier", multiplier)
    each_side = tail(confidence)
    count, people = np.broadcast_arrays(counts("events", events), unless_zero(counts("exposure", exposure)))
    if not prior.variance:
        answer = np.where(np.isnan(count) | np.isnan(people), np.nan, prior.mean * multiplier)
        return Rate(answer, answer.copy(), answer.copy())
    shape, rate = count + prior.shape, people + prior.rate
    posterior = (shape, gammaincinv(shape, each_side), gammainccinv(shape, each_side))
    return Rate(*(np.asarray(amount / rate * multiplier) for amount in posterior))


def exceedance_probability(events: ArrayLike, exposure: ArrayLike, *, prior: Prior, reference: float) -> Floats:
    """The posterior probability that an area's rate lies above `reference`, a rate for one unit of exposure.

    The upper tail of the gamma distribution of `gamma_poisson`. Exposure 0 or missing: NaN. A prior without variance:
    1 where its mean is above the reference, else 0.

    Source: Clayton and Kaldor 1987; Richardson et al. 2004, Environmental Health Perspectives 112:1016-1025.

    By hand, gamma(1, 1) above ln 2.

    >>> exceedance_probability([0], [0.5], prior=Prior(mean=2, variance=4), reference=np.log(2)).round(6)
    array([0.5])
    """
    count, people = np.broadcast_arrays(counts("events", events), unless_zero(counts("exposure", exposure)))
    level = not_negative("reference", reference)
    if not prior.variance:
        return np.where(np.isnan(count) | np.isnan(people), np.nan, float(prior.mean > level))
    return np.asarray(gammaincc(count + prior.shape, level * (people + prior.rate)))


def _areas(events: ArrayLike, exposure: ArrayLike) -> tuple[Floats, Floats]:
    count, people = np.broadcast_arrays(counts("events", events), counts("exposure", exposure))
    if count.ndim != 1:
        raise ValueError(f"areas must lie on one axis, found {count.ndim}")
    return count, people


def _are_known(count: Floats, people: Floats) -> NDArray[np.bool_]:
    return ~np.isnan(count) & ~np.isnan(people)


def _ratio(count: Floats, people: Floats) -> float:
    total = float(people.sum())
    return float(count.sum()) / total if total else 0.0


def _moments(count: Floats, people: Floats) -> Prior:
    used = _are_known(count, people) & (people > 0)
    count, people = count[used], people[used]
    mean = _ratio(count, people)
    if count.size < 2:
        return Prior(mean, 0.0)
    spread = float((people * (count / people - mean) ** 2).sum() / people.sum())
    return Prior(mean, max(spread - mean / float(people.mean()), 0.0))


def _fitted(observed: Floats, expected: Floats) -> Prior | None:
    """What the iteration of Clayton and Kaldor comes to; nothing where the variance runs away to none."""
    risk = observed / expected
    if risk.size < 2 or not risk.var():
        return None
    prior = Prior(float(risk.mean()), float(risk.var(ddof=1)))
    for _ in range(_ROUNDS):
        risk = (observed + prior.shape) / (expected + prior.rate)
        mean = float(risk.mean())
        variance = float(((1 + prior.rate / expected) * (risk - mean) ** 2).sum() / (risk.size - 1))
        if variance < 1e-9 * mean**2:
            return None
        before, prior = prior, Prior(mean, variance)
        if abs(prior.shape - before.shape) < 1e-10 * prior.shape:
            return prior
    return None


def _smoothed(count: Floats, people: Floats, priors: Sequence[Prior], *, multiplier: float) -> Smoothed:
    above_zero("multiplier", multiplier)
    mean, variance = np.array([(prior.mean, prior.variance) for prior in priors]).reshape(-1, 2).T
    people = unless_zero(people)
    rate = count / people
    weight = np.where(variance > 0, variance / unless_zero(variance + mean / people), 0.0)
    weight = np.where(np.isnan(rate), np.nan, weight)
    value = mean + weight * (rate - mean)
    return Smoothed(value * multiplier, weight, mean * multiplier, variance * multiplier**2)


def _position(other: int, areas: int) -> int:
    if not 0 <= other < areas:
        raise ValueError(f"neighbours must be positions from 0 to {areas - 1}, found {other}")
    return other
