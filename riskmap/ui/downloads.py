"""Files that are made when they are asked for."""

import streamlit as st

from riskmap.analytics.views import MapView, Overview
from riskmap.files.csv import map_csv
from riskmap.words import t


def csv_button(view: MapView, overview: Overview, language: str) -> None:
    """A button for the table on the screen as CSV; the file is written when the button is pressed."""
    mark = "invented_" if view.is_invented else ""
    name = f"{mark}{view.indicator.id}_{view.request.period.code.replace('/', '-')}_{language}.csv"
    st.download_button(
        t("download.csv", language),
        data=lambda: map_csv(view, language=language, build=overview.build),
        file_name=name,
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download-csv",
    )
