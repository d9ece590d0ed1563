"""The one filter bar of all pages: figure, category, period and place, each written into the address at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from geo.areas import areas, children, districts_of, regions, resolve
from riskmap.analytics.service import coarser
from riskmap.analytics.views import Offer, Table
from riskmap.domain.areas import Area
from riskmap.domain.errors import Problem
from riskmap.domain.registry import INDEXED, indicator
from riskmap.domain.vocabulary import ALL, COUNTRY, Grain
from riskmap.ui.selection import (
    BORDERS,
    LEVELS,
    MOST_ITEMS,
    ORDERS,
    SHOWS,
    Selection,
    cuts,
    grain_of_lines,
    grains,
    indicator_ids,
    period_of,
    region_of,
    remember,
)
from riskmap.words import period, sort_key, t

FIGURE = ("indicator", "by", "grain", "period")


def filter_bar(
    tables: Sequence[Table], offered: Sequence[Offer], chosen: Selection, *, figure: Sequence[str] = FIGURE
) -> None:
    """Boxes for the figure (those named in `figure`) and for the place, and what there is where little is shown."""
    if figure:
        _figure(tables, offered, chosen, figure)
    _place(tables, chosen)
    if "period" in figure:
        _offer_longer(offered, chosen)


def _figure(tables: Sequence[Table], offered: Sequence[Offer], chosen: Selection, shown: Sequence[str]) -> None:
    lang = chosen.lang
    mapped = [table for table in tables if table.level in LEVELS]
    own = [table for table in mapped if table.indicator == chosen.indicator]
    codes = {offer.period.code: offer.period for offer in offered}
    now = codes[chosen.period].grain if chosen.period else None
    same = [code for code, found in codes.items() if found.grain is now]
    widths = {"indicator": 4, "by": 3, "grain": 2, "period": 3}
    columns = dict(zip(shown, st.columns([widths[name] for name in shown]), strict=True))
    with columns["indicator"]:
        _box("indicator", indicator_ids(mapped), chosen, lambda code: indicator(code).words[lang]["short"])
    if "by" in columns:
        with columns["by"]:
            _box("by", cuts(own, chosen.level), chosen, lambda code: cut_name(code, lang))
    if "grain" in columns and now:
        with columns["grain"]:
            _grain_box(offered, now, lang)
    if "period" in columns and now:
        with columns["period"]:
            _box("period", same, chosen, lambda code: period(codes[code], lang))


def cut_name(code: str, lang: str) -> str:
    """A breakdown's category in words."""
    return t("category.all.all" if code == ALL else f"category.{code.replace(':', '.')}", lang)


def _grain_box(offered: Sequence[Offer], now: Grain, lang: str) -> None:
    key = "select-length"
    st.session_state[key] = now

    def write() -> None:
        wanted = st.session_state[key]
        remember(period=next(offer.period.code for offer in offered if offer.period.grain is wanted))

    st.selectbox(
        t("select.grain", lang), grains(offered), key=key, format_func=lambda g: t(f"grain.{g}", lang), on_change=write
    )


def _place(tables: Sequence[Table], chosen: Selection) -> None:
    """Where: found by any spelling, chosen from lists, or by the way back."""
    lang = chosen.lang
    search, level, region, district = st.columns([3, 2, 3, 3], vertical_alignment="bottom")
    with search:
        area_search(lang)
    with level:
        own = {table.level for table in tables if table.indicator == chosen.indicator}
        level_box([name for name in LEVELS if name in own], chosen)
    with region:
        area_box("region", regions(), chosen, empty=COUNTRY, now=region_of(chosen.area))
    with district:
        inside = region_of(chosen.area)
        known = districts_of(inside) if inside != COUNTRY else ()
        area_box("district", known, chosen, empty=inside, now=chosen.area)
    way_back(chosen)


def level_box(levels: Sequence[str], chosen: Selection) -> None:
    """A box for the level of the areas shown; a choice leads back to the whole country."""
    key = "select-level"
    st.session_state[key] = chosen.level

    def write() -> None:
        remember(level=st.session_state[key], area=COUNTRY)

    st.selectbox(
        t("select.level", chosen.lang),
        levels,
        key=key,
        format_func=lambda level: t(f"select.levels.{level}", chosen.lang),
        on_change=write,
    )


