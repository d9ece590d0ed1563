"""The one filter bar: figure, category, period and area, each written into the address at once."""

from collections.abc import Callable, Sequence

import streamlit as st

from riskmap.analytics.views import Choice
from riskmap.domain.registry import indicator
from riskmap.domain.vocabulary import ALL
from riskmap.ui.selection import Selection, cut_code, cuts, indicator_ids, period_codes, remember
from riskmap.words import period, t


def filter_bar(choices: Sequence[Choice], chosen: Selection, *, level: str, names: dict[str, str]) -> None:
    """Select boxes for everything that `choices` offers at a level; `names` are the areas in the order shown."""
    own = [choice for choice in choices if choice.level == level]
    of_indicator = [choice for choice in own if choice.indicator == chosen.indicator]
    of_cut = [choice for choice in of_indicator if cut_code(choice) == chosen.by]
    periods = {choice.period.code: choice.period for choice in of_cut}
    lang = chosen.lang
    wide, *rest = st.columns([4, 2, 3, 3])
    with wide:
        _box("indicator", indicator_ids(own), chosen, lambda code: indicator(code).words[lang]["name"])
    with rest[0]:
        _box("by", cuts(of_indicator), chosen, lambda code: cut_name(code, lang))
    with rest[1]:
        _box("period", period_codes(of_cut), chosen, lambda code: period(periods[code], lang))
    with rest[2]:
        _box("area", list(names), chosen, lambda code: names[code])


def cut_name(code: str, lang: str) -> str:
    """A breakdown's category in words."""
    return t("category.all.all" if code == ALL else f"category.{code.replace(':', '.')}", lang)


def _box(field: str, options: Sequence[str], chosen: Selection, name: Callable[[str], str]) -> None:
    key = f"select-{field}"
    # The widget is told the value of the address on every run, so that a link, a map click and the box agree.
    st.session_state[key] = getattr(chosen, field)

    def write() -> None:
        remember(**{field: st.session_state[key]})

    st.selectbox(t(f"select.{field}", chosen.lang), options, key=key, format_func=name, on_change=write)
