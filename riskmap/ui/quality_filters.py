"""What is chosen on the page of data quality: form, region, how many periods; written into the address at once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from geo.areas import areas, regions
from riskmap.analytics.quality_views import QualityRequest
from riskmap.domain.registry import source
from riskmap.domain.vocabulary import COUNTRY
from riskmap.ui import data, panels
from riskmap.ui.filters import area_search
from riskmap.ui.selection import SPANS, Selection, read_returns, region_of, remember
from riskmap.words import sort_key, t


def ask_returns(build: Path) -> tuple[Selection, QualityRequest]:
    """What was chosen, and the question it asks; a notice stands where the address asked in vain."""
    chosen, unknown = read_returns(data.owed_sources(build))
    panels.notices(unknown)
    return chosen, QualityRequest(chosen.source, region_of(chosen.area), int(chosen.span))


def return_filters(sources: Sequence[str], chosen: Selection) -> None:
    """Boxes for the form and the region, a field that finds an area by any spelling, and a switch of the length."""
    lang = chosen.lang
    form, search, region, span = st.columns([4, 3, 3, 2], vertical_alignment="bottom")
    with form:
        _box("source", sources, chosen.source, lang, lambda name: source(name).words[lang]["name"])
    with search:
        area_search(lang)
    with region:
        ordered = sorted(regions(), key=lambda area: sort_key(area.name(lang), lang))
        names = {COUNTRY: t("select.every_region", lang), **{area.id: area.name(lang) for area in ordered}}
        now = region_of(chosen.area)
        names.setdefault(now, areas()[now].name(lang))
        _box("region", list(names), now, lang, lambda code: names[code], field="area")
    with span:
        _box("span", SPANS, chosen.span, lang, lambda number: t(f"select.spans.{number}", lang))


def _box(
    name: str, options: Sequence[str], now: str, lang: str, words: Callable[[str], str], *, field: str = ""
) -> None:
    key = f"select-{name}"
    # The widget is told the value of the address on every run, so that a link and the box agree.
    st.session_state[key] = now

    def write() -> None:
        remember(**{field or name: st.session_state[key]})

    st.selectbox(t(f"select.{name}", lang), options, key=key, format_func=words, on_change=write)