def area_box(kind: str, known: Sequence[Area], chosen: Selection, *, empty: str, now: str) -> None:
    """A box for one area of a kind; `empty` is the area that stands for all of them."""
    lang = chosen.lang
    ordered = sorted(known, key=lambda area: sort_key(area.name(lang), lang))
    # What a region holds outside its districts is no district; it stands in the box where it is the area chosen.
    names = {empty: t(f"select.every_{kind}", lang), **{area.id: area.name(lang) for area in ordered}}
    names.setdefault(now, areas()[now].name(lang))
    key = f"select-{kind}"
    st.session_state[key] = now

    def write() -> None:
        remember(area=st.session_state[key])

    st.selectbox(
        t(f"select.{kind}", lang),
        list(names),
        key=key,
        format_func=lambda code: names[code],
        on_change=write,
        disabled=len(names) == 1,
    )


def area_search(lang: str) -> None:
    """A field that takes any spelling or code of an area; of a name that fits several, a button for each."""
    key = "search-area"

    def look() -> None:
        text = st.session_state.get(key, "").strip()  # of a page that was left meanwhile the field is gone
        found = resolve(text) if text else None
        if isinstance(found, Area):
            remember(area=found.id)
            st.session_state[key] = ""
        st.session_state["search-found"] = found if isinstance(found, Problem) else None

    text = st.text_input(
        t("select.search", lang), key=key, placeholder=t("select.search_example", lang), on_change=look, max_chars=80
    )
    found: Problem | None = st.session_state.get("search-found")
    # The answer stands as long as the question: on the next page the field is empty again.
    if found is None or not text:
        return
    known = [areas()[code] for code in found.candidates if code in areas()]
    st.caption(t("select.several" if found.code == "A003" else "select.not_found", lang))
    for area in known:
        st.button(_full_name(area, lang), key=f"found-{area.id}", type="tertiary", on_click=_go, args=(area.id,))


def _full_name(area: Area, lang: str) -> str:
    above = areas()[area.parent].name(lang, short=True) if area.parent not in ("", COUNTRY) else ""
    return f"{area.name(lang)} ({above})" if above else area.name(lang)


def _go(area: str) -> None:
    st.session_state["search-area"] = ""
    st.session_state["search-found"] = None
    remember(area=area)


def way_back(chosen: Selection) -> None:
    """The country, the region and the district chosen, each a step back by one click."""
    steps = [chosen.area]
    while areas()[steps[0]].parent:
        steps.insert(0, areas()[steps[0]].parent)
    if len(steps) == 1:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for step in steps[:-1]:
            name = areas()[step].name(chosen.lang, short=True)
            st.button(f"{name} ›", key=f"back-{step}", type="tertiary", on_click=_go, args=(step,))
        st.markdown(f"**{areas()[steps[-1]].name(chosen.lang)}**")


def _offer_longer(offered: Sequence[Offer], chosen: Selection) -> None:
    """Where most of a view is hidden or missing: the next longer period in which it is not, by one click."""
    longer = coarser(offered, period_of(chosen, offered)) if chosen.period else None
    if longer is None:
        return
    text = t("select.longer", chosen.lang, period=period(longer.period, chosen.lang))
    code = longer.period.code
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("select.mostly_hidden", chosen.lang))
        st.button(text, key="longer", type="tertiary", on_click=lambda: remember(period=code))


def line_filters(tables: Sequence[Table], offered: Sequence[Offer], chosen: Selection) -> Grain:
    """Boxes for the length of the periods, further areas and further indicators; the length chosen."""
    lang = chosen.lang
    now, known = grain_of_lines(chosen, tables, offered)
    length, also, more = st.columns([2, 5, 5])
    with length:
        key = "select-grain"
        st.session_state[key] = now
        st.selectbox(
            t("select.grain", lang),
            known or [now],
            key=key,
            format_func=lambda grain: t(f"grain.{grain}", lang),
            on_change=lambda: remember(grain=str(st.session_state[key])),
        )
    with also:
        _several("also", _neighbours(chosen.area), chosen, lambda code: _full_name(areas()[code], lang))
    with more:
        others = [name for name in indicator_ids(tables) if name != chosen.indicator]
        _several("more", others, chosen, lambda name: indicator(name).words[lang]["short"])
    return now


def _neighbours(area: str) -> list[str]:
    """Areas that a reader sets beside an area: those around it, its own parts, and those with the same parent."""
    above = areas()[area].parent
    around = [COUNTRY, region_of(area), *(other.id for other in (*children(above or area), *children(area)))]
    everywhere = [region.id for region in regions()]
    return [code for code in dict.fromkeys([*around, *everywhere]) if code != area]


