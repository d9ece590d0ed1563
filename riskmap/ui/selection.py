"""What the reader has chosen: one Selection, read from and written to the address; sole owner of browser state.

The address wins; what it leaves out is remembered from the page before. A value that does not exist falls to the
default and a notice says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from riskmap.analytics.service import opening
from riskmap.analytics.views import Choice, MapRequest
from riskmap.domain.errors import NothingToShow
from riskmap.domain.registry import catalogue
from riskmap.domain.settings import LANGUAGE
from riskmap.domain.vocabulary import ALL, COUNTRY, LANGUAGES
from riskmap.words import t

_FIELDS: Final = ("lang", "indicator", "by", "period", "area")
_STORE: Final = "selection"
# An address is written by anybody: what of it comes back on the page can be no mark-up and no link.
_STRANGE: Final = re.compile(r"[^\w:/ -]")


@dataclass(frozen=True, slots=True)
class Selection:
    """Language, figure, period and area; `by` is `all` or `<breakdown>:<category>`."""

    lang: str
    indicator: str = ""
    by: str = ALL
    period: str = ""
    area: str = COUNTRY

    @property
    def cut(self) -> tuple[str, str]:
        """Breakdown and category."""
        breakdown, _, category = self.by.partition(":")
        return breakdown, category or ALL


def remember(**changes: str) -> None:
    """Keep choices for the following pages and write them into the address."""
    store = {**st.session_state.get(_STORE, {}), **changes}
    st.session_state[_STORE] = store
    st.query_params.update(store)


def language() -> str:
    """The language asked for, or the default of the installation."""
    asked = _asked("lang")
    default = LANGUAGE.value if LANGUAGE.value in LANGUAGES else LANGUAGE.default
    return asked if asked in LANGUAGES else default


def _asked(field: str) -> str:
    in_address = st.query_params.get(field)
    return in_address if in_address is not None else st.session_state.get(_STORE, {}).get(field, "")


def read_selection(choices: Sequence[Choice], *, level: str, areas: Sequence[str]) -> tuple[Selection, list[str]]:
    """The selection that can be shown, and a notice for every value the address asked for that cannot.

    `NothingToShow` where the build holds no figure of the level.
    """
    first = opening(choices, level=level)
    if first is None:
        raise NothingToShow
    notices: list[str] = []
    wanted = {field: _asked(field) for field in _FIELDS}
    own = [choice for choice in choices if choice.level == level]
    lang = _pick("lang", wanted, list(LANGUAGES), language(), notices)
    chosen = Selection(lang, indicator=_pick("indicator", wanted, indicator_ids(own), first.indicator, notices))
    own = [choice for choice in own if choice.indicator == chosen.indicator]
    chosen = replace(chosen, by=_pick("by", wanted, cuts(own), cuts(own)[0], notices))
    own = [choice for choice in own if cut_code(choice) == chosen.by]
    best = opening(own, level=level) or own[0]
    chosen = replace(chosen, period=_pick("period", wanted, period_codes(own), best.period.code, notices))
    chosen = replace(chosen, area=_pick("area", wanted, list(areas), COUNTRY, notices))
    remember(**{field: getattr(chosen, field) for field in _FIELDS})
    return chosen, notices


def _pick(field: str, wanted: dict[str, str], known: list[str], default: str, notices: list[str]) -> str:
    asked = wanted[field]
    if asked in known:
        return asked
    # What we wrote there ourselves, for the indicator chosen before, is nobody's request.
    is_ours = asked == st.session_state.get(_STORE, {}).get(field)
    if asked and field in st.query_params and not is_ours:
        shown = _STRANGE.sub("", asked)[:40]
        notices.append(t("selection.unknown", language(), field=t(f"select.{field}", language()), asked=shown))
    return default


def cut_code(choice: Choice) -> str:
    """`all` or `<breakdown>:<category>` of a choice."""
    return ALL if choice.breakdown == ALL else f"{choice.breakdown}:{choice.category}"


def cuts(choices: Sequence[Choice]) -> list[str]:
    """The breakdowns and categories on offer, the total first."""
    return sorted({cut_code(choice) for choice in choices}, key=lambda code: (code != ALL, code))


def indicator_ids(choices: Sequence[Choice]) -> list[str]:
    """The indicators on offer, in the order of the catalogue."""
    offered = {choice.indicator for choice in choices}
    return [identifier for identifier in catalogue().indicators if identifier in offered]


def period_codes(choices: Sequence[Choice]) -> list[str]:
    """Period codes on offer, the latest first."""
    return list(dict.fromkeys(c.period.code for c in sorted(choices, key=lambda c: c.period.end, reverse=True)))


def request_of(chosen: Selection, choices: Sequence[Choice], *, level: str) -> MapRequest:
    """The map that a selection asks for."""
    fits = (c for c in choices if (c.indicator, c.level, c.period.code) == (chosen.indicator, level, chosen.period))
    breakdown, category = chosen.cut
    return MapRequest(chosen.indicator, next(fits).period, breakdown=breakdown, category=category, level=level)
