"""Which ways to draw the risk map there are, and which of them a figure allows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from riskmap.analytics.views import JudgedArea, MapView
from riskmap.analytics.whole_map import counts_events, may_be_judged
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import COUNTRY, CellStatus
from riskmap.ui import data
from riskmap.ui.asked import Asked
from riskmap.ui.compared import basis_of, compared_column, compared_layer
from riskmap.ui.filters import beside_switch, mode_switch
from riskmap.ui.layers import Column, Layer, value_layer
from riskmap.ui.smoothed_layer import smoothed_layer
from riskmap.ui.spot_layer import spot_layer
from riskmap.words import t


def _value(asked: Asked, view: MapView) -> Layer:
    return value_layer(view, asked.chosen.lang)


def _smoothed(asked: Asked, view: MapView) -> Layer:
    return smoothed_layer(view, data.smoothed(asked.build, asked.request), asked.chosen.lang)


def _spots(asked: Asked, view: MapView) -> Layer:
    return spot_layer(view, data.spots(asked.build, asked.request), asked.chosen.lang)


def _compared(asked: Asked, view: MapView) -> Layer:
    judged = data.judgements(asked.build, asked.request)
    if judged is None:
        return _value(asked, view)
    basis = basis_of(asked, judged)
    beside_switch(asked.chosen, judged.bases, basis)
    return compared_layer(view, judged, basis, asked.chosen.lang)


# By the name that stands in the address; the first is drawn where nothing is asked for.
LAYERS: Final[dict[str, Callable[[Asked, MapView], Layer]]] = {
    "value": _value,
    "compared": _compared,
    "smoothed": _smoothed,
    "spots": _spots,
}
# Which figures a mode is offered for; a rounded number is none that chance could be worked out for.
_FITS: Final[dict[str, Callable[[Indicator], bool]]] = {
    "smoothed": counts_events,
    "spots": may_be_judged,
    "compared": may_be_judged,
}


def chosen_layer(asked: Asked, view: MapView) -> Layer:
    """The switch between the modes, and the layer of the one chosen; what is not coloured has only its value.

    Whatever the mode, the table says how each area compares with others.
    """
    if not view.is_coloured:
        return _value(asked, view)
    chosen = asked.chosen
    drawn = mode_switch(chosen, [name for name in LAYERS if _is_offered(name, asked, view)])
    layer = LAYERS[drawn](asked, view)
    layer = replace(layer, columns=(*layer.columns, *judged_columns(asked, view)))
    if drawn == chosen.mode:
        return layer
    told = t("mode.not_offered", chosen.lang, mode=t(f"select.modes.{chosen.mode}", chosen.lang))
    return replace(layer, notes=(*layer.notes, told))


def _is_offered(name: str, asked: Asked, view: MapView) -> bool:
    return name not in _FITS or (_FITS[name](view.indicator) and not asked.overview.is_rounded)


def judged_columns(asked: Asked, view: MapView) -> tuple[Column, ...]:
    """The column that says how areas compare with others; none where the figure is never compared."""
    judged = data.judgements(asked.build, asked.request)
    return (compared_column(view, judged, basis_of(asked, judged), asked.chosen.lang),) if judged else ()


def judged_area(asked: Asked, view: MapView) -> JudgedArea | None:
    """The area chosen beside others of its level; None where it has no value or the figure is never compared."""
    row = view.row(asked.chosen.area)
    if row is None or row.status is not CellStatus.VALUE:
        return None
    request = asked.request
    if row in view.above:
        request = replace(request, level=row.level, within=COUNTRY)
    judged = data.judgements(asked.build, request)
    return judged.areas.get(row.area) if judged else None
