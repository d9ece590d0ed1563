"""Which ways to draw the risk map there are, and which of them a figure allows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from riskmap.analytics.views import MapView
from riskmap.analytics.whole_map import counts_events, may_be_judged
from riskmap.domain.registry import Indicator
from riskmap.ui import data
from riskmap.ui.asked import Asked
from riskmap.ui.filters import mode_switch
from riskmap.ui.layers import Layer, value_layer
from riskmap.ui.smoothed_layer import smoothed_layer
from riskmap.ui.spot_layer import spot_layer
from riskmap.words import t


def _value(asked: Asked, view: MapView) -> Layer:
    return value_layer(view, asked.chosen.lang)


def _smoothed(asked: Asked, view: MapView) -> Layer:
    return smoothed_layer(view, data.smoothed(asked.build, asked.request), asked.chosen.lang)


def _spots(asked: Asked, view: MapView) -> Layer:
    return spot_layer(view, data.spots(asked.build, asked.request), asked.chosen.lang)


# By the name that stands in the address; the first is drawn where nothing is asked for.
LAYERS: Final[dict[str, Callable[[Asked, MapView], Layer]]] = {
    "value": _value,
    "smoothed": _smoothed,
    "spots": _spots,
}
# Which figures a mode is offered for; a rounded number is none that chance could be worked out for.
_FITS: Final[dict[str, Callable[[Indicator], bool]]] = {
    "smoothed": counts_events,
    "spots": may_be_judged,
}


def chosen_layer(asked: Asked, view: MapView) -> Layer:
    """The switch between the modes, and the layer of the one chosen; what is not coloured has only its value."""
    if not view.is_coloured:
        return _value(asked, view)
    chosen = asked.chosen
    drawn = mode_switch(chosen, [name for name in LAYERS if _is_offered(name, asked, view)])
    layer = LAYERS[drawn](asked, view)
    if drawn == chosen.mode:
        return layer
    told = t("mode.not_offered", chosen.lang, mode=t(f"select.modes.{chosen.mode}", chosen.lang))
    return replace(layer, notes=(*layer.notes, told))


def _is_offered(name: str, asked: Asked, view: MapView) -> bool:
    return name not in _FITS or (_FITS[name](view.indicator) and not asked.overview.is_rounded)
