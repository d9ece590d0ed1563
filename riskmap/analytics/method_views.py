"""The pictures of the page of methods: frozen, without words, every field explained.

Each rests on figures as published. What has no number takes no part and never becomes one.
"""

from dataclasses import dataclass
from enum import StrEnum

from riskmap.analytics.views import AreaRow, Line, MapView, TrendPanel, explained
from riskmap.methods.refusals import Reason
from riskmap.methods.trends import Direction


class Method(StrEnum):
    """The methods that are explained, in the order of the page; each value stands in addresses and word keys."""

    RATE = "rate"
    SHARE = "share"
    EXPOSURE = "exposure"
    FEW_EVENTS = "few_events"
    CLASSES = "classes"
    COMPARISON = "comparison"
    FUNNEL = "funnel"
    SMOOTHING = "smoothing"
    NEIGHBOURS = "neighbours"
    CLUSTERS = "clusters"
    TREND = "trend"
    SIGNALS = "signals"
    INEQUALITY = "inequality"
    SILENCE = "silence"
    INDEX = "index"
    STANDARDISED = "standardised"


class Lack(StrEnum):
    """Why there is nothing to draw, where it is not the method that refuses."""

    NO_FIGURE = "no_figure"
    NO_AGES = "no_ages"
    NO_CLUSTER = "no_cluster"
    ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why a method has no picture with the live build."""

    reason: Reason | Lack = explained("what stands in the way")


@dataclass(frozen=True, slots=True)
class AreasPicture:
    """The areas of one map that show a value; all that is drawn stands in their rows."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("areas with a value, without sums that lack parts")


@dataclass(frozen=True, slots=True)
class ComparisonPicture:
    """Each area beside all others of its map."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("the areas compared, the lowest ratio first")
    ratio: tuple[float, ...] = explained("rate of the area over that of the others")
    step: tuple[int, ...] = explained("0: chance explains it; 1 or 2 above, -1 or -2 below, at 95 or 99.8 %")


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """The areas of a map in their funnel."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("the areas, the one with the least exposure first")
    reference: float = explained("the rate of all areas together, in the unit of the values")
    warning: tuple[tuple[float, float], ...] = explained("lower and upper 95 % limit at the exposure of each area")
    alarm: tuple[tuple[float, float], ...] = explained("the same at 99.8 %")
    outside: tuple[int, ...] = explained("-1 below and 1 above the 99.8 % limits, else 0")
    phi: float = explained("how many times the variance of the scores exceeds that of chance")
    is_widened: bool = explained("whether the limits are widened for that")


@dataclass(frozen=True, slots=True)
class SmoothingPicture:
    """Rates of areas beside what empirical Bayes makes of them."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("the areas, the one with the least exposure first")
    smoothed: tuple[float, ...] = explained("smoothed rate, in the unit of the values")
    weight: tuple[float, ...] = explained("weight of the area's own rate, 0 to 1")
    mean: float = explained("what the rates are drawn to")


@dataclass(frozen=True, slots=True)
class InequalityPicture:
    """The Lorenz curve of a map, beside those that chance alone would draw."""

    of: MapView = explained("the map the areas are of")
    population: tuple[float, ...] = explained("cumulative share of the exposure, from the lowest rate on")
    burden: tuple[float, ...] = explained("cumulative share of the events")
    grid: tuple[float, ...] = explained("shares of the exposure at which chance is told")
    lower: tuple[float, ...] = explained("where 2.5 % of curves made by chance lie below")
    upper: tuple[float, ...] = explained("where 2.5 % of them lie above")
    gini: float = explained("Gini coefficient of the curve")
    gini_by_chance: float = explained("its mean by chance")
    gini_lower: float = explained("the middle 95 % by chance, lower end")
    gini_upper: float = explained("upper end")
    p: float = explained("how often chance gives at least this coefficient")


@dataclass(frozen=True, slots=True)
class SilencePicture:
    """How likely so few events are in each area, at the rate of the others."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("areas with a value")
    expected: tuple[float, ...] = explained("events expected at the rate of the others")
    probability: tuple[float, ...] = explained("probability of at most as many as were reported")
    flagged: tuple[bool, ...] = explained("whether that is below the limit")
    limit: float = explained("the limit")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """One area of a scatter of neighbours."""

    row: AreaRow = explained("the area")
    score: float = explained("its rate less that of all, in standard deviations fit for its people")
    around: float = explained("mean score of its neighbours")
    pattern: str = explained("high_high, low_low, high_low, low_high where it can be believed, else none")


@dataclass(frozen=True, slots=True)
class NeighboursPicture:
    """The Moran scatter of a map."""

    of: MapView = explained("the map the areas are of")
    areas: tuple[Neighbourhood, ...] = explained("areas with a value and a neighbour")
    moran: float = explained("Moran's I of the rates")
    p: float = explained("how often a random order of the areas gives at least this")


@dataclass(frozen=True, slots=True)
class ClusterPicture:
    """The most likely cluster of a map."""

    of: MapView = explained("the map the areas are of")
    rows: tuple[AreaRow, ...] = explained("the areas of the cluster, from the middle outwards")
    cases: float = explained("events inside")
    expected: float = explained("events expected inside at the rate of the whole map")
    p: float = explained("how often chance gives a cluster at least as strong")
    is_clear: bool = explained("whether that is so rare that it is told as a cluster")


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """One line with the points that its test looked at."""

    panel: TrendPanel = explained("the panel the line is of, without its other lines")
    line: Line = explained("the line")
    tested: tuple[int, ...] = explained("positions of the points that the test looked at")
    is_seasonal: bool = explained("whether each is compared with the same season of other years only")
    direction: Direction = explained("what the test found")
    slope: float = explained("Sen's slope per year, in the unit of the values")
    lower: float = explained("lower 95 % limit of the slope")
    upper: float = explained("upper 95 % limit")
    ends: tuple[float, float] = explained("height of the line through the medians at the first and last point tested")


@dataclass(frozen=True, slots=True)
class SignalsPicture:
    """One monthly line with the limits that would raise a signal."""

    panel: TrendPanel = explained("the panel the line is of, without its other lines")
    line: Line = explained("the line")
    counts: tuple[float, ...] = explained("number of each month; NaN where there is none")
    upper: tuple[float, ...] = explained("limit of EARS C2 for each month; NaN where it gives no answer")
    alarm: tuple[bool, ...] = explained("whether the number lies above it")
    expected: float = explained("what Farrington expects of the last month; NaN where it does not assess it")
    limit: float = explained("the limit of Farrington for the last month, or NaN")


@dataclass(frozen=True, slots=True)
class RankRange:
    """Where one area may stand."""

    rank: float = explained("median rank over all draws, 1 asking for most attention")
    lower: float = explained("lower end of the middle 90 % of its ranks")
    upper: float = explained("upper end")


@dataclass(frozen=True, slots=True)
class IndexPicture:
    """How far the ranks of areas in an index of several indicators can be trusted; areas are not named."""

    of: tuple[MapView, ...] = explained("one map for each indicator, all of one level, period and kind")
    ranks: tuple[RankRange, ...] = explained("some areas, evenly spread from the first rank to the last")
    areas: int = explained("number of areas ranked")


Picture = (
    AreasPicture
    | ComparisonPicture
    | FunnelPicture
    | SmoothingPicture
    | InequalityPicture
    | SilencePicture
    | NeighboursPicture
    | ClusterPicture
    | TrendPicture
    | SignalsPicture
    | IndexPicture
)
