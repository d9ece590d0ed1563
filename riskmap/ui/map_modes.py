"""Which ways to draw the risk map there are, and which of them a figure allows."""

from collections.abc import Callable
from typing import Final

from riskmap.analytics.views import MapView
from riskmap.ui.asked import Asked
from riskmap.ui.filters import mode_switch
from riskmap.ui.layers import Layer, value_layer


def _value(asked: Asked, view: MapView) -> Layer:
    return value_layer(view, asked.chosen.lang)


# By the name that stands in the address; the first is drawn where nothing is asked for.
LAYERS: Final[dict[str, Callable[[Asked, MapView], Layer]]] = {
    "value": _value,
}


def chosen_layer(asked: Asked, view: MapView) -> Layer:
    """The switch between the modes, and the layer of the one chosen; what is not coloured has only its value."""
    if not view.is_coloured:
        return _value(asked, view)
    mode_switch(asked.chosen)
    return LAYERS[asked.chosen.mode](asked, view)
