"""What is chosen on the page of the index: family, areas, weights; written into the address at once."""

from typing import Final

import streamlit as st

from geo.areas import regions
from riskmap.analytics.attention_views import LEAST_COMPONENTS, AttentionRequest, AttentionView, Part
from riskmap.domain.registry import MOST_WEIGHT
from riskmap.domain.vocabulary import COUNTRY, Family
from riskmap.files.attention_words import part_name
from riskmap.ui import panels
from riskmap.ui.attention_weights import read_weights, written_weights
from riskmap.ui.filters import area_box, area_search, family_switch, level_box, way_back
from riskmap.ui.selection import LEVELS, Selection, read_attention, region_of, remember
from riskmap.words import t

_BESIDE: Final = 3  # sliders


def ask_attention() -> tuple[Selection, AttentionRequest]:
    """What was chosen, and the index it asks for; a notice stands where the address asked in vain."""
    chosen, unknown = read_attention()
    panels.notices(unknown)
    weights, _ = read_weights(chosen.w)
    return chosen, AttentionRequest(Family(chosen.family), chosen.level, chosen.within, tuple(weights.items()))


def attention_filters(chosen: Selection) -> None:
    """A switch for the family, and boxes for the areas."""
    family_switch(chosen)
    search, level, region = st.columns([3, 2, 3], vertical_alignment="bottom")
    with search:
        area_search(chosen.lang)
    with level:
        level_box(LEVELS, chosen)
    with region:
        area_box("region", regions(), chosen, empty=COUNTRY, now=region_of(chosen.area))
    way_back(chosen)


def weight_sliders(view: AttentionView, chosen: Selection) -> None:
    """A slider for every component that can be in the index, and the way back to the weights as declared.

    Where too few can be in it there is nothing to weigh, and no slider.
    """
    shown = [part for part in view.parts if part.left_out is None]
    if len(shown) < LEAST_COMPONENTS:
        return
    st.caption(t("attention.weights.slider", chosen.lang))
    for first in range(0, len(shown), _BESIDE):
        for column, part in zip(st.columns(_BESIDE), shown[first : first + _BESIDE], strict=False):
            with column:
                _slider(part, chosen)
    own = [part.component.figure for part in view.parts]
    is_changed = any(part.weight != part.component.weight for part in view.parts)
    label = t("attention.weights.reset", chosen.lang)
    st.button(label, key="weights-reset", disabled=not is_changed, on_click=_reset, args=(own, chosen.w))


def _slider(part: Part, chosen: Selection) -> None:
    figure = part.component.figure
    key = f"weight-{figure}"
    # The widget is told the weight of the address on every run, so that a link and the slider agree.
    st.session_state[key] = part.weight

    def write() -> None:
        weights, _ = read_weights(chosen.w)
        remember(w=written_weights({**weights, figure: int(st.session_state[key])}))

    st.slider(part_name(part, chosen.lang), 0, MOST_WEIGHT, key=key, on_change=write)


def _reset(figures: list[str], text: str) -> None:
    """Forget the weights of one index; those of the others stay."""
    weights, _ = read_weights(text)
    remember(w=written_weights({figure: weight for figure, weight in weights.items() if figure not in figures}))
