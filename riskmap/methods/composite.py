"""One score out of several indicators, and how far it can be trusted.

An index of reports measures reporting too: indicators of harm and of prevention are never to be blended into one score,
and no rank is to be shown without its interval; what goes into an index is the caller's choice, and bound to that.

Components stand in an array of areas by components. An area that lacks one has no score; with scores for under 90 % of
the areas the answer is Refused(TOO_FEW_AREAS), and a missing component never becomes 0, a mean or a bound. Only areas
with all components take part in what is estimated from all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmap.methods.arrays import Floats, counts, finite, part_and_whole, refuse, spread
from riskmap.methods.coverage import too_few_areas
from riskmap.methods.normalise import normalise, treated
from riskmap.methods.refusals import Refused

Mean = Literal["arithmetic", "geometric", "harmonic"]
Scale = Literal["minmax", "zscore", "percentile"]

LOWEST: Final = 1.0  # of a score: a geometric mean needs numbers above 0
HIGHEST: Final = 100.0
_DEVIATIONS: Final = 3  # from the middle of the scale to its ends, for z-scores


class Level(StrEnum):
    """How much attention an area asks for, against the other areas."""

    ROUTINE = "routine"
    HEIGHTENED = "heightened"
    PRIORITY = "priority"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How components become one score; directions and weights have one entry per component."""

    directions: tuple[Literal[1, -1], ...]  # 1: a higher value asks for more attention
    weights: tuple[float, ...] = ()  # equal without; only their proportions count
    scale: Scale = "minmax"
    mean: Mean = "geometric"
    treat_outliers: bool = True
    from_top: bool = False  # the mean is of what scores lack to the top, so that no low one makes good for a high one


