"""The methods on the page of methods: one at a time, so that only its picture is drawn; a link leads to each."""

import math
from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Final

import streamlit as st

from riskmap.analytics.method_views import (
    ClusterPicture,
    FunnelPicture,
    IndexPicture,
    InequalityPicture,
    Method,
    NeighboursPicture,
    NoPicture,
    Picture,
    SignalsPicture,
    SilencePicture,
    SmoothingPicture,
    TrendPicture,
)
from riskmap.domain.errors import RiskMapError
from riskmap.files import sentences
from riskmap.methods.refusals import Reason
from riskmap.ui import data, panels
from riskmap.ui.charts_methods import method_figure
from riskmap.ui.method_formulas import FORMULAS, SOURCES
from riskmap.ui.pictures import show_figure
from riskmap.ui.selection import read_method, remember
from riskmap.words import join, number, period, t

METHODS_PAGE: Final = "pages/methods.py"
# What no other page is drawn from so far.
NOT_ON_PAGES: Final = frozenset(
    {
        Method.SIGNALS,
        Method.INEQUALITY,
        Method.STANDARDISED,
    }
)


def method_link(method: Method, language: str) -> None:
    """The way from another page to the explanation of a method."""
    label = t("methods.picture.more", language, method=_name(method, language))
    address = {"lang": language, "method": str(method)}
    st.page_link(METHODS_PAGE, label=label, icon=":material/function:", query_params=address)


def method_sections(language: str) -> None:
    """The choice of a method, and the one that is chosen: question, formula, picture, what it does not mean, source."""
    chosen, unknown = read_method(list(Method))
    panels.notices(unknown)
    # The widget is told the method of the address on every run, so that a link and a click agree.
    st.session_state["select-method"] = chosen

    def choose() -> None:
        remember(method=st.session_state["select-method"] or chosen)

    st.pills(
        t("select.method", language),
        list(Method),
        format_func=lambda method: _name(Method(method), language),
        key="select-method",
        on_change=choose,
    )
    _section(Method(chosen), language)


def _section(method: Method, language: str) -> None:
    words = f"methods.statistics_text.{method}"
    st.subheader(_name(method, language), anchor=False)
    _part("question", t(f"{words}.question", language), language)
    for formula in FORMULAS[method]:
        st.latex(formula)
    _part("letters", t(f"{words}.letters", language), language)
    _part("how", t(f"{words}.how", language), language)
    _picture(method, language)
    _part("is_not", t(f"{words}.is_not", language), language)
    if method in NOT_ON_PAGES:
        st.caption(t("methods.picture.not_on_pages", language))
    st.caption(t("methods.part.source", language, source=SOURCES[method]))


def _part(part: str, text: str, language: str) -> None:
    st.markdown(f"**{t(f'methods.part.{part}', language)}** {text}")


def _picture(method: Method, language: str) -> None:
    try:
        picture = data.method_picture(data.live_build(), method)
    except RiskMapError:
        # The page itself says at its end why there are no figures; what is explained stands without them.
        st.info(t("methods.picture.before", language), icon=":material/info:")
        return
    if isinstance(picture, NoPicture):
        reason = _reason(picture, language)
        st.info(t("methods.picture.none", language, reason=reason), icon=":material/info:")
        return
    caption, is_invented = _caption(picture, language)
    panels.invented(is_invented, language)
    show_figure(method_figure, picture, language, key=f"method-{method}", method=method)
    st.caption(escape(caption))
    reading = t(f"methods.statistics_text.{method}.reading", language, **_numbers(picture, language))
    _part("reading", escape(reading), language)


def _reason(picture: NoPicture, language: str) -> str:
    if isinstance(picture.reason, Reason):
        return t(f"tested.{picture.reason}", language)
    return t(f"methods.picture.{picture.reason}", language)


def _caption(picture: Picture, language: str) -> tuple[str, bool]:
    """What is drawn: indicator, period, and level or area; and whether it is invented."""
    if isinstance(picture, TrendPicture | SignalsPicture):
        what = sentences.panel_title(picture.panel, language)
        area = picture.line.name(language)
        text, is_invented = t("methods.picture.drawn_area", language, what=what, area=area), picture.panel.is_invented
    else:
        maps = picture.of if isinstance(picture, IndexPicture) else (picture.of,)
        what = sentences.title(maps[0], language)
        if isinstance(picture, IndexPicture):
            names = join([view.indicator.words[language]["name"] for view in maps], language)
            what = f"{names}, {period(maps[0].request.period, language)}"
        level = t(f"methods.level.{maps[0].request.level}", language)
        text, is_invented = t("methods.picture.drawn", language, what=what, level=level), maps[0].is_invented
    return " ".join([text, t("methods.picture.invented", language)] if is_invented else [text]), is_invented


