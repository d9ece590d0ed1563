"""Views of what is said of all areas of a map together: spots and clusters, and smoothed rates."""

from collections.abc import Mapping
from dataclasses import dataclass

from riskmap.analytics.views import MapRequest, explained
from riskmap.methods.hotspots import Pattern
from riskmap.methods.refusals import Reason


@dataclass(frozen=True, slots=True)
class Spot:
    """One area beside its neighbours."""

    pattern: Pattern = explained("what area and neighbours are against the mean; none: no difference beyond chance")
    q: float = explained("p adjusted for all areas tested; NaN where there is no test")

    @property
    def is_tested(self) -> bool:
        """Whether the area has neighbours with values to be set against."""
        return self.q == self.q  # noqa: PLR0124 - NaN is not equal to itself


@dataclass(frozen=True, slots=True)
class SpotCluster:
    """Areas around one of them in which events gather more, or less, than chance explains."""

    areas: tuple[str, ...] = explained("KATO codes, from the middle outwards")
    ratio: float = explained("rate inside over the rate outside; infinite where there is no event outside")
    p: float = explained("how often chance alone gives a cluster as clear, anywhere on the map")
    is_high: bool = explained("whether more events than elsewhere")


@dataclass(frozen=True, slots=True)
class SpotsView:
    """Where areas differ from their neighbours beyond chance, or why that cannot be said."""

    request: MapRequest = explained("what was asked")
    known: int = explained("areas that have a rate")
    of: int = explained("areas that there are")
    reason: Reason | None = explained("why nothing can be said; None where it can")
    spots: Mapping[str, Spot] = explained("each area that has a rate, by KATO code; empty where nothing can be said")
    moran: float = explained("Moran's I of all areas; NaN where all have the same rate")
    moran_p: float = explained("how often chance alone gives an I as high; NaN as there")
    clusters: tuple[SpotCluster, ...] = explained("the most likely ones with p below 0.05, the clearest first")


@dataclass(frozen=True, slots=True)
class SmoothedRate:
    """The smoothed rate of one area: an estimate, never the published figure."""

    value: float = explained("estimate, in the unit of the published rate")
    lower: float = explained("lower limit of its 95 % interval; NaN where areas differ by no more than chance")
    upper: float = explained("upper limit")
    chance_above: float = explained("probability that the true rate is above the reference; NaN as the limits")
    fill: str = explained("class by the limits of the published rates")


@dataclass(frozen=True, slots=True)
class SmoothedView:
    """Smoothed rates of a map, or why there are none."""

    request: MapRequest = explained("what was asked")
    known: int = explained("areas that have a rate")
    of: int = explained("areas that there are")
    reason: Reason | None = explained("why there are none; None where there are")
    rates: Mapping[str, SmoothedRate] = explained("each area that has a published rate, by KATO code")
    mean: float = explained("the rate of all these areas together, towards which each is drawn; NaN without rates")
    reference: float = explained("the published rate of the country, and where there is none that of all these areas")
    is_country: bool = explained("whether it is that of the country")
    is_all_chance: bool = explained("whether areas differ by no more than chance, so that all are drawn to the mean")
