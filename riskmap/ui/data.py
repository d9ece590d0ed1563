"""The sole cache of the screen: service calls keyed by build, scope and request.

Views are frozen and shared between sessions. Streamlit's own cache makes a digest of every argument, which takes as
long as a small view; requests are frozen too, so the key is the request itself.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from riskmap.analytics import attention as attention_service
from riskmap.analytics import attention_parts, funnels, service
from riskmap.analytics import protection as protection_service
from riskmap.analytics import quality as quality_service
from riskmap.analytics.attention_parts import Figures
from riskmap.analytics.attention_views import AttentionRequest, AttentionView
from riskmap.analytics.change_views import ChangeLog, ChangesRequest, Revision
from riskmap.analytics.funnels import FunnelView
from riskmap.analytics.method_pictures import method_picture as drawn_method
from riskmap.analytics.method_views import Method, NoPicture, Picture
from riskmap.analytics.protection_views import ProtectionView, RuleView
from riskmap.analytics.quality_views import QualityRequest, QualityView, ReceiptView
from riskmap.analytics.smoothed import smoothed_of
from riskmap.analytics.spots import spots_of
from riskmap.analytics.views import (
    HeatView,
    JudgedMap,
    MapRequest,
    MapView,
    Offer,
    Overview,
    PairView,
    PartsView,
    TrendRequest,
    TrendView,
)
from riskmap.analytics.whole_map_views import SmoothedView, SpotsView
from riskmap.domain.vocabulary import Grain, Scope
from riskmap.ui.viewer import viewer


def live_build() -> Path:
    """The live build, asked anew on every run so that a publication shows at once."""
    return service.live_build()


def overview(build: Path) -> Overview:
    """What the live build says of itself."""
    return _overview(str(build), viewer().scope)


@lru_cache(maxsize=8)
def _overview(build: str, scope: Scope) -> Overview:
    return service.overview(Path(build), scope=scope)


def offers(build: Path, indicator: str, cut: tuple[str, str], level: str, within: str) -> tuple[Offer, ...]:
    """The periods of one table."""
    return _offers(str(build), viewer().scope, indicator, cut, level, within)


@lru_cache(maxsize=2048)
def _offers(
    build: str, scope: Scope, indicator: str, cut: tuple[str, str], level: str, within: str
) -> tuple[Offer, ...]:
    return service.offers(Path(build), scope=scope, indicator=indicator, cut=cut, level=level, within=within)


def first_screen(build: Path) -> tuple[MapRequest, ...]:
    """The maps of the first page."""
    return _first_screen(str(build), viewer().scope)


@lru_cache(maxsize=8)
def _first_screen(build: str, scope: Scope) -> tuple[MapRequest, ...]:
    return service.first_screen(Path(build), scope=scope)


def area_map(build: Path, request: MapRequest) -> MapView:
    """One map; frozen, shared between sessions, never changed."""
    return _area_map(str(build), viewer().scope, request)


@lru_cache(maxsize=256)
def _area_map(build: str, scope: Scope, request: MapRequest) -> MapView:
    return service.area_map(Path(build), scope=scope, request=request)


def funnel(build: Path, request: MapRequest) -> FunnelView:
    """The same map as a funnel."""
    return _funnel(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _funnel(build: str, scope: Scope, request: MapRequest) -> FunnelView:
    is_rounded = _overview(build, scope).is_rounded
    return funnels.funnel(_area_map(build, scope, request), is_rounded=is_rounded)


def spots(build: Path, request: MapRequest) -> SpotsView:
    """Where the areas of one map differ from their neighbours beyond chance."""
    return _spots(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _spots(build: str, scope: Scope, request: MapRequest) -> SpotsView:
    return spots_of(_area_map(build, scope, request))


def smoothed(build: Path, request: MapRequest) -> SmoothedView:
    """The smoothed rates of one map."""
    return _smoothed(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _smoothed(build: str, scope: Scope, request: MapRequest) -> SmoothedView:
    return smoothed_of(_area_map(build, scope, request))


def judgements(build: Path, request: MapRequest) -> JudgedMap | None:
    """The areas of one map beside others; None where the figure is never compared."""
    return _judgements(str(build), viewer().scope, request)


@lru_cache(maxsize=256)
def _judgements(build: str, scope: Scope, request: MapRequest) -> JudgedMap | None:
    return service.judgements(Path(build), scope=scope, request=request)


def trends(build: Path, request: TrendRequest) -> TrendView:
    """Areas and indicators over periods."""
    return _trends(str(build), viewer().scope, request)


@lru_cache(maxsize=256)
def _trends(build: str, scope: Scope, request: TrendRequest) -> TrendView:
    return service.trends(Path(build), scope=scope, request=request)


def pair(build: Path, areas: tuple[str, str]) -> PairView:
    """Two areas side by side."""
    return _pair(str(build), viewer().scope, areas)


@lru_cache(maxsize=128)
def _pair(build: str, scope: Scope, areas: tuple[str, str]) -> PairView:
    return service.pair(Path(build), scope=scope, areas=areas)


def parts(build: Path, request: MapRequest) -> PartsView:
    """The parts of a whole by area."""
    return _parts(str(build), viewer().scope, request)


@lru_cache(maxsize=128)
def _parts(build: str, scope: Scope, request: MapRequest) -> PartsView:
    return service.parts(Path(build), scope=scope, request=request)


def heat(build: Path, indicator: str, cut: tuple[str, str], grain: Grain, within: str) -> HeatView | None:
    """Areas by periods."""
    return _heat(str(build), viewer().scope, indicator, cut, grain, within)


@lru_cache(maxsize=64)
def _heat(build: str, scope: Scope, indicator: str, cut: tuple[str, str], grain: Grain, within: str) -> HeatView | None:
    return service.heat(Path(build), scope=scope, indicator_id=indicator, cut=cut, grain=grain, within=within)


def method_picture(build: Path, method: Method) -> Picture | NoPicture:
    """What is drawn to explain a method: the same for every reader, from what everybody may see."""
    return _method_picture(str(build), Scope.public(), method)


@lru_cache(maxsize=64)
def _method_picture(build: str, scope: Scope, method: Method) -> Picture | NoPicture:
    return drawn_method(Path(build), scope=scope, method=method)


def owed_sources(build: Path) -> tuple[str, ...]:
    """The sources to which returns are owed, those with returns first."""
    return _owed_sources(str(build), viewer().scope)


@lru_cache(maxsize=8)
def _owed_sources(build: str, scope: Scope) -> tuple[str, ...]:
    return quality_service.owed_sources(Path(build), scope=scope)


def quality(build: Path, request: QualityRequest) -> QualityView:
    """Who has reported to a source, and what else is to be known of its figures."""
    return _quality(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _quality(build: str, scope: Scope, request: QualityRequest) -> QualityView:
    return quality_service.quality(Path(build), scope=scope, request=request)


def receipt(build: Path, region: str) -> ReceiptView:
    """What the live publication has made of the returns of a region."""
    return _receipt(str(build), viewer().scope, region)


@lru_cache(maxsize=32)
def _receipt(build: str, scope: Scope, region: str) -> ReceiptView:
    return quality_service.receipt(Path(build), scope=scope, region=region)


def attention(build: Path, request: AttentionRequest) -> AttentionView:
    """The index of one family with the weights asked for."""
    return _attention(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _attention(build: str, scope: Scope, request: AttentionRequest) -> AttentionView:
    # What the index is made of does not depend on the weights: a slider only ranks anew.
    figures = _attention_figures(build, scope, replace(request, weights=()))
    return attention_service.attention(figures, request, is_rounded=_overview(build, scope).is_rounded)


@lru_cache(maxsize=64)
def _attention_figures(build: str, scope: Scope, request: AttentionRequest) -> Figures:
    return attention_parts.choose(Path(build), scope=scope, request=request)


def protection(build: Path) -> ProtectionView:
    """How the live build is protected, and what that costs everybody: the same for every reader."""
    return _protection(str(build), Scope.public())


@lru_cache(maxsize=8)
def _protection(build: str, scope: Scope) -> ProtectionView:
    return protection_service.protection(Path(build), scope=scope)


@lru_cache(maxsize=1)
def primary_rule() -> RuleView:
    """The rule of protection as the catalogue declares it."""
    return protection_service.primary_rule()


def changes(build: Path, request: ChangesRequest) -> ChangeLog:
    """What later publications changed of published figures."""
    return _changes(str(build), viewer().scope, request)


@lru_cache(maxsize=64)
def _changes(build: str, scope: Scope, request: ChangesRequest) -> ChangeLog:
    return service.changes(Path(build), scope=scope, request=request)


def revisions(build: Path, request: ChangesRequest) -> Callable[[], tuple[Revision, ...]]:
    """A way to read all changes for a file, for this reader; they may be many and are asked for rarely."""
    return partial(service.revisions, build, scope=viewer().scope, request=request)
