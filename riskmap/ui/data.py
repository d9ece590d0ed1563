"""The sole cache of the screen: service calls keyed by build, scope and request."""

from pathlib import Path

import streamlit as st

from riskmap.analytics import service
from riskmap.analytics.views import MapRequest, MapView, Overview
from riskmap.domain.vocabulary import Scope


def live_build() -> Path:
    """The live build, asked anew on every run so that a publication shows at once."""
    return service.live_build()


def overview(build: Path) -> Overview:
    """What the live build says of itself."""
    return _overview(str(build), Scope.public())


@st.cache_resource(max_entries=8, show_spinner=False)
def _overview(build: str, scope: Scope) -> Overview:
    return service.overview(Path(build), scope=scope)


def area_map(build: Path, request: MapRequest) -> MapView:
    """One map; frozen, shared between sessions, never changed."""
    return _area_map(str(build), Scope.public(), request)


@st.cache_resource(max_entries=256, show_spinner=False)
def _area_map(build: str, scope: Scope, request: MapRequest) -> MapView:
    return service.area_map(Path(build), scope=scope, request=request)
