"""What the reader has chosen: one Selection, read from and written to the address; sole owner of browser state.

The address wins; what it leaves out is remembered from the page before. A value that does not exist falls to the
default and a notice says so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import streamlit as st

from geo.areas import areas
from riskmap.analytics.service import opening
from riskmap.analytics.views import Basis, MapRequest, Offer, Table
from riskmap.domain.areas import AreaKind
from riskmap.domain.errors import NothingToShow
from riskmap.domain.registry import INDEXED, catalogue
from riskmap.domain.settings import LANGUAGE
from riskmap.domain.vocabulary import (
    ALL,
    COUNTRY,
    GRAINS_BY_LENGTH,
    LANGUAGES,
    Grain,
    Period,
    RevisionKind,
    parse_period,
)
from riskmap.ui.attention_weights import read_weights, written_weights
from riskmap.words import t

_STORE: Final = "selection"
# An address is written by anybody: what of it comes back on the page, as code, can be no mark-up and no link.
_STRANGE: Final = re.compile(r"[^\w:/., -]")
MOST_ITEMS: Final = 6  # lines of one chart that can still be told apart
LEVELS: Final = ("region", "district")
SHOWS: Final = ("ranked", "funnel", "pair", "parts", "heat")
# Shown of a level as a whole: an area that is chosen is marked among all others, it does not stand for its parts.
WHOLE: Final = ("funnel",)
# What the risk map shows of its areas.
MODES: Final = ("value", "compared", "smoothed", "spots")
ORDERS: Final = ("name", "value")
SPANS: Final = ("12", "24")  # periods of the page of data quality
BORDERS: Final = ("reported", "comparable")

OffersOf = Callable[[str, tuple[str, str], str, str], Sequence[Offer]]


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything an address holds. `by` is `all` or `<breakdown>:<category>`; lists are joined by commas."""

    lang: str
    indicator: str = ""
    by: str = ALL
    level: str = "region"
    period: str = ""
    area: str = COUNTRY
    also: str = ""  # further areas of the page of trends
    more: str = ""  # further indicators of the page of trends
    other: str = ""  # the second of two areas side by side
    grain: str = ""  # length of the periods of a line; empty: that of the period chosen
    mode: str = MODES[0]
    beside: str = ""  # what areas are compared with; empty: the first with which any can be
    show: str = SHOWS[0]
    order: str = ORDERS[0]
    source: str = ""  # whose returns the page of data quality shows
    span: str = SPANS[0]
    kind: str = ""  # of the change log: one of RevisionKind, or all
    family: str = ""  # of the index
    w: str = ""  # weights of the components of indexes that are not as declared: <figure>:<weight>
    borders: str = BORDERS[0]  # of the lines of trends: as reported, or of areas joined where borders changed
    method: str = ""  # the method that the page of methods explains

    @property
    def cut(self) -> tuple[str, str]:
        """Breakdown and category."""
        breakdown, _, category = self.by.partition(":")
        return breakdown, category or ALL

    @property
    def within(self) -> str:
        """The area whose parts are shown: the region of the area chosen, or the country."""
        return COUNTRY if self.level == "region" else region_of(self.area)

    @property
    def areas(self) -> tuple[str, ...]:
        """The area chosen and those beside it."""
        return tuple(dict.fromkeys([self.area, *filter(None, self.also.split(","))]))

    @property
    def is_comparable(self) -> bool:
        """Whether areas between which a border has changed are to be joined."""
        return self.borders == "comparable"

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicator chosen and those beside it."""
        return tuple(dict.fromkeys([self.indicator, *filter(None, self.more.split(","))]))


FIELDS: Final = tuple(field.name for field in fields(Selection))
# What every page leaves in the address; the rest stands there where it was chosen.
_ALWAYS: Final = ("lang", "indicator", "by", "period", "area")


def region_of(area: str) -> str:
    """The region an area is or lies in; the country for itself."""
    found = areas()[area]
    return found.parent if found.kind in (AreaKind.DISTRICT, AreaKind.REMAINDER) else area


def remember(**changes: str) -> None:
    """Keep choices for the following pages and write them into the address; an empty text takes a choice out of it."""
    store = {**st.session_state.get(_STORE, {}), **changes}
    st.session_state[_STORE] = store
    st.query_params.update({name: value for name, value in store.items() if value})
    for name in [name for name, value in store.items() if not value and name in st.query_params]:
        del st.query_params[name]


def language() -> str:
    """The language asked for, or the default of the installation."""
    asked = asked_for("lang")
    default = LANGUAGE.value if LANGUAGE.value in LANGUAGES else LANGUAGE.default
    return asked if asked in LANGUAGES else default


def asked_for(field: str) -> str:
    """What the address asks for, else what was chosen before; empty where neither names the field."""
    in_address = st.query_params.get(field)
    return in_address if in_address is not None else st.session_state.get(_STORE, {}).get(field, "")


class _Reader:
    """Takes one field after the other from the address, and notes what it asked for in vain."""

    def __init__(self) -> None:
        self.wanted = {field: asked_for(field) for field in FIELDS}
        self.notices: list[str] = []

    def pick(self, field: str, known: Sequence[str], default: str) -> str:
        """The value asked for, if it is known, else the default."""
        asked = self.wanted[field]
        if asked in known:
            return asked
        self.refuse(field, asked)
        return default

    def pick_several(self, field: str, known: Sequence[str]) -> str:
        """Those of the values asked for that are known, each once and no more than a chart can hold."""
        asked = list(dict.fromkeys(filter(None, self.wanted[field].split(","))))
        self.refuse(field, ", ".join(value for value in asked if value not in known))
        found, most = [value for value in asked if value in known], MOST_ITEMS - 1
        if len(found) > most:
            self.notices.append(t("selection.too_many", language(), field=t(f"select.{field}", language()), most=most))
        return ",".join(found[:most])

    def pick_weights(self) -> str:
        """The weights asked for, without those that are as declared or none."""
        weights, broken = read_weights(self.wanted["w"])
        self.refuse("w", ", ".join(broken))
        return written_weights(weights)

    def refuse(self, field: str, asked: str) -> None:
        """Note a value that cannot be shown, where the reader asked for it and not we ourselves."""
        # What we wrote there ourselves, for the indicator chosen before, is nobody's request.
        is_ours = self.wanted[field] == st.session_state.get(_STORE, {}).get(field)
        if asked and field in st.query_params and not is_ours:
            plain = _STRANGE.sub("", asked)[:40].strip()
            shown = f"`{plain}`" if plain else "…"
            self.notices.append(t("selection.unknown", language(), field=t(f"select.{field}", language()), asked=shown))


def read_selection(
    tables: Sequence[Table], *, offers: OffersOf, is_whole: bool = False
) -> tuple[Selection, Sequence[Offer], list[str]]:
    """The selection that can be shown, its periods, and a notice for every value the address asked for in vain.

    `is_whole` is for a view that shows a level as a whole: a region that is chosen does not mean its districts there.
    `NothingToShow` where the build holds no figure below the country.
    """
    mapped = [table for table in tables if table.level in LEVELS]
    if not mapped:
        raise NothingToShow
    reader = _Reader()
    known = indicator_ids(mapped)
    chosen = Selection(
        reader.pick("lang", LANGUAGES, language()),
        indicator=reader.pick("indicator", known, known[0]),
        area=reader.pick("area", list(areas()), COUNTRY),
        mode=reader.pick("mode", MODES, MODES[0]),
        beside=reader.pick("beside", list(Basis), ""),
        show=reader.pick("show", SHOWS, SHOWS[0]),
        order=reader.pick("order", ORDERS, ORDERS[0]),
        source=reader.pick("source", _owed_sources(), ""),
        span=reader.pick("span", SPANS, SPANS[0]),
        borders=reader.pick("borders", BORDERS, BORDERS[0]),
        family=reader.pick("family", INDEXED, ""),
        w=reader.pick_weights(),
        also=reader.pick_several("also", list(areas())),
        more=reader.pick_several("more", indicator_ids(tables)),
        other=reader.pick("other", list(areas()), ""),
        grain=reader.pick("grain", list(Grain), ""),
    )
    own = [table for table in mapped if table.indicator == chosen.indicator]
    chosen = replace(chosen, level=_level(reader, own, chosen.area, is_whole=is_whole))
    own_cuts = cuts(own, chosen.level)
    chosen = replace(chosen, by=reader.pick("by", own_cuts, own_cuts[0]))
    offered = offers(chosen.indicator, chosen.cut, chosen.level, COUNTRY if is_whole else chosen.within)
    chosen = replace(chosen, period=_period(reader, offered))
    # Within a region its districts are shown; what was chosen for the country waits for the way back.
    kept = [field for field in FIELDS if reader.wanted[field] and (field != "level" or chosen.area == COUNTRY)]
    # Where a level is shown as a whole, it stays when another area is chosen.
    kept += ["level"] if is_whole else []
    remember(**{field: getattr(chosen, field) for field in dict.fromkeys([*_ALWAYS, *kept])})
    return chosen, offered, reader.notices


def read_returns(sources: Sequence[str]) -> tuple[Selection, list[str]]:
    """The selection of a page about returns to one of these sources, and a notice for every value asked in vain.

    Nothing is chosen of figures; what was chosen of them waits for the way back.
    """
    reader = _Reader()
    chosen = Selection(
        reader.pick("lang", LANGUAGES, language()),
        area=reader.pick("area", list(areas()), COUNTRY),
        source=reader.pick("source", sources, sources[0]),
        span=reader.pick("span", SPANS, SPANS[0]),
    )
    remember(lang=chosen.lang, area=chosen.area, source=chosen.source, span=chosen.span)
    return chosen, reader.notices


def read_attention() -> tuple[Selection, list[str]]:
    """The selection of the page of the index, and a notice for every value asked in vain."""
    reader = _Reader()
    chosen = Selection(
        reader.pick("lang", LANGUAGES, language()),
        area=reader.pick("area", list(areas()), COUNTRY),
        family=reader.pick("family", INDEXED, INDEXED[0]),
        order=reader.pick("order", ORDERS, ORDERS[0]),
        w=reader.pick_weights(),
    )
    # In a region its districts are ranked; what was chosen for the country waits for the way back.
    is_country = chosen.area == COUNTRY
    chosen = replace(chosen, level=reader.pick("level", LEVELS, LEVELS[0]) if is_country else "district")
    kept = ("lang", "area", "family", "order", "w", *(["level"] if is_country else []))
    remember(**{field: getattr(chosen, field) for field in kept})
    return chosen, reader.notices


def _owed_sources() -> list[str]:
    return [source.id for source in catalogue().sources.values() if source.owed]


def read_changes(tables: Sequence[Table]) -> tuple[Selection, list[str]]:
    """The selection of the change log, in which everything may be left open, and a notice for every value in vain."""
    reader = _Reader()
    chosen = Selection(
        reader.pick("lang", LANGUAGES, language()),
        indicator=reader.pick("indicator", indicator_ids(tables), ""),
        area=reader.pick("area", list(areas()), COUNTRY),
        kind=reader.pick("kind", list(RevisionKind), ""),
    )
    remember(**{field: getattr(chosen, field) for field in ("lang", "indicator", "area", "kind")})
    return chosen, reader.notices


def read_method(methods: Sequence[str]) -> tuple[str, list[str]]:
    """The method to be explained, the first where none is asked for, and a notice for one asked for in vain."""
    reader = _Reader()
    chosen = reader.pick("method", methods, methods[0])
    remember(method=chosen if reader.wanted["method"] else "")
    return chosen, reader.notices


def _level(reader: _Reader, own: Sequence[Table], area: str, *, is_whole: bool) -> str:
    """Regions or districts: in a region its districts, where they are published; in the country what was asked for.

    What was asked for also where a whole level is shown and the area is a region.

    A breakdown that is published for regions only stays on the map of regions.
    """
    levels = [level for level in LEVELS if any(table.level == level for table in own)]
    if area == COUNTRY or (is_whole and areas()[area].kind is AreaKind.REGION):
        return reader.pick("level", levels, levels[0])
    of_cut = [level for level in levels if reader.wanted["by"] in cuts(own, level)]
    return (of_cut or levels)[-1]


def _period(reader: _Reader, offered: Sequence[Offer]) -> str:
    """The period asked for; else the latest of the same length that is offered; else what a view opens on."""
    codes = [offer.period.code for offer in offered]
    asked = parse_period(reader.wanted["period"])
    best = opening([offer for offer in offered if asked and offer.period.grain is asked.grain]) or opening(offered)
    return reader.pick("period", codes, best.period.code if best else "")


def cuts(tables: Sequence[Table], level: str) -> list[str]:
    """The breakdowns and categories on offer at a level, the total first, then as declared."""
    found = [table for table in tables if table.level == level]
    codes = dict.fromkeys(cut_code(table) for table in found)
    declared = catalogue().indicators[found[0].indicator].breakdowns
    order = [ALL, *(f"{breakdown}:{category}" for breakdown in declared for category in declared[breakdown])]
    return sorted(codes, key=order.index)


def cut_code(table: Table | MapRequest) -> str:
    """`all` or `<breakdown>:<category>` of a table or a map."""
    return ALL if table.breakdown == ALL else f"{table.breakdown}:{table.category}"


def indicator_ids(tables: Sequence[Table]) -> list[str]:
    """The indicators on offer, in the order of the catalogue."""
    return list(dict.fromkeys(table.indicator for table in tables))


def grains(offered: Sequence[Offer]) -> list[Grain]:
    """The lengths of the periods on offer, the shortest first."""
    found = {offer.period.grain for offer in offered}
    return [grain for grain in GRAINS_BY_LENGTH if grain in found]


def grain_of_lines(chosen: Selection, tables: Sequence[Table], offered: Sequence[Offer]) -> tuple[Grain, list[Grain]]:
    """The length of the periods of a line of the area chosen, and every length that its level is published in."""
    level = str(areas()[chosen.area].kind)
    level = "district" if level == AreaKind.REMAINDER else level
    same = [x for x in tables if (x.indicator, x.level, cut_code(x)) == (chosen.indicator, level, chosen.by)]
    found = {table.grain for table in same if table.has(chosen.area)}
    known = [grain for grain in GRAINS_BY_LENGTH if grain in found]
    wanted = [chosen.grain, *(str(offer.period.grain) for offer in offered if offer.period.code == chosen.period)]
    fits = [grain for name in wanted for grain in known if name == grain]
    return (fits or known or [Grain.YEAR])[0], known


def period_of(chosen: Selection, offered: Sequence[Offer]) -> Period:
    """The period chosen."""
    return next(offer.period for offer in offered if offer.period.code == chosen.period)


def request_of(chosen: Selection, offered: Sequence[Offer]) -> MapRequest:
    """The map that a selection asks for; `NothingToShow` where its table has no period."""
    if not chosen.period:
        raise NothingToShow
    breakdown, category = chosen.cut
    period = period_of(chosen, offered)
    return MapRequest(chosen.indicator, period, breakdown, category, level=chosen.level, within=chosen.within)