def _several(field: str, options: Sequence[str], chosen: Selection, name: Callable[[str], str]) -> None:
    key = f"select-{field}"
    # What has become the first line by another box is no further one as long as it is.
    picked = [value for value in getattr(chosen, field).split(",") if value not in ("", chosen.area, chosen.indicator)]
    st.session_state[key] = picked
    st.multiselect(
        t(f"select.{field}", chosen.lang),
        list(dict.fromkeys([*options, *picked])),
        key=key,
        format_func=name,
        max_selections=MOST_ITEMS - 1,
        placeholder=t("frame.choose", chosen.lang),
        on_change=lambda: remember(**{field: ",".join(st.session_state[key])}),
    )


def mode_switch(chosen: Selection, offered: Sequence[str]) -> str:
    """What the map shows of its areas; of the modes offered the one chosen, or the first where it is not among them."""
    shown = chosen if chosen.mode in offered else replace(chosen, mode=offered[0])
    if len(offered) > 1:
        _switch("mode", offered, shown)
    return shown.mode


def beside_switch(chosen: Selection, options: Sequence[str], now: str) -> None:
    """What areas are compared with, of what their level has."""
    _switch("beside", options, replace(chosen, beside=now))


def show_switch(chosen: Selection) -> None:
    """Which comparison is shown."""
    _switch("show", SHOWS, chosen)


def order_switch(chosen: Selection) -> None:
    """In which order areas stand."""
    _switch("order", ORDERS, chosen)


def rank_switch(chosen: Selection) -> None:
    """In which order areas with ranks stand."""
    _switch("order", ORDERS, chosen, words="select.rank_orders")


def family_switch(chosen: Selection) -> None:
    """Of which family the index is shown: each stands by itself."""
    _switch("family", INDEXED, chosen, words="family")


def borders_switch(chosen: Selection) -> None:
    """Whether areas stand within the borders of the time of their reports, or joined where these changed."""
    _switch("borders", BORDERS, chosen, words="select.borders_are")


def _switch(field: str, options: Sequence[str], chosen: Selection, *, words: str = "") -> None:
    key = f"switch-{field}"
    st.session_state[key] = getattr(chosen, field)
    st.segmented_control(
        t(f"select.{field}", chosen.lang),
        options,
        key=key,
        format_func=lambda name: t(f"{words or f'select.{field}s'}.{name}", chosen.lang),
        on_change=lambda: remember(**{field: st.session_state[key] or getattr(chosen, field)}),
    )


def breakdown_buttons(tables: Sequence[Table], chosen: Selection) -> None:
    """A button for every breakdown published of the indicator at the level; a sentence where there is none."""
    lang = chosen.lang
    own = [table for table in tables if table.indicator == chosen.indicator]
    first: dict[str, str] = {}
    for code in cuts(own, chosen.level):
        first.setdefault(code.partition(":")[0], code)
    first.pop(ALL, None)
    if not first:
        st.info(t("compare.no_parts", lang), icon=":material/info:")
        return
    st.caption(t("select.by", lang))
    with st.container(horizontal=True):
        for name, code in first.items():
            st.button(t(f"breakdown.{name}", lang), key=f"parts-{name}", on_click=_choose, args=(code,))


def _choose(code: str) -> None:
    remember(by=code)


def other_box(chosen: Selection) -> None:
    """The second of two areas: another one of the same level."""
    lang = chosen.lang
    same = [area for area in children(areas()[chosen.area].parent or COUNTRY) if area.id != chosen.area]
    names = {"": t("compare.choose_other", lang), **{area.id: area.name(lang) for area in same}}
    # The address may name one of another level: what is shown stands in the box too.
    other = "" if chosen.other == chosen.area else chosen.other
    if other:
        names.setdefault(other, areas()[other].name(lang))
    key = "select-other"
    st.session_state[key] = other
    st.selectbox(
        t("select.other", lang),
        list(names),
        key=key,
        format_func=lambda code: names[code],
        on_change=lambda: remember(other=st.session_state[key]),
    )


def _box(field: str, options: Sequence[str], chosen: Selection, name: Callable[[str], str]) -> None:
    key = f"select-{field}"
    # The widget is told the value of the address on every run, so that a link, a map click and the box agree.
    st.session_state[key] = getattr(chosen, field)

    def write() -> None:
        remember(**{field: st.session_state[key]})

    st.selectbox(t(f"select.{field}", chosen.lang), options, key=key, format_func=name, on_change=write)
