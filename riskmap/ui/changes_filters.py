"""The boxes of the change log: which figure, which kind of change, where; each may be left open."""

from collections.abc import Callable, Sequence

import streamlit as st

from geo.areas import districts_of, regions
from riskmap.analytics.change_views import ChangeLog
from riskmap.domain.registry import catalogue, indicator
from riskmap.domain.vocabulary import COUNTRY, RevisionKind
from riskmap.ui.filters import area_box, way_back
from riskmap.ui.selection import Selection, region_of, remember
from riskmap.words import t


def change_filters(log: ChangeLog, chosen: Selection) -> None:
    """Boxes for figure, kind and area, and the way back to all changes."""
    lang = chosen.lang
    known = {*log.indicators, *filter(None, [chosen.indicator])}
    names = [name for name in catalogue().indicators if name in known]
    figure, kind, region, district = st.columns([4, 3, 3, 3], vertical_alignment="bottom")
    with figure:
        _open_box("indicator", names, chosen, lambda name: indicator(name).words[lang]["short"], every="all_figures")
    with kind:
        _open_box("kind", list(RevisionKind), chosen, lambda name: t(f"revision_kind.{name}", lang), every="all_kinds")
    with region:
        area_box("region", regions(), chosen, empty=COUNTRY, now=region_of(chosen.area))
    with district:
        inside = region_of(chosen.area)
        area_box("district", districts_of(inside) if inside != COUNTRY else (), chosen, empty=inside, now=chosen.area)
    way_back(chosen)
    if chosen.indicator or chosen.kind or chosen.area != COUNTRY:
        st.button(t("changes.show_all", lang), key="show-all", type="tertiary", on_click=_show_all)


def _show_all() -> None:
    remember(indicator="", kind="", area=COUNTRY)


def _open_box(field: str, options: Sequence[str], chosen: Selection, name: Callable[[str], str], *, every: str) -> None:
    """A box whose first choice is everything."""
    key = f"select-{field}"
    st.session_state[key] = getattr(chosen, field)
    st.selectbox(
        t(f"select.{field}", chosen.lang),
        ["", *map(str, options)],
        key=key,
        format_func=lambda value: name(value) if value else t(f"changes.{every}", chosen.lang),
        on_change=lambda: remember(**{field: st.session_state[key]}),
    )