def _numbers(picture: Picture, language: str) -> dict[str, object]:
    """What the sentence under a picture tells of it."""
    told = _TOLD.get(type(picture))
    return told(picture, language) if told else {}


def _funnel(picture: FunnelPicture, language: str) -> dict[str, object]:
    return {
        "outside": number(sum(map(bool, picture.outside)), language),
        "areas": number(len(picture.rows), language),
        "phi": number(picture.phi, language, decimals=1),
        "widened": t(f"methods.statistics_text.funnel.{'widened' if picture.is_widened else 'not_widened'}", language),
    }


def _smoothing(picture: SmoothingPicture, language: str) -> dict[str, object]:
    low, high = (number(weight, language, decimals=2) for weight in (min(picture.weight), max(picture.weight)))
    return {"low": low, "high": high}


def _inequality(picture: InequalityPicture, language: str) -> dict[str, object]:
    numbers = (picture.gini, picture.gini_by_chance, picture.gini_lower, picture.gini_upper)
    gini, chance, lower, upper = (number(value, language, decimals=2) for value in numbers)
    return {"gini": gini, "chance": chance, "lower": lower, "upper": upper, "p": _chance(picture.p, language)}


def _silence(picture: SilencePicture, language: str) -> dict[str, object]:
    return {"flagged": number(sum(picture.flagged), language), "areas": number(len(picture.rows), language)}


def _neighbours(picture: NeighboursPicture, language: str) -> dict[str, object]:
    told = sum(area.pattern != "none" for area in picture.areas)
    return {
        "moran": number(picture.moran, language, decimals=2),
        "p": _chance(picture.p, language),
        "areas": number(len(picture.areas), language),
        "told": number(told, language),
    }


def _cluster(picture: ClusterPicture, language: str) -> dict[str, object]:
    return {
        "members": number(len(picture.rows), language),
        "cases": number(picture.cases, language),
        "expected": number(picture.expected, language),
        "p": _chance(picture.p, language),
        "verdict": t(f"methods.statistics_text.clusters.{'clear' if picture.is_clear else 'not_clear'}", language),
    }


def _trend(picture: TrendPicture, language: str) -> dict[str, object]:
    words = "methods.statistics_text.trend"
    decimals = picture.panel.indicator.decimals + 1
    if math.isfinite(picture.lower) and math.isfinite(picture.upper):
        numbers = (picture.slope, picture.lower, picture.upper)
        slope, lower, upper = (number(value, language, decimals=decimals) for value in numbers)
        told = t(f"{words}.slope", language, slope=slope, lower=lower, upper=upper)
    else:
        told = t(f"{words}.slope_alone", language, slope=number(picture.slope, language, decimals=decimals))
    return {"finding": t(f"{words}.finding.{picture.direction}", language), "slope": told}


def _signals(picture: SignalsPicture, language: str) -> dict[str, object]:
    words = "methods.statistics_text.signals"
    if math.isnan(picture.limit):
        farrington = t(f"{words}.reading_no_farrington", language)
    else:
        expected, limit = (number(value, language) for value in (picture.expected, picture.limit))
        farrington = t(f"{words}.reading_farrington", language, expected=expected, limit=limit)
    return {
        "alarms": number(sum(picture.alarm), language),
        "months": number(sum(not math.isnan(value) for value in picture.upper), language),
        "farrington": farrington,
    }


def _index(picture: IndexPicture, language: str) -> dict[str, object]:
    widest = max(found.upper - found.lower + 1 for found in picture.ranks)
    return {
        "areas": number(picture.areas, language),
        "widest": number(widest, language),
    }


def _chance(p: float, language: str) -> str:
    return number(p, language, decimals=4 if p < 0.001 else 3)


def _name(method: Method, language: str) -> str:
    return t(f"methods.statistics_text.{method}.name", language)


_TOLD: Final[Mapping[type, Callable[[Any, str], dict[str, object]]]] = MappingProxyType(
    {
        FunnelPicture: _funnel,
        SmoothingPicture: _smoothing,
        InequalityPicture: _inequality,
        SilencePicture: _silence,
        NeighboursPicture: _neighbours,
        ClusterPicture: _cluster,
        TrendPicture: _trend,
        SignalsPicture: _signals,
        IndexPicture: _index,
    }
)
