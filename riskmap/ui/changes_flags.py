"""What tells on the pages of figures that some were corrected after they were first published."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Protocol

import streamlit as st

from riskmap.analytics.views import HeatView, Line, MapView, PairView, PartsView, TrendPanel
from riskmap.domain.vocabulary import COUNTRY
from riskmap.files import sentences
from riskmap.words import plural, t

PAGE: Final = "pages/changes.py"

Flagged = MapView | TrendPanel | PairView | PartsView | HeatView


class _Datable(Protocol):
    @property
    def revised(self) -> date | None: ...


def corrected_note(view: Flagged, language: str) -> None:
    """How many of the figures shown were corrected, what the mark in the table means, and the way to the change log.

    Nothing where none was.
    """
    number = sum(1 for shown in _figures(view) if shown.revised)
    if not number:
        return
    told = plural("changes.shown", number, language, mark=f"\\{sentences.REVISED}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(told)
        address = {"lang": language, **_address(view)}
        st.page_link(PAGE, label=t("changes.see.log", language), icon=":material/history:", query_params=address)


def _figures(view: Flagged) -> Iterator[_Datable]:
    if isinstance(view, MapView):
        yield from (*view.rows, *view.above)
    elif isinstance(view, PairView):
        for pair in view.rows:
            yield from (pair.left, pair.right)
    elif isinstance(view, PartsView):
        for row in view.rows:
            yield row
            yield from row.parts
    else:
        for line in view.lines:
            yield from line.points


def _address(view: Flagged) -> dict[str, str]:
    """The figure and the smallest area that holds all that is shown."""
    if isinstance(view, PairView):
        return {"indicator": "", "area": COUNTRY}
    if isinstance(view, MapView | PartsView):
        return {"indicator": view.indicator.id, "area": view.request.within}
    if isinstance(view, HeatView):
        return {"indicator": view.indicator.id, "area": view.within}
    return {"indicator": view.indicator.id, "area": _of_lines(view.lines)}


def _of_lines(lines: Iterable[Line]) -> str:
    found = list(lines)
    return found[0].area if len(found) == 1 and not found[0].members else COUNTRY
