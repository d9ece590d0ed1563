"""Files that are made when they are asked for."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import streamlit as st

from riskmap.analytics.views import HeatView, MapView, Overview, PairView, PartsView, TrendView
from riskmap.files.csv import file_name, heat_csv, map_csv, pair_csv, parts_csv, trend_csv
from riskmap.words import t

View = MapView | TrendView | PairView | PartsView | HeatView

_WRITERS: Final[Mapping[type, Callable[..., bytes]]] = {
    MapView: map_csv,
    TrendView: trend_csv,
    PairView: pair_csv,
    PartsView: parts_csv,
    HeatView: heat_csv,
}


def csv_button(view: View, overview: Overview, language: str) -> None:
    """A button for the table on the screen as CSV; the file is written when the button is pressed.

    Where counts are rounded a line above it says so of the pictures and tables before it.
    """
    write: Any = _WRITERS[type(view)]
    if overview.is_rounded:
        st.caption(t("rounding.mark", language))
    st.download_button(
        t("download.csv", language),
        data=lambda: write(view, language=language, build=overview.build, is_rounded=overview.is_rounded),
        file_name=file_name(view, language=language),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download-csv",
    )
