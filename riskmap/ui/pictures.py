"""Figures on the page: in the colours of the reader's theme, without words of the library."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from riskmap.ui.chart_layout import Theme, theme_of


def show_figure(draw: Callable[..., Any], view: object, language: str, *, key: str, **options: Any) -> None:
    """Draw a view with one of the functions of the chart modules."""
    theme: Theme = theme_of(str(st.context.theme.type or "light"))
    figure = draw(view, language=language, theme=theme, **options)
    # The bar of the library's buttons speaks English; everything it does has its own place on the page.
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False, "responsive": True})
