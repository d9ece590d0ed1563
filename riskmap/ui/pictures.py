"""Figures on the page: in the colours of the reader's theme, without words of the library."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from riskmap.ui.chart_layout import Theme, theme_of


def show_figure(
    draw: Callable[..., Any],
    view: object,
    language: str,
    *,
    key: str,
    on_point: Callable[[str], None] | None = None,
    **options: Any,
) -> None:
    """Draw a view with one of the functions of the chart modules.

    `on_point` is called with the area of a point that was clicked; the data of such points are codes of areas.
    """
    theme: Theme = theme_of(str(st.context.theme.type or "light"))
    figure = draw(view, language=language, theme=theme, **options)
    # The bar of the library's buttons speaks English; everything it does has its own place on the page.
    common: Any = {"key": key, "theme": None, "config": {"displayModeBar": False, "responsive": True}}
    if on_point is None:
        st.plotly_chart(figure, **common)
        return

    def clicked() -> None:
        # What is clicked for the second time is taken back by the library: it stays the area chosen.
        for point in st.session_state[key].selection.points[:1]:
            on_point(str(point["customdata"]))

    st.plotly_chart(figure, on_select=clicked, selection_mode="points", **common)
