"""Files that are made when they are asked for."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from riskmap.access.audit_log import AccessEvent, note
from riskmap.analytics.views import HeatView, JudgedMap, MapView, Overview, PairView, PartsView, TrendView
from riskmap.domain.errors import ScopeRefused
from riskmap.files.csv import file_name, heat_csv, map_csv, pair_csv, parts_csv, trend_csv
from riskmap.files.official import Mark, encrypted_zip, marked, new_password, official_name
from riskmap.ui.viewer import Viewer, is_still, mark_of, viewer
from riskmap.words import t

View = MapView | TrendView | PairView | PartsView | HeatView

_WRITERS: Final[Mapping[type, Callable[..., bytes]]] = {
    MapView: map_csv,
    TrendView: trend_csv,
    PairView: pair_csv,
    PartsView: parts_csv,
    HeatView: heat_csv,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file on offer: what its button says, its name, and how it is written."""

    label: str  # word key
    name: str
    write: Callable[[], bytes]
    build: str
    mime: str = "text/csv"
    icon: str = ":material/download:"
    key: str = "download-csv"


def csv_button(view: View, overview: Overview, language: str, *, judged: JudgedMap | None = None) -> None:
    """A button for the table on the screen as CSV, of a map with how its areas compare; written when it is pressed.

    Where counts are rounded a line above it says so of the pictures and tables before it.
    """
    write: Any = partial(map_csv, judged=judged) if isinstance(view, MapView) else _WRITERS[type(view)]
    if overview.is_rounded:
        st.caption(t("rounding.mark", language))

    def written() -> bytes:
        return bytes(write(view, language=language, build=overview.build, is_rounded=overview.is_rounded))

    button(File("download.csv", file_name(view, language=language), written, overview.build), language)


def button(file: File, language: str) -> None:
    """A button for a file, written when it is pressed; of exact numbers marked, noted, and on request encrypted."""
    now = viewer()
    if not now.is_official:
        _button(file, t(file.label, language), file.write, file.name)
        return
    mark = mark_of(now, file.build, language, copy=secrets.token_hex(8))
    name = official_name(file.name)

    def write(*, is_encrypted: bool = False) -> bytes:
        content = _delivered(file, now, mark, is_encrypted=is_encrypted)
        return marked(content, file.name, mark, language)

    with st.container(horizontal=True):
        _button(file, t(file.label, language), write, name)
        _encrypted(file, partial(write, is_encrypted=True), name, language)


def _button(file: File, label: str, write: Callable[[], bytes], name: str) -> None:
    options: Any = {"mime": file.mime, "icon": file.icon, "key": file.key, "on_click": "ignore"}
    st.download_button(label, data=write, file_name=name, **options)


def _encrypted(file: File, write: Callable[[], bytes], name: str, language: str) -> None:
    """The same file in an encrypted zip; its password stands beside the button, one for each session and file."""
    password = st.session_state.setdefault(f"password-{name}", new_password())
    with st.popover(t("official.encrypted", language), icon=":material/lock:"):
        st.markdown(t("official.password", language))
        st.code(password, language=None)
        st.download_button(
            t("official.encrypted_file", language),
            data=lambda: encrypted_zip(write(), name, password=password),
            file_name=f"{name}.zip",
            mime="application/zip",
            on_click="ignore",
            icon=":material/download:",
            key=f"{file.key}-zip",
        )


def _delivered(file: File, now: Viewer, mark: Mark, *, is_encrypted: bool) -> bytes:
    """What is written for whoever pressed the button, if they may still have it, and after it was noted.

    A button outlives the run that drew it, and its file is written where nobody can be asked who is looking.
    """
    if not is_still(now):
        raise ScopeRefused(build=file.build)
    content = file.write()
    rows = content.count(b"\r\n") - 2 if file.mime == "text/csv" else 0  # less the dictionary and the header
    told = {"file": file.name, "build": file.build, "copy": mark.copy, "form": "zip" if is_encrypted else "open"}
    if now.is_noted:
        note(AccessEvent.DOWNLOAD, who=now.who, scope=sorted(now.scope.areas), rows=rows, **told)
    return content