@dataclass(frozen=True, eq=False, slots=True)
class Index:
    """Scores by area, from 1 to 100, and the scores of the components they are the mean of."""

    scores: Floats
    components: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Where each area stands among the others, rank 1 asking for most attention; one entry per area."""

    rank: Floats  # median over all draws
    lower: Floats
    upper: Floats
    chances: dict[Level, Floats]  # of standing in each level; together 1
    level: NDArray[np.str_]  # a Level, or "" where the area has no score


def weighted_mean(values: ArrayLike, weights: ArrayLike, *, mean: Mean = "arithmetic") -> Floats:
    """The mean over the last axis, the weights being scaled to sum 1.

    arithmetic sum(w x); geometric exp(sum(w ln x)); harmonic 1 / sum(w / x). The first lets a low score of one
    component be made good by a high one of another, the last least of all. Missing in, missing out, also at weight 0.
    One value: itself. The latter two raise ValueError for values not above 0, all for weights below 0 or all 0.

    Source: OECD/JRC 2008, Handbook on Constructing Composite Indicators, step 6.

    Computed with the package COINr 1.1.14 of the JRC's methods:

    >>> [float(weighted_mean([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], mean=mean).round(6))
    ...  for mean in ("arithmetic", "geometric", "harmonic")]
    [2.333333, 2.007112, 1.724138]
    """
    x, w = finite("values", values), counts("weights", weights)
    if not (w.sum(axis=-1) > 0).all():
        raise ValueError("weights must be known, and not all be 0")
    w = w / w.sum(axis=-1, keepdims=True)
    if mean == "arithmetic":
        return np.asarray((w * x).sum(axis=-1))
    refuse(f"values of a {mean} mean must be above 0", x, x <= 0)
    if mean == "geometric":
        return np.asarray(np.exp((w * np.log(x)).sum(axis=-1)))
    return np.asarray(1 / (w / x).sum(axis=-1))


def composite_index(components: ArrayLike, recipe: Recipe) -> Index | Refused:
    """The score of each area: direction, outliers, scale, weighted mean, in this order.

    Each component is turned so that a higher value asks for more attention, its outliers are treated, and it is put
    on a scale from 1 to 100, since a geometric mean needs numbers above 0: minmax 1 + 99 (x - min) / (max - min);
    percentile 1 + 99 (rank - 1) / (n - 1); zscore 50.5 + 16.5 z, what lies more than 3 deviations out standing at the
    ends. A component in which all areas are equal parts none of them: all get 50.5 (so does a single area). It is not
    left out for that, as the weight of the others would change. Scores compare areas of one period with each other;
    they say nothing about change.

    Where a high score asks for attention, a geometric mean of the scores lets a low component make good for a high one:
    of 100 and 1 it is 10, of 20 and 20 it is 20. With `from_top` it is taken of what each score lacks to 101, and of
    100 and 1 the score is 91.

    Source: OECD/JRC 2008; Saisana, Saltelli & Tarantola 2005, JRSS A 168:307-323.

    >>> index = composite_index([[1, 9], [3, 5], [5, 1]], Recipe(directions=(1, -1)))
    >>> index.scores
    array([  1. ,  50.5, 100. ])
    """
    x = _checked(components, recipe)
    known = np.asarray(~np.isnan(x).any(axis=1))
    refusal = too_few_areas(known)
    if refusal:
        return refusal
    scores, parts = np.full(len(x), np.nan), np.full(x.shape, np.nan)
    parts[known] = _scaled(_treated(x[known], x[known], recipe), recipe.scale)
    scores[known] = _joined(parts[known], _weights(recipe), recipe)
    return Index(scores, parts)


def leave_one_out(components: ArrayLike, recipe: Recipe) -> Floats | Refused:
    """The rank of each area with each component left out in turn: components by areas, rank 1 the highest score.

    The weights of the others keep their proportions. Areas are those with all components, as in the whole index, so
    that ranks can be compared with it. One component alone raises ValueError.

    >>> leave_one_out([[1, 9], [3, 5], [5, 6]], Recipe(directions=(1, -1)))
    array([[3., 1., 2.],
           [3., 2., 1.]])
    """
    x = _checked(components, recipe)
    if x.shape[1] < 2:
        raise ValueError("of one component none can be left out")
    known = np.asarray(~np.isnan(x).any(axis=1))
    refusal = too_few_areas(known)
    if refusal:
        return refusal
    ranks = np.full(x.T.shape, np.nan)
    parts, weights = _scaled(_treated(x[known], x[known], recipe), recipe.scale), _weights(recipe)
    for out in range(x.shape[1]):
        others = np.arange(x.shape[1]) != out
        ranks[out, known] = ranks_of(_joined(parts[:, others], weights[others], recipe))
    return ranks


def ranks_of(scores: ArrayLike) -> Floats:
    """Rank 1 for the highest score; equal scores share the lowest of their ranks. Missing in, missing out.

    >>> ranks_of([3, 9, np.nan, 3])
    array([ 2.,  1., nan,  2.])
    """
    # Means of the same numbers in another order differ in their last digits.
    return normalise(-np.round(finite("scores", scores), 9), "rank")


def rate_draws(events: ArrayLike, exposure: ArrayLike, *, draws: int, seed: int) -> Floats:
    """What the rates may be, given the events: one more axis in front, of `draws` draws from their distribution.

    Gamma with shape events + 1/2 and rate exposure, the posterior of a Poisson rate under Jeffreys' prior: at 0 events
    it is not 0 but small. Missing, or exposure 0: NaN in all draws.

    >>> float(rate_draws([[4]], [[9]], draws=20_000, seed=1).mean().round(2))
    0.5
    """
    cases, time = np.broadcast_arrays(counts("events", events), counts("exposure", exposure))
    usable = (time > 0) & ~np.isnan(cases)
    drawn = np.random.default_rng(seed).gamma(np.where(usable, cases, 0) + 0.5, size=(draws, *cases.shape))
    return np.asarray(drawn / np.where(usable, time, np.nan))


def share_draws(part: ArrayLike, whole: ArrayLike, *, draws: int, seed: int) -> Floats:
    """What the shares may be, given part and whole: one more axis in front, of `draws` draws from their distribution.

    Beta with shapes part + 1/2 and whole - part + 1/2, the posterior of a share under Jeffreys' prior: 0 of n is not 0
    but small, n of n not 1. Missing, or whole 0: NaN in all draws. A part above its whole raises ValueError.

    >>> float(share_draws([[3]], [[9]], draws=20_000, seed=1).mean().round(2))
    0.35
    """
    inside, whole_of = part_and_whole(part, whole)
    usable = (whole_of > 0) & ~np.isnan(inside)
    outside = np.where(usable, whole_of - inside, 0)
    drawn = np.random.default_rng(seed).beta(
        np.where(usable, inside, 0) + 0.5, outside + 0.5, size=(draws, *inside.shape)
    )
    return np.where(usable, drawn, np.nan)


def standings(
    samples: ArrayLike,
    recipe: Recipe,
    *,
    weight_spread: float = 0.25,
    scales: Sequence[Scale] = ("minmax", "zscore", "percentile"),
    confidence: float = 0.9,
    shares: tuple[float, float] = (0.1, 0.2),
    certainty: float = 0.5,
    seed: int = 20_080_829,
) -> Standing | Refused:
    """Ranks with intervals, and levels of attention with their chances, over the choices an index could be made of.

    `samples` are draws by areas by components: what the components may be, such as `rate_draws`. In each draw every
    weight is multiplied by a number drawn evenly from 1 - weight_spread to 1 + weight_spread, and one of the `scales`
    is drawn. Outliers are treated as the means of the draws ask for, in the same way in each. The interval holds
    `confidence` of the ranks of an area, between the two quantiles that leave the same on either side. Of n areas the
    first ceil(shares[0] n) are PRIORITY in a draw, the next ceil(shares[1] n) HEIGHTENED, equal ranks together. An area
    gets the highest level that it reaches, or passes, with a chance of `certainty`.

    An area that lacks a component in any draw has no rank. One area: rank 1, with chance 1 PRIORITY. All equal: all of
    rank 1, since none is behind another. The same seed gives the same draws.

    Source: Saisana, Saltelli & Tarantola 2005, JRSS A 168:307-323; OECD/JRC 2008, step 7.

    >>> drawn = rate_draws([[5], [40], [9], [7]], [[100]], draws=500, seed=1)
    >>> found = standings(drawn, Recipe(directions=(1,)))
    >>> found.rank, found.level.tolist()
    (array([4., 1., 2., 3.]), ['routine', 'priority', 'heightened', 'routine'])
    """
    x = finite("samples", samples)
    if x.ndim != 3 or not len(x):
        raise ValueError(f"draws by areas by components are needed, found an array of shape {x.shape}")
    _checked(x[0], recipe)
    if not 0 <= weight_spread < 1:
        raise ValueError(f"weight_spread must lie between 0 and 1, found {weight_spread}")
    known = np.asarray(~np.isnan(x).any(axis=(0, 2)))
    refusal = too_few_areas(known)
    if refusal:
        return refusal
    drawn = _drawn_ranks(x[:, known], recipe, (weight_spread, scales, seed))
    return _standing(drawn, known, (confidence, shares, certainty))


def _drawn_ranks(x: Floats, recipe: Recipe, options: tuple[float, Sequence[Scale], int]) -> Floats:
    swing, scales, seed = options
    random = np.random.default_rng(seed)
    weights = _weights(recipe) * random.uniform(1 - swing, 1 + swing, size=(len(x), 1, x.shape[2]))
    chosen = random.integers(len(scales), size=len(x))
    turned = _treated(x, x.mean(axis=0), recipe)
    ranks = np.empty(x.shape[:2])
    for number, scale in enumerate(scales):
        rows = chosen == number
        ranks[rows] = ranks_of(_joined(_scaled(turned[rows], scale), weights[rows], recipe))
    return ranks


def _standing(drawn: Floats, known: NDArray[np.bool_], options: tuple[float, tuple[float, float], float]) -> Standing:
    confidence, shares, certainty = options
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, found {confidence}")
    first = np.ceil(shares[0] * drawn.shape[1] - 1e-9)
    second = first + np.ceil(shares[1] * drawn.shape[1] - 1e-9)
    priority, at_least = (drawn <= first).mean(axis=0), (drawn <= second).mean(axis=0)
    level = np.select([priority >= certainty, at_least >= certainty], [Level.PRIORITY, Level.HEIGHTENED], Level.ROUTINE)
    words = np.full(known.shape, "", dtype=f"U{max(map(len, Level))}")
    words[known] = level
    tail = (1 - confidence) / 2
    lower, rank, upper = np.quantile(drawn, [tail, 0.5, 1 - tail], axis=0, method="inverted_cdf")
    chances = {Level.ROUTINE: 1 - at_least, Level.HEIGHTENED: at_least - priority, Level.PRIORITY: priority}
    return Standing(
        rank=spread(rank, known),
        lower=spread(lower, known),
        upper=spread(upper, known),
        chances={name: spread(chance, known) for name, chance in chances.items()},
        level=words,
    )


def _checked(components: ArrayLike, recipe: Recipe) -> Floats:
    x = finite("components", components)
    many = len(recipe.directions)
    if x.ndim != 2 or x.shape[1] != many or len(recipe.weights) not in (0, many):
        raise ValueError(f"{many} directions need as many components and weights, found {x.shape}, {recipe.weights}")
    if set(recipe.directions) - {1, -1}:
        raise ValueError(f"a direction is 1 or -1, found {recipe.directions}")
    return x


def _weights(recipe: Recipe) -> Floats:
    return np.asarray(recipe.weights or np.ones(len(recipe.directions)), dtype=float)


def _joined(parts: Floats, weights: Floats, recipe: Recipe) -> Floats:
    """One score of the scores of components on the last axis."""
    if not recipe.from_top:
        return weighted_mean(parts, weights, mean=recipe.mean)
    ends = LOWEST + HIGHEST
    return np.asarray(ends - weighted_mean(ends - parts, weights, mean=recipe.mean))


def _treated(x: Floats, typical: Floats, recipe: Recipe) -> Floats:
    """Components on the last axis, turned, with their outliers treated as those of the `typical` ones ask for."""
    turned = x * np.array(recipe.directions)
    if not recipe.treat_outliers:
        return np.asarray(turned)
    ways = [treated(column) for column in (typical * np.array(recipe.directions)).T]
    return np.stack([way.alike(turned[..., number]) for number, way in enumerate(ways)], axis=-1)


def _scaled(x: Floats, scale: Scale) -> Floats:
    """Scores of the components on the last axis, the areas being on the one before."""
    areas_last = np.swapaxes(x, -1, -2)
    middle, half = (LOWEST + HIGHEST) / 2, (HIGHEST - LOWEST) / 2
    if scale == "zscore":
        scores = np.clip(middle + half / _DEVIATIONS * normalise(areas_last, "zscore"), LOWEST, HIGHEST)
    elif scale == "minmax":
        scores = normalise(areas_last, "minmax", target=(LOWEST, HIGHEST))
    else:
        scores = LOWEST + (HIGHEST - LOWEST) * normalise(areas_last, "percentile")
    scores = np.where(np.ptp(areas_last, axis=-1, keepdims=True) == 0, middle, scores)
    return np.asarray(np.swapaxes(scores, -1, -2))
